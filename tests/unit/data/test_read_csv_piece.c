#include "reading.h"

#include "base/alloc.h"
#include "data/csv.h"

/* A text read in pieces of whole rows, as many bytes at a time as are given. */
typedef struct walk {
  cr_csv_pieces pieces;
  const char *text;
  size_t size, at, step;
} walk;

/* The next piece: at least `step` bytes if there are so many, up to the end of a row. */
static size_t next_piece(const walk *w) {
  for (size_t size = w->step; w->at + size < w->size; size++) {
    const size_t whole = cr_csv_whole_rows(w->text + w->at, size);
    if (whole) return whole;
  }
  return w->size - w->at;
}

static cr_status read_piece(walk *w, size_t size, cr_table **out) {
  cr_strbuf copy = {0};
  cr_strbuf_add(&copy, w->text + w->at, size);
  const cr_status status = cr_csv_pieces_read(&w->pieces, copy.text, size, NULL, out);
  cr_strbuf_free(&copy);
  w->at += size;
  return status;
}

/* Cells of all pieces, row after row, as those of one table: the types must be the same. */
static void add_rows(cr_strbuf *out, const cr_table *table) {
  for (size_t r = 0; r < cr_table_rows(table); r++) {
    cr_strbuf_format(out, "|%zu:", cr_table_row_number(table, r));
    for (size_t c = 0; c < cr_table_columns(table); c++) {
      if (c) cr_strbuf_add(out, ",", 1);
      add_cell(out, table, r, c);
    }
  }
}

static void check_pieces(const char *text, bool skip) {
  cr_read_options given = read_options(), *options = &given;
  given.skip_bad_rows = skip;
  given.max_bytes = 1 << 20;
  cr_table *table = parse_bytes(text, strlen(text), options);
  cr_strbuf whole = {0};
  add_rows(&whole, table);
  for (size_t step = 1; step <= strlen(text); step++) {
    walk w = {.text = text, .size = strlen(text), .step = step};
    assert_int_equal(cr_csv_pieces_open("data.csv", text, w.size, options, &w.pieces), CR_OK);
    cr_strbuf rows = {0};
    while (w.at < w.size) {
      cr_table *piece;
      assert_int_equal(read_piece(&w, next_piece(&w), &piece), CR_OK);
      if (piece) add_rows(&rows, piece);
      cr_table_destroy(piece);
    }
    assert_int_equal(cr_csv_pieces_check(&w.pieces), CR_OK);
    assert_string_equal(rows.text, whole.text);
    assert_int_equal(w.pieces.shape.ragged, cr_table_get_origin(table)->skipped_rows);
    cr_strbuf_free(&rows);
    cr_csv_pieces_close(&w.pieces);
  }
  cr_strbuf_free(&whole);
  cr_table_destroy(table);
}

/* A piece of several chunks, after another: rows know their numbers in all of the file. */
static void chunks_of_a_piece_know_their_rows(void **state) {
  (void)state;
  enum { ROWS = 300000, BEFORE = 5, SPARE = 2 }; /* of 4 bytes: chunks have half a MiB */
  const cr_read_options options = read_options();
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "a,b\n");
  for (size_t i = 0; i < BEFORE; i++) cr_strbuf_format(&text, "1,2\n");
  const size_t head = text.length;
  for (size_t i = 0; i < ROWS; i++) cr_strbuf_format(&text, "%zu,2\n", i % 10);
  walk w = {.text = text.text, .size = text.length};
  cr_table *piece = NULL;
  assert_int_equal(cr_csv_pieces_open("data.csv", "a,b\n1,2\n", 8, &options, &w.pieces), CR_OK);
  assert_int_equal(read_piece(&w, head, &piece), CR_OK);
  cr_table_destroy(piece);
  assert_int_equal(read_piece(&w, w.size - w.at, &piece), CR_OK);
  assert_int_equal(cr_table_rows(piece), ROWS);
  for (size_t r = 0; r < ROWS; r += ROWS - 1 - SPARE) {
    assert_int_equal(cr_table_row_number(piece, r), BEFORE + r);
    assert_true(cr_table_number(piece, r, 0) == (double)(r % 10));
  }
  cr_table_destroy(piece);
  cr_csv_pieces_close(&w.pieces);
  cr_strbuf_free(&text);
}

