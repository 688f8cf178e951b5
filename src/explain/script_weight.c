/* The chain of factors of one parameter, in words and numbers. */
#include "explain/script_weight.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "explain/factors.h"

/* Rows whose chain is written out, rows that are listed, and factors of one product. */
enum { ROWS_IN_FULL = 3, ROWS_LISTED = 8, FACTORS_IN_EQUATION = 7 };

typedef struct writer {
  cr_script *script;
  const cr_chain *chain;
  size_t row;
} writer;

static const cr_trace *trace_of(const writer *w) {
  return w->script->trace;
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

/* --- one row ---------------------------------------------------------------------------------- */

/* ∂L/∂w = ∂L/∂a · ∂a/∂z · ∂z/∂w = 0.74 · 0.19 · 0.59 = 0.08 */
static void write_chain(const writer *w, const cr_factors *list, double value) {
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

static void write_factors(const writer *w, const cr_factors *list) {
  cr_document *d = &w->script->document;
  cr_document_table(d, "mmrl", "");
  cr_document_cell(d, "factor"), cr_document_cell(d, "is"), cr_document_cell(d, "here");
  cr_document_cell(d, "in words");
  for (size_t i = 0; i < list->count; i++) {
    const cr_factor *f = &list->items[i];
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
    cr_strbuf_format(out, "%s", cr_input_name(trace_of(w), place.layer, place.input).s);
  for (size_t l = place.layer; l < layers; l++) {
    const size_t from = path->from[l - place.layer], via = path->via[l - place.layer];
    cr_strbuf_format(out, " → %s", cr_unit_name(trace_of(w), l, from).s);
    if (via != from) cr_strbuf_format(out, " → its output %zu", via + 1);
  }
}

/* "and 123 more, together 0.01" */
static void say_rest(const writer *w, const cr_paths *paths) {
  const double more = paths->all - (double)paths->count;
  char about[32];
  if (more <= 0.0) return;
  snprintf(about, sizeof about, "%.1e", more);
  cr_put_point(about);
  if (isinf(more))
    cr_document_sentence(&w->script->document, "and more paths than a number holds, together %s",
                         figure(w, paths->rest).s);
  else if (more < 1e15)
    cr_document_sentence(&w->script->document, "and %.0f more path%s, together %s", more,
                         more == 1.0 ? "" : "s", figure(w, paths->rest).s);
  else
    cr_document_sentence(&w->script->document, "and about %s more paths, together %s", about,
                         figure(w, paths->rest).s);
}

/* A row of the table of paths. */
static cr_status write_path(const writer *w, const cr_path *path) {
  cr_document *d = &w->script->document;
  cr_factors list = {.count = 0};
  cr_strbuf name = {0}, product = {0};
  if (cr_factors_count(trace_of(w), w->chain->place) <= FACTORS_IN_EQUATION)
    CR_TRY(cr_factors_list(w->script, w->chain->place, w->row, path, &list));
  add_path_name(w, path, &name);
  for (size_t i = 0; i < list.count; i++) {
    if (i > 0) cr_strbuf_format(&product, " · ");
    add_factor_number(w, list.items[i].value, &product);
  }
  d->failed |= name.failed || product.failed;
  cr_document_cell(d, "%s", d->failed ? "" : name.text);
  cr_document_cell(d, "%s%s%s", product.text ? product.text : "", product.text ? " = " : "",
                   figure(w, path->value).s);
  cr_strbuf_free(&name);
  cr_strbuf_free(&product);
  return CR_OK;
}

/* What the paths add up to, those not listed too. */
static void write_sum(const writer *w, const cr_paths *paths) {
  cr_document *d = &w->script->document;
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "{∂L}/{∂%s} = ", cr_place_name(w->script, w->chain->place).s);
  for (size_t p = 0; p < paths->count; p++) add_term(w, paths->items[p].value, p == 0, &text);
  if ((double)paths->count < paths->all) add_term(w, paths->rest, paths->count == 0, &text);
  cr_strbuf_format(&text, " = %s", figure(w, w->chain->rows[w->row]).s);
  if (text.failed)
    d->failed = true;
  else
    cr_document_equation(d, SIZE_MAX, text.text, NULL, 0);
  cr_strbuf_free(&text);
}

static cr_status write_paths(const writer *w, const cr_paths *paths) {
  cr_document *d = &w->script->document;
  cr_document_table(d, "ll", "the paths from this parameter to the loss, the largest first");
  cr_document_cell(d, "path"), cr_document_cell(d, "the product of its factors");
  for (size_t p = 0; p < paths->count; p++) CR_TRY(write_path(w, &paths->items[p]));
  say_rest(w, paths);
  write_sum(w, paths);
  return cr_document_check(d);
}

/* Names a weight from the same input, or the bias, of the unit that passes most back. */
static void name_living(const writer *w) {
  const cr_trace *t = trace_of(w);
  cr_place place = w->chain->place;
  const size_t units = cr_trace_outputs(t, place.layer);
  const double *dz = t->at->dz[place.layer] + w->row * units;
  char name[64];
  size_t best = 0;
  for (size_t u = 1; u < units; u++)
    if (fabs(dz[u]) > fabs(dz[best])) best = u;
  if (dz[best] == 0.0) return;
  place.unit = best;
  cr_place_plain(w->script, place, name, sizeof name);
  cr_document_sentence(&w->script->document,
                       "Unit %zu of this layer is on for this row: %s learns.", best + 1, name);
}

/* A row whose chain carries nothing has no path to show, but perhaps a place where it ends. */
static void say_nothing(const writer *w) {
  const cr_trace *t = trace_of(w);
  const cr_place place = w->chain->place;
  const size_t l = place.layer, at = w->row * cr_trace_outputs(t, l) + place.unit;
  const bool fused = t->target.fused && l + 1 == t->net->spec.count;
  const bool off =
      !fused && !t->mixes[l] && t->slope[l][at] == 0.0 && cr_chain_below(t, place, w->row) != 0.0;
  const char *why =
      "every path of this row has a factor that is 0, or a product too small for a number";
  if (cr_chain_below(t, place, w->row) == 0.0)
    why = "what goes into it is 0 in this row";
  else if (off)
    why = "its unit is off for this row, and passes nothing back";
  cr_document_sentence(&w->script->document, "The gradient is 0, and nothing is learnt here: %s.",
                       why);
  if (off) name_living(w);
}

/* The largest path, factor by factor, unless the network is too deep for it. */
static cr_status write_largest(const writer *w, const cr_paths *paths) {
  cr_document *d = &w->script->document;
  cr_factors list;
  const size_t count = cr_factors_count(trace_of(w), w->chain->place);
  if (count > CR_FACTORS_MOST) {
    cr_document_sentence(d, "Each path has %zu factors, too many to list.", count);
    return CR_OK;
  }
  if (paths->all > 1.0) cr_document_sentence(d, "The largest of them, factor by factor:");
  CR_TRY(cr_factors_list(w->script, w->chain->place, w->row, &paths->items[0], &list));
  if (count <= FACTORS_IN_EQUATION && paths->all == 1.0)
    write_chain(w, &list, paths->items[0].value);
  write_factors(w, &list);
  return CR_OK;
}

static cr_status write_row(const writer *w, size_t top) {
  const cr_trace *t = trace_of(w);
  cr_paths paths;
  if (t->rows > 1)
    cr_document_sentence(&w->script->document, "Row %zu:", t->row_numbers[w->row] + 1);
  CR_TRY(cr_paths_find(t, w->chain->place, w->row, top, &paths));
  cr_status status = CR_OK;
  if (paths.count == 0) {
    say_nothing(w);
  } else {
    if (paths.all > 1.0) status = write_paths(w, &paths);
    if (status == CR_OK) status = write_largest(w, &paths);
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

/* What a sample is called in the layout. */
static const char *samples_of(const writer *w) {
  return w->script->layout == CR_LAYOUT_COLUMNS ? "samples" : "rows";
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
      cr_document_note(&w->script->document, "%s over the %s%s",
                       t->target.mean ? "the mean" : "the sum", samples_of(w),
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
  const double apart = fabs(c->nudged - c->gradient);
  if (apart > 0.0)
    cr_document_note(d, "the same by nudging it up and down by h = %.0e: they differ by %.0e",
                     c->step, apart);
  else
    cr_document_note(d, "the same by nudging it up and down by h = %.0e", c->step);
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
  const cr_symbol unit = cr_unit_name(trace_of(w), l, c->place.unit),
                  input = cr_input_name(trace_of(w), l, c->place.input);
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
