#include "parts/optimizer_adam.h"

/*
 * (eq O7) Loshchilov and Hutter 2019: w <- (1 - lr decay) w, then the step of (eq O3) with g alone.
 * The decay is not divided by the root: it takes the same share of every weight.
 */
static void adapt(float *w, float *const *slot, const float *g, const cr_step *step) {
  const cr_hyper *hyper = step->hyper;
  cr_adam_step(w, slot, g, step, 0.0, 1.0 - hyper->learning_rate * hyper->weight_decay);
}

static void adapt_ref(double *w, double *const *slot, const double *g, const cr_step *step) {
  const cr_hyper *hyper = step->hyper;
  for (size_t i = 0; i < step->count; ++i) {
    w[i] = w[i] - hyper->learning_rate * hyper->weight_decay * w[i];
  }
  cr_hyper without = *hyper;
  without.weight_decay = 0.0;
  cr_step inner = *step;
  inner.hyper = &without;
  CR_VARIANT(cr_optimizer_adam).step_ref(w, slot, g, &inner);
}

const cr_optimizer CR_VARIANT(cr_optimizer_adamw) = {
    .part = {"adamw", "w ← (1 − 0.01 lr) w, then as adam", ""},
    .slots = 2,
    .local = true,
    .learning_rate = 0.001,
    .defaults = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .weight_decay = 0.01},
    .step = adapt,
    .step_ref = adapt_ref,
};
