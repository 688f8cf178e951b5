/* Batches: which rows come next, and their numbers side by side. */
#ifndef TRAIN_BATCHES_H
#define TRAIN_BATCHES_H

#include "base/arena.h"
#include "base/pool.h"
#include "base/rng.h"
#include "data/samples.h"
#include "kernel/kernels.h"
#include "train/augment.h"

typedef struct cr_batches {
  const cr_samples *samples; /* borrowed */
  size_t size, count;        /* rows of a batch (the last of an epoch may be smaller), batches */
  size_t room;               /* rows of x and y, at least size */
  float *x;                  /* (room, inputs) */
  float *y;                  /* (room, outputs) */
  size_t *order, *next;      /* (size) rows of the batch and of the next one */
  float *weights;            /* (size) what they count; NULL: all alike */
  cr_order shuffle;          /* of the current epoch */
  const cr_augmenter *augmenter; /* NULL: images as they are. Borrowed; set after the lay-out */
  cr_augment_draw draw;          /* of the current epoch */
} cr_batches;

typedef struct cr_batch {
  size_t rows;
  const size_t *order;  /* (rows) which ones of the samples */
  cr_const_matrix x, y; /* (rows, inputs), (rows, outputs) */
  const float *weights; /* (rows) or NULL */
} cr_batch;

/* Room for batches of `size` rows, 1 to all, and in x and y for `room`. Run twice: see arena.h. */
void cr_batches_lay_out(cr_batches *batches, const cr_samples *samples, size_t size, size_t room,
                        cr_arena *arena);

/*
 * A new order of the rows. A batch of all rows is not shuffled: it is the same in any order but for
 * rounding.
 */
void cr_batches_shuffle(cr_batches *batches, uint64_t seed, size_t epoch);

/* Batch `index` of the epoch; it holds until the next one is taken. */
cr_batch cr_batches_take(cr_batches *batches, const cr_kernel *kernel, cr_pool *pool, size_t index);

#endif
