#include "gradient_setup.h"

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

/* (eq D3) Beside a cost of 1 differences do not see gradients of 1e-12: that is no fault. */
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(error_is_the_notes_measure),
      cmocka_unit_test(penalties_are_checked_apart),
      cmocka_unit_test(what_is_drawn_is_frozen),
      cmocka_unit_test(kinks_of_the_loss_are_skipped),
      cmocka_unit_test(kinks_are_skipped_and_counted),
      cmocka_unit_test(a_gradient_too_small_to_see_is_no_fault),
      cmocka_unit_test(a_smaller_step_is_not_a_better_one),
      cmocka_unit_test(large_blocks_are_sampled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
