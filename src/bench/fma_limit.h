/*
 * The most multiply-adds a thread can do: a loop over registers, fma_limit.c compiled once for each
 * instruction set of base/level.h.
 */
#ifndef BENCH_FMA_LIMIT_H
#define BENCH_FMA_LIMIT_H

#include "base/level.h"
#include "bench/timer.h"

typedef struct cr_fma_limit {
  double flops;        /* done by one call of work */
  cr_timed_work *work; /* the context is a float, 0.25, and stays it */
} cr_fma_limit;

#define CR_FMA_LIMIT(level) extern const cr_fma_limit cr_fma_limit_##level;
CR_LEVELS(CR_FMA_LIMIT)
#undef CR_FMA_LIMIT

/* That of a level (< CR_LEVEL_COUNT). */
const cr_fma_limit *cr_fma_limit_at(size_t level);

#endif
