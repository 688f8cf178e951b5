/*
 * A strict reader of JSON (RFC 8259) that builds jansson's values. jansson's own reader (2.14) does
 * not survive that memory runs out: it loses bytes of a text, or writes past its end.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "json/build.h"

/* An array or object that is not closed yet; slot is the member whose value comes next. */
typedef struct level {
  json_t *value;
  void *slot;
} level;

typedef struct reader {
  cr_status status; /* of what is wrong with the text */
  const char *file, *text;
  size_t size, at;
  level levels[CR_JSON_LEVELS];
  size_t depth;
  char *scratch; /* (size + 1) a string without its escapes */
} reader;

static cr_status fail_memory(void) {
  return cr_fail(CR_ERR_MEMORY, "out of memory while JSON was read");
}

static cr_status fail_text(const reader *r, size_t at, const char *what) {
  uint64_t line = 1, column = 1;
  for (size_t i = 0; i < at; i++) {
    column++;
    if (r->text[i] != '\n') continue;
    line++;
    column = 1;
  }
  return cr_fail_at(r->status, r->file, line, column, "not valid JSON: %s", what);
}

static int peek(const reader *r) {
  return r->at < r->size ? (unsigned char)r->text[r->at] : -1;
}

static bool take(reader *r, char wanted) {
  if (peek(r) != wanted) return false;
  r->at++;
  return true;
}

static void skip_blanks(reader *r) {
  while (r->at < r->size && strchr(" \t\r\n", r->text[r->at]) && r->text[r->at] != '\0') r->at++;
}

/* --- strings --- */

static bool read_hex(reader *r, uint32_t *out) {
  *out = 0;
  for (int i = 0; i < 4; i++) {
    const int c = peek(r);
    const char *digits = "0123456789abcdef";
    const char *found = c > 0 ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
    if (!found) return false;
    *out = *out << 4 | (uint32_t)(found - digits);
    r->at++;
  }
  return true;
}

/* After "\u": a code point, from two halves where it takes two. 0 is refused: texts end with it. */
static bool read_code(reader *r, uint32_t *out) {
  uint32_t low = 0;
  if (!read_hex(r, out) || *out == 0) return false;
  if (*out < 0xd800 || *out > 0xdfff) return true;
  if (*out > 0xdbff || !take(r, '\\') || !take(r, 'u') || !read_hex(r, &low)) return false;
  if (low < 0xdc00 || low > 0xdfff) return false;
  *out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
  return true;
}

/* Writes a code point as UTF-8; never longer than its escape. */
static size_t put_code(char *out, uint32_t code) {
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  const size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
  out[0] = (char)(lead[more] | code >> (6 * more));
  for (size_t i = 1; i <= more; i++) out[i] = (char)(0x80 | (code >> (6 * (more - i)) & 0x3f));
  return more + 1;
}

static bool read_escape(reader *r, size_t *length) {
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  const int c = peek(r);
  r->at++;
  if (c == 'u') {
    uint32_t code = 0;
    if (!read_code(r, &code)) return false;
    *length += put_code(r->scratch + *length, code);
    return true;
  }
  const char *name = c > 0 ? strchr(names, c) : NULL;
  if (!name) return false;
  r->scratch[(*length)++] = values[name - names];
  return true;
}

/* The string that begins here goes to scratch, with a NUL. */
static cr_status read_string(reader *r, size_t *length) {
  const size_t start = r->at++;
  *length = 0;
  while (!take(r, '"')) {
    const size_t at = r->at;
    const int c = peek(r);
    if (c < 0) return fail_text(r, start, "a string is not closed");
    if (c < 0x20) return fail_text(r, at, "a control character in a string");
    r->at++;
    if (c != '\\')
      r->scratch[(*length)++] = (char)c;
    else if (!read_escape(r, length))
      return fail_text(r, at, "an escape that does not exist");
  }
  r->scratch[*length] = '\0';
  return CR_OK;
}

/* --- scalars --- */

static size_t take_digits(reader *r) {
  const size_t start = r->at;
  while (peek(r) >= '0' && peek(r) <= '9') r->at++;
  return r->at - start;
}

static json_t *make_integer(const reader *r, size_t start, bool *fits) {
  const bool negative = r->text[start] == '-';
  const size_t first = start + negative;
  uint64_t size = 0;
  *fits = cr_parse_integer(r->text + first, r->at - first, &size) && size <= INT64_MAX;
  const json_int_t value = (json_int_t)(*fits ? size : 0);
  return json_integer(negative ? -value : value);
}

static json_t *make_real(const reader *r, size_t start, bool *fits) {
  double value = 0;
  *fits = cr_parse_number(r->text + start, r->at - start, &value);
  return json_real(value);
}

static cr_status read_number(reader *r, json_t **out) {
  const size_t start = r->at;
  bool integer = true, right = true, fits = true;
  take(r, '-');
  if (!take(r, '0')) right = take_digits(r) > 0;
  if (right && take(r, '.')) {
    integer = false;
    right = take_digits(r) > 0;
  }
  if (right && (peek(r) == 'e' || peek(r) == 'E')) {
    integer = false;
    r->at++;
    if (!take(r, '+')) take(r, '-');
    right = take_digits(r) > 0;
  }
  if (!right) return fail_text(r, start, "a number that is not complete");
  *out = integer ? make_integer(r, start, &fits) : make_real(r, start, &fits);
  if (*out && fits) return CR_OK;
  json_decref(*out);
  *out = NULL;
  return fits ? fail_memory() : fail_text(r, start, "a number that is too large");
}

