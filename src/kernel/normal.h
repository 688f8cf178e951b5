/*
 * A normal number from a random word: the inverse of its distribution function in floats and
 * without a branch, so that a loop over it runs in vectors. Good to about 1e-6 relative, which is
 * plenty for noise; base/rng.h has the exact one. No instruction is fused, so every kernel computes
 * the same bits.
 */
#ifndef KERNEL_NORMAL_H
#define KERNEL_NORMAL_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ln t for a normal t > 0: t = m 2^e, and ln m = 2 (s + s^3/3 + s^5/5 + ...), s = (m-1)/(m+1). */
static inline float cr_normal_log(float t) {
  int32_t bits;
  memcpy(&bits, &t, sizeof bits);
  const int32_t e = (bits - 0x3f3504f3) >> 23; /* so that m lies from sqrt(1/2) to sqrt(2) */
  bits -= e * (1 << 23);
  float m;
  memcpy(&m, &bits, sizeof m);
  const float s = (m - 1.0f) / (m + 1.0f), q = s * s;
  const float series = 1.0f + q * (1.0f / 3 + q * (1.0f / 5 + q * (1.0f / 7 + q * (1.0f / 9))));
  return (float)e * 0.693147181f + 2.0f * s * series;
}

/*
 * The x below which a share of (k + 1/2) 2^-24 lies, k the upper 24 bits of the word. With u twice
 * that less 1, x = u p(w) where w = -ln(1 - u^2), in the manner of Giles (2010): one polynomial for
 * the middle and one in sqrt(w) for the tails, fitted to 1.6e-7.
 */
static inline float cr_normal_of_word(uint32_t word) {
  const float u = (float)((int32_t)(word >> 8) * 2 + 1 - (1 << 24)) * 0x1p-24f;
  const float w = -cr_normal_log((1.0f - u) * (1.0f + u));
  const float c = w - 2.5f, t = sqrtf(w) - 3.0f;
  float middle = 3.293115712e-08f;
  middle = middle * c + 4.844032988e-07f;
  middle = middle * c - 4.897925261e-06f;
  middle = middle * c - 6.199391247e-06f;
  middle = middle * c + 3.087891681e-04f;
  middle = middle * c - 1.773068289e-03f;
  middle = middle * c - 5.907721253e-03f;
  middle = middle * c + 3.488027053e-01f;
  middle = middle * c + 2.123313479e+00f;
  float tail = -1.534175011e-04f;
  tail = tail * t + 3.582852419e-05f;
  tail = tail * t + 1.743872427e-03f;
  tail = tail * t - 5.081922483e-03f;
  tail = tail * t + 8.186486403e-03f;
  tail = tail * t - 1.081317606e-02f;
  tail = tail * t + 1.333837846e-02f;
  tail = tail * t + 1.416583437e+00f;
  tail = tail * t + 4.006434631e+00f;
  return u * (w < 5.0f ? middle : tail);
}

#endif
