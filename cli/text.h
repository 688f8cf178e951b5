/* Growing texts, numbers as people read them, and what it takes to show any text safely. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chainrule/api.h"

struct text {
  char *data; /* NULL while empty; else ends in NUL */
  size_t length, capacity;
};

/* A short text by value, to be used within one expression: printf("%s", number_text(x).s). */
struct short_text {
  char s[48];
};

/* count * size zeroed bytes; ends the program (E17) when there are none. */
void *take(size_t count, size_t size);

/* From now on the end for want of memory is told as the JSON of an error, on standard output. */
void text_memory_json(void);

/* `block` made count * size bytes long, its content kept; ends the program when there are none. */
void *take_more(void *block, size_t count, size_t size);

void text_add(struct text *text, const char *format, ...) CR_PRINTF(2, 3);
void text_add_list(struct text *text, const char *format, va_list list) CR_PRINTF(2, 0);
void text_add_bytes(struct text *text, const char *bytes, size_t size);
void text_free(struct text *text);

/* Appends a word so that a shell reads it as one word. */
void text_add_quoted(struct text *text, const char *word);

/* The same for a file; one whose name begins with '-' is not taken for an option. */
void text_add_path(struct text *text, const char *path);

/* "1 row", "2 rows": appended. */
void text_add_count(struct text *text, size_t count, const char *thing);

/* "3.142", "48650", "1.2e-07"; "-" for NAN. */
struct short_text number_text(double number);

/* A loss or another small figure with three decimals: "0.071". */
struct short_text figure_text(double number);

/* "96.7 %" of a share. */
struct short_text percent_text(double share);

/* "0.4 ms", "12.3 s", "2 min 05 s". */
struct short_text seconds_text(double seconds);

/* "1.2 KB". */
struct short_text size_text(uint64_t bytes);

/* Columns a valid UTF-8 text takes on a terminal. */
size_t text_columns(const char *text);

/* Bytes of the character at `text` and the columns it takes; at least 1 byte unless at the end. */
size_t text_character(const char *text, size_t *columns);

/*
 * `raw` as it may go to a terminal (free it): control characters, among them those that turn the
 * direction of writing, and invalid UTF-8 become '?', and
 * without `utf8` the signs this program uses become ASCII. Line ends stay when keep_lines is set,
 * else become spaces.
 */
char *text_shown(const char *raw, bool utf8, bool keep_lines);

/*
 * `json`, valid and on one line, with \u202e for what text_shown makes a '?' (free it): the same
 * JSON.
 */
char *text_escaped(const char *json);

#endif
