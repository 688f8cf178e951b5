#include "reading.h"

#include "folder.h"
#include "gzip.h"
#include "npy.h"

typedef struct type_case {
  const char *type, *bytes;
  size_t size; /* of one element; there are two, a row of two columns */
  const char *expected;
} type_case;

/* Each type at the ends of its range, in both byte orders; the bytes are numpy's tobytes(). */
static void every_type_is_read(void **state) {
  (void)state;
  static const type_case cases[] = {
      {"|b1", "\0\1", 1, "0,1"},
      {"|u1", "\0\xff", 1, "0,255"},
      {"<u1", "\x80\7", 1, "128,7"},
      {"|i1", "\x80\x7f", 1, "-128,127"},
      {"<u2", "\1\2\xff\xff", 2, "513,65535"},
      {">u2", "\1\2\xff\xfe", 2, "258,65534"},
      {"<i2", "\0\x80\xff\x7f", 2, "-32768,32767"},
      {">i2", "\x80\0\xff\xff", 2, "-32768,-1"},
      {"<u4", "\4\3\2\1\xff\xff\xff\xff", 4, "16909060,4294967295"},
      {">u4", "\1\2\3\4\xff\xff\xff\xfe", 4, "16909060,4294967294"},
      {"<i4", "\0\0\0\x80\xff\xff\xff\xff", 4, "-2147483648,-1"},
      {">i4", "\x7f\xff\xff\xff\xff\xff\xff\xfe", 4, "2147483647,-2"},
      {"<u8", "\0\0\0\0\0\0\x10\0\1\0\0\0\0\0\0\0", 8, "4503599627370496,1"},
      {">u8", "\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\1\0", 8, "4503599627370496,256"},
      {"<i8", "\xff\xff\xff\xff\xff\xff\xff\xff\2\0\0\0\0\0\0\0", 8, "-1,2"},
      {">i8", "\xff\xff\xff\xff\xff\xff\xff\xfe\0\0\0\0\0\0\0\3", 8, "-2,3"},
      {"<f2", "\0\x3c\1\0", 2, "1,5.9604644775390625e-08"},
      {">f2", "\xfb\xff\4\0", 2, "-65504,6.103515625e-05"},
      {"<f4", "\0\0\x80\x3f\xff\xff\x7f\xff", 4, "1,-3.4028234663852886e+38"},
      {">f4", "\xbf\xc0\0\0\0\0\0\1", 4, "-1.5,1.4012984643248171e-45"},
      {"<f8", "\x9a\x99\x99\x99\x99\x99\xb9\x3f\0\0\0\0\0\0\0\x80", 8, "0.10000000000000001,-0"},
      {">f8", "\x40\x09\x21\xfb\x54\x44\x2d\x18\xc0\0\0\0\0\0\0\0", 8, "3.1415926535897931,-2"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char file[NPY_ROOM], expected[128];
    const size_t size =
        npy_array(file, cases[i].type, false, "(1, 2)", cases[i].bytes, 2 * cases[i].size);
    cr_table *table = parse_bytes(file, size, NULL);
    snprintf(expected, sizeof expected, "x1:n,x2:n|%s", cases[i].expected);
    check_table(table, expected);
    assert_string_equal(cr_table_get_origin(table)->format, "npy");
    assert_false(cr_table_get_origin(table)->has_header);
    assert_null(cr_table_warning(table, 0));
    cr_table_destroy(table);
  }
}

static void check_array(const char *type, bool fortran_order, const char *shape,
                        const char *elements, size_t size, const char *expected) {
  char file[NPY_ROOM];
  cr_table *table =
      parse_bytes(file, npy_array(file, type, fortran_order, shape, elements, size), NULL);
  check_table(table, expected);
  cr_table_destroy(table);
}

static void the_first_index_may_be_the_fastest(void **state) {
  (void)state;
  check_array("|u1", false, "(2, 3)", "\1\2\3\4\5\6", 6, "x1:n,x2:n,x3:n|1,2,3|4,5,6");
  check_array("|u1", true, "(2, 3)", "\1\2\3\4\5\6", 6, "x1:n,x2:n,x3:n|1,3,5|2,4,6");
  check_array("|u1", true, "(3,)", "\1\2\3", 3, "x1:n|1|2|3");
  check_array(">i2", true, "(2, 2)", "\0\1\0\2\0\3\0\4", 8, "x1:n,x2:n|1,3|2,4");
}

static void three_dimensions_are_images(void **state) {
  (void)state;
  static const char bytes[] = "\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c";
  check_array("|u1", false, "(2, 3, 2)", bytes, 12, "pixels:i|010203040506|0708090a0b0c");
  check_array("|u1", true, "(2, 3, 2)", bytes, 12, "pixels:i|01070309050b|0208040a060c");
  char file[NPY_ROOM];
  cr_table *table =
      parse_bytes(file, npy_array(file, "|u1", false, "(1, 2, 3, 2)", bytes, 12), NULL);
  const cr_column *pixels = cr_table_column(table, 0);
  assert_int_equal(pixels->height, 2);
  assert_int_equal(pixels->image_width, 3);
  assert_int_equal(pixels->channels, 2);
  assert_int_equal(pixels->width, 12);
  assert_memory_equal(cr_table_image(table, 0, 0), bytes, 12);
  cr_table_destroy(table);
}

/* Each row its own block of reading: a matrix of more rows than are read at once. */
static void many_rows(void **state) {
  (void)state;
  enum { ROWS = 1000, COLUMNS = 3 };
  static char file[NPY_ROOM + 2 * ROWS * COLUMNS];
  for (int order = 0; order < 2; order++) {
    size_t size = npy_array(file, ">u2", order, "(1000, 3)", NULL, 0);
    for (size_t i = 0; i < (size_t)ROWS * COLUMNS; i++) {
      const size_t value = order ? i % ROWS * COLUMNS + i / ROWS : i; /* row * COLUMNS + column */
      file[size++] = (char)(value >> 8);
      file[size++] = (char)(value & 255);
    }
    cr_table *table = parse_bytes(file, size, NULL);
    assert_int_equal(cr_table_rows(table), ROWS);
    for (size_t r = 0; r < ROWS; r++)
      for (size_t c = 0; c < COLUMNS; c++)
        assert_true(cr_table_number(table, r, c) == (double)(r * COLUMNS + c));
    cr_table_destroy(table);
  }
}

static void what_is_no_number_is_a_gap_or_bad(void **state) {
  (void)state;
  char file[NPY_ROOM];
  static const char halves[] = "\0\x7e\0\x7c\0\xfc\0\x3c"; /* nan, inf, -inf, 1 */
  cr_table *table = parse_bytes(file, npy_array(file, "<f2", false, "(4,)", halves, 8), NULL);
  check_table(table, "x1:n|_|!|!|1");
  assert_int_equal(cr_table_column(table, 0)->missing, 1);
  assert_int_equal(cr_table_column(table, 0)->bad, 2);
  assert_int_equal(cr_table_fail_bad(table, 0), CR_ERR_NUMBER);
  check_error("data.csv", (failure){CR_ERR_NUMBER, 0, 1, "'inf' in column 'x1', row 2", NULL});
  assert_int_equal(cr_table_fail_missing(table, 0), CR_ERR_MISSING);
  check_error("data.csv", (failure){CR_ERR_MISSING, 0, 1, "row 1 has no value", NULL});
  cr_table_destroy(table);
  static const char wide[] = "\x48\0\0\0\0\0\0\0\x3f\xf0\0\0\0\0\0\0"; /* 6.8e38 */
  table = parse_bytes(file, npy_array(file, ">f8", false, "(2,)", wide, 16), NULL);
  check_table(table, "x1:n|!|1");
  assert_int_equal(cr_table_fail_bad(table, 0), CR_ERR_NUMBER);
  assert_non_null(strstr(cr_last_error()->why, "too large"));
  cr_table_destroy(table);
}

static void rounded_whole_numbers_are_said(void **state) {
  (void)state;
  char file[NPY_ROOM];
  static const char bytes[] = "\0\x20\0\0\0\0\0\1\xff\xdf\xff\xff\xff\xff\xff\xff";
  cr_table *table = parse_bytes(file, npy_array(file, ">i8", false, "(2,)", bytes, 16), NULL);
  check_table(table, "x1:n|9007199254740992|-9007199254740992");
  assert_string_equal(cr_table_warning(table, 0),
                      "2 whole numbers are 2^53 or more and may be rounded: identifiers?");
  cr_table_destroy(table);
  table = parse_bytes(file, npy_array(file, ">i8", false, "(1,)", bytes, 8), NULL);
  assert_string_equal(cr_table_warning(table, 0),
                      "1 whole number is 2^53 or more and may be rounded: an identifier?");
  cr_table_destroy(table);
}

/* The upper half of what 64 bits without a sign can be. */
static void large_whole_numbers_are_positive(void **state) {
  (void)state;
  static const char bytes[] = "\0\0\0\0\0\0\0\x80\0\0\0\0\0\0\0\xc0";
  check_array("<u8", false, "(2,)", bytes, 16,
              "x1:n|9.2233720368547758e+18|1.3835058055282164e+19");
}

static void a_truth_value_is_0_or_1(void **state) {
  (void)state;
  char file[NPY_ROOM];
  const size_t size = npy_array(file, "|b1", false, "(3,)", "\0\1\2", 3);
  check_fails_bytes(file, size, NULL, (failure){CR_ERR_NPY, 0, 0, "truth value 02 at byte", NULL});
  assert_int_equal(cr_last_error()->offset, size - 1);
}

static void labels_come_from_a_second_file(void **state) {
  (void)state;
  char file[NPY_ROOM];
  cr_table *table = NULL;
  cr_read_options options = read_options();
  write_file("x.npy", file, npy_array(file, "|u1", false, "(2, 2)", "\1\2\3\4", 4));
  assert_int_equal(cr_table_read(in_folder("x.npy"), &options, &table), CR_OK);
  const uint64_t alone = table->origin.fingerprint;
  cr_table_destroy(table);
  write_file("y.npy", file, npy_array(file, "<i2", false, "(2,)", "\7\0\xff\xff", 4));
  char labels[512]; /* in_folder keeps only the last few */
  options.labels = strcpy(labels, in_folder("y.npy"));
  assert_int_equal(cr_table_read(in_folder("x.npy"), &options, &table), CR_OK);
  check_table(table, "x1:n,x2:n,label:n|1,2,7|3,4,-1");
  assert_true(table->columns[2].is_label);
  const uint64_t labelled = table->origin.fingerprint;
  assert_true(labelled != alone);
  cr_table_destroy(table);
  write_file("y.npy", file, npy_array(file, "<f2", false, "(2, 1)", "\0\x3c\0\xbc", 4));
  assert_int_equal(cr_table_read(in_folder("x.npy"), &options, &table), CR_OK);
  check_table(table, "x1:n,x2:n,label:n|1,2,1|3,4,-1");
  assert_false(table->columns[2].is_label); /* to be learnt as numbers */
  assert_true(table->origin.fingerprint != labelled);
  cr_table_destroy(table);
  write_file("i.npy", file, npy_array(file, "|u1", true, "(2, 1, 2)", "\1\2\3\4", 4));
  assert_int_equal(cr_table_read(in_folder("i.npy"), &options, &table), CR_OK);
  check_table(table, "pixels:i,label:n|0103,1|0204,-1");
  cr_table_destroy(table);
}

static void labels_must_fit(void **state) {
  (void)state;
  char file[NPY_ROOM];
  cr_table *table = NULL;
  cr_read_options options = read_options();
  write_file("x.npy", file, npy_array(file, "|u1", false, "(2, 2)", "\1\2\3\4", 4));
  write_file("z.npy", file, npy_array(file, "|u1", false, "(3,)", "\1\2\3", 3));
  char labels[512];
  options.labels = strcpy(labels, in_folder("z.npy"));
  assert_int_equal(cr_table_read(in_folder("x.npy"), &options, &table), CR_ERR_NPY);
  check_error(in_folder("z.npy"), (failure){CR_ERR_NPY, 0, 0, "3 labels for the 2 rows of", NULL});
  write_file("z.npy", file, npy_array(file, "|u1", false, "(2, 2)", "\1\2\3\4", 4));
  assert_int_equal(cr_table_read(in_folder("x.npy"), &options, &table), CR_ERR_NPY);
  write_file("z.npy", "1\n2\n", 4);
  assert_int_equal(cr_table_read(in_folder("x.npy"), &options, &table), CR_ERR_NPY);
  check_error(in_folder("z.npy"), (failure){CR_ERR_NPY, 0, 0, "found 31 at byte 0", "--labels"});
  write_file("z.npy", "\x93NUMPX\1", 7);
  assert_int_equal(cr_table_read(in_folder("x.npy"), &options, &table), CR_ERR_NPY);
  check_error(in_folder("z.npy"), (failure){CR_ERR_NPY, 0, 0, "begins with 93 and NUMPY", NULL});
  write_file("z.npy", "", 0);
  assert_int_equal(cr_table_read(in_folder("x.npy"), &options, &table), CR_ERR_NPY);
  options.labels = in_folder("none.npy");
  assert_int_equal(cr_table_read(in_folder("x.npy"), &options, &table), CR_ERR_OPEN);
  assert_null(table);
}

/* By the name, if that is a word of its own; not if another target is named, or none wanted. */
static void labels_lie_beside(void **state) {
  (void)state;
  char file[NPY_ROOM];
  cr_table *table = NULL;
  cr_read_options options = read_options();
  const size_t size = npy_array(file, "|u1", false, "(2, 2)", "\1\2\3\4", 4);
  write_file("X_train.npy", file, size);
  write_file("max.npy", file, size);
  write_file("may.npy", "no array", 8);
  write_file("y_train.npy", file, npy_array(file, "|u1", false, "(2,)", "\7\5", 2));
  assert_int_equal(cr_table_read(in_folder("X_train.npy"), &options, &table), CR_OK);
  check_table(table, "x1:n,x2:n,label:n|1,2,7|3,4,5");
  assert_true(table->columns[2].is_label);
  assert_string_equal(cr_table_get_origin(table)->labels, in_folder("y_train.npy"));
  cr_table_destroy(table);
  assert_int_equal(cr_table_read(in_folder("max.npy"), &options, &table), CR_OK);
  assert_null(cr_table_get_origin(table)->labels);
  cr_table_destroy(table);
  static const char *const targets[] = {"label", "", "x2"};
  for (size_t i = 0; i < 3; i++) {
    options.target = targets[i];
    assert_int_equal(cr_table_read(in_folder("X_train.npy"), &options, &table), CR_OK);
    assert_int_equal(table->column_count, i < 2 ? 3 : 2);
    cr_table_destroy(table);
  }
  options.target = NULL;
  options.labels = "";
  assert_int_equal(cr_table_read(in_folder("X_train.npy"), &options, &table), CR_OK);
  check_table(table, "x1:n,x2:n|1,2|3,4");
  cr_table_destroy(table);
}

static void labels_beside_must_fit(void **state) {
  (void)state;
  char file[NPY_ROOM];
  cr_table *table = NULL;
  write_file("a_X.npy", file, npy_array(file, "|u1", false, "(2, 2)", "\1\2\3\4", 4));
  write_file("a_y.npy", file, npy_array(file, "|u1", false, "(3,)", "\1\2\3", 3));
  assert_int_equal(cr_table_read(in_folder("a_X.npy"), NULL, &table), CR_ERR_NPY);
  check_error(in_folder("a_y.npy"),
              (failure){CR_ERR_NPY, 0, 0, "3 labels for the 2 rows of", "--labels ''"});
  assert_non_null(strstr(cr_last_error()->why, "its name"));
}

static void compressed(void **state) {
  (void)state;
  char file[NPY_ROOM];
  size_t size;
  char *packed = gzip_bytes(file, npy_array(file, "|u1", false, "(2, 2)", "\1\2\3\4", 4), &size);
  cr_table *table = parse_bytes(packed, size, NULL);
  check_table(table, "x1:n,x2:n|1,2|3,4");
  assert_true(cr_table_get_origin(table)->compressed);
  cr_table_destroy(table);
  free(packed);
}

/* A row of a million bytes is a million columns: more than its file may take. */
static void columns_have_a_limit(void **state) {
  (void)state;
  enum { COLUMNS = 1000000 };
  char *file = calloc(NPY_ROOM + COLUMNS, 1);
  cr_table *table = NULL;
  cr_read_options options = read_options();
  assert_non_null(file);
  const size_t size = npy_array(file, "|u1", false, "(1, 1000000)", NULL, 0) + COLUMNS;
  options.max_bytes = 20 * COLUMNS; /* twice that is more than their values take */
  assert_int_equal(cr_table_parse("wide.npy", file, size, &options, &table), CR_ERR_LIMIT);
  check_error("wide.npy", (failure){CR_ERR_LIMIT, 0, 0, "as a table", NULL});
  assert_null(table);
  free(file);
}

/* A byte of an image stays one. */
static void images_take_as_much_as_their_file(void **state) {
  (void)state;
  enum { SIZE = 1000000 };
  char *file = calloc(NPY_ROOM + SIZE, 1);
  cr_read_options options = read_options();
  assert_non_null(file);
  const size_t size = npy_array(file, "|u1", false, "(1000, 100, 10)", NULL, 0) + SIZE;
  options.max_bytes = size;
  cr_table_destroy(parse_bytes(file, size, &options));
  free(file);
}

static void the_order_of_bytes_may_be_that_of_the_machine(void **state) {
  (void)state;
  static const uint16_t numbers[] = {258, 3};
  check_array("=u2", false, "(2,)", (const char *)numbers, sizeof numbers, "x1:n|258|3");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_type_is_read),
      cmocka_unit_test(the_first_index_may_be_the_fastest),
      cmocka_unit_test(three_dimensions_are_images),
      cmocka_unit_test(many_rows),
      cmocka_unit_test(what_is_no_number_is_a_gap_or_bad),
      cmocka_unit_test(rounded_whole_numbers_are_said),
      cmocka_unit_test(large_whole_numbers_are_positive),
      cmocka_unit_test(a_truth_value_is_0_or_1),
      cmocka_unit_test(labels_come_from_a_second_file),
      cmocka_unit_test(labels_must_fit),
      cmocka_unit_test(labels_lie_beside),
      cmocka_unit_test(labels_beside_must_fit),
      cmocka_unit_test(compressed),
      cmocka_unit_test(columns_have_a_limit),
      cmocka_unit_test(images_take_as_much_as_their_file),
      cmocka_unit_test(the_order_of_bytes_may_be_that_of_the_machine),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
