#include "explain/trace.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"

size_t cr_trace_inputs(const cr_trace *trace, size_t l) {
  return trace->net->spec.layers[l].inputs;
}

size_t cr_trace_outputs(const cr_trace *trace, size_t l) {
  return trace->net->spec.layers[l].outputs;
}

const double *cr_trace_below(const cr_trace *trace, size_t l) {
  return l == 0 ? trace->x : trace->at->a[l - 1];
}

double cr_trace_share(const cr_trace *trace) {
  return trace->target.mean ? 1.0 / (double)trace->rows : 1.0;
}

static bool has_terms(const cr_trace *t, size_t l) {
  return t->rows > 1 && t->rows <= CR_TRACE_TERMS && cr_trace_inputs(t, l) <= CR_TRACE_SIDE &&
         cr_trace_outputs(t, l) <= CR_TRACE_SIDE;
}

static double *take_matrix(cr_arena *arena, size_t rows, size_t cols) {
  return cr_arena_take(arena, rows, cols * sizeof(double));
}

/* Run twice: to measure, where all pointers are NULL, and to hand out. */
static void layout(cr_trace *t, cr_arena *arena) {
  const size_t layers = t->net->spec.count, outputs = cr_trace_outputs(t, layers - 1);
  t->row_numbers = cr_arena_take(arena, t->rows, sizeof *t->row_numbers);
  t->x = take_matrix(arena, t->rows, t->net->spec.inputs);
  t->y = take_matrix(arena, t->rows, outputs);
  t->shifts = take_matrix(arena, 1, outputs);
  t->scales = take_matrix(arena, 1, outputs);
  t->answers = take_matrix(arena, t->rows, outputs);
  t->mixes = cr_arena_take(arena, layers, sizeof *t->mixes);
  t->slope = cr_arena_take(arena, layers, sizeof *t->slope);
  t->terms = cr_arena_take(arena, layers, sizeof *t->terms);
  for (size_t l = 0; l < layers; l++) {
    const size_t out = cr_trace_outputs(t, l);
    double *slope = take_matrix(arena, t->rows, out), *terms = NULL;
    if (has_terms(t, l)) terms = take_matrix(arena, t->rows, cr_trace_inputs(t, l) * out);
    if (!t->slope) continue;
    t->slope[l] = slope;
    t->terms[l] = terms;
  }
  t->data = take_matrix(arena, t->net->weight_count, 1);
  t->after = take_matrix(arena, t->net->parameter_count, 1);
  t->shares = take_matrix(arena, t->rows, outputs);
  t->row_loss = take_matrix(arena, t->rows, 1);
}

static void copy_rows(const cr_trace_input *input, cr_trace *t) {
  const size_t in = t->net->spec.inputs, out = cr_net_outputs(t->net);
  for (size_t r = 0; r < t->rows; r++) {
    const size_t from = input->rows ? input->rows[r] : r;
    t->row_numbers[r] = from;
    memcpy(t->x + r * in, input->x + from * in, in * sizeof *t->x);
    if (t->has_target) memcpy(t->y + r * out, input->y + from * out, out * sizeof *t->y);
  }
}

/*
 * Does an output move with the z of another unit? Asked of the derivative itself, where all z are
 * 0: there a softmax is far from its ends.
 */
static bool mixes(const cr_activation *activation, size_t outputs, double *scratch) {
  double *z = scratch, *a = z + outputs, *da = a + outputs, *dz = da + outputs;
  memset(scratch, 0, 4 * outputs * sizeof *scratch);
  da[0] = 1.0;
  activation->forward_ref(a, z, 1, outputs);
  activation->backward_ref(dz, da, z, a, 1, outputs);
  for (size_t i = 1; i < outputs; i++) {
    if (dz[i] != 0.0) return true;
  }
  return false;
}

