#include "data/spread.h"

#include <float.h>

#include "base/rng.h"
#include "support.h"

/* The header's bound for the deviation, against a sum in extended precision: sqrt(n) u + 40 u. */
static double bound(size_t count) {
  return (sqrt((double)count) + 40.0) * (DBL_EPSILON / 2);
}

static cr_spread spread_of(const double *values, size_t count, bool sample) {
  cr_spread s;
  cr_spread_start(&s, sample);
  assert_int_equal(cr_spread_add(&s, values, NULL, count), CR_OK);
  assert_int_equal(cr_spread_finish(&s), CR_OK);
  return s;
}

/* (eq N1) twice over the values, in extended precision. */
static void exact_figures(const double *values, size_t count, double *mean, double *deviation) {
  long double sum = 0, squares = 0;
  for (size_t i = 0; i < count; i++) sum += (long double)values[i];
  const long double middle = sum / (long double)count;
  for (size_t i = 0; i < count; i++)
    squares += ((long double)values[i] - middle) * ((long double)values[i] - middle);
  *mean = (double)middle;
  *deviation = (double)sqrtl(squares / (long double)count);
}

enum { MOST = 70000 };
static double values[MOST];

/* (eq N5) Values of every kind of trouble: large ones near each other, a first one far off. */
static void figures_are_within_the_bound(void **state) {
  (void)state;
  static const size_t counts[] = {1, 2, 31, 32, 33, 64, 65, 1000, MOST};
  for (size_t kind = 0; kind < 4; kind++) {
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
      const size_t n = counts[c];
      for (size_t i = 0; i < n; i++) {
        values[i] = kind == 0   ? cr_random_normal(7, CR_STREAM_DATA, 0, i)
                    : kind == 1 ? 1e8 + (double)(i * i % 3)
                    : kind == 2 ? (i == 0 ? 1e9 : cr_random_normal(7, CR_STREAM_DATA, 1, i))
                                : exp(20 * cr_random_normal(7, CR_STREAM_DATA, 2, i));
      }
      double mean, deviation;
      const cr_spread s = spread_of(values, n, false);
      exact_figures(values, n, &mean, &deviation);
      double least = values[0], most = values[0];
      for (size_t i = 1; i < n; i++) least = fmin(least, values[i]);
      for (size_t i = 1; i < n; i++) most = fmax(most, values[i]);
      assert_int_equal(s.values, n);
      assert_true(s.minimum == least && s.maximum == most);
      assert_close(s.deviation, deviation, bound(n) * deviation);
      assert_close(s.mean, mean, 4 * DBL_EPSILON * fmax(fabs(s.minimum), fabs(s.maximum)));
    }
  }
}

static void whole_numbers_are_exact(void **state) {
  (void)state;
  static const double few[] = {2, 4, 4, 4, 5, 5, 7, 9};
  const cr_spread s = spread_of(few, 8, false);
  assert_true(s.mean == 5.0 && s.deviation == 2.0 && s.minimum == 2 && s.maximum == 9 && s.whole);
  for (size_t i = 0; i < MOST; i++) values[i] = (double)(i % 10);
  assert_true(spread_of(values, MOST, false).mean == 4.5);
  for (size_t i = 0; i < MOST; i++) values[i] = 0.1;
  const cr_spread same = spread_of(values, MOST, false);
  assert_true(same.deviation == 0.0 && !same.whole);
}

/* Gaps are passed over; of none there is no figure. */
static void gaps_are_no_values(void **state) {
  (void)state;
  static const double some[] = {(double)NAN, 3, (double)NAN, 1, (double)NAN};
  static const size_t rows[] = {3, 2, 1}, gaps[] = {0, 2};
  cr_spread s;
  cr_spread_start(&s, true);
  assert_int_equal(cr_spread_add(&s, some, rows, 3), CR_OK);
  assert_int_equal(cr_spread_finish(&s), CR_OK);
  assert_true(s.values == 2 && s.mean == 2.0 && s.deviation == 1.0 && s.first == 1.0);
  assert_true(cr_spread_quantile(&s, 0.5) == 2.0);
  cr_spread_free(&s);
  cr_spread_start(&s, true);
  assert_int_equal(cr_spread_add(&s, some, gaps, 2), CR_OK);
  assert_int_equal(cr_spread_finish(&s), CR_OK);
  assert_true(s.values == 0 && isnan(s.mean) && isnan(s.minimum) && isnan(s.deviation));
  assert_true(!s.whole && isnan(cr_spread_quantile(&s, 0.5)));
  cr_spread_free(&s);
}

/* The same bits whatever the pieces, for the sample too. */
static void pieces_do_not_matter(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 7, 31, 32, 33, 1000, 65536};
  for (size_t i = 0; i < MOST; i++)
    values[i] = i % 11 == 5 ? (double)NAN : cr_random_normal(3, CR_STREAM_DATA, 0, i);
  cr_spread whole = spread_of(values, MOST, true);
  const double quartile = cr_spread_quantile(&whole, 0.25);
  for (size_t p = 0; p < sizeof sizes / sizeof *sizes; p++) {
    cr_spread s;
    cr_spread_start(&s, true);
    for (size_t at = 0; at < MOST; at += sizes[p]) {
      const size_t count = MOST - at < sizes[p] ? MOST - at : sizes[p];
      assert_int_equal(cr_spread_add(&s, values + at, NULL, count), CR_OK);
    }
    assert_int_equal(cr_spread_finish(&s), CR_OK);
    assert_true(s.values == whole.values && s.mean == whole.mean);
    assert_true(s.deviation == whole.deviation);
    assert_true(cr_spread_quantile(&s, 0.25) == quartile);
    cr_spread_free(&s);
  }
  cr_spread_free(&whole);
}

