#include "explain/factors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "explain/math.h"

/* Under this a slope lets hardly anything through. */
static const double SATURATED = 0.01;

typedef struct writer {
  const cr_script *script;
  cr_place place;
  size_t row;
} writer;

cr_symbol cr_unit_name(const cr_trace *trace, size_t layer, size_t unit) {
  cr_symbol out;
  const size_t layers = trace->net->spec.count;
  if (layer + 1 == layers)
    snprintf(out.s, sizeof out.s, "output %zu", unit + 1);
  else if (layers > 2)
    snprintf(out.s, sizeof out.s, "unit %zu of layer %zu", unit + 1, layer + 1);
  else
    snprintf(out.s, sizeof out.s, "hidden unit %zu", unit + 1);
  return out;
}

/* What feeds input `input` of a layer. */
cr_symbol cr_input_name(const cr_trace *trace, size_t layer, size_t input) {
  cr_symbol out;
  if (layer > 0) return cr_unit_name(trace, layer - 1, input);
  snprintf(out.s, sizeof out.s, "input %zu", input + 1);
  return out;
}

cr_symbol cr_place_name(const cr_script *script, cr_place place) {
  cr_symbol out;
  const size_t input = place.input + 1, unit = place.unit + 1, layer = place.layer + 1;
  if (place.bias && script->layout != CR_LAYOUT_BIAS_INPUT)
    snprintf(out.s, sizeof out.s, "b_%zu[%zu]", layer, unit);
  else if (place.bias)
    snprintf(out.s, sizeof out.s, "W_%zu[%zu,%zu]", layer,
             cr_trace_inputs(script->trace, place.layer) + 1, unit);
  else if (script->layout == CR_LAYOUT_COLUMNS)
    snprintf(out.s, sizeof out.s, "W_%zu[%zu,%zu]", layer, unit, input);
  else
    snprintf(out.s, sizeof out.s, "W_%zu[%zu,%zu]", layer, input, unit);
  return out;
}

void cr_place_plain(const cr_script *script, cr_place place, char *out, size_t size) {
  const cr_symbol name = cr_place_name(script, place);
  snprintf(out, size, "%c%s", name.s[0], name.s + 2); /* without the sign of the subscript */
}

/* "output 3, virginica, is too high"; of a long name what there is room for, in characters. */
static void add_name(cr_factor *f, const char *what, const char *name, const char *rest) {
  enum { LONGEST_NAME = 80 };
  size_t length = strnlen(name, LONGEST_NAME + 1);
  const bool cut = length > LONGEST_NAME;
  if (cut) length = LONGEST_NAME;
  while (cut && length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80) length--;
  snprintf(f->meaning, sizeof f->meaning, "%s%s%.*s%s%s", what, name[0] ? ", " : "", (int)length,
           name, cut ? "…" : "", rest);
}

static cr_factor *next_factor(cr_factors *list) {
  cr_factor *f = &list->items[list->count < CR_FACTORS_MOST ? list->count : CR_FACTORS_MOST - 1];
  list->count++;
  *f = (cr_factor){.value = 0.0};
  return f;
}

/* A derivative with the quantities of one unit in it. */
static cr_status unit_derivative(const char *slope, size_t layer, size_t unit, char out[160]) {
  char *text = NULL;
  char a[32], y[32], z[32];
  snprintf(a, sizeof a, "a_%zu[%zu]", layer + 1, unit + 1);
  snprintf(y, sizeof y, "y[%zu]", unit + 1);
  snprintf(z, sizeof z, "z_%zu[%zu]", layer + 1, unit + 1);
  CR_TRY(cr_math_substitute(slope, a, y, z, &text));
  snprintf(out, 160, "%s", text);
  cr_free(text);
  return CR_OK;
}

/* Where it begins: how the loss moves with the output, or with its z where they are one. */
static cr_status add_loss_factor(const writer *w, size_t unit, cr_factors *list) {
  const cr_trace *t = w->script->trace;
  const size_t last = t->net->spec.count - 1, units = cr_trace_outputs(t, last);
  const bool fused = t->target.fused;
  cr_factor *f = next_factor(list);
  const double *d = fused ? t->at->dz[last] : t->at->da[last];
  f->value = d[w->row * units + unit] / cr_trace_share(t);
  snprintf(f->above, sizeof f->above, "L");
  snprintf(f->below, sizeof f->below, "%c_%zu[%zu]", fused ? 'z' : 'a', last + 1, unit + 1);
  CR_TRY(unit_derivative(cr_loss_written(t).slope, last, unit, f->formula));
  const char *word = f->value > 0.0   ? "is too high: more of it, more loss"
                     : f->value < 0.0 ? "is too low: more of it, less loss"
                                      : "does not move the loss here";
  const cr_strlist *labels = &t->names.labels;
  const bool single = units == 1 && labels->count == 2; /* it stands for the second */
  const bool named = labels->count == units || single;
  char what[48], rest[64];
  snprintf(what, sizeof what, "output %zu", unit + 1);
  snprintf(rest, sizeof rest, "%s%s", named ? ", " : " ", word);
  add_name(f, what, named ? labels->items[unit + single] : "", rest);
  return CR_OK;
}

