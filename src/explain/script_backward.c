/* The way back, and the step. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "explain/script.h"

/* Past this two numbers are not the same one, rounded. */
static const double ROUNDING = 1e-12;

/* Do the entries of the slope say anything, or is it 1 everywhere? */
static bool is_flat(const double *slope, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (slope[i] != 1.0) return false;
  }
  return true;
}

/* In brackets, unless it is a single product. */
static void add_factor(cr_strbuf *out, const char *formula) {
  size_t depth = 0;
  bool sum = false;
  for (const char *at = formula; *at != '\0'; at++) {
    if (*at == '(' || *at == '[') depth++;
    if ((*at == ')' || *at == ']') && depth > 0) depth--;
    if (depth == 0 && *at == ' ' &&
        (at[1] == '+' || strncmp(at + 1, "−", 3) == 0 || strncmp(at + 1, "if ", 3) == 0))
      sum = true;
  }
  cr_strbuf_format(out, sum ? "(%s)" : "%s", formula);
}

/* A formula that begins with the 1/n of a mean, where there is one. */
static cr_status add_mean(cr_script *script, cr_strbuf *out) {
  const cr_trace *t = script->trace;
  char *text = NULL;
  CR_TRY(cr_formula_of(script, cr_loss_written(t).slope, t->net->spec.count - 1, &text));
  if (t->target.mean && t->rows > 1) {
    cr_strbuf_format(out, "{1}/{%zu} · ", t->rows);
    add_factor(out, text);
  } else {
    cr_strbuf_format(out, "%s", text);
  }
  cr_free(text);
  return CR_OK;
}

/* Writes a line whose formula is in a buffer, and frees it. */
static cr_status finish_line(cr_script *script, cr_line *line, cr_strbuf *formula) {
  if (formula->failed) {
    script->document.failed = true;
  } else {
    line->formula = formula->text;
    cr_script_line(script, line);
  }
  cr_strbuf_free(formula);
  return cr_document_check(&script->document);
}

/* Is what a loss and its activation pass back together their difference, in each row? */
static bool is_difference(const cr_trace *t) {
  const size_t last = t->net->spec.count - 1, out = cr_trace_outputs(t, last);
  for (size_t i = 0; i < t->rows * out; i++) {
    const double difference = (t->at->a[last][i] - t->y[i]) * cr_trace_share(t);
    if (fabs(t->at->dz[last][i] - difference) > ROUNDING * fmax(1.0, fabs(difference)))
      return false;
  }
  return true;
}

/* (eq B1) where it begins: the derivative of the loss in the outputs, or in z where it is fused */
static cr_status write_output(cr_script *script) {
  const cr_trace *t = script->trace;
  const size_t last = t->net->spec.count - 1, out = cr_trace_outputs(t, last);
  const cr_loss *loss = t->target.loss;
  const cr_symbol da = cr_symbol_of(script, "d", 'A', last),
                  dz = cr_symbol_of(script, "d", 'Z', last);
  const bool fused = t->target.fused;
  const double *values = fused ? t->at->dz[last] : t->at->da[last];
  const cr_shown result = cr_show_samples(script, values, out);
  cr_strbuf formula = {0};
  CR_TRY(add_mean(script, &formula));
  cr_line line = {.section = "backward",
                  .name = fused ? "dZ" : "dA",
                  .layer = last,
                  .symbol = fused ? dz.s : da.s,
                  .relation = "=",
                  .matrices = &result,
                  .matrix_count = 1,
                  .values = values,
                  .rows = t->rows,
                  .cols = out};
  CR_TRY(finish_line(script, &line, &formula));
  cr_document_shapes(&script->document, "%s", cr_shape_of(script, t->rows, out).s);
  if (fused)
    cr_script_note(script, "%s and %s together: their derivatives cancel to this difference%s",
                   t->net->spec.layers[last].activation->part.name, loss->part.name,
                   is_difference(t) ? ""
                                    : "; targets of a row that do not add up to 1: each output "
                                      "counts as often as their sum");
  return cr_document_check(&script->document);
}

