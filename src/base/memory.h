/* How much memory there is, to set limits by. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "base/fail.h"

/* Bytes of memory of this machine, or that this process may have, if that is less. */
uint64_t cr_memory_bytes(void);

#endif
