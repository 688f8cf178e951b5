/*
 * The activations, each with its derivative. Compiled once for each instruction set (base/level.h):
 * the loops are such that a compiler makes vectors of them, and none fuses or reorders, so that the
 * bits are the same for all.
 */
#include <math.h>
#include <string.h>

#include "parts/elementary.h"
#include "parts/tables.h"

/* A block as runs of consecutive numbers: a single one where no gaps lie between its rows. */
typedef struct runs {
  size_t count, length;
} runs;

static runs runs_of(size_t rows, size_t cols, size_t stride) {
  return stride == cols ? (runs){1, rows * cols} : (runs){rows, cols};
}

/*
 * Of an activation that works entry by entry: forward and backward by f(z) and f_back(da, z, a),
 * which is dz; in float without a branch.
 */
#define FORWARD(name, f)                                                                          \
  static void name##_forward(float *a, const float *z, size_t rows, size_t cols, size_t stride) { \
    const runs all = runs_of(rows, cols, stride);                                                 \
    for (size_t r = 0; r < all.count; ++r) {                                                      \
      float *restrict to = a + r * stride;                                                        \
      const float *restrict from = z + r * stride;                                                \
      for (size_t i = 0; i < all.length; ++i) to[i] = f(from[i]);                                 \
    }                                                                                             \
  }

#define BACKWARD(f)                                                                               \
  static void f##_backward(float *d, const float *z, const float *a, size_t rows, size_t cols,    \
                           size_t stride) {                                                       \
    const runs all = runs_of(rows, cols, stride);                                                 \
    for (size_t r = 0; r < all.count; ++r) {                                                      \
      float *restrict through = d + r * stride;                                                   \
      const float *restrict at = z + r * stride, *restrict value = a + r * stride;                \
      for (size_t i = 0; i < all.length; ++i) through[i] = f##_back(through[i], at[i], value[i]); \
    }                                                                                             \
  }

/* The same in double, by f_ref(z) and f_slope_ref(z, a), as the books have them. */
#define REFERENCE(f)                                                                           \
  static void f##_forward_ref(double *a, const double *z, size_t rows, size_t cols) {          \
    for (size_t i = 0; i < rows * cols; ++i) a[i] = f##_ref(z[i]);                             \
  }                                                                                            \
  static void f##_backward_ref(double *dz, const double *da, const double *z, const double *a, \
                               size_t rows, size_t cols) {                                     \
    for (size_t i = 0; i < rows * cols; ++i) dz[i] = da[i] * f##_slope_ref(z[i], a[i]);        \
  }

/* linear (eq A1): a = z */

static float linear(float z) {
  return z;
}

static float linear_back(float da, float z, float a) {
  (void)z, (void)a;
  return da;
}

FORWARD(linear, linear)
BACKWARD(linear)

static void linear_forward_ref(double *a, const double *z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) a[i] = z[i];
}

static void linear_backward_ref(double *dz, const double *da, const double *z, const double *a,
                                size_t rows, size_t cols) {
  (void)z, (void)a;
  for (size_t i = 0; i < rows * cols; ++i) dz[i] = da[i];
}

/* sigmoid (eq A2): a = 1 / (1 + e^-z) */

static float sigmoid_back(float da, float z, float a) {
  (void)z;
  return da * a * (1.0f - a);
}

FORWARD(sigmoid, cr_sigmoid)
BACKWARD(sigmoid)

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

/* tanh (eq A3) */

static float tangent_back(float da, float z, float a) {
  (void)z;
  return da * (1.0f - a * a);
}

FORWARD(tangent, cr_tanh)
BACKWARD(tangent)

static void tangent_forward_ref(double *a, const double *z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) a[i] = tanh(z[i]);
}

static void tangent_backward_ref(double *dz, const double *da, const double *z, const double *a,
                                 size_t rows, size_t cols) {
  (void)z;
  for (size_t i = 0; i < rows * cols; ++i) dz[i] = da[i] * (1.0 - a[i] * a[i]);
}

