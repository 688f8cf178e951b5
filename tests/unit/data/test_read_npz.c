#include "reading.h"

#include "folder.h"
#include "gzip.h"
#include "npy.h"
#include "zip_file.h"

static zip_file file;

static const unsigned char bytes[] = {1, 2, 3, 4, 5, 6};

/* Two bytes, which ones the length of the name tells. */
static void add_array(const char *name, bool packed) {
  char array[NPY_ROOM];
  const size_t size = npy_array(array, "|u1", false, "(2,)", bytes + strlen(name) % 5, 2);
  zip_entry(&file, name, array, size, packed);
}

/* Arrays of these names, with NULL at the end; those of even places deflated. */
static void make(const char *const *names) {
  memset(&file, 0, sizeof file);
  for (size_t i = 0; names[i]; i++) add_array(names[i], i % 2 == 0);
  zip_end(&file);
}

static cr_table *read_them(const char *array) {
  cr_read_options options = read_options();
  options.array = array;
  cr_table *table = parse_bytes((const char *)file.bytes, file.size, &options);
  assert_string_equal(table->origin.format, "npz");
  return table;
}

static void check_them(const char *const *names, const char *array, const char *expected) {
  make(names);
  cr_table *table = read_them(array);
  check_table(table, expected);
  cr_table_destroy(table);
}

static void refuse_them(const char *const *names, const char *array, failure expected) {
  cr_read_options options = read_options();
  options.array = array;
  make(names);
  check_fails_bytes((const char *)file.bytes, file.size, &options, expected);
}

static void arrays_are_found_by_their_names(void **state) {
  (void)state;
  check_them((const char *[]){"arr_0.npy", NULL}, NULL, "x1:n|5|6");
  check_them((const char *[]){"x.npy", "y.npy", NULL}, NULL, "x1:n,label:n|1,1|2,2");
  check_them((const char *[]){"label.npy", "notes.txt", "other.npy", "data.npy", NULL}, NULL,
             "x1:n,label:n|4,5|5,6");
}

static void an_array_can_be_named(void **state) {
  (void)state;
  static const char *const names[] = {"x_train.npy", "y_train.npy", "x_te.npy", "y,z.npy", NULL};
  check_them(names, "x_te", "x1:n|4|5");
  check_them(names, "x_te,x_train", "x1:n,label:n|4,2|5,3");
  check_them(names, "y,z", "x1:n|3|4");
}

static void doubt_is_an_error(void **state) {
  (void)state;
  static const char *const two[] = {"x.npy", "X.npy", NULL};
  static const char *const none[] = {"a.npy", "b.npy", NULL};
  const char *fix = "--array NAME";
  refuse_them(two, NULL, (failure){CR_ERR_ARGUMENT, 0, 0, "2 arrays (x, X), and which", fix});
  refuse_them(none, NULL, (failure){CR_ERR_ARGUMENT, 0, 0, "2 arrays (a, b), and which", fix});
  refuse_them(none, "c", (failure){CR_ERR_ARGUMENT, 0, 0, "and none is called c", fix});
  refuse_them(none, "a,c", (failure){CR_ERR_ARGUMENT, 0, 0, "and none is called a,c", fix});
  refuse_them((const char *[]){"a.npy", "a.npy", NULL}, "a",
              (failure){CR_ERR_NPZ, 0, 0, "two arrays are called a", NULL});
}

static void two_labels_are_in_doubt(void **state) {
  (void)state;
  refuse_them((const char *[]){"x.npy", "y.npy", "labels.npy", NULL}, NULL,
              (failure){CR_ERR_ARGUMENT, 0, 0, "3 arrays (x, y, labels), and which", NULL});
}

/* How many entries there are is said twice at the end; both here. */
static void the_entries_are_counted(void **state) {
  (void)state;
  for (unsigned char count = 1; count <= 3; count += 2) {
    make((const char *[]){"x.npy", "y.npy", NULL});
    file.bytes[file.size - 14] = file.bytes[file.size - 12] = count;
    check_fails_bytes((const char *)file.bytes, file.size, NULL,
                      (failure){CR_ERR_NPZ, 0, 0, "2 entries in the list; the end of the", NULL});
  }
}

static void archives_may_be_compressed(void **state) {
  (void)state;
  size_t size;
  make((const char *[]){"x.npy", NULL});
  char *packed = gzip_bytes((const char *)file.bytes, file.size, &size);
  cr_table *table = parse_bytes(packed, size, NULL);
  assert_true(table->origin.compressed);
  cr_table_destroy(table);
  free(packed);
}

/* The name is not looked for behind what there is of the file. */
static void a_short_head_is_no_archive(void **state) {
  (void)state;
  make((const char *[]){"x.npy", NULL});
  assert_true(cr_npz_reader.sniff((const char *)file.bytes, 30 + 5));
  assert_false(cr_npz_reader.sniff((const char *)file.bytes, 30 + 4));
  assert_false(cr_npz_reader.sniff((const char *)file.bytes, 29));
}

static void archives_of_other_things_are_none(void **state) {
  (void)state;
  refuse_them((const char *[]){"[Content_Types].xml", "x.npy", NULL}, NULL,
              (failure){CR_ERR_FORMAT, 0, 0, "a zip archive", "CSV"});
  refuse_them((const char *[]){NULL}, NULL, (failure){CR_ERR_EMPTY, 0, 0, "no array", NULL});
  cr_read_options options = read_options();
  options.array = "x";
  check_fails("a\n1\n", &options, (failure){CR_ERR_ARGUMENT, 0, 0, "this is csv", NULL});
}

/* What is wrong with the array itself is told of it. */
static void a_bad_array_is_told_by_its_name(void **state) {
  (void)state;
  cr_table *table = NULL;
  memset(&file, 0, sizeof file);
  zip_entry(&file, "x.npy", "no array", 8, false);
  zip_end(&file);
  assert_int_equal(cr_table_parse("a.npz", file.bytes, file.size, NULL, &table), CR_ERR_NPY);
  assert_string_equal(cr_last_error()->file, "a.npz:x.npy");
}

static void labels_may_lie_in_another_file(void **state) {
  (void)state;
  char array[NPY_ROOM];
  cr_read_options options = read_options();
  const size_t size = npy_array(array, "|u1", false, "(2,)", "\x08\x09", 2);
  write_file("y.npy", array, size);
  make((const char *[]){"x.npy", "y.npy", NULL});
  options.labels = in_folder("y.npy");
  cr_table *table = parse_bytes((const char *)file.bytes, file.size, &options);
  check_table(table, "x1:n,label:n|1,8|2,9");
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arrays_are_found_by_their_names),
      cmocka_unit_test(an_array_can_be_named),
      cmocka_unit_test(doubt_is_an_error),
      cmocka_unit_test(two_labels_are_in_doubt),
      cmocka_unit_test(the_entries_are_counted),
      cmocka_unit_test(archives_may_be_compressed),
      cmocka_unit_test(a_short_head_is_no_archive),
      cmocka_unit_test(archives_of_other_things_are_none),
      cmocka_unit_test(a_bad_array_is_told_by_its_name),
      cmocka_unit_test_setup_teardown(labels_may_lie_in_another_file, make_folder, remove_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
