#include "train/fit.h"

#include <unistd.h>

#include "support.h"

enum { ROWS = 24, DEV_ROWS = 6 };

/* A noisy line, and a dev part of the same. */
static float x[ROWS], y[ROWS], dev_x[DEV_ROWS], dev_y[DEV_ROWS];

static cr_samples *samples_of(const float *xs, const float *ys, size_t rows) {
  cr_samples *samples = NULL;
  assert_int_equal(cr_samples_from_matrices((cr_const_matrix){xs, rows, 1, 1},
                                            (cr_const_matrix){ys, rows, 1, 1}, &samples),
                   CR_OK);
  return samples;
}

static void make_data(void) {
  for (size_t i = 0; i < ROWS; i++) {
    x[i] = (float)uneven(i, 1.5);
    y[i] = 0.8F * x[i] - 0.3F + (float)uneven(7 * i + 2, 0.2);
  }
  for (size_t i = 0; i < DEV_ROWS; i++) {
    dev_x[i] = (float)uneven(i + 100, 1.5);
    dev_y[i] = 0.8F * dev_x[i] - 0.3F;
  }
}

typedef struct bench {
  cr_net *net;
  cr_samples *train, *dev;
  cr_trainer *trainer;
} bench;

static bench set_up(const char *spec, const cr_train_options *options) {
  bench b = {0};
  cr_objective objective;
  cr_objective_init(&objective);
  make_data();
  b.train = samples_of(x, y, ROWS);
  b.dev = samples_of(dev_x, dev_y, DEV_ROWS);
  assert_int_equal(cr_net_create(spec, &b.net), CR_OK);
  assert_int_equal(cr_net_initialize(b.net, NULL, 5), CR_OK);
  assert_int_equal(cr_trainer_create(b.net, &objective, options, b.train, &b.trainer), CR_OK);
  return b;
}

static void tear_down(bench *b) {
  cr_trainer_destroy(b->trainer);
  cr_samples_destroy(b->train);
  cr_samples_destroy(b->dev);
  cr_net_destroy(b->net);
}

static cr_train_options short_run(void) {
  cr_train_options options;
  cr_train_options_init(&options);
  options.batch = 10; /* 10, 10 and 4 rows */
  options.epochs = 5;
  options.schedule = "constant";
  options.learning_rate = 0.05;
  return options;
}

/* What a listener has seen: the kinds as letters, and the last event. */
typedef struct seen {
  char kinds[256];
  size_t count;
  cr_event last;
  double lowest_dev, last_dev;
  size_t lowest_epoch;
  size_t without_norms; /* events before the first norms */
  double gradient[2], update[2], weight[2], seconds;
  double rate;
  size_t reduced_epoch;        /* in which the rate was another for the first time */
  volatile sig_atomic_t *stop; /* set after a number of batches */
  size_t stop_after, batches;
} seen;

static void on_event(void *user, const cr_event *event) {
  seen *s = user;
  if (s->count + 1 < sizeof s->kinds) s->kinds[s->count++] = "SEIBX"[event->kind];
  if (event->gradient_norms) {
    memcpy(s->gradient, event->gradient_norms, event->layers * sizeof *s->gradient);
    memcpy(s->update, event->update_norms, event->layers * sizeof *s->update);
    memcpy(s->weight, event->weight_norms, event->layers * sizeof *s->weight);
  } else {
    s->without_norms++;
  }
  if (s->batches > 0 && event->kind == CR_EVENT_BATCH && s->reduced_epoch == 0 &&
      event->learning_rate < s->rate)
    s->reduced_epoch = event->epoch + 1;
  if (event->kind == CR_EVENT_BATCH) s->rate = event->learning_rate;
  if (event->kind == CR_EVENT_START) s->seconds = event->seconds;
  s->last = *event;
  if (event->kind == CR_EVENT_EPOCH || event->kind == CR_EVENT_START) {
    s->last_dev = event->dev_loss;
    if (s->count == 1 || event->dev_loss < s->lowest_dev) {
      s->lowest_dev = event->dev_loss;
      s->lowest_epoch = event->epoch;
    }
  }
  if (event->kind == CR_EVENT_BATCH && ++s->batches == s->stop_after) *s->stop = 1;
}

static double loss_on(bench *b, const cr_samples *samples) {
  cr_metrics metrics;
  assert_int_equal(cr_trainer_measure(b->trainer, samples, NULL, NULL, &metrics), CR_OK);
  return metrics.loss;
}

