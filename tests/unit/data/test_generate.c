#include "reading.h"

#include <stdlib.h>

#include "chainrule/datasets.h"

static cr_table *generate(const char *name, size_t rows, double noise, uint64_t seed) {
  cr_generate_options options;
  cr_table *table = NULL;
  cr_generate_options_init(&options);
  options.rows = rows;
  options.noise = noise;
  options.seed = seed;
  assert_int_equal(cr_table_generate(name, &options, &table), CR_OK);
  return table;
}

static void every_set_has_its_rows_and_a_word_on_it(void **state) {
  (void)state;
  size_t count = 0;
  for (const cr_generator_info *info; (info = cr_generator_at(count)); count++) {
    cr_table *table = generate(info->name, 0, -1, 1);
    assert_int_equal(cr_table_rows(table), 300);
    assert_true(strlen(info->summary) > 0 && strlen(info->noise) > 0);
    assert_true(cr_table_columns(table) >= 2);
    cr_table_destroy(table);
    table = generate(info->name, 1, 0.5, 2);
    assert_int_equal(cr_table_rows(table), 1);
    cr_table_destroy(table);
  }
  assert_int_equal(count, 9);
}

/* Rounded to six decimals: half of the last one. */
static const double rounding = 0.5000001e-6;

static void spiral_is_the_built_in_one(void **state) {
  (void)state;
  cr_table *built = NULL, *made = generate("spiral", 300, 0.2, 1);
  assert_int_equal(cr_table_read("@spiral", NULL, &built), CR_OK);
  for (size_t r = 0; r < 300; r++) {
    for (size_t c = 0; c < 2; c++)
      assert_true(fabs(cr_table_number(made, r, c) - cr_table_number(built, r, c)) <= rounding);
    assert_int_equal(cr_table_number(made, r, 2), atoi(cr_table_text(built, r, 2)));
  }
  cr_table_destroy(built);
  cr_table_destroy(made);
}

static void without_noise_points_lie_where_they_should(void **state) {
  (void)state;
  cr_table *table = generate("circles", 40, 0, 3);
  for (size_t r = 0; r < 40; r++) {
    const double x = cr_table_number(table, r, 0), y = cr_table_number(table, r, 1);
    assert_true(fabs(sqrt(x * x + y * y) - (r < 20 ? 1 : 0.5)) < 2e-6);
    assert_int_equal(cr_table_number(table, r, 2), r >= 20);
  }
  cr_table_destroy(table);
  table = generate("linear", 20, 0, 3);
  for (size_t r = 0; r < 20; r++) {
    double y = 1 + 2 * cr_table_number(table, r, 0) - 3 * cr_table_number(table, r, 1);
    y += 0.5 * cr_table_number(table, r, 2);
    assert_true(fabs(cr_table_number(table, r, 3) - y) < 4e-6);
  }
  cr_table_destroy(table);
  table = generate("xor", 4, 0, 3);
  check_table(table, "x1:n,x2:n,y:n|0,0,0|0,1,1|1,0,1|1,1,0");
  cr_table_destroy(table);
}

static void the_seed_and_nothing_else_decides(void **state) {
  (void)state;
  cr_table *first = generate("blobs", 50, -1, 7), *again = generate("blobs", 50, -1, 7);
  cr_table *other = generate("blobs", 50, -1, 8);
  assert_true(first->origin.fingerprint == again->origin.fingerprint);
  assert_true(first->origin.fingerprint != other->origin.fingerprint);
  cr_table_destroy(first);
  cr_table_destroy(again);
  cr_table_destroy(other);
}

/* Of 4000 rows 3 % and 6 % are gaps: 120 and 240, give or take four deviations (11 and 15). */
static void housing_has_gaps_and_a_category(void **state) {
  (void)state;
  cr_table *table = generate("housing", 4000, -1, 1);
  const cr_column *area = cr_table_column(table, 1), *age = cr_table_column(table, 2);
  assert_true(area->missing > 76 && area->missing < 164);
  assert_true(age->missing > 180 && age->missing < 300);
  assert_int_equal(cr_table_column(table, 4)->type, CR_COLUMN_TEXT);
  assert_int_equal(cr_table_column(table, 4)->distinct, 4);
  assert_int_equal(cr_table_column(table, 5)->missing, 0);
  cr_table_destroy(table);
}

static void what_cannot_be_made_is_refused(void **state) {
  (void)state;
  cr_generate_options options;
  cr_table *table = NULL;
  cr_generate_options_init(&options);
  assert_int_equal(cr_table_generate("sprial", &options, &table), CR_ERR_ARGUMENT);
  assert_string_equal(cr_last_error()->fix, "the nearest is spiral");
  options.rows = 100000001;
  assert_int_equal(cr_table_generate("xor", &options, &table), CR_ERR_LIMIT);
  options.rows = 1;
  options.noise = (double)NAN;
  assert_int_equal(cr_table_generate("xor", &options, &table), CR_ERR_ARGUMENT);
  assert_null(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_set_has_its_rows_and_a_word_on_it),
      cmocka_unit_test(spiral_is_the_built_in_one),
      cmocka_unit_test(without_noise_points_lie_where_they_should),
      cmocka_unit_test(the_seed_and_nothing_else_decides),
      cmocka_unit_test(housing_has_gaps_and_a_category),
      cmocka_unit_test(what_cannot_be_made_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
