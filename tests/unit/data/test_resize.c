#include "data/picture.h"
#include "support.h"

/* Value i of all pictures here. */
static uint8_t value_at(size_t i) {
  return (uint8_t)(i * i * 7 + i * 31 + 5);
}

enum { MOST = 512 };

static void check(cr_resizing s, const int *expected) {
  uint8_t in[MOST], out[MOST];
  for (size_t i = 0; i < s.in_height * s.in_width * s.channels; i++) in[i] = value_at(i);
  assert_int_equal(cr_resize(&s, in, out), CR_OK);
  for (size_t i = 0; i < s.height * s.width * s.channels; i++)
    assert_int_equal(out[i], expected[i]);
}

/*
 * The numbers are from NumPy: a matrix of overlaps for each side that becomes shorter, one of two
 * neighbours for each that becomes longer; the same as torch.nn.functional.interpolate(mode=
 * "bilinear") and adaptive_avg_pool2d. None lies within 0.01 of a half, where it might be rounded
 * either way.
 */
static void test_as_numpy_has_it(void **state) {
  (void)state;
  static const int smaller[] = {82, 105, 126, 145, 205, 201, 107, 69, 66, 122, 176, 170};
  static const int larger[] = {5,   11,  28,  46,  69,  92,  121, 150, 161, 99,  92,  74,
                               62,  95,  128, 126, 120, 118, 241, 214, 142, 85,  133, 181,
                               135, 75,  53,  210, 188, 131, 89,  152, 215, 184, 139, 123,
                               189, 171, 124, 92,  165, 238, 217, 182, 169};
  static const int both[] = {99, 75, 59, 93,  133, 179, 231, 205, 166,
                             85, 59, 54, 142, 152, 152, 202, 173, 132};
  check((cr_resizing){7, 5, 3, 4, 1}, smaller);
  check((cr_resizing){3, 4, 5, 9, 1}, larger);
  check((cr_resizing){6, 6, 2, 9, 1}, both);
}

/* The same size: the same bytes. One pixel: the mean. From one pixel: everywhere the same. */
static void test_extremes(void **state) {
  (void)state;
  int same[5 * 7 * 3], mean = 0, one[24];
  for (size_t i = 0; i < 105; i++) same[i] = value_at(i);
  check((cr_resizing){5, 7, 5, 7, 3}, same);
  for (size_t i = 0; i < 30; i++) mean += value_at(i);
  mean = (mean + 15) / 30;
  check((cr_resizing){6, 5, 1, 1, 1}, &mean);
  for (size_t i = 0; i < 24; i++) one[i] = value_at(i % 3);
  check((cr_resizing){1, 1, 4, 2, 3}, one);
}

/* The longest sides: no sum is too large for its type. */
static void test_longest(void **state) {
  (void)state;
  enum { LONG = CR_PICTURE_SIDE_MAX };
  uint8_t *white = malloc(LONG), *out = malloc(LONG);
  assert_true(white && out);
  memset(white, 255, LONG);
  assert_int_equal(cr_resize(&(cr_resizing){LONG, 1, 1, 1, 1}, white, out), CR_OK);
  assert_int_equal(out[0], 255);
  assert_int_equal(cr_resize(&(cr_resizing){1, 1, 1, LONG, 1}, white, out), CR_OK);
  for (size_t i = 0; i < LONG; i++) assert_int_equal(out[i], 255);
  assert_int_equal(cr_resize(&(cr_resizing){1, LONG, 1, LONG - 1, 1}, white, out), CR_OK);
  assert_int_equal(out[LONG - 2], 255);
  free(white);
  free(out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_as_numpy_has_it),
      cmocka_unit_test(test_extremes),
      cmocka_unit_test(test_longest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
