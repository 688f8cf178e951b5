/*
 * The cells of a chunk, by the index of where they begin: a few rows, whose bytes stay near, column
 * after column of them, since the cells of a column are alike.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
#include "data/csv.h"

/* Rows are read together up to so many bytes and rows. */
enum { TILE_BYTES = 1 << 15, TILE_ROWS = 1 << 9 };

typedef struct work {
  const cr_csv_filling *filling;
  const cr_csv_part *part;
  cr_csv_scan scan; /* at the first row */
  const cr_csv_index *index;
  const char *end;         /* of the text */
  size_t row;              /* of the table: the first that the tile holds */
  size_t held;             /* rows of the tile */
  size_t first[TILE_ROWS]; /* (held) the places of their first cells in the index */
  cr_csv_lines tile_lines, lines;
} work;

/* A cell as it stands. */
typedef struct raw_cell {
  const char *text;
  size_t size;
} raw_cell;

/* A cell that is not the first of its row. */
static inline raw_cell inner_cell(const work *w, size_t place) {
  const uint32_t *starts = &w->index->starts[place];
  return (raw_cell){w->index->text + starts[0], starts[1] - starts[0] - 1};
}

static inline raw_cell cell_at(const work *w, size_t row, size_t column) {
  raw_cell cell = inner_cell(w, w->first[row] + column);
  if (column > 0 || cell.text == w->index->text) return cell;
  if (*cell.text != '\n' || cell.text[-1] != '\r') return cell;
  return (raw_cell){cell.text + 1, cell.size - 1};
}

/* Column after column, lines are asked for from the start of the tile again. */
static uint64_t line_of(work *w, const char *at) {
  const char *start = inner_cell(w, w->first[0]).text;
  cr_csv_line_of(&w->tile_lines, start);
  if (w->lines.at < start || w->lines.at > at) w->lines = w->tile_lines;
  return cr_csv_line_of(&w->lines, at);
}

static void note(work *w, cr_bad_value *first, size_t row, raw_cell raw) {
  cr_csv_cell cell;
  cr_csv_cut(raw.text, raw.size, &cell);
  const size_t size = cr_size_min(cell.size, sizeof first->text - 1);
  *first = (cr_bad_value){.row = w->row + row, .line = line_of(w, raw.text)};
  if (size) memcpy(first->text, cell.text, size);
}

/* Notes a cell if it is the first that is missing, or the first that is bad. */
static void look_at(work *w, cr_csv_found *found, cr_csv_kind kind, size_t row, raw_cell raw) {
  const cr_csv_counts *kinds = &found->kinds;
  if (kind == CR_CSV_MISSING && kinds->missing == 0) note(w, &found->first_missing, row, raw);
  const bool bad = kind == CR_CSV_UNUSABLE || kind == CR_CSV_WORD;
  if (bad && kinds->unusable + kinds->words == 0) note(w, &found->first_bad, row, raw);
}

