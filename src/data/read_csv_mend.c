/*
 * CSV that is not as it should be, made so before it is read: decimals with a comma, rows that are
 * cut short or end in a delimiter, blanks that align, quotes where none belong. The text is written
 * anew, line by line, so that places in messages stay; the reader behind it knows one form only,
 * and is not slowed down by others.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "data/csv.h"
#include "data/hashset.h"

enum { NUMBER_MAX = 1 << 10 }; /* bytes of a number with a decimal comma */

typedef struct mender {
  const cr_csv_mending *m;
  const char *at, *end;
  uint64_t line;
  size_t row, cells; /* rows before, cells of this one */
  size_t empty;      /* the last so many of them */
  size_t columns;    /* 0 until the first row was seen */
  cr_strbuf *out;
} mender;

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* Values stand below each other, and any number of blanks parts them. */
static bool is_aligned(const mender *m) {
  return m->m->delimiter == ' ';
}

static bool is_end(const mender *m, const char *at) {
  return at == m->end || *at == '\n' || *at == '\r';
}

static bool ends_cell(const mender *m, const char *at) {
  return is_end(m, at) || *at == m->m->delimiter || (is_aligned(m) && is_blank(*at));
}

/* --- decimals --- */

static size_t count_of(const char *text, size_t size, char c) {
  size_t count = 0;
  for (size_t i = 0; i < size; i++) count += text[i] == c;
  return count;
}

static bool could_be_number(const char *text, size_t size) {
  if (size == 0 || size >= NUMBER_MAX) return false;
  for (size_t i = 0; i < size; i++)
    if (!strchr("0123456789+-eE.,", text[i]) || text[i] == '\0') return false;
  return true;
}

/* The first row of a file may be one of names. */
static bool is_data(const mender *m) {
  return m->row > 0 || m->m->continues || strcmp(m->m->options->header, "no") == 0;
}

/* "1.234" would be a thousandth of what it may mean. */
static cr_status fail_point(const mender *m, const char *text, size_t size) {
  cr_fail_at(CR_ERR_NUMBER, m->m->path, m->line, m->cells + 1,
             "'%.*s' has a decimal point, and decimals are to be read with a comma", (int)size,
             text);
  cr_why("if the point stands between thousands, it would be read as another number");
  return cr_fix(
      "take points between thousands out; or write all decimals alike and leave out --decimal");
}

static bool is_amount(const char *text, size_t size) {
  double value;
  const bool marked = memchr(text, ',', size) || memchr(text, '.', size);
  return marked && size < NUMBER_MAX && cr_parse_amount(text, size, ',', &value);
}

/* "1,5" becomes "1.5", and "$1.234,50" "$1,234.50"; other texts stay what they are. */
static cr_status write_decimals(const mender *m, const char **text, size_t size,
                                char number[NUMBER_MAX]) {
  const size_t commas = count_of(*text, size, ','), points = count_of(*text, size, '.');
  const bool plain = could_be_number(*text, size);
  double value;
  if (plain && commas == 1 && points == 0) {
    memcpy(number, *text, size);
    *(char *)memchr(number, ',', size) = '.';
    if (cr_parse_number(number, size, &value)) *text = number;
  } else if (is_amount(*text, size)) {
    cr_swap_marks(*text, size, number);
    *text = number;
  } else if (plain && commas == 0 && points == 1 && is_data(m) &&
             cr_parse_number(*text, size, &value)) {
    return fail_point(m, *text, size);
  }
  return CR_OK;
}

/* --- cells --- */

/* As it stands, in quotes, those in it doubled. */
static void put_literal(mender *m, const char *text, size_t size) {
  cr_strbuf_add(m->out, "\"", 1);
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '"') cr_strbuf_add(m->out, "\"", 1);
    cr_strbuf_add(m->out, text + i, 1);
  }
  cr_strbuf_add(m->out, "\"", 1);
}

/* A word that stands for no value, if it was told. */
static bool is_gap(const mender *m, const char *text, size_t size) {
  const cr_read_options *options = m->m->options;
  for (size_t i = 0; i < options->gap_count; i++)
    if (strlen(options->gaps[i]) == size && memcmp(options->gaps[i], text, size) == 0)
      return is_data(m);
  return false;
}

/* What stands in a cell, blanks around it and quotes apart. */
static cr_status put_value(mender *m, const char *text, size_t size, bool quoted) {
  char number[NUMBER_MAX];
  const char *const given = text;
  if (is_gap(m, text, size)) {
    cr_strbuf_format(m->out, "NA");
    return CR_OK;
  }
  if (m->m->options->decimal == ',') CR_TRY(write_decimals(m, &text, size, number));
  if (!quoted && text != given && memchr(text, m->m->delimiter, size))
    put_literal(m, text, size);
  else
    cr_strbuf_add(m->out, text, size);
  return CR_OK;
}

/* Where the quote is that closes the one at `at`; NULL if there is none. */
static const char *closing_quote(const mender *m, const char *at) {
  for (at++; (at = memchr(at, '"', (size_t)(m->end - at))); at += 2)
    if (at + 1 == m->end || at[1] != '"') return at;
  return NULL;
}

static void count_lines(mender *m, const char *from, const char *to) {
  for (const char *at = from; at < to; at++)
    m->line += *at == '\n' || (*at == '\r' && (at + 1 == m->end || at[1] != '\n'));
}

static const char *cell_end(const mender *m, const char *at) {
  while (!ends_cell(m, at)) at++;
  return at;
}

