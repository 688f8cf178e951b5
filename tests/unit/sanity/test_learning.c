#include "setup.h"

/* With weights of 0 a linear output says 0: half the mean square of the targets is lost. */
static void guessing_numbers_costs_half_their_square(void **state) {
  (void)state;
  setup s;
  double squares = 0.0;
  char expected[64];
  setup_network("2-4:tanh-1:linear", NULL, &s);
  setup_subject(&s, 40);
  for (size_t r = 0; r < 40; ++r) {
    const double y = cr_table_number(s.table, r, 2);
    squares += y * y;
  }
  snprintf(expected, sizeof expected, "%.4g with weights of 0, %.4g by guessing", squares / 80.0,
           squares / 80.0);
  const cr_finding finding = setup_run(&s, cr_sanity_initial_loss, "ok");
  assert_memory_equal(finding.found, expected, strlen(expected));
  setup_free(&s);
}

static void a_bad_start_is_a_warning(void **state) {
  (void)state;
  setup s;
  setup_network("2-1:linear", NULL, &s);
  setup_subject(&s, 40);
  s.subject.options.initializer = "he"; /* outputs vary by 0.8; the targets by a third */
  setup_run(&s, cr_sanity_initial_loss, "warn");
  setup_free(&s);
}

static void a_product_is_learned_by_heart_but_not_by_a_line(void **state) {
  (void)state;
  setup s;
  setup_network("2-32:tanh-1:linear", NULL, &s);
  setup_subject(&s, 40);
  setup_run(&s, cr_sanity_overfit, "ok");
  setup_free(&s);
  setup_network("2-1:linear", NULL, &s);
  setup_subject(&s, 40);
  setup_run(&s, cr_sanity_overfit, "warn");
  setup_free(&s);
}

/* (eq R1) 1 / (2 * 40) of the squares of the weights */
static void a_penalty_raises_the_cost(void **state) {
  (void)state;
  setup s;
  setup_network("2-1:linear", NULL, &s);
  cr_net_parameters(s.net)[0] = 3.0f;
  cr_net_parameters(s.net)[1] = 4.0f;
  setup_subject(&s, 40);
  double costs[3];
  const cr_finding finding = setup_run(&s, cr_sanity_l2, "ok");
  assert_int_equal(sscanf(finding.found, "lambda 0, 0.1, 1: cost %lf, %lf, %lf", &costs[0],
                          &costs[1], &costs[2]),
                   3);
  assert_close(costs[2] - costs[0], 25.0 / 80.0, 1e-3);
  assert_close(costs[1] - costs[0], 2.5 / 80.0, 1e-3);
  setup_free(&s);
  setup_network("2-1:linear", "zero", &s);
  setup_subject(&s, 40);
  setup_run(&s, cr_sanity_l2, "skipped");
  setup_free(&s);
}

static void no_rule_is_not_predicted(void **state) {
  (void)state;
  setup s;
  setup_network("2-16:tanh-1:linear", NULL, &s);
  setup_subject(&s, 60);
  assert_non_null(strstr(setup_run(&s, cr_sanity_shuffled, "ok").found, "on 30 other rows"));
  setup_free(&s);
  setup_network("2-16:tanh-1:linear", NULL, &s);
  setup_subject(&s, 49);
  setup_run(&s, cr_sanity_shuffled, "skipped");
  setup_free(&s);
}

/* Labels are guessed at ln K, and learned by heart in full. */
static void labels_are_guessed_and_learned(void **state) {
  (void)state;
  cr_table *table = NULL;
  cr_check_report *report = NULL;
  cr_train_options train;
  cr_train_options_init(&train);
  train.activation = "sigmoid";
  assert_int_equal(cr_table_read("@iris", NULL, &table), CR_OK);
  assert_int_equal(cr_check_table(table, NULL, &train, NULL, &report), CR_OK);
  assert_non_null(strstr(cr_check_report_at(report, 0)->found, "ln 3 = 1.099 by guessing"));
  assert_non_null(strstr(cr_check_report_at(report, 1)->found, "20 of 20 rows right"));
  assert_non_null(strstr(cr_check_report_at(report, 3)->found, "75 other rows"));
  cr_check_report_destroy(report);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(guessing_numbers_costs_half_their_square),
      cmocka_unit_test(a_bad_start_is_a_warning),
      cmocka_unit_test(a_product_is_learned_by_heart_but_not_by_a_line),
      cmocka_unit_test(a_penalty_raises_the_cost),
      cmocka_unit_test(no_rule_is_not_predicted),
      cmocka_unit_test(labels_are_guessed_and_learned),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
