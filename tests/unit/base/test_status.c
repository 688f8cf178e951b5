#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "chainrule/status.h"

/* The pins of status.h, written down a second time: a change here breaks users. */
static void codes_and_exits_are_pinned(void **state) {
  (void)state;
  assert_string_equal(cr_status_code(CR_OK), "E00");
  assert_string_equal(cr_status_code(CR_ERR_NUMBER), "E07");
  assert_string_equal(cr_status_code(CR_ERR_DIVERGED), "E21");
  assert_string_equal(cr_status_code(CR_ERR_INTERNAL), "E70");
  assert_string_equal(cr_status_name(CR_ERR_NUMBER), "CR_ERR_NUMBER");
  assert_string_equal(cr_status_text(CR_ERR_MEMORY), "out of memory");
  assert_int_equal(cr_status_exit(CR_OK), 0);
  assert_int_equal(cr_status_exit(CR_ERR_USAGE), 2);
  assert_int_equal(cr_status_exit(CR_ERR_INTERRUPTED), 130);
}

static void the_list_is_complete_and_each_code_is_its_own(void **state) {
  (void)state;
  cr_status status, other;
  size_t count = 0;
  for (; cr_status_at(count, &status); count++) {
    for (size_t i = 0; i < count; i++) {
      assert_true(cr_status_at(i, &other));
      assert_int_not_equal(status, other);
      assert_string_not_equal(cr_status_code(status), cr_status_code(other));
    }
    assert_int_equal(strlen(cr_status_code(status)), 3);
    assert_true(strlen(cr_status_text(status)) > 0);
  }
  assert_int_equal(count, 31);
  assert_false(cr_status_at(count, &status));
  assert_false(cr_status_at(SIZE_MAX, &status));
}

static void an_unknown_status_has_a_text_too(void **state) {
  (void)state;
  const cr_status unknown = (cr_status)69;
  assert_string_equal(cr_status_code(unknown), "E??");
  assert_string_equal(cr_status_text(unknown), "an unknown status");
  assert_int_equal(cr_status_exit(unknown), 70);
}

static void the_version_is_that_of_the_header(void **state) {
  (void)state;
  assert_string_equal(cr_version(), CR_VERSION);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(codes_and_exits_are_pinned),
      cmocka_unit_test(the_list_is_complete_and_each_code_is_its_own),
      cmocka_unit_test(an_unknown_status_has_a_text_too),
      cmocka_unit_test(the_version_is_that_of_the_header),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
