#include "chainrule/tune.h"

#include <jansson.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "counting_allocator.h"
#include "model/trained.h"
#include "support.h"

static char path[] = "/tmp/chainrule-tune-XXXXXX";

static cr_table *builtin(const char *name) {
  cr_table *table = NULL;
  assert_int_equal(cr_table_read(name, NULL, &table), CR_OK);
  return table;
}

static cr_train_options quick(size_t epochs) {
  cr_train_options options;
  cr_train_options_init(&options);
  options.epochs = epochs;
  return options;
}

static cr_tune_options tries(size_t trials) {
  cr_tune_options options;
  cr_tune_options_init(&options);
  options.trials = trials;
  return options;
}

static cr_tuning *tune(const cr_table *table, const cr_train_options *train,
                       const cr_tune_options *options) {
  cr_tuning *tuning = NULL;
  if (cr_tune(table, NULL, NULL, NULL, train, options, NULL, &tuning) != CR_OK)
    fail_msg("%s", cr_last_error()->message);
  return tuning;
}

/* The model as the bytes of its file; freed with cr_free. */
static char *bytes_of(cr_tuning *tuning, size_t *size) {
  char *bytes = NULL;
  cr_model *model = cr_training_model(cr_tuning_training(tuning));
  assert_int_equal(cr_model_write(model, &bytes, size), CR_OK);
  return bytes;
}

static void same_models(cr_tuning *a, cr_tuning *b) {
  size_t a_size, b_size;
  char *a_bytes = bytes_of(a, &a_size), *b_bytes = bytes_of(b, &b_size);
  assert_int_equal(a_size, b_size);
  assert_memory_equal(a_bytes, b_bytes, a_size);
  cr_free(a_bytes);
  cr_free(b_bytes);
}

static void same_trials(const cr_tuning *a, const cr_tuning *b) {
  const cr_trial *x, *y;
  for (size_t i = 0; (x = cr_tuning_trial(a, i)); i++) {
    y = cr_tuning_trial(b, i);
    assert_non_null(y);
    assert_string_equal(x->layers, y->layers);
    assert_string_equal(x->activation, y->activation);
    assert_true(x->learning_rate == y->learning_rate && x->batch == y->batch);
    assert_true(x->l2 == y->l2 && x->dropout == y->dropout);
    assert_true(x->loss == y->loss && x->score == y->score && x->epochs == y->epochs);
  }
  assert_int_equal(cr_tuning_best(a)->number, cr_tuning_best(b)->number);
}

/* The same trials, the same best, the same bytes with any number of threads. */
static void test_threads_do_not_matter(void **state) {
  (void)state;
  cr_table *table = builtin("@iris");
  cr_train_options train = quick(9);
  const cr_tune_options options = tries(12);
  train.threads = 1;
  cr_tuning *one = tune(table, &train, &options);
  train.threads = 3;
  cr_tuning *three = tune(table, &train, &options);
  const cr_tuning_summary *summary = cr_tuning_get_summary(one);
  assert_int_equal(summary->trials, 12);
  assert_int_equal(summary->folds, 5);
  assert_int_equal(summary->train_rows, 90);
  assert_int_equal(summary->dev_rows, 30);
  assert_string_equal(summary->reason, "trials");
  assert_string_equal(summary->searched, "layers,activation,lr,batch,l2,dropout");
  assert_true(summary->runs > 12);
  assert_null(cr_tuning_trial(one, 12));
  same_trials(one, three);
  same_models(one, three);
  cr_tuning_destroy(three);
  train.seed = 2;
  three = tune(table, &train, &options);
  assert_true(cr_tuning_trial(one, 1)->learning_rate != cr_tuning_trial(three, 1)->learning_rate);
  cr_tuning_destroy(one);
  cr_tuning_destroy(three);
  cr_table_destroy(table);
}

