#include "ref/reference.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"

static double *take_matrix(cr_arena *arena, size_t rows, size_t width) {
  return cr_arena_take(arena, rows, width * sizeof(double));
}

/* Run twice: to measure, where all pointers are NULL, and to hand out. */
static void reference_layout(cr_reference *r, cr_arena *arena) {
  const size_t layers = r->spec->count;
  r->views = cr_arena_take(arena, layers, sizeof *r->views);
  r->z = cr_arena_take(arena, layers, sizeof *r->z);
  r->a = cr_arena_take(arena, layers, sizeof *r->a);
  r->da = cr_arena_take(arena, layers, sizeof *r->da);
  r->dz = cr_arena_take(arena, layers, sizeof *r->dz);
  r->drawn = cr_arena_take(arena, layers, sizeof *r->drawn);
  r->mask = cr_arena_take(arena, layers, sizeof *r->mask);
  r->noise = cr_arena_take(arena, r->spec->inputs, sizeof *r->noise);
  r->wanted = cr_arena_take(arena, r->spec->layers[layers - 1].outputs, sizeof *r->wanted);
  for (size_t l = 0; l < layers; ++l) {
    double *matrices[4];
    for (size_t i = 0; i < 4; ++i) {
      matrices[i] = take_matrix(arena, r->rows, r->spec->layers[l].outputs);
    }
    const bool masks = cr_draws_share(&r->target.draws, l) > 0.0;
    const bool draws = masks || (l == 0 && r->target.draws.input_noise > 0.0);
    const size_t in = r->spec->layers[l].inputs;
    double *drawn = draws ? take_matrix(arena, r->rows, in) : NULL;
    float *mask = masks ? cr_arena_take(arena, r->rows, in * sizeof *mask) : NULL;
    if (!r->z) continue;
    r->drawn[l] = drawn;
    r->mask[l] = mask;
    r->z[l] = matrices[0];
    r->a[l] = matrices[1];
    r->da[l] = matrices[2];
    r->dz[l] = matrices[3];
  }
  r->parameters = cr_arena_take(arena, r->parameter_count, sizeof *r->parameters);
  r->gradient = cr_arena_take(arena, r->parameter_count, sizeof *r->gradient);
}

static cr_status reference_fill(cr_reference *r, const cr_net *net) {
  cr_arena measured;
  cr_arena_measure(&measured);
  reference_layout(r, &measured);
  CR_TRY(cr_arena_create(&measured, &r->arena));
  reference_layout(r, &r->arena);
  memcpy(r->views, net->views, net->spec.count * sizeof *r->views);
  for (size_t i = 0; i < r->parameter_count; ++i) r->parameters[i] = (double)net->parameters[i];
  return CR_OK;
}

cr_status cr_reference_create(const cr_net *net, const cr_target_function *target, size_t rows,
                              cr_reference **out) {
  *out = NULL;
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_reference), &block));
  cr_reference *r = block;
  r->spec = &net->spec;
  r->target = *target;
  r->rows = rows;
  r->parameter_count = net->parameter_count;
  r->weight_count = net->weight_count;
  const cr_status status = reference_fill(r, net);
  if (status != CR_OK) {
    cr_reference_destroy(r);
    return status;
  }
  *out = r;
  return CR_OK;
}

void cr_reference_destroy(cr_reference *reference) {
  if (!reference) return;
  cr_arena_destroy(&reference->state);
  cr_arena_destroy(&reference->arena);
  cr_free(reference);
}

/* What layer l is fed (rows, inputs): a_prev or x, as it is or as it was drawn. */
static const double *fed(const cr_reference *reference, size_t l, const double *x) {
  if (reference->drawn[l]) return reference->drawn[l];
  return l > 0 ? reference->a[l - 1] : x;
}

