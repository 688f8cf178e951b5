/* The optimisers, one file each; optimizer.c lists them. */
#ifndef PARTS_OPTIMIZERS_H
#define PARTS_OPTIMIZERS_H

#include <float.h>
#include <math.h>

#include "parts/optimizer.h"

extern const cr_optimizer cr_optimizer_gd;
extern const cr_optimizer cr_optimizer_momentum;
extern const cr_optimizer cr_optimizer_nesterov;
extern const cr_optimizer cr_optimizer_rmsprop;
extern const cr_optimizer cr_optimizer_adagrad;
extern const cr_optimizer cr_optimizer_adam;
extern const cr_optimizer cr_optimizer_adamw;
extern const cr_optimizer cr_optimizer_rprop;
extern const cr_optimizer cr_optimizer_lbfgs;

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

/*
 * The step of adam: `coupled` times w is added to the gradient, `shrink` times w is what the step
 * starts from.
 */
void cr_adam_step(float *w, float *const *slot, const float *g, const cr_step *step, double coupled,
                  double shrink);

/* What a new gradient counts for in a velocity: the first one, which fills it, in full. */
static inline double cr_fresh_share(const cr_step *step) {
  return step->t == 1 ? 1.0 : 1.0 - step->hyper->dampening;
}

#endif
