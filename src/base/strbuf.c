#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"

/* Room for `more` bytes and the NUL; false, and failed for good, if there is none. */
static bool make_room(cr_strbuf *buffer, size_t more) {
  if (buffer->failed) return false;
  void *block = buffer->text;
  size_t needed = 0;
  if (cr_size_sum(buffer->length + 1, more, &needed) != CR_OK ||
      cr_grow(&block, buffer->length, cr_size_max(needed, 64), 1, &buffer->capacity) != CR_OK) {
    buffer->failed = true;
    return false;
  }
  buffer->text = block;
  return true;
}

void cr_strbuf_add(cr_strbuf *buffer, const char *text, size_t size) {
  if (!make_room(buffer, size)) return;
  if (size > 0) memcpy(buffer->text + buffer->length, text, size);
  buffer->length += size;
  buffer->text[buffer->length] = '\0';
}

CR_PRINTF(2, 0)
static void add_format(cr_strbuf *buffer, const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  const int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (length < 0) {
    buffer->failed = true;
    return;
  }
  const size_t size = (size_t)length;
  if (!make_room(buffer, size)) return;
  vsnprintf(buffer->text + buffer->length, size + 1, format, arguments);
  buffer->length += size;
}

void cr_strbuf_format(cr_strbuf *buffer, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add_format(buffer, format, arguments);
  va_end(arguments);
}

void cr_strbuf_free(cr_strbuf *buffer) {
  if (!buffer) return;
  cr_free(buffer->text);
  *buffer = (cr_strbuf){0};
}

cr_status cr_strbuf_take(cr_strbuf *buffer, char **out) {
  *out = NULL;
  cr_strbuf_add(buffer, "", 0); /* an empty buffer gives an empty text */
  if (buffer->failed) {
    cr_strbuf_free(buffer);
    return cr_fail(CR_ERR_MEMORY, "out of memory while a text was put together");
  }
  *out = buffer->text;
  *buffer = (cr_strbuf){0};
  return CR_OK;
}