/*
 * relu (eq A4): a = max(0, z), with derivative 0 at z = 0. "z < 0 ? 0 : z" and not its mirror
 * image, so that a z that is not a number stays one and the cost shows it.
 */

static float relu(float z) {
  return z < 0.0f ? 0.0f : z;
}

static float relu_back(float da, float z, float a) {
  (void)a;
  return z > 0.0f ? da : 0.0f;
}

FORWARD(relu, relu)
BACKWARD(relu)

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

/*
 * The largest number and the sum of a row (cols). Long rows are gone through in lanes, so that a
 * number need not wait for the one before it; there are as many for each instruction set.
 */
enum { LANES = 16 };

static float largest_of(const float *row, size_t cols) {
  float lanes[LANES], largest = row[0];
  size_t c = 0;
  for (size_t i = 0; i < LANES; ++i) lanes[i] = largest;
  for (; c + LANES <= cols; c += LANES) {
    for (size_t i = 0; i < LANES; ++i) lanes[i] = lanes[i] < row[c + i] ? row[c + i] : lanes[i];
  }
  for (size_t i = 0; c > 0 && i < LANES; ++i) largest = largest < lanes[i] ? lanes[i] : largest;
  for (; c < cols; ++c) largest = largest < row[c] ? row[c] : largest;
  return largest;
}

static float sum_of(const float *row, size_t cols) {
  float lanes[LANES] = {0}, sum = 0.0f;
  size_t c = 0;
  for (; c + LANES <= cols; c += LANES) {
    for (size_t i = 0; i < LANES; ++i) lanes[i] += row[c + i];
  }
  for (size_t i = 0; c > 0 && i < LANES; ++i) sum += lanes[i];
  for (; c < cols; ++c) sum += row[c];
  return sum;
}

static void softmax_forward(float *restrict a, const float *restrict z, size_t rows, size_t cols,
                            size_t stride) {
  const runs all = runs_of(rows, cols, stride);
  for (size_t r = 0; r < rows; ++r) {
    const float *from = z + r * stride;
    const float largest = largest_of(from, cols);
    float *to = a + r * stride;
    for (size_t c = 0; c < cols; ++c) to[c] = from[c] - largest;
  }
  for (size_t r = 0; r < all.count; ++r) {
    float *run = a + r * stride;
    for (size_t i = 0; i < all.length; ++i) run[i] = cr_exp(run[i]);
  }
  for (size_t r = 0; r < rows; ++r) {
    float *row = a + r * stride;
    const float scale = 1.0f / sum_of(row, cols);
    for (size_t c = 0; c < cols; ++c) row[c] *= scale;
  }
}

