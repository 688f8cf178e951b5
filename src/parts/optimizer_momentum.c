#include "parts/optimizers.h"

/* (eq O2) v <- momentum v + g; w <- w - lr v (Polyak 1964, in the form of Sutskever 2013) */
static void step(float *restrict w, float *const *slot, const float *restrict g, size_t n,
                 const cr_hyper *hyper, uint64_t t) {
  (void)t;
  float *restrict v = slot[0];
  const float rate = (float)hyper->learning_rate, momentum = (float)hyper->momentum;
  for (size_t i = 0; i < n; ++i) {
    v[i] = cr_flush(momentum * v[i] + g[i]);
    w[i] -= rate * v[i];
  }
}

static void step_ref(double *w, double *const *slot, const double *g, size_t n,
                     const cr_hyper *hyper, uint64_t t) {
  (void)t;
  double *v = slot[0];
  for (size_t i = 0; i < n; ++i) {
    v[i] = hyper->momentum * v[i] + g[i];
    w[i] = w[i] - hyper->learning_rate * v[i];
  }
}

const cr_optimizer cr_optimizer_momentum = {
    .part = {"momentum", "v ← 0.9 v + g,  w ← w − lr v", ""},
    .slots = 1,
    .learning_rate = 0.01,
    .step = step,
    .step_ref = step_ref,
};
