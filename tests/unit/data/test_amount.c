#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "data/amount.h"

enum {
  PLAIN = CR_AMOUNT_PLAIN,
  DOLLAR = CR_AMOUNT_DOLLAR | CR_AMOUNT_CLEAR,
  EURO = CR_AMOUNT_EURO | CR_AMOUNT_CLEAR,
  POUND = CR_AMOUNT_POUND | CR_AMOUNT_CLEAR,
  YEN = CR_AMOUNT_YEN | CR_AMOUNT_CLEAR,
  PERCENT = CR_AMOUNT_PERCENT | CR_AMOUNT_CLEAR,
  CLEAR = CR_AMOUNT_CLEAR,
  OPEN = CR_AMOUNT_OPEN,
  SETTLED = CR_AMOUNT_SETTLED
};

typedef struct amount_case {
  const char *text;
  char mark;
  unsigned told;
  double value;
} amount_case;

static void numbers_as_people_write_them(void **state) {
  (void)state;
  static const amount_case cases[] = {
      {"$25,126.39", '.', DOLLAR | SETTLED, 25126.39},
      {"25.126,39 €", ',', EURO | SETTLED, 25126.39},
      {"398.410,92", ',', PLAIN | CLEAR | SETTLED, 398410.92},
      {"$5", '.', DOLLAR, 5},
      {"-$5.25", '.', DOLLAR | SETTLED, -5.25},
      {"$-5", '.', DOLLAR, -5},
      {"+$ 5", '.', DOLLAR, 5},
      {"5\xc2\xa0\xe2\x82\xac", '.', EURO, 5},
      {"\xc2\xa3.75", '.', POUND | SETTLED, 0.75},
      {"\xc2\xa5 1,234", '.', YEN | OPEN, 1234},
      {"34%", '.', PERCENT, 34},
      {"-0.5 %", '.', PERCENT | SETTLED, -0.5},
      {"(1,234)", '.', PLAIN | CLEAR | OPEN, -1234},
      {"($1,234.50)", '.', DOLLAR | SETTLED, -1234.5},
      {"(7)", '.', PLAIN, -7},
      {" $ 1,000.00 ", '.', DOLLAR | SETTLED, 1000},
      {"1,234", '.', PLAIN | OPEN, 1234},
      {"1.234", ',', PLAIN | OPEN, 1234},
      {"1,234,567", '.', PLAIN | CLEAR | SETTLED, 1234567},
      {"1 234", '.', PLAIN, 1234},
      {"1 234 567", '.', PLAIN | SETTLED, 1234567},
      {"12 345,5", ',', PLAIN | CLEAR | SETTLED, 12345.5},
      {"1'234", '.', PLAIN | CLEAR, 1234},
      {"1\xe2\x80\x99"
       "234.5",
       '.', PLAIN | CLEAR | SETTLED, 1234.5},
      {"1\xe2\x80\xaf"
       "234",
       ',', PLAIN | CLEAR, 1234},
      {"1\xc2\xa0"
       "234",
       '.', PLAIN | CLEAR, 1234},
      {"42", '.', PLAIN, 42},
      {"0.25", '.', PLAIN | SETTLED, 0.25},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double value = 0;
    const unsigned told =
        cr_parse_amount(cases[i].text, strlen(cases[i].text), cases[i].mark, &value);
    if (told != cases[i].told || memcmp(&value, &cases[i].value, sizeof value) != 0)
      fail_msg("%s: told %u, value %.17g", cases[i].text, told, value);
  }
}

static const char *const none[] = {
    "",
    " ",
    "-",
    "$",
    "$-",
    "%",
    "()",
    "(",
    "$5$",
    "$5%",
    "5%%",
    "%5",
    "$$5",
    "--5",
    "-$-5",
    "(-5)",
    "-(5)",
    "(5",
    "5)",
    "1,23",
    "1,2345",
    "0,123",
    "012,345",
    "12,34,567",
    "1,234.567,8",
    "1,234 567",
    "1,234'567",
    "1,",
    "1.",
    "$.",
    "1e5",
    "$1e5",
    "inf",
    "nan",
    "12kg",
    "kg 12",
    "1  234",
    "5  \xe2\x82\xac",
    "\xe2\x82",
    "\xe2\x82\xac",
    "\xc2",
    "\xc2\xa0",
    "1_000",
    "0x10",
    "2020-01-02",
    "1/2",
    "10:30",
    "1.2.3",
    "$1.5.2",
    "12345,678,901",
    "9999999999999999999999999999999999999999" /* beyond 3.4e38 */,
    "1,111,111,111,111,111,111,111,111,111,111,111,111,111,111,111,111,111,111,111,111,111,111"};

static void what_is_none(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    double value = -1;
    if (cr_parse_amount(none[i], strlen(none[i]), '.', &value) != 0)
      fail_msg("'%s' is %.17g", none[i], value);
    assert_true(value == -1.0);
  }
}

/* A text is as long as it is said to be, whatever follows. */
static void nothing_is_read_behind_it(void **state) {
  (void)state;
  double value = 0;
  assert_int_equal(cr_parse_amount("$1,234", 4, '.', &value), 0);
  assert_int_equal(cr_parse_amount("1,234%", 5, '.', &value), PLAIN | OPEN);
  assert_true(value == 1234.0);
  assert_int_equal(cr_parse_amount("5\xe2\x82\xac", 2, '.', &value), 0);
}

static void sets_agree(void **state) {
  (void)state;
  assert_true(cr_amounts_agree(DOLLAR | PLAIN));
  assert_true(cr_amounts_agree(PERCENT));
  assert_true(cr_amounts_agree(PLAIN | CLEAR | OPEN));
  assert_false(cr_amounts_agree(0));
  assert_false(cr_amounts_agree(PLAIN | OPEN));    /* all may be decimals */
  assert_false(cr_amounts_agree(DOLLAR | EURO));   /* of different worth */
  assert_false(cr_amounts_agree(PERCENT | PLAIN)); /* 0.5 beside 50% */
  assert_false(cr_amounts_agree(DOLLAR | CR_AMOUNT_NOT));
}

static void marks_change_places(void **state) {
  (void)state;
  char out[9] = "";
  cr_swap_marks("1.234,5x", 8, out);
  assert_string_equal(out, "1,234.5x");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_as_people_write_them), cmocka_unit_test(what_is_none),
      cmocka_unit_test(nothing_is_read_behind_it),    cmocka_unit_test(sets_agree),
      cmocka_unit_test(marks_change_places),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
