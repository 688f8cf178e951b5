/* For tests of numbers: bits by splitmix64, shared with nothing that is tested; their doubles. */
#ifndef RANDOM_BITS_H
#define RANDOM_BITS_H

#include <stdint.h>
#include <string.h>

static inline uint64_t mixed_bits(uint64_t x) {
  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}

static inline uint64_t next_random(uint64_t *state) {
  return mixed_bits(*state += UINT64_C(0x9e3779b97f4a7c15));
}

static inline uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline double value_of(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

#endif
