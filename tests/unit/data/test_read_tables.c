#include "reading.h"

#include "counting_allocator.h"
#include "folder.h"
#include "gzip.h"
#include "idx.h"

enum { THREAD_COUNTS = 4 };
static const size_t thread_counts[THREAD_COUNTS] = {1, 2, 3, 7};

static void write_gzip(const char *name, const char *text) {
  size_t size = 0;
  char *packed = gzip_bytes(text, strlen(text), &size);
  write_file(name, packed, size);
  free(packed);
}

static void tables_are_read_side_by_side(void **state) {
  (void)state;
  write_file("plain.csv", "a,b\n1,2\n", 8);
  write_gzip("packed.csv.gz", "a,b\n3,x\n");
  const char *paths[] = {in_folder("plain.csv"), NULL, "@and", in_folder("packed.csv.gz")};
  for (size_t t = 0; t < THREAD_COUNTS; t++) {
    cr_read_options options = read_options();
    options.threads = thread_counts[t];
    const cr_read_options *all[] = {&options, NULL, NULL, NULL};
    cr_table *tables[4];
    assert_int_equal(cr_tables_read(paths, t % 2 ? all : NULL, 4, tables), CR_OK);
    check_table(tables[0], "a:n,b:n|1,2");
    assert_null(tables[1]);
    assert_int_equal(cr_table_rows(tables[2]), 4);
    check_table(tables[3], "a:n,b:t|3,x");
    for (size_t i = 0; i < 4; i++) cr_table_destroy(tables[i]);
  }
}

/* Each file has options of its own: here another idea of what its first line is. */
static void files_have_their_options(void **state) {
  (void)state;
  write_file("two.csv", "1\n2\n", 4);
  const char *paths[] = {in_folder("two.csv"), in_folder("two.csv")};
  cr_read_options yes = read_options(), no = read_options();
  yes.header = "yes";
  no.header = "no";
  cr_table *tables[2];
  assert_int_equal(cr_tables_read(paths, (const cr_read_options *const[]){&yes, &no}, 2, tables),
                   CR_OK);
  check_table(tables[0], "1:n|2");
  check_table(tables[1], "x1:n|1|2");
  for (size_t i = 0; i < 2; i++) cr_table_destroy(tables[i]);
}

