#include "reading.h"

#include "base/memory.h"
#include "counting_allocator.h"
#include "folder.h"
#include "gzip.h"
#include "idx.h"
#include "npy.h"

static void the_last_reader_takes_everything(void **state) {
  (void)state;
  assert_true(cr_csv_reader.sniff("\xff", 1));
  assert_true(cr_csv_reader.sniff("\0\0\x08\x01", 4)); /* IDX is asked first */
  assert_false(cr_idx_reader.sniff("a,b", 3));
  assert_false(cr_idx_reader.sniff("", 0));
  assert_false(cr_idx_reader.sniff("\0a\0,", 4));         /* UTF-16BE without its mark */
  assert_false(cr_idx_reader.sniff("\0\0\xfe\xff\0", 5)); /* UTF-32BE */
  assert_true(cr_idx_reader.sniff("\0", 1));
  assert_true(cr_idx_reader.sniff("\0\0\x07", 3));
}

static void other_formats_are_named(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t size;
    const char *name;
  } cases[] = {
      {"PK\003\004....", 8, "zip archive"},
      {"PAR1\x15\x04", 6, "Parquet"},
      {"%PDF-1.4", 8, "PDF"},
      {"[{\"a\": 1}]", 10, "JSON"},
      {"{\n  \"a\": [1]\n}", 14, "JSON"},
      {"SQLite format 3\0", 16, "SQLite"},
      {"\xfd"
       "7zXZ\0",
       6, "xz"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_fails_bytes(cases[i].bytes, cases[i].size, NULL,
                      (failure){CR_ERR_FORMAT, 0, 0, cases[i].name, NULL});
  check_reads("PAR1,PAR2\n1,2\n", NULL, "PAR1:n,PAR2:n|1,2");
  size_t once_size, twice_size;
  char *once = gzip_bytes("a\n1\n", 4, &once_size);
  char *twice = gzip_bytes(once, once_size, &twice_size);
  check_fails_bytes(twice, twice_size, NULL,
                    (failure){CR_ERR_FORMAT, 0, 0, "gzip within gzip", NULL});
  cr_table *table = parse_bytes(once, once_size, NULL);
  check_table(table, "a:n|1");
  assert_true(table->origin.compressed);
  cr_table_destroy(table);
  free(once);
  free(twice);
}

/* What its head rules out is not read on: it may have no end, or be larger than the limit. */
static void a_head_is_judged_before_the_rest(void **state) {
  (void)state;
  static const struct {
    const char *head;
    size_t size;
    cr_status want;
  } cases[] = {
      {"\0\0\0\0", 4, CR_ERR_IDX},
      {"PK\003\004", 4, CR_ERR_FORMAT},
      {"\x93NUMPY\4\0", 8, CR_ERR_FORMAT},
      {"\x93NUMPY\1\0\x0c\0{'descr':'|O'", 22, CR_ERR_NPY},
      {"a,b\n1,\0", 7, CR_ERR_CSV},
      {"\xff\xfe"
       "a\0",
       4, CR_ERR_CSV},
      {"a,b\n1,2\n", 8, CR_ERR_LIMIT},
      {"\0\0\x08\x01", 4, CR_ERR_LIMIT},
      {"\x1f\x8b\x08\0", 4, CR_ERR_LIMIT},
  };
  enum { MOST_BYTES = 20, SIZE = 100 };
  cr_read_options options = read_options();
  options.max_bytes = MOST_BYTES;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char bytes[SIZE];
    cr_table *table = NULL;
    memset(bytes, 'x', SIZE);
    memcpy(bytes, cases[i].head, cases[i].size);
    write_file("long", bytes, SIZE);
    assert_int_equal(cr_table_read(in_folder("long"), &options, &table), cases[i].want);
  }
}

static void a_gzip_of_nothing_is_empty(void **state) {
  (void)state;
  size_t size;
  char *packed = gzip_bytes("", 0, &size);
  check_fails_bytes(packed, size, NULL, (failure){CR_ERR_EMPTY, 0, 0, "empty", NULL});
  free(packed);
}

static void bytes_have_a_limit(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.max_bytes = 7;
  check_reads("a,b\n1,2", &options, "a:n,b:n|1,2");
  check_fails("a,b\n1,2\n", &options, (failure){CR_ERR_LIMIT, 0, 0, "the most is 7", NULL});
  options.max_bytes = 0;
  check_reads("a,b\n1,2\n", &options, "a:n,b:n|1,2");
}

