/* Predictions: the numbers, the columns, and what cannot be predicted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "counting_allocator.h"
#include "predicting.h"

#define TARGET_SCALE 8 /* of the regression: its error is the network's, times this */

static void test_columns_are_matched_by_name(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  cr_predictions *predictions =
      predict_csv(model, "id,\"width, in \"\"mm\"\"\",length\n1,-1.5,0.25\n2,1.1,0.1\n3,-4,3\n", 1);
  check_golden(predictions);
  assert_non_null(strstr(cr_predictions_warning(predictions, 0), "id"));
  assert_null(cr_predictions_warning(predictions, 1));
  cr_predictions_destroy(predictions);
  expect_failure(model, "length,height\n1,2\n", CR_ERR_SHAPE, "width, in \"mm\"");
  cr_model_destroy(model);
}

static void test_columns_without_names_are_matched_by_place(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  model->encoder->named = false;
  cr_predictions *predictions = predict_csv(model, "0.25,-1.5\n0.1,1.1\n3,-4\n", 1);
  check_golden(predictions);
  cr_predictions_destroy(predictions);
  expect_failure(model, "1,2,3,4,5\n6,7,8,9,10\n", CR_ERR_SHAPE, "");
  cr_model_destroy(model);
}

static void test_a_bad_value_is_an_error(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  expect_failure(model, HEADER "\n1,2\nmany,3\n4,4\n5,6\n7,8\n9,1\n", CR_ERR_NUMBER, "many");
  cr_model_destroy(model);
}

static void test_numbers_are_in_the_target_s_unit(void **state) {
  (void)state;
  static const double expected[] = {104.947363295942, 105.337890625, 105.197851562873};
  cr_model *model = NULL;
  assert_int_equal(fixture_regressor(&model), CR_OK);
  cr_predictions *predictions = predict_csv(model, HEADER "\n0.25,-1.5\n0.1,1.1\n3,-4\n", 1);
  for (size_t row = 0; row < 3; row++) {
    double probability = 0;
    check_close(cr_predictions_value(predictions, row, 0), expected[row], TARGET_SCALE * TOLERANCE);
    assert_int_equal(cr_predictions_class(predictions, row, &probability), 0);
    assert_true(isnan(probability));
  }
  assert_true(isnan(cr_predictions_value(predictions, 0, 1)));
  cr_predictions_destroy(predictions);
  cr_model_destroy(model);
}

/* In a gap of a column that had none in training stands what enters the network as 0. */
static void test_gaps_without_any_in_training(void **state) {
  (void)state;
  cr_model *model = NULL;
  char csv[128];
  assert_int_equal(fixture_classifier(&model), CR_OK);
  cr_predictions *filled = predict_csv(model, HEADER "\n1,2\n3,\n", 1);
  snprintf(csv, sizeof csv, HEADER "\n1,2\n3,%.17g\n", model->encoder->inputs[1].shift);
  cr_predictions *whole = predict_csv(model, csv, 1);
  for (size_t k = 0; k < 3; k++)
    check_close(cr_predictions_value(filled, 1, k), cr_predictions_value(whole, 1, k), 0);
  assert_non_null(strstr(cr_predictions_warning(filled, 0), "no value in 1 of 2 rows"));
  assert_null(cr_predictions_warning(filled, 1));
  assert_null(cr_predictions_warning(whole, 0));
  cr_predictions_destroy(filled);
  cr_predictions_destroy(whole);
  model->encoder->inputs[1].gaps = CR_GAPS_REFUSED;
  expect_failure(model, HEADER "\n1,2\n3,\n", CR_ERR_MISSING, "row 2");
  cr_model_destroy(model);
}

