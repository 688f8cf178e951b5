#include "data/large_table.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/memory.h"
#include "base/size.h"
#include "data/column_figures.h"
#include "data/csv.h"
#include "data/large_text.h"

enum {
  HEAD_MOST = 1 << 20, /* of the text by which the columns are judged */
  MANY_TEXTS = 1 << 16 /* so many different texts of a column are told apart */
};

/* Where the room on a disk is not known. */
#define ROOM_ASSUMED (UINT64_C(1) << 40)

static const char other_texts[] = "(one of many)";

/* A column while it is read. */
typedef struct building_column {
  cr_figures figures;
  cr_csv_texts texts;
  size_t missing, bad;
  bool judged;      /* its type was, by all of its values as they are written */
  cr_status status; /* of its part of a piece, and what was said of it */
  cr_error error;
} building_column;

/* A large table while it is read. */
typedef struct building {
  cr_read_options options; /* whose header is yes or no once that is known */
  cr_pool *pool;
  cr_csv_pieces pieces;
  bool opened; /* the pieces */
  cr_large *large;
  building_column *columns; /* (column_count) */
  size_t column_count, rows;
  cr_large_text text;
  const cr_table *piece; /* that is being added */
} building;

/* --- columns ---------------------------------------------------------------------------------- */

static cr_status add_numbers(building *b, size_t c) {
  building_column *column = &b->columns[c];
  const cr_stored_column *from = &b->piece->columns[c];
  const size_t rows = b->piece->rows;
  for (size_t r = 0; r < rows; r++) {
    const double number = from->numbers[r];
    if (number == number) continue;
    if (cr_number_is_bad(number))
      column->bad++;
    else
      column->missing++;
  }
  CR_TRY(cr_figures_add(&column->figures, from->numbers, rows));
  return cr_spill_write(&b->large->values, from->numbers, rows * sizeof(double),
                        c * b->large->stride + b->rows * sizeof(double));
}

/* The code of a text in the whole file; past so many the others are one. */
static cr_status code_text(cr_csv_texts *texts, const char *text, uint32_t *code) {
  const size_t size = strlen(text);
  if (texts->count < MANY_TEXTS) return cr_csv_texts_code(texts, text, size, code);
  *code = cr_csv_texts_find(texts, text, size);
  if (*code != UINT32_MAX) return CR_OK;
  return cr_csv_texts_code(texts, other_texts, strlen(other_texts), code);
}

static cr_status add_codes(building *b, size_t c) {
  building_column *column = &b->columns[c];
  const cr_stored_column *from = &b->piece->columns[c];
  void *block = NULL;
  CR_TRY(cr_alloc(from->texts.count, sizeof(uint32_t), &block));
  uint32_t *map = block;
  cr_status status = CR_OK;
  for (size_t t = 0; t < from->texts.count && status == CR_OK; t++)
    status = code_text(&column->texts, from->texts.items[t], &map[t]);
  for (size_t r = 0; r < b->piece->rows && status == CR_OK; r++) {
    uint32_t *code = &from->codes[r];
    if (*code == UINT32_MAX)
      column->missing++;
    else
      *code = map[*code];
  }
  cr_free(map);
  CR_TRY(status);
  return cr_spill_write(&b->large->values, from->codes, b->piece->rows * sizeof(uint32_t),
                        c * b->large->stride + b->rows * sizeof(uint32_t));
}

static void add_column(void *context, size_t c) {
  building *b = context;
  building_column *column = &b->columns[c];
  const bool text = b->piece->columns[c].info.type == CR_COLUMN_TEXT;
  column->status = text ? add_codes(b, c) : add_numbers(b, c);
  if (column->status != CR_OK) column->error = *cr_last_error();
}

static cr_status fail_room(const building *b) {
  cr_fail_at(CR_ERR_CACHE, b->large->values.folder, 0, 0,
             "over %zu rows do not fit into the folder %s", b->rows, b->large->values.folder);
  return cr_fix("--cache DIR, a folder on a disk with more room");
}

static cr_status add_row_numbers(building *b) {
  if (!b->options.skip_bad_rows) return CR_OK;
  return cr_spill_write(&b->large->values, b->piece->row_numbers, b->piece->rows * sizeof(size_t),
                        b->column_count * b->large->stride + b->rows * sizeof(size_t));
}

/* Where the first gap and the first bad value of all are is known from the piece they are in. */
static void note_first(const building *b, const cr_bad_value *from, cr_bad_value *to) {
  *to = *from;
  to->row += b->rows;
}

