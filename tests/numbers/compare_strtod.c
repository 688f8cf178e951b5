/*
 * cr_parse_number against strtod of the C locale, bit for bit: random bit patterns, subnormals,
 * midpoints of neighbours and what lies a digit beside them, the ends of the range, long texts.
 * Each text is read once in the C locale and once, if the system has one, where the decimal point
 * is a comma. Of midpoints the answer is known without strtod, too: ties go to the even one.
 *
 * usage: compare_strtod [CASES [SEED]]
 */
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "comma_locale.h"
#include "exact.h"
#include "random_bits.h"

enum {
  TEXT_MOST = 4096,
  DIGITS_MOST = 1300,
  ZEROS_CUT_MOST = 23, /* at the end of m 2^e: 5^24 is over 2^55 */
};

#define INFINITY_BITS UINT64_C(0x7ff0000000000000)
#define FRACTION_BITS 52

/* What is under test: digits and exponent, then a spelling of them. */
typedef struct number_case {
  char digits[DIGITS_MOST + 2];
  size_t count;
  int exponent;
  bool known; /* the answer, as the bits of a positive double */
  uint64_t answer;
  char text[TEXT_MOST];
  size_t size;
} number_case;

static uint64_t random_state;

static uint64_t draw(void) {
  return next_random(&random_state);
}

static size_t draw_below(size_t bound) {
  return (size_t)(draw() % bound);
}

/* value rounded to `count` digits, as printf has it: d.ddde+x */
static void set_printed(number_case *c, double value, size_t count) {
  char printed[DIGITS_MOST + 32];
  snprintf(printed, sizeof printed, "%.*e", (int)count - 1, value);
  c->digits[0] = printed[0];
  if (count > 1) memcpy(c->digits + 1, printed + 2, count - 1);
  c->count = count;
  c->exponent = atoi(strchr(printed, 'e') + 1) - (int)(count - 1);
}

static void draw_bit_pattern(number_case *c) {
  set_printed(c, value_of(draw() % INFINITY_BITS), 1 + draw_below(25));
}

static void draw_subnormal(number_case *c) {
  const unsigned shift = (unsigned)draw_below(FRACTION_BITS);
  set_printed(c, value_of((draw() >> 12) >> shift), 1 + draw_below(25));
}

/* A double's bits as m 2^e. */
static uint64_t take_apart(uint64_t bits, int *e) {
  const int field = (int)(bits >> FRACTION_BITS);
  const uint64_t fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
  *e = (field ? field : 1) - 1075;
  return field ? fraction | UINT64_C(1) << FRACTION_BITS : fraction;
}

/* Which double to go up from: of any size, subnormal, the last ones, around powers of two. */
static uint64_t draw_lower_neighbor(void) {
  const size_t kind = draw_below(8);
  if (kind == 0) return draw() >> (12 + draw_below(FRACTION_BITS));
  if (kind == 1) return INFINITY_BITS - 1 - draw_below(3);
  if (kind == 2) return ((1 + draw_below(2046)) << FRACTION_BITS) - draw_below(2);
  return draw() % INFINITY_BITS;
}

/* The midpoint of two neighbours, all its digits; or beside it, in its last place or far behind. */
static void draw_midpoint(number_case *c) {
  const uint64_t below = draw_lower_neighbor();
  int e;
  const uint64_t m = take_apart(below, &e);
  exact middle;
  exact_set(&middle, 2 * m + 1, e - 1);
  memcpy(c->digits, middle.digits, middle.count);
  c->count = middle.count;
  c->exponent = middle.exponent;
  c->known = true;
  c->answer = below + (below & 1);
  const size_t side = draw_below(3);
  if (side == 0) return;
  c->answer = below + (side == 1);
  if (side == 2) c->digits[c->count - 1]--; /* which is not 0 */
  /* Where zeros were cut off the last digit stands for much: nines make good for it. */
  const size_t nines = (c->exponent > 0 ? ZEROS_CUT_MOST : 0) + draw_below(40);
  const size_t more = side == 2 ? nines : 1 + draw_below(400);
  memset(c->digits + c->count, side == 2 ? '9' : '0', more);
  c->count += more;
  c->exponent -= (int)more;
  if (side == 1) c->digits[c->count - 1] = '1';
}

/* About the ends of the range: the largest, the smallest normal, the smallest, half of that. */
static void draw_end(number_case *c) {
  static const struct {
    uint64_t m;
    int e;
  } ends[] = {{(UINT64_C(1) << 54) - 1, 970},
              {(UINT64_C(1) << 53) - 1, 971},
              {1, -1022},
              {(UINT64_C(1) << 53) - 1, -1075},
              {1, -1074},
              {1, -1075},
              {3, -1075},
              {(UINT64_C(1) << 52) - 1, -1074}};
  const size_t i = draw_below(sizeof ends / sizeof *ends);
  exact end;
  exact_set(&end, ends[i].m, ends[i].e);
  const size_t kept = 1 + draw_below(draw_below(2) ? 25 : end.count);
  c->count = kept < end.count ? kept : end.count;
  memcpy(c->digits, end.digits, c->count);
  c->exponent = end.exponent + (int)(end.count - c->count);
  if (draw_below(4)) c->digits[c->count - 1] = (char)('1' + draw_below(9));
  if (draw_below(8) == 0) c->exponent += (int)draw_below(3) - 1;
}

