/* Hashes of bytes, and sets of numbered items found by what they hold. */
#ifndef DATA_HASHSET_H
#define DATA_HASHSET_H

#include "base/fail.h"

/*
 * For fingerprints: the same on every machine. Another seed gives another function. Collisions are
 * easily made on purpose, so no set is kept by it.
 */
uint64_t cr_hash_bytes(const void *bytes, size_t size, uint64_t seed);
uint64_t cr_hash_word(uint64_t word, uint64_t seed);

/* cr_hash_bytes of `size` bytes that come in pieces, all but the last of a multiple of 32. */
typedef struct cr_hashing {
  uint64_t hash, chains[4];
  bool chained;
  unsigned char last[32]; /* (rest) */
  size_t rest;
} cr_hashing;
cr_hashing cr_hashing_start(size_t size, uint64_t seed);
void cr_hashing_add(cr_hashing *hashing, const void *bytes, size_t size);
uint64_t cr_hashing_end(const cr_hashing *hashing);

/*
 * The fingerprint of a file's bytes: each MiB hashed with the fingerprint so far, so that it can be
 * worked out while the file comes in. That of nothing is 0; all pieces but the last are whole.
 */
enum { CR_FINGERPRINT_PIECE = 1 << 20 };
uint64_t cr_fingerprint(const void *bytes, size_t size, uint64_t before);

/*
 * For sets: under the secret key of this process, so that nobody can write a file whose values
 * collide. It differs from run to run; no result may depend on it.
 */
uint64_t cr_hash_secret(const void *bytes, size_t size);

/* Items are indices into something of the caller's; the set knows them by their hash. */
typedef struct cr_hash_slot {
  uint64_t hash;
  size_t item_plus_one; /* 0: free */
} cr_hash_slot;

typedef struct cr_hashset {
  cr_hash_slot *slots; /* (capacity), a power of two, at most half of them taken */
  size_t capacity, count;
} cr_hashset;

/* Makes room for so many items in all, so that none of them moves the others. CR_ERR_MEMORY. */
cr_status cr_hashset_reserve(cr_hashset *set, size_t items);

/* Brings the place of a hash near, for a call that comes soon. */
static inline void cr_hashset_prepare(const cr_hashset *set, uint64_t hash) {
  if (set->capacity) __builtin_prefetch(&set->slots[(size_t)hash & (set->capacity - 1)]);
}

/* Does item hold the same as key? */
typedef bool cr_hash_same(const void *context, const void *key, size_t item);

/* The item that holds the same as key, or SIZE_MAX. */
size_t cr_hashset_find(const cr_hashset *set, uint64_t hash, const void *key, cr_hash_same *same,
                       const void *context);

/* Adds an item that is not in the set. CR_ERR_MEMORY. */
cr_status cr_hashset_add(cr_hashset *set, uint64_t hash, size_t item);
void cr_hashset_free(cr_hashset *set);

#endif
