#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "base/memory.h"

/* The limit is only lowered as a number: nothing is allocated while it holds. */
static void a_limit_of_the_process_counts(void **state) {
  (void)state;
  struct rlimit before;
  const uint64_t all = cr_memory_bytes();
  assert_true(all >= UINT64_C(64) << 20);
  assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
  struct rlimit less = before;
  less.rlim_cur = 1 << 20;
  assert_int_equal(setrlimit(RLIMIT_AS, &less), 0);
  const uint64_t some = cr_memory_bytes();
  assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
  assert_int_equal(some, 1 << 20);
  assert_true(cr_memory_bytes() == all);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_limit_of_the_process_counts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
