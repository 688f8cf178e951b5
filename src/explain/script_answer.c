/* What the outputs stand for, and what the model answers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "explain/script.h"

enum { LABELS_LISTED = 6, ROWS_LISTED = 6, SHIFT_DIGITS = 6 };

/* A label is said to hold from here on. */
static const double HOLDS = 0.5;

static size_t outputs_of(const cr_trace *t) {
  return cr_trace_outputs(t, t->net->spec.count - 1);
}

/* The last activations of a row. */
static const double *row_of(const cr_trace *t, size_t row) {
  return t->at->a[t->net->spec.count - 1] + row * outputs_of(t);
}

/* Two classes from one output? */
static bool is_single(const cr_trace *t) {
  return t->answer == CR_ANSWER_CLASS && outputs_of(t) == 1;
}

/* How likely a label is, or its score. */
static double chance_of(const cr_trace *t, size_t row, size_t label) {
  const double *a = row_of(t, row);
  if (!is_single(t)) return a[label];
  return label == 1 ? a[0] : (t->scores ? 0.0 : 1.0) - a[0];
}

/* The most probable one; of two alike from one output the second, else the first. */
static size_t best_label(const cr_trace *t, size_t row) {
  size_t best = is_single(t) && chance_of(t, row, 1) >= chance_of(t, row, 0);
  for (size_t k = 1; k < t->names.labels.count; k++)
    if (chance_of(t, row, k) > chance_of(t, row, best)) best = k;
  return best;
}

static bool has_labels(const cr_trace *t) {
  return (t->answer == CR_ANSWER_CLASS || t->answer == CR_ANSWER_LABELS) &&
         t->names.labels.count > 0;
}

bool cr_has_unit(const cr_trace *t) {
  for (size_t k = 0; k < outputs_of(t); k++)
    if (t->shifts[k] != 0.0 || t->scales[k] != 1.0) return true;
  return false;
}

/* --- what they stand for ---------------------------------------------------------------------- */

void cr_script_outputs(cr_script *script) {
  const cr_trace *t = script->trace;
  const cr_strlist *labels = &t->names.labels;
  cr_document *d = &script->document;
  cr_strbuf text = {0};
  if (!has_labels(t)) return;
  if (is_single(t)) {
    cr_document_sentence(d, "The output is for %s: y = 1 is %s, y = 0 is %s.", labels->items[1],
                         labels->items[1], labels->items[0]);
    return;
  }
  for (size_t k = 0; k < labels->count && k < LABELS_LISTED; k++)
    cr_strbuf_format(&text, "%s%zu is %s", k > 0 ? ", " : "", k + 1, labels->items[k]);
  if (labels->count > LABELS_LISTED) cr_strbuf_format(&text, ", … (%zu of them)", labels->count);
  if (text.failed)
    d->failed = true;
  else
    cr_document_sentence(d, "Output %s.", text.text);
  cr_strbuf_free(&text);
}

/* "(wanted − 120) / 370000", of several targets one after the other. */
void cr_script_unit(cr_script *script) {
  const cr_trace *t = script->trace;
  const size_t outputs = outputs_of(t);
  cr_strbuf text = {0};
  if (!cr_has_unit(t)) return;
  for (size_t k = 0; k < outputs && k < LABELS_LISTED; k++)
    cr_strbuf_format(&text, "%s(wanted %s %s) / %s", k > 0 ? ", " : "",
                     t->shifts[k] < 0.0 ? "+" : "−",
                     cr_figure_alone(fabs(t->shifts[k]), SHIFT_DIGITS).s,
                     cr_figure_alone(t->scales[k], SHIFT_DIGITS).s);
  if (outputs > LABELS_LISTED) cr_strbuf_format(&text, ", … (%zu of them)", outputs);
  if (text.failed)
    script->document.failed = true;
  else
    cr_script_note(script, "the %s as the network learns %s: %s",
                   outputs > 1 ? "targets" : "target", outputs > 1 ? "them" : "it", text.text);
  cr_strbuf_free(&text);
}

/* --- the answer ------------------------------------------------------------------------------- */

/* One number: "a · 370000 + 120". */
static void write_number(cr_script *script, const char *a) {
  const cr_trace *t = script->trace;
  const cr_shown result = cr_show_samples(script, t->answers, 1);
  cr_strbuf formula = {0};
  cr_strbuf_format(&formula, "%s · %s %s %s", a, cr_figure_alone(t->scales[0], SHIFT_DIGITS).s,
                   t->shifts[0] < 0.0 ? "−" : "+",
                   cr_figure_alone(fabs(t->shifts[0]), SHIFT_DIGITS).s);
  if (formula.failed)
    script->document.failed = true;
  else
    cr_script_line(script, &(cr_line){"forward", "answer", SIZE_MAX, "answer", formula.text, "=",
                                      NULL, &result, 1, t->answers, t->rows, 1});
  cr_strbuf_free(&formula);
}

