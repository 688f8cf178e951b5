#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "comma_locale.h"
#include "random_bits.h"

/* Bit for bit what strtod reads in the C locale; refused exactly if that overflows. */
static void assert_as_strtod(const char *text, size_t size) {
  char copy[2048];
  assert_true(size < sizeof copy);
  memcpy(copy, text, size);
  copy[size] = '\0';
  const double expected = strtod(copy, NULL);
  double read = 123;
  const bool taken = cr_parse_number(text, size, &read);
  if (taken != (isfinite(expected) != 0)) fail_msg("'%s' taken: %d", copy, taken);
  if (taken && bits_of(read) != bits_of(expected)) {
    fail_msg("'%s' read as %a, not %a", copy, read, expected);
  }
  if (!taken) assert_true(read == 123);
}

static void assert_text(const char *text) {
  assert_as_strtod(text, strlen(text));
}

/* Some digits, perhaps a point among them, perhaps an exponent. */
static size_t random_text(uint64_t *seed, char *out, size_t most_digits, int most_exponent) {
  char *to = out;
  const size_t digits = 1 + next_random(seed) % most_digits;
  const size_t point = next_random(seed) % (2 * digits + 1);
  if (next_random(seed) % 4 == 0) *to++ = next_random(seed) % 2 ? '-' : '+';
  for (size_t i = 0; i < digits; i++) {
    if (i == point) *to++ = '.';
    *to++ = (char)('0' + next_random(seed) % 10);
  }
  if (next_random(seed) % 2 == 0) {
    const int exponent = (int)(next_random(seed) % (2 * (unsigned)most_exponent + 1));
    to += sprintf(to, "%c%d", next_random(seed) % 2 ? 'e' : 'E', exponent - most_exponent);
  }
  return (size_t)(to - out);
}

static void random_texts_as_strtod(void **state) {
  (void)state;
  char text[2048];
  uint64_t seed = 1;
  for (int i = 0; i < 400000; i++) {
    assert_as_strtod(text, random_text(&seed, text, 19, 25)); /* about the fast path */
    assert_as_strtod(text, random_text(&seed, text, 25, 345));
  }
  for (int i = 0; i < 2000; i++) assert_as_strtod(text, random_text(&seed, text, 1200, 400));
}

/* Doubles of all sizes, their neighbours' midpoints exactly and a digit to either side. */
static void halfway_cases_as_strtod(void **state) {
  (void)state;
  char text[2048];
  uint64_t seed = 2;
  for (int i = 0; i < 200000; i++) {
    const double value = value_of(next_random(&seed) >> 1);
    if (!isfinite(value)) continue;
    sprintf(text, "%.17g", value);
    assert_text(text);
    if (i % 10 != 0) continue;
    /* (m + 1/2) 2^e has one bit more: a long double holds it, and prints it exactly. */
    const double above = nextafter(value, HUGE_VAL);
    if (!isfinite(above) || LDBL_MANT_DIG <= DBL_MANT_DIG) continue;
    const long double middle = ((long double)value + (long double)above) / 2;
    const int length = sprintf(text, "%.800Le", middle);
    assert_text(text);
    char *last = strchr(text, 'e') - 1; /* of 800 digits, past the end of most midpoints */
    const char kept = *last;
    *last = '1';
    assert_text(text);
    *last = kept;
    assert_int_equal(strlen(text), length);
  }
}

static void midpoints_are_decided_by_a_far_digit(void **state) {
  (void)state;
  /* 2^53 + 1 lies between two doubles; ties go to the even one, anything more goes up. */
  char text[1600] = "9007199254740993.";
  double read = 0;
  memset(text + 17, '0', 1500);
  text[1517] = '\0';
  assert_true(cr_parse_number(text, strlen(text), &read));
  assert_true(read == 9007199254740992.0);
  text[1516] = '1';
  assert_true(cr_parse_number(text, strlen(text), &read));
  assert_true(read == 9007199254740994.0);
  assert_text(text);
}

