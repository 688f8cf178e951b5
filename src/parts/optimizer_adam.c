#include "parts/optimizers.h"

/*
 * (eq O3) Kingma and Ba 2015, algorithm 1, epsilon outside the root:
 *   m <- beta1 m + (1 - beta1) g          v <- beta2 v + (1 - beta2) g^2
 *   w <- w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * The two corrections are the same for all weights and taken out of the loop, in double: in float
 * 1 - 0.999 has three digits.
 */
void cr_adam_step(float *restrict w, float *const *slot, const float *restrict g,
                  const cr_step *step, double coupled, double shrink) {
  float *restrict m = slot[0], *restrict v = slot[1];
  const cr_hyper *hyper = step->hyper;
  const double t = (double)step->t;
  const float beta1 = (float)hyper->beta1, fresh1 = (float)(1.0 - hyper->beta1);
  const float beta2 = (float)hyper->beta2, fresh2 = (float)(1.0 - hyper->beta2);
  const float rate = (float)(hyper->learning_rate / (1.0 - pow(hyper->beta1, t)));
  const float root = (float)(1.0 / sqrt(1.0 - pow(hyper->beta2, t)));
  const float epsilon = (float)hyper->epsilon, decay = (float)coupled, kept = (float)shrink;
  for (size_t i = 0; i < step->count; ++i) {
    const float slope = cr_decayed(g[i], decay, w[i]);
    m[i] = cr_flush(beta1 * m[i] + fresh1 * slope);
    v[i] = cr_flush(beta2 * v[i] + fresh2 * slope * slope);
    w[i] = kept * w[i] - rate * m[i] / (root * sqrtf(v[i]) + epsilon);
  }
}

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

const cr_optimizer cr_optimizer_adam = {
    .part = {"adam", "m ← 0.9 m + 0.1 g,  v ← 0.999 v + 0.001 g²,  w ← w − lr m̂ / (√v̂ + ε)", ""},
    .slots = 2,
    .learning_rate = 0.001,
    .defaults = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8},
    .step = adapt,
    .step_ref = adapt_ref,
};
