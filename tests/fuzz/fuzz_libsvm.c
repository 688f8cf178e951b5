/*
 * LIBSVM. What is accepted, written out and read again, must be the same table. It takes no more
 * memory than a table may with its zeros, or without them than its values need.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "bounded.h"
#include "data/reader.h"
#include "require.h"

enum { MOST_BYTES = 1 << 20 };

static bool is_bounded(const cr_table *table, size_t size) {
  if (!table->sparse) return table->rows * table->column_count * sizeof(double) <= 2 * MOST_BYTES;
  const size_t entries = cr_sparse_entries(table->sparse);
  return entries < size && table->column_count <= entries + 1;
}

static cr_table *parse(const void *data, size_t size) {
  cr_read_options options;
  cr_read_options_init(&options);
  options.max_bytes = MOST_BYTES;
  cr_table *table = NULL;
  bounded_start();
  const cr_status status = cr_table_parse("fuzz", data, size, &options, &table);
  bounded_require(BOUNDED_ROOM + size + 6 * MOST_BYTES); /* an index may be any number */
  require((status == CR_OK) == (table != NULL));
  require(status == CR_OK || cr_last_error()->status == status);
  require(!table || is_bounded(table, size));
  return table;
}

/* The index of a column that is not the label. */
static const char *index_of(const cr_table *table, size_t column) {
  return table->columns[column].info.name + 1;
}

/* The values, and of what has its zeros these, too; a 0 in the first row tells the format. */
static void write_rows(const cr_table *table, cr_strbuf *out) {
  const size_t label = table->column_count - 1;
  char digits[32];
  for (size_t r = 0; r < table->rows; r++) {
    cr_format_number(cr_table_number(table, r, label), digits);
    cr_strbuf_format(out, "%s", digits);
    for (size_t c = 0; c < label; c++) {
      const double value = cr_table_number(table, r, c);
      require(isfinite(value));
      if (value == 0.0 && table->sparse && r > 0) continue;
      cr_format_number(value, digits);
      cr_strbuf_format(out, " %s:%s", index_of(table, c), digits);
    }
    cr_strbuf_format(out, "\n");
  }
}

/* The same numbers in every column; one that the other lacks is all 0. */
static void check_columns(const cr_table *a, const cr_table *b) {
  for (size_t c = 0; c < a->column_count; c++) {
    size_t other = 0;
    const bool found = cr_table_find(b, a->columns[c].info.name, &other);
    for (size_t r = 0; r < a->rows; r++)
      require(cr_table_number(a, r, c) == (found ? cr_table_number(b, r, other) : 0.0));
  }
}

static void check_round_trip(const cr_table *table) {
  cr_strbuf out = {0};
  require(strcmp(table->columns[table->column_count - 1].info.name, "label") == 0);
  write_rows(table, &out);
  if (out.length <= MOST_BYTES) {
    cr_table *again = parse(out.text, out.length);
    require(again && strcmp(again->origin.format, "libsvm") == 0);
    require(again->rows == table->rows);
    check_columns(table, again);
    check_columns(again, table);
    cr_table_destroy(again);
  }
  cr_strbuf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  cr_table *table = parse(data, size);
  const bool small = table && table->rows * table->column_count <= MOST_BYTES;
  if (small && strcmp(table->origin.format, "libsvm") == 0) check_round_trip(table);
  cr_table_destroy(table);
  return 0;
}
