/*
 * Memory that an input may take: what the library and jansson have at once is counted, and must
 * stay below what the input's size, or the limit that was set, accounts for.
 *
 *   bounded_start();                       from here on; whatever lives is not counted
 *   ... parse ...
 *   bounded_require(4096 + 40 * size);     the most that lived at once since then
 */
#ifndef BOUNDED_H
#define BOUNDED_H

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chainrule/api.h"

/* Before each block stands its size, in as many bytes as keep the block aligned. */
enum { BOUNDED_HEAD = sizeof(max_align_t) };

enum { BOUNDED_ROOM = 1 << 17 }; /* what any call may take, whatever it is given */

typedef struct bounded_count {
  atomic_size_t live, peak; /* bytes */
  size_t begun;             /* live at the start */
} bounded_count;

static bounded_count bounded;

static void *bounded_allocate(size_t size) {
  if (size > SIZE_MAX - BOUNDED_HEAD) return NULL;
  char *block = malloc(BOUNDED_HEAD + size);
  if (!block) return NULL;
  *(size_t *)(void *)block = size;
  const size_t live = atomic_fetch_add(&bounded.live, size) + size;
  size_t peak = atomic_load(&bounded.peak);
  while (live > peak && !atomic_compare_exchange_weak(&bounded.peak, &peak, live)) {}
  return block + BOUNDED_HEAD;
}

static void bounded_release(void *block) {
  if (!block) return;
  char *start = (char *)block - BOUNDED_HEAD;
  atomic_fetch_sub(&bounded.live, *(size_t *)(void *)start);
  free(start);
}

static void *bounded_cr_allocate(void *user, size_t size) {
  (void)user;
  return bounded_allocate(size);
}

static void bounded_cr_release(void *user, void *block) {
  (void)user;
  bounded_release(block);
}

static void bounded_start(void) {
  static const cr_allocator allocator = {bounded_cr_allocate, bounded_cr_release, NULL};
  static bool installed;
  if (!installed) {
    cr_set_allocator(&allocator);
    json_set_alloc_funcs(bounded_allocate, bounded_release);
    installed = true;
  }
  bounded.begun = atomic_load(&bounded.live);
  atomic_store(&bounded.peak, bounded.begun);
}

static void bounded_require(size_t most) {
  const size_t peak = atomic_load(&bounded.peak) - bounded.begun;
  if (peak <= most) return;
  fprintf(stderr, "%zu bytes at once, expected at most %zu\n", peak, most);
  abort();
}

/*
 * A table of a file of `size` bytes, read with this max_bytes. A byte of text may begin a column,
 * which takes some 500 bytes beside its values, or a text of its own; the limit holds as well: the
 * table has at most twice max_bytes, which inflated bytes and what grows for them add to. That
 * alone holds for LIBSVM, where few bytes may be a large index.
 */
static inline void bounded_require_table(const void *data, size_t size, size_t max_bytes) {
  const bool zipped = size >= 2 && memcmp(data, "\x1f\x8b", 2) == 0;
  const bool indexed = size > 0 && memchr(data, ':', size) != NULL;
  const size_t limit = size + 6 * max_bytes, input = 1000 * size;
  bounded_require(BOUNDED_ROOM + (zipped || indexed || input > limit ? limit : input));
}

#endif
