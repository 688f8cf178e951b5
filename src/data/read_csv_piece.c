/* A CSV file in pieces: what its head says of it, and piece after piece by that. */
#include <string.h>

#include "base/alloc.h"
#include "data/csv.h"

static void forget(cr_csv_pieces *pieces) {
  pieces->shape = (cr_csv_shape){.columns = pieces->columns};
  pieces->bytes = 0;
  pieces->line = 1;
  pieces->rows = 0;
}

void cr_csv_pieces_rewind(cr_csv_pieces *pieces) {
  forget(pieces);
  memset(pieces->counts, 0, pieces->columns * sizeof *pieces->counts);
}

static cr_status note_columns(cr_csv_pieces *pieces, const cr_table *table) {
  void *block;
  CR_TRY(cr_alloc(pieces->columns, sizeof(cr_csv_counts), &block));
  pieces->counts = block;
  CR_TRY(cr_alloc(pieces->columns, sizeof(cr_csv_type), &block));
  pieces->types = block;
  CR_TRY(cr_csv_declare_types(table, pieces->options, pieces->types));
  for (size_t c = 0; c < pieces->columns; c++) {
    const cr_stored_column *column = &table->columns[c];
    /* amounts are counted as such where they are read as texts alone: further rows may be words */
    const bool text = column->info.type == CR_COLUMN_TEXT || column->amounts;
    if (pieces->types[c] == CR_CSV_BY_LOOKING)
      pieces->types[c] = text ? CR_CSV_TEXTS : CR_CSV_NUMBERS;
    CR_TRY(cr_strlist_add(&pieces->names, column->info.name));
  }
  return CR_OK;
}

/*
 * How many rows do not fit is known after the last piece, unless there is no other row than those.
 */
static cr_status read_head(cr_source *source, const cr_read_options *options, cr_table **out) {
  cr_read_options lenient = *options;
  lenient.skip_bad_rows = true;
  const cr_status status = cr_csv_reader.read(source, &lenient, NULL, out);
  return status == CR_ERR_EMPTY ? cr_csv_reader.read(source, options, NULL, out) : status;
}

cr_status cr_csv_pieces_open(const char *path, const char *head, size_t size,
                             const cr_read_options *options, cr_csv_pieces *out) {
  cr_source source = {.path = path, .bytes = (char *)head, .size = size};
  cr_table *table;
  if (options->lenient_quotes) {
    cr_fail_at(CR_ERR_COMBINATION, path, 0, 0,
               "a file that is larger than memory is read with strict quotes only");
    cr_why("where a row ends could not be told from the middle of the file");
    return cr_fix("leave out --lenient-quotes, or allow more with --memory");
  }
  CR_TRY(read_head(&source, options, &table));
  *out = (cr_csv_pieces){.source = {.path = path},
                         .options = options,
                         .delimiter = table->origin.delimiter,
                         .has_header = table->origin.has_header,
                         .columns = table->column_count,
                         .trailing = table->trailing,
                         .first_nameless = table->columns[0].nameless};
  const cr_status status = note_columns(out, table);
  cr_table_destroy(table);
  if (status != CR_OK)
    cr_csv_pieces_close(out);
  else
    forget(out);
  return status;
}

void cr_csv_pieces_close(cr_csv_pieces *pieces) {
  cr_strlist_free(&pieces->names);
  cr_free(pieces->types);
  cr_free(pieces->counts);
  *pieces = (cr_csv_pieces){0};
}

size_t cr_csv_whole_rows(const char *text, size_t size) {
  bool quoted = false, blank = true;
  size_t whole = 0;
  for (size_t i = 0; i < size; i++) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '\n' || c == '\r')) {
      if (i + 1 == size && c == '\r') break; /* a '\n' may follow */
      if (c == '\r' && text[i + 1] == '\n') i++;
      if (!blank) whole = i + 1;
      blank = true;
    } else if (c != ' ' && c != '\t') {
      blank = false;
    }
  }
  return whole;
}

static void add_shape(cr_csv_pieces *pieces, const cr_csv_shape *piece) {
  cr_csv_shape *all = &pieces->shape;
  if (all->ragged == 0) {
    all->ragged_line = piece->ragged_line;
    all->ragged_cells = piece->ragged_cells;
  }
  all->ragged += piece->ragged;
  all->rows += piece->rows;
  all->line_ends |= piece->line_ends;
}

static cr_status read_rows(cr_csv *csv, const cr_csv_pieces *pieces, cr_table **out) {
  CR_TRY(cr_table_create(pieces->source.path, "csv", pieces->columns, out));
  cr_table *table = *out;
  table->rows = csv->shape.rows - csv->has_header;
  table->origin.has_header = pieces->has_header;
  table->origin.delimiter = pieces->delimiter;
  for (size_t c = 0; c < pieces->columns; c++)
    CR_TRY(cr_table_name(table, c, pieces->names.items[c]));
  CR_TRY(cr_table_add_row_numbers(table));
  return cr_csv_fill(csv, table);
}

static cr_status read_text(cr_csv *csv, const cr_csv_pieces *pieces, cr_strbuf *mended,
                           cr_table **out) {
  CR_TRY(cr_csv_check_marks(csv));
  CR_TRY(cr_csv_mend_text(csv, mended));
  CR_TRY(cr_csv_survey_text(csv));
  CR_TRY(cr_csv_find_shape(csv));
  return pieces->types && csv->shape.rows > csv->has_header ? read_rows(csv, pieces, out) : CR_OK;
}

cr_status cr_csv_pieces_read(cr_csv_pieces *pieces, const char *text, size_t size, cr_pool *pool,
                             cr_table **out) {
  cr_csv csv = {.source = &pieces->source,
                .options = pieces->options,
                .pool = pool,
                .text = text,
                .size = size,
                .first_byte = pieces->bytes,
                .first_line = pieces->line,
                .first_row = pieces->rows,
                .has_header = pieces->has_header && pieces->bytes == 0,
                .types = pieces->types,
                .counts = pieces->counts,
                .trailing = pieces->trailing,
                .shape = {.columns = pieces->columns},
                .bytes_left = UINT64_MAX};
  cr_strbuf mended = {0};
  *out = NULL;
  pieces->source.bytes = (char *)text;
  pieces->source.size = size;
  cr_csv_set_delimiter(&csv, pieces->delimiter);
  const cr_status status = read_text(&csv, pieces, &mended, out);
  cr_csv_end(&csv);
  cr_strbuf_free(&mended);
  if (status != CR_OK) {
    cr_table_destroy(*out);
    *out = NULL;
    return status;
  }
  add_shape(pieces, &csv.shape);
  pieces->bytes += size;
  pieces->line = csv.shape.next_line;
  pieces->rows += csv.shape.rows + csv.shape.ragged - csv.has_header;
  return CR_OK;
}

cr_status cr_csv_pieces_check(const cr_csv_pieces *pieces) {
  const cr_csv csv = {.source = &pieces->source,
                      .options = pieces->options,
                      .delimiter = pieces->delimiter,
                      .trailing = pieces->trailing,
                      .has_header = pieces->has_header,
                      .shape = pieces->shape};
  return cr_csv_check_rows(&csv);
}
