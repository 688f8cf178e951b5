/* Faults planted in one engine or the other, each found and named. */
#include "gradient_setup.h"

/* Faults, each a copy of a row of a table with one function replaced. */

static void doubled_backward(float *d, const float *z, const float *a, size_t rows, size_t cols,
                             size_t stride) {
  const cr_activation *right = NULL;
  assert_int_equal(cr_activation_find("tanh", &right), CR_OK);
  right->backward(d, z, a, rows, cols, stride);
  for (size_t i = 0; i < rows * cols; ++i) d[i] *= 2.0f;
}

static void doubled_backward_ref(double *dz, const double *da, const double *z, const double *a,
                                 size_t rows, size_t cols) {
  const cr_activation *right = NULL;
  assert_int_equal(cr_activation_find("tanh", &right), CR_OK);
  right->backward_ref(dz, da, z, a, rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) dz[i] *= 2.0;
}

/* In the middle of three layers: what lies below gets its gradient through it. */
static void a_doubled_derivative_is_found(void **state) {
  (void)state;
  const char *const found_by[] = {"engine", "nudging", "nudging"};
  for (size_t k = 0; k < 3; ++k) {
    setup s;
    set_up("3-4:relu-5:tanh-3:softmax", objective_of("cross_entropy"), ROWS, &s);
    cr_activation twice = *s.net->spec.layers[1].activation;
    if (k != 1) twice.backward = doubled_backward;
    if (k != 0) twice.backward_ref = doubled_backward_ref;
    s.net->spec.layers[1].activation = s.work->activations[1] = &twice;
    cr_gradient_report *report = run(&s);
    assert_wrong(report, "W1 b1 W2 b2");
    const cr_gradient_block *block = find(report, "W2");
    assert_non_null(strstr(block->note, found_by[k]));
    assert_string_equal(block->hint, "ratio 2.00: a missing or doubled factor");
    cr_gradient_report_destroy(report);
    tear_down(&s);
  }
}

static double slightly; /* how much more than 1 the factor below is */

static void enlarged_backward(float *d, const float *z, const float *a, size_t rows, size_t cols,
                              size_t stride) {
  const cr_activation *tanh_row = NULL;
  assert_int_equal(cr_activation_find("tanh", &tanh_row), CR_OK);
  tanh_row->backward(d, z, a, rows, cols, stride);
  for (size_t i = 0; i < rows * cols; ++i) d[i] *= (float)(1.0 + slightly);
}

static void enlarged_backward_ref(double *dz, const double *da, const double *z, const double *a,
                                  size_t rows, size_t cols) {
  const cr_activation *tanh_row = NULL;
  assert_int_equal(cr_activation_find("tanh", &tanh_row), CR_OK);
  tanh_row->backward_ref(dz, da, z, a, rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) dz[i] *= 1.0 + slightly;
}

/* Tolerances are no wider than what they stand for: small faults are found, too. */
static void a_small_fault_is_found(void **state) {
  (void)state;
  for (size_t k = 0; k < 2; ++k) {
    setup s;
    set_up("3-5:tanh-3:softmax", objective_of("cross_entropy"), ROWS, &s);
    cr_activation more = *s.net->spec.layers[0].activation;
    slightly = k == 0 ? 1e-4 : 1e-6;
    if (k == 0) more.backward = enlarged_backward;
    if (k == 1) more.backward_ref = enlarged_backward_ref;
    s.net->spec.layers[0].activation = s.work->activations[0] = &more;
    cr_gradient_report *report = run(&s);
    static const char *const names[] = {"W1", "b1", "W2", "b2"};
    for (size_t b = 0; b < 4; ++b) {
      const cr_gradient_block *block = find(report, names[b]);
      assert_string_equal(block->verdict, b < 2 ? "suspicious" : "ok");
      assert_int_equal(strncmp(block->hint, "ratio 1.0", 9) == 0, b < 2);
    }
    cr_gradient_report_destroy(report);
    tear_down(&s);
  }
}

static void gradient_of_a_sum(float *dz, const float *a, const float *y, float weight, size_t rows,
                              size_t cols) {
  const cr_loss *right = NULL;
  (void)weight;
  assert_int_equal(cr_loss_find("half_squared", &right), CR_OK);
  right->gradient(dz, a, y, 1.0f, rows, cols);
}

static void gradient_of_a_sum_ref(double *dz, const double *a, const double *y, double weight,
                                  size_t rows, size_t cols) {
  const cr_loss *right = NULL;
  (void)weight;
  assert_int_equal(cr_loss_find("half_squared", &right), CR_OK);
  right->gradient_ref(dz, a, y, 1.0, rows, cols);
}

static void a_missing_mean_is_found(void **state) {
  (void)state;
  for (size_t k = 0; k < 2; ++k) {
    setup s;
    set_up("3-4:sigmoid-2:linear", objective_of("half_squared"), ROWS, &s);
    cr_loss sum = *s.job.target.loss;
    if (k == 0) sum.gradient = gradient_of_a_sum;
    if (k == 1) sum.gradient_ref = gradient_of_a_sum_ref;
    s.job.target.loss = &sum;
    cr_gradient_report *report = run(&s);
    assert_wrong(report, "W1 b1 W2 b2");
    assert_string_equal(find(report, "b2")->hint,
                        "ratio 5.00, the number of rows: the 1/n of the mean is missing or "
                        "doubled");
    cr_gradient_report_destroy(report);
    tear_down(&s);
  }
}

/* What is asked for by columns is taken by rows. */
static void multiply_by_rows(const cr_product *product, size_t row_first, size_t row_count,
                             size_t col_first, size_t col_count) {
  cr_product wrong = *product;
  if (wrong.b_row == 1) {
    wrong.b_row = wrong.b_col;
    wrong.b_col = 1;
  }
  cr_kernel_best()->multiply(&wrong, row_first, row_count, col_first, col_count);
}

static void first_row_only(float *out, const float *in, size_t rows, size_t cols) {
  (void)rows;
  memcpy(out, in, cols * sizeof *out);
}

/* Layers of one width, so that nothing but the numbers tells: da of layer 1 comes through W2. */
static void a_matrix_not_transposed_is_found(void **state) {
  (void)state;
  setup s;
  set_up("4-4:tanh-4:sigmoid", objective_of("squared"), ROWS, &s);
  cr_kernel kernel = *s.work->kernel;
  kernel.multiply = multiply_by_rows;
  s.work->kernel = &kernel;
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "W1 b1");
  assert_non_null(strstr(find(report, "W1")->hint, "transpose"));
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

static void a_bias_not_summed_is_found(void **state) {
  (void)state;
  setup s;
  set_up("3-4:tanh-5:relu-3:softmax", objective_of("cross_entropy"), ROWS, &s);
  cr_kernel kernel = *s.work->kernel;
  kernel.column_sums = first_row_only;
  s.work->kernel = &kernel;
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "b1 b2 b3");
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_doubled_derivative_is_found),
      cmocka_unit_test(a_small_fault_is_found),
      cmocka_unit_test(a_missing_mean_is_found),
      cmocka_unit_test(a_matrix_not_transposed_is_found),
      cmocka_unit_test(a_bias_not_summed_is_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
