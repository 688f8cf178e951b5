#include "check/evaluate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "counting_allocator.h"

/* A network computes in float: some terms, each of a relative error of 6e-8. */
#define FLOAT_CLOSE 1e-6
/* Figures in double of few terms. */
#define DOUBLE_CLOSE 1e-12

static void close_to(double found, double want, double tolerance) {
  if (!(fabs(found - want) <= tolerance)) print_error("%.17g, not %.17g\n", found, want);
  assert_true(fabs(found - want) <= tolerance);
}

/* (eq M2) Ends p of |p - k/n| = 1.96 sqrt(p (1 - p) / n), found by bisection. */
static void wilson_intervals(void **state) {
  (void)state;
  static const struct {
    size_t right, n;
    double low, high;
  } known[] = {
      {29, 30, 0.8332960900859082, 0.9940914096183875},
      {9750, 10000, 0.9717527631333815, 0.9778824384144755},
      {3, 7, 0.15821985525146973, 0.7495416354723428},
      {0, 10, 0.0, 0.2775327998628892},
      {10, 10, 0.7224672001371107, 1.0},
      {0, 0, 0.0, 1.0},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    double low = -1, high = -1;
    cr_wilson_interval(known[i].right, known[i].n, &low, &high);
    close_to(low, known[i].low, DOUBLE_CLOSE);
    close_to(high, known[i].high, DOUBLE_CLOSE);
  }
}

static void the_predicted_class(void **state) {
  (void)state;
  const float some[4] = {0.1f, 0.4f, 0.4f, 0.1f}, below[1] = {0.49999997f}, half[1] = {0.5f};
  const float lost[1] = {-1e-30f}, even[1] = {0.0f};
  const cr_loss *loss = NULL, *hinge = NULL;
  assert_int_equal(cr_loss_find("binary_cross_entropy", &loss), CR_OK);
  assert_int_equal(cr_loss_find("hinge", &hinge), CR_OK);
  assert_int_equal(cr_predicted_class(loss, some, 4), 1); /* the first of equals */
  assert_int_equal(cr_predicted_class(loss, below, 1), 0);
  assert_int_equal(cr_predicted_class(loss, half, 1), 1);
  assert_int_equal(cr_predicted_class(hinge, lost, 1), 0);
  assert_int_equal(cr_predicted_class(hinge, even, 1), 1);
}

static char *names[3] = {(char[]){"a"}, (char[]){"b"}, (char[]){"c"}};

/* Everything an evaluation takes; small enough for fixed room. */
typedef struct setup {
  cr_net *net;
  cr_workspace *work;
  cr_target_function target;
  float x[16], y[16], outputs[32];
  const volatile sig_atomic_t *stop;
} setup;

static void set_up(setup *s, const char *spec, const char *loss, const float *parameters,
                   size_t max_rows) {
  memset(s, 0, sizeof *s);
  assert_int_equal(cr_net_create(spec, &s->net), CR_OK);
  memcpy(cr_net_parameters(s->net), parameters,
         cr_net_parameter_count(s->net) * sizeof *parameters);
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = max_rows;
  assert_int_equal(cr_workspace_create(s->net, &options, &s->work), CR_OK);
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = loss;
  assert_int_equal(cr_objective_resolve(s->net, &objective, &s->target), CR_OK);
}

static void tear_down(setup *s) {
  cr_workspace_destroy(s->work);
  cr_net_destroy(s->net);
}

static cr_status evaluate(setup *s, const cr_encoder *encoder, const cr_samples *samples,
                          cr_metrics *out) {
  const size_t rows = s->work->max_rows, inputs = cr_net_inputs(s->net),
               outputs = cr_net_outputs(s->net);
  const cr_measurement m = {.net = s->net,
                            .work = s->work,
                            .target = &s->target,
                            .encoder = encoder,
                            .samples = samples,
                            .x = {s->x, rows, inputs, inputs},
                            .y = {s->y, rows, outputs, outputs},
                            .outputs = s->outputs,
                            .stop = s->stop};
  return cr_evaluate_samples(&m, out);
}

/*
 * (eqs M3, M4) 2 x + 1 at 0 … 3 is 1 3 5 7; with y = 1 2 6 7 the squared errors are 2 together,
 * those about the mean of 4 are 26. In the unit of the target everything is 3 times as large.
 */
