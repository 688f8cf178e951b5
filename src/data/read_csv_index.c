/*
 * Where the cells of some rows begin. Sixty-four bytes at a time become words with a bit a byte, as
 * Langdale and Lemire (2019) do with JSON: a byte lies inside quotes if an odd number of quotes
 * comes before it, and delimiters and line ends that do not are the ends of cells. The same words
 * tell whether all quotes stand where they may. Where they do not, and where a row is so long that
 * a limit may be passed, the scanner goes through the rows: it knows what to say of them.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/csv.h"
#include "data/csv_bytes.h"

enum { BLOCK = 64 };

/* A bit a byte, the first lowest. */
typedef struct block {
  uint64_t quotes, delimiters, feeds, returns;
} block;

typedef struct walk {
  const cr_csv *csv;
  const char *end;       /* of the text */
  const char *limit;     /* rows that begin here or after it are not of these */
  const char *row_start; /* of the row that is not ended */
  cr_csv_index *index;
  uint64_t inside;     /* all ones: the bytes before ended inside quotes; else 0 */
  uint64_t may_open;   /* 1: after the byte before a quote may open, */
  uint64_t must_end;   /* 1: or it closed one, */
  uint64_t was_return; /* 1: or it was a '\r' that ended a line */
  bool done;
} walk;

static block read_block(const char *at, char delimiter) {
  block b = {0};
  for (int i = 0; i < BLOCK; i += 16) {
    const cr_lanes bytes = cr_lanes_load(at + i);
    b.quotes |= (uint64_t)cr_lanes_bits(cr_lanes_equal(bytes, cr_lanes_of('"'))) << i;
    b.delimiters |= (uint64_t)cr_lanes_bits(cr_lanes_equal(bytes, cr_lanes_of(delimiter))) << i;
    b.feeds |= (uint64_t)cr_lanes_bits(cr_lanes_equal(bytes, cr_lanes_of('\n'))) << i;
    b.returns |= (uint64_t)cr_lanes_bits(cr_lanes_equal(bytes, cr_lanes_of('\r'))) << i;
  }
  return b;
}