/* Adds the counts of kinds, and begins them again. */
static void count(cr_csv_counts *kinds, size_t by_kind[4]) {
  cr_csv_add_counts(kinds, &(cr_csv_counts){.missing = by_kind[CR_CSV_MISSING],
                                            .numbers = by_kind[CR_CSV_NUMBER],
                                            .unusable = by_kind[CR_CSV_UNUSABLE],
                                            .words = by_kind[CR_CSV_WORD]});
  memset(by_kind, 0, 4 * sizeof *by_kind);
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

/* What does not read as a number at once. */
static double other_number(work *w, size_t column, size_t row, raw_cell raw) {
  cr_csv_found *found = &w->part->found[column];
  const bool amounts = w->filling->modes[column] == CR_CSV_AS_AMOUNTS;
  cr_csv_cell cell;
  double number;
  cr_csv_cut(raw.text, raw.size, &cell);
  cr_csv_kind kind = cr_csv_classify(&cell, &number);
  kind = look_for_amount(found, &cell, amounts, kind, &number);
  if (kind == CR_CSV_NUMBER) return number;
  size_t by_kind[4] = {0};
  by_kind[kind] = 1;
  look_at(w, found, kind, row, raw);
  count(&found->kinds, by_kind);
  return kind == CR_CSV_MISSING ? cr_number_missing() : cr_number_bad();
}

/* Numbers are counted after all, as what the other kinds leave. */
static void fill_numbers(work *w, size_t column) {
  double *out = w->filling->table->columns[column].numbers + w->row;
  for (size_t r = 0; r < w->held; r++) {
    const raw_cell raw = cell_at(w, r, column);
    const unsigned digit = (unsigned char)*raw.text - (unsigned)'0';
    double number;
    if (raw.size == 1 && digit <= 9) /* as most pixels are */
      out[r] = (double)digit;
    else if (raw.size > 0 && cr_scan_number(raw.text, w->end, '.', &number) == raw.size &&
             fabs(number) <= (double)FLT_MAX)
      out[r] = number;
    else
      out[r] = other_number(w, column, r, raw);
  }
}

/*
 * Points between thousands are read as those before decimals, until one that can be no other is
 * seen. They are looked for where a comma does not part the columns, or signs make amounts.
 */
static void look_at_points(work *w, size_t column) {
  const bool amounts = w->filling->modes[column] == CR_CSV_AS_AMOUNTS;
  const double *numbers = w->filling->table->columns[column].numbers + w->row;
  cr_csv_counts *kinds = &w->part->found[column].kinds;
  if (!amounts && w->filling->csv->delimiter != ';') return;
  for (size_t r = 0; r < w->held && !kinds->decimals; r++) {
    const raw_cell raw = cell_at(w, r, column);
    if (!isnan(numbers[r])) cr_csv_look_at_point(raw.text, raw.size, kinds);
  }
}

static cr_status fill_codes(work *w, size_t column) {
  cr_csv_found *found = &w->part->found[column];
  uint32_t *out = w->filling->table->columns[column].codes + w->row;
  size_t by_kind[4] = {0};
  for (size_t r = 0; r < w->held; r++) {
    const raw_cell raw = cell_at(w, r, column);
    const size_t known = found->recent->count;
    CR_TRY(cr_csv_recent_code(found->recent, raw.text, raw.size, w->end, &out[r]));
    const cr_csv_kind kind = (cr_csv_kind)found->recent->items[out[r]].kind;
    if (found->recent->count > known) { /* only such a one may be the first of its kind */
      count(&found->kinds, by_kind);
      look_at(w, found, kind, r, raw);
    }
    by_kind[kind]++;
  }
  count(&found->kinds, by_kind);
  return CR_OK;
}

/* Reads the rows of the tile, and empties it. */
static cr_status fill_tile(work *w) {
  const cr_csv_mode *modes = w->filling->modes;
  for (size_t c = 0; c < w->filling->table->column_count; c++) {
    if (cr_csv_gives_numbers(modes[c])) {
      fill_numbers(w, c);
      look_at_points(w, c);
    }
    if (modes[c] == CR_CSV_AS_CODES) CR_TRY(fill_codes(w, c));
  }
  w->row += w->held;
  w->held = 0;
  return CR_OK;
}

/* The rows of the index that fit go to tiles. */
static cr_status fill_rows(work *w) {
  const cr_table *table = w->filling->table;
  const cr_csv_index *index = w->index;
  size_t before = 0, left = w->part->rows;
  uint32_t start = 0, tile_start = 0;
  for (size_t i = 0; i < index->row_count && left > 0; i++) {
    const cr_csv_index_row row = index->rows[i];
    if (row.cells_end - before == table->column_count) {
      if (w->held == TILE_ROWS || (w->held && row.stop - tile_start > TILE_BYTES))
        CR_TRY(fill_tile(w));
      if (w->held == 0) tile_start = start;
      if (table->row_numbers) table->row_numbers[w->row + w->held] = w->scan.row + i;
      w->first[w->held++] = before;
      left--;
    }
    before = row.cells_end;
    start = row.stop;
  }
  CR_TRY(fill_tile(w));
  for (size_t c = 0; c < table->column_count; c++) {
    cr_csv_counts *kinds = &w->part->found[c].kinds;
    if (cr_csv_gives_numbers(w->filling->modes[c]))
      kinds->numbers = w->part->rows - kinds->missing - kinds->unusable - kinds->words;
  }
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
  if (part->rows == 0) return;
  work w = {.filling = f,
            .part = part,
            .scan = start_part(f, part),
            .index = &part->index,
            .end = f->csv->text + f->csv->size,
            .row = part->first};
  w.tile_lines = w.lines = (cr_csv_lines){w.scan.at, w.scan.line};
  part->index.with_starts = true;
  part->status = cr_csv_index_rows(f->csv, &w.scan, f->csv->chunks[part->chunk].end, &part->index);
  if (part->status == CR_OK) part->status = fill_rows(&w);
}
