#include "parts/activation.h"

#include <math.h>
#include <string.h>

#include "parts/exponential.h"
#include "parts/registry.h"

/* linear (eq A1): a = z */

static void linear_forward(float *a, const float *z, size_t rows, size_t cols) {
  memcpy(a, z, rows * cols * sizeof *a);
}

static void linear_backward(float *dz, const float *da, const float *z, const float *a, size_t rows,
                            size_t cols) {
  (void)z, (void)a;
  memcpy(dz, da, rows * cols * sizeof *dz);
}

static void linear_forward_ref(double *a, const double *z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) a[i] = z[i];
}

static void linear_backward_ref(double *dz, const double *da, const double *z, const double *a,
                                size_t rows, size_t cols) {
  (void)z, (void)a;
  for (size_t i = 0; i < rows * cols; ++i) dz[i] = da[i];
}

/*
 * sigmoid (eq A2): a = 1 / (1 + e^-z). Only e^-|z| is computed, which cannot overflow; for z < 0
 * the same fraction is widened by e^z.
 */

static void sigmoid_forward(float *restrict a, const float *restrict z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) {
    const float e = cr_exp(-fabsf(z[i]));
    a[i] = (z[i] < 0.0f ? e : 1.0f) / (1.0f + e);
  }
}

static void sigmoid_backward(float *restrict dz, const float *restrict da, const float *z,
                             const float *restrict a, size_t rows, size_t cols) {
  (void)z;
  for (size_t i = 0; i < rows * cols; ++i) dz[i] = da[i] * a[i] * (1.0f - a[i]);
}

static void sigmoid_forward_ref(double *a, const double *z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) {
    a[i] = z[i] < 0.0 ? exp(z[i]) / (1.0 + exp(z[i])) : 1.0 / (1.0 + exp(-z[i]));
  }
}

static void sigmoid_backward_ref(double *dz, const double *da, const double *z, const double *a,
                                 size_t rows, size_t cols) {
  (void)z;
  for (size_t i = 0; i < rows * cols; ++i) dz[i] = da[i] * a[i] * (1.0 - a[i]);
}

/* tanh (eq A3): a = sign(z) (1 - e^-2|z|) / (1 + e^-2|z|), from m = e^-2|z| - 1 for its digits */

static void tanh_forward(float *restrict a, const float *restrict z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) {
    const float m = cr_exp_less_1(-2.0f * fabsf(z[i]));
    a[i] = copysignf(m / (2.0f + m), z[i]);
  }
}

static void tanh_backward(float *restrict dz, const float *restrict da, const float *z,
                          const float *restrict a, size_t rows, size_t cols) {
  (void)z;
  for (size_t i = 0; i < rows * cols; ++i) dz[i] = da[i] * (1.0f - a[i] * a[i]);
}

static void tanh_forward_ref(double *a, const double *z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) a[i] = tanh(z[i]);
}

static void tanh_backward_ref(double *dz, const double *da, const double *z, const double *a,
                              size_t rows, size_t cols) {
  (void)z;
  for (size_t i = 0; i < rows * cols; ++i) dz[i] = da[i] * (1.0 - a[i] * a[i]);
}

/*
 * relu (eq A4): a = max(0, z), with derivative 0 at z = 0. "z < 0 ? 0 : z" and not its mirror
 * image, so that a z that is not a number stays one and the cost shows it.
 */

static void relu_forward(float *restrict a, const float *restrict z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) a[i] = z[i] < 0.0f ? 0.0f : z[i];
}

static void relu_backward(float *restrict dz, const float *restrict da, const float *restrict z,
                          const float *a, size_t rows, size_t cols) {
  (void)a;
  for (size_t i = 0; i < rows * cols; ++i) {
    const float passed = da[i]; /* read in any case, so that the loop has no branch */
    dz[i] = z[i] > 0.0f ? passed : 0.0f;
  }
}

static void relu_forward_ref(double *a, const double *z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) a[i] = z[i] < 0.0 ? 0.0 : z[i];
}

static void relu_backward_ref(double *dz, const double *da, const double *z, const double *a,
                              size_t rows, size_t cols) {
  (void)a;
  for (size_t i = 0; i < rows * cols; ++i) dz[i] = z[i] > 0.0 ? da[i] : 0.0;
}

/*
 * softmax (eq A5): a_i = e^(z_i - max z) / sum_k e^(z_k - max z), row by row. The largest exponent
 * is 0, so nothing overflows and the sum is at least 1. Backward is the full Jacobian,
 * dz_i = a_i (da_i - sum_k da_k a_k).
 */

