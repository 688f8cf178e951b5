/*
 * gzip. What is accepted must fit the limit exactly, be refused by a smaller one, and be refused
 * when its last byte is gone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/reader.h"

enum { MOST = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
  if (!holds) abort();
}

static cr_status inflate_them(const char *bytes, size_t size, uint64_t most, char **out,
                              size_t *out_size) {
  *out = NULL;
  const cr_status status = cr_inflate("fuzz", bytes, size, most, out, out_size);
  require((status == CR_OK) == (*out != NULL));
  require(status == CR_OK || cr_last_error()->status == status);
  return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *bytes = (const char *)data;
  char *out, *again;
  size_t out_size, again_size;
  if (inflate_them(bytes, size, MOST, &out, &out_size) != CR_OK) return 0;
  require(out_size <= MOST && out[out_size] == '\0');
  require(inflate_them(bytes, size, out_size, &again, &again_size) == CR_OK);
  require(again_size == out_size && memcmp(again, out, out_size) == 0);
  cr_free(again);
  if (out_size)
    require(inflate_them(bytes, size, out_size - 1, &again, &again_size) == CR_ERR_LIMIT);
  require(inflate_them(bytes, size - 1, MOST, &again, &again_size) == CR_ERR_GZIP);
  cr_free(out);
  return 0;
}
