#include "data/large_text.h"

#include <string.h>

#include "base/alloc.h"
#include "data/csv.h"

enum {
  PIECE_SHARE = 16, /* of the memory that a piece of text may take */
  PIECE_LEAST = 1 << 16,
  PIECE_MOST = 1 << 25,
};

cr_status cr_large_text_take(cr_large_text *text, uint64_t memory) {
  const uint64_t share = memory / PIECE_SHARE;
  void *block;
  text->room = share < PIECE_LEAST ? PIECE_LEAST : share > PIECE_MOST ? PIECE_MOST : (size_t)share;
  CR_TRY(cr_alloc(text->room + 1, 1, &block));
  text->bytes = block;
  return CR_OK;
}

void cr_large_text_free(cr_large_text *text) {
  cr_stream_close(text->stream);
  cr_free(text->bytes);
  *text = (cr_large_text){0};
}

cr_status cr_large_text_widen(cr_large_text *text) {
  void *bytes = text->bytes;
  size_t capacity = text->room + 1;
  const cr_status status = cr_grow(&bytes, text->filled, 2 * text->room + 1, 1, &capacity);
  text->bytes = bytes;
  CR_TRY(status);
  text->room = capacity - 1;
  return CR_OK;
}

static cr_status fill(cr_large_text *text) {
  size_t got = 0;
  CR_TRY(cr_stream_read(text->stream, text->bytes + text->filled, text->room - text->filled, &got));
  text->end = text->filled + got < text->room;
  text->filled += got;
  return CR_OK;
}

cr_status cr_large_text_rows(cr_large_text *text, size_t *size) {
  for (;;) {
    if (!text->end) CR_TRY(fill(text));
    *size = text->end ? text->filled : cr_csv_whole_rows(text->bytes, text->filled);
    if (text->end || *size > 0) return CR_OK;
    if (text->room > CR_CSV_LINE_MAX) { /* which the reader refuses */
      *size = text->filled;
      return CR_OK;
    }
    CR_TRY(cr_large_text_widen(text));
  }
}

void cr_large_text_drop(cr_large_text *text, size_t size) {
  memmove(text->bytes, text->bytes + size, text->filled - size);
  text->filled -= size;
}

cr_status cr_large_text_rewind(cr_large_text *text) {
  text->filled = 0;
  text->end = false;
  return cr_stream_rewind(text->stream);
}