static void boundaries_as_strtod(void **state) {
  (void)state;
  static const char *texts[] = {
      "0",
      "-0",
      "+0",
      "0.0",
      "-0.0e5",
      "1",
      "1.",
      ".5",
      "-.5",
      "+1e5",
      "1e+5",
      "1E-5",
      "00012.500",
      "9007199254740992",
      "9007199254740993",
      "9007199254740991e22",
      "9007199254740992e-22",
      "9007199254740992e23",
      "1e22",
      "1e23",
      "1e-22",
      "1e-23",
      "123456789012345678901234567890",
      "18446744073709551615",
      "18446744073709551616",
      "99999999999999999999",
      "0.1",
      "0.2",
      "0.3",
      "1.7976931348623157e308",
      "1.7976931348623158e308",
      "1.7976931348623159e308",
      "1e309",
      "17976931348623158079372897140530341507993413271003782693617377898044496829276475094664901797"
      "7"
      "5872070963302864166928879109465555478519404026306574886715058206819089020007083836762738548"
      "4",
      "4.9e-324",
      "2.4703282292062327e-324",
      "2.4703282292062328e-324",
      "2.5e-324",
      "1e-400",
      "2.2250738585072011e-308",
      "2.2250738585072014e-308",
      "2.2250738585072012e-308",
      "-1e-500",
      "1e999999999999999999999",
      "1e-999999999999999999999",
      "-1e999999999999999999999",
      "0e999999999999999999999",
      "0.0000001e7",
      "1000000e-6",
      "6.02214076e23",
      "0.000000000000000000000000000000000000000000000000000000001e57",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) assert_text(texts[i]);
}

/* The exponent makes good for the zeros, however many. */
static void many_zeros_and_a_large_exponent(void **state) {
  (void)state;
  enum { ZEROS = 100000 };
  char *text = malloc(ZEROS + 32);
  double read = 0;
  assert_non_null(text);
  memcpy(text, "0.", 2);
  memset(text + 2, '0', ZEROS);
  const int end = sprintf(text + 2 + ZEROS, "25e%d", ZEROS + 1);
  assert_true(cr_parse_number(text, (size_t)(2 + ZEROS + end), &read));
  assert_true(read == 2.5);
  text[0] = '1';
  memset(text + 1, '0', ZEROS);
  const int tail = sprintf(text + 1 + ZEROS, "e-%d", ZEROS);
  assert_true(cr_parse_number(text, (size_t)(1 + ZEROS + tail), &read));
  assert_true(read == 1);
  free(text);
}

static void what_is_no_number_is_refused(void **state) {
  (void)state;
  static const char *texts[] = {
      "",         " ",     "+",     "-",      ".",     "-.",     "e5",      ".e5",
      "1e",       "1e+",   "1e-",   "1e5.0",  "1e5e5", " 1",     "1 ",      "1\n",
      "\t1",      "1_000", "1,000", "1,5",    "1 000", "0x10",   "0x1p3",   "1p3",
      "1f",       "1d0",   "1.2.3", "--1",    "+-1",   "1-",     "inf",     "-inf",
      "Infinity", "nan",   "NaN",   "nan(1)", "1e999", "-1e999", "1.8e308", "\xd9\xa1",
      "n/a",      "$5",    "5%",    "1e 5",   "1e5 ",  "1..",    "..1",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    double read = 123;
    if (cr_parse_number(texts[i], strlen(texts[i]), &read)) fail_msg("'%s' taken", texts[i]);
    assert_true(read == 123);
  }
  double read = 123;
  assert_false(cr_parse_number("1\0", 2, &read));
  assert_false(cr_parse_number("1\0002", 3, &read));
  assert_true(cr_parse_number("12345", 3, &read)); /* nothing past the size is looked at */
  assert_true(read == 123);
}

