/* The chain of factors of one parameter, in words and numbers. */
#include "explain/script_weight.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "explain/math.h"

/* Rows whose chain is written out, rows that are listed, and factors of one product. */
enum { ROWS_IN_FULL = 3, ROWS_LISTED = 8, FACTORS_MOST = 24, FACTORS_IN_EQUATION = 7 };

static const double SATURATED = 0.01;

typedef struct writer {
  cr_script *script;
  const cr_chain *chain;
  size_t row;
} writer;

/* One factor of a path. */
typedef struct factor {
  char above[48], below[48]; /* of the fraction ∂above / ∂below, in the notation */
  char formula[160];
  double value;
  char meaning[200];
} factor;

typedef struct factors {
  factor items[FACTORS_MOST];
  size_t count;
} factors;

static const cr_trace *trace_of(const writer *w) {
  return w->script->trace;
}

/* "hidden unit 2", "output 1" */
static cr_symbol unit_name(const writer *w, size_t layer, size_t unit) {
  cr_symbol out;
  const bool last = layer + 1 == trace_of(w)->net->spec.count;
  snprintf(out.s, sizeof out.s, "%s %zu", last ? "output" : "hidden unit", unit + 1);
  return out;
}

/* What feeds input `input` of a layer. */
static cr_symbol input_name(const writer *w, size_t layer, size_t input) {
  cr_symbol out;
  if (layer > 0) return unit_name(w, layer - 1, input);
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

static cr_figure figure(const writer *w, double value) {
  return cr_figure_alone(value, w->script->digits);
}

/* A number as a factor: in brackets if it is below 0. */
static void add_factor_number(const writer *w, double value, cr_strbuf *out) {
  cr_strbuf_format(out, value < 0.0 ? "(%s)" : "%s", figure(w, value).s);
}

/* A number as a term: its sign takes the place of the plus. */
static void add_term(const writer *w, double value, bool first, cr_strbuf *out) {
  const char *sign = first ? (value < 0.0 ? "−" : "") : value < 0.0 ? " − " : " + ";
  cr_strbuf_format(out, "%s%s", sign, figure(w, fabs(value)).s);
}

/* --- factors of a path ------------------------------------------------------------------------ */

static factor *next_factor(factors *list) {
  factor *f = &list->items[list->count < FACTORS_MOST ? list->count : FACTORS_MOST - 1];
  list->count++;
  *f = (factor){.value = 0.0};
  return f;
}

/* The derivative of a part with the quantities of one unit in it. */
static cr_status unit_derivative(const cr_part *part, size_t layer, size_t unit, char out[160]) {
  char *text = NULL;
  char a[32], y[32], z[32];
  snprintf(a, sizeof a, "a_%zu[%zu]", layer + 1, unit + 1);
  snprintf(y, sizeof y, "y[%zu]", unit + 1);
  snprintf(z, sizeof z, "z_%zu[%zu]", layer + 1, unit + 1);
  CR_TRY(cr_math_substitute(cr_right_side(part->derivative), a, y, z, &text));
  snprintf(out, 160, "%s", text);
  cr_free(text);
  return CR_OK;
}

/* Where it begins: how the loss moves with the output, or with its z where they are one. */
static cr_status add_loss_factor(const writer *w, size_t unit, factors *list) {
  const cr_trace *t = trace_of(w);
  const size_t last = t->net->spec.count - 1, units = cr_trace_outputs(t, last);
  const bool fused = t->target.fused;
  factor *f = next_factor(list);
  const double *d = fused ? t->at->dz[last] : t->at->da[last];
  f->value = d[w->row * units + unit] / cr_trace_share(t);
  snprintf(f->above, sizeof f->above, "L");
  snprintf(f->below, sizeof f->below, "%c_%zu[%zu]", fused ? 'z' : 'a', last + 1, unit + 1);
  CR_TRY(unit_derivative(&t->target.loss->part, last, unit, f->formula));
  const char *word = f->value > 0.0   ? "is too high: more of it, more loss"
                     : f->value < 0.0 ? "is too low: more of it, less loss"
                                      : "does not move the loss here";
  snprintf(f->meaning, sizeof f->meaning, "output %zu %s", unit + 1, word);
  return CR_OK;
}

static cr_status add_slope_factor(const writer *w, size_t layer, size_t from, size_t via,
                                  double value, factors *list) {
  const cr_part *part = &trace_of(w)->net->spec.layers[layer].activation->part;
  const cr_symbol name = unit_name(w, layer, from);
  factor *f = next_factor(list);
  f->value = value;
  snprintf(f->above, sizeof f->above, "a_%zu[%zu]", layer + 1, via + 1);
  snprintf(f->below, sizeof f->below, "z_%zu[%zu]", layer + 1, from + 1);
  CR_TRY(unit_derivative(part, layer, from, f->formula));
  const double size = fabs(value);
  if (size == 0.0)
    snprintf(f->meaning, sizeof f->meaning, "%.48s is off: no change passes", name.s);
  else if (size < SATURATED)
    snprintf(f->meaning, sizeof f->meaning, "%.48s is saturated: hardly any change passes", name.s);
  else
    snprintf(f->meaning, sizeof f->meaning, "%.48s passes on %.3g times a change%s", name.s, value,
             from == via ? "" : " to another output");
  return CR_OK;
}

static void add_weight_factor(const writer *w, size_t layer, size_t input, size_t unit,
                              factors *list) {
  const cr_trace *t = trace_of(w);
  factor *f = next_factor(list);
  f->value =
      t->at->parameters[t->at->views[layer].weight + input * cr_trace_outputs(t, layer) + unit];
  snprintf(f->above, sizeof f->above, "z_%zu[%zu]", layer + 1, unit + 1);
  snprintf(f->below, sizeof f->below, "a_%zu[%zu]", layer, input + 1);
  const cr_place place = {.layer = layer, .input = input, .unit = unit};
  snprintf(f->formula, sizeof f->formula, "%s", cr_place_name(w->script, place).s);
  snprintf(f->meaning, sizeof f->meaning, "the weight from %.40s to %.40s",
           input_name(w, layer, input).s, unit_name(w, layer, unit).s);
}

/* Where it ends: what goes into the parameter itself. */
static void add_last_factor(const writer *w, factors *list) {
  const cr_place place = w->chain->place;
  factor *f = next_factor(list);
  f->value = cr_chain_below(trace_of(w), place, w->row);
  snprintf(f->above, sizeof f->above, "z_%zu[%zu]", place.layer + 1, place.unit + 1);
  snprintf(f->below, sizeof f->below, "%.40s", cr_place_name(w->script, place).s);
  if (place.bias) {
    snprintf(f->formula, sizeof f->formula, "1");
    snprintf(f->meaning, sizeof f->meaning, "a bias adds in full");
  } else if (place.layer > 0) {
    snprintf(f->formula, sizeof f->formula, "a_%zu[%zu]", place.layer, place.input + 1);
    snprintf(f->meaning, sizeof f->meaning, "how strongly hidden unit %zu fires", place.input + 1);
  } else {
    snprintf(f->formula, sizeof f->formula, "x[%zu]", place.input + 1);
    snprintf(f->meaning, sizeof f->meaning, "the value of input %zu%s%.80s", place.input + 1,
             trace_of(w)->names.inputs.count > place.input ? ", " : "",
             trace_of(w)->names.inputs.count > place.input
                 ? trace_of(w)->names.inputs.items[place.input]
                 : "");
  }
}

/* da_i/dz_j on this path. */
static cr_status slope_on(const writer *w, size_t layer, size_t from, size_t via, double *out) {
  const cr_trace *t = trace_of(w);
  const size_t units = cr_trace_outputs(t, layer);
  *out = t->slope[layer][w->row * units + from];
  if (!t->mixes[layer]) return CR_OK;
  void *jacobian = NULL;
  CR_TRY(cr_alloc(units * (units + 2), sizeof(double), &jacobian));
  cr_trace_jacobian(t, layer, w->row, jacobian);
  *out = ((double *)jacobian)[from * units + via];
  cr_free(jacobian);
  return CR_OK;
}

/* All factors of a path, from the loss down. */
static cr_status list_factors(const writer *w, const cr_path *path, factors *out) {
  const cr_trace *t = trace_of(w);
  const size_t first = w->chain->place.layer, last = t->net->spec.count - 1;
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

/* --- one row ---------------------------------------------------------------------------------- */

/* ∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w = 0.74 · 0.19 · 0.59 = 0.08 */
static void write_chain(const writer *w, const factors *list, double value) {
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "{∂L}/{∂%s} = ", cr_place_name(w->script, w->chain->place).s);
  for (size_t i = 0; i < list->count; i++)
    cr_strbuf_format(&text, "%s{∂%s}/{∂%s}", i > 0 ? " · " : "", list->items[i].above,
                     list->items[i].below);
  cr_strbuf_format(&text, " = ");
  for (size_t i = 0; i < list->count; i++) {
    if (i > 0) cr_strbuf_format(&text, " · ");
    add_factor_number(w, list->items[i].value, &text);
  }
  cr_strbuf_format(&text, " = %s", figure(w, value).s);
  if (text.failed)
    w->script->document.failed = true;
  else
    cr_document_equation(&w->script->document, SIZE_MAX, text.text, NULL, 0);
  cr_strbuf_free(&text);
}

static void write_factors(const writer *w, const factors *list) {
  cr_document *d = &w->script->document;
  cr_document_table(d, "mmrl", "");
  cr_document_cell(d, "factor"), cr_document_cell(d, "is"), cr_document_cell(d, "here");
  cr_document_cell(d, "in words");
  for (size_t i = 0; i < list->count; i++) {
    const factor *f = &list->items[i];
    cr_document_cell(d, "{∂%s}/{∂%s}", f->above, f->below);
    cr_document_cell(d, "%s", f->formula);
    cr_document_cell(d, "%s", figure(w, f->value).s);
    cr_document_cell(d, "%s", f->meaning);
  }
}

/* "input 1 → hidden unit 2 → output 1" */
static void add_path_name(const writer *w, const cr_path *path, cr_strbuf *out) {
  const cr_place place = w->chain->place;
  const size_t layers = trace_of(w)->net->spec.count;
  if (place.bias)
    cr_strbuf_format(out, "bias");
  else
    cr_strbuf_format(out, "%s", input_name(w, place.layer, place.input).s);
  for (size_t l = place.layer; l < layers; l++) {
    const size_t from = path->from[l - place.layer], via = path->via[l - place.layer];
    cr_strbuf_format(out, " → %s", unit_name(w, l, from).s);
    if (via != from) cr_strbuf_format(out, " → its output %zu", via + 1);
  }
}

/* "and 123 more, together 0.01" */
static void say_rest(const writer *w, const cr_paths *paths) {
  const double more = paths->all - (double)paths->count;
  if (more <= 0.0) return;
  if (more < 1e15)
    cr_document_sentence(&w->script->document, "and %.0f more path%s, together %s", more,
                         more == 1.0 ? "" : "s", figure(w, paths->rest).s);
  else
    cr_document_sentence(&w->script->document, "and about %.1e more paths, together %s", more,
                         figure(w, paths->rest).s);
}

static cr_status write_paths(const writer *w, const cr_paths *paths) {
  cr_document *d = &w->script->document;
  cr_strbuf sum = {0};
  cr_document_table(d, "ll", "the paths from this parameter to the loss, the largest first");
  cr_document_cell(d, "path"), cr_document_cell(d, "the product of its factors");
  for (size_t p = 0; p < paths->count; p++) {
    cr_strbuf name = {0}, product = {0};
    factors list;
    add_path_name(w, &paths->items[p], &name);
    const cr_status status = list_factors(w, &paths->items[p], &list);
    if (status != CR_OK) return cr_strbuf_free(&name), status;
    for (size_t i = 0; i < list.count && list.count <= FACTORS_IN_EQUATION; i++) {
      if (i > 0) cr_strbuf_format(&product, " · ");
      add_factor_number(w, list.items[i].value, &product);
    }
    cr_document_cell(d, "%s", name.failed ? "" : name.text);
    cr_document_cell(d, "%s%s%s", product.text ? product.text : "", product.text ? " = " : "",
                     figure(w, paths->items[p].value).s);
    cr_strbuf_free(&name);
    cr_strbuf_free(&product);
    add_term(w, paths->items[p].value, p == 0, &sum);
  }
  say_rest(w, paths);
  if ((double)paths->count < paths->all) add_term(w, paths->rest, paths->count == 0, &sum);
  if (sum.failed || !sum.text) return cr_document_check(d);
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "{∂L}/{∂%s} = %s = %s", cr_place_name(w->script, w->chain->place).s,
                   sum.text, figure(w, w->chain->rows[w->row]).s);
  if (!text.failed) cr_document_equation(d, SIZE_MAX, text.text, NULL, 0);
  d->failed |= text.failed;
  cr_strbuf_free(&text);
  cr_strbuf_free(&sum);
  return cr_document_check(d);
}

