#include "net/draws.h"

#include <string.h>

#include "base/rng.h"
#include "base/size.h"

/* Words drawn at once; they stay in the cache. */
enum { GROUPS = 8, WORDS = GROUPS * CR_GROUP_WORDS };

bool cr_draws_any(const cr_draws *draws) {
  return draws->dropout > 0.0 || draws->input_dropout > 0.0 || draws->input_noise > 0.0;
}

double cr_draws_share(const cr_draws *draws, size_t layer) {
  return layer == 0 ? draws->input_dropout : draws->dropout;
}

/* Words of a row: a key for each draw, the rest is the counter's. */
typedef struct row_words {
  const cr_kernel *kernel;
  uint32_t key[2], counter[4];
} row_words;

static row_words begin_row(const cr_draws *draws, const cr_kernel *kernel, cr_stream stream,
                           size_t layer, size_t row) {
  row_words words = {.kernel = kernel};
  const uint32_t seed[2] = {(uint32_t)draws->seed, (uint32_t)(draws->seed >> 32)};
  const uint32_t draw[4] = {(uint32_t)draws->draw, (uint32_t)(draws->draw >> 32), 0,
                            (uint32_t)stream};
  uint32_t key[4];
  cr_philox(draw, seed, key);
  const uint32_t counter[4] = {0, (uint32_t)row, (uint32_t)layer, (uint32_t)stream};
  memcpy(words.key, key, sizeof words.key);
  memcpy(words.counter, counter, sizeof words.counter);
  return words;
}

/* The next words, at most WORDS; returns how many of `left` they are for. */
static size_t next_words(row_words *row, size_t left, uint32_t words[WORDS]) {
  const size_t count = cr_size_min(left, WORDS);
  const size_t groups = (count + CR_GROUP_WORDS - 1) / CR_GROUP_WORDS;
  row->kernel->random_words(words, groups, row->counter, row->key);
  row->counter[0] += (uint32_t)groups * CR_GROUP_BLOCKS;
  return count;
}

/* A word is below it with probability `share`, to within 2^-32. */
static uint32_t threshold(double share) {
  const double words = share * 0x1p32;
  return words < (double)UINT32_MAX ? (uint32_t)words : UINT32_MAX;
}

void cr_draws_mask(const cr_draws *draws, const cr_kernel *kernel, size_t layer, size_t row_index,
                   size_t units, float *mask) {
  uint32_t words[WORDS];
  if (!kernel) kernel = cr_kernel_best();
  const double share = cr_draws_share(draws, layer);
  const uint32_t least = threshold(share);
  const float kept = (float)(1.0 / (1.0 - share));
  row_words row = begin_row(draws, kernel, CR_STREAM_DROPOUT, layer, row_index);
  for (size_t done = 0, count = 0; done < units; done += count) {
    count = next_words(&row, units - done, words);
    kernel->mask(mask + done, words, count, least, kept);
  }
}

void cr_draws_noise(const cr_draws *draws, const cr_kernel *kernel, size_t row_index, size_t units,
                    float *noise) {
  uint32_t words[WORDS];
  if (!kernel) kernel = cr_kernel_best();
  row_words row = begin_row(draws, kernel, CR_STREAM_NOISE, 0, row_index);
  for (size_t done = 0, count = 0; done < units; done += count) {
    count = next_words(&row, units - done, words);
    kernel->normals(noise + done, words, count, (float)draws->input_noise);
  }
}
