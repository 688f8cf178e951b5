#include "data/hashset.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "base/size.h"

uint64_t cr_hash_word(uint64_t word, uint64_t seed) {
  /* The odd constants of FNV and of MurmurHash3's finalizer. */
  uint64_t hash = (seed ^ word) * UINT64_C(0x00000100000001b3);
  hash = (hash ^ (hash >> 33)) * UINT64_C(0xff51afd7ed558ccd);
  return hash ^ (hash >> 29);
}

/* The size goes in first: the last word is filled up with zeros. */
cr_hashing cr_hashing_start(size_t size, uint64_t seed) {
  const uint64_t hash = cr_hash_word(size, seed);
  return (cr_hashing){.hash = hash, .chains = {hash, hash + 1, hash + 2, hash + 3}};
}

/* Word after word, each would wait for the one before it: four chains do not wait for another. */
void cr_hashing_add(cr_hashing *h, const void *bytes, size_t size) {
  const unsigned char *at = bytes;
  size_t i = 0;
  for (; size - i >= sizeof h->chains; i += sizeof h->chains)
    for (size_t c = 0; c < 4; c++)
      h->chains[c] = cr_hash_word(cr_little_endian(at + i + 8 * c), h->chains[c]);
  h->chained = h->chained || i > 0;
  h->rest = size - i;
  memcpy(h->last, at + i, h->rest);
}

uint64_t cr_hashing_end(const cr_hashing *h) {
  uint64_t hash = h->hash;
  size_t i = 0;
  for (size_t c = 0; h->chained && c < 4; c++) hash = cr_hash_word(h->chains[c], hash);
  for (; h->rest - i >= 8; i += 8) hash = cr_hash_word(cr_little_endian(h->last + i), hash);
  if (i < h->rest) hash = cr_hash_word(cr_little_endian_rest(h->last + i, h->rest - i), hash);
  return hash;
}

uint64_t cr_hash_bytes(const void *bytes, size_t size, uint64_t seed) {
  cr_hashing hashing = cr_hashing_start(size, seed);
  if (size > 0) cr_hashing_add(&hashing, bytes, size);
  return cr_hashing_end(&hashing);
}

uint64_t cr_fingerprint(const void *bytes, size_t size, uint64_t before) {
  const unsigned char *at = bytes;
  uint64_t hash = before;
  for (size_t i = 0; i < size; i += CR_FINGERPRINT_PIECE)
    hash = cr_hash_bytes(at + i, cr_size_min(size - i, CR_FINGERPRINT_PIECE), hash);
  return hash;
}

uint64_t cr_hash_secret(const void *bytes, size_t size) {
  return cr_siphash(cr_secret_key(), bytes, size);
}

size_t cr_hashset_find(const cr_hashset *set, uint64_t hash, const void *key, cr_hash_same *same,
                       const void *context) {
  if (set->capacity == 0) return SIZE_MAX;
  const size_t mask = set->capacity - 1;
  for (size_t i = (size_t)hash & mask; set->slots[i].item_plus_one; i = (i + 1) & mask) {
    const cr_hash_slot slot = set->slots[i];
    if (slot.hash == hash && same(context, key, slot.item_plus_one - 1))
      return slot.item_plus_one - 1;
  }
  return SIZE_MAX;
}

static void put(cr_hash_slot *slots, size_t capacity, cr_hash_slot slot) {
  size_t i = (size_t)slot.hash & (capacity - 1);
  while (slots[i].item_plus_one) i = (i + 1) & (capacity - 1);
  slots[i] = slot;
}

static cr_status resize(cr_hashset *set, size_t capacity) {
  void *slots;
  CR_TRY(cr_alloc(capacity, sizeof(cr_hash_slot), &slots));
  for (size_t i = 0; i < set->capacity; i++)
    if (set->slots[i].item_plus_one) put(slots, capacity, set->slots[i]);
  cr_free(set->slots);
  set->slots = slots;
  set->capacity = capacity;
  return CR_OK;
}

cr_status cr_hashset_reserve(cr_hashset *set, size_t items) {
  size_t capacity = 16;
  while (capacity / 2 < items) capacity *= 2;
  return capacity > set->capacity ? resize(set, capacity) : CR_OK;
}

cr_status cr_hashset_add(cr_hashset *set, uint64_t hash, size_t item) {
  if (2 * (set->count + 1) > set->capacity)
    CR_TRY(resize(set, set->capacity ? 2 * set->capacity : 16));
  put(set->slots, set->capacity, (cr_hash_slot){.hash = hash, .item_plus_one = item + 1});
  set->count++;
  return CR_OK;
}

void cr_hashset_free(cr_hashset *set) {
  cr_free(set->slots);
  *set = (cr_hashset){0};
}
