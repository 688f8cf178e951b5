/*
 * LIBSVM's text, also called SVMlight's: a row a line, "label index:value index:value # remark".
 * Indices count from 1 and ascend; what is not there is 0. Read into a table with all its zeros:
 * columns x1, x2, … and the label behind them.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
#include "data/hashset.h"
#include "data/reader.h"

enum {
  SHOWN_MAX = 40, /* of a word in a message */
  SNIFFED_MAX = 1 << 16,
};

/* A place in the text. */
typedef struct scan {
  const cr_source *source;
  const char *at, *end;
  uint64_t line;
  size_t most;    /* index */
  uint64_t field; /* of the line, from 1: the label, then the pairs */
} scan;

typedef struct word {
  const char *text;
  size_t size;
} word;

/* What is known of the whole after the first pass. */
typedef struct shape {
  size_t rows, columns; /* without the label */
} shape;

static bool ends_line(char c) {
  return c == '\n' || c == '\r';
}

static bool ends_word(char c) {
  return c == ' ' || c == '\t' || c == '#' || ends_line(c);
}

static void start(const cr_source *source, size_t features, scan *s) {
  const bool marked = source->size >= 3 && memcmp(source->bytes, "\xef\xbb\xbf", 3) == 0;
  *s = (scan){.source = source,
              .at = source->bytes + (marked ? 3 : 0),
              .end = source->bytes + source->size,
              .line = 1,
              .most = features ? features : CR_FEATURES_MAX};
}

/* The next word of the line; false at its end, a remark passed over. */
static bool next_word(scan *s, word *out) {
  while (s->at < s->end && (*s->at == ' ' || *s->at == '\t')) s->at++;
  if (s->at < s->end && *s->at == '#')
    while (s->at < s->end && !ends_line(*s->at)) s->at++;
  out->text = s->at;
  while (s->at < s->end && !ends_word(*s->at)) s->at++;
  out->size = (size_t)(s->at - out->text);
  s->field += out->size > 0;
  return out->size > 0;
}

/* To the next line, from the end of one. */
static void next_line(scan *s) {
  if (s->at < s->end && *s->at++ == '\r' && s->at < s->end && *s->at == '\n') s->at++;
  s->line++;
  s->field = 0;
}

/* The label of the next row, lines without one passed over; false at the end. */
static bool next_row(scan *s, word *label) {
  while (!next_word(s, label)) {
    if (s->at == s->end) return false;
    next_line(s);
  }
  return true;
}

static cr_status fail(const scan *s, cr_status status, word found, const char *expected) {
  char shown[SHOWN_MAX + 1];
  const size_t size = cr_size_min(found.size, SHOWN_MAX);
  for (size_t i = 0; i < size; i++)
    shown[i] = found.text[i] > ' ' && found.text[i] < 0x7f ? found.text[i] : '?';
  shown[size] = '\0';
  return cr_fail_at(status, s->source->path, s->line, s->field, "found '%s'; expected %s", shown,
                    expected);
}

static cr_status read_label(const scan *s, word found, double *out) {
  if (cr_parse_number(found.text, found.size, out) && fabs(*out) <= (double)FLT_MAX) return CR_OK;
  fail(s, CR_ERR_LIBSVM, found, "a number as the label");
  return memchr(found.text, ',', found.size) ? cr_why("several labels a row are not read")
                                             : CR_ERR_LIBSVM;
}

static cr_status fail_index(const scan *s, word found) {
  char expected[64];
  snprintf(expected, sizeof expected, "an index of at most %zu", s->most);
  return fail(s, CR_ERR_LIMIT, found, expected);
}

/* index:value, the index above the one before. */
static cr_status read_pair(const scan *s, word found, size_t *index, double *value) {
  const char *colon = memchr(found.text, ':', found.size);
  if (!colon) return fail(s, CR_ERR_LIBSVM, found, "index:value");
  const size_t before = (size_t)(colon - found.text);
  uint64_t read;
  if (before == 3 && memcmp(found.text, "qid", 3) == 0) {
    fail(s, CR_ERR_FORMAT, found, "no queries: rows are learnt one by one, not ranked");
    return cr_fix("leave out the qid fields: sed 's/ qid:[0-9]*//' FILE > rows.svm");
  }
  if (!cr_parse_integer(found.text, before, &read) || read == 0)
    return fail(s, CR_ERR_LIBSVM, found, "an index from 1 on before the ':'");
  if (read > s->most) return fail_index(s, found);
  if (read <= *index) return fail(s, CR_ERR_LIBSVM, found, "an index above the one before it");
  *index = (size_t)read;
  if (cr_parse_number(colon + 1, found.size - before - 1, value) && fabs(*value) <= (double)FLT_MAX)
    return CR_OK;
  return fail(s, CR_ERR_LIBSVM, found, "a number of at most 3.4e38 behind the ':'");
}