static cr_status add_piece(building *b, const cr_table *piece, cr_table *table) {
  b->piece = piece;
  if (piece->rows > b->large->stride / sizeof(double) - b->rows) return fail_room(b);
  for (size_t c = 0; c < b->column_count; c++) {
    const cr_stored_column *from = &piece->columns[c];
    cr_stored_column *to = &table->columns[c];
    if (b->columns[c].missing == 0) note_first(b, &from->first_missing, &to->first_missing);
    if (to->first_bad.text[0] == '\0') note_first(b, &from->first_bad, &to->first_bad);
  }
  cr_pool_run(b->pool, b->column_count, add_column, b);
  for (size_t c = 0; c < b->column_count; c++) {
    if (b->columns[c].status == CR_OK) continue;
    cr_error_restore(&b->columns[c].error);
    return b->columns[c].status;
  }
  CR_TRY(add_row_numbers(b));
  b->rows += piece->rows;
  return CR_OK;
}

/* --- passes over the text --------------------------------------------------------------------- */

static cr_status read_piece(building *b, size_t size, cr_table *table) {
  cr_table *piece = NULL;
  const char after = b->text.bytes[size];
  b->text.bytes[size] = '\0';
  cr_status status = cr_csv_pieces_read(&b->pieces, b->text.bytes, size, b->pool, &piece);
  b->text.bytes[size] = after;
  if (status == CR_OK && piece) status = add_piece(b, piece, table);
  cr_table_destroy(piece);
  return status;
}

static void forget_columns(building *b) {
  for (size_t c = 0; c < b->column_count; c++) {
    cr_figures_free(&b->columns[c].figures);
    cr_csv_texts_free(&b->columns[c].texts);
    b->columns[c] = (building_column){.judged = b->columns[c].judged};
    cr_figures_start(&b->columns[c].figures);
  }
  b->rows = 0;
}

static cr_status pass(building *b, cr_table *table) {
  size_t size = 0;
  forget_columns(b);
  do {
    CR_TRY(cr_large_text_rows(&b->text, &size));
    if (size > 0) CR_TRY(read_piece(b, size, table));
    cr_large_text_drop(&b->text, size);
  } while (!b->text.end || b->text.filled > 0);
  return cr_csv_pieces_check(&b->pieces);
}

/*
 * What a column is by all of its values. One that was read as numbers has at least as many as those
 * and a word: how many ways of writing them there are is known once it was read as texts.
 */
static cr_csv_type type_of(const building *b, size_t c, size_t target) {
  const building_column *column = &b->columns[c];
  const cr_csv_counts *counts = &b->pieces.counts[c];
  const bool text = b->pieces.types[c] == CR_CSV_TEXTS;
  const size_t distinct = text ? column->texts.count : column->figures.seen.count + 1;
  if (cr_csv_is_amounts(counts)) return CR_CSV_AMOUNTS;
  return cr_csv_is_text(counts, distinct, c == target) ? CR_CSV_TEXTS : CR_CSV_NUMBERS;
}

/*
 * Were the columns taken for what they are? If not, they are from now on. What is judged by its
 * texts, or declared, stays so; so do amounts, which count as numbers once they are read.
 */
static cr_status settle_types(building *b, const cr_table *table, bool *right) {
  size_t target = table->column_count - 1;
  void *block;
  if (b->options.target && !cr_table_find(table, b->options.target, &target)) target = SIZE_MAX;
  CR_TRY(cr_alloc(b->column_count, sizeof(cr_csv_type), &block));
  cr_csv_type *declared = block;
  const cr_status status = cr_csv_declare_types(table, &b->options, declared);
  *right = true;
  for (size_t c = 0; c < b->column_count && status == CR_OK; c++) {
    if (declared[c] != CR_CSV_BY_LOOKING || b->columns[c].judged) continue;
    const cr_csv_type type = type_of(b, c, target);
    b->columns[c].judged = b->pieces.types[c] == CR_CSV_TEXTS || type == CR_CSV_AMOUNTS;
    *right = *right && type == b->pieces.types[c];
    b->pieces.types[c] = type;
  }
  cr_free(declared);
  return status;
}

static cr_status read_again(building *b, cr_table *table) {
  for (size_t c = 0; c < b->column_count; c++)
    table->columns[c].first_missing = table->columns[c].first_bad = (cr_bad_value){0};
  cr_csv_pieces_rewind(&b->pieces);
  CR_TRY(cr_large_text_rewind(&b->text));
  return pass(b, table);
}

