#include "gradient_setup.h"

static cr_gradient_finding explain(const char *name, double exact, double found, size_t rows) {
  cr_gradient_finding finding = {.first = 0};
  const cr_gradient_entry entry = {.row = 2, .column = 0, .exact = exact, .found = found};
  snprintf(finding.name, sizeof finding.name, "%s", name);
  cr_gradient_explain(&finding, &entry, "chain rule", "nudging", rows);
  return finding;
}

/* Indices count from 1 as people do; a bias has one. */
static void both_numbers_are_named_with_their_place(void **state) {
  (void)state;
  assert_string_equal(explain("W2", 0.0312, 0.0624, 10).note,
                      "W2[3,1] chain rule 0.0312, nudging 0.0624");
  assert_string_equal(explain("b1", -1.5, 2.25, 10).note, "b1[1] chain rule -1.5, nudging 2.25");
}

/* What a quotient means is the same whichever of the two is the larger. */
static void quotients_mean_something(void **state) {
  (void)state;
  const struct {
    double exact, found;
    size_t rows;
    const char *hint;
  } cases[] = {
      {0.0312, 0.0624, 10, "ratio 2.00: a missing or doubled factor"},
      {0.0624, 0.0312, 10, "ratio 2.00: a missing or doubled factor"},
      {0.0624, 0.0312, 2, "ratio 2.00: a missing or doubled factor"},
      {0.3, -0.3, 10, "ratio -1: a wrong sign"},
      {0.7, 7.0, 10, "ratio 10.00, the number of rows: the 1/n of the mean is missing or doubled"},
      {7.0, 0.7, 10, "ratio 10.00, the number of rows: the 1/n of the mean is missing or doubled"},
      {0.7, 0.93, 10, "ratio 1.33, no plain factor: a wrong derivative, order or transpose"},
      {0.0, 0.93, 10, "one of them is 0: a term is left out, or added up in part only"},
      {(double)NAN, 1.0, 10, "not a number: an overflow, or a logarithm or quotient of 0"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    const cr_gradient_finding finding =
        explain("W1", cases[i].exact, cases[i].found, cases[i].rows);
    assert_string_equal(finding.hint, cases[i].hint);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_numbers_are_named_with_their_place),
      cmocka_unit_test(quotients_mean_something),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