/* What comes out is what cr_train_table makes of the best settings, byte for byte. */
static void model_is_that_of_train(const char *name, size_t epochs, size_t trials) {
  cr_table *table = builtin(name);
  cr_train_options train = quick(epochs);
  const cr_tune_options options = tries(trials);
  cr_tuning *tuning = tune(table, &train, &options);
  const cr_trial *best = cr_tuning_best(tuning);
  cr_training *training = NULL;
  train.layers = best->layers;
  train.activation = best->activation;
  train.learning_rate = best->learning_rate;
  train.batch = best->batch;
  train.l2 = best->l2;
  train.dropout = best->dropout;
  assert_int_equal(cr_train_table(table, NULL, NULL, NULL, &train, NULL, 0, &training), CR_OK);
  size_t size, other_size;
  char *bytes = bytes_of(tuning, &size), *other = NULL;
  assert_int_equal(cr_model_write(cr_training_model(training), &other, &other_size), CR_OK);
  assert_int_equal(size, other_size);
  assert_memory_equal(bytes, other, size);
  for (size_t p = 0; p < 3; p++)
    assert_true(cr_training_metrics(training, p)->loss ==
                cr_training_metrics(cr_tuning_training(tuning), p)->loss);
  cr_free(bytes);
  cr_free(other);
  cr_training_destroy(training);
  cr_tuning_destroy(tuning);
  cr_table_destroy(table);
}

static void test_model_is_that_of_train(void **state) {
  (void)state;
  model_is_that_of_train("@iris", 9, 10);  /* folds */
  model_is_that_of_train("@digits", 3, 4); /* a dev part */
  model_is_that_of_train("@xor", 60, 4);   /* nothing held out */
}

/* No complete trial is better than the best, and what it gained is said. */
static void test_best_is_the_lowest(void **state) {
  (void)state;
  cr_table *table = builtin("@iris");
  const cr_train_options train = quick(9);
  const cr_tune_options options = tries(15);
  cr_tuning *tuning = tune(table, &train, &options);
  const cr_tuning_summary *summary = cr_tuning_get_summary(tuning);
  const cr_trial *best = cr_tuning_best(tuning), *defaults = cr_tuning_trial(tuning, 0), *t;
  for (size_t i = 0; (t = cr_tuning_trial(tuning, i)); i++)
    assert_true(!t->complete || t->diverged || t->loss >= best->loss);
  assert_true(defaults->complete && best->complete);
  assert_int_equal(summary->improved, best->number > 0);
  assert_close(summary->gain, defaults->loss - best->loss, 1e-15);
  assert_true(best->loss_error > 0 && best->score_error >= 0);
  cr_tuning_destroy(tuning);
  cr_table_destroy(table);
}

static cr_table *parse(const char *text) {
  cr_table *table = NULL;
  assert_int_equal(cr_table_parse("t.csv", text, strlen(text), NULL, &table), CR_OK);
  return table;
}

/* y = x1 - x2 in 60 rows; the targets of the rows in `changed` are something else. */
static cr_table *numbers(const size_t *changed, size_t count) {
  char text[4096] = "x1,x2,y\n";
  for (size_t i = 0, c = 0; i < 60; i++) {
    char line[64];
    const double a = uneven(i, 1), b = uneven(7 * i, 1);
    const bool change = c < count && changed[c] == i;
    if (change) c++;
    snprintf(line, sizeof line, "%.6f,%.6f,%.6f\n", a, b, change ? 5 + a : a - b);
    strcat(text, line);
  }
  return parse(text);
}

/* Nothing of the choice depends on the targets of the test part; only its figures do. */
static void test_the_test_part_is_not_looked_at(void **state) {
  (void)state;
  const cr_train_options train = quick(9);
  const cr_tune_options options = tries(10);
  cr_table *table = numbers(NULL, 0);
  cr_tuning *tuning = tune(table, &train, &options);
  size_t count = 0;
  const size_t *rows = cr_training_rows(cr_tuning_training(tuning), CR_PORTION_TEST, &count);
  assert_int_equal(count, 12);
  cr_table *changed = numbers(rows, count);
  cr_tuning *other = tune(changed, &train, &options);
  same_trials(tuning, other);
  const cr_metrics *a = cr_training_metrics(cr_tuning_training(tuning), CR_PORTION_TEST);
  const cr_metrics *b = cr_training_metrics(cr_tuning_training(other), CR_PORTION_TEST);
  assert_true(b->rmse > 2 * a->rmse);
  cr_tuning_destroy(tuning);
  cr_tuning_destroy(other);
  cr_table_destroy(table);
  cr_table_destroy(changed);
}

