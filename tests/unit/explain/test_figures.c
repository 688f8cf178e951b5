/* Numbers for people: decimals shared, exact ones short; a power of ten instead of zeros alone. */
#include "explain/figures.h"

#include "support.h"

static void expect(const double *values, size_t count, size_t digits, const char *const *texts) {
  const cr_figures figures = cr_figures_of(values, count, digits);
  for (size_t i = 0; i < count; i++)
    assert_string_equal(cr_figure_of(values[i], figures).s, texts[i]);
}

static void decimals_are_shared(void **state) {
  (void)state;
  expect((const double[]){0.05, 0.1}, 2, 6, (const char *const[]){"0.05", "0.10"});
  expect((const double[]){0, 1, -1}, 3, 6, (const char *const[]){"0", "1", "−1"});
  expect((const double[]){1.0 / 3, -20}, 2, 4, (const char *const[]){"0.3333", "−20.0000"});
  expect((const double[]){(double)0.1f, 0}, 2, 6, (const char *const[]){"0.100000", "0.000000"});
  expect((const double[]){0.1 + 0.2}, 1, 6, (const char *const[]){"0.3"}); /* but for rounding */
}

static void small_and_large_ones_have_a_power(void **state) {
  (void)state;
  expect((const double[]){4.38567e-8, -2e-9}, 2, 3, (const char *const[]){"4.39e−08", "−2.00e−09"});
  expect((const double[]){0.000439}, 1, 6, (const char *const[]){"0.000439"});
  expect((const double[]){0.5}, 1, 1, (const char *const[]){"0.5"});
  expect((const double[]){0.006167, 0.0777}, 2, 4, (const char *const[]){"0.0062", "0.0777"});
  expect((const double[]){0.006167}, 1, 4, (const char *const[]){"0.0062"});
  expect((const double[]){6e-7}, 1, 6, (const char *const[]){"0.000001"});
  expect((const double[]){4e-7}, 1, 6, (const char *const[]){"4.00000e−07"});
  expect((const double[]){12345678.5}, 1, 6, (const char *const[]){"1.23457e07"});
  expect((const double[]){1e-9, 0}, 2, 2, (const char *const[]){"1.0e−09", "0"});
}

static void what_is_no_number_is_said(void **state) {
  (void)state;
  assert_string_equal(cr_figure_alone((double)NAN, 6).s, "nan");
  assert_string_equal(cr_figure_alone(-(double)INFINITY, 6).s, "−∞");
  assert_string_equal(cr_figure_of(-1e-9, (cr_figures){.decimals = 3}).s, "0.000");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decimals_are_shared),
      cmocka_unit_test(small_and_large_ones_have_a_power),
      cmocka_unit_test(what_is_no_number_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
