#include "reading.h"

#include "counting_allocator.h"
#include "folder.h"
#include "tables.h"
#include "writing.h"

static cr_status write_to(const cr_table *table, const char *name, const cr_write_options *options,
                          cr_written *about) {
  if (about) cr_written_init(about);
  return cr_table_write(table, in_folder(name), options, about);
}

static cr_table *read_back(const char *name, const char *labels) {
  cr_read_options options = read_options();
  cr_table *table = NULL;
  options.labels = labels;
  const cr_status status = cr_table_read(in_folder(name), &options, &table);
  if (status != CR_OK) print_error("%s\n", cr_last_error()->message);
  assert_int_equal(status, CR_OK);
  return table;
}

/* --- there and back --- */

static uint32_t word;

static uint32_t draw(uint32_t count) {
  word = word * 1664525u + 1013904223u;
  return (word >> 8) % count;
}

/* Every text in quotes, by the plainest rule there is. */
static void add_text(cr_strbuf *out, size_t row) {
  static const char *const pieces[] = {"a", " ", ",",  ";",  "\"\"", "\n",
                                       "é", "|", "\t", "\r", "x:1"};
  cr_strbuf_format(out, "\"w%zu", draw(4) * (row + 1));
  for (uint32_t i = draw(4); i > 0; i--)
    cr_strbuf_format(out, "%s", pieces[draw(sizeof pieces / sizeof *pieces)]);
  cr_strbuf_format(out, "\"");
}

static void add_number(cr_strbuf *out) {
  switch (draw(5)) {
    case 0:
      cr_strbuf_format(out, "0");
      return;
    case 1:
      cr_strbuf_format(out, "-%u", (unsigned)draw(100000));
      return;
    case 2:
      cr_strbuf_format(out, "%u.%u%u", (unsigned)draw(100), (unsigned)draw(100000),
                       (unsigned)draw(100000));
      return;
    case 3:
      cr_strbuf_format(out, "%u.%ue-%u", (unsigned)draw(10), (unsigned)draw(1000000),
                       (unsigned)draw(300));
      return;
    default:
      cr_strbuf_format(out, "%ue%u", (unsigned)draw(1000), (unsigned)draw(35));
  }
}

/* The last column is of whole numbers, so that it can be a label anywhere. */
static char *random_csv(bool texts, bool gaps) {
  const size_t rows = 1 + draw(12), columns = 2 + draw(5);
  cr_strbuf out = {0};
  char *text = NULL;
  for (size_t c = 0; c < columns; c++) cr_strbuf_format(&out, "%sx%zu", c ? "," : "", c + 1);
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) {
      cr_strbuf_format(&out, "%s", c ? "," : "\n");
      if (c + 1 == columns)
        cr_strbuf_format(&out, "%u", (unsigned)draw(10));
      else if (gaps && r > 0 && draw(6) == 0)
        cr_strbuf_format(&out, "NA");
      else if (texts && c % 2)
        add_text(&out, r);
      else
        add_number(&out);
    }
  cr_strbuf_format(&out, "\n");
  assert_int_equal(cr_strbuf_take(&out, &text), CR_OK);
  return text;
}

/* What the columns are called is known to CSV alone. */
static void check_same(const cr_table *a, const cr_table *b, bool names) {
  char *first = render(a), *second = render(b);
  const char *from = names ? first : strchr(first, '|');
  assert_string_equal(from, names ? second : strchr(second, '|'));
  cr_free(first);
  cr_free(second);
}

static void check_round(const cr_table *table, const char *format, bool names) {
  const cr_write_options options = write_options(format);
  cr_read_options read = read_options();
  cr_strbuf out = {0};
  read.header = names ? "yes" : "auto";
  assert_int_equal(write_bytes(table, &options, false, &out), CR_OK);
  cr_table *again = parse_bytes(out.text, out.length, &read);
  check_same(table, again, names);
  cr_table_destroy(again);
  cr_strbuf_free(&out);
}

static void random_tables_come_back_the_same(void **state) {
  (void)state;
  for (word = 0; word < 400; word++) {
    const uint32_t seed = word;
    const bool texts = seed % 2, gaps = seed % 3 == 0;
    cr_read_options read = read_options();
    read.header = "yes";
    char *text = random_csv(texts, gaps);
    cr_table *table = parse_bytes(text, strlen(text), &read);
    check_round(table, "csv", true);
    check_round(table, "tsv.gz", true);
    if (!texts) check_round(table, "npy", false);
    if (!texts && !gaps) check_round(table, "libsvm", false);
    cr_table_destroy(table);
    cr_free(text);
    word = seed;
  }
}

static void digits_come_back_the_same(void **state) {
  (void)state;
  static const char *const names[] = {"x-images-idx3-ubyte", "x-images-idx3-ubyte.gz"};
  cr_write_options options;
  cr_table *digits = NULL;
  cr_written about;
  cr_write_options_init(&options);
  assert_int_equal(cr_table_read("@digits", NULL, &digits), CR_OK);
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(write_to(digits, names[i], &options, &about), CR_OK);
    assert_string_equal(about.labels,
                        in_folder(i ? "x-labels-idx1-ubyte.gz" : "x-labels-idx1-ubyte"));
    assert_int_equal(about.rows, 1797);
    assert_int_equal(about.compressed, i == 1);
    cr_table *again = read_back(names[i], NULL);
    check_same(digits, again, true);
    cr_table_destroy(again);
  }
  options.labels = in_folder("y.npy");
  assert_int_equal(write_to(digits, "x.npy", &options, &about), CR_OK);
  cr_table *again = read_back("x.npy", options.labels);
  check_same(digits, again, true);
  assert_true(again->columns[1].is_label);
  cr_table_destroy(again);
  cr_table_destroy(digits);
}

