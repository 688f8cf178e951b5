/* Bytes of a text, sixteen at a time. */
#ifndef DATA_CSV_BYTES_H
#define DATA_CSV_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#  include <emmintrin.h>
#endif

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

/* A bit for each such mark, the first lowest, on any machine: a product adds up eight of them. */
static inline unsigned cr_lanes_bits_anywhere(cr_lanes marks) {
  const uint64_t places = UINT64_C(0x8040201008040201), ones = UINT64_C(0x0101010101010101);
  unsigned bits = 0;
  for (int half = 1; half >= 0; half--) {
    uint64_t word = ((cr_lane_halves)marks)[half];
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__) word = __builtin_bswap64(word);
    bits = bits << 8 | (unsigned)((word & places) * ones >> 56);
  }
  return bits;
}

/* The same by the instruction there may be for it. */
static inline unsigned cr_lanes_bits(cr_lanes marks) {
#ifdef __SSE2__
  return (unsigned)_mm_movemask_epi8((__m128i)marks);
#else
  return cr_lanes_bits_anywhere(marks);
#endif
}

/* How many bits are set. */
static inline unsigned cr_bit_count(uint64_t bits) {
  bits -= bits >> 1 & UINT64_C(0x5555555555555555);
  bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
  bits = (bits + (bits >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
  return (unsigned)(bits * UINT64_C(0x0101010101010101) >> 56);
}

#endif
