#include "check/evaluate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"

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
  double loss;
  size_t right;           /* rows: classes, or all labels */
  double squared_errors;  /* numbers, in the scale of the training */
  cr_label_count *labels; /* multilabel: (outputs); classes: of each one; NULL: numbers */
  size_t wrong_labels;    /* of all rows */
} sums;

/* Samples that are measured: all, or some of them in even steps. */
static size_t count_measured(const cr_measurement *m) {
  const size_t rows = m->samples->rows;
  return m->most_rows > 0 ? cr_size_min(rows, m->most_rows) : rows;
}

static size_t place(const cr_measurement *m, size_t i) {
  return (size_t)((uint64_t)i * m->samples->rows / count_measured(m));
}

/* Rows that go through the network together; threads take parts of them. */
typedef struct row_block {
  const cr_measurement *m;
  size_t first, rows; /* of those that are measured; row `first` is row 0 of the room */
  size_t parts;
} row_block;

static void gather(const cr_measurement *m, size_t first, cr_matrix x, cr_matrix y) {
  enum { AT_ONCE = 64 };
  size_t order[AT_ONCE];
  for (size_t done = 0; done < x.rows;) {
    const size_t count = cr_size_min(AT_ONCE, x.rows - done);
    for (size_t i = 0; i < count; i++) order[i] = place(m, first + done + i);
    cr_matrix x_part = {x.data + done * x.stride, count, x.cols, x.stride};
    cr_matrix y_part = {y.data + done * y.stride, count, y.cols, y.stride};
    cr_samples_gather(m->samples, m->work->kernel->bytes_to_floats, order, count, x_part, y_part);
    done += count;
  }
}

static cr_matrix rows_of(cr_matrix m, size_t first, size_t count) {
  return (cr_matrix){m.data + first * m.stride, count, m.cols, m.stride};
}

/* From the samples to the outputs and losses, all while it is in the cache of one processor. */
static void run_part(void *context, size_t part) {
  const row_block *b = context;
  const cr_measurement *m = b->m;
  const size_t from = b->rows * part / b->parts, end = b->rows * (part + 1) / b->parts;
  const cr_matrix x = rows_of(m->x, from, end - from), y = rows_of(m->y, from, end - from);
  gather(m, b->first + from, x, y);
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
  const float *weights = b->m->samples->weights;
  const double *losses = b->m->work->losses;
  double sum = 0.0;
  for (size_t i = 0; i < b->rows; i++)
    sum += weights ? (double)weights[place(b->m, b->first + i)] * losses[i] : losses[i];
  return sum;
}

/* a, y: (rows, outputs) of the measured samples from `first` on. */
static void add_block(sums *s, const cr_measurement *m, size_t first, const float *a, cr_matrix y) {
  const cr_encoder *encoder = m->encoder;
  const cr_samples *samples = m->samples;
  const size_t outputs = samples->outputs;
  for (size_t i = 0; i < y.rows; i++) {
    if (encoder->classes) {
      const size_t actual = samples->classes[place(m, first + i)];
      const size_t said = cr_predicted_class(m->target->loss, a + i * outputs, outputs);
      s->right += said == actual;
      cr_count_class(actual, said, s->labels);
    } else if (encoder->multilabel) {
      const float *wanted = y.data + i * y.stride;
      const size_t wrong = cr_count_labels(a + i * outputs, wanted, outputs, s->labels);
      s->right += wrong == 0;
      s->wrong_labels += wrong;
    } else {
      const double error = (double)a[i * outputs] - (double)y.data[i * y.stride];
      s->squared_errors += error * error;
    }
  }
}

