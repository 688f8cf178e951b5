/*
 * LIBSVM's text, also called SVMlight's: a row a line, "label index:value index:value # remark".
 * Indices count from 1 and ascend; what is not there is 0. Read into a table of columns x1, x2, …
 * and the label behind them: with all its zeros, or, where most of it would be zeros, without them
 * and with those columns alone of which a row has a value.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
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
  size_t entries;       /* values that are not 0 */
} shape;

/* Where the second pass puts what it reads: the label and, of these, one. */
typedef struct sink {
  double *labels;    /* (rows) */
  cr_table *dense;   /* columns of numbers that are 0 yet */
  cr_sparse *sparse; /* columns count from 0, and are those of the text */
} sink;

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
  if (!cr_parse_integer(found.text, before, &read) || read == 0) {
    fail(s, CR_ERR_LIBSVM, found, "an index from 1 on before the ':'");
    if (before != 1 || found.text[0] != '0') return CR_ERR_LIBSVM;
    cr_why("indices that count from 0 could not be told from others in a file without a 0");
    return cr_fix("write them from 1 on: dump_svmlight_file(x, y, FILE, zero_based=False)");
  }
  if (read > s->most) return fail_index(s, found);
  if (read <= *index) return fail(s, CR_ERR_LIBSVM, found, "an index above the one before it");
  *index = (size_t)read;
  if (cr_parse_number(colon + 1, found.size - before - 1, value) && fabs(*value) <= (double)FLT_MAX)
    return CR_OK;
  return fail(s, CR_ERR_LIBSVM, found, "a number of at most 3.4e38 behind the ':'");
}

static void put_value(const sink *to, size_t row, size_t index, double value, size_t entry) {
  if (to->dense) to->dense->columns[index - 1].numbers[row] = value;
  if (!to->sparse || value == 0.0) return;
  to->sparse->columns[entry] = (uint32_t)(index - 1);
  to->sparse->values[entry] = value;
}

/* One pass over the text: into the sink, or for its shape only (NULL). */
static cr_status pass(const cr_source *source, size_t features, const sink *to, shape *found) {
  scan s;
  word next;
  start(source, features, &s);
  *found = (shape){.columns = features};
  for (; next_row(&s, &next); found->rows++) {
    double value;
    size_t index = 0;
    CR_TRY(read_label(&s, next, &value));
    if (to) to->labels[found->rows] = value;
    while (next_word(&s, &next)) {
      CR_TRY(read_pair(&s, next, &index, &value));
      if (to) put_value(to, found->rows, index, value, found->entries);
      found->entries += value != 0.0;
    }
    if (to && to->sparse) to->sparse->starts[found->rows + 1] = found->entries;
    found->columns = cr_size_max(found->columns, index);
  }
  return CR_OK;
}

