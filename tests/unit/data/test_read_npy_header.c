#include "reading.h"

#include "data/npy.h"
#include "npy.h"

/* What is written so that Python reads the same, in other ways than numpy does. */
static void other_spellings_are_read(void **state) {
  (void)state;
  static const char *const literals[] = {
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1), }\n",
      "{\"shape\":(2,1),\"descr\":\"|u1\",\"fortran_order\":False}",
      " \t{ 'fortran_order' : False\n, 'shape' : ( 2L , 1L , ) , 'descr' : '=u1' , } \r\n  ",
      "{'descr': '>u1', 'fortran_order': True, 'shape': (2, 1)}",
  };
  for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
    char file[NPY_ROOM];
    cr_table *table = parse_bytes(file, npy_file(file, literals[i], "\5\6", 2), NULL);
    check_table(table, "x1:n|5|6");
    cr_table_destroy(table);
  }
}

/* 2.0 and 3.0 have a length of four bytes. */
static void later_versions_are_read(void **state) {
  (void)state;
  static const char literal[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n";
  for (char major = 2; major <= 3; major++) {
    char file[NPY_ROOM] = "\x93NUMPY";
    file[6] = major;
    file[8] = sizeof literal - 1;
    memcpy(file + 12, literal, sizeof literal - 1);
    memcpy(file + 12 + sizeof literal - 1, "\5\6", 2);
    cr_table *table = parse_bytes(file, 12 + sizeof literal - 1 + 2, NULL);
    check_table(table, "x1:n|5|6");
    cr_table_destroy(table);
  }
}

static void check_header(const char *literal, cr_status status, size_t at, const char *message) {
  char file[NPY_ROOM];
  check_fails_bytes(file, npy_file(file, literal, "\5\6", 2), NULL,
                    (failure){status, 0, 0, message, NULL});
  if (at != SIZE_MAX) assert_int_equal(cr_last_error()->offset, NPY_PREFIX + at);
}

static void what_is_no_header_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *literal;
    size_t at; /* in the literal */
    const char *message;
  } cases[] = {
      {"", 0, "found the end of the header at byte 10; expected '{'"},
      {"[]", 0, "found '[' at byte 10; expected '{'"},
      {"{}", 2, "ends at byte 12 without 'descr'"},
      {"{'descr':'|u1','shape':(2,)}", 28, "without 'fortran_order'"},
      {"{'descr':'|u1','fortran_order':False}", 37, "without 'shape'"},
      {"{'descr':'|u1',,}", 15, "found ','"},
      {"{'descr' '|u1'}", 9, "found ''' at byte 19; expected ':'"},
      {"{'descr':'|u1' 'shape'", 15, "expected ',' or '}'"},
      {"{'descr':u1", 9, "expected the type of the elements"},
      {"{'descr':'|u1", 13, "expected the end of a short text"},
      {"{'descr':'\\x7cu1'", 10, "found '\\'"},
      {"{'descr':'\x7f'", 10, "found the byte 0x7f"},
      {"{'descr':'<qxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'", 41, "the end of a short text"},
      {"{'color':1}", 1, "found the key 'color'"},
      {"{'shape':(2,),'shape':(2,)}", 14, "a second 'shape'"},
      {"{'fortran_order':0", 17, "expected True or False"},
      {"{'shape':2", 9, "found '2' at byte 19; expected '('"},
      {"{'shape':(2)", 11, "found ')' at byte 21; expected ','"},
      {"{'shape':(,)", 10, "expected a dimension in digits"},
      {"{'shape':(2,,)", 12, "expected a dimension in digits"},
      {"{'shape':(2 1)", 12, "found '1' at byte 22; expected ','"},
      {"{'shape':(-2,)", 10, "a negative dimension"},
      {"{'shape':(2.0,)", 11, "found '.'"},
      {"{'shape':(0x2,)", 11, "found 'x'"},
      {"{'shape':(2_0,)", 11, "found '_'"},
      {"{'shape':(02,)", 10, "without a 0 in front"},
      {"{'shape':(02", 10, "without a 0 in front"},
      {"{'shape':(True,)", 10, "found 'T'"},
      {"{'shape':(18446744073709551616,)", 10, "more than 64 bits"},
      {"{'descr':'|u1','fortran_order':False,'shape':(2,)}x", 50, "expected blanks"},
      {"{'descr':'|u1','fortran_order':False,'shape':(2,)}\v", 50, "found the byte 0x0b"},
      {"{'descr':'|u1','fortran_order':False,'shape':(2,)\x80", 49, "found the byte 0x80"},
      {"{'descr':'|u1','fortran_order':False,'shape':()}", 45, "that of a single number"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_header(cases[i].literal, CR_ERR_NPY, cases[i].at, cases[i].message);
}

static void types_that_are_no_numbers_are_refused(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"|O", "Python objects"},
      {"|S5", "texts"},
      {"<U3", "texts"},
      {"|V8", "raw bytes"},
      {"<c16", "complex"},
      {"<M8[ns]", "points in time"},
      {"<m8[s]", "spans of time"},
      {"<f16", "floats of a size"},
      {"|u2", "found the type '|u2'"},
      {"u1", "found the type 'u1'"},
      {"", "found the type ''"},
      {"<i3", "found the type '<i3'"},
      {"<qxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "found the type '<qx"},
      {"<", "found the type '<'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char literal[128];
    snprintf(literal, sizeof literal, "{'descr': '%s', 'fortran_order': False, 'shape': (2,)}",
             cases[i][0]);
    check_header(literal, CR_ERR_FORMAT, 10, cases[i][1]);
  }
  check_header("{'descr': [('a', '<f4'), ('b', '|u1')], ", CR_ERR_FORMAT, 10, "structured");
}

static void check_shape(const char *type, const char *shape, size_t size, cr_status status,
                        const char *message) {
  static const char zeros[64];
  char file[NPY_ROOM];
  check_fails_bytes(file, npy_array(file, type, false, shape, zeros, size), NULL,
                    (failure){status, 0, 0, message, NULL});
}

static void the_shape_must_fit_the_file(void **state) {
  (void)state;
  check_shape("|u1", "(2, 3)", 5, CR_ERR_NPY, "with 5 of 6 bytes");
  check_shape("|u1", "(2, 3)", 7, CR_ERR_NPY, "1 bytes follow the last of 6 elements");
  check_shape("<f4", "(2, 3)", 23, CR_ERR_NPY, "with 23 of 24 bytes");
  check_shape("<f8", "(1,)", 0, CR_ERR_NPY, "with 0 of 8 bytes");
  check_shape("|u1", "(4611686018427387904, 4)", 1, CR_ERR_NPY, "more bytes than 64 bits");
  check_shape("<f8", "(2305843009213693952,)", 0, CR_ERR_NPY, "more bytes than 64 bits");
  check_shape("|u1", "(0,)", 0, CR_ERR_EMPTY, "dimension 1 of 1 is 0");
  check_shape("|u1", "(18446744073709551615, 2, 0)", 0, CR_ERR_EMPTY, "dimension 3 of 3 is 0");
  check_shape("<f4", "(1, 2, 2)", 16, CR_ERR_FORMAT, "3 dimensions and the type f4");
  check_shape("|u1", "(1, 1000001)", 1, CR_ERR_LIMIT, "1000001 columns in the shape at byte");
  check_shape("|u1", "(1, 1000000)", 1, CR_ERR_NPY, "with 1 of 1000000 bytes");
  check_shape("|u1", "(1, 2, 2, 1, 1)", 4, CR_ERR_FORMAT, "5 dimensions");
}

static void a_file_cut_anywhere_is_refused(void **state) {
  (void)state;
  char file[NPY_ROOM];
  const size_t size = npy_array(file, "<i2", false, "(2, 2)", "\1\2\3\4\5\6\7\x08", 8);
  for (size_t cut = 6; cut < size; cut++) {
    check_fails_bytes(file, cut, NULL, (failure){CR_ERR_NPY, 0, 0, "cut short", NULL});
    assert_int_equal(cr_last_error()->offset, cut);
  }
}

static void versions_and_lengths_have_limits(void **state) {
  (void)state;
  static const char *const versions[] = {"\4\0", "\0\1", "\1\1", "\xff\0"};
  for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
    char file[16] = "\x93NUMPY";
    memcpy(file + 6, versions[i], 2);
    check_fails_bytes(file, sizeof file, NULL, (failure){CR_ERR_FORMAT, 0, 0, "version", NULL});
  }
  check_fails_bytes("\x93NUMPY\1\0\x11\x27..", 12, NULL,
                    (failure){CR_ERR_LIMIT, 0, 0, "a header of 10001 bytes", NULL});
  check_fails_bytes("\x93NUMPY\1\0\x10\x27..", 12, NULL,
                    (failure){CR_ERR_NPY, 0, 0, "a header of 10010 bytes", NULL});
  check_fails_bytes("\x93NUMPY\2\0\xff\xff\xff\xff..", 14, NULL,
                    (failure){CR_ERR_LIMIT, 0, 0, "a header of 4294967295 bytes", NULL});
}

/* A pipe may give its head first: what is not there yet is no fault, what is wrong is. */
static void a_head_is_judged(void **state) {
  (void)state;
  char file[NPY_ROOM];
  const size_t size = npy_array(file, "<f8", false, "(1000000, 100)", NULL, 0);
  for (size_t cut = 10; cut <= size; cut++)
    assert_int_equal(cr_npy_judge(&(cr_source){.path = "p", .bytes = file, .size = cut}), CR_OK);
  const size_t bad = npy_array(file, "|O", false, "(1000000, 100)", NULL, 0);
  assert_int_equal(cr_npy_judge(&(cr_source){.path = "p", .bytes = file, .size = bad}),
                   CR_ERR_FORMAT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(other_spellings_are_read),
      cmocka_unit_test(later_versions_are_read),
      cmocka_unit_test(what_is_no_header_is_refused),
      cmocka_unit_test(types_that_are_no_numbers_are_refused),
      cmocka_unit_test(the_shape_must_fit_the_file),
      cmocka_unit_test(a_file_cut_anywhere_is_refused),
      cmocka_unit_test(versions_and_lengths_have_limits),
      cmocka_unit_test(a_head_is_judged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
