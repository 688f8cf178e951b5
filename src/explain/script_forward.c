/* What is given, the way forward, and the loss. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "explain/script.h"

/* A table of the inputs, and a list of numbers in a formula, are cut after so many. */
enum {
  INPUTS_LISTED = 12,
  NUMBERS_LISTED = 6,
  ROWS_LISTED = 6,
  OUTPUTS_LISTED = 4,
  UNITS_LISTED = 4
};

/* Under this a slope lets hardly anything through: a sigmoid within 1 % of one of its ends. */
static const double SATURATED = 0.01;

/* --- given ------------------------------------------------------------------------------------ */

static void say_layout(cr_script *script) {
  static const char *const sentences[] = {
      [CR_LAYOUT_ROWS] =
          "Layout rows: a sample is a row, W is inputs × units, Z = A W + b; W1[2,3] "
          "leads from input 2 to unit 3.",
      [CR_LAYOUT_COLUMNS] =
          "Layout columns: a sample is a column, W is units × inputs, Z = W A + b; "
          "W1[2,3] leads from input 3 to unit 2.",
      [CR_LAYOUT_BIAS_INPUT] =
          "Layout bias-input: each layer has one more input that is always 1, and its weights, the "
          "last row of W, are the biases; W1[2,3] leads from input 2 to unit 3.",
  };
  cr_document_sentence(&script->document, "%s Counted from 1 here, from 0 in JSON and in C.",
                       sentences[script->layout]);
}

/* "layers 1, 2" that have the activation of layer `first`. */
static void list_layers(const cr_script *script, size_t first, cr_strbuf *out) {
  const cr_spec *spec = &script->trace->net->spec;
  size_t count = 0;
  for (size_t l = first; l < spec->count; l++) {
    if (spec->layers[l].activation != spec->layers[first].activation) continue;
    if (++count <= UNITS_LISTED) cr_strbuf_format(out, "%s%zu", count > 1 ? ", " : "", l + 1);
  }
  if (count > UNITS_LISTED) cr_strbuf_format(out, ", …");
}

/* The formulas in use come first. */
cr_status cr_script_formulas(cr_script *script) {
  const cr_spec *spec = &script->trace->net->spec;
  const cr_part *loss = &script->trace->target.loss->part;
  cr_document *d = &script->document;
  cr_document_section(d, "formulas", "Formulas in use");
  say_layout(script);
  cr_document_table(d, "lmm", "");
  cr_document_cell(d, "part"), cr_document_cell(d, "formula"), cr_document_cell(d, "derivative");
  for (size_t l = 0; l < spec->count; l++) {
    bool seen = false;
    for (size_t k = 0; k < l; k++) seen |= spec->layers[k].activation == spec->layers[l].activation;
    if (seen) continue;
    const cr_part *part = &spec->layers[l].activation->part;
    cr_strbuf layers = {0};
    list_layers(script, l, &layers);
    const bool several = !layers.failed && strchr(layers.text, ',');
    cr_document_cell(d, "%s, layer%s %s", part->name, several ? "s" : "",
                     layers.failed ? "" : layers.text);
    cr_document_cell(d, "%s", part->formula);
    cr_document_cell(d, "%s", part->derivative);
    d->failed |= layers.failed;
    cr_strbuf_free(&layers);
  }
  cr_document_cell(d, "%s", loss->name);
  const cr_loss_equation written = cr_loss_written(script->trace);
  cr_document_cell(d, "L = %s", written.formula);
  if (written.note[0] != '\0')
    cr_document_cell(d, "∂/∂a = %s", written.slope);
  else
    cr_document_cell(d, "%s", loss->derivative);
  if (written.note[0] != '\0') cr_document_sentence(d, "In %s: %s.", loss->name, written.note);
  cr_document_sentence(d,
                       "dW stands for the derivative of the cost in W, entry by entry; ⊙ "
                       "multiplies entry by entry.");
  return CR_OK;
}

