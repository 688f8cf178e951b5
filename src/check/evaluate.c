#include "check/evaluate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "check/measured_rows.h"

/* Two-sided 95 % of the normal distribution. */
static const double z95 = 1.959963984540054;

/* (eq M2) */
void cr_wilson_interval(size_t right, size_t n, double *low, double *high) {
  if (n == 0) {
    *low = 0.0;
    *high = 1.0;
    return;
  }
  const double count = (double)n, share = (double)right / count;
  const double widened = 1.0 + z95 * z95 / count;
  const double middle = share + z95 * z95 / (2.0 * count);
  const double reach =
      z95 * sqrt(share * (1.0 - share) / count + z95 * z95 / (4.0 * count * count));
  /* At the ends the formula gives 0 and 1 but for rounding. */
  *low = right == 0 ? 0.0 : (middle - reach) / widened;
  *high = right == n ? 1.0 : (middle + reach) / widened;
}

size_t cr_predicted_class(const cr_loss *loss, const float *output, size_t outputs) {
  if (outputs == 1) return (double)output[0] >= loss->boundary;
  size_t best = 0;
  float highest = output[0];
  for (size_t k = 1; k < outputs; k++) {
    const bool higher = output[k] > highest; /* chosen by, not branched on: nobody can foresee it */
    best = higher ? k : best;
    highest = higher ? output[k] : highest;
  }
  return best;
}

/* What adds up over the rows. */
typedef struct sums {
  size_t rows;
  double loss;
  size_t right;           /* rows: classes, or all labels */
  double *squared_errors; /* numbers: (outputs), in the scale of the training; else NULL */
  cr_label_count *labels; /* multilabel: (outputs); classes: of each one; NULL: numbers */
  size_t wrong_labels;    /* of all rows */
} sums;

/* Rows that go through the network together; threads take parts of them. */
typedef struct row_block {
  const cr_measurement *m;
  const cr_measured_rows *from;
  size_t first, rows; /* of those that are measured; row `first` is row 0 of the room */
  size_t parts;
} row_block;

static cr_matrix rows_of(cr_matrix m, size_t first, size_t count) {
  return (cr_matrix){m.data + first * m.stride, count, m.cols, m.stride};
}

/* From the samples to the outputs and losses, all while it is in the cache of one processor. */
static void run_part(void *context, size_t part) {
  const row_block *b = context;
  const cr_measurement *m = b->m;
  const size_t from = b->rows * part / b->parts, end = b->rows * (part + 1) / b->parts;
  const cr_matrix x = rows_of(m->x, from, end - from), y = rows_of(m->y, from, end - from);
  cr_measured_rows_gather(b->from, b->first + from, x, y);
  cr_forward_rows(m->net, m->work, from, (cr_const_matrix){x.data, x.rows, x.cols, x.stride});
  cr_loss_rows(m->work, m->target, from, y.data, y.rows);
}

/*
 * So many rows that they stay in the cache, and fewer where each thread can then have some; but a
 * part that is done sooner than it is handed over goes to no other thread.
 */
static void run_block(row_block *b) {
  enum { MOST = 128, LEAST = 32, PRODUCTS_WORTH = 1 << 21 };
  cr_pool *pool = b->m->work->pool;
  const size_t for_threads = cr_size_min(cr_pool_threads(pool), b->rows / LEAST);
  b->parts = cr_size_max((b->rows + MOST - 1) / MOST, for_threads);
  const bool worth = b->m->net->weight_count > PRODUCTS_WORTH / (b->rows / b->parts);
  cr_pool_run(worth ? pool : NULL, b->parts, run_part, b);
}

/* (eq L8) each row's loss as often as its weight says */
static double sum_losses(const row_block *b) {
  const double *losses = b->m->work->losses;
  double sum = 0.0;
  for (size_t i = 0; i < b->rows; i++) sum += cr_measured_weight(b->from, b->first, i) * losses[i];
  return sum;
}

/* a, y: (rows, outputs) of the block. */
static void add_block(sums *s, const row_block *b, const float *a, cr_matrix y) {
  const cr_measurement *m = b->m;
  const cr_encoder *encoder = m->encoder;
  const size_t outputs = m->samples->outputs;
  for (size_t i = 0; i < y.rows; i++) {
    if (encoder->classes) {
      const size_t actual = cr_measured_class(b->from, b->first, i);
      const size_t said = cr_predicted_class(m->target->loss, a + i * outputs, outputs);
      s->right += said == actual;
      cr_count_class(actual, said, s->labels);
    } else if (encoder->multilabel) {
      const float *wanted = y.data + i * y.stride;
      const size_t wrong = cr_count_labels(a + i * outputs, wanted, outputs, s->labels);
      s->right += wrong == 0;
      s->wrong_labels += wrong;
    } else {
      for (size_t t = 0; t < outputs; t++) {
        const double error = (double)a[i * outputs + t] - (double)y.data[i * y.stride + t];
        s->squared_errors[t] += error * error;
      }
    }
  }
}

