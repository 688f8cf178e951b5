#include "data/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "data/large_table.h"

/* Quiet NANs: the one every operation makes, and one with a mark in its payload. */
#define MISSING_BITS UINT64_C(0x7ff8000000000000)
#define BAD_BITS UINT64_C(0x7ff80000000000bd)

static double from_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

double cr_number_missing(void) {
  return from_bits(MISSING_BITS);
}

double cr_number_bad(void) {
  return from_bits(BAD_BITS);
}

bool cr_number_is_bad(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits == BAD_BITS;
}

cr_status cr_table_create(const char *path, const char *format, size_t columns, cr_table **out) {
  void *block;
  CR_TRY(cr_alloc(1, sizeof(cr_table), &block));
  cr_table *table = block;
  cr_status status = cr_copy_text(path, &table->path);
  if (status == CR_OK) {
    status = cr_alloc(columns + 1, sizeof(cr_stored_column), &block);
    table->columns = status == CR_OK ? block : NULL;
  }
  if (status != CR_OK) {
    cr_table_destroy(table);
    return status;
  }
  table->column_count = columns;
  table->origin = (cr_table_origin){.path = table->path, .format = format};
  *out = table;
  return CR_OK;
}

cr_status cr_table_note_labels(cr_table *table, const char *path) {
  table->origin.labels = NULL;
  if (!path) return CR_OK;
  CR_TRY(cr_copy_text(path, &table->labels_path));
  table->origin.labels = table->labels_path;
  return CR_OK;
}

static void free_column(cr_stored_column *column) {
  cr_free((char *)column->info.name);
  cr_free(column->numbers);
  cr_free(column->codes);
  cr_strlist_free(&column->texts);
  cr_free(column->bytes_owner);
  cr_free(column->counts);
}

void cr_table_destroy(cr_table *table) {
  if (!table) return;
  cr_large_detach(table);
  for (size_t c = 0; c < table->column_count; c++) free_column(&table->columns[c]);
  cr_free(table->columns);
  cr_sparse_destroy(table->sparse);
  cr_free(table->row_numbers);
  cr_strlist_free(&table->files);
  cr_hashset_free(&table->names);
  cr_free(table->path);
  cr_free(table->labels_path);
  cr_strlist_free(&table->warnings);
  cr_free(table);
}

static uint64_t hash_name(const char *name) {
  return cr_hash_secret(name, strlen(name));
}

/* The place of a former name stays in the set, where its column no longer answers to it. */
cr_status cr_table_name(cr_table *table, size_t column, const char *name) {
  char *copy;
  CR_TRY(cr_copy_text(name, &copy));
  cr_free((char *)table->columns[column].info.name);
  table->columns[column].info.name = copy;
  return cr_hashset_add(&table->names, hash_name(copy), column);
}

cr_status cr_table_number_names(cr_table *table) {
  for (size_t c = 0; c < table->column_count; c++) {
    char name[32];
    snprintf(name, sizeof name, "x%zu", c + 1);
    CR_TRY(cr_table_name(table, c, name));
  }
  return CR_OK;
}

void cr_table_rest(const cr_table *table) {
  if (!table->large) return;
  cr_spill_rest(&table->large->values);
  cr_spill_rest(&table->large->file);
}

void cr_table_rest_after(const cr_table *table, size_t bytes, size_t *touched) {
  enum { REST_BYTES = 1 << 24 };
  *touched += bytes;
  if (!table->large || *touched < REST_BYTES) return;
  cr_table_rest(table);
  *touched = 0;
}

size_t cr_table_row_bytes(const cr_table *table) {
  size_t bytes = 0;
  for (size_t c = 0; c < table->column_count; c++) {
    const cr_column *column = &table->columns[c].info;
    bytes += column->type == CR_COLUMN_IMAGE ? column->width : sizeof(double);
  }
  return bytes;
}

uint64_t cr_table_column_bytes(void) {
  enum { NAME_BYTES = 64 + 6 * sizeof(cr_hash_slot) };
  return sizeof(cr_stored_column) + NAME_BYTES;
}

