/* Tables for tests, from text and by hand. Include <cmocka.h> before it. */
#ifndef TABLES_H
#define TABLES_H

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/table.h"

/* A table from CSV text, named "test.csv" in messages. */
static inline cr_table *csv_table(const char *text) {
  cr_read_options options;
  cr_table *table = NULL;
  cr_read_options_init(&options);
  const cr_status status = cr_table_parse("test.csv", text, strlen(text), &options, &table);
  if (status != CR_OK) print_error("%s\n", cr_last_error()->message);
  assert_int_equal(status, CR_OK);
  return table;
}

/* Images of height x width bytes with labels; and, if more is not NULL, a column "more" between. */
static inline cr_table *image_table(size_t rows, size_t height, size_t width, const uint8_t *pixels,
                                    const double *more, const double *labels) {
  cr_table *table = NULL;
  void *bytes = NULL;
  const size_t label = more != NULL ? 2 : 1, size = height * width;
  assert_int_equal(cr_table_create("images", "idx", label + 1, &table), CR_OK);
  table->rows = rows;
  assert_int_equal(cr_table_name(table, 0, "pixels"), CR_OK);
  assert_int_equal(cr_alloc(rows * size, 1, &bytes), CR_OK);
  memcpy(bytes, pixels, rows * size);
  cr_stored_column *image = &table->columns[0];
  image->info.type = CR_COLUMN_IMAGE;
  image->info.width = size;
  image->info.height = height;
  image->info.image_width = width;
  image->info.channels = 1;
  image->bytes = image->bytes_owner = bytes;
  for (size_t c = 1; c <= label; c++) {
    assert_int_equal(cr_table_name(table, c, c == label ? "label" : "more"), CR_OK);
    assert_int_equal(cr_table_add_numbers(table, c), CR_OK);
    memcpy(table->columns[c].numbers, c == label ? labels : more, rows * sizeof(double));
  }
  table->columns[label].is_label = true;
  assert_int_equal(cr_table_finish(table, NULL), CR_OK);
  return table;
}

/* The detail of the last failure: what it says, where, and what helps. NULL and 0: any. */
static inline void check_failure(cr_status status, const char *message, uint64_t line,
                                 const char *fix) {
  const cr_error *error = cr_last_error();
  const bool said = (message == NULL || strstr(error->message, message) != NULL) &&
                    (fix == NULL || strstr(error->fix, fix) != NULL);
  if (!said) print_error("message: %s\nfix: %s\n", error->message, error->fix);
  assert_int_equal(error->status, status);
  assert_true(said);
  if (line > 0) assert_int_equal(error->line, line);
}

#endif
