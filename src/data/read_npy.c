/*
 * NPY: one array, as numpy.save writes it. Of 1 or 2 dimensions it is a table of numbers with the
 * columns x1, x2, …; of 3 or 4 dimensions and bytes it is images. Labels may come from an array of
 * one dimension in a second file: the one that options name, or that lies beside, X_train.npy and
 * y_train.npy.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/number.h"
#include "base/size.h"
#include "data/npy.h"

/* Rows are read so many at a time, so that all columns find them in the cache. */
enum { ROWS_AT_ONCE = 256 };

static const char label_name[] = "label";

/* From here on whole numbers are rounded. */
#define EXACT_MAX 9007199254740992.0 /* 2^53 */

static uint64_t word_at(const unsigned char *at, size_t size, bool big_endian) {
  if (!big_endian) return cr_little_endian_rest(at, size);
  uint64_t word = 0;
  for (size_t i = 0; i < size; i++) word = word << 8 | at[i];
  return word;
}

/* As in CSV: NAN is a gap, and what a network's numbers cannot hold is bad. */
static double table_number(double value) {
  if (isnan(value)) return cr_number_missing();
  return fabs(value) <= (double)FLT_MAX ? value : cr_number_bad();
}

/* How a matrix lies in its file: the distances of rows and of columns, in elements. */
typedef struct layout {
  const cr_npy_header *header;
  const unsigned char *bytes; /* the first element */
  size_t rows, columns, row_step, column_step;
} layout;

static layout lay_out(const cr_source *source, const cr_npy_header *header) {
  const size_t rows = header->dimensions[0];
  const size_t columns = header->count == 1 ? 1 : header->dimensions[1];
  return (layout){
      .header = header,
      .bytes = (const unsigned char *)source->bytes + header->data,
      .rows = rows,
      .columns = columns,
      .row_step = header->fortran_order ? 1 : columns,
      .column_step = header->fortran_order ? rows : 1,
  };
}

static double number_at(const layout *m, size_t row, size_t column) {
  const cr_npy_type *type = m->header->type;
  const size_t element = row * m->row_step + column * m->column_step;
  return type->number(word_at(m->bytes + element * type->size, type->size, m->header->big_endian));
}

static void note_bad(cr_stored_column *column, size_t row, double value) {
  if (column->info.bad++ > 0) return;
  column->first_bad.row = row;
  cr_format_number(value, column->first_bad.text);
}

/* Rows [first, end) of a column; returns how many whole numbers may be rounded. */
static size_t fill_column(cr_stored_column *stored, const layout *m, size_t column, size_t first,
                          size_t end) {
  size_t beyond = 0;
  for (size_t r = first; r < end; r++) {
    const double value = number_at(m, r, column);
    stored->numbers[r] = table_number(value);
    if (cr_number_is_bad(stored->numbers[r])) note_bad(stored, r, value);
    beyond += m->header->type->whole && fabs(value) >= EXACT_MAX;
  }
  return beyond;
}

static cr_status warn_rounded(cr_table *table, size_t beyond) {
  if (beyond == 0) return CR_OK;
  return cr_strlist_format(
      &table->warnings, "%zu whole number%s 2^53 or more and may be rounded: %s?", beyond,
      beyond == 1 ? " is" : "s are", beyond == 1 ? "an identifier" : "identifiers");
}

/* Fills the columns of the table from `to` on; their rooms are there. */
static cr_status fill_columns(cr_table *table, size_t to, const layout *m) {
  size_t beyond = 0, touched = 0;
  for (size_t c = 0; c < m->columns; c++) CR_TRY(cr_table_add_numbers(table, to + c));
  for (size_t first = 0; first < m->rows; first += ROWS_AT_ONCE) {
    cr_table_rest_after(table, ROWS_AT_ONCE * m->columns * sizeof(double), &touched);
    const size_t end = cr_size_min(m->rows, first + ROWS_AT_ONCE);
    for (size_t c = 0; c < m->columns; c++)
      beyond += fill_column(&table->columns[to + c], m, c, first, end);
  }
  return warn_rounded(table, beyond);
}