/* Up to 65,536 values a quantile is exact, as numpy.quantile has it; beyond it is near. */
static void quantiles(void **state) {
  (void)state;
  static const double few[] = {5, 1, 4, 2};
  cr_spread s = spread_of(few, 4, true);
  assert_true(cr_spread_quantile(&s, 0.0) == 1.0 && cr_spread_quantile(&s, 1.0) == 5.0);
  assert_true(cr_spread_quantile(&s, 0.5) == 3.0 && cr_spread_quantile(&s, 0.25) == 1.75);
  cr_spread_free(&s);

  static const double again[] = {5, 2, 4, 2, 5, 1};
  s = spread_of(again, 6, true);
  assert_true(cr_spread_mode(&s) == 2.0); /* the least of equals */
  cr_spread_free(&s);
  s = spread_of(again, 0, true);
  assert_true(isnan(cr_spread_mode(&s)));
  cr_spread_free(&s);

  for (size_t i = 0; i < MOST; i++) values[i] = (double)(i * 30011 % MOST); /* each once */
  s = spread_of(values, CR_SPREAD_SAMPLE, true);
  assert_int_equal(s.sample.count, CR_SPREAD_SAMPLE);
  cr_spread_free(&s);
  s = spread_of(values, MOST, true);
  assert_in_range(s.sample.count, CR_SPREAD_SAMPLE * 49 / 100, CR_SPREAD_SAMPLE);
  /* A share in a sample of n is off by sqrt(p (1 - p) / n), five of which are 0.014. */
  for (size_t p = 1; p < 10; p++)
    assert_close(cr_spread_quantile(&s, (double)p / 10) / MOST, (double)p / 10, 0.014);
  cr_spread_free(&s);

  for (size_t i = 0; i < MOST; i++) values[i] = (double)i; /* in order: no end is preferred */
  s = spread_of(values, MOST, true);
  for (size_t p = 1; p < 10; p++)
    assert_close(cr_spread_quantile(&s, (double)p / 10) / MOST, (double)p / 10, 0.014);
  cr_spread_free(&s);
}

/* Between two equal values there is nothing else, whatever is rounded. */
static void quantiles_of_equal_values(void **state) {
  (void)state;
  for (size_t i = 0; i < 100; i++) values[i] = 0.1;
  cr_spread s = spread_of(values, 100, true);
  for (size_t p = 0; p <= 1000; p++)
    assert_true(cr_spread_quantile(&s, (double)p / 1000) == values[0]);
  cr_spread_free(&s);
}

static void a_sum_past_all_numbers_is_infinite(void **state) {
  (void)state;
  static const double vast[] = {0, 1.7e308, 1.7e308};
  assert_true(isinf(spread_of(vast, 3, false).mean));
}

/* Which values are in the sample does not go with their places in the blocks of sums. */
static void the_sample_knows_no_blocks(void **state) {
  (void)state;
  size_t times[CR_SPREAD_BLOCK] = {0};
  for (size_t i = 0; i < MOST; i++) values[i] = (double)(i % CR_SPREAD_BLOCK);
  cr_spread s = spread_of(values, MOST, true);
  for (size_t i = 0; i < s.sample.count; i++) times[(size_t)s.sample.values[i]]++;
  /* About half of 70,000 / 32 each: off by sqrt(n / 4), five of which are 117. */
  for (size_t i = 0; i < CR_SPREAD_BLOCK; i++) assert_in_range(times[i], 1093 - 117, 1094 + 117);
  cr_spread_free(&s);
}

/* (eq N5) As near as the sum of the bounds, on either side of 0 and across it. */
static void zeros_join(void **state) {
  (void)state;
  enum { VALUES = 500, ZEROS = 3700 };
  static const double first[] = {3.0, -9.0, -0.5};
  for (uint32_t k = 0; k < sizeof first / sizeof *first; k++) {
    double mean, deviation;
    for (size_t i = 0; i < VALUES; i++)
      values[i] = first[k] + cr_random_uniform(5, CR_STREAM_DATA, k, i);
    for (size_t i = VALUES; i < VALUES + ZEROS; i++) values[i] = 0.0;
    cr_spread s = spread_of(values, VALUES, false);
    const double least = fmin(s.minimum, 0.0), most = fmax(s.maximum, 0.0);
    cr_spread_add_zeros(&s, 0);
    assert_int_equal(s.values, VALUES);
    cr_spread_add_zeros(&s, ZEROS);
    exact_figures(values, VALUES + ZEROS, &mean, &deviation);
    assert_int_equal(s.values, VALUES + ZEROS);
    assert_true(s.minimum == least && s.maximum == most && !s.whole);
    assert_close(s.mean, mean, 8 * DBL_EPSILON * 9);
    assert_close(s.deviation, deviation, 2 * bound(VALUES + ZEROS) * deviation);
  }
  cr_spread s = spread_of(values, 0, false);
  cr_spread_add_zeros(&s, 3);
  assert_true(s.values == 3 && s.mean == 0.0 && s.deviation == 0.0 && s.minimum == 0.0 && s.whole);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_are_within_the_bound),
      cmocka_unit_test(whole_numbers_are_exact),
      cmocka_unit_test(gaps_are_no_values),
      cmocka_unit_test(pieces_do_not_matter),
      cmocka_unit_test(quantiles),
      cmocka_unit_test(quantiles_of_equal_values),
      cmocka_unit_test(a_sum_past_all_numbers_is_infinite),
      cmocka_unit_test(the_sample_knows_no_blocks),
      cmocka_unit_test(zeros_join),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
