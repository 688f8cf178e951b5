/* The step of adam, which adamw shares. */
#ifndef PARTS_OPTIMIZER_ADAM_H
#define PARTS_OPTIMIZER_ADAM_H

#include "parts/optimizers.h"

/*
 * (eq O3) Kingma and Ba 2015, algorithm 1, epsilon outside the root:
 *   m <- beta1 m + (1 - beta1) g          v <- beta2 v + (1 - beta2) g^2
 *   w <- w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * The two corrections are the same for all weights and taken out of the loop, in double: in float
 * 1 - 0.999 has three digits. `coupled` times w is added to the gradient, `shrink` times w is what
 * the step starts from.
 */
static inline void cr_adam_step(float *restrict w, float *const *slot, const float *restrict g,
                                const cr_step *step, double coupled, double shrink) {
  float *restrict m = slot[0], *restrict v = slot[1];
  const cr_hyper *hyper = step->hyper;
  const double seen1 = step->seen1 > 0.0 ? step->seen1 : cr_step_seen(hyper->beta1, step->t);
  const double seen2 = step->seen2 > 0.0 ? step->seen2 : cr_step_seen(hyper->beta2, step->t);
  const float beta1 = (float)hyper->beta1, fresh1 = (float)(1.0 - hyper->beta1);
  const float beta2 = (float)hyper->beta2, fresh2 = (float)(1.0 - hyper->beta2);
  const float rate = (float)(hyper->learning_rate / seen1);
  const float root = (float)(1.0 / sqrt(seen2));
  const float epsilon = (float)hyper->epsilon, decay = (float)coupled, kept = (float)shrink;
  for (size_t i = 0; i < step->count; ++i) {
    const float slope = cr_decayed(g[i], decay, w[i]);
    m[i] = cr_flush(beta1 * m[i] + fresh1 * slope);
    v[i] = cr_flush(beta2 * v[i] + fresh2 * slope * slope);
    w[i] = kept * w[i] - rate * m[i] / (root * sqrtf(v[i]) + epsilon);
  }
}

#endif
