#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "data/dates.h"

/* Days are added to a part of a day that is divided once or twice; all below 2^22 days. */
static const double DAY_TOLERANCE = 4e6 * 2.3e-16 * 3;

static bool parse(const char *text, cr_date_order order, double *days) {
  return cr_parse_date(text, strlen(text), order, days);
}

/* The days are those of Python's datetime. */
static void dates_are_days_since_1970(void **state) {
  (void)state;
  static const struct {
    const char *text;
    cr_date_order order;
    double days;
  } cases[] = {
      {"1970-01-01", CR_DATE_CLEAR, 0},
      {"1969-12-31", CR_DATE_CLEAR, -1},
      {"2000-02-29", CR_DATE_CLEAR, 11016},
      {"1900-03-01", CR_DATE_CLEAR, -25508},
      {"1600-02-29", CR_DATE_CLEAR, -135081},
      {"0001-01-01", CR_DATE_CLEAR, -719162},
      {"0000-01-01", CR_DATE_CLEAR, -719528},
      {"9999-12-31", CR_DATE_CLEAR, 2932896},
      {"2026/3/4", CR_DATE_CLEAR, 20516},
      {"2026-3-4", CR_DATE_CLEAR, 20516},
      {"4.3.2026", CR_DATE_CLEAR, 20516},
      {"04.03.2026", CR_DATE_MDY, 20516}, /* with points the day is first */
      {"4/3/2026", CR_DATE_DMY, 20516},
      {"3/4/2026", CR_DATE_MDY, 20516},
      {"04-03-2026", CR_DATE_DMY, 20516},
      {"2026-03-04T09:05:30.25", CR_DATE_CLEAR, 20516.378822337963},
      {"2026-03-04 09:05:30,25", CR_DATE_CLEAR, 20516.378822337963},
      {"1969-07-20T20:17:40Z", CR_DATE_CLEAR, -164.15439814814815},
      {"4.3.2026 09:05+01:00", CR_DATE_CLEAR, 20516.336805555555},
      {"2026-03-04 9:05", CR_DATE_CLEAR, 20516.378472222223},
      {"2026-03-04 9:05 AM", CR_DATE_CLEAR, 20516.378472222223},
      {"2026-03-04 09:05:30.25am", CR_DATE_CLEAR, 20516.378822337963},
      {"3/4/2026 8:56:30 PM", CR_DATE_MDY, 20516.872569444444},
      {"2026-03-04 12:30 AM", CR_DATE_CLEAR, 20516.020833333332},
      {"2026-03-04 12:30 PM", CR_DATE_CLEAR, 20516.520833333332},
      {"4 Mar 2026", CR_DATE_CLEAR, 20516},
      {"04-MARCH-2026", CR_DATE_CLEAR, 20516},
      {"31 December 2026", CR_DATE_CLEAR, 20818},
      {"08 may 2026 00:00", CR_DATE_CLEAR, 20581},
      {"2026-03-04T09:05+01", CR_DATE_CLEAR, 20516.336805555555},
      {"2026-03-04T09:05-0330", CR_DATE_CLEAR, 20516.524305555555},
      {"2016-12-31 23:59:60", CR_DATE_CLEAR, 17167},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double days = (double)NAN;
    if (!parse(cases[i].text, cases[i].order, &days)) fail_msg("%s is none", cases[i].text);
    if (!(fabs(days - cases[i].days) <= DAY_TOLERANCE))
      fail_msg("%s is %.17g, not %.17g", cases[i].text, days, cases[i].days);
  }
}

static void what_is_no_date_is_refused(void **state) {
  (void)state;
  static const char *const texts[] = {
      "",
      "2026",
      "2026-03",
      "20260304",
      "2026-13-01",
      "2026-02-29",
      "1900-02-29",
      "2026-00-10",
      "2026-01-00",
      "2026-01-32",
      "26-01-02",
      "2026-03/04",
      "2026.03.04",
      "4.3.26",
      "4/3/2026", /* needs an order */
      "4.3/2026",
      "2026-03-04 ",
      " 2026-03-04",
      "2026-03-04T",
      "2026-03-04T9:05",
      "2026-03-04 13:05 PM",
      "2026-03-04 0:05 AM",
      "2026-03-04 9:05 P",
      "2026-03-04 9:05  PM",
      "4 Mar 26",
      "4 Ma 2026",
      "4 Mars 2026",
      "4-Mar 2026",
      "31 Apr 2026",
      "2026-03-04T24:00",
      "2026-03-04T09:60",
      "2026-03-04T09:05:61",
      "2026-03-04T09:05:30.",
      "2026-03-04T09:05.5",
      "2026-03-04T09:05 Z",
      "2026-03-04T09:05+",
      "2026-03-04T09:05+1",
      "2026-03-04T09:05+15:00",
      "2026-03-04T09:05+01:",
      "2026-03-04Z",
      "2026-03-04x",
      "+2026-03-04",
      "12345-01-01",
      "March 4 2026",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    double days = 7;
    if (parse(texts[i], CR_DATE_CLEAR, &days)) fail_msg("'%s' is %g", texts[i], days);
    assert_true(days == 7);
  }
}

