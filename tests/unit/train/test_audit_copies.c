#include "auditing.h"
#include "support.h"

static double fine(size_t row, size_t column) {
  if (column < 3) return audit_noise(row, column);
  return audit_noise(row, 0) + audit_noise(row, 9) > 1.0 ? 1.0 : 0.0;
}

/* Rows 1900 to 1999 are in both: 20 of a hundred of them go to dev, which is told apart. */
static void test_file_of_training_rows(void **state) {
  (void)state;
  static const char *const leak[] = {" of 1100 test rows ("};
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.split[CR_PORTION_TRAIN] = 1.0;
  static const char *const all[] = {
      "100 of 1100 test rows (9.1 %) are training rows, too, and flatter its figures: leave them "
      "out of test.csv"};
  check_audit_of(audit_table(0, 2000, 4, fine), NULL, audit_table(1900, 1100, 4, fine), NULL, leak,
                 1);
  check_audit_of(audit_table(0, 2000, 4, fine), NULL, audit_table(1900, 1100, 4, fine), &prepare,
                 all, 1);
  check_audit_of(audit_table(0, 2000, 4, fine), NULL, audit_table(2000, 1000, 4, fine), &prepare,
                 NULL, 0);
}

/* One row in a hundred, and three rows at least. */
static void test_few_copies(void **state) {
  (void)state;
  static const char *const told[] = {"10 of 1000 test rows (1.0 %)"};
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.split[CR_PORTION_TRAIN] = 1.0;
  check_audit_of(audit_table(0, 2000, 4, fine), NULL, audit_table(1990, 1000, 4, fine), &prepare,
                 told, 1);
  check_audit_of(audit_table(0, 2000, 4, fine), NULL, audit_table(1991, 1000, 4, fine), &prepare,
                 NULL, 0);
  check_audit_of(audit_table(0, 2000, 4, fine), NULL, audit_table(1998, 20, 4, fine), &prepare,
                 NULL, 0);
}

static double repeating(size_t row, size_t column) {
  return fine(row % 1500, column);
}

static double other_target(size_t row, size_t column) {
  const double value = fine(row, column);
  return column < 3 ? value : 1.0 - value;
}

/* Copies within a table fall on both sides of the split; the same inputs with another target are
 * none. */
static void test_shares_of_one_table(void **state) {
  (void)state;
  static const char *const told[] = {" of 400 dev rows (", " of 400 test rows ("};
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.split[CR_PORTION_TRAIN] = 1.0;
  check_audit_of(audit_table(0, 2000, 4, repeating), NULL, NULL, NULL, told, 2);
  check_audit_of(audit_table(0, 2000, 4, fine), NULL, audit_table(0, 1000, 4, other_target),
                 &prepare, NULL, 0);
}

/* Five columns of four values: rows meet by chance. */
static double coarse(size_t row, size_t column) {
  double value = 0.0;
  if (column < 5) return (double)(size_t)(4.0 * audit_noise(row, column));
  for (size_t c = 0; c < 5; c++) value += coarse(row, c) * (1.0 + 0.1 * (double)c);
  return value > 8.0 ? 1.0 : 0.0;
}

static void test_rows_that_meet_by_chance(void **state) {
  (void)state;
  static const char *const told[] = {"100 of 100 test rows (100.0 %)"};
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.split[CR_PORTION_TRAIN] = 1.0;
  check_audit(audit_table(0, 3000, 6, coarse), NULL, 0);
  check_audit_of(audit_table(0, 3000, 6, coarse), NULL, audit_table(9000, 1000, 6, coarse),
                 &prepare, NULL, 0);
  /* of a hundred rows few meet each other, and all of these are training rows */
  check_audit_of(audit_table(0, 300, 6, coarse), NULL, audit_table(100, 100, 6, coarse), &prepare,
                 told, 1);
}

static double target_of_numbers(size_t row, size_t column) {
  return audit_noise(row, column);
}

static void test_numbers(void **state) {
  (void)state;
  static const char *const told[] = {"50 of 500 dev rows (10.0 %)"};
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.split[CR_PORTION_TRAIN] = 1.0;
  check_audit_of(audit_table(0, 1000, 4, target_of_numbers),
                 audit_table(950, 500, 4, target_of_numbers), NULL, &prepare, told, 1);
}

/* Images that agree in all pixels that are hashed are told apart all the same. */
static cr_table *images(size_t first, size_t rows, size_t last_pixel) {
  enum { SIDE = 16, SIZE = SIDE * SIDE };
  uint8_t *pixels = calloc(rows, SIZE);
  double *labels = calloc(rows, sizeof *labels);
  for (size_t i = 0; i < rows; i++) {
    for (size_t p = 0; p < SIZE; p++)
      pixels[i * SIZE + p] = (uint8_t)(256.0 * audit_noise(first + i, p));
    pixels[i * SIZE + 9] += (uint8_t)last_pixel;
    labels[i] = (double)((first + i) % 2);
  }
  cr_table *table = image_table(rows, SIDE, SIDE, pixels, NULL, labels);
  cr_table_fingerprint(table);
  free(pixels);
  free(labels);
  return table;
}

static void test_images(void **state) {
  (void)state;
  static const char *const told[] = {"20 of 100 test rows (20.0 %)"};
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.split[CR_PORTION_TRAIN] = 1.0;
  check_audit_of(images(0, 200, 0), NULL, images(180, 100, 0), &prepare, told, 1);
  check_audit_of(images(0, 200, 0), NULL, images(180, 100, 1), &prepare, NULL, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_file_of_training_rows),
      cmocka_unit_test(test_few_copies),
      cmocka_unit_test(test_shares_of_one_table),
      cmocka_unit_test(test_rows_that_meet_by_chance),
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_images),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
