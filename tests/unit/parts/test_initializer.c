#include "parts/initializer.h"

#include "support.h"

static double deviation(const char *name, size_t inputs, size_t outputs) {
  const cr_initializer *initializer = NULL;
  assert_int_equal(cr_initializer_find(name, &initializer), CR_OK);
  return initializer->deviation(inputs, outputs);
}

/* (eq I1, I2, I3, I4, I5, I6) by hand, with uneven numbers so that the two are not confused */
static void deviations_by_hand(void **state) {
  (void)state;
  assert_true(deviation("zero", 8, 50) == 0.0);
  assert_true(deviation("small", 8, 50) == 0.01);
  assert_true(deviation("xavier", 16, 50) == 0.25);
  assert_true(deviation("he", 8, 50) == 0.5);
  assert_true(deviation("glorot", 10, 22) == 0.25 && deviation("glorot", 22, 10) == 0.25);
  assert_true(deviation("lecun", 16, 50) == 0.25);
  assert_close(deviation("xavier", 784, 10), 0.03571428571428571, 1e-17);
}

static void an_unknown_name_is_explained(void **state) {
  (void)state;
  const cr_initializer *initializer = NULL;
  assert_int_equal(cr_initializer_find("xaver", &initializer), CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->message, "zero, small, xavier, he"));
  assert_non_null(strstr(cr_last_error()->fix, "xavier"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(deviations_by_hand),
      cmocka_unit_test(an_unknown_name_is_explained),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
