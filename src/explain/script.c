#include "explain/script.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "explain/math.h"

void cr_step_list_free(cr_step_list *list) {
  for (size_t i = 0; i < list->count; i++) {
    cr_free((char *)list->items[i].symbol);
    cr_free((char *)list->items[i].formula);
    cr_free((char *)list->items[i].note);
  }
  cr_free(list->items);
  *list = (cr_step_list){0};
}

void cr_script_free(cr_script *script) {
  cr_document_free(&script->document);
  cr_step_list_free(&script->steps);
}

cr_symbol cr_symbol_of(const cr_script *script, const char *prefix, char letter, size_t layer) {
  cr_symbol out;
  const bool single = script->trace->rows == 1 && letter != 'W';
  const char small = letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
  snprintf(out.s, sizeof out.s, "%s%c_%zu", prefix, single ? small : letter, layer + 1);
  return out;
}

cr_symbol cr_symbol_below(const cr_script *script, size_t layer) {
  cr_symbol out;
  if (layer > 0) return cr_symbol_of(script, "", 'A', layer - 1);
  snprintf(out.s, sizeof out.s, "%s", script->trace->rows == 1 ? "x" : "X");
  return out;
}

cr_symbol cr_symbol_extended(const cr_script *script, size_t layer) {
  cr_symbol below = cr_symbol_below(script, layer), out = below;
  if (script->layout == CR_LAYOUT_BIAS_INPUT) snprintf(out.s, sizeof out.s, "[%.40s 1]", below.s);
  return out;
}

cr_shown cr_show_samples(const cr_script *script, const double *values, size_t cols) {
  return (cr_shown){.values = values,
                    .rows = script->trace->rows,
                    .cols = cols,
                    .transposed = script->layout == CR_LAYOUT_COLUMNS};
}

cr_shown cr_show_weights(const cr_script *script, size_t layer, const double *parameters) {
  const cr_trace *t = script->trace;
  const cr_view *view = &t->at->views[layer];
  return (cr_shown){
      .values = parameters + view->weight,
      .below = script->layout == CR_LAYOUT_BIAS_INPUT ? parameters + view->bias : NULL,
      .rows = cr_trace_inputs(t, layer),
      .cols = cr_trace_outputs(t, layer),
      .transposed = script->layout == CR_LAYOUT_COLUMNS,
  };
}

cr_symbol cr_shape_of(const cr_script *script, size_t rows, size_t cols) {
  cr_symbol out;
  const bool turned = script->layout == CR_LAYOUT_COLUMNS;
  snprintf(out.s, sizeof out.s, "%zu×%zu", turned ? cols : rows, turned ? rows : cols);
  return out;
}

/* Plain text of a notation; NULL, and the document failed, where memory is missing. */
static char *plain(cr_script *script, const char *notation) {
  char *out = NULL;
  if (cr_math_plain(notation, &out) != CR_OK) script->document.failed = true;
  return out;
}

void cr_script_step(cr_script *script, const cr_line *line) {
  void *items = script->steps.items;
  if (cr_grow(&items, script->steps.count, script->steps.count + 1, sizeof *script->steps.items,
              &script->steps.capacity) != CR_OK) {
    script->document.failed = true;
    return;
  }
  script->steps.items = items;
  script->steps.items[script->steps.count++] = (cr_explain_step){
      .section = line->section,
      .name = line->name,
      .symbol = plain(script, line->symbol),
      .formula = plain(script, line->formula),
      .note = plain(script, ""),
      .layer = line->layer,
      .rows = line->rows,
      .cols = line->cols,
      .values = line->values,
  };
}

void cr_script_line(cr_script *script, const cr_line *line) {
  cr_strbuf text = {0};
  const bool given = line->formula[0] == '\0';
  cr_strbuf_format(&text, "%s %s ", line->symbol, given ? "=" : line->relation);
  if (!given) cr_strbuf_format(&text, "%s = ", line->formula);
  if (line->between) cr_strbuf_format(&text, "%s = ", line->between);
  cr_strbuf_format(&text, "#%zu", line->matrix_count - 1);
  if (text.failed) {
    script->document.failed = true;
  } else {
    cr_document_equation(&script->document, script->steps.count, text.text, line->matrices,
                         line->matrix_count);
    cr_script_step(script, line);
  }
  cr_strbuf_free(&text);
}

void cr_script_note(cr_script *script, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (script->document.failed || script->steps.count == 0) return;
  cr_explain_step *step = &script->steps.items[script->steps.count - 1];
  cr_free((char *)step->note);
  step->note = plain(script, text);
  cr_document_note(&script->document, "%s", text);
}

const char *cr_right_side(const char *derivative) {
  const char *sign = strstr(derivative, " = ");
  return sign ? sign + strlen(" = ") : derivative;
}

cr_status cr_formula_of(const cr_script *script, const char *formula, size_t layer, char **out) {
  const cr_symbol a = cr_symbol_of(script, "", 'A', layer),
                  z = cr_symbol_of(script, "", 'Z', layer);
  return cr_math_substitute(formula, a.s, script->trace->rows == 1 ? "y" : "Y", z.s, out);
}

cr_status cr_derivative_of(const cr_script *script, const cr_part *part, size_t layer, char **out) {
  return cr_formula_of(script, cr_right_side(part->derivative), layer, out);
}

cr_loss_equation cr_loss_written(const cr_trace *trace) {
  const cr_loss *loss = trace->target.loss;
  const cr_loss_equation own =
      cr_net_outputs(trace->net) == 1 ? loss->single_equation : loss->equation;
  if (own.formula) return own;
  return (cr_loss_equation){loss->part.formula, cr_right_side(loss->part.derivative), ""};
}

cr_status cr_script_write(cr_script *script) {
  CR_TRY(cr_script_given(script));
  CR_TRY(cr_script_forward(script));
  if (!script->trace->has_target) return cr_document_check(&script->document);
  CR_TRY(cr_script_loss(script));
  CR_TRY(cr_script_backward(script));
  CR_TRY(cr_script_update(script));
  return cr_document_check(&script->document);
}
