#include "bench/fma_limit.h"

#define ROW(level) [CR_LEVEL_##level] = &cr_fma_limit_##level,
static const cr_fma_limit *const limits[] = {CR_LEVELS(ROW)};

const cr_fma_limit *cr_fma_limit_at(size_t level) {
  return limits[level];
}
