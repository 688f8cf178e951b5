/*
 * A CSV text in chunks, so that threads can pass over them side by side. Whether a chunk begins
 * inside quotes is told by the quotes before it: RFC 4180 has them only around values and doubled
 * inside, so an odd number of them is open. Where a text breaks that rule all chunks before it are
 * right, and the first failure is the one that is told.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/csv.h"

/* Bytes are counted in bytes: so many cannot overflow one. */
enum { COUNTED_BYTES = 240 };

/* Of fewer than 256 bytes; text[size] is looked at, too. */
static void survey_some(const char *text, size_t size, cr_csv_survey *sum) {
  uint8_t quotes = 0, feeds = 0, returns = 0, pairs = 0, zeros = 0, all = 0;
  for (size_t i = 0; i < size; i++) {
    const uint8_t byte = (uint8_t)text[i];
    quotes = (uint8_t)(quotes + (byte == '"'));
    feeds = (uint8_t)(feeds + (byte == '\n'));
    returns = (uint8_t)(returns + (byte == '\r'));
    pairs = (uint8_t)(pairs + ((byte == '\r') & (text[i + 1] == '\n')));
    zeros = (uint8_t)(zeros + (byte == 0));
    all |= byte;
  }
  sum->quotes += quotes;
  sum->lines += (size_t)feeds + returns - pairs;
  sum->zeros += zeros;
  sum->high = sum->high || all >= 0x80;
}

/* Steps to the beginning of a character, where the text is UTF-8. */
static const char *character(const char *at, const char *end) {
  for (int i = 0; i < 4 && at < end && ((unsigned char)*at & 0xc0) == 0x80; i++) at++;
  return at;
}

static const char *chunk_cut(const cr_csv *csv, size_t chunk) {
  return csv->text + cr_size_min(csv->size, chunk * csv->chunk_bytes);
}

static void survey(void *context, size_t part) {
  const cr_csv *csv = context;
  cr_csv_survey *sum = &csv->chunks[part].survey;
  const char *from = chunk_cut(csv, part), *to = chunk_cut(csv, part + 1);
  *sum = (cr_csv_survey){0};
  for (const char *at = from; at < to; at += COUNTED_BYTES)
    survey_some(at, cr_size_min(COUNTED_BYTES, (size_t)(to - at)), sum);
  const char *end = csv->text + csv->size;
  const char *stop = character(to, end);
  sum->high = sum->high || stop > to; /* the rest of a character, though none may begin here */
  if (!sum->high) return;
  from = part ? character(from, end) : from;
  to = stop;
  sum->encoded = from >= to || cr_text_is_utf8(from, (size_t)(to - from), NULL);
}

cr_status cr_csv_survey_text(cr_csv *csv) {
  void *block;
  if (csv->chunk_bytes == 0) csv->chunk_bytes = CR_CSV_CHUNK_BYTES;
  csv->chunk_count = csv->size / csv->chunk_bytes + 1;
  CR_TRY(cr_alloc(csv->chunk_count, sizeof(cr_csv_chunk), &block));
  csv->chunks = block;
  cr_pool_run(csv->pool, csv->chunk_count, survey, csv);
  bool quoted = false, suspicious = false;
  uint64_t line = csv->first_line;
  for (size_t i = 0; i < csv->chunk_count; i++) {
    cr_csv_chunk *chunk = &csv->chunks[i];
    chunk->quoted = quoted;
    chunk->cut_line = line;
    line += chunk->survey.lines;
    quoted = quoted != (chunk->survey.quotes % 2 == 1);
    suspicious =
        suspicious || chunk->survey.zeros || (chunk->survey.high && !chunk->survey.encoded);
  }
  return suspicious ? cr_csv_check_text(csv) : CR_OK;
}

/* Steps over the rest of the row that a cut goes through, and of what it goes through in quotes. */
static void find_start(const cr_csv *csv, size_t part, cr_csv_scan *scan) {
  const cr_csv_chunk *chunk = &csv->chunks[part];
  bool quoted = chunk->quoted;
  cr_csv_start(csv, scan);
  if (part == 0) return;
  const char *at = chunk_cut(csv, part);
  const char *stop = csv->text + cr_size_min(csv->size, (part + 1) * csv->chunk_bytes + 1);
  scan->line = chunk->cut_line;
  for (; at < stop; at++) {
    if (*at == '"') quoted = !quoted;
    if (*at != '\n' && *at != '\r') continue;
    scan->line++;
    if (*at == '\r' && at[1] == '\n') at++;
    if (!quoted) break;
  }
  scan->at = at < stop ? at + 1 : stop;
  scan->row_start = scan->at;
}

/* Counts a row of `cells` cells; blank ones at the end never get here. */
static void count_row(cr_csv_shape *shape, size_t cells, uint64_t line, bool blank, size_t times) {
  if (cells == shape->columns) {
    shape->rows += times;
    return;
  }
  if (shape->ragged == 0) {
    shape->ragged_line = line;
    shape->ragged_cells = blank ? 0 : cells;
  }
  shape->ragged += times;
}

