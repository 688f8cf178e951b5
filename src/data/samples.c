#include "data/samples.h"

#include <string.h>

#include "base/alloc.h"

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

void cr_samples_destroy(cr_samples *samples) {
  if (samples == NULL) return;
  cr_free(samples->owned_x);
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

/* y (outputs): one-hot, or with one output the class itself, 0 or 1. */
static void write_class(float *y, size_t outputs, uint32_t class_index) {
  if (outputs == 1) {
    y[0] = (float)class_index;
    return;
  }
  memset(y, 0, outputs * sizeof *y);
  y[class_index] = 1.0f;
}

void cr_samples_gather(const cr_samples *samples, cr_bytes_to_floats *convert, const size_t *order,
                       size_t count, cr_matrix x, cr_matrix y) {
  const size_t inputs = samples->inputs, outputs = samples->outputs;
  for (size_t i = 0; i < count; i++) {
    const size_t row = order[i];
    float *x_row = x.data + i * x.stride;
    if (samples->bytes != NULL)
      convert(x_row, samples->bytes + samples->byte_rows[row] * inputs, inputs, samples->byte_scale,
              samples->byte_shift);
    else
      memcpy(x_row, samples->x.data + row * samples->x.stride, inputs * sizeof *x_row);

    if (y.data == NULL) continue;
    float *y_row = y.data + i * y.stride;
    if (samples->classes != NULL)
      write_class(y_row, outputs, samples->classes[row]);
    else
      memcpy(y_row, samples->y.data + row * samples->y.stride, outputs * sizeof *y_row);
  }
}
