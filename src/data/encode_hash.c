/*
 * Categories of many values: each value is a few of a fixed number of inputs, told by a hash of its
 * bytes. Two values may share a place, but seldom all of them.
 */
#include <string.h>

#include "base/number.h"
#include "data/encode_parts.h"

/* FNV-1a, and the end of MurmurHash3, since the low bits alone are used. */
static uint64_t hash_of(const char *text) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * UINT64_C(0x00000100000001b3);
  hash = (hash ^ (hash >> 33)) * UINT64_C(0xff51afd7ed558ccd);
  hash = (hash ^ (hash >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
  return hash ^ (hash >> 33);
}

uint32_t cr_hash_code_of_number(double value) {
  char text[32];
  cr_format_number(value + 0.0, text); /* -0 is 0 */
  return (uint32_t)(hash_of(text) % CR_HASH_CODES);
}

uint32_t cr_hash_code(const char *text) {
  double number = 0.0;
  if (cr_parse_number(text, strlen(text), &number)) return cr_hash_code_of_number(number);
  return (uint32_t)(hash_of(text) % CR_HASH_CODES);
}
