#include "reading.h"

#include "base/alloc.h"
#include "folder.h"
#include "gzip.h"

static void a_file_comes_as_it_is(void **state) {
  (void)state;
  cr_source source;
  write_file("plain.csv", "a\n1\n", 4);
  assert_int_equal(cr_source_load(in_folder("plain.csv"), 4, NULL, &source), CR_OK);
  assert_int_equal(source.size, 4);
  assert_string_equal(source.bytes, "a\n1\n");
  assert_string_equal(source.path, in_folder("plain.csv"));
  assert_true(source.on_disk && source.owned && !source.compressed);
  cr_source_free(&source);
  assert_int_equal(cr_source_load(in_folder("plain.csv"), 3, NULL, &source), CR_ERR_LIMIT);
  assert_int_equal(cr_source_load(in_folder("none.csv"), 4, NULL, &source), CR_ERR_OPEN);
}

/* gzip is known by its bytes, not by its name. */
static void a_gzip_file_is_inflated(void **state) {
  (void)state;
  cr_source source;
  size_t size;
  char *packed = gzip_bytes("a\n1\n", 4, &size);
  write_file("packed.csv", packed, size);
  assert_int_equal(cr_source_load(in_folder("packed.csv"), 1000, NULL, &source), CR_OK);
  assert_string_equal(source.bytes, "a\n1\n");
  assert_true(source.compressed);
  cr_source_free(&source);
  write_file("cut.csv", packed, size - 1);
  assert_int_equal(cr_source_load(in_folder("cut.csv"), 1000, NULL, &source), CR_ERR_GZIP);
  assert_string_equal(cr_last_error()->file, in_folder("cut.csv"));
  write_file("plain.csv.gz", "a\n1\n", 4);
  assert_int_equal(cr_source_load(in_folder("plain.csv.gz"), 1000, NULL, &source), CR_OK);
  assert_false(source.compressed);
  cr_source_free(&source);
  free(packed);
}

static void bytes_are_copied(void **state) {
  (void)state;
  cr_source source;
  char bytes[] = {'a', '\n', '1'};
  assert_int_equal(cr_source_copy("here", bytes, 3, 3, &source), CR_OK);
  bytes[0] = 'b';
  assert_string_equal(source.bytes, "a\n1");
  assert_false(source.on_disk);
  cr_source_free(&source);
  assert_int_equal(cr_source_copy("here", bytes, 3, 2, &source), CR_ERR_LIMIT);
  assert_int_equal(cr_source_copy("here", NULL, 0, 2, &source), CR_OK);
  assert_string_equal(source.bytes, "");
  cr_source_free(&source);
}

static void standard_input_is_a_file(void **state) {
  (void)state;
  write_file("input.csv", "a,b\n1,2\n", 8);
  FILE *file = freopen(in_folder("input.csv"), "rb", stdin);
  assert_non_null(file);
  cr_table *table = NULL;
  assert_int_equal(cr_table_read("-", NULL, &table), CR_OK);
  check_table(table, "a:n,b:n|1,2");
  const cr_table_origin *origin = cr_table_get_origin(table);
  assert_string_equal(origin->path, "standard input");
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_comes_as_it_is),
      cmocka_unit_test(a_gzip_file_is_inflated),
      cmocka_unit_test(bytes_are_copied),
      cmocka_unit_test(standard_input_is_a_file),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
