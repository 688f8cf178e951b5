#include "kernel/normal.h"

#include <float.h>

#include "base/rng.h"
#include "kernel/kernels.h"
#include "support.h"

/*
 * Over the whole range, against the quantile in double: the polynomials are good to 1.6e-7, and 20
 * roundings of half an FLT_EPSILON come on top.
 */
static void check_normals(const cr_kernel *kernel) {
  enum { STEPS = 4099 };
  const double tolerance = 1.6e-7 + 20 * (double)FLT_EPSILON / 2;
  uint32_t words[STEPS];
  float normals[STEPS];
  for (uint32_t i = 0; i < STEPS; i++) words[i] = i * (UINT32_MAX / (STEPS - 1));
  words[1] = 256; /* beside both ends, and at the middle */
  words[STEPS - 1] = UINT32_MAX;
  words[2] = UINT32_C(1) << 31;
  words[3] = (UINT32_C(1) << 31) - 1;
  kernel->normals(normals, words, STEPS, 0.5f);
  for (size_t i = 0; i < STEPS; i++) {
    const double expected = 0.5 * cr_normal_quantile((words[i] / 256 + 0.5) * 0x1p-24);
    assert_close(normals[i], expected, tolerance * fabs(expected));
  }
  assert_true(normals[0] == -normals[STEPS - 1] && normals[0] < -2.6f);
}

static void normals_have_the_normal_distribution(void **state) {
  (void)state;
  const cr_kernel *kernel;
  for (size_t i = 0; (kernel = cr_kernel_at(i)); i++) {
    if (kernel->supported()) check_normals(kernel);
  }
}

/* ln over many powers of two, beside those and far from them. */
static void the_logarithm_is_good(void **state) {
  (void)state;
  for (int e = -60; e <= 1; e++) {
    for (int i = 0; i < 64; i++) {
      const float t = ldexpf(1.0f + (float)i / 64, e);
      const double expected = log((double)t);
      assert_close(cr_normal_log(t), expected,
                   2.0 * (double)FLT_EPSILON * fmax(1.0, fabs(expected)));
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(normals_have_the_normal_distribution),
      cmocka_unit_test(the_logarithm_is_good),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
