#include "chainrule/check.h"
#include "support.h"

static const double NONE = (double)NAN;

/* Doubles through a root and a few sums. */
static const double ROUNDING = 1e-12;

static cr_metrics classes(size_t n, size_t wrong) {
  return (cr_metrics){.n = n, .accuracy = 1 - (double)wrong / (double)n, .r2 = NONE};
}

static cr_metrics numbers(size_t n, double r2) {
  return (cr_metrics){.n = n, .accuracy = NONE, .r2 = r2};
}

static cr_diagnosis diagnose(cr_metrics train, cr_metrics dev, double best) {
  cr_diagnosis out;
  assert_int_equal(cr_diagnose(&train, &dev, best, &out), CR_OK);
  return out;
}

/* With the balanced figures of rows of two classes, worked out by SciPy. */
static cr_metrics balanced(double share, double low, double high) {
  return (cr_metrics){.n = 150,
                      .accuracy = 0.97,
                      .r2 = NONE,
                      .balanced = share,
                      .balanced_low = low,
                      .balanced_high = high,
                      .classes = 2};
}

/*
 * Where classes were weighted, 97 % of all rows say nothing: 98 of 100 and 12 of 20 are the train
 * part's recalls, 60 of 100 and 15 of 30 those of dev.
 */
static void test_balanced(void **state) {
  (void)state;
  const cr_metrics train = balanced(0.79, 0.6804000056697449, 0.8808862828699683);
  const cr_metrics dev = balanced(0.55, 0.4525553473899985, 0.6456379568915835);
  cr_diagnosis d;
  assert_int_equal(cr_diagnose_balanced(&train, &dev, 0, &d), CR_OK);
  assert_close(d.bias, 0.21, ROUNDING);
  assert_close(d.bias_chance, 0.8808862828699683 - 0.79, ROUNDING);
  assert_close(d.variance, 0.24, ROUNDING);
  assert_close(d.variance_chance, hypot(0.6456379568915835 - 0.55, 0.79 - 0.6804000056697449),
               ROUNDING);
  assert_string_equal(d.finding, "both");
  const cr_metrics none = {.n = 9, .balanced = NONE};
  assert_int_equal(cr_diagnose_balanced(&train, &none, 0, &d), CR_OK);
  assert_true(isnan(d.variance));
}

/* (eq G5) */
static void test_learning_shows(void **state) {
  (void)state;
  cr_metrics m = {.n = 100, .r2 = NONE, .classes = 2, .accuracy = 0.96, .baseline = 0.96};
  m.accuracy_low = 0.90, m.balanced = 0.5, m.balanced_low = 0.45;
  assert_false(cr_metrics_show_learning(&m));
  m.balanced_low = 0.51; /* the rare class is found more often than by chance */
  assert_true(cr_metrics_show_learning(&m));
  m.balanced_low = 0.45, m.baseline = 0.89;
  assert_true(cr_metrics_show_learning(&m));
  m.classes = 0; /* several labels a row */
  m.baseline = 0.96;
  assert_true(cr_metrics_show_learning(&m));
  /* 1.96 squared of 40 rows: 0.09604 */
  const cr_metrics worse = numbers(40, 0.0960), better = numbers(40, 0.0961), none = {0};
  assert_false(cr_metrics_show_learning(&worse));
  assert_true(cr_metrics_show_learning(&better));
  assert_true(cr_metrics_show_learning(&none));
}

