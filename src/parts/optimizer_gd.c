#include "parts/optimizers.h"

/* (eq O1), which is (eq U1): w <- w - lr g */
static void step(float *restrict w, float *const *slot, const float *restrict g, size_t n,
                 const cr_hyper *hyper, uint64_t t) {
  (void)slot, (void)t;
  const float rate = (float)hyper->learning_rate;
  for (size_t i = 0; i < n; ++i) w[i] -= rate * g[i];
}

static void step_ref(double *w, double *const *slot, const double *g, size_t n,
                     const cr_hyper *hyper, uint64_t t) {
  (void)slot, (void)t;
  for (size_t i = 0; i < n; ++i) w[i] = w[i] - hyper->learning_rate * g[i];
}

const cr_optimizer cr_optimizer_gd = {
    .part = {"gd", "w ← w − lr g", ""},
    .slots = 0,
    .learning_rate = 0.1,
    .step = step,
    .step_ref = step_ref,
};
