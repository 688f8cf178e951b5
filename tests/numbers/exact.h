/* For tests: the exact decimal digits of m 2^e, by long multiplication. */
#ifndef TESTS_NUMBERS_EXACT_H
#define TESTS_NUMBERS_EXACT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
  LIMB = 1000000000, /* nine digits each */
  LIMB_DIGITS = 9,
  LIMBS_MOST = 96, /* 2^56 5^1076 has 767 digits */
  EXACT_DIGITS_MOST = LIMBS_MOST * LIMB_DIGITS,
};

/* digits times ten to the exponent; neither begin nor end in 0 */
typedef struct exact {
  char digits[EXACT_DIGITS_MOST + 1];
  size_t count;
  int exponent;
} exact;

typedef struct limbs {
  uint32_t at[LIMBS_MOST]; /* the lowest first */
  size_t count;
} limbs;

static inline void limbs_multiply(limbs *n, uint32_t by) {
  uint64_t carry = 0;
  for (size_t i = 0; i < n->count; i++) {
    carry += (uint64_t)n->at[i] * by;
    n->at[i] = (uint32_t)(carry % LIMB);
    carry /= LIMB;
  }
  if (carry) n->at[n->count++] = (uint32_t)carry;
}

/* `base` to the `power`, by steps of base^width, which is less than a limb. */
static inline void limbs_multiply_power(limbs *n, uint32_t base, unsigned power, unsigned width) {
  uint32_t step = 1;
  for (unsigned i = 0; i < width; i++) step *= base;
  for (; power >= width; power -= width) limbs_multiply(n, step);
  while (power-- > 0) limbs_multiply(n, base);
}

/* m 2^e with m > 0; for e < 0 that is m 5^-e 10^e. */
static inline void exact_set(exact *out, uint64_t m, int e) {
  limbs n = {.count = 0};
  for (; m; m /= LIMB) n.at[n.count++] = (uint32_t)(m % LIMB);
  if (e >= 0)
    limbs_multiply_power(&n, 2, (unsigned)e, 29);
  else
    limbs_multiply_power(&n, 5, (unsigned)-e, 12);
  out->exponent = e < 0 ? e : 0;
  char *to = out->digits;
  for (size_t i = n.count; i-- > 0; to += LIMB_DIGITS) {
    uint32_t rest = n.at[i];
    for (size_t d = LIMB_DIGITS; d-- > 0; rest /= 10) to[d] = (char)('0' + rest % 10);
  }
  out->count = (size_t)(to - out->digits);
  size_t zeros = 0;
  while (out->digits[zeros] == '0') zeros++;
  out->count -= zeros;
  memmove(out->digits, out->digits + zeros, out->count);
  for (; out->digits[out->count - 1] == '0'; out->count--) out->exponent++;
}

#endif
