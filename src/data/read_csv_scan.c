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
    const unsigned stops = cr_lanes_bits(stops_in(cr_lanes_load(at)));
    if (stops) return at + __builtin_ctz(stops);
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
    const unsigned stops = cr_lanes_bits(stops_in(bytes) | cr_lanes_equal(bytes, delimiter));
    if (stops) return at + __builtin_ctz(stops);
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

cr_status cr_csv_pass_row(cr_csv_scan *scan, cr_csv_row *row) {
  cr_csv_cell cell = {0};
  row->line = scan->line;
  for (row->cells = 0; !cell.last; row->cells++) CR_TRY(cr_csv_next(scan, &cell));
  row->blank = row->cells == 1 && cell.size == 0 && !cell.quoted;
  return CR_OK;
}

void cr_csv_cut(const char *text, size_t size, cr_csv_cell *cell) {
  const char *stop = text + size;
  *cell = (cr_csv_cell){.quoted = size > 0 && *text == '"'};
  if (cell->quoted) {
    text++;
    stop--;
    cell->escaped = memchr(text, '"', (size_t)(stop - text)) != NULL;
  } else {
    while (text < stop && is_blank(*text)) text++;
    while (text < stop && is_blank(stop[-1])) stop--;
  }
  cell->text = text;
  cell->size = (size_t)(stop - text);
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

uint64_t cr_csv_line_of(cr_csv_lines *lines, const char *at) {
  for (; lines->at < at; lines->at++)
    lines->line += *lines->at == '\n' || (*lines->at == '\r' && lines->at[1] != '\n');
  return lines->line;
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
