#include "base/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef struct options {
  size_t struct_size;
  int first, second;
} options;

static const options defaults = {sizeof(options), 3, 5};

static void test_null_leaves_the_defaults(void **state) {
  (void)state;
  options out = defaults;
  assert_int_equal(cr_options_copy(&out, sizeof out, NULL, "options_init"), CR_OK);
  assert_memory_equal(&out, &defaults, sizeof out);
}

static void test_an_older_struct_keeps_the_rest(void **state) {
  (void)state;
  const options given = {offsetof(options, second), 7, 11};
  options out = defaults;
  assert_int_equal(cr_options_copy(&out, sizeof out, &given, "options_init"), CR_OK);
  assert_int_equal(out.struct_size, sizeof out);
  assert_int_equal(out.first, 7);
  assert_int_equal(out.second, 5);
}

static void test_sizes_that_never_were(void **state) {
  (void)state;
  const size_t sizes[] = {0, 1, sizeof(size_t), sizeof(options) + 1, SIZE_MAX};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    options given = defaults, out = defaults;
    given.struct_size = sizes[i];
    given.first = 99;
    assert_int_equal(cr_options_copy(&out, sizeof out, &given, "options_init"), CR_ERR_ARGUMENT);
    assert_memory_equal(&out, &defaults, sizeof out);
    assert_non_null(strstr(cr_last_error()->fix, "options_init"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_null_leaves_the_defaults),
      cmocka_unit_test(test_an_older_struct_keeps_the_rest),
      cmocka_unit_test(test_sizes_that_never_were),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
