#include "train/audit.h"

#include "auditing.h"
#include "support.h"

/* A table that is fine says nothing, and neither does an easy one. */
static void test_sets_that_are_fine(void **state) {
  (void)state;
  static const char *const names[] = {"@iris", "@digits", "@xor", "@and", "@spiral", "@parity:8"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    cr_table *table = NULL;
    assert_int_equal(cr_table_read(names[i], NULL, &table), CR_OK);
    check_audit(table, NULL, 0);
  }
}

static double noise_and_class(size_t row, size_t column) {
  if (column < 3) return audit_noise(row, column);
  return audit_noise(row, 0) + audit_noise(row, 9) > 1.0 ? 1.0 : 0.0;
}

/* Two of iris's three kinds: two columns of four tell them apart, each alone. */
static void test_easy_problem(void **state) {
  (void)state;
  cr_table *iris = NULL, *two = NULL;
  size_t rows[100];
  for (size_t i = 0; i < 100; i++) rows[i] = i;
  assert_int_equal(cr_table_read("@iris", NULL, &iris), CR_OK);
  assert_int_equal(cr_table_select(iris, rows, 100, &two), CR_OK);
  cr_table_destroy(iris);
  check_audit(two, NULL, 0);
}

/* The rows drawn are of the training part, each once, at most CR_AUDIT_ROWS of them. */
static void test_draw(void **state) {
  (void)state;
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  cr_table *table = audit_table(0, 50000, 4, noise_and_class);
  audited a = audit_parts(table, NULL, NULL, NULL);
  assert_int_equal(a.warnings.count, 0);
  const cr_audit audit = {a.encoder, &a.portions, &prepare};
  size_t *places = NULL, count = 0;
  assert_int_equal(cr_audit_draw(&audit, &places, &count), CR_OK);
  assert_int_equal(count, CR_AUDIT_ROWS);
  bool *seen = calloc(30000, sizeof *seen);
  for (size_t i = 0; i < count; i++) {
    assert_true(places[i] < 30000 && !seen[places[i]]);
    seen[places[i]] = true;
  }
  free(seen);
  cr_free(places);
  audited_free(&a);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sets_that_are_fine),
      cmocka_unit_test(test_easy_problem),
      cmocka_unit_test(test_draw),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
