#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#include "base/alloc.h"
#include "data/encode_scale.h"
#include "tables.h"

static const double few[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3.5};

static cr_scale fitted(cr_scaling how, const double *values, size_t count) {
  cr_spread spread;
  cr_scale scale;
  cr_spread_start(&spread, true);
  assert_int_equal(cr_spread_add(&spread, values, NULL, count), CR_OK);
  assert_int_equal(cr_spread_finish(&spread), CR_OK);
  assert_int_equal(cr_scale_fit(how, &spread, "a", &scale), CR_OK);
  cr_spread_free(&spread);
  return scale;
}

static void check(double found, double expected) {
  if (!(fabs(found - expected) <= 4e-15 * (1 + fabs(expected)))) /* a few operations */
    fail_msg("%.17g, not %.17g", found, expected);
}

/* (eq N8), quartiles by numpy. */
static void robust_goes_by_the_quartiles(void **state) {
  (void)state;
  const cr_scale scale = fitted(CR_SCALE_ROBUST, few, 10);
  check(scale.shift, 3.75);
  check(scale.scale, 2.038547071905115);
  check(cr_scale_value(&scale, 9), (9 - 3.75) / 2.038547071905115);
  static const double most_same[] = {2, 2, 2, 2, 2, 2, 2, 10};
  const cr_scale other = fitted(CR_SCALE_ROBUST, most_same, 8); /* then by the deviation */
  check(other.shift, 3);
  check(other.scale, sqrt(7.0));
}

/*
 * Left open, by the shape: exponential values are by their rank, uniform and normal ones as they
 * are, and so are few values that come again and again, however lopsided.
 */
static void shapes_decide(void **state) {
  (void)state;
  double exponential[1000], uniform[1000], few_values[1000];
  for (size_t i = 0; i < 1000; i++) {
    uniform[i] = ((double)i + 0.5) / 1000;
    exponential[i] = -log(1 - uniform[i]);
    few_values[i] = i % 10 == 0;
  }
  cr_scale scale = fitted(CR_SCALE_AUTO, exponential, 1000);
  assert_int_equal(scale.knot_count, CR_KNOTS_MAX);
  cr_free(scale.knots);
  assert_int_equal(fitted(CR_SCALE_AUTO, uniform, 1000).knot_count, 0);
  assert_int_equal(fitted(CR_SCALE_AUTO, few_values, 1000).knot_count, 0);
}

/* (eq N9), by numpy.interp between numpy.quantile and statistics.NormalDist. */
static void quantiles_become_normal(void **state) {
  (void)state;
  static const double cases[][2] = {{0, -1.644854},
                                    {1, -1.644854},
                                    {2.5, -0.5868627272727274},
                                    {4.4, 0.2517810857142857},
                                    {10, 1.644854},
                                    {1.7, -0.8956773888888888}};
  cr_scale scale = fitted(CR_SCALE_QUANTILE, few, 10);
  assert_int_equal(scale.knot_count, 10);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check(cr_scale_value(&scale, cases[i][0]), cases[i][1]);
  assert_true(isnan(cr_scale_value(&scale, (double)NAN)));
  cr_free(scale.knots);
  static const double tied[] = {0, 7, 0, 1, 0, 2, 0, 2};
  scale = fitted(CR_SCALE_QUANTILE, tied, 8);
  assert_int_equal(scale.knot_count, 6);
  /* -1.534121, -0.887147 and -0.488776 are of the value 0 */
  assert_true(fabs(cr_scale_value(&scale, 0) + 0.970014667) < 1e-6);
  for (size_t i = 1; i < 6; i++) assert_true(scale.knots[i] > scale.knots[i - 1]);
  cr_free(scale.knots);
}

static void many_values_have_a_hundred_knots(void **state) {
  (void)state;
  static double values[5000];
  for (size_t i = 0; i < 5000; i++) values[i] = exp((double)(i * 1237 % 5000) / 1000);
  cr_scale scale = fitted(CR_SCALE_QUANTILE, values, 5000);
  assert_int_equal(scale.knot_count, CR_KNOTS_MAX);
  double sum = 0, squares = 0;
  for (size_t i = 0; i < 5000; i++) {
    const double z = cr_scale_value(&scale, values[i]);
    sum += z;
    squares += z * z;
  }
  /* Between a hundred points a line is near to the curve; 1 % of the values are beyond them. */
  assert_true(fabs(sum / 5000) < 0.01 && fabs(squares / 5000 - 1) < 0.05);
  cr_free(scale.knots);
  static double nearly[1000] = {[7] = 5};
  scale = fitted(CR_SCALE_QUANTILE, nearly, 1000); /* all quantiles are one: by the deviation */
  assert_int_equal(scale.knot_count, 0);
  check(scale.shift, 0.005);
}

static void names_are_found(void **state) {
  (void)state;
  static const char *const names[] = {"standard", "robust", "minmax", "maxabs", "quantile", "none"};
  cr_scaling how = CR_SCALE_OPEN;
  for (size_t i = 0; i < 6; i++) {
    assert_int_equal(cr_scaling_find(names[i], &how), CR_OK);
    assert_int_equal(how, CR_SCALE_STANDARD + (int)i);
  }
  assert_int_equal(cr_scaling_find(NULL, &how), CR_OK);
  assert_int_equal(how, CR_SCALE_AUTO);
  assert_int_equal(cr_scaling_find("log", &how), CR_ERR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(robust_goes_by_the_quartiles),
      cmocka_unit_test(shapes_decide),
      cmocka_unit_test(quantiles_become_normal),
      cmocka_unit_test(many_values_have_a_hundred_knots),
      cmocka_unit_test(names_are_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
