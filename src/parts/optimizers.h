/* The optimisers, one file each; optimizer.c lists them. */
#ifndef PARTS_OPTIMIZERS_H
#define PARTS_OPTIMIZERS_H

#include <float.h>
#include <math.h>

#include "parts/optimizer.h"

extern const cr_optimizer cr_optimizer_gd;
extern const cr_optimizer cr_optimizer_momentum;
extern const cr_optimizer cr_optimizer_adam;

/*
 * State that no gradient feeds any more fades away: but 0.9 of the smallest number there is rounds
 * to itself, so it would stay subnormal for ever, and slow. Below the normal numbers it is 0.
 */
static inline float cr_flush(float x) {
  return fabsf(x) < FLT_MIN ? 0.0f : x;
}

/* What a new gradient counts for in a velocity: the first one, which fills it, in full. */
static inline double cr_fresh_share(const cr_step *step) {
  return step->t == 1 ? 1.0 : 1.0 - step->hyper->dampening;
}

#endif