/* (eq B2) back through an activation */
static cr_status write_dz(cr_script *script, size_t l) {
  const cr_trace *t = script->trace;
  const cr_activation *activation = t->net->spec.layers[l].activation;
  const size_t out = cr_trace_outputs(t, l);
  const cr_symbol da = cr_symbol_of(script, "d", 'A', l), dz = cr_symbol_of(script, "d", 'Z', l);
  const cr_shown shown[] = {cr_show_samples(script, t->at->da[l], out),
                            cr_show_samples(script, t->slope[l], out),
                            cr_show_samples(script, t->at->dz[l], out)};
  const bool whole = !t->mixes[l] && !is_flat(t->slope[l], t->rows * out);
  cr_strbuf formula = {0};
  char *derivative = NULL;
  CR_TRY(cr_derivative_of(script, &activation->part, l, &derivative));
  if (!t->mixes[l])
    cr_script_step(script, &(cr_line){.section = "backward",
                                      .name = "slope",
                                      .layer = l,
                                      .symbol = "f'",
                                      .formula = derivative,
                                      .values = t->slope[l],
                                      .rows = t->rows,
                                      .cols = out});
  if (t->mixes[l]) {
    cr_strbuf_format(&formula, "J_%zu^T %s", l + 1, da.s);
  } else {
    cr_strbuf_format(&formula, "%s ⊙ ", da.s);
    add_factor(&formula, derivative);
  }
  cr_free(derivative);
  cr_line line = {.section = "backward",
                  .name = "dZ",
                  .layer = l,
                  .symbol = dz.s,
                  .relation = "=",
                  .between = whole ? "#0 ⊙ #1" : NULL,
                  .matrices = whole ? shown : shown + 2,
                  .matrix_count = whole ? 3 : 1,
                  .values = t->at->dz[l],
                  .rows = t->rows,
                  .cols = out};
  CR_TRY(finish_line(script, &line, &formula));
  cr_document_shapes(&script->document, "%s", cr_shape_of(script, t->rows, out).s);
  if (t->mixes[l])
    cr_script_note(script, "each sample for itself, with all derivatives of its outputs: %s",
                   activation->part.derivative);
  return cr_document_check(&script->document);
}

/* What the penalties add: "{λ}/{n} W_1", in the notation. */
static void add_penalties(const cr_script *script, size_t l, cr_strbuf *out) {
  const cr_target_function *target = &script->trace->target;
  const size_t n = script->trace->rows;
  if (target->l2 > 0.0)
    cr_strbuf_format(out, " + {%s}/{%zu} W_%zu", cr_figure_alone(target->l2, script->digits).s, n,
                     l + 1);
  if (target->l1 > 0.0)
    cr_strbuf_format(out, " + {%s}/{2 · %zu} sign W_%zu",
                     cr_figure_alone(target->l1, script->digits).s, n, l + 1);
}

/* (eq B3) the product, and the sum over samples that it is */
static void add_product(const cr_script *script, size_t l, cr_strbuf *out) {
  const cr_symbol below = cr_symbol_extended(script, l), dz = cr_symbol_of(script, "d", 'Z', l);
  const bool columns = script->layout == CR_LAYOUT_COLUMNS, several = script->trace->rows > 1;
  const char small = l > 0 ? 'a' : 'x';
  if (columns)
    cr_strbuf_format(out, "%s %s^T", dz.s, below.s);
  else
    cr_strbuf_format(out, "%s^T %s", below.s, dz.s);
  add_penalties(script, l, out);
  if (!several) return;
  if (columns)
    cr_strbuf_format(out, " = Σ_r dz_r %c_r^T", small);
  else if (script->layout == CR_LAYOUT_BIAS_INPUT)
    cr_strbuf_format(out, " = Σ_r [%c_r 1]^T dz_r", small);
  else
    cr_strbuf_format(out, " = Σ_r %c_r^T dz_r", small);
  add_penalties(script, l, out);
}

/* Each sample's outer product, where they are few and small; then the total. */
static size_t list_terms(const cr_script *script, size_t l, cr_shown *out, cr_strbuf *text) {
  const cr_trace *t = script->trace;
  const size_t in = cr_trace_inputs(t, l), units = cr_trace_outputs(t, l);
  if (!t->terms[l]) return 0;
  for (size_t r = 0; r < t->rows; r++) {
    out[r] = cr_show_weights(script, l, t->at->gradient);
    out[r].values = t->terms[l] + r * in * units;
    if (out[r].below) out[r].below = t->at->dz[l] + r * units;
    cr_strbuf_format(text, "%s#%zu", r > 0 ? " + " : "", r);
  }
  add_penalties(script, l, text);
  return t->rows;
}

