#include "reading.h"

static cr_table *read_set(const char *name) {
  cr_table *table = NULL;
  assert_int_equal(cr_table_read(name, NULL, &table), CR_OK);
  const cr_table_origin *origin = cr_table_get_origin(table);
  assert_string_equal(origin->format, "builtin");
  assert_string_equal(origin->path, name);
  assert_int_not_equal(origin->fingerprint, 0);
  return table;
}

static void xor_is_four_rows(void **state) {
  (void)state;
  cr_table *table = read_set("@xor");
  check_table(table, "x1:n,x2:n,y:n|0,0,0|0,1,1|1,0,1|1,1,0");
  assert_true(table->origin.complete);
  assert_true(table->columns[2].is_label);
  cr_table_destroy(table);
}

static void and_and_or_are_four_rows(void **state) {
  (void)state;
  cr_table *table = read_set("@and");
  check_table(table, "x1:n,x2:n,y:n|0,0,0|0,1,0|1,0,0|1,1,1");
  assert_true(table->origin.complete);
  assert_true(table->columns[2].is_label);
  cr_table_destroy(table);
  table = read_set("@or");
  check_table(table, "x1:n,x2:n,y:n|0,0,0|0,1,1|1,0,1|1,1,1");
  assert_true(table->origin.complete);
  assert_true(table->columns[2].is_label);
  cr_table_destroy(table);
}

static void parity_counts_ones(void **state) {
  (void)state;
  cr_table *table = read_set("@parity:3");
  check_table(table,
              "x1:n,x2:n,x3:n,y:n|0,0,0,0|0,0,1,1|0,1,0,1|0,1,1,0|1,0,0,1|1,0,1,0|1,1,0,0|1,1,1,1");
  assert_true(table->origin.complete);
  cr_table_destroy(table);
  table = read_set("@parity:16");
  assert_int_equal(cr_table_rows(table), 65536);
  assert_int_equal(cr_table_columns(table), 17);
  assert_true(cr_table_number(table, 40000, 16) == 1); /* 1001110001000000: five ones */
  cr_table_destroy(table);
}

static void spiral_has_three_arms(void **state) {
  (void)state;
  cr_table *table = read_set("@spiral");
  assert_int_equal(cr_table_rows(table), 300);
  assert_int_equal(cr_table_columns(table), 3);
  assert_false(table->origin.complete);
  double turned = 0, squares = 0;
  for (size_t r = 0; r < 300; r++) {
    const double x = cr_table_number(table, r, 0), y = cr_table_number(table, r, 1);
    const double radius = hypot(x, y), along = (double)(r % 100) / 99;
    assert_true(fabs(radius - along) < 1e-15 * 8);
    assert_string_equal(cr_table_text(table, r, 2), r < 100 ? "0" : r < 200 ? "1" : "2");
    if (r % 100 == 0) continue;
    /* What the noise turned it by, from -pi to pi. */
    const double off = remainder(atan2(x, y) - 4 * ((double)(r / 100) + along), 8 * atan(1));
    turned += off;
    squares += off * off;
  }
  /* 297 draws of deviation 0.2: five standard errors of the mean and of the deviation. */
  assert_true(fabs(turned / 297) < 5 * 0.2 / sqrt(297));
  assert_true(fabs(sqrt(squares / 297) - 0.2) < 5 * 0.2 / sqrt(2 * 297));
  cr_table *again = read_set("@spiral");
  assert_int_equal(again->origin.fingerprint, table->origin.fingerprint);
  cr_table_destroy(again);
  cr_table_destroy(table);
}

static void digits_are_images(void **state) {
  (void)state;
  cr_table *table = read_set("@digits");
  assert_int_equal(cr_table_rows(table), 1797);
  const cr_column *pixels = cr_table_column(table, 0);
  assert_non_null(pixels);
  assert_int_equal(pixels->type, CR_COLUMN_IMAGE);
  assert_int_equal(pixels->height, 8);
  assert_int_equal(pixels->image_width, 8);
  assert_true(pixels->minimum == 0 && pixels->maximum == 16);
  const cr_column *label = cr_table_column(table, 1);
  assert_non_null(label);
  assert_true(label->minimum == 0 && label->maximum == 9 && label->distinct == 10);
  /* The first digit is a zero, whose first rows are (scikit-learn's load_digits().images[0]): */
  static const uint8_t rows[] = {0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0};
  assert_memory_equal(cr_table_image(table, 0, 0), rows, sizeof rows);
  assert_true(cr_table_number(table, 0, 1) == 0);
  cr_table_destroy(table);
}

static void iris_has_three_species(void **state) {
  (void)state;
  cr_table *table = read_set("@iris");
  assert_int_equal(cr_table_rows(table), 150);
  assert_int_equal(cr_table_columns(table), 5);
  const cr_column *info = cr_table_column(table, 4);
  assert_non_null(info);
  assert_string_equal(info->name, "species");
  assert_int_equal(info->distinct, 3);
  assert_string_equal(cr_table_text(table, 149, 4), "virginica");
  assert_true(cr_table_number(table, 149, 0) == 5.9);
  cr_table_destroy(table);
}

static void unknown_sets_are_answered_with_the_nearest(void **state) {
  (void)state;
  static const struct {
    const char *name, *message, *fix;
  } cases[] = {
      {"@irs", "there are @and, @digits, @iris, @or, @parity:N, @spiral and @xor", "@iris"},
      {"@Xor", "no built-in data set '@Xor'", "@xor"},
      {"@", "no built-in data set '@'", NULL},
      {"@party:3", "no built-in data set", NULL},
      {"@paritysh", "no built-in data set", "@parity:4"},
      {"@parity", "N from 2 to 16", "@parity:4"},
      {"@parity:", "N from 2 to 16", NULL},
      {"@parity:1", "N from 2 to 16", NULL},
      {"@parity:17", "N from 2 to 16", NULL},
      {"@parity:3x", "N from 2 to 16", NULL},
      {"@parity:-3", "N from 2 to 16", NULL},
      {"@parity:99999999999999999999", "N from 2 to 16", NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cr_table *table = NULL;
    assert_int_equal(cr_table_read(cases[i].name, NULL, &table), CR_ERR_OPEN);
    assert_null(table);
    check_error("", (failure){CR_ERR_OPEN, 0, 0, cases[i].message, cases[i].fix});
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(xor_is_four_rows),
      cmocka_unit_test(and_and_or_are_four_rows),
      cmocka_unit_test(parity_counts_ones),
      cmocka_unit_test(spiral_has_three_arms),
      cmocka_unit_test(digits_are_images),
      cmocka_unit_test(iris_has_three_species),
      cmocka_unit_test(unknown_sets_are_answered_with_the_nearest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
