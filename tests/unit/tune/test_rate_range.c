#include "chainrule/tune.h"

#include "support.h"

static cr_table *builtin(const char *name) {
  cr_table *table = NULL;
  assert_int_equal(cr_table_read(name, NULL, &table), CR_OK);
  return table;
}

static cr_rate_range *climb(const char *name, const cr_train_options *options) {
  cr_table *table = builtin(name);
  cr_rate_range *range = NULL;
  if (cr_rate_range_run(table, NULL, NULL, NULL, options, &range) != CR_OK)
    fail_msg("%s", cr_last_error()->message);
  cr_table_destroy(table);
  return range;
}

static void test_rates_rise_by_a_factor(void **state) {
  (void)state;
  cr_rate_range *range = climb("@xor", NULL);
  const cr_rate_point *p;
  size_t i = 0;
  /* powers of e apart: 1e-7 * 1e8^(i/99) = exp(-16.118096 + 0.186067 i) */
  for (; (p = cr_rate_range_at(range, i)); i++)
    assert_close(log(p->rate), -16.11809565095832 + 0.186067482262145 * (double)i, 1e-10);
  assert_in_range(i, 50, 100);
  /* at a rate of 1e-7 nothing moves: the loss of a network that knows nothing, near ln 2 */
  assert_close(cr_rate_range_at(range, 0)->loss, 0.6931, 0.4);
  assert_close(cr_rate_range_at(range, 20)->loss, cr_rate_range_at(range, 0)->loss, 0.01);
  cr_rate_range_destroy(range);
}

/* Rates that are known to serve (docs/explanation/defaults.md), within a factor of 20. */
static void test_suggestions(void **state) {
  (void)state;
  static const struct {
    const char *name;
    double rate;
  } known[] = {{"@digits", 0.01}, {"@iris", 0.02}, {"@spiral", 0.02}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    cr_rate_range *range = climb(known[i].name, NULL);
    const cr_rate_summary *summary = cr_rate_range_get_summary(range);
    assert_true(summary->exploded);
    assert_true(summary->chosen == known[i].rate);
    assert_true(fabs(log(summary->steepest / known[i].rate)) < log(20));
    assert_true(summary->lowest >= summary->steepest);
    /* what is chosen, unless the curve is too rough to leave it */
    assert_true(fabs(log(summary->suggested / known[i].rate)) < log(3));
    assert_string_equal(summary->optimizer, "adam");
    cr_rate_range_destroy(range);
  }
}

/* A rate between a third of the steepest and the explosion stays; others go to the nearer end. */
static void test_the_choice_stays_where_it_can(void **state) {
  (void)state;
  cr_train_options options;
  cr_train_options_init(&options);
  static const double rates[] = {1e-6, 0.007, 50};
  for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
    options.learning_rate = rates[i];
    cr_rate_range *range = climb("@digits", &options);
    const cr_rate_summary *summary = cr_rate_range_get_summary(range);
    double last = 0;
    for (size_t p = 0; cr_rate_range_at(range, p); p++) last = cr_rate_range_at(range, p)->rate;
    const double wanted[] = {summary->steepest / 3, 0.007, last};
    assert_true(summary->chosen == rates[i]);
    /* two digits: off by 5 % at most, at 1.05 */
    assert_true(fabs(summary->suggested / wanted[i] - 1) < 0.051);
    cr_rate_range_destroy(range);
  }
}

static void test_threads_do_not_matter(void **state) {
  (void)state;
  cr_train_options options;
  cr_train_options_init(&options);
  options.threads = 1;
  cr_rate_range *one = climb("@digits", &options);
  options.threads = 3;
  cr_rate_range *three = climb("@digits", &options);
  const cr_rate_point *p;
  for (size_t i = 0; (p = cr_rate_range_at(one, i)); i++)
    assert_true(p->loss == cr_rate_range_at(three, i)->loss);
  cr_rate_range_destroy(one);
  cr_rate_range_destroy(three);
}

/* Of weights that are all 0 nothing can be learnt about XOR: the loss stays where it is. */
static void test_no_fall(void **state) {
  (void)state;
  cr_train_options options;
  cr_train_options_init(&options);
  options.initializer = "zero";
  options.batch = SIZE_MAX;
  cr_rate_range *range = climb("@xor", &options);
  const cr_rate_summary *summary = cr_rate_range_get_summary(range);
  assert_true(isnan(summary->suggested) && isnan(summary->steepest) && isnan(summary->lowest));
  assert_false(summary->exploded);
  assert_non_null(cr_rate_range_at(range, 99));
  assert_null(cr_rate_range_at(range, 100));
  cr_rate_range_destroy(range);
}

static void test_stopped(void **state) {
  (void)state;
  static const sig_atomic_t stop = 1;
  cr_table *table = builtin("@iris");
  cr_rate_range *range = NULL;
  cr_train_options options;
  cr_train_options_init(&options);
  options.stop = &stop;
  assert_int_equal(cr_rate_range_run(table, NULL, NULL, NULL, &options, &range),
                   CR_ERR_INTERRUPTED);
  assert_null(range);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rates_rise_by_a_factor),
      cmocka_unit_test(test_suggestions),
      cmocka_unit_test(test_the_choice_stays_where_it_can),
      cmocka_unit_test(test_threads_do_not_matter),
      cmocka_unit_test(test_no_fall),
      cmocka_unit_test(test_stopped),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
