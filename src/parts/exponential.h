/*
 * The exponential function of numbers up to 0, in float, without a branch or a call: a loop over it
 * is vectorised, and the library of the system has no say in the result. Within 2 units in the last
 * place; 0 where e^x is nearly below the normal numbers; NaN for NaN.
 */
#ifndef PARTS_EXPONENTIAL_H
#define PARTS_EXPONENTIAL_H

#include <float.h>
#include <stdint.h>

/* Adding 1.5 * 2^23 rounds only where a sum of floats is a float. */
_Static_assert(FLT_EVAL_METHOD == 0, "float must be computed as float (-mfpmath=sse)");

/* e^x = scale + scale * rest: rest keeps its digits where e^x is near 1. */
typedef struct cr_exponential {
  float scale; /* 2^n, n being the integer nearest to x / ln 2 */
  float rest;  /* e^r - 1, r = x - n ln 2 within 0.35 of 0 */
} cr_exponential;

static inline cr_exponential cr_exponential_parts(float x) {
  /* Added to a small number, 1.5 * 2^23 rounds it to an integer, which its last bits then hold. */
  const float rounder = 12582912.0f;
  const float lowest = -87.0f; /* near ln 2^-126 */
  const float inside = x < lowest ? lowest : x;
  union {
    float number;
    uint32_t bits;
  } n = {inside * 1.44269504f + rounder}, scale;
  scale.bits = (n.bits + 127u) << 23; /* the exponent of a float; all above falls off */
  const float whole = n.number - rounder;
  /* ln 2 in two parts, the first of 16 bits so that its product with n is exact */
  const float r = (inside - whole * 0.693145751953125f) - whole * 1.42860682e-6f;
  /* Taylor to r^7: the next term is below 6e-9. */
  float sum = 1.0f / 5040.0f;
  sum = sum * r + 1.0f / 720.0f;
  sum = sum * r + 1.0f / 120.0f;
  sum = sum * r + 1.0f / 24.0f;
  sum = sum * r + 1.0f / 6.0f;
  sum = sum * r + 0.5f;
  const float rest = r + r * r * sum;
  return (cr_exponential){x < lowest ? 0.0f : scale.number, rest};
}

/* e^x for x <= 0 */
static inline float cr_exp(float x) {
  const cr_exponential e = cr_exponential_parts(x);
  return e.scale + e.scale * e.rest;
}

/* e^x - 1 for x <= 0, to the last digits also near 0 */
static inline float cr_exp_less_1(float x) {
  const cr_exponential e = cr_exponential_parts(x);
  return (e.scale - 1.0f) + e.scale * e.rest;
}

#endif