static void write_inputs(cr_script *script) {
  const cr_trace *t = script->trace;
  const cr_trace_names *names = &t->names;
  cr_document *d = &script->document;
  if (names->inputs.count == 0 || names->raw.count < names->inputs.count) return;
  const size_t count = names->inputs.count;
  cr_document_table(d, "lrr", "");
  cr_document_cell(d, "input"), cr_document_cell(d, "value");
  if (t->rows > 1)
    cr_document_cell(d, "as it goes in, row %zu, the first", t->row_numbers[0] + 1);
  else
    cr_document_cell(d, "as it goes in");
  for (size_t i = 0; i < count && i < INPUTS_LISTED; i++) {
    cr_document_cell(d, "%zu  %s", i + 1, names->inputs.items[i]);
    cr_document_cell(d, "%s", names->raw.items[i]);
    cr_document_cell(d, "%s", cr_figure_alone(t->x[i], script->digits).s);
  }
  if (count > INPUTS_LISTED)
    cr_document_sentence(d, "… and %zu more inputs.", count - INPUTS_LISTED);
}

static void write_rows(cr_script *script) {
  const cr_trace *t = script->trace;
  cr_document *d = &script->document;
  cr_strbuf text = {0};
  const size_t listed = t->names.unnumbered ? 0 : t->rows;
  cr_strbuf_format(&text, "%s", t->names.title);
  if (listed > 0) cr_strbuf_format(&text, t->rows == 1 ? ", row " : ", rows ");
  for (size_t r = 0; r < listed && r < ROWS_LISTED; r++)
    cr_strbuf_format(&text, "%s%zu", r > 0 ? ", " : "", t->row_numbers[r] + 1);
  if (t->rows > ROWS_LISTED) cr_strbuf_format(&text, ", … (%zu rows)", t->rows);
  for (size_t r = 0; r < t->names.wanted.count && r < ROWS_LISTED; r++)
    cr_strbuf_format(&text, "%s%s", r == 0 ? "; wanted: " : ", ", t->names.wanted.items[r]);
  if (t->names.wanted.count > ROWS_LISTED) cr_strbuf_format(&text, ", …");
  if (text.failed)
    d->failed = true;
  else
    cr_document_sentence(d, "%s.", text.text);
  cr_strbuf_free(&text);
}

static void write_given(cr_script *script, const char *name, const char *symbol, size_t layer,
                        cr_shown shown, const double *values) {
  cr_script_line(script, &(cr_line){.section = "given",
                                    .name = name,
                                    .layer = layer,
                                    .symbol = symbol,
                                    .formula = "",
                                    .matrices = &shown,
                                    .matrix_count = 1,
                                    .values = values,
                                    .rows = shown.rows,
                                    .cols = shown.cols});
  cr_document_shapes(&script->document, "%zu×%zu", cr_shown_rows(&shown), cr_shown_cols(&shown));
}

cr_status cr_script_given(cr_script *script) {
  const cr_trace *t = script->trace;
  const size_t layers = t->net->spec.count;
  const bool single = t->rows == 1;
  CR_TRY(cr_script_formulas(script));
  cr_document_section(&script->document, "given", "Given");
  write_rows(script);
  write_inputs(script);
  cr_script_outputs(script);
  write_given(script, "X", single ? "x" : "X", SIZE_MAX,
              cr_show_samples(script, t->x, t->net->spec.inputs), t->x);
  if (t->has_target) {
    write_given(script, "Y", single ? "y" : "Y", SIZE_MAX,
                cr_show_samples(script, t->y, cr_trace_outputs(t, layers - 1)), t->y);
    cr_script_unit(script);
  }
  for (size_t l = 0; l < layers; l++) {
    char symbol[32];
    const double *w = t->at->parameters + t->at->views[l].weight;
    const double *b = t->at->parameters + t->at->views[l].bias;
    snprintf(symbol, sizeof symbol, "W_%zu", l + 1);
    write_given(script, "W", symbol, l, cr_show_weights(script, l, t->at->parameters), w);
    snprintf(symbol, sizeof symbol, "b_%zu", l + 1);
    cr_shown bias = {.values = b,
                     .rows = 1,
                     .cols = cr_trace_outputs(t, l),
                     .transposed = script->layout == CR_LAYOUT_COLUMNS};
    if (script->layout != CR_LAYOUT_BIAS_INPUT) {
      write_given(script, "b", symbol, l, bias, b);
      continue;
    }
    cr_script_note(script, "the last row is b%zu", l + 1);
    cr_script_step(script, &(cr_line){.section = "given",
                                      .name = "b",
                                      .layer = l,
                                      .symbol = symbol,
                                      .formula = "",
                                      .values = b,
                                      .rows = 1,
                                      .cols = bias.cols});
  }
  return cr_document_check(&script->document);
}