static void test_events_in_order(void **state) {
  (void)state;
  cr_train_options options = short_run();
  options.epochs = 2;
  bench b = set_up("1-1:linear", &options);
  seen s = {0};
  const cr_listener listeners[] = {{NULL, NULL}, {on_event, &s}};
  assert_int_equal(cr_fit(b.trainer, b.dev, listeners, 2), CR_OK);
  assert_string_equal(s.kinds, "SBBBEIBBBEIX");
  assert_string_equal(s.last.reason, "epochs");
  assert_int_equal(s.last.epoch, 2);
  assert_int_equal(s.last.epochs, 2);
  assert_int_equal(s.last.batches, 3);
  assert_int_equal(s.last.best_epoch, 2);
  tear_down(&b);
}

/* Events hold the norms of the last step: with gradient descent the update is the rate times the
 * gradient, whatever the clipping; the weights are those that were left. */
static void test_norms(void **state) {
  (void)state;
  cr_train_options options = short_run();
  options.optimizer = "gd";
  options.keep = "last";
  bench b = set_up("1-3:tanh-1:linear", &options);
  seen s = {0};
  const cr_listener listener = {on_event, &s};
  assert_int_equal(cr_fit(b.trainer, b.dev, &listener, 1), CR_OK);
  assert_int_equal(s.last.layers, 2);
  assert_int_equal(s.without_norms, 3); /* the start and two batches of three */
  for (size_t l = 0; l < 2; l++) {
    const float *w = cr_net_layer(b.net, l)->weight.data;
    const double length = sqrt((double)w[0] * (double)w[0] + (double)w[1] * (double)w[1] +
                               (double)w[2] * (double)w[2]);
    assert_true(s.gradient[l] > 1e-3);
    assert_close(s.update[l], 0.05 * s.gradient[l], 1e-6 * length); /* w after less w before */
    assert_close(s.weight[l], length, 1e-12);
  }
  assert_true(s.last.seconds >= s.seconds && s.seconds >= 0);
  assert_null(b.trainer->norms);
  tear_down(&b);
}

/* No progress: the rate is reduced after each half of the patience, by itself ten epochs. */
static void test_plateau(void **state) {
  (void)state;
  static const size_t waits[][2] = {{0, 10}, {6, 3}, {3, 1}};
  for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
    const size_t patience = waits[i][0], wait = waits[i][1];
    cr_train_options options = short_run();
    options.schedule = "plateau";
    options.learning_rate = 1e-12;
    options.gamma = 0.25;
    options.epochs = 2 * wait;
    options.patience = patience;
    bench b = set_up("1-1:linear", &options);
    seen s = {0};
    const cr_listener listener = {on_event, &s};
    assert_int_equal(cr_fit(b.trainer, b.dev, &listener, 1), CR_OK);
    assert_int_equal(s.reduced_epoch, wait + 1);
    assert_close(s.last.learning_rate, 0.25e-12, 1e-20);
    assert_int_equal(b.trainer->reductions, 2);
    cr_trainer_restart(b.trainer, 1);
    assert_int_equal(b.trainer->reductions, 0);
    tear_down(&b);
  }
}

/* A rate that makes the dev loss jump about: what is kept is its lowest point. */
static void test_keeps_the_best(void **state) {
  (void)state;
  cr_train_options options = short_run();
  options.learning_rate = 0.5;
  options.epochs = 20;
  options.patience = 100;
  bench b = set_up("1-8:tanh-1:linear", &options);
  seen s = {0};
  const cr_listener listener = {on_event, &s};
  assert_int_equal(cr_fit(b.trainer, b.dev, &listener, 1), CR_OK);
  assert_true(s.last_dev > s.lowest_dev); /* else this shows nothing */
  assert_int_equal(s.last.best_epoch, s.lowest_epoch);
  assert_true(loss_on(&b, b.dev) == s.lowest_dev);
  tear_down(&b);
}

static void test_keeps_the_last(void **state) {
  (void)state;
  cr_train_options options = short_run();
  options.learning_rate = 0.5;
  options.epochs = 20;
  options.patience = 100;
  options.keep = "last";
  bench b = set_up("1-8:tanh-1:linear", &options);
  seen s = {0};
  const cr_listener listener = {on_event, &s};
  assert_int_equal(cr_fit(b.trainer, b.dev, &listener, 1), CR_OK);
  assert_int_equal(s.last.best_epoch, 20);
  assert_true(loss_on(&b, b.dev) == s.last_dev);
  tear_down(&b);
}

