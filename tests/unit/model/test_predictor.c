/* Rows from memory, one at a time: the numbers of cr_model_predict, and no memory taken. */
#include <math.h>

#include "chainrule/model.h"
#include "counting_allocator.h"
#include "model_fixture.h"
#include "support.h"

enum { ROWS = 64, MOST_VALUES = 4 };

static cr_predictor *predictor_of(const cr_model *model) {
  cr_predictor *predictor = NULL;
  assert_int_equal(cr_predictor_create(model, &predictor), CR_OK);
  return predictor;
}

/* Each row (inputs) of `rows` gives the bits that the table of the same rows gives. */
static void same_bits(const cr_model *model, const cr_table *table, const double *rows,
                      size_t inputs, size_t values) {
  cr_predictions *predictions = NULL;
  cr_predictor *predictor = predictor_of(model);
  assert_int_equal(cr_model_predict(model, table, NULL, &predictions), CR_OK);
  for (size_t row = 0; row < cr_table_rows(table); row++) {
    double found[MOST_VALUES];
    assert_int_equal(cr_predictor_run(predictor, rows + row * inputs, inputs, found, values),
                     CR_OK);
    for (size_t k = 0; k < values; k++) {
      const double expected = cr_predictions_value(predictions, row, k);
      assert_memory_equal(&found[k], &expected, sizeof expected);
    }
  }
  cr_predictor_destroy(predictor);
  cr_predictions_destroy(predictions);
}

/* The table holds the same doubles: 17 digits say a double exactly. */
static void numbers_and_classes(void **state) {
  (void)state;
  static double rows[ROWS][2];
  static char csv[ROWS * 64];
  char *end = csv + sprintf(csv, "length,\"width, in \"\"mm\"\"\"\n");
  for (size_t i = 0; i < ROWS; i++) {
    for (size_t c = 0; c < 2; c++) rows[i][c] = uneven(3 * i + c, 20);
    end += sprintf(end, "%.17g,%.17g\n", rows[i][0], rows[i][1]);
  }
  cr_table *table = NULL;
  cr_model *model = NULL;
  assert_int_equal(fixture_table(csv, &table), CR_OK);
  assert_int_equal(fixture_classifier(&model), CR_OK);
  same_bits(model, table, rows[0], 2, 3);
  cr_model_destroy(model);
  assert_int_equal(fixture_regressor(&model), CR_OK);
  same_bits(model, table, rows[0], 2, 1);
  cr_model_destroy(model);
  cr_table_destroy(table);
}

/* Pixels go through another formula than numbers, in float; with a shift, too. */
static void images(void **state) {
  (void)state;
  static uint8_t bytes[ROWS][4];
  static double rows[ROWS][4];
  for (size_t i = 0; i < ROWS * 4; i++) {
    bytes[i / 4][i % 4] = (uint8_t)(i * 167 % 256);
    rows[i / 4][i % 4] = (double)bytes[i / 4][i % 4];
  }
  cr_table *table = NULL;
  cr_model *model = NULL;
  assert_int_equal(fixture_images(bytes[0], ROWS, &table), CR_OK);
  assert_int_equal(fixture_image_model(&model), CR_OK);
  same_bits(model, table, rows[0], 4, 2);
  model->encoder->inputs[0].shift = 33.3;
  model->encoder->inputs[0].scale = 78.6;
  same_bits(model, table, rows[0], 4, 2);
  cr_model_destroy(model);
  cr_table_destroy(table);
}

static void expect(cr_status found, cr_status expected, const char *message) {
  assert_int_equal(found, expected);
  if (!strstr(cr_last_error()->message, message)) fail_msg("%s", cr_last_error()->message);
}

static void what_does_not_fit_is_refused(void **state) {
  (void)state;
  cr_model *model = NULL;
  double row[4] = {1, 2, 3, 4}, values[4];
  assert_int_equal(fixture_classifier(&model), CR_OK);
  cr_predictor *p = predictor_of(model);
  expect(cr_predictor_run(p, row, 1, values, 3), CR_ERR_SHAPE, "found 1 input, this model has 2");
  expect(cr_predictor_run(p, row, 3, values, 3), CR_ERR_SHAPE, "found 3 inputs");
  expect(cr_predictor_run(p, row, 2, values, 1), CR_ERR_SHAPE, "found 1 output value, this model");
  row[1] = (double)NAN;
  expect(cr_predictor_run(p, row, 2, values, 3), CR_ERR_NUMBER,
         "nan for input 'width, in \"mm\"', expected a finite number");
  row[1] = -(double)INFINITY;
  expect(cr_predictor_run(p, row, 2, values, 3), CR_ERR_NUMBER, "-inf for input 'width");
  row[1] = 1e39;
  expect(cr_predictor_run(p, row, 2, values, 3), CR_ERR_NUMBER, "too large for this network");
  row[1] = 2;
  assert_int_equal(cr_predictor_run(p, row, 2, values, 3), CR_OK);
  cr_predictor_destroy(p);
  cr_model_destroy(model);

  assert_int_equal(fixture_image_model(&model), CR_OK);
  p = predictor_of(model);
  row[2] = (double)NAN;
  expect(cr_predictor_run(p, row, 4, values, 2), CR_ERR_NUMBER, "nan for input 'length', pixel 3");
  cr_predictor_destroy(p);
  cr_model_destroy(model);
  cr_predictor_destroy(NULL);
}

