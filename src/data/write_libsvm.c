/* LIBSVM's text: "label index:value …" a row, what is 0 left out. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/quote.h"
#include "data/write.h"

static cr_status check(const cr_writing *w) {
  if (w->label == SIZE_MAX) {
    cr_fail(CR_ERR_COLUMN, "a row of libsvm begins with its label, and there is no such column");
    return cr_fix("--target NAME says which column it is");
  }
  CR_TRY(cr_check_beside_label(w));
  if (w->table->columns[w->label].info.type == CR_COLUMN_IMAGE)
    return cr_fail(CR_ERR_SHAPE, "column '%s' holds images and cannot be the label",
                   w->table->columns[w->label].info.name);
  for (size_t i = 0; i < w->column_count; i++) {
    CR_TRY(cr_check_kept(w, w->columns[i]));
    CR_TRY(cr_check_numbers(w, w->columns[i]));
    CR_TRY(cr_check_gaps(w, w->columns[i]));
  }
  return CR_OK;
}

static cr_status put_pair(cr_sink *out, size_t index, double value) {
  char text[32];
  CR_TRY(cr_sink_add(out, text, (size_t)snprintf(text, sizeof text, " %zu:", index)));
  return cr_sink_number(out, value);
}

/*
 * indices (columns of the table): that of each column's first value, 0 of one that is not written.
 * A table that was read from this format keeps those of its names: it need not have them all.
 * Answers the last one.
 */
static size_t number_columns(const cr_writing *w, size_t *indices) {
  size_t last = 0;
  for (size_t i = 0; i < w->column_count; i++) {
    const size_t c = w->columns[i];
    const cr_column *info = &w->table->columns[c].info;
    uint64_t named = 0;
    if (c == w->label) continue;
    if (w->table->has_zeros) cr_parse_integer(info->name + 1, strlen(info->name + 1), &named);
    indices[c] = named > last ? (size_t)named : last + 1;
    last = indices[c] + info->width - 1;
  }
  return last;
}

static cr_status put_sparse(const cr_sparse *sparse, size_t row, const size_t *indices,
                            cr_sink *out) {
  for (size_t e = sparse->starts[row]; e < sparse->starts[row + 1]; e++) {
    const size_t index = indices[sparse->columns[e]];
    if (index > 0) CR_TRY(put_pair(out, index, sparse->values[e]));
  }
  return CR_OK;
}

static cr_status put_column(const cr_writing *w, size_t row, size_t column, size_t first,
                            cr_sink *out) {
  for (size_t k = 0; k < w->table->columns[column].info.width; k++) {
    const double value = cr_writing_value(w, row, column, k);
    if (value != 0) CR_TRY(put_pair(out, first + k, value));
  }
  return CR_OK;
}

static cr_status put_row(const cr_writing *w, size_t row, const size_t *indices, cr_sink *out) {
  const cr_table *table = w->table;
  CR_TRY(cr_sink_number(out, cr_writing_number(w, row, w->label)));
  if (table->sparse) CR_TRY(put_sparse(table->sparse, row, indices, out));
  for (size_t c = table->sparse_columns; c < table->column_count; c++)
    if (indices[c] > 0) CR_TRY(put_column(w, row, c, indices[c], out));
  return CR_OK;
}

/* Has the row the last value of the last column that is written? Indices ascend with columns. */
static bool has_last(const cr_writing *w, size_t row, const size_t *indices) {
  size_t c = w->table->column_count - 1;
  while (c > 0 && indices[c] == 0) c--;
  return cr_writing_value(w, row, c, w->table->columns[c].info.width - 1) != 0;
}

/* The first row has the last value even if it is 0: so the file tells how many columns it has. */
static cr_status write_rows(const cr_writing *w, size_t *indices, cr_sink *out) {
  const size_t last = number_columns(w, indices);
  for (size_t r = 0; r < w->row_count; r++) {
    const size_t row = cr_writing_row(w, r);
    CR_TRY(put_row(w, row, indices, out));
    if (r == 0 && !has_last(w, row, indices)) CR_TRY(put_pair(out, last, 0));
    CR_TRY(cr_sink_add(out, "\n", 1));
  }
  return CR_OK;
}

static cr_status write_libsvm(const cr_writing *w, cr_sink *out) {
  void *block = NULL;
  CR_TRY(cr_alloc(w->table->column_count, sizeof(size_t), &block));
  const cr_status status = write_rows(w, block, out);
  cr_free(block);
  return status;
}

const cr_writer cr_libsvm_writer = {.name = "libsvm",
                                    .endings = {".libsvm", ".svm", ".svmlight"},
                                    .check = check,
                                    .write = write_libsvm};