/* What a listener sees, and when it raises the flag. */
typedef struct watcher {
  size_t starts, steps, runs, improved, last_trial;
  size_t stop_after_runs, stop_after_steps; /* 0: never */
  volatile sig_atomic_t stop;
} watcher;

static void watch(void *user, const cr_tune_event *event) {
  watcher *w = user;
  w->starts += event->kind == CR_TUNE_EVENT_START;
  w->steps += event->kind == CR_TUNE_EVENT_STEP;
  w->runs += event->kind == CR_TUNE_EVENT_RUN;
  w->improved += event->improved;
  if (event->kind != CR_TUNE_EVENT_START) {
    assert_non_null(event->trial);
    assert_true(event->share > 0 && event->share <= 1 + 1e-12);
    assert_true(event->rung < event->rungs);
    w->last_trial = event->trial->number;
  }
  if (event->improved) assert_ptr_equal(event->best, event->trial);
  if (w->stop_after_runs && w->runs == w->stop_after_runs) w->stop = 1;
  if (w->stop_after_steps && w->steps == w->stop_after_steps) w->stop = 1;
}

static cr_status tune_watched(const cr_table *table, cr_train_options train,
                              const cr_tune_options *options, watcher *w, cr_tuning **out) {
  const cr_tune_listener listener = {watch, w};
  train.stop = &w->stop;
  return cr_tune(table, NULL, NULL, NULL, &train, options, &listener, out);
}

static void test_events(void **state) {
  (void)state;
  watcher w = {0};
  cr_tuning *tuning = NULL;
  cr_table *table = builtin("@iris");
  const cr_tune_options options = tries(6);
  assert_int_equal(tune_watched(table, quick(3), &options, &w, &tuning), CR_OK);
  assert_int_equal(w.starts, 1);
  assert_int_equal(w.runs, cr_tuning_get_summary(tuning)->runs);
  assert_true(w.steps > w.runs);
  assert_true(w.improved >= 1);
  cr_tuning_destroy(tuning);
  cr_table_destroy(table);
}

/* Stopped after any run or in it: the best so far is there, and the log goes on from there. */
static void stopped_and_resumed(size_t runs, size_t steps) {
  cr_table *table = builtin("@iris");
  const cr_train_options train = quick(9);
  cr_tune_options options = tries(8);
  cr_tuning *whole = tune(table, &train, &options), *cut = NULL, *resumed = NULL;
  watcher w = {.stop_after_runs = runs, .stop_after_steps = steps};
  options.log = path;
  unlink(path);
  assert_int_equal(tune_watched(table, train, &options, &w, &cut), CR_ERR_INTERRUPTED);
  assert_non_null(cut);
  assert_string_equal(cr_tuning_get_summary(cut)->reason, "interrupted");
  assert_int_equal(cr_tuning_get_summary(cut)->runs, w.runs);
  assert_non_null(cr_training_model(cr_tuning_training(cut)));
  const cr_trial *best = cr_tuning_best(cut);
  assert_true(isfinite(best->loss));
  assert_string_equal(cr_training_options(cr_tuning_training(cut))->layers, best->layers);
  resumed = tune(table, &train, &options);
  assert_int_equal(cr_tuning_get_summary(resumed)->recalled, w.runs);
  same_trials(whole, resumed);
  same_models(whole, resumed);
  cr_tuning_destroy(whole);
  cr_tuning_destroy(cut);
  cr_tuning_destroy(resumed);
  cr_table_destroy(table);
}