static void softmax_forward(float *restrict a, const float *restrict z, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r, a += cols, z += cols) {
    float largest = z[0];
    for (size_t c = 1; c < cols; ++c) largest = largest < z[c] ? z[c] : largest;
    for (size_t c = 0; c < cols; ++c) a[c] = cr_exp(z[c] - largest);
    float sum = 0.0f;
    for (size_t c = 0; c < cols; ++c) sum += a[c];
    const float scale = 1.0f / sum;
    for (size_t c = 0; c < cols; ++c) a[c] *= scale;
  }
}

static void softmax_backward(float *dz, const float *da, const float *z, const float *a,
                             size_t rows, size_t cols) {
  (void)z;
  for (size_t r = 0; r < rows; ++r, dz += cols, da += cols, a += cols) {
    float dot = 0.0f;
    for (size_t c = 0; c < cols; ++c) dot += da[c] * a[c];
    for (size_t c = 0; c < cols; ++c) dz[c] = a[c] * (da[c] - dot);
  }
}

static void softmax_forward_ref(double *a, const double *z, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r, a += cols, z += cols) {
    double largest = z[0];
    for (size_t c = 1; c < cols; ++c) largest = fmax(largest, z[c]);
    double sum = 0.0;
    for (size_t c = 0; c < cols; ++c) sum += exp(z[c] - largest);
    for (size_t c = 0; c < cols; ++c) a[c] = exp(z[c] - largest) / sum;
  }
}

/* Entry by entry of the Jacobian da_k/dz_i = a_k ((i = k) - a_i), as it stands in the books. */
static void softmax_backward_ref(double *dz, const double *da, const double *z, const double *a,
                                 size_t rows, size_t cols) {
  (void)z;
  for (size_t r = 0; r < rows; ++r, dz += cols, da += cols, a += cols) {
    for (size_t i = 0; i < cols; ++i) {
      dz[i] = 0.0;
      for (size_t k = 0; k < cols; ++k) dz[i] += da[k] * a[k] * ((i == k ? 1.0 : 0.0) - a[i]);
    }
  }
}

/*
 * What stands below works entry by entry: four functions of one number say it all. f(z) is the
 * value and f_slope(z, a) its derivative, in float without a branch, so that the loops are
 * vectorised; f_ref and f_slope_ref are the same in double, as the books have them.
 */
#define ENTRYWISE(f)                                                                              \
  static void f##_forward(float *restrict a, const float *restrict z, size_t rows, size_t cols) { \
    for (size_t i = 0; i < rows * cols; ++i) a[i] = f(z[i]);                                      \
  }                                                                                               \
  static void f##_backward(float *restrict dz, const float *restrict da, const float *restrict z, \
                           const float *restrict a, size_t rows, size_t cols) {                   \
    for (size_t i = 0; i < rows * cols; ++i) dz[i] = da[i] * f##_slope(z[i], a[i]);               \
  }                                                                                               \
  static void f##_forward_ref(double *a, const double *z, size_t rows, size_t cols) {             \
    for (size_t i = 0; i < rows * cols; ++i) a[i] = f##_ref(z[i]);                                \
  }                                                                                               \
  static void f##_backward_ref(double *dz, const double *da, const double *z, const double *a,    \
                               size_t rows, size_t cols) {                                        \
    for (size_t i = 0; i < rows * cols; ++i) dz[i] = da[i] * f##_slope_ref(z[i], a[i]);           \
  }

/* leaky_relu (eq A6): a = z, or z/100 below 0; slope 1/100 at 0, as below */

static float leaky_relu(float z) {
  return z < 0.0f ? 0.01f * z : z;
}

static float leaky_relu_slope(float z, float a) {
  (void)a;
  return z > 0.0f ? 1.0f : 0.01f;
}

static double leaky_relu_ref(double z) {
  return z < 0.0 ? 0.01 * z : z;
}

static double leaky_relu_slope_ref(double z, double a) {
  (void)a;
  return z > 0.0 ? 1.0 : 0.01;
}

ENTRYWISE(leaky_relu)

/* elu (eq A7): a = z, or e^z - 1 below 0, where the slope is e^z: it is 1 on both sides of 0 */

static float elu(float z) {
  const float below = cr_exp_less_1(z < 0.0f ? z : 0.0f); /* 0 elsewhere: a sum, and no branch */
  return (z < 0.0f ? 0.0f : z) + below;
}

static float elu_slope(float z, float a) {
  (void)a;
  return cr_exp(z < 0.0f ? z : 0.0f);
}

static double elu_ref(double z) {
  return z < 0.0 ? expm1(z) : z;
}

static double elu_slope_ref(double z, double a) {
  (void)a;
  return z < 0.0 ? exp(z) : 1.0;
}

ENTRYWISE(elu)

/*
 * selu (eq A8): a = l z, or l s (e^z - 1) below 0, with the two numbers that keep mean 0 and
 * variance 1 from layer to layer; slope l s at 0, as below
 */

