/* Networks made by hand become models that can be saved, loaded and used. */
#include <stdio.h>
#include <unistd.h>

#include "counting_allocator.h"
#include "model/trained.h"
#include "support.h"

/* relu(x1 + x2) - 2 relu(x1 + x2 - 1) is x1 xor x2; the sigmoid makes it sure. */
static const float xor_parameters[] = {1, 1, 1, 1, 20, -40, 0, -1, -10};
static const float xor_inputs[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};

static cr_net *net_of(const char *spec, const float *parameters) {
  cr_net *net = NULL;
  assert_int_equal(cr_net_create(spec, &net), CR_OK);
  memcpy(cr_net_parameters(net), parameters, cr_net_parameter_count(net) * sizeof *parameters);
  return net;
}

static cr_table *xor_table(const char *const *names) {
  cr_table *table = NULL;
  assert_int_equal(cr_table_from_matrix((cr_const_matrix){xor_inputs[0], 4, 2, 2}, names, &table),
                   CR_OK);
  return table;
}

static void predicts_xor(const cr_model *model, const char *const *names) {
  cr_predictions *predictions = NULL;
  cr_table *table = xor_table(names);
  if (cr_model_predict(model, table, NULL, &predictions) != CR_OK)
    fail_msg("%s", cr_last_error()->message);
  assert_null(cr_predictions_warning(predictions, 0));
  for (size_t row = 0; row < 4; row++) {
    double sure = 0;
    assert_int_equal(cr_predictions_class(predictions, row, &sure), row == 1 || row == 2);
    assert_true(sure > 0.99);
  }
  cr_predictions_destroy(predictions);
  cr_table_destroy(table);
}

/* Saved and loaded again. */
static cr_model *copy_of(cr_model *model) {
  char path[] = "/tmp/chainrule-from-net-XXXXXX";
  const int file = mkstemp(path);
  cr_model *loaded = NULL;
  assert_true(file >= 0);
  close(file);
  assert_int_equal(cr_model_save(model, path), CR_OK);
  assert_int_equal(cr_model_load(path, &loaded), CR_OK);
  unlink(path);
  return loaded;
}

static void xor_by_hand(void **state) {
  (void)state;
  static const char *const names[] = {"left", "right"}, *const labels[] = {"same", "different"};
  cr_model_options options;
  cr_model_options_init(&options);
  options.labels = labels;
  options.label_count = 2;
  for (int named = 0; named < 2; named++) {
    cr_net *net = net_of("2-2:relu-1:sigmoid", xor_parameters);
    cr_model *model = NULL;
    options.inputs = named ? names : NULL;
    assert_int_equal(cr_model_from_net(net, &options, &model), CR_OK);
    memset(cr_net_parameters(net), 0, 9 * sizeof(float)); /* the model has its own */
    cr_net_destroy(net);
    predicts_xor(model, options.inputs);
    cr_model *loaded = copy_of(model);
    predicts_xor(loaded, options.inputs);
    assert_string_equal(cr_model_label(loaded, 1), "different");
    cr_model_destroy(loaded);
    cr_model_destroy(model);
  }
}

/* Without options: x1 …, a number y, everything as it is, and the loss of the output. */
static void what_is_open_is_chosen(void **state) {
  (void)state;
  static const float parameters[] = {2, 3, 0.5F};
  static const struct {
    const char *spec, *loss;
  } outputs[] = {{"2-1:linear", "half_squared"}, {"2-1:sigmoid", "binary_cross_entropy"}};
  for (size_t i = 0; i < 2; i++) {
    cr_net *net = net_of(outputs[i].spec, parameters);
    cr_model *model = NULL;
    assert_int_equal(cr_model_from_net(net, NULL, &model), CR_OK);
    const cr_model_info *info = cr_model_get_info(model);
    assert_string_equal(info->loss, outputs[i].loss);
    assert_string_equal(info->task, "regression");
    assert_string_equal(info->target, "y");
    assert_true(info->target_shift == 0 && info->target_scale == 1);
    const cr_model_input *input = cr_model_input_at(model, 1);
    assert_non_null(input);
    assert_string_equal(input->name, "x2");
    assert_true(input->shift == 0 && input->scale == 1);
    cr_model_destroy(model);
    cr_net_destroy(net);
  }
}