/* Rows with a gap are left out on demand: the others keep their numbers. */
static void test_rows_left_out(void **state) {
  (void)state;
  static const char csv[] = "length,\"width, in \"\"mm\"\"\"\n1,2\n,2\n3,\n0.5,-1\n";
  const cr_apply_options skip = {.struct_size = sizeof skip, .skip_bad_rows = true};
  cr_model *model = NULL;
  cr_table *table = NULL;
  cr_predictions *all = NULL, *some = NULL;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  assert_int_equal(fixture_table(csv, &table), CR_OK);
  assert_int_equal(cr_model_predict(model, table, &skip, &some), CR_OK);
  cr_table_destroy(table); /* nothing of it is needed any more */
  assert_int_equal(cr_predictions_rows(some), 2);
  assert_int_equal(cr_predictions_row(some, 0), 0);
  assert_int_equal(cr_predictions_row(some, 1), 3);
  assert_true(cr_predictions_row(some, 2) == SIZE_MAX);
  assert_string_equal(cr_predictions_warning(some, 0),
                      "left out 2 of 4 rows with a missing or bad value");
  all = predict_csv(model, "length,\"width, in \"\"mm\"\"\"\n1,2\n0.5,-1\n", 1);
  assert_int_equal(cr_predictions_row(all, 1), 1);
  for (size_t k = 0; k < 3; k++)
    check_close(cr_predictions_value(some, 1, k), cr_predictions_value(all, 1, k), 0);
  cr_predictions_destroy(all);
  cr_predictions_destroy(some);

  assert_int_equal(fixture_table("length,\"width, in \"\"mm\"\"\"\n1,\n", &table), CR_OK);
  assert_int_equal(cr_model_predict(model, table, &skip, &some), CR_ERR_EMPTY);
  assert_null(some);
  cr_table_destroy(table);
  cr_model_destroy(model);
}

/* The reader leaves out rows, and then the model: the numbers are those of the file. */
static void test_rows_left_out_by_the_reader(void **state) {
  (void)state;
  static const char csv[] = "length,\"width, in \"\"mm\"\"\"\n1,2\n3\n,2\n0.5,-1\n";
  const cr_apply_options skip = {.struct_size = sizeof skip, .skip_bad_rows = true};
  cr_read_options read;
  cr_model *model = NULL;
  cr_table *table = NULL;
  cr_predictions *some = NULL;
  cr_read_options_init(&read);
  read.skip_bad_rows = true;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  assert_int_equal(cr_table_parse("data.csv", csv, sizeof csv - 1, &read, &table), CR_OK);
  assert_int_equal(cr_model_predict(model, table, &skip, &some), CR_OK);
  cr_table_destroy(table);
  assert_int_equal(cr_predictions_rows(some), 2);
  assert_int_equal(cr_predictions_row(some, 0), 0);
  assert_int_equal(cr_predictions_row(some, 1), 3);
  assert_string_equal(cr_predictions_warning(some, 0),
                      "left out 2 of 4 rows of a wrong length or with a missing or bad value");
  cr_predictions_destroy(some);
  cr_model_destroy(model);
}

static void test_one_output_for_two_labels(void **state) {
  (void)state;
  static const uint8_t images[] = {0, 51, 102, 255, 255, 0, 0, 17};
  static const double expected[] = {0.68662225966, 0.35410541369};
  cr_model *model = NULL;
  cr_table *table = NULL;
  cr_predictions *predictions = NULL;
  assert_int_equal(fixture_image_model(&model), CR_OK);
  assert_int_equal(fixture_images(images, 2, &table), CR_OK);
  assert_int_equal(cr_model_predict(model, table, NULL, &predictions), CR_OK);
  for (size_t row = 0; row < 2; row++) {
    double probability = 0;
    const double p = expected[row];
    check_close(cr_predictions_value(predictions, row, 0), 1 - p, TOLERANCE);
    check_close(cr_predictions_value(predictions, row, 1), p, TOLERANCE);
    assert_int_equal(cr_predictions_class(predictions, row, &probability), p > 0.5 ? 1 : 0);
    check_close(probability, p > 0.5 ? p : 1 - p, TOLERANCE);
  }
  cr_predictions_destroy(predictions);

  /* Exactly 0.5 is the second label, as cr_evaluate counts it. */
  memset(cr_net_parameters(cr_model_net(model)), 0, 5 * sizeof(float));
  assert_int_equal(cr_model_predict(model, table, NULL, &predictions), CR_OK);
  assert_int_equal(cr_predictions_class(predictions, 0, NULL), 1);
  check_close(cr_predictions_value(predictions, 0, 0), 0.5, 0);
  cr_predictions_destroy(predictions);
  cr_table_destroy(table);
  cr_model_destroy(model);
}

