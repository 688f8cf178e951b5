/* What a cell of a CSV file is: a number, nothing, or a word. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "data/csv.h"

static bool is_one_of(const char *const *words, size_t count, const char *text, size_t size) {
  for (size_t i = 0; i < count; i++)
    if (strlen(words[i]) == size && memcmp(words[i], text, size) == 0) return true;
  return false;
}

/* What a table of numbers leaves out, and the errors of spreadsheets. */
bool cr_csv_is_missing(const char *text, size_t size) {
  static const char *const words[] = {"NA",   "N/A",  "n/a",  "NaN", "nan",
                                      "null", "NULL", "None", "?",   "-"};
  static const char *const errors[] = {"#N/A",   "#DIV/0!", "#VALUE!", "#REF!",
                                       "#NAME?", "#NUM!",   "#NULL!"};
  if (size == 0) return true;
  if (*text == '#') return is_one_of(errors, sizeof errors / sizeof *errors, text, size);
  if (size > 4 || (*text != 'N' && *text != 'n' && *text != '?' && *text != '-')) return false;
  return is_one_of(words, sizeof words / sizeof *words, text, size);
}

static bool is_infinity(const char *text, size_t size) {
  char lower[8];
  if (size > 0 && (*text == '+' || *text == '-')) {
    text++;
    size--;
  }
  if (size != 3 && size != 8) return false;
  for (size_t i = 0; i < size; i++) lower[i] = (char)(text[i] | 0x20);
  return memcmp(lower, size == 3 ? "inf" : "infinity", size) == 0;
}

static size_t digits(const char *text, size_t size) {
  size_t i = 0;
  while (i < size && text[i] >= '0' && text[i] <= '9') i++;
  return i;
}

/* [+-] digits [mark digits] [e [+-] digits] */
static bool has_form(const char *text, size_t size, char mark) {
  const char *at = text, *end = text + size;
  if (at < end && (*at == '+' || *at == '-')) at++;
  const size_t whole = digits(at, (size_t)(end - at));
  at += whole;
  size_t part = 0;
  if (at < end && *at == mark) {
    part = digits(at + 1, (size_t)(end - at - 1));
    at += 1 + part;
  }
  if (whole + part == 0) return false;
  if (at < end && (*at == 'e' || *at == 'E')) {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    const size_t power = digits(at, (size_t)(end - at));
    if (power == 0) return false;
    at += power;
  }
  return at == end;
}

cr_csv_kind cr_csv_classify(const cr_csv_cell *cell, double *number) {
  double value;
  if (cr_csv_is_missing(cell->text, cell->size)) return CR_CSV_MISSING;
  if (cr_parse_number(cell->text, cell->size, &value)) {
    if (fabs(value) > (double)FLT_MAX) return CR_CSV_UNUSABLE;
    *number = value;
    return CR_CSV_NUMBER;
  }
  /* What has the form of a number and still is none overflowed. */
  const bool unusable = is_infinity(cell->text, cell->size) ||
                        has_form(cell->text, cell->size, '.') ||
                        has_form(cell->text, cell->size, ',');
  return unusable ? CR_CSV_UNUSABLE : CR_CSV_WORD;
}

unsigned cr_csv_look_for_amount(const cr_csv_cell *cell, double *number) {
  const unsigned told = cr_parse_amount(cell->text, cell->size, '.', number);
  return told ? told : CR_AMOUNT_NOT;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void cr_csv_look_at_point(const char *text, size_t size, cr_csv_counts *counts) {
  const char *point = memchr(text, '.', size), *end = text + size;
  if (!point) return;
  const char *first = point, *after = point + 1;
  while (first > text && is_digit(first[-1])) first--;
  while (after < end && is_digit(*after)) after++;
  bool thousands = after - point == 4 && first < point && point - first <= 3 && *first != '0';
  if (after < end && (*after == 'e' || *after == 'E')) thousands = false;
  for (const char *at = text; at < first && thousands; at++) thousands = !is_digit(*at);
  counts->pointed += thousands;
  counts->decimals |= !thousands;
}
