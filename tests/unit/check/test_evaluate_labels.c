#include "check/evaluate.h"
#include "support.h"

/* Quotients of small whole numbers. */
#define CLOSE 1e-12

enum { ROWS = 5, LABELS = 3 };

static const float actual[ROWS][LABELS] = {{1, 0, 1}, {0, 1, 1}, {1, 1, 0}, {0, 0, 0}, {1, 0, 1}};
static const float output[ROWS][LABELS] = {
    {0.9f, 0.4f, 0.49999997f}, {0, 1, 0.5f}, {0.2f, 0.6f, 0.1f}, {0.7f, 0, 0}, {0.8f, 0.1f, 0.9f}};

static void count(cr_label_count counts[LABELS], size_t wrong[ROWS]) {
  for (size_t i = 0; i < ROWS; i++)
    wrong[i] = cr_count_labels(output[i], actual[i], LABELS, counts);
}

/* (eqs M5, M6, M7) As precision_recall_fscore_support of scikit-learn gives them. */
static void figures_of_each_label(void **state) {
  (void)state;
  cr_label_count counts[LABELS] = {{0}};
  size_t wrong[ROWS], all = 0;
  static const double precision[LABELS] = {2.0 / 3, 1, 1}, recall[LABELS] = {2.0 / 3, 1, 2.0 / 3};
  static const double f1[LABELS] = {2.0 / 3, 1, 0.8}, share[LABELS] = {0.6, 0.4, 0.6};
  static const double right[LABELS] = {0.6, 1, 0.8};
  static const size_t expected[ROWS] = {1, 0, 1, 1, 0};
  count(counts, wrong);
  for (size_t i = 0; i < ROWS; i++) {
    assert_int_equal(wrong[i], expected[i]);
    all += wrong[i];
  }
  assert_close(1.0 - (double)all / (ROWS * LABELS), 0.8, CLOSE);
  for (size_t k = 0; k < LABELS; k++) {
    cr_label_metrics m;
    cr_label_figures(&counts[k], ROWS, &m);
    assert_close(m.precision, precision[k], CLOSE);
    assert_close(m.recall, recall[k], CLOSE);
    assert_close(m.f1, f1[k], CLOSE);
    assert_close(m.share, share[k], CLOSE);
    assert_close(m.accuracy, right[k], CLOSE);
  }
  assert_close(cr_mean_f1(counts, LABELS), 0.8222222222222223, CLOSE);
}

/* Never there and never said: nothing to divide by, and left out of the mean. */
static void what_is_not_defined(void **state) {
  (void)state;
  const cr_label_count counts[3] = {{0, 0, 0}, {3, 0, 0}, {2, 2, 2}};
  cr_label_metrics m;
  cr_label_figures(&counts[0], 4, &m);
  assert_true(isnan(m.precision) && isnan(m.recall) && isnan(m.f1));
  assert_close(m.accuracy, 1, CLOSE);
  cr_label_figures(&counts[1], 4, &m);
  assert_true(isnan(m.precision));
  assert_close(m.recall, 0, CLOSE);
  assert_close(m.f1, 0, CLOSE);
  assert_close(m.accuracy, 0.25, CLOSE);
  assert_close(cr_mean_f1(counts, 3), 0.5, CLOSE);
  assert_true(isnan(cr_mean_f1(counts, 1)));
}

/* The commoner values are 1 0 1: rows 1 and 5. Of equals it is 0. */
static void the_baseline_says_the_commoner_values(void **state) {
  (void)state;
  double baseline = -1;
  cr_samples samples = {.rows = ROWS, .outputs = LABELS, .y = {actual[0], ROWS, LABELS, LABELS}};
  assert_int_equal(cr_label_baseline(&samples, &baseline), CR_OK);
  assert_close(baseline, 0.4, CLOSE);
  samples.rows = samples.y.rows = 2;
  assert_int_equal(cr_label_baseline(&samples, &baseline), CR_OK);
  assert_close(baseline, 0, CLOSE); /* 0 0 1: neither */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_of_each_label),
      cmocka_unit_test(what_is_not_defined),
      cmocka_unit_test(the_baseline_says_the_commoner_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
