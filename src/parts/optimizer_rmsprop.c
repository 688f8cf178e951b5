#include "parts/optimizers.h"

/*
 * (eq O5) v <- beta2 v + (1 - beta2) g^2; w <- w - lr g / (sqrt(v) + epsilon), epsilon outside the
 * root (Tieleman and Hinton 2012)
 */
static void divide(float *restrict w, float *const *slot, const float *restrict g,
                   const cr_step *step) {
  float *restrict v = slot[0];
  const cr_hyper *hyper = step->hyper;
  const float kept = (float)hyper->beta2, fresh = (float)(1.0 - hyper->beta2);
  const float rate = (float)hyper->learning_rate, epsilon = (float)hyper->epsilon;
  const float decay = (float)hyper->weight_decay;
  for (size_t i = 0; i < step->count; ++i) {
    const float slope = cr_decayed(g[i], decay, w[i]);
    v[i] = cr_flush(kept * v[i] + fresh * slope * slope);
    w[i] -= rate * slope / (sqrtf(v[i]) + epsilon);
  }
}

static void divide_ref(double *w, double *const *slot, const double *g, const cr_step *step) {
  const cr_hyper *hyper = step->hyper;
  double *v = slot[0];
  for (size_t i = 0; i < step->count; ++i) {
    const double slope = g[i] + hyper->weight_decay * w[i];
    v[i] = hyper->beta2 * v[i] + (1.0 - hyper->beta2) * slope * slope;
    w[i] = w[i] - hyper->learning_rate * slope / (sqrt(v[i]) + hyper->epsilon);
  }
}

const cr_optimizer CR_VARIANT(cr_optimizer_rmsprop) = {
    .part = {"rmsprop", "v ← 0.99 v + 0.01 g²,  w ← w − lr g / (√v + ε)", ""},
    .slots = 1,
    .local = true,
    .learning_rate = 0.001,
    .defaults = {.beta2 = 0.99, .epsilon = 1e-8},
    .step = divide,
    .step_ref = divide_ref,
};
