/*
 * Elementary functions without a branch or a call: loops over them become vectors, and the library
 * of the system has no say in the results. Each says how far it is from the exact value at most, in
 * units in its last place (ulp), found by trying all floats; NaN is passed on. Exponentials are
 * those of numbers up to 0: no activation or loss needs others, and nothing overflows.
 */
#ifndef PARTS_ELEMENTARY_H
#define PARTS_ELEMENTARY_H

#include <float.h>
#include <math.h>
#include <stdint.h>

/* Adding 1.5 * 2^23 rounds only where a sum of floats is a float. */
_Static_assert(FLT_EVAL_METHOD == 0, "float must be computed as float (-mfpmath=sse)");

typedef union cr_float_bits {
  float number;
  uint32_t bits;
} cr_float_bits;

typedef union cr_double_bits {
  double number;
  uint64_t bits;
} cr_double_bits;

/* e^(x + low) = 2^n e^r, where r is within 0.41 of 0 and e^r = 1 + head + tail. */
typedef struct cr_exponential {
  uint32_t n; /* the integer nearest to x / ln 2, modulo 2^9 */
  float head; /* r as far as it is exact */
  float tail; /* the small rest, with which head must be added up last */
} cr_exponential;

/* x from -100 to 0 and low within 0.06; of NaN head and tail are NaN. */
static inline cr_exponential cr_exp_parts(float x, float low) {
  /* Added to a small number, 1.5 * 2^23 rounds it to an integer, which its last bits then hold. */
  const float rounder = 12582912.0f;
  const cr_float_bits n = {x * 1.44269504f + rounder};
  const float whole = n.number - rounder;
  /* ln 2 in two parts, the first of 16 bits so that its product with n is exact */
  const float head = x - whole * 0.693145751953125f, rest = low - whole * 1.42860682e-6f;
  const float r = head + rest;
  /* (e^r - 1 - r) / r^2, fitted to 7e-9 of e^r */
  float sum = 0.0013795232f;
  sum = sum * r + 0.0083781f;
  sum = sum * r + 0.041669417f;
  sum = sum * r + 0.16666433f;
  sum = sum * r + 0.49999988f;
  return (cr_exponential){n.bits, head, rest + r * r * sum};
}

/* 2^n for n from -126; 0 for -127. The last 9 bits of n are enough. */
static inline float cr_power_of_2(uint32_t n) {
  const cr_float_bits power = {.bits = (n + 127u) << 23};
  return power.number;
}

/* e^(x + low) for x up to 0: see cr_exp. */
static inline float cr_exp_sum(float x, float low) {
  const float lowest = -88.0f; /* n is -127 there */
  const cr_exponential e = cr_exp_parts(x < lowest ? lowest : x, low);
  const float most = 1.0f + e.head, lost = e.head - (most - 1.0f);
  return (most + (lost + e.tail)) * cr_power_of_2(e.n);
}

/* e^x for x up to 0: 0.8 ulp. 0 below -87.7, soon after the end of the normal numbers at -87.3. */
static inline float cr_exp(float x) {
  return cr_exp_sum(x, 0.0f);
}

/* e^x - 1 for x up to 0, to the last digits also near 0: 1.2 ulp */
static inline float cr_expm1(float x) {
  const float lowest = -20.0f; /* the difference to -1 is gone */
  const cr_exponential e = cr_exp_parts(x < lowest ? lowest : x, 0.0f);
  const float scale = cr_power_of_2(e.n);
  return (scale - 1.0f) + scale * (e.head + e.tail);
}

/*
 * ln(1 + x) for x from 0 to 1: 2 ulp. Twice the area tangent of s = x / (2 + x), which is 1/3 at
 * most: s + s^3/3 + s^5/5 + ..., where the term after s^15 is below 2e-9 of the whole.
 */
static inline float cr_log1p(float x) {
  const float s = x / (2.0f + x), square = s * s;
  float sum = 1.0f / 15.0f;
  sum = sum * square + 1.0f / 13.0f;
  sum = sum * square + 1.0f / 11.0f;
  sum = sum * square + 1.0f / 9.0f;
  sum = sum * square + 1.0f / 7.0f;
  sum = sum * square + 1.0f / 5.0f;
  sum = sum * square + 1.0f / 3.0f;
  return 2.0f * (s + s * square * sum);
}

