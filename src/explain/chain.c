#include "explain/chain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"

/* (eq D1) Of costs near 1 about 1e-10 of truncation and 1e-11 of rounding: as small as it gets. */
static const double STEP = 1e-5;

/* Beside a parameter above this the step would be lost in rounding, and grows with it. */
static const double LARGE = 100.0;

/* Past this the two numbers of a gradient do not agree, measured against the larger of it and 1. */
static const double APART = 1e-7;

double cr_chain_below(const cr_trace *trace, cr_place place, size_t row) {
  if (place.bias) return 1.0;
  return cr_trace_below(trace,
                        place.layer)[row * cr_trace_inputs(trace, place.layer) + place.input];
}

static size_t offset_of(const cr_trace *t, cr_place place) {
  const cr_view *view = &t->at->views[place.layer];
  if (place.bias) return view->bias + place.unit;
  return view->weight + place.input * cr_trace_outputs(t, place.layer) + place.unit;
}

/* --- names ------------------------------------------------------------------------------------ */

static cr_status fail_name(const cr_trace *t, const char *name, cr_place_order order,
                           bool bias_input) {
  char known[160];
  size_t used = 0;
  for (size_t l = 0; l < t->net->spec.count; l++) {
    const size_t in = cr_trace_inputs(t, l) + bias_input, out = cr_trace_outputs(t, l);
    const bool turned = order == CR_PLACE_UNIT_INPUT;
    const int more =
        snprintf(known + used, sizeof known - used, "%sW%zu[1,1] to W%zu[%zu,%zu]",
                 l > 0 ? ", " : "", l + 1, l + 1, turned ? out : in, turned ? in : out);
    if (more < 0 || (size_t)more >= sizeof known - used) {
      known[used] = '\0';
      break;
    }
    used += (size_t)more;
  }
  cr_fail(CR_ERR_ARGUMENT, "no weight '%.64s': there are %s%s", name, known,
          bias_input ? "" : ", and the biases b1[1], …");
  return cr_fix("--weight 'W1[1,1]'");
}

/* A number from 1 at *at, which moves past it. */
static bool take_count(const char **at, size_t *out) {
  uint64_t value = 0;
  const size_t length = strspn(*at, "0123456789");
  if (!cr_parse_integer(*at, length, &value) || value == 0 || value > SIZE_MAX) return false;
  *out = (size_t)value;
  *at += length;
  return true;
}

static bool take(const char **at, char wanted) {
  if (**at != wanted) return false;
  ++*at;
  return true;
}

/* Its letter, layer and one or two indices. */
static bool read_name(const char *name, bool *bias, size_t *layer, size_t index[2]) {
  const char *at = name + 1;
  *bias = name[0] == 'b';
  index[1] = 1;
  if (name[0] != 'W' && !*bias) return false;
  if (!take_count(&at, layer) || !take(&at, '[') || !take_count(&at, &index[0])) return false;
  if (!*bias && (!take(&at, ',') || !take_count(&at, &index[1]))) return false;
  return take(&at, ']') && *at == '\0';
}

cr_status cr_place_find(const cr_trace *trace, const char *name, cr_place_order order,
                        bool bias_input, cr_place *out) {
  size_t layer = 0, index[2] = {0, 0};
  bool bias = false;
  if (!read_name(name, &bias, &layer, index) || layer > trace->net->spec.count)
    return fail_name(trace, name, order, bias_input);
  const bool turned = order == CR_PLACE_UNIT_INPUT;
  const size_t in = cr_trace_inputs(trace, layer - 1), units = cr_trace_outputs(trace, layer - 1);
  const size_t unit = bias ? index[0] : turned ? index[0] : index[1];
  const size_t input = bias ? 1 : turned ? index[1] : index[0];
  if (unit > units || input > in + (bias_input && !bias))
    return fail_name(trace, name, order, bias_input);
  *out = (cr_place){.layer = layer - 1, .input = input - 1, .unit = unit - 1, .bias = bias};
  if (input == in + 1) *out = (cr_place){.layer = layer - 1, .unit = unit - 1, .bias = true};
  return CR_OK;
}

/* --- the gradient ----------------------------------------------------------------------------- */

static double cost_at(const cr_trace *t, size_t offset, double value) {
  t->probe->parameters[offset] = value;
  cr_reference_forward(t->probe, t->x);
  return cr_reference_cost(t->probe, t->y);
}

/* Which side of 0 each z of a layer with a kink is on, as 0 and 1; the others 0. */
static void note_sides(const cr_trace *t, bool *out) {
  for (size_t l = 0; l < t->net->spec.count; l++) {
    const size_t count = t->rows * cr_trace_outputs(t, l);
    const bool kink = t->net->spec.layers[l].activation->kink;
    for (size_t i = 0; i < count; i++) *out++ = kink && t->probe->z[l][i] > 0.0;
  }
}

static size_t count_places(const cr_trace *t) {
  size_t count = 0;
  for (size_t l = 0; l < t->net->spec.count; l++) count += t->rows * cr_trace_outputs(t, l);
  return count;
}

/* (eq D1) the same number without the chain rule */
static cr_status nudge(const cr_trace *t, cr_chain *c) {
  const size_t offset = offset_of(t, c->place), places = count_places(t);
  void *block = NULL;
  CR_TRY(cr_alloc(2 * places, sizeof(bool), &block));
  bool *above_sides = block, *below_sides = above_sides + places;
  c->step = STEP * fmax(1.0, fabs(c->value) / LARGE);
  cr_reference_restart(t->probe, t->at->parameters);
  const double above = cost_at(t, offset, c->value + c->step);
  note_sides(t, above_sides);
  const double below = cost_at(t, offset, c->value - c->step);
  note_sides(t, below_sides);
  c->nudged = (above - below) / (2.0 * c->step);
  for (size_t i = 0; i < places; i++) c->kinks += above_sides[i] != below_sides[i];
  if (!c->place.bias && t->target.l1 > 0.0 && fabs(c->value) < c->step) c->kinks++;
  const double apart = fabs(c->nudged - c->gradient);
  c->loss_kink = t->target.loss->kink && !(apart <= APART * fmax(1.0, fabs(c->gradient)));
  cr_free(block);
  return CR_OK;
}

cr_status cr_chain_create(const cr_trace *trace, cr_place place, cr_chain *out) {
  const size_t out_width = cr_trace_outputs(trace, place.layer);
  const double n = (double)trace->rows, share = cr_trace_share(trace);
  void *block = NULL;
  *out = (cr_chain){.place = place, .value = trace->at->parameters[offset_of(trace, place)]};
  CR_TRY(cr_alloc(trace->rows, sizeof(double), &block));
  out->rows = block;
  for (size_t r = 0; r < trace->rows; r++) {
    const double dz = trace->at->dz[place.layer][r * out_width + place.unit];
    out->rows[r] = cr_chain_below(trace, place, r) * dz / share;
  }
  out->gradient = trace->at->gradient[offset_of(trace, place)];
  if (!place.bias) {
    const double w = out->value, sign = (w > 0.0) - (w < 0.0);
    out->penalty = trace->target.l2 / n * w + trace->target.l1 / (2.0 * n) * sign; /* (eq R1, R2) */
  }
  out->data = place.bias ? out->gradient : trace->data[offset_of(trace, place)];
  out->updated = trace->after[offset_of(trace, place)];
  const cr_status status = nudge(trace, out);
  if (status != CR_OK) cr_chain_free(out);
  return status;
}

void cr_chain_free(cr_chain *chain) {
  cr_free(chain->rows);
  chain->rows = NULL;
}
