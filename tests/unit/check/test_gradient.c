#include "check/gradient.h"

#include "counting_allocator.h"
#include "data/encode.h"
#include "support.h"

/* What is checked, on a few rows; a test may put a fault into any part of it. */
typedef struct setup {
  cr_net *net;
  cr_workspace *work;
  float *x, *y; /* (rows, inputs), (rows, outputs) */
  cr_gradient_job job;
} setup;

enum { ROWS = 5 };

static void set_up(const char *spec, cr_objective objective, size_t rows, setup *s) {
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = rows;
  assert_int_equal(cr_net_create(spec, &s->net), CR_OK);
  assert_int_equal(cr_net_initialize(s->net, NULL, 7), CR_OK);
  for (size_t i = s->net->weight_count; i < s->net->parameter_count; ++i) {
    s->net->parameters[i] = (float)uneven(i, 0.2);
  }
  assert_int_equal(cr_workspace_create(s->net, &options, &s->work), CR_OK);
  const size_t inputs = cr_net_inputs(s->net), outputs = cr_net_outputs(s->net);
  s->x = calloc(rows * inputs, sizeof(float));
  s->y = calloc(rows * outputs, sizeof(float));
  for (size_t i = 0; i < rows * inputs; ++i) s->x[i] = (float)uneven(3 * i + 1, 1.5);
  for (size_t r = 0; r < rows; ++r) s->y[r * outputs + (r + 1) % outputs] = 1.0f;
  s->job = (cr_gradient_job){.net = s->net,
                             .work = s->work,
                             .x = {s->x, rows, inputs, inputs},
                             .y = {s->y, rows, outputs, outputs}};
  cr_gradient_options_init(&s->job.options);
  assert_int_equal(cr_objective_resolve(s->net, &objective, &s->job.target), CR_OK);
}

static void tear_down(setup *s) {
  cr_workspace_destroy(s->work);
  cr_net_destroy(s->net);
  free(s->x);
  free(s->y);
}

static cr_objective objective_of(const char *loss) {
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = loss;
  return objective;
}

static cr_gradient_report *run(const setup *s) {
  cr_gradient_report *report = NULL;
  assert_int_equal(cr_gradient_run(&s->job, &report), CR_OK);
  return report;
}

static const cr_gradient_block *find(const cr_gradient_report *report, const char *name) {
  const cr_gradient_block *block;
  for (size_t i = 0; (block = cr_gradient_report_at(report, i)); ++i) {
    if (strcmp(block->name, name) == 0) return block;
  }
  fail_msg("no block %s", name);
  return NULL;
}

static void show(const cr_gradient_report *report) {
  const cr_gradient_block *b;
  for (size_t i = 0; (b = cr_gradient_report_at(report, i)); ++i) {
    print_message("%-11s %zu + %zu kinks  %.2e/%.1e  %.2e/%.1e  %s  %s  %s\n", b->name, b->checked,
                  b->kinks, b->error, b->tolerance, b->engine_error, b->engine_tolerance,
                  b->verdict, b->note, b->hint);
  }
}

/* The blocks that are wrong, as "W1 b1". */
static void assert_wrong(const cr_gradient_report *report, const char *names) {
  char found[256] = "";
  const cr_gradient_block *block;
  for (size_t i = 0; (block = cr_gradient_report_at(report, i)); ++i) {
    assert_int_equal(block->ok, block->note[0] == '\0');
    if (block->ok) continue;
    assert_string_equal(block->verdict, "wrong");
    snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s", *found ? " " : "",
             block->name);
  }
  if (strcmp(found, names) != 0) show(report);
  assert_string_equal(found, names);
  assert_int_equal(cr_gradient_report_ok(report), *names == '\0');
}

/* (eq D2) Worked out by hand: ||(1, 0)|| / (||(4, 4)|| + ||(3, 4)||). */
static void error_is_the_notes_measure(void **state) {
  (void)state;
  const double found[2] = {4, 4}, exact[2] = {3, 4}, none[2] = {0, 0};
  const double broken[2] = {1, (double)NAN};
  assert_close(cr_gradient_error(found, exact, 2), 1.0 / (5.656854249492381 + 5.0), 1e-15);
  assert_close(cr_gradient_error(exact, exact, 2), 0.0, 0.0);
  assert_close(cr_gradient_error(none, none, 2), 0.0, 0.0);
  assert_close(cr_gradient_error(none, exact, 2), 1.0, 1e-15);
  assert_true(cr_gradient_error(broken, exact, 2) > 1e300);
}

/* Faults, each a copy of a row of a table with one function replaced. */