/* A row whose chain carries nothing has no path to show. */
static void say_nothing(const writer *w) {
  cr_document_sentence(&w->script->document,
                       "Every path of this row has a factor that is 0: the gradient is 0, and "
                       "nothing is learnt here.");
}

static cr_status write_row(const writer *w, size_t top) {
  const cr_trace *t = trace_of(w);
  cr_paths paths;
  factors list;
  if (t->rows > 1)
    cr_document_sentence(&w->script->document, "Row %zu:", t->row_numbers[w->row] + 1);
  CR_TRY(cr_paths_find(t, w->chain->place, w->row, top, &paths));
  cr_status status = CR_OK;
  if (paths.count == 0) {
    say_nothing(w);
  } else {
    if (paths.all > 1.0) status = write_paths(w, &paths);
    if (status == CR_OK && paths.all > 1.0)
      cr_document_sentence(&w->script->document, "The largest of them, factor by factor:");
    if (status == CR_OK) status = list_factors(w, &paths.items[0], &list);
    if (status == CR_OK && list.count <= FACTORS_IN_EQUATION && paths.all == 1.0)
      write_chain(w, &list, paths.items[0].value);
    if (status == CR_OK && list.count <= FACTORS_MOST) write_factors(w, &list);
  }
  cr_paths_free(&paths);
  return status;
}

