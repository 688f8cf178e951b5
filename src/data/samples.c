#include "data/samples.h"

#include <string.h>

#include "base/alloc.h"
#include "data/row_store.h"

static cr_status check_matrix(cr_const_matrix m, const char *name) {
  if (m.data == NULL) return cr_fail(CR_ERR_ARGUMENT, "matrix %s has no data", name);
  if (m.cols == 0 || m.stride < m.cols)
    return cr_fail(CR_ERR_SHAPE, "matrix %s has %zu columns and a stride of %zu", name, m.cols,
                   m.stride);
  return CR_OK;
}

cr_status cr_samples_from_matrices(cr_const_matrix x, cr_const_matrix y, cr_samples **out) {
  *out = NULL;
  CR_TRY(check_matrix(x, "x"));
  CR_TRY(check_matrix(y, "y"));
  if (x.rows != y.rows) return cr_fail(CR_ERR_SHAPE, "x has %zu rows, y has %zu", x.rows, y.rows);
  if (x.rows == 0) return cr_fail(CR_ERR_EMPTY, "x and y have no rows");

  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_samples), &block));
  cr_samples *samples = block;
  samples->rows = x.rows;
  samples->inputs = x.cols;
  samples->outputs = y.cols;
  samples->x = x;
  samples->y = y;
  *out = samples;
  return CR_OK;
}

void cr_sparse_inputs_free(cr_sparse_inputs *inputs) {
  cr_free(inputs->starts);
  cr_free(inputs->inputs);
  cr_free(inputs->values);
  cr_free(inputs->zeros);
  *inputs = (cr_sparse_inputs){0};
}

void cr_samples_destroy(cr_samples *samples) {
  if (samples == NULL) return;
  cr_row_store_destroy(samples->store);
  cr_sparse_inputs_free(&samples->sparse);
  cr_free(samples->owned_x);
  cr_free(samples->owned_bytes);
  cr_free(samples->byte_rows);
  cr_free(samples->owned_y);
  cr_free(samples->classes);
  cr_free(samples->weights);
  cr_free(samples);
}

size_t cr_samples_rows(const cr_samples *samples) {
  return samples->rows;
}

size_t cr_samples_inputs(const cr_samples *samples) {
  return samples->inputs;
}

size_t cr_samples_outputs(const cr_samples *samples) {
  return samples->outputs;
}

bool cr_samples_have_classes(const cr_samples *samples) {
  return samples->store ? cr_row_store_has_classes(samples->store) : samples->classes != NULL;
}

bool cr_samples_have_bytes(const cr_samples *samples) {
  return samples->store ? cr_row_store_has_bytes(samples->store) : samples->bytes != NULL;
}

bool cr_samples_have_numbers(const cr_samples *samples) {
  return samples->store ? cr_row_store_has_numbers(samples->store) : samples->y.data != NULL;
}

bool cr_samples_have_weights(const cr_samples *samples) {
  return samples->store ? cr_row_store_has_weights(samples->store) : samples->weights != NULL;
}

uint64_t cr_samples_disk_bytes(const cr_samples *samples) {
  return samples->store ? cr_row_store_bytes(samples->store) : 0;
}

const uint8_t *cr_samples_bytes(const cr_samples *samples, size_t row) {
  const size_t place = samples->byte_rows ? samples->byte_rows[row] : row;
  return samples->bytes + place * samples->inputs;
}

/* y (outputs): one-hot, or with one output the class itself, 0 or 1. */
static void write_class(float *y, size_t outputs, uint32_t class_index) {
  if (outputs == 1) {
    y[0] = (float)class_index;
    return;
  }
  memset(y, 0, outputs * sizeof *y);
  y[class_index] = 1.0f;
}

enum { CACHE_LINE = 64 };

/* Few entries a row: they lie in a line or two. */
static void ask_for_entries(const cr_sparse_inputs *sparse, const size_t *order, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const size_t first = sparse->starts[order[i]];
    __builtin_prefetch(sparse->inputs + first);
    __builtin_prefetch(sparse->values + first);
  }
}

void cr_samples_ask_for(const cr_samples *samples, const size_t *order, size_t count) {
  enum { MOST_BYTES = 4096 };
  if (samples->sparse.zeros) {
    ask_for_entries(&samples->sparse, order, count);
    return;
  }
  const bool bytes = samples->bytes != NULL;
  const size_t size = samples->inputs * (bytes ? 1 : sizeof(float));
  for (size_t i = 0; i < count; i++) {
    const void *start = bytes ? (const void *)cr_samples_bytes(samples, order[i])
                              : (const void *)(samples->x.data + order[i] * samples->x.stride);
    for (size_t at = 0; at < size && at < MOST_BYTES; at += CACHE_LINE)
      __builtin_prefetch((const char *)start + at);
  }
}

/* The inputs of zeros, then those that are others. */
static void gather_sparse(const cr_sparse_inputs *sparse, size_t inputs, size_t row, float *x) {
  memcpy(x, sparse->zeros, inputs * sizeof *x);
  for (size_t e = sparse->starts[row]; e < sparse->starts[row + 1]; e++)
    x[sparse->inputs[e]] = sparse->values[e];
}

static void gather_x(const cr_samples *samples, cr_bytes_to_floats *convert, size_t row, float *x) {
  const size_t inputs = samples->inputs;
  if (samples->sparse.zeros != NULL)
    gather_sparse(&samples->sparse, inputs, row, x);
  else if (samples->bytes != NULL)
    convert(x, cr_samples_bytes(samples, row), inputs, samples->byte_scale, samples->byte_shift);
  else
    memcpy(x, samples->x.data + row * samples->x.stride, inputs * sizeof *x);
}

static void gather_y(const cr_samples *samples, size_t row, float *y) {
  if (samples->classes != NULL)
    write_class(y, samples->outputs, samples->classes[row]);
  else
    memcpy(y, samples->y.data + row * samples->y.stride, samples->outputs * sizeof *y);
}

void cr_samples_gather(const cr_samples *samples, cr_bytes_to_floats *convert, const size_t *order,
                       size_t count, cr_matrix x, cr_matrix y) {
  for (size_t i = 0; x.data != NULL && i < count; i++)
    gather_x(samples, convert, order[i], x.data + i * x.stride);
  for (size_t i = 0; y.data != NULL && i < count; i++)
    gather_y(samples, order[i], y.data + i * y.stride);
}
