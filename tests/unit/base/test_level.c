#include "base/level.h"

#include "support.h"

static void plain_is_last_and_runs_everywhere(void **state) {
  (void)state;
  assert_int_equal(CR_LEVEL_plain, CR_LEVEL_COUNT - 1);
  assert_true(cr_level_supported(CR_LEVEL_plain));
}

static void a_level_past_the_last_is_not_supported(void **state) {
  (void)state;
  assert_false(cr_level_supported(CR_LEVEL_COUNT));
  assert_false(cr_level_supported((size_t)-1));
}

#define NAMED_SUPPORT(name) \
  assert_int_equal(cr_level_supported_##name(), cr_level_supported(CR_LEVEL_##name));

static void each_answers_for_itself(void **state) {
  (void)state;
  CR_LEVELS(NAMED_SUPPORT)
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_is_last_and_runs_everywhere),
      cmocka_unit_test(a_level_past_the_last_is_not_supported),
      cmocka_unit_test(each_answers_for_itself),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
