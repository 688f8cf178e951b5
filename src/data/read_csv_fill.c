/*
 * The cells of a chunk. Numbers are read where they stand and go into a tile of a few rows, which
 * is then turned into columns: written one by one, the cells of a row would lie far apart.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
#include "data/csv.h"

/* Numbers of a tile, if a row does not have more; columns that are written side by side. */
enum { TILE_NUMBERS = 1 << 14, SIDE_BY_SIDE = 8 };

typedef struct work {
  const cr_csv_filling *filling;
  const cr_csv_part *part;
  cr_csv_scan scan;
  size_t columns;
  double missing, bad;    /* marks */
  double *tile;           /* (tile_rows, columns) */
  size_t tile_rows, held; /* rows it has room for, and holds */
  size_t row;             /* of the table: the first that it holds */
} work;

static void note(cr_bad_value *first, size_t row, const cr_csv_cell *cell) {
  const size_t size = cr_size_min(cell->size, sizeof first->text - 1);
  *first = (cr_bad_value){.row = row, .line = cell->line};
  if (size) memcpy(first->text, cell->text, size);
}

/* Counts a cell; the first that is missing or bad is noted. */
static void count(cr_csv_found *found, cr_csv_kind kind, size_t row, const cr_csv_cell *cell) {
  cr_csv_counts *kinds = &found->kinds;
  if (kind == CR_CSV_MISSING && kinds->missing == 0) note(&found->first_missing, row, cell);
  const bool bad = kind == CR_CSV_UNUSABLE || kind == CR_CSV_WORD;
  if (bad && kinds->unusable + kinds->words == 0) note(&found->first_bad, row, cell);
  kinds->missing += kind == CR_CSV_MISSING;
  kinds->numbers += kind == CR_CSV_NUMBER;
  kinds->unusable += kind == CR_CSV_UNUSABLE;
  kinds->words += kind == CR_CSV_WORD;
}

/* A single digit, as most pixels are; what follows the last byte of a text is there, too. */
static inline bool fill_digit(cr_csv_found *found, cr_csv_scan *scan, double *out) {
  const unsigned digit = (unsigned char)*scan->at - (unsigned)'0';
  if (digit > 9 || scan->at[1] != scan->delimiter) return false;
  found->kinds.numbers++;
  scan->at += 2;
  scan->cells++;
  *out = (double)digit;
  return true;
}

/* A cell that is no plain number; it is one all the same if amounts are read. */
static cr_csv_kind look_for_amount(cr_csv_found *found, const cr_csv_cell *cell, bool amounts,
                                   cr_csv_kind kind, double *out) {
  if (kind != CR_CSV_UNUSABLE && kind != CR_CSV_WORD) return kind;
  const unsigned told = cr_csv_look_for_amount(cell, out);
  if (amounts && told & CR_AMOUNT_NOT) return kind;
  found->kinds.told |= told;
  return amounts ? CR_CSV_NUMBER : kind;
}

static cr_status fill_number(work *w, size_t column, bool amounts, double *out) {
  cr_csv_found *found = &w->part->found[column];
  cr_csv_scan *scan = &w->scan;
  if (fill_digit(found, scan, out)) return CR_OK;
  const size_t size = cr_scan_number(scan->at, scan->end, '.', out);
  if (size && fabs(*out) <= (double)FLT_MAX) {
    const char *stop = scan->at + size;
    found->kinds.numbers++;
    if (*stop == scan->delimiter) { /* mostly */
      scan->at = stop + 1;
      scan->cells++;
      return CR_OK;
    }
    if (cr_csv_end_cell(scan, stop)) return CR_OK;
    found->kinds.numbers--;
  }
  cr_csv_cell cell;
  CR_TRY(cr_csv_next(scan, &cell));
  const cr_csv_kind kind = look_for_amount(found, &cell, amounts, cr_csv_classify(&cell, out), out);
  if (kind != CR_CSV_NUMBER) *out = kind == CR_CSV_MISSING ? w->missing : w->bad;
  count(found, kind, w->row + w->held, &cell);
  return CR_OK;
}

