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
