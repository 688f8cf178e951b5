/* Rows of a table as samples: numbers scaled to floats, images left as bytes, labels as classes. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
#include "data/encode_parts.h"
#include "data/label_set.h"

/* What is made of which rows of which table. */
typedef struct job {
  const cr_encoder *encoder;
  const cr_table *table;
  const size_t *rows; /* (count) */
  size_t count;
  size_t *inputs;  /* (input_count) the column of each input */
  size_t *targets; /* (targets) the column of each, or SIZE_MAX */
  cr_samples *samples;
} job;

cr_status cr_fail_overflow(const cr_table *table, size_t column, size_t row, double value) {
  char text[32];
  cr_format_number(value, text);
  return cr_fail_at(CR_ERR_NUMBER, table->path, 0, column + 1,
                    "%s in column '%s', row %zu, is too large for this network", text,
                    table->columns[column].info.name, cr_table_row_number(table, row) + 1);
}

/* out[i * stride]: the scaled value of each row. */
static cr_status encode_numbers(const job *j, size_t column, double shift, double scale, float *out,
                                size_t stride) {
  const cr_stored_column *stored = &j->table->columns[column];
  for (size_t i = 0; i < j->count; i++) {
    const double number = cr_column_number(stored, j->rows[i]), value = (number - shift) / scale;
    if (!(fabs(value) <= (double)FLT_MAX))
      return cr_fail_overflow(j->table, column, j->rows[i], number);
    out[i * stride] = (float)value;
  }
  return CR_OK;
}

/* The same where a gap is filled, with whether it was in out[i * stride + 1] if gaps are marked. */
static cr_status encode_filled(const job *j, size_t column, const cr_input *input, float *out,
                               size_t stride) {
  const cr_stored_column *stored = &j->table->columns[column];
  const bool marked = input->gaps == CR_GAPS_MARKED;
  const double fill = cr_input_gap(input);
  for (size_t i = 0; i < j->count; i++) {
    const double number = cr_column_number(stored, j->rows[i]);
    const bool gap = isnan(number);
    const double value = ((gap ? fill : number) - input->shift) / input->scale;
    if (!(fabs(value) <= (double)FLT_MAX))
      return cr_fail_overflow(j->table, column, j->rows[i], number);
    out[i * stride] = (float)value;
    if (marked) out[i * stride + 1] = gap ? 1.0F : 0.0F;
  }
  return CR_OK;
}

/* out + i * stride (width): what is made of the number or date of each row. */
static cr_status encode_each(const job *j, size_t column, const cr_input *input, float *out,
                             size_t stride) {
  double x[CR_NUMBER_WIDTH_MAX] = {0};
  cr_number_reader reader;
  const double gap = cr_input_gap(input);
  CR_TRY(cr_number_reader_open(input, j->table, column, j->count, &reader));
  cr_status status = CR_OK;
  for (size_t i = 0; i < j->count && status == CR_OK; i++) {
    const double number = cr_number_reader_at(&reader, j->rows[i]);
    const bool fills = isnan(number) && input->gaps == CR_GAPS_FILLED;
    status = cr_input_encode(input, fills ? &gap : &number, x);
    if (status == CR_ERR_NUMBER) status = cr_fail_overflow(j->table, column, j->rows[i], number);
    for (size_t p = 0; p < input->width; p++) out[i * stride + p] = (float)x[p];
  }
  cr_number_reader_close(&reader);
  return status;
}

/* out + i * stride: the scaled pixels of each row. */
static void encode_images(const job *j, size_t column, const cr_input *input, float *out,
                          size_t stride) {
  const uint8_t *bytes = j->table->columns[column].bytes;
  for (size_t i = 0; i < j->count; i++) {
    const uint8_t *pixels = bytes + j->rows[i] * input->width;
    for (size_t p = 0; p < input->width; p++)
      out[i * stride + p] = (float)(((double)pixels[p] - input->shift) / input->scale);
  }
}

static cr_status encode_column(const job *j, size_t column, const cr_input *input, float *out,
                               size_t stride) {
  if (input->type == CR_COLUMN_TEXT)
    return cr_category_encode(input, j->table, column, j->rows, j->count, out, stride);
  if (input->type == CR_COLUMN_DATE || input->knot_count > 0)
    return encode_each(j, column, input, out, stride);
  if (input->type == CR_COLUMN_NUMBER) return encode_filled(j, column, input, out, stride);
  encode_images(j, column, input, out, stride);
  return CR_OK;
}

static cr_status encode_floats(const job *j) {
  const size_t width = j->encoder->width;
  size_t size = 0;
  void *block = NULL;
  CR_TRY(cr_size_product(j->count, width, &size));
  CR_TRY(cr_alloc(size, sizeof(float), &block));
  j->samples->owned_x = block;
  j->samples->x = (cr_const_matrix){block, j->count, width, width};
  float *out = block;
  for (size_t i = 0; i < j->encoder->input_count; i++) {
    const cr_input *input = &j->encoder->inputs[i];
    CR_TRY(encode_column(j, j->inputs[i], input, out, width));
    out += input->width;
  }
  return CR_OK;
}