static void what_overflows_is_refused(void **state) {
  (void)state;
  cr_model *model = NULL;
  const double row[2] = {5e37, 5e37};
  double value;
  assert_int_equal(fixture_regressor(&model), CR_OK);
  for (size_t i = 0; i < cr_net_parameter_count(cr_model_net(model)); i++)
    cr_net_parameters(cr_model_net(model))[i] = 8;
  cr_predictor *p = predictor_of(model);
  expect(cr_predictor_run(p, row, 2, &value, 1), CR_ERR_NUMBER, "output 1 is not a finite number");
  cr_predictor_destroy(p);
  cr_model_destroy(model);
}

static void a_run_takes_no_memory(void **state) {
  (void)state;
  cr_model *model = NULL;
  const double row[2] = {1, 2};
  double values[3];
  counting_start();
  assert_int_equal(fixture_classifier(&model), CR_OK);
  const size_t before = counting.live;
  size_t refused = 0;
  cr_predictor *predictor = NULL;
  for (cr_status status = CR_ERR_MEMORY; status != CR_OK; refused++) {
    counting_fail_at(refused + 1, false);
    status = cr_predictor_create(model, &predictor);
    assert_true(status == CR_OK || (status == CR_ERR_MEMORY && counting.live == before));
  }
  assert_true(refused > 4);
  counting_reset();
  for (int i = 0; i < 10; i++)
    assert_int_equal(cr_predictor_run(predictor, row, 2, values, 3), CR_OK);
  assert_int_equal(counting.calls, 0);
  cr_predictor_destroy(predictor);
  cr_model_destroy(model);
  assert_int_equal(counting.live, 0);
  counting_stop();
}

/* A category by the place of its label, -1 for none of them; NAN for no value. */
static void categories_and_gaps(void **state) {
  (void)state;
  static const char csv[] =
      "length,\"width, in \"\"mm\"\"\"\n1.5,7\n,\"B\xc3\xa4r \"\"2\"\"\"\n-2,\n0.25,elm\n,\n";
  const double nan = (double)NAN;
  const double rows[][2] = {{1.5, 0}, {nan, 1}, {-2, nan}, {0.25, -1}, {nan, nan}};
  cr_table *table = NULL;
  cr_model *model = NULL;
  assert_int_equal(fixture_table(csv, &table), CR_OK);
  assert_int_equal(fixture_gaps(&model), CR_OK);
  assert_int_equal(cr_model_get_info(model)->values, 2);
  const cr_model_input *category = cr_model_input_at(model, 1);
  assert_int_equal(category->width, 3);
  assert_int_equal(category->label_count, 2);
  assert_string_equal(category->labels[0], "7");
  same_bits(model, table, rows[0], 2, 1);

  cr_predictor *predictor = predictor_of(model);
  const double five[5] = {0}, no_label[] = {1, 2}, between[] = {1, 0.5};
  double value;
  assert_int_equal(cr_predictor_run(predictor, five, 5, &value, 1), CR_ERR_SHAPE);
  assert_int_equal(cr_predictor_run(predictor, no_label, 2, &value, 1), CR_ERR_NUMBER);
  assert_int_equal(cr_predictor_run(predictor, between, 2, &value, 1), CR_ERR_NUMBER);
  model->encoder->inputs[1].gaps = CR_GAPS_REFUSED;
  assert_int_equal(cr_predictor_run(predictor, rows[2], 2, &value, 1), CR_ERR_NUMBER);
  cr_predictor_destroy(predictor);
  cr_model_destroy(model);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_and_classes),          cmocka_unit_test(images),
      cmocka_unit_test(what_does_not_fit_is_refused), cmocka_unit_test(what_overflows_is_refused),
      cmocka_unit_test(a_run_takes_no_memory),        cmocka_unit_test(categories_and_gaps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
