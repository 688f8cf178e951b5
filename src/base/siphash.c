#include "base/siphash.h"

#include <string.h>

#include "base/bytes.h"

static uint64_t rotate(uint64_t word, unsigned bits) {
  return word << bits | word >> (64 - bits);
}

static inline void mix(uint64_t v[4]) {
  v[0] += v[1];
  v[2] += v[3];
  v[1] = rotate(v[1], 13) ^ v[0];
  v[3] = rotate(v[3], 16) ^ v[2];
  v[0] = rotate(v[0], 32);
  v[2] += v[1];
  v[0] += v[3];
  v[1] = rotate(v[1], 17) ^ v[2];
  v[3] = rotate(v[3], 21) ^ v[0];
  v[2] = rotate(v[2], 32);
}

static inline void add(uint64_t v[4], uint64_t word) {
  v[3] ^= word;
  mix(v);
  mix(v);
  v[0] ^= word;
}

/* The constants spell "somepseudorandomlygeneratedbytes". */
void cr_siphash_start(cr_siphash_state *state, const cr_siphash_key *key) {
  state->v[0] = key->words[0] ^ UINT64_C(0x736f6d6570736575);
  state->v[1] = key->words[1] ^ UINT64_C(0x646f72616e646f6d);
  state->v[2] = key->words[0] ^ UINT64_C(0x6c7967656e657261);
  state->v[3] = key->words[1] ^ UINT64_C(0x7465646279746573);
}

void cr_siphash_add(cr_siphash_state *state, uint64_t word) {
  add(state->v, word);
}

uint64_t cr_siphash_end(cr_siphash_state *state, uint64_t last) {
  uint64_t *v = state->v;
  cr_siphash_add(state, last);
  v[2] ^= 0xff;
  for (unsigned i = 0; i < 4; i++) mix(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t cr_siphash(const cr_siphash_key *key, const void *bytes, size_t size) {
  const unsigned char *at = bytes;
  cr_siphash_state state;
  size_t i = 0;
  cr_siphash_start(&state, key);
  uint64_t v[4] = {state.v[0], state.v[1], state.v[2], state.v[3]}; /* stay in registers */
  for (; size - i >= 8; i += 8) add(v, cr_little_endian(at + i));
  memcpy(state.v, v, sizeof v);
  const uint64_t rest = cr_little_endian_rest(at + i, size - i);
  return cr_siphash_end(&state, (uint64_t)size << 56 | rest);
}
