#include "base/arena.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/size.h"

enum { ALIGNMENT = 64 }; /* a cache line, and the widest vector register */

void cr_arena_measure(cr_arena *arena) {
  *arena = (cr_arena){0};
}

cr_status cr_arena_create(const cr_arena *measured, cr_arena *out) {
  *out = (cr_arena){0};
  if (measured->overflow || measured->used > SIZE_MAX - (ALIGNMENT - 1)) {
    return cr_fail(CR_ERR_LIMIT, "the memory needed does not fit in the address space");
  }
  CR_TRY(cr_alloc(measured->used + (ALIGNMENT - 1), 1, &out->block));
  const size_t past = (size_t)((uintptr_t)out->block % ALIGNMENT);
  out->start = (char *)out->block + (past == 0 ? 0 : ALIGNMENT - past);
  out->size = measured->used;
  return CR_OK;
}

void cr_arena_destroy(cr_arena *arena) {
  if (!arena) return;
  cr_free(arena->block);
  *arena = (cr_arena){0};
}

/* count * size rounded up to the alignment; false if that wraps. */
static bool padded_size(size_t count, size_t size, size_t *out) {
  if (count != 0 && size > SIZE_MAX / count) return false;
  const size_t bytes = count * size;
  if (bytes > SIZE_MAX - (ALIGNMENT - 1)) return false;
  *out = (bytes + (ALIGNMENT - 1)) / ALIGNMENT * ALIGNMENT;
  return true;
}

void *cr_arena_take(cr_arena *arena, size_t count, size_t size) {
  size_t bytes = 0;
  if (!padded_size(count, size, &bytes) || bytes > SIZE_MAX - arena->used) {
    arena->overflow = true;
    return NULL;
  }
  const size_t at = arena->used;
  arena->used += bytes;
  if (!arena->block) return NULL;
  assert(arena->used <= arena->size); /* the layout is the one that was measured */
  return arena->start + at;
}
