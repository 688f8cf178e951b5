/* Models whose parts do not make sense together, as a program could put them together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#include "data/encode_parts.h"
#include "model/validate.h"
#include "model_fixture.h"

static void check_invalid(cr_model *model, const char *message) {
  assert_int_equal(cr_model_validate(model, "m.safetensors"), CR_ERR_MODEL);
  assert_string_equal(cr_last_error()->message, message);
  assert_string_equal(cr_last_error()->file, "m.safetensors");
  cr_model_destroy(model);
}

/* Its first column feeds two inputs; the second is left out, so that the network fits. */
static void check_wider(cr_model *model, const char *message) {
  cr_input *other = &model->encoder->inputs[1];
  cr_input_free(other);
  model->encoder->input_count = 1;
  check_invalid(model, message);
}

static cr_model *regressor(void) {
  cr_model *model = NULL;
  assert_int_equal(fixture_regressor(&model), CR_OK);
  assert_int_equal(cr_model_validate(model, ""), CR_OK);
  return model;
}

static void test_scaling(void **state) {
  (void)state;
  cr_model *model = regressor();
  model->encoder->inputs[0].shift = (double)INFINITY;
  check_invalid(model, "the shift of column \"length\" is not finite");

  model = regressor();
  model->encoder->inputs[0].scale = (double)NAN;
  check_invalid(model, "the scale of column \"length\" is not finite");

  model = regressor();
  model->encoder->inputs[1].scale = -0.0;
  check_invalid(model, "the scale of column \"width, in \"mm\"\" is 0");

  model = regressor();
  model->encoder->target_shift = (double)NAN;
  check_invalid(model, "the shift of column \"kind\" is not finite");

  model = regressor();
  model->encoder->target_scale = 0;
  check_invalid(model, "the scale of column \"kind\" is 0");
}

static void test_columns(void **state) {
  (void)state;
  cr_model *model = regressor();
  model->encoder->inputs[0].type = CR_COLUMN_TEXT;
  check_invalid(model, "column \"length\" has 0 labels, expected 1 to 64");

  model = regressor();
  model->encoder->inputs[0].type = CR_COLUMN_TEXT;
  assert_int_equal(cr_strlist_add(&model->encoder->inputs[0].labels, "oak"), CR_OK);
  assert_int_equal(cr_strlist_add(&model->encoder->inputs[0].labels, "elm"), CR_OK);
  check_invalid(model, "column \"length\" gives 1 values, expected 2");

  model = regressor();
  cr_input *input = &model->encoder->inputs[0];
  input->type = CR_COLUMN_TEXT;
  assert_int_equal(cr_strlist_add(&input->labels, "oak"), CR_OK);
  assert_int_equal(cr_strlist_add(&input->labels, "oak"), CR_OK);
  input->width = 2;
  check_wider(model, "two labels are \"oak\"");

  model = regressor();
  input = &model->encoder->inputs[0];
  input->gaps = CR_GAPS_MARKED;
  input->width = 2;
  input->fill = 1e300;
  input->scale = 1e-9;
  check_wider(model, "the fill of column \"length\" is no number this network can take");

  model = regressor();
  model->encoder->inputs[0].gaps = CR_GAPS_MARKED;
  check_invalid(model, "column \"length\" gives 1 values, expected 2");

  model = regressor();
  model->encoder->inputs[0].type = CR_COLUMN_IMAGE;
  check_invalid(model, "column \"length\" gives 1 values, expected 0");

  model = regressor();
  model->encoder->width = 3;
  check_invalid(model, "the network takes 2 inputs, its columns give 3");

  model = regressor();
  model->encoder->inputs[1].column = 3;
  check_invalid(model, "column \"width, in \"mm\"\" has the place 3 of 3 columns");

  model = regressor();
  strcpy(model->encoder->inputs[1].name, model->encoder->inputs[0].name);
  check_invalid(model, "two input columns are \"length\"");
}

static void test_labels(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  assert_int_equal(cr_model_validate(model, ""), CR_OK);
  strcpy(model->encoder->labels.items[2], "oak");
  check_invalid(model, "two labels are \"oak\"");
}

static void test_labels_that_are_one_number(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  strcpy(model->encoder->labels.items[0], "1");
  strcpy(model->encoder->labels.items[1], "01");
  assert_int_equal(cr_model_validate(model, ""), CR_OK); /* texts: the third is no number */
  strcpy(model->encoder->labels.items[2], "2");
  check_invalid(model, "the labels \"1\" and \"01\" are the same number");
}

