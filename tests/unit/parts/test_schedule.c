#include "parts/schedule.h"

#include "support.h"

static const cr_schedule *find(const char *name) {
  const cr_schedule *schedule = NULL;
  assert_int_equal(cr_schedule_find(name, &schedule), CR_OK);
  return schedule;
}

/* (eq S1) */
static void constant_is_one(void **state) {
  (void)state;
  assert_true(find("constant")->factor(0, 10) == 1.0);
  assert_true(find("constant")->factor(9, 10) == 1.0);
  assert_true(find("constant")->factor(99, 10) == 1.0);
}

/* (eq S2) up to the peak at a fifth, down to nearly 0, never 0 and never above 1 */
static void one_cycle_climbs_and_falls(void **state) {
  (void)state;
  double (*factor)(uint64_t, uint64_t) = find("one_cycle")->factor;
  for (uint64_t t = 0; t < 1000; ++t) {
    assert_true(factor(t, 1000) > 0.0 && factor(t, 1000) <= 1.0);
    if (t > 0 && t < 200) assert_true(factor(t, 1000) > factor(t - 1, 1000));
    if (t > 201) assert_true(factor(t, 1000) < factor(t - 1, 1000));
  }
  assert_close(factor(200, 1000), 1.0, 1e-5);
  assert_close(factor(599, 1000), 0.5 * (1.0 + cos(3.14159265358979323846 * 0.3995 / 0.8)), 1e-12);
  assert_true(factor(0, 1000) < 1e-4 && factor(999, 1000) < 1e-4);
}

static void one_cycle_of_a_few_steps_or_past_its_end(void **state) {
  (void)state;
  double (*factor)(uint64_t, uint64_t) = find("one_cycle")->factor;
  assert_true(factor(0, 1) > 0.5);
  assert_true(factor(7, 7) == factor(6, 7));
  assert_true(factor(UINT64_MAX, 7) == factor(6, 7));
  assert_true(factor(3, 0) == 1.0);
}

static void an_unknown_name_is_explained(void **state) {
  (void)state;
  const cr_schedule *schedule = NULL;
  assert_int_equal(cr_schedule_find("cosine", &schedule), CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->message, "constant, one_cycle"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(constant_is_one),
      cmocka_unit_test(one_cycle_climbs_and_falls),
      cmocka_unit_test(one_cycle_of_a_few_steps_or_past_its_end),
      cmocka_unit_test(an_unknown_name_is_explained),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
