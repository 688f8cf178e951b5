/*
 * The losses, each with its gradient. Compiled once for each instruction set (base/level.h);
 * nothing is fused or reordered, so that the bits are the same for all.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "parts/elementary.h"
#include "parts/tables.h"

/* squared (eq L1): sum (a - y)^2, da = 2 (a - y) */

static void squared_value(double *losses, const float *a, const float *y, size_t rows,
                          size_t cols) {
  for (size_t r = 0; r < rows; ++r, a += cols, y += cols) {
    double row = 0.0;
    for (size_t c = 0; c < cols; ++c) {
      const double error = (double)a[c] - (double)y[c];
      row += error * error;
    }
    losses[r] = row;
  }
}

static void squared_gradient(float *restrict da, const float *restrict a, const float *restrict y,
                             float weight, size_t rows, size_t cols) {
  const float twice = 2.0f * weight;
  for (size_t i = 0; i < rows * cols; ++i) da[i] = twice * (a[i] - y[i]);
}

static double squared_value_ref(const double *a, const double *y, size_t rows, size_t cols) {
  double sum = 0.0;
  for (size_t i = 0; i < rows * cols; ++i) sum += (a[i] - y[i]) * (a[i] - y[i]);
  return sum;
}

static void squared_gradient_ref(double *da, const double *a, const double *y, double weight,
                                 size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) da[i] = weight * 2.0 * (a[i] - y[i]);
}

/* half_squared (eq L2): 1/2 sum (a - y)^2, da = a - y */

static void half_squared_value(double *losses, const float *a, const float *y, size_t rows,
                               size_t cols) {
  squared_value(losses, a, y, rows, cols);
  for (size_t r = 0; r < rows; ++r) losses[r] *= 0.5;
}

static void half_squared_gradient(float *restrict da, const float *restrict a,
                                  const float *restrict y, float weight, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) da[i] = weight * (a[i] - y[i]);
}

static double half_squared_value_ref(const double *a, const double *y, size_t rows, size_t cols) {
  double sum = 0.0;
  for (size_t i = 0; i < rows * cols; ++i) sum += 0.5 * (a[i] - y[i]) * (a[i] - y[i]);
  return sum;
}

static void half_squared_gradient_ref(double *da, const double *a, const double *y, double weight,
                                      size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) da[i] = weight * (a[i] - y[i]);
}

/* A probability that log and quotient can take. */
static float positive(float p) {
  return p < FLT_MIN ? FLT_MIN : p;
}

static double positive_ref(double p) {
  return p < DBL_MIN ? DBL_MIN : p;
}

/*
 * binary_cross_entropy (eq L3): -(y ln a + (1 - y) ln(1 - a)). After sigmoid, from z:
 * max(z, 0) - y z + ln(1 + e^-|z|), and dz = a - y.
 */

static void binary_value(double *losses, const float *a, const float *y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r, a += cols, y += cols) {
    double row = 0.0;
    for (size_t c = 0; c < cols; ++c) {
      row -= (double)y[c] * cr_log((double)positive(a[c])) +
             (1.0 - (double)y[c]) * cr_log((double)positive(1.0f - a[c]));
    }
    losses[r] = row;
  }
}

static void binary_gradient(float *da, const float *a, const float *y, float weight, size_t rows,
                            size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) {
    da[i] = weight * ((1.0f - y[i]) / positive(1.0f - a[i]) - y[i] / positive(a[i]));
  }
}

/* The logarithms of some numbers at a time, in vectors, whatever the length of the rows. */
static void binary_fused_value(double *losses, const float *z, const float *a, const float *y,
                               size_t rows, size_t cols) {
  enum { SOME = 64 };
  float logs[SOME];
  double row = 0.0;
  (void)a;
  for (size_t first = 0, col = 0; first < rows * cols; first += SOME) {
    const size_t count = cr_size_min(SOME, rows * cols - first);
    for (size_t i = 0; i < count; ++i) logs[i] = cr_log1p(cr_exp(-fabsf(z[first + i])));
    for (size_t i = 0; i < count; ++i) {
      const double logit = (double)z[first + i];
      row += (logit < 0.0 ? 0.0 : logit) - (double)y[first + i] * logit + (double)logs[i];
      if (++col < cols) continue;
      *losses++ = row;
      row = 0.0;
      col = 0;
    }
  }
}

