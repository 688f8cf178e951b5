/* Logistic regression twice: as a loop over samples, and as matrices of the library. */
#ifndef CLI_LOGISTIC_H
#define CLI_LOGISTIC_H

#include "cli.h"

/* Each output is a sigmoid unit of its own; one unit is plain logistic regression. */
struct samples {
  size_t rows, inputs, outputs;
  float *x; /* (rows, inputs) */
  float *y; /* (rows, outputs) */
};

void samples_open(struct samples *out, size_t rows, size_t inputs, size_t outputs);
void samples_close(struct samples *samples);

/* One sample and one unit, term by term. */
struct terms {
  float z, a, cost, dz;
};

/* w: the parameters (inputs, outputs), then the biases (outputs). */
struct terms sample_terms(const struct samples *samples, size_t i, size_t unit, const float *w);

/* The cost, a mean over samples, and its gradient in all parameters. */
struct result {
  double cost;
  double *gradient; /* (inputs * outputs + outputs), as the parameters */
};

size_t parameter_count(const struct samples *samples);

/* How far cost and gradient are apart at most. */
double largest_difference(const struct samples *samples, const struct result *a,
                          const struct result *b);

/* One sample after the other. */
void loop_over_samples(const struct samples *samples, const float *w, struct result *out);

/* The units as a network of the library. */
struct units {
  cr_net *net;
  cr_workspace *work;
};

/* Each returns 0 or the exit status of a shown error; close them in either case. */
int units_open(const struct cli *cli, const struct samples *samples, struct units *out);
void units_close(struct units *units);

/* All samples at once, with the parameters of the network. */
int as_matrices(const struct cli *cli, const struct units *units, const struct samples *samples,
                struct result *out);

#endif
