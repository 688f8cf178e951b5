#include "reading.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "data/csv.h"
#include "data/csv_bytes.h"

/* Each cell is what the scanner, which goes from byte to byte, says of it. */
static void check_cells(const cr_csv *csv, const cr_csv_index *index) {
  cr_csv_scan scan;
  size_t place = 0;
  cr_csv_start(csv, &scan);
  for (size_t r = 0; r < index->row_count; r++) {
    cr_csv_cell cell = {0};
    for (size_t column = 0; !cell.last; column++, place++) {
      cr_csv_cell cut;
      const char *start = index->text + index->starts[place];
      const char *stop = index->text + index->starts[place + 1] - 1;
      if (column == 0 && place > 0 && *start == '\n' && start[-1] == '\r') start++;
      assert_int_equal(cr_csv_next(&scan, &cell), CR_OK);
      cr_csv_cut(start, (size_t)(stop - start), &cut);
      assert_int_equal(cut.size, cell.size);
      assert_true(cut.size == 0 || cut.text == cell.text);
      assert_int_equal(cut.quoted, cell.quoted);
      assert_int_equal(cut.escaped, cell.escaped);
    }
    assert_int_equal(index->rows[r].cells_end, place);
  }
  assert_int_equal(index->cells, place);
  assert_true(index->end == scan.at && scan.at == scan.end);
  assert_int_equal(index->line_ends, scan.line_ends);
}

static cr_status pass_all(const cr_csv *csv) {
  cr_csv_scan scan;
  cr_csv_row row;
  cr_csv_start(csv, &scan);
  while (scan.at < scan.end) CR_TRY(cr_csv_pass_row(&scan, &row));
  return CR_OK;
}

/* Returns whether the text is in order. */
static bool check_text(const char *text, size_t size) {
  const cr_source source = {.path = "t.csv", .bytes = (char *)text, .size = size};
  cr_csv csv = {.source = &source, .text = text, .size = size, .first_line = 1};
  cr_csv_index index = {.with_starts = true};
  cr_csv_scan scan;
  cr_csv_set_delimiter(&csv, ',');
  cr_csv_start(&csv, &scan);
  const cr_status status = pass_all(&csv);
  const cr_error error = *cr_last_error();
  assert_int_equal(cr_csv_index_rows(&csv, &scan, text + size + 1, &index), status);
  if (status == CR_OK)
    check_cells(&csv, &index);
  else
    assert_string_equal(cr_last_error()->message, error.message);
  cr_csv_index_free(&index);
  return status == CR_OK;
}

static size_t draw(size_t text, size_t place) {
  return cr_random_bits(5, CR_STREAM_DATA, (uint32_t)text, place);
}

/* Of few bytes, so that all that means something comes close together and across blocks. */
static void cells_are_those_of_the_scanner(void **state) {
  (void)state;
  enum { TEXTS = 5000, LONGEST = 200 };
  static const char *const pieces[] = {"a",      ",", "\n", "\r\n", "\r",           " ",       "bc",
                                       "\"x\",", ",", "\"", "\"\"", "\"y\"\"\n\",", "12345678"};
  size_t good = 0;
  for (size_t t = 0; t < TEXTS; t++) {
    cr_strbuf text = {0};
    const size_t size = 1 + draw(t, 0) % LONGEST, kinds = t % 2 ? 9 : 13;
    while (text.length < size)
      cr_strbuf_format(&text, "%s", pieces[draw(t, text.length + 1) % kinds]);
    good += check_text(text.text, text.length);
    cr_strbuf_free(&text);
  }
  assert_in_range(good, TEXTS / 10, TEXTS - TEXTS / 10);
}

/* Ends of the text, and of lines, at each place of a block. */
static void blocks_may_end_anywhere(void **state) {
  (void)state;
  static const char *const ends[] = {"",     "\n",         "\r\n", "\r",    ",",
                                     "\"\"", "\"a\r\nb\"", "\"",   "\"\"\""};
  for (size_t before = 0; before < 140; before++)
    for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
      char text[192] = "";
      for (size_t i = 0; i < before; i++) text[i] = i + 1 < before ? 'x' : ',';
      snprintf(text + before, sizeof text - before, "%s", ends[e]);
      if (strlen(text)) check_text(text, strlen(text));
      snprintf(text + before, sizeof text - before, "%s,z\n\"q\"", ends[e]);
      check_text(text, strlen(text));
    }
}

static void bits_are_those_of_the_marks(void **state) {
  (void)state;
  for (unsigned wanted = 0; wanted < 1 << 16; wanted++) {
    cr_lanes marks;
    for (int i = 0; i < 16; i++) marks[i] = wanted >> i & 1 ? 0xff : 0;
    assert_int_equal(cr_lanes_bits_anywhere(marks), wanted);
    assert_int_equal(cr_lanes_bits(marks), wanted);
    assert_int_equal(cr_bit_count((uint64_t)wanted << 48 | wanted), 2 * cr_bit_count(wanted));
  }
  assert_int_equal(cr_bit_count(UINT64_MAX), 64);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_are_those_of_the_scanner),
      cmocka_unit_test(blocks_may_end_anywhere),
      cmocka_unit_test(bits_are_those_of_the_marks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
