/* For tests of the readers: a table as one line of text, and what an error must say. */
#ifndef UNIT_DATA_READING_H
#define UNIT_DATA_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/reader.h"

static inline void add_cell(cr_strbuf *out, const cr_table *table, size_t row, size_t column) {
  const cr_column *info = cr_table_column(table, column);
  assert_non_null(info);
  if (info->type == CR_COLUMN_TEXT) {
    const char *text = cr_table_text(table, row, column);
    cr_strbuf_format(out, "%s", text ? text : "_");
  } else if (info->type == CR_COLUMN_IMAGE) {
    const uint8_t *bytes = cr_table_image(table, row, column);
    for (size_t i = 0; i < info->width; i++) cr_strbuf_format(out, "%02x", (unsigned)bytes[i]);
  } else {
    const double value = cr_table_number(table, row, column);
    if (isnan(value))
      cr_strbuf_format(out, cr_number_is_bad(value) ? "!" : "_");
    else
      cr_strbuf_format(out, "%.17g", value);
  }
}

/* "a:n,b:t|1,x|2,_": names with their types, then the rows; _ is missing, ! is bad. */
static inline char *render(const cr_table *table) {
  cr_strbuf out = {0};
  for (size_t c = 0; c < cr_table_columns(table); c++) {
    const cr_column *info = cr_table_column(table, c);
    assert_non_null(info);
    cr_strbuf_format(&out, "%s%s:%c", c ? "," : "", info->name, "nti"[info->type]);
  }
  for (size_t r = 0; r < cr_table_rows(table); r++)
    for (size_t c = 0; c < cr_table_columns(table); c++) {
      cr_strbuf_add(&out, c ? "," : "|", 1);
      add_cell(&out, table, r, c);
    }
  char *text = NULL;
  assert_int_equal(cr_strbuf_take(&out, &text), CR_OK);
  return text;
}

static inline void check_table(const cr_table *table, const char *expected) {
  cr_strbuf text = {.text = render(table)};
  assert_string_equal(text.text, expected);
  cr_strbuf_free(&text);
}

static inline cr_table *parse_bytes(const char *bytes, size_t size,
                                    const cr_read_options *options) {
  cr_table *table = NULL;
  const cr_status status = cr_table_parse("data.csv", bytes, size, options, &table);
  if (status != CR_OK) print_error("%s\n", cr_last_error()->message);
  assert_int_equal(status, CR_OK);
  return table;
}

static inline void check_reads(const char *text, const cr_read_options *options,
                               const char *expected) {
  cr_table *table = parse_bytes(text, strlen(text), options);
  check_table(table, expected);
  cr_table_destroy(table);
}

/* What a failure must say: its place, and a part of its message and of its fix (NULL: whatever). */
typedef struct failure {
  cr_status status;
  uint64_t line, column;
  const char *message, *fix;
} failure;

static inline void check_error(const char *file, failure expected) {
  const cr_error *error = cr_last_error();
  assert_string_equal(error->file, file);
  assert_int_equal(error->line, expected.line);
  assert_int_equal(error->column, expected.column);
  if (expected.message && !strstr(error->message, expected.message))
    fail_msg("message '%s' lacks '%s'", error->message, expected.message);
  if (expected.fix && !strstr(error->fix, expected.fix))
    fail_msg("fix '%s' lacks '%s'", error->fix, expected.fix);
}

static inline void check_fails_bytes(const char *bytes, size_t size, const cr_read_options *options,
                                     failure expected) {
  cr_table *table = NULL;
  const cr_status status = cr_table_parse("data.csv", bytes, size, options, &table);
  assert_string_equal(cr_status_name(status), cr_status_name(expected.status));
  assert_null(table);
  check_error("data.csv", expected);
}

static inline void check_fails(const char *text, const cr_read_options *options, failure expected) {
  check_fails_bytes(text, strlen(text), options, expected);
}

static inline cr_read_options read_options(void) {
  cr_read_options options;
  cr_read_options_init(&options);
  return options;
}

#endif
