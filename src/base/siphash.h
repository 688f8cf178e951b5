/*
 * SipHash-2-4 (Aumasson and Bernstein 2012): a hash under a secret key. Who does not know the key
 * cannot make texts whose hashes agree, however many hashes they have seen.
 */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include "base/fail.h"

typedef struct cr_siphash_key {
  uint64_t words[2];
} cr_siphash_key;

/* The hash of bytes[0..size). */
uint64_t cr_siphash(const cr_siphash_key *key, const void *bytes, size_t size);

/* The same in steps, for words that do not lie side by side; `last` closes it. */
typedef struct cr_siphash_state {
  uint64_t v[4];
} cr_siphash_state;

void cr_siphash_start(cr_siphash_state *state, const cr_siphash_key *key);
void cr_siphash_add(cr_siphash_state *state, uint64_t word);
uint64_t cr_siphash_end(cr_siphash_state *state, uint64_t last);

#endif
