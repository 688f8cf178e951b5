#include "base/options.h"

#include <stdint.h>
#include <string.h>

#include "base/size.h"

/* No header will have options as large as this: such a size was never set up. */
#define MOST_BYTES 4096

void cr_options_init(void *out, size_t size, const void *defaults, size_t defaults_size) {
  if (size < sizeof size) return;
  memset(out, 0, size);
  memcpy(out, defaults, cr_size_min(size, defaults_size));
  memcpy(out, &size, sizeof size);
}

/* Members lie at multiples of a pointer's size, so that a struct ends at one, too. */
static bool is_size(size_t size) {
  return size > sizeof size && size % sizeof(void *) == 0 && size <= MOST_BYTES;
}

static bool is_zero(const uint8_t *bytes, size_t from, size_t to) {
  while (from < to && bytes[from] == 0) from++;
  return from >= to;
}

cr_status cr_options_copy(void *out, size_t size, const void *given, const char *what) {
  if (!given) return CR_OK;
  size_t given_size;
  memcpy(&given_size, given, sizeof given_size);
  if (!is_size(given_size)) {
    cr_fail(CR_ERR_ARGUMENT, "options of %zu bytes, expected at most %zu", given_size, size);
    return cr_fix("set them up with %s first", what);
  }
  if (!is_zero(given, size, given_size)) {
    cr_fail(CR_ERR_ARGUMENT, "options of %zu bytes ask for what this library (%s) does not know",
            given_size, cr_version());
    return cr_fix("install the library that belongs to the header, or set them up with %s", what);
  }
  memcpy(out, given, cr_size_min(given_size, size));
  memcpy(out, &size, sizeof size);
  return CR_OK;
}