/* --- many rows --- */

enum { MANY = 601 }; /* more than two blocks, and a rest */

static char *many_rows(void) {
  char *csv = malloc(64 * (MANY + 1));
  assert_non_null(csv);
  char *end = csv + sprintf(csv, "%s\n", HEADER);
  for (size_t row = 0; row < MANY; row++)
    end += sprintf(end, "%zu.25,-%zu.5\n", row % 7, (row * 5) % 11);
  return csv;
}

/* Each label is a probability by itself; there is no class. */
static void test_several_targets(void **state) {
  (void)state;
  cr_model *model = NULL;
  cr_table *table = NULL;
  cr_predictions *predictions = NULL;
  double values[2], sure = 0;
  assert_int_equal(fixture_multilabel(&model), CR_OK);
  assert_int_equal(
      fixture_table("\"width, in \"\"mm\"\"\",times,length\n0.5,9,1\n-2,1,0\n", &table), CR_OK);
  assert_int_equal(cr_model_predict(model, table, NULL, &predictions), CR_OK);
  assert_null(cr_predictions_warning(predictions, 0)); /* nobody misses the weights */
  const cr_model_info *info = cr_model_get_info(model);
  assert_string_equal(info->task, "multilabel");
  assert_int_equal(info->classes, 0);
  assert_int_equal(info->labels, 2);
  assert_string_equal(cr_model_label(model, 0), "dry");
  assert_null(cr_model_label(model, 2));
  for (size_t i = 0; i < 2; i++) {
    assert_true(cr_predictions_class(predictions, i, &sure) == SIZE_MAX);
    assert_true(isnan(sure));
    double sum = 0;
    for (size_t k = 0; k < 2; k++) {
      values[k] = cr_predictions_value(predictions, i, k);
      assert_true(values[k] > 0 && values[k] < 1);
      sum += values[k];
    }
    assert_true(fabs(sum - 1) > 1e-3); /* they share nothing out */
  }
  assert_true(isnan(cr_predictions_value(predictions, 0, 2)));
  cr_predictor *predictor = NULL;
  assert_int_equal(cr_predictor_create(model, &predictor), CR_OK);
  assert_int_equal(cr_predictor_run(predictor, (const double[]){0, -2}, 2, values, 2), CR_OK);
  for (size_t k = 0; k < 2; k++) assert_true(values[k] == cr_predictions_value(predictions, 1, k));
  cr_predictor_destroy(predictor);
  cr_predictions_destroy(predictions);
  cr_table_destroy(table);
  cr_model_destroy(model);
}

/* z = w x + b of the scaled inputs: below 0 the first label, from 0 on the second. */
static void test_scores(void **state) {
  (void)state;
  cr_model *model = NULL;
  cr_table *table = NULL;
  cr_predictions *predictions = NULL;
  double sure = 0;
  assert_int_equal(fixture_scores(&model), CR_OK);
  for (size_t i = 0; i < 2; i++) model->encoder->inputs[i].shift = 0;
  for (size_t i = 0; i < 2; i++) model->encoder->inputs[i].scale = 1;
  memcpy(cr_net_parameters(model->net), (const float[]){2, -1, 0.5f}, 3 * sizeof(float));
  assert_true(cr_model_get_info(model)->scores);
  assert_int_equal(fixture_table("length,\"width, in \"\"mm\"\"\"\n1,0\n0,0.5\n0,1\n", &table),
                   CR_OK);
  assert_int_equal(cr_model_predict(model, table, NULL, &predictions), CR_OK);
  static const double scores[3] = {2.5, 0, -0.5};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(cr_predictions_class(predictions, i, &sure), scores[i] >= 0);
    assert_true(isnan(sure));
    assert_true(cr_predictions_value(predictions, i, 1) == scores[i]);
    assert_true(cr_predictions_value(predictions, i, 0) == -scores[i]);
  }
  cr_predictions_destroy(predictions);
  cr_table_destroy(table);
  cr_model_destroy(model);
}

