#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"

static _Thread_local cr_error last;

/*
 * What a file says may end up in a message: no control character reaches a terminal, and a
 * character cut in two at the end, or one that never was UTF-8, does not reach a log.
 */
static void make_printable(char *text) {
  const size_t size = strlen(text);
  size_t bad = 0;
  while (!cr_text_is_utf8(text, size, &bad)) text[bad] = '?';
  for (size_t i = 0; i < size; i++) {
    const unsigned char byte = (unsigned char)text[i];
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f) text[i] = '?';
  }
}

CR_PRINTF(3, 0)
static void write_text(char *out, size_t room, const char *format, va_list arguments) {
  if (vsnprintf(out, room, format, arguments) < 0) out[0] = '\0';
  make_printable(out);
}

/* Built apart and copied last, since the arguments may point into the detail written before. */
static void set_place(cr_error *error, cr_status status, const char *file) {
  memset(error, 0, sizeof *error);
  error->status = status;
  if (file) snprintf(error->file, sizeof error->file, "%s", file);
  make_printable(error->file);
}

cr_status cr_fail(cr_status status, const char *format, ...) {
  cr_error error;
  va_list arguments;
  set_place(&error, status, NULL);
  va_start(arguments, format);
  write_text(error.message, sizeof error.message, format, arguments);
  va_end(arguments);
  last = error;
  return status;
}

cr_status cr_fail_at(cr_status status, const char *file, uint64_t line, uint64_t column,
                     const char *format, ...) {
  cr_error error;
  va_list arguments;
  set_place(&error, status, file);
  error.line = line;
  error.column = column;
  va_start(arguments, format);
  write_text(error.message, sizeof error.message, format, arguments);
  va_end(arguments);
  last = error;
  return status;
}

cr_status cr_fail_offset(cr_status status, const char *file, uint64_t offset, const char *format,
                         ...) {
  cr_error error;
  va_list arguments;
  set_place(&error, status, file);
  error.offset = offset;
  va_start(arguments, format);
  write_text(error.message, sizeof error.message, format, arguments);
  va_end(arguments);
  last = error;
  return status;
}

cr_status cr_why(const char *format, ...) {
  char text[sizeof last.why];
  va_list arguments;
  va_start(arguments, format);
  write_text(text, sizeof text, format, arguments);
  va_end(arguments);
  memcpy(last.why, text, sizeof text);
  return last.status;
}

cr_status cr_fix(const char *format, ...) {
  char text[sizeof last.fix];
  va_list arguments;
  va_start(arguments, format);
  write_text(text, sizeof text, format, arguments);
  va_end(arguments);
  memcpy(last.fix, text, sizeof text);
  return last.status;
}

void cr_error_clear(void) {
  memset(&last, 0, sizeof last);
}

void cr_error_restore(const cr_error *saved) {
  last = *saved;
}

const cr_error *cr_last_error(void) {
  return &last;
}
