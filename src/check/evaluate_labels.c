/* Figures of labels: several a row, or classes, of which a row has one. */
#include <math.h>

#include "base/alloc.h"
#include "check/evaluate.h"
#include "data/row_cursor.h"

/* From here on a probability, or the target itself, says yes. */
static const float boundary = 0.5f;

size_t cr_count_labels(const float *output, const float *y, size_t labels, cr_label_count *counts) {
  size_t wrong = 0;
  for (size_t k = 0; k < labels; k++) {
    const bool actual = y[k] >= boundary, predicted = output[k] >= boundary;
    counts[k].actual += actual;
    counts[k].predicted += predicted;
    counts[k].both += actual && predicted;
    wrong += actual != predicted;
  }
  return wrong;
}

static double share(size_t part, size_t whole) {
  return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

void cr_label_figures(const cr_label_count *c, size_t n, cr_label_metrics *out) {
  *out = (cr_label_metrics){
      .actual = c->actual,
      .predicted = c->predicted,
      .both = c->both,
      .share = share(c->actual, n),
      .accuracy = share(n - (c->actual - c->both) - (c->predicted - c->both), n),
      /* (eq M6) */
      .precision = share(c->both, c->predicted),
      .recall = share(c->both, c->actual),
      .f1 = share(2 * c->both, c->actual + c->predicted), /* (eq M7) */
  };
}

void cr_count_class(size_t actual, size_t predicted, cr_label_count *counts) {
  counts[actual].actual++;
  counts[predicted].predicted++;
  counts[actual].both += actual == predicted;
}

void cr_balanced_figures(const cr_label_count *counts, size_t classes, cr_metrics *out) {
  double sum = 0.0, below = 0.0, above = 0.0;
  out->classes = 0;
  for (size_t k = 0; k < classes; k++) {
    double low, high;
    if (counts[k].actual == 0) continue;
    const double recall = share(counts[k].both, counts[k].actual);
    cr_wilson_interval(counts[k].both, counts[k].actual, &low, &high);
    sum += recall;
    below += (recall - low) * (recall - low);
    above += (high - recall) * (high - recall);
    out->classes++;
  }
  const double count = (double)out->classes;
  out->balanced = sum / count;                     /* (eq M8) */
  out->balanced_low = (sum - sqrt(below)) / count; /* (eq M9) */
  out->balanced_high = (sum + sqrt(above)) / count;
}

double cr_mean_f1(const cr_label_count *counts, size_t labels) {
  double sum = 0.0;
  size_t defined = 0;
  for (size_t k = 0; k < labels; k++) {
    const double f1 = share(2 * counts[k].both, counts[k].actual + counts[k].predicted);
    if (isnan(f1)) continue;
    sum += f1;
    defined++;
  }
  return defined > 0 ? sum / (double)defined : (double)NAN;
}

/* Adds to ones (labels) how many rows have each label. */
static void count_ones(cr_const_matrix y, size_t *ones) {
  for (size_t i = 0; i < y.rows; i++)
    for (size_t k = 0; k < y.cols; k++) ones[k] += y.data[i * y.stride + k] >= boundary;
}

/* Adds to *right the rows whose labels all are those that most of `rows` rows have. */
static void count_usual(cr_const_matrix y, const size_t *ones, size_t rows, size_t *right) {
  for (size_t i = 0; i < y.rows; i++) {
    bool all = true;
    for (size_t k = 0; k < y.cols && all; k++)
      all = (y.data[i * y.stride + k] >= boundary) == (2 * ones[k] > rows);
    *right += all;
  }
}

/* Counts into `ones`, or, where `right` is given, by them. */
static cr_status count_pieces(const cr_samples *samples, size_t *ones, size_t *right) {
  cr_target_pieces pieces;
  const cr_samples *piece = NULL;
  CR_TRY(cr_target_pieces_open(samples, &pieces));
  cr_status status = cr_target_pieces_next(&pieces, &piece);
  for (; status == CR_OK && piece; status = cr_target_pieces_next(&pieces, &piece)) {
    if (right)
      count_usual(piece->y, ones, samples->rows, right);
    else
      count_ones(piece->y, ones);
  }
  cr_target_pieces_close(&pieces);
  return status;
}

cr_status cr_label_baseline(const cr_samples *samples, double *out) {
  void *block = NULL;
  size_t right = 0;
  CR_TRY(cr_alloc(samples->outputs, sizeof(size_t), &block));
  cr_status status = count_pieces(samples, block, NULL);
  if (status == CR_OK) status = count_pieces(samples, block, &right);
  cr_free(block);
  *out = share(right, samples->rows);
  return status;
}
