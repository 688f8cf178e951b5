/* Explanations through the public interface: steps, forms, options, and every want of memory. */
#include "explain/explanation.h"

#include "counting_allocator.h"
#include "fixture.h"

static cr_explanation *explain(const fixture *f, const char *weight, const char *layout) {
  cr_explain_options options;
  cr_explanation *e = NULL;
  cr_explain_options_init(&options);
  options.weight = weight;
  options.layout = layout;
  assert_int_equal(cr_explain_net(f->net, NULL, f->x_view, f->y_view, &options, &e), CR_OK);
  return e;
}

static const cr_explain_step *find(const cr_explanation *e, const char *name, size_t layer) {
  const cr_explain_step *step;
  for (size_t i = 0; (step = cr_explanation_step(e, i)); i++) {
    if (strcmp(step->name, name) == 0 && step->layer == layer) return step;
  }
  fail_msg("no step %s", name);
  return NULL;
}

/* (eq F1, B3) worked out again from what is given */
static void steps_hold_the_numbers(void **state) {
  (void)state;
  fixture f;
  fixture_create("4-3:tanh-2:sigmoid", &f);
  cr_explanation *e = explain(&f, NULL, "columns");
  const cr_explain_step *z = find(e, "Z", 0), *dw = find(e, "dW", 0), *dz = find(e, "dZ", 0);
  const cr_layer *layer = cr_net_layer(f.net, 0);
  double expected = (double)layer->bias.data[1], gradient = 0.0;
  for (size_t i = 0; i < 4; i++)
    expected += (double)f.x[2 * 4 + i] * (double)layer->weight.data[i * 3 + 1];
  for (size_t r = 0; r < FIXTURE_ROWS; r++)
    gradient += (double)f.x[r * 4 + 3] * dz->values[r * 3 + 2];
  assert_int_equal(z->rows, FIXTURE_ROWS);
  assert_int_equal(z->cols, 3);
  assert_close(z->values[2 * 3 + 1], expected, 1e-12);
  assert_close(dw->values[3 * 3 + 2], gradient, 1e-12);
  assert_string_equal(z->symbol, "Z1");
  assert_string_equal(z->formula, "W1 X + b1");
  assert_null(cr_explanation_step(e, 1000));
  cr_explanation_destroy(e);
  cr_net_destroy(f.net);
}

static void sections_and_steps_stand_alone(void **state) {
  (void)state;
  fixture f;
  cr_render_options options;
  const char *text = NULL;
  fixture_create("2-2:relu-1:sigmoid", &f);
  cr_explanation *e = explain(&f, NULL, "rows");
  cr_render_options_init(&options);
  options.section = "loss";
  options.unlabelled = true;
  assert_int_equal(cr_explanation_render(e, &options, &text), CR_OK);
  assert_null(strstr(text, "Loss"));
  assert_non_null(strstr(text, "L = "));
  options.section = "nowhere";
  assert_int_equal(cr_explanation_render(e, &options, &text), CR_ERR_ARGUMENT);
  assert_non_null(
      strstr(cr_last_error()->message, "formulas, given, forward, loss, backward, update"));
  options.section = NULL;
  options.hide_results = true;
  assert_int_equal(cr_explanation_render_step(e, 6, &options, &text), CR_OK);
  assert_non_null(strstr(text, "Z1 = X W1 + b1 = ?"));
  assert_int_equal(cr_explanation_render_step(e, 1000, &options, &text), CR_ERR_ARGUMENT);
  cr_explanation_destroy(e);
  cr_net_destroy(f.net);
}

static void options_that_are_not_there_are_named(void **state) {
  (void)state;
  fixture f;
  cr_explain_options options;
  cr_render_options form;
  cr_explanation *e = NULL;
  const char *text = NULL;
  fixture_create("2-2:tanh-1:sigmoid", &f);
  cr_explain_options_init(&options);
  options.layout = "diagonal";
  assert_int_equal(cr_explain_net(f.net, NULL, f.x_view, f.y_view, &options, &e), CR_ERR_ARGUMENT);
  cr_explain_options_init(&options);
  options.rows = (const size_t[]){0, 3};
  options.row_count = 2;
  assert_int_equal(cr_explain_net(f.net, NULL, f.x_view, f.y_view, &options, &e), CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->message, "no row 4"));
  assert_null(e);
  e = explain(&f, NULL, "rows");
  cr_render_options_init(&form);
  form.format = "pdf";
  assert_int_equal(cr_explanation_render(e, &form, &text), CR_ERR_ARGUMENT);
  cr_render_options_init(&form);
  form.digits = 16;
  assert_int_equal(cr_explanation_render(e, &form, &text), CR_ERR_ARGUMENT);
  cr_render_options_init(&form);
  form.width = 3;
  assert_int_equal(cr_explanation_render(e, &form, &text), CR_ERR_ARGUMENT);
  cr_explanation_destroy(e);
  cr_net_destroy(f.net);
}

static void nothing_but_ascii_where_it_is_asked_for(void **state) {
  (void)state;
  fixture f;
  cr_render_options options;
  const char *text = NULL;
  fixture_create("2-2:relu-1:sigmoid", &f);
  cr_explanation *e = explain(&f, "W1[1,1]", "rows");
  cr_render_options_init(&options);
  options.ascii = true;
  assert_int_equal(cr_explanation_render(e, &options, &text), CR_OK);
  for (; *text != '\0'; text++) assert_true((unsigned char)*text < 0x80);
  cr_explanation_destroy(e);
  cr_net_destroy(f.net);
}

/* Explains and writes; false where memory ran out, and nothing is left behind then. */
static bool run(const fixture *f, const char *weight, const char *format) {
  cr_explain_options options;
  cr_render_options form;
  cr_explanation *e = NULL;
  const char *text = NULL;
  cr_explain_options_init(&options);
  cr_render_options_init(&form);
  options.weight = weight;
  form.format = format;
  cr_status status = cr_explain_net(f->net, NULL, f->x_view, f->y_view, &options, &e);
  if (status == CR_OK) status = cr_explanation_render(e, &form, &text);
  cr_explanation_destroy(e);
  if (status != CR_OK) assert_int_equal(status, CR_ERR_MEMORY);
  return status == CR_OK;
}

/* Each allocation fails, alone or with all after it: an error without a leak, never a text with a
 * hole in it. */
static void every_want_of_memory_is_clean(void **state) {
  (void)state;
  static const char *const formats[] = {"text", "md", "latex", "html", "json"};
  fixture f;
  fixture_create("2-2:relu-2:softmax", &f);
  for (size_t i = 0; i < 2 * sizeof formats / sizeof *formats; i++) {
    const char *weight = i / 2 % 2 == 0 ? "W1[2,1]" : NULL;
    bool done = false;
    for (size_t n = 1; !done; n++) {
      counting_start();
      counting_fail_at(n, i % 2 == 0);
      done = run(&f, weight, formats[i / 2]);
      assert_int_equal(counting.live, 0);
      if (done) assert_int_equal(counting.refused, 0);
      counting_stop();
    }
  }
  cr_net_destroy(f.net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steps_hold_the_numbers),
      cmocka_unit_test(sections_and_steps_stand_alone),
      cmocka_unit_test(options_that_are_not_there_are_named),
      cmocka_unit_test(nothing_but_ascii_where_it_is_asked_for),
      cmocka_unit_test(every_want_of_memory_is_clean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
