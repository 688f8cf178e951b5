#include "data/sparse.h"

#include "counting_allocator.h"
#include "support.h"

/* Rows 0 5 0 -1, nothing, 0.5 0 0 2. */
static cr_sparse *make(void) {
  cr_sparse *s = NULL;
  static const size_t starts[] = {0, 2, 2, 4};
  static const uint32_t columns[] = {1, 3, 0, 3};
  static const double values[] = {5, -1, 0.5, 2};
  assert_int_equal(cr_sparse_create(3, 4, &s), CR_OK);
  memcpy(s->starts, starts, sizeof starts);
  memcpy(s->columns, columns, sizeof columns);
  memcpy(s->values, values, sizeof values);
  return s;
}

static void check_cells(const cr_sparse *s, const double *cells) {
  for (size_t r = 0; r < s->rows; r++)
    for (uint32_t c = 0; c < 4; c++) assert_true(cr_sparse_at(s, r, c) == cells[4 * r + c]);
}

static void test_values(void **state) {
  (void)state;
  static const double cells[] = {0, 5, 0, -1, 0, 0, 0, 0, 0.5, 0, 0, 2};
  cr_sparse *s = make();
  assert_int_equal(cr_sparse_entries(s), 4);
  check_cells(s, cells);
  assert_true(cr_sparse_at(s, 2, 900) == 0.0);
  cr_sparse_destroy(s);
  cr_sparse_destroy(NULL);
}

static void test_select(void **state) {
  (void)state;
  static const size_t rows[] = {2, 1, 2, 0};
  static const double cells[] = {0.5, 0, 0, 2, 0, 0, 0, 0, 0.5, 0, 0, 2, 0, 5, 0, -1};
  cr_sparse *s = make(), *chosen = NULL;
  assert_int_equal(cr_sparse_select(s, rows, 4, &chosen), CR_OK);
  check_cells(chosen, cells);
  assert_true(cr_sparse_same_rows(chosen, 0, 2));
  assert_false(cr_sparse_same_rows(chosen, 0, 1));
  assert_false(cr_sparse_same_rows(chosen, 0, 3));
  cr_sparse_destroy(chosen);
  cr_sparse_destroy(s);
}

static void test_rows_that_differ_in_one_entry(void **state) {
  (void)state;
  cr_sparse *s = make();
  s->starts[1] = 1; /* rows 5 at 1; -1 at 3; 0.5 at 0 and 2 at 3 */
  s->starts[2] = 2;
  assert_false(cr_sparse_same_rows(s, 0, 1));
  s->columns[1] = 1;
  assert_false(cr_sparse_same_rows(s, 0, 1));
  s->values[1] = 5;
  assert_true(cr_sparse_same_rows(s, 0, 1));
  s->columns[1] = 2;
  assert_false(cr_sparse_same_rows(s, 0, 1));
  cr_sparse_destroy(s);
}

static void test_by_column(void **state) {
  (void)state;
  static const size_t rows[] = {2, 0};
  static const size_t starts[] = {0, 1, 2, 2, 4};
  static const double all[] = {0.5, 5, -1, 2}, some[] = {0.5, 5, 2, -1};
  cr_sparse *s = make();
  cr_sparse_columns columns;
  assert_int_equal(cr_sparse_by_column(s, NULL, 3, 4, &columns), CR_OK);
  assert_memory_equal(columns.starts, starts, sizeof starts);
  assert_memory_equal(columns.values, all, sizeof all);
  cr_sparse_columns_free(&columns);
  assert_int_equal(cr_sparse_by_column(s, rows, 2, 4, &columns), CR_OK);
  assert_memory_equal(columns.starts, starts, sizeof starts);
  assert_memory_equal(columns.values, some, sizeof some);
  cr_sparse_columns_free(&columns);
  cr_sparse_destroy(s);
}

static void test_without_memory(void **state) {
  (void)state;
  cr_sparse *s = make(), *chosen = NULL;
  cr_sparse_columns columns;
  static const size_t rows[] = {0, 2};
  counting_start();
  for (size_t n = 1; n <= 4; n++) {
    counting_fail_at(n, false);
    assert_int_equal(cr_sparse_select(s, rows, 2, &chosen), CR_ERR_MEMORY);
    assert_null(chosen);
  }
  for (size_t n = 1; n <= 2; n++) {
    counting_fail_at(n, false);
    assert_int_equal(cr_sparse_by_column(s, rows, 2, 4, &columns), CR_ERR_MEMORY);
    assert_null(columns.starts);
  }
  assert_int_equal(counting.live, 0);
  counting_stop();
  cr_sparse_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values),
      cmocka_unit_test(test_select),
      cmocka_unit_test(test_rows_that_differ_in_one_entry),
      cmocka_unit_test(test_by_column),
      cmocka_unit_test(test_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
