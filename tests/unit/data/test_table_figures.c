#include "reading.h"

#include <float.h>
#include <stdlib.h>

static cr_column column_of(const cr_table *table, size_t column) {
  const cr_column *info = cr_table_column(table, column);
  assert_non_null(info);
  return *info;
}

static void numbers_have_figures(void **state) {
  (void)state;
  static const char text[] = "a,b,y\n3,1e8,1\n,100000001,1.5\nx,1e8,2\n-4,100000002,2\n7,,2\n";
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  const cr_column a = column_of(table, 0), b = column_of(table, 1), y = column_of(table, 2);
  assert_int_equal(a.missing, 1);
  assert_int_equal(a.bad, 1);
  assert_int_equal(a.distinct, 3);
  assert_true(a.integer && !y.integer);
  assert_true(a.minimum == -4 && a.maximum == 7 && a.mean == 2);
  /* 1, 6, 5 from the mean: sqrt(62 / 3), rounded a few times. */
  assert_true(fabs(a.deviation - 4.5460605656619517) < 4 * DBL_EPSILON * 4.6);
  /* 0, 1, 0, 2 above 1e8: a sum of squares would lose them. sqrt(2.75 / 4) */
  assert_true(fabs(b.deviation - 0.82915619758884995) < 4 * DBL_EPSILON);
  assert_int_equal(b.distinct, 3);
  assert_int_equal(y.distinct, 3);
  cr_table_destroy(table);
}

static void a_column_of_gaps_has_none(void **state) {
  (void)state;
  static const char text[] = "a,y\n,1\nNA,2\n";
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  const cr_column a = column_of(table, 0);
  assert_int_equal(a.missing, 2);
  assert_int_equal(a.distinct, 0);
  assert_false(a.integer);
  assert_true(isnan(a.minimum) && isnan(a.maximum) && isnan(a.mean) && isnan(a.deviation));
  cr_table_destroy(table);
}

static size_t distinct_of(size_t rows, size_t different) {
  float *values = malloc(rows * sizeof *values);
  assert_non_null(values);
  for (size_t i = 0; i < rows; i++) values[i] = (float)(i % different) * -0.5f;
  cr_table *table = NULL;
  const cr_const_matrix m = {.data = values, .rows = rows, .cols = 1, .stride = 1};
  assert_int_equal(cr_table_from_matrix(m, NULL, &table), CR_OK);
  const size_t distinct = column_of(table, 0).distinct;
  cr_table_destroy(table);
  free(values);
  return distinct;
}

static void different_numbers_are_counted_up_to_1001(void **state) {
  (void)state;
  assert_int_equal(distinct_of(5000, 1), 1);
  assert_int_equal(distinct_of(5000, 1000), 1000);
  assert_int_equal(distinct_of(5000, 1001), 1001);
  assert_int_equal(distinct_of(5000, 5000), 1001);
}

static void both_zeros_are_one_number(void **state) {
  (void)state;
  static const char text[] = "y\n0\n-0\n0.0\n-1e-999\n";
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  assert_int_equal(column_of(table, 0).distinct, 1);
  cr_table_destroy(table);
}

static void copies(const char *text, const char *warning) {
  cr_table *table = parse_bytes(text, strlen(text), NULL);
  const char *found = cr_table_warning(table, 0);
  if (warning == NULL) assert_null(found);
  if (warning != NULL) assert_string_equal(found, warning);
  cr_table_destroy(table);
}

/* What was written where there is no number is not known any more. */
static void rows_with_bad_values_are_no_copies(void **state) {
  (void)state;
  copies("a,b\n1,2\n1,2\n3,4\n3,4\n1,2\n", "3 rows are copies of earlier rows");
  copies("a,b\n1,2\n5,2\nu,4\nv,4\nu,4\n7,6\n8,1\n9,1\n", NULL);
  copies("a,b\n1,2\n1,2\nu,4\nv,4\n7,6\n8,1\n9,1\n", "1 row is a copy of an earlier row");
  copies("a,b\n,2\n,2\n3,4\n", "1 row is a copy of an earlier row"); /* both have none */
}

/* 600,000 rows, none like another but the last: more than may be looked through in no memory. */
static void copies_are_looked_for_within_limits(void **state) {
  (void)state;
  enum { ROWS = 600000 };
  char *text = malloc(10 * ROWS);
  assert_non_null(text);
  size_t size = 0;
  for (size_t i = 0; i < ROWS; i++)
    size += (size_t)sprintf(text + size, "%zu\n", i + 1 < ROWS ? i : 7);
  cr_table *table = parse_bytes(text, size, NULL);
  assert_string_equal(cr_table_warning(table, 0), "1 row is a copy of an earlier row");
  assert_int_equal(cr_table_warn_duplicates(table, 0, NULL), CR_OK);
  assert_string_equal(cr_table_warning(table, 1),
                      "only the first 524288 rows were searched for copies");
  assert_null(cr_table_warning(table, 2));
  cr_table_destroy(table);
  free(text);
}

/* Where a column tells all rows apart there is nothing to look for, within whatever limits. */
static void a_column_of_different_values_has_no_copies(void **state) {
  (void)state;
  copies("a,b\n1,2\n2,2\n3,2\n4,2\n", NULL);
  copies("a,b\np,2\nq,2\nr,2\ns,2\n", NULL);
  /* Two gaps are the same, and texts or numbers that come again are, too. */
  copies("a,b\np,2\n,2\nr,2\n,2\n", "1 row is a copy of an earlier row");
  copies("a,b\n1,2\n,2\n3,2\n,2\n", "1 row is a copy of an earlier row");
  copies("a,b\n1,2\n1,2\n3,2\n4,2\n", "1 row is a copy of an earlier row");
  copies("a,b\n-0,2\n0,2\n3,2\n4,2\n", "1 row is a copy of an earlier row");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_have_figures),
      cmocka_unit_test(a_column_of_gaps_has_none),
      cmocka_unit_test(different_numbers_are_counted_up_to_1001),
      cmocka_unit_test(both_zeros_are_one_number),
      cmocka_unit_test(rows_with_bad_values_are_no_copies),
      cmocka_unit_test(a_column_of_different_values_has_no_copies),
      cmocka_unit_test(copies_are_looked_for_within_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