/* Values with their places take a third of the memory then, and less time to be learnt. */
static bool is_sparse(const shape *found) {
  return found->entries > 0 &&
         (uint64_t)found->entries * 4 < (uint64_t)found->rows * found->columns;
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

/* The same without them. */
static cr_status check_sparse_size(const cr_source *source, const shape *found,
                                   const cr_read_options *options) {
  const uint64_t most = cr_table_bytes_max(options);
  const uint64_t columns = cr_size_min(found->entries, found->columns) + 1;
  const uint64_t bytes = found->entries * (sizeof(double) + sizeof(uint32_t)) +
                         found->rows * (sizeof(double) + sizeof(size_t)) +
                         columns * cr_table_column_bytes();
  if (bytes <= most) return CR_OK;
  cr_fail_at(CR_ERR_LIMIT, source->path, 0, 0,
             "%zu values in %zu rows would take over %llu bytes of memory", found->entries,
             found->rows, (unsigned long long)most);
  return cr_fix("cut the file into parts");
}

static cr_status finish(const cr_source *source, cr_pool *pool, cr_table *table) {
  cr_table_note_source(table, source, NULL);
  table->origin.has_header = true; /* the indices are the names of the columns */
  table->has_zeros = true;
  CR_TRY(cr_table_name(table, table->column_count - 1, "label"));
  CR_TRY(cr_table_finish(table, pool));
  return cr_table_warn_duplicates(table, source->size, pool);
}

static cr_status fill_dense(const cr_source *source, shape *found, cr_table *table) {
  const size_t label = table->column_count - 1;
  table->rows = found->rows;
  CR_TRY(cr_table_number_names(table));
  for (size_t c = 0; c <= label; c++) CR_TRY(cr_table_add_numbers(table, c));
  const sink to = {.labels = table->columns[label].numbers, .dense = table};
  return pass(source, found->columns, &to, found);
}

static cr_status read_dense(const cr_source *source, const cr_read_options *options, shape *found,
                            cr_pool *pool, cr_table **out) {
  CR_TRY(check_size(source, found, options));
  CR_TRY(cr_table_create(source->path, "libsvm", found->columns + 1, out));
  CR_TRY(fill_dense(source, found, *out));
  return finish(source, pool, *out);
}

/*
 * places (columns of the text) is all 0: becomes 1 + the place of each column that has a value.
 * The entries are counted by these places from then on. Answers how many columns there are.
 */
static size_t number_columns(cr_sparse *sparse, size_t columns, uint32_t *places) {
  const size_t entries = cr_sparse_entries(sparse);
  uint32_t used = 0;
  for (size_t e = 0; e < entries; e++) places[sparse->columns[e]] = 1;
  for (size_t c = 0; c < columns; c++)
    if (places[c]) places[c] = ++used;
  for (size_t e = 0; e < entries; e++) sparse->columns[e] = places[sparse->columns[e]] - 1;
  return used;
}

static cr_status name_columns(const uint32_t *places, size_t columns, cr_table *table) {
  for (size_t c = 0; c < columns; c++) {
    char name[32];
    if (!places[c]) continue;
    snprintf(name, sizeof name, "x%zu", c + 1);
    CR_TRY(cr_table_name(table, places[c] - 1, name));
  }
  return CR_OK;
}

/* What a sparse table is made of. */
typedef struct pieces {
  cr_sparse *sparse; /* until the table has taken it */
  double *labels;    /* (rows) likewise */
  uint32_t *places;  /* (columns of the text) */
} pieces;

static cr_status build_sparse(const cr_source *source, const shape *found, pieces *p,
                              cr_table **out) {
  const size_t used = number_columns(p->sparse, found->columns, p->places);
  CR_TRY(cr_table_create(source->path, "libsvm", used + 1, out));
  cr_table *table = *out;
  table->rows = found->rows;
  cr_table_take_sparse(table, p->sparse, used);
  p->sparse = NULL;
  table->columns[used].info.type = CR_COLUMN_NUMBER;
  table->columns[used].info.width = 1;
  table->columns[used].numbers = p->labels;
  p->labels = NULL;
  return name_columns(p->places, found->columns, table);
}

static cr_status fill_sparse(const cr_source *source, shape *found, pieces *p, cr_table **out) {
  void *block = NULL;
  CR_TRY(cr_sparse_create(found->rows, found->entries, &p->sparse));
  CR_TRY(cr_alloc(found->rows, sizeof(double), &block));
  p->labels = block;
  CR_TRY(cr_alloc(found->columns, sizeof(uint32_t), &block));
  p->places = block;
  const sink to = {.labels = p->labels, .sparse = p->sparse};
  CR_TRY(pass(source, found->columns, &to, found));
  return build_sparse(source, found, p, out);
}

static cr_status read_sparse(const cr_source *source, const cr_read_options *options, shape *found,
                             cr_pool *pool, cr_table **out) {
  pieces p = {0};
  CR_TRY(check_sparse_size(source, found, options));
  cr_status status = fill_sparse(source, found, &p, out);
  cr_sparse_destroy(p.sparse);
  cr_free(p.labels);
  cr_free(p.places);
  if (status == CR_OK) status = finish(source, pool, *out);
  return status;
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
  cr_table *table = NULL;
  if (options->labels)
    return cr_fail_at(CR_ERR_ARGUMENT, source->path, 0, 0,
                      "a label file belongs to IDX images or an NPY array, and this is LIBSVM");
  CR_TRY(judge_libsvm(source));
  CR_TRY(pass(source, options->features, NULL, &found));
  const cr_status status = is_sparse(&found) ? read_sparse(source, options, &found, pool, &table)
                                             : read_dense(source, options, &found, pool, &table);
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

/* One number or, as other programs have them, several with commas between. */
static bool is_label(word w) {
  const char *at = w.text, *end = w.text + w.size;
  double label;
  for (const char *comma; (comma = memchr(at, ',', (size_t)(end - at))); at = comma + 1)
    if (!cr_parse_number(at, (size_t)(comma - at), &label)) return false;
  return cr_parse_number(at, (size_t)(end - at), &label);
}

/* The first row with anything behind its label decides; one word a line is a column of numbers. */
static bool sniff_libsvm(const char *head, size_t size) {
  const cr_source source = {.bytes = (char *)head, .size = cr_size_min(size, SNIFFED_MAX)};
  scan s;
  word next;
  start(&source, 0, &s);
  while (next_row(&s, &next)) {
    if (!is_label(next)) return false;
    if (next_word(&s, &next)) return is_pair(next);
  }
  return false;
}

const cr_reader cr_libsvm_reader = {
    .name = "libsvm", .sniff = sniff_libsvm, .judge = judge_libsvm, .read = read_libsvm};
