#include "reading.h"

#include "tables.h"
#include "writing.h"

enum { HEADER = 128 };

/* What numpy.save writes for the same array begins so (numpy 2). */
static void check_header(const cr_strbuf *out, const char *literal) {
  assert_true(out->length > HEADER);
  assert_memory_equal(out->text, "\x93NUMPY\x01\x00v\x00", 10);
  assert_memory_equal(out->text + 10, literal, strlen(literal));
  for (size_t i = 10 + strlen(literal); i < HEADER - 1; i++) assert_int_equal(out->text[i], ' ');
  assert_int_equal(out->text[HEADER - 1], '\n');
}

static void numbers_are_doubles_and_gaps_nan(void **state) {
  (void)state;
  static const unsigned char elements[] = {
      0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, /* 1.5, NaN */
      0, 0, 0, 0, 0, 0, 0,    0xc0, 0, 0, 0, 0, 0, 0, 0x08, 0x40, /* -2, 3 */
  };
  const cr_write_options options = write_options("npy");
  cr_table *table = csv_table("a,b\n1.5,NA\n-2,3\n");
  cr_strbuf out = {0};
  assert_int_equal(write_bytes(table, &options, false, &out), CR_OK);
  check_header(&out, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }");
  assert_int_equal(out.length, HEADER + sizeof elements);
  assert_memory_equal(out.text + HEADER, elements, sizeof elements);
  cr_strbuf_free(&out);
  cr_table_destroy(table);
}

static void whole_labels_are_integers_in_a_file_of_their_own(void **state) {
  (void)state;
  static const unsigned char elements[] = {3,    0,    0,    0,    0,    0,    0,    0,
                                           0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  cr_write_options options = write_options("npy");
  options.labels = "y.npy";
  cr_table *table = csv_table("a,b\n1.5,3\n-2,-1\n");
  cr_strbuf out = {0}, labels = {0};
  assert_int_equal(write_bytes(table, &options, false, &out), CR_OK);
  check_header(&out, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }");
  assert_int_equal(write_bytes(table, &options, true, &labels), CR_OK);
  check_header(&labels, "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }");
  assert_memory_equal(labels.text + HEADER, elements, sizeof elements);
  cr_strbuf_free(&out);
  cr_strbuf_free(&labels);
  cr_table_destroy(table);
  static const char *const others[] = {"a,b\n1.5,3\n-2,-1.5\n", "a,b\n1,2\n2,9007199254740992\n"};
  for (size_t i = 0; i < 2; i++) {
    table = csv_table(others[i]);
    assert_int_equal(write_bytes(table, &options, true, &labels), CR_OK);
    check_header(&labels, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }");
    cr_strbuf_free(&labels);
    cr_table_destroy(table);
  }
}

static void images_are_bytes(void **state) {
  (void)state;
  static const uint8_t pixels[] = {0, 9, 3, 0, 1, 2, 0, 0, 0, 255, 4, 5};
  static const double labels[] = {7, 1};
  cr_write_options options = write_options("npy");
  cr_table *table = image_table(2, 2, 3, pixels, NULL, labels);
  cr_strbuf out = {0};
  assert_int_equal(write_bytes(table, &options, false, &out), CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->fix, "--labels-out FILE"));
  options.labels = "y.npy";
  assert_int_equal(write_bytes(table, &options, false, &out), CR_OK);
  check_header(&out, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2, 3), }");
  assert_int_equal(out.length, HEADER + sizeof pixels);
  assert_memory_equal(out.text + HEADER, pixels, sizeof pixels);
  cr_strbuf_free(&out);
  cr_table_destroy(table);
}

static void images_may_have_channels(void **state) {
  (void)state;
  cr_write_options options = write_options("npy");
  options.labels = "y.npy";
  options.height = 1;
  options.width = 2;
  options.channels = 3;
  cr_table *table = csv_table("a,b,c,d,e,f,y\n1,2,3,4,5,6,0\n");
  cr_strbuf out = {0};
  assert_int_equal(write_bytes(table, &options, false, &out), CR_OK);
  check_header(&out, "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 2, 3), }");
  cr_strbuf_free(&out);
  cr_table_destroy(table);
  options.width = 1;
  options.channels = 1;
  check_refused("a,y\n1,u\n2,v\n", &options, CR_ERR_NUMBER, "column 'y' holds texts", "--codes");
}

static void texts_are_refused_or_coded(void **state) {
  (void)state;
  cr_write_options options = write_options("npy");
  check_refused("a,b\n1,x\n2,y\n", &options, CR_ERR_NUMBER,
                "column 'b' holds texts, and npy has a place for numbers only", "--drop b");
  options.codes = true;
  cr_table *table = csv_table("a,b\n1,x\n2,y\n"), *again = NULL;
  cr_strbuf out = {0};
  assert_int_equal(write_bytes(table, &options, false, &out), CR_OK);
  again = parse_bytes(out.text, out.length, NULL);
  check_table(again, "x1:n,x2:n|1,0|2,1");
  cr_strbuf_free(&out);
  cr_table_destroy(again);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_doubles_and_gaps_nan),
      cmocka_unit_test(whole_labels_are_integers_in_a_file_of_their_own),
      cmocka_unit_test(images_are_bytes),
      cmocka_unit_test(images_may_have_channels),
      cmocka_unit_test(texts_are_refused_or_coded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