/* --- the table -------------------------------------------------------------------------------- */

static cr_status finish_column(building *b, cr_table *table, size_t c) {
  building_column *column = &b->columns[c];
  cr_stored_column *stored = &table->columns[c];
  unsigned char *values = b->large->values.bytes + c * b->large->stride;
  stored->info.width = 1;
  stored->info.missing = column->missing;
  stored->info.bad = column->bad;
  if (b->pieces.types[c] != CR_CSV_TEXTS) {
    stored->info.type = CR_COLUMN_NUMBER;
    if (b->pieces.types[c] == CR_CSV_AMOUNTS) stored->amounts = b->pieces.counts[c].told;
    const cr_csv_counts *counts = &b->pieces.counts[c];
    stored->pointed = counts->decimals ? 0 : counts->pointed;
    stored->numbers = (double *)(void *)values;
    return cr_figures_finish(&column->figures, &stored->info);
  }
  stored->info.type = CR_COLUMN_TEXT;
  stored->codes = (uint32_t *)(void *)values;
  stored->info.distinct = column->texts.count;
  if (column->texts.count > MANY_TEXTS)
    CR_TRY(cr_strlist_format(&table->warnings,
                             "column '%s' has over %d different texts: the later ones are taken "
                             "for one, %s",
                             stored->info.name, MANY_TEXTS, other_texts));
  const cr_status status = cr_csv_texts_sort(&column->texts, stored, table->rows);
  cr_table_rest(table);
  return status;
}

static cr_status finish(building *b, cr_table *table) {
  const size_t row_numbers = b->column_count * b->large->stride;
  table->rows = b->rows;
  table->origin.delimiter = b->pieces.delimiter;
  table->decimal = b->options.decimal;
  table->origin.skipped_rows = b->pieces.shape.ragged;
  table->origin.compressed = cr_stream_is_compressed(b->text.stream);
  table->origin.fingerprint = cr_stream_fingerprint(b->text.stream);
  CR_TRY(cr_spill_map(&b->large->values, row_numbers + b->rows * sizeof(size_t)));
  if (b->pieces.shape.ragged)
    table->row_numbers = (size_t *)(void *)(b->large->values.bytes + row_numbers);
  for (size_t c = 0; c < b->column_count; c++) CR_TRY(finish_column(b, table, c));
  CR_TRY(cr_csv_warn_lines(b->pieces.shape.line_ends, b->pieces.trailing, table));
  return cr_table_warn_amounts(table, NULL, &table->warnings);
}

/*
 * A row takes a byte a column at least, if it is whole; where the size is not known, its values
 * cannot take more than the disk has. What nothing is written to takes no room.
 */
static cr_status choose_stride(building *b, uint64_t size) {
  const uint64_t room = cr_spill_room(&b->large->values);
  const uint64_t most = (room < ROOM_ASSUMED ? room : ROOM_ASSUMED) / (b->column_count + 1);
  const uint64_t row = b->options.pad_bad_rows ? 1 : b->column_count;
  const uint64_t needed = size > 0 ? (size / row + 1) * sizeof(double) : most;
  const uint64_t bytes = needed < most ? needed : most;
  if (bytes > SIZE_MAX / (b->column_count + 2) - CR_LARGE_STRIDE_STEP)
    return cr_fail_at(CR_ERR_LIMIT, b->pieces.source.path, 0, 0, "%zu columns are too many",
                      b->column_count);
  b->large->stride = cr_large_stride((size_t)bytes);
  return CR_OK;
}

/* The next rows of those that tell of a header; *size is how many bytes it were. */
static cr_status search_rows(building *b, const char *path, cr_csv_search *search, size_t *size) {
  CR_TRY(cr_large_text_rows(&b->text, size));
  const size_t head =
      search->bytes == 0 && *size > HEAD_MOST ? cr_csv_whole_rows(b->text.bytes, HEAD_MOST) : *size;
  if (head > 0) *size = head;
  const char after = b->text.bytes[*size];
  b->text.bytes[*size] = '\0';
  const cr_status status = cr_csv_search_add(search, path, &b->options, b->text.bytes, *size);
  b->text.bytes[*size] = after;
  return status;
}

/*
 * Words alone leave it open whether there is a header: then all rows say it, as in memory. What
 * cannot be read is told when it is read for its values.
 */