static void test_patience(void **state) {
  (void)state;
  cr_train_options options = short_run();
  options.epochs = 1000;
  options.patience = 4;
  bench b = set_up("1-1:linear", &options);
  const cr_fit_plan plan = {.dev = b.dev, .restarts = 1};
  cr_fit_result result;
  assert_int_equal(cr_fit_run(b.trainer, &plan, &result), CR_OK);
  assert_string_equal(result.reason, "patience");
  assert_true(result.epochs_run < 1000 && result.epochs_run >= result.best_epoch + 1);
  tear_down(&b);
}

/* Without a dev part no patience ends it, and the training rows say what is best. */
static void test_without_dev(void **state) {
  (void)state;
  cr_train_options options = short_run();
  options.epochs = 60;
  options.patience = 1;
  bench b = set_up("1-1:linear", &options);
  const double start = loss_on(&b, b.train);
  seen s = {0};
  const cr_listener listener = {on_event, &s};
  const cr_fit_plan plan = {.listeners = &listener, .listener_count = 1, .restarts = 1};
  cr_fit_result result;
  assert_int_equal(cr_fit_run(b.trainer, &plan, &result), CR_OK);
  assert_int_equal(result.epochs_run, 60);
  assert_true(result.start_loss == start);
  assert_true(isnan(s.last.dev_loss));
  assert_true(loss_on(&b, b.train) < start / 10);
  tear_down(&b);
}

/* A run that is stopped after some batches of 3 an epoch, or before the first one. */
static cr_fit_result interrupted(const char *keep, size_t stop_after, const char *kinds,
                                 const char *message) {
  volatile sig_atomic_t stop = stop_after == 0;
  cr_train_options options = short_run();
  options.stop = &stop;
  options.keep = keep;
  bench b = set_up("1-1:linear", &options);
  const double start = loss_on(&b, b.dev);
  seen s = {.stop = &stop, .stop_after = stop_after};
  const cr_listener listener = {on_event, &s};
  const cr_fit_plan plan = {.dev = b.dev, .listeners = &listener, .listener_count = 1};
  cr_fit_result result;
  assert_int_equal(cr_fit_run(b.trainer, &plan, &result), CR_ERR_INTERRUPTED);
  assert_string_equal(s.kinds, kinds);
  assert_string_equal(result.reason, "interrupted");
  if (!strstr(cr_last_error()->message, message)) fail_msg("%s", cr_last_error()->message);
  if (stop_after > 0) {
    assert_string_equal(s.last.reason, "interrupted");
    assert_true(loss_on(&b, b.dev) == result.loss);
    assert_true(result.loss < start);
  } else {
    assert_true(loss_on(&b, b.dev) == start);
  }
  tear_down(&b);
  return result;
}

/* Once there is an epoch to keep, what was learnt after it is not evaluated any more. */
static void test_interrupted(void **state) {
  (void)state;
  cr_fit_result result = interrupted("best", 5, "SBBBEIBBX", "epoch 2, batch 2: kept");
  assert_int_equal(result.best_epoch, 1);
  assert_int_equal(result.epochs_run, 1);
  result = interrupted("best", 6, "SBBBEIBBBX", "epoch 2, batch 3: kept the weights of epoch 1");
  assert_int_equal(result.epochs_run, 1);
}

/* In the first epoch what was learnt is all there is; and the last weights may be asked for. */
static void test_interrupted_without_a_best_epoch(void **state) {
  (void)state;
  cr_fit_result result = interrupted("best", 2, "SBBEIX", "epoch 1, batch 2: kept");
  assert_int_equal(result.best_epoch, 1);
  result = interrupted("last", 5, "SBBBEIBBEIX", "epoch 2, batch 2: kept the weights of epoch 2");
  assert_int_equal(result.best_epoch, 2);
  result = interrupted("best", 0, "", "before the first step");
  assert_int_equal(result.best_epoch, 0);
  assert_int_equal(result.epochs_run, 0);
  assert_true(isnan(result.start_loss) && isinf(result.loss));
}