static cr_status write_dw(cr_script *script, size_t l) {
  const cr_trace *t = script->trace;
  const size_t in = cr_trace_inputs(t, l), out = cr_trace_outputs(t, l), n = t->rows;
  const bool extended = script->layout == CR_LAYOUT_BIAS_INPUT;
  char symbol[32];
  cr_shown shown[CR_TRACE_TERMS + 1];
  cr_strbuf formula = {0}, terms = {0};
  snprintf(symbol, sizeof symbol, "dW_%zu", l + 1);
  add_product(script, l, &formula);
  const size_t count = list_terms(script, l, shown, &terms);
  shown[count] = cr_show_weights(script, l, t->at->gradient);
  cr_line line = {.section = "backward",
                  .name = "dW",
                  .layer = l,
                  .symbol = symbol,
                  .relation = "=",
                  .between = terms.text,
                  .matrices = shown,
                  .matrix_count = count + 1,
                  .values = t->at->gradient + t->at->views[l].weight,
                  .rows = in,
                  .cols = out};
  const cr_status status = finish_line(script, &line, &formula);
  if (terms.failed) script->document.failed = true;
  cr_strbuf_free(&terms);
  CR_TRY(status);
  if (script->layout == CR_LAYOUT_COLUMNS)
    cr_document_shapes(&script->document, "%zu×%zu = (%zu×%zu)(%zu×%zu)", out, in, out, n, n, in);
  else
    cr_document_shapes(&script->document, "%zu×%zu = (%zu×%zu)(%zu×%zu)", in + extended, out,
                       in + extended, n, n, out);
  const bool apart = extended && (script->trace->target.l1 > 0.0 || script->trace->target.l2 > 0.0);
  const char *unpenalised = apart ? "the penalty leaves out the last row, the biases" : "";
  if (n > 1)
    cr_script_note(script,
                   "the product adds up the samples: one outer product each, %zu of them%s%s", n,
                   apart ? "; " : "", unpenalised);
  else if (apart)
    cr_script_note(script, "%s", unpenalised);
  return cr_document_check(&script->document);
}

/* (eq B4) */
static void write_db(cr_script *script, size_t l) {
  const cr_trace *t = script->trace;
  const size_t out = cr_trace_outputs(t, l);
  const cr_symbol dz = cr_symbol_of(script, "d", 'Z', l);
  const double *db = t->at->gradient + t->at->views[l].bias;
  const cr_shown result = {
      .values = db, .rows = 1, .cols = out, .transposed = script->layout == CR_LAYOUT_COLUMNS};
  char symbol[32];
  snprintf(symbol, sizeof symbol, "db_%zu", l + 1);
  const cr_line line = {"backward", "db", l,       symbol, t->rows == 1 ? dz.s : "Σ_r dz_r",
                        "=",        NULL, &result, 1,      db,
                        1,          out};
  if (script->layout == CR_LAYOUT_BIAS_INPUT) {
    cr_script_step(script, &line);
    return;
  }
  cr_script_line(script, &line);
  cr_document_shapes(&script->document, "%s", cr_shape_of(script, 1, out).s);
  if (t->rows > 1)
    cr_script_note(script, "the %s sums of dZ%zu: the bias took part in every sample",
                   script->layout == CR_LAYOUT_ROWS ? "column" : "row", l + 1);
}

/* (eq B5) to the layer below */
static void write_da(cr_script *script, size_t l) {
  const cr_trace *t = script->trace;
  const size_t in = cr_trace_inputs(t, l), out = cr_trace_outputs(t, l), n = t->rows;
  const cr_symbol da = cr_symbol_of(script, "d", 'A', l - 1),
                  dz = cr_symbol_of(script, "d", 'Z', l);
  const cr_shown result = cr_show_samples(script, t->at->da[l - 1], in);
  char formula[128];
  const bool columns = script->layout == CR_LAYOUT_COLUMNS;
  if (columns)
    snprintf(formula, sizeof formula, "W_%zu^T %s", l + 1, dz.s);
  else
    snprintf(formula, sizeof formula, "%s W_%zu^T", dz.s, l + 1);
  cr_script_line(script, &(cr_line){"backward", "dA", l - 1, da.s, formula, "=", NULL, &result, 1,
                                    t->at->da[l - 1], n, in});
  if (columns)
    cr_document_shapes(&script->document, "%zu×%zu = (%zu×%zu)ᵀ(%zu×%zu)", in, n, out, in, out, n);
  else
    cr_document_shapes(&script->document, "%zu×%zu = (%zu×%zu)(%zu×%zu)ᵀ", n, in, n, out, in, out);
  if (script->layout == CR_LAYOUT_BIAS_INPUT)
    cr_script_note(script,
                   "uses the old W%zu, without its last row: the input that is always 1 "
                   "passes nothing back",
                   l + 1);
  else
    cr_script_note(script, "uses the old W%zu: nothing is updated before all gradients are known",
                   l + 1);
}