static cr_status add_slope_factor(const writer *w, size_t layer, size_t from, size_t via,
                                  double value, cr_factors *list) {
  const cr_part *part = &w->script->trace->net->spec.layers[layer].activation->part;
  const cr_symbol name = cr_unit_name(w->script->trace, layer, from);
  cr_factor *f = next_factor(list);
  f->value = value;
  snprintf(f->above, sizeof f->above, "a_%zu[%zu]", layer + 1, via + 1);
  snprintf(f->below, sizeof f->below, "z_%zu[%zu]", layer + 1, from + 1);
  CR_TRY(unit_derivative(cr_right_side(part->derivative), layer, from, f->formula));
  const double size = fabs(value);
  char times[32];
  snprintf(times, sizeof times, "%.3g", value);
  cr_put_point(times);
  if (size == 0.0)
    snprintf(f->meaning, sizeof f->meaning, "%.48s is off: no change passes", name.s);
  else if (size < SATURATED)
    snprintf(f->meaning, sizeof f->meaning, "%.48s is saturated: hardly any change passes", name.s);
  else
    snprintf(f->meaning, sizeof f->meaning, "%.48s passes on %s times a change%s", name.s, times,
             from == via ? "" : " to another output");
  return CR_OK;
}

static void add_weight_factor(const writer *w, size_t layer, size_t input, size_t unit,
                              cr_factors *list) {
  const cr_trace *t = w->script->trace;
  cr_factor *f = next_factor(list);
  f->value =
      t->at->parameters[t->at->views[layer].weight + input * cr_trace_outputs(t, layer) + unit];
  snprintf(f->above, sizeof f->above, "z_%zu[%zu]", layer + 1, unit + 1);
  snprintf(f->below, sizeof f->below, "a_%zu[%zu]", layer, input + 1);
  const cr_place place = {.layer = layer, .input = input, .unit = unit};
  snprintf(f->formula, sizeof f->formula, "%s", cr_place_name(w->script, place).s);
  snprintf(f->meaning, sizeof f->meaning, "the weight from %.40s to %.40s",
           cr_input_name(w->script->trace, layer, input).s,
           cr_unit_name(w->script->trace, layer, unit).s);
}

/* The value of an input. */
static void describe_input(const cr_trace *t, size_t input, cr_factor *f) {
  char what[48];
  snprintf(what, sizeof what, "the value of input %zu", input + 1);
  add_name(f, what, input < t->names.inputs.count ? t->names.inputs.items[input] : "", "");
}

/* Where it ends: what goes into the parameter itself. */
static void add_last_factor(const writer *w, cr_factors *list) {
  const cr_place place = w->place;
  cr_factor *f = next_factor(list);
  f->value = cr_chain_below(w->script->trace, place, w->row);
  snprintf(f->above, sizeof f->above, "z_%zu[%zu]", place.layer + 1, place.unit + 1);
  snprintf(f->below, sizeof f->below, "%.40s", cr_place_name(w->script, place).s);
  if (place.bias) {
    snprintf(f->formula, sizeof f->formula, "1");
    snprintf(f->meaning, sizeof f->meaning, "a bias adds in full");
  } else if (place.layer > 0) {
    snprintf(f->formula, sizeof f->formula, "a_%zu[%zu]", place.layer, place.input + 1);
    snprintf(f->meaning, sizeof f->meaning, "the output of %s",
             cr_input_name(w->script->trace, place.layer, place.input).s);
  } else {
    snprintf(f->formula, sizeof f->formula, "x[%zu]", place.input + 1);
    describe_input(w->script->trace, place.input, f);
  }
}

/* da_i/dz_j on this path. */
static cr_status slope_on(const writer *w, size_t layer, size_t from, size_t via, double *out) {
  void *scratch = NULL;
  CR_TRY(cr_alloc(2 * cr_trace_outputs(w->script->trace, layer), sizeof(double), &scratch));
  *out = cr_trace_slope(w->script->trace, layer, w->row, from, via, scratch);
  cr_free(scratch);
  return CR_OK;
}

size_t cr_factors_count(const cr_trace *trace, cr_place place) {
  const size_t layers = trace->net->spec.count - place.layer;
  return 2 * layers + 1 - trace->target.fused; /* loss; slope and weight of each, or x */
}

cr_status cr_factors_list(const cr_script *script, cr_place place, size_t row, const cr_path *path,
                          cr_factors *out) {
  const writer *w = &(writer){script, place, row};
  const cr_trace *t = w->script->trace;
  const size_t first = w->place.layer, last = t->net->spec.count - 1;
  out->count = 0;
  CR_TRY(add_loss_factor(w, path->via[last - first], out));
  for (size_t l = last + 1; l-- > first;) {
    const size_t from = path->from[l - first], via = path->via[l - first];
    if (l < last || !t->target.fused) {
      double value = 0.0;
      CR_TRY(slope_on(w, l, from, via, &value));
      CR_TRY(add_slope_factor(w, l, from, via, value, out));
    }
    if (l > first) add_weight_factor(w, l, path->via[l - 1 - first], from, out);
  }
  add_last_factor(w, out);
  return CR_OK;
}
