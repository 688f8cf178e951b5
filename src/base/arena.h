/*
 * One block of memory handed out in 64-byte aligned pieces. A layout function runs twice: over an
 * arena without memory it only measures, over a real one it hands out.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/fail.h"

typedef struct cr_arena {
  void *block;   /* what the allocator gave; NULL while measuring */
  char *start;   /* the first aligned byte */
  size_t size;   /* room from start */
  size_t used;   /* so far */
  bool overflow; /* the pieces together do not fit in size_t */
} cr_arena;

/* An arena that only measures. */
void cr_arena_measure(cr_arena *arena);

/* Takes, zeroed, what `measured` has counted. CR_ERR_LIMIT if it overflowed, CR_ERR_MEMORY. */
cr_status cr_arena_create(const cr_arena *measured, cr_arena *out);
void cr_arena_destroy(cr_arena *arena);

/* count * size bytes, aligned to 64; NULL while measuring. */
void *cr_arena_take(cr_arena *arena, size_t count, size_t size);

#endif