static void draw_digits(number_case *c, size_t count, int exponents) {
  c->count = count;
  for (size_t i = 0; i < count; i++) c->digits[i] = (char)('0' + draw_below(10));
  c->exponent = (int)draw_below(2 * (size_t)exponents + 1) - exponents;
}

static void draw_short(number_case *c) {
  draw_digits(c, 1 + draw_below(20), 30);
}

/* Whole numbers about 2^53 and powers of ten that are no doubles: where exact turns to rounded. */
static void draw_edge_of_exact(number_case *c) {
  const uint64_t whole =
      draw_below(2) ? (UINT64_C(1) << 53) - 50 + draw_below(100) : draw() >> draw_below(64);
  c->count = (size_t)snprintf(c->digits, sizeof c->digits, "%llu", (unsigned long long)whole);
  c->exponent = (int)draw_below(49) - 24;
}

static void draw_long(number_case *c) {
  const size_t count = 20 + draw_below(DIGITS_MOST - 20);
  draw_digits(c, count, 350);
  c->exponent -= (int)draw_below(count);
}

__attribute__((format(printf, 2, 3))) static void add(number_case *c, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  c->size += (size_t)vsnprintf(c->text + c->size, TEXT_MOST - c->size, format, arguments);
  va_end(arguments);
}

static void add_zeros(number_case *c, size_t count) {
  memset(c->text + c->size, '0', count);
  c->size += count;
}

/* The point before, among or behind the digits, zeros around them, a sign or none. */
static void spell(number_case *c) {
  const size_t point = draw_below(4) ? draw_below(c->count + 1) : c->count;
  int exponent = c->exponent + (int)(c->count - point);
  c->size = 0;
  add(c, "%s", draw_below(8) ? "" : draw_below(2) ? "-" : "+");
  add_zeros(c, draw_below(4) ? 0 : draw_below(30));
  add(c, "%.*s", (int)point, c->digits);
  if (point < c->count || draw_below(4) == 0) add(c, ".");
  if (point == 0) {
    const size_t zeros = draw_below(4) ? 0 : draw_below(30);
    add_zeros(c, zeros);
    exponent += (int)zeros;
  }
  add(c, "%.*s", (int)(c->count - point), c->digits + point);
  if (point < c->count && draw_below(4) == 0) add_zeros(c, draw_below(30));
  if (exponent || draw_below(4) == 0)
    add(c, "%c%s%s%d", draw_below(2) ? 'e' : 'E',
        exponent < 0    ? "-"
        : draw_below(2) ? "+"
                        : "",
        draw_below(4) ? "" : "00", abs(exponent));
  c->text[c->size] = '\0';
}

typedef struct kind {
  const char *name;
  size_t share; /* of a hundred */
  void (*draw)(number_case *c);
} kind;

static const kind kinds[] = {
    {"random bits", 40, draw_bit_pattern}, {"subnormals", 10, draw_subnormal},
    {"midpoints", 10, draw_midpoint},      {"ends of the range", 10, draw_end},
    {"short texts", 18, draw_short},       {"edge of exact", 10, draw_edge_of_exact},
    {"long texts", 2, draw_long},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static size_t draw_kind(void) {
  size_t left = draw_below(100), k = 0;
  for (; left >= kinds[k].share; k++) left -= kinds[k].share;
  return k;
}

/* The same bits, or refused where strtod overflows. */
static bool agrees(const number_case *c, double expected) {
  double read = 123;
  const bool taken = cr_parse_number(c->text, c->size, &read);
  if (!isfinite(expected)) return !taken && bits_of(read) == bits_of(123);
  return taken && bits_of(read) == bits_of(expected);
}

static bool check(number_case *c, locale_t comma) {
  const double expected = strtod(c->text, NULL);
  if (c->known && bits_of(fabs(expected)) != c->answer)
    return fprintf(stderr, "strtod is wrong: '%s' is %a\n", c->text, value_of(c->answer)), false;
  bool right = agrees(c, expected);
  if (right && comma) {
    const locale_t before = uselocale(comma);
    right = agrees(c, expected);
    uselocale(before);
  }
  if (!right) fprintf(stderr, "not read as %a: '%s'\n", expected, c->text);
  return right;
}

/* A comparison where strtod reads a comma; if it does not, the second half means nothing. */
static bool reads_commas(locale_t comma) {
  const locale_t before = uselocale(comma);
  const double read = strtod("1,5", NULL);
  uselocale(before);
  return read > 1.25;
}

int main(int count, char **words) {
  const unsigned long long cases = count > 1 ? strtoull(words[1], NULL, 10) : 200000;
  random_state = count > 2 ? strtoull(words[2], NULL, 10) : 1;
  const locale_t comma = comma_locale();
  unsigned long long done[KINDS] = {0}, wrong = 0;
  static number_case c;
  if (comma && !reads_commas(comma)) return fprintf(stderr, "no comma in its locale\n"), 1;
  for (unsigned long long i = 0; i < cases && wrong < 10; i++) {
    const size_t k = draw_kind();
    c.known = false;
    kinds[k].draw(&c);
    spell(&c);
    wrong += !check(&c, comma);
    done[k]++;
  }
  for (size_t k = 0; k < KINDS; k++) printf("%-18s %10llu\n", kinds[k].name, done[k]);
  printf("%s\n", comma ? "each also where the point is a comma"
                       : "where the point is a comma: skipped, no such locale is installed");
  printf("%llu differ from strtod\n", wrong);
  if (comma) freelocale(comma);
  return wrong > 0;
}