static double binary_value_ref(const double *a, const double *y, size_t rows, size_t cols) {
  double sum = 0.0;
  for (size_t i = 0; i < rows * cols; ++i) {
    sum -= y[i] * log(positive_ref(a[i])) + (1.0 - y[i]) * log(positive_ref(1.0 - a[i]));
  }
  return sum;
}

static void binary_gradient_ref(double *da, const double *a, const double *y, double weight,
                                size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) {
    da[i] = weight * ((1.0 - y[i]) / positive_ref(1.0 - a[i]) - y[i] / positive_ref(a[i]));
  }
}

static double binary_fused_value_ref(const double *z, const double *y, size_t rows, size_t cols) {
  double sum = 0.0;
  for (size_t i = 0; i < rows * cols; ++i) {
    sum += fmax(z[i], 0.0) - y[i] * z[i] + log1p(exp(-fabs(z[i])));
  }
  return sum;
}

/*
 * cross_entropy (eq L4): -sum_k y_k ln a_k. After softmax, from z: sum_k y_k (ln sum_j e^z_j - z_k)
 * and dz_k = a_k sum_j y_j - y_k, which is a_k - y_k where the targets of a row sum to 1.
 */

static void cross_value(double *losses, const float *a, const float *y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r, a += cols, y += cols) {
    double row = 0.0;
    for (size_t c = 0; c < cols; ++c) row -= (double)y[c] * cr_log((double)positive(a[c]));
    losses[r] = row;
  }
}

static void cross_gradient(float *da, const float *a, const float *y, float weight, size_t rows,
                           size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) da[i] = -weight * y[i] / positive(a[i]);
}

/* The sum of e^(z - max z) is that of a / max a: no exponential is needed again. */
static double sum_of_exponentials(const float *a, size_t cols) {
  float most = a[0];
  double sum = 0.0;
  for (size_t c = 0; c < cols; ++c) {
    most = most < a[c] ? a[c] : most;
    sum += (double)a[c];
  }
  return sum / (double)most;
}

static void cross_fused_value(double *losses, const float *z, const float *a, const float *y,
                              size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r) losses[r] = sum_of_exponentials(a + r * cols, cols);
  for (size_t r = 0; r < rows; ++r) losses[r] = cr_log(losses[r]);
  for (size_t r = 0; r < rows; ++r, z += cols, y += cols) {
    float largest = z[0];
    double row = 0.0;
    for (size_t c = 1; c < cols; ++c) largest = largest < z[c] ? z[c] : largest;
    for (size_t c = 0; c < cols; ++c) {
      row += (double)y[c] * (losses[r] - ((double)z[c] - (double)largest));
    }
    losses[r] = row;
  }
}

static double cross_value_ref(const double *a, const double *y, size_t rows, size_t cols) {
  double sum = 0.0;
  for (size_t i = 0; i < rows * cols; ++i) sum -= y[i] * log(positive_ref(a[i]));
  return sum;
}

static void cross_gradient_ref(double *da, const double *a, const double *y, double weight,
                               size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) da[i] = -weight * y[i] / positive_ref(a[i]);
}

static double cross_fused_value_ref(const double *z, const double *y, size_t rows, size_t cols) {
  double sum = 0.0;
  for (size_t r = 0; r < rows; ++r, z += cols, y += cols) {
    double largest = z[0];
    for (size_t c = 1; c < cols; ++c) largest = fmax(largest, z[c]);
    double total = 0.0;
    for (size_t c = 0; c < cols; ++c) total += exp(z[c] - largest);
    for (size_t c = 0; c < cols; ++c) sum += y[c] * (log(total) + largest - z[c]);
  }
  return sum;
}

static void cross_fused_gradient(float *dz, const float *a, const float *y, float weight,
                                 size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r, dz += cols, a += cols, y += cols) {
    float total = 0.0f;
    for (size_t c = 0; c < cols; ++c) total += y[c];
    for (size_t c = 0; c < cols; ++c) dz[c] = weight * (a[c] * total - y[c]);
  }
}

static void cross_fused_gradient_ref(double *dz, const double *a, const double *y, double weight,
                                     size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r, dz += cols, a += cols, y += cols) {
    double total = 0.0;
    for (size_t c = 0; c < cols; ++c) total += y[c];
    for (size_t c = 0; c < cols; ++c) dz[c] = weight * (a[c] * total - y[c]);
  }
}