static void numbers(void **state) {
  (void)state;
  const float parameters[2] = {2, 1}, x[4] = {0, 1, 2, 3}, y[4] = {1, 2, 6, 7};
  const float outputs[4] = {1, 3, 5, 7};
  const cr_encoder encoder = {.target_shift = 10, .target_scale = 3};
  cr_samples samples = {.rows = 4, .inputs = 1, .outputs = 1};
  samples.x = (cr_const_matrix){x, 4, 1, 1};
  samples.y = (cr_const_matrix){y, 4, 1, 1};
  for (size_t max_rows = 1; max_rows <= 5; max_rows++) { /* 3: an uneven last block */
    setup s;
    cr_metrics m;
    set_up(&s, "1-1:linear", "half_squared", parameters, max_rows);
    assert_int_equal(evaluate(&s, &encoder, &samples, &m), CR_OK);
    assert_int_equal(m.n, 4);
    close_to(m.loss, 0.25, DOUBLE_CLOSE);
    close_to(m.rmse, 3.0 * sqrt(0.5), DOUBLE_CLOSE);
    assert_true(isnan(m.baseline));
    assert_int_equal(cr_metrics_baseline(&encoder, &samples, &m), CR_OK);
    close_to(m.baseline, 3.0 * sqrt(6.5), DOUBLE_CLOSE);
    close_to(m.r2, 1.0 - 2.0 / 26.0, DOUBLE_CLOSE);
    assert_true(isnan(m.accuracy) && isnan(m.accuracy_low) && isnan(m.accuracy_high));
    assert_memory_equal(s.outputs, outputs, sizeof outputs);

    assert_int_equal(evaluate(&s, NULL, &samples, &m), CR_OK);
    assert_int_equal(m.n, 4);
    close_to(m.loss, 0.25, DOUBLE_CLOSE);
    assert_true(isnan(m.rmse) && isnan(m.r2) && isnan(m.accuracy) && isnan(m.baseline));
    tear_down(&s);
  }
}

/* (eq L8) Of the rows above the second and third err by 1: 1/2 (2 + 1/2) / 4; figures stay. */
static void weights_are_for_the_loss(void **state) {
  (void)state;
  const float parameters[2] = {2, 1}, x[4] = {0, 1, 2, 3}, y[4] = {1, 2, 6, 7};
  float weights[4] = {3, 2, 0.5f, 0};
  const cr_encoder encoder = {.target_scale = 1};
  cr_samples samples = {.rows = 4, .inputs = 1, .outputs = 1, .weights = weights};
  samples.x = (cr_const_matrix){x, 4, 1, 1};
  samples.y = (cr_const_matrix){y, 4, 1, 1};
  for (size_t max_rows = 1; max_rows <= 5; max_rows++) {
    setup s;
    cr_metrics m;
    set_up(&s, "1-1:linear", "half_squared", parameters, max_rows);
    assert_int_equal(evaluate(&s, &encoder, &samples, &m), CR_OK);
    close_to(m.loss, 0.3125, DOUBLE_CLOSE);
    close_to(m.rmse, sqrt(0.5), DOUBLE_CLOSE);
    close_to(m.r2, 1.0 - 2.0 / 26.0, DOUBLE_CLOSE);
    tear_down(&s);
  }
}

/* (eqs M1, M5, M7) Of two labels in three rows one is wrong. */
static void several_labels(void **state) {
  (void)state;
  const float parameters[4] = {4, -4, 0, 0.5f}, x[3] = {1, -1, 0.25f};
  const float y[6] = {1, 0, 0, 1, 0, 0}; /* said are 1 0, 0 1, 1 0 */
  const cr_encoder encoder = {.multilabel = true, .labels = {.items = names, .count = 2}};
  cr_samples samples = {.rows = 3, .inputs = 1, .outputs = 2};
  samples.x = (cr_const_matrix){x, 3, 1, 1};
  samples.y = (cr_const_matrix){y, 3, 2, 2};
  setup s;
  cr_metrics m;
  set_up(&s, "1-2:sigmoid", "binary_cross_entropy", parameters, 2);
  assert_int_equal(evaluate(&s, &encoder, &samples, &m), CR_OK);
  close_to(m.accuracy, 2.0 / 3, DOUBLE_CLOSE);
  close_to(m.label_accuracy, 5.0 / 6, DOUBLE_CLOSE);
  close_to(m.f1, (2.0 / 3 + 1.0) / 2, DOUBLE_CLOSE);
  assert_true(isnan(m.rmse) && isnan(m.r2) && isnan(m.baseline));
  assert_int_equal(cr_metrics_baseline(&encoder, &samples, &m), CR_OK);
  close_to(m.baseline, 1.0 / 3, DOUBLE_CLOSE); /* always 0 0 */
  tear_down(&s);
}

