#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void time_does_not_go_back(void **state) {
  (void)state;
  double before = cr_clock_seconds();
  assert_true(before > 0);
  for (int i = 0; i < 10000; i++) {
    const double now = cr_clock_seconds();
    assert_true(now >= before);
    before = now;
  }
}

static void work_takes_processor_time(void **state) {
  (void)state;
  const double before = cr_clock_processor_seconds(), start = cr_clock_seconds();
  assert_true(before >= 0);
  while (cr_clock_seconds() - start < 1e-3) continue;
  assert_true(cr_clock_processor_seconds() > before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(time_does_not_go_back),
      cmocka_unit_test(work_takes_processor_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