static void test_a_row_does_not_depend_on_the_others(void **state) {
  (void)state;
  cr_model *model = NULL;
  char *csv = many_rows();
  assert_int_equal(fixture_classifier(&model), CR_OK);
  cr_predictions *all = predict_csv(model, csv, 1);
  assert_int_equal(cr_predictions_rows(all), MANY);
  for (size_t row = 0; row < MANY; row += 50) {
    char one[128];
    snprintf(one, sizeof one, HEADER "\n%zu.25,-%zu.5\n", row % 7, (row * 5) % 11);
    cr_predictions *single = predict_csv(model, one, 1);
    for (size_t k = 0; k < 3; k++) {
      const double x = cr_predictions_value(all, row, k);
      const double y = cr_predictions_value(single, 0, k);
      assert_memory_equal(&x, &y, sizeof x);
    }
    cr_predictions_destroy(single);
  }
  for (size_t threads = 0; threads < 4; threads++) {
    cr_predictions *again = predict_csv(model, csv, threads);
    for (size_t row = 0; row < MANY; row++) {
      for (size_t k = 0; k < 3; k++) {
        const double x = cr_predictions_value(all, row, k);
        const double y = cr_predictions_value(again, row, k);
        assert_memory_equal(&x, &y, sizeof x);
      }
    }
    cr_predictions_destroy(again);
  }
  cr_predictions_destroy(all);
  cr_model_destroy(model);
  free(csv);
}

static void test_what_overflows_is_an_error(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(fixture_regressor(&model), CR_OK);
  for (size_t i = 0; i < cr_net_parameter_count(cr_model_net(model)); i++)
    cr_net_parameters(cr_model_net(model))[i] = 8;
  expect_failure(model, HEADER "\n1,2\n5e37,5e37\n", CR_ERR_NUMBER,
                 "output 1 for row 2 is not a finite number");
  assert_true(cr_last_error()->file[0] != '\0');
  cr_model_destroy(model);
}

static void test_no_memory(void **state) {
  (void)state;
  size_t failures = 0;
  for (int for_ever = 0; for_ever < 2; for_ever++) {
    for (size_t n = 1;; n++) {
      cr_model *model = NULL;
      cr_table *table = NULL;
      cr_predictions *predictions = NULL;
      counting_start();
      assert_int_equal(fixture_classifier(&model), CR_OK);
      assert_int_equal(fixture_table("id," HEADER "\n1,2,3\n4,5,6\n", &table), CR_OK);
      counting_fail_at(n, for_ever == 1);
      const cr_status status = cr_model_predict(model, table, NULL, &predictions);
      const bool refused = counting.refused > 0;
      if (status != CR_OK) assert_null(predictions);
      counting_reset();
      cr_predictions_destroy(predictions);
      cr_table_destroy(table);
      cr_model_destroy(model);
      assert_int_equal(counting.live, 0);
      counting_stop();
      if (!refused) {
        assert_int_equal(status, CR_OK);
        break;
      }
      /* only the names in a warning may be missing then */
      assert_true(status == CR_ERR_MEMORY || status == CR_OK);
      failures += status == CR_ERR_MEMORY;
    }
  }
  assert_true(failures > 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_columns_are_matched_by_name),
      cmocka_unit_test(test_columns_without_names_are_matched_by_place),
      cmocka_unit_test(test_a_bad_value_is_an_error),
      cmocka_unit_test(test_numbers_are_in_the_target_s_unit),
      cmocka_unit_test(test_gaps_without_any_in_training),
      cmocka_unit_test(test_rows_left_out),
      cmocka_unit_test(test_rows_left_out_by_the_reader),
      cmocka_unit_test(test_one_output_for_two_labels),
      cmocka_unit_test(test_several_targets),
      cmocka_unit_test(test_scores),
      cmocka_unit_test(test_a_row_does_not_depend_on_the_others),
      cmocka_unit_test(test_what_overflows_is_an_error),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
