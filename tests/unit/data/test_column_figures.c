#include "data/column_figures.h"

#include "support.h"

enum { ROWS = 5000 };

/* Of any pieces the figures are those of the whole; different values are counted up to 1001. */
static void pieces_do_not_matter(void **state) {
  (void)state;
  static double few[ROWS], many[ROWS];
  static const size_t sizes[] = {1, 33, 1000, ROWS};
  for (size_t i = 0; i < ROWS; i++) {
    few[i] = i % 7 == 3 ? (double)NAN : i % 11 == 0 ? -0.0 : (double)(i % 11);
    many[i] = uneven(i, 5);
  }
  for (size_t s = 0; s < 4; s++) {
    cr_column found[2] = {{0}, {0}};
    const double *const columns[2] = {few, many};
    for (size_t c = 0; c < 2; c++) {
      cr_figures figures;
      cr_figures_start(&figures);
      for (size_t at = 0; at < ROWS; at += sizes[s]) {
        const size_t count = ROWS - at < sizes[s] ? ROWS - at : sizes[s];
        assert_int_equal(cr_figures_add(&figures, columns[c] + at, count), CR_OK);
      }
      assert_int_equal(cr_figures_finish(&figures, &found[c]), CR_OK);
      cr_figures_free(&figures);
    }
    assert_int_equal(found[0].distinct, 11);
    assert_true(found[0].integer && found[0].minimum == 0 && found[0].maximum == 10);
    assert_int_equal(found[1].distinct, 1001);
    assert_true(!found[1].integer);
    static double mean, deviation;
    if (s == 0) mean = found[1].mean, deviation = found[1].deviation;
    assert_true(found[1].mean == mean && found[1].deviation == deviation);
  }
}

static void of_no_values_there_are_none(void **state) {
  (void)state;
  static const double gaps[] = {(double)NAN, (double)NAN};
  cr_figures figures;
  cr_column found = {0};
  cr_figures_start(&figures);
  assert_int_equal(cr_figures_add(&figures, gaps, 2), CR_OK);
  assert_int_equal(cr_figures_finish(&figures, &found), CR_OK);
  assert_true(isnan(found.minimum) && isnan(found.mean) && found.distinct == 0 && !found.integer);
  cr_figures_free(&figures);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pieces_do_not_matter),
      cmocka_unit_test(of_no_values_there_are_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
