#include "data/sparse.h"

#include <string.h>

#include "base/alloc.h"

static cr_status take_arrays(cr_sparse *sparse, size_t rows, size_t entries) {
  void *block = NULL;
  CR_TRY(cr_alloc(rows + 1, sizeof(size_t), &block));
  sparse->starts = block;
  CR_TRY(cr_alloc(entries, sizeof(uint32_t), &block));
  sparse->columns = block;
  CR_TRY(cr_alloc(entries, sizeof(double), &block));
  sparse->values = block;
  return CR_OK;
}

cr_status cr_sparse_create(size_t rows, size_t entries, cr_sparse **out) {
  void *block = NULL;
  *out = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_sparse), &block));
  cr_sparse *sparse = block;
  sparse->rows = rows;
  const cr_status status = take_arrays(sparse, rows, entries);
  if (status == CR_OK)
    *out = sparse;
  else
    cr_sparse_destroy(sparse);
  return status;
}

void cr_sparse_destroy(cr_sparse *sparse) {
  if (sparse == NULL) return;
  cr_free(sparse->starts);
  cr_free(sparse->columns);
  cr_free(sparse->values);
  cr_free(sparse);
}

size_t cr_sparse_entries(const cr_sparse *sparse) {
  return sparse->starts[sparse->rows];
}

double cr_sparse_at(const cr_sparse *sparse, size_t row, uint32_t column) {
  size_t low = sparse->starts[row], high = sparse->starts[row + 1];
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (sparse->columns[middle] < column)
      low = middle + 1;
    else
      high = middle;
  }
  const bool found = low < sparse->starts[row + 1] && sparse->columns[low] == column;
  return found ? sparse->values[low] : 0.0;
}

static size_t entries_of(const cr_sparse *sparse, size_t row) {
  return sparse->starts[row + 1] - sparse->starts[row];
}

cr_status cr_sparse_select(const cr_sparse *from, const size_t *rows, size_t count,
                           cr_sparse **out) {
  size_t entries = 0;
  for (size_t i = 0; i < count; i++) entries += entries_of(from, rows[i]);
  CR_TRY(cr_sparse_create(count, entries, out));
  cr_sparse *to = *out;
  for (size_t i = 0; i < count; i++) {
    const size_t start = to->starts[i], size = entries_of(from, rows[i]);
    to->starts[i + 1] = start + size;
    if (size == 0) continue;
    memcpy(to->columns + start, from->columns + from->starts[rows[i]], size * sizeof(uint32_t));
    memcpy(to->values + start, from->values + from->starts[rows[i]], size * sizeof(double));
  }
  return CR_OK;
}

/* Counts the entries of each column, then places them: filling moves each start to the next. */
static void group_by_column(const cr_sparse *from, const size_t *rows, size_t count, size_t columns,
                            cr_sparse_columns *out) {
  size_t *starts = out->starts;
  for (size_t i = 0; i < count; i++) {
    const size_t row = rows ? rows[i] : i;
    for (size_t e = from->starts[row]; e < from->starts[row + 1]; e++)
      starts[from->columns[e] + 1]++;
  }
  for (size_t c = 0; c < columns; c++) starts[c + 1] += starts[c];
  for (size_t i = 0; i < count; i++) {
    const size_t row = rows ? rows[i] : i;
    for (size_t e = from->starts[row]; e < from->starts[row + 1]; e++)
      out->values[starts[from->columns[e]]++] = from->values[e];
  }
  for (size_t c = columns; c > 0; c--) starts[c] = starts[c - 1];
  starts[0] = 0;
}

cr_status cr_sparse_by_column(const cr_sparse *from, const size_t *rows, size_t count,
                              size_t columns, cr_sparse_columns *out) {
  size_t entries = 0;
  void *block = NULL;
  *out = (cr_sparse_columns){0};
  for (size_t i = 0; i < count; i++) entries += entries_of(from, rows ? rows[i] : i);
  CR_TRY(cr_alloc(columns + 1, sizeof(size_t), &block));
  out->starts = block;
  const cr_status status = cr_alloc(entries, sizeof(double), &block);
  if (status != CR_OK) {
    cr_sparse_columns_free(out);
    return status;
  }
  out->values = block;
  group_by_column(from, rows, count, columns, out);
  return CR_OK;
}

void cr_sparse_columns_free(cr_sparse_columns *columns) {
  cr_free(columns->starts);
  cr_free(columns->values);
  *columns = (cr_sparse_columns){0};
}

bool cr_sparse_same_rows(const cr_sparse *sparse, size_t a, size_t b) {
  const size_t size = entries_of(sparse, a), first = sparse->starts[a], other = sparse->starts[b];
  if (size != entries_of(sparse, b)) return false;
  if (size == 0) return true;
  return memcmp(sparse->columns + first, sparse->columns + other, size * sizeof(uint32_t)) == 0 &&
         memcmp(sparse->values + first, sparse->values + other, size * sizeof(double)) == 0;
}