/* One pass over the text: into the table, or for its shape only (NULL). */
static cr_status pass(const cr_source *source, size_t features, cr_table *table, shape *found) {
  scan s;
  word next;
  start(source, features, &s);
  *found = (shape){.columns = features};
  for (; next_row(&s, &next); found->rows++) {
    double value;
    size_t index = 0;
    CR_TRY(read_label(&s, next, &value));
    if (table) table->columns[table->column_count - 1].numbers[found->rows] = value;
    while (next_word(&s, &next)) {
      CR_TRY(read_pair(&s, next, &index, &value));
      if (table) table->columns[index - 1].numbers[found->rows] = value;
    }
    found->columns = cr_size_max(found->columns, index);
  }
  return CR_OK;
}

/* Every row takes a byte of the file and there are at most a million columns: nothing wraps. */
static cr_status check_size(const cr_source *source, const shape *found,
                            const cr_read_options *options) {
  const uint64_t columns = (uint64_t)found->columns + 1, most = cr_table_bytes_max(options);
  const uint64_t overhead = columns * cr_table_column_bytes();
  if (overhead <= most && found->rows <= (most - overhead) / sizeof(double) / columns) return CR_OK;
  cr_fail_at(CR_ERR_LIMIT, source->path, 0, 0,
             "%zu rows of %zu columns, their zeros written out, would take over %llu bytes of "
             "memory",
             found->rows, found->columns, (unsigned long long)most);
  return cr_fix("cut the file into parts, or leave out columns that are nearly always 0");
}

static cr_status fill(const cr_source *source, shape *found, cr_pool *pool, cr_table *table) {
  const size_t label = table->column_count - 1;
  table->rows = found->rows;
  table->origin.fingerprint = cr_hash_bytes(source->bytes, source->size, 0);
  table->origin.compressed = source->compressed;
  table->origin.has_header = true; /* the indices are the names of the columns */
  CR_TRY(cr_table_number_names(table));
  CR_TRY(cr_table_name(table, label, "label"));
  for (size_t c = 0; c <= label; c++) CR_TRY(cr_table_add_numbers(table, c));
  CR_TRY(pass(source, found->columns, table, found));
  CR_TRY(cr_table_finish(table, pool));
  return cr_table_warn_duplicates(table, source->size, pool);
}

/* Of a head, too; a line may be wrong anywhere, and that is said with the whole. */
static cr_status judge_libsvm(const cr_source *head) {
  const char *nul = memchr(head->bytes, '\0', head->size);
  if (!nul) return CR_OK;
  return cr_fail_offset(CR_ERR_LIBSVM, head->path, (uint64_t)(nul - head->bytes),
                        "a NUL byte at offset %zu: this is not a text",
                        (size_t)(nul - head->bytes));
}

static cr_status read_libsvm(cr_source *source, const cr_read_options *options, cr_pool *pool,
                             cr_table **out) {
  shape found;
  cr_table *table;
  if (options->labels)
    return cr_fail_at(CR_ERR_ARGUMENT, source->path, 0, 0,
                      "a label file belongs to IDX images or an NPY array, and this is LIBSVM");
  CR_TRY(judge_libsvm(source));
  CR_TRY(pass(source, options->features, NULL, &found));
  CR_TRY(check_size(source, &found, options));
  CR_TRY(cr_table_create(source->path, "libsvm", found.columns + 1, &table));
  const cr_status status = fill(source, &found, pool, table);
  if (status != CR_OK) {
    cr_table_destroy(table);
    return status;
  }
  *out = table;
  return CR_OK;
}

/* Digits, a colon, something: what stands behind a label and nowhere in a table of numbers. */
static bool is_pair(word found) {
  const char *colon = memchr(found.text, ':', found.size);
  uint64_t index;
  if (!colon || colon == found.text + found.size - 1) return false;
  return cr_parse_integer(found.text, (size_t)(colon - found.text), &index) ||
         (colon == found.text + 3 && memcmp(found.text, "qid", 3) == 0);
}

/* The first row with anything behind its label decides; one word a line is a column of numbers. */
static bool sniff_libsvm(const char *head, size_t size) {
  const cr_source source = {.bytes = (char *)head, .size = cr_size_min(size, SNIFFED_MAX)};
  scan s;
  word next;
  double label;
  start(&source, 0, &s);
  while (next_row(&s, &next)) {
    const char *comma = memchr(next.text, ',', next.size);
    const size_t length = comma ? (size_t)(comma - next.text) : next.size;
    if (!cr_parse_number(next.text, length, &label)) return false;
    if (next_word(&s, &next)) return is_pair(next);
  }
  return false;
}

const cr_reader cr_libsvm_reader = {
    .name = "libsvm", .sniff = sniff_libsvm, .judge = judge_libsvm, .read = read_libsvm};
