#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chainrule/net.h"
#include "kernel/kernels.h"

static const char VARIABLE[] = "CHAINRULE_KERNEL";

/* Whatever kernel these tests are run on, each sets the variable itself. */
static int clear_variable(void **state) {
  (void)state;
  return unsetenv(VARIABLE);
}

static void the_best_kernel_is_the_first_supported(void **state) {
  (void)state;
  const cr_kernel *best = NULL;
  assert_int_equal(cr_kernel_find(NULL, &best), CR_OK);
  for (size_t i = 0; cr_kernel_at(i) != best; i++) {
    assert_non_null(cr_kernel_at(i));
    assert_false(cr_kernel_at(i)->supported());
  }
  assert_true(best->supported());
  assert_ptr_equal(cr_kernel_best(), best);
}

/* By how much they do at once; plain, which runs everywhere, is the last. */
static void better_kernels_come_first(void **state) {
  (void)state;
  size_t count = 1;
  for (; cr_kernel_at(count) != NULL; count++)
    assert_true(cr_kernel_at(count)->tile_cols <= cr_kernel_at(count - 1)->tile_cols);
  assert_string_equal(cr_kernel_at(count - 1)->name, "plain");
}

static void the_variable_forces_each_that_is_supported(void **state) {
  (void)state;
  const cr_kernel *kernel, *found;
  for (size_t i = 0; (kernel = cr_kernel_at(i)) != NULL; i++) {
    assert_int_equal(setenv(VARIABLE, kernel->name, 1), 0);
    found = NULL;
    const cr_status status = cr_kernel_find(NULL, &found);
    if (kernel->supported()) {
      assert_int_equal(status, CR_OK);
      assert_ptr_equal(found, kernel);
    } else {
      assert_int_equal(status, CR_ERR_ARGUMENT);
      assert_null(found);
    }
  }
}

static void a_name_wins_over_the_variable(void **state) {
  (void)state;
  const cr_kernel *found = NULL;
  assert_int_equal(setenv(VARIABLE, "nonsense", 1), 0);
  assert_int_equal(cr_kernel_find("plain", &found), CR_OK);
  assert_string_equal(found->name, "plain");
  assert_true(cr_kernel_best()->supported());
}

static void an_empty_variable_is_none(void **state) {
  (void)state;
  const cr_kernel *found = NULL;
  assert_int_equal(setenv(VARIABLE, "", 1), 0);
  assert_int_equal(cr_kernel_find(NULL, &found), CR_OK);
  assert_ptr_equal(found, cr_kernel_best());
}

static void a_wrong_variable_is_named(void **state) {
  (void)state;
  const cr_kernel *found = NULL;
  assert_int_equal(setenv(VARIABLE, "AVX2", 1), 0);
  assert_int_equal(cr_kernel_find(NULL, &found), CR_ERR_ARGUMENT);
  assert_null(found);
  const cr_error *error = cr_last_error();
  assert_ptr_equal(strstr(error->message, VARIABLE), error->message);
  assert_non_null(strstr(error->message, "\"AVX2\""));
  assert_non_null(strstr(error->message, cr_kernel_best()->name));
  assert_non_null(strstr(error->fix, VARIABLE));
  assert_non_null(strstr(error->fix, cr_kernel_best()->name));
}

static void names_are_those_of_the_table(void **state) {
  (void)state;
  size_t count = 0;
  for (const cr_kernel *kernel; (kernel = cr_kernel_at(count)) != NULL; count++) {
    bool supported = !kernel->supported();
    assert_string_equal(cr_kernel_name(count, &supported), kernel->name);
    assert_int_equal(supported, kernel->supported());
    assert_string_equal(cr_kernel_name(count, NULL), kernel->name);
  }
  assert_null(cr_kernel_name(count, NULL));
  assert_null(cr_kernel_name(SIZE_MAX, NULL));
}

static void every_kernel_is_found_by_its_name(void **state) {
  (void)state;
  const cr_kernel *kernel, *found;
  for (size_t i = 0; (kernel = cr_kernel_at(i)) != NULL; i++) {
    found = NULL;
    if (kernel->supported()) {
      assert_int_equal(cr_kernel_find(kernel->name, &found), CR_OK);
      assert_ptr_equal(found, kernel);
    } else {
      assert_int_equal(cr_kernel_find(kernel->name, &found), CR_ERR_ARGUMENT);
      assert_non_null(strstr(cr_last_error()->message, "this processor cannot"));
      assert_null(found);
    }
  }
}

static void plain_is_last_and_runs_everywhere(void **state) {
  (void)state;
  const cr_kernel *plain = NULL;
  assert_int_equal(cr_kernel_find("plain", &plain), CR_OK);
  size_t count = 0;
  while (cr_kernel_at(count) != NULL) count++;
  assert_ptr_equal(cr_kernel_at(count - 1), plain);
  assert_null(cr_kernel_at(count + 1));
  assert_null(cr_kernel_at(SIZE_MAX));
}

static void an_unknown_name_is_refused_with_the_known_ones(void **state) {
  (void)state;
  const char *names[] = {"", "PLAIN", "plai", "plain ", "avx1024"};
  const cr_kernel *found = NULL;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    assert_int_equal(cr_kernel_find(names[i], &found), CR_ERR_ARGUMENT);
    assert_null(found);
    assert_int_equal(cr_last_error()->status, CR_ERR_ARGUMENT);
    assert_non_null(strstr(cr_last_error()->message, names[i]));
    const cr_kernel *kernel;
    for (size_t k = 0; (kernel = cr_kernel_at(k)) != NULL; k++) {
      const char *listed = strstr(strchr(cr_last_error()->message, ':'), kernel->name);
      assert_int_equal(listed != NULL, kernel->supported());
    }
  }
}

/* The names that can be chosen still have their place in the message. */
static void a_long_name_is_cut(void **state) {
  (void)state;
  char name[5000];
  const cr_kernel *found = NULL;
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  assert_int_equal(cr_kernel_find(name, &found), CR_ERR_ARGUMENT);
  assert_null(found);
  assert_non_null(strstr(cr_last_error()->message, "plain"));
}

static void tables_are_complete(void **state) {
  (void)state;
  const cr_kernel *kernel;
  for (size_t i = 0; (kernel = cr_kernel_at(i)) != NULL; i++) {
    assert_true(strlen(kernel->name) > 0);
    assert_true(kernel->tile_rows > 0 && kernel->tile_cols > 0);
    assert_true(kernel->multiply != NULL && kernel->column_sums != NULL &&
                kernel->bytes_to_floats != NULL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(the_best_kernel_is_the_first_supported, clear_variable),
      cmocka_unit_test(better_kernels_come_first),
      cmocka_unit_test_setup(the_variable_forces_each_that_is_supported, clear_variable),
      cmocka_unit_test_setup(a_name_wins_over_the_variable, clear_variable),
      cmocka_unit_test_setup(an_empty_variable_is_none, clear_variable),
      cmocka_unit_test_setup(a_wrong_variable_is_named, clear_variable),
      cmocka_unit_test_setup(names_are_those_of_the_table, clear_variable),
      cmocka_unit_test_setup(every_kernel_is_found_by_its_name, clear_variable),
      cmocka_unit_test_setup(plain_is_last_and_runs_everywhere, clear_variable),
      cmocka_unit_test_setup(an_unknown_name_is_refused_with_the_known_ones, clear_variable),
      cmocka_unit_test_setup(a_long_name_is_cut, clear_variable),
      cmocka_unit_test_setup(tables_are_complete, clear_variable),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