static cr_status fill_code(work *w, size_t column) {
  cr_csv_found *found = &w->part->found[column];
  const size_t row = w->row + w->held;
  uint32_t *code = &w->filling->table->columns[column].codes[row];
  cr_csv_cell cell;
  *code = UINT32_MAX;
  CR_TRY(cr_csv_next(&w->scan, &cell));
  if (cr_csv_is_missing(cell.text, cell.size)) {
    count(found, CR_CSV_MISSING, row, &cell);
    return CR_OK;
  }
  CR_TRY(cr_csv_recent_code(found->recent, &cell, code));
  count(found, (cr_csv_kind)found->recent->items[*code].kind, row, &cell);
  return CR_OK;
}

static cr_status fill_row(work *w) {
  double *numbers = w->tile + w->held * w->columns;
  for (size_t c = 0; c < w->columns; c++) {
    cr_csv_cell cell;
    switch (w->filling->modes[c]) {
      case CR_CSV_AS_NUMBERS:
        CR_TRY(fill_number(w, c, false, &numbers[c]));
        break;
      case CR_CSV_AS_AMOUNTS:
        CR_TRY(fill_number(w, c, true, &numbers[c]));
        break;
      case CR_CSV_AS_CODES:
        CR_TRY(fill_code(w, c));
        break;
      case CR_CSV_SKIP:
        CR_TRY(cr_csv_next(&w->scan, &cell));
        break;
    }
  }
  return CR_OK;
}

/* Writes what the tile holds into the columns, and empties it. */
static void flush(work *w) {
  cr_stored_column *columns = w->filling->table->columns;
  for (size_t first = 0; first < w->columns; first += SIDE_BY_SIDE) {
    const size_t end = cr_size_min(w->columns, first + SIDE_BY_SIDE);
    for (size_t r = 0; r < w->held; r++)
      for (size_t c = first; c < end; c++)
        if (cr_csv_gives_numbers(w->filling->modes[c]))
          columns[c].numbers[w->row + r] = w->tile[r * w->columns + c];
  }
  w->row += w->held;
  w->held = 0;
}

/* The rows of data from this scan on, if they begin in the part. */
static cr_status fill_rows(work *w) {
  const cr_csv *csv = w->filling->csv;
  cr_table *table = w->filling->table;
  for (size_t r = 0; r < w->part->rows; r++) {
    bool found;
    CR_TRY(cr_csv_next_row(csv, &w->scan, &found));
    if (table->row_numbers) table->row_numbers[w->row + w->held] = w->scan.row;
    CR_TRY(fill_row(w));
    if (++w->held == w->tile_rows) flush(w);
  }
  flush(w);
  return CR_OK;
}

cr_status cr_csv_start_data(const cr_csv *csv, cr_csv_scan *scan, size_t *rows_before) {
  bool found;
  cr_csv_cell cell = {0};
  cr_csv_start(csv, scan);
  if (csv->has_header) {
    CR_TRY(cr_csv_next_row(csv, scan, &found));
    while (!cell.last) CR_TRY(cr_csv_next(scan, &cell));
  }
  *rows_before = scan->row;
  scan->row = csv->first_row;
  return CR_OK;
}

/* Where the rows of data of a chunk begin. */
static cr_csv_scan start_part(const cr_csv_filling *f, const cr_csv_part *part) {
  const cr_csv_chunk *chunk = &f->csv->chunks[part->chunk];
  cr_csv_scan scan = f->data;
  if (chunk->start <= f->data.at) return scan;
  scan.at = scan.row_start = chunk->start;
  scan.line = chunk->start_line;
  scan.row = f->csv->first_row + chunk->first_row - f->rows_before;
  return scan;
}

void cr_csv_fill_part(void *filling, size_t index) {
  const cr_csv_filling *f = filling;
  cr_csv_part *part = &f->parts[index];
  const size_t columns = f->table->column_count;
  const size_t tile_rows = cr_size_max(1, TILE_NUMBERS / columns);
  void *tile;
  if (part->rows == 0) return;
  part->status = cr_alloc(cr_size_min(tile_rows, part->rows), columns * sizeof(double), &tile);
  if (part->status != CR_OK) return;
  work w = {.filling = f,
            .part = part,
            .scan = start_part(f, part),
            .columns = columns,
            .missing = cr_number_missing(),
            .bad = cr_number_bad(),
            .tile = tile,
            .tile_rows = cr_size_min(tile_rows, part->rows),
            .row = part->first};
  part->status = fill_rows(&w);
  cr_free(tile);
}
