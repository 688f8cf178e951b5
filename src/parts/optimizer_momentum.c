#include "parts/optimizers.h"

/*
 * (eq O2) v <- momentum v + (1 - dampening) g, where the first g counts in full; w <- w - lr v
 * (Polyak 1964, in the form of Sutskever 2013)
 */
static void roll(float *restrict w, float *const *slot, const float *restrict g,
                 const cr_step *step) {
  float *restrict v = slot[0];
  const cr_hyper *hyper = step->hyper;
  const float rate = (float)hyper->learning_rate, momentum = (float)hyper->momentum;
  const float fresh = (float)cr_fresh_share(step), decay = (float)hyper->weight_decay;
  for (size_t i = 0; i < step->count; ++i) {
    v[i] = cr_flush(momentum * v[i] + fresh * cr_decayed(g[i], decay, w[i]));
    w[i] -= rate * v[i];
  }
}

static void roll_ref(double *w, double *const *slot, const double *g, const cr_step *step) {
  const cr_hyper *hyper = step->hyper;
  double *v = slot[0];
  for (size_t i = 0; i < step->count; ++i) {
    const double slope = g[i] + hyper->weight_decay * w[i];
    v[i] = hyper->momentum * v[i] + (step->t == 1 ? 1.0 : 1.0 - hyper->dampening) * slope;
    w[i] = w[i] - hyper->learning_rate * v[i];
  }
}

const cr_optimizer CR_VARIANT(cr_optimizer_momentum) = {
    .part = {"momentum", "v ← 0.9 v + g,  w ← w − lr v", ""},
    .slots = 1,
    .local = true,
    .learning_rate = 0.01,
    .defaults = {.momentum = 0.9},
    .step = roll,
    .step_ref = roll_ref,
};
