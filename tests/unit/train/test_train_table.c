#include <jansson.h>
#include <unistd.h>

#include "base/alloc.h"
#include "chainrule/train.h"
#include "counting_allocator.h"
#include "model/trained.h"
#include "support.h"
#include "tables.h"

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

static cr_training *train(const cr_table *table, const cr_train_options *options) {
  cr_training *training = NULL;
  if (cr_train_table(table, NULL, NULL, NULL, options, NULL, 0, &training) != CR_OK)
    fail_msg("%s", cr_last_error()->message);
  return training;
}

/* The model of a training as the bytes of its file; freed with cr_free. */
static char *bytes_of(cr_training *training, size_t *size) {
  char *bytes = NULL;
  assert_int_equal(cr_model_write(cr_training_model(training), &bytes, size), CR_OK);
  return bytes;
}

/* The same bytes with any number of threads, and again with the same; not with another seed. */
static void same_bytes(const char *name, cr_train_options options) {
  static const size_t threads[] = {1, 2, 3, 7, 1, 1};
  cr_table *table = builtin(name);
  char *first = NULL;
  size_t first_size = 0;
  for (size_t i = 0; i < 6; i++) {
    size_t size = 0;
    options.threads = threads[i];
    options.seed = i < 5 ? 1 : 2;
    cr_training *training = train(table, &options);
    char *bytes = bytes_of(training, &size);
    if (i == 0) {
      first = bytes;
      first_size = size;
    } else {
      const bool same = size == first_size && memcmp(bytes, first, size) == 0;
      assert_int_equal(same, i < 5);
      cr_free(bytes);
    }
    cr_training_destroy(training);
  }
  cr_free(first);
  cr_table_destroy(table);
}

static void test_threads_do_not_matter(void **state) {
  (void)state;
  cr_train_options options = quick(2);
  options.layers = "600,300"; /* wide enough to be shared out */
  options.batch = 500;
  same_bytes("@digits", options);
  options.augment = "auto";
  options.batch = 50;
  same_bytes("@digits", options);
  options = quick(20);
  options.restarts = 3;
  options.optimizer = "momentum";
  options.l1 = options.l2 = 0.01;
  same_bytes("@iris", options);
}

static void test_classes(void **state) {
  (void)state;
  cr_table *table = builtin("@iris");
  const cr_train_options options = quick(60);
  cr_training *training = train(table, &options);
  size_t count = 0;
  static const size_t rows[] = {90, 30, 30};
  for (size_t p = 0; p < 3; p++) {
    const cr_metrics *metrics = cr_training_metrics(training, p);
    assert_int_equal(metrics->n, rows[p]);
    assert_true(metrics->accuracy > 0.8);
    assert_non_null(cr_training_rows(training, p, &count));
    assert_int_equal(count, rows[p]);
  }
  assert_null(cr_training_rows(training, 3, &count));
  assert_null(cr_training_metrics(training, 3));
  const cr_training_summary *summary = cr_training_get_summary(training);
  assert_int_equal(summary->epochs_run, 60);
  assert_string_equal(summary->reason, "epochs");
  assert_false(summary->same_rows);
  assert_close(summary->expected_start_loss, 1.0986122886681098, 1e-15);
  const cr_train_options *resolved = cr_training_options(training);
  assert_string_equal(resolved->layers, "64");
  assert_string_equal(resolved->activation, "relu");
  assert_string_equal(resolved->output, "softmax");
  assert_string_equal(resolved->loss, "cross_entropy");
  cr_training_destroy(training);
  cr_table_destroy(table);
}

static void take_at_once(void *user, const cr_event *event) {
  assert_null(cr_training_take_model(event->training));
  assert_non_null(cr_training_model(event->training));
  ++*(size_t *)user;
}

/* Who takes the model keeps it when the training is gone; a listener cannot. */
static void test_a_model_is_taken(void **state) {
  (void)state;
  size_t events = 0;
  const cr_listener listener = {take_at_once, &events};
  const cr_train_options options = quick(2);
  cr_table *table = builtin("@iris");
  cr_training *training = NULL;
  assert_int_equal(cr_train_table(table, NULL, NULL, NULL, &options, &listener, 1, &training),
                   CR_OK);
  assert_true(events > 2);
  cr_model *model = cr_training_take_model(training);
  assert_non_null(model);
  assert_null(cr_training_model(training));
  assert_null(cr_training_take_model(training));
  assert_string_equal(cr_training_options(training)->output, "softmax");
  cr_training_destroy(training);
  cr_table_destroy(table);
  assert_string_equal(cr_model_get_info(model)->target, "species");
  cr_model_destroy(model);
}

