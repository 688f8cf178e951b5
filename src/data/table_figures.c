/* The figures of a table's columns, its copies of rows, and its fingerprint. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "base/size.h"
#include "data/column_figures.h"
#include "data/table.h"

enum { COUNTED_AT_ONCE = 1 << 24 }; /* bytes of images: a table on disk rests after so many */

static void note_row(cr_bad_value *first, size_t count, size_t row) {
  /* The reader knows the line as well; for rows that came otherwise only the row is known. */
  if (count == 1 && first->row != row) *first = (cr_bad_value){.row = row};
}

/* Counts the values that are not there. */
static void count_gaps(cr_stored_column *column, size_t rows) {
  cr_column *info = &column->info;
  info->missing = info->bad = 0;
  for (size_t r = 0; r < rows; r++) {
    const double value = column->numbers[r];
    if (!isnan(value)) continue;
    if (cr_number_is_bad(value))
      note_row(&column->first_bad, ++info->bad, r);
    else
      note_row(&column->first_missing, ++info->missing, r);
  }
}

static cr_status number_figures(cr_stored_column *column, size_t rows) {
  cr_figures figures;
  count_gaps(column, rows);
  cr_figures_start(&figures);
  cr_status status = cr_figures_add(&figures, column->numbers, rows);
  if (status == CR_OK) status = cr_figures_finish(&figures, &column->info);
  cr_figures_free(&figures);
  return status;
}

static cr_status sparse_figures(cr_stored_column *column, const double *values, size_t count,
                                size_t rows) {
  cr_figures figures;
  column->filled = count;
  cr_figures_start(&figures);
  cr_status status = cr_figures_add(&figures, values, count);
  cr_figures_add_zeros(&figures, rows - count);
  if (status == CR_OK) status = cr_figures_finish(&figures, &column->info);
  cr_figures_free(&figures);
  return status;
}

static cr_status all_sparse_figures(cr_table *table) {
  cr_sparse_columns by_column;
  cr_status status = CR_OK;
  const size_t columns = table->sparse_columns;
  CR_TRY(cr_sparse_by_column(table->sparse, NULL, table->rows, columns, &by_column));
  for (size_t c = 0; c < columns && status == CR_OK; c++) {
    const size_t first = by_column.starts[c], count = by_column.starts[c + 1] - first;
    status = sparse_figures(&table->columns[c], by_column.values + first, count, table->rows);
  }
  cr_sparse_columns_free(&by_column);
  return status;
}

/* The column of zeros, after the last. */
static void describe_zeros(cr_column *info) {
  *info = (cr_column){.name = "0", .width = 1, .distinct = 1, .integer = true};
}

static void text_figures(cr_stored_column *column, size_t rows) {
  column->info.missing = 0;
  for (size_t r = 0; r < rows; r++)
    if (column->codes[r] == UINT32_MAX) note_row(&column->first_missing, ++column->info.missing, r);
  column->info.distinct = column->texts.count;
}

static cr_status image_figures(const cr_table *table, cr_stored_column *column, cr_pool *pool) {
  const size_t rows = table->rows;
  cr_column *info = &column->info;
  void *counts = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_byte_counts), &counts));
  column->counts = counts;
  const size_t size = rows * info->width;
  for (size_t at = 0; at < size; at += COUNTED_AT_ONCE) {
    CR_TRY(cr_byte_counts_add_all(counts, column->bytes + at,
                                  cr_size_min(size - at, COUNTED_AT_ONCE), pool));
    cr_table_rest(table);
  }
  const cr_byte_figures figures = cr_byte_counts_figures(counts);
  info->integer = true;
  info->distinct = figures.distinct;
  info->minimum = figures.minimum;
  info->maximum = figures.maximum;
  info->mean = figures.mean;
  info->deviation = figures.deviation;
  return CR_OK;
}

/* A task: a column that is not one of images. Only memory can be lacking. */
typedef struct finishing {
  cr_table *table;
  atomic_bool failed;
} finishing;

/* Of those that are not sparse. */
static void finish_column(void *context, size_t index) {
  finishing *f = context;
  cr_stored_column *column = &f->table->columns[f->table->sparse_columns + index];
  if (column->info.type == CR_COLUMN_TEXT) text_figures(column, f->table->rows);
  if (column->info.type != CR_COLUMN_NUMBER) return;
  if (number_figures(column, f->table->rows) != CR_OK) atomic_store(&f->failed, true);
  cr_table_rest(f->table);
}

cr_status cr_table_finish(cr_table *table, cr_pool *pool) {
  finishing f = {.table = table};
  if (table->sparse) CR_TRY(all_sparse_figures(table));
  if (table->has_zeros) describe_zeros(&table->columns[table->column_count].info);
  cr_pool_run(pool, table->column_count - table->sparse_columns, finish_column, &f);
  if (atomic_load(&f.failed))
    return cr_fail(CR_ERR_MEMORY, "out of memory: the values of a table are counted");
  for (size_t c = table->sparse_columns; c < table->column_count; c++) {
    cr_stored_column *column = &table->columns[c];
    if (column->info.type == CR_COLUMN_IMAGE) CR_TRY(image_figures(table, column, pool));
  }
  return CR_OK;
}

