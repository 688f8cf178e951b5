/*
 * gzip (RFC 1952). gzread() takes a file cut short for a whole one and passes over what comes after
 * the end, so inflate() is called directly.
 */
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/reader.h"
#include "data/zlib_memory.h"

enum {
  GZIP_WINDOW = 15 + 16, /* the largest window, and a gzip header */
  CHUNK = 1 << 30,       /* zlib counts bytes in 32 bits */
  RATIO_MAX = 1032,      /* deflate cannot do better: 258 bytes take two bits */
  TRAILER = 8,           /* CRC-32 and length, 4 bytes each */
  FIRST_MAX = 64 << 20,  /* taken on the word of the trailer; more only when it is full */
};

typedef struct inflation {
  z_stream stream;
  const char *path, *bytes;
  size_t size, taken; /* of the input */
  char *out;
  size_t length, capacity;
  uint64_t max_bytes;
} inflation;

/* What the last member says it holds, if that can be so; else a guess. */
static size_t expected_length(const inflation *f) {
  const size_t largest = f->size > SIZE_MAX / RATIO_MAX ? SIZE_MAX : f->size * RATIO_MAX;
  const uint64_t most =
      cr_size_min(largest, f->max_bytes < SIZE_MAX ? (size_t)f->max_bytes : SIZE_MAX);
  uint64_t said = 0;
  if (f->size >= TRAILER)
    for (size_t i = 0; i < 4; i++)
      said |= (uint64_t)(unsigned char)f->bytes[f->size - 4 + i] << (8 * i);
  if (said > 0 && said <= most) return (size_t)said;
  return cr_size_min((size_t)most, f->size < SIZE_MAX / 4 ? 4 * f->size : f->size);
}

/* Room for one byte more and the NUL: doubles, but not past the most that may come. */
static cr_status make_room(inflation *f) {
  const size_t most = f->max_bytes < SIZE_MAX - 2 ? (size_t)f->max_bytes + 2 : SIZE_MAX;
  void *out = f->out;
  const cr_status status = cr_grow_within(&out, f->length, f->length + 2, most, 1, &f->capacity);
  f->out = out;
  return status;
}

static int inflate_some(inflation *f) {
  z_stream *s = &f->stream;
  const uInt in = (uInt)cr_size_min(f->size - f->taken, CHUNK);
  const uInt room = (uInt)cr_size_min(f->capacity - 1 - f->length, CHUNK);
  s->next_in = (z_const Bytef *)(f->bytes + f->taken);
  s->avail_in = in;
  s->next_out = (Bytef *)(f->out + f->length);
  s->avail_out = room;
  const int code = inflate(s, Z_NO_FLUSH);
  f->taken += in - s->avail_in;
  f->length += room - s->avail_out;
  return code;
}

static cr_status inflate_member(inflation *f) {
  for (;;) {
    CR_TRY(make_room(f));
    const int code = inflate_some(f);
    if (f->length > f->max_bytes)
      return cr_fail_at(CR_ERR_LIMIT, f->path, 0, 0, "over %llu bytes once inflated",
                        (unsigned long long)f->max_bytes);
    if (code == Z_STREAM_END) return CR_OK;
    if (code == Z_MEM_ERROR) return cr_fail(CR_ERR_MEMORY, "out of memory while inflating");
    if (code == Z_BUF_ERROR && f->taken == f->size) {
      cr_fail_offset(CR_ERR_GZIP, f->path, f->size,
                     "the file is cut short: it ends at byte %zu, "
                     "inside the compressed data",
                     f->size);
      return cr_fix("download or copy the file again");
    }
    if (code != Z_OK) {
      cr_fail_offset(CR_ERR_GZIP, f->path, f->taken, "damaged near byte %zu: %s", f->taken,
                     f->stream.msg ? f->stream.msg : "not a gzip stream");
      return cr_fix("download or copy the file again");
    }
  }
}

static bool at_member(const inflation *f) {
  return f->size - f->taken >= 2 && memcmp(f->bytes + f->taken, "\x1f\x8b", 2) == 0;
}

static cr_status inflate_all(inflation *f) {
  CR_TRY(inflate_member(f));
  while (at_member(f)) {
    if (inflateReset(&f->stream) != Z_OK)
      return cr_fail(CR_ERR_INTERNAL, "the inflating of %s cannot start again", f->path);
    CR_TRY(inflate_member(f));
  }
  if (f->taken < f->size)
    return cr_fail_offset(CR_ERR_GZIP, f->path, f->taken,
                          "%zu bytes that are not gzip follow the compressed data at byte %zu",
                          f->size - f->taken, f->taken);
  f->out[f->length] = '\0';
  return CR_OK;
}

cr_status cr_inflate(const char *path, const char *bytes, size_t size, uint64_t max_bytes,
                     char **out, size_t *out_size) {
  inflation f = {.path = path, .bytes = bytes, .size = size, .max_bytes = max_bytes};
  cr_zlib_use_memory(&f.stream);
  /* One byte more than expected, so that the end is seen without growing, and the NUL. */
  f.capacity = cr_size_min(expected_length(&f), FIRST_MAX) + 2;
  void *block;
  CR_TRY(cr_alloc(f.capacity, 1, &block));
  f.out = block;
  const int code = inflateInit2(&f.stream, GZIP_WINDOW);
  cr_status status =
      code == Z_OK ? inflate_all(&f) : cr_fail(CR_ERR_MEMORY, "out of memory while inflating");
  if (code == Z_OK) inflateEnd(&f.stream);
  if (status != CR_OK) {
    cr_free(f.out);
    return status;
  }
  *out = f.out;
  *out_size = f.length;
  return CR_OK;
}
