#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"

static _Thread_local cr_error last;

/* Bytes of the character at text (valid UTF-8) if a terminal or a log might act on it, else 0. */
static size_t harmful(const char *text) {
  const unsigned char *byte = (const unsigned char *)text;
  if (byte[0] < 0x80) return byte[0] < 0x20 || byte[0] == 0x7f;
  if (byte[0] == 0xc2 && byte[1] <= 0x9f) return 2; /* U+0080 to 9F: controls */
  if (byte[0] != 0xe2) return 0;
  if (byte[1] == 0x80 && byte[2] >= 0xa8 && byte[2] <= 0xae) return 3; /* U+2028 to 202E ... */
  if (byte[1] == 0x81 && byte[2] >= 0xa6 && byte[2] <= 0xa9) return 3; /* and U+2066 to 2069: */
  return 0; /* ends of lines and paragraphs, and what turns the direction of writing */
}

/*
 * What a file says may end up in a message: no control character reaches a terminal, no line break
 * makes one message look like two, and a
 * character cut in two at the end, or one that never was UTF-8, does not reach a log. Returns
 * whether the text was fine.
 */
static bool make_printable(char *text) {
  const size_t size = strlen(text);
  size_t bad = 0, length = 0;
  bool fine = true;
  while (!cr_text_is_utf8(text, size, &bad)) {
    text[bad] = '?';
    fine = false;
  }
  for (size_t i = 0; i < size;) {
    const size_t bytes = harmful(text + i);
    text[length++] = bytes > 0 ? '?' : text[i];
    i += bytes > 0 ? bytes : 1;
    fine = fine && bytes == 0;
  }
  text[length] = '\0';
  return fine;
}

/* Returns whether the text stands there in full. */
CR_PRINTF(3, 0)
static bool write_text(char *out, size_t room, const char *format, va_list arguments) {
  const int length = vsnprintf(out, room, format, arguments);
  if (length < 0) out[0] = '\0';
  return make_printable(out) && length >= 0 && (size_t)length < room;
}

/* Built apart and copied last, since the arguments may point into the detail written before. */
CR_PRINTF(2, 0)
static void fail(cr_error error, const char *format, va_list arguments) {
  write_text(error.message, sizeof error.message, format, arguments);
  last = error;
}

static cr_error about(cr_status status, const char *file) {
  cr_error error = {.status = status};
  if (file) snprintf(error.file, sizeof error.file, "%s", file);
  make_printable(error.file);
  return error;
}

cr_status cr_fail(cr_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fail(about(status, NULL), format, arguments);
  va_end(arguments);
  return status;
}

cr_status cr_fail_at(cr_status status, const char *file, uint64_t line, uint64_t column,
                     const char *format, ...) {
  cr_error error = about(status, file);
  va_list arguments;
  error.line = line;
  error.column = column;
  va_start(arguments, format);
  fail(error, format, arguments);
  va_end(arguments);
  return status;
}

cr_status cr_fail_offset(cr_status status, const char *file, uint64_t offset, const char *format,
                         ...) {
  cr_error error = about(status, file);
  va_list arguments;
  error.offset = offset;
  va_start(arguments, format);
  fail(error, format, arguments);
  va_end(arguments);
  return status;
}

enum { REMARK_SIZE = sizeof((cr_error){0}.why) };
_Static_assert(sizeof((cr_error){0}.fix) == REMARK_SIZE, "why and fix are written alike");

/* Writes why or fix; a command is written in full or not at all. */
CR_PRINTF(3, 0)
static void remark(char out[REMARK_SIZE], bool command, const char *format, va_list arguments) {
  char text[REMARK_SIZE];
  const bool whole = write_text(text, sizeof text, format, arguments);
  if (whole || !command) memcpy(out, text, sizeof text);
}

cr_status cr_why(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  remark(last.why, false, format, arguments);
  va_end(arguments);
  return last.status;
}

cr_status cr_fix(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  remark(last.fix, true, format, arguments);
  va_end(arguments);
  return last.status;
}

void cr_error_restore(const cr_error *saved) {
  last = *saved;
}

const cr_error *cr_last_error(void) {
  return &last;
}
