/*
 * CSV. What is accepted must be readable cell by cell, and written out and read again it must be
 * the same table. How the text is cut into chunks changes neither the table nor the failure.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../same_table.h"
#include "base/number.h"
#include "bounded.h"
#include "data/csv.h"
#include "require.h"

static void add_quoted(cr_strbuf *out, const char *text) {
  cr_strbuf_add(out, "\"", 1);
  for (; *text; text++) cr_strbuf_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
  cr_strbuf_add(out, "\"", 1);
}

static void add_cell(cr_strbuf *out, const cr_table *table, size_t row, size_t column) {
  const cr_stored_column *stored = &table->columns[column];
  char digits[32];
  if (stored->info.type == CR_COLUMN_TEXT) {
    const char *text = cr_table_text(table, row, column);
    require(stored->codes[row] == UINT32_MAX || stored->codes[row] < stored->texts.count);
    if (text)
      add_quoted(out, text);
    else
      cr_strbuf_add(out, "NA", 2);
    return;
  }
  const double value = cr_table_number(table, row, column);
  if (isnan(value)) {
    cr_strbuf_format(out, "%s", cr_number_is_bad(value) ? "inf" : "NA");
    return;
  }
  require(isfinite(value));
  cr_format_number(value, digits);
  cr_strbuf_format(out, "%s", digits);
}

static void check_figures(const cr_table *table) {
  for (size_t c = 0; c < table->column_count; c++) {
    const cr_column *info = cr_table_column(table, c);
    require(info != NULL);
    require(info->missing + info->bad <= table->rows && info->distinct <= table->rows);
    if (info->missing) require(cr_table_fail_missing(table, c) == CR_ERR_MISSING);
    if (info->bad) require(cr_table_fail_bad(table, c) == CR_ERR_NUMBER);
    require(info->type == CR_COLUMN_TEXT || info->distinct == 0 ||
            (info->minimum <= info->mean * (1 + 1e-12) + 1e-300 || info->mean < 0));
  }
}

static char *write_csv(const cr_table *table, size_t *size) {
  cr_strbuf out = {0};
  char *text = NULL;
  for (size_t c = 0; table->origin.has_header && c < table->column_count; c++) {
    if (c) cr_strbuf_add(&out, ",", 1);
    add_quoted(&out, table->columns[c].info.name);
  }
  if (table->origin.has_header) cr_strbuf_add(&out, "\n", 1);
  for (size_t r = 0; r < table->rows; r++) {
    for (size_t c = 0; c < table->column_count; c++) {
      if (c) cr_strbuf_add(&out, ",", 1);
      add_cell(&out, table, r, c);
    }
    cr_strbuf_add(&out, "\n", 1);
  }
  *size = out.length;
  require(cr_strbuf_take(&out, &text) == CR_OK);
  return text;
}

static void check_round_trip(const cr_table *table) {
  cr_read_options options;
  cr_read_options_init(&options);
  options.delimiter = ',';
  options.header = table->origin.has_header ? "yes" : "no";
  size_t first_size, second_size;
  cr_strbuf first = {.text = write_csv(table, &first_size)};
  cr_table *again = NULL;
  require(cr_table_parse("again", first.text, first_size, &options, &again) == CR_OK);
  cr_strbuf second = {.text = write_csv(again, &second_size)};
  require(first_size == second_size && memcmp(first.text, second.text, first_size) == 0);
  for (size_t c = 0; c < table->column_count; c++) {
    require(strcmp(table->columns[c].info.name, again->columns[c].info.name) == 0);
    require(table->columns[c].info.type == again->columns[c].info.type);
  }
  cr_strbuf_free(&first);
  cr_strbuf_free(&second);
  cr_table_destroy(again);
}

/* As one chunk, and cut every few bytes. */
static void check_cuts(const char *text, size_t size, const cr_read_options *options) {
  static const size_t cuts[] = {1, 7, 64};
  cr_source source = {.path = "fuzz", .bytes = (char *)text, .size = size};
  cr_table *whole = NULL;
  const cr_status status = cr_csv_read(&source, options, NULL, size + 1, &whole);
  const cr_error error = *cr_last_error();
  for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
    cr_table *cut = NULL;
    require(cr_csv_read(&source, options, NULL, cuts[i], &cut) == status);
    require(status == CR_OK ? same_table(whole, cut) : same_error(&error, cr_last_error()));
    cr_table_destroy(cut);
  }
  cr_table_destroy(whole);
}

static void cut(const uint8_t *data, size_t size, const cr_read_options *options) {
  cr_strbuf text = {0};
  cr_strbuf_add(&text, (const char *)data, size); /* ends it in a NUL */
  require(!text.failed);
  if (size > 0) check_cuts(text.text, size, options);
  cr_strbuf_free(&text);
}

static void parse(const uint8_t *data, size_t size, const cr_read_options *options) {
  cr_table *table = NULL;
  bounded_start();
  const cr_status status = cr_table_parse("fuzz", data, size, options, &table);
  bounded_require_table(data, size, options->max_bytes);
  require((status == CR_OK) == (table != NULL));
  require(status == CR_OK || cr_last_error()->status == status);
  if (!table) return;
  if (strcmp(table->origin.format, "csv") == 0) {
    check_figures(table);
    check_round_trip(table);
  }
  cr_table_destroy(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char delimiters[] = {0, ';', '\t', ' '};
  static const char *const headers[] = {"auto", "yes", "no", "auto"};
  for (size_t i = 0; i < sizeof delimiters; i++) {
    cr_read_options options;
    cr_read_options_init(&options);
    options.max_bytes = 1 << 20;
    options.delimiter = delimiters[i];
    options.header = headers[i];
    options.skip_bad_rows = i % 2 == 1;
    parse(data, size, &options);
    cut(data, size, &options);
  }
  return 0;
}
