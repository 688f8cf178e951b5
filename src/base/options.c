#include "base/options.h"

#include <string.h>

cr_status cr_options_copy(void *out, size_t size, const void *given, const char *what) {
  if (!given) return CR_OK;
  size_t given_size;
  memcpy(&given_size, given, sizeof given_size);
  if (given_size <= sizeof given_size || given_size > size) {
    cr_fail(CR_ERR_ARGUMENT, "options of %zu bytes, expected at most %zu", given_size, size);
    return cr_fix("set them up with %s first", what);
  }
  memcpy(out, given, given_size);
  memcpy(out, &size, sizeof size);
  return CR_OK;
}