static void shape_row(cr_csv_chunk *chunk, const cr_csv_row *row) {
  cr_csv_shape *shape = &chunk->shape;
  if (row->blank) {
    if (chunk->blanks++ == 0) chunk->blank_line = row->line;
    return;
  }
  if (!chunk->content) {
    chunk->first_blanks = chunk->blanks;
    chunk->first_blank_line = chunk->blank_line;
  } else if (chunk->blanks) {
    count_row(shape, 1, chunk->blank_line, true, chunk->blanks);
  }
  chunk->blanks = 0;
  chunk->content = true;
  count_row(shape, row->cells, row->line, false, 1);
}

static bool is_blank(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t')) at++;
  return at == end;
}

/* The rows of an index, whose first begins in a line. */
static void shape_rows(cr_csv_chunk *chunk, const cr_csv_index *index) {
  cr_csv_lines lines = {chunk->start, chunk->start_line};
  size_t before = 0;
  const char *start = index->text;
  for (size_t i = 0; i < index->row_count; i++) {
    const char *stop = index->text + index->rows[i].stop;
    cr_csv_row row = {.cells = index->rows[i].cells_end - before};
    if (row.cells == 1) row.blank = is_blank(start, stop);
    if (row.blank || row.cells != chunk->shape.columns) row.line = cr_csv_line_of(&lines, start);
    shape_row(chunk, &row);
    before = index->rows[i].cells_end;
    start = stop + (*stop == '\r' && stop[1] == '\n') + (*stop != '\0');
    if (!row.blank) chunk->shape.end = start;
  }
}

/* The rows that begin after the cut of a chunk, up to the one at the next cut. */
static void shape_chunk(void *context, size_t part) {
  const cr_csv *csv = context;
  cr_csv_chunk *chunk = &csv->chunks[part];
  cr_csv_scan scan;
  cr_csv_index index = {0};
  find_start(csv, part, &scan);
  chunk->start = scan.at;
  chunk->start_line = scan.line;
  chunk->shape = (cr_csv_shape){.columns = csv->shape.columns};
  chunk->status = cr_csv_index_rows(csv, &scan, chunk_cut(csv, part + 1) + 1, &index);
  if (chunk->status == CR_OK) shape_rows(chunk, &index);
  chunk->end = index.end;
  chunk->shape.line_ends = index.line_ends;
  cr_csv_index_free(&index);
}

/* Blank rows that nothing has followed yet. */
typedef struct pending_rows {
  size_t count;
  uint64_t line; /* of the first */
} pending_rows;

static void add_blanks(pending_rows *pending, size_t count, uint64_t line) {
  if (pending->count == 0) pending->line = line;
  pending->count += count;
}

/* Adds a chunk to those before it. */
static void add_chunk(cr_csv_shape *all, pending_rows *pending, cr_csv_chunk *chunk) {
  const cr_csv_shape *shape = &chunk->shape;
  chunk->first_fit = all->rows + (all->columns == 1 ? pending->count : 0);
  chunk->first_row = all->rows + all->ragged + pending->count;
  all->line_ends |= shape->line_ends;
  if (!chunk->content) {
    add_blanks(pending, chunk->blanks, chunk->blank_line);
    return;
  }
  add_blanks(pending, chunk->first_blanks, chunk->first_blank_line);
  if (pending->count) count_row(all, 1, pending->line, true, pending->count);
  if (shape->ragged && all->ragged == 0) {
    all->ragged_line = shape->ragged_line;
    all->ragged_cells = shape->ragged_cells;
  }
  all->rows += shape->rows;
  all->ragged += shape->ragged;
  all->end = shape->end;
  *pending = (pending_rows){.count = chunk->blanks, .line = chunk->blank_line};
}

/* In their order; blank rows at the end of all are none. */
static cr_status add_chunks(cr_csv *csv) {
  cr_csv_shape all = {.columns = csv->shape.columns};
  pending_rows pending = {0};
  for (size_t i = 0; i < csv->chunk_count; i++) {
    cr_csv_chunk *chunk = &csv->chunks[i];
    if (chunk->status == CR_ERR_MEMORY)
      return cr_fail(CR_ERR_MEMORY, "out of memory: the rows of a text are being found");
    if (chunk->status != CR_OK) {
      shape_chunk(csv, i); /* once more, on this thread, for what it says */
      return chunk->status;
    }
    add_chunk(&all, &pending, chunk);
  }
  const cr_csv_chunk *last = &csv->chunks[csv->chunk_count - 1];
  all.next_line = last->cut_line + last->survey.lines;
  csv->shape = all;
  return CR_OK;
}

/* The cells of the first row that is not blank. */
static cr_status count_columns(cr_csv *csv) {
  cr_csv_scan scan;
  cr_csv_start(csv, &scan);
  while (scan.at < scan.end && csv->shape.columns == 0) {
    cr_csv_row row;
    CR_TRY(cr_csv_pass_row(&scan, &row));
    if (!row.blank) csv->shape.columns = row.cells;
  }
  return CR_OK;
}

cr_status cr_csv_find_shape(cr_csv *csv) {
  if (csv->shape.columns == 0) CR_TRY(count_columns(csv));
  if (csv->shape.columns == 0)
    return cr_fail_at(CR_ERR_EMPTY, csv->source->path, 0, 0, "the file holds blank lines only");
  cr_pool_run(csv->pool, csv->chunk_count, shape_chunk, csv);
  return add_chunks(csv);
}

void cr_csv_end(cr_csv *csv) {
  cr_free(csv->chunks);
  csv->chunks = NULL;
}
