#include "check/case_fields.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"

/* A key is near another if at most this many letters differ. */
#define NEAR 3

cr_status cr_case_fail(const char *file, const char *where, const char *format, ...) {
  char text[384];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return cr_fail_at(CR_ERR_CASE, file, 0, 0, "%s%s%s", where, *where ? ": " : "", text);
}

cr_status cr_case_fail_about(const char *file, const char *where) {
  const cr_error cause = *cr_last_error();
  if (cause.status == CR_ERR_MEMORY) return cause.status;
  cr_case_fail(file, where, "%s", cause.message);
  if (cause.why[0]) cr_why("%s", cause.why);
  if (cause.fix[0]) cr_fix("%s", cause.fix);
  return CR_ERR_CASE;
}

static const char *plural(size_t count) {
  return count == 1 ? "" : "s";
}

cr_status cr_case_number(const char *file, const char *where, const json_t *value,
                         cr_case_numbers *out) {
  if (!json_is_number(value)) {
    return cr_case_fail(file, where, "found %s, expected a number", cr_json_kind(value));
  }
  const double number = json_number_value(value);
  if (!(fabs(number) <= (double)FLT_MAX)) {
    return cr_case_fail(file, where, "%g is too large for a float", number);
  }
  void *values = out->values;
  CR_TRY(cr_grow(&values, out->count, out->count + 1, sizeof number, &out->capacity));
  out->values = values;
  out->values[out->count++] = number;
  return CR_OK;
}

cr_status cr_case_vector(const char *file, const char *where, const json_t *value, size_t count,
                         cr_case_numbers *out) {
  if (!json_is_array(value)) {
    return cr_case_fail(file, where, "found %s, expected a list of %zu number%s",
                        cr_json_kind(value), count, plural(count));
  }
  if (json_array_size(value) != count) {
    return cr_case_fail(file, where, "found %zu number%s, expected %zu", json_array_size(value),
                        plural(json_array_size(value)), count);
  }
  for (size_t i = 0; i < count; ++i) {
    char entry[CR_CASE_NAME + 32];
    snprintf(entry, sizeof entry, "%s, number %zu", where, i + 1);
    CR_TRY(cr_case_number(file, entry, json_array_get(value, i), out));
  }
  return CR_OK;
}

cr_status cr_case_matrix(const char *file, const char *where, const json_t *value, size_t rows,
                         size_t cols, cr_case_numbers *out) {
  if (!json_is_array(value)) {
    return cr_case_fail(file, where, "found %s, expected a list of %zu row%s", cr_json_kind(value),
                        rows, plural(rows));
  }
  if (json_array_size(value) != rows) {
    return cr_case_fail(file, where, "found %zu row%s, expected %zu", json_array_size(value),
                        plural(json_array_size(value)), rows);
  }
  for (size_t r = 0; r < rows; ++r) {
    char row[CR_CASE_NAME + 32];
    snprintf(row, sizeof row, "%.120s, row %zu", where, r + 1);
    CR_TRY(cr_case_vector(file, row, json_array_get(value, r), cols, out));
  }
  return CR_OK;
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Do they differ in nothing but small and capital letters, in any locale? */
static bool same_letters(const char *a, const char *b) {
  while (*a != '\0' && lower(*a) == lower(*b)) a++, b++;
  return *a == *b;
}

/* The known key that is meant: the same letters, or else the fewest different ones; or NULL. */
static const char *nearest_key(const char *key, const char *const *known, size_t count) {
  const char *nearest = NULL;
  size_t nearest_distance = NEAR + 1;
  for (size_t i = 0; i < count; ++i) {
    if (same_letters(key, known[i])) return known[i];
    const size_t distance = cr_text_distance(key, known[i]);
    if (distance >= nearest_distance || distance >= strlen(key)) continue;
    nearest = known[i];
    nearest_distance = distance;
  }
  return nearest;
}

static cr_status fail_unknown(const char *file, const char *where, const char *key,
                              const char *const *known, size_t count) {
  const char *nearest = nearest_key(key, known, count);
  cr_case_fail(file, where, "unknown key \"%.64s\"", key);
  return nearest ? cr_fix("use \"%s\"", nearest) : cr_fix("leave it out, or put it into \"note\"");
}

cr_status cr_case_known_keys(const char *file, const char *where, json_t *object,
                             const char *const *known, size_t count) {
  if (!json_is_object(object)) {
    return cr_case_fail(file, where, "found %s, expected an object", cr_json_kind(object));
  }
  const char *key;
  json_t *value;
  json_object_foreach(object, key, value) {
    bool found = false;
    for (size_t i = 0; i < count && !found; ++i) found = strcmp(key, known[i]) == 0;
    if (!found) return fail_unknown(file, where, key, known, count);
  }
  return CR_OK;
}