/* Truth values are bytes of which only two mean something. */
static cr_status check_truth(const cr_source *source, const cr_npy_header *header) {
  if (strcmp(header->type->name, "b1") != 0) return CR_OK;
  for (size_t at = header->data; at < source->size; at++) {
    const unsigned char byte = (unsigned char)source->bytes[at];
    if (byte > 1)
      return cr_fail_offset(CR_ERR_NPY, source->path, at,
                            "found the truth value %02x at byte %zu; expected 00 or 01",
                            (unsigned)byte, at);
  }
  return CR_OK;
}

static cr_status read_array(const cr_source *source, cr_npy_header *header) {
  CR_TRY(cr_npy_read_header(source, header));
  return check_truth(source, header);
}

/* The same bytes with the last index the fastest, as images are in a table. */
static cr_status turn_images(const cr_source *source, const cr_npy_header *header,
                             cr_source *turned) {
  void *block;
  CR_TRY(cr_alloc(header->elements, 1, &block));
  unsigned char *to = block;
  const char *from = source->bytes + header->data;
  size_t steps[CR_NPY_DIMENSIONS_MAX] = {0}, step = 1;
  for (size_t d = 0; d < header->count; d++) {
    steps[d] = step;
    step *= header->dimensions[d];
  }
  for (size_t i = 0; i < header->elements; i++) {
    size_t rest = i, at = 0;
    for (size_t d = header->count; d-- > 0; rest /= header->dimensions[d])
      at += rest % header->dimensions[d] * steps[d];
    to[i] = (unsigned char)from[at];
  }
  *turned = (cr_source){.path = source->path, .bytes = block, .size = step, .owned = true};
  return CR_OK;
}

static cr_status add_images(cr_table *table, cr_source *source, const cr_npy_header *header) {
  if (!header->fortran_order)
    return cr_table_take_images(table, source, header->data, header->count, header->dimensions);
  cr_source turned;
  if (table->large) {
    cr_fail_at(CR_ERR_LIMIT, source->path, 0, 0,
               "images in Fortran's order are turned in memory, and do not fit into it");
    return cr_fix("save them as numpy.ascontiguousarray makes them, or allow more with --memory");
  }
  CR_TRY(turn_images(source, header, &turned));
  const cr_status status =
      cr_table_take_images(table, &turned, 0, header->count, header->dimensions);
  cr_source_free(&turned);
  return status;
}

static cr_status add_numbers(cr_table *table, const cr_source *source,
                             const cr_npy_header *header) {
  const layout m = lay_out(source, header);
  table->rows = m.rows;
  for (size_t c = 0; c < m.columns; c++) {
    char name[32];
    snprintf(name, sizeof name, "x%zu", c + 1);
    CR_TRY(cr_table_name(table, c, name));
  }
  return fill_columns(table, 0, &m);
}

/* (n,) or (n, 1), whole numbers for classes, others to learn as numbers. */
static cr_status add_labels(cr_table *table, const cr_source *source) {
  cr_npy_header header;
  CR_TRY(read_array(source, &header));
  const size_t last = table->column_count - 1;
  if (header.count > 2 || (header.count == 2 && header.dimensions[1] != 1))
    return cr_fail_offset(CR_ERR_NPY, source->path, header.data,
                          "an array of %zu dimensions; labels have 1", header.count);
  if (header.dimensions[0] != table->rows)
    return cr_fail_offset(CR_ERR_NPY, source->path, header.data,
                          "%zu labels for the %zu rows of %s", header.dimensions[0], table->rows,
                          table->path);
  CR_TRY(cr_table_name(table, last, label_name));
  CR_TRY(cr_table_note_labels(table, source->path));
  const layout m = lay_out(source, &header);
  table->columns[last].is_label = header.type->whole;
  return fill_columns(table, last, &m);
}

static cr_status fill(cr_table *table, cr_source *source, const cr_source *labels,
                      const cr_npy_header *header, cr_pool *pool) {
  cr_table_note_source(table, source, labels);
  const size_t size = source->size;
  table->rows = header->dimensions[0];
  CR_TRY(cr_table_take_large(table, source));
  if (header->count > 2)
    CR_TRY(add_images(table, source, header));
  else
    CR_TRY(add_numbers(table, source, header));
  if (labels) CR_TRY(add_labels(table, labels));
  CR_TRY(cr_table_finish(table, pool));
  return cr_table_warn_duplicates(table, size, pool);
}