#define SELU_SCALE 1.0507009873554805 /* l */
#define SELU_BELOW 1.7580993408473766 /* l s, s = 1.6732632423543772 */

static float selu(float z) {
  const float below = cr_exp_less_1(z < 0.0f ? z : 0.0f);
  return (float)SELU_SCALE * (z < 0.0f ? 0.0f : z) + (float)SELU_BELOW * below;
}

static float selu_slope(float z, float a) {
  (void)a;
  const float below = (float)SELU_BELOW * cr_exp(z < 0.0f ? z : 0.0f);
  return z > 0.0f ? (float)SELU_SCALE : below;
}

static double selu_ref(double z) {
  return z < 0.0 ? SELU_BELOW * expm1(z) : SELU_SCALE * z;
}

static double selu_slope_ref(double z, double a) {
  (void)a;
  return z > 0.0 ? SELU_SCALE : SELU_BELOW * exp(z);
}

ENTRYWISE(selu)

/*
 * gelu (eq A9): a = z P(z) with the normal distribution's P(z) = erfc(-z/sqrt 2)/2, which keeps its
 * digits far below 0, and the slope P(z) + z p(z) with its density p
 */

#define ROOT_OF_HALF 0.70710678118654752
#define DENSITY_AT_0 0.39894228040143268 /* 1/sqrt(2 pi) */

/*
 * P(z) in float. Below 0 it is t/2 e^-(u^2/2 + u t R(t)) with u = -z and t = 1/(1 + 0.3 u), where R
 * is a polynomial of degree 8, fitted so that P is within 3e-8 of itself for u up to 13.
 */
static float normal_below(float z) {
  const float u = fabsf(z), t = 1.0f / (1.0f + 0.3f * u);
  float sum = 0.04493359f;
  sum = sum * t - 0.24093148f;
  sum = sum * t + 0.48865423f;
  sum = sum * t - 0.44200644f;
  sum = sum * t + 0.18304548f;
  sum = sum * t - 0.112307005f;
  sum = sum * t + 0.020111995f;
  sum = sum * t + 0.12738217f;
  sum = sum * t + 0.42900103f;
  const float beyond = 0.5f * t * cr_exp(-u * (0.5f * u + t * sum));
  return z < 0.0f ? beyond : 1.0f - beyond;
}

static float gelu(float z) {
  return z * normal_below(z);
}

static float gelu_slope(float z, float a) {
  (void)a;
  return normal_below(z) + z * ((float)DENSITY_AT_0 * cr_exp(-0.5f * z * z));
}

static double gelu_ref(double z) {
  return z * (0.5 * erfc(-z * ROOT_OF_HALF));
}

static double gelu_slope_ref(double z, double a) {
  (void)a;
  return 0.5 * erfc(-z * ROOT_OF_HALF) + z * DENSITY_AT_0 * exp(-0.5 * z * z);
}

ENTRYWISE(gelu)

/* silu (eq A10): a = z s with the sigmoid s of z, and the slope s + a (1 - s) */

/* Where `of_rest`, 1 - s: it is the sigmoid of -z, and not rounded away. */
static float sigmoid_of(float z, bool of_rest) {
  const float e = cr_exp(-fabsf(z));
  return ((z < 0.0f) != of_rest ? e : 1.0f) / (1.0f + e);
}

static double sigmoid_of_ref(double z) {
  return z < 0.0 ? exp(z) / (1.0 + exp(z)) : 1.0 / (1.0 + exp(-z));
}

static float silu(float z) {
  return z * sigmoid_of(z, false);
}

static float silu_slope(float z, float a) {
  return sigmoid_of(z, false) + a * sigmoid_of(z, true);
}

static double silu_ref(double z) {
  return z * sigmoid_of_ref(z);
}

static double silu_slope_ref(double z, double a) {
  return sigmoid_of_ref(z) + a * sigmoid_of_ref(-z);
}

ENTRYWISE(silu)

/* step (eq A11): a = 1 if z >= 0, else 0: the threshold unit. It has no slope worth the name. */

static void step_forward(float *restrict a, const float *restrict z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) a[i] = z[i] >= 0.0f ? 1.0f : z[i] < 0.0f ? 0.0f : z[i];
}

static void step_forward_ref(double *a, const double *z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) a[i] = z[i] >= 0.0 ? 1.0 : z[i] < 0.0 ? 0.0 : z[i];
}

/*
 * softplus (eq A12): a = ln(1 + e^z) = max(0, z) + ln(1 + e^-|z|), which cannot overflow; its slope
 * is the sigmoid of z
 */

