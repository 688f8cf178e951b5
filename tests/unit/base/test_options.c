#include "base/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct options {
  size_t struct_size;
  size_t first, second;
} options;

/* As a later header has it. */
typedef struct newer_options {
  options known;
  double more;
} newer_options;

static const options defaults = {sizeof(options), 3, 5};

/* A struct of `size` bytes on the heap, where a sanitizer sees what lies behind it. */
static options *take_options(size_t size) {
  options *out = malloc(size);
  assert_non_null(out);
  memset(out, 0xee, size);
  cr_options_init(out, size, &defaults, sizeof defaults);
  assert_int_equal(out->struct_size, size);
  return out;
}

static void test_a_shorter_struct_is_not_overrun(void **state) {
  (void)state;
  options *given = take_options(offsetof(options, second)), out = defaults;
  assert_int_equal(given->first, 3);
  given->first = 7;
  assert_int_equal(cr_options_copy(&out, sizeof out, given, "options_init"), CR_OK);
  assert_int_equal(out.struct_size, sizeof out);
  assert_int_equal(out.first, 7);
  assert_int_equal(out.second, 5);
  free(given);
}

/* A program built with a newer header, which uses nothing new; then with one that does. */
static void test_a_longer_struct(void **state) {
  (void)state;
  options *given = take_options(sizeof(newer_options)), out = defaults;
  newer_options *newer = (newer_options *)given;
  assert_int_equal(given->second, 5);
  assert_true(newer->more == 0);
  given->second = 11;
  assert_int_equal(cr_options_copy(&out, sizeof out, given, "options_init"), CR_OK);
  assert_int_equal(out.struct_size, sizeof out);
  assert_int_equal(out.second, 11);
  out = defaults;
  ((unsigned char *)given)[sizeof *newer - 1] = 1;
  assert_int_equal(cr_options_copy(&out, sizeof out, given, "options_init"), CR_ERR_ARGUMENT);
  assert_memory_equal(&out, &defaults, sizeof out);
  free(given);
}

/* Not even its size has room: nothing is written. */
static void test_no_room(void **state) {
  (void)state;
  unsigned char byte = 0xee;
  cr_options_init(&byte, sizeof byte, &defaults, sizeof defaults);
  assert_int_equal(byte, 0xee);
}

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
  const size_t sizes[] = {
      0, 1, sizeof(size_t), 12, 20, sizeof(options) + 1, 4104, SIZE_MAX - 7, SIZE_MAX};
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
      cmocka_unit_test(test_a_shorter_struct_is_not_overrun),
      cmocka_unit_test(test_a_longer_struct),
      cmocka_unit_test(test_no_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