/* 400,000 rows of "1\n", then as many of "a\n" with another number each: what they take. */
static void a_table_has_a_limit(void **state) {
  (void)state;
  enum { ROWS = 400000, ROOM = 10 * ROWS };
  cr_read_options options = read_options();
  cr_table *table = NULL;
  char *text = malloc(ROOM);
  assert_non_null(text);
  for (size_t i = 0; i < ROWS; i++) memcpy(text + 2 * i, "1\n", 2);
  options.header = "no";
  options.max_bytes = 2 * ROWS; /* the file fits, the 3.2 MB of its table do not */
  assert_int_equal(cr_table_parse("one.csv", text, 2 * ROWS, &options, &table), CR_ERR_LIMIT);
  check_error("one.csv", (failure){CR_ERR_LIMIT, 0, 0, "over 1600000 bytes", NULL});
  assert_non_null(strstr(cr_last_error()->fix, "leave out columns"));
  options.max_bytes = 5 * ROWS;
  assert_int_equal(cr_table_parse("one.csv", text, 2 * ROWS, &options, &table), CR_OK);
  cr_table_destroy(table);

  size_t size = 0;
  for (size_t i = 0; i < ROWS; i++) size += (size_t)sprintf(text + size, "t%zu\n", i);
  options.max_bytes = 20 * ROWS; /* enough for numbers and codes, not for so many texts */
  assert_int_equal(cr_table_parse("many.csv", text, size, &options, &table), CR_ERR_LIMIT);
  check_error("many.csv", (failure){CR_ERR_LIMIT, 0, 0, "over 16000000 bytes", NULL});
  options.max_bytes = 200 * ROWS;
  assert_int_equal(cr_table_parse("many.csv", text, size, &options, &table), CR_OK);
  assert_int_equal(table->columns[0].info.distinct, ROWS);
  cr_table_destroy(table);
  free(text);
}

/* One label a byte becomes eight. */
static void a_table_of_images_has_a_limit(void **state) {
  (void)state;
  enum { ROWS = 200000 };
  cr_read_options options = read_options();
  cr_table *table = NULL;
  uint8_t *bytes = calloc(ROWS + 16, 1);
  assert_non_null(bytes);
  idx_file(bytes, 3, (const uint32_t[]){1, 1, 1}); /* for its first bytes */
  bytes[4] = 0, bytes[5] = ROWS >> 16, bytes[6] = ROWS >> 8 & 255, bytes[7] = ROWS & 255;
  write_file("l-images-idx3", bytes, ROWS + 16);
  idx_file(bytes, 1, (const uint32_t[]){1});
  bytes[4] = 0, bytes[5] = ROWS >> 16, bytes[6] = ROWS >> 8 & 255, bytes[7] = ROWS & 255;
  bytes[8] = 0;
  write_file("l-labels-idx1", bytes, ROWS + 8);
  free(bytes);
  options.max_bytes = ROWS + 16;
  assert_int_equal(cr_table_read(in_folder("l-images-idx3"), &options, &table), CR_ERR_LIMIT);
  check_error(in_folder("l-labels-idx1"), (failure){CR_ERR_LIMIT, 0, 0, "as a table", NULL});
  options.max_bytes = 5 * ROWS;
  assert_int_equal(cr_table_read(in_folder("l-images-idx3"), &options, &table), CR_OK);
  cr_table_destroy(table);
}

static void older_options_are_understood(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.delimiter = ';';
  options.max_bytes = 1;
  options.struct_size = offsetof(cr_read_options, max_bytes);
  check_reads("a;b,c\n1;2\n", &options, "a:n,b,c:n|1,2");
  options.struct_size = 0;
  cr_table *table = NULL;
  assert_int_equal(cr_table_parse("x", "a", 1, &options, &table), CR_ERR_ARGUMENT);
}

static void files_that_are_not_there(void **state) {
  (void)state;
  cr_table *table = NULL;
  assert_int_equal(cr_table_read(in_folder("none.csv"), NULL, &table), CR_ERR_OPEN);
  assert_int_equal(cr_table_read(folder, NULL, &table), CR_ERR_EMPTY); /* it has no pictures */
  write_file("empty.csv", "", 0);
  assert_int_equal(cr_table_read(in_folder("empty.csv"), NULL, &table), CR_ERR_EMPTY);
  assert_null(table);
}

