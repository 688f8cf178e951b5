#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/size.h"

enum { LARGE = 4 << 20 }; /* a block of so many bytes is worth a call of the system */

static void *system_allocate(void *user, size_t size) {
  (void)user;
  void *block = calloc(1, size);
  if (block && size >= LARGE) cr_memory_large_pages(block, size);
  return block;
}

static void system_release(void *user, void *block) {
  (void)user;
  free(block);
}

static const cr_allocator system_allocator = {system_allocate, system_release, NULL};
static cr_allocator current = {system_allocate, system_release, NULL};

void cr_set_allocator(const cr_allocator *allocator) {
  current = allocator ? *allocator : system_allocator;
}

cr_status cr_alloc(size_t count, size_t size, void **out) {
  size_t bytes = 0;
  *out = NULL;
  if (cr_size_product(count, size, &bytes) != CR_OK) {
    return cr_fail(CR_ERR_MEMORY, "out of memory: %zu elements of %zu bytes were needed", count,
                   size);
  }
  if (bytes == 0) return CR_OK;
  *out = current.allocate(current.user, bytes);
  if (!*out) return cr_fail(CR_ERR_MEMORY, "out of memory: %zu bytes were needed", bytes);
  if (current.allocate != system_allocate) memset(*out, 0, bytes);
  return CR_OK;
}

cr_status cr_copy_text(const char *text, char **out) {
  const size_t size = strlen(text) + 1;
  void *copy = NULL;
  *out = NULL;
  CR_TRY(cr_alloc(size, 1, &copy));
  memcpy(copy, text, size);
  *out = copy;
  return CR_OK;
}

void cr_free(void *block) {
  if (block) current.release(current.user, block);
}

cr_status cr_grow(void **block, size_t used, size_t needed, size_t size, size_t *capacity) {
  return cr_grow_within(block, used, needed, SIZE_MAX, size, capacity);
}

cr_status cr_grow_within(void **block, size_t used, size_t needed, size_t most, size_t size,
                         size_t *capacity) {
  if (needed <= *capacity) return CR_OK;
  const size_t doubled = *capacity > most / 2 ? most : 2 * *capacity;
  const size_t wanted = cr_size_max(needed, doubled);
  void *grown = NULL;
  CR_TRY(cr_alloc(wanted, size, &grown));
  if (used > 0) memcpy(grown, *block, used * size);
  cr_free(*block);
  *block = grown;
  *capacity = wanted;
  return CR_OK;
}
