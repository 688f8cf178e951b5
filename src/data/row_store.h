/*
 * Samples on disk: rows as a network takes them, appended piece by piece, read block by block. For
 * tables whose samples do not fit into memory. The files have no names: a process that ends, even
 * by a kill, leaves nothing behind.
 */
#ifndef DATA_ROW_STORE_H
#define DATA_ROW_STORE_H

#include "data/samples.h"

typedef struct cr_row_store cr_row_store;

/*
 * A store without rows, in `folder`; NULL: that of TMPDIR, or /var/tmp. `expected` rows will come,
 * so that their room can be asked for before they are written; 0: not known. CR_ERR_MEMORY.
 */
cr_status cr_row_store_create(const char *folder, uint64_t expected, cr_row_store **out);

/* At any time before its samples are there, which own it from then on; NULL is fine. */
void cr_row_store_destroy(cr_row_store *store);

/*
 * Adds the rows of some samples, behind those that are there. The first samples say what rows are
 * like, with image bytes or floats, classes or numbers, weights or none; CR_ERR_SHAPE if later ones
 * are not alike. CR_ERR_CACHE if there is no room, or the folder cannot be written to; the store is
 * then of no use any more.
 */
cr_status cr_row_store_append(cr_row_store *store, const cr_samples *samples);

/*
 * Ends the writing and makes samples of the store, which become its owner; *store is NULL then. At
 * most `memory` bytes of its rows are in memory while a trainer runs over them, but two blocks of
 * 256 KiB (or of a row, if that is more) in any case. CR_ERR_EMPTY if there are no rows, and
 * CR_ERR_CACHE.
 */
cr_status cr_row_store_finish(cr_row_store **store, uint64_t memory, cr_samples **out);

/* --- of a finished store --- */

/* Rows of a block, but for the last one, which may have fewer; and how many blocks there are. */
size_t cr_row_store_block_rows(const cr_row_store *store);
size_t cr_row_store_blocks(const cr_row_store *store);

/* Bytes of a row in memory, and of all rows on disk. */
size_t cr_row_store_row_bytes(const cr_row_store *store);
uint64_t cr_row_store_bytes(const cr_row_store *store);

/* As cr_samples_have_classes and its kin. */
bool cr_row_store_has_bytes(const cr_row_store *store);
bool cr_row_store_has_classes(const cr_row_store *store);
bool cr_row_store_has_numbers(const cr_row_store *store);
bool cr_row_store_has_weights(const cr_row_store *store);

/* What of the rows is read. */
typedef enum cr_row_parts { CR_ROWS_WHOLE = 0, CR_ROWS_TARGETS } cr_row_parts;

/* Rows in memory, to read blocks into. */
typedef struct cr_row_room {
  cr_samples samples;               /* its rows so far; borrows from the room */
  size_t capacity;                  /* rows */
  void *inputs, *targets, *weights; /* NULL where there are none or they are not read */
} cr_row_room;

/* Room for `blocks` of them, or for all rows if they are fewer. CR_ERR_MEMORY. */
cr_status cr_row_room_create(const cr_row_store *store, cr_row_parts parts, size_t blocks,
                             cr_row_room *out);
void cr_row_room_free(cr_row_room *room);

/* Forgets the rows. */
void cr_row_room_clear(cr_row_room *room);

/*
 * Reads a block behind the rows that are there; there is room for it. By any thread, one at a time
 * for a room. CR_ERR_CACHE if it cannot be read, or is not as it was written.
 */
cr_status cr_row_room_read(cr_row_room *room, const cr_row_store *store, size_t block);

/* Says that the inputs of a block will be read soon, so that the disk has several to fetch. */
void cr_row_store_ask_for(const cr_row_store *store, size_t block);

#endif