static uint64_t number_bits(double value) {
  uint64_t bits;
  value += 0.0; /* -0 becomes 0 */
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static uint64_t hash_cell(const cr_stored_column *column, size_t row, uint64_t hash) {
  if (column->info.type == CR_COLUMN_NUMBER)
    return cr_hash_word(number_bits(column->numbers[row]), hash);
  if (column->info.type == CR_COLUMN_TEXT) return cr_hash_word(column->codes[row], hash);
  const size_t width = column->info.width;
  return cr_hash_bytes(column->bytes + row * width, width, hash);
}

static bool same_cell(const cr_stored_column *column, size_t a, size_t b) {
  if (column->info.type == CR_COLUMN_NUMBER)
    return number_bits(column->numbers[a]) == number_bits(column->numbers[b]);
  if (column->info.type == CR_COLUMN_TEXT) return column->codes[a] == column->codes[b];
  const size_t width = column->info.width;
  return memcmp(column->bytes + a * width, column->bytes + b * width, width) == 0;
}

static bool same_row(const void *context, const void *key, size_t item) {
  const cr_table *table = context;
  if (table->sparse && !cr_sparse_same_rows(table->sparse, *(const size_t *)key, item))
    return false;
  for (size_t c = table->sparse_columns; c < table->column_count; c++)
    if (!same_cell(&table->columns[c], *(const size_t *)key, item)) return false;
  return true;
}

/* A value that is not a number: it may have been any, so the row is a copy of none. */
static bool has_bad_value(const cr_table *table, size_t row) {
  for (size_t c = table->sparse_columns; c < table->column_count; c++) {
    const cr_stored_column *column = &table->columns[c];
    if (column->info.type != CR_COLUMN_NUMBER || column->info.bad == 0) continue;
    if (cr_number_is_bad(column->numbers[row])) return true;
  }
  return false;
}

static uint64_t hash_entries(const cr_sparse *sparse, size_t row) {
  cr_siphash_state state;
  cr_siphash_start(&state, cr_secret_key());
  for (size_t e = sparse->starts[row]; e < sparse->starts[row + 1]; e++) {
    cr_siphash_add(&state, sparse->columns[e]);
    cr_siphash_add(&state, number_bits(sparse->values[e]));
  }
  return cr_siphash_end(&state, 0);
}

/* A set takes at most 4 slots for an item, and half as many more while it grows. */
enum { SET_BYTES = 6 * sizeof(cr_hash_slot), ALWAYS_SEARCHED = 1 << 19 };

/* Rows are hashed so many at a time, a thread taking so many of them at once. */
enum { ROWS_AT_ONCE = 1 << 16, ROWS_A_PART = 1 << 9 };

typedef struct hashing {
  const cr_table *table;
  size_t first, count; /* the rows */
  uint64_t *hashes;    /* (count) */
} hashing;

/* What a cell says, in a word. */
static uint64_t cell_word(const cr_stored_column *column, size_t row) {
  const size_t width = column->info.width;
  if (column->info.type == CR_COLUMN_TEXT) return column->codes[row];
  return cr_siphash(cr_secret_key(), column->bytes + row * width, width);
}

/*
 * The hash NH (Black and others 1999): a sum of products of halves of words, each half with a
 * secret added. Two rows that differ have the same one once in 2^32, whoever made them.
 */
static uint64_t product(uint64_t word, uint64_t secret) {
  const uint32_t low = (uint32_t)word + (uint32_t)secret;
  const uint32_t high = (uint32_t)(word >> 32) + (uint32_t)(secret >> 32);
  return (uint64_t)low * high;
}

static void add_products(const cr_stored_column *column, size_t first, size_t count,
                         uint64_t secret, uint64_t *sums) {
  if (column->info.type == CR_COLUMN_NUMBER) {
    const double *numbers = column->numbers + first;
    for (size_t i = 0; i < count; i++) sums[i] += product(number_bits(numbers[i]), secret);
  } else {
    for (size_t i = 0; i < count; i++) sums[i] += product(cell_word(column, first + i), secret);
  }
}

/* Column by column, since a column's cells lie together; all rows have the same columns. */
static void hash_part(void *context, size_t part) {
  const hashing *h = context;
  const size_t begin = part * ROWS_A_PART;
  const size_t count = cr_size_min(h->count - begin, ROWS_A_PART);
  uint64_t *sums = h->hashes + begin;
  for (size_t i = 0; i < count; i++)
    sums[i] = h->table->sparse ? hash_entries(h->table->sparse, h->first + begin + i) : 0;
  for (uint64_t c = h->table->sparse_columns; c < h->table->column_count; c++)
    add_products(&h->table->columns[c], h->first + begin, count, cr_hash_secret(&c, sizeof c),
                 sums);
  for (size_t i = 0; i < count; i++) sums[i] = cr_hash_word(sums[i], 0);
}

typedef struct search {
  cr_hashset seen;
  size_t most;   /* different rows that are remembered */
  size_t rows;   /* done */
  size_t copies; /* found */
} search;

static cr_status search_rows(search *s, const hashing *h) {
  enum { AHEAD = 8 };
  for (size_t i = 0; i < h->count && s->seen.count < s->most; i++, s->rows++) {
    const size_t row = h->first + i;
    if (i + AHEAD < h->count) cr_hashset_prepare(&s->seen, h->hashes[i + AHEAD]);
    if (has_bad_value(h->table, row)) continue;
    if (cr_hashset_find(&s->seen, h->hashes[i], &row, same_row, h->table) == SIZE_MAX)
      CR_TRY(cr_hashset_add(&s->seen, h->hashes[i], row));
    else
      s->copies++;
  }
  return CR_OK;
}

static cr_status search_table(search *s, const cr_table *table, cr_pool *pool) {
  hashing h = {.table = table};
  void *block = NULL;
  cr_status status = cr_alloc(cr_size_min(table->rows, ROWS_AT_ONCE), sizeof(uint64_t), &block);
  h.hashes = block;
  if (status == CR_OK)
    status =
        cr_hashset_reserve(&s->seen, cr_size_min(cr_size_min(table->rows, s->most), ROWS_AT_ONCE));
  while (status == CR_OK && s->rows < table->rows && s->seen.count < s->most) {
    h.first = s->rows;
    h.count = cr_size_min(table->rows - h.first, ROWS_AT_ONCE);
    cr_pool_run(pool, (h.count + ROWS_A_PART - 1) / ROWS_A_PART, hash_part, &h);
    status = search_rows(s, &h);
  }
  cr_free(block);
  return status;
}

/* Does a column hold another value in each row? Of numbers only a rising one is known to. */
static bool is_unique(const cr_stored_column *column, size_t rows) {
  if (column->info.type == CR_COLUMN_TEXT)
    return column->info.missing == 0 && column->texts.count == rows;
  if (column->info.type != CR_COLUMN_NUMBER || !column->numbers) return false;
  for (size_t r = 1; r < rows; r++)
    if (!(column->numbers[r - 1] < column->numbers[r])) return false;
  return true;
}

/* Then no row is a copy of another. */
static bool has_unique_column(const cr_table *table) {
  for (size_t c = table->sparse_columns; c < table->column_count; c++)
    if (is_unique(&table->columns[c], table->rows)) return true;
  return false;
}

cr_status cr_table_warn_duplicates(cr_table *table, uint64_t max_bytes, cr_pool *pool) {
  const uint64_t most = max_bytes / SET_BYTES + ALWAYS_SEARCHED;
  search s = {.most = most < SIZE_MAX ? (size_t)most : SIZE_MAX};
  if (table->large || has_unique_column(table)) return CR_OK;
  cr_status status = search_table(&s, table, pool);
  cr_hashset_free(&s.seen);
  if (status == CR_OK && s.rows < table->rows)
    status = cr_strlist_format(&table->warnings, "only the first %zu rows were searched for copies",
                               s.rows);
  if (status != CR_OK || s.copies == 0) return status;
  return cr_strlist_format(
      &table->warnings,
      s.copies == 1 ? "%zu row is a copy of an earlier row" : "%zu rows are copies of earlier rows",
      s.copies);
}

static uint64_t fingerprint_entries(const cr_sparse *sparse, uint64_t hash) {
  for (size_t r = 0; r < sparse->rows; r++) {
    hash = cr_hash_word(sparse->starts[r + 1], hash);
    for (size_t e = sparse->starts[r]; e < sparse->starts[r + 1]; e++)
      hash = cr_hash_word(number_bits(sparse->values[e]), cr_hash_word(sparse->columns[e], hash));
  }
  return hash;
}

void cr_table_fingerprint(cr_table *table) {
  uint64_t hash = cr_hash_word(table->rows, table->column_count);
  if (table->sparse) hash = fingerprint_entries(table->sparse, hash);
  for (size_t c = table->sparse_columns; c < table->column_count; c++) {
    const cr_stored_column *column = &table->columns[c];
    for (size_t i = 0; i < column->texts.count; i++)
      hash = cr_hash_bytes(column->texts.items[i], strlen(column->texts.items[i]), hash);
    for (size_t r = 0; r < table->rows; r++) hash = hash_cell(column, r, hash);
  }
  table->origin.fingerprint = hash;
}
