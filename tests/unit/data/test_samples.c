#include "data/samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "chainrule/net.h"

static void convert(float *out, const uint8_t *bytes, size_t n, float scale, float shift) {
  for (size_t i = 0; i < n; i++) out[i] = (float)bytes[i] * scale + shift;
}

/* x (4, 2) with a stride of 3, y (4, 2) with one of 4. What is between is never to be seen. */
static const float x_data[12] = {1, 2, -9, 3, 4, -9, 5, 6, -9, 7, 8, -9};
static const float y_data[16] = {10, 20, -9, -9, 30, 40, -9, -9, 50, 60, -9, -9, 70, 80, -9, -9};

static void gathers_rows_in_the_order_asked(void **state) {
  (void)state;
  cr_samples *samples = NULL;
  const cr_const_matrix x = {x_data, 4, 2, 3}, y = {y_data, 4, 2, 4};
  assert_int_equal(cr_samples_from_matrices(x, y, &samples), CR_OK);
  assert_int_equal(cr_samples_rows(samples), 4);
  assert_int_equal(cr_samples_inputs(samples), 2);
  assert_int_equal(cr_samples_outputs(samples), 2);

  const size_t order[3] = {3, 0, 3};
  float bx[12], by[6];
  for (size_t i = 0; i < 12; i++) bx[i] = 99;
  cr_samples_gather(samples, convert, order, 3, (cr_matrix){bx, 3, 2, 4}, (cr_matrix){by, 3, 2, 2});
  const float want_x[12] = {7, 8, 99, 99, 1, 2, 99, 99, 7, 8, 99, 99};
  const float want_y[6] = {70, 80, 10, 20, 70, 80};
  assert_memory_equal(bx, want_x, sizeof bx);
  assert_memory_equal(by, want_y, sizeof by);

  /* Without room for targets the inputs come alone. */
  cr_samples_gather(samples, convert, order, 1, (cr_matrix){bx, 1, 2, 2}, (cr_matrix){0});
  assert_true(bx[0] == 7 && bx[1] == 8);
  cr_samples_destroy(samples);
}

static void matrices_that_do_not_fit_are_refused(void **state) {
  (void)state;
  cr_samples *samples = NULL;
  const cr_const_matrix good = {x_data, 4, 2, 3}, shorter = {y_data, 3, 2, 2};
  assert_int_equal(cr_samples_from_matrices(good, shorter, &samples), CR_ERR_SHAPE);
  assert_non_null(strstr(cr_last_error()->message, "x has 4 rows, y has 3"));
  assert_null(samples);
  const cr_const_matrix overlapping = {x_data, 4, 2, 1}, none = {NULL, 4, 2, 2};
  assert_int_equal(cr_samples_from_matrices(overlapping, good, &samples), CR_ERR_SHAPE);
  assert_int_equal(cr_samples_from_matrices(none, good, &samples), CR_ERR_ARGUMENT);
  assert_int_equal(cr_samples_from_matrices(good, none, &samples), CR_ERR_ARGUMENT);
  const cr_const_matrix no_rows = {x_data, 0, 2, 3}, no_y = {y_data, 0, 1, 1};
  assert_int_equal(cr_samples_from_matrices(no_rows, no_y, &samples), CR_ERR_EMPTY);
  cr_samples_destroy(NULL);
}

static void classes_become_one_hot(void **state) {
  (void)state;
  uint32_t classes[3] = {2, 0, 1};
  cr_samples samples = {.rows = 3, .inputs = 1, .outputs = 3, .classes = classes};
  samples.x = (cr_const_matrix){x_data, 3, 1, 1};
  const size_t order[2] = {0, 2};
  float bx[2], by[6] = {5, 5, 5, 5, 5, 5};
  cr_samples_gather(&samples, convert, order, 2, (cr_matrix){bx, 2, 1, 1},
                    (cr_matrix){by, 2, 3, 3});
  const float want[6] = {0, 0, 1, 0, 1, 0};
  assert_memory_equal(by, want, sizeof by);
}

static void two_classes_fit_in_one_output(void **state) {
  (void)state;
  uint32_t classes[3] = {1, 0, 1};
  cr_samples samples = {.rows = 3, .inputs = 1, .outputs = 1, .classes = classes};
  samples.x = (cr_const_matrix){x_data, 3, 1, 1};
  const size_t order[3] = {0, 1, 2};
  float bx[3], by[3] = {5, 5, 5};
  cr_samples_gather(&samples, convert, order, 3, (cr_matrix){bx, 3, 1, 1},
                    (cr_matrix){by, 3, 1, 1});
  assert_true(by[0] == 1 && by[1] == 0 && by[2] == 1);
}

/* Sample 0 is row 2 of the bytes, sample 1 is row 0: 0.5 b - 3 is exact. */
static void bytes_are_converted_when_gathered(void **state) {
  (void)state;
  const uint8_t bytes[9] = {0, 1, 2, 3, 4, 5, 6, 7, 255};
  size_t byte_rows[2] = {2, 0};
  uint32_t classes[2] = {0, 1};
  cr_samples samples = {.rows = 2, .inputs = 3, .outputs = 2, .classes = classes};
  samples.bytes = bytes;
  samples.byte_rows = byte_rows;
  samples.byte_scale = 0.5f;
  samples.byte_shift = -3.0f;
  const size_t order[2] = {1, 0};
  float bx[6], by[4];
  cr_samples_gather(&samples, convert, order, 2, (cr_matrix){bx, 2, 3, 3},
                    (cr_matrix){by, 2, 2, 2});
  const float want_x[6] = {-3, -2.5f, -2, 0, 0.5f, 124.5f};
  const float want_y[4] = {0, 1, 1, 0};
  assert_memory_equal(bx, want_x, sizeof bx);
  assert_memory_equal(by, want_y, sizeof by);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gathers_rows_in_the_order_asked),
      cmocka_unit_test(matrices_that_do_not_fit_are_refused),
      cmocka_unit_test(classes_become_one_hot),
      cmocka_unit_test(two_classes_fit_in_one_output),
      cmocka_unit_test(bytes_are_converted_when_gathered),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
