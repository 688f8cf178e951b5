/* Words from bytes, the same on every machine. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Eight bytes, the first the least. Written out, since compilers know this for a single load. */
static inline uint64_t cr_little_endian(const unsigned char bytes[8]) {
  return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
         (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 |
         (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

/* The same of fewer than eight bytes, filled up with zeros. */
static inline uint64_t cr_little_endian_rest(const unsigned char *bytes, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; i++) word |= (uint64_t)bytes[i] << (8 * i);
  return word;
}

/* The other way: the `size` lowest bytes of a word, the least first, or the greatest first. */
static inline void cr_put_little_endian(unsigned char *bytes, uint64_t word, size_t size) {
  for (size_t i = 0; i < size; i++) bytes[i] = (unsigned char)(word >> (8 * i));
}
static inline void cr_put_big_endian(unsigned char *bytes, uint64_t word, size_t size) {
  for (size_t i = 0; i < size; i++) bytes[size - 1 - i] = (unsigned char)(word >> (8 * i));
}

#endif