cr_status cr_table_add_row_numbers(cr_table *table) {
  void *numbers;
  CR_TRY(cr_alloc(table->rows, sizeof(size_t), &numbers));
  table->row_numbers = numbers;
  return CR_OK;
}

cr_status cr_table_add_numbers(cr_table *table, size_t column) {
  void *numbers = NULL;
  if (table->large)
    numbers = table->large->values.bytes + column * table->large->stride;
  else
    CR_TRY(cr_alloc(table->rows, sizeof(double), &numbers));
  cr_stored_column *stored = &table->columns[column];
  stored->info.type = CR_COLUMN_NUMBER;
  stored->info.width = 1;
  stored->numbers = numbers;
  return CR_OK;
}

void cr_table_take_sparse(cr_table *table, cr_sparse *sparse, size_t columns) {
  table->sparse = sparse;
  table->sparse_columns = columns;
  for (size_t c = 0; c < columns; c++) {
    cr_stored_column *column = &table->columns[c];
    column->info.type = CR_COLUMN_NUMBER;
    column->info.width = 1;
    column->sparse = sparse;
    column->sparse_column = (uint32_t)c;
  }
}

bool cr_table_find_zeros(const cr_table *table, const char *name, size_t *column) {
  uint64_t index = 0;
  if (!table->has_zeros || name[0] != 'x') return false;
  if (!cr_parse_integer(name + 1, strlen(name + 1), &index)) return false;
  *column = table->column_count;
  return true;
}

size_t cr_table_rows(const cr_table *table) {
  return table->rows;
}

size_t cr_table_row_number(const cr_table *table, size_t row) {
  if (row >= table->rows) return SIZE_MAX;
  return table->row_numbers ? table->row_numbers[row] : row;
}

const char *cr_table_row_file(const cr_table *table, size_t number) {
  return number < table->files.count ? table->files.items[number] : NULL;
}

size_t cr_table_columns(const cr_table *table) {
  return table->column_count;
}

const cr_table_origin *cr_table_get_origin(const cr_table *table) {
  return &table->origin;
}

const cr_column *cr_table_column(const cr_table *table, size_t column) {
  return column < table->column_count ? &table->columns[column].info : NULL;
}

static bool has_name(const void *table, const void *name, size_t column) {
  return strcmp(((const cr_table *)table)->columns[column].info.name, name) == 0;
}

bool cr_table_find(const cr_table *table, const char *name, size_t *column) {
  const size_t found = cr_hashset_find(&table->names, hash_name(name), name, has_name, table);
  if (found == SIZE_MAX) return false;
  *column = found;
  return true;
}

static const cr_stored_column *cell_column(const cr_table *table, size_t row, size_t column,
                                           cr_column_type type) {
  enum { REST_ROWS = 1 << 16 };
  if (row >= table->rows || column >= table->column_count + table->has_zeros) return NULL;
  if (row % REST_ROWS == 0) cr_table_rest(table); /* for who goes through the rows */
  const cr_stored_column *stored = &table->columns[column];
  return stored->info.type == type ? stored : NULL;
}

double cr_table_number(const cr_table *table, size_t row, size_t column) {
  const cr_stored_column *stored = cell_column(table, row, column, CR_COLUMN_NUMBER);
  return stored ? cr_column_number(stored, row) : (double)NAN;
}

const char *cr_table_text(const cr_table *table, size_t row, size_t column) {
  const cr_stored_column *stored = cell_column(table, row, column, CR_COLUMN_TEXT);
  if (!stored || stored->codes[row] == UINT32_MAX) return NULL;
  return stored->texts.items[stored->codes[row]];
}

const uint8_t *cr_table_image(const cr_table *table, size_t row, size_t column) {
  const cr_stored_column *stored = cell_column(table, row, column, CR_COLUMN_IMAGE);
  return stored ? stored->bytes + row * stored->info.width : NULL;
}

const char *cr_table_warning(const cr_table *table, size_t index) {
  return index < table->warnings.count ? table->warnings.items[index] : NULL;
}