/* --- forward ---------------------------------------------------------------------------------- */

static void write_z(cr_script *script, size_t l) {
  const cr_trace *t = script->trace;
  const size_t in = cr_trace_inputs(t, l), out = cr_trace_outputs(t, l), n = t->rows;
  const cr_symbol z = cr_symbol_of(script, "", 'Z', l), below = cr_symbol_extended(script, l);
  const cr_shown result = cr_show_samples(script, t->at->z[l], out);
  char formula[160];
  switch (script->layout) {
    case CR_LAYOUT_ROWS:
      snprintf(formula, sizeof formula, "%s W_%zu + b_%zu", below.s, l + 1, l + 1);
      break;
    case CR_LAYOUT_COLUMNS:
      snprintf(formula, sizeof formula, "W_%zu %s + b_%zu", l + 1, below.s, l + 1);
      break;
    case CR_LAYOUT_BIAS_INPUT:
      snprintf(formula, sizeof formula, "%s W_%zu", below.s, l + 1);
      break;
  }
  cr_script_line(script, &(cr_line){"forward", "Z", l, z.s, formula, "=", NULL, &result, 1,
                                    t->at->z[l], n, out});
  if (script->layout == CR_LAYOUT_ROWS)
    cr_document_shapes(&script->document, "%zu×%zu = (%zu×%zu)(%zu×%zu) + (1×%zu)", n, out, n, in,
                       in, out, out);
  else if (script->layout == CR_LAYOUT_COLUMNS)
    cr_document_shapes(&script->document, "%zu×%zu = (%zu×%zu)(%zu×%zu) + (%zu×1)", out, n, out, in,
                       in, n, out);
  else
    cr_document_shapes(&script->document, "%zu×%zu = (%zu×%zu)(%zu×%zu)", n, out, n, in + 1, in + 1,
                       out);
  if (n > 1 && script->layout != CR_LAYOUT_BIAS_INPUT)
    cr_script_note(script, "b%zu is one %s, added to each of the %zu samples (broadcast)", l + 1,
                   script->layout == CR_LAYOUT_ROWS ? "row" : "column", n);
}

static void write_a(cr_script *script, size_t l) {
  const cr_trace *t = script->trace;
  const size_t out = cr_trace_outputs(t, l);
  const cr_symbol a = cr_symbol_of(script, "", 'A', l), z = cr_symbol_of(script, "", 'Z', l);
  const cr_shown result = cr_show_samples(script, t->at->a[l], out);
  char formula[128];
  snprintf(formula, sizeof formula, "%.48s(%s)", t->net->spec.layers[l].activation->part.name, z.s);
  cr_script_line(script, &(cr_line){"forward", "A", l, a.s, formula, "=", NULL, &result, 1,
                                    t->at->a[l], t->rows, out});
  cr_document_shapes(&script->document, "%s", cr_shape_of(script, t->rows, out).s);
  if (t->mixes[l])
    cr_script_note(script,
                   "each sample for itself: its outputs are divided by their total "
                   "(broadcast), so that they add up to 1");
}

/* The largest slope of a unit over the rows. */
static double steepest(const cr_trace *t, size_t l, size_t unit) {
  const size_t out = cr_trace_outputs(t, l);
  double largest = 0.0;
  for (size_t r = 0; r < t->rows; r++) largest = fmax(largest, fabs(t->slope[l][r * out + unit]));
  return largest;
}

/* Names the units that nothing (`off`), or hardly anything, passes back through. */
static void say_units(cr_script *script, size_t l, bool off) {
  const cr_trace *t = script->trace;
  const size_t units = cr_trace_outputs(t, l);
  const char *rows = t->rows == 1 ? "this row" : "all these rows";
  size_t found = 0;
  cr_strbuf list = {0};
  for (size_t u = 0; u < units; u++) {
    const double slope = steepest(t, l, u);
    if (off ? slope != 0.0 : slope == 0.0 || slope >= SATURATED) continue;
    if (++found <= UNITS_LISTED) cr_strbuf_format(&list, "%s%zu", found > 1 ? ", " : "", u + 1);
  }
  if (found > UNITS_LISTED) cr_strbuf_format(&list, ", … (%zu of %zu)", found, units);
  if (list.failed)
    script->document.failed = true;
  else if (found > 0)
    cr_document_sentence(
        &script->document, "Unit%s %s of layer %zu %s %s for %s: the slope of %s is %s.",
        found == 1 ? "" : "s", list.text, l + 1, found == 1 ? "is" : "are",
        off ? "off" : "saturated", rows, t->net->spec.layers[l].activation->part.name,
        off ? "0 there, so nothing passes back through"
            : "below 0.01 there, so hardly anything passes back through");
  cr_strbuf_free(&list);
}