static void diverges(cr_train_options options, const char *spec, const char *what) {
  bench b = set_up(spec, &options);
  const double start = loss_on(&b, b.dev);
  seen s = {0};
  const cr_listener listener = {on_event, &s};
  assert_int_equal(cr_fit(b.trainer, b.dev, &listener, 1), CR_ERR_DIVERGED);
  assert_string_equal(s.last.reason, "diverged");
  const cr_error *error = cr_last_error();
  if (!strstr(error->message, what)) fail_msg("%s", error->message);
  assert_non_null(strstr(error->why, "kept the best weights"));
  assert_non_null(strstr(error->fix, "--lr "));
  assert_true(loss_on(&b, b.dev) <= start); /* the best weights are back */
  tear_down(&b);
}

static void test_diverges(void **state) {
  (void)state;
  cr_train_options options = short_run();
  options.epochs = 1000;
  options.learning_rate = 1e9;
  options.keep = "last"; /* of no use here: the best are kept all the same */
  diverges(options, "1-4:relu-1:linear", "the loss grows without end");
  options.optimizer = "gd";
  options.learning_rate = 1e30;
  diverges(options, "1-1:linear", "loss is");
}

/* The output is bounded, and with it the loss; the weights are not. */
static void test_weights_grow(void **state) {
  (void)state;
  cr_train_options options = short_run();
  options.learning_rate = 1e9;
  bench b = set_up("1-4:relu-1:sigmoid", &options);
  for (size_t i = 0; i < ROWS; i++) y[i] = 0.5F; /* as the outputs are at first, nearly */
  memset(cr_net_parameters(b.net) + 4, 0, 4 * sizeof(float));
  cr_net_parameters(b.net)[4] = 0.01F;
  assert_int_equal(cr_fit(b.trainer, NULL, NULL, 0), CR_ERR_DIVERGED);
  if (!strstr(cr_last_error()->message, "the weights grow without end"))
    fail_msg("%s", cr_last_error()->message);
  tear_down(&b);
}

/* y = 5e6 x is learnt by a weight of 5e6, and that is no divergence. */
static void test_large_weights_may_be_right(void **state) {
  (void)state;
  cr_train_options options = short_run();
  options.optimizer = "gd";
  options.learning_rate = 0.5;
  options.batch = SIZE_MAX;
  options.epochs = 200;
  bench b = set_up("1-1:linear", &options);
  for (size_t i = 0; i < ROWS; i++) y[i] = 5e6F * x[i];
  if (cr_fit(b.trainer, NULL, NULL, 0) != CR_OK) fail_msg("%s", cr_last_error()->message);
  /* The nearest float to 5e6 is itself, the one beside it 0.5 away; a hundred of these. */
  assert_true(fabsf(cr_net_parameters(b.net)[0] - 5e6F) < 50);
  tear_down(&b);
}

/*
 * Two steps of gradient descent on w for y = 100, all x = 1 and b = 0: the loss of the second epoch
 * is (1 - 2 rate)^2 times that of the first.
 */
static cr_status grows_by(double factor) {
  cr_train_options options = short_run();
  options.optimizer = "gd";
  options.learning_rate = (1 + sqrt(factor)) / 2; /* w and b both step */
  options.batch = SIZE_MAX;
  options.epochs = 2;
  bench b = set_up("1-1:linear", &options);
  for (size_t i = 0; i < ROWS; i++) x[i] = 1, y[i] = 100;
  memset(cr_net_parameters(b.net), 0, 2 * sizeof(float));
  const cr_status status = cr_fit(b.trainer, NULL, NULL, 0);
  if (status == CR_ERR_DIVERGED)
    assert_non_null(strstr(cr_last_error()->message, "epoch 2, batch 1: the loss grows"));
  tear_down(&b);
  return status;
}

static void test_growth_of_the_loss(void **state) {
  (void)state;
  assert_int_equal(grows_by(0.9e4), CR_OK);
  assert_int_equal(grows_by(1.1e4), CR_ERR_DIVERGED);
}

/* NAN in a hidden layer does not show in the loss where relu turns it to 0. */
static void test_finds_hidden_nan(void **state) {
  (void)state;
  cr_train_options options = short_run();
  options.optimizer = "gd";
  bench b = set_up("1-4:relu-1:linear", &options);
  const cr_layer *layer = cr_net_layer(b.net, 0);
  assert_non_null(layer);
  layer->weight.data[0] = NAN;
  assert_int_equal(cr_fit(b.trainer, b.dev, NULL, 0), CR_ERR_DIVERGED);
  tear_down(&b);
}

