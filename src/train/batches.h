/* Batches: which rows come next, and their numbers side by side. */
#ifndef TRAIN_BATCHES_H
#define TRAIN_BATCHES_H

#include "base/arena.h"
#include "base/pool.h"
#include "base/rng.h"
#include "data/row_windows.h"
#include "kernel/kernels.h"
#include "train/augment.h"

typedef struct cr_batches {
  const cr_samples *samples; /* borrowed */
  cr_row_windows *windows;   /* of rows on disk; NULL: they are in memory */
  size_t size, count;        /* rows of a batch (the last of an epoch may be smaller), batches */
  size_t room;               /* rows of x and y, at least size */
  float *x;                  /* (room, inputs) */
  float *y;                  /* (room, outputs) */
  size_t *order, *next;      /* (size) rows of the batch and of the next one */
  uint32_t *classes;         /* (size) of the batch; NULL: its targets are none */
  float *weights;            /* (size) what its rows count; NULL: all alike */
  uint64_t seed;
  size_t epoch, given;      /* given: rows of this epoch, so far */
  const cr_samples *source; /* in memory, where the rows come from: all, or those of a window */
  size_t taken;             /* of its rows, in their order */
  cr_order shuffle;         /* of these */
  const cr_augmenter *augmenter; /* NULL: images as they are. Borrowed; set after the lay-out */
  cr_augment_draw draw;          /* of the source */
} cr_batches;

typedef struct cr_batch {
  size_t rows;
  cr_const_matrix x, y;    /* (rows, inputs), (rows, outputs) */
  const uint32_t *classes; /* (rows), or NULL where the targets are none */
  const float *weights;    /* (rows), or NULL */
} cr_batch;

/* Room for batches of `size` rows, 1 to all, and in x and y for `room`. Run twice: see arena.h. */
void cr_batches_lay_out(cr_batches *batches, const cr_samples *samples, size_t size, size_t room,
                        cr_arena *arena);

/*
 * After the first run of the lay-out: opens what reads rows on disk. CR_ERR_COMBINATION if a batch
 * takes more than may be in memory, CR_ERR_MEMORY, CR_ERR_IO. Close it in any case; all 0 is fine.
 */
cr_status cr_batches_open(cr_batches *batches);
void cr_batches_close(cr_batches *batches);

/*
 * A new order of the rows, and its first batch is the next one. A batch of all rows is not
 * shuffled: it is the same in any order but for rounding. Rows on disk are shuffled by blocks, and
 * within each window of them.
 */
void cr_batches_shuffle(cr_batches *batches, uint64_t seed, size_t epoch);

/*
 * The next batch of the epoch, which holds until the one after it is taken; `size` rows, or what is
 * left of them. CR_ERR_CACHE.
 */
cr_status cr_batches_take(cr_batches *batches, const cr_kernel *kernel, cr_pool *pool,
                          cr_batch *out);

/* Seconds waited for rows on disk. */
double cr_batches_waited(const cr_batches *batches);

#endif
