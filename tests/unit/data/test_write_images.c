#include "reading.h"

#include "tables.h"
#include "writing.h"

static const uint8_t pixels[] = {0, 9, 3, 0, 1, 2, 0, 0, 0, 255, 4, 5};
static const double labels[] = {7, 1}, more[] = {0.5, 2};

/* 12 values are 2 x 3 or 3 x 2 or 1 x 6, whatever the file said. */
static void images_can_be_given_another_form(void **state) {
  (void)state;
  static const char expected[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2};
  cr_write_options options = write_options("idx");
  cr_table *table = image_table(2, 2, 3, pixels, NULL, labels);
  options.height = 3;
  options.width = 2;
  cr_strbuf out = {0};
  assert_int_equal(write_bytes(table, &options, false, &out), CR_OK);
  assert_memory_equal(out.text, expected, sizeof expected);
  cr_strbuf_free(&out);
  options.height = 4;
  assert_int_equal(write_bytes(table, &options, false, &out), CR_ERR_SHAPE);
  assert_non_null(strstr(cr_last_error()->message, "an image of 4x2x1 has another number"));
  cr_table_destroy(table);
}

static void a_column_beside_the_images_is_refused(void **state) {
  (void)state;
  const cr_write_options options = write_options("idx");
  cr_table *table = image_table(2, 2, 3, pixels, more, labels);
  cr_strbuf out = {0};
  assert_int_equal(write_bytes(table, &options, false, &out), CR_ERR_SHAPE);
  assert_string_equal(cr_last_error()->message,
                      "column 'more' stands beside images, and idx has no place for it");
  assert_string_equal(cr_last_error()->fix, "leave it out with --drop more");
  cr_table_destroy(table);
}

static void images_are_no_labels(void **state) {
  (void)state;
  cr_write_options options = write_options("idx");
  options.target = "pixels";
  cr_table *table = image_table(2, 2, 3, pixels, NULL, labels);
  cr_strbuf out = {0};
  assert_int_equal(write_bytes(table, &options, false, &out), CR_ERR_SHAPE);
  options.format = "libsvm";
  assert_int_equal(write_bytes(table, &options, false, &out), CR_ERR_SHAPE);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(images_can_be_given_another_form),
      cmocka_unit_test(a_column_beside_the_images_is_refused),
      cmocka_unit_test(images_are_no_labels),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