/* From arrays to a model in a file that predicts: the whole way without a table to train on. */
static void test_trained_by_hand(void **state) {
  (void)state;
  static const float inputs[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, targets[4] = {0, 1, 1, 0};
  static const char *const labels[] = {"same", "different"};
  const cr_const_matrix rows = {inputs[0], 4, 2, 2};
  char path[] = "/tmp/chainrule-fit-XXXXXX";
  bench b = {0};
  cr_model *model = NULL, *loaded = NULL;
  cr_table *table = NULL;
  cr_predictions *predictions = NULL;
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = "binary_cross_entropy";
  cr_train_options options = short_run();
  options.epochs = 1000;
  assert_int_equal(cr_samples_from_matrices(rows, (cr_const_matrix){targets, 4, 1, 1}, &b.train),
                   CR_OK);
  assert_int_equal(cr_net_create("2-8:tanh-1:sigmoid", &b.net), CR_OK);
  assert_int_equal(cr_net_initialize(b.net, NULL, 1), CR_OK);
  assert_int_equal(cr_trainer_create(b.net, &objective, &options, b.train, &b.trainer), CR_OK);
  assert_int_equal(cr_fit(b.trainer, NULL, NULL, 0), CR_OK);

  cr_model_options meaning;
  cr_model_options_init(&meaning);
  meaning.labels = labels;
  meaning.label_count = 2;
  assert_int_equal(cr_model_from_net(b.net, &meaning, &model), CR_OK);
  const int file = mkstemp(path);
  assert_true(file >= 0);
  close(file);
  assert_int_equal(cr_model_save(model, path), CR_OK);
  tear_down(&b);
  assert_int_equal(cr_model_load(path, &loaded), CR_OK);
  unlink(path);
  assert_int_equal(cr_table_from_matrix(rows, NULL, &table), CR_OK);
  assert_int_equal(cr_model_predict(loaded, table, NULL, &predictions), CR_OK);
  for (size_t i = 0; i < 4; i++) {
    double sure;
    assert_int_equal(cr_predictions_class(predictions, i, &sure), (size_t)targets[i]);
    assert_true(sure > 0.9);
  }
  cr_predictions_destroy(predictions);
  cr_table_destroy(table);
  cr_model_destroy(loaded);
  cr_model_destroy(model);
}

/* After the end an epoch goes on from the weights that were kept; a second fit does nothing. */
static void test_epochs_after_the_end(void **state) {
  (void)state;
  cr_train_options options = short_run();
  bench b = set_up("1-1:linear", &options);
  assert_int_equal(cr_fit(b.trainer, b.dev, NULL, 0), CR_OK);
  assert_int_equal(cr_trainer_epochs_done(b.trainer), 5);
  const float before = cr_net_parameters(b.net)[0];
  assert_int_equal(cr_fit(b.trainer, b.dev, NULL, 0), CR_OK);
  assert_int_equal(cr_trainer_epochs_done(b.trainer), 5);
  assert_true(cr_net_parameters(b.net)[0] == before);
  double loss = 0;
  assert_int_equal(cr_trainer_epoch(b.trainer, &loss), CR_OK);
  assert_int_equal(cr_trainer_epochs_done(b.trainer), 6);
  assert_true(isfinite(loss) && cr_net_parameters(b.net)[0] != before);
  tear_down(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_events_in_order),
      cmocka_unit_test(test_norms),
      cmocka_unit_test(test_plateau),
      cmocka_unit_test(test_keeps_the_best),
      cmocka_unit_test(test_keeps_the_last),
      cmocka_unit_test(test_patience),
      cmocka_unit_test(test_without_dev),
      cmocka_unit_test(test_interrupted),
      cmocka_unit_test(test_trained_by_hand),
      cmocka_unit_test(test_epochs_after_the_end),
      cmocka_unit_test(test_interrupted_without_a_best_epoch),
      cmocka_unit_test(test_diverges),
      cmocka_unit_test(test_weights_grow),
      cmocka_unit_test(test_large_weights_may_be_right),
      cmocka_unit_test(test_growth_of_the_loss),
      cmocka_unit_test(test_finds_hidden_nan),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
