/* Rows of a store from the first to the last, all or some in even steps, read ahead on the way. */
#ifndef DATA_ROW_CURSOR_H
#define DATA_ROW_CURSOR_H

#include "data/row_windows.h"

typedef struct cr_row_cursor {
  cr_row_windows *windows;
  cr_row_window window; /* block_count 0: none was taken yet */
  size_t block;         /* which of its blocks the last row was in */
  size_t block_rows, rows;
  size_t next, count; /* rows that were given, and all that will be */
} cr_row_cursor;

/*
 * Over `count` rows of samples in a store, 1 to all, at cr_size_even; borrows the samples. As
 * cr_row_windows_create; nothing is left to close on failure.
 */
cr_status cr_row_cursor_open(const cr_samples *samples, size_t count, cr_row_cursor *out);
void cr_row_cursor_close(cr_row_cursor *cursor); /* all 0 is fine */

/*
 * The next rows, at most `most` and at least one until all were given: order[0..*got) are their
 * places in *samples, which are in memory and stay there until the next call. CR_ERR_CACHE.
 */
cr_status cr_row_cursor_next(cr_row_cursor *cursor, size_t most, size_t *order, size_t *got,
                             const cr_samples **samples);

/* Copies `count` rows, 1 to all, at cr_size_even, into samples in memory. CR_ERR_MEMORY, _CACHE. */
cr_status cr_row_store_even(const cr_samples *samples, size_t count, cr_samples **out);

/*
 * The targets of any samples, from the first to the last: in one piece where they are in memory,
 * else block by block.
 */
typedef struct cr_target_pieces {
  const cr_samples *samples; /* borrowed */
  cr_row_room room;          /* on disk: of one block */
  size_t next;               /* piece */
} cr_target_pieces;

/* CR_ERR_MEMORY; nothing is left to close then. */
cr_status cr_target_pieces_open(const cr_samples *samples, cr_target_pieces *out);
void cr_target_pieces_close(cr_target_pieces *pieces);

/*
 * The next piece: samples of which only the classes, or y, are there; NULL after the last one. It
 * holds until the next call. CR_ERR_CACHE.
 */
cr_status cr_target_pieces_next(cr_target_pieces *pieces, const cr_samples **out);

#endif
