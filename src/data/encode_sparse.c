/* Rows of sparse columns as samples: only what is not 0 is encoded, and once what a 0 becomes. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "data/encode_parts.h"

bool cr_encoder_keeps_sparse(const cr_encoder *encoder, const cr_table *table,
                             const size_t *inputs) {
  bool keeps = table->sparse != NULL;
  for (size_t i = 0; i < encoder->input_count && keeps; i++) {
    const cr_input *input = &encoder->inputs[i];
    keeps = input->type == CR_COLUMN_NUMBER && input->width == 1 &&
            cr_column_is_sparse(&table->columns[inputs[i]]);
  }
  return keeps;
}

static bool encode(const cr_input *input, double number, float *out) {
  const cr_scale scale = cr_input_scale(input);
  const double value = cr_scale_value(&scale, number);
  *out = (float)value;
  return fabs(value) <= (double)FLT_MAX;
}

/* What is encoded: `of_column` (sparse columns) is 1 + the input of each, or 0. */
typedef struct job {
  const cr_encoder *encoder;
  const cr_table *table;
  const size_t *places; /* (input_count) the column of each input */
  const size_t *rows;   /* (count) */
  size_t count;
  uint32_t *of_column;
  cr_sparse_inputs *out;
} job;

static cr_status encode_zeros(const job *j) {
  void *block = NULL;
  CR_TRY(cr_alloc(j->encoder->width, sizeof(float), &block));
  j->out->zeros = block;
  for (size_t i = 0; i < j->encoder->input_count; i++)
    if (!encode(&j->encoder->inputs[i], 0.0, &j->out->zeros[i]))
      return cr_fail_overflow(j->table, j->places[i], j->rows[0], 0.0);
  return CR_OK;
}

/* starts, and room for the entries. */
static cr_status count_entries(const job *j) {
  const cr_sparse *sparse = j->table->sparse;
  void *block = NULL;
  CR_TRY(cr_alloc(j->count + 1, sizeof(size_t), &block));
  size_t *starts = j->out->starts = block;
  for (size_t i = 0; i < j->count; i++) {
    const size_t first = sparse->starts[j->rows[i]], end = sparse->starts[j->rows[i] + 1];
    starts[i + 1] = starts[i];
    for (size_t e = first; e < end; e++) starts[i + 1] += j->of_column[sparse->columns[e]] > 0;
  }
  CR_TRY(cr_alloc(starts[j->count], sizeof(uint32_t), &block));
  j->out->inputs = block;
  CR_TRY(cr_alloc(starts[j->count], sizeof(float), &block));
  j->out->values = block;
  return CR_OK;
}

static cr_status encode_entries(const job *j) {
  const cr_sparse *sparse = j->table->sparse;
  size_t at = 0;
  for (size_t i = 0; i < j->count; i++) {
    const size_t row = j->rows[i];
    for (size_t e = sparse->starts[row]; e < sparse->starts[row + 1]; e++) {
      const uint32_t input = j->of_column[sparse->columns[e]];
      if (input == 0) continue;
      j->out->inputs[at] = input - 1;
      if (!encode(&j->encoder->inputs[input - 1], sparse->values[e], &j->out->values[at++]))
        return cr_fail_overflow(j->table, sparse->columns[e], row, sparse->values[e]);
    }
  }
  return CR_OK;
}

cr_status cr_encode_sparse(const cr_encoder *encoder, const cr_table *table, const size_t *inputs,
                           const size_t *rows, size_t count, cr_samples *samples) {
  void *block = NULL;
  CR_TRY(cr_alloc(table->sparse_columns, sizeof(uint32_t), &block));
  const job j = {encoder, table, inputs, rows, count, block, &samples->sparse};
  for (size_t i = 0; i < encoder->input_count; i++)
    if (table->columns[inputs[i]].sparse)
      j.of_column[table->columns[inputs[i]].sparse_column] = (uint32_t)i + 1;
  cr_status status = encode_zeros(&j);
  if (status == CR_OK) status = count_entries(&j);
  if (status == CR_OK) status = encode_entries(&j);
  cr_free(block);
  return status;
}
