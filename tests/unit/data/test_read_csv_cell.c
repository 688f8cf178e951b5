#include "reading.h"

#include "data/csv.h"

static cr_csv_kind classify(const char *text, double *number) {
  return cr_csv_classify(&(cr_csv_cell){.text = text, .size = strlen(text)}, number);
}

static void cells_are_of_four_kinds(void **state) {
  (void)state;
  static const struct {
    const char *text;
    cr_csv_kind kind;
  } cases[] = {
      {"", CR_CSV_MISSING},        {"NA", CR_CSV_MISSING},
      {"N/A", CR_CSV_MISSING},     {"n/a", CR_CSV_MISSING},
      {"NaN", CR_CSV_MISSING},     {"nan", CR_CSV_MISSING},
      {"null", CR_CSV_MISSING},    {"NULL", CR_CSV_MISSING},
      {"None", CR_CSV_MISSING},    {"?", CR_CSV_MISSING},
      {"-", CR_CSV_MISSING},       {"na", CR_CSV_WORD},
      {"none", CR_CSV_WORD},       {"--", CR_CSV_WORD},
      {"inf", CR_CSV_UNUSABLE},    {"-Infinity", CR_CSV_UNUSABLE},
      {"+INF", CR_CSV_UNUSABLE},   {"1e999", CR_CSV_UNUSABLE},
      {"-1e39", CR_CSV_UNUSABLE},  {"1,5", CR_CSV_UNUSABLE},
      {"-12,25", CR_CSV_UNUSABLE}, {"1,234,567", CR_CSV_WORD},
      {",", CR_CSV_WORD},          {"infinit", CR_CSV_WORD},
      {"1e", CR_CSV_WORD},         {"0x10", CR_CSV_WORD},
      {"1_000", CR_CSV_WORD},      {"2020-01-01", CR_CSV_WORD},
      {"1 000", CR_CSV_WORD},      {"+", CR_CSV_WORD},
      {"1.2.3", CR_CSV_WORD},      {"$5", CR_CSV_WORD},
      {"12%", CR_CSV_WORD},        {"#N/A", CR_CSV_MISSING},
      {"#DIV/0!", CR_CSV_MISSING}, {"#VALUE!", CR_CSV_MISSING},
      {"#REF!", CR_CSV_MISSING},   {"#NAME?", CR_CSV_MISSING},
      {"#NUM!", CR_CSV_MISSING},   {"#NULL!", CR_CSV_MISSING},
      {"#n/a", CR_CSV_WORD},       {"#", CR_CSV_WORD},
      {"#NAME", CR_CSV_WORD},      {"#5", CR_CSV_WORD},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double number = 7.5;
    if (classify(cases[i].text, &number) != cases[i].kind) fail_msg("'%s'", cases[i].text);
    assert_true(number == 7.5);
  }
}

static void numbers_have_their_value(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double value;
  } cases[] = {{"12.5", 12.5}, {"-0.0625", -0.0625}, {"+3", 3},     {".5", 0.5},   {"1.", 1},
               {"1e3", 1000},  {"2.5E-1", 0.25},     {"1e-999", 0}, {"3e38", 3e38}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double number = 7.5;
    assert_int_equal(classify(cases[i].text, &number), CR_CSV_NUMBER);
    assert_true(number == cases[i].value);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_are_of_four_kinds),
      cmocka_unit_test(numbers_have_their_value),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
