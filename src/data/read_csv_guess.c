/* What a CSV file does not say about itself: the delimiter, and whether line 1 is a header. */
#include <math.h>
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
  size_t trailing; /* delimiters after the last value of the line */
} line_walk;

/* The next line that is not empty; one that the end of the sample cuts does not count. */
static bool next_line(line_walk *walk, bool cut, size_t *count) {
  bool quoted = false, empty = true;
  *count = walk->trailing = 0;
  for (; walk->at < walk->end; walk->at++) {
    const char c = *walk->at;
    if (!quoted && (c == '\n' || c == '\r')) {
      if (empty) continue;
      walk->at++;
      return true;
    }
    empty = false;
    if (c == '"') quoted = !quoted;
    if (!quoted && c == walk->delimiter) {
      ++*count;
      walk->trailing++;
    } else if (c != ' ' && c != '\t') {
      walk->trailing = 0;
    }
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

/* So many delimiters end every line; 0 if there is one line alone. */
static size_t count_trailing(const char *text, size_t size, char delimiter) {
  const bool cut = size > SNIFFED_BYTES;
  line_walk walk = {.at = text, .end = text + (cut ? SNIFFED_BYTES : size), .delimiter = delimiter};
  size_t count, lines = 0, least = SIZE_MAX;
  for (; next_line(&walk, cut, &count); lines++) {
    if (walk.trailing < least) least = walk.trailing;
    if (least == 0) return 0;
  }
  return lines > 1 ? least : 0;
}

void cr_csv_find_delimiters(cr_csv *csv) {
  if (!csv->delimiter) csv->delimiter = cr_csv_guess_delimiter(csv->text, csv->size);
  if (csv->delimiter != ' ') csv->trailing = count_trailing(csv->text, csv->size, csv->delimiter);
}

/* From how many on columns 0, 1, 2, … are names, with words beside them and without. */
enum { COUNTED_WITH_WORDS = 3, COUNTED_ALONE = 4 };

/* So many rows say what a column holds below a first row of words and numbers. */
enum { SETTLING_ROWS = 1000 };

/* A missing value or a fraction is no name. An empty cell is either. */
static bool could_be_names(cr_csv_header *h, size_t columns) {
  h->counted = true;
  for (size_t c = 0; c < columns; c++) {
    double number;
    if (h->first[c].size == 0) continue;
    const cr_csv_kind kind = cr_csv_classify(&h->first[c], &number);
    if (kind == CR_CSV_WORD) {
      h->above[c] = CR_CSV_WORD_ABOVE;
      h->words++;
    } else if (kind == CR_CSV_NUMBER && number == floor(number)) {
      h->counted = h->counted && number == (double)h->numbers;
      h->numbers++;
    } else {
      return false;
    }
  }
  h->alone = h->words;
  h->index = columns > 1 && h->first[0].size == 0;
  h->counted = h->counted && h->numbers >= (h->words > 0 ? COUNTED_WITH_WORDS : COUNTED_ALONE);
  return h->words > 0 || h->counted || (h->index && h->numbers > 0);
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

static void look_at(cr_csv_header *h, size_t column, const cr_csv_cell *cell) {
  double value;
  const cr_csv_kind kind = cr_csv_classify(cell, &value);
  cr_csv_above *above = &h->above[column];
  h->number = h->number || kind == CR_CSV_NUMBER || kind == CR_CSV_UNUSABLE;
  h->again = h->again || (kind == CR_CSV_WORD && same_text(&h->first[column], cell));
  if (kind == CR_CSV_WORD && *above != CR_CSV_NO_WORD) {
    *above = CR_CSV_NO_WORD;
    h->alone--;
  }
  if (kind == CR_CSV_NUMBER && *above == CR_CSV_WORD_ABOVE) *above = CR_CSV_WORD_ABOVE_NUMBERS;
  if (column == 0 && (kind != CR_CSV_NUMBER || value != (double)h->rows)) h->index = false;
}

bool cr_csv_header_is_open(const cr_csv_header *h) {
  if (!h->names) return false;
  if (h->numbers == 0) return !h->number;
  if (h->words == 0 && h->counted) return false;
  return h->rows < SETTLING_ROWS && (h->index || h->alone > 0 || (h->counted && !h->again));
}

cr_status cr_csv_header_below(const cr_csv *csv, cr_csv_scan *scan, cr_csv_header *h) {
  bool found;
  for (; cr_csv_header_is_open(h); h->rows++) {
    CR_TRY(cr_csv_next_row(csv, scan, &found));
    if (!found) break;
    for (size_t c = 0; c < csv->shape.columns; c++) {
      cr_csv_cell cell;
      CR_TRY(cr_csv_next(scan, &cell));
      look_at(h, c, &cell);
    }
  }
  return CR_OK;
}

cr_status cr_csv_header_start(const cr_csv *csv, cr_csv_scan *scan, cr_csv_header *h) {
  const size_t columns = csv->shape.columns;
  void *first, *above;
  bool found;
  CR_TRY(cr_alloc(columns, sizeof(cr_csv_cell), &first));
  h->first = first;
  CR_TRY(cr_alloc(columns, sizeof(cr_csv_above), &above));
  h->above = above;
  h->columns = columns;
  cr_csv_start(csv, scan);
  CR_TRY(cr_csv_next_row(csv, scan, &found));
  for (size_t c = 0; c < columns; c++) CR_TRY(cr_csv_next(scan, &h->first[c]));
  h->names = could_be_names(h, columns);
  return h->names ? all_different(h->first, columns, &h->different) : CR_OK;
}

bool cr_csv_header_is_there(const cr_csv_header *h) {
  if (!h->names) return false;
  if (h->numbers == 0) return h->number || (h->different && !h->again);
  if (h->words == 0 && h->counted) return true;
  if (!h->different) return false;
  for (size_t c = 0; c < h->columns; c++)
    if (h->above[c] == CR_CSV_WORD_ABOVE_NUMBERS) return true;
  return h->index || (h->counted && !h->again);
}

void cr_csv_header_free(cr_csv_header *h) {
  cr_free(h->above);
  cr_free(h->first);
  *h = (cr_csv_header){0};
}

cr_status cr_csv_guess_header(cr_csv *csv) {
  cr_csv_header header = {0};
  cr_csv_scan scan;
  cr_status status = cr_csv_header_start(csv, &scan, &header);
  if (status == CR_OK) status = cr_csv_header_below(csv, &scan, &header);
  csv->has_header = status == CR_OK && cr_csv_header_is_there(&header);
  cr_csv_header_free(&header);
  return status;
}
