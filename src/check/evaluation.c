/* A model on a table: its figures, what was taken for what, and the outcome of every row. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/size.h"
#include "check/evaluate.h"
#include "data/encode_store.h"
#include "data/large_table.h"
#include "data/row_cursor.h"
#include "model/values.h"

struct cr_evaluation {
  cr_metrics metrics;
  size_t rows, classes;     /* classes: 0 for numbers */
  size_t *confusion;        /* (classes, classes), actual by predicted */
  cr_label_metrics *labels; /* (label_count) of each class or label, 0 for numbers */
  size_t label_count;
  cr_number_metrics *numbers; /* (number_count) of each number, 0 for classes and labels */
  size_t number_count;
  cr_large_block outcomes; /* (rows) cr_outcome */
  double *values;          /* (classes) of one row, while it is noted */
  cr_strlist warnings;
};

/* What one evaluation needs while it runs. */
typedef struct run {
  const cr_model *model;
  const cr_table *table;
  size_t *rows; /* (count) those of the table that are evaluated; in the block */
  cr_large_block row_block;
  size_t count;
  size_t *places;  /* columns of the inputs, and after them */
  size_t *targets; /* of the targets */
  cr_samples *samples;
  cr_workspace *work;
  cr_matrix x, y;         /* room for a block */
  cr_large_block outputs; /* (count, outputs) float */
} run;

static void run_free(run *r) {
  cr_large_block_free(&r->row_block);
  cr_free(r->places);
  cr_samples_destroy(r->samples);
  cr_workspace_destroy(r->work);
  cr_free(r->x.data);
  cr_free(r->y.data);
  cr_large_block_free(&r->outputs);
}

static cr_status take_floats(size_t rows, size_t cols, float **out) {
  size_t size = 0;
  void *block = NULL;
  CR_TRY(cr_size_product(rows, cols, &size));
  CR_TRY(cr_alloc(size, sizeof(float), &block));
  *out = block;
  return CR_OK;
}

static cr_status take_block(size_t rows, size_t cols, cr_matrix *out) {
  *out = (cr_matrix){NULL, rows, cols, cols};
  return take_floats(rows, cols, &out->data);
}

/* Finds the columns, and notes what of the table is ignored. */
static cr_status match_columns(run *r, cr_strlist *warnings) {
  const cr_encoder *encoder = r->model->encoder;
  void *block = NULL;
  CR_TRY(cr_alloc(encoder->input_count + cr_encoder_target_count(encoder), sizeof(size_t), &block));
  r->places = block;
  r->targets = r->places + encoder->input_count;
  return cr_encoder_match(encoder, r->table, r->places, r->targets, warnings);
}

static cr_status choose_rows(run *r, bool skip_bad_rows, cr_strlist *warnings) {
  const size_t rows = cr_table_rows(r->table);
  CR_TRY(cr_large_block_create(r->table, rows, sizeof(size_t), &r->row_block));
  r->rows = r->row_block.bytes;
  CR_TRY(cr_encoder_usable(r->model->encoder, r->table, true, skip_bad_rows, r->rows, &r->count));
  CR_TRY(cr_encoder_warn_new(r->model->encoder, r->table, r->rows, r->count, warnings));
  return cr_warn_left_out(r->table, r->count, warnings);
}

/* A block is what the network computes at once: enough rows to be quick, not too much memory. */
static size_t block_rows(const cr_net *net, size_t rows) {
  enum { MOST_ROWS = 256, MOST_VALUES = 1 << 20 };
  size_t widest = net->spec.inputs;
  for (size_t l = 0; l < net->spec.count; l++)
    widest = cr_size_max(widest, net->spec.layers[l].outputs);
  return cr_size_min(rows, cr_size_min(MOST_ROWS, cr_size_max(MOST_VALUES / widest, 1)));
}

static cr_status take_memory(run *r, const cr_apply_options *apply) {
  const cr_net *net = r->model->net;
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = block_rows(net, r->count);
  options.threads = apply->threads;
  options.kernel = apply->kernel;
  CR_TRY(cr_workspace_create(net, &options, &r->work));
  CR_TRY(take_block(options.max_rows, cr_net_inputs(net), &r->x));
  CR_TRY(take_block(options.max_rows, cr_net_outputs(net), &r->y));
  return cr_large_block_create(r->table, r->count, cr_net_outputs(net) * sizeof(float),
                               &r->outputs);
}

static cr_status measure(run *r, cr_metrics *out) {
  cr_objective objective;
  cr_target_function target;
  cr_objective_init(&objective);
  objective.loss = r->model->loss->part.name;
  CR_TRY(cr_objective_resolve(r->model->net, &objective, &target));
  const cr_measurement measurement = {.net = r->model->net,
                                      .work = r->work,
                                      .target = &target,
                                      .encoder = r->model->encoder,
                                      .samples = r->samples,
                                      .x = r->x,
                                      .y = r->y,
                                      .outputs = r->outputs.bytes};
  CR_TRY(cr_evaluate_samples(&measurement, out));
  return cr_metrics_baseline(r->model->encoder, r->samples, out);
}

