#include "parts/optimizers.h"

/* (eq O1), which is (eq U1): w <- w - lr g */
static void descend(float *restrict w, float *const *slot, const float *restrict g,
                    const cr_step *step) {
  (void)slot;
  const float rate = (float)step->hyper->learning_rate, decay = (float)step->hyper->weight_decay;
  for (size_t i = 0; i < step->count; ++i) w[i] -= rate * cr_decayed(g[i], decay, w[i]);
}

static void descend_ref(double *w, double *const *slot, const double *g, const cr_step *step) {
  (void)slot;
  const cr_hyper *hyper = step->hyper;
  for (size_t i = 0; i < step->count; ++i) {
    w[i] = w[i] - hyper->learning_rate * (g[i] + hyper->weight_decay * w[i]);
  }
}

const cr_optimizer CR_VARIANT(cr_optimizer_gd) = {
    .part = {"gd", "w ← w − lr g", ""},
    .local = true,
    .learning_rate = 0.1,
    .step = descend,
    .step_ref = descend_ref,
};