static cr_status read_word(reader *r, json_t **out) {
  static const char *const words[] = {"true", "false", "null"};
  for (size_t i = 0; i < 3; i++) {
    const size_t length = strlen(words[i]);
    if (r->size - r->at < length || memcmp(r->text + r->at, words[i], length) != 0) continue;
    r->at += length;
    *out = i == 0 ? json_true() : i == 1 ? json_false() : json_null();
    return CR_OK;
  }
  return fail_text(r, r->at,
                   r->at < r->size ? "expected a value" : "it ends where a value belongs");
}

static cr_status read_scalar(reader *r, json_t **out) {
  const int c = peek(r);
  if (c == '-' || (c >= '0' && c <= '9')) return read_number(r, out);
  if (c != '"') return read_word(r, out);
  size_t length = 0;
  CR_TRY(read_string(r, &length));
  *out = json_stringn_nocheck(r->scratch, length);
  return *out ? CR_OK : fail_memory();
}

/* --- arrays and objects --- */

/* The key of the next member, which is null until its value has been read. */
static cr_status read_key(reader *r) {
  level *top = &r->levels[r->depth - 1];
  size_t length = 0;
  skip_blanks(r);
  const size_t start = r->at;
  if (peek(r) != '"') return fail_text(r, start, "expected a key");
  CR_TRY(read_string(r, &length));
  if (json_object_get(top->value, r->scratch)) return fail_text(r, start, "a duplicate key");
  if (json_object_set_new_nocheck(top->value, r->scratch, json_null()) != 0) return fail_memory();
  top->slot = json_object_iter_at(top->value, r->scratch);
  skip_blanks(r);
  return take(r, ':') ? CR_OK : fail_text(r, r->at, "expected ':' after a key");
}

static cr_status open_level(reader *r, bool object) {
  if (r->depth == CR_JSON_LEVELS) return fail_text(r, r->at, "nested too deeply");
  json_t *value = object ? json_object() : json_array();
  if (!value) return fail_memory();
  r->levels[r->depth++] = (level){.value = value};
  r->at++;
  return CR_OK;
}

static json_t *close_level(reader *r) {
  return r->levels[--r->depth].value;
}

/* Reads a scalar, or an array or object that is empty; one that is not is opened, and *out NULL. */
static cr_status begin_value(reader *r, json_t **out) {
  *out = NULL;
  skip_blanks(r);
  const int c = peek(r);
  if (c != '[' && c != '{') return read_scalar(r, out);
  CR_TRY(open_level(r, c == '{'));
  skip_blanks(r);
  if (take(r, c == '{' ? '}' : ']')) {
    *out = close_level(r);
    return CR_OK;
  }
  return c == '{' ? read_key(r) : CR_OK;
}

/* Puts a value where it belongs; *out is the array or object if that is complete now, else NULL. */
static cr_status end_value(reader *r, json_t *value, json_t **out) {
  const level *top = &r->levels[r->depth - 1];
  const bool object = json_is_object(top->value);
  const int failed = object ? json_object_iter_set_new(top->value, top->slot, value)
                            : json_array_append_new(top->value, value);
  *out = NULL;
  if (failed != 0) return fail_memory();
  skip_blanks(r);
  if (take(r, object ? '}' : ']')) {
    *out = close_level(r);
    return CR_OK;
  }
  if (!take(r, ','))
    return fail_text(r, r->at, object ? "expected ',' or '}'" : "expected ',' or ']'");
  return object ? read_key(r) : CR_OK;
}

static cr_status read_text(reader *r, json_t **out) {
  json_t *value = NULL;
  skip_blanks(r);
  if (peek(r) != '[' && peek(r) != '{') return fail_text(r, r->at, "expected '[' or '{'");
  do {
    CR_TRY(begin_value(r, &value));
    while (value && r->depth > 0) CR_TRY(end_value(r, value, &value));
  } while (!value);
  *out = value;
  skip_blanks(r);
  return r->at == r->size ? CR_OK : fail_text(r, r->at, "more text after the value");
}

cr_status cr_json_build(cr_status status, const char *file, const char *text, size_t size,
                        json_t **out) {
  reader r = {.status = status, .file = file, .text = text, .size = size};
  size_t bad = 0;
  *out = NULL;
  if (!cr_text_is_utf8(text, size, &bad)) return fail_text(&r, bad, "not UTF-8");
  void *block = NULL;
  CR_TRY(cr_alloc(size + 1, 1, &block));
  r.scratch = block;
  const cr_status result = read_text(&r, out);
  cr_free(r.scratch);
  if (result == CR_OK) return CR_OK;
  while (r.depth > 0) json_decref(close_level(&r));
  json_decref(*out);
  *out = NULL;
  return result;
}
