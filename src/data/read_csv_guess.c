/* What a CSV file does not say about itself: the delimiter, and whether line 1 is a header. */
#include <string.h>

#include "base/alloc.h"
#include "data/csv.h"

enum { SNIFFED_BYTES = 64 << 10 };

/* In the order of preference when they do equally well. */
static const char delimiters[] = {',', ';', '\t', '|'};

/* Lines of the sample, with how often a delimiter stands in each outside quotes. */
typedef struct line_walk {
  const char *at, *end;
  char delimiter;
} line_walk;

/* The next line that is not empty; one that the end of the sample cuts does not count. */
static bool next_line(line_walk *walk, bool cut, size_t *count) {
  bool quoted = false, empty = true;
  *count = 0;
  for (; walk->at < walk->end; walk->at++) {
    const char c = *walk->at;
    if (!quoted && (c == '\n' || c == '\r')) {
      if (empty) continue;
      walk->at++;
      return true;
    }
    empty = false;
    if (c == '"') quoted = !quoted;
    if (!quoted && c == walk->delimiter) ++*count;
  }
  return !empty && !cut;
}

/* How many lines have the same number of fields, two or more, if most lines do; else 0. */
static size_t agreeing_lines(line_walk start, bool cut) {
  size_t count, lines = 0, candidate = 0, lead = 0, agreeing = 0;
  /* The majority vote of Boyer and Moore, then a count of those who voted for the winner. */
  for (line_walk walk = start; next_line(&walk, cut, &count); lines++) {
    if (lead == 0) candidate = count;
    lead = count == candidate ? lead + 1 : lead - 1;
  }
  for (line_walk walk = start; next_line(&walk, cut, &count);) agreeing += count == candidate;
  return candidate > 0 && agreeing > lines / 2 ? agreeing : 0;
}

char cr_csv_guess_delimiter(const char *text, size_t size) {
  const bool cut = size > SNIFFED_BYTES;
  if (cut) size = SNIFFED_BYTES;
  char best = ',';
  size_t most = 0;
  for (size_t i = 0; i < sizeof delimiters; i++) {
    if (!memchr(text, delimiters[i], size)) continue;
    const line_walk start = {.at = text, .end = text + size, .delimiter = delimiters[i]};
    const size_t agreeing = agreeing_lines(start, cut);
    if (agreeing <= most) continue;
    most = agreeing;
    best = delimiters[i];
  }
  return best;
}

/* What the first row says: a number or a missing value is no name. An empty cell is either. */
static bool could_be_names(const cr_csv_cell *cells, size_t count) {
  size_t words = 0;
  for (size_t c = 0; c < count; c++) {
    double number;
    if (cells[c].size == 0) continue;
    if (cr_csv_classify(&cells[c], &number) != CR_CSV_WORD) return false;
    words++;
  }
  return words > 0;
}

static bool same_text(const cr_csv_cell *a, const cr_csv_cell *b) {
  return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

static bool same_cell(const void *context, const void *key, size_t item) {
  return same_text((const cr_csv_cell *)context + item, key);
}

static cr_status all_different(const cr_csv_cell *cells, size_t count, bool *out) {
  cr_hashset seen = {0};
  cr_status status = CR_OK;
  *out = true;
  for (size_t c = 0; c < count && *out && status == CR_OK; c++) {
    const uint64_t hash = cr_hash_secret(cells[c].text, cells[c].size);
    if (cr_hashset_find(&seen, hash, &cells[c], same_cell, cells) == SIZE_MAX)
      status = cr_hashset_add(&seen, hash, c);
    else
      *out = false;
  }
  cr_hashset_free(&seen);
  return status;
}

cr_status cr_csv_header_below(const cr_csv *csv, cr_csv_scan *scan, cr_csv_header *h) {
  bool found;
  while (!h->number) {
    CR_TRY(cr_csv_next_row(csv, scan, &found));
    if (!found) break;
    for (size_t c = 0; c < csv->shape.columns; c++) {
      cr_csv_cell cell;
      double value;
      CR_TRY(cr_csv_next(scan, &cell));
      const cr_csv_kind kind = cr_csv_classify(&cell, &value);
      h->number = h->number || kind == CR_CSV_NUMBER || kind == CR_CSV_UNUSABLE;
      h->again = h->again || (cell.size && same_text(&h->first[c], &cell));
    }
  }
  return CR_OK;
}

cr_status cr_csv_header_start(const cr_csv *csv, cr_csv_scan *scan, cr_csv_header *h) {
  const size_t columns = csv->shape.columns;
  void *first;
  bool found;
  CR_TRY(cr_alloc(columns, sizeof(cr_csv_cell), &first));
  h->first = first;
  cr_csv_start(csv, scan);
  CR_TRY(cr_csv_next_row(csv, scan, &found));
  for (size_t c = 0; c < columns; c++) CR_TRY(cr_csv_next(scan, &h->first[c]));
  h->names = could_be_names(h->first, columns);
  return h->names ? all_different(h->first, columns, &h->different) : CR_OK;
}

bool cr_csv_header_is_there(const cr_csv_header *h) {
  return h->names && (h->number || (h->different && !h->again));
}

cr_status cr_csv_guess_header(cr_csv *csv) {
  cr_csv_header header = {0};
  cr_csv_scan scan;
  cr_status status = cr_csv_header_start(csv, &scan, &header);
  if (status == CR_OK && header.names) status = cr_csv_header_below(csv, &scan, &header);
  csv->has_header = status == CR_OK && cr_csv_header_is_there(&header);
  cr_free(header.first);
  return status;
}