static void test_too_many_labels(void **state) {
  (void)state;
  cr_model *model = NULL;
  char names[1001][8];
  const char *labels[1001];
  for (size_t k = 0; k < 1001; k++) {
    snprintf(names[k], sizeof names[k], "t%zu", k);
    labels[k] = names[k];
  }
  cr_model_options options;
  cr_model_options_init(&options);
  options.labels = labels;
  for (size_t count = 1000; count <= 1001; count++) {
    cr_net *net = NULL;
    options.label_count = count;
    assert_int_equal(cr_net_create(count == 1000 ? "1-1000:softmax" : "1-1001:softmax", &net),
                     CR_OK);
    assert_int_equal(cr_model_from_net(net, &options, &model),
                     count == 1000 ? CR_OK : CR_ERR_ARGUMENT);
    cr_net_destroy(net);
    cr_model_destroy(model);
  }
  assert_string_equal(cr_last_error()->message, "found 1001 labels, expected at most 1000");
}

static void test_output_of_labels(void **state) {
  (void)state;
  static const char *const labels[] = {"a", "b"};
  cr_model *model = NULL;
  cr_net *net = NULL;
  cr_model_options options;
  cr_model_options_init(&options);
  options.labels = labels;
  options.label_count = 2;
  assert_int_equal(cr_net_create("1-2:linear", &net), CR_OK);
  assert_int_equal(cr_model_from_net(net, &options, &model), CR_ERR_ARGUMENT);
  assert_string_equal(cr_last_error()->message,
                      "the network's output is linear, expected sigmoid or softmax for labels");
  cr_net_destroy(net);
}

static cr_model *multilabel(void) {
  cr_model *model = NULL;
  assert_int_equal(fixture_multilabel(&model), CR_OK);
  assert_int_equal(cr_model_validate(model, ""), CR_OK);
  return model;
}

static void change_loss(cr_model *model, const char *name) {
  assert_int_equal(cr_loss_find(name, &model->loss), CR_OK);
}

static void change_net(cr_model *model, const char *spec) {
  cr_net_destroy(model->net);
  model->net = NULL;
  assert_int_equal(cr_net_create(spec, &model->net), CR_OK);
}

static void test_several_targets(void **state) {
  (void)state;
  cr_model *model = multilabel();
  strcpy(model->encoder->labels.items[1], "dry");
  check_invalid(model, "two labels are \"dry\"");

  model = multilabel();
  strcpy(model->encoder->labels.items[1], "length");
  check_invalid(model, "two columns are \"length\"");

  model = multilabel();
  model->encoder->label_columns[1] = 5;
  check_invalid(model, "column \"old, or \"not\"\" has the place 5 of 5 columns");

  model = multilabel();
  model->encoder->label_columns[1] = 3;
  check_invalid(model, "two columns have the place 3");

  model = multilabel();
  model->encoder->label_columns[1] = 0; /* that of an input */
  check_invalid(model, "two columns have the place 0");

  model = multilabel();
  model->encoder->labels.items[0][0] = '\x80';
  check_invalid(model, "a label is not valid UTF-8 from byte 0 on");

  model = multilabel();
  model->encoder->weight[0] = '\xff';
  check_invalid(model, "the name of the weight is not valid UTF-8 from byte 0 on");
}

static void test_output_of_several_targets(void **state) {
  (void)state;
  cr_model *model = multilabel();
  change_loss(model, "squared");
  check_invalid(model,
                "output sigmoid with loss squared, expected sigmoid with "
                "binary_cross_entropy for several targets");

  model = multilabel();
  change_net(model, "2-2:softmax");
  check_invalid(model,
                "output softmax with loss binary_cross_entropy, expected sigmoid with "
                "binary_cross_entropy for several targets");

  model = multilabel();
  change_net(model, "2-1:sigmoid"); /* enough for two classes, not for two labels */
  check_invalid(model, "the network has 1 outputs, expected 2, one for each label");
}

static void test_scores(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(fixture_scores(&model), CR_OK);
  assert_int_equal(cr_model_validate(model, ""), CR_OK);
  change_net(model, "2-2:linear");
  assert_int_equal(cr_model_validate(model, ""), CR_OK);
  change_loss(model, "half_squared");
  check_invalid(model, "the network's output is linear, expected sigmoid or softmax for labels");

  assert_int_equal(fixture_scores(&model), CR_OK);
  change_net(model, "2-1:tanh");
  check_invalid(model, "the network's output is tanh, expected sigmoid or softmax for labels");
}

static void test_first_not_finite(void **state) {
  (void)state;
  const float values[] = {0, -1e38f, NAN, INFINITY};
  assert_int_equal(cr_first_not_finite(values, 2), 2);
  assert_int_equal(cr_first_not_finite(values, 4), 2);
  assert_int_equal(cr_first_not_finite(values + 3, 1), 0);
  assert_int_equal(cr_first_not_finite(NULL, 0), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_labels_that_are_one_number),
      cmocka_unit_test(test_too_many_labels),
      cmocka_unit_test(test_output_of_labels),
      cmocka_unit_test(test_scaling),
      cmocka_unit_test(test_columns),
      cmocka_unit_test(test_labels),
      cmocka_unit_test(test_several_targets),
      cmocka_unit_test(test_output_of_several_targets),
      cmocka_unit_test(test_scores),
      cmocka_unit_test(test_first_not_finite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