static cr_status find_slopes(cr_trace *t) {
  for (size_t l = 0; l < t->net->spec.count; l++) {
    const size_t outputs = cr_trace_outputs(t, l), count = t->rows * outputs;
    const cr_activation *activation = t->net->spec.layers[l].activation;
    void *block = NULL;
    CR_TRY(cr_alloc(cr_size_max(4 * outputs, count), sizeof(double), &block));
    double *ones = block;
    t->mixes[l] = mixes(activation, outputs, ones);
    for (size_t i = 0; i < count; i++) ones[i] = 1.0;
    activation->backward_ref(t->slope[l], ones, t->at->z[l], t->at->a[l], t->rows, outputs);
    cr_free(block);
  }
  return CR_OK;
}

/* How output i moves with every z of a row of layer l. */
static void slope_of_output(const cr_trace *trace, size_t l, size_t row, size_t i, double *unit,
                            double *out) {
  const size_t outputs = cr_trace_outputs(trace, l);
  const cr_activation *activation = trace->net->spec.layers[l].activation;
  const double *z = trace->at->z[l] + row * outputs, *a = trace->at->a[l] + row * outputs;
  for (size_t k = 0; k < outputs; k++) unit[k] = k == i ? 1.0 : 0.0;
  activation->backward_ref(out, unit, z, a, 1, outputs);
}

double cr_trace_slope(const cr_trace *trace, size_t l, size_t row, size_t j, size_t i,
                      double *scratch) {
  const size_t outputs = cr_trace_outputs(trace, l);
  if (!trace->mixes[l]) return i == j ? trace->slope[l][row * outputs + j] : 0.0;
  slope_of_output(trace, l, row, i, scratch, scratch + outputs);
  return scratch[outputs + j];
}

void cr_trace_jacobian(const cr_trace *trace, size_t l, size_t row, double *out) {
  const size_t outputs = cr_trace_outputs(trace, l);
  double *unit = out + outputs * outputs, *column = unit + outputs;
  for (size_t i = 0; i < outputs; i++) {
    slope_of_output(trace, l, row, i, unit, column);
    for (size_t j = 0; j < outputs; j++) out[j * outputs + i] = column[j];
  }
}

/* (eq B3) before the sum over the samples is taken: a_r^T dz_r, and the sum itself. */
static void find_terms(cr_trace *t) {
  for (size_t l = 0; l < t->net->spec.count; l++) {
    const size_t in = cr_trace_inputs(t, l), out = cr_trace_outputs(t, l);
    const double *a = cr_trace_below(t, l), *dz = t->at->dz[l];
    double *sum = t->data + t->at->views[l].weight;
    for (size_t r = 0; r < t->rows; r++) {
      for (size_t i = 0; i < in; i++) {
        for (size_t o = 0; o < out; o++) {
          const double term = a[r * in + i] * dz[r * out + o];
          sum[i * out + o] += term;
          if (t->terms[l]) t->terms[l][(r * in + i) * out + o] = term;
        }
      }
    }
  }
}

/* The losses of the rows, and of their outputs where they add up to them. */
static void find_shares(cr_trace *t) {
  const size_t last = t->net->spec.count - 1, out = cr_trace_outputs(t, last);
  const cr_loss *loss = t->target.loss;
  t->has_shares = true;
  for (size_t r = 0; r < t->rows; r++) {
    const double *a = t->at->a[last] + r * out, *z = t->at->z[last] + r * out, *y = t->y + r * out;
    t->row_loss[r] =
        t->target.fused ? loss->fused_value_ref(z, y, 1, out) : loss->value_ref(a, y, 1, out);
    double sum = 0.0;
    for (size_t k = 0; k < out; k++) {
      t->shares[r * out + k] = loss->value_ref(a + k, y + k, 1, 1);
      sum += t->shares[r * out + k];
    }
    const double apart = fabs(sum - t->row_loss[r]);
    if (!(apart <= 1e-9 * fmax(1.0, fabs(sum)))) t->has_shares = false;
  }
}

