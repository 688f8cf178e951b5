/* What can be explained: cases, networks, samples of a model, rows of a table; and what cannot. */
#include "chainrule/explain.h"

#include "base/strbuf.h"
#include "fixture.h"

static const char bare[] =
    "{\"layers\": [1, 1], \"activations\": [\"linear\"], \"loss\": \"squared\", \"reduction\": "
    "\"sum\", \"X\": [[4]], \"Y\": [[1]], \"W\": [[[0.5]]], \"b\": [[0.25]]%s}";

static const cr_explain_step *find(const cr_explanation *e, const char *name) {
  const cr_explain_step *step;
  for (size_t i = 0; (step = cr_explanation_step(e, i)); i++) {
    if (strcmp(step->name, name) == 0) return step;
  }
  fail_msg("no step %s", name);
  return NULL;
}

/* z = 4 · 0.5 + 0.25; L = 1.25², dw = 4 · 2 · 1.25, and with rate 0.1 the weight is −0.5 */
static void a_case_needs_no_expectation(void **state) {
  (void)state;
  char text[512];
  cr_explanation *e = NULL;
  snprintf(text, sizeof text, bare, "");
  assert_int_equal(cr_explain_case_text("bare.json", text, strlen(text), NULL, &e), CR_OK);
  assert_close(find(e, "Z")->values[0], 2.25, 0);
  assert_close(find(e, "data_loss")->values[0], 1.5625, 0);
  assert_close(find(e, "dW")->values[0], 10, 0);
  assert_close(find(e, "new_W")->values[0], -0.5, 1e-15);
  cr_explanation_destroy(e);
}

static void the_rate_is_that_of_the_case_or_the_caller(void **state) {
  (void)state;
  char text[512];
  cr_explain_options options;
  cr_explanation *e = NULL;
  snprintf(text, sizeof text, bare, ", \"lr\": 0.2");
  assert_int_equal(cr_explain_case_text("bare.json", text, strlen(text), NULL, &e), CR_OK);
  assert_close(find(e, "new_W")->values[0], -1.5, 1e-15);
  cr_explanation_destroy(e);
  cr_explain_options_init(&options);
  options.learning_rate = 0.01;
  assert_int_equal(cr_explain_case_text("bare.json", text, strlen(text), &options, &e), CR_OK);
  assert_close(find(e, "new_W")->values[0], 0.4, 1e-15);
  cr_explanation_destroy(e);
}

static void what_does_not_fit_is_refused(void **state) {
  (void)state;
  fixture f;
  cr_model *model = NULL;
  cr_explanation *e = NULL;
  const double x[] = {1, 2, 3}, y[] = {1};
  fixture_create("3-2:tanh-1:linear", &f);
  assert_int_equal(cr_model_from_net(f.net, NULL, &model), CR_OK);
  assert_int_equal(cr_explain_sample(model, x, 2, y, 1, NULL, &e), CR_ERR_SHAPE);
  assert_int_equal(cr_explain_sample(model, x, 3, y, 2, NULL, &e), CR_ERR_SHAPE);
  assert_int_equal(cr_explain_sample(model, x, 3, y, 1, NULL, &e), CR_OK);
  cr_explanation_destroy(e);
  f.x_view.cols = 2;
  assert_int_equal(cr_explain_net(f.net, NULL, f.x_view, f.y_view, NULL, &e), CR_ERR_SHAPE);
  assert_int_equal(cr_explain_case_text("no.json", "{}", 2, NULL, &e), CR_ERR_CASE);
  assert_null(e);
  cr_model_destroy(model);
  cr_net_destroy(f.net);
}

/* A table goes through the model's preparation: (value − 2) / 4. */
static void rows_of_a_table_are_prepared(void **state) {
  (void)state;
  static const char csv[] = "a,b,y\n6,2,1\n10,-2,5\nx,1,1\n";
  static const double shifts[] = {2, 2}, scales[] = {4, 4};
  static const char *const names[] = {"a", "b"};
  fixture f;
  cr_model_options made;
  cr_model *model = NULL;
  cr_table *table = NULL;
  cr_explanation *e = NULL;
  cr_explain_options options;
  fixture_create("2-2:tanh-1:linear", &f);
  cr_model_options_init(&made);
  made.inputs = names;
  made.shifts = shifts;
  made.scales = scales;
  assert_int_equal(cr_model_from_net(f.net, &made, &model), CR_OK);
  assert_int_equal(cr_table_parse("t.csv", csv, strlen(csv), NULL, &table), CR_OK);
  cr_explain_options_init(&options);
  options.rows = (const size_t[]){1};
  options.row_count = 1;
  assert_int_equal(cr_explain_table(model, table, &options, &e), CR_OK);
  assert_close(find(e, "X")->values[0], 2, 0);
  assert_close(find(e, "X")->values[1], -1, 0);
  assert_close(find(e, "Y")->values[0], 5, 0);
  cr_explanation_destroy(e);
  options.rows = (const size_t[]){2};
  assert_int_equal(cr_explain_table(model, table, &options, &e), CR_ERR_NUMBER);
  assert_non_null(strstr(cr_last_error()->message, "row 3"));
  cr_table_destroy(table);
  cr_model_destroy(model);
  cr_net_destroy(f.net);
}

