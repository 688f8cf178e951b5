#include "train/starts.h"

#include "support.h"

static const float x[4][2] = {{-1, -1}, {-1, 1}, {1, -1}, {1, 1}}, y[4] = {0, 1, 1, 0};

typedef struct bench {
  cr_net *net;
  cr_samples *samples;
  cr_trainer *trainer;
} bench;

/* XOR with two hidden sigmoids, which some starts do not learn. */
static bench set_up(const cr_train_options *options) {
  bench b = {0};
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = "binary_cross_entropy";
  assert_int_equal(cr_samples_from_matrices((cr_const_matrix){x[0], 4, 2, 2},
                                            (cr_const_matrix){y, 4, 1, 1}, &b.samples),
                   CR_OK);
  assert_int_equal(cr_net_create("2-2:sigmoid-1:sigmoid", &b.net), CR_OK);
  assert_int_equal(cr_trainer_create(b.net, &objective, options, b.samples, &b.trainer), CR_OK);
  return b;
}

static void tear_down(bench *b) {
  cr_trainer_destroy(b->trainer);
  cr_samples_destroy(b->samples);
  cr_net_destroy(b->net);
}

static cr_train_options options_for(size_t restarts, uint64_t seed) {
  cr_train_options options;
  cr_train_options_init(&options);
  options.restarts = restarts;
  options.seed = seed;
  options.epochs = 1000;
  return options;
}

static double final_loss(const bench *b) {
  cr_metrics metrics;
  assert_int_equal(cr_trainer_measure(b->trainer, b->samples, NULL, NULL, &metrics), CR_OK);
  return metrics.loss;
}

typedef struct seen {
  size_t starts, stops, interrupt_at;
  volatile sig_atomic_t stop;
} seen;

static void on_event(void *user, const cr_event *event) {
  seen *s = user;
  assert_int_equal(event->restarts, 8);
  if (event->kind == CR_EVENT_START) {
    assert_int_equal(event->restart, s->starts);
    s->starts++;
  }
  if (event->kind == CR_EVENT_STOP) s->stops++;
  if (event->kind == CR_EVENT_EPOCH && s->starts == s->interrupt_at) s->stop = 1;
}

/* The best of 8 is as good as the best of the first k, for every k; some starts do not learn. */
static const cr_fit_plan plain = {0};

static void test_best_of_many(void **state) {
  (void)state;
  double best = (double)INFINITY;
  cr_starts starts;
  for (size_t k = 1; k <= 8; k++) {
    const cr_train_options options = options_for(k, 3);
    bench b = set_up(&options);
    assert_int_equal(cr_starts_run(b.trainer, NULL, &plain, &starts), CR_OK);
    const double loss = final_loss(&b);
    assert_true(loss <= best);
    assert_int_equal(starts.run, k);
    assert_true(starts.learned >= 1 && starts.learned <= k);
    best = loss;
    tear_down(&b);
  }
  assert_true(starts.learned < 8);
  assert_true(best < 0.1);
}

/* The first start is the run of its seed alone. */
static void test_first_start(void **state) {
  (void)state;
  const cr_train_options options = options_for(1, 11);
  cr_starts starts;
  cr_fit_result result;
  bench a = set_up(&options), b = set_up(&options);
  assert_int_equal(cr_starts_run(a.trainer, NULL, &plain, &starts), CR_OK);
  assert_int_equal(cr_net_initialize(b.net, NULL, 11), CR_OK);
  const cr_fit_plan plan = {.restarts = 1};
  assert_int_equal(cr_fit_run(b.trainer, &plan, &result), CR_OK);
  assert_memory_equal(cr_net_parameters(a.net), cr_net_parameters(b.net),
                      cr_net_parameter_count(a.net) * sizeof(float));
  assert_int_equal(starts.best.best_epoch, result.best_epoch);
  tear_down(&a);
  tear_down(&b);
}

static void test_interrupted(void **state) {
  (void)state;
  seen s = {.interrupt_at = 3};
  const cr_listener listener = {on_event, &s};
  const cr_fit_plan plan = {.listeners = &listener, .listener_count = 1};
  cr_train_options options = options_for(8, 3);
  options.stop = &s.stop;
  bench b = set_up(&options);
  cr_starts starts;
  assert_int_equal(cr_starts_run(b.trainer, NULL, &plan, &starts), CR_ERR_INTERRUPTED);
  assert_int_equal(cr_last_error()->status, CR_ERR_INTERRUPTED);
  assert_int_equal(starts.run, 3);
  assert_int_equal(s.stops, 3);
  assert_true(final_loss(&b) < 0.693); /* of a start that was done, not of the one cut short */
  tear_down(&b);
}

/* All starts come near the one best line, each to other last digits. */
static void test_near_the_best_is_as_good(void **state) {
  (void)state;
  static const float xs[6] = {-2, -1, 0, 1, 2, 3}, ys[6] = {-3, 0, -1, 2, 1, 4};
  cr_train_options options = options_for(4, 1);
  cr_objective objective;
  cr_objective_init(&objective);
  options.optimizer = "gd";
  options.schedule = "constant";
  options.learning_rate = 0.1;
  options.batch = SIZE_MAX;
  options.epochs = 45;
  bench b = {0};
  assert_int_equal(cr_samples_from_matrices((cr_const_matrix){xs, 6, 1, 1},
                                            (cr_const_matrix){ys, 6, 1, 1}, &b.samples),
                   CR_OK);
  assert_int_equal(cr_net_create("1-1:linear", &b.net), CR_OK);
  assert_int_equal(cr_trainer_create(b.net, &objective, &options, b.samples, &b.trainer), CR_OK);
  cr_starts starts;
  assert_int_equal(cr_starts_run(b.trainer, NULL, &plain, &starts), CR_OK);
  assert_int_equal(starts.learned, 4);
  tear_down(&b);
}

static void test_all_diverge(void **state) {
  (void)state;
  cr_train_options options = options_for(3, 1);
  options.learning_rate = 1e12;
  bench b = set_up(&options);
  cr_starts starts;
  assert_int_equal(cr_starts_run(b.trainer, NULL, &plain, &starts), CR_ERR_DIVERGED);
  assert_int_equal(starts.diverged, 3);
  assert_int_equal(cr_last_error()->status, CR_ERR_DIVERGED);
  assert_true(final_loss(&b) < 2);
  tear_down(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_best_of_many), cmocka_unit_test(test_first_start),
      cmocka_unit_test(test_interrupted),  cmocka_unit_test(test_near_the_best_is_as_good),
      cmocka_unit_test(test_all_diverge),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
