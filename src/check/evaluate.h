/* Figures of a network on samples; what cr_evaluate and the trainer share. */
#ifndef CHECK_EVALUATE_H
#define CHECK_EVALUATE_H

#include <signal.h>

#include "chainrule/check.h"
#include "data/encode.h"
#include "net/network.h"

/* What is measured, and with what. All is borrowed. */
typedef struct cr_measurement {
  const cr_net *net;
  cr_workspace *work;
  const cr_target_function *target;
  const cr_encoder *encoder; /* gives the task and the unit; NULL: only n and loss are filled */
  const cr_samples *samples;
  size_t most_rows; /* if there are more, so many in even steps; 0: all. Only without an encoder */
  cr_matrix x, y;   /* room for a block, consecutive: (max_rows, inputs), (max_rows, outputs) */
  float *outputs;   /* (rows, outputs) receives the network's outputs; may be NULL */
  const volatile sig_atomic_t *stop; /* looked at before each block; may be NULL */
  double *waited; /* seconds waited for rows on disk are added to it; may be NULL */
} cr_measurement;

/*
 * Runs all samples through the network in blocks of the workspace's rows. CR_ERR_INTERRUPTED once
 * `stop` is set, CR_ERR_CACHE where rows on disk cannot be read: nothing was measured then. The
 * baseline is left open, it does not change.
 */
cr_status cr_evaluate_samples(const cr_measurement *m, cr_metrics *out);

/* Fills in the baseline of samples that were measured, and of classes the commonest one. */
cr_status cr_metrics_baseline(const cr_encoder *encoder, const cr_samples *samples,
                              cr_metrics *out);

/* Rows that have a label, that are said to have it, and both. */
typedef struct cr_label_count {
  size_t actual, predicted, both;
} cr_label_count;

/* Counts one row, output and y (labels), into counts (labels); returns how many are wrong. */
size_t cr_count_labels(const float *output, const float *y, size_t labels, cr_label_count *counts);

/* From the counts of a label over n rows to its figures. */
void cr_label_figures(const cr_label_count *count, size_t n, cr_label_metrics *out);

/* Counts one row of `actual` that was said to be `predicted` into counts (classes). */
void cr_count_class(size_t actual, size_t predicted, cr_label_count *counts);

/* Balanced accuracy and its interval, from the counts of each class (eqs M8, M9). */
void cr_balanced_figures(const cr_label_count *counts, size_t classes, cr_metrics *out);

/* Mean F1 over the labels, those left out for which it is not defined; NAN if there are none. */
double cr_mean_f1(const cr_label_count *counts, size_t labels);

/* Share of rows whose labels all are what each label is most often. */
cr_status cr_label_baseline(const cr_samples *samples, double *out);

/*
 * The class a row of outputs (outputs) stands for: the largest, the first of equals; of a single
 * output 1 from the loss's boundary on.
 */
size_t cr_predicted_class(const cr_loss *loss, const float *output, size_t outputs);

/* 95 % interval of k right of n (Wilson 1927). */
void cr_wilson_interval(size_t right, size_t n, double *low, double *high);

#endif
