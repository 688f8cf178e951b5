/* Tables made of a matrix or of rows of another table. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/table.h"

/* Names that a header could have: something, in UTF-8, each once. */
static cr_status take_names(cr_table *table, const char *const *names) {
  for (size_t c = 0; c < table->column_count; c++) {
    size_t other;
    if (!names[c] || !names[c][0]) return cr_fail(CR_ERR_ARGUMENT, "names[%zu] is empty", c);
    if (!cr_text_is_utf8(names[c], strlen(names[c]), NULL))
      return cr_fail(CR_ERR_ARGUMENT, "names[%zu] is not UTF-8", c);
    if (cr_table_find(table, names[c], &other))
      return cr_fail(CR_ERR_ARGUMENT, "names[%zu] and names[%zu] are both '%s'", other, c,
                     names[c]);
    CR_TRY(cr_table_name(table, c, names[c]));
  }
  return CR_OK;
}

static cr_status fill_from_matrix(cr_table *table, cr_const_matrix m, const char *const *names) {
  CR_TRY(names ? take_names(table, names) : cr_table_number_names(table));
  for (size_t c = 0; c < m.cols; c++) {
    CR_TRY(cr_table_add_numbers(table, c));
    for (size_t r = 0; r < m.rows; r++) {
      const float value = m.data[r * m.stride + c];
      table->columns[c].numbers[r] = isnan(value)   ? cr_number_missing()
                                     : isinf(value) ? cr_number_bad()
                                                    : (double)value;
    }
  }
  cr_table_fingerprint(table);
  return cr_table_finish(table, NULL);
}

cr_status cr_table_from_matrix(cr_const_matrix m, const char *const *names, cr_table **out) {
  if (m.rows == 0 || m.cols == 0)
    return cr_fail(CR_ERR_EMPTY, "a matrix of %zu rows and %zu columns", m.rows, m.cols);
  if (!m.data || m.stride < m.cols)
    return cr_fail(CR_ERR_ARGUMENT, "a matrix of %zu columns with a stride of %zu%s", m.cols,
                   m.stride, m.data ? "" : " and no data");
  size_t floats = 0;
  if (cr_size_product(m.rows - 1, m.stride, &floats) != CR_OK ||
      floats > SIZE_MAX / sizeof(float) - m.cols)
    return cr_fail(CR_ERR_ARGUMENT, "a matrix of %zu rows with a stride of %zu is too large",
                   m.rows, m.stride);
  cr_table *table;
  CR_TRY(cr_table_create("memory", "memory", m.cols, &table));
  table->rows = m.rows;
  table->origin.has_header = names != NULL;
  const cr_status status = fill_from_matrix(table, m, names);
  if (status != CR_OK) {
    cr_table_destroy(table);
    return status;
  }
  *out = table;
  return CR_OK;
}

/* Which rows of a table another one takes. */
typedef struct selection {
  const cr_table *from;
  const size_t *rows; /* (count) */
  size_t count;
} selection;

static cr_status select_numbers(const selection *s, size_t c, cr_table *table) {
  CR_TRY(cr_table_add_numbers(table, c));
  const double *from = s->from->columns[c].numbers;
  for (size_t i = 0; i < s->count; i++) table->columns[c].numbers[i] = from[s->rows[i]];
  return CR_OK;
}

/* Keeps only the texts that are used. map (texts of the source) is all UINT32_MAX at first. */
static cr_status select_texts(const selection *s, size_t c, uint32_t *map, cr_table *table) {
  const cr_stored_column *from = &s->from->columns[c];
  cr_stored_column *to = &table->columns[c];
  void *codes;
  CR_TRY(cr_alloc(s->count, sizeof(uint32_t), &codes));
  to->codes = codes;
  for (size_t i = 0; i < s->count; i++) {
    const uint32_t code = from->codes[s->rows[i]];
    if (code != UINT32_MAX) map[code] = 0;
  }
  for (size_t t = 0; t < from->texts.count; t++) {
    if (map[t] == UINT32_MAX) continue;
    map[t] = (uint32_t)to->texts.count;
    CR_TRY(cr_strlist_add(&to->texts, from->texts.items[t]));
  }
  for (size_t i = 0; i < s->count; i++) {
    const uint32_t code = from->codes[s->rows[i]];
    to->codes[i] = code == UINT32_MAX ? UINT32_MAX : map[code];
  }
  return CR_OK;
}