static void test_stopped_and_resumed(void **state) {
  (void)state;
  stopped_and_resumed(1, 0);
  stopped_and_resumed(5, 0);
  stopped_and_resumed(0, 40);   /* in the first training */
  stopped_and_resumed(0, 1500); /* in a later one */
}

/* After a kill: some lines, and part of another. */
static void test_resumed_after_a_kill(void **state) {
  (void)state;
  cr_table *table = builtin("@iris");
  const cr_train_options train = quick(9);
  cr_tune_options options = tries(8);
  options.log = path;
  unlink(path);
  cr_tuning *whole = tune(table, &train, &options);
  char *text = NULL;
  size_t size = 0, cut = 0;
  assert_int_equal(cr_file_read(path, 1 << 20, &text, &size), CR_OK);
  for (size_t lines = 0; lines < 5; cut++) lines += text[cut] == '\n';
  assert_int_equal(truncate(path, (off_t)cut + 70), 0);
  cr_tuning *resumed = tune(table, &train, &options);
  assert_int_equal(cr_tuning_get_summary(resumed)->recalled, 4);
  same_trials(whole, resumed);
  same_models(whole, resumed);
  cr_tuning_destroy(resumed);
  resumed = tune(table, &train, &options); /* nothing is left to do */
  assert_int_equal(cr_tuning_get_summary(resumed)->recalled, cr_tuning_get_summary(whole)->runs);
  same_models(whole, resumed);
  cr_tuning_destroy(resumed);
  cr_tuning_destroy(whole);
  cr_free(text);
  cr_table_destroy(table);
}

static void refused(const cr_table *table, const cr_train_options *train,
                    const cr_prepare_options *prepare, const cr_tune_options *options,
                    cr_status status, const char *part) {
  cr_tuning *tuning = NULL;
  assert_int_equal(cr_tune(table, NULL, NULL, prepare, train, options, NULL, &tuning), status);
  assert_null(tuning);
  if (!strstr(cr_last_error()->message, part)) fail_msg("%s", cr_last_error()->message);
}

/* The log of other data, another seed, other options, another search. */
static void test_logs_of_others(void **state) {
  (void)state;
  cr_table *table = builtin("@iris"), *other = builtin("@spiral");
  cr_train_options train = quick(3);
  cr_tune_options options = tries(2);
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  options.log = path;
  unlink(path);
  cr_tuning_destroy(tune(table, &train, &options));
  refused(other, &train, NULL, &options, CR_ERR_COMBINATION, "\"data\"");
  train.seed = 2;
  refused(table, &train, NULL, &options, CR_ERR_COMBINATION, "\"seed\" is 1 there, and 2 now");
  train = quick(4);
  refused(table, &train, NULL, &options, CR_ERR_COMBINATION, "\"epochs\"");
  train = quick(3);
  prepare.scale = "minmax";
  refused(table, &train, &prepare, &options, CR_ERR_COMBINATION, "\"scale\"");
  options.search = "lr";
  refused(table, &train, NULL, &options, CR_ERR_COMBINATION, "\"search\"");
  options.search = NULL;
  train.threads = 2; /* changes nothing, so it may change */
  options.trials = 3;
  cr_tuning_destroy(tune(table, &train, &options));
  cr_table_destroy(table);
  cr_table_destroy(other);
}

/* One training alone would take for ever: it ends in time, and says so, with a model. */
static void test_time_ends_a_long_training(void **state) {
  (void)state;
  cr_table *table = builtin("@digits");
  const cr_train_options train = quick(1000000);
  cr_tune_options options;
  cr_tune_options_init(&options);
  options.seconds = 0.3;
  cr_tuning *tuning = tune(table, &train, &options);
  const cr_tuning_summary *summary = cr_tuning_get_summary(tuning);
  assert_string_equal(summary->reason, "time");
  assert_true(summary->seconds < 60);
  assert_int_equal(summary->runs, 0);
  assert_false(summary->improved);
  assert_int_equal(cr_tuning_best(tuning)->number, 0);
  assert_false(cr_tuning_best(tuning)->complete);
  cr_training *training = cr_tuning_take_training(tuning);
  assert_null(cr_tuning_training(tuning));
  assert_int_equal(cr_training_metrics(training, CR_PORTION_TEST)->n, 359);
  cr_training_destroy(training);
  cr_tuning_destroy(tuning);
  cr_table_destroy(table);
}