static void integers(void **state) {
  (void)state;
  uint64_t read = 5;
  assert_true(cr_parse_integer("0", 1, &read));
  assert_int_equal(read, 0);
  assert_true(cr_parse_integer("007", 3, &read));
  assert_int_equal(read, 7);
  assert_true(cr_parse_integer("18446744073709551615", 20, &read));
  assert_true(read == UINT64_MAX);
  static const char *bad[] = {"",
                              "-1",
                              "+1",
                              "1.0",
                              " 1",
                              "1 ",
                              "1e3",
                              "18446744073709551616",
                              "99999999999999999999",
                              "184467440737095516150",
                              "0x1",
                              "one"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    read = 5;
    assert_false(cr_parse_integer(bad[i], strlen(bad[i]), &read));
    assert_int_equal(read, 5);
  }
}

static void known_formats(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } cases[] = {
      {0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {0.1, "0.1"},
      {-2.5, "-2.5"},
      {1e100, "1e+100"},
      {1.0 / 3, "0.3333333333333333"},
      {0.1 + 0.2, "0.30000000000000004"},
      {DBL_MAX, "1.7976931348623157e+308"},
      {4.9e-324, "4.94065645841247e-324"},
      {-DBL_MIN, "-2.2250738585072014e-308"},
      {HUGE_VAL, "inf"},
      {-HUGE_VAL, "-inf"},
      {(double)NAN, "nan"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[32];
    cr_format_number(cases[i].value, text);
    assert_string_equal(text, cases[i].text);
  }
}

static void what_is_written_reads_back(void **state) {
  (void)state;
  uint64_t seed = 3;
  for (int i = 0; i < 100000; i++) {
    const double value = value_of(next_random(&seed));
    char text[32];
    double read = 0;
    if (!isfinite(value)) continue;
    cr_format_number(value, text);
    assert_true(cr_parse_number(text, strlen(text), &read));
    assert_true(bits_of(read) == bits_of(value));
  }
}

static void a_decimal_comma_of_the_host_changes_nothing(void **state) {
  (void)state;
  const locale_t comma = comma_locale();
  if (!comma) skip(); /* no such locale is installed */
  const locale_t before = uselocale(comma);
  double read = 0;
  char text[32];
  assert_string_equal(localeconv()->decimal_point, ",");
  assert_true(cr_parse_number("1.5", 3, &read) && read == 1.5);
  assert_true(cr_parse_number("1.00000000000000000005e300", 26, &read));
  assert_true(read == 1e300);
  assert_false(cr_parse_number("1,5", 3, &read));
  cr_format_number(-1.0 / 3, text);
  assert_string_equal(text, "-0.3333333333333333");
  uselocale(before);
  freelocale(comma);
}

/* Whatever stands for the point, of one byte or two; what has none stays as it is. */
static void a_point_is_put_where_the_locale_has_another(void **state) {
  (void)state;
  static const char *const pairs[][2] = {{"0,5", "0.5"},
                                         {"-1,25e-07", "-1.25e-07"},
                                         {"3\u066b14", "3.14"},
                                         {"2.5", "2.5"},
                                         {"1e+20", "1e+20"}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    char text[32];
    snprintf(text, sizeof text, "%s", pairs[i][0]);
    cr_put_point(text);
    assert_string_equal(text, pairs[i][1]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_texts_as_strtod),
      cmocka_unit_test(halfway_cases_as_strtod),
      cmocka_unit_test(midpoints_are_decided_by_a_far_digit),
      cmocka_unit_test(boundaries_as_strtod),
      cmocka_unit_test(many_zeros_and_a_large_exponent),
      cmocka_unit_test(what_is_no_number_is_refused),
      cmocka_unit_test(integers),
      cmocka_unit_test(known_formats),
      cmocka_unit_test(what_is_written_reads_back),
      cmocka_unit_test(a_decimal_comma_of_the_host_changes_nothing),
      cmocka_unit_test(a_point_is_put_where_the_locale_has_another),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
