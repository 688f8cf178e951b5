#include "chainrule/perceptron.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "parts/activation.h"

enum { MOST_PASSES = 10000 };

/* Up to here every whole number is a double, and a sum of two is not rounded. */
static const double EXACT_BELOW = 9007199254740992.0; /* 2^53 */

struct cr_perceptron {
  cr_perceptron_summary summary;
  double *states;         /* (passes + 1, inputs + 1): the weights after each pass */
  size_t states_capacity; /* in numbers */
  double *weights;        /* (inputs + 1), the bias last */
  const cr_activation *threshold;
};

void cr_perceptron_options_init_sized(cr_perceptron_options *options, size_t size) {
  const cr_perceptron_options defaults = {.max_passes = 1000};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

static cr_status check_options(const cr_perceptron_options *options, size_t inputs) {
  if (options->max_passes == 0 || options->max_passes > MOST_PASSES) {
    return cr_fail(CR_ERR_ARGUMENT, "max_passes is %zu, expected 1 to %d", options->max_passes,
                   MOST_PASSES);
  }
  for (size_t i = 0; options->start && i <= inputs; ++i) {
    if (isfinite(options->start[i])) continue;
    return cr_fail(CR_ERR_NUMBER, "start[%zu] is not a finite number", i);
  }
  return CR_OK;
}

static cr_status check_rows(cr_const_matrix x, cr_const_matrix y) {
  if (x.rows == 0 || x.cols == 0) {
    return cr_fail(CR_ERR_EMPTY, "x is %zu x %zu, expected a row and a column at least", x.rows,
                   x.cols);
  }
  if (y.rows != x.rows || y.cols != 1) {
    return cr_fail(CR_ERR_SHAPE, "y is %zu x %zu, expected %zu x 1: a target for each row of x",
                   y.rows, y.cols, x.rows);
  }
  for (size_t r = 0; r < x.rows; ++r) {
    const double target = (double)y.data[r * y.stride];
    if (target < 0 || target > 1 || target != floor(target)) {
      return cr_fail(CR_ERR_TARGET, "y[%zu] is %g, expected 0 or 1", r, target);
    }
    for (size_t c = 0; c < x.cols; ++c) {
      if (isfinite(x.data[r * x.stride + c])) continue;
      return cr_fail(CR_ERR_NUMBER, "x[%zu][%zu] is not a finite number", r, c);
    }
  }
  return CR_OK;
}

static bool is_exact(double value) {
  return value == floor(value) && fabs(value) <= EXACT_BELOW;
}

static bool all_exact(cr_const_matrix x, const double *weights) {
  for (size_t c = 0; c <= x.cols; ++c) {
    if (!is_exact(weights[c])) return false;
  }
  for (size_t r = 0; r < x.rows; ++r) {
    for (size_t c = 0; c < x.cols; ++c) {
      if (!is_exact((double)x.data[r * x.stride + c])) return false;
    }
  }
  return true;
}

/* (eq F1) z = x w + b of one row; whatever order the sum took, no part of it passes `size`. */
static double weighted_sum(const double *weights, const float *x, size_t inputs, double *size) {
  double z = weights[inputs];
  *size = fabs(weights[inputs]);
  for (size_t i = 0; i < inputs; ++i) {
    const double product = weights[i] * (double)x[i];
    z += product;
    *size += fabs(product);
  }
  return z;
}

/* (eq P1) w <- w + (y - a) x, b <- b + (y - a) */
static void correct(cr_perceptron *p, const float *x, double error) {
  double *w = p->weights;
  const size_t inputs = p->summary.inputs;
  for (size_t i = 0; i < inputs; ++i) w[i] += error * (double)x[i];
  w[inputs] += error;
  for (size_t i = 0; i <= inputs; ++i) p->summary.exact &= fabs(w[i]) <= EXACT_BELOW;
  p->summary.mistakes++;
}

/* One pass over all rows; how many of them were wrong. */
static size_t run_pass(cr_perceptron *p, cr_const_matrix x, cr_const_matrix y,
                       const cr_perceptron_options *options) {
  const size_t before = p->summary.mistakes;
  for (size_t r = 0; r < x.rows; ++r) {
    const float *row = x.data + r * x.stride;
    double size, a;
    const double z = weighted_sum(p->weights, row, x.cols, &size);
    p->threshold->forward_ref(&a, &z, 1, 1); /* (eq A11) a = 1 if z >= 0, else 0 */
    const bool answer = a > 0, target = y.data[r * y.stride] > 0;
    p->summary.exact &= size <= EXACT_BELOW;
    if (answer != target) correct(p, row, target ? 1 : -1);
    if (!options->on_step) continue;
    const cr_perceptron_step step = {p->summary.passes, r, z, answer, target, p->weights};
    options->on_step(options->user, &step);
  }
  p->summary.passes++;
  return p->summary.mistakes - before;
}

/* Keeps the weights as the state after so many passes. */
static cr_status keep_state(cr_perceptron *p, size_t passes) {
  const size_t width = p->summary.inputs + 1, used = passes * width;
  void *states = p->states;
  const cr_status status =
      cr_grow(&states, used, used + width, sizeof *p->states, &p->states_capacity);
  p->states = states;
  if (status == CR_OK) memcpy(p->states + used, p->weights, width * sizeof *p->weights);
  return status;
}

static bool same_state(const cr_perceptron *p, size_t a, size_t b) {
  const size_t width = p->summary.inputs + 1;
  for (size_t i = 0; i < width; ++i) {
    if (p->states[a * width + i] != p->states[b * width + i]) return false;
  }
  return true;
}

/* Is the last state an earlier one? A pass depends on the weights alone, so all will repeat. */
static bool closes_cycle(cr_perceptron *p) {
  const size_t last = p->summary.passes;
  for (size_t earlier = 0; p->summary.exact && earlier < last; ++earlier) {
    if (!same_state(p, earlier, last)) continue;
    p->summary.cycle_begin = earlier;
    p->summary.cycle_length = last - earlier;
    return true;
  }
  return false;
}

static cr_status run(cr_perceptron *p, cr_const_matrix x, cr_const_matrix y,
                     const cr_perceptron_options *options) {
  void *weights;
  CR_TRY(cr_activation_find("step", &p->threshold));
  CR_TRY(cr_alloc(x.cols + 1, sizeof *p->weights, &weights));
  p->weights = weights;
  if (options->start) memcpy(p->weights, options->start, (x.cols + 1) * sizeof *p->weights);
  p->summary.inputs = x.cols;
  p->summary.exact = all_exact(x, p->weights);
  p->summary.end = CR_PERCEPTRON_PASSES;
  CR_TRY(keep_state(p, 0));
  while (p->summary.passes < options->max_passes) {
    const size_t wrong = run_pass(p, x, y, options);
    CR_TRY(keep_state(p, p->summary.passes));
    if (wrong == 0) {
      p->summary.end = CR_PERCEPTRON_LEARNED;
      break;
    }
    if (closes_cycle(p)) {
      p->summary.end = CR_PERCEPTRON_CYCLE;
      break;
    }
  }
  return CR_OK;
}

cr_status cr_perceptron_learn(cr_const_matrix x, cr_const_matrix y,
                              const cr_perceptron_options *given, cr_perceptron **out) {
  *out = NULL;
  cr_perceptron_options options;
  cr_perceptron_options_init(&options);
  CR_TRY(cr_options_copy(&options, sizeof options, given, "cr_perceptron_options_init"));
  CR_TRY(check_rows(x, y));
  CR_TRY(check_options(&options, x.cols));
  void *block;
  CR_TRY(cr_alloc(1, sizeof(cr_perceptron), &block));
  cr_perceptron *p = block;
  const cr_status status = run(p, x, y, &options);
  if (status != CR_OK) {
    cr_perceptron_destroy(p);
    return status;
  }
  *out = p;
  return CR_OK;
}

void cr_perceptron_destroy(cr_perceptron *perceptron) {
  if (!perceptron) return;
  cr_free(perceptron->states);
  cr_free(perceptron->weights);
  cr_free(perceptron);
}

const cr_perceptron_summary *cr_perceptron_get_summary(const cr_perceptron *perceptron) {
  return &perceptron->summary;
}

const double *cr_perceptron_weights(const cr_perceptron *perceptron, size_t passes) {
  if (passes > perceptron->summary.passes) return NULL;
  return perceptron->states + passes * (perceptron->summary.inputs + 1);
}
