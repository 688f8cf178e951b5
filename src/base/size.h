/* Sizes that do not wrap: each answers CR_ERR_LIMIT where the result does not fit. */
#ifndef BASE_SIZE_H
#define BASE_SIZE_H

#include "base/fail.h"

cr_status cr_size_product(size_t a, size_t b, size_t *out);
cr_status cr_size_sum(size_t a, size_t b, size_t *out);

static inline size_t cr_size_min(size_t a, size_t b) {
  return a < b ? a : b;
}
static inline size_t cr_size_max(size_t a, size_t b) {
  return a > b ? a : b;
}

/*
 * Place `i` of `count`, floor(i all / count), in even steps over `all`, the first of them 0; count
 * at most all. Nothing wraps up to a count of 2^32.
 */
static inline size_t cr_size_even(size_t i, size_t count, size_t all) {
  return count == all ? i : i * (all / count) + (size_t)((uint64_t)i * (all % count) / count);
}

#endif