/* Pixels to CSV and back to images. */
static void csv_of_pixels_becomes_images(void **state) {
  (void)state;
  cr_write_options options;
  cr_table *digits = NULL;
  cr_write_options_init(&options);
  assert_int_equal(cr_table_read("@digits", NULL, &digits), CR_OK);
  assert_int_equal(write_to(digits, "x.csv", &options, NULL), CR_OK);
  cr_table *pixels = read_back("x.csv", NULL);
  assert_int_equal(cr_table_columns(pixels), 65);
  options.height = options.width = 8;
  assert_int_equal(write_to(pixels, "x-images-idx3-ubyte", &options, NULL), CR_OK);
  cr_table *again = read_back("x-images-idx3-ubyte", NULL);
  check_same(digits, again, true);
  cr_table_destroy(again);
  cr_table_destroy(pixels);
  cr_table_destroy(digits);
}

/* --- what is told, and what is refused --- */

static void rows_left_out_are_counted(void **state) {
  (void)state;
  cr_write_options options;
  cr_written about;
  cr_write_options_init(&options);
  options.skip_bad_rows = true;
  cr_table *table = csv_table("a,y\n1,5\n,6\nthree,7\n4,8\n");
  assert_int_equal(write_to(table, "x.svm", &options, &about), CR_OK);
  assert_int_equal(about.rows, 2);
  assert_int_equal(about.skipped_rows, 2);
  assert_string_equal(about.format, "libsvm");
  assert_string_equal(about.labels, "");
  cr_table_destroy(table);
  table = csv_table("a,b\n1,\n,6\n");
  assert_int_equal(write_to(table, "x.svm", &options, &about), CR_ERR_EMPTY);
  cr_table_destroy(table);
}

static void columns_that_are_not_there_are_refused(void **state) {
  (void)state;
  static const char *const drop[] = {"a", "b"}, *const wrong[] = {"c"};
  cr_write_options options = write_options("csv");
  options.drop = wrong;
  options.drop_count = 1;
  check_refused("a,b\n1,2\n", &options, CR_ERR_COLUMN, "no column 'c'", NULL);
  options.drop = drop;
  options.drop_count = 2;
  check_refused("a,b\n1,2\n", &options, CR_ERR_COLUMN, "no column is left", NULL);
  options.drop_count = 1;
  options.target = "a";
  check_refused("a,b\n1,2\n", &options, CR_ERR_COLUMN, "'a' is the target", NULL);
}

/* A refusal comes before any file is touched, a failure leaves both as they were. */
static void old_files_stay_as_they_were(void **state) {
  (void)state;
  cr_write_options options;
  cr_table *digits = NULL;
  char *out = NULL;
  size_t size = 0;
  cr_write_options_init(&options);
  write_file("x-images-idx3-ubyte", "old", 3);
  cr_table *table = csv_table("a,y\n1,5\n300,6\n");
  assert_int_equal(write_to(table, "x-images-idx3-ubyte", &options, NULL), CR_ERR_NUMBER);
  cr_table_destroy(table);
  assert_int_equal(cr_table_read("@digits", NULL, &digits), CR_OK);
  options.labels = in_folder("no/such/folder");
  assert_int_equal(write_to(digits, "x-images-idx3-ubyte", &options, NULL), CR_ERR_OPEN);
  assert_int_equal(cr_file_read(in_folder("x-images-idx3-ubyte"), 100, &out, &size), CR_OK);
  assert_string_equal(out, "old");
  cr_free(out);
  cr_table_destroy(digits);
}

static void want_of_memory_leaves_nothing_behind(void **state) {
  (void)state;
  static const char *const formats[] = {"csv.gz", "libsvm", "npy", "idx"};
  for (size_t f = 0; f < 4; f++) {
    cr_write_options options = write_options(formats[f]);
    cr_table *table = csv_table("a,b,y\n1,2,5\n3,4,6\n");
    cr_status status = CR_ERR_MEMORY;
    options.skip_bad_rows = true;
    for (size_t at = 1; status != CR_OK; at++) {
      counting_start();
      counting_fail_at(at, false);
      status = write_to(table, "x-images", &options, NULL);
      assert_true(status == CR_OK || status == CR_ERR_MEMORY);
      assert_int_equal(counting.live, 0);
      counting_stop();
      assert_true(at < 100);
    }
    cr_table_destroy(table);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_tables_come_back_the_same),
      cmocka_unit_test_setup_teardown(digits_come_back_the_same, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(csv_of_pixels_becomes_images, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(rows_left_out_are_counted, make_folder, remove_folder),
      cmocka_unit_test(columns_that_are_not_there_are_refused),
      cmocka_unit_test_setup_teardown(old_files_stay_as_they_were, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(want_of_memory_leaves_nothing_behind, make_folder,
                                      remove_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
