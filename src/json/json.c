#include "json/build.h"

#include <string.h>

typedef struct place {
  uint64_t line, column;
} place;

/* Line and column (in bytes), from 1, of text[offset]. */
static place find_place(const char *text, size_t offset) {
  place at = {1, 1};
  for (size_t i = 0; i < offset; i++) {
    at.column++;
    if (text[i] == '\n') at = (place){at.line + 1, 1};
  }
  return at;
}

/* text[at] opens a string: the offset of the quote that closes it, or size. */
static size_t skip_string(const char *text, size_t size, size_t at) {
  for (at++; at < size && text[at] != '"'; at++) {
    if (text[at] == '\\') at++;
  }
  return at < size ? at : size;
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/*
 * Bounds what the parser will be asked to do, before it recurses or takes memory. A value is the
 * whole, what a bracket opens with, and what follows a comma; text that is no JSON is left to the
 * parser.
 */
static cr_status check_limits(cr_status status, const char *file, const char *text, size_t size,
                              size_t max_values) {
  size_t levels = 0;
  size_t values = 1;
  bool opened = false; /* the last that was no blank was an opening bracket */
  for (size_t i = 0; i < size; i++) {
    const size_t from = i;
    const char c = text[i];
    if (is_blank(c)) continue;
    const bool opens = c == '[' || c == '{';
    const bool closes = c == ']' || c == '}';
    if (c == ',' || (opened && !closes)) values++;
    if (c == '"') i = skip_string(text, size, i);
    if (opens) levels++;
    if (closes && levels > 0) levels--;
    opened = opens;
    if (levels <= CR_JSON_LEVELS && values <= max_values) continue;

    const place at = find_place(text, from);
    if (levels > CR_JSON_LEVELS) {
      return cr_fail_at(status, file, at.line, at.column,
                        "the JSON is nested more than %d levels deep", CR_JSON_LEVELS);
    }
    return cr_fail_at(status, file, at.line, at.column, "the JSON has more than %zu values",
                      max_values);
  }
  return CR_OK;
}

cr_status cr_json_parse(cr_status status, const char *file, const char *text, size_t size,
                        size_t max_values, json_t **out) {
  *out = NULL;
  CR_TRY(check_limits(status, file, text, size, max_values));
  return cr_json_build(status, file, text, size, out);
}

const char *cr_json_kind(const json_t *value) {
  if (!value) return "nothing";
  switch (json_typeof(value)) {
    case JSON_OBJECT:
      return "an object";
    case JSON_ARRAY:
      return "an array";
    case JSON_STRING:
      return "a string";
    case JSON_INTEGER:
      return "an integer";
    case JSON_REAL:
      return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
      return "true or false";
    case JSON_NULL:
      return "null";
  }
  return "something unknown";
}

static cr_status fail_kind(cr_status status, const char *file, const json_t *object,
                           const char *key, const char *expected) {
  if (!json_is_object(object)) {
    return cr_fail_at(status, file, 0, 0, "found %s, expected an object with \"%s\"",
                      cr_json_kind(object), key);
  }
  return cr_fail_at(status, file, 0, 0, "\"%s\": found %s, expected %s", key,
                    cr_json_kind(json_object_get(object, key)), expected);
}

cr_status cr_json_text(cr_status status, const char *file, const json_t *object, const char *key,
                       const char **out) {
  const json_t *value = json_object_get(object, key);
  *out = NULL;
  if (!json_is_string(value)) return fail_kind(status, file, object, key, "a string");
  *out = json_string_value(value);
  return CR_OK;
}

cr_status cr_json_number(cr_status status, const char *file, const json_t *object, const char *key,
                         double *out) {
  const json_t *value = json_object_get(object, key);
  *out = 0;
  if (!json_is_number(value)) return fail_kind(status, file, object, key, "a number");
  *out = json_number_value(value);
  return CR_OK;
}

cr_status cr_json_size(cr_status status, const char *file, const json_t *object, const char *key,
                       size_t *out) {
  const json_t *value = json_object_get(object, key);
  *out = 0;
  if (!json_is_integer(value)) return fail_kind(status, file, object, key, "an integer");
  const json_int_t number = json_integer_value(value);
  if (number < 0 || (uintmax_t)number > SIZE_MAX) {
    return cr_fail_at(status, file, 0, 0, "\"%s\": found %lld, expected an integer of at least 0",
                      key, (long long)number);
  }
  *out = (size_t)number;
  return CR_OK;
}

cr_status cr_json_array(cr_status status, const char *file, const json_t *object, const char *key,
                        json_t **out) {
  json_t *value = json_object_get(object, key);
  *out = NULL;
  if (!json_is_array(value)) return fail_kind(status, file, object, key, "an array");
  *out = value;
  return CR_OK;
}