static cr_status mend_plain(mender *m) {
  const char *stop = cell_end(m, m->at), *first = m->at, *last = stop;
  while (first < last && is_blank(*first)) first++;
  while (last > first && is_blank(last[-1])) last--;
  const size_t size = (size_t)(last - first);
  m->at = stop;
  if (!memchr(first, '"', size)) return put_value(m, first, size, false);
  if (m->m->options->lenient_quotes)
    put_literal(m, first, size);
  else
    cr_strbuf_add(m->out, first, size); /* the reader will say what is wrong */
  return CR_OK;
}

static cr_status mend_cell(mender *m) {
  if (m->at == m->end || *m->at != '"') return mend_plain(m);
  const char *close = closing_quote(m, m->at);
  const bool lenient = m->m->options->lenient_quotes;
  if (lenient && (!close || !ends_cell(m, close + 1))) return mend_plain(m);
  const char *from = m->at, *stop = close ? cell_end(m, close + 1) : m->end;
  m->at = stop;
  if (close && stop == close + 1) {
    cr_strbuf_add(m->out, "\"", 1);
    CR_TRY(put_value(m, from + 1, (size_t)(close - from - 1), true));
    cr_strbuf_add(m->out, "\"", 1);
  } else {
    cr_strbuf_add(m->out, from, (size_t)(stop - from)); /* the reader will say what is wrong */
  }
  count_lines(m, from, stop);
  return CR_OK;
}

/* --- rows --- */

static void put_line_end(mender *m) {
  const char *from = m->at;
  if (m->at < m->end && *m->at == '\r') m->at++;
  if (m->at < m->end && *m->at == '\n' && (m->at == from || m->at[-1] == '\r')) m->at++;
  cr_strbuf_add(m->out, from, (size_t)(m->at - from));
  m->line++;
}

/* An empty value at the end of a row is a delimiter alone. */
static void drop_last(mender *m, size_t count) {
  m->out->length -= count;
  m->cells -= count;
}

/* A row that is cut short gets gaps; values past the last column go if they are empty. */
static void fit_row(mender *m) {
  const bool pads = m->m->options->pad_bad_rows;
  for (; pads && m->cells < m->columns; m->cells++) cr_strbuf_add(m->out, &m->m->delimiter, 1);
  if ((pads || m->m->trailing) && m->cells > m->columns && m->empty >= m->cells - m->columns)
    drop_last(m, m->cells - m->columns);
}

/* The first row says how many columns there are: those before what ends every row. */
static void take_columns(mender *m) {
  const size_t spare = m->empty < m->cells ? m->empty : m->cells - 1;
  drop_last(m, spare < m->m->trailing ? spare : m->m->trailing);
  m->columns = m->cells;
}

static void skip_blanks(mender *m) {
  while (is_aligned(m) && !is_end(m, m->at) && is_blank(*m->at)) m->at++;
}

/* Past what parts two values; false at the end of the row. */
static bool next_cell(mender *m) {
  skip_blanks(m);
  if (is_end(m, m->at)) return false;
  if (!is_aligned(m)) m->at++;
  cr_strbuf_add(m->out, &m->m->delimiter, 1);
  return true;
}

static cr_status mend_row(mender *m) {
  const size_t start = m->out->length;
  m->cells = m->empty = 0;
  skip_blanks(m);
  do {
    const size_t before = m->out->length;
    CR_TRY(mend_cell(m));
    m->empty = m->out->length == before ? m->empty + 1 : 0;
    m->cells++;
  } while (next_cell(m));
  const bool blank = m->cells == 1 && m->out->length == start;
  if (!blank) {
    if (m->columns == 0) take_columns(m);
    fit_row(m);
    m->row++;
  }
  put_line_end(m);
  return CR_OK;
}

cr_status cr_csv_mend(const char *text, size_t size, const cr_csv_mending *mending,
                      cr_strbuf *out) {
  mender m = {.m = mending,
              .at = text,
              .end = text + size,
              .line = mending->first_line,
              .columns = mending->columns,
              .out = out};
  const uint64_t most = cr_table_bytes_max(mending->options);
  while (m.at < m.end) {
    CR_TRY(mend_row(&m));
    if (out->length > most) return cr_table_fail_size(mending->path, mending->options);
  }
  cr_strbuf_add(out, "", 0);
  return out->failed ? cr_fail(CR_ERR_MEMORY, "out of memory while reading") : CR_OK;
}

static bool wants_mending(const cr_csv *csv) {
  const cr_read_options *options = csv->options;
  return options->decimal == ',' || options->gap_count > 0 || options->pad_bad_rows ||
         options->lenient_quotes || csv->delimiter == ' ' || csv->trailing > 0;
}

cr_status cr_csv_mend_text(cr_csv *csv, cr_strbuf *mended) {
  if (!wants_mending(csv)) return CR_OK;
  const cr_csv_mending mending = {.path = csv->source->path,
                                  .options = csv->options,
                                  .delimiter = csv->delimiter,
                                  .columns = csv->shape.columns,
                                  .trailing = csv->trailing,
                                  .first_line = csv->first_line,
                                  .continues = csv->first_byte > 0};
  CR_TRY(cr_csv_check_text(csv));
  CR_TRY(cr_csv_mend(csv->text, csv->size, &mending, mended));
  csv->text = mended->text;
  csv->size = mended->length;
  return CR_OK;
}