/* --- all rows --------------------------------------------------------------------------------- */

static void write_row_table(const writer *w) {
  const cr_trace *t = trace_of(w);
  cr_document *d = &w->script->document;
  double rest = 0.0;
  cr_document_table(d, "rr", "the gradient of each row");
  cr_document_cell(d, "row"), cr_document_cell(d, "∂L of the row");
  for (size_t r = 0; r < t->rows; r++) {
    if (r >= ROWS_LISTED) {
      rest += w->chain->rows[r];
      continue;
    }
    cr_document_cell(d, "%zu", t->row_numbers[r] + 1);
    cr_document_cell(d, "%s", figure(w, w->chain->rows[r]).s);
  }
  if (t->rows > ROWS_LISTED)
    cr_document_sentence(d, "and %zu more rows, together %s", t->rows - ROWS_LISTED,
                         figure(w, rest).s);
}

/* The cost with its penalties has a name of its own. */
static const char *cost_name(const cr_trace *t) {
  return t->target.l1 > 0.0 || t->target.l2 > 0.0 ? "J" : "L";
}

/* The mean or sum over the rows, and what the penalties add. */
static void write_total(const writer *w) {
  const cr_trace *t = trace_of(w);
  const cr_chain *c = w->chain;
  const bool penal = !c->place.bias && (t->target.l1 > 0.0 || t->target.l2 > 0.0);
  cr_strbuf text = {0};
  if (t->rows == 1 && !penal) return;
  cr_strbuf_format(&text, "{∂%s}/{∂%s} = ", cost_name(t), cr_place_name(w->script, c->place).s);
  if (t->target.mean && t->rows > 1) cr_strbuf_format(&text, "{1}/{%zu} (", t->rows);
  for (size_t r = 0; r < t->rows && t->rows <= ROWS_LISTED; r++)
    add_term(w, c->rows[r], r == 0, &text);
  if (t->rows > ROWS_LISTED) cr_strbuf_format(&text, "Σ_r ∂L_r");
  if (t->target.mean && t->rows > 1) cr_strbuf_format(&text, ")");
  if (penal) add_term(w, c->penalty, false, &text);
  cr_strbuf_format(&text, " = %s", figure(w, c->gradient).s);
  if (!text.failed) {
    cr_document_equation(&w->script->document, SIZE_MAX, text.text, NULL, 0);
    if (t->rows > 1)
      cr_document_note(&w->script->document, "%s over the rows%s",
                       t->target.mean ? "the mean" : "the sum",
                       penal ? ", and what the penalty adds" : "");
    else
      cr_document_note(&w->script->document, "with what the penalty adds");
  }
  w->script->document.failed |= text.failed;
  cr_strbuf_free(&text);
}

