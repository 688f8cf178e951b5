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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(time_does_not_go_back)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
