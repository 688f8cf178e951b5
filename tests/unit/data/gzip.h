/* For tests: bytes compressed as one gzip member. */
#ifndef UNIT_DATA_GZIP_H
#define UNIT_DATA_GZIP_H

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* The caller frees it. */
static inline char *gzip_bytes(const void *bytes, size_t size, size_t *out_size) {
  z_stream s = {0};
  assert_int_equal(deflateInit2(&s, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  const size_t room = deflateBound(&s, size);
  char *out = malloc(room);
  assert_non_null(out);
  s.next_in = (z_const Bytef *)bytes;
  s.avail_in = (uInt)size;
  s.next_out = (Bytef *)out;
  s.avail_out = (uInt)room;
  assert_int_equal(deflate(&s, Z_FINISH), Z_STREAM_END);
  *out_size = room - s.avail_out;
  deflateEnd(&s);
  return out;
}

#endif
