#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/size.h"

static void products_that_fit_and_that_do_not(void **state) {
  (void)state;
  const size_t half = (size_t)1 << (sizeof(size_t) * 4);
  size_t out = 99;
  assert_int_equal(cr_size_product(7, 6, &out), CR_OK);
  assert_int_equal(out, 42);
  assert_int_equal(cr_size_product(SIZE_MAX, 1, &out), CR_OK);
  assert_true(out == SIZE_MAX);
  assert_int_equal(cr_size_product(0, SIZE_MAX, &out), CR_OK);
  assert_int_equal(out, 0);
  assert_int_equal(cr_size_product(SIZE_MAX, 0, &out), CR_OK);
  assert_int_equal(out, 0);
  assert_int_equal(cr_size_product(half, half - 1, &out), CR_OK);
  assert_true(out == SIZE_MAX - half + 1);
  out = 99;
  assert_int_equal(cr_size_product(half, half, &out), CR_ERR_LIMIT); /* wraps to 0 */
  assert_int_equal(cr_size_product(SIZE_MAX, 2, &out), CR_ERR_LIMIT);
  assert_int_equal(out, 99);
}

static void sums_that_fit_and_that_do_not(void **state) {
  (void)state;
  size_t out = 99;
  assert_int_equal(cr_size_sum(SIZE_MAX - 1, 1, &out), CR_OK);
  assert_true(out == SIZE_MAX);
  out = 99;
  assert_int_equal(cr_size_sum(SIZE_MAX, 1, &out), CR_ERR_LIMIT);
  assert_int_equal(cr_size_sum(1, SIZE_MAX, &out), CR_ERR_LIMIT);
  assert_int_equal(out, 99);
}

static void the_smaller_and_the_larger(void **state) {
  (void)state;
  assert_int_equal(cr_size_min(3, 5), 3);
  assert_int_equal(cr_size_min(5, 3), 3);
  assert_int_equal(cr_size_max(3, 5), 5);
  assert_int_equal(cr_size_max(5, 3), 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_that_fit_and_that_do_not),
      cmocka_unit_test(sums_that_fit_and_that_do_not),
      cmocka_unit_test(the_smaller_and_the_larger),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