/* sum (y - mean y)^2 over the targets of the rows, in the scale of the training. */
static double squares_about_mean(const cr_samples *samples) {
  const cr_const_matrix y = samples->y;
  double sum = 0.0, squares = 0.0;
  for (size_t i = 0; i < y.rows; i++) sum += (double)y.data[i * y.stride];
  const double mean = sum / (double)y.rows;
  for (size_t i = 0; i < y.rows; i++) {
    const double apart = (double)y.data[i * y.stride] - mean;
    squares += apart * apart;
  }
  return squares;
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

static void fill_number_metrics(const sums *s, const cr_encoder *encoder, const cr_samples *samples,
                                cr_metrics *out) {
  const double about_mean = squares_about_mean(samples);
  /* (eqs M3, M4) */
  out->rmse = sqrt(s->squared_errors / (double)out->n) * fabs(encoder->target_scale);
  if (about_mean > 0.0) out->r2 = 1.0 - s->squared_errors / about_mean;
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
  const bool has_classes = samples->classes != NULL, has_numbers = samples->y.data != NULL;
  if (encoder == NULL    ? !has_classes && !has_numbers
      : encoder->classes ? !has_classes
                         : !has_numbers)
    return cr_fail(CR_ERR_TARGET, "the samples have no targets to compare with");
  return CR_OK;
}

static cr_status run_blocks(const cr_measurement *m, sums *s) {
  const size_t count = count_measured(m), width = m->samples->outputs;
  const float *a = m->work->a[m->work->layers - 1];
  assert(m->y.stride == m->y.cols);
  for (size_t first = 0; first < count; first += m->work->max_rows) {
    if (m->stop && *m->stop != 0)
      return cr_fail(CR_ERR_INTERRUPTED, "interrupted while the network was measured");
    row_block b = {.m = m, .first = first, .rows = cr_size_min(m->work->max_rows, count - first)};
    run_block(&b);
    s->loss += sum_losses(&b);
    if (m->outputs) memcpy(m->outputs + first * width, a, b.rows * width * sizeof *a);
    if (m->encoder) add_block(s, m, first, a, rows_of(m->y, 0, b.rows));
  }
  return CR_OK;
}

static void fill_metrics(const cr_measurement *m, const sums *s, cr_metrics *out) {
  const cr_encoder *encoder = m->encoder;
  out->n = count_measured(m);
  out->loss = s->loss / (double)out->n;
  if (encoder == NULL) return;
  if (encoder->classes)
    fill_class_metrics(s, encoder->labels.count, out);
  else if (encoder->multilabel)
    fill_label_metrics(s, m->samples->outputs, out);
  else
    fill_number_metrics(s, encoder, m->samples, out);
}

cr_status cr_evaluate_samples(const cr_measurement *m, cr_metrics *out) {
  sums s = {0};
  void *labels = NULL;
  clear_metrics(out);
  CR_TRY(check_samples(m->net, m->encoder, m->samples));
  if (m->encoder && (m->encoder->classes || m->encoder->multilabel))
    CR_TRY(cr_alloc(m->encoder->labels.count, sizeof(cr_label_count), &labels));
  s.labels = labels;
  const cr_status status = run_blocks(m, &s);
  if (status == CR_OK) fill_metrics(m, &s, out);
  cr_free(labels);
  return status;
}

/* The most frequent class, the first of equals, and its share. */
static cr_status find_majority(const cr_samples *samples, size_t classes, cr_metrics *out) {
  void *block = NULL;
  CR_TRY(cr_alloc(classes, sizeof(size_t), &block));
  size_t *counts = block; /* (classes) */
  size_t most = 0;
  for (size_t i = 0; i < samples->rows; i++) counts[samples->classes[i]]++;
  for (size_t k = 1; k < classes; k++)
    if (counts[k] > counts[most]) most = k;
  out->majority = most;
  out->baseline = (double)counts[most] / (double)samples->rows;
  cr_free(counts);
  return CR_OK;
}

cr_status cr_metrics_baseline(const cr_encoder *encoder, const cr_samples *samples,
                              cr_metrics *out) {
  if (encoder->classes) return find_majority(samples, encoder->labels.count, out);
  if (encoder->multilabel) return cr_label_baseline(samples->y, &out->baseline);
  out->baseline =
      sqrt(squares_about_mean(samples) / (double)samples->rows) * fabs(encoder->target_scale);
  return CR_OK;
}