/* Draws what layer l is fed, where anything is. */
static void draw_input(cr_reference *reference, size_t l, const double *x) {
  const cr_draws *draws = &reference->target.draws;
  const size_t in = reference->spec->layers[l].inputs, rows = reference->rows;
  const double widened = 1.0 / (1.0 - cr_draws_share(draws, l));
  const double *a_prev = l > 0 ? reference->a[l - 1] : x;
  float *mask = reference->mask[l];
  if (!reference->drawn[l]) return;
  for (size_t r = 0; r < rows; ++r) {
    if (mask) cr_draws_mask(draws, NULL, l, r, in, mask + r * in);
    const bool noisy = l == 0 && draws->input_noise > 0.0;
    if (noisy) cr_draws_noise(draws, NULL, r, in, reference->noise);
    for (size_t i = 0; i < in; ++i) {
      double *out = &reference->drawn[l][r * in + i];
      *out = a_prev[r * in + i];
      if (noisy) *out = *out + (double)reference->noise[i];            /* (eq R4) x + s e */
      if (mask) *out = mask[r * in + i] > 0.0f ? *out * widened : 0.0; /* (eq R3) a * mask */
    }
  }
}

/* Outputs first .. first + count of layer l, and then its activation, which may need them all. */
static void forward_layer(cr_reference *reference, size_t l, const double *a_prev, size_t first,
                          size_t count) {
  const cr_layer_spec *layer = &reference->spec->layers[l];
  const size_t in = layer->inputs, out = layer->outputs, rows = reference->rows;
  const double *w = reference->parameters + reference->views[l].weight;
  const double *b = reference->parameters + reference->views[l].bias;
  double *z = reference->z[l];
  for (size_t r = 0; r < rows; ++r) {
    for (size_t o = first; o < first + count; ++o) z[r * out + o] = b[o];
    for (size_t i = 0; i < in; ++i) {
      for (size_t o = first; o < first + count; ++o) {
        z[r * out + o] += a_prev[r * in + i] * w[i * out + o]; /* (eq F1) z = a_prev w + b */
      }
    }
  }
  layer->activation->forward_ref(reference->a[l], z, rows, out); /* (eq F2) a = f(z) */
}

/* The whole of layer l, with what is drawn for it. */
static void forward_whole(cr_reference *reference, const double *x, size_t l) {
  draw_input(reference, l, x);
  forward_layer(reference, l, fed(reference, l, x), 0, reference->spec->layers[l].outputs);
}

void cr_reference_forward(cr_reference *reference, const double *x) {
  for (size_t l = 0; l < reference->spec->count; ++l) forward_whole(reference, x, l);
}

void cr_reference_forward_from(cr_reference *reference, const double *x, size_t layer,
                               size_t output) {
  forward_layer(reference, layer, fed(reference, layer, x), output, 1);
  for (size_t l = layer + 1; l < reference->spec->count; ++l) forward_whole(reference, x, l);
}

/* Targets of row r as they are learned; y (rows, outputs). */
static const double *smooth(const cr_reference *reference, const double *y, size_t r) {
  const size_t out = reference->spec->layers[reference->spec->count - 1].outputs;
  const double e = reference->target.label_smoothing, classes = out > 1 ? (double)out : 2.0;
  for (size_t k = 0; k < out; ++k) {
    reference->wanted[k] = (1.0 - e) * y[r * out + k] + e / classes; /* (eq L7) */
  }
  return reference->wanted;
}

static double row_weight(const cr_reference *reference, size_t r) {
  return reference->target.row_weights ? (double)reference->target.row_weights[r] : 1.0;
}

double cr_reference_data_loss(const cr_reference *reference, const double *y) {
  const size_t last = reference->spec->count - 1, rows = reference->rows;
  const size_t out = reference->spec->layers[last].outputs;
  const cr_loss *loss = reference->target.loss;
  double sum = 0.0;
  for (size_t r = 0; r < rows; ++r) {
    const double *wanted = smooth(reference, y, r);
    const double one = reference->target.fused
                           ? loss->fused_value_ref(reference->z[last] + r * out, wanted, 1, out)
                           : loss->value_ref(reference->a[last] + r * out, wanted, 1, out);
    sum += row_weight(reference, r) * one; /* (eq L8) sum w_r L_r */
  }
  return reference->target.mean ? sum / (double)rows : sum;
}

