/*
 * The loops that take the time, compiled once per instruction set from one source. An entry is
 * computed in the same order whatever the tile or the thread it falls to: the sum over p runs from
 * 0 up in one accumulator. So results do not depend on the number of threads or on the batch.
 */
#ifndef KERNEL_KERNELS_H
#define KERNEL_KERNELS_H

#include "base/fail.h"
#include "base/pool.h"

/*
 * Called once for each block of c when its entries are final, by the thread that computed it, while
 * it is in the cache: rows [row, row + rows) and columns [col, col + cols). Blocks cover c once.
 */
typedef void cr_finish(void *context, size_t row, size_t rows, size_t col, size_t cols);

/*
 * c = a b + bias.  a (m,k): entry (i,p) at a[i * a_row + p * a_col], and b (k,n): entry (p,j) at
 * b[p * b_row + j * b_col], so a transpose costs nothing; b_row or b_col is 1. bias (n) or NULL;
 * c (m,n): row i at c + i * c_stride. c must not overlap the others.
 */
typedef struct cr_product {
  size_t m, n, k;
  const float *a;
  size_t a_row, a_col;
  const float *b;
  size_t b_row, b_col;
  const float *bias;
  float *c;
  size_t c_stride;
  bool a_far;        /* a is in no cache, and a_col is 1: its rows are asked for ahead */
  bool whole_rows;   /* finish gets blocks of whole rows (col 0, n cols); good where k is small */
  cr_finish *finish; /* or NULL */
  void *context;     /* of finish */
} cr_product;

/*
 * Random words come in groups of 64 from 16 blocks of Philox (base/rng.h): word i of a group is
 * word i / 16 of block i % 16, so that a vector of any width holds neighbours.
 */
enum { CR_GROUP_BLOCKS = 16, CR_GROUP_WORDS = 4 * CR_GROUP_BLOCKS };

typedef struct cr_kernel {
  const char *name;                                       /* of base/level.h */
  size_t level;                                           /* its place among them: base/level.h */
  bool (*supported)(void);                                /* by this processor */
  void (*multiply)(const cr_product *p, size_t row_first, /* rows [first, first + count) of c */
                   size_t row_count, size_t col_first, size_t col_count);
  size_t tile_rows, tile_cols; /* where multiply likes to be cut */
  void (*column_sums)(float *out, const float *in, size_t rows, size_t cols);
  /* out = (float)bytes * scale + shift */
  void (*bytes_to_floats)(float *out, const uint8_t *bytes, size_t n, float scale, float shift);
  /* words (groups * 64), of the blocks from counter[0] on */
  void (*random_words)(uint32_t *words, size_t groups, const uint32_t counter[4],
                       const uint32_t key[2]);
  /* normal numbers with this deviation, one a word */
  void (*normals)(float *out, const uint32_t *words, size_t n, float deviation);
  /* mask = words < least ? 0 : kept */
  void (*mask)(float *out, const uint32_t *words, size_t n, uint32_t least, float kept);
} cr_kernel;

/*
 * The kernel of this name; if NULL, that of the environment variable CHAINRULE_KERNEL, and without
 * it the best for this processor. CR_ERR_ARGUMENT lists names.
 */
cr_status cr_kernel_find(const char *name, const cr_kernel **out);

/* The best for this processor, whatever the environment says. */
const cr_kernel *cr_kernel_best(void);

/* All kernels of this build, best first; NULL past the last. */
const cr_kernel *cr_kernel_at(size_t index);

/* The whole product, shared out over the pool where it is worth it. */
void cr_multiply(const cr_kernel *kernel, cr_pool *pool, const cr_product *product);

#endif