static cr_outcome *outcome_at(const cr_evaluation *e, size_t index) {
  return (cr_outcome *)e->outcomes.bytes + index;
}

static const float *output_at(const run *r, size_t index) {
  return (const float *)r->outputs.bytes + index * r->samples->outputs;
}

static void note_class(const run *r, size_t i, uint32_t actual, cr_evaluation *e) {
  cr_outcome *outcome = outcome_at(e, i);
  outcome->actual = actual;
  outcome->predicted = cr_predicted_class(r->model->loss, output_at(r, i), r->samples->outputs);
  cr_values_of(r->model, output_at(r, i), e->values);
  if (cr_gives_scores(r->model)) {
    outcome->probability = (double)NAN;
    outcome->actual_value = e->values[outcome->actual];
    outcome->predicted_value = e->values[outcome->predicted];
  } else {
    outcome->probability = e->values[outcome->predicted];
  }
  e->confusion[outcome->actual * e->classes + outcome->predicted]++;
}

/* What adds up over the rows of one number, in the scale of the training. */
typedef struct number_sums {
  double rows, mean, about_mean, errors;
} number_sums;

/* y (targets) of row i. Of several numbers the one that is farthest off is noted. */
static void note_number(const run *r, size_t i, const float *y, cr_evaluation *e,
                        number_sums *sums) {
  const cr_encoder *encoder = r->model->encoder;
  const float *output = output_at(r, i);
  cr_outcome *outcome = outcome_at(e, i);
  for (size_t t = 0; t < e->number_count; t++) {
    const double actual = (double)y[t], error = fabs((double)output[t] - actual);
    const double apart = actual - sums[t].mean;
    sums[t].rows += 1.0;
    sums[t].mean += apart / sums[t].rows;
    sums[t].about_mean += apart * (actual - sums[t].mean);
    sums[t].errors += error * error;
    if (t > 0 && !(error > outcome->error)) continue;
    outcome->target = t;
    outcome->error = error;
    outcome->actual_value = cr_table_number(r->table, r->rows[i], r->targets[t]);
    outcome->predicted_value = (double)output[t] * cr_encoder_target_scale(encoder, t) +
                               cr_encoder_target_shift(encoder, t);
  }
}

/* (eqs M3, M4) of one of the numbers. */
static cr_number_metrics figures_of_number(const number_sums *s, double scale) {
  return (cr_number_metrics){
      .rmse = sqrt(s->errors / s->rows) * fabs(scale),
      .r2 = s->about_mean > 0.0 ? 1.0 - s->errors / s->about_mean : (double)NAN,
      .baseline = sqrt(s->about_mean / s->rows) * fabs(scale)};
}

/* What adds up over all rows: counts (labels), of numbers sums (targets). */
typedef struct totals {
  cr_label_count *counts;
  number_sums *sums;
} totals;

/* The rows whose targets are a piece, from row `first` on. */
static void note_piece(const run *r, size_t first, const cr_samples *piece, cr_evaluation *e,
                       const totals *all) {
  const cr_encoder *encoder = r->model->encoder;
  for (size_t k = 0; k < piece->rows; k++) {
    const size_t i = first + k;
    cr_outcome *outcome = outcome_at(e, i);
    outcome->row = cr_table_row_number(r->table, r->rows[i]);
    if (encoder->classes) {
      note_class(r, i, piece->classes[k], e);
      cr_count_class(outcome->actual, outcome->predicted, all->counts);
    } else if (encoder->multilabel) {
      outcome->wrong_labels = cr_count_labels(output_at(r, i), piece->y.data + k * piece->y.stride,
                                              encoder->labels.count, all->counts);
    } else {
      note_number(r, i, piece->y.data + k * piece->y.stride, e, all->sums);
    }
    cr_large_block_rest(&e->outcomes, i);
    cr_large_block_rest(&r->outputs, i);
    cr_large_block_rest(&r->row_block, i);
  }
}

static cr_status note_pieces(const run *r, cr_evaluation *e, const totals *all) {
  cr_target_pieces pieces;
  const cr_samples *piece = NULL;
  size_t first = 0;
  CR_TRY(cr_target_pieces_open(r->samples, &pieces));
  cr_status status = cr_target_pieces_next(&pieces, &piece);
  while (status == CR_OK && piece) {
    note_piece(r, first, piece, e, all);
    first += piece->rows;
    status = cr_target_pieces_next(&pieces, &piece);
  }
  cr_target_pieces_close(&pieces);
  cr_table_rest(r->table);
  return status;
}

static cr_status take_totals(cr_evaluation *e, totals *all) {
  void *block = NULL;
  CR_TRY(cr_alloc(e->label_count, sizeof(cr_label_metrics), &block));
  e->labels = block;
  CR_TRY(cr_alloc(e->number_count, sizeof(cr_number_metrics), &block));
  e->numbers = block;
  CR_TRY(cr_alloc(e->label_count, sizeof(cr_label_count), &block));
  all->counts = block;
  CR_TRY(cr_alloc(e->number_count, sizeof(number_sums), &block));
  all->sums = block;
  return CR_OK;
}

