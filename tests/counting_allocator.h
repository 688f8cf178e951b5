/*
 * An allocator for tests: it counts the calls and the blocks that live, and it can refuse. One at a
 * time, for cr_set_allocator and, where JSON is read, for jansson as well:
 *
 *   counting_start();                  from here on every allocation is seen
 *   counting_fail_at(3, false);        refuse the 3rd from now, once (true: and all after it)
 *   ...
 *   assert_int_equal(counting.live, 0);
 *   counting_stop();                   malloc and free again
 *
 * Include <jansson.h> before it to have counting_start_json as well.
 */
#ifndef COUNTING_ALLOCATOR_H
#define COUNTING_ALLOCATOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "chainrule/api.h"

typedef struct counting_allocator {
  atomic_size_t calls;   /* allocations asked for */
  atomic_size_t refused; /* of these, refused */
  atomic_size_t live;    /* blocks not yet released */
  atomic_size_t fail_at; /* the number of the call to refuse, from 1; 0 for none */
  atomic_bool for_ever;  /* and all calls after it */
} counting_allocator;

static counting_allocator counting;

static inline void *counting_allocate(size_t size) {
  const size_t call = atomic_fetch_add(&counting.calls, 1) + 1;
  const size_t fail_at = atomic_load(&counting.fail_at);
  const bool refuse =
      fail_at > 0 && (call == fail_at || (call > fail_at && atomic_load(&counting.for_ever)));
  if (refuse) {
    atomic_fetch_add(&counting.refused, 1);
    return NULL;
  }
  void *block = malloc(size > 0 ? size : 1);
  if (!block) return NULL;
  memset(block, 0xa5, size); /* who relies on zeros without having asked for them shall see it */
  atomic_fetch_add(&counting.live, 1);
  return block;
}

static inline void counting_release(void *block) {
  if (!block) return;
  atomic_fetch_sub(&counting.live, 1);
  free(block);
}

static inline void *counting_cr_allocate(void *user, size_t size) {
  (void)user;
  return counting_allocate(size);
}

static inline void counting_cr_release(void *user, void *block) {
  (void)user;
  counting_release(block);
}

/* Counts again from 0, refusing nothing; what lives goes on living. */
static inline void counting_reset(void) {
  atomic_store(&counting.fail_at, 0);
  atomic_store(&counting.calls, 0);
  atomic_store(&counting.refused, 0);
}

/* Refuses the n-th allocation from now, from 1; if for_ever, all after it too. */
static inline void counting_fail_at(size_t n, bool for_ever) {
  counting_reset();
  atomic_store(&counting.for_ever, for_ever);
  atomic_store(&counting.fail_at, n);
}

static inline void counting_start(void) {
  static const cr_allocator allocator = {counting_cr_allocate, counting_cr_release, NULL};
  counting_reset();
  atomic_store(&counting.live, 0);
  cr_set_allocator(&allocator);
}

static inline void counting_stop(void) {
  counting_reset();
  cr_set_allocator(NULL);
}

#ifdef JANSSON_H
/* The same for jansson; nothing that jansson made before may be alive. */
static inline void counting_start_json(void) {
  counting_start();
  json_set_alloc_funcs(counting_allocate, counting_release);
}

static inline void counting_stop_json(void) {
  counting_stop();
  json_set_alloc_funcs(malloc, free);
}
#endif

#endif
