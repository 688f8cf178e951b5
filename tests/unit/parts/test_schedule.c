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

/* (eq S3) by hand: 1, 0.1, 0.01; thirds of 10 steps end after steps 3 and 7 */
static void step_has_three_sizes(void **state) {
  (void)state;
  const double expected[10] = {1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01};
  for (uint64_t t = 0; t < 10; ++t) assert_close(factor("step", t, 10), expected[t], 1e-15);
  assert_close(find("step")->factor(&(cr_schedule_state){5, 10, 0.25, 9}), 0.25, 1e-15);
  assert_close(factor("step", 99, 10), 0.01, 1e-15);
  assert_close(factor("step", 99, 300), 1, 1e-15);
  assert_close(factor("step", 100, 300), 0.1, 1e-15);
}

/* (eq S4) equal quotients; half of the way down, in decimals, in the middle */
static void exponential_falls_by_the_same_share(void **state) {
  (void)state;
  const double quotient = factor("exponential", 1, 100) / factor("exponential", 0, 100);
  for (uint64_t t = 1; t < 100; ++t) {
    const double before = factor("exponential", t - 1, 100);
    assert_close(factor("exponential", t, 100) / before, quotient, 1e-14);
  }
  assert_close(quotient, 0.954992586021436, 1e-14); /* 10^-0.02 */
  assert_close(factor("exponential", 50, 101), 0.1, 1e-15);
}

/* (eq S5) cos 60 = 1/2 in a third of the way, 1/2 in the middle, and the two halves add up to 1 */
static void cosine_falls_to_nothing(void **state) {
  (void)state;
  assert_close(factor("cosine", 0, 1), 0.5, 1e-15);
  assert_close(factor("cosine", 1, 3), 0.5, 1e-15);
  assert_close(factor("cosine", 0, 3), 0.9330127018922193, 1e-15); /* (1 + cos 30)/2 */
  for (uint64_t t = 0; t < 100; ++t) {
    assert_true(factor("cosine", t, 100) > 0.0);
    assert_close(factor("cosine", t, 100) + factor("cosine", 99 - t, 100), 1.0, 1e-15);
  }
}

/* (eq S6) whatever the step: only what the loss did counts */
static void plateau_counts_reductions(void **state) {
  (void)state;
  const double expected[4] = {1.0, 0.5, 0.25, 0.125};
  for (size_t r = 0; r < 4; ++r) {
    assert_true(find("plateau")->factor(&(cr_schedule_state){7, 10, 0.5, r}) == expected[r]);
  }
  assert_true(find("plateau")->gamma == 0.5);
  for (size_t i = 0; cr_schedule_at(i); ++i) {
    const cr_schedule *schedule = cr_schedule_at(i);
    assert_int_equal(cr_schedule_heeds_loss(schedule), schedule == find("plateau"));
  }
}

/* (eq S7) the middles of ten steps, of which four climb: 1/8, 3/8, 5/8, 7/8 */
static void warm_up_climbs_to_one(void **state) {
  (void)state;
  for (uint64_t t = 0; t < 10; ++t) {
    const double expected = t < 4 ? (2.0 * (double)t + 1.0) / 8.0 : 1.0;
    assert_close(cr_warm_up_factor(t, 10, 0.4), expected, 1e-15);
    assert_true(cr_warm_up_factor(t, 10, 0.0) == 1.0);
  }
  assert_true(cr_warm_up_factor(12, 10, 1.0) < 1.0 && cr_warm_up_factor(0, 0, 0.1) == 1.0);
}

/*
 * After which of ten epochs of seven steps the factor, taken in the middle of the last step, is at
 * most 1/2 for good: one_cycle passes 1/2 at p = 0.6 (0.593 at the end of epoch 6: not yet), cosine
 * at 0.5 (0.493), step at a third, 0.01^p at p = 0.15. The climb of one_cycle does not count.
 */
static void schedules_settle(void **state) {
  (void)state;
  static const struct {
    const char *name;
    size_t epoch;
  } cases[] = {{"constant", 0}, {"one_cycle", 7},   {"step", 4},
               {"cosine", 6},   {"exponential", 2}, {"plateau", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    const cr_schedule *schedule = find(cases[i].name);
    const cr_schedule_state at = {.steps = 70, .gamma = schedule->gamma};
    assert_int_equal(cr_schedule_settles(schedule, &at, 10), cases[i].epoch);
  }
}

/* Those that fall by gamma say by how much; all stay within 0 and 1. */
static void every_schedule_is_a_factor(void **state) {
  (void)state;
  const cr_schedule *schedule;
  for (size_t k = 0; (schedule = cr_schedule_at(k)); ++k) {
    assert_true(schedule->gamma >= 0.0 && schedule->gamma < 1.0);
    for (uint64_t t = 0; t <= 21; ++t) {
      const double f = schedule->factor(&(cr_schedule_state){t, 20, schedule->gamma, 1});
      assert_true(f > 0.0 && f <= 1.0);
      assert_true(schedule->factor(&(cr_schedule_state){t, 0, schedule->gamma, 0}) <= 1.0);
    }
  }
}

static void an_unknown_name_is_explained(void **state) {
  (void)state;
  const cr_schedule *schedule = NULL;
  assert_int_equal(cr_schedule_find("cosinus", &schedule), CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->message, "constant, one_cycle"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(constant_is_one),
      cmocka_unit_test(one_cycle_climbs_and_falls),
      cmocka_unit_test(one_cycle_of_a_few_steps_or_past_its_end),
      cmocka_unit_test(step_has_three_sizes),
      cmocka_unit_test(exponential_falls_by_the_same_share),
      cmocka_unit_test(cosine_falls_to_nothing),
      cmocka_unit_test(plateau_counts_reductions),
      cmocka_unit_test(warm_up_climbs_to_one),
      cmocka_unit_test(schedules_settle),
      cmocka_unit_test(every_schedule_is_a_factor),
      cmocka_unit_test(an_unknown_name_is_explained),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
