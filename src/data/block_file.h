/*
 * Records of one size in a nameless file, in blocks with a checksum each: written once, one after
 * the other, then read block by block by any thread. The checksums stay in memory: what was written
 * comes back unchanged, or not at all.
 */
#ifndef DATA_BLOCK_FILE_H
#define DATA_BLOCK_FILE_H

#include "base/fail.h"

typedef struct cr_block_file {
  int fd;
  char *folder;           /* where it is, for messages */
  size_t record;          /* bytes of one */
  size_t per_block;       /* records of a block; the last may have fewer */
  uint64_t count;         /* records */
  uint64_t *sums;         /* (blocks) */
  size_t blocks, room;    /* written, and in sums */
  unsigned char *pending; /* (per_block, record) of the block not yet written */
  size_t pending_count;
} cr_block_file;

/* `record` and `per_block` at least 1. CR_ERR_CACHE, CR_ERR_MEMORY; nothing is left to free. */
cr_status cr_block_file_create(const char *folder, size_t record, size_t per_block,
                               cr_block_file *out);

/* Room for one more record: its place until the next call. CR_ERR_CACHE once the disk is full. */
cr_status cr_block_file_append(cr_block_file *file, void **record);

/* Writes the last block; nothing is appended from then on. */
cr_status cr_block_file_finish(cr_block_file *file);

/* How many records a block has; 0 past the last one. */
size_t cr_block_file_records(const cr_block_file *file, size_t block);

/*
 * Reads a block of a finished file: out (its records, record). CR_ERR_CACHE if it cannot be read or
 * is not what was written; `out` is of no use then.
 */
cr_status cr_block_file_read(const cr_block_file *file, size_t block, void *out);

/* Says that a block will be read soon, so that the system may fetch it; past the last one none. */
void cr_block_file_ask_for(const cr_block_file *file, size_t block);

/* Bytes free in the file system it is in; UINT64_MAX if that is not known. */
uint64_t cr_block_file_room(const cr_block_file *file);

/* One that was never created, all 0, is fine. */
void cr_block_file_free(cr_block_file *file);

#endif