/*
 * tanh x: 1.5 ulp. Near 0 a polynomial, x + x^3 (...), fitted to 5e-9; else 1 - 2 e / (1 + e) of
 * e = e^-2|x|, whose quotient is small.
 */
static inline float cr_tanh(float x) {
  const float size = fabsf(x), square = x * x, e = cr_exp(-2.0f * size);
  float sum = -0.0057170005f;
  sum = sum * square + 0.020650549f;
  sum = sum * square - 0.05374348f;
  sum = sum * square + 0.13331491f;
  sum = sum * square - 0.33333284f;
  const float near = size + size * square * sum, far = 1.0f - 2.0f * e / (1.0f + e);
  return copysignf(size < 0.6f ? near : far, x);
}

/*
 * 1 / (1 + e^-x): 2 ulp. Only e^-|x| is computed, which cannot overflow. What the sum in the
 * denominator has lost is taken off the quotient.
 */
static inline float cr_sigmoid(float x) {
  const float e = cr_exp(-fabsf(x)), sum = 1.0f + e, lost = e - (sum - 1.0f);
  const float quotient = (x < 0.0f ? e : 1.0f) / sum;
  return quotient - quotient * lost;
}

/*
 * The normal distribution function, (1 + erf(x / sqrt 2)) / 2: 2 ulp; 0 below -13.2. For u = |x|
 * the tail is e^(-u^2/2) times a quotient of polynomials, fitted to 5e-9. That one is in double: in
 * float the errors of so many terms would add up. The square of the first 12 bits of u is exact;
 * cr_exp_sum is given the rest of u^2 apart.
 */
static inline float cr_normal_below(float x) {
  const float far = 14.0f; /* the tail is 0 from 13.2 on */
  const float size = fabsf(x), u = size > far ? far : size;
  cr_float_bits upper = {u};
  upper.bits &= 0xfffff000u;
  const float e = cr_exp_sum(-0.5f * upper.number * upper.number,
                             -0.5f * (u - upper.number) * (u + upper.number));
  const double v = (double)u;
  double above = 0.0040286719, below = 0.010098242;
  above = above * v + 0.04004167;
  below = below * v + 0.10037688;
  above = above * v + 0.18147798;
  below = below * v + 0.46483222;
  above = above * v + 0.43591863;
  below = below * v + 1.1951973;
  above = above * v + 0.5;
  below = below * v + 1.6697222;
  below = below * v + 1.0;
  const float tail = (float)((double)e * (above / below));
  return x < 0.0f ? tail : 1.0f - tail;
}

/*
 * ln x in double, as losses are summed: 2 ulp of a double, half of one of a float. -infinity for 0
 * and for what is below the normal numbers of double. With x = 2^e m, m from sqrt(1/2) to sqrt(2),
 * it is e ln 2 + 2 (s + s^3/3 + s^5/5 + ...) of s = (m - 1) / (m + 1), up to s^21: the next term is
 * below 2^-60 of the whole.
 */
static inline double cr_log(double x) {
  const uint64_t root_of_half = UINT64_C(0x3fe6a09e667f3bcd), bias = UINT64_C(1023) << 52;
  const cr_double_bits of_x = {x};
  const uint64_t n = (of_x.bits + (bias - root_of_half)) >> 52; /* e + 1023 */
  /* 2^52 + n, whose last bits hold n */
  const cr_double_bits whole = {.bits = UINT64_C(0x4330000000000000) | n};
  const double e = whole.number - 4503599627371519.0;
  const cr_double_bits m = {.bits = of_x.bits - (n << 52) + bias};
  const double f = m.number - 1.0, s = f / (2.0 + f), square = s * s;
  double sum = 1.0 / 21.0;
  sum = sum * square + 1.0 / 19.0;
  sum = sum * square + 1.0 / 17.0;
  sum = sum * square + 1.0 / 15.0;
  sum = sum * square + 1.0 / 13.0;
  sum = sum * square + 1.0 / 11.0;
  sum = sum * square + 1.0 / 9.0;
  sum = sum * square + 1.0 / 7.0;
  sum = sum * square + 1.0 / 5.0;
  sum = sum * square + 1.0 / 3.0;
  const double result = e * 0.69314718055994531 + 2.0 * (s + s * square * sum);
  const double special = x > DBL_MAX   ? x
                         : x < 0.0     ? (double)NAN
                         : x < DBL_MIN ? -(double)INFINITY
                                       : x;
  return x >= DBL_MIN && x <= DBL_MAX ? result : special;
}

#endif
