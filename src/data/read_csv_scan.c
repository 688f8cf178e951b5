/* The scanner of CSV: RFC 4180, strictly, with any line end. */
#include <string.h>

#include "data/csv.h"
#include "data/csv_bytes.h"

void cr_csv_set_delimiter(cr_csv *csv, char delimiter) {
  const char ends[] = {delimiter, '"', '\n', '\r', '\0'};
  csv->delimiter = delimiter;
  for (size_t i = 0; i < sizeof ends; i++) csv->ends_plain[(unsigned char)ends[i]] = true;
}

void cr_csv_start(const cr_csv *csv, cr_csv_scan *scan) {
  *scan = (cr_csv_scan){
      .path = csv->source->path,
      .at = csv->text,
      .row_start = csv->text,
      .end = csv->shape.end ? csv->shape.end : csv->text + csv->size,
      .line = csv->first_line,
      .delimiter = csv->delimiter,
      .ends_plain = csv->ends_plain,
  };
}

/* Steps over a line end at scan->at, if there is one. */
static bool take_line_end(cr_csv_scan *scan) {
  if (*scan->at == '\n') {
    scan->line_ends |= CR_CSV_LF;
    scan->at++;
  } else if (*scan->at == '\r' && scan->at[1] == '\n') {
    scan->line_ends |= CR_CSV_CRLF;
    scan->at += 2;
  } else if (*scan->at == '\r') {
    scan->line_ends |= CR_CSV_CR;
    scan->at++;
  } else {
    return false;
  }
  scan->line++;
  return true;
}

/* A line end, or a quote. */
static inline cr_lanes stops_in(cr_lanes bytes) {
  return cr_lanes_equal(bytes, cr_lanes_of('"')) | cr_lanes_equal(bytes, cr_lanes_of('\n')) |
         cr_lanes_equal(bytes, cr_lanes_of('\r'));
}

/* A byte that ends a run inside quotes is at `at` or after it. */
static const char *find_in_quotes(const char *at, const char *end) {
  for (; end - at >= 16; at += 16) {
    const size_t first = cr_lanes_first(stops_in(cr_lanes_load(at)));
    if (first < 16) return at + first;
  }
  while (at < end && *at != '"' && *at != '\n' && *at != '\r') at++;
  return at;
}