/* Figures of a part are those of the model itself on the part's rows. */
static void test_metrics_are_the_models(void **state) {
  (void)state;
  cr_table *table = builtin("@iris"), *held_out = NULL;
  const cr_train_options options = quick(10);
  cr_training *training = train(table, &options);
  cr_evaluation *evaluation = NULL;
  size_t count;
  const size_t *rows = cr_training_rows(training, 2, &count);
  assert_int_equal(cr_table_select(table, rows, count, &held_out), CR_OK);
  assert_int_equal(cr_evaluate(cr_training_model(training), held_out, NULL, &evaluation), CR_OK);
  const cr_metrics *expected = cr_evaluation_metrics(evaluation);
  const cr_metrics *found = cr_training_metrics(training, 2);
  assert_true(found->accuracy == expected->accuracy);
  assert_close(found->loss, expected->loss, 1e-12);
  cr_evaluation_destroy(evaluation);
  cr_table_destroy(held_out);
  cr_training_destroy(training);
  cr_table_destroy(table);
}

/* y = 3 a - 2 b + 1 in a table of numbers; the model predicts in the target's own unit. */
static void test_numbers(void **state) {
  (void)state;
  float values[60][3];
  for (size_t i = 0; i < 60; i++) {
    values[i][0] = (float)uneven(i, 40.0);
    values[i][1] = (float)uneven(2 * i + 1, 0.5);
    values[i][2] = 3 * values[i][0] - 2 * values[i][1] + 1;
  }
  cr_table *table = NULL;
  assert_int_equal(cr_table_from_matrix((cr_const_matrix){values[0], 60, 3, 3}, NULL, &table),
                   CR_OK);
  cr_train_options options = quick(200);
  options.layers = "";
  cr_training *training = train(table, &options);
  const cr_metrics *metrics = cr_training_metrics(training, 2);
  assert_true(metrics->r2 > 0.999);
  assert_true(isnan(metrics->accuracy));
  const cr_model_info *info = cr_model_get_info(cr_training_model(training));
  assert_string_equal(info->task, "regression");
  assert_string_equal(info->network, "2-1:linear");
  const cr_training_summary *summary = cr_training_get_summary(training);
  assert_true(isnan(summary->expected_start_loss));
  cr_training_destroy(training);
  cr_table_destroy(table);
}

static void test_same_rows(void **state) {
  (void)state;
  cr_table *table = builtin("@xor");
  cr_train_options options = quick(5);
  options.patience = 2;
  cr_training *training = train(table, &options);
  const cr_metrics *metrics[3];
  for (size_t p = 0; p < 3; p++) metrics[p] = cr_training_metrics(training, p);
  const cr_training_summary *summary = cr_training_get_summary(training);
  assert_true(summary->same_rows);
  assert_int_equal(metrics[0]->n, 4);
  assert_int_equal(metrics[1]->n, 0);
  assert_int_equal(metrics[2]->n, 4);
  assert_true(metrics[0]->loss == metrics[2]->loss);
  assert_int_equal(summary->epochs_run, 5);
  assert_non_null(strstr(cr_training_warning(training, 0), "no early stopping"));
  assert_null(cr_training_warning(training, 1));
  cr_training_destroy(training);
  cr_table_destroy(table);
}

/* 4 or 64 inputs: 0.4 or 4 * batch / rows, to one digit; of few rows without a dev part twice. */
static void test_penalty(void **state) {
  (void)state;
  static const struct {
    const char *table;
    double dev; /* share */
    size_t train_rows, dev_rows;
    double l2;
  } cases[] = {{"@iris", 0, 150, 0, 0.04},     /* 0.4 * 8 / 150 = 0.021 */
               {"@iris", 0.1, 135, 15, 0.02},  /* 0.4 * 8 / 135 = 0.024 */
               {"@digits", 0, 1797, 0, 0.07}}; /* 4 * 32 / 1797 = 0.071 */
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cr_table *table = builtin(cases[i].table);
    const cr_train_options options = quick(1);
    cr_training *training = NULL;
    cr_prepare_options prepare;
    cr_prepare_options_init(&prepare);
    if (cases[i].dev > 0) {
      prepare.split[CR_PORTION_TRAIN] = 1 - cases[i].dev;
      prepare.split[CR_PORTION_DEV] = cases[i].dev;
    }
    assert_int_equal(cr_train_table(table, NULL, table, &prepare, &options, NULL, 0, &training),
                     CR_OK);
    assert_int_equal(cr_training_metrics(training, CR_PORTION_TRAIN)->n, cases[i].train_rows);
    assert_int_equal(cr_training_metrics(training, CR_PORTION_DEV)->n, cases[i].dev_rows);
    assert_true(cr_training_options(training)->l2 == cases[i].l2);
    cr_training_destroy(training);
    cr_table_destroy(table);
  }
}

