/* Numbers at the start of a text: digits by eights, and rounding by one product. */
#include <float.h>
#include <string.h>

#include "base/bytes.h"
#include "base/number.h"
#include "base/ten_powers.h"

/* convert rounds once: with more digits inside, as on x87, it would round twice. */
_Static_assert(FLT_EVAL_METHOD == 0, "double must be computed as double (-mfpmath=sse)");

enum {
  MOST_DIGITS = 19,    /* fit in 64 bits */
  EXACT_EXPONENT = 22, /* 10^22 is a double */
  EXPONENT_DIGITS = 4,
  MOST_ZEROS = 1000, /* and other digits: an exponent of so many is far from the ends of int */
};

/* Bytes all alike. */
#define ALL(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The digits of a number so far. */
typedef struct digits {
  uint64_t value; /* modulo 2^64 */
  size_t count;
} digits;

/* The next eight bytes; past the end there are zeros. */
static inline uint64_t load(const char *at, const char *end) {
  const unsigned char *bytes = (const unsigned char *)at;
  if (end - at >= 8) return cr_little_endian(bytes);
  return cr_little_endian_rest(bytes, (size_t)(end - at));
}

/* 0x80 in the first byte that is no digit, where digits are 0 to 9; after it are no promises. */
static inline uint64_t first_other(uint64_t word) {
  return ((word + ALL(0x76)) | word) & ALL(0x80);
}

/* The value of eight digits: of pairs, of fours, of all. */
static inline uint64_t eight_digits(uint64_t word) {
  const uint64_t pairs = (word * 10 + (word >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
  const uint64_t fours = (pairs * 100 + (pairs >> 16)) & UINT64_C(0x0000ffff0000ffff);
  return (fours * 10000 + (fours >> 32)) & UINT64_C(0xffffffff);
}

/* Adds the digits at `at`; returns where they end. */
static inline const char *take_digits(const char *at, const char *end, digits *d) {
  static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
  for (;;) {
    const uint64_t word = load(at, end) ^ ALL('0');
    const uint64_t other = first_other(word);
    const unsigned count = other ? (unsigned)__builtin_ctzll(other) / 8 : 8;
    const unsigned half = 32 - 4 * count; /* moves the digits up, zeros before them; in two steps */
    d->value = d->value * powers[count] + eight_digits(word << half << half);
    d->count += count;
    at += count;
    if (count < 8) return at;
  }
}

/* Digits that say nothing: zeros, and a mark among them. */
static size_t leading_zeros(const char *at, char mark) {
  size_t zeros = 0;
  for (; *at == '0' || *at == mark; at++) zeros += *at == '0';
  return zeros;
}

/* e[+-]digits at `at`; NULL if there are none, or more than a few. */
static const char *take_exponent(const char *at, const char *end, int *exponent) {
  digits d = {0};
  at++;
  const bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  const char *stop = take_digits(at, end, &d);
  if (d.count == 0 || d.count > EXPONENT_DIGITS) return NULL;
  *exponent += negative ? -(int)d.value : (int)d.value;
  return stop;
}

/* The upper half of a product of 128 bits, from four of 64. */
static inline uint64_t upper_half(uint64_t a, uint64_t b) {
  const uint64_t a1 = a >> 32, a0 = a & UINT64_C(0xffffffff);
  const uint64_t b1 = b >> 32, b0 = b & UINT64_C(0xffffffff);
  const uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
  const uint64_t other = a0 * b1 + (middle & UINT64_C(0xffffffff));
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

/*
 * integer * 10^exponent, rounded once. The product of the integer, moved up to 64 bits, with the 64
 * bits that are known of the power lies below the true one, by less than 2 of its upper half. That
 * half has at least 63 bits, of which 53 stay. Unless the bits cut off are those of a half or just
 * below, no such error makes a difference; then this answers false (once in a thousand).
 */
static inline bool round_product(uint64_t integer, int exponent, double *out) {
  if (exponent < CR_TEN_POWER_LEAST || exponent > CR_TEN_POWER_MOST) return false;
  const int shift = __builtin_clzll(integer);
  const uint64_t upper = upper_half(integer << shift, cr_ten_powers[exponent - CR_TEN_POWER_LEAST]);
  const int cut = 10 + (int)(upper >> 63);
  const uint64_t half = UINT64_C(1) << (cut - 1);
  const uint64_t rest = upper & (2 * half - 1);
  if (rest == half || rest == half - 1) return false;
  const uint64_t kept = (upper >> cut) + (rest > half);
  const int power = cr_ten_power_exponent(exponent) + 64 - shift + cut;
  const uint64_t bits = (uint64_t)(1023 + power) << 52; /* 2^power: far from the ends of double */
  double scale;
  memcpy(&scale, &bits, sizeof scale);
  *out = (double)kept * scale;
  return true;
}

/* Exact in one operation (Clinger 1990) if both the integer and the power of ten are doubles. */
static inline bool convert(uint64_t integer, int exponent, double *out) {
  static const double powers[EXACT_EXPONENT + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (integer <= (uint64_t)1 << 53 && exponent >= -EXACT_EXPONENT && exponent <= EXACT_EXPONENT) {
    *out = exponent < 0 ? (double)integer / powers[-exponent] : (double)integer * powers[exponent];
    return true;
  }
  if (integer == 0) {
    *out = 0;
    return true;
  }
  return round_product(integer, exponent, out);
}

size_t cr_scan_number(const char *text, const char *end, char mark, double *out) {
  const char *at = text;
  const bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  const char *start = at;
  digits d = {0};
  int exponent = 0;
  at = take_digits(at, end, &d);
  if (at < end && *at == mark) {
    const char *fraction = at + 1;
    at = take_digits(fraction, end, &d);
    exponent = (int)(fraction - at);
  }
  if (d.count == 0 || d.count > MOST_ZEROS) return 0;
  if (d.count > MOST_DIGITS && d.count - leading_zeros(start, mark) > MOST_DIGITS) return 0;
  if (at < end && (*at | 0x20) == 'e' && !(at = take_exponent(at, end, &exponent))) return 0;
  double value;
  if (!convert(d.value, exponent, &value)) return 0;
  *out = negative ? -value : value;
  return (size_t)(at - text);
}