double cr_reference_penalty(const cr_reference *reference) {
  const double n = (double)reference->rows;
  double penalty = 0.0;
  for (size_t i = 0; i < reference->weight_count; ++i) {
    const double w = reference->parameters[i];
    penalty += reference->target.l2 / (2.0 * n) * w * w;   /* (eq R1) l2/(2n) sum w^2 */
    penalty += reference->target.l1 / (2.0 * n) * fabs(w); /* (eq R2) l1/(2n) sum |w| */
  }
  return penalty;
}

double cr_reference_cost(const cr_reference *reference, const double *y) {
  return cr_reference_data_loss(reference, y) + cr_reference_penalty(reference);
}

static void output_gradient(cr_reference *reference, const double *y) {
  const size_t last = reference->spec->count - 1, rows = reference->rows;
  const cr_layer_spec *layer = &reference->spec->layers[last];
  const cr_loss *loss = reference->target.loss;
  const double share = reference->target.mean ? 1.0 / (double)rows : 1.0;
  for (size_t r = 0; r < rows; ++r) {
    const size_t out = layer->outputs;
    const double *wanted = smooth(reference, y, r);
    const double weight = share * row_weight(reference, r); /* (eq L8) w_r / n */
    double *da = reference->da[last] + r * out, *dz = reference->dz[last] + r * out;
    const double *z = reference->z[last] + r * out, *a = reference->a[last] + r * out;
    loss->gradient_ref(da, a, wanted, weight, 1, out); /* (eq B1) da_L = dJ/da_L */
    if (reference->target.fused) {
      loss->fused_gradient_ref(dz, a, wanted, weight, 1, out); /* (eq L3, L4) dz = a - y */
    } else {
      layer->activation->backward_ref(dz, da, z, a, 1, out); /* (eq B2) */
    }
  }
}

static void parameter_gradient(cr_reference *reference, size_t l, const double *a_prev) {
  const size_t in = reference->spec->layers[l].inputs, out = reference->spec->layers[l].outputs;
  const double *dz = reference->dz[l];
  double *dw = reference->gradient + reference->views[l].weight;
  double *db = reference->gradient + reference->views[l].bias;
  for (size_t o = 0; o < out; ++o) db[o] = 0.0;
  for (size_t i = 0; i < in * out; ++i) dw[i] = 0.0;
  for (size_t r = 0; r < reference->rows; ++r) {
    for (size_t o = 0; o < out; ++o) db[o] += dz[r * out + o]; /* (eq B4) db = column sums of dz */
    for (size_t i = 0; i < in; ++i) {
      for (size_t o = 0; o < out; ++o) {
        dw[i * out + o] += a_prev[r * in + i] * dz[r * out + o]; /* (eq B3) dw = a_prev^T dz */
      }
    }
  }
}

static void hidden_gradient(cr_reference *reference, size_t l) {
  const cr_layer_spec *layer = &reference->spec->layers[l], *below = layer - 1;
  const size_t in = layer->inputs, out = layer->outputs;
  const double *w = reference->parameters + reference->views[l].weight, *dz = reference->dz[l];
  const double widened = 1.0 / (1.0 - cr_draws_share(&reference->target.draws, l));
  const float *mask = reference->mask[l];
  double *da_prev = reference->da[l - 1];
  for (size_t r = 0; r < reference->rows; ++r) {
    for (size_t i = 0; i < in; ++i) {
      da_prev[r * in + i] = 0.0;
      for (size_t o = 0; o < out; ++o) {
        da_prev[r * in + i] += dz[r * out + o] * w[i * out + o]; /* (eq B5) da_prev = dz w^T */
      }
      if (mask) da_prev[r * in + i] *= mask[r * in + i] > 0.0f ? widened : 0.0; /* (eq R3) */
    }
  }
  below->activation->backward_ref(reference->dz[l - 1], da_prev, reference->z[l - 1],
                                  reference->a[l - 1], reference->rows, in); /* (eq B2) */
}

void cr_reference_backward(cr_reference *reference, const double *x, const double *y) {
  const double n = (double)reference->rows;
  reference->cost = cr_reference_cost(reference, y);
  output_gradient(reference, y);
  for (size_t l = reference->spec->count; l-- > 0;) {
    parameter_gradient(reference, l, fed(reference, l, x));
    if (l > 0) hidden_gradient(reference, l);
  }
  for (size_t i = 0; i < reference->weight_count; ++i) {
    const double w = reference->parameters[i], sign = (w > 0.0) - (w < 0.0);
    reference->gradient[i] += reference->target.l2 / n * w;            /* (eq R1) l2/n w */
    reference->gradient[i] += reference->target.l1 / (2.0 * n) * sign; /* (eq R2) */
  }
}