static cr_status settle_header(building *b, const char *path) {
  cr_csv_search search = {0};
  size_t size = 0;
  if (strcmp(b->options.header, "auto") != 0) return CR_OK;
  cr_status status = search_rows(b, path, &search, &size);
  const bool far = status == CR_OK && search.open;
  while (status == CR_OK && search.open && !(b->text.end && b->text.filled == size)) {
    cr_large_text_drop(&b->text, size);
    status = search_rows(b, path, &search, &size);
  }
  if (status == CR_OK) b->options.header = cr_csv_header_is_there(&search.header) ? "yes" : "no";
  cr_csv_search_free(&search);
  return far ? cr_large_text_rewind(&b->text) : CR_OK;
}

/* By about so many bytes of the `whole` rows that are there; *head is how many it were. */
static cr_status open_head(building *b, const char *path, size_t most, size_t whole, size_t *head) {
  *head = whole > most ? cr_csv_whole_rows(b->text.bytes, most) : whole;
  if (*head == 0) *head = whole;
  const char after = b->text.bytes[*head];
  b->text.bytes[*head] = '\0';
  const cr_status status = cr_csv_pieces_open(path, b->text.bytes, *head, &b->options, &b->pieces);
  b->text.bytes[*head] = after;
  return status;
}

/* By the head of the file: its columns, and room for them. A header fills some heads alone. */
static cr_status open_pieces(building *b, const char *path, uint64_t size) {
  size_t whole = 0, head = 0;
  cr_status status = CR_ERR_EMPTY;
  for (size_t most = HEAD_MOST; status == CR_ERR_EMPTY; most *= 2) {
    CR_TRY(cr_large_text_rows(&b->text, &whole));
    if (b->text.filled == 0) return cr_fail_at(CR_ERR_EMPTY, path, 0, 0, "the file is empty");
    status = open_head(b, path, most, whole, &head);
    if (status != CR_ERR_EMPTY || head < whole) continue;
    if (b->text.end || b->text.room > 2 * CR_CSV_LINE_MAX) break;
    CR_TRY(cr_large_text_widen(&b->text));
  }
  CR_TRY(status);
  b->opened = true;
  b->column_count = b->pieces.columns;
  void *block;
  CR_TRY(cr_alloc(b->column_count, sizeof(building_column), &block));
  b->columns = block;
  return choose_stride(b, size);
}

static cr_status build(building *b, const char *path, uint64_t size, cr_table **out) {
  bool right = true;
  CR_TRY(cr_large_text_take(&b->text, cr_memory_of(&b->options)));
  CR_TRY(settle_header(b, path));
  CR_TRY(open_pieces(b, path, size));
  CR_TRY(cr_table_create(path, "csv", b->column_count, out));
  cr_table *table = *out;
  table->origin.has_header = b->pieces.has_header;
  for (size_t c = 0; c < b->column_count; c++)
    CR_TRY(cr_table_name(table, c, b->pieces.names.items[c]));
  table->columns[0].nameless = b->pieces.first_nameless;
  CR_TRY(pass(b, table));
  CR_TRY(settle_types(b, table, &right));
  while (!right) { /* twice at most: from numbers to texts, and back */
    CR_TRY(read_again(b, table));
    CR_TRY(settle_types(b, table, &right));
  }
  table->large = b->large;
  b->large = NULL;
  building finishing = *b;
  finishing.large = table->large;
  return finish(&finishing, table);
}

static void clean_up(building *b) {
  for (size_t c = 0; c < b->column_count && b->columns; c++) {
    cr_figures_free(&b->columns[c].figures);
    cr_csv_texts_free(&b->columns[c].texts);
  }
  cr_free(b->columns);
  cr_large_text_free(&b->text);
  if (b->opened) cr_csv_pieces_close(&b->pieces);
  cr_large_destroy(b->large);
}

cr_status cr_large_read_text(cr_stream *stream, const char *path, uint64_t size,
                             const cr_read_options *options, cr_pool *pool, cr_table **out) {
  building b = {.options = *options, .pool = pool, .text = {.stream = stream}};
  *out = NULL;
  cr_status status = cr_large_create(options, &b.large);
  if (status == CR_OK) status = build(&b, path, size, out);
  if (status != CR_OK && b.text.bytes) status = cr_large_judge(&b.text, path, &b.options, status);
  clean_up(&b);
  if (status == CR_OK) return CR_OK;
  cr_table_destroy(*out);
  *out = NULL;
  return status;
}