/*
 * huber (eq L5): e^2/2 for errors e = a - y up to 1, |e| - 1/2 beyond, where it grows as the error
 * does, so that a few rows far off do not lead; da = e, cut to within -1 and 1.
 */

static void huber_value(double *losses, const float *a, const float *y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r, a += cols, y += cols) {
    double row = 0.0;
    for (size_t c = 0; c < cols; ++c) {
      const double error = fabs((double)a[c] - (double)y[c]);
      row += error > 1.0 ? error - 0.5 : 0.5 * error * error;
    }
    losses[r] = row;
  }
}

static void huber_gradient(float *restrict da, const float *restrict a, const float *restrict y,
                           float weight, size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) {
    const float error = a[i] - y[i];
    da[i] = weight * (error < -1.0f ? -1.0f : error > 1.0f ? 1.0f : error);
  }
}

static double huber_value_ref(const double *a, const double *y, size_t rows, size_t cols) {
  double sum = 0.0;
  for (size_t i = 0; i < rows * cols; ++i) {
    const double error = fabs(a[i] - y[i]);
    sum += error <= 1.0 ? 0.5 * error * error : error - 0.5;
  }
  return sum;
}

static void huber_gradient_ref(double *da, const double *a, const double *y, double weight,
                               size_t rows, size_t cols) {
  for (size_t i = 0; i < rows * cols; ++i) {
    const double error = a[i] - y[i], sign = (error > 0.0) - (error < 0.0);
    da[i] = weight * (fabs(error) <= 1.0 ? error : sign);
  }
}

/*
 * hinge (eq L6) of K scores: sum_k y_k sum_(j != k) max(0, 1 + a_j - a_k): each other class that
 * does not stay 1 below the right one adds what is missing (Weston and Watkins 1999). Of a single
 * score: max(0, 1 - t a) with t = 2 y - 1, which is 1 or -1.
 */

/* max(0, x), where no number stays none */
static double above_0(double x) {
  return x < 0.0 ? 0.0 : x;
}

static double hinge_row(const float *a, const float *y, size_t cols) {
  if (cols == 1) return above_0(1.0 - (2.0 * (double)y[0] - 1.0) * (double)a[0]);
  double row = 0.0;
  for (size_t k = 0; k < cols; ++k) {
    double missing = 0.0;
    if (y[k] == 0.0f) continue; /* as of all classes but one */
    for (size_t j = 0; j < cols; ++j) {
      if (j != k) missing += above_0(1.0 + (double)a[j] - (double)a[k]);
    }
    row += (double)y[k] * missing;
  }
  return row;
}

static void hinge_value(double *losses, const float *a, const float *y, size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r) losses[r] = hinge_row(a + r * cols, y + r * cols, cols);
}

/* Each pair that is too near pulls its two scores apart. */
static void hinge_gradient(float *da, const float *a, const float *y, float weight, size_t rows,
                           size_t cols) {
  if (cols == 1) {
    for (size_t r = 0; r < rows; ++r) {
      const float t = 2.0f * y[r] - 1.0f;
      da[r] = 1.0f - t * a[r] > 0.0f ? -weight * t : 0.0f;
    }
    return;
  }
  for (size_t r = 0; r < rows; ++r, da += cols, a += cols, y += cols) {
    for (size_t c = 0; c < cols; ++c) da[c] = 0.0f;
    for (size_t k = 0; k < cols; ++k) {
      const float pull = weight * y[k];
      for (size_t j = 0; pull != 0.0f && j < cols; ++j) {
        if (j == k || !(1.0f + a[j] - a[k] > 0.0f)) continue;
        da[j] += pull;
        da[k] -= pull;
      }
    }
  }
}

static double hinge_value_ref(const double *a, const double *y, size_t rows, size_t cols) {
  double sum = 0.0;
  for (size_t r = 0; r < rows; ++r, a += cols, y += cols) {
    if (cols == 1) sum += above_0(1.0 - (2.0 * y[0] - 1.0) * a[0]);
    for (size_t k = 0; k < cols; ++k) {
      for (size_t j = 0; j < cols; ++j) sum += j == k ? 0.0 : y[k] * above_0(1.0 + a[j] - a[k]);
    }
  }
  return sum;
}

