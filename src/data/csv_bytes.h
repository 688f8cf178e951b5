/* Bytes of a text, eight at a time. */
#ifndef DATA_CSV_BYTES_H
#define DATA_CSV_BYTES_H

#include "base/bytes.h"

/* A word of bytes all alike. */
#define CR_BYTES(byte) (UINT64_C(0x0101010101010101) * (unsigned char)(byte))

static inline uint64_t cr_bytes_load(const char *at) {
  return cr_little_endian((const unsigned char *)at);
}

/* 0x80 in each byte of the word that is like those of `wanted`, 0 in the others. */
static inline uint64_t cr_bytes_equal(uint64_t word, uint64_t wanted) {
  const uint64_t apart = word ^ wanted;
  return ~(((apart & CR_BYTES(0x7f)) + CR_BYTES(0x7f)) | apart) & CR_BYTES(0x80);
}

/* Of such marks: how many, and the place of the first. */
static inline size_t cr_bytes_count(uint64_t marks) {
  return (size_t)((marks >> 7) * CR_BYTES(1) >> 56);
}

static inline size_t cr_bytes_first(uint64_t marks) {
  return (size_t)__builtin_ctzll(marks) / 8;
}

#endif
