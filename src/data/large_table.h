/*
 * Tables whose values lie on disk, since they would take more memory than they may: the text is
 * read in pieces, and the columns go to a nameless file. To whoever uses one it is a table like any
 * other; what it has touched it lets go of with cr_table_rest.
 */
#ifndef DATA_LARGE_TABLE_H
#define DATA_LARGE_TABLE_H

#include "base/spill.h"
#include "data/reader.h"

typedef struct cr_large {
  cr_spill values; /* (columns, stride) and the row numbers; its folder is that of all caches */
  cr_spill file;   /* the bytes of a file that is not text; else all 0 */
  size_t stride;   /* bytes from one column to the next */
  uint64_t memory; /* what all that is done with the table may take, about */
} cr_large;

/* From one column of so many bytes to the next: whole pages, and some room. */
enum { CR_LARGE_STRIDE_STEP = 1 << 16 };
static inline size_t cr_large_stride(size_t bytes) {
  return (bytes + CR_LARGE_STRIDE_STEP) / CR_LARGE_STRIDE_STEP * CR_LARGE_STRIDE_STEP;
}

/* What a file may take of memory as a table. */
uint64_t cr_memory_of(const cr_read_options *options);

/*
 * Looks at a file before it is loaded: *large says that it is to be a table on disk. Standard input
 * is read for that, as far as it may be in memory; it becomes the source, which is whole unless
 * *large is set. Else *source stays empty. `bounded`: max_bytes is no matter of course. As
 * cr_source_load.
 */
cr_status cr_large_look(const char *path, const cr_read_options *options, bool bounded,
                        cr_source *source, bool *large);

/* Is it a file that could be one? CR_ERR_MEMORY. */
cr_status cr_large_can_be(const char *path, const cr_read_options *options, bool *can);

/*
 * Reads a file, plain or compressed, into a table on disk: CSV, IDX or NPY; "-" is standard input,
 * of which head[0..size) has been read before. The pool may be NULL. All failures of reading a
 * file, and CR_ERR_CACHE.
 */
cr_status cr_large_read(const char *path, const char *head, size_t size,
                        const cr_read_options *options, cr_pool *pool, cr_table **out);

/* One without columns and values, in the folder that options name. */
cr_status cr_large_create(const cr_read_options *options, cr_large **out);
void cr_large_destroy(cr_large *large); /* NULL is fine */

/*
 * A block of count * size bytes, all 0, for something of each row: in memory, or for a table on
 * disk beside it (NULL: none). CR_ERR_MEMORY, CR_ERR_CACHE.
 */
typedef struct cr_large_block {
  void *bytes;
  cr_spill spill; /* all 0 if it is in memory */
} cr_large_block;
cr_status cr_large_block_create(const cr_table *table, size_t count, size_t size,
                                cr_large_block *out);
void cr_large_block_free(cr_large_block *block); /* all 0 is fine */

/* Who goes through the rows lets go of a block on disk with every 2^16th. */
void cr_large_block_rest(const cr_large_block *block, size_t row);

/* Gives back what a table on disk has; called by cr_table_destroy. */
void cr_large_detach(cr_table *table);

#endif