/* Rows that are held out change nothing in the model: no scale, no weight knows of them. */
static void test_no_leak(void **state) {
  (void)state;
  float values[40][3], others[8][3];
  for (size_t i = 0; i < 40 * 3; i++) values[i / 3][i % 3] = (float)uneven(i, 2.0);
  for (size_t i = 0; i < 8 * 3; i++) others[i / 3][i % 3] = (float)uneven(i + 500, 9.0);
  cr_table *table = NULL, *tests[2] = {NULL, NULL};
  char *bytes[2];
  size_t size[2];
  assert_int_equal(cr_table_from_matrix((cr_const_matrix){values[0], 40, 3, 3}, NULL, &table),
                   CR_OK);
  for (size_t i = 0; i < 2; i++) {
    cr_training *training = NULL;
    const cr_train_options options = quick(3);
    cr_const_matrix m = {i == 0 ? others[0] : values[0], 8, 3, 3};
    assert_int_equal(cr_table_from_matrix(m, NULL, &tests[i]), CR_OK);
    assert_int_equal(cr_train_table(table, NULL, tests[i], NULL, &options, NULL, 0, &training),
                     CR_OK);
    assert_int_equal(cr_model_set_training(cr_training_model(training), "{}"), CR_OK);
    bytes[i] = bytes_of(training, &size[i]);
    cr_training_destroy(training);
  }
  assert_int_equal(size[0], size[1]);
  assert_memory_equal(bytes[0], bytes[1], size[0]);
  for (size_t i = 0; i < 2; i++) {
    cr_free(bytes[i]);
    cr_table_destroy(tests[i]);
  }
  cr_table_destroy(table);
}

/* Diverged: a model all the same, with the best weights there were. */
static void test_diverged(void **state) {
  (void)state;
  cr_table *table = builtin("@iris");
  cr_train_options options = quick(10);
  options.learning_rate = 1e9;
  cr_training *training = NULL;
  assert_int_equal(cr_train_table(table, NULL, NULL, NULL, &options, NULL, 0, &training),
                   CR_ERR_DIVERGED);
  check_failure(CR_ERR_DIVERGED, "diverged at epoch 1", 0, "--lr 0.02");
  assert_non_null(training);
  const cr_training_summary *summary = cr_training_get_summary(training);
  assert_string_equal(summary->reason, "diverged");
  assert_int_equal(cr_model_validate(cr_training_model(training), "model"), CR_OK);
  cr_training_destroy(training);
  cr_table_destroy(table);
}

static void stop_at_third_epoch(void *user, const cr_event *event) {
  volatile sig_atomic_t *stop = user;
  if (event->kind == CR_EVENT_EPOCH && event->epoch == 3) *stop = 1;
}

static void test_interrupted(void **state) {
  (void)state;
  volatile sig_atomic_t stop = 0;
  const cr_listener listener = {stop_at_third_epoch, (void *)(uintptr_t)&stop};
  cr_table *table = builtin("@iris");
  cr_train_options options = quick(50);
  options.stop = &stop;
  cr_training *training = NULL;
  assert_int_equal(cr_train_table(table, NULL, NULL, NULL, &options, &listener, 1, &training),
                   CR_ERR_INTERRUPTED);
  assert_int_equal(cr_last_error()->status, CR_ERR_INTERRUPTED);
  assert_non_null(training);
  const cr_training_summary *summary = cr_training_get_summary(training);
  assert_int_equal(summary->epochs_run, 3);
  assert_string_equal(summary->reason, "interrupted");
  const cr_metrics *metrics[3];
  for (size_t p = 0; p < 3; p++) metrics[p] = cr_training_metrics(training, p);
  assert_int_equal(metrics[CR_PORTION_TRAIN]->n, 0); /* nobody waits for it */
  assert_true(isnan(metrics[CR_PORTION_TRAIN]->accuracy));
  assert_int_equal(metrics[CR_PORTION_DEV]->n, 30);
  assert_int_equal(metrics[CR_PORTION_TEST]->n, 30);
  assert_true(metrics[CR_PORTION_TEST]->baseline >= 1.0 / 3);
  const cr_model_info *info = cr_model_get_info(cr_training_model(training));
  assert_non_null(strstr(info->training, "\"test\":{"));
  assert_null(strstr(info->training, "\"train\":{"));
  cr_training_destroy(training);
  cr_table_destroy(table);
}

