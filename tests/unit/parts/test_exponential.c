#include "parts/exponential.h"

#include <float.h>

#include "support.h"

#define TOLERANCE (2.0 * (double)FLT_EPSILON) /* relative: as the header promises */

static void close_to_the_exponential_function(void **state) {
  (void)state;
  for (size_t i = 0; i < 87000; ++i) {
    const float x = -0.001f * (float)i;
    const double expected = exp((double)x);
    assert_close(cr_exp(x), expected, TOLERANCE * expected);
    assert_close(cr_exp_less_1(x), expm1((double)x), TOLERANCE * fabs(expm1((double)x)));
  }
}

static void digits_are_kept_near_zero(void **state) {
  (void)state;
  for (float x = -1.0f; x < -1e-30f; x *= 0.77f) {
    const double expected = expm1((double)x);
    assert_close(cr_exp_less_1(x), expected, TOLERANCE * fabs(expected));
  }
  assert_true(cr_exp(0.0f) == 1.0f && cr_exp(-0.0f) == 1.0f);
  assert_true(cr_exp_less_1(0.0f) == 0.0f);
}

static void far_down_it_is_zero_and_of_nothing_nothing(void **state) {
  (void)state;
  assert_true(cr_exp(-87.0f) > FLT_MIN);
  assert_true(cr_exp(-87.001f) == 0.0f);
  assert_true(cr_exp(-1e30f) == 0.0f && cr_exp(-INFINITY) == 0.0f);
  assert_true(cr_exp_less_1(-1e30f) == -1.0f && cr_exp_less_1(-INFINITY) == -1.0f);
  assert_true(isnan(cr_exp(NAN)) && isnan(cr_exp_less_1(NAN)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(close_to_the_exponential_function),
      cmocka_unit_test(digits_are_kept_near_zero),
      cmocka_unit_test(far_down_it_is_zero_and_of_nothing_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
