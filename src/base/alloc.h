/* Memory from the process's allocator. All of the library's memory comes from here. */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include "base/fail.h"

/* count * size bytes, zeroed; *out is NULL on failure and for 0 bytes. CR_ERR_MEMORY. */
cr_status cr_alloc(size_t count, size_t size, void **out);

/* Copies a string; CR_ERR_MEMORY. */
cr_status cr_copy_text(const char *text, char **out);

/* NULL is fine. */
void cr_free(void *block);

/*
 * Grows *block, which holds `used` elements and has room for *capacity, so that it has room for at
 * least `needed`; at least doubles. On failure *block is as it was.
 */
cr_status cr_grow(void **block, size_t used, size_t needed, size_t size, size_t *capacity);

/* The same, but the doubling does not go past room for `most`; `needed` may. */
cr_status cr_grow_within(void **block, size_t used, size_t needed, size_t most, size_t size,
                         size_t *capacity);

#endif