/* Of a name that is too long whole characters remain, in every format. */
static void long_names_are_cut_between_characters(void **state) {
  (void)state;
  static const char *const formats[] = {"text", "md", "latex", "html", "json"};
  char even[201], odd[202] = "x";
  for (size_t i = 0; i < 200; i += 2) memcpy(even + i, "é", 3);
  memcpy(odd + 1, even, sizeof even);
  const char *const names[] = {even, odd};
  const double x[] = {0.5, -2}, y[] = {1};
  char csv[512];
  snprintf(csv, sizeof csv, "%s,%s,y\n%g,%g,%g\n", even, odd, x[0], x[1], y[0]);
  fixture f;
  cr_model_options made;
  cr_model *model = NULL;
  cr_table *table = NULL;
  fixture_create("2-2:tanh-1:linear", &f);
  cr_model_options_init(&made);
  made.inputs = names;
  assert_int_equal(cr_model_from_net(f.net, &made, &model), CR_OK);
  assert_int_equal(cr_table_parse("t.csv", csv, strlen(csv), NULL, &table), CR_OK);
  for (size_t i = 0; i < 2 * sizeof formats / sizeof *formats; i++) {
    cr_explain_options options;
    cr_render_options form;
    cr_explanation *e = NULL;
    const char *text = NULL;
    size_t bad = 0;
    cr_explain_options_init(&options);
    cr_render_options_init(&form);
    options.weight = i % 2 ? "W1[2,1]" : "W1[1,1]";
    form.format = formats[i / 2];
    assert_int_equal(cr_explain_table(model, table, &options, &e), CR_OK);
    assert_int_equal(cr_explanation_render(e, &form, &text), CR_OK);
    assert_true(cr_text_is_utf8(text, strlen(text), &bad));
    cr_explanation_destroy(e);
  }
  cr_table_destroy(table);
  cr_model_destroy(model);
  cr_net_destroy(f.net);
}

static bool says(const cr_explanation *e, const char *sentence) {
  cr_render_options form;
  const char *text = NULL;
  cr_render_options_init(&form);
  form.width = 1000;
  assert_int_equal(cr_explanation_render((cr_explanation *)e, &form, &text), CR_OK);
  return strstr(text, sentence) != NULL;
}

/* a Σ y − y is a − y only where Σ y is 1 */
static void targets_that_do_not_add_up_are_told(void **state) {
  (void)state;
  static const char form[] =
      "{\"layers\": [1, 2], \"activations\": [\"softmax\"], \"loss\": \"cross_entropy\", "
      "\"reduction\": \"sum\", \"X\": [[4]], \"Y\": [[%s]], \"W\": [[[0.5, -0.25]]], "
      "\"b\": [[0.25, 0]]}";
  for (size_t i = 0; i < 2; i++) {
    char text[400];
    cr_explanation *e = NULL;
    snprintf(text, sizeof text, form, i == 0 ? "0.25, 0.75" : "0.3, 0.3");
    assert_int_equal(cr_explain_case_text("t.json", text, strlen(text), NULL, &e), CR_OK);
    assert_true(says(e, "cancel to this difference"));
    assert_int_equal(says(e, "do not add up to 1"), i == 1);
    cr_explanation_destroy(e);
  }
}

/* 3^700 paths: more than a double counts, each of 1401 factors. */
static void more_paths_than_numbers(void **state) {
  (void)state;
  enum { LAYERS = 700 };
  char spec[16 * LAYERS] = "3", *at = spec + 1;
  for (size_t l = 0; l < LAYERS; l++)
    at += snprintf(at, (size_t)(spec + sizeof spec - at), "-3:linear");
  fixture f;
  cr_explain_options options;
  cr_explanation *e = NULL;
  fixture_create(spec, &f);
  /* a path is 2^-700, and the outputs are 1.5^700 */
  for (size_t i = 0; i < cr_net_parameter_count(f.net); i++) cr_net_parameters(f.net)[i] = 0.5f;
  cr_explain_options_init(&options);
  options.weight = "W1[1,1]";
  options.top = 2;
  assert_int_equal(cr_explain_net(f.net, NULL, f.x_view, f.y_view, &options, &e), CR_OK);
  assert_true(says(e, "and more paths than a number holds, together"));
  assert_true(says(e, "Each path has 1401 factors, too many to list."));
  assert_false(says(e, "factor by factor:"));
  cr_explanation_destroy(e);
  cr_net_destroy(f.net);
}

