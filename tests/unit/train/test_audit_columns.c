#include "auditing.h"
#include "support.h"

static double class_of(size_t row) {
  return audit_noise(row, 0) + audit_noise(row, 9) > 1.0 ? 1.0 : 0.0;
}

/* Column d: 61 i modulo 9973, a prime: never the same twice in 9973 rows. */
static double mixed(size_t row, size_t column) {
  if (column < 3) return audit_noise(row, column);
  return column == 4 ? class_of(row) : (double)(61 * row % 9973);
}

/* Whole numbers from so wide a range that none repeats by chance. */
static double wide(size_t row, size_t column) {
  if (column < 3) return audit_noise(row, column);
  return column == 4 ? class_of(row) : (double)(uint64_t)(1e9 * audit_noise(row, 3));
}

/* A count, which repeats. */
static double counts(size_t row, size_t column) {
  if (column < 3) return audit_noise(row, column);
  return column == 4 ? class_of(row) : (double)(uint64_t)(9973.0 * audit_noise(row, 3));
}

static void test_identifiers(void **state) {
  (void)state;
  static const char *const told[] = {
      "column 'd' holds whole numbers that never repeat in 1200 training rows, though they lie "
      "close: it seems to name rows, and is better left out (--drop)"};
  check_audit(audit_table(0, 2000, 5, mixed), told, 1); /* 72 repeats expected */
  check_audit(audit_table(0, 1000, 5, mixed), NULL, 0); /* 18 */
  check_audit(audit_table(0, 2000, 5, wide), NULL, 0);
  check_audit(audit_table(0, 2000, 5, counts), NULL, 0);
}

/* One after the other, as a count of rows: where columns are prepared it is told of already. */
static double in_order(size_t row, size_t column) {
  if (column < 3) return audit_noise(row, column);
  return column == 4 ? class_of(row) : (double)(row * 7 % 2000);
}

static void test_numbers_of_rows(void **state) {
  (void)state;
  check_audit(audit_table(0, 2000, 5, in_order), NULL, 0);
}

/* Who says that it is a category knows it. */
static void test_declared(void **state) {
  (void)state;
  static const char *const types[] = {"d=skip"};
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.types = types;
  prepare.type_count = 1;
  check_audit_of(audit_table(0, 2000, 5, mixed), NULL, NULL, &prepare, NULL, 0);
}

/* One row in `rare` is of class 1, whatever the noise. */
static size_t rare;

static double unequal(size_t row, size_t column) {
  return column < 3 ? audit_noise(row, column) : (double)(row % rare == 0);
}

static void test_classes(void **state) {
  (void)state;
  static const char *const told[] = {
      "0 has 1000 rows and 1 only 100: accuracy alone will flatter; --class-weight balanced counts "
      "all classes alike"};
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.class_weights = "balanced";
  rare = 11;
  check_audit(audit_table(0, 1100, 4, unequal), told, 1);
  check_audit_of(audit_table(0, 1100, 4, unequal), NULL, NULL, &prepare, NULL, 0);
  rare = 10;
  check_audit(audit_table(0, 1100, 4, unequal), NULL, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_identifiers),
      cmocka_unit_test(test_numbers_of_rows),
      cmocka_unit_test(test_declared),
      cmocka_unit_test(test_classes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