/* scan->at is after the opening quote; ends after the closing one. */
static cr_status scan_quoted(cr_csv_scan *scan, cr_csv_cell *cell) {
  const unsigned line_ends = scan->line_ends; /* those inside quotes are data */
  cell->quoted = true;
  cell->text = scan->at;
  for (;;) {
    scan->at = find_in_quotes(scan->at, scan->end);
    if (scan->at == scan->end) {
      cr_fail_at(CR_ERR_CSV, scan->path, cell->line, scan->cells + 1,
                 "a quote is opened and never closed");
      return cr_fix("close it, or remove the quote that opens it");
    }
    if (*scan->at != '"') {
      take_line_end(scan);
      continue;
    }
    if (scan->at[1] != '"') break;
    cell->escaped = true;
    scan->at += 2;
  }
  scan->line_ends = line_ends;
  cell->size = (size_t)(scan->at - cell->text);
  scan->at++;
  return CR_OK;
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* What ends a value without quotes, or may not stand in it. */
static const char *find_plain_end(const cr_csv_scan *scan) {
  const cr_lanes delimiter = cr_lanes_of(scan->delimiter);
  const char *at = scan->at;
  for (; scan->end - at >= 16; at += 16) {
    const cr_lanes bytes = cr_lanes_load(at);
    const size_t first = cr_lanes_first(stops_in(bytes) | cr_lanes_equal(bytes, delimiter));
    if (first < 16) return at + first;
  }
  while (at < scan->end && !scan->ends_plain[(unsigned char)*at]) at++;
  return at;
}

static cr_status scan_plain(cr_csv_scan *scan, cr_csv_cell *cell) {
  const char *start = scan->at, *stop = find_plain_end(scan);
  scan->at = stop;
  while (start < stop && is_blank(*start)) start++;
  if (*stop == '"') {
    cr_fail_at(CR_ERR_CSV, scan->path, scan->line, scan->cells + 1,
               "a quote inside a value that does not begin with one");
    if (start == stop) return cr_fix("remove the blanks before the quote");
    return cr_fix("put the whole value in quotes and double the quote inside: \"3\"\" nail\"");
  }
  while (start < stop && is_blank(stop[-1])) stop--;
  cell->text = start;
  cell->size = (size_t)(stop - start);
  return CR_OK;
}

static cr_status check_limits(const cr_csv_scan *scan, const cr_csv_cell *cell) {
  if (cell->size > CR_CSV_CELL_MAX)
    return cr_fail_at(CR_ERR_LIMIT, scan->path, cell->line, scan->cells,
                      "a value of %zu bytes; the most is %d", cell->size, CR_CSV_CELL_MAX);
  if (scan->at - scan->row_start > CR_CSV_LINE_MAX)
    return cr_fail_at(CR_ERR_LIMIT, scan->path, cell->line, scan->cells, "a line of over %d bytes",
                      CR_CSV_LINE_MAX);
  if (scan->cells > CR_CSV_COLUMNS_MAX)
    return cr_fail_at(CR_ERR_LIMIT, scan->path, cell->line, scan->cells, "a line of over %d values",
                      CR_CSV_COLUMNS_MAX);
  return CR_OK;
}

cr_status cr_csv_next(cr_csv_scan *scan, cr_csv_cell *cell) {
  *cell = (cr_csv_cell){.line = scan->line};
  if (*scan->at == '"') {
    scan->at++;
    CR_TRY(scan_quoted(scan, cell));
  } else {
    CR_TRY(scan_plain(scan, cell));
  }
  scan->cells++;
  if (*scan->at == scan->delimiter) {
    scan->at++;
  } else {
    cell->last = take_line_end(scan) || *scan->at == '\0';
    if (!cell->last) {
      cr_fail_at(CR_ERR_CSV, scan->path, cell->line, scan->cells,
                 "text after the quote that closes a value");
      return cr_fix("double a quote inside a value: \"3\"\" nail\"");
    }
  }
  CR_TRY(check_limits(scan, cell));
  if (cell->last) {
    scan->row_start = scan->at;
    scan->row++;
    scan->cells = 0;
  }
  return CR_OK;
}

bool cr_csv_end_cell(cr_csv_scan *scan, const char *stop) {
  const char *start = scan->at;
  scan->at = stop;
  if (*stop == scan->delimiter) {
    scan->at++;
    scan->cells++;
    return true;
  }
  if (!take_line_end(scan) && stop != scan->end) {
    scan->at = start;
    return false;
  }
  scan->row_start = scan->at;
  scan->row++;
  scan->cells = 0;
  return true;
}

/* A row by its cells, whatever they are. */
static cr_status pass_cells(cr_csv_scan *scan, cr_csv_row *row) {
  cr_csv_cell cell = {0};
  for (row->cells = 0; !cell.last; row->cells++) CR_TRY(cr_csv_next(scan, &cell));
  row->blank = row->cells == 1 && cell.size == 0 && !cell.quoted;
  return CR_OK;
}

/* After the quote that closes a value; NULL if none does. Lines that end inside are counted. */
static const char *skip_quoted(const char *at, const char *end, uint64_t *lines) {
  for (;;) {
    at = find_in_quotes(at, end);
    if (at == end) return NULL;
    if (*at == '"') {
      if (at[1] != '"') return at + 1;
      at += 2;
    } else {
      at += *at == '\r' && at[1] == '\n' ? 2 : 1;
      ++*lines;
    }
  }
}

/* Does a value begin, or end, here? */
static bool is_border(const cr_csv_scan *scan, const char *at) {
  return *at == scan->delimiter || *at == '\n' || *at == '\r';
}

/* Adds the delimiters up to the first stop; returns its place. 16: there is none. */
static inline size_t count_to_stop(cr_lanes bytes, cr_lanes delimiter, size_t *delimiters) {
  const cr_lanes found = cr_lanes_equal(bytes, delimiter), stops = stops_in(bytes);
  const uint64_t low = cr_lanes_half(stops, 0), high = cr_lanes_half(stops, 1);
  uint64_t first = cr_lanes_half(found, 0), second = cr_lanes_half(found, 1);
  if (low) {
    first &= (low & -low) - 1;
    second = 0;
  } else if (high) {
    second &= (high & -high) - 1;
  }
  *delimiters += cr_lanes_count(first, second);
  return cr_lanes_first(stops);
}

/*
 * Counts the delimiters of a row, and the lines that end inside its quotes; gives the end of the
 * row. NULL if it goes on to the last bytes, or its quotes are not as they should be.
 */
static const char *count_row(const cr_csv_scan *scan, size_t *delimiters, uint64_t *lines) {
  const cr_lanes delimiter = cr_lanes_of(scan->delimiter);
  const char *at = scan->at;
  *delimiters = *lines = 0;
  while (scan->end - at >= 16) {
    const size_t stop = count_to_stop(cr_lanes_load(at), delimiter, delimiters);
    at += stop;
    if (stop == 16) continue;
    if (*at != '"') return at;
    if (at > scan->at && at[-1] != scan->delimiter) return NULL;
    at = skip_quoted(at + 1, scan->end, lines);
    if (!at || at == scan->end || !is_border(scan, at)) return NULL;
  }
  return NULL;
}

cr_status cr_csv_pass_row(cr_csv_scan *scan, cr_csv_row *row) {
  size_t delimiters;
  uint64_t lines;
  const char *start = scan->at;
  const char *stop = count_row(scan, &delimiters, &lines);
  row->line = scan->line;
  /* Within these bounds no limit is passed, so that no cell need be looked at. */
  if (!stop || stop - start > CR_CSV_CELL_MAX || delimiters >= CR_CSV_COLUMNS_MAX)
    return pass_cells(scan, row);
  row->cells = delimiters + 1;
  row->blank = delimiters == 0;
  for (const char *at = start; row->blank && at < stop; at++) row->blank = is_blank(*at);
  scan->at = stop;
  scan->line += lines;
  take_line_end(scan);
  scan->row_start = scan->at;
  scan->row++;
  return CR_OK;
}

cr_status cr_csv_next_row(const cr_csv *csv, cr_csv_scan *scan, bool *found) {
  *found = false;
  while (scan->at < scan->end && !*found) {
    const cr_csv_scan start = *scan;
    if (csv->shape.ragged == 0) {
      *found = true;
      break;
    }
    size_t cells = 0;
    cr_csv_cell cell = {0};
    for (; !cell.last; cells++) CR_TRY(cr_csv_next(scan, &cell));
    *found = cells == csv->shape.columns;
    if (*found) *scan = start;
  }
  return CR_OK;
}

cr_status cr_csv_unescape(const cr_csv_cell *cell, cr_strbuf *out) {
  out->length = 0;
  const char *at = cell->text, *end = cell->text + cell->size;
  while (cell->escaped && at < end) {
    const char *quote = memchr(at, '"', (size_t)(end - at));
    if (!quote) break;
    cr_strbuf_add(out, at, (size_t)(quote + 1 - at));
    at = quote + 2;
  }
  cr_strbuf_add(out, at, (size_t)(end - at));
  return out->failed ? CR_ERR_MEMORY : CR_OK;
}