/* Each bit becomes the parity of itself and those below. */
static uint64_t parities(uint64_t bits) {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

static cr_status add_row(cr_csv_index *index, size_t cells, const char *stop) {
  void *rows = index->rows;
  CR_TRY(cr_grow(&rows, index->row_count, index->row_count + 1, sizeof *index->rows,
                 &index->row_capacity));
  index->rows = rows;
  index->rows[index->row_count++] =
      (cr_csv_index_row){.cells_end = (uint32_t)cells, .stop = (uint32_t)(stop - index->text)};
  return CR_OK;
}

static cr_status make_room(cr_csv_index *index, size_t cells) {
  void *starts = index->starts;
  const size_t used = cr_size_min(index->capacity, index->cells + 1);
  CR_TRY(cr_grow(&starts, used, index->cells + 1 + cells, sizeof *index->starts, &index->capacity));
  index->starts = starts;
  return CR_OK;
}

/* After the line end at `stop`, if there is one. */
static const char *after_line_end(const char *stop, unsigned *line_ends) {
  if (*stop == '\n') {
    *line_ends |= CR_CSV_LF;
    return stop + 1;
  }
  if (*stop != '\r') return stop;
  *line_ends |= stop[1] == '\n' ? CR_CSV_CRLF : CR_CSV_CR;
  return stop + 1 + (stop[1] == '\n');
}

/* The rows that end in a block, up to the last one; *seen: the bits that belong to them. */
static cr_status end_rows(walk *w, const char *at, uint64_t lines, uint64_t ends, uint64_t *seen) {
  cr_csv_index *index = w->index;
  for (; lines && !w->done; lines &= lines - 1) {
    const unsigned bit = (unsigned)__builtin_ctzll(lines);
    const uint64_t upto = (UINT64_C(2) << bit) - 1;
    CR_TRY(add_row(index, index->cells + cr_bit_count(ends & upto), at + bit));
    w->row_start = after_line_end(at + bit, &index->line_ends);
    w->done = w->row_start >= w->limit || w->row_start >= w->end;
    if (w->done) *seen = upto;
  }
  return CR_OK;
}

static cr_status add_ends(cr_csv_index *index, const char *at, uint64_t ends) {
  const unsigned count = cr_bit_count(ends);
  if (index->with_starts) {
    CR_TRY(make_room(index, BLOCK));
    uint32_t *to = index->starts + index->cells;
    const uint32_t first = (uint32_t)(at - index->text) + 1;
    for (; ends; ends &= ends - 1) *++to = first + (uint32_t)__builtin_ctzll(ends);
  }
  index->cells += count;
  return CR_OK;
}

/* Goes through a block; `last`: the bit that stands for the end of the text. */
static cr_status walk_block(walk *w, const char *at, const block *b, uint64_t last, bool *clean) {
  const uint64_t inside = b->quotes | w->inside ? parities(b->quotes) ^ w->inside : 0;
  const uint64_t returns = b->returns & ~inside, feeds = b->feeds & ~inside;
  const uint64_t second = feeds & (returns << 1 | w->was_return); /* of CRLF */
  const uint64_t lines = returns | (feeds & ~second) | (last & ~inside);
  const uint64_t ends = lines | (b->delimiters & ~inside);
  const uint64_t opens = b->quotes & inside, closes = b->quotes & ~inside;
  const uint64_t may_open = ends | second | closes;
  uint64_t wrong = opens & ~(may_open << 1 | w->may_open);
  wrong |= (closes << 1 | w->must_end) & ~(ends | opens);
  wrong |= last & inside;
  uint64_t seen = ~UINT64_C(0);
  CR_TRY(end_rows(w, at, lines, ends, &seen));
  *clean = (wrong & seen) == 0;
  w->inside = 0 - (inside >> 63);
  w->may_open = may_open >> 63;
  w->must_end = closes >> 63;
  w->was_return = returns >> 63;
  return add_ends(w->index, at, ends & seen);
}

/* No row is so long, and none has so many cells, that a limit is passed. */
static bool within_limits(const cr_csv_index *index) {
  size_t before = 0, start = 0;
  for (size_t i = 0; i < index->row_count; i++) {
    if (index->rows[i].stop - start > CR_CSV_CELL_MAX) return false;
    if (index->rows[i].cells_end - before > CR_CSV_COLUMNS_MAX) return false;
    start = index->rows[i].stop;
    before = index->rows[i].cells_end;
  }
  return true;
}

/* *clean: all is as it should be, and the index is whole. */
static cr_status walk_rows(walk *w, bool *clean) {
  *clean = true;
  for (const char *at = w->row_start; *clean && !w->done; at += BLOCK) {
    const size_t left = (size_t)(w->end - at);
    if (at - w->row_start > CR_CSV_CELL_MAX) *clean = false;
    if (!*clean) break;
    char rest[BLOCK] = {0};
    if (left < BLOCK) memcpy(rest, at, left);
    const block b = read_block(left < BLOCK ? rest : at, w->csv->delimiter);
    CR_TRY(walk_block(w, at, &b, left < BLOCK ? UINT64_C(1) << left : 0, clean));
  }
  *clean = *clean && within_limits(w->index);
  return CR_OK;
}

/* Where the cell that the scanner has just left ends. */
static const char *cell_stop(const cr_csv_scan *scan, const cr_csv_cell *cell, const char *start) {
  const char *stop = scan->at;
  if (!cell->last) return stop - 1;
  if (stop > start && stop[-1] == '\n') stop--;
  if (stop > start && stop[-1] == '\r') stop--;
  return stop;
}

/* The same by the scanner. */
static cr_status scan_rows(const cr_csv_scan *from, const char *limit, cr_csv_index *index) {
  cr_csv_scan scan = *from;
  while (scan.at < limit && scan.at < scan.end) {
    const char *stop = scan.at;
    for (cr_csv_cell cell = {0}; !cell.last;) {
      const char *start = scan.at;
      CR_TRY(cr_csv_next(&scan, &cell));
      stop = cell_stop(&scan, &cell, start);
      if (index->with_starts) CR_TRY(make_room(index, 1));
      if (index->with_starts) index->starts[index->cells + 1] = (uint32_t)(stop + 1 - index->text);
      index->cells++;
    }
    CR_TRY(add_row(index, index->cells, stop));
  }
  index->line_ends = scan.line_ends;
  index->end = scan.at;
  return CR_OK;
}

static void forget(cr_csv_index *index, const char *start) {
  index->text = index->end = start;
  index->cells = index->row_count = 0;
  index->line_ends = 0;
}

cr_status cr_csv_index_rows(const cr_csv *csv, const cr_csv_scan *from, const char *limit,
                            cr_csv_index *index) {
  walk w = {.csv = csv,
            .end = csv->text + csv->size,
            .limit = limit,
            .row_start = from->at,
            .index = index,
            .may_open = 1};
  bool clean;
  forget(index, from->at);
  if (index->with_starts) CR_TRY(make_room(index, BLOCK));
  if (from->at >= limit || from->at >= w.end) return CR_OK;
  CR_TRY(walk_rows(&w, &clean));
  index->end = w.row_start;
  if (clean) return CR_OK;
  forget(index, from->at);
  return scan_rows(from, limit, index);
}

void cr_csv_index_free(cr_csv_index *index) {
  cr_free(index->starts);
  cr_free(index->rows);
  *index = (cr_csv_index){0};
}