/* The slope is no part of the way back where outputs mix, or where it cancels against the loss. */
static void say_states(cr_script *script, size_t l) {
  const cr_trace *t = script->trace;
  if (t->mixes[l] || (t->target.fused && l + 1 == t->net->spec.count)) return;
  say_units(script, l, true);
  say_units(script, l, false);
}

cr_status cr_script_forward(cr_script *script) {
  cr_document_section(&script->document, "forward", "Forward");
  for (size_t l = 0; l < script->trace->net->spec.count; l++) {
    write_z(script, l);
    write_a(script, l);
    say_states(script, l);
  }
  cr_script_answer(script);
  if (!script->trace->has_target)
    cr_document_sentence(&script->document,
                         "%s Without one there is no loss and nothing to learn from: this is the "
                         "way forward alone.",
                         script->trace->names.lacking ? script->trace->names.lacking : "");
  return cr_document_check(&script->document);
}

/* --- loss ------------------------------------------------------------------------------------- */

/* "0.27 + 0.02", or nothing where there are too many. */
static void add_numbers(cr_strbuf *out, const double *values, size_t count, size_t digits) {
  for (size_t i = 0; i < count; i++) {
    const bool negative = values[i] < 0.0;
    cr_strbuf_format(out, "%s%s",
                     i == 0     ? (negative ? "−" : "")
                     : negative ? " − "
                                : " + ",
                     cr_figure_alone(fabs(values[i]), digits).s);
  }
}

static void write_row_losses(cr_script *script) {
  const cr_trace *t = script->trace;
  const size_t out = cr_net_outputs(t->net), shown = out < OUTPUTS_LISTED ? out : OUTPUTS_LISTED;
  static const char *const alignments[] = {"rr", "rr", "rrrr", "rrrrr", "rrrrrr"};
  const bool shares = t->has_shares && out > 1;
  cr_document *d = &script->document;
  const bool columns = script->layout == CR_LAYOUT_COLUMNS;
  cr_document_table(d, shares ? alignments[shown] : "rr",
                    columns ? "the loss of each sample" : "the loss of each row");
  cr_document_cell(d, columns ? "sample" : "row");
  for (size_t k = 0; shares && k < shown; k++) cr_document_cell(d, "output %zu", k + 1);
  cr_document_cell(d, "L");
  for (size_t r = 0; r < t->rows && r < ROWS_LISTED; r++) {
    cr_document_cell(d, "%zu", t->row_numbers[r] + 1);
    for (size_t k = 0; shares && k < shown; k++)
      cr_document_cell(d, "%s", cr_figure_alone(t->shares[r * out + k], script->digits).s);
    cr_document_cell(d, "%s", cr_figure_alone(t->row_loss[r], script->digits).s);
  }
  if (t->rows > ROWS_LISTED) cr_document_sentence(d, "… and %zu more rows.", t->rows - ROWS_LISTED);
}

static void write_total(cr_script *script, const char *formula) {
  const cr_trace *t = script->trace;
  cr_strbuf whole = {0}, between = {0};
  const cr_shown result = {.values = &t->data_loss, .rows = 1, .cols = 1};
  const size_t out = cr_net_outputs(t->net);
  if (t->rows == 1) {
    cr_strbuf_format(&whole, "%s", formula);
    if (t->has_shares && out > 1 && out <= NUMBERS_LISTED)
      add_numbers(&between, t->shares, out, script->digits);
  } else {
    if (t->target.mean) cr_strbuf_format(&whole, "{1}/{%zu} ", t->rows);
    cr_strbuf_format(&whole, "Σ_r L_r");
    if (t->rows <= NUMBERS_LISTED) {
      if (t->target.mean) cr_strbuf_format(&between, "{1}/{%zu} (", t->rows);
      add_numbers(&between, t->row_loss, t->rows, script->digits);
      if (t->target.mean) cr_strbuf_format(&between, ")");
    }
  }
  if (whole.failed || between.failed) script->document.failed = true;
  if (!script->document.failed)
    cr_script_line(script, &(cr_line){"loss", "data_loss", SIZE_MAX, "L", whole.text, "=",
                                      between.text, &result, 1, &t->data_loss, 1, 1});
  cr_strbuf_free(&whole);
  cr_strbuf_free(&between);
}

