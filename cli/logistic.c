#include "logistic.h"

#include <math.h>
#include <stdlib.h>

#include "errors.h"

void samples_open(struct samples *out, size_t rows, size_t inputs, size_t outputs) {
  *out = (struct samples){.rows = rows, .inputs = inputs, .outputs = outputs};
  out->x = take(rows * inputs, sizeof *out->x);
  out->y = take(rows * outputs, sizeof *out->y);
}

void samples_close(struct samples *samples) {
  free(samples->x);
  free(samples->y);
}

size_t parameter_count(const struct samples *samples) {
  return (samples->inputs + 1) * samples->outputs;
}

struct terms sample_terms(const struct samples *samples, size_t i, size_t unit, const float *w) {
  const size_t inputs = samples->inputs, outputs = samples->outputs;
  const float *x = samples->x + i * inputs, y = samples->y[i * outputs + unit];
  struct terms t = {.z = w[inputs * outputs + unit]};
  for (size_t j = 0; j < inputs; j++) t.z += w[j * outputs + unit] * x[j]; /* (eq F1) */
  t.a = 1 / (1 + expf(-t.z));                                              /* (eq A2) */
  t.cost = -(y * logf(t.a) + (1 - y) * logf(1 - t.a));                     /* (eq L3) */
  t.dz = t.a - y;                                                          /* (eq L3) */
  return t;
}

void loop_over_samples(const struct samples *samples, const float *w, struct result *out) {
  const size_t inputs = samples->inputs, outputs = samples->outputs;
  const double m = (double)samples->rows;
  out->cost = 0;
  for (size_t k = 0; k < parameter_count(samples); k++) out->gradient[k] = 0;
  for (size_t i = 0; i < samples->rows; i++) {
    const float *x = samples->x + i * inputs;
    for (size_t unit = 0; unit < outputs; unit++) {
      const struct terms t = sample_terms(samples, i, unit, w);
      out->cost += (double)t.cost;
      for (size_t j = 0; j < inputs; j++) {
        out->gradient[j * outputs + unit] += (double)(x[j] * t.dz); /* (eq B3) */
      }
      out->gradient[inputs * outputs + unit] += (double)t.dz; /* (eq B4) */
    }
  }
  out->cost /= m;
  for (size_t k = 0; k < parameter_count(samples); k++) out->gradient[k] /= m;
}

int units_open(const struct cli *cli, const struct samples *samples, struct units *out) {
  char spec[48];
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = samples->rows;
  options.kernel = cli->settings.kernel;
  *out = (struct units){0};
  snprintf(spec, sizeof spec, "%zu-%zu:sigmoid", samples->inputs, samples->outputs);
  if (cr_net_create(spec, &out->net) != CR_OK) return errors_last(cli);
  if (cr_workspace_create(out->net, &options, &out->work) != CR_OK) return errors_last(cli);
  return 0;
}

void units_close(struct units *units) {
  cr_workspace_destroy(units->work);
  cr_net_destroy(units->net);
}

/* Z = X W + b, A = f(Z), dZ = (A - Y)/m, dW = X^T dZ, db = sums of dZ. */
int as_matrices(const struct cli *cli, const struct units *units, const struct samples *samples,
                struct result *out) {
  const size_t rows = samples->rows;
  const cr_const_matrix x = {samples->x, rows, samples->inputs, samples->inputs};
  const cr_const_matrix y = {samples->y, rows, samples->outputs, samples->outputs};
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = "binary_cross_entropy";
  if (cr_net_backward(units->net, units->work, &objective, x, y, &out->cost) != CR_OK) {
    return errors_last(cli);
  }
  const float *gradient = cr_workspace_gradient(units->work);
  for (size_t k = 0; k < parameter_count(samples); k++) out->gradient[k] = (double)gradient[k];
  return 0;
}

double largest_difference(const struct samples *samples, const struct result *a,
                          const struct result *b) {
  double largest = fabs(a->cost - b->cost);
  for (size_t k = 0; k < parameter_count(samples); k++) {
    largest = fmax(largest, fabs(a->gradient[k] - b->gradient[k]));
  }
  return largest;
}
