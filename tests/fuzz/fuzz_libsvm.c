/*
 * LIBSVM. What is accepted, written out and read again, must be the same table; the zeros that are
 * written out take no more memory than a table may.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "data/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_BYTES = 1 << 20 };

static void require(bool holds) {
  if (!holds) abort();
}

static cr_table *parse(const void *data, size_t size) {
  cr_read_options options;
  cr_read_options_init(&options);
  options.max_bytes = MOST_BYTES;
  cr_table *table = NULL;
  const cr_status status = cr_table_parse("fuzz", data, size, &options, &table);
  require((status == CR_OK) == (table != NULL));
  require(status == CR_OK || cr_last_error()->status == status);
  require(!table || table->rows * table->column_count * sizeof(double) <= 2 * MOST_BYTES);
  return table;
}

/* All numbers, zeros too, so that the first row tells the format. */
static void write_rows(const cr_table *table, cr_strbuf *out) {
  const size_t label = table->column_count - 1;
  char digits[32];
  for (size_t r = 0; r < table->rows; r++) {
    cr_format_number(cr_table_number(table, r, label), digits);
    cr_strbuf_format(out, "%s", digits);
    for (size_t c = 0; c < label; c++) {
      const double value = cr_table_number(table, r, c);
      require(isfinite(value));
      cr_format_number(value, digits);
      cr_strbuf_format(out, " %zu:%s", c + 1, digits);
    }
    cr_strbuf_format(out, "\n");
  }
}

static void check_round_trip(const cr_table *table) {
  cr_strbuf out = {0};
  require(strcmp(table->columns[table->column_count - 1].info.name, "label") == 0);
  write_rows(table, &out);
  if (out.length <= MOST_BYTES) {
    cr_table *again = parse(out.text, out.length);
    require(again && strcmp(again->origin.format, "libsvm") == 0);
    require(again->rows == table->rows && again->column_count == table->column_count);
    for (size_t c = 0; c < table->column_count; c++)
      require(memcmp(again->columns[c].numbers, table->columns[c].numbers,
                     table->rows * sizeof(double)) == 0);
    cr_table_destroy(again);
  }
  cr_strbuf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  cr_table *table = parse(data, size);
  if (table && strcmp(table->origin.format, "libsvm") == 0) check_round_trip(table);
  cr_table_destroy(table);
  return 0;
}
