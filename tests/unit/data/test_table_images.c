#include "reading.h"

#include "base/alloc.h"

static void check_pixels(cr_source *source, const char *expected) {
  cr_table *table = NULL;
  assert_int_equal(cr_table_create("t", "idx", 1, &table), CR_OK);
  const size_t dimensions[] = {2, 1, 3};
  assert_int_equal(cr_table_take_images(table, source, 1, 3, dimensions), CR_OK);
  check_table(table, expected);
  const cr_column *pixels = cr_table_column(table, 0);
  assert_int_equal(pixels->height, 1);
  assert_int_equal(pixels->image_width, 3);
  assert_int_equal(pixels->channels, 1);
  cr_table_destroy(table);
}

/* What the source owns is taken over, what it borrows is copied. */
static void bytes_are_taken_over_or_copied(void **state) {
  (void)state;
  static char bytes[] = "_\1\2\3\4\5\6";
  cr_source borrowed = {.bytes = bytes, .size = 7};
  check_pixels(&borrowed, "pixels:i|010203|040506");
  assert_ptr_equal(borrowed.bytes, bytes);
  void *copy;
  assert_int_equal(cr_alloc(7, 1, &copy), CR_OK);
  memcpy(copy, bytes, 7);
  cr_source owned = {.bytes = copy, .size = 7, .owned = true};
  check_pixels(&owned, "pixels:i|010203|040506");
  assert_null(owned.bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(bytes_are_taken_over_or_copied)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