static void test_all_diverge(void **state) {
  (void)state;
  cr_table *table = numbers(NULL, 0);
  cr_train_options train = quick(20);
  train.optimizer = "gd";
  train.learning_rate = 1e30;
  train.l2 = 1;
  const cr_tune_options options = tries(3);
  refused(table, &train, NULL, &options, CR_ERR_DIVERGED, "every one of 3 trials");
  cr_table_destroy(table);
}

/* Who must see all rows in each step has no batch to search, and no dropout. */
static void test_full_batch(void **state) {
  (void)state;
  cr_table *table = builtin("@iris");
  cr_train_options train = quick(4);
  const cr_tune_options options = tries(4);
  train.optimizer = "rprop";
  cr_tuning *tuning = tune(table, &train, &options);
  assert_string_equal(cr_tuning_get_summary(tuning)->searched, "layers,activation,lr,l2");
  assert_int_equal(cr_tuning_get_summary(tuning)->trials, 4);
  cr_tuning_destroy(tuning);
  cr_table_destroy(table);
}

static void test_wrong_options(void **state) {
  (void)state;
  cr_table *table = builtin("@iris");
  const cr_train_options train = quick(2);
  cr_tune_options options = tries(1);
  options.seconds = (double)NAN;
  refused(table, &train, NULL, &options, CR_ERR_ARGUMENT, "--time");
  options = tries(1);
  options.folds = 99;
  refused(table, &train, NULL, &options, CR_ERR_ARGUMENT, "--folds");
  options = tries(1);
  options.search = "everything";
  refused(table, &train, NULL, &options, CR_ERR_ARGUMENT, "--search");
  cr_table_destroy(table);
}

/* A search, and going on with it, where every allocation fails in turn: said so, and no leak. */
static void test_memory(void **state) {
  (void)state;
  counting_start_json();
  cr_table *table = builtin("@xor");
  cr_train_options train = quick(3);
  cr_tune_options options = tries(2);
  const size_t held = counting.live;
  train.threads = 1;
  options.log = path;
  unlink(path);
  cr_tuning_destroy(tune(table, &train, &options));
  options.trials = 3;
  for (size_t n = 1;; n++) {
    cr_tuning *tuning = NULL;
    counting_fail_at(n, false);
    const cr_status status = cr_tune(table, NULL, NULL, NULL, &train, &options, NULL, &tuning);
    cr_tuning_destroy(tuning);
    if (counting.refused == 0) break;
    if (status != CR_ERR_MEMORY)
      fail_msg("allocation %zu: %s (%s)", n, cr_status_name(status), cr_last_error()->message);
    if (counting.live != held) fail_msg("allocation %zu leaks", n);
  }
  cr_table_destroy(table);
  assert_int_equal(counting.live, 0);
  counting_stop_json();
}

static int make_path(void **state) {
  (void)state;
  const int file = mkstemp(path);
  return file < 0 ? -1 : close(file);
}

static int remove_path(void **state) {
  (void)state;
  return unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_threads_do_not_matter),
      cmocka_unit_test(test_model_is_that_of_train),
      cmocka_unit_test(test_best_is_the_lowest),
      cmocka_unit_test(test_the_test_part_is_not_looked_at),
      cmocka_unit_test(test_events),
      cmocka_unit_test(test_stopped_and_resumed),
      cmocka_unit_test(test_resumed_after_a_kill),
      cmocka_unit_test(test_logs_of_others),
      cmocka_unit_test(test_time_ends_a_long_training),
      cmocka_unit_test(test_all_diverge),
      cmocka_unit_test(test_full_batch),
      cmocka_unit_test(test_wrong_options),
      cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, make_path, remove_path);
}
