#include "parts/optimizers.h"

/*
 * (eq O8) iRprop+ (Igel and Huesken 2003). Only the sign of the gradient counts. Each parameter has
 * a step of its own, which grows by 1.2 while the sign stays and halves when it turns; a turn also
 * takes the last step back if the cost has risen with it, and the next step is then neither grown
 * nor halved.
 */

#define GROW 1.2
#define SHRINK 0.5
#define LONGEST 50.0
#define SHORTEST 1e-6

enum {
  SIZE,
  MOVE,
  SIGN,
  SLOTS
}; /* of the step, the last move, of the last gradient, 0 after a turn */
enum { COST, SCALARS };

static void resilient(float *restrict w, float *const *slot, const float *restrict g,
                      const cr_step *step) {
  float *restrict size = slot[SIZE], *restrict move = slot[MOVE], *restrict sign = slot[SIGN];
  const float decay = (float)step->hyper->weight_decay;
  const double cost = step->cost + cr_decay_cost(w, step);
  const float back = cost > step->scalars[COST] ? -1.0f : 0.0f;
  if (step->t == 1) {
    for (size_t i = 0; i < step->count; ++i) size[i] = (float)step->hyper->learning_rate;
  }
  for (size_t i = 0; i < step->count; ++i) {
    const float slope = cr_decayed(g[i], decay, w[i]);
    const float now = (slope > 0.0f ? 1.0f : 0.0f) - (slope < 0.0f ? 1.0f : 0.0f);
    const float turn = now * sign[i];
    const float grown = (float)GROW * size[i], shrunk = (float)SHRINK * size[i];
    const float longer = grown > (float)LONGEST ? (float)LONGEST : grown;
    const float shorter = shrunk < (float)SHORTEST ? (float)SHORTEST : shrunk;
    const float length = turn > 0.0f ? longer : turn < 0.0f ? shorter : size[i];
    const float undone = back * move[i], made = -now * length;
    size[i] = length;
    move[i] = turn < 0.0f ? undone : made;
    sign[i] = turn < 0.0f ? 0.0f : now;
    w[i] += move[i];
  }
  step->scalars[COST] = cost;
}

static void resilient_ref(double *w, double *const *slot, const double *g, const cr_step *step) {
  double *size = slot[SIZE], *move = slot[MOVE], *before = slot[SIGN];
  const double cost = step->cost + cr_decay_cost_ref(w, step);
  for (size_t i = 0; i < step->count; ++i) {
    double slope = g[i] + step->hyper->weight_decay * w[i];
    if (step->t == 1) size[i] = step->hyper->learning_rate;
    const double sign = (slope > 0.0) - (slope < 0.0);
    if (before[i] * slope < 0.0) {
      size[i] = fmax(SHRINK * size[i], SHORTEST);
      move[i] = cost > step->scalars[COST] ? -move[i] : 0.0;
      slope = 0.0;
    } else {
      if (before[i] * slope > 0.0) size[i] = fmin(GROW * size[i], LONGEST);
      move[i] = -sign * size[i];
    }
    w[i] = w[i] + move[i];
    before[i] = (slope > 0.0) - (slope < 0.0);
  }
  step->scalars[COST] = cost;
}

const cr_optimizer CR_VARIANT(cr_optimizer_rprop) = {
    .part = {"rprop", "w ← w − Δ sign g,  Δ ← 1.2 Δ while the sign of g stays, ½ Δ when it turns",
             ""},
    .slots = SLOTS,
    .scalars = SCALARS,
    .full_batch = true,
    .rate_once = true,
    .learning_rate = 0.01,
    .step = resilient,
    .step_ref = resilient_ref,
};