static void pieces_hold_the_rows_of_the_whole(void **state) {
  (void)state;
  check_pieces("a,b\n1,2\n3,4\n5,6\n", false);
  check_pieces("a,b\r\n1,\"x\r\n\"\r\n3,\"\"\"\r,\"\r\n5,NA", false);
  check_pieces(
      "\xef\xbb\xbf"
      "a\n1\n\n3\n\n\n",
      false);
  check_pieces("1;2\r3;4\r5;6\r", false);
  check_pieces("a,b\n1,2\n\n3\n4,5,6\n7,8\n\n\n", true);
}

static cr_status open_and_read(const char *head, const char *rest, cr_csv_pieces *pieces) {
  static cr_read_options options;
  options = read_options();
  options.max_bytes = 1 << 20;
  cr_table *table;
  assert_int_equal(cr_csv_pieces_open("data.csv", head, strlen(head), &options, pieces), CR_OK);
  assert_int_equal(cr_csv_pieces_read(pieces, head, strlen(head), NULL, &table), CR_OK);
  cr_table_destroy(table);
  const cr_status status = cr_csv_pieces_read(pieces, rest, strlen(rest), NULL, &table);
  cr_table_destroy(table);
  return status;
}

/* Places are those in the file, and counts go on from piece to piece. */
static void errors_have_their_place_in_the_file(void **state) {
  (void)state;
  cr_csv_pieces pieces;
  assert_int_equal(open_and_read("a,b\n1,2\n", "3,4\n5,\"6\n", &pieces), CR_ERR_CSV);
  check_error("data.csv", (failure){CR_ERR_CSV, 4, 2, "a quote is opened", NULL});
  cr_csv_pieces_close(&pieces);

  assert_int_equal(open_and_read("a,b\n1,2\n", "3,4\n5,\xff\n", &pieces), CR_ERR_CSV);
  check_error("data.csv", (failure){CR_ERR_CSV, 4, 0, "at offset 14 is not UTF-8", NULL});
  cr_csv_pieces_close(&pieces);

  assert_int_equal(open_and_read("a,b\n1,2\n", "3,4\n5\n6,z\n,0\n", &pieces), CR_OK);
  assert_int_equal(cr_csv_pieces_check(&pieces), CR_ERR_RAGGED);
  check_error("data.csv", (failure){CR_ERR_RAGGED, 4, 0, "1 of 5 rows", NULL});
  assert_int_equal(pieces.counts[0].numbers, 3);
  assert_int_equal(pieces.counts[0].missing, 1);
  assert_int_equal(pieces.counts[1].words, 1);
  cr_csv_pieces_rewind(&pieces);
  assert_int_equal(pieces.counts[1].words, 0);
  cr_csv_pieces_close(&pieces);
}

static void whole_rows_end_where_the_last_row_does(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t whole;
  } cases[] = {
      {"", 0},           {"1,2", 0},  {"1,2\n", 4},    {"1,2\n3", 4},      {"1\r", 0},
      {"1\r\n", 3},      {"1\r2", 2}, {"1,\"\n\n", 0}, {"1\n\"\"\"\n", 2}, {"\"\n\"\"\"\n", 6},
      {"1\n\n \t\n", 2}, {"\n\n", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(cr_csv_whole_rows(cases[i].text, strlen(cases[i].text)), cases[i].whole);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(chunks_of_a_piece_know_their_rows),
      cmocka_unit_test(pieces_hold_the_rows_of_the_whole),
      cmocka_unit_test(errors_have_their_place_in_the_file),
      cmocka_unit_test(whole_rows_end_where_the_last_row_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