/* Without other parts the figures of the training part are all there are. */
static void test_interrupted_at_once(void **state) {
  (void)state;
  const volatile sig_atomic_t stop = 1;
  cr_table *table = builtin("@iris");
  cr_train_options options = quick(50);
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  options.stop = &stop;
  options.restarts = 3;
  prepare.split[CR_PORTION_TRAIN] = 1;
  cr_training *training = NULL;
  assert_int_equal(cr_train_table(table, NULL, NULL, &prepare, &options, NULL, 0, &training),
                   CR_ERR_INTERRUPTED);
  assert_non_null(strstr(cr_last_error()->message, "before the first step"));
  const cr_training_summary *summary = cr_training_get_summary(training);
  assert_int_equal(summary->best_epoch, 0);
  assert_int_equal(summary->restarts, 1);
  assert_true(isnan(summary->start_loss));
  const cr_metrics *metrics = cr_training_metrics(training, CR_PORTION_TRAIN);
  assert_int_equal(metrics->n, 150);
  assert_true(isfinite(metrics->loss) && isfinite(metrics->baseline));
  cr_training_destroy(training);
  cr_table_destroy(table);
}

static void stop_in_third_start(void *user, const cr_event *event) {
  volatile sig_atomic_t *stop = user;
  if (event->restart == 2 && event->kind == CR_EVENT_BATCH) *stop = 1;
}

/* The weights are those of an earlier start, which was over; the training was not. */
static void test_interrupted_in_a_later_start(void **state) {
  (void)state;
  volatile sig_atomic_t stop = 0;
  const cr_listener listener = {stop_in_third_start, (void *)(uintptr_t)&stop};
  cr_table *table = builtin("@iris");
  cr_train_options options = quick(20);
  options.stop = &stop;
  options.restarts = 4;
  cr_training *training = NULL;
  assert_int_equal(cr_train_table(table, NULL, NULL, NULL, &options, &listener, 1, &training),
                   CR_ERR_INTERRUPTED);
  const cr_training_summary *summary = cr_training_get_summary(training);
  assert_int_equal(summary->restarts, 3);
  assert_int_equal(summary->epochs_run, 20); /* of the start that was best */
  assert_string_equal(summary->reason, "interrupted");
  const cr_model_info *info = cr_model_get_info(cr_training_model(training));
  assert_non_null(strstr(info->training, "\"stopped\":\"interrupted\""));
  cr_training_destroy(training);
  cr_table_destroy(table);
}

static void refuses(const cr_table *table, const cr_prepare_options *prepare,
                    const cr_train_options *options, cr_status status, const char *message) {
  cr_training *training = NULL;
  assert_int_equal(cr_train_table(table, NULL, NULL, prepare, options, NULL, 0, &training), status);
  check_failure(status, message, 0, NULL);
  assert_null(training);
}

static void test_refused(void **state) {
  (void)state;
  cr_table *table = builtin("@iris");
  cr_train_options options = quick(1);
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  options.loss = "half_squared";
  refuses(table, NULL, &options, CR_ERR_COMBINATION, "with loss half_squared");
  options = quick(1);
  options.optimizer = "adamant";
  refuses(table, NULL, &options, CR_ERR_ARGUMENT, "adamant");
  options = quick(1);
  options.seed = UINT64_MAX;
  refuses(table, NULL, &options, CR_ERR_ARGUMENT, "seed 18446744073709551615");
  options = quick(1);
  prepare.target = "speces";
  refuses(table, &prepare, &options, CR_ERR_COLUMN, "speces");
  cr_table_destroy(table);
}

/* The n-th allocation refused, for every n: no model, nothing left behind, and then it works. */
static void test_without_memory(void **state) {
  (void)state;
  counting_start_json();
  cr_table *table = builtin("@xor");
  cr_train_options options = quick(1);
  options.threads = 1;
  const size_t live = counting.live;
  cr_status status = CR_ERR_MEMORY;
  size_t n = 1;
  for (; status != CR_OK; n++) {
    cr_training *training = NULL;
    counting_fail_at(n, false);
    status = cr_train_table(table, NULL, NULL, NULL, &options, NULL, 0, &training);
    if (status != CR_OK) {
      assert_int_equal(status, CR_ERR_MEMORY);
      assert_null(training);
    }
    cr_training_destroy(training);
    assert_int_equal(counting.live, live);
  }
  assert_true(n > 20);
  cr_table_destroy(table);
  assert_int_equal(counting.live, 0);
  counting_stop_json();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_threads_do_not_matter),
      cmocka_unit_test(test_classes),
      cmocka_unit_test(test_a_model_is_taken),
      cmocka_unit_test(test_metrics_are_the_models),
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_same_rows),
      cmocka_unit_test(test_penalty),
      cmocka_unit_test(test_no_leak),
      cmocka_unit_test(test_diverged),
      cmocka_unit_test(test_interrupted),
      cmocka_unit_test(test_interrupted_at_once),
      cmocka_unit_test(test_interrupted_in_a_later_start),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
