#include "bench/fma_limit.h"
#include "kernel/kernels.h"
#include "support.h"

static void test_each_kernel_has_one(void **state) {
  (void)state;
  const cr_kernel *kernel;
  for (size_t i = 0; (kernel = cr_kernel_at(i)) != NULL; i++) {
    const cr_fma_limit *limit = cr_fma_limit_at(kernel->level);
    assert_true(limit->flops > 1e6);
    if (!kernel->supported()) continue;
    float result = 0.25f;
    for (size_t k = 0; k < 3; k++) {
      assert_int_equal(limit->work(&result), CR_OK);
      /* s/4 + 1/8 tends to 1/6: sums stay positive and finite */
      assert_true(result == 0.25f);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_kernel_has_one)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