static void softmax_backward(float *restrict d, const float *z, const float *restrict a,
                             size_t rows, size_t cols, size_t stride) {
  (void)z;
  for (size_t r = 0; r < rows; ++r, d += stride, a += stride) {
    float dot = 0.0f;
    for (size_t c = 0; c < cols; ++c) dot += d[c] * a[c];
    for (size_t c = 0; c < cols; ++c) d[c] = a[c] * (d[c] - dot);
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

/* leaky_relu (eq A6): a = z, or z/100 below 0; slope 1/100 at 0, as below */

static float leaky_relu(float z) {
  return z < 0.0f ? 0.01f * z : z;
}

static float leaky_relu_back(float da, float z, float a) {
  (void)a;
  return da * (z > 0.0f ? 1.0f : 0.01f);
}

static double leaky_relu_ref(double z) {
  return z < 0.0 ? 0.01 * z : z;
}

static double leaky_relu_slope_ref(double z, double a) {
  (void)a;
  return z > 0.0 ? 1.0 : 0.01;
}

FORWARD(leaky_relu, leaky_relu)
BACKWARD(leaky_relu)
REFERENCE(leaky_relu)

/* elu (eq A7): a = z, or e^z - 1 below 0, where the slope is e^z: it is 1 on both sides of 0 */

static float elu(float z) {
  const float below = cr_expm1(z < 0.0f ? z : 0.0f); /* 0 elsewhere: a sum, and no branch */
  return (z < 0.0f ? 0.0f : z) + below;
}

static float elu_back(float da, float z, float a) {
  (void)a;
  return da * cr_exp(z < 0.0f ? z : 0.0f);
}

static double elu_ref(double z) {
  return z < 0.0 ? expm1(z) : z;
}

static double elu_slope_ref(double z, double a) {
  (void)a;
  return z < 0.0 ? exp(z) : 1.0;
}

FORWARD(elu, elu)
BACKWARD(elu)
REFERENCE(elu)

/*
 * selu (eq A8): a = l z, or l s (e^z - 1) below 0, with the two numbers that keep mean 0 and
 * variance 1 from layer to layer; slope l s at 0, as below
 */

#define SELU_SCALE 1.0507009873554805 /* l */
#define SELU_BELOW 1.7580993408473766 /* l s, s = 1.6732632423543772 */

static float selu(float z) {
  const float below = cr_expm1(z < 0.0f ? z : 0.0f);
  return (float)SELU_SCALE * (z < 0.0f ? 0.0f : z) + (float)SELU_BELOW * below;
}

static float selu_back(float da, float z, float a) {
  (void)a;
  const float below = (float)SELU_BELOW * cr_exp(z < 0.0f ? z : 0.0f);
  return da * (z > 0.0f ? (float)SELU_SCALE : below);
}

static double selu_ref(double z) {
  return z < 0.0 ? SELU_BELOW * expm1(z) : SELU_SCALE * z;
}

static double selu_slope_ref(double z, double a) {
  (void)a;
  return z > 0.0 ? SELU_SCALE : SELU_BELOW * exp(z);
}

FORWARD(selu, selu)
BACKWARD(selu)
REFERENCE(selu)

/*
 * gelu (eq A9): a = z P(z) with the normal distribution's P(z) = erfc(-z/sqrt 2)/2, which keeps its
 * digits far below 0, and the slope P(z) + z p(z) with its density p
 */

#define ROOT_OF_HALF 0.70710678118654752
#define DENSITY_AT_0 0.39894228040143268 /* 1/sqrt(2 pi) */

static float gelu(float z) {
  return z * cr_normal_below(z);
}

static float gelu_back(float da, float z, float a) {
  (void)a;
  return da * (cr_normal_below(z) + z * ((float)DENSITY_AT_0 * cr_exp(-0.5f * z * z)));
}

static double gelu_ref(double z) {
  return z * (0.5 * erfc(-z * ROOT_OF_HALF));
}

static double gelu_slope_ref(double z, double a) {
  (void)a;
  return 0.5 * erfc(-z * ROOT_OF_HALF) + z * DENSITY_AT_0 * exp(-0.5 * z * z);
}

FORWARD(gelu, gelu)
BACKWARD(gelu)
REFERENCE(gelu)

/* silu (eq A10): a = z s with the sigmoid s of z, and the slope s + a (1 - s) */

static double sigmoid_of_ref(double z) {
  return z < 0.0 ? exp(z) / (1.0 + exp(z)) : 1.0 / (1.0 + exp(-z));
}

static float silu(float z) {
  return z * cr_sigmoid(z);
}

static float silu_back(float da, float z, float a) {
  return da *
         (cr_sigmoid(z) + a * cr_sigmoid(-z)); /* the sigmoid of -z is 1 - s, not rounded away */
}

static double silu_ref(double z) {
  return z * sigmoid_of_ref(z);
}

static double silu_slope_ref(double z, double a) {
  return sigmoid_of_ref(z) + a * sigmoid_of_ref(-z);
}

FORWARD(silu, silu)
BACKWARD(silu)
REFERENCE(silu)

/* step (eq A11): a = 1 if z >= 0, else 0: the threshold unit. It has no slope worth the name. */

static float step(float z) {
  return z >= 0.0f ? 1.0f : z < 0.0f ? 0.0f : z;
}

FORWARD(step, step)

static void step_forward_ref(double *a, const double *z, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) a[i] = z[i] >= 0.0 ? 1.0 : z[i] < 0.0 ? 0.0 : z[i];
}

/*
 * softplus (eq A12): a = ln(1 + e^z) = max(0, z) + ln(1 + e^-|z|), which cannot overflow; its slope
 * is the sigmoid of z
 */

static float softplus(float z) {
  return (z < 0.0f ? 0.0f : z) + cr_log1p(cr_exp(-fabsf(z)));
}

static float softplus_back(float da, float z, float a) {
  (void)a;
  return da * cr_sigmoid(z);
}

static double softplus_ref(double z) {
  return z < 0.0 ? log1p(exp(z)) : z + log1p(exp(-z));
}

static double softplus_slope_ref(double z, double a) {
  (void)a;
  return sigmoid_of_ref(z);
}

FORWARD(softplus, softplus)
BACKWARD(softplus)
REFERENCE(softplus)

#define FORWARDS(f) .forward = f##_forward, .forward_ref = f##_forward_ref
#define BACKWARDS(f) .backward = f##_backward, .backward_ref = f##_backward_ref

static const cr_activation rows[] = {
    {
        .part = {"linear", "a = z", "da/dz = 1"},
        .initializer = "xavier",
        FORWARDS(linear),
        BACKWARDS(linear),
    },
    {
        .part = {"sigmoid", "a = 1 / (1 + e^−z)", "da/dz = a (1 − a)"},
        .initializer = "xavier",
        FORWARDS(sigmoid),
        BACKWARDS(sigmoid),
    },
    {
        .part = {"tanh", "a = tanh z", "da/dz = 1 − a²"},
        .initializer = "xavier",
        FORWARDS(tangent),
        BACKWARDS(tangent),
    },
    {
        .part = {"relu", "a = max(0, z)", "da/dz = 1 if z > 0, else 0"},
        .initializer = "he",
        FORWARDS(relu),
        BACKWARDS(relu),
        .kink = true,
    },
    {
        .part = {"softmax", "a_i = e^z_i / Σ_k e^z_k", "da_i/dz_j = a_i ((i = j) − a_j)"},
        .initializer = "xavier",
        FORWARDS(softmax),
        BACKWARDS(softmax),
        .rowwise = true,
    },
    {
        .part = {"leaky_relu", "a = z if z ≥ 0, else 0.01 z", "da/dz = 1 if z > 0, else 0.01"},
        .initializer = "he",
        FORWARDS(leaky_relu),
        BACKWARDS(leaky_relu),
        .kink = true,
    },
    {
        .part = {"elu", "a = z if z ≥ 0, else e^z − 1", "da/dz = 1 if z ≥ 0, else e^z"},
        .initializer = "he",
        FORWARDS(elu),
        BACKWARDS(elu),
    },
    {
        .part = {"selu", "a = 1.0507 z if z ≥ 0, else 1.7581 (e^z − 1)",
                 "da/dz = 1.0507 if z > 0, else 1.7581 e^z"},
        .initializer = "lecun",
        FORWARDS(selu),
        BACKWARDS(selu),
        .kink = true,
    },
    {
        .part = {"gelu", "a = z Φ(z), Φ(z) = ½ (1 + erf(z/√2))",
                 "da/dz = Φ(z) + z e^(−z²/2)/√(2π)"},
        .initializer = "he",
        FORWARDS(gelu),
        BACKWARDS(gelu),
    },
    {
        .part = {"silu", "a = z σ(z), σ(z) = 1 / (1 + e^−z)", "da/dz = σ(z) + a (1 − σ(z))"},
        .initializer = "he",
        FORWARDS(silu),
        BACKWARDS(silu),
    },
    {
        .part = {"step", "a = 1 if z ≥ 0, else 0", "none: 0 beside the jump at z = 0"},
        .initializer = "xavier",
        FORWARDS(step),
        .kink = true,
    },
    {
        .part = {"softplus", "a = ln(1 + e^z)", "da/dz = 1 / (1 + e^−z)"},
        .initializer = "he",
        FORWARDS(softplus),
        BACKWARDS(softplus),
    },
};

const cr_activation_table CR_VARIANT(cr_activations) = {rows, sizeof rows / sizeof *rows};
