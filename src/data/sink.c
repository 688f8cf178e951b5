#include "data/sink.h"

#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
#include "data/zlib_memory.h"

enum {
  BUFFER = 1 << 16,
  GZIP_WINDOW = 15 + 16, /* the largest window, and a gzip header */
  GZIP_MEMORY = 8,       /* zlib's own default */
  OS_UNKNOWN = 255,      /* the same bytes on every system */
};

struct cr_sink {
  cr_file_writer *file; /* one of these two */
  cr_strbuf *memory;
  bool gzip;
  z_stream stream;
  gz_header header;
  size_t used; /* of the buffer */
  unsigned char buffer[BUFFER], packed[BUFFER];
};

static cr_status begin_gzip(cr_sink *sink) {
  cr_zlib_use_memory(&sink->stream);
  sink->header.os = OS_UNKNOWN;
  if (deflateInit2(&sink->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return cr_fail(CR_ERR_MEMORY, "out of memory while deflating");
  sink->gzip = true;
  deflateSetHeader(&sink->stream, &sink->header);
  return CR_OK;
}

static cr_status create(const char *path, cr_strbuf *memory, bool gzip, cr_sink **out) {
  void *block;
  CR_TRY(cr_alloc(1, sizeof(cr_sink), &block));
  cr_sink *sink = block;
  sink->memory = memory;
  cr_status status = path ? cr_file_begin(path, &sink->file) : CR_OK;
  if (status == CR_OK && gzip) status = begin_gzip(sink);
  if (status != CR_OK) {
    cr_sink_abandon(sink);
    return status;
  }
  *out = sink;
  return CR_OK;
}

cr_status cr_sink_open(const char *path, bool gzip, cr_sink **out) {
  return create(path, NULL, gzip, out);
}

cr_status cr_sink_open_memory(cr_strbuf *memory, bool gzip, cr_sink **out) {
  return create(NULL, memory, gzip, out);
}

static cr_status deliver(cr_sink *sink, const void *bytes, size_t size) {
  if (sink->file) return cr_file_append(sink->file, bytes, size);
  cr_strbuf_add(sink->memory, bytes, size);
  return sink->memory->failed ? cr_fail(CR_ERR_MEMORY, "out of memory while writing") : CR_OK;
}

static cr_status deflate_buffer(cr_sink *sink, int flush) {
  z_stream *s = &sink->stream;
  s->next_in = sink->buffer;
  s->avail_in = (uInt)sink->used;
  do {
    s->next_out = sink->packed;
    s->avail_out = BUFFER;
    if (deflate(s, flush) == Z_STREAM_ERROR)
      return cr_fail(CR_ERR_INTERNAL, "deflating came out of step");
    CR_TRY(deliver(sink, sink->packed, BUFFER - s->avail_out));
  } while (s->avail_out == 0);
  return CR_OK;
}

/* `last`: nothing comes after this. */
static cr_status empty_buffer(cr_sink *sink, bool last) {
  const cr_status status = sink->gzip ? deflate_buffer(sink, last ? Z_FINISH : Z_NO_FLUSH)
                                      : deliver(sink, sink->buffer, sink->used);
  sink->used = 0;
  return status;
}

cr_status cr_sink_add(cr_sink *sink, const void *bytes, size_t size) {
  const unsigned char *from = bytes;
  while (size > 0) {
    if (sink->used == BUFFER) CR_TRY(empty_buffer(sink, false));
    const size_t some = cr_size_min(size, BUFFER - sink->used);
    memcpy(sink->buffer + sink->used, from, some);
    sink->used += some;
    from += some;
    size -= some;
  }
  return CR_OK;
}

cr_status cr_sink_text(cr_sink *sink, const char *text) {
  return cr_sink_add(sink, text, strlen(text));
}

cr_status cr_sink_number(cr_sink *sink, double value) {
  char text[32];
  cr_format_number(value, text);
  return cr_sink_text(sink, text);
}

cr_status cr_sink_commit(cr_sink *sink) {
  cr_status status = empty_buffer(sink, true);
  cr_file_writer *file = sink->file;
  if (status == CR_OK) {
    sink->file = NULL;
    if (file) status = cr_file_commit(file);
  }
  cr_sink_abandon(sink);
  return status;
}

void cr_sink_abandon(cr_sink *sink) {
  if (!sink) return;
  if (sink->gzip) deflateEnd(&sink->stream);
  cr_file_abandon(sink->file);
  cr_free(sink);
}
