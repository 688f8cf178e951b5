/*
 * What is drawn at random while learning: which units are left out, and the noise on the inputs.
 * Number (seed, draw, layer, row, unit) alone decides, so that nothing depends on threads or on the
 * order in which it is asked for, and the reference gets the very same. Every kernel draws the
 * same; NULL stands for the best.
 */
#ifndef NET_DRAWS_H
#define NET_DRAWS_H

#include "kernel/kernels.h"

typedef struct cr_draws {
  double dropout, input_dropout; /* shares in [0, 1) of hidden units and inputs left out */
  double input_noise;            /* deviation */
  uint64_t seed, draw;
} cr_draws;

/* Is anything drawn at all? */
bool cr_draws_any(const cr_draws *draws);

/* Share left out of what layer `layer` takes as its input: layer 0 takes the inputs. */
double cr_draws_share(const cr_draws *draws, size_t layer);

/*
 * (eq R3) mask (units) for row `row` of what a layer is fed: 0 for what is left out, else
 * 1/(1 - share)
 */
void cr_draws_mask(const cr_draws *draws, const cr_kernel *kernel, size_t layer, size_t row,
                   size_t units, float *mask);

/* (eq R4) noise (units) for row `row` of the inputs: normal, with the deviation. */
void cr_draws_noise(const cr_draws *draws, const cr_kernel *kernel, size_t row, size_t units,
                    float *noise);

#endif
