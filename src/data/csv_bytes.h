/* Bytes of a text, sixteen at a time. */
#ifndef DATA_CSV_BYTES_H
#define DATA_CSV_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef unsigned char cr_lanes __attribute__((vector_size(16)));
typedef uint64_t cr_lane_halves __attribute__((vector_size(16)));

static inline cr_lanes cr_lanes_load(const char *at) {
  cr_lanes lanes;
  memcpy(&lanes, at, sizeof lanes);
  return lanes;
}

static inline cr_lanes cr_lanes_of(char c) {
  const unsigned char b = (unsigned char)c;
  return (cr_lanes){b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b};
}

/* All bits set where a byte is like the other's, none elsewhere. */
static inline cr_lanes cr_lanes_equal(cr_lanes a, cr_lanes b) {
  return (cr_lanes)(a == b);
}

/* Eight such marks in a word, the first lowest; `half`: 0, 1. */
static inline uint64_t cr_lanes_half(cr_lanes marks, int half) {
  const uint64_t word = ((cr_lane_halves)marks)[half];
  return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word : __builtin_bswap64(word);
}

/* The place of the first mark; 16: there is none. */
static inline size_t cr_lanes_first(cr_lanes marks) {
  const uint64_t low = cr_lanes_half(marks, 0), high = cr_lanes_half(marks, 1);
  if (low) return (size_t)__builtin_ctzll(low) / 8;
  return high ? 8 + (size_t)__builtin_ctzll(high) / 8 : 16;
}

/* How many of the marks in two words there are. */
static inline size_t cr_lanes_count(uint64_t low, uint64_t high) {
  const uint64_t ones = UINT64_C(0x0101010101010101);
  return (size_t)(((low & ones) + (high & ones)) * ones >> 56);
}

#endif
