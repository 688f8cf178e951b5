#include "parts/optimizers.h"

/*
 * (eq O6) v <- v + g^2; w <- w - lr g / (sqrt(v) + epsilon), epsilon outside the root (Duchi 2011)
 */
static void divide(float *restrict w, float *const *slot, const float *restrict g,
                   const cr_step *step) {
  float *restrict v = slot[0];
  const cr_hyper *hyper = step->hyper;
  const float rate = (float)hyper->learning_rate, epsilon = (float)hyper->epsilon;
  const float decay = (float)hyper->weight_decay;
  for (size_t i = 0; i < step->count; ++i) {
    const float slope = cr_decayed(g[i], decay, w[i]);
    v[i] += slope * slope;
    w[i] -= rate * slope / (sqrtf(v[i]) + epsilon);
  }
}

static void divide_ref(double *w, double *const *slot, const double *g, const cr_step *step) {
  const cr_hyper *hyper = step->hyper;
  double *v = slot[0];
  for (size_t i = 0; i < step->count; ++i) {
    const double slope = g[i] + hyper->weight_decay * w[i];
    v[i] = v[i] + slope * slope;
    w[i] = w[i] - hyper->learning_rate * slope / (sqrt(v[i]) + hyper->epsilon);
  }
}

const cr_optimizer CR_VARIANT(cr_optimizer_adagrad) = {
    .part = {"adagrad", "v ← v + g²,  w ← w − lr g / (√v + ε)", ""},
    .slots = 1,
    .local = true,
    .learning_rate = 0.03,
    .defaults = {.epsilon = 1e-10},
    .step = divide,
    .step_ref = divide_ref,
};
