#include <math.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/size.h"
#include "base/strbuf.h"
#include "data/large_table.h"
#include "model/values.h"

/* A block is what the network computes at once; its inputs and layers stay below some megabytes. */
enum { BLOCK_ROWS = 256, BLOCK_VALUES = 1 << 20 };

struct cr_predictions {
  size_t rows, columns; /* columns: the classes, or 1 */
  bool classes, multilabel, scores;
  bool single;           /* two classes from one output */
  cr_large_block values; /* (rows, columns) double */
  size_t *row_numbers; /* (rows) places in the table while it is read, then cr_table_row_number's */
  cr_large_block row_block; /* which they are in */
  cr_strlist warnings;
};

/* What the blocks of one prediction share. */
typedef struct cr_prediction {
  const cr_model *model;
  const cr_table *table;
  cr_samples *samples;
  cr_workspace *work;
  size_t first, count; /* rows that are samples, of those that are predicted */
  size_t block;        /* rows at once */
  size_t *order;       /* (block) */
  cr_matrix x, y;      /* (block, inputs), (block, outputs) */
} cr_prediction;

static void prediction_free(cr_prediction *p) {
  cr_samples_destroy(p->samples);
  cr_workspace_destroy(p->work);
  cr_free(p->order);
  cr_free(p->x.data);
  cr_free(p->y.data);
}

static size_t block_rows(const cr_net *net, size_t rows) {
  size_t widest = net->spec.inputs;
  for (size_t i = 0; i < net->spec.count; i++)
    widest = cr_size_max(widest, net->spec.layers[i].outputs);
  const size_t fit = cr_size_max(BLOCK_VALUES / widest, 1);
  return cr_size_min(cr_size_min(BLOCK_ROWS, fit), rows);
}

static cr_status take_matrix(size_t rows, size_t cols, cr_matrix *out) {
  size_t size = 0;
  CR_TRY(cr_size_product(rows, cols, &size));
  void *block = NULL;
  CR_TRY(cr_alloc(size, sizeof *out->data, &block));
  out->data = block;
  out->rows = rows;
  out->cols = out->stride = cols;
  return CR_OK;
}

/* Which rows of the table are predicted. */
static cr_status choose_rows(const cr_prediction *p, bool skip_bad_rows, cr_predictions *out) {
  const size_t all = cr_table_rows(p->table);
  CR_TRY(cr_large_block_create(p->table, all, sizeof *out->row_numbers, &out->row_block));
  out->row_numbers = out->row_block.bytes;
  CR_TRY(cr_encoder_usable(p->model->encoder, p->table, false, skip_bad_rows, out->row_numbers,
                           &out->rows));
  CR_TRY(cr_encoder_warn_new(p->model->encoder, p->table, out->row_numbers, out->rows,
                             &out->warnings));
  return cr_warn_left_out(p->table, out->rows, &out->warnings);
}

static cr_status find_rows(const cr_prediction *p, bool skip_bad_rows, cr_predictions *out) {
  const cr_encoder *encoder = p->model->encoder;
  void *block = NULL;
  CR_TRY(cr_alloc(encoder->input_count + cr_encoder_target_count(encoder), sizeof(size_t), &block));
  size_t *places = block;
  const cr_status matched =
      cr_encoder_match(encoder, p->table, places, places + encoder->input_count, &out->warnings);
  cr_free(block);
  if (matched != CR_OK) return matched;
  return choose_rows(p, skip_bad_rows, out);
}

/* Some of those rows, encoded. */
static cr_status encode_rows(cr_prediction *p, size_t first, const cr_predictions *out) {
  enum { MOST_ROWS = 1 << 13 };
  cr_samples_destroy(p->samples);
  p->samples = NULL;
  p->first = first;
  p->count = cr_size_min(out->rows - first, MOST_ROWS);
  return cr_encoder_samples(p->model->encoder, p->table, out->row_numbers + first, p->count, false,
                            cr_net_outputs(p->model->net), &p->samples);
}

static cr_status prepare_network(cr_prediction *p, size_t rows, const cr_apply_options *apply) {
  const cr_net *net = p->model->net;
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  p->block = block_rows(net, rows);
  options.max_rows = p->block;
  options.threads = apply->threads;
  options.kernel = apply->kernel;
  CR_TRY(cr_workspace_create(net, &options, &p->work));
  void *block = NULL;
  CR_TRY(cr_alloc(p->block, sizeof *p->order, &block));
  p->order = block;
  CR_TRY(take_matrix(p->block, cr_net_inputs(net), &p->x));
  return take_matrix(p->block, cr_net_outputs(net), &p->y);
}

