/* CSV: the reader. It passes over the text for its shape, for numbers and for texts. */
#include <string.h>

#include "base/alloc.h"
#include "data/csv.h"

static cr_status find_header(cr_csv *csv) {
  const char *header = csv->options->header;
  if (strcmp(header, "auto") == 0)
    CR_TRY(cr_csv_guess_header(csv));
  else
    csv->has_header = strcmp(header, "yes") == 0;
  return CR_OK;
}

cr_status cr_csv_check_rows(const cr_csv *csv) {
  if (csv->shape.ragged && !csv->options->skip_bad_rows) return cr_csv_fail_ragged(csv);
  if (csv->shape.rows > csv->has_header) return CR_OK;
  return cr_fail_at(CR_ERR_EMPTY, csv->source->path, 0, 0, "a header and no rows below it");
}

/* A title, in a row of one value, stands above the first row that is whole; 0: it does not. */
static uint64_t line_below_title(const cr_csv *csv) {
  enum { ROWS_LOOKED_AT = 100 };
  const size_t columns = csv->shape.columns;
  cr_csv_scan scan;
  cr_csv_start(csv, &scan);
  for (size_t r = 0; r < ROWS_LOOKED_AT; r++) {
    cr_csv_cell cell;
    size_t filled = 0;
    bool found;
    if (cr_csv_next_row(csv, &scan, &found) != CR_OK || !found) return 0;
    for (size_t c = 0; c < columns; c++) {
      if (cr_csv_next(&scan, &cell) != CR_OK) return 0;
      filled += cell.size > 0;
    }
    if (filled == columns) return cell.line;
    if (r == 0 && (filled > 1 || columns < 3)) return 0;
  }
  return 0;
}

static cr_status fail_no_name(const cr_csv *csv, uint64_t line, size_t column) {
  const uint64_t below = line_below_title(csv);
  cr_fail_at(CR_ERR_CSV, csv->source->path, line, column + 1,
             "column %zu has no name in the header", column + 1);
  if (below > 0) {
    cr_why("line %llu has one value, as a title above a table has", (unsigned long long)line);
    return cr_csv_fix_start(csv, below);
  }
  return cr_fix(
      "write a name for it, or --dedup-names to call it x%zu, or read line %llu as data with "
      "--header no",
      column + 1, (unsigned long long)line);
}

static cr_status fail_same_name(const cr_csv *csv, uint64_t line, size_t first, size_t column,
                                const char *name) {
  cr_fail_at(CR_ERR_CSV, csv->source->path, line, column + 1,
             "columns %zu and %zu are both called '%s'", first + 1, column + 1, name);
  return cr_fix("give one of them another name in line %llu, or --dedup-names to call it %s.2",
                (unsigned long long)line, name);
}

/* The second "a" becomes "a.2", one without a name x and its place. */
static cr_status make_unlike(const cr_table *table, size_t column, cr_strbuf *name) {
  enum { TRIED = 100 }; /* then by its place, so that a million of the same name take no longer */
  size_t other;
  if (name->length == 0) cr_strbuf_format(name, "x%zu", column + 1);
  const size_t length = name->length;
  for (size_t k = 2; !name->failed && cr_table_find(table, name->text, &other); k++) {
    if (k == TRIED && column > TRIED) k = column + 1;
    name->length = length;
    cr_strbuf_format(name, ".%zu", k);
  }
  return name->failed ? CR_ERR_MEMORY : CR_OK;
}

/* What numbers the rows often has no name; it must not take one that another column has. */
static cr_status name_first(cr_table *table, cr_strbuf *name) {
  name->length = 0;
  CR_TRY(make_unlike(table, 0, name));
  return cr_table_name(table, 0, name->text);
}

/* Names the columns after the cells of the first row. */
static cr_status read_names(const cr_csv *csv, cr_table *table, cr_strbuf *name) {
  cr_csv_scan scan;
  bool found;
  cr_csv_start(csv, &scan);
  CR_TRY(cr_csv_next_row(csv, &scan, &found));
  for (size_t c = 0; c < table->column_count; c++) {
    cr_csv_cell cell;
    CR_TRY(cr_csv_next(&scan, &cell));
    CR_TRY(cr_csv_unescape(&cell, name));
    if (c == 0 && name->length == 0 && table->column_count > 1) {
      table->columns[0].nameless = true;
      continue;
    }
    if (csv->options->dedup_names) CR_TRY(make_unlike(table, c, name));
    if (name->length == 0) return fail_no_name(csv, cell.line, c);
    size_t first;
    if (cr_table_find(table, name->text, &first))
      return fail_same_name(csv, cell.line, first, c, name->text);
    CR_TRY(cr_table_name(table, c, name->text));
  }
  return table->columns[0].nameless ? name_first(table, name) : CR_OK;
}

static cr_status name_columns(const cr_csv *csv, cr_table *table) {
  if (!csv->has_header) return cr_table_number_names(table);
  cr_strbuf name = {0};
  const cr_status status = read_names(csv, table, &name);
  cr_strbuf_free(&name);
  return status;
}

