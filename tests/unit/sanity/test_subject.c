#include "setup.h"

static void rows_are_shuffled_and_all_there(void **state) {
  (void)state;
  setup s;
  bool seen[40] = {false};
  size_t moved = 0;
  setup_network("2-1:linear", NULL, &s);
  setup_subject(&s, 40);
  assert_int_equal(s.subject.count, 40);
  for (size_t i = 0; i < 40; ++i) {
    assert_false(seen[s.subject.rows[i]]);
    seen[s.subject.rows[i]] = true;
    moved += s.subject.rows[i] != i;
  }
  assert_true(moved > 30);
  setup_free(&s);
}

/* 2e9 products: 3 * 64 * 3 parameters are nothing, and a hundred million are too many. */
static void large_networks_get_fewer_steps(void **state) {
  (void)state;
  setup s;
  setup_network("2-1:linear", NULL, &s);
  setup_subject(&s, 40);
  assert_int_equal(cr_subject_steps(&s.subject, 64, 1000), 1000);
  s.model->net->parameter_count = 100000;
  assert_int_equal(cr_subject_steps(&s.subject, 64, 1000), 104);
  s.model->net->parameter_count = 100000000;
  assert_int_equal(cr_subject_steps(&s.subject, 64, 1000), 5);
  assert_int_equal(cr_subject_steps(&s.subject, 64, 2), 2);
  s.model->net->parameter_count = 3;
  setup_free(&s);
}

/* The plain objective has no penalty; one that is given counts. */
static void a_pass_is_of_the_objective(void **state) {
  (void)state;
  setup s;
  cr_samples *samples = NULL;
  cr_subject_pass plain, with;
  setup_network("2-3:tanh-1:linear", NULL, &s);
  setup_subject(&s, 40);
  s.subject.objective.l2 = 2.0;
  s.subject.objective.dropout = 0.5;
  assert_int_equal(cr_subject_samples(&s.subject, 0, 10, &samples), CR_OK);
  assert_int_equal(cr_subject_pass_run(&s.subject, s.model->net, NULL, samples, &plain), CR_OK);
  assert_int_equal(
      cr_subject_pass_run(&s.subject, s.model->net, &s.subject.objective, samples, &with), CR_OK);
  assert_true(with.cost > plain.cost);
  assert_int_equal(cr_subject_plain(&s.subject).l2 > 0.0, false);
  cr_subject_pass_free(&plain);
  cr_subject_pass_free(&with);
  cr_samples_destroy(samples);
  setup_free(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_are_shuffled_and_all_there),
      cmocka_unit_test(large_networks_get_fewer_steps),
      cmocka_unit_test(a_pass_is_of_the_objective),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