/* The four cases of every lecture on it, of 10,000 rows each, so that chance explains little. */
static void test_recipe(void **state) {
  (void)state;
  static const struct {
    size_t train, dev;
    const char *finding;
  } cases[] = {{100, 1100, "variance"},
               {1500, 1600, "bias"},
               {1500, 3000, "both"},
               {50, 100, "neither"},
               {1500, 1000, "dev_better"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const cr_diagnosis d =
        diagnose(classes(10000, cases[i].train), classes(10000, cases[i].dev), 0);
    assert_string_equal(d.finding, cases[i].finding);
  }
  /* what nobody could do better is no bias */
  assert_string_equal(diagnose(classes(10000, 1500), classes(10000, 1600), 0.145).finding,
                      "neither");
}

/*
 * (eqs G1, G2, G4) 20 of 200 and 30 of 150 rows wrong. Wilson's intervals of 0.1 and 0.2, from
 * SciPy's binomtest: [0.06567045, 0.14940581], [0.14384082, 0.27114133].
 */
static void test_numbers(void **state) {
  (void)state;
  const double printed = 1e-8; /* digits of those */
  const cr_diagnosis d = diagnose(classes(200, 20), classes(150, 30), 0.02);
  assert_close(d.train, 0.1, ROUNDING);
  assert_close(d.dev, 0.2, ROUNDING);
  assert_close(d.bias, 0.08, ROUNDING);
  assert_close(d.variance, 0.1, ROUNDING);
  assert_close(d.bias_chance, 0.1 - 0.06567045, printed);
  assert_close(d.variance_chance, hypot(0.2 - 0.14384082, 0.14940581 - 0.1), printed);
  assert_string_equal(d.finding, "both");
  const cr_diagnosis other = diagnose(classes(150, 30), classes(200, 20), 0);
  assert_close(other.variance_chance, hypot(0.14940581 - 0.1, 0.2 - 0.14384082), printed);
  assert_string_equal(other.finding, "dev_better");
}

/* (eq G3) e = 0.2 of 400 rows reaches 1.96 * 2 * 0.2 / 20 = 0.0392 to both sides. */
static void test_regression(void **state) {
  (void)state;
  const cr_diagnosis d = diagnose(numbers(400, 0.8), numbers(100, 0.7), 0);
  assert_close(d.bias, 0.2, ROUNDING);
  assert_close(d.bias_chance, 0.0392, ROUNDING);
  assert_close(d.variance, 0.1, ROUNDING);
  assert_close(d.variance_chance, hypot(0.1176, 0.0392), ROUNDING);
  assert_string_equal(d.finding, "bias"); /* 0.1 of variance, of which chance explains 0.124 */
}

/* One row of thirty tells little, however large the share. */
static void test_chance(void **state) {
  (void)state;
  assert_string_equal(diagnose(classes(90, 0), classes(30, 1), 0).finding, "neither");
  assert_string_equal(diagnose(classes(900, 0), classes(300, 10), 0).finding, "variance");
}

/*
 * The interval of the training error must begin more than 0.01 above the least one. SciPy's
 * binomtest has it begin at 0.0061 for 2 of 90, 0.00995 for 3 of 103 and 0.01005 for 3 of 102.
 */
static void test_bias_beyond_chance(void **state) {
  (void)state;
  const cr_metrics none = {0};
  assert_string_equal(diagnose(classes(90, 2), classes(30, 2), 0).finding, "neither");
  assert_string_equal(diagnose(classes(103, 3), none, 0).finding, "unknown");
  assert_string_equal(diagnose(classes(102, 3), none, 0).finding, "bias");
  assert_string_equal(diagnose(classes(102, 3), none, 0.001).finding, "unknown");
}

static void test_missing_figures(void **state) {
  (void)state;
  const cr_metrics none = {0};
  assert_string_equal(diagnose(classes(900, 90), none, 0).finding, "bias");
  assert_string_equal(diagnose(classes(900, 0), none, 0).finding, "unknown");
  assert_string_equal(diagnose(none, classes(900, 90), 0).finding, "unknown");
  assert_string_equal(diagnose(numbers(5, NONE), numbers(5, 0.5), 0).finding, "unknown");
  assert_true(isnan(diagnose(classes(900, 90), none, 0).variance));
}

static void test_wrong_best(void **state) {
  (void)state;
  static const double wrong[] = {-0.1, 1, 5, (double)NAN};
  const cr_metrics some = classes(10, 1);
  cr_diagnosis out;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_int_equal(cr_diagnose(&some, &some, wrong[i], &out), CR_ERR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_recipe),
                                     cmocka_unit_test(test_numbers),
                                     cmocka_unit_test(test_regression),
                                     cmocka_unit_test(test_chance),
                                     cmocka_unit_test(test_bias_beyond_chance),
                                     cmocka_unit_test(test_missing_figures),
                                     cmocka_unit_test(test_balanced),
                                     cmocka_unit_test(test_learning_shows),
                                     cmocka_unit_test(test_wrong_best)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