static cr_status fill_columns(cr_csv *csv, cr_table *table) {
  if (csv->options->type_count == 0) return cr_csv_fill(csv, table);
  void *types;
  CR_TRY(cr_alloc(table->column_count, sizeof(cr_csv_type), &types));
  cr_status status = cr_csv_declare_types(table, csv->options, types);
  csv->types = types;
  if (status == CR_OK) status = cr_csv_fill(csv, table);
  csv->types = NULL;
  cr_free(types);
  return status;
}

cr_status cr_csv_warn_lines(unsigned ends, size_t trailing, cr_table *table) {
  if (trailing)
    CR_TRY(cr_strlist_format(&table->warnings,
                             "every line ends in a delimiter: left out %s without name and values",
                             trailing == 1 ? "the last column," : "the last columns,"));
  if (!(ends & (ends - 1))) return CR_OK;
  return cr_strlist_format(&table->warnings, "lines end in different ways:%s%s%s",
                           ends & CR_CSV_LF ? " LF" : "", ends & CR_CSV_CRLF ? " CRLF" : "",
                           ends & CR_CSV_CR ? " CR" : "");
}

static cr_status warn(const cr_csv *csv, cr_table *table) {
  CR_TRY(cr_csv_warn_lines(csv->shape.line_ends, csv->trailing, table));
  CR_TRY(cr_table_warn_amounts(table, NULL, &table->warnings));
  return cr_table_warn_duplicates(table, csv->options->max_bytes, csv->pool);
}

static cr_status read_table(cr_csv *csv, cr_table *table) {
  table->rows = csv->shape.rows - csv->has_header;
  table->origin.has_header = csv->has_header;
  table->origin.delimiter = csv->delimiter;
  table->trailing = csv->trailing;
  table->decimal = csv->options->decimal;
  table->origin.skipped_rows = csv->shape.ragged;
  table->origin.compressed = csv->source->compressed;
  table->origin.fingerprint = cr_fingerprint(csv->source->bytes, csv->source->size, 0);
  CR_TRY(name_columns(csv, table));
  CR_TRY(fill_columns(csv, table));
  CR_TRY(cr_table_finish(table, csv->pool));
  return warn(csv, table);
}

static cr_status prepare(cr_csv *csv) {
  CR_TRY(cr_csv_survey_text(csv));
  cr_csv_set_delimiter(csv, csv->delimiter);
  CR_TRY(cr_csv_find_shape(csv));
  CR_TRY(find_header(csv));
  return cr_csv_check_rows(csv);
}

/* Every column is read as numbers first. (A cell is at least a byte, so that nothing wraps.) */
static cr_status check_size(cr_csv *csv) {
  const uint64_t cells = (uint64_t)csv->shape.rows * csv->shape.columns;
  csv->bytes_left = cr_table_bytes_max(csv->options);
  if (csv->shape.ragged) CR_TRY(cr_csv_spend(csv, csv->shape.rows * sizeof(size_t)));
  return cr_csv_spend(csv, cells * sizeof(double) + csv->shape.columns * cr_csv_column_bytes());
}

static cr_status read_all(cr_csv *csv, cr_strbuf *mended, cr_table **out) {
  CR_TRY(cr_csv_check_marks(csv));
  cr_csv_find_delimiters(csv);
  CR_TRY(cr_csv_mend_text(csv, mended));
  CR_TRY(prepare(csv));
  CR_TRY(check_size(csv));
  cr_table *table;
  CR_TRY(cr_table_create(csv->source->path, "csv", csv->shape.columns, &table));
  const cr_status status = read_table(csv, table);
  if (status != CR_OK) {
    cr_table_destroy(table);
    return status;
  }
  *out = table;
  return CR_OK;
}

cr_status cr_csv_read(cr_source *source, const cr_read_options *options, cr_pool *pool,
                      size_t chunk_bytes, cr_table **out) {
  if (options->labels)
    return cr_fail_at(CR_ERR_ARGUMENT, source->path, 0, 0,
                      "a label file belongs to IDX images or an NPY array, and this is CSV");
  cr_csv csv = {.source = source,
                .options = options,
                .pool = pool,
                .text = source->bytes,
                .size = source->size,
                .first_line = 1,
                .delimiter = options->delimiter,
                .chunk_bytes = chunk_bytes};
  cr_strbuf mended = {0};
  const cr_status status = read_all(&csv, &mended, out);
  cr_csv_end(&csv);
  cr_strbuf_free(&mended);
  return status;
}

static cr_status read_csv(cr_source *source, const cr_read_options *options, cr_pool *pool,
                          cr_table **out) {
  return cr_csv_read(source, options, pool, CR_CSV_CHUNK_BYTES, out);
}

static bool sniff_csv(const char *head, size_t size) {
  (void)head;
  return size > 0;
}

static cr_status judge_csv(const cr_source *head) {
  cr_csv csv = {.source = head, .text = head->bytes, .size = head->size, .first_line = 1};
  return cr_csv_check_head(&csv);
}

const cr_reader cr_csv_reader = {
    .name = "csv", .sniff = sniff_csv, .judge = judge_csv, .read = read_csv};