/* Several, each with its own scale s and shift m. */
static void write_numbers(cr_script *script, const char *a) {
  const cr_trace *t = script->trace;
  const size_t outputs = outputs_of(t);
  const bool turned = script->layout == CR_LAYOUT_COLUMNS;
  const cr_shown scales = {.values = t->scales, .rows = 1, .cols = outputs, .transposed = turned};
  const cr_shown shifts = {.values = t->shifts, .rows = 1, .cols = outputs, .transposed = turned};
  const cr_shown matrices[] = {scales, shifts, cr_show_samples(script, t->answers, outputs)};
  char formula[64], between[64];
  snprintf(formula, sizeof formula, "%s ⊙ s + m", a);
  snprintf(between, sizeof between, "%s ⊙ #0 + #1", a);
  cr_script_line(
      script, &(cr_line){"forward", "answer", SIZE_MAX, "answer", formula, "=", between, matrices,
                         sizeof matrices / sizeof *matrices, t->answers, t->rows, outputs});
}

static void write_units(cr_script *script) {
  const cr_trace *t = script->trace;
  const size_t outputs = outputs_of(t);
  const cr_symbol a = cr_symbol_of(script, "", 'A', t->net->spec.count - 1);
  if (outputs > 1)
    write_numbers(script, a.s);
  else
    write_number(script, a.s);
  cr_document_shapes(&script->document, "%s", cr_shape_of(script, t->rows, outputs).s);
  const bool alone = t->rows == 1 && t->names.wanted.count == 1;
  cr_script_note(script, "%s%s%s%s",
                 outputs > 1 ? "in the units of the targets" : "in the unit of the target",
                 outputs > 1 && t->rows > 1 ? ", row by row" : "", alone ? "; wanted: " : "",
                 alone ? t->names.wanted.items[0] : "");
}

/* "76.4 %" */
static void add_percent(cr_strbuf *out, double share) {
  char percent[32];
  snprintf(percent, sizeof percent, "%.1f", 100.0 * share);
  cr_put_point(percent);
  cr_strbuf_format(out, "%s %%", percent);
}

/* "virginica" or "a and c", and how sure: "76.4 %". */
static void add_answer(const cr_trace *t, size_t row, cr_strbuf *answer, cr_strbuf *sure) {
  const cr_strlist *labels = &t->names.labels;
  if (t->answer == CR_ANSWER_CLASS) {
    const size_t best = best_label(t, row);
    cr_strbuf_format(answer, "%s", labels->items[best]);
    if (t->scores)
      cr_strbuf_format(sure, "score %s", cr_figure_alone(chance_of(t, row, best), 3).s);
    else
      add_percent(sure, chance_of(t, row, best));
    return;
  }
  for (size_t k = 0; k < labels->count; k++) {
    if (row_of(t, row)[k] < HOLDS) continue;
    cr_strbuf_format(answer, "%s%s", answer->length > 0 ? " and " : "", labels->items[k]);
  }
  if (answer->length == 0) cr_strbuf_format(answer, "none");
  cr_strbuf_format(sure, "by outputs from 0.5 on");
}

/* "; wanted: versicolor, 26.9 %" */
static void add_wanted(const cr_trace *t, size_t row, const char *wanted, cr_strbuf *out) {
  cr_strbuf_format(out, "; wanted: %s", wanted);
  for (size_t k = 0; k < t->names.labels.count && !t->scores; k++) {
    if (t->answer == CR_ANSWER_CLASS && strcmp(t->names.labels.items[k], wanted) == 0) {
      cr_strbuf_format(out, ", ");
      add_percent(out, chance_of(t, row, k));
    }
  }
}

static void write_answer(cr_script *script, size_t row, bool table) {
  const cr_trace *t = script->trace;
  cr_document *d = &script->document;
  const char *wanted = row < t->names.wanted.count ? t->names.wanted.items[row] : NULL;
  cr_strbuf answer = {0}, sure = {0};
  add_answer(t, row, &answer, &sure);
  if (answer.failed || sure.failed) {
    d->failed = true;
  } else if (table) {
    cr_document_cell(d, "%zu", t->row_numbers[row] + 1);
    cr_document_cell(d, "%s", answer.text);
    if (t->answer == CR_ANSWER_CLASS) cr_document_cell(d, "%s", sure.text);
    cr_document_cell(d, "%s", wanted ? wanted : "");
  } else if (wanted && strcmp(wanted, answer.text) == 0) {
    cr_document_sentence(d, "The answer: %s, %s; as wanted.", answer.text, sure.text);
  } else {
    if (wanted) add_wanted(t, row, wanted, &sure);
    d->failed |= sure.failed;
    cr_document_sentence(d, "The answer: %s, %s.", answer.text, sure.failed ? "" : sure.text);
  }
  cr_strbuf_free(&answer);
  cr_strbuf_free(&sure);
}

void cr_script_answer(cr_script *script) {
  const cr_trace *t = script->trace;
  cr_document *d = &script->document;
  if (cr_has_unit(t)) write_units(script);
  if (!has_labels(t)) return;
  if (t->rows == 1) {
    write_answer(script, 0, false);
    return;
  }
  const bool sure = t->answer == CR_ANSWER_CLASS;
  cr_document_table(d, sure ? "rlrl" : "rll", "the answers");
  cr_document_cell(d, "row"), cr_document_cell(d, "answer");
  if (sure) cr_document_cell(d, "how sure");
  cr_document_cell(d, "%s", t->has_target ? "wanted" : "");
  for (size_t r = 0; r < t->rows && r < ROWS_LISTED; r++) write_answer(script, r, true);
  if (t->rows > ROWS_LISTED) cr_document_sentence(d, "… and %zu more rows.", t->rows - ROWS_LISTED);
}
