/*
 * Random numbers by counter: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011). The n-th number of a
 * stream needs no state, so that nothing depends on threads or on the order of the asking.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include "base/fail.h"

/* What a stream of numbers is for; part of the key. Values are pinned. */
typedef enum cr_stream {
  CR_STREAM_SPLIT = 1,
  CR_STREAM_WEIGHTS = 2,
  CR_STREAM_SHUFFLE = 3,
  CR_STREAM_DATA = 4,
  CR_STREAM_DROPOUT = 5,
  CR_STREAM_NOISE = 6,
  CR_STREAM_AUGMENT = 7,
  CR_STREAM_BLOCKS = 16,
  CR_STREAM_TUNE = 32,
  CR_STREAM_FOLDS = 33,
} cr_stream;

/* The block function: counter and key to four words. */
void cr_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* 32 random bits: number `index` of (seed, stream, lane). Lanes are independent: layer, epoch, … */
uint32_t cr_random_bits(uint64_t seed, cr_stream stream, uint32_t lane, uint64_t index);

/* Uniform in (0, 1), never an end. */
double cr_random_uniform(uint64_t seed, cr_stream stream, uint32_t lane, uint64_t index);

/* Normal with mean 0 and deviation 1, by the inverse of its distribution function. */
double cr_random_normal(uint64_t seed, cr_stream stream, uint32_t lane, uint64_t index);

/* That inverse: the x below which a share of p in (0, 1) lies. */
double cr_normal_quantile(double p);

/*
 * A random order of 0..count-1 that needs no memory: a Feistel network over the next power of two,
 * walked until it falls inside.
 */
typedef struct cr_order {
  uint64_t count;
  uint32_t key[8];
  unsigned left_bits, right_bits;
} cr_order;

void cr_order_init(cr_order *order, uint64_t count, uint64_t seed, cr_stream stream, uint32_t lane);

/* What stands at `position` (< count). One to one. */
uint64_t cr_order_at(const cr_order *order, uint64_t position);

#endif
