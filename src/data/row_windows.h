/*
 * The rows of a store, a window at a time: some of its blocks in memory, while a thread of its own
 * reads those of the next window. What is in memory stays within a bound, and what is read does not
 * depend on when.
 */
#ifndef DATA_ROW_WINDOWS_H
#define DATA_ROW_WINDOWS_H

#include "data/row_store.h"

typedef struct cr_row_windows cr_row_windows;

/* What the rows are read for. Most memory goes to learning: the more, the better they are mixed. */
typedef enum cr_row_use { CR_ROWS_TO_LEARN = 0, CR_ROWS_TO_MEASURE } cr_row_use;

typedef struct cr_row_window {
  const cr_samples *samples; /* in memory; the rows of its blocks, side by side */
  const size_t *blocks;      /* (block_count) which ones of the store, ascending */
  size_t block_count;
  size_t index; /* of this window in its pass, from 0 */
} cr_row_window;

/*
 * Over samples whose rows are in a store; borrows them. Where all blocks fit into the bound there
 * is one window, which is read once. CR_ERR_MEMORY, CR_ERR_IO if no thread can be started.
 */
cr_status cr_row_windows_create(const cr_samples *samples, cr_row_use use, cr_row_windows **out);

/* At any time, also while blocks are read; NULL is fine. */
void cr_row_windows_destroy(cr_row_windows *windows);

/* Does one window hold all rows? */
bool cr_row_windows_hold_all(const cr_row_windows *windows);

/*
 * Begins a pass over all blocks in an order drawn from seed and epoch. The pass of the next epoch
 * is read ahead when this one ends.
 */
void cr_row_windows_shuffle(cr_row_windows *windows, uint64_t seed, uint32_t epoch);

/*
 * Begins a pass over the blocks, in their order, that hold rows cr_size_even(i, count, rows) for i
 * below `count`, which is at most the rows there are.
 */
void cr_row_windows_even(cr_row_windows *windows, size_t count);

/*
 * The next window of the pass, which there has to be; the one before is not to be used any more.
 * CR_ERR_CACHE, which stays until another pass begins.
 */
cr_status cr_row_windows_next(cr_row_windows *windows, cr_row_window *out);

/* Seconds that cr_row_windows_next has waited for the disk, all together. */
double cr_row_windows_waited(const cr_row_windows *windows);

#endif