/* Adds up y, or (y - mean)^2 if there is a mean, over target t of all rows. */
static cr_status add_targets(const cr_samples *samples, size_t t, const double *mean, double *sum) {
  cr_target_pieces pieces;
  const cr_samples *piece = NULL;
  CR_TRY(cr_target_pieces_open(samples, &pieces));
  cr_status status = cr_target_pieces_next(&pieces, &piece);
  for (*sum = 0.0; status == CR_OK && piece; status = cr_target_pieces_next(&pieces, &piece))
    for (size_t i = 0; i < piece->rows; i++) {
      const double y = (double)piece->y.data[i * piece->y.stride + t];
      *sum += mean ? (y - *mean) * (y - *mean) : y;
    }
  cr_target_pieces_close(&pieces);
  return status;
}

/* sum (y - mean y)^2 over target t of the rows, in the scale of the training. */
static cr_status squares_about_mean(const cr_samples *samples, size_t t, double *out) {
  double mean = 0.0;
  CR_TRY(add_targets(samples, t, NULL, &mean));
  mean /= (double)samples->rows;
  return add_targets(samples, t, &mean, out);
}

/* The root of the mean squared error: in the unit of one target, in the scale of several. */
static double root_of(const cr_encoder *encoder, double squares, size_t rows) {
  const size_t targets = cr_encoder_target_count(encoder);
  return sqrt(squares / ((double)rows * (double)targets)) * fabs(encoder->target_scale);
}

static void fill_accuracy(const sums *s, cr_metrics *out) {
  out->accuracy = (double)s->right / (double)out->n; /* (eq M1) */
  cr_wilson_interval(s->right, out->n, &out->accuracy_low, &out->accuracy_high);
}

static void fill_class_metrics(const sums *s, size_t classes, cr_metrics *out) {
  fill_accuracy(s, out);
  cr_balanced_figures(s->labels, classes, out);
  out->f1 = cr_mean_f1(s->labels, classes);
}

/* (eq M5) */
static void fill_label_metrics(const sums *s, size_t labels, cr_metrics *out) {
  fill_accuracy(s, out);
  out->label_accuracy = 1.0 - (double)s->wrong_labels / ((double)out->n * (double)labels);
  out->f1 = cr_mean_f1(s->labels, labels);
}

static cr_status fill_number_metrics(const sums *s, const cr_encoder *encoder,
                                     const cr_samples *samples, cr_metrics *out) {
  const size_t targets = samples->outputs;
  double squares = 0.0, shares = 0.0;
  for (size_t t = 0; t < targets; t++) {
    double about_mean = 0.0;
    CR_TRY(squares_about_mean(samples, t, &about_mean));
    squares += s->squared_errors[t];
    shares += about_mean > 0.0 ? s->squared_errors[t] / about_mean : (double)NAN;
  }
  out->numbers = targets;
  /* (eqs M3, M4) */
  out->rmse = root_of(encoder, squares, out->n);
  out->r2 = 1.0 - shares / (double)targets;
  return CR_OK;
}

static void clear_metrics(cr_metrics *out) {
  *out = (cr_metrics){.accuracy = (double)NAN,
                      .accuracy_low = (double)NAN,
                      .accuracy_high = (double)NAN,
                      .baseline = (double)NAN,
                      .rmse = (double)NAN,
                      .r2 = (double)NAN,
                      .label_accuracy = (double)NAN,
                      .f1 = (double)NAN,
                      .balanced = (double)NAN,
                      .balanced_low = (double)NAN,
                      .balanced_high = (double)NAN,
                      .loss = (double)NAN};
}

static cr_status check_samples(const cr_net *net, const cr_encoder *encoder,
                               const cr_samples *samples) {
  if (samples->rows == 0) return cr_fail(CR_ERR_EMPTY, "there are no samples to evaluate");
  if (samples->inputs != cr_net_inputs(net) || samples->outputs != cr_net_outputs(net))
    return cr_fail(CR_ERR_SHAPE, "the network is %zu to %zu, the samples are %zu to %zu",
                   cr_net_inputs(net), cr_net_outputs(net), samples->inputs, samples->outputs);
  const bool has_classes = cr_samples_have_classes(samples);
  const bool has_numbers = cr_samples_have_numbers(samples);
  if (encoder == NULL    ? !has_classes && !has_numbers
      : encoder->classes ? !has_classes
                         : !has_numbers)
    return cr_fail(CR_ERR_TARGET, "the samples have no targets to compare with");
  return CR_OK;
}

