/* Models of every format there has been: what they predict, and what stands for texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "predicting.h"

/* This file was written by format 1.0 once and must never need to be written again. */
static void test_the_golden_model(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(cr_model_load(TEST_DIR "/unit/model/golden-1.0.safetensors", &model), CR_OK);
  const cr_model_info *info = cr_model_get_info(model);
  assert_string_equal(info->network, "2-3:tanh-3:softmax");
  assert_string_equal(info->training, "{\"optimizer\":\"adam\",\"seed\":1,\"epochs\":48}");
  assert_string_equal(cr_model_label(model, 1), "B\xc3\xa4r \"2\"");
  cr_predictions *predictions = predict_csv(model, HEADER "\n0.25,-1.5\n0.1,1.1\n3,-4\n", 1);
  check_golden(predictions);
  assert_null(cr_predictions_warning(predictions, 0));
  assert_true(isnan(cr_predictions_value(predictions, 0, 3)));
  assert_true(isnan(cr_predictions_value(predictions, 3, 0)));
  cr_predictions_destroy(predictions);
  cr_model_destroy(model);
}

/* Written from the page on the format by a program in Python; the probabilities are NumPy's. */
static void test_the_golden_model_of_several_targets(void **state) {
  (void)state;
  static const double expected[3][2] = {{0.804810681824, 0.594670755643},
                                        {0.543036000251, 0.309609113567},
                                        {0.862980123501, 0.571358956615}};
  cr_model *model = NULL;
  assert_int_equal(cr_model_load(TEST_DIR "/unit/model/golden-1.1.safetensors", &model), CR_OK);
  const cr_model_info *info = cr_model_get_info(model);
  assert_string_equal(info->task, "multilabel");
  assert_string_equal(info->target, "dry,B\xc3\xa4r, \"2\"");
  assert_string_equal(cr_model_label(model, 1), "B\xc3\xa4r, \"2\"");
  cr_predictions *predictions =
      predict_csv(model, "times," HEADER "\n9,0.25,-1.5\n9,0.1,1.1\n9,3,-4\n", 1);
  assert_null(cr_predictions_warning(predictions, 0));
  for (size_t row = 0; row < 3; row++)
    for (size_t k = 0; k < 2; k++)
      check_close(cr_predictions_value(predictions, row, k), expected[row][k], TOLERANCE);
  cr_predictions_destroy(predictions);
  cr_model_destroy(model);
}

/* Gaps, an unseen value and a label that reads as a number; NumPy's numbers, in double. */
static void test_the_golden_model_of_a_category(void **state) {
  (void)state;
  static const char csv[] = "tree,size\noak,1\n\"B\xc3\xa4r \"\"2\"\"\",\n,4\nelm,\n7.0,2.5\n";
  static const double expected[] = {2.920133742944, 1.950713580041, 3.076679272110, 2.655883890476,
                                    2.160823759326};
  cr_model *model = NULL;
  assert_int_equal(cr_model_load(TEST_DIR "/unit/model/golden-1.2.safetensors", &model), CR_OK);
  for (size_t threads = 1; threads <= 2; threads++) {
    cr_predictions *predictions = predict_csv(model, csv, threads);
    for (size_t row = 0; row < 5; row++)
      check_close(cr_predictions_value(predictions, row, 0), expected[row], 8 * TOLERANCE);
    assert_non_null(strstr(cr_predictions_warning(predictions, 0), "in 1 of 5 rows that no"));
    cr_predictions_destroy(predictions);
  }
  cr_model_destroy(model);
}

/* Dates, a hashed category, knots, fills and two numbers; NumPy's, from the file's own bytes. */
static void test_the_golden_model_of_columns(void **state) {
  (void)state;
  static const char csv[] =
      "when,shop,size,income,tree\n3/4/2021,s7,2,5,oak\n,new shop,,,\n31.12.2023,7.0,8,1e9,ash\n";
  static const double expected[3][2] = {{2.1495591890, 4240.6571906574},
                                        {11.5326559317, 8715.4214324657},
                                        {14.5795799253, 9356.5683275827}};
  cr_model *model = NULL;
  double scale = 0;
  assert_int_equal(cr_model_load(TEST_DIR "/unit/model/golden-1.3.safetensors", &model), CR_OK);
  assert_int_equal(cr_model_get_info(model)->targets, 2);
  assert_string_equal(cr_model_target(model, 1, NULL, &scale), "load");
  assert_null(cr_model_target(model, 2, NULL, NULL));
  for (size_t threads = 1; threads <= 2; threads++) {
    cr_predictions *predictions = predict_csv(model, csv, threads);
    for (size_t row = 0; row < 3; row++)
      for (size_t k = 0; k < 2; k++) /* floats in the scale of the training, about 1 */
        check_close(cr_predictions_value(predictions, row, k) / scale, expected[row][k] / scale,
                    16 * TOLERANCE);
    cr_predictions_destroy(predictions);
  }
  expect_failure(model, "when,shop,size,income,tree\n3/4/2021,s7,2,5,fir\n", CR_ERR_NUMBER,
                 "'fir' in column 'tree', row 1, is a value that no training row had");
  cr_model_destroy(model);
}

/* What stands for the texts of a row gives what the row gives. */
static void test_texts_become_values(void **state) {
  (void)state;
  static const char *const texts[] = {"3/4/2021", "s7", "2", "5", "oak"};
  cr_model *model = NULL;
  cr_predictor *predictor = NULL;
  double inputs[5], values[2];
  assert_int_equal(cr_model_load(TEST_DIR "/unit/model/golden-1.3.safetensors", &model), CR_OK);
  for (size_t i = 0; i < 5; i++)
    assert_int_equal(cr_model_value(model, i, texts[i], &inputs[i]), CR_OK);
  assert_true(inputs[0] == 18720 && inputs[2] == 2 && inputs[4] == 2);
  assert_int_equal(cr_predictor_create(model, &predictor), CR_OK);
  assert_int_equal(cr_predictor_run(predictor, inputs, 5, values, 2), CR_OK);
  check_close(values[0], 2.1495591890, 64 * TOLERANCE);
  assert_int_equal(cr_model_value(model, 2, NULL, &inputs[2]), CR_OK);
  assert_int_equal(cr_model_value(model, 3, NULL, &inputs[3]), CR_OK);
  assert_int_equal(cr_predictor_run(predictor, inputs, 5, values, 2), CR_OK);
  assert_int_equal(cr_model_value(model, 4, "fir", &inputs[4]), CR_OK);
  assert_int_equal(cr_predictor_run(predictor, inputs, 5, values, 2), CR_ERR_NUMBER);
  assert_int_equal(cr_model_value(model, 0, "soon", &inputs[0]), CR_ERR_NUMBER);
  assert_int_equal(cr_model_value(model, 5, "1", &inputs[0]), CR_ERR_ARGUMENT);
  cr_predictor_destroy(predictor);
  cr_model_destroy(model);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_golden_model),
      cmocka_unit_test(test_the_golden_model_of_several_targets),
      cmocka_unit_test(test_the_golden_model_of_a_category),
      cmocka_unit_test(test_the_golden_model_of_columns),
      cmocka_unit_test(test_texts_become_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
