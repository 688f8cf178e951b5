/*
 * The writers. What is read of any format and can be written is read again to the same table: by
 * CSV and TSV with its names, by LIBSVM and NPY without.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/write.h"
#include "require.h"

enum { MOST_BYTES = 1 << 18, MOST_CELLS = 1 << 16 };

static cr_status parse(const char *bytes, size_t size, const char *header, cr_table **out) {
  cr_read_options options;
  cr_read_options_init(&options);
  options.max_bytes = MOST_BYTES * 8;
  options.header = header;
  *out = NULL;
  return cr_table_parse("fuzz", bytes, size, &options, out);
}

static bool write_table(const cr_table *table, const char *format, cr_strbuf *out) {
  cr_write_options options;
  cr_writing writing;
  cr_sink *sink;
  cr_write_options_init(&options);
  options.format = format;
  if (cr_writing_open(table, "fuzz", &options, &writing) != CR_OK) return false;
  require(cr_sink_open_memory(out, writing.gzip, &sink) == CR_OK);
  require(writing.writer->write(&writing, sink) == CR_OK);
  require(cr_sink_commit(sink) == CR_OK);
  cr_writing_free(&writing);
  return true;
}

/* Two numbers are the same, two gaps, or two values that were none. */
static bool same_number(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0 || a == b; /* -0 is left out by LIBSVM */
}

static bool same_cell(const cr_table *a, const cr_table *b, size_t row, size_t column) {
  const cr_stored_column *x = &a->columns[column], *y = &b->columns[column];
  if (x->info.type == CR_COLUMN_TEXT && y->info.type == CR_COLUMN_TEXT) {
    const char *s = cr_table_text(a, row, column), *t = cr_table_text(b, row, column);
    return s && t ? strcmp(s, t) == 0 : s == t;
  }
  /* a column of gaps alone is one of numbers, whatever it was */
  if (x->info.type == CR_COLUMN_TEXT) return !cr_table_text(a, row, column);
  return same_number(cr_table_number(a, row, column), cr_table_number(b, row, column));
}

static void check_same(const cr_table *a, const cr_table *b, bool names) {
  require(a->rows == b->rows && a->column_count == b->column_count);
  for (size_t c = 0; c < a->column_count; c++) {
    if (names) require(strcmp(a->columns[c].info.name, b->columns[c].info.name) == 0);
    for (size_t r = 0; r < a->rows; r++) require(same_cell(a, b, r, c));
  }
}

/* What LIBSVM calls a column: by its name if the table was read from LIBSVM, else by its place. */
static const char *libsvm_name(const cr_table *table, size_t column, char room[32]) {
  if (table->has_zeros) return table->columns[column].info.name;
  if (column + 1 == table->column_count) return "label";
  snprintf(room, 32, "x%zu", column + 1);
  return room;
}

static bool is_zero(const cr_table *table, size_t column) {
  for (size_t r = 0; r < table->rows; r++)
    if (cr_table_number(table, r, column) != 0.0) return false;
  return true;
}

/*
 * LIBSVM keeps a row's values by their indices; columns nobody has a value of come and go, since of
 * the indices that are not written only the largest could be told.
 */
static void check_values(const cr_table *a, const cr_table *b) {
  char room[32];
  size_t kept = 0, there = 0; /* columns of b with other values than zeros: of a's, and all */
  require(a->rows == b->rows);
  for (size_t c = 0; c < a->column_count; c++) {
    size_t column;
    const bool found = cr_table_find(b, libsvm_name(a, c, room), &column);
    require(found || is_zero(a, c));
    kept += found && !is_zero(b, column);
    for (size_t r = 0; found && r < a->rows; r++)
      require(same_number(cr_table_number(a, r, c), cr_table_number(b, r, column)));
  }
  for (size_t c = 0; c < b->column_count; c++) there += !is_zero(b, c);
  require(kept == there);
}

static void check_round(const cr_table *table, const char *format, bool names) {
  cr_strbuf out = {0};
  cr_table *again;
  if (!write_table(table, format, &out)) return;
  require(parse(out.text, out.length, names ? "yes" : "auto", &again) == CR_OK);
  if (again->has_zeros)
    check_values(table, again);
  else
    check_same(table, again, names);
  cr_table_destroy(again);
  cr_strbuf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  cr_table *table;
  if (size > MOST_BYTES || parse((const char *)data, size, "auto", &table) != CR_OK) return 0;
  const bool images = table->columns[0].info.type == CR_COLUMN_IMAGE;
  if (!images && table->rows * table->column_count <= MOST_CELLS) {
    check_round(table, "csv", true);
    check_round(table, "tsv.gz", true);
    check_round(table, "libsvm", false);
    check_round(table, "npy", false);
  }
  cr_table_destroy(table);
  return 0;
}
