#include "reading.h"

#include "tables.h"
#include "writing.h"

static void images_and_labels_are_two_files(void **state) {
  (void)state;
  static const uint8_t pixels[] = {0, 9, 3, 0, 1, 2, 0, 0, 0, 255, 4, 5};
  static const double classes[] = {7, 1};
  static const char header[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3};
  static const char labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 7, 1};
  const cr_write_options options = write_options("idx");
  cr_table *table = image_table(2, 2, 3, pixels, NULL, classes);
  cr_strbuf out = {0};
  char expected[sizeof header + sizeof pixels];
  memcpy(expected, header, sizeof header);
  memcpy(expected + sizeof header, pixels, sizeof pixels);
  check_written(table, &options, expected, sizeof expected);
  assert_int_equal(write_bytes(table, &options, true, &out), CR_OK);
  assert_int_equal(out.length, sizeof labels);
  assert_memory_equal(out.text, labels, sizeof labels);
  cr_strbuf_free(&out);
  cr_table_destroy(table);
}

static void rows_of_bytes_are_images_of_height_1(void **state) {
  (void)state;
  static const char expected[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, (char)255};
  cr_write_options options = write_options("idx");
  options.target = "y";
  cr_table *table = csv_table("a,y,b\n1,0,2\n3,1,255\n");
  check_written(table, &options, expected, sizeof expected);
  cr_table_destroy(table);
}

static void columns_of_bytes_become_the_image_that_is_named(void **state) {
  (void)state;
  static const char grey[] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
  static const char colour[] = {0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0,
                                0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
  cr_write_options options = write_options("idx");
  cr_table *table = csv_table("a,b,c,d,e,f,y\n1,2,3,4,5,6,0\n");
  options.height = 2;
  options.width = 3;
  check_written(table, &options, grey, sizeof grey);
  options.height = 1;
  options.width = 2;
  options.channels = 3;
  check_written(table, &options, colour, sizeof colour);
  cr_table_destroy(table);
}

static void what_is_no_byte_is_refused(void **state) {
  (void)state;
  cr_write_options options = write_options("idx");
  check_refused("a,y\n1,0\n256,1\n", &options, CR_ERR_NUMBER,
                "256 in column 'a', row 2, is no whole number from 0 to 255", "--to");
  check_refused("a,y\n1,0\n2.5,1\n", &options, CR_ERR_NUMBER, "2.5 in column 'a', row 2", NULL);
  check_refused("a,y\n1,0\n2,-1\n", &options, CR_ERR_NUMBER, "such are the labels of idx", NULL);
  check_refused("a,y\n1,0\n,1\n", &options, CR_ERR_MISSING, "row 2 has no value in column 'a'",
                NULL);
  options.height = options.width = 2;
  check_refused("a,b,y\n1,2,0\n", &options, CR_ERR_SHAPE, "2 values a row", "--target");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(images_and_labels_are_two_files),
      cmocka_unit_test(rows_of_bytes_are_images_of_height_1),
      cmocka_unit_test(columns_of_bytes_become_the_image_that_is_named),
      cmocka_unit_test(what_is_no_byte_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