/* A block of the workspace's rows, or what is left of them. */
static cr_status run_next(const cr_measurement *m, cr_measured_rows *from, size_t first, sums *s) {
  const size_t rows = cr_size_min(m->work->max_rows, from->count - first);
  const size_t width = m->samples->outputs;
  const float *a = m->work->a[m->work->layers - 1];
  row_block b = {.m = m, .from = from, .first = first, .rows = rows};
  if (m->stop && *m->stop != 0)
    return cr_fail(CR_ERR_INTERRUPTED, "interrupted while the network was measured");
  CR_TRY(cr_measured_rows_next(from, rows));
  run_block(&b);
  s->loss += sum_losses(&b);
  if (m->outputs) memcpy(m->outputs + first * width, a, rows * width * sizeof *a);
  if (m->encoder) add_block(s, &b, a, rows_of(m->y, 0, rows));
  return CR_OK;
}

static cr_status run_blocks(const cr_measurement *m, sums *s) {
  cr_measured_rows rows;
  cr_status status = CR_OK;
  assert(m->x.stride == m->x.cols && m->y.stride == m->y.cols);
  CR_TRY(cr_measured_rows_open(m, &rows));
  s->rows = rows.count;
  for (size_t first = 0; first < s->rows && status == CR_OK; first += m->work->max_rows)
    status = run_next(m, &rows, first, s);
  cr_measured_rows_close(&rows);
  return status;
}

static cr_status fill_metrics(const cr_measurement *m, const sums *s, cr_metrics *out) {
  const cr_encoder *encoder = m->encoder;
  out->n = s->rows;
  out->loss = s->loss / (double)out->n;
  if (encoder == NULL) return CR_OK;
  if (encoder->classes)
    fill_class_metrics(s, encoder->labels.count, out);
  else if (encoder->multilabel)
    fill_label_metrics(s, m->samples->outputs, out);
  else
    return fill_number_metrics(s, encoder, m->samples, out);
  return CR_OK;
}

cr_status cr_evaluate_samples(const cr_measurement *m, cr_metrics *out) {
  sums s = {0};
  void *labels = NULL, *squares = NULL;
  clear_metrics(out);
  CR_TRY(check_samples(m->net, m->encoder, m->samples));
  if (m->encoder && (m->encoder->classes || m->encoder->multilabel))
    CR_TRY(cr_alloc(m->encoder->labels.count, sizeof(cr_label_count), &labels));
  s.labels = labels;
  cr_status status =
      m->encoder && !labels ? cr_alloc(m->samples->outputs, sizeof(double), &squares) : CR_OK;
  s.squared_errors = squares;
  if (status == CR_OK) status = run_blocks(m, &s);
  if (status == CR_OK) status = fill_metrics(m, &s, out);
  cr_free(labels);
  cr_free(squares);
  return status;
}

static cr_status count_rows_of_classes(const cr_samples *samples, size_t *counts) {
  cr_target_pieces pieces;
  const cr_samples *piece = NULL;
  CR_TRY(cr_target_pieces_open(samples, &pieces));
  cr_status status = cr_target_pieces_next(&pieces, &piece);
  for (; status == CR_OK && piece; status = cr_target_pieces_next(&pieces, &piece))
    for (size_t i = 0; i < piece->rows; i++) counts[piece->classes[i]]++;
  cr_target_pieces_close(&pieces);
  return status;
}

/* The most frequent class, the first of equals, and its share. */
static cr_status find_majority(const cr_samples *samples, size_t classes, cr_metrics *out) {
  void *block = NULL;
  CR_TRY(cr_alloc(classes, sizeof(size_t), &block));
  size_t *counts = block; /* (classes) */
  size_t most = 0;
  const cr_status status = count_rows_of_classes(samples, counts);
  for (size_t k = 1; k < classes; k++)
    if (counts[k] > counts[most]) most = k;
  out->majority = most;
  out->baseline = (double)counts[most] / (double)samples->rows;
  cr_free(counts);
  return status;
}

cr_status cr_metrics_baseline(const cr_encoder *encoder, const cr_samples *samples,
                              cr_metrics *out) {
  double squares = 0.0;
  if (encoder->classes) return find_majority(samples, encoder->labels.count, out);
  if (encoder->multilabel) return cr_label_baseline(samples, &out->baseline);
  for (size_t t = 0; t < samples->outputs; t++) {
    double about_mean = 0.0;
    CR_TRY(squares_about_mean(samples, t, &about_mean));
    squares += about_mean;
  }
  out->baseline = root_of(encoder, squares, samples->rows);
  return CR_OK;
}