static void a_constant_target_has_no_r2(void **state) {
  (void)state;
  const float parameters[2] = {2, 1}, x[2] = {0, 1}, y[2] = {3, 3};
  const cr_encoder encoder = {.target_scale = 1};
  cr_samples samples = {.rows = 2, .inputs = 1, .outputs = 1};
  samples.x = (cr_const_matrix){x, 2, 1, 1};
  samples.y = (cr_const_matrix){y, 2, 1, 1};
  setup s;
  cr_metrics m;
  set_up(&s, "1-1:linear", "squared", parameters, 2);
  assert_int_equal(evaluate(&s, &encoder, &samples, &m), CR_OK);
  close_to(m.rmse, sqrt(2.0), DOUBLE_CLOSE);
  assert_int_equal(cr_metrics_baseline(&encoder, &samples, &m), CR_OK);
  assert_true(m.baseline == 0.0);
  assert_true(isnan(m.r2));
  tear_down(&s);
}

/*
 * (eqs M8, M9) What scikit-learn's balanced_accuracy_score and macro f1_score say of the rows
 * below; the ends of the interval from SciPy's binomtest (Wilson) of 3 of 3, 1 of 1 and 0 of 1.
 */
static void check_balance(const cr_metrics *m) {
  close_to(m->balanced, 2.0 / 3, DOUBLE_CLOSE);
  close_to(m->balanced_low, 0.3426565661408139, DOUBLE_CLOSE);
  close_to(m->balanced_high, 0.9311502285409209, DOUBLE_CLOSE);
  close_to(m->f1, 5.0 / 9, DOUBLE_CLOSE);
  assert_int_equal(m->classes, 3);
}

/* (eq M1) The loss is the mean of log sum exp z - z[class], worked out apart in double. */
static void classes(void **state) {
  (void)state;
  const float parameters[9] = {1, -1, 0.5f, 0, 1, 0.25f, 0.1f, 0, -0.3f};
  const float x[10] = {1, 0, 0, 2, -1, 1, 3, 3, 0, 0};
  uint32_t actual[5] = {0, 1, 2, 0, 0}; /* predicted are 0 1 1 0 0 */
  const cr_encoder encoder = {.classes = true, .labels = {.items = names, .count = 3}};
  cr_samples samples = {.rows = 5, .inputs = 2, .outputs = 3, .classes = actual};
  samples.x = (cr_const_matrix){x, 5, 2, 2};
  setup s;
  cr_metrics m;
  set_up(&s, "2-3:softmax", "cross_entropy", parameters, 2);
  assert_int_equal(evaluate(&s, &encoder, &samples, &m), CR_OK);
  assert_int_equal(m.n, 5);
  close_to(m.loss, 0.9255925493278652, FLOAT_CLOSE);
  close_to(m.accuracy, 0.8, DOUBLE_CLOSE);
  double low, high;
  cr_wilson_interval(4, 5, &low, &high);
  assert_true(m.accuracy_low == low && m.accuracy_high == high);
  check_balance(&m);
  assert_true(isnan(m.baseline));
  assert_int_equal(cr_metrics_baseline(&encoder, &samples, &m), CR_OK);
  close_to(m.baseline, 0.6, DOUBLE_CLOSE);
  assert_true(isnan(m.rmse) && isnan(m.r2));
  close_to((double)s.outputs[7], 0.882530833910111, FLOAT_CLOSE);
  tear_down(&s);
}

/* sigmoid(x / 2): at 0 it is 0.5 and counts as class 1. */
static void two_classes_of_one_output(void **state) {
  (void)state;
  const float parameters[2] = {0.5f, 0}, x[5] = {-2, 1, 0, 3, -1};
  uint32_t actual[5] = {0, 1, 0, 1, 1};
  const cr_encoder encoder = {.classes = true, .labels = {.items = names, .count = 2}};
  cr_samples samples = {.rows = 5, .inputs = 1, .outputs = 1, .classes = actual};
  samples.x = (cr_const_matrix){x, 5, 1, 1};
  setup s;
  cr_metrics m;
  set_up(&s, "1-1:sigmoid", "binary_cross_entropy", parameters, 5);
  assert_int_equal(evaluate(&s, &encoder, &samples, &m), CR_OK);
  close_to(m.loss, 0.5311952228842267, FLOAT_CLOSE);
  close_to(m.accuracy, 0.6, DOUBLE_CLOSE);
  close_to(m.balanced, (1.0 / 2 + 2.0 / 3) / 2, DOUBLE_CLOSE);
  assert_int_equal(cr_metrics_baseline(&encoder, &samples, &m), CR_OK);
  close_to(m.baseline, 0.6, DOUBLE_CLOSE);
  tear_down(&s);
}