/* 4 ((3 - 1) / 2 + 3 (10 - 4) / 3 + 0.5) + 100 */
static void values_are_scaled(void **state) {
  (void)state;
  static const float parameters[] = {1, 3, 0.5F};
  const double shifts[] = {1, 4}, scales[] = {2, 3}, row[] = {3, 10};
  cr_net *net = net_of("2-1:linear", parameters);
  cr_model *model = NULL;
  cr_predictor *predictor = NULL;
  cr_model_options options;
  cr_model_options_init(&options);
  options.shifts = shifts;
  options.scales = scales;
  options.target = "price";
  options.target_shift = 100;
  options.target_scale = 4;
  options.loss = "squared";
  assert_int_equal(cr_model_from_net(net, &options, &model), CR_OK);
  cr_model *loaded = copy_of(model);
  double value = 0;
  assert_int_equal(cr_predictor_create(loaded, &predictor), CR_OK);
  assert_int_equal(cr_predictor_run(predictor, row, 2, &value, 1), CR_OK);
  assert_close(value, 130, 0);
  cr_predictor_destroy(predictor);
  cr_model_destroy(loaded);
  cr_model_destroy(model);
  cr_net_destroy(net);
}

static void refuses(const cr_net *net, const cr_model_options *options, cr_status status,
                    const char *message) {
  cr_model *model = NULL;
  assert_int_equal(cr_model_from_net(net, options, &model), status);
  assert_null(model);
  if (!strstr(cr_last_error()->message, message)) fail_msg("%s", cr_last_error()->message);
}

static void what_no_model_can_have_is_refused(void **state) {
  (void)state;
  static const char *const same[] = {"a", "a"}, *const labels[] = {"a", "b", "c"};
  const double zero[] = {1, 0}, infinite[] = {0, (double)INFINITY};
  cr_net *net = net_of("2-2:relu-1:sigmoid", xor_parameters);
  cr_model_options start, options;
  cr_model_options_init(&start);
  options = start;
  options.inputs = same;
  refuses(net, &options, CR_ERR_ARGUMENT, "two input columns are \"a\"");
  options = start;
  options.scales = zero;
  refuses(net, &options, CR_ERR_ARGUMENT, "the scale of column \"x2\" is 0");
  options = start;
  options.shifts = infinite;
  refuses(net, &options, CR_ERR_ARGUMENT, "the shift of column \"x2\" is not finite");
  options = start;
  options.target_scale = 0;
  refuses(net, &options, CR_ERR_ARGUMENT, "the scale of column \"y\" is 0");
  options = start;
  options.labels = labels;
  options.label_count = 3;
  refuses(net, &options, CR_ERR_SHAPE, "1 output");
  options.label_count = 0;
  refuses(net, &options, CR_ERR_SHAPE, "found 0 labels");
  options.labels = same;
  options.label_count = 2;
  refuses(net, &options, CR_ERR_ARGUMENT, "two labels are \"a\"");
  options = start;
  options.loss = "cross_entropy";
  refuses(net, &options, CR_ERR_COMBINATION, "cross_entropy");
  options.loss = "squarred";
  refuses(net, &options, CR_ERR_ARGUMENT, "squarred");
  options = start;
  options.struct_size = 1;
  refuses(net, &options, CR_ERR_ARGUMENT, "");
  cr_net_parameters(net)[4] = NAN;
  refuses(net, NULL, CR_ERR_ARGUMENT, "layers.1.weight[0,0] is not finite");
  cr_net_destroy(net);
  net = net_of("2-3:linear", xor_parameters);
  refuses(net, NULL, CR_ERR_SHAPE, "3 outputs");
  cr_net_destroy(net);
}

static void without_memory(void **state) {
  (void)state;
  static const char *const names[] = {"left", "right"}, *const labels[] = {"same", "different"};
  cr_model_options options;
  cr_model_options_init(&options);
  options.inputs = names;
  options.labels = labels;
  options.label_count = 2;
  counting_start();
  cr_net *net = net_of("2-2:relu-1:sigmoid", xor_parameters);
  const size_t before = counting.live;
  size_t refused = 0;
  for (cr_status status = CR_ERR_MEMORY; status != CR_OK; refused++) {
    cr_model *model = NULL;
    counting_fail_at(refused + 1, false);
    status = cr_model_from_net(net, &options, &model);
    assert_true(status == CR_OK || (status == CR_ERR_MEMORY && model == NULL));
    cr_model_destroy(model);
    assert_int_equal(counting.live, before);
  }
  cr_net_destroy(net);
  counting_stop();
  assert_true(refused > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(xor_by_hand),       cmocka_unit_test(what_is_open_is_chosen),
      cmocka_unit_test(values_are_scaled), cmocka_unit_test(what_no_model_can_have_is_refused),
      cmocka_unit_test(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
