#include "data/dates.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const double TAU = 6.283185307179586;

enum { MINUTES_A_DAY = 24 * 60, SECONDS_A_DAY = 24 * 60 * 60 };

/* 1970 from the first of March of year 0; the first and the last day with a year of 4 digits. */
enum { DAYS_TO_1970 = 719468, FIRST_DAY = -719528, LAST_DAY = 2932896 };

typedef struct walk {
  const char *at, *end;
} walk;

/* From `least` to `most` digits, as many as there are. */
static bool take_digits(walk *w, size_t least, size_t most, int *out) {
  size_t count = 0;
  *out = 0;
  for (; count < most && w->at < w->end && *w->at >= '0' && *w->at <= '9'; w->at++, count++)
    *out = 10 * *out + (*w->at - '0');
  return count >= least;
}

static bool take_mark(walk *w, char mark) {
  if (w->at == w->end || *w->at != mark) return false;
  w->at++;
  return true;
}

static bool is_leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_day(int year, int month, int day) {
  static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return false;
  return day >= 1 && day <= lengths[month - 1] + (month == 2 && is_leap(year));
}

/* Years are counted from March, so that the leap day is the last of its year. */
static int64_t day_number(int year, int month, int day) {
  const int64_t y = year + 4000 - (month <= 2); /* 4000: a whole number of 400 years, above 0 */
  const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return 365 * y + y / 4 - y / 100 + y / 400 + of_year - (int64_t)10 * 146097 - DAYS_TO_1970;
}

/* Year, month and day of a day since 1970, from year 0 on. */
static void split_day(int64_t number, int *year, int *month, int *day) {
  int64_t y = (number + DAYS_TO_1970) / 365 + 2;
  while (day_number((int)y, 1, 1) > number) y--;
  *year = (int)y;
  *month = 12;
  while (day_number(*year, *month, 1) > number) --*month;
  *day = (int)(number - day_number(*year, *month, 1)) + 1;
}

/* The three numbers of a date, and whether it says itself which of them is what. */
typedef struct parts {
  int year, month, day;
  bool clear;
} parts;

static bool take_year_first(walk *w, parts *out) {
  if (!take_digits(w, 4, 4, &out->year) || w->at == w->end) return false;
  const char mark = *w->at;
  if (mark != '-' && mark != '/') return false;
  out->clear = true;
  return take_mark(w, mark) && take_digits(w, 1, 2, &out->month) && take_mark(w, mark) &&
         take_digits(w, 1, 2, &out->day);
}