static cr_status predict_block(const cr_prediction *p, size_t first, size_t count,
                               cr_predictions *out) {
  const size_t outputs = p->y.cols;
  cr_const_matrix x = {p->x.data, count, p->x.cols, p->x.stride};
  cr_matrix y = {p->y.data, count, outputs, p->y.stride};
  for (size_t i = 0; i < count; i++) p->order[i] = first - p->first + i;
  cr_samples_gather(p->samples, p->work->kernel->bytes_to_floats, p->order, count, p->x,
                    (cr_matrix){0});
  CR_TRY(cr_net_forward(p->model->net, p->work, x, y));
  for (size_t i = 0; i < count; i++) {
    double *values = (double *)out->values.bytes + (first + i) * out->columns;
    cr_values_of(p->model, y.data + i * y.stride, values);
    CR_TRY(cr_values_check(values, out->columns, p->table->path,
                           cr_table_row_number(p->table, out->row_numbers[first + i]) + 1));
  }
  return CR_OK;
}

static cr_status predict_samples(const cr_prediction *p, cr_predictions *out) {
  for (size_t done = 0; done < p->count; done += p->block)
    CR_TRY(predict_block(p, p->first + done, cr_size_min(p->block, p->count - done), out));
  return CR_OK;
}

static cr_status predict_rows(cr_prediction *p, const cr_apply_options *options,
                              cr_predictions *out) {
  CR_TRY(find_rows(p, options->skip_bad_rows, out));
  CR_TRY(prepare_network(p, out->rows, options));
  CR_TRY(cr_large_block_create(p->table, out->rows, out->columns * sizeof(double), &out->values));
  for (size_t first = 0; first < out->rows; first += p->count) {
    CR_TRY(encode_rows(p, first, out));
    CR_TRY(predict_samples(p, out));
    cr_table_rest(p->table);
    cr_large_block_rest(&out->values, 0);
    cr_large_block_rest(&out->row_block, 0);
  }
  for (size_t i = 0; i < out->rows; i++)
    out->row_numbers[i] = cr_table_row_number(p->table, out->row_numbers[i]);
  return CR_OK;
}

void cr_apply_options_init_sized(cr_apply_options *options, size_t size) {
  static const cr_apply_options defaults = {.threads = 0};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

cr_status cr_model_predict(const cr_model *model, const cr_table *table,
                           const cr_apply_options *options, cr_predictions **out) {
  cr_apply_options o;
  void *block = NULL;
  *out = NULL;
  cr_apply_options_init(&o);
  CR_TRY(cr_options_copy(&o, sizeof o, options, "cr_apply_options_init"));
  CR_TRY(cr_alloc(1, sizeof(cr_predictions), &block));
  cr_predictions *predictions = block;
  predictions->classes = model->encoder->classes;
  predictions->multilabel = model->encoder->multilabel;
  predictions->scores = cr_gives_scores(model);
  predictions->columns = cr_value_count(model);
  predictions->single = cr_has_single_output(model);
  cr_prediction p = {.model = model, .table = table};
  const cr_status status = cr_table_rows(table) > 0
                               ? predict_rows(&p, &o, predictions)
                               : cr_fail(CR_ERR_EMPTY, "there are no rows to predict");
  prediction_free(&p);
  if (status == CR_OK)
    *out = predictions;
  else
    cr_predictions_destroy(predictions);
  return status;
}

void cr_predictions_destroy(cr_predictions *predictions) {
  if (!predictions) return;
  cr_large_block_free(&predictions->values);
  cr_large_block_free(&predictions->row_block);
  cr_strlist_free(&predictions->warnings);
  cr_free(predictions);
}

static const double *values_at(const cr_predictions *predictions, size_t index) {
  return (const double *)predictions->values.bytes + index * predictions->columns;
}

size_t cr_predictions_rows(const cr_predictions *predictions) {
  return predictions->rows;
}

size_t cr_predictions_row(const cr_predictions *predictions, size_t index) {
  cr_large_block_rest(&predictions->values, index);
  return index < predictions->rows ? predictions->row_numbers[index] : SIZE_MAX;
}

size_t cr_predictions_class(const cr_predictions *predictions, size_t index, double *probability) {
  if (probability) *probability = (double)NAN;
  if (predictions->multilabel) return SIZE_MAX;
  if (!predictions->classes || index >= predictions->rows) return 0;
  const double *values = values_at(predictions, index);
  size_t best = predictions->single && values[1] >= values[0]; /* p >= 1/2, or s >= 0 */
  for (size_t k = 1; k < predictions->columns; k++) {
    if (values[k] > values[best]) best = k;
  }
  if (probability && !predictions->scores) *probability = values[best];
  return best;
}

double cr_predictions_value(const cr_predictions *predictions, size_t index, size_t output) {
  if (index >= predictions->rows || output >= predictions->columns) return (double)NAN;
  return values_at(predictions, index)[output];
}

const char *cr_predictions_warning(const cr_predictions *predictions, size_t index) {
  return index < predictions->warnings.count ? predictions->warnings.items[index] : NULL;
}
