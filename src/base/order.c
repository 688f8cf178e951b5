#include <assert.h>

#include "base/rng.h"

enum {
  ROUNDS = 8,
  LEAST_BITS = 6, /* with fewer the rounds have too few functions to choose from */
};

void cr_order_init(cr_order *order, uint64_t count, uint64_t seed, cr_stream stream,
                   uint32_t lane) {
  unsigned bits = LEAST_BITS;
  while (bits < 64 && ((uint64_t)1 << bits) < count) bits++;
  order->count = count;
  order->left_bits = bits / 2;
  order->right_bits = bits - bits / 2;
  for (unsigned i = 0; i < ROUNDS; i++) order->key[i] = cr_random_bits(seed, stream, lane, i);
}

/* 32 bits that depend on all bits of half (at most 32) and key: multiply, fold, multiply. */
static inline uint64_t mix(uint64_t half, uint32_t key) {
  uint64_t x = (half ^ key) * UINT64_C(0x9e3779b97f4a7c15);
  x ^= x >> 32;
  return (x * UINT64_C(0xd6e8feb86659fd93)) >> 32;
}

/*
 * The halves change each other in turn, by what can be taken back: one to one whatever mix does.
 * Outside of 0..count-1 the walk goes on along the cycle, which leads back inside.
 */
uint64_t cr_order_at(const cr_order *order, uint64_t position) {
  assert(position < order->count);
  const uint64_t left_mask = ((uint64_t)1 << order->left_bits) - 1;
  const uint64_t right_mask = ((uint64_t)1 << order->right_bits) - 1;
  uint64_t at = position;
  do {
    uint64_t left = at >> order->right_bits;
    uint64_t right = at & right_mask;
    for (unsigned i = 0; i < ROUNDS; i += 2) {
      left ^= mix(right, order->key[i]) & left_mask;
      right ^= mix(left, order->key[i + 1]) & right_mask;
    }
    at = left << order->right_bits | right;
  } while (at >= order->count);
  return at;
}
