#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>

#include "base/rng.h"

/* The known-answer vectors that the authors of Philox publish with Random123. */
static void known_answers(void **state) {
  (void)state;
  static const struct {
    uint32_t counter[4], key[2], expected[4];
  } cases[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < 3; i++) {
    uint32_t out[4];
    cr_philox(cases[i].counter, cases[i].key, out);
    for (size_t j = 0; j < 4; j++) assert_int_equal(out[j], cases[i].expected[j]);
  }
}

/*
 * Which number stands where must never change: saved runs are repeated by it. From a second
 * implementation, in Python.
 */
static void the_place_of_a_number_is_pinned(void **state) {
  (void)state;
  const uint64_t seed = UINT64_C(0x0123456789abcdef);
  assert_int_equal(cr_random_bits(seed, CR_STREAM_SHUFFLE, 5, 0), 0xccd4ffe7);
  assert_int_equal(cr_random_bits(seed, CR_STREAM_SHUFFLE, 5, 3), 0xc075fa02);
  assert_int_equal(cr_random_bits(seed, CR_STREAM_WEIGHTS, 0xffffffff, (UINT64_C(1) << 34) + 5),
                   0xec4253dc);
}

/* Each of seed, stream, lane and index matters, in its high bits as well. */
static void every_part_of_the_key_matters(void **state) {
  (void)state;
  const uint32_t base = cr_random_bits(1, CR_STREAM_SPLIT, 0, 0);
  assert_int_not_equal(base, cr_random_bits(2, CR_STREAM_SPLIT, 0, 0));
  assert_int_not_equal(base, cr_random_bits(1 + (UINT64_C(1) << 32), CR_STREAM_SPLIT, 0, 0));
  assert_int_not_equal(base, cr_random_bits(1, CR_STREAM_DATA, 0, 0));
  assert_int_not_equal(base, cr_random_bits(1, CR_STREAM_SPLIT, 1, 0));
  assert_int_not_equal(base, cr_random_bits(1, CR_STREAM_SPLIT, 0, 1));
  assert_int_not_equal(base, cr_random_bits(1, CR_STREAM_SPLIT, 0, UINT64_C(1) << 34));
}

enum { DRAWS = 1000000 };

/* A mean strays from its expectation by more than 6 of its deviations 2 times in 10^9. */
static void assert_mean(double sum, double expected, double deviation) {
  const double six_sigma = 6 * deviation / sqrt((double)DRAWS);
  if (fabs(sum / DRAWS - expected) > six_sigma) {
    fail_msg("mean %.6f, expected %.6f within %.6f", sum / DRAWS, expected, six_sigma);
  }
}

static void uniform_moments_and_ends(void **state) {
  (void)state;
  double sum = 0, squares = 0, neighbours = 0, before = 0.5;
  for (uint64_t i = 0; i < DRAWS; i++) {
    const double u = cr_random_uniform(3, CR_STREAM_DATA, 0, i);
    assert_true(u > 0 && u < 1);
    sum += u;
    squares += u * u;
    neighbours += (u - 0.5) * (before - 0.5);
    before = u;
  }
  assert_mean(sum, 0.5, sqrt(1.0 / 12));
  assert_mean(squares, 1.0 / 3, sqrt(4.0 / 45)); /* var u^2 = 1/5 - 1/9 */
  assert_mean(neighbours, 0, 1.0 / 12);
}

/* E x^2 = 1, E x^3 = 0, E x^4 = 3; their variances are 2, 15 and 105 - 9. */
static void normal_moments(void **state) {
  (void)state;
  double sum = 0, squares = 0, cubes = 0, fourths = 0;
  for (uint64_t i = 0; i < DRAWS; i++) {
    const double x = cr_random_normal(4, CR_STREAM_WEIGHTS, 9, i);
    sum += x;
    squares += x * x;
    cubes += x * x * x;
    fourths += x * x * x * x;
  }
  assert_mean(sum, 0, 1);
  assert_mean(squares, 1, sqrt(2));
  assert_mean(cubes, 0, sqrt(15));
  assert_mean(fourths, 3, sqrt(96));
}

static void normal_tails_have_their_share(void **state) {
  (void)state;
  for (int k = 0; k <= 4; k++) {
    const double share = 0.5 * erfc(k / sqrt(2));
    double below = 0, above = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
      const double x = cr_random_normal(5, CR_STREAM_WEIGHTS, 0, i);
      below += x < -k;
      above += x > k;
    }
    assert_mean(below, share, sqrt(share * (1 - share)));
    assert_mean(above, share, sqrt(share * (1 - share)));
  }
}

/*
 * Quantiles of (w + 1/2) / 2^32 by mpmath, 40 digits; w = 0 is the farthest a draw can be. AS 241
 * promises about 1e-16, and each of the some 20 operations rounds.
 */
static const double quantile_tolerance = 16 * DBL_EPSILON;

static void known_quantiles(void **state) {
  (void)state;
  static const double cases[][2] = {
      {0, -6.3379577545537892525},
      {1, -6.166429517819750247},
      {77, -5.5089953211623221456},
      {65536, -4.1695675844665830128},
      {322122547, -1.4395314704450153116},
      {322122548, -1.4395314688002133017},
      {400000000, -1.3217106672869891098},
      {1073741824, -0.67448974982973843215},
      {2147483647, -2.9180993729166226723e-10},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const double p = (cases[i][0] + 0.5) * 0x1p-32;
    const double expected = cases[i][1];
    assert_true(fabs(cr_normal_quantile(p) - expected) <= quantile_tolerance * fabs(expected));
    assert_true(fabs(cr_normal_quantile(1 - p) + expected) <= quantile_tolerance * fabs(expected));
  }
}

/*
 * The distribution function at the quantile is p again. An error e in x moves it by the density,
 * at most (|x| + 1) p e below the middle, so the bound grows with |x|^2.
 */
static void the_quantile_inverts_the_distribution(void **state) {
  (void)state;
  double before = -7;
  for (uint32_t i = 0; i < 200000; i++) {
    const double p = (i * 10737.0 + 0.5) * 0x1p-32; /* up to 1/2 */
    const double x = cr_normal_quantile(p);
    const double tolerance = quantile_tolerance * (2 + x * x) * p;
    assert_true(fabs(0.5 * erfc(-x / sqrt(2)) - p) <= tolerance);
    assert_true(x > before);
    before = x;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers),
      cmocka_unit_test(the_place_of_a_number_is_pinned),
      cmocka_unit_test(every_part_of_the_key_matters),
      cmocka_unit_test(uniform_moments_and_ends),
      cmocka_unit_test(normal_moments),
      cmocka_unit_test(normal_tails_have_their_share),
      cmocka_unit_test(known_quantiles),
      cmocka_unit_test(the_quantile_inverts_the_distribution),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