static void every_day_reads_back(void **state) {
  (void)state;
  char text[32], last[32] = "";
  for (int day = -719528; day <= 2932896; day++) {
    double back = 0;
    cr_format_date(day, text);
    if (!parse(text, CR_DATE_CLEAR, &back) || back != (double)day)
      fail_msg("day %d is %s, which is %g", day, text, back);
    if (strcmp(text, last) <= 0) fail_msg("%s after %s", text, last);
    memcpy(last, text, sizeof last);
  }
  assert_string_equal(last, "9999-12-31");
  cr_format_date(2932897, text);
  assert_string_equal(text, "");
  cr_format_date((double)NAN, text);
  assert_string_equal(text, "");
  cr_format_date(-164.15439814814815, text);
  assert_string_equal(text, "1969-07-20 20:17:40");
}

static void values_tell_their_order(void **state) {
  (void)state;
  static const struct {
    const char *texts[3];
    bool settled;
    cr_date_order order;
  } cases[] = {
      {{"2026-03-04", "4.3.2026", "1999/1/2"}, true, CR_DATE_CLEAR},
      {{"4/3/2026", "13/3/2026", "5.5.2026"}, true, CR_DATE_DMY},
      {{"4/3/2026", "3/13/2026", "2026-01-01"}, true, CR_DATE_MDY},
      {{"4/3/2026", "5/5/2026", "2026-01-01"}, false, CR_DATE_CLEAR},
      {{"4/4/2026", "5-5-2026", "6/6/2026"}, true, CR_DATE_CLEAR}, /* either way the same */
      {{"13/3/2026", "3/13/2026", "4/4/2026"}, false, CR_DATE_CLEAR},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cr_dates dates = {0};
    cr_date_order order = CR_DATE_CLEAR;
    for (size_t t = 0; t < 3; t++)
      assert_true(cr_dates_add(&dates, cases[i].texts[t], strlen(cases[i].texts[t])));
    const bool settled = cr_dates_order(&dates, &order);
    if (settled != cases[i].settled || (settled && order != cases[i].order))
      fail_msg("case %zu: settled %d, order %d", i, settled, (int)order);
  }
  cr_dates dates = {0};
  assert_false(cr_dates_add(&dates, "soon", 4));
}

/* (eq N6), the numbers by Python's datetime and math. */
static void cycles_go_round(void **state) {
  (void)state;
  static const struct {
    double days, values[6];
  } cases[] = {
      {19905.25,
       {0.012875023993897956, -0.9999171134434877, -0.6234898018577761, -0.7818314824687933, 1, 0}},
      {19539.25,
       {0.02151609743622254, -0.9997685019798909, 0.9009688679027733, -0.43388373911682265, 1, 0}},
  };
  /* A place, below 1, comes of days below 2^15; sine and cosine are of 2 pi times it. */
  const double tolerance = 32768 * 2.3e-16 * 6.3;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double out[6], week[2];
    cr_date_cycles(cases[i].days, CR_CYCLE_YEAR | CR_CYCLE_WEEK | CR_CYCLE_DAY, out);
    for (size_t k = 0; k < 6; k++) assert_true(fabs(out[k] - cases[i].values[k]) <= tolerance);
    cr_date_cycles(cases[i].days, CR_CYCLE_WEEK, week);
    assert_true(week[0] == out[2] && week[1] == out[3]);
  }
  double far[6] = {0};
  cr_date_cycles(1e300, CR_CYCLE_YEAR | CR_CYCLE_WEEK | CR_CYCLE_DAY, far);
  for (size_t k = 0; k < 6; k++) assert_true(fabs(far[k]) <= 1);
}

static void what_looks_like_a_date(void **state) {
  (void)state;
  static const struct {
    const char *text;
    cr_date_look look;
  } cases[] = {
      {"03/14/23", CR_LOOKS_LIKE_SHORT_YEAR},
      {"3.4.23 14:30", CR_LOOKS_LIKE_SHORT_YEAR},
      {"1-2-03 8:56 PM", CR_LOOKS_LIKE_SHORT_YEAR},
      {"14:30", CR_LOOKS_LIKE_TIME},
      {"8:56:01 pm", CR_LOOKS_LIKE_TIME},
      {"03/14/2023", CR_LOOKS_LIKE_NONE},
      {"1/2", CR_LOOKS_LIKE_NONE},
      {"1/2-03", CR_LOOKS_LIKE_NONE},
      {"24:30", CR_LOOKS_LIKE_NONE},
      {"14:30x", CR_LOOKS_LIKE_NONE},
      {"", CR_LOOKS_LIKE_NONE},
      {"soon", CR_LOOKS_LIKE_NONE},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (cr_look_of_date(cases[i].text, strlen(cases[i].text)) != cases[i].look)
      fail_msg("%s", cases[i].text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_looks_like_a_date),     cmocka_unit_test(dates_are_days_since_1970),
      cmocka_unit_test(what_is_no_date_is_refused), cmocka_unit_test(every_day_reads_back),
      cmocka_unit_test(values_tell_their_order),    cmocka_unit_test(cycles_go_round),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