/* The last is missing and the second damaged: whoever is done first, the second is told of. */
static void the_first_failure_is_told(void **state) {
  (void)state;
  write_file("fine.csv", "a\n1\n", 4);
  write_file("cut.csv.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
  char cut[512];
  snprintf(cut, sizeof cut, "%s", in_folder("cut.csv.gz"));
  const char *paths[] = {in_folder("fine.csv"), cut, in_folder("none.csv")};
  for (size_t t = 0; t < THREAD_COUNTS; t++) {
    cr_read_options options = read_options();
    options.threads = thread_counts[t];
    const cr_read_options *all[] = {&options, &options, &options};
    cr_table *tables[3] = {NULL};
    assert_int_equal(cr_tables_read(paths, all, 3, tables), CR_ERR_GZIP);
    assert_string_equal(cr_last_error()->file, cut);
    for (size_t i = 0; i < 3; i++) assert_null(tables[i]);
  }
}

/* One thread takes the files in their order, and takes no memory for what comes after a failure. */
static void nothing_is_loaded_after_a_failure(void **state) {
  (void)state;
  write_file("fine.csv", "a\n1\n", 4);
  char none[512];
  snprintf(none, sizeof none, "%s", in_folder("none.csv"));
  const char *paths[] = {none, in_folder("fine.csv")};
  cr_read_options options = read_options();
  const cr_read_options *all[] = {&options, &options};
  cr_table *tables[2];
  size_t calls[2];
  options.threads = 1;
  for (size_t count = 1; count <= 2; count++) {
    counting_start();
    assert_int_equal(cr_tables_read(paths, all, count, tables), CR_ERR_OPEN);
    calls[count - 1] = counting.calls;
    counting_stop();
  }
  assert_int_equal(calls[0], calls[1]);
}

static void all_options_are_checked(void **state) {
  (void)state;
  const char *paths[] = {"@and", "@or"};
  cr_read_options wrong = read_options();
  wrong.header = "perhaps";
  cr_table *tables[2] = {NULL};
  assert_int_equal(cr_tables_read(paths, (const cr_read_options *const[]){NULL, &wrong}, 2, tables),
                   CR_ERR_ARGUMENT);
}

/* Several threads would share its bytes out among the tables, in pieces of any rows. */
static void standard_input_is_one_table(void **state) {
  (void)state;
  const char *paths[] = {"@and", "-", NULL, "-"};
  cr_table *tables[4];
  assert_int_equal(cr_tables_read(paths, NULL, 4, tables), CR_ERR_ARGUMENT);
  for (size_t i = 0; i < 4; i++) assert_null(tables[i]);
}

/* Large enough for threads, with zeros as images have them, and every seventh row a copy. */
static void figures_do_not_depend_on_threads(void **state) {
  (void)state;
  enum { ROWS = 6000, WIDTH = 20 * 20, COPIES = ROWS / 7 };
  const size_t size = 16 + (size_t)ROWS * WIDTH;
  uint8_t *bytes = calloc(size, 1);
  assert_non_null(bytes);
  idx_header(bytes, 3, (const uint32_t[]){ROWS, 20, 20});
  for (size_t r = 0; r < ROWS; r++) {
    uint8_t *row = bytes + 16 + r * WIDTH;
    for (size_t i = 100; i < 300; i++) row[i] = (uint8_t)(r * 31 + i * i * 7 + (r * i >> 8));
    memcpy(row, &(uint32_t){(uint32_t)r}, 4);
    if (r % 7 == 6) memcpy(row, row - WIDTH, WIDTH);
  }
  write_file("many-images", bytes, size);
  cr_column first = {0};
  uint64_t fingerprint = 0;
  for (size_t t = 0; t < THREAD_COUNTS; t++) {
    cr_read_options options = read_options();
    options.threads = thread_counts[t];
    cr_table *table = NULL;
    assert_int_equal(cr_table_read(in_folder("many-images"), &options, &table), CR_OK);
    const cr_column *info = cr_table_column(table, 0);
    char warning[64];
    snprintf(warning, sizeof warning, "%d rows are copies of earlier rows", COPIES);
    assert_string_equal(cr_table_warning(table, 0), warning);
    if (t == 0) {
      double sum = 0;
      for (size_t i = 16; i < size; i++) sum += bytes[i];
      first = *info;
      fingerprint = table->origin.fingerprint;
      assert_true(info->mean == sum / (double)(size - 16));
    }
    assert_int_equal(info->distinct, first.distinct);
    assert_true(info->mean == first.mean && info->deviation == first.deviation);
    assert_true(info->minimum == first.minimum && info->maximum == first.maximum);
    assert_true(table->origin.fingerprint == fingerprint);
    cr_table_destroy(table);
  }
  free(bytes);
}

/* Each allocation in turn is refused: an error, and nothing stays behind. */
static void memory_runs_out(void **state) {
  (void)state;
  write_gzip("a.csv.gz", "a,b\n1,x\n2,y\n");
  write_file("b.csv", "a,b\n1,x\n", 8);
  const char *paths[] = {in_folder("a.csv.gz"), in_folder("b.csv")};
  cr_read_options options = read_options();
  const cr_read_options *all[] = {&options, &options};
  for (options.threads = 1; options.threads <= 2; options.threads++) {
    cr_table *tables[2];
    counting_start();
    assert_int_equal(cr_tables_read(paths, all, 2, tables), CR_OK);
    for (size_t i = 0; i < 2; i++) cr_table_destroy(tables[i]);
    const size_t calls = counting.calls;
    for (size_t n = 1; n <= calls; n++) {
      counting_fail_at(n, false);
      assert_int_equal(cr_tables_read(paths, all, 2, tables), CR_ERR_MEMORY);
      assert_int_equal(cr_last_error()->status, CR_ERR_MEMORY);
      assert_true(tables[0] == NULL && tables[1] == NULL);
      assert_int_equal(counting.live, 0);
    }
    counting_stop();
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_are_read_side_by_side),
      cmocka_unit_test(files_have_their_options),
      cmocka_unit_test(the_first_failure_is_told),
      cmocka_unit_test(nothing_is_loaded_after_a_failure),
      cmocka_unit_test(all_options_are_checked),
      cmocka_unit_test(standard_input_is_one_table),
      cmocka_unit_test(figures_do_not_depend_on_threads),
      cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
