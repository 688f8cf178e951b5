#include "base/rng.h"

#include <math.h>

/* The multipliers of a round, and what a round adds to the key. */
static const uint32_t multiplier_0 = 0xd2511f53, multiplier_1 = 0xcd9e8d57;
static const uint32_t weyl_0 = 0x9e3779b9, weyl_1 = 0xbb67ae85;
enum { ROUNDS = 10, WORDS = 4 };

void cr_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3];
  uint32_t key_0 = key[0], key_1 = key[1];
  for (int round = 0; round < ROUNDS; round++) {
    const uint64_t left = (uint64_t)multiplier_0 * a;
    const uint64_t right = (uint64_t)multiplier_1 * c;
    a = (uint32_t)(right >> 32) ^ b ^ key_0;
    b = (uint32_t)right;
    c = (uint32_t)(left >> 32) ^ d ^ key_1;
    d = (uint32_t)left;
    key_0 += weyl_0;
    key_1 += weyl_1;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

uint32_t cr_random_bits(uint64_t seed, cr_stream stream, uint32_t lane, uint64_t index) {
  const uint64_t block = index / WORDS;
  const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), lane, (uint32_t)stream};
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  uint32_t words[WORDS];
  cr_philox(counter, key, words);
  return words[index % WORDS];
}

double cr_random_uniform(uint64_t seed, cr_stream stream, uint32_t lane, uint64_t index) {
  return (cr_random_bits(seed, stream, lane, index) + 0.5) * 0x1p-32;
}

/* The coefficients of a polynomial of degree 7, the constant first. */
static double polynomial(const double c[8], double x) {
  double sum = c[7];
  for (int i = 6; i >= 0; i--) sum = sum * x + c[i];
  return sum;
}

/*
 * The inverse of the normal distribution function: Wichura (1988), algorithm AS 241, PPND16, good
 * to about 1e-16 relative. One ratio of polynomials for the middle, two for the tails.
 */
static const double middle_over[8] = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                      1.9715909503065514427e3, 1.3731693765509461125e4,
                                      4.5921953931549871457e4, 6.7265770927008700853e4,
                                      3.3430575583588128105e4, 2.5090809287301226727e3};
static const double middle_under[8] = {1.0,
                                       4.2313330701600911252e1,
                                       6.8718700749205790830e2,
                                       5.3941960214247511077e3,
                                       2.1213794301586595867e4,
                                       3.9307895800092710610e4,
                                       2.8729085735721942674e4,
                                       5.2264952788528545610e3};
static const double near_over[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                    5.76949722146069140550e0,  3.64784832476320460504e0,
                                    1.27045825245236838258e0,  2.41780725177450611770e-1,
                                    2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double near_under[8] = {1.0,
                                     2.05319162663775882187e0,
                                     1.67638483018380384940e0,
                                     6.89767334985100004550e-1,
                                     1.48103976427480074590e-1,
                                     1.51986665636164571966e-2,
                                     5.47593808499534494600e-4,
                                     1.05075007164441684324e-9};
static const double far_over[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                   1.78482653991729133580e0,  2.96560571828504891230e-1,
                                   2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                   2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double far_under[8] = {1.0,
                                    5.99832206555887937690e-1,
                                    1.36929880922735805310e-1,
                                    1.48753612908506148525e-2,
                                    7.86869131145613259100e-4,
                                    1.84631831751005468180e-5,
                                    1.42151175831644588870e-7,
                                    2.04426310338993978564e-15};

double cr_normal_quantile(double p) {
  const double centered = p - 0.5;
  if (fabs(centered) <= 0.425) {
    const double r = 0.180625 - centered * centered;
    return centered * polynomial(middle_over, r) / polynomial(middle_under, r);
  }
  const double r = sqrt(-log(centered < 0 ? p : 1 - p));
  const double tail = r <= 5 ? polynomial(near_over, r - 1.6) / polynomial(near_under, r - 1.6)
                             : polynomial(far_over, r - 5) / polynomial(far_under, r - 5);
  return centered < 0 ? -tail : tail;
}

double cr_random_normal(uint64_t seed, cr_stream stream, uint32_t lane, uint64_t index) {
  return cr_normal_quantile(cr_random_uniform(seed, stream, lane, index));
}