static bool take_year_last(walk *w, cr_date_order order, parts *out) {
  int first = 0, second = 0;
  if (!take_digits(w, 1, 2, &first) || w->at == w->end) return false;
  const char mark = *w->at;
  if (mark != '.' && mark != '/' && mark != '-') return false;
  if (!take_mark(w, mark) || !take_digits(w, 1, 2, &second) || !take_mark(w, mark)) return false;
  out->clear = mark == '.';
  const bool month_first = !out->clear && order == CR_DATE_MDY;
  out->day = month_first ? second : first;
  out->month = month_first ? first : second;
  return take_digits(w, 4, 4, &out->year) && (out->clear || order != CR_DATE_CLEAR);
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Of a word in any case, so many letters; false, and no step, if they are not there. */
static bool take_letters(walk *w, const char *word, size_t count) {
  if ((size_t)(w->end - w->at) < count) return false;
  for (size_t i = 0; i < count; i++)
    if (lower(w->at[i]) != word[i]) return false;
  w->at += count;
  return true;
}

/* The name of a month, or its first three letters. */
static bool take_month(walk *w, int *month) {
  static const char *const names[] = {"january",   "february", "march",    "april",
                                      "may",       "june",     "july",     "august",
                                      "september", "october",  "november", "december"};
  for (int m = 0; m < 12; m++) {
    if (!take_letters(w, names[m], strlen(names[m])) && !take_letters(w, names[m], 3)) continue;
    *month = m + 1;
    return true;
  }
  return false;
}

/* 4 Mar 2026, 04-March-2026 */
static bool take_month_name(walk *w, parts *out) {
  if (!take_digits(w, 1, 2, &out->day) || w->at == w->end) return false;
  const char mark = *w->at;
  out->clear = true;
  return (mark == ' ' || mark == '-') && take_mark(w, mark) && take_month(w, &out->month) &&
         take_mark(w, mark) && take_digits(w, 4, 4, &out->year);
}

/* ".25", a part of a second, as a part of a day. */
static bool take_fraction(walk *w, double *time) {
  double place = 0.1 / SECONDS_A_DAY;
  const char *start = w->at;
  for (; w->at < w->end && *w->at >= '0' && *w->at <= '9'; w->at++, place /= 10)
    *time += (*w->at - '0') * place;
  return w->at > start;
}

/* "PM" behind a time, for the second half of the day; an hour from 1 to 12 goes with it. */
static bool take_half(walk *w, int *hour) {
  const walk before = *w;
  take_mark(w, ' ');
  const bool second = take_letters(w, "pm", 2);
  if (!second && !take_letters(w, "am", 2)) {
    *w = before;
    return true;
  }
  if (*hour < 1 || *hour > 12) return false;
  *hour = *hour % 12 + (second ? 12 : 0);
  return true;
}

/*
 * "09:05:30.25" or "9:05 PM" as a part of a day, the hour of so many digits at least. A leap second
 * is the first of the next minute.
 */
static bool take_time(walk *w, size_t hour_digits, double *time) {
  int hour = 0, minute = 0, second = 0;
  if (!take_digits(w, hour_digits, 2, &hour) || !take_mark(w, ':') ||
      !take_digits(w, 2, 2, &minute))
    return false;
  const bool seconds = take_mark(w, ':');
  if (seconds && !take_digits(w, 2, 2, &second)) return false;
  if (hour > 23 || minute > 59 || second > 60) return false;
  const bool fraction = seconds && (take_mark(w, '.') || take_mark(w, ','));
  walk rest = *w;
  double part = 0;
  if (fraction && !take_fraction(w, &part)) return false;
  if (!take_half(w, &hour)) return false;
  *time = (double)(hour * 3600 + minute * 60 + second) / SECONDS_A_DAY;
  return !fraction || take_fraction(&rest, time);
}

/* "Z" or "+01:00", to be taken off the time. */
static bool take_offset(walk *w, double *time) {
  int hours = 0, minutes = 0;
  if (w->at == w->end || take_mark(w, 'Z')) return true;
  const bool behind = take_mark(w, '-');
  if (!behind && !take_mark(w, '+')) return false;
  if (!take_digits(w, 2, 2, &hours)) return false;
  const bool mark = take_mark(w, ':');
  if ((mark || w->at < w->end) && !take_digits(w, 2, 2, &minutes)) return false;
  if (hours > 14 || minutes > 59) return false;
  *time -= (double)((behind ? -1 : 1) * (60 * hours + minutes)) / MINUTES_A_DAY;
  return true;
}

static bool parse(const char *text, size_t size, cr_date_order order, parts *date, double *days) {
  walk w = {text, text + size};
  double time = 0;
  *date = (parts){0};
  if (!take_year_first(&w, date)) {
    w.at = text;
    if (!take_year_last(&w, order, date)) {
      w.at = text;
      if (!take_month_name(&w, date)) return false;
    }
  }
  if (!is_day(date->year, date->month, date->day)) return false;
  if (w.at < w.end) {
    const size_t hour_digits = *w.at == 'T' ? 2 : 1; /* ISO 8601 is strict */
    if (!(take_mark(&w, 'T') || take_mark(&w, ' ')) || !take_time(&w, hour_digits, &time) ||
        !take_offset(&w, &time))
      return false;
  }
  if (w.at < w.end) return false;
  *days = (double)day_number(date->year, date->month, date->day) + time;
  return true;
}

cr_date_look cr_look_of_date(const char *text, size_t size) {
  walk w = {text, text + size};
  int number = 0;
  double time = 0;
  if (take_time(&w, 1, &time)) return w.at == w.end ? CR_LOOKS_LIKE_TIME : CR_LOOKS_LIKE_NONE;
  w.at = text;
  if (!take_digits(&w, 1, 2, &number) || w.at == w.end) return CR_LOOKS_LIKE_NONE;
  const char mark = *w.at;
  if (mark != '/' && mark != '-' && mark != '.') return CR_LOOKS_LIKE_NONE;
  if (!take_mark(&w, mark) || !take_digits(&w, 1, 2, &number) || !take_mark(&w, mark) ||
      !take_digits(&w, 2, 2, &number))
    return CR_LOOKS_LIKE_NONE;
  if (w.at < w.end && (!take_mark(&w, ' ') || !take_time(&w, 1, &time))) return CR_LOOKS_LIKE_NONE;
  return w.at == w.end ? CR_LOOKS_LIKE_SHORT_YEAR : CR_LOOKS_LIKE_NONE;
}

bool cr_parse_date(const char *text, size_t size, cr_date_order order, double *days) {
  parts date;
  return parse(text, size, order, &date, days);
}

bool cr_dates_add(cr_dates *dates, const char *text, size_t size) {
  parts date;
  double dmy = 0, mdy = 0;
  const bool is_dmy = parse(text, size, CR_DATE_DMY, &date, &dmy);
  const bool is_mdy = parse(text, size, CR_DATE_MDY, &date, &mdy);
  dates->not_dmy = dates->not_dmy || !is_dmy;
  dates->not_mdy = dates->not_mdy || !is_mdy;
  dates->needs_order = dates->needs_order || is_dmy != is_mdy || fabs(dmy - mdy) > 0;
  return is_dmy || is_mdy;
}

bool cr_dates_order(const cr_dates *dates, cr_date_order *order) {
  *order = !dates->needs_order ? CR_DATE_CLEAR : dates->not_mdy ? CR_DATE_DMY : CR_DATE_MDY;
  return dates->needs_order ? dates->not_dmy != dates->not_mdy : !dates->not_dmy && !dates->not_mdy;
}

const cr_cycle cr_cycles[CR_CYCLES] = {{"year", 365.25}, {"week", 7}, {"day", 1}};

static double place_in_year(double days) {
  int year = 0, month = 0, day = 0;
  split_day((int64_t)floor(days), &year, &month, &day);
  return (days - (double)day_number(year, 1, 1)) / (365 + is_leap(year));
}

/* Is there a calendar for it? From year 0 to 9999. */
static bool has_calendar(double days) {
  return days >= FIRST_DAY && days < LAST_DAY + 1.0;
}

void cr_date_cycles(double days, unsigned cycles, double *out) {
  for (size_t i = 0; i < CR_CYCLES; i++) {
    if (!(cycles & 1U << i)) continue;
    const bool year = 1U << i == CR_CYCLE_YEAR && has_calendar(days);
    const double turns = days / cr_cycles[i].days;
    const double place = year ? place_in_year(days) : turns - floor(turns);
    *out++ = sin(TAU * place);
    *out++ = cos(TAU * place);
  }
}

void cr_format_date(double days, char out[32]) {
  int year = 0, month = 0, day = 0;
  out[0] = '\0';
  if (!has_calendar(days)) return;
  const int64_t seconds = (int64_t)floor(days * SECONDS_A_DAY + 0.5);
  int64_t number = seconds / SECONDS_A_DAY, rest = seconds % SECONDS_A_DAY;
  if (rest < 0) {
    rest += SECONDS_A_DAY;
    number--;
  }
  split_day(number, &year, &month, &day);
  const int length = snprintf(out, 32, "%04d-%02d-%02d", year, month, day);
  if (rest > 0 && length > 0)
    snprintf(out + length, 32 - (size_t)length, " %02d:%02d:%02d", (int)(rest / 3600),
             (int)(rest / 60 % 60), (int)(rest % 60));
}