cr_status cr_script_backward(cr_script *script) {
  const cr_trace *t = script->trace;
  cr_document_section(&script->document, "backward", "Backward");
  CR_TRY(write_output(script));
  for (size_t l = t->net->spec.count; l-- > 0;) {
    const bool done = t->target.fused && l + 1 == t->net->spec.count;
    if (!done) CR_TRY(write_dz(script, l));
    CR_TRY(write_dw(script, l));
    write_db(script, l);
    if (l > 0) write_da(script, l);
  }
  return cr_document_check(&script->document);
}

/* --- update (eq U1) --------------------------------------------------------------------------- */

static void write_new(cr_script *script, char letter, size_t l, const char *rate) {
  const cr_trace *t = script->trace;
  const bool weights = letter == 'W';
  const size_t in = weights ? cr_trace_inputs(t, l) : 1, out = cr_trace_outputs(t, l);
  const double *values = t->after + (weights ? t->at->views[l].weight : t->at->views[l].bias);
  const cr_shown bias = {
      .values = values, .rows = 1, .cols = out, .transposed = script->layout == CR_LAYOUT_COLUMNS};
  const cr_shown result = weights ? cr_show_weights(script, l, t->after) : bias;
  char symbol[32], formula[128];
  snprintf(symbol, sizeof symbol, "%c_%zu", letter, l + 1);
  snprintf(formula, sizeof formula, "%s − %s d%s", symbol, rate, symbol);
  const cr_line line = {
      "update", weights ? "new_W" : "new_b", l, symbol, formula, "←", NULL, &result, 1, values, in,
      out};
  if (!weights && script->layout == CR_LAYOUT_BIAS_INPUT) {
    cr_script_step(script, &line);
    return;
  }
  cr_script_line(script, &line);
  cr_document_shapes(&script->document, "%zu×%zu", cr_shown_rows(&result), cr_shown_cols(&result));
}

static void write_after(cr_script *script) {
  const cr_trace *t = script->trace;
  const bool penalised = t->target.l1 > 0.0 || t->target.l2 > 0.0;
  const cr_shown result = {.values = &t->cost_after, .rows = 1, .cols = 1};
  char text[160];
  const char *symbol = penalised ? "J" : "L";
  snprintf(text, sizeof text, "%s = %s → #0", symbol, cr_figure_alone(t->cost, script->digits).s);
  cr_document_equation(&script->document, script->steps.count, text, &result, 1);
  cr_script_step(script, &(cr_line){.section = "update",
                                    .name = "new_cost",
                                    .layer = SIZE_MAX,
                                    .symbol = symbol,
                                    .formula = "",
                                    .values = &t->cost_after,
                                    .rows = 1,
                                    .cols = 1});
  const char *name = penalised ? "cost" : "loss";
  if (t->cost_after > t->cost)
    cr_script_note(script, "the %s after updating every W and b; it went up: the step was too long",
                   name);
  else
    cr_script_note(script, "the %s before, and after updating every W and b", name);
}

cr_status cr_script_update(cr_script *script) {
  const cr_trace *t = script->trace;
  const cr_figure rate = cr_figure_alone(t->learning_rate, script->digits);
  cr_document_section(&script->document, "update", "Update");
  if (t->names.trained)
    cr_document_sentence(&script->document,
                         "One step of plain gradient descent with rate %s; the model itself was "
                         "trained with %s.",
                         rate.s, t->names.trained);
  for (size_t l = 0; l < t->net->spec.count; l++) {
    write_new(script, 'W', l, rate.s);
    write_new(script, 'b', l, rate.s);
  }
  write_after(script);
  return cr_document_check(&script->document);
}