static void write_nudge(const writer *w) {
  const cr_chain *c = w->chain;
  cr_document *d = &w->script->document;
  char text[200];
  const char *cost = cost_name(trace_of(w));
  snprintf(text, sizeof text, "{%s(w + h) − %s(w − h)}/{2 h} = %s", cost, cost,
           figure(w, c->nudged).s);
  cr_document_equation(d, SIZE_MAX, text, NULL, 0);
  cr_document_note(d, "the same by nudging it up and down by h = 0.00001: they differ by %.0e",
                   fabs(c->nudged - c->gradient));
  if (c->kinks > 0)
    cr_document_sentence(
        d,
        "%zu kink%s between the two nudges, where no slope is right for both: there the "
        "nudged number may differ.",
        c->kinks, c->kinks == 1 ? " lies" : "s lie");
  if (c->loss_kink)
    cr_document_sentence(d, "The loss has a kink close by: the nudged number straddles it.");
}

static void write_updated(const writer *w) {
  const cr_chain *c = w->chain;
  const cr_trace *t = trace_of(w);
  cr_document *d = &w->script->document;
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "%s ← %s − %s · ", cr_place_name(w->script, c->place).s,
                   figure(w, c->value).s, figure(w, t->learning_rate).s);
  add_factor_number(w, c->gradient, &text);
  cr_strbuf_format(&text, " = %s", figure(w, c->updated).s);
  if (text.failed) {
    d->failed = true;
  } else {
    cr_document_equation(d, SIZE_MAX, text.text, NULL, 0);
    if (c->gradient > 0.0)
      cr_document_note(d, "down: the gradient is above 0, more of it means more loss");
    else if (c->gradient < 0.0)
      cr_document_note(d, "up: the gradient is below 0, more of it means less loss");
    else
      cr_document_note(d, "unchanged: the gradient is 0");
  }
  cr_strbuf_free(&text);
}

