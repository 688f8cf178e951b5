#include "base/siphash.h"

static uint64_t rotate(uint64_t word, unsigned bits) {
  return word << bits | word >> (64 - bits);
}

static void mix(uint64_t v[4], unsigned rounds) {
  for (unsigned i = 0; i < rounds; i++) {
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
}

/* The constants spell "somepseudorandomlygeneratedbytes". */
void cr_siphash_start(cr_siphash_state *state, const cr_siphash_key *key) {
  state->v[0] = key->words[0] ^ UINT64_C(0x736f6d6570736575);
  state->v[1] = key->words[1] ^ UINT64_C(0x646f72616e646f6d);
  state->v[2] = key->words[0] ^ UINT64_C(0x6c7967656e657261);
  state->v[3] = key->words[1] ^ UINT64_C(0x7465646279746573);
}

void cr_siphash_add(cr_siphash_state *state, uint64_t word) {
  state->v[3] ^= word;
  mix(state->v, 2);
  state->v[0] ^= word;
}

uint64_t cr_siphash_end(cr_siphash_state *state, uint64_t last) {
  uint64_t *v = state->v;
  cr_siphash_add(state, last);
  v[2] ^= 0xff;
  mix(v, 4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t little_endian(const unsigned char *bytes, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; i++) word |= (uint64_t)bytes[i] << (8 * i);
  return word;
}

uint64_t cr_siphash(const cr_siphash_key *key, const void *bytes, size_t size) {
  const unsigned char *at = bytes;
  cr_siphash_state state;
  size_t i = 0;
  cr_siphash_start(&state, key);
  for (; size - i >= 8; i += 8) cr_siphash_add(&state, little_endian(at + i, 8));
  const uint64_t rest = i < size ? little_endian(at + i, size - i) : 0;
  return cr_siphash_end(&state, (uint64_t)size << 56 | rest);
}
