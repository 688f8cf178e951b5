#include "data/amount.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

/* Of the number without signs and marks, and a part of a group. */
enum { NUMBER_MAX = 64, GROUP = 3 };

typedef struct word {
  const char *text;
  unsigned told;
} word;

static const word signs[] = {{"$", CR_AMOUNT_DOLLAR},
                             {"\xe2\x82\xac", CR_AMOUNT_EURO},
                             {"\xc2\xa3", CR_AMOUNT_POUND},
                             {"\xc2\xa5", CR_AMOUNT_YEN},
                             {"%", CR_AMOUNT_PERCENT}};
enum { SIGNS = sizeof signs / sizeof *signs, CURRENCIES = SIGNS - 1 };

/* A blank, and those that do not break a line: the usual one and a narrow one. */
static const char *const blanks[] = {" ", "\xc2\xa0", "\xe2\x80\xaf"};
static const char *const apostrophes[] = {"'", "\xe2\x80\x99"};

typedef struct walk {
  const char *at, *end;
  char mark; /* before decimals */
  unsigned told;
  bool enclosed;               /* in brackets */
  char number[NUMBER_MAX + 1]; /* as cr_parse_number reads it */
  size_t length;
} walk;

static bool take(walk *w, const char *text) {
  const size_t size = strlen(text);
  if ((size_t)(w->end - w->at) < size || memcmp(w->at, text, size) != 0) return false;
  w->at += size;
  return true;
}

static const char *take_one(walk *w, const char *const *texts, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (take(w, texts[i])) return texts[i];
  return NULL;
}

static bool take_blank(walk *w) {
  return take_one(w, blanks, sizeof blanks / sizeof *blanks) != NULL;
}

/* The first so many of the signs; at most one is taken in all. */
static bool take_sign(walk *w, size_t count) {
  for (size_t i = 0; i < count && w->told == 0; i++)
    if (take(w, signs[i].text)) w->told = signs[i].told;
  return w->told != 0;
}

/* False for a second one, or one within brackets. */
static bool take_minus(walk *w) {
  const bool minus = w->at < w->end && *w->at == '-';
  if (!minus && (w->at == w->end || *w->at != '+')) return true;
  w->at++;
  if (w->enclosed || w->length > 0) return false;
  w->number[w->length++] = minus ? '-' : '+';
  return true;
}

static size_t count_digits(const walk *w) {
  const char *at = w->at;
  while (at < w->end && *at >= '0' && *at <= '9') at++;
  return (size_t)(at - w->at);
}

static bool put(walk *w, const char *text, size_t size) {
  if (size > NUMBER_MAX - w->length) return false;
  memcpy(w->number + w->length, text, size);
  w->length += size;
  return true;
}

static bool take_digits(walk *w, size_t count) {
  if (!put(w, w->at, count)) return false;
  w->at += count;
  return true;
}

/* What parts groups; NULL, and nothing is taken, where no group of three digits follows. */
static const char *take_part(walk *w) {
  const char *const start = w->at, *const point[] = {w->mark == ',' ? "." : ","};
  const char *part = take_one(w, point, 1);
  if (!part) part = take_one(w, apostrophes, sizeof apostrophes / sizeof *apostrophes);
  if (!part) part = take_one(w, blanks, sizeof blanks / sizeof *blanks);
  if (part && count_digits(w) == GROUP) return part;
  w->at = start;
  return NULL;
}

/* "1,234,567": the first group is short, and begins with no 0. False if they are parted unlike. */
static bool take_groups(walk *w, size_t *groups, const char **part) {
  const size_t first = count_digits(w);
  const bool grouped = first > 0 && first <= GROUP && *w->at != '0';
  *groups = 0;
  *part = NULL;
  if (!take_digits(w, first)) return false;
  for (const char *next; grouped && (next = take_part(w)); ++*groups) {
    if (*part && strcmp(*part, next) != 0) return false;
    *part = next;
    if (!take_digits(w, GROUP)) return false;
  }
  return true;
}

/* The digits; what they tell is known by their groups and decimals. */
static bool take_number(walk *w) {
  const char *part = NULL;
  size_t groups = 0, decimals = 0;
  const size_t before = w->length;
  if (!take_groups(w, &groups, &part)) return false;
  if (w->at < w->end && *w->at == w->mark) {
    w->at++;
    decimals = count_digits(w);
    if (decimals == 0 || !put(w, ".", 1) || !take_digits(w, decimals)) return false;
  }
  if (w->length == before) return false;
  if (groups == 0) {
    w->told |= decimals > 0 ? CR_AMOUNT_SETTLED : 0;
    return true;
  }
  const bool blank = strcmp(part, " ") == 0, comma = *part == ',' || *part == '.';
  if (groups > 1 || decimals > 0) w->told |= CR_AMOUNT_SETTLED;
  if (comma && groups == 1 && decimals == 0) w->told |= CR_AMOUNT_OPEN;
  if (decimals > 0 || (!blank && (!comma || groups > 1 || w->enclosed))) w->told |= CR_AMOUNT_CLEAR;
  return true;
}

/* [-][$][ ][-] number [ ][$%] */
static bool take_all(walk *w) {
  if (!take_minus(w)) return false;
  if (take_sign(w, CURRENCIES)) {
    take_blank(w);
    if (!take_minus(w)) return false;
  }
  const unsigned sign = w->told;
  if (!take_number(w)) return false;
  const unsigned number = w->told & ~sign;
  w->told = sign;
  const bool blank = w->at < w->end && take_blank(w);
  const bool behind = sign == 0 && take_sign(w, SIGNS);
  if (blank && !behind) return false;
  w->told = number | (w->told ? w->told | CR_AMOUNT_CLEAR : CR_AMOUNT_PLAIN);
  return w->at == w->end;
}

static void strip(walk *w) {
  while (w->at < w->end && (*w->at == ' ' || *w->at == '\t')) w->at++;
  while (w->end > w->at && (w->end[-1] == ' ' || w->end[-1] == '\t')) w->end--;
  w->enclosed = w->end - w->at > 2 && *w->at == '(' && w->end[-1] == ')';
  if (!w->enclosed) return;
  w->at++;
  w->end--;
}

unsigned cr_parse_amount(const char *text, size_t size, char mark, double *out) {
  walk w = {.at = text, .end = text + size, .mark = mark};
  double value = 0;
  strip(&w);
  if (w.at == w.end || strchr("0123456789.,-+$\xc2\xe2", *w.at) == NULL || !take_all(&w)) return 0;
  if (!cr_parse_number(w.number, w.length, &value) || fabs(value) > (double)FLT_MAX) return 0;
  *out = w.enclosed ? -value : value;
  return w.told;
}

void cr_swap_marks(const char *text, size_t size, char *out) {
  for (size_t i = 0; i < size; i++) out[i] = text[i] == ',' ? '.' : text[i] == '.' ? ',' : text[i];
}

bool cr_amounts_agree(unsigned told) {
  if (told & CR_AMOUNT_NOT || !(told & CR_AMOUNT_CLEAR)) return false;
  if (told & CR_AMOUNT_PERCENT && told & CR_AMOUNT_PLAIN) return false;
  size_t kinds = 0;
  for (size_t i = 0; i < SIGNS; i++) kinds += (told & signs[i].told) != 0;
  return kinds <= 1;
}