/* The figures of each class, label or number, and how wrong each row is. */
static cr_status note_rows(const run *r, cr_evaluation *e) {
  const cr_encoder *encoder = r->model->encoder;
  totals all = {0};
  e->label_count = encoder->labels.count; /* 0 of numbers */
  e->number_count = e->label_count > 0 ? 0 : cr_encoder_target_count(encoder);
  cr_status status = take_totals(e, &all);
  if (status == CR_OK) status = note_pieces(r, e, &all);
  for (size_t k = 0; status == CR_OK && k < e->label_count; k++)
    cr_label_figures(&all.counts[k], r->count, &e->labels[k]);
  for (size_t t = 0; status == CR_OK && t < e->number_count; t++)
    e->numbers[t] = figures_of_number(&all.sums[t], cr_encoder_target_scale(encoder, t));
  cr_free(all.counts);
  cr_free(all.sums);
  return status;
}

static cr_status note_outcomes(const run *r, cr_evaluation *e) {
  const cr_encoder *encoder = r->model->encoder;
  void *block = NULL;
  size_t cells = 0;
  e->classes = encoder->classes ? encoder->labels.count : 0;
  CR_TRY(cr_large_block_create(r->table, r->count, sizeof(cr_outcome), &e->outcomes));
  CR_TRY(cr_size_product(e->classes, e->classes, &cells));
  CR_TRY(cr_alloc(cells, sizeof(size_t), &block));
  e->confusion = block;
  CR_TRY(cr_alloc(e->classes, sizeof(double), &block));
  e->values = block;
  e->rows = r->count;
  return note_rows(r, e);
}

static cr_status encode(run *r, size_t threads) {
  const cr_encoder *encoder = r->model->encoder;
  const size_t outputs = cr_net_outputs(r->model->net);
  const cr_storing storing = {.encoder = encoder,
                              .table = r->table,
                              .rows = r->rows,
                              .count = r->count,
                              .with_target = true,
                              .outputs = outputs,
                              .share = 0.5};
  cr_pool *pool = NULL;
  if (!r->table->large)
    return cr_encoder_samples(encoder, r->table, r->rows, r->count, true, outputs, &r->samples);
  CR_TRY(cr_pool_create(threads, &pool));
  const cr_status status = cr_encoder_store(&storing, pool, &r->samples);
  cr_pool_destroy(pool);
  return status;
}

static cr_status evaluate(run *r, const cr_apply_options *options, cr_evaluation *e) {
  CR_TRY(match_columns(r, &e->warnings));
  CR_TRY(choose_rows(r, options->skip_bad_rows, &e->warnings));
  CR_TRY(encode(r, options->threads));
  CR_TRY(take_memory(r, options));
  CR_TRY(measure(r, &e->metrics));
  return note_outcomes(r, e);
}

cr_status cr_evaluate(const cr_model *model, const cr_table *table, const cr_apply_options *options,
                      cr_evaluation **out) {
  cr_apply_options o;
  *out = NULL;
  cr_apply_options_init(&o);
  CR_TRY(cr_options_copy(&o, sizeof o, options, "cr_apply_options_init"));
  if (cr_table_rows(table) == 0) return cr_fail(CR_ERR_EMPTY, "there are no rows to evaluate");
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_evaluation), &block));
  run r = {.model = model, .table = table};
  const cr_status status = evaluate(&r, &o, block);
  run_free(&r);
  if (status == CR_OK)
    *out = block;
  else
    cr_evaluation_destroy(block);
  return status;
}

void cr_evaluation_destroy(cr_evaluation *evaluation) {
  if (evaluation == NULL) return;
  cr_free(evaluation->confusion);
  cr_free(evaluation->labels);
  cr_free(evaluation->numbers);
  cr_free(evaluation->values);
  cr_large_block_free(&evaluation->outcomes);
  cr_strlist_free(&evaluation->warnings);
  cr_free(evaluation);
}

const cr_metrics *cr_evaluation_metrics(const cr_evaluation *evaluation) {
  return &evaluation->metrics;
}

size_t cr_evaluation_confusion(const cr_evaluation *evaluation, size_t actual, size_t predicted) {
  if (actual >= evaluation->classes || predicted >= evaluation->classes) return 0;
  return evaluation->confusion[actual * evaluation->classes + predicted];
}

const cr_label_metrics *cr_evaluation_label(const cr_evaluation *evaluation, size_t index) {
  return index < evaluation->label_count ? &evaluation->labels[index] : NULL;
}

const cr_number_metrics *cr_evaluation_number(const cr_evaluation *evaluation, size_t index) {
  return index < evaluation->number_count ? &evaluation->numbers[index] : NULL;
}

const cr_outcome *cr_evaluation_outcome(const cr_evaluation *evaluation, size_t index) {
  cr_large_block_rest(&evaluation->outcomes, index);
  return index < evaluation->rows ? outcome_at(evaluation, index) : NULL;
}

const char *cr_evaluation_warning(const cr_evaluation *evaluation, size_t index) {
  return index < evaluation->warnings.count ? evaluation->warnings.items[index] : NULL;
}