bool cr_encoder_keeps_bytes(const cr_encoder *encoder) {
  return encoder->input_count == 1 && encoder->inputs[0].type == CR_COLUMN_IMAGE;
}

float cr_byte_scale(const cr_input *input) {
  return (float)(1.0 / input->scale);
}

float cr_byte_shift(const cr_input *input) {
  return (float)(-input->shift / input->scale);
}

static cr_status refer_to_bytes(const job *j) {
  const cr_input *input = &j->encoder->inputs[0];
  void *block = NULL;
  CR_TRY(cr_alloc(j->count, sizeof(size_t), &block));
  memcpy(block, j->rows, j->count * sizeof(size_t));
  j->samples->byte_rows = block;
  j->samples->bytes = j->table->columns[j->inputs[0]].bytes;
  j->samples->image = (cr_image_shape){input->height, input->image_width, input->channels};
  j->samples->byte_scale = cr_byte_scale(input);
  j->samples->byte_shift = cr_byte_shift(input);
  if (isfinite(j->samples->byte_scale) && isfinite(j->samples->byte_shift)) return CR_OK;
  return cr_fail(CR_ERR_NUMBER, "the scale of column '%s' is outside the range of floats",
                 input->name);
}

static cr_status encode_inputs(const job *j) {
  if (cr_encoder_keeps_bytes(j->encoder)) return refer_to_bytes(j);
  return cr_encoder_keeps_sparse(j->encoder, j->table, j->inputs)
             ? cr_encode_sparse(j->encoder, j->table, j->inputs, j->rows, j->count, j->samples)
             : encode_floats(j);
}

static cr_status fail_unknown_label(const job *j, size_t row, const char *label) {
  const cr_strlist *labels = &j->encoder->labels;
  cr_name_list known = {0};
  for (size_t k = 0; k < labels->count; k++) cr_name_list_add(&known, labels->items[k]);
  cr_fail_at(CR_ERR_TARGET, j->table->path, 0, j->targets[0] + 1,
             "row %zu has the label '%s'; known are %s", cr_table_row_number(j->table, row) + 1,
             label, cr_name_list_text(&known));
  cr_name_list_free(&known);
  return cr_why("a network tells apart only the labels of its training rows");
}

static cr_status classes_of_numbers(const job *j, const cr_label_set *labels, uint32_t *classes) {
  const cr_stored_column *column = &j->table->columns[j->targets[0]];
  for (size_t i = 0; i < j->count; i++) {
    const double value = cr_column_number(column, j->rows[i]);
    classes[i] = cr_label_set_number(labels, value);
    if (classes[i] != UINT32_MAX) continue;
    char text[32];
    cr_format_number(value, text);
    return fail_unknown_label(j, j->rows[i], text);
  }
  return CR_OK;
}

static cr_status classes_of_texts(const job *j, const cr_label_set *labels, uint32_t *classes) {
  const cr_stored_column *column = &j->table->columns[j->targets[0]];
  void *block = NULL;
  CR_TRY(cr_alloc(column->texts.count, sizeof(uint32_t), &block));
  uint32_t *class_of = block; /* (texts) */
  for (size_t t = 0; t < column->texts.count; t++)
    class_of[t] = cr_label_set_text(labels, column->texts.items[t]);
  cr_status status = CR_OK;
  for (size_t i = 0; i < j->count && status == CR_OK; i++) {
    const uint32_t code = column->codes[j->rows[i]];
    classes[i] = class_of[code];
    if (classes[i] == UINT32_MAX)
      status = fail_unknown_label(j, j->rows[i], column->texts.items[code]);
  }
  cr_free(block);
  return status;
}

static cr_status find_classes(const job *j, uint32_t *classes) {
  const bool texts = j->table->columns[j->targets[0]].info.type == CR_COLUMN_TEXT;
  cr_label_set labels;
  CR_TRY(cr_label_set_create(&j->encoder->labels, &labels));
  const cr_status status =
      texts ? classes_of_texts(j, &labels, classes) : classes_of_numbers(j, &labels, classes);
  cr_label_set_free(&labels);
  return status;
}

/* Room for the columns of inputs and, after them, of targets; freed with `inputs`. */
static cr_status take_places(job *j) {
  const size_t inputs = j->encoder->input_count;
  void *block = NULL;
  CR_TRY(cr_alloc(inputs + cr_encoder_target_count(j->encoder), sizeof(size_t), &block));
  j->inputs = block;
  j->targets = j->inputs + inputs;
  return CR_OK;
}

