#include "parts/optimizers.h"

/*
 * (eq O4) v <- momentum v + (1 - dampening) g as in (eq O2); w <- w - lr (g + momentum v): the step
 * that momentum would take next is taken ahead (Nesterov 1983, in the form of Sutskever 2013)
 */
static void look_ahead(float *restrict w, float *const *slot, const float *restrict g,
                       const cr_step *step) {
  float *restrict v = slot[0];
  const cr_hyper *hyper = step->hyper;
  const float rate = (float)hyper->learning_rate, momentum = (float)hyper->momentum;
  const float fresh = (float)cr_fresh_share(step), decay = (float)hyper->weight_decay;
  for (size_t i = 0; i < step->count; ++i) {
    const float slope = cr_decayed(g[i], decay, w[i]);
    v[i] = cr_flush(momentum * v[i] + fresh * slope);
    w[i] -= rate * (slope + momentum * v[i]);
  }
}

static void look_ahead_ref(double *w, double *const *slot, const double *g, const cr_step *step) {
  const cr_hyper *hyper = step->hyper;
  double *v = slot[0];
  for (size_t i = 0; i < step->count; ++i) {
    const double slope = g[i] + hyper->weight_decay * w[i];
    v[i] = hyper->momentum * v[i] + (step->t == 1 ? 1.0 : 1.0 - hyper->dampening) * slope;
    w[i] = w[i] - hyper->learning_rate * (slope + hyper->momentum * v[i]);
  }
}

const cr_optimizer CR_VARIANT(cr_optimizer_nesterov) = {
    .part = {"nesterov", "v ← 0.9 v + g,  w ← w − lr (g + 0.9 v)", ""},
    .slots = 1,
    .local = true,
    .learning_rate = 0.01,
    .defaults = {.momentum = 0.9},
    .step = look_ahead,
    .step_ref = look_ahead_ref,
};