static void doubled_backward(float *dz, const float *da, const float *z, const float *a,
                             size_t rows, size_t cols) {
  const cr_activation *right = NULL;
  assert_int_equal(cr_activation_find("tanh", &right), CR_OK);
  right->backward(dz, da, z, a, rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) dz[i] *= 2.0f;
}

static void doubled_backward_ref(double *dz, const double *da, const double *z, const double *a,
                                 size_t rows, size_t cols) {
  const cr_activation *right = NULL;
  assert_int_equal(cr_activation_find("tanh", &right), CR_OK);
  right->backward_ref(dz, da, z, a, rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) dz[i] *= 2.0;
}

/* In the middle of three layers: what lies below gets its gradient through it. */
static void a_doubled_derivative_is_found(void **state) {
  (void)state;
  const char *const found_by[] = {"engine", "nudging", "nudging"};
  for (size_t k = 0; k < 3; ++k) {
    setup s;
    set_up("3-4:relu-5:tanh-3:softmax", objective_of("cross_entropy"), ROWS, &s);
    cr_activation twice = *s.net->spec.layers[1].activation;
    if (k != 1) twice.backward = doubled_backward;
    if (k != 0) twice.backward_ref = doubled_backward_ref;
    s.net->spec.layers[1].activation = &twice;
    cr_gradient_report *report = run(&s);
    assert_wrong(report, "W1 b1 W2 b2");
    const cr_gradient_block *block = find(report, "W2");
    assert_non_null(strstr(block->note, found_by[k]));
    assert_string_equal(block->hint, "ratio 2.00: a missing or doubled factor");
    cr_gradient_report_destroy(report);
    tear_down(&s);
  }
}

static void gradient_of_a_sum(float *dz, const float *a, const float *y, float weight, size_t rows,
                              size_t cols) {
  const cr_loss *right = NULL;
  (void)weight;
  assert_int_equal(cr_loss_find("half_squared", &right), CR_OK);
  right->gradient(dz, a, y, 1.0f, rows, cols);
}

static void gradient_of_a_sum_ref(double *dz, const double *a, const double *y, double weight,
                                  size_t rows, size_t cols) {
  const cr_loss *right = NULL;
  (void)weight;
  assert_int_equal(cr_loss_find("half_squared", &right), CR_OK);
  right->gradient_ref(dz, a, y, 1.0, rows, cols);
}

static void a_missing_mean_is_found(void **state) {
  (void)state;
  for (size_t k = 0; k < 2; ++k) {
    setup s;
    set_up("3-4:sigmoid-2:linear", objective_of("half_squared"), ROWS, &s);
    cr_loss sum = *s.job.target.loss;
    if (k == 0) sum.gradient = gradient_of_a_sum;
    if (k == 1) sum.gradient_ref = gradient_of_a_sum_ref;
    s.job.target.loss = &sum;
    cr_gradient_report *report = run(&s);
    assert_wrong(report, "W1 b1 W2 b2");
    assert_string_equal(find(report, "b2")->hint,
                        "ratio 5.00, the number of rows: the 1/n of the mean is missing or "
                        "doubled");
    cr_gradient_report_destroy(report);
    tear_down(&s);
  }
}

static void no_transpose(float *out, const float *in, size_t rows, size_t cols) {
  memcpy(out, in, rows * cols * sizeof *out);
}

static void first_row_only(float *out, const float *in, size_t rows, size_t cols) {
  (void)rows;
  memcpy(out, in, cols * sizeof *out);
}

/* Layers of one width, so that nothing but the numbers tells: da of layer 1 comes through W2. */
static void a_matrix_not_transposed_is_found(void **state) {
  (void)state;
  setup s;
  set_up("4-4:tanh-4:sigmoid", objective_of("squared"), ROWS, &s);
  cr_kernel kernel = *s.work->kernel;
  kernel.transpose = no_transpose;
  s.work->kernel = &kernel;
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "W1 b1");
  assert_non_null(strstr(find(report, "W1")->hint, "transpose"));
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

static void a_bias_not_summed_is_found(void **state) {
  (void)state;
  setup s;
  set_up("3-4:tanh-5:relu-3:softmax", objective_of("cross_entropy"), ROWS, &s);
  cr_kernel kernel = *s.work->kernel;
  kernel.column_sums = first_row_only;
  s.work->kernel = &kernel;
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "b1 b2 b3");
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