/* Where each input is, and the targets, which have to be there if they are wanted. */
static cr_status find_columns(job *j, bool with_target) {
  const cr_encoder *encoder = j->encoder;
  CR_TRY(cr_encoder_match(encoder, j->table, j->inputs, j->targets, NULL));
  for (size_t t = 0; with_target && t < cr_encoder_target_count(encoder); t++) {
    if (j->targets[t] != SIZE_MAX) continue;
    const cr_strlist *names = cr_encoder_target_names(encoder);
    return cr_fail(CR_ERR_TARGET, "%s has no column '%s', %s", j->table->path,
                   names->count > 0 ? names->items[t] : encoder->target,
                   names->count > 0 ? "one of the targets" : "the target");
  }
  return CR_OK;
}

/* y (count, labels): 0 and 1 as they are. */
static cr_status encode_labels(const job *j) {
  const size_t labels = j->encoder->labels.count;
  size_t size = 0;
  void *block = NULL;
  CR_TRY(cr_size_product(j->count, labels, &size));
  CR_TRY(cr_alloc(size, sizeof(float), &block));
  float *y = j->samples->owned_y = block;
  j->samples->y = (cr_const_matrix){block, j->count, labels, labels};
  for (size_t i = 0; i < j->count; i++)
    for (size_t t = 0; t < labels; t++) {
      CR_TRY(cr_check_bit(j->table, j->targets[t], j->rows[i]));
      y[i * labels + t] = (float)cr_column_number(&j->table->columns[j->targets[t]], j->rows[i]);
    }
  return CR_OK;
}

/* y (count, targets): each number as its own scale has it. */
static cr_status encode_target_numbers(const job *j) {
  const size_t targets = cr_encoder_target_count(j->encoder);
  size_t size = 0;
  void *block = NULL;
  CR_TRY(cr_size_product(j->count, targets, &size));
  CR_TRY(cr_alloc(size, sizeof(float), &block));
  float *y = j->samples->owned_y = block;
  j->samples->y = (cr_const_matrix){block, j->count, targets, targets};
  for (size_t t = 0; t < targets; t++)
    CR_TRY(encode_numbers(j, j->targets[t], cr_encoder_target_shift(j->encoder, t),
                          cr_encoder_target_scale(j->encoder, t), y + t, targets));
  return CR_OK;
}

static cr_status encode_target(const job *j) {
  cr_samples *samples = j->samples;
  void *block = NULL;
  if (j->encoder->multilabel) return encode_labels(j);
  if (!j->encoder->classes) return encode_target_numbers(j);
  CR_TRY(cr_alloc(j->count, sizeof(uint32_t), &block));
  samples->classes = block;
  return find_classes(j, block);
}

cr_status cr_encoder_classes(const cr_encoder *encoder, const cr_table *table, const size_t *rows,
                             size_t count, uint32_t *classes) {
  assert(encoder->classes);
  job j = {.encoder = encoder, .table = table, .rows = rows, .count = count};
  CR_TRY(take_places(&j));
  cr_status status = find_columns(&j, true);
  if (status == CR_OK) status = find_classes(&j, classes);
  cr_free(j.inputs);
  return status;
}

/* Numbers need one output; labels one each, and classes may share a single one for two. */
static cr_status check_outputs(const cr_encoder *encoder, size_t outputs) {
  const size_t classes = encoder->labels.count;
  if (encoder->multilabel && outputs != classes)
    return cr_fail(CR_ERR_SHAPE, "the network has %zu output%s for %zu labels", outputs,
                   outputs == 1 ? "" : "s", classes);
  const size_t targets = cr_encoder_target_count(encoder);
  if (!encoder->classes && !encoder->multilabel && outputs != targets)
    return cr_fail(CR_ERR_SHAPE, "the network has %zu output%s, %zu target%s of numbers need%s %zu",
                   outputs, outputs == 1 ? "" : "s", targets, targets == 1 ? "" : "s",
                   targets == 1 ? "s" : "", targets);
  if (encoder->classes && outputs != classes && !(outputs == 1 && classes == 2))
    return cr_fail(CR_ERR_SHAPE, "the network has %zu output%s for %zu classes", outputs,
                   outputs == 1 ? "" : "s", classes);
  return CR_OK;
}

static cr_status encode(job *j, bool with_target) {
  CR_TRY(find_columns(j, with_target));
  CR_TRY(encode_inputs(j));
  return with_target ? encode_target(j) : CR_OK;
}

cr_status cr_encoder_samples(const cr_encoder *encoder, const cr_table *table, const size_t *rows,
                             size_t count, bool with_target, size_t outputs, cr_samples **out) {
  *out = NULL;
  CR_TRY(check_outputs(encoder, outputs));
  job j = {.encoder = encoder, .table = table, .rows = rows, .count = count};
  void *samples = NULL;
  CR_TRY(take_places(&j));
  cr_status status = cr_alloc(1, sizeof(cr_samples), &samples);
  if (status == CR_OK) {
    j.samples = samples;
    j.samples->rows = count;
    j.samples->inputs = encoder->width;
    j.samples->outputs = outputs;
    status = encode(&j, with_target);
  }
  cr_free(j.inputs);
  if (status == CR_OK)
    *out = samples;
  else
    cr_samples_destroy(samples);
  return status;
}