void cr_reference_clip(cr_reference *reference, double most) {
  double squares = 0.0;
  for (size_t i = 0; i < reference->parameter_count; ++i) {
    squares += reference->gradient[i] * reference->gradient[i];
  }
  const double factor = fmin(1.0, most / sqrt(squares)); /* (eq U2) min(1, c/|g|) */
  for (size_t i = 0; i < reference->parameter_count; ++i) reference->gradient[i] *= factor;
}

void cr_reference_max_norm(cr_reference *reference, double most) {
  for (size_t l = 0; l < reference->spec->count; ++l) {
    const size_t in = reference->spec->layers[l].inputs, out = reference->spec->layers[l].outputs;
    double *w = reference->parameters + reference->views[l].weight;
    for (size_t o = 0; o < out; ++o) {
      double squares = 0.0;
      for (size_t i = 0; i < in; ++i) squares += w[i * out + o] * w[i * out + o];
      const double factor = fmin(1.0, most / sqrt(squares)); /* (eq R5) min(1, c/|w|) */
      for (size_t i = 0; i < in; ++i) w[i * out + o] *= factor;
    }
  }
}

static void slots_layout(double **slot, size_t slots, size_t count, cr_arena *arena) {
  for (size_t i = 0; i < slots; ++i) slot[i] = cr_arena_take(arena, count, sizeof *slot[i]);
}

static void forget(cr_reference *reference) {
  const size_t size = reference->parameter_count * sizeof *reference->parameters;
  for (size_t i = 0; i < reference->slots; ++i) memset(reference->slot[i], 0, size);
  memset(reference->scalars, 0, sizeof reference->scalars);
}

cr_status cr_reference_prepare(cr_reference *reference, const cr_optimizer *optimizer) {
  if (optimizer->slots > reference->slots) {
    const size_t count = reference->parameter_count;
    cr_arena measured;
    cr_arena_destroy(&reference->state);
    reference->slots = 0;
    cr_arena_measure(&measured);
    slots_layout(reference->slot, optimizer->slots, count, &measured);
    CR_TRY(cr_arena_create(&measured, &reference->state));
    slots_layout(reference->slot, optimizer->slots, count, &reference->state);
    reference->slots = optimizer->slots;
  }
  forget(reference);
  return CR_OK;
}

void cr_reference_step(cr_reference *reference, const cr_optimizer *optimizer,
                       const cr_hyper *hyper, uint64_t t) {
  assert(optimizer->slots <= reference->slots);
  const cr_step step = {.hyper = hyper,
                        .count = reference->parameter_count,
                        .weights = reference->weight_count,
                        .t = t,
                        .cost = reference->cost,
                        .scalars = reference->scalars};
  optimizer->step_ref(reference->parameters, reference->slot, reference->gradient,
                      &step); /* (eq U1, O1, O2, O3) */
}

void cr_reference_restart(cr_reference *reference, const double *parameters) {
  memcpy(reference->parameters, parameters, reference->parameter_count * sizeof *parameters);
  forget(reference);
}

static double cost_at(cr_reference *reference, const double *x, const double *y, size_t i,
                      double value) {
  const double before = reference->parameters[i];
  reference->parameters[i] = value;
  cr_reference_forward(reference, x);
  const double cost = cr_reference_cost(reference, y);
  reference->parameters[i] = before;
  return cost;
}

void cr_reference_nudge(cr_reference *reference, const double *x, const double *y, double step,
                        double *out) {
  for (size_t i = 0; i < reference->parameter_count; ++i) {
    const double p = reference->parameters[i];
    const double above = cost_at(reference, x, y, i, p + step);
    const double below = cost_at(reference, x, y, i, p - step);
    out[i] = (above - below) / (2.0 * step); /* (eq D1) */
  }
  cr_reference_forward(reference, x);
}