/* A table of the array, with a column of labels behind it (NULL: without). */
static cr_status build(cr_source *source, const cr_source *labels, const cr_npy_header *header,
                       cr_pool *pool, cr_table **out) {
  const size_t columns = header->count == 2 ? header->dimensions[1] : 1;
  cr_table *table;
  CR_TRY(cr_table_create(source->path, "npy", columns + (labels != NULL), &table));
  const cr_status status = fill(table, source, labels, header, pool);
  if (status != CR_OK) {
    cr_table_destroy(table);
    return status;
  }
  *out = table;
  return CR_OK;
}

/* Every element is there, so that neither count can be larger than the file, and nothing wraps. */
static cr_status check_table_size(const cr_source *source, const cr_npy_header *header,
                                  const cr_source *labels, const cr_read_options *options) {
  const bool images = header->count > 2;
  const uint64_t columns = header->count == 2 ? header->dimensions[1] : 1;
  uint64_t bytes = images ? source->size : header->elements * sizeof(double);
  bytes += columns * cr_table_column_bytes();
  if (labels) bytes += header->dimensions[0] * sizeof(double);
  return source->large || bytes <= cr_table_bytes_max(options)
             ? CR_OK
             : cr_table_fail_size(source->path, options);
}

cr_status cr_npy_table(cr_source *array, const cr_source *labels, const cr_read_options *options,
                       cr_pool *pool, cr_table **out) {
  cr_npy_header header;
  cr_source loaded = {0};
  const bool apart = options->labels && options->labels[0];
  CR_TRY(read_array(array, &header));
  cr_status status =
      apart ? cr_source_load(options->labels, options->max_bytes, NULL, &loaded) : CR_OK;
  if (apart) labels = &loaded;
  if (status == CR_OK) status = check_table_size(array, &header, labels, options);
  if (status == CR_OK) status = build(array, labels, &header, pool, out);
  cr_source_free(&loaded);
  return status;
}

/* What people call files of inputs, and those of their labels. */
static const char *const pairs[][2] = {{"X", "y"},         {"X", "Y"},
                                       {"x", "y"},         {"images", "labels"},
                                       {"data", "labels"}, {"features", "labels"},
                                       {"data", "target"}, {"inputs", "targets"}};

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Where a word of its own begins in a name, as x in x_train but not in maximum; NULL: nowhere. */
static const char *find_word(const char *name, const char *word) {
  const size_t length = strlen(word);
  for (const char *at = name; (at = strstr(at, word)) != NULL; at++)
    if ((at == name || !is_letter(at[-1])) && !is_letter(at[length])) return at;
  return NULL;
}

/* *out is NULL if no file is named as the labels of this one are. */
static cr_status find_labels(const char *path, char **out) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  *out = NULL;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs && !*out; i++) {
    const char *at = find_word(name, pairs[i][0]);
    if (!at) continue;
    cr_strbuf other = {0};
    cr_strbuf_format(&other, "%.*s%s%s", (int)(at - path), path, pairs[i][1],
                     at + strlen(pairs[i][0]));
    CR_TRY(cr_strbuf_take(&other, out));
    CR_TRY(cr_file_or_gzip(out));
  }
  return CR_OK;
}

/* Who names another target does not want them. */
static bool may_have_labels(const cr_source *source, const cr_read_options *options) {
  const char *target = options->target;
  return source->on_disk && !options->labels &&
         (!target || !target[0] || strcmp(target, label_name) == 0);
}

/* They were found by a name alone, which may say something else. */
static void explain_labels(const char *labels) {
  if (strcmp(cr_last_error()->file, labels) != 0) return;
  cr_why("its name says that it holds the labels");
  cr_fix("--labels FILE for others, or --labels '' for none");
}

static cr_status read_npy(cr_source *source, const cr_read_options *options, cr_pool *pool,
                          cr_table **out) {
  cr_read_options found = *options;
  char *labels = NULL;
  if (may_have_labels(source, options)) CR_TRY(find_labels(source->path, &labels));
  if (labels) found.labels = labels;
  const cr_status status = cr_npy_table(source, NULL, &found, pool, out);
  if (status != CR_OK && labels) explain_labels(labels);
  cr_free(labels);
  return status;
}

static bool sniff_npy(const char *head, size_t size) {
  return size >= 6 && memcmp(head, "\x93NUMPY", 6) == 0;
}

const cr_reader cr_npy_reader = {.name = "npy",
                                 .sniff = sniff_npy,
                                 .judge = cr_npy_judge,
                                 .table_bytes = cr_npy_table_bytes,
                                 .read = read_npy};