/* ln(1 + e) for e from 0 to 1: twice the area tangent of s = e / (2 + e), which is 1/3 at most. */
static float log_of_1_and(float e) {
  const float s = e / (2.0f + e), square = s * s;
  float sum = 1.0f / 15.0f; /* the next term is below 2e-9 of the whole */
  sum = sum * square + 1.0f / 13.0f;
  sum = sum * square + 1.0f / 11.0f;
  sum = sum * square + 1.0f / 9.0f;
  sum = sum * square + 1.0f / 7.0f;
  sum = sum * square + 1.0f / 5.0f;
  sum = sum * square + 1.0f / 3.0f;
  return 2.0f * (s + s * square * sum);
}

static float softplus(float z) {
  return (z < 0.0f ? 0.0f : z) + log_of_1_and(cr_exp(-fabsf(z)));
}

static float softplus_slope(float z, float a) {
  (void)a;
  return sigmoid_of(z, false);
}

static double softplus_ref(double z) {
  return z < 0.0 ? log1p(exp(z)) : z + log1p(exp(-z));
}

static double softplus_slope_ref(double z, double a) {
  (void)a;
  return sigmoid_of_ref(z);
}

ENTRYWISE(softplus)

static const cr_activation activations[] = {
    {{"linear", "a = z", "da/dz = 1"},
     "xavier",
     linear_forward,
     linear_backward,
     linear_forward_ref,
     linear_backward_ref,
     false},
    {{"sigmoid", "a = 1 / (1 + e^−z)", "da/dz = a (1 − a)"},
     "xavier",
     sigmoid_forward,
     sigmoid_backward,
     sigmoid_forward_ref,
     sigmoid_backward_ref,
     false},
    {{"tanh", "a = tanh z", "da/dz = 1 − a²"},
     "xavier",
     tanh_forward,
     tanh_backward,
     tanh_forward_ref,
     tanh_backward_ref,
     false},
    {{"relu", "a = max(0, z)", "da/dz = 1 if z > 0, else 0"},
     "he",
     relu_forward,
     relu_backward,
     relu_forward_ref,
     relu_backward_ref,
     true},
    {{"softmax", "a_i = e^z_i / Σ_k e^z_k", "da_i/dz_j = a_i ((i = j) − a_j)"},
     "xavier",
     softmax_forward,
     softmax_backward,
     softmax_forward_ref,
     softmax_backward_ref,
     false},
    {{"leaky_relu", "a = z if z ≥ 0, else 0.01 z", "da/dz = 1 if z > 0, else 0.01"},
     "he",
     leaky_relu_forward,
     leaky_relu_backward,
     leaky_relu_forward_ref,
     leaky_relu_backward_ref,
     true},
    {{"elu", "a = z if z ≥ 0, else e^z − 1", "da/dz = 1 if z ≥ 0, else e^z"},
     "he",
     elu_forward,
     elu_backward,
     elu_forward_ref,
     elu_backward_ref,
     false},
    {{"selu", "a = 1.0507 z if z ≥ 0, else 1.7581 (e^z − 1)",
      "da/dz = 1.0507 if z > 0, else 1.7581 e^z"},
     "lecun",
     selu_forward,
     selu_backward,
     selu_forward_ref,
     selu_backward_ref,
     true},
    {{"gelu", "a = z Φ(z), Φ(z) = ½ (1 + erf(z/√2))", "da/dz = Φ(z) + z e^(−z²/2)/√(2π)"},
     "he",
     gelu_forward,
     gelu_backward,
     gelu_forward_ref,
     gelu_backward_ref,
     false},
    {{"silu", "a = z σ(z), σ(z) = 1 / (1 + e^−z)", "da/dz = σ(z) + a (1 − σ(z))"},
     "he",
     silu_forward,
     silu_backward,
     silu_forward_ref,
     silu_backward_ref,
     false},
    {{"step", "a = 1 if z ≥ 0, else 0", "none: 0 beside the jump at z = 0"},
     "xavier",
     step_forward,
     NULL,
     step_forward_ref,
     NULL,
     true},
    {{"softplus", "a = ln(1 + e^z)", "da/dz = 1 / (1 + e^−z)"},
     "he",
     softplus_forward,
     softplus_backward,
     softplus_forward_ref,
     softplus_backward_ref,
     false},
};

const cr_activation *cr_activation_at(size_t index) {
  return index < sizeof activations / sizeof *activations ? &activations[index] : NULL;
}

cr_status cr_activation_find(const char *name, const cr_activation **out) {
  const cr_activation *found;
  for (size_t i = 0; (found = cr_activation_at(i)); ++i) {
    if (!name || strcmp(found->part.name, name) != 0) continue;
    *out = found;
    return CR_OK;
  }
  return cr_part_unknown(CR_PART_ACTIVATION, name);
}
