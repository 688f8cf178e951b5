/*
 * A block of bytes that lies on disk instead of in memory: a nameless file, written and then seen
 * as if it were in memory. The system fetches its pages as they are looked at and may take them
 * away again; a process that ends, even by a kill, leaves nothing of it behind.
 */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include "base/fail.h"

typedef struct cr_spill {
  int fd;
  char *folder;         /* it is in, for messages and for others like it */
  unsigned char *bytes; /* (size) once it is mapped */
  size_t size;
} cr_spill;

/* The folder of temporary files: `given`, or if that is NULL that of TMPDIR, or /var/tmp. */
const char *cr_spill_folder(const char *given);

/* An empty one in a folder. CR_ERR_CACHE, CR_ERR_MEMORY; nothing is left to free. */
cr_status cr_spill_create(const char *folder, cr_spill *out);

/* Writes some bytes to a place of it, by any thread. CR_ERR_CACHE, for a full disk, too. */
cr_status cr_spill_write(const cr_spill *spill, const void *bytes, size_t size, uint64_t offset);

/* Bytes that are free in its file system; UINT64_MAX if that is not known. */
uint64_t cr_spill_room(const cr_spill *spill);

/*
 * Its first `size` bytes are to be read and changed in `bytes` from now on; what was not written is
 * 0, and takes no room. Where nothing was written, nothing may be changed. CR_ERR_CACHE.
 */
cr_status cr_spill_map(cr_spill *spill, size_t size);

/*
 * The same for a block that is 0 at first and changed as memory is: takes the room on disk before.
 */
cr_status cr_spill_reserve(cr_spill *spill, size_t size);

/* Its pages may go from memory: they come back when they are looked at. */
void cr_spill_rest(const cr_spill *spill);

/* The same of those that lie in bytes[first .. first + size). */
void cr_spill_rest_part(const cr_spill *spill, size_t first, size_t size);

/* One that was never created, all 0, is fine. */
void cr_spill_free(cr_spill *spill);

#endif
