#include "parts/schedule.h"

#include "support.h"

static const cr_schedule *find(const char *name) {
  const cr_schedule *schedule = NULL;
  assert_int_equal(cr_schedule_find(name, &schedule), CR_OK);
  return schedule;
}

/* The factor of a schedule by its name; no reductions. */
static double factor(const char *name, uint64_t t, uint64_t steps) {
  const cr_schedule *schedule = find(name);
  return schedule->factor(&(cr_schedule_state){t, steps, schedule->gamma, 0});
}

/* (eq S1) */
static void constant_is_one(void **state) {
  (void)state;
  assert_true(factor("constant", 0, 10) == 1.0);
  assert_true(factor("constant", 9, 10) == 1.0);
  assert_true(factor("constant", 99, 10) == 1.0);
}

/* (eq S2) up to the peak at a fifth, down to nearly 0, never 0 and never above 1 */
static void one_cycle_climbs_and_falls(void **state) {
  (void)state;
  for (uint64_t t = 0; t < 1000; ++t) {
    assert_true(factor("one_cycle", t, 1000) > 0.0 && factor("one_cycle", t, 1000) <= 1.0);
    if (t > 0 && t < 200)
      assert_true(factor("one_cycle", t, 1000) > factor("one_cycle", t - 1, 1000));
    if (t > 201) assert_true(factor("one_cycle", t, 1000) < factor("one_cycle", t - 1, 1000));
  }
  assert_close(factor("one_cycle", 200, 1000), 1.0, 1e-5);
  assert_close(factor("one_cycle", 599, 1000),
               0.5 * (1.0 + cos(3.14159265358979323846 * 0.3995 / 0.8)), 1e-12);
  assert_true(factor("one_cycle", 0, 1000) < 1e-4 && factor("one_cycle", 999, 1000) < 1e-4);
}

static void one_cycle_of_a_few_steps_or_past_its_end(void **state) {
  (void)state;
  assert_true(factor("one_cycle", 0, 1) > 0.5);
  assert_true(factor("one_cycle", 7, 7) == factor("one_cycle", 6, 7));
  assert_true(factor("one_cycle", UINT64_MAX, 7) == factor("one_cycle", 6, 7));
  assert_true(factor("one_cycle", 3, 0) == 1.0);
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
