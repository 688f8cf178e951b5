#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  /* A halfway case between two doubles has at most 767 digits: past that only "more" matters. */
  MOST_DIGITS = 770,
  FAR_EXPONENT = 20000, /* no 770 digits bring this back into range */
};

/* A decimal number taken apart: the digits as an integer, times ten to the exponent. */
typedef struct decimal {
  bool negative;
  char digits[MOST_DIGITS + 2]; /* no leading zero; the last may be a 1 that stands for a tail */
  size_t count;
  int64_t exponent;
} decimal;

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Takes the digits at text[*at..size); returns how many there were. */
static size_t take_digits(decimal *d, const char *text, size_t size, size_t *at, bool *tail) {
  const size_t from = *at;
  for (; *at < size && is_digit(text[*at]); (*at)++) {
    const char digit = text[*at];
    if (d->count == 0 && digit == '0') continue;
    if (d->count < MOST_DIGITS) {
      d->digits[d->count++] = digit;
    } else {
      *tail = *tail || digit != '0';
      d->exponent++;
    }
  }
  return *at - from;
}

/* Takes e[+-]digits, if it is there; false if it begins so but is none. */
static bool take_exponent(decimal *d, const char *text, size_t size, size_t *at) {
  if (*at == size || (text[*at] != 'e' && text[*at] != 'E')) return true;
  (*at)++;
  const bool negative = *at < size && text[*at] == '-';
  if (*at < size && (text[*at] == '-' || text[*at] == '+')) (*at)++;
  if (*at == size) return false;
  int64_t exponent = 0;
  for (; *at < size && is_digit(text[*at]); (*at)++) {
    if (exponent < INT64_MAX / 100) exponent = 10 * exponent + (text[*at] - '0');
  }
  d->exponent += negative ? -exponent : exponent;
  return true;
}

/* [+-] digits [. digits] [e[+-]digits], with at least one digit before the exponent. */
static bool take_apart(const char *text, size_t size, decimal *d) {
  size_t at = 0;
  bool tail = false;
  d->count = 0;
  d->exponent = 0;
  d->negative = size > 0 && text[0] == '-';
  if (size > 0 && (text[0] == '-' || text[0] == '+')) at++;

  size_t found = take_digits(d, text, size, &at, &tail);
  if (at < size && text[at] == '.') {
    at++;
    const size_t after = take_digits(d, text, size, &at, &tail);
    found += after;
    d->exponent -= (int64_t)after;
  }
  if (found == 0 || !take_exponent(d, text, size, &at) || at != size) return false;
  if (tail) { /* above what is kept by less than one of its last place */
    d->digits[d->count++] = '1';
    d->exponent--;
  }
  return true;
}

/* By strtod, over digits and an exponent: without a point no locale makes a difference. */
static double convert_slow(const decimal *d) {
  char text[MOST_DIGITS + 16];
  const int64_t exponent = d->exponent < -FAR_EXPONENT  ? -FAR_EXPONENT
                           : d->exponent > FAR_EXPONENT ? FAR_EXPONENT
                                                        : d->exponent;
  snprintf(text, sizeof text, "%.*se%d", (int)d->count, d->digits, (int)exponent);
  return strtod(text, NULL);
}

bool cr_parse_number(const char *text, size_t size, double *out) {
  decimal d;
  double value = 0;
  if (size > 0 && cr_scan_number(text, text + size, '.', &value) == size) {
    *out = value;
    return true;
  }
  value = 0;
  if (!take_apart(text, size, &d)) return false;
  if (d.count > 0) value = convert_slow(&d);
  if (isinf(value)) return false;
  *out = d.negative ? -value : value;
  return true;
}

bool cr_parse_integer(const char *text, size_t size, uint64_t *out) {
  uint64_t value = 0;
  if (size == 0) return false;
  for (size_t i = 0; i < size; i++) {
    if (!is_digit(text[i])) return false;
    const uint64_t digit = (uint64_t)(text[i] - '0');
    if (value > (UINT64_MAX - digit) / 10) return false;
    value = 10 * value + digit;
  }
  *out = value;
  return true;
}

double cr_rounded(double value, int digits) {
  const int exponent = (int)floor(log10(value)) - digits + 1;
  const double power = pow(10, abs(exponent)); /* exact, so that one division rounds once */
  return exponent < 0 ? round(value * power) / power : round(value / power) * power;
}

void cr_put_point(char *text) {
  char *to = text;
  bool done = false;
  for (const char *from = text; *from; from++) {
    if (is_digit(*from) || *from == 'e' || *from == '-' || *from == '+') {
      *to++ = *from;
    } else if (!done) {
      *to++ = '.';
      done = true;
    }
  }
  *to = '\0';
}

void cr_format_number(double value, char out[32]) {
  if (!isfinite(value)) {
    snprintf(out, 32, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return;
  }
  double read = 0;
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(out, 32, "%.*g", digits, value);
    cr_put_point(out);
    if (cr_parse_number(out, strlen(out), &read) && !(read < value || read > value)) return;
  }
}

int cr_compare_numbers(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
