#include "parts/optimizer.h"

#include <string.h>

#include "parts/optimizers.h"
#include "parts/registry.h"

enum { OPTIMIZERS = 9 };

#define ROW(level)                                                        \
  [CR_LEVEL_##level] =                                                    \
      {                                                                   \
          &cr_optimizer_gd_##level,       &cr_optimizer_momentum_##level, \
          &cr_optimizer_nesterov_##level, &cr_optimizer_rmsprop_##level,  \
          &cr_optimizer_adagrad_##level,  &cr_optimizer_adam_##level,     \
          &cr_optimizer_adamw_##level,    &cr_optimizer_rprop_##level,    \
          &cr_optimizer_lbfgs_##level,                                    \
  },
static const cr_optimizer *const optimizers[][OPTIMIZERS] = {CR_LEVELS(ROW)};

void cr_step_prepare(cr_step *step) {
  step->seen1 = cr_step_seen(step->hyper->beta1, step->t);
  step->seen2 = cr_step_seen(step->hyper->beta2, step->t);
}

void cr_hyper_init(cr_hyper *hyper, const cr_optimizer *optimizer) {
  *hyper = optimizer->defaults;
  hyper->learning_rate = optimizer->learning_rate;
}

const cr_optimizer *cr_optimizer_at(size_t index) {
  return index < OPTIMIZERS ? optimizers[CR_LEVEL_plain][index] : NULL;
}

const cr_optimizer *cr_optimizer_for(const cr_optimizer *optimizer, size_t level) {
  for (size_t i = 0; i < OPTIMIZERS; ++i) {
    if (optimizers[CR_LEVEL_plain][i] == optimizer) return optimizers[level][i];
  }
  return optimizer;
}

cr_status cr_optimizer_find(const char *name, const cr_optimizer **out) {
  const cr_optimizer *found;
  for (size_t i = 0; (found = cr_optimizer_at(i)); ++i) {
    if (!name || strcmp(found->part.name, name) != 0) continue;
    *out = found;
    return CR_OK;
  }
  return cr_part_unknown(CR_PART_OPTIMIZER, name);
}
