#include "data/byte_counts.h"

#include <math.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/size.h"

void cr_byte_counts_add(cr_byte_counts *counts, const uint8_t *bytes, size_t size) {
  uint64_t zeros = 0; /* what most of an image may be: seen eight at a time */
  size_t i = 0;
  for (; size - i >= 8; i += 8) {
    if (cr_little_endian(bytes + i) == 0) {
      zeros += 8;
      continue;
    }
    for (size_t b = 0; b < 8; b++) counts->lanes[b % 4][bytes[i + b]]++;
  }
  counts->lanes[0][0] += zeros;
  for (; i < size; i++) counts->lanes[0][bytes[i]]++;
}

/* Many bytes, in parts with counts of their own. */
enum { PARTS = 16 };

typedef struct counting {
  const uint8_t *bytes;
  size_t size;
  cr_byte_counts *counts; /* (PARTS) */
} counting;

static void count_part(void *context, size_t part) {
  const counting *c = context;
  const size_t size = c->size / PARTS + 1, first = part * size;
  if (first < c->size)
    cr_byte_counts_add(&c->counts[part], c->bytes + first, cr_size_min(size, c->size - first));
}

cr_status cr_byte_counts_add_all(cr_byte_counts *counts, const uint8_t *bytes, size_t size,
                                 cr_pool *pool) {
  counting c = {.bytes = bytes, .size = size};
  void *block = NULL;
  if (!pool) {
    cr_byte_counts_add(counts, bytes, size);
    return CR_OK;
  }
  CR_TRY(cr_alloc(PARTS, sizeof(cr_byte_counts), &block));
  c.counts = block;
  cr_pool_run(pool, PARTS, count_part, &c);
  for (size_t part = 0; part < PARTS; part++)
    for (size_t lane = 0; lane < 4; lane++)
      for (size_t b = 0; b < 256; b++) counts->lanes[lane][b] += c.counts[part].lanes[lane][b];
  cr_free(block);
  return CR_OK;
}

/* Eight bytes are added as four pairs of 16 bits each, which hold the sums of 128 words. */
uint64_t cr_byte_sum(const uint8_t *bytes, size_t size) {
  const uint64_t every_other = UINT64_C(0x00ff00ff00ff00ff);
  enum { WORDS = 128 };
  uint64_t sum = 0;
  size_t i = 0;
  while (size - i >= 8) {
    uint64_t pairs = 0;
    for (size_t w = 0; w < WORDS && size - i >= 8; w++, i += 8) {
      const uint64_t word = cr_little_endian(bytes + i);
      pairs += (word & every_other) + (word >> 8 & every_other);
    }
    for (unsigned pair = 0; pair < 4; pair++) sum += pairs >> 16 * pair & 0xffff;
  }
  for (; i < size; i++) sum += bytes[i];
  return sum;
}

void cr_byte_counts_subtract(cr_byte_counts *counts, const cr_byte_counts *less) {
  for (size_t lane = 0; lane < 4; lane++)
    for (size_t b = 0; b < 256; b++) counts->lanes[lane][b] -= less->lanes[lane][b];
}

/* (eq N1) mean = sum x / n, deviation = sqrt(sum (x - mean)^2 / n), each byte times its count */
cr_byte_figures cr_byte_counts_figures(const cr_byte_counts *counts) {
  cr_byte_figures f = {0};
  double times[256], n = 0.0, sum = 0.0, squares = 0.0;
  for (size_t b = 0; b < 256; b++) {
    times[b] = (double)(counts->lanes[0][b] + counts->lanes[1][b] + counts->lanes[2][b] +
                        counts->lanes[3][b]);
    if (times[b] == 0.0) continue;
    if (f.distinct++ == 0) f.minimum = (double)b;
    f.maximum = (double)b;
    n += times[b];
    sum += times[b] * (double)b;
  }
  f.mean = sum / n;
  for (size_t b = 0; b < 256; b++) {
    const double apart = (double)b - f.mean;
    squares += times[b] * apart * apart;
  }
  f.deviation = sqrt(squares / n);
  return f;
}
