#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/kernels.h"

static void the_best_kernel_is_the_first_supported(void **state) {
  (void)state;
  const cr_kernel *best = NULL;
  assert_int_equal(cr_kernel_find(NULL, &best), CR_OK);
  for (size_t i = 0; cr_kernel_at(i) != best; i++) {
    assert_non_null(cr_kernel_at(i));
    assert_false(cr_kernel_at(i)->supported());
  }
  assert_true(best->supported());
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

static void tables_are_complete(void **state) {
  (void)state;
  const cr_kernel *kernel;
  for (size_t i = 0; (kernel = cr_kernel_at(i)) != NULL; i++) {
    assert_true(strlen(kernel->name) > 0);
    assert_true(kernel->tile_rows > 0 && kernel->tile_cols > 0);
    assert_true(kernel->multiply != NULL && kernel->transpose != NULL &&
                kernel->column_sums != NULL && kernel->bytes_to_floats != NULL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_best_kernel_is_the_first_supported),
      cmocka_unit_test(every_kernel_is_found_by_its_name),
      cmocka_unit_test(plain_is_last_and_runs_everywhere),
      cmocka_unit_test(an_unknown_name_is_refused_with_the_known_ones),
      cmocka_unit_test(tables_are_complete),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