/* (eq R2, R1) the parts of the cost that the weights have of themselves */
static void find_penalties(cr_trace *t) {
  const double n = (double)t->rows;
  for (size_t i = 0; i < t->net->weight_count; i++) {
    const double w = t->at->parameters[i];
    t->penalty1 += t->target.l1 / (2.0 * n) * fabs(w);
    t->penalty2 += t->target.l2 / (2.0 * n) * w * w;
  }
}

/* (eq U1) one step of gradient descent, and the cost after it */
static void take_step(cr_trace *t) {
  for (size_t i = 0; i < t->net->parameter_count; i++) {
    t->after[i] = t->at->parameters[i] - t->learning_rate * t->at->gradient[i];
  }
  cr_reference_restart(t->probe, t->after);
  cr_reference_forward(t->probe, t->x);
  t->data_loss_after = cr_reference_data_loss(t->probe, t->y);
  t->cost_after = cr_reference_cost(t->probe, t->y);
}

/* In the units of the targets. */
static void find_answers(const cr_encoder *numbers, cr_trace *t) {
  const size_t last = t->net->spec.count - 1, out = cr_trace_outputs(t, last);
  for (size_t k = 0; k < out; k++) {
    t->shifts[k] = numbers ? cr_encoder_target_shift(numbers, k) : 0.0;
    t->scales[k] = numbers ? cr_encoder_target_scale(numbers, k) : 1.0;
    for (size_t r = 0; r < t->rows; r++)
      t->answers[r * out + k] = t->at->a[last][r * out + k] * t->scales[k] + t->shifts[k];
  }
}

/* All that follows from the targets. */
static void learn(cr_trace *t) {
  t->data_loss = cr_reference_data_loss(t->at, t->y);
  t->cost = cr_reference_cost(t->at, t->y);
  cr_reference_backward(t->at, t->x, t->y);
  find_terms(t);
  find_shares(t);
  find_penalties(t);
  take_step(t);
}

static cr_status fill(const cr_trace_input *input, cr_trace *t) {
  cr_arena measured;
  CR_TRY(cr_net_create(cr_net_spec(input->net), &t->net));
  memcpy(t->net->parameters, input->net->parameters,
         t->net->parameter_count * sizeof *t->net->parameters);
  cr_arena_measure(&measured);
  layout(t, &measured);
  CR_TRY(cr_arena_create(&measured, &t->arena));
  layout(t, &t->arena);
  copy_rows(input, t);
  CR_TRY(cr_reference_create(t->net, &t->target, t->rows, &t->at));
  CR_TRY(cr_reference_create(t->net, &t->target, t->rows, &t->probe));
  if (input->parameters) cr_reference_restart(t->at, input->parameters);
  cr_reference_forward(t->at, t->x);
  CR_TRY(find_slopes(t));
  find_answers(input->numbers, t);
  if (t->has_target) learn(t);
  return CR_OK;
}

cr_status cr_trace_create(const cr_trace_input *input, cr_trace **out) {
  void *block = NULL;
  *out = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_trace), &block));
  cr_trace *t = block;
  t->target = input->target;
  t->rows = input->count;
  t->learning_rate = input->learning_rate;
  t->has_target = input->y != NULL;
  t->answer = input->answer;
  t->scores = input->scores;
  const cr_status status = fill(input, t);
  if (status == CR_OK)
    *out = t;
  else
    cr_trace_destroy(t);
  return status;
}

void cr_trace_destroy(cr_trace *trace) {
  if (!trace) return;
  cr_reference_destroy(trace->at);
  cr_reference_destroy(trace->probe);
  cr_arena_destroy(&trace->arena);
  cr_net_destroy(trace->net);
  cr_free(trace->names.title);
  cr_free(trace->names.trained);
  cr_free(trace->names.left_out);
  cr_free(trace->names.lacking);
  cr_strlist_free(&trace->names.inputs);
  cr_strlist_free(&trace->names.raw);
  cr_strlist_free(&trace->names.labels);
  cr_strlist_free(&trace->names.wanted);
  cr_free(trace);
}
