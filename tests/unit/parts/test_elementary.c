#include "parts/elementary.h"

#include "support.h"

/* Every STRIDE-th float there is, of both signs: a prime, so that no digits are left out. */
enum { STRIDE = 4099 };

/* The logarithm is in double, and so is the reference: a few roundings each. */
#define DOUBLE_TOLERANCE (4.0 * DBL_EPSILON)

static double sigmoid(double x) {
  return x < 0.0 ? exp(x) / (1.0 + exp(x)) : 1.0 / (1.0 + exp(-x));
}

static double normal_below(double x) {
  return 0.5 * erfc(-x * 0.70710678118654752);
}

static float log_in_float(float x) {
  return (float)cr_log((double)x);
}

typedef struct function {
  const char *name;
  float (*f)(float x);
  double (*exact)(double x);
  float from, to; /* what it takes */
  double ulps;    /* as the header promises, in units in the last place of the exact value */
} function;

static const function functions[] = {
    {"exp", cr_exp, exp, -INFINITY, 0.0f, 0.8},
    {"expm1", cr_expm1, expm1, -INFINITY, 0.0f, 1.2},
    {"log1p", cr_log1p, log1p, 0.0f, 1.0f, 2.0},
    {"tanh", cr_tanh, tanh, -INFINITY, INFINITY, 1.5},
    {"sigmoid", cr_sigmoid, sigmoid, -INFINITY, INFINITY, 2.0},
    {"normal_below", cr_normal_below, normal_below, -INFINITY, INFINITY, 2.0},
    {"log", log_in_float, log, 0.0f, INFINITY, 0.51},
};

enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

/* The distance between the floats around x. */
static double ulp_of(double x) {
  int exponent;
  frexp(x, &exponent);
  return ldexp(1.0, exponent - FLT_MANT_DIG);
}

static void check_near(const function *of, float x) {
  if (!(x >= of->from && x <= of->to)) return;
  const float found = of->f(x);
  const double exact = of->exact((double)x);
  if (isinf((float)exact)) {
    assert_true(found == (float)exact);
  } else if (fabs(exact) < (double)FLT_MIN) {
    assert_true(found == 0.0f || fabs((double)found - exact) <= 2.0 * (double)FLT_TRUE_MIN);
  } else if (!(fabs((double)found - exact) <= of->ulps * ulp_of(exact))) {
    fail_msg("%s(%.9g) is %.9g, not %.12g", of->name, (double)x, (double)found, exact);
  }
}

static void all_are_as_near_as_promised(void **state) {
  (void)state;
  for (size_t k = 0; k < FUNCTIONS; ++k) {
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += STRIDE) {
      const cr_float_bits x = {.bits = (uint32_t)bits};
      check_near(&functions[k], x.number);
    }
  }
}

/* Where one formula or one power of 2 hands over to the next, and where results end. */
static void all_are_so_at_seams(void **state) {
  (void)state;
  const float seams[] = {0.0f, 0.6f, -0.6f, 0.70710678f, 1.0f, -1.0f, 1.41421356f, 12.8f};
  for (size_t k = 0; k < FUNCTIONS; ++k) {
    for (size_t s = 0; s < sizeof seams / sizeof seams[0]; ++s) {
      float below = seams[s], above = seams[s];
      for (size_t i = 0; i < 100; ++i) {
        check_near(&functions[k], below);
        check_near(&functions[k], above);
        below = nextafterf(below, -INFINITY);
        above = nextafterf(above, INFINITY);
      }
    }
    for (int n = -126; n <= 128; ++n) {
      const float x = ((float)n + 0.5f) * 0.693147181f;
      check_near(&functions[k], x);
    }
  }
}

/* Few results are subnormal, since these are slow. */
static void small_exponentials_end_soon_after_the_normal_numbers(void **state) {
  (void)state;
  assert_true(cr_exp(-87.33654f) >= FLT_MIN);
  assert_true(cr_exp(-87.7f) == 0.0f && cr_exp(-88.0f) == 0.0f && cr_exp(-88.5f) == 0.0f);
  assert_true(cr_exp(-FLT_MAX) == 0.0f && cr_expm1(-FLT_MAX) == -1.0f);
}

static void zeros_are_exact_and_infinities_right(void **state) {
  (void)state;
  const float far = INFINITY;
  assert_true(cr_exp(0.0f) == 1.0f && cr_exp(-0.0f) == 1.0f && cr_exp(-far) == 0.0f);
  assert_true(cr_expm1(0.0f) == 0.0f && cr_expm1(-far) == -1.0f);
  assert_true(cr_tanh(0.0f) == 0.0f && signbit(cr_tanh(-0.0f)));
  assert_true(cr_sigmoid(0.0f) == 0.5f && cr_normal_below(0.0f) == 0.5f);
  assert_true(cr_log(1.0) == 0.0 && cr_log1p(0.0f) == 0.0f);
  assert_true(cr_tanh(far) == 1.0f && cr_tanh(-far) == -1.0f);
  assert_true(cr_sigmoid(far) == 1.0f && cr_sigmoid(-far) == 0.0f);
  assert_true(cr_normal_below(far) == 1.0f && cr_normal_below(-far) == 0.0f);
  assert_true(cr_log((double)far) == (double)far);
  assert_true(cr_log(0.0) == -(double)far && cr_log(-0.0) == -(double)far);
}

static void what_has_no_value_is_no_number(void **state) {
  (void)state;
  for (size_t k = 0; k < FUNCTIONS; ++k) {
    for (uint32_t payload = 1; payload < 0x00800000u; payload += 99991) {
      const cr_float_bits plus = {.bits = 0x7f800000u | payload};
      const cr_float_bits minus = {.bits = 0xff800000u | payload};
      assert_true(isnan(functions[k].f(plus.number)) && isnan(functions[k].f(minus.number)));
    }
  }
  assert_true(isnan(cr_log(-1.0)) && isnan(cr_log(-(double)INFINITY)));
}

static void logarithms_are_those_of_doubles(void **state) {
  (void)state;
  for (double x = 1e-300; x < 1e300; x *= 1.37) {
    assert_close(cr_log(x), log(x), DOUBLE_TOLERANCE * fabs(log(x)));
  }
  for (double x = 0.5; x < 2.0; x += 0.0001) {
    assert_close(cr_log(x), log(x), DOUBLE_TOLERANCE * fabs(log(x)));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_are_as_near_as_promised),
      cmocka_unit_test(all_are_so_at_seams),
      cmocka_unit_test(small_exponentials_end_soon_after_the_normal_numbers),
      cmocka_unit_test(zeros_are_exact_and_infinities_right),
      cmocka_unit_test(what_has_no_value_is_no_number),
      cmocka_unit_test(logarithms_are_those_of_doubles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
