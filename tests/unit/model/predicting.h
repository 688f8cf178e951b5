/* For tests of predictions: rows of CSV run through a model, and what comes of the golden ones. */
#ifndef PREDICTING_H
#define PREDICTING_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "model_fixture.h"

/* Float32 sums of up to 4 terms below 16, through slopes of at most 1: 4 * 16 * 2^-24. */
#define TOLERANCE 4e-6

#define HEADER "length,\"width, in \"\"mm\"\"\""

/* False for a NAN, too. */
static inline void check_close(double found, double expected, double tolerance) {
  if (!(fabs(found - expected) <= tolerance)) fail_msg("%.17g, expected %.17g", found, expected);
}

static inline cr_predictions *predict_csv(const cr_model *model, const char *csv, size_t threads) {
  cr_table *table = NULL;
  cr_predictions *predictions = NULL;
  assert_int_equal(fixture_table(csv, &table), CR_OK);
  const cr_apply_options options = {.struct_size = sizeof options, .threads = threads};
  const cr_status status = cr_model_predict(model, table, &options, &predictions);
  if (status != CR_OK) fail_msg("%s", cr_last_error()->message);
  cr_table_destroy(table);
  return predictions;
}

static inline void expect_failure(const cr_model *model, const char *csv, cr_status expected,
                                  const char *message) {
  cr_table *table = NULL;
  cr_predictions *predictions = NULL;
  assert_int_equal(fixture_table(csv, &table), CR_OK);
  assert_int_equal(cr_model_predict(model, table, NULL, &predictions), expected);
  if (!strstr(cr_last_error()->message, message))
    fail_msg("message \"%s\", expected \"%s\"", cr_last_error()->message, message);
  assert_null(predictions);
  cr_table_destroy(table);
}

/* NumPy in double, from the weights that the safetensors package for Python reads. */
static const double golden[3][3] = {
    {0.148953579573, 0.631004492556, 0.220041927871},
    {0.427218637431, 0.039153538631, 0.533627823938},
    {0.077126520268, 0.778790174157, 0.144083305574},
};

static inline void check_golden(const cr_predictions *predictions) {
  static const size_t classes[] = {1, 2, 1};
  assert_int_equal(cr_predictions_rows(predictions), 3);
  for (size_t row = 0; row < 3; row++) {
    double probability = 0;
    assert_int_equal(cr_predictions_class(predictions, row, &probability), classes[row]);
    check_close(probability, golden[row][classes[row]], TOLERANCE);
    for (size_t k = 0; k < 3; k++)
      check_close(cr_predictions_value(predictions, row, k), golden[row][k], TOLERANCE);
  }
}

#endif
