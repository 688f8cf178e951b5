/*
 * gzip. What is accepted must fit the limit exactly, be refused by a smaller one, and be refused
 * when its last byte is gone.
 *
 * No mutation gets past a checksum, so the bytes are also taken as a bare deflate stream: what zlib
 * alone makes of it, in one call, is what the reader must make of it with a right header and
 * trailer around it.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "bounded.h"
#include "data/reader.h"
#include "require.h"

enum { MOST = 1 << 20, PLAIN_MOST = 1 << 16, HEADER = 10, TRAILER = 8 };

static cr_status inflate_them(const char *bytes, size_t size, uint64_t most, char **out,
                              size_t *out_size) {
  *out = NULL;
  bounded_start();
  const cr_status status = cr_inflate("fuzz", bytes, size, most, out, out_size);
  bounded_require(BOUNDED_ROOM + 3 * most);
  require((status == CR_OK) == (*out != NULL));
  require(status == CR_OK || cr_last_error()->status == status);
  return status;
}

/* Returns whether the bytes were accepted. */
static bool check(const char *bytes, size_t size) {
  char *out, *again;
  size_t out_size, again_size;
  if (inflate_them(bytes, size, MOST, &out, &out_size) != CR_OK) return false;
  require(out_size <= MOST && out[out_size] == '\0');
  require(inflate_them(bytes, size, out_size, &again, &again_size) == CR_OK);
  require(again_size == out_size && memcmp(again, out, out_size) == 0);
  cr_free(again);
  if (out_size)
    require(inflate_them(bytes, size, out_size - 1, &again, &again_size) == CR_ERR_LIMIT);
  require(inflate_them(bytes, size - 1, MOST, &again, &again_size) == CR_ERR_GZIP);
  cr_free(out);
  return true;
}

/* The bytes of a whole deflate stream at the start of data; 0 if there is none, or it is large. */
static size_t deflate_size(const uint8_t *data, size_t size, uint8_t *plain, size_t *plain_size) {
  z_stream s = {0};
  require(inflateInit2(&s, -15) == Z_OK);
  s.next_in = (z_const Bytef *)data;
  s.avail_in = (uInt)size;
  s.next_out = plain;
  s.avail_out = PLAIN_MOST;
  const int code = inflate(&s, Z_FINISH);
  *plain_size = PLAIN_MOST - s.avail_out;
  const size_t taken = size - s.avail_in;
  inflateEnd(&s);
  return code == Z_STREAM_END ? taken : 0;
}

static void add_word(uint8_t *out, size_t word) {
  for (unsigned i = 0; i < 4; i++) out[i] = (uint8_t)(word >> (8 * i));
}

static size_t wrap(const uint8_t *data, size_t size, const uint8_t *plain, size_t plain_size,
                   uint8_t *out) {
  memcpy(out, "\x1f\x8b\x08\0\0\0\0\0\0\x03", HEADER);
  memcpy(out + HEADER, data, size);
  add_word(out + HEADER + size, crc32(0, plain, (uInt)plain_size));
  add_word(out + HEADER + size + 4, plain_size);
  return HEADER + size + TRAILER;
}

/* As one member, as two, and with each byte of the trailer changed. */
static void check_wrapped(const uint8_t *data, size_t size, uint8_t *plain) {
  size_t plain_size;
  const size_t taken = deflate_size(data, size, plain, &plain_size);
  if (taken == 0) return;
  uint8_t *bytes = malloc(2 * (taken + HEADER + TRAILER));
  require(bytes != NULL);
  const size_t one = wrap(data, taken, plain, plain_size, bytes);
  char *out;
  size_t out_size;
  require(check((const char *)bytes, one));
  require(inflate_them((const char *)bytes, one, MOST, &out, &out_size) == CR_OK);
  require(out_size == plain_size && memcmp(out, plain, plain_size) == 0);
  cr_free(out);
  memcpy(bytes + one, bytes, one);
  require(check((const char *)bytes, 2 * one));
  for (size_t i = one - TRAILER; i < one; i++) {
    bytes[i] ^= 1;
    require(!check((const char *)bytes, one));
    bytes[i] ^= 1;
  }
  free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t plain[PLAIN_MOST];
  if (size == 0) return 0;
  check((const char *)data, size);
  check_wrapped(data, size, plain);
  if (size > HEADER) check_wrapped(data + HEADER, size - HEADER, plain); /* of a file as it is */
  return 0;
}