/* Raw numbers are prepared as a row of a table with them: (value − 2) / 4, and y too. */
static void a_sample_is_prepared_as_a_row(void **state) {
  (void)state;
  static const char csv[] = "a,b,y\n6,3,11\n", bare_csv[] = "a,b\n6,3\n";
  static const double shifts[] = {2, 2}, scales[] = {4, 4}, raw[] = {6, 3}, wanted[] = {11};
  static const char *const names[] = {"a", "b"};
  fixture f;
  cr_model_options made;
  cr_model *model = NULL;
  cr_table *table = NULL, *inputs = NULL;
  cr_explanation *row = NULL, *sample = NULL, *forward = NULL;
  cr_predictor *predictor = NULL;
  double predicted = 0;
  fixture_create("2-2:tanh-1:linear", &f);
  cr_model_options_init(&made);
  made.inputs = names;
  made.shifts = shifts;
  made.scales = scales;
  made.target_shift = 7;
  made.target_scale = 8;
  assert_int_equal(cr_model_from_net(f.net, &made, &model), CR_OK);
  assert_int_equal(cr_table_parse("t.csv", csv, strlen(csv), NULL, &table), CR_OK);
  assert_int_equal(cr_table_parse("u.csv", bare_csv, strlen(bare_csv), NULL, &inputs), CR_OK);
  assert_int_equal(cr_explain_table(model, table, NULL, &row), CR_OK);
  assert_int_equal(cr_explain_sample(model, raw, 2, wanted, 1, NULL, &sample), CR_OK);
  assert_close(find(sample, "X")->values[0], 1, 0);
  assert_close(find(sample, "X")->values[1], 0.25, 0);
  assert_close(find(sample, "Y")->values[0], 0.5, 0);
  for (size_t i = 0; cr_explanation_step(row, i); i++)
    assert_close(cr_explanation_step(sample, i)->values[0], cr_explanation_step(row, i)->values[0],
                 0);
  assert_int_equal(cr_predictor_create(model, &predictor), CR_OK);
  assert_int_equal(cr_predictor_run(predictor, raw, 2, &predicted, 1), CR_OK);
  assert_close(find(sample, "answer")->values[0], predicted, 1e-5); /* floats of about 10 */
  /* without the target: the way forward, with the same numbers, and no weight */
  assert_int_equal(cr_explain_sample(model, raw, 2, NULL, 0, NULL, &forward), CR_OK);
  assert_close(find(forward, "answer")->values[0], find(sample, "answer")->values[0], 0);
  for (size_t i = 0; cr_explanation_step(forward, i); i++) {
    const char *section = cr_explanation_step(forward, i)->section;
    assert_true(strcmp(section, "given") == 0 || strcmp(section, "forward") == 0);
  }
  cr_explanation_destroy(forward);
  assert_int_equal(cr_explain_table(model, inputs, NULL, &forward), CR_OK);
  assert_close(find(forward, "answer")->values[0], find(row, "answer")->values[0], 0);
  assert_true(says(forward, "u.csv has no column y."));
  cr_explanation_destroy(forward);
  cr_explain_options options;
  cr_explain_options_init(&options);
  options.weight = "W1[1,1]";
  assert_int_equal(cr_explain_sample(model, raw, 2, NULL, 0, &options, &forward), CR_ERR_ARGUMENT);
  cr_explanation_destroy(row);
  cr_explanation_destroy(sample);
  cr_predictor_destroy(predictor);
  cr_table_destroy(inputs);
  cr_table_destroy(table);
  cr_model_destroy(model);
  cr_net_destroy(f.net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_case_needs_no_expectation),
      cmocka_unit_test(the_rate_is_that_of_the_case_or_the_caller),
      cmocka_unit_test(what_does_not_fit_is_refused),
      cmocka_unit_test(rows_of_a_table_are_prepared),
      cmocka_unit_test(long_names_are_cut_between_characters),
      cmocka_unit_test(targets_that_do_not_add_up_are_told),
      cmocka_unit_test(more_paths_than_numbers),
      cmocka_unit_test(a_sample_is_prepared_as_a_row),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