/* The penalty has rows of its own; by nudging alone they would drown in the data's. */
static void penalties_are_checked_apart(void **state) {
  (void)state;
  setup s;
  cr_objective objective = objective_of("half_squared");
  objective.l1 = 0.001;
  objective.l2 = 0.003;
  set_up("3-4:tanh-2:linear", objective, ROWS, &s);
  s.net->parameters[1] = 0.0f; /* on the kink of |w| */
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "");
  const cr_gradient_block *penalty = find(report, "W1 penalty");
  assert_true(penalty->penalty && isnan(penalty->engine_error));
  assert_int_equal(penalty->checked, 11);
  assert_int_equal(penalty->kinks, 1);
  assert_int_equal(find(report, "W2 penalty")->checked, 8);
  assert_null(cr_gradient_report_at(report, 6));
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

/* Units left out, noise, smoothed targets, rows that count more: the same draw in every pass. */
static void what_is_drawn_is_frozen(void **state) {
  (void)state;
  const float weights[ROWS] = {0.5f, 1.5f, 1.0f, 1.25f, 0.75f};
  setup s;
  cr_objective objective = objective_of("cross_entropy");
  objective.dropout = 0.5;
  objective.input_dropout = 0.2;
  objective.input_noise = 0.1;
  objective.label_smoothing = 0.1;
  objective.row_weights = weights;
  objective.seed = 3;
  objective.draw = 5;
  set_up("6-8:relu-7:tanh-3:softmax", objective, ROWS, &s);
  cr_gradient_report *report = NULL;
  assert_int_equal(cr_check_gradients(s.net, &objective, s.job.x, s.job.y, NULL, &report), CR_OK);
  assert_wrong(report, "");
  assert_true(find(report, "W2")->worst.exact != 0.0);
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

/* The hinge loss is kinked where a score is 1 ahead: of the bias of such an output all is. */
static void kinks_of_the_loss_are_skipped(void **state) {
  (void)state;
  setup s;
  set_up("2-1:linear", objective_of("hinge"), 1, &s);
  s.net->parameters[0] = 0.5f;
  s.net->parameters[1] = 0.25f;
  s.net->parameters[2] = 0.0f;
  s.x[0] = 2.0f; /* 1 = t a: y is 1 */
  s.x[1] = 0.0f;
  s.y[0] = 1.0f;
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "");
  assert_int_equal(find(report, "b1")->kinks, 1);
  assert_string_equal(find(report, "b1")->verdict, "kinks");
  assert_int_equal(find(report, "W1")->kinks, 1);
  assert_int_equal(find(report, "W1")->checked, 1);
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

/* A unit at its kink, to the last bit: its bias cannot be nudged, nor can what feeds it. */
static void kinks_are_skipped_and_counted(void **state) {
  (void)state;
  setup s;
  set_up("2-3:relu-1:linear", objective_of("half_squared"), 1, &s);
  s.x[0] = 0.5f;
  s.x[1] = 0.0f;
  cr_layer *layer = &s.net->layers[0];
  layer->weight.data[1] = 0.0f; /* unit 2: z = 0.5 * 0 + 0 * w + 0 */
  layer->bias.data[1] = 0.0f;
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "");
  assert_int_equal(find(report, "b1")->kinks, 1);
  assert_int_equal(find(report, "W1")->kinks, 1); /* that of the input which is 0 moves nothing */
  assert_int_equal(find(report, "W1")->checked, 5);
  assert_int_equal(find(report, "W2")->kinks, 0);
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

/* A row in which a unit is nearer to its kink than floats can tell is left out. */
static void rows_near_a_kink_are_left_out(void **state) {
  (void)state;
  setup s;
  set_up("2-3:relu-1:linear", objective_of("half_squared"), 3, &s);
  cr_layer *layer = &s.net->layers[0];
  layer->weight.data[0] = 0.3f;
  layer->weight.data[3] = -0.1f;
  layer->bias.data[0] = 0.0f;
  s.x[2] = 1.0f;
  s.x[3] = 3.0f; /* 0.3 - 3 * 0.1: not 0 in binary, and nearly */
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "");
  assert_int_equal(cr_gradient_report_rows(report), 2);
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

/* (eq D3) Gradients of 1e-12 beside a cost of 1 are below what differences can see: that is no fault. */
static void a_gradient_too_small_to_see_is_no_fault(void **state) {
  (void)state;
  setup s;
  set_up("2-3:tanh-1:linear", objective_of("half_squared"), ROWS, &s);
  for (size_t i = 0; i < 6; ++i) s.net->parameters[i] *= 1e-3f;
  for (size_t i = 6; i < 9; ++i) s.net->parameters[i] = 1e-13f * (float)(i + 1);
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "");
  assert_string_equal(find(report, "W1")->verdict, "too small");
  assert_string_equal(find(report, "b2")->verdict, "ok");
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

/* (eq D2) Rounding wins below 1e-7, truncation above 1e-5. */
static void a_smaller_step_is_not_a_better_one(void **state) {
  (void)state;
  setup s;
  set_up("3-4:sigmoid-2:sigmoid", objective_of("half_squared"), ROWS, &s);
  cr_gradient_report *report = run(&s);
  double errors[5];
  for (size_t i = 0; i < 5; ++i) errors[i] = cr_gradient_report_step(report, i)->error;
  assert_null(cr_gradient_report_step(report, 5));
  assert_true(errors[1] < errors[0] && errors[1] < errors[2]);
  assert_true(errors[2] < errors[3] && errors[3] < errors[4]);
  assert_true(errors[1] < 1e-9 && errors[4] > 1e-6);
  assert_close(cr_gradient_report_step(report, 4)->step, 1e-11, 0.0);
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

/* A block above the limit is sampled: the same parameters for the same seed. */
static void large_blocks_are_sampled(void **state) {
  (void)state;
  setup s;
  set_up("30-10:tanh-2:linear", objective_of("half_squared"), ROWS, &s);
  cr_gradient_report *sampled = run(&s), *again = run(&s);
  assert_int_equal(find(sampled, "W1")->checked, 200);
  assert_int_equal(find(sampled, "W2")->checked, 20);
  assert_true(find(sampled, "W1")->error == find(again, "W1")->error);
  s.job.options.sample = SIZE_MAX;
  cr_gradient_report *all = run(&s);
  assert_int_equal(find(all, "W1")->checked, 300);
  assert_wrong(sampled, "");
  assert_wrong(all, "");
  cr_gradient_report_destroy(sampled);
  cr_gradient_report_destroy(again);
  cr_gradient_report_destroy(all);
  tear_down(&s);
}

/* Some rows of a built-in set as a network for it would get them. */
static void take_rows(const char *set, size_t outputs, size_t count, setup *s) {
  cr_table *table = NULL;
  cr_encoder *encoder = NULL;
  cr_samples *samples = NULL;
  cr_strlist warnings = {0};
  cr_prepare_options prepare;
  size_t rows[ROWS];
  cr_prepare_options_init(&prepare);
  prepare.task = "classification";
  assert_int_equal(cr_table_read(set, NULL, &table), CR_OK);
  assert_int_equal(cr_encoder_create(table, &prepare, &warnings, &encoder), CR_OK);
  for (size_t i = 0; i < count; ++i) rows[i] = i * cr_table_rows(table) / count;
  assert_int_equal(cr_encoder_fit(encoder, table, rows, count, "minmax", &warnings), CR_OK);
  assert_int_equal(cr_encoder_samples(encoder, table, rows, count, true, outputs, &samples), CR_OK);
  const size_t inputs = cr_samples_inputs(samples), order[ROWS] = {0, 1, 2, 3, 4};
  char spec[128];
  snprintf(spec, sizeof spec, "%zu-3:linear-%zu:linear", inputs, outputs);
  set_up(spec, objective_of("half_squared"), count, s);
  cr_samples_gather(samples, s->work->kernel->bytes_to_floats, order, count,
                    (cr_matrix){s->x, count, inputs, inputs},
                    (cr_matrix){s->y, count, outputs, outputs});
  cr_samples_destroy(samples);
  cr_encoder_destroy(encoder);
  cr_strlist_free(&warnings);
  cr_table_destroy(table);
}

static void check_combination(const setup *data, const char *set, const cr_activation *hidden,
                              const cr_activation *output, const cr_loss *loss) {
  const cr_const_matrix x = data->job.x, y = data->job.y;
  char spec[160];
  cr_net *net = NULL;
  cr_gradient_report *report = NULL;
  const cr_objective objective = objective_of(loss->part.name);
  cr_gradient_options options;
  cr_gradient_options_init(&options);
  options.sample = 20;
  snprintf(spec, sizeof spec, "%zu-4:%s-3:%s-%zu:%s", x.cols, hidden->part.name, hidden->part.name,
           y.cols, output->part.name);
  if (!hidden->backward || !output->backward) return; /* not to be learnt by descent */
  if (cr_net_create(spec, &net) != CR_OK) return;     /* not in a hidden layer */
  assert_int_equal(cr_net_initialize(net, NULL, 3), CR_OK);
  assert_int_equal(cr_check_gradients(net, &objective, x, y, &options, &report), CR_OK);
  if (!cr_gradient_report_ok(report)) {
    print_message("%s, %s, %s\n", set, spec, loss->part.name);
    show(report);
  }
  assert_true(cr_gradient_report_ok(report));
  cr_gradient_report_destroy(report);
  cr_net_destroy(net);
}

/* Every built-in set with every activation and every loss that fits, by the registries. */
static void every_set_activation_and_loss_is_right(void **state) {
  (void)state;
  const struct {
    const char *name;
    size_t classes;
  } sets[] = {{"@xor", 2}, {"@parity:4", 2}, {"@spiral", 3}, {"@iris", 3}, {"@digits", 10}};
  const cr_activation *hidden, *output;
  const cr_loss *loss;
  for (size_t k = 0; k < sizeof sets / sizeof *sets; ++k) {
    setup s;
    take_rows(sets[k].name, sets[k].classes, k == 0 ? 4 : ROWS, &s);
    for (size_t h = 0; (hidden = cr_activation_at(h)); ++h) {
      for (size_t l = 0; (loss = cr_loss_at(l)); ++l) {
        for (size_t o = 0; (output = cr_activation_at(o)); ++o) {
          if (cr_loss_fits(loss, output->part.name))
            check_combination(&s, sets[k].name, hidden, output, loss);
        }
      }
    }
    tear_down(&s);
  }
}

static void what_cannot_be_checked_is_said(void **state) {
  (void)state;
  setup s;
  cr_gradient_report *report = NULL;
  cr_gradient_options options;
  set_up("2-3:tanh-1:linear", objective_of("half_squared"), ROWS, &s);
  const cr_objective objective = objective_of("half_squared");
  cr_gradient_options_init(&options);
  options.step = 0.0;
  assert_int_equal(cr_check_gradients(s.net, &objective, s.job.x, s.job.y, &options, &report),
                   CR_ERR_ARGUMENT);
  cr_const_matrix narrow = s.job.x;
  narrow.cols = 1;
  assert_int_equal(cr_check_gradients(s.net, &objective, narrow, s.job.y, NULL, &report),
                   CR_ERR_SHAPE);
  const cr_objective wrong = objective_of("cross_entropy");
  assert_int_equal(cr_check_gradients(s.net, &wrong, s.job.x, s.job.y, NULL, &report),
                   CR_ERR_COMBINATION);
  s.net->parameters[0] = INFINITY;
  assert_int_equal(cr_check_gradients(s.net, &objective, s.job.x, s.job.y, NULL, &report),
                   CR_ERR_NUMBER);
  assert_null(report);
  tear_down(&s);
}

/* The n-th allocation fails, for every n there is. */
static void memory_running_out_leaves_nothing(void **state) {
  (void)state;
  setup s;
  cr_gradient_report *report = NULL;
  const cr_objective objective = objective_of("half_squared");
  set_up("2-3:relu-1:linear", objective, ROWS, &s);
  counting_start();
  cr_status status = CR_ERR_MEMORY;
  for (size_t n = 1; status != CR_OK; ++n) {
    counting_fail_at(n, false);
    status = cr_check_gradients(s.net, &objective, s.job.x, s.job.y, NULL, &report);
    if (status == CR_OK) break;
    assert_int_equal(status, CR_ERR_MEMORY);
    assert_null(report);
    assert_int_equal(atomic_load(&counting.live), 0);
  }
  assert_true(atomic_load(&counting.calls) > 5);
  cr_gradient_report_destroy(report);
  assert_int_equal(atomic_load(&counting.live), 0);
  counting_stop();
  tear_down(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(error_is_the_notes_measure),
      cmocka_unit_test(a_doubled_derivative_is_found),
      cmocka_unit_test(a_missing_mean_is_found),
      cmocka_unit_test(a_matrix_not_transposed_is_found),
      cmocka_unit_test(a_bias_not_summed_is_found),
      cmocka_unit_test(penalties_are_checked_apart),
      cmocka_unit_test(what_is_drawn_is_frozen),
      cmocka_unit_test(kinks_of_the_loss_are_skipped),
      cmocka_unit_test(kinks_are_skipped_and_counted),
      cmocka_unit_test(rows_near_a_kink_are_left_out),
      cmocka_unit_test(a_gradient_too_small_to_see_is_no_fault),
      cmocka_unit_test(a_smaller_step_is_not_a_better_one),
      cmocka_unit_test(large_blocks_are_sampled),
      cmocka_unit_test(every_set_activation_and_loss_is_right),
      cmocka_unit_test(what_cannot_be_checked_is_said),
      cmocka_unit_test(memory_running_out_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
