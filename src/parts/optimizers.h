/* The optimisers, one file each, compiled once for each level; optimizer.c lists them. */
#ifndef PARTS_OPTIMIZERS_H
#define PARTS_OPTIMIZERS_H

#include <float.h>
#include <math.h>

#include "base/level.h"
#include "parts/optimizer.h"

#define CR_OPTIMIZERS(level)                               \
  extern const cr_optimizer cr_optimizer_gd_##level;       \
  extern const cr_optimizer cr_optimizer_momentum_##level; \
  extern const cr_optimizer cr_optimizer_nesterov_##level; \
  extern const cr_optimizer cr_optimizer_rmsprop_##level;  \
  extern const cr_optimizer cr_optimizer_adagrad_##level;  \
  extern const cr_optimizer cr_optimizer_adam_##level;     \
  extern const cr_optimizer cr_optimizer_adamw_##level;    \
  extern const cr_optimizer cr_optimizer_rprop_##level;    \
  extern const cr_optimizer cr_optimizer_lbfgs_##level;
CR_LEVELS(CR_OPTIMIZERS)
#undef CR_OPTIMIZERS

/*
 * (eq O10) Weight decay, of weights and biases alike: where a rule has none of its own, decay w is
 * added to the gradient. The compiler asks once, outside the loops: without a decay they have no
 * product and sum for it.
 */
static inline float cr_decayed(float g, float decay, float w) {
  return decay > 0.0f ? g + decay * w : g;
}

/* An optimiser that compares costs adds what that is the gradient of: decay/2 sum w^2. */
static inline double cr_decay_cost(const float *w, const cr_step *step) {
  double sum = 0.0;
  if (step->hyper->weight_decay <= 0.0) return 0.0;
  for (size_t i = 0; i < step->count; ++i) sum += (double)w[i] * (double)w[i];
  return 0.5 * step->hyper->weight_decay * sum;
}

static inline double cr_decay_cost_ref(const double *w, const cr_step *step) {
  double sum = 0.0;
  for (size_t i = 0; i < step->count; ++i) sum += w[i] * w[i];
  return 0.5 * step->hyper->weight_decay * sum;
}

/*
 * State that no gradient feeds any more fades away: but 0.9 of the smallest number there is rounds
 * to itself, so it would stay subnormal for ever, and slow. Below the normal numbers it is 0.
 */
static inline float cr_flush(float x) {
  return fabsf(x) < FLT_MIN ? 0.0f : x;
}

/* What the weights of t gradients in an average add up to. */
static inline double cr_step_seen(double beta, uint64_t t) {
  return 1.0 - (beta > 0.0 ? pow(beta, (double)t) : 0.0);
}

/* What a new gradient counts for in a velocity: the first one, which fills it, in full. */
static inline double cr_fresh_share(const cr_step *step) {
  return step->t == 1 ? 1.0 : 1.0 - step->hyper->dampening;
}

#endif