/* Each allocation in turn is refused, once and from then on: an error, and nothing stays behind. */
static void refuse_every_allocation(const char *path, const cr_read_options *options) {
  cr_table *table = NULL;
  counting_start();
  assert_int_equal(cr_table_read(path, options, &table), CR_OK);
  cr_table_destroy(table);
  const size_t calls = counting.calls;
  assert_true(calls > 5);
  for (size_t n = 1; n <= calls; n++)
    for (int for_ever = 0; for_ever < 2; for_ever++) {
      counting_fail_at(n, for_ever);
      table = NULL;
      const cr_status status = cr_table_read(path, options, &table);
      assert_string_equal(cr_status_name(status), "CR_ERR_MEMORY");
      assert_int_equal(cr_last_error()->status, CR_ERR_MEMORY);
      assert_null(table);
      assert_int_equal(counting.live, 0);
    }
  counting_stop();
}

static void memory_runs_out_in_csv(void **state) {
  (void)state;
  static const char text[] =
      "a,b,\"c\"\"d\",y\r\n1,x,2,p\n2,\"y\"\"z\",3,q\n,z,?,\n2,w,oops,p\nshort\n2,w,oops,p\n"
      "9,a1,1,p\n9,a2,1,p\n9,a3,1,p\n9,a4,1,p\n9,a5,1,p\n9,a6,1,p\n9,a7,1,p\n9,a8,1,p\n";
  cr_read_options options = read_options();
  options.skip_bad_rows = true;
  write_file("m.csv", text, sizeof text - 1);
  refuse_every_allocation(in_folder("m.csv"), &options);
}

static void memory_runs_out_in_idx(void **state) {
  (void)state;
  uint8_t bytes[64];
  size_t size = idx_file(bytes, 3, (const uint32_t[]){2, 2, 2}), packed_size;
  bytes[size - 1] = bytes[size - 5] = 7;
  char *packed = gzip_bytes(bytes, size, &packed_size);
  write_file("m-images-idx3.gz", packed, packed_size);
  free(packed);
  size = idx_file(bytes, 1, (const uint32_t[]){2});
  packed = gzip_bytes(bytes, size, &packed_size);
  write_file("m-labels-idx1.gz", packed, packed_size);
  free(packed);
  refuse_every_allocation(in_folder("m-images-idx3.gz"), NULL);
}

static void memory_runs_out_in_npy(void **state) {
  (void)state;
  char bytes[NPY_ROOM];
  size_t packed_size;
  const size_t size = npy_array(bytes, ">i2", true, "(2, 2)", "\1\2\3\4\1\2\3\4", 8);
  char *packed = gzip_bytes(bytes, size, &packed_size);
  write_file("m.npy.gz", packed, packed_size);
  free(packed);
  write_file("i.npy", bytes, npy_array(bytes, "|u1", true, "(2, 1, 2)", "\1\2\3\4", 4));
  write_file("l.npy", bytes, npy_array(bytes, "<i8", true, "(2,)", "ABCDEFGHIJKLMNOP", 16));
  cr_read_options options = read_options();
  options.labels = in_folder("l.npy");
  refuse_every_allocation(in_folder("m.npy.gz"), NULL);
  refuse_every_allocation(in_folder("i.npy"), &options);
}

static void memory_runs_out_in_libsvm(void **state) {
  (void)state;
  static const char text[] = "1 1:2 3:4\n2 2:1\n1 1:2 3:4 # again\n";
  write_file("m.svm", text, sizeof text - 1);
  refuse_every_allocation(in_folder("m.svm"), NULL);
}

static void memory_runs_out_in_built_in_sets(void **state) {
  (void)state;
  refuse_every_allocation("@xor", NULL);
  refuse_every_allocation("@spiral", NULL);
  refuse_every_allocation("@digits", NULL);
  refuse_every_allocation("@iris", NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_last_reader_takes_everything),
      cmocka_unit_test(other_formats_are_named),
      cmocka_unit_test(a_head_is_judged_before_the_rest),
      cmocka_unit_test(a_gzip_of_nothing_is_empty),
      cmocka_unit_test(bytes_have_a_limit),
      cmocka_unit_test(a_table_has_a_limit),
      cmocka_unit_test(a_table_of_images_has_a_limit),
      cmocka_unit_test(older_options_are_understood),
      cmocka_unit_test(files_that_are_not_there),
      cmocka_unit_test(memory_runs_out_in_csv),
      cmocka_unit_test(memory_runs_out_in_idx),
      cmocka_unit_test(memory_runs_out_in_npy),
      cmocka_unit_test(memory_runs_out_in_libsvm),
      cmocka_unit_test(memory_runs_out_in_built_in_sets),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