/* Score by score: what it loses as the right class, and what it adds where another one is. */
static void hinge_gradient_ref(double *da, const double *a, const double *y, double weight,
                               size_t rows, size_t cols) {
  for (size_t r = 0; r < rows; ++r, da += cols, a += cols, y += cols) {
    const double t = 2.0 * y[0] - 1.0;
    if (cols == 1) da[0] = t * a[0] < 1.0 ? -weight * t : 0.0;
    for (size_t i = 0; cols > 1 && i < cols; ++i) {
      da[i] = 0.0;
      for (size_t j = 0; j < cols; ++j) {
        if (j != i && a[i] - a[j] < 1.0) da[i] -= weight * y[i];
        if (j != i && a[j] - a[i] < 1.0) da[i] += weight * y[j];
      }
    }
  }
}

static const cr_loss rows[] = {
    {
        .part = {"squared", "Σ (a − y)²", "∂/∂a = 2 (a − y)"},
        .outputs = "any",
        .boundary = 0.5,
        .value = squared_value,
        .gradient = squared_gradient,
        .value_ref = squared_value_ref,
        .gradient_ref = squared_gradient_ref,
    },
    {
        .part = {"half_squared", "½ Σ (a − y)²", "∂/∂a = a − y"},
        .outputs = "any",
        .boundary = 0.5,
        .value = half_squared_value,
        .gradient = half_squared_gradient,
        .value_ref = half_squared_value_ref,
        .gradient_ref = half_squared_gradient_ref,
    },
    {
        .part = {"binary_cross_entropy", "−Σ [y ln a + (1 − y) ln(1 − a)]",
                 "with sigmoid: ∂/∂z = a − y"},
        .fused_with = "sigmoid",
        .outputs = "sigmoid",
        .needs = "takes the logarithm of the outputs, which must be probabilities",
        .boundary = 0.5,
        .value = binary_value,
        .gradient = binary_gradient,
        .fused_value = binary_fused_value,
        .fused_gradient = half_squared_gradient,
        .value_ref = binary_value_ref,
        .gradient_ref = binary_gradient_ref,
        .fused_value_ref = binary_fused_value_ref,
        .fused_gradient_ref = half_squared_gradient_ref,
    },
    {
        .part = {"cross_entropy", "−Σ y_k ln a_k", "with softmax: ∂/∂z = a − y"},
        .fused_with = "softmax",
        .outputs = "softmax",
        .needs = "takes the logarithm of the outputs, which must be probabilities",
        .boundary = 0.5,
        .value = cross_value,
        .gradient = cross_gradient,
        .fused_value = cross_fused_value,
        .fused_gradient = cross_fused_gradient,
        .value_ref = cross_value_ref,
        .gradient_ref = cross_gradient_ref,
        .fused_value_ref = cross_fused_value_ref,
        .fused_gradient_ref = cross_fused_gradient_ref,
    },
    {
        .part = {"huber", "Σ e²/2 if |e| ≤ 1, else |e| − ½, with e = a − y",
                 "∂/∂a = e, within −1 and 1"},
        .equation = {"Σ h(a − y)", "max(−1, min(1, a − y))",
                     "h(e) = e²/2 where |e| is at most 1, else |e| − ½"},
        .single_equation = {"h(a − y)", "max(−1, min(1, a − y))",
                            "h(e) = e²/2 where |e| is at most 1, else |e| − ½"},
        .outputs = "any",
        .boundary = 0.5,
        .value = huber_value,
        .gradient = huber_gradient,
        .value_ref = huber_value_ref,
        .gradient_ref = huber_gradient_ref,
    },
    {
        .part = {"hinge", "Σ_{j ≠ y} max(0, 1 + a_j − a_y); of one output max(0, 1 − t a), t = ±1",
                 "∂/∂a_j = 1 and ∂/∂a_y = −1 for each j that adds to it"},
        .equation = {"Σ_{j≠k} max(0, 1 + a_j − a_k)", "h − y Σ_j h_j",
                     "k is the right class; h_j is 1 where j adds to the loss, else 0"},
        .single_equation = {"max(0, 1 − t a)", "−t if t a < 1, else 0",
                            "t = 2 y − 1, which is 1 or −1"},
        .outputs = "linear",
        .needs = "compares scores, which may be any numbers",
        .kink = true,
        .value = hinge_value,
        .gradient = hinge_gradient,
        .value_ref = hinge_value_ref,
        .gradient_ref = hinge_gradient_ref,
    },
};

const cr_loss_table CR_VARIANT(cr_losses) = {rows, sizeof rows / sizeof *rows};
