/* The model as an object: what fits together, what is told of it, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model_fixture.h"

static void test_create_refuses_what_does_not_fit(void **state) {
  (void)state;
  static const char *const two[] = {"a", "b", NULL};
  static const struct {
    const char *network, *loss;
    const char *const *labels;
    cr_status status;
    const char *message;
  } cases[] = {
      {"3-1:linear", "half_squared", NULL, CR_ERR_SHAPE, "takes 3 inputs, its columns give 2"},
      {"2-2:linear", "half_squared", NULL, CR_ERR_SHAPE, "has 2 outputs, expected 1"},
      {"2-3:softmax", "cross_entropy", two, CR_ERR_SHAPE, "expected 2 or 1 for 2 labels"},
      {"2-1:sigmoid", "cross_entropy", fixture_labels, CR_ERR_SHAPE, "expected 3, one for each"},
      {"2-1:linear", "magic", NULL, CR_ERR_ARGUMENT, "magic"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cr_model *model = NULL;
    assert_int_equal(fixture_model(cases[i].network, cases[i].loss, cases[i].labels, &model),
                     cases[i].status);
    assert_non_null(strstr(cr_last_error()->message, cases[i].message));
    assert_null(model);
  }
}

/* Labels that would be numbers, were they read without a word on them. */
static void test_type_of_labels(void **state) {
  (void)state;
  static const char *const shares[] = {"5%", "10%", "20%", NULL};
  static const char *const plain[] = {"5", "1e3", "x", NULL};
  cr_model *model = NULL;
  assert_int_equal(fixture_model("2-3:softmax", "cross_entropy", shares, &model), CR_OK);
  assert_string_equal(cr_model_get_info(model)->target_type, "category");
  cr_model_destroy(model);
  assert_int_equal(fixture_model("2-3:softmax", "cross_entropy", plain, &model), CR_OK);
  assert_null(cr_model_get_info(model)->target_type);
  cr_model_destroy(model);
}

static void test_info(void **state) {
  (void)state;
  cr_model *model = NULL;
  const cr_model_info *info;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  info = cr_model_get_info(model);
  assert_string_equal(info->network, "2-3:tanh-3:softmax");
  assert_string_equal(info->loss, "cross_entropy");
  assert_string_equal(info->task, "classification");
  assert_null(info->target_type);
  assert_string_equal(info->target, "kind");
  assert_string_equal(info->training, "{}");
  assert_string_equal(info->sha256, "");
  assert_int_equal(info->input_columns, 2);
  assert_int_equal(info->classes, 3);
  assert_string_equal(cr_model_label(model, 0), "oak");
  assert_string_equal(cr_model_label(model, 2), "tab\there");
  assert_null(cr_model_label(model, 3));
  cr_model_destroy(model);

  assert_int_equal(fixture_regressor(&model), CR_OK);
  info = cr_model_get_info(model);
  assert_string_equal(info->task, "regression");
  assert_int_equal(info->classes, 0);
  assert_string_equal(info->target_type, "digits");
  assert_false(cr_model_input_at(model, 0)->amounts);
  assert_float_equal(info->target_shift, 100.5, 0);
  assert_float_equal(info->target_scale, 8, 0);
  assert_null(cr_model_label(model, 0));
  cr_model_destroy(model);
  cr_model_destroy(NULL);
}

static void test_inputs(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(fixture_image_model(&model), CR_OK);
  const cr_model_input *input = cr_model_input_at(model, 0);
  assert_non_null(input);
  assert_string_equal(input->name, "length");
  assert_int_equal(input->type, CR_COLUMN_IMAGE);
  assert_int_equal(input->width, 4);
  assert_int_equal(input->height, 2);
  assert_int_equal(input->image_width, 2);
  assert_int_equal(input->channels, 1);
  assert_float_equal(input->scale, 255, 0);
  assert_null(cr_model_input_at(model, 1));
  cr_model_destroy(model);
}

static void test_training_is_a_json_object(void **state) {
  (void)state;
  static const char *const wrong[] = {"",           "{", "[]", "1", "{}x", "{\"a\":1,\"a\":2}",
                                      "{\"a\":nan}"};
  cr_model *model = NULL;
  assert_int_equal(fixture_regressor(&model), CR_OK);
  assert_int_equal(cr_model_set_training(model, "{\"epochs\":5}"), CR_OK);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_int_equal(cr_model_set_training(model, wrong[i]), CR_ERR_ARGUMENT);
  const cr_model_info *info = cr_model_get_info(model);
  assert_string_equal(info->training, "{\"epochs\":5}");
  cr_model_destroy(model);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_create_refuses_what_does_not_fit),
      cmocka_unit_test(test_info),
      cmocka_unit_test(test_type_of_labels),
      cmocka_unit_test(test_inputs),
      cmocka_unit_test(test_training_is_a_json_object),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
