#include "bench/timer.h"

#include "base/clock.h"
#include "support.h"

typedef struct counted {
  size_t calls, fail_at; /* fail_at: the call that fails, from 1; 0: none */
  double seconds;        /* of a call */
} counted;

static cr_status count(void *context) {
  counted *c = context;
  const double start = cr_clock_seconds();
  while (cr_clock_seconds() - start < c->seconds) continue;
  if (++c->calls == c->fail_at) return cr_fail(CR_ERR_INTERNAL, "call %zu", c->calls);
  return CR_OK;
}

/* Short work is done several times a run, and more often to find out how many that are. */
static void test_short_work(void **state) {
  (void)state;
  counted c = {0};
  cr_timing t;
  const cr_timer timer = {.seconds = 0.01};
  assert_int_equal(cr_timer_measure(&timer, count, &c, &t), CR_OK);
  assert_true(t.repeats > 1);
  assert_true(t.runs >= CR_TIMER_LEAST_RUNS && t.runs <= CR_TIMER_MOST_RUNS);
  assert_int_equal(c.calls, t.runs * t.repeats + (2 * t.repeats - 1));
  assert_true(t.min > 0 && t.min <= t.median && t.iqr >= 0 && t.busy > 0);
}

/* Of long work there are few runs, whatever the time. */
static void test_long_work(void **state) {
  (void)state;
  counted c = {.seconds = 2e-3};
  cr_timing t;
  const cr_timer timer = {.seconds = 1e-6};
  assert_int_equal(cr_timer_measure(&timer, count, &c, &t), CR_OK);
  assert_int_equal(t.repeats, 1);
  assert_int_equal(t.runs, CR_TIMER_LEAST_RUNS);
  assert_int_equal(c.calls, 1 + CR_TIMER_LEAST_RUNS);
  assert_true(t.min >= c.seconds);
}

static void test_hands_up_failures(void **state) {
  (void)state;
  cr_timing t;
  const cr_timer timer = {.seconds = 1e-6};
  for (size_t at = 1; at <= 1 + CR_TIMER_LEAST_RUNS; at++) {
    counted c = {.seconds = 2e-3, .fail_at = at};
    assert_int_equal(cr_timer_measure(&timer, count, &c, &t), CR_ERR_INTERNAL);
    assert_int_equal(c.calls, at);
  }
}

static void test_stops(void **state) {
  (void)state;
  counted c = {0};
  cr_timing t;
  const volatile sig_atomic_t stop = 1;
  const cr_timer timer = {.seconds = 1, .stop = &stop};
  assert_int_equal(cr_timer_measure(&timer, count, &c, &t), CR_ERR_INTERRUPTED);
  assert_int_equal(c.calls, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_short_work),
      cmocka_unit_test(test_long_work),
      cmocka_unit_test(test_hands_up_failures),
      cmocka_unit_test(test_stops),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