static void the_baseline_of_many_classes(void **state) {
  (void)state;
  enum { CLASSES = 100000, ROWS = 6 };
  uint32_t actual[ROWS] = {3, 99999, 259, 99999, 515, 99999};
  const cr_encoder encoder = {.classes = true, .labels = {.count = CLASSES}};
  const cr_samples samples = {.rows = ROWS, .inputs = 1, .outputs = CLASSES, .classes = actual};
  cr_metrics m = {0};
  counting_start();
  assert_int_equal(cr_metrics_baseline(&encoder, &samples, &m), CR_OK);
  close_to(m.baseline, 0.5, DOUBLE_CLOSE);
  assert_int_equal(m.majority, 99999);
  counting_fail_at(1, true);
  assert_int_equal(cr_metrics_baseline(&encoder, &samples, &m), CR_ERR_MEMORY);
  assert_int_equal(counting.live, 0);
  counting_stop();
}

/* Nothing of a measurement is left when it is stopped. */
static void stopped_between_blocks(void **state) {
  (void)state;
  const float parameters[2] = {2, 1}, x[4] = {0, 1, 2, 3}, y[4] = {1, 2, 6, 7};
  const cr_encoder encoder = {.target_scale = 1};
  volatile sig_atomic_t stop = 0;
  cr_samples samples = {.rows = 4, .inputs = 1, .outputs = 1};
  samples.x = (cr_const_matrix){x, 4, 1, 1};
  samples.y = (cr_const_matrix){y, 4, 1, 1};
  setup s;
  cr_metrics m;
  set_up(&s, "1-1:linear", "half_squared", parameters, 1);
  s.stop = &stop;
  assert_int_equal(evaluate(&s, &encoder, &samples, &m), CR_OK);
  assert_int_equal(m.n, 4);
  stop = 1;
  assert_int_equal(evaluate(&s, &encoder, &samples, &m), CR_ERR_INTERRUPTED);
  assert_int_equal(cr_last_error()->status, CR_ERR_INTERRUPTED);
  assert_int_equal(m.n, 0);
  assert_true(isnan(m.loss) && isnan(m.rmse));
  tear_down(&s);
}

static void samples_that_do_not_fit_are_refused(void **state) {
  (void)state;
  const float parameters[2] = {2, 1}, x[4] = {0, 1, 2, 3};
  const cr_encoder number = {.target_scale = 1};
  const cr_encoder label = {.classes = true, .labels = {.items = names, .count = 2}};
  cr_samples samples = {.rows = 4, .inputs = 1, .outputs = 1};
  samples.x = (cr_const_matrix){x, 4, 1, 1};
  setup s;
  cr_metrics m;
  set_up(&s, "1-1:linear", "half_squared", parameters, 2);
  assert_int_equal(evaluate(&s, NULL, &samples, &m), CR_ERR_TARGET);
  assert_int_equal(m.n, 0);
  assert_true(isnan(m.loss));
  samples.y = (cr_const_matrix){x, 4, 1, 1};
  assert_int_equal(evaluate(&s, &label, &samples, &m), CR_ERR_TARGET);
  assert_int_equal(evaluate(&s, &number, &samples, &m), CR_OK);
  samples.inputs = 2;
  assert_int_equal(evaluate(&s, &number, &samples, &m), CR_ERR_SHAPE);
  samples.inputs = 1;
  samples.outputs = 3;
  assert_int_equal(evaluate(&s, &number, &samples, &m), CR_ERR_SHAPE);
  samples.outputs = 1;
  samples.rows = 0;
  assert_int_equal(evaluate(&s, &number, &samples, &m), CR_ERR_EMPTY);
  tear_down(&s);
}

