#include "base/size.h"

cr_status cr_size_product(size_t a, size_t b, size_t *out) {
  if (a != 0 && b > SIZE_MAX / a) {
    return cr_fail(CR_ERR_LIMIT, "the size %zu x %zu does not fit in memory", a, b);
  }
  *out = a * b;
  return CR_OK;
}

cr_status cr_size_sum(size_t a, size_t b, size_t *out) {
  if (b > SIZE_MAX - a) {
    return cr_fail(CR_ERR_LIMIT, "the size %zu + %zu does not fit in memory", a, b);
  }
  *out = a + b;
  return CR_OK;
}
