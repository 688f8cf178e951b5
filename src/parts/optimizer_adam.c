#include "parts/optimizer_adam.h"

/* (eq O3) */
static void adapt(float *w, float *const *slot, const float *g, const cr_step *step) {
  cr_adam_step(w, slot, g, step, step->hyper->weight_decay, 1.0);
}

static void adapt_ref(double *w, double *const *slot, const double *g, const cr_step *step) {
  const cr_hyper *hyper = step->hyper;
  const double t = (double)step->t;
  double *m = slot[0], *v = slot[1];
  for (size_t i = 0; i < step->count; ++i) {
    const double slope = g[i] + hyper->weight_decay * w[i];
    m[i] = hyper->beta1 * m[i] + (1.0 - hyper->beta1) * slope;
    v[i] = hyper->beta2 * v[i] + (1.0 - hyper->beta2) * slope * slope;
    const double mean = m[i] / (1.0 - pow(hyper->beta1, t));
    const double square = v[i] / (1.0 - pow(hyper->beta2, t));
    w[i] = w[i] - hyper->learning_rate * mean / (sqrt(square) + hyper->epsilon);
  }
}

const cr_optimizer CR_VARIANT(cr_optimizer_adam) = {
    .part = {"adam", "m ← 0.9 m + 0.1 g,  v ← 0.999 v + 0.001 g²,  w ← w − lr m̂ / (√v̂ + ε)", ""},
    .slots = 2,
    .local = true,
    .learning_rate = 0.001,
    .defaults = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8},
    .step = adapt,
    .step_ref = adapt_ref,
};