/* Of ten rows whose loss is half the square of 0 … 9 those of 0, 3 and 6; the last counts twice. */
static void some_rows_in_even_steps(void **state) {
  (void)state;
  const float parameters[2] = {1, 0}, x[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, y[10] = {0};
  float weights[10] = {1, 9, 9, 1, 9, 9, 2, 9, 9, 9};
  cr_samples samples = {.rows = 10, .inputs = 1, .outputs = 1};
  samples.x = (cr_const_matrix){x, 10, 1, 1};
  samples.y = (cr_const_matrix){y, 10, 1, 1};
  for (size_t max_rows = 1; max_rows <= 4; max_rows++) {
    setup s;
    cr_metrics m;
    set_up(&s, "1-1:linear", "half_squared", parameters, max_rows);
    cr_measurement some = {.net = s.net,
                           .work = s.work,
                           .target = &s.target,
                           .samples = &samples,
                           .most_rows = 3,
                           .x = {s.x, max_rows, 1, 1},
                           .y = {s.y, max_rows, 1, 1}};
    samples.weights = NULL;
    assert_int_equal(cr_evaluate_samples(&some, &m), CR_OK);
    assert_int_equal(m.n, 3);
    close_to(m.loss, (9 + 36) / 2.0 / 3, DOUBLE_CLOSE);
    samples.weights = weights;
    assert_int_equal(cr_evaluate_samples(&some, &m), CR_OK);
    close_to(m.loss, (9 + 2 * 36) / 2.0 / 3, DOUBLE_CLOSE);
    some.most_rows = 20;
    samples.weights = NULL;
    assert_int_equal(cr_evaluate_samples(&some, &m), CR_OK);
    assert_int_equal(m.n, 10);
    close_to(m.loss, 285 / 2.0 / 10, DOUBLE_CLOSE);
    tear_down(&s);
  }
}

/* Large enough that threads share out the blocks, in other parts each time. */
enum { MANY = 600, INPUTS = 200, CLASSES = 3, BLOCK = 256 };

static void measure_many(size_t threads, const cr_samples *samples, cr_metrics *out,
                         float *outputs) {
  const cr_encoder encoder = {.classes = true, .labels = {.items = names, .count = CLASSES}};
  cr_net *net = NULL;
  cr_workspace *work = NULL;
  cr_target_function target;
  cr_workspace_options options;
  cr_objective objective;
  assert_int_equal(cr_net_create("200-300:tanh-3:softmax", &net), CR_OK);
  assert_int_equal(cr_net_initialize(net, "glorot", 7), CR_OK);
  cr_workspace_options_init(&options);
  options.max_rows = BLOCK;
  options.threads = threads;
  assert_int_equal(cr_workspace_create(net, &options, &work), CR_OK);
  cr_objective_init(&objective);
  objective.loss = "cross_entropy";
  assert_int_equal(cr_objective_resolve(net, &objective, &target), CR_OK);
  static float x[BLOCK * INPUTS], y[BLOCK * CLASSES];
  const cr_measurement m = {.net = net,
                            .work = work,
                            .target = &target,
                            .encoder = &encoder,
                            .samples = samples,
                            .x = {x, BLOCK, INPUTS, INPUTS},
                            .y = {y, BLOCK, CLASSES, CLASSES},
                            .outputs = outputs};
  assert_int_equal(cr_evaluate_samples(&m, out), CR_OK);
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

static void threads_change_no_bit(void **state) {
  (void)state;
  static float x[MANY * INPUTS], first_outputs[MANY * CLASSES], outputs[MANY * CLASSES];
  static uint32_t classes[MANY];
  for (size_t i = 0; i < MANY * INPUTS; i++) x[i] = (float)(i * 7919 % 1009) / 504.0f - 1;
  for (size_t i = 0; i < MANY; i++) classes[i] = (uint32_t)(i * i % CLASSES);
  const cr_samples samples = {.rows = MANY,
                              .inputs = INPUTS,
                              .outputs = CLASSES,
                              .x = {x, MANY, INPUTS, INPUTS},
                              .classes = classes};
  cr_metrics first, m;
  measure_many(1, &samples, &first, first_outputs);
  assert_int_equal(first.n, MANY);
  assert_true(first.accuracy > 0.1 && first.accuracy < 0.9);
  const size_t threads[] = {2, 3, 7};
  for (size_t t = 0; t < 3; t++) {
    measure_many(threads[t], &samples, &m, outputs);
    assert_true(m.loss == first.loss && m.accuracy == first.accuracy);
    assert_memory_equal(outputs, first_outputs, sizeof outputs);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wilson_intervals),
      cmocka_unit_test(the_predicted_class),
      cmocka_unit_test(numbers),
      cmocka_unit_test(weights_are_for_the_loss),
      cmocka_unit_test(several_labels),
      cmocka_unit_test(a_constant_target_has_no_r2),
      cmocka_unit_test(classes),
      cmocka_unit_test(two_classes_of_one_output),
      cmocka_unit_test(the_baseline_of_many_classes),
      cmocka_unit_test(stopped_between_blocks),
      cmocka_unit_test(some_rows_in_even_steps),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(samples_that_do_not_fit_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