/* "W2[1,1] = 0.4 carries hidden unit 1 (0.593270) into output 1 (0.751365, wanted 0.01)." */
static void say_role(const writer *w) {
  const cr_trace *t = trace_of(w);
  const cr_chain *c = w->chain;
  const size_t l = c->place.layer, units = cr_trace_outputs(t, l);
  char name[64], from[120] = "", into[120];
  const cr_symbol unit = unit_name(w, l, c->place.unit), input = input_name(w, l, c->place.input);
  cr_place_plain(w->script, c->place, name, sizeof name);
  snprintf(into, sizeof into, "%.48s", unit.s);
  if (t->rows == 1) {
    const double a = t->at->a[l][c->place.unit];
    snprintf(from, sizeof from, " (%.40s)", figure(w, cr_chain_below(t, c->place, 0)).s);
    if (l + 1 == t->net->spec.count)
      snprintf(into, sizeof into, "%.48s (%.24s, wanted %.24s)", unit.s, figure(w, a).s,
               figure(w, t->y[c->place.unit % units]).s);
    else
      snprintf(into, sizeof into, "%.48s (%.24s)", unit.s, figure(w, a).s);
  }
  if (c->place.bias)
    cr_document_sentence(&w->script->document, "%s = %s is the bias of %s.", name,
                         figure(w, c->value).s, into);
  else
    cr_document_sentence(&w->script->document, "%s = %s carries %.48s%s into %s.", name,
                         figure(w, c->value).s, input.s, from, into);
}

/* The row with the largest share, where they are too many for all. */
static size_t largest_row(const writer *w) {
  size_t best = 0;
  for (size_t r = 1; r < trace_of(w)->rows; r++) {
    if (fabs(w->chain->rows[r]) > fabs(w->chain->rows[best])) best = r;
  }
  return best;
}

cr_status cr_script_weight(cr_script *script, const cr_chain *chain, size_t top) {
  const cr_trace *t = script->trace;
  writer w = {.script = script, .chain = chain};
  char name[64], heading[96];
  cr_place_plain(script, chain->place, name, sizeof name);
  snprintf(heading, sizeof heading, "The chain rule for %s", name);
  cr_document_section(&script->document, "weight", heading);
  say_role(&w);
  if (t->rows <= ROWS_IN_FULL) {
    for (w.row = 0; w.row < t->rows; w.row++) CR_TRY(write_row(&w, top));
  } else {
    write_row_table(&w);
    w.row = largest_row(&w);
    cr_document_sentence(&script->document, "The row with the largest share:");
    CR_TRY(write_row(&w, top));
  }
  write_total(&w);
  write_nudge(&w);
  write_updated(&w);
  return cr_document_check(&script->document);
}
