/* How much memory there is, and how it is laid out. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "base/fail.h"

/* Bytes of memory of this machine, or that this process may have, if that is less. */
uint64_t cr_memory_bytes(void);

/*
 * Asks for large pages under a block nobody has touched yet: a page costs more to come by than to
 * fill. Where there are none, nothing happens.
 */
void cr_memory_large_pages(void *block, size_t size);

#endif