static cr_status select_text_column(const selection *s, size_t c, cr_table *table) {
  const size_t texts = s->from->columns[c].texts.count;
  void *map;
  CR_TRY(cr_alloc(texts, sizeof(uint32_t), &map));
  if (texts) memset(map, 0xff, texts * sizeof(uint32_t));
  const cr_status status = select_texts(s, c, map, table);
  cr_free(map);
  return status;
}

static cr_status select_images(const selection *s, size_t c, cr_table *table) {
  const cr_stored_column *from = &s->from->columns[c];
  const size_t width = from->info.width;
  void *block;
  CR_TRY(cr_alloc(s->count, width, &block));
  uint8_t *bytes = block;
  for (size_t i = 0; i < s->count; i++)
    memcpy(bytes + i * width, from->bytes + s->rows[i] * width, width);
  table->columns[c].bytes = bytes;
  table->columns[c].bytes_owner = block;
  return CR_OK;
}

/* The line of a value is known only if it was the source's first one, too. */
static void copy_place(const selection *s, const cr_bad_value *from, cr_bad_value *to) {
  for (size_t i = 0; i < s->count; i++) {
    if (s->rows[i] != from->row) continue;
    *to = *from;
    to->row = i;
    return;
  }
}

static cr_status select_column(const selection *s, size_t c, cr_table *table) {
  const cr_stored_column *from = &s->from->columns[c];
  cr_stored_column *to = &table->columns[c];
  to->info = from->info;
  to->info.name = NULL;
  to->is_label = from->is_label;
  to->nameless = from->nameless;
  to->amounts = from->amounts;
  to->pointed = from->pointed;
  CR_TRY(cr_table_name(table, c, from->info.name));
  if (from->info.missing) copy_place(s, &from->first_missing, &to->first_missing);
  if (from->first_bad.text[0]) copy_place(s, &from->first_bad, &to->first_bad);
  if (from->sparse) return CR_OK; /* of all of them at once */
  if (from->info.type == CR_COLUMN_NUMBER) return select_numbers(s, c, table);
  if (from->info.type == CR_COLUMN_TEXT) return select_text_column(s, c, table);
  return select_images(s, c, table);
}

static cr_status select_sparse(const selection *s, cr_table *table) {
  cr_sparse *sparse = NULL;
  table->has_zeros = s->from->has_zeros;
  if (!s->from->sparse) return CR_OK;
  CR_TRY(cr_sparse_select(s->from->sparse, s->rows, s->count, &sparse));
  cr_table_take_sparse(table, sparse, s->from->sparse_columns);
  return CR_OK;
}

static cr_status select_all(const selection *s, cr_table *table) {
  CR_TRY(cr_table_note_labels(table, s->from->origin.labels));
  CR_TRY(cr_table_add_row_numbers(table));
  for (size_t i = 0; i < s->count; i++)
    table->row_numbers[i] = cr_table_row_number(s->from, s->rows[i]);
  for (size_t i = 0; i < s->from->files.count; i++) /* the rows keep their numbers */
    CR_TRY(cr_strlist_add(&table->files, s->from->files.items[i]));
  CR_TRY(select_sparse(s, table));
  for (size_t c = 0; c < table->column_count; c++) CR_TRY(select_column(s, c, table));
  cr_table_fingerprint(table);
  return cr_table_finish(table, NULL);
}

cr_status cr_table_select(const cr_table *from, const size_t *rows, size_t count, cr_table **out) {
  if (count == 0) return cr_fail(CR_ERR_EMPTY, "%s: a choice of no rows", from->path);
  for (size_t i = 0; i < count; i++)
    if (rows[i] >= from->rows)
      return cr_fail(CR_ERR_ARGUMENT, "row %zu of a table that has %zu", rows[i], from->rows);
  const selection s = {.from = from, .rows = rows, .count = count};
  cr_table *table;
  CR_TRY(cr_table_create(from->path, from->origin.format, from->column_count, &table));
  table->rows = count;
  table->origin = from->origin;
  table->origin.path = table->path;
  table->origin.complete = false;
  table->origin.skipped_rows = 0;
  const cr_status status = select_all(&s, table);
  if (status != CR_OK) {
    cr_table_destroy(table);
    return status;
  }
  *out = table;
  return CR_OK;
}
