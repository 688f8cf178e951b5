/* Figures of labels: several a row, or classes, of which a row has one. */
#include <math.h>

#include "base/alloc.h"
#include "check/evaluate.h"

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

/* ones (labels) receives how many rows have each label. */
static void count_ones(cr_const_matrix y, size_t *ones) {
  for (size_t i = 0; i < y.rows; i++)
    for (size_t k = 0; k < y.cols; k++) ones[k] += y.data[i * y.stride + k] >= boundary;
}

cr_status cr_label_baseline(cr_const_matrix y, double *out) {
  void *block = NULL;
  CR_TRY(cr_alloc(y.cols, sizeof(size_t), &block));
  size_t *ones = block, right = 0;
  count_ones(y, ones);
  for (size_t i = 0; i < y.rows; i++) {
    bool all = true;
    for (size_t k = 0; k < y.cols && all; k++)
      all = (y.data[i * y.stride + k] >= boundary) == (2 * ones[k] > y.rows);
    right += all;
  }
  cr_free(block);
  *out = share(right, y.rows);
  return CR_OK;
}
