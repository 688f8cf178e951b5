/* JSON through jansson, guarded: duplicate keys, depth, size, and errors that name the place. */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <jansson.h>

#include "base/fail.h"

/*
 * Parses text[0..size) of `file` (for messages). Refuses duplicate keys, more than 32 levels, more
 * than `max_values` values, invalid UTF-8 and anything after the value, with `status` and the line
 * and column of the fault. The caller decrefs *out.
 */
cr_status cr_json_parse(cr_status status, const char *file, const char *text, size_t size,
                        size_t max_values, json_t **out);

/* Members by name with a type, or a failure with `status` that says what was found instead. */
cr_status cr_json_text(cr_status status, const char *file, const json_t *object, const char *key,
                       const char **out);
cr_status cr_json_number(cr_status status, const char *file, const json_t *object, const char *key,
                         double *out);
cr_status cr_json_size(cr_status status, const char *file, const json_t *object, const char *key,
                       size_t *out);
cr_status cr_json_array(cr_status status, const char *file, const json_t *object, const char *key,
                        json_t **out);

/* "a string", "an array", … for messages. */
const char *cr_json_kind(const json_t *value);

#endif
