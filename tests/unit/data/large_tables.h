/* For tests of tables on disk: each is what the same file is in memory. */
#ifndef UNIT_DATA_LARGE_TABLES_H
#define UNIT_DATA_LARGE_TABLES_H

#include "base/alloc.h"
#include "data/large_table.h"

#include "folder.h"
#include "reading.h"

/* So many rows are more than one piece. */
enum { ROWS = 30000 };

/* The same file as a table in memory and as one on disk. */
typedef struct both {
  cr_table *near, *far;
} both;

static inline cr_status read_both(const char *name, cr_read_options *options, both *out) {
  *out = (both){0};
  assert_int_equal(cr_table_read(in_folder(name), options, &out->near), CR_OK);
  options->memory = 1;
  options->cache = folder;
  const cr_status status = cr_table_read(in_folder(name), options, &out->far);
  options->memory = 0;
  return status;
}

static inline void free_both(both *b) {
  cr_table_destroy(b->near);
  cr_table_destroy(b->far);
}

static inline bool same_bits(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

static inline void check_column(const both *b, size_t c) {
  const cr_stored_column *near = &b->near->columns[c], *far = &b->far->columns[c];
  assert_string_equal(near->info.name, far->info.name);
  assert_int_equal(near->info.type, far->info.type);
  assert_int_equal(near->info.missing, far->info.missing);
  assert_int_equal(near->info.distinct, far->info.distinct);
  assert_int_equal(near->amounts, far->amounts);
  if (near->info.missing > 0) {
    assert_int_equal(near->first_missing.row, far->first_missing.row);
    assert_int_equal(near->first_missing.line, far->first_missing.line);
  }
  if (near->info.type == CR_COLUMN_TEXT) return;
  assert_int_equal(near->info.bad, far->info.bad);
  if (near->info.bad > 0) {
    assert_int_equal(near->first_bad.row, far->first_bad.row);
    assert_int_equal(near->first_bad.line, far->first_bad.line);
    assert_string_equal(near->first_bad.text, far->first_bad.text);
  }
  assert_true(near->info.integer == far->info.integer);
  assert_true(same_bits(near->info.mean, far->info.mean));
  assert_true(same_bits(near->info.deviation, far->info.deviation));
  assert_true(same_bits(near->info.minimum, far->info.minimum));
  assert_true(same_bits(near->info.maximum, far->info.maximum));
}

static inline void check_same(const both *b) {
  assert_null(b->near->large);
  assert_non_null(b->far->large);
  assert_int_equal(b->near->rows, b->far->rows);
  assert_int_equal(b->near->column_count, b->far->column_count);
  assert_true(b->near->origin.fingerprint == b->far->origin.fingerprint);
  assert_int_equal(b->near->origin.skipped_rows, b->far->origin.skipped_rows);
  for (size_t c = 0; c < b->near->column_count; c++) check_column(b, c);
  for (size_t r = 0; r < b->near->rows; r += 97)
    assert_int_equal(cr_table_row_number(b->near, r), cr_table_row_number(b->far, r));
  char *near = render(b->near), *far = render(b->far);
  assert_string_equal(near, far);
  cr_table_rest(b->far);
  char *again = render(b->far);
  assert_string_equal(near, again);
  cr_free(near);
  cr_free(far);
  cr_free(again);
}

/* Rows by a function of their number. */
static inline void write_rows(const char *name, void (*write)(FILE *, size_t)) {
  FILE *file = fopen(in_folder(name), "w");
  assert_non_null(file);
  fputs("a,b,c,d\n", file);
  for (size_t i = 0; i < ROWS; i++) write(file, i);
  assert_int_equal(fclose(file), 0);
}

/* The same mistake is told in the same words. */
static inline void check_same_failure(const char *name, const cr_read_options *given,
                                      cr_status status) {
  cr_read_options options;
  cr_table *table = NULL;
  cr_read_options_init(&options);
  if (given) options = *given;
  assert_int_equal(cr_table_read(in_folder(name), &options, &table), status);
  const cr_error near = *cr_last_error();
  options.memory = 1;
  options.cache = folder;
  assert_int_equal(cr_table_read(in_folder(name), &options, &table), status);
  const cr_error *far = cr_last_error();
  assert_string_equal(near.message, far->message);
  assert_string_equal(near.fix, far->fix);
  assert_int_equal(near.line, far->line);
  assert_int_equal(near.column, far->column);
}

#endif
