/* One row from memory: each input's scaling, in the order of the inputs. */
#include <float.h>

#include "data/encode.h"
#include "support.h"

static cr_input number(char *name, double shift, double scale) {
  return (cr_input){.name = name, .width = 1, .shift = shift, .scale = scale};
}

static cr_input image(char *name, double shift, double scale) {
  return (cr_input){.name = name,
                    .type = CR_COLUMN_IMAGE,
                    .width = 3,
                    .height = 1,
                    .image_width = 3,
                    .channels = 1,
                    .shift = shift,
                    .scale = scale};
}

static cr_status encode(const cr_encoder *encoder, const double *values, float *x) {
  cr_row_scaling scaling;
  assert_int_equal(cr_row_scaling_create(encoder, &scaling), CR_OK);
  const cr_status status = cr_encoder_row(encoder, &scaling, values, x);
  cr_row_scaling_free(&scaling);
  return status;
}

static void inputs_one_after_the_other(void **state) {
  (void)state;
  cr_input inputs[] = {number((char[]){"a"}, 1, 2), image((char[]){"pixels"}, 0, 255),
                       number((char[]){"b"}, -0.5, 0.25)};
  const cr_encoder encoder = {.inputs = inputs, .input_count = 3, .width = 5};
  const double values[] = {4, 0, 51, 255, 1};
  const float expected[] = {1.5F, 0, 0.2F, 1, 6};
  float x[5];
  assert_int_equal(encode(&encoder, values, x), CR_OK);
  assert_memory_equal(x, expected, sizeof x);
}

/* A single image may have pixels between bytes. */
static void a_single_image(void **state) {
  (void)state;
  cr_input inputs[] = {image((char[]){"pixels"}, 0, 2)};
  const cr_encoder encoder = {.inputs = inputs, .input_count = 1, .width = 3};
  const double values[] = {0, 25.5, 255};
  const float expected[] = {0, 12.75F, 127.5F};
  float x[3];
  assert_int_equal(encode(&encoder, values, x), CR_OK);
  assert_memory_equal(x, expected, sizeof x);
}

static void refuses(const cr_encoder *encoder, double *value, double bad, const double *values,
                    const char *message) {
  float x[5];
  const double good = *value;
  *value = bad;
  assert_int_equal(encode(encoder, values, x), CR_ERR_NUMBER);
  if (!strstr(cr_last_error()->message, message)) fail_msg("%s", cr_last_error()->message);
  *value = good;
}

static void what_is_no_float_is_refused(void **state) {
  (void)state;
  cr_input inputs[] = {image((char[]){"pixels"}, 0, 1e-3), number((char[]){"a"}, 0, 1e-3)};
  const cr_encoder both = {.inputs = inputs, .input_count = 2, .width = 4};
  const cr_encoder alone = {.inputs = inputs, .input_count = 1, .width = 3};
  double values[] = {1, 2, 3, 4};
  refuses(&both, &values[3], (double)NAN, values, "nan for input 'a', expected a finite number");
  refuses(&both, &values[3], 1e36, values, "1e+36 for input 'a' is too large");
  refuses(&both, &values[1], -(double)INFINITY, values, "-inf for input 'pixels', pixel 2");
  refuses(&alone, &values[2], (double)NAN, values, "nan for input 'pixels', pixel 3");
  refuses(&alone, &values[2], 1e36, values, "1e+36 for input 'pixels', pixel 3 is too large");
}

/* The largest float is one; what is a little larger is refused though it would round to it. */
static void the_largest_float_is_the_limit(void **state) {
  (void)state;
  cr_input inputs[] = {number((char[]){"a"}, 0, 1)};
  const cr_encoder encoder = {.inputs = inputs, .input_count = 1, .width = 1};
  double value = (double)FLT_MAX;
  float x;
  assert_int_equal(encode(&encoder, &value, &x), CR_OK);
  assert_true(x == FLT_MAX);
  refuses(&encoder, &value, (double)FLT_MAX * (1 + 1e-9), &value, "is too large");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(inputs_one_after_the_other),
      cmocka_unit_test(a_single_image),
      cmocka_unit_test(what_is_no_float_is_refused),
      cmocka_unit_test(the_largest_float_is_the_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