static void write_penalty(cr_script *script, const char *name, const char *symbol, double lambda,
                          const char *sum, const double *value) {
  char formula[128];
  const cr_shown result = {.values = value, .rows = 1, .cols = 1};
  if (lambda == 0.0) return;
  snprintf(formula, sizeof formula, "{%s}/{2 · %zu} %s", cr_figure_alone(lambda, script->digits).s,
           script->trace->rows, sum);
  cr_script_line(script, &(cr_line){"loss", name, SIZE_MAX, symbol, formula, "=", NULL, &result, 1,
                                    value, 1, 1});
  const bool inside = script->layout == CR_LAYOUT_BIAS_INPUT;
  const char *few = script->trace->answer != CR_ANSWER_OUTPUTS
                        ? "; divided by the number of rows: in a batch of more the penalty "
                          "weighs less"
                        : "";
  if (inside)
    cr_script_note(script, "the penalty leaves out the last row of each W, the biases%s", few);
  else if (few[0] != '\0')
    cr_script_note(script, "%s", few + strlen("; "));
}

static void write_cost(cr_script *script) {
  const cr_trace *t = script->trace;
  const double parts[] = {t->data_loss, t->penalty2, t->penalty1};
  const bool both = t->target.l1 > 0.0 && t->target.l2 > 0.0;
  const cr_shown result = {.values = &t->cost, .rows = 1, .cols = 1};
  const char *formula = both ? "L + R_1 + R_2" : t->target.l2 > 0.0 ? "L + R_1" : "L + R_2";
  double added[3] = {parts[0], 0.0, 0.0};
  size_t count = 1;
  cr_strbuf numbers = {0};
  if (t->target.l1 == 0.0 && t->target.l2 == 0.0) return;
  if (t->target.l2 > 0.0) added[count++] = parts[1];
  if (t->target.l1 > 0.0) added[count++] = parts[2];
  add_numbers(&numbers, added, count, script->digits);
  if (numbers.failed)
    script->document.failed = true;
  else
    cr_script_line(script, &(cr_line){"loss", "cost", SIZE_MAX, "J", formula, "=", numbers.text,
                                      &result, 1, &t->cost, 1, 1});
  cr_strbuf_free(&numbers);
}

cr_status cr_script_loss(cr_script *script) {
  const cr_trace *t = script->trace;
  char *formula = NULL;
  const size_t last = t->net->spec.count - 1;
  cr_document_section(&script->document, "loss", "Loss");
  CR_TRY(cr_formula_of(script, cr_loss_written(t).formula, last, &formula));
  if (t->rows > 1) write_row_losses(script);
  cr_script_step(script, &(cr_line){.section = "loss",
                                    .name = "row_loss",
                                    .layer = SIZE_MAX,
                                    .symbol = "L_r",
                                    .formula = formula,
                                    .values = t->row_loss,
                                    .rows = t->rows,
                                    .cols = 1});
  write_total(script, formula);
  cr_free(formula);
  if (t->rows > 1 && t->target.mean)
    cr_script_note(script,
                   "the mean over the %s: the one place where 1/%zu enters, and the "
                   "derivative takes it along into d%s",
                   script->layout == CR_LAYOUT_COLUMNS ? "samples" : "rows", t->rows,
                   t->target.fused ? "Z" : "A");
  write_penalty(script, "l2", "R_1", t->target.l2, "Σ W²", &t->penalty2);
  write_penalty(script, "l1", "R_2", t->target.l1, "Σ |W|", &t->penalty1);
  write_cost(script);
  if (t->names.left_out)
    cr_document_sentence(&script->document,
                         "The training had more, which these numbers leave out: %s.",
                         t->names.left_out);
  return cr_document_check(&script->document);
}
