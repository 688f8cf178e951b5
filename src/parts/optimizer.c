#include "parts/optimizer.h"

#include <string.h>

#include "parts/optimizers.h"
#include "parts/registry.h"

static const cr_optimizer *const optimizers[] = {
    &cr_optimizer_gd,      &cr_optimizer_momentum, &cr_optimizer_nesterov,
    &cr_optimizer_rmsprop, &cr_optimizer_adagrad,  &cr_optimizer_adam,
    &cr_optimizer_adamw,   &cr_optimizer_rprop,    &cr_optimizer_lbfgs,
};

void cr_hyper_init(cr_hyper *hyper, const cr_optimizer *optimizer) {
  *hyper = optimizer->defaults;
  hyper->learning_rate = optimizer->learning_rate;
}

const cr_optimizer *cr_optimizer_at(size_t index) {
  return index < sizeof optimizers / sizeof *optimizers ? optimizers[index] : NULL;
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
