#include "tune/halving.h"

#include "support.h"

static cr_space space;
static cr_halving halving;

static void begin(const char *search, size_t epochs) {
  static const cr_settings chosen = {
      .given_layers = "64", .activation = "relu", .rate = 0.02, .batch = 32};
  cr_train_options options;
  cr_train_options_init(&options);
  assert_int_equal(cr_space_create(&chosen, &options, search, 1000, &space), CR_OK);
  cr_halving_create(&space, epochs, 1000, &halving);
}

static cr_run next(size_t most) {
  cr_run run;
  bool exhausted;
  assert_int_equal(cr_halving_next(&halving, most, &run, &exhausted), CR_OK);
  assert_false(exhausted);
  return run;
}

static void note(const cr_run *run, double loss) {
  const cr_run_result result = {.count = 1, .losses = {loss}, .scores = {0.5}, .seconds = 1};
  cr_halving_note(&halving, run, &result);
}

/* Worked out by hand: the loss of a trial is the same at each length. */
static void test_who_runs_next(void **state) {
  (void)state;
  static const double losses[] = {0.3, 0.5, 0.6, 0.4, 0.7, 0.45, 0.65};
  static const struct {
    size_t trial, rung;
  } expected[] = {
      {0, 2},                 /* what train chooses, at once as long as a training */
      {1, 0}, {1, 1}, {1, 2}, /* the first is the best of its rung */
      {2, 0},                 /* second of two, of whom one goes on */
      {3, 0}, {3, 1}, {3, 2}, /* a new best */
      {4, 0},                 /* four: two go on, and those are 3 and 1 */
      {5, 0}, {5, 1},         /* second of five; then second of three */
      {6, 0},                 /* six: two */
  };
  begin(NULL, 90);
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    const cr_run run = next(7);
    assert_int_equal(run.contestant->trial.number, expected[i].trial);
    assert_int_equal(run.rung, expected[i].rung);
    assert_int_equal(run.epochs, run.rung == 0 ? 10 : run.rung == 1 ? 30 : 90);
    note(&run, losses[expected[i].trial]);
  }
  assert_null(next(7).contestant); /* all trials tried, and nobody waits */
  assert_int_equal(halving.runs, 12);
  assert_int_equal(cr_halving_best(&halving)->trial.number, 0);
  cr_halving_free(&halving);
}

static double loss_of(const cr_run *run) {
  return 1 + uneven(run->contestant->trial.number * 3 + run->rung, 0.5);
}

/* A search of more trials begins with the runs of one of fewer. */
static void test_more_trials_begin_alike(void **state) {
  (void)state;
  enum { MOST = 200 };
  size_t few[MOST], count = 0;
  begin(NULL, 0);
  for (cr_run run = next(20); run.contestant; run = next(20)) {
    assert_true(count < MOST);
    few[count++] = 3 * run.contestant->trial.number + run.rung;
    note(&run, loss_of(&run));
  }
  assert_int_equal(halving.count, 20);
  cr_halving_free(&halving);
  begin(NULL, 0);
  for (size_t i = 0; i < count; i++) {
    const cr_run run = next(100);
    assert_int_equal(3 * run.contestant->trial.number + run.rung, few[i]);
    note(&run, loss_of(&run));
  }
  cr_halving_free(&halving);
}

/* A third goes on from each rung, give or take the new bests; the best one is among them. */
static void test_a_third_goes_on(void **state) {
  (void)state;
  size_t at[CR_HALVING_RUNGS] = {0};
  begin(NULL, 0);
  double lowest = 10;
  for (cr_run run = next(91); run.contestant; run = next(91)) {
    const double loss = 1 + uneven(run.contestant->trial.number, 0.5); /* alike at each length */
    if (run.contestant->trial.number > 0) at[run.rung]++;
    lowest = fmin(lowest, loss);
    note(&run, loss);
  }
  assert_int_equal(at[0], 90);
  assert_in_range(at[1], 30, 40);
  assert_in_range(at[2], 10, 20);
  assert_true(cr_halving_best(&halving)->trial.loss == lowest);
  cr_halving_free(&halving);
}

/* Who diverged never goes on, and is never the best. */
static void test_diverged(void **state) {
  (void)state;
  begin(NULL, 0);
  for (size_t i = 0; i < 10; i++) {
    const cr_run run = next(100);
    assert_true(i == 0 || run.rung == 0);
    note(&run, (double)INFINITY);
    assert_true(run.contestant->trial.diverged);
  }
  assert_null(cr_halving_best(&halving));
  cr_halving_free(&halving);
}

/* Where every setting was tried, nothing is left; no settings are tried twice. */
static void test_exhausted(void **state) {
  (void)state;
  bool exhausted = false;
  begin("batch", 0);
  while (!exhausted) {
    cr_run run;
    assert_int_equal(cr_halving_next(&halving, SIZE_MAX, &run, &exhausted), CR_OK);
    assert_true(halving.count <= 5); /* 8, 16, 32, 64, 128 */
    if (!exhausted) note(&run, loss_of(&run));
  }
  assert_int_equal(halving.count, 5);
  cr_halving_free(&halving);
}

/* A training of one or two epochs cannot be shortened: every run is a whole one. */
static void test_short_trainings(void **state) {
  (void)state;
  begin(NULL, 2);
  assert_int_equal(halving.rungs, 1);
  for (size_t i = 0; i < 4; i++) {
    const cr_run run = next(100);
    assert_int_equal(run.contestant->trial.number, i);
    assert_int_equal(run.epochs, 2);
    note(&run, 1);
    assert_true(run.contestant->trial.complete);
  }
  cr_halving_free(&halving);
}

/* The last one, drawn and not run, is forgotten, and drawn again alike. */
static void test_forgetting(void **state) {
  (void)state;
  begin(NULL, 0);
  cr_run run = next(10);
  note(&run, 1);
  run = next(10);
  const double rate = run.contestant->trial.learning_rate;
  cr_halving_forget_unrun(&halving);
  assert_int_equal(halving.count, 1);
  run = next(10);
  assert_true(run.contestant->trial.learning_rate == rate);
  note(&run, 1);
  cr_halving_forget_unrun(&halving);
  assert_int_equal(halving.count, 2);
  cr_halving_free(&halving);
}

static void test_mean(void **state) {
  (void)state;
  static const double values[] = {1, 2, 4};
  double mean, error;
  cr_mean(values, 3, &mean, &error);
  assert_close(mean, 7.0 / 3, 4e-16);
  assert_close(error, 0.881917103688197, 1e-15); /* numpy: std(ddof=1) / sqrt(3) */
  cr_mean(values, 1, &mean, &error);
  assert_true(mean == 1 && isnan(error));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_who_runs_next),   cmocka_unit_test(test_more_trials_begin_alike),
      cmocka_unit_test(test_a_third_goes_on), cmocka_unit_test(test_diverged),
      cmocka_unit_test(test_exhausted),       cmocka_unit_test(test_short_trainings),
      cmocka_unit_test(test_forgetting),      cmocka_unit_test(test_mean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
