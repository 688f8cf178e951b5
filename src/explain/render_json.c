/* The trace for programs (docs/reference/trace-format.md). */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "explain/render.h"

static void add_text(cr_strbuf *out, const char *text) {
  cr_strbuf_add(out, "\"", 1);
  for (; *text != '\0'; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\')
      cr_strbuf_format(out, "\\%c", c);
    else if (c < 0x20)
      cr_strbuf_format(out, "\\u%04x", c);
    else
      cr_strbuf_add(out, text, 1);
  }
  cr_strbuf_add(out, "\"", 1);
}

/* All digits; null for what is no number, which JSON does not have. */
static void add_number(cr_strbuf *out, double value) {
  char text[32];
  cr_format_number(value, text);
  cr_strbuf_format(out, "%s", isfinite(value) ? text : "null");
}

static void add_key(cr_strbuf *out, const char *key) {
  cr_strbuf_format(out, ",\"%s\":", key);
}

static void add_text_of(cr_strbuf *out, const char *key, const char *text) {
  add_key(out, key);
  add_text(out, text);
}

static void add_number_of(cr_strbuf *out, const char *key, double value) {
  add_key(out, key);
  add_number(out, value);
}

static void add_texts_of(cr_strbuf *out, const char *key, const cr_strlist *list) {
  add_key(out, key);
  cr_strbuf_add(out, "[", 1);
  for (size_t i = 0; i < list->count; i++) {
    if (i > 0) cr_strbuf_add(out, ",", 1);
    add_text(out, list->items[i]);
  }
  cr_strbuf_add(out, "]", 1);
}

static void add_matrix(cr_strbuf *out, const double *values, size_t rows, size_t cols) {
  cr_strbuf_add(out, "[", 1);
  for (size_t r = 0; r < rows; r++) {
    cr_strbuf_format(out, "%s[", r > 0 ? "," : "");
    for (size_t c = 0; c < cols; c++) {
      if (c > 0) cr_strbuf_add(out, ",", 1);
      add_number(out, values[r * cols + c]);
    }
    cr_strbuf_add(out, "]", 1);
  }
  cr_strbuf_add(out, "]", 1);
}

static void add_network(cr_strbuf *out, const cr_trace *t) {
  const cr_spec *spec = &t->net->spec;
  cr_strbuf_format(out, ",\"network\":{\"layers\":[%zu", spec->inputs);
  for (size_t l = 0; l < spec->count; l++) cr_strbuf_format(out, ",%zu", spec->layers[l].outputs);
  cr_strbuf_format(out, "],\"activations\":[");
  for (size_t l = 0; l < spec->count; l++) {
    if (l > 0) cr_strbuf_add(out, ",", 1);
    add_text(out, spec->layers[l].activation->part.name);
  }
  cr_strbuf_add(out, "]", 1);
  add_text_of(out, "loss", t->target.loss->part.name);
  add_text_of(out, "reduction", t->target.mean ? "mean" : "sum");
  add_number_of(out, "l1", t->target.l1);
  add_number_of(out, "l2", t->target.l2);
  add_number_of(out, "lr", t->learning_rate);
  cr_strbuf_add(out, "}", 1);
}

/* A number, or of several outputs a list. */
static void add_unit(cr_strbuf *out, const double *numbers, size_t outputs) {
  cr_strbuf_format(out, "%s", outputs > 1 ? "[" : "");
  for (size_t k = 0; k < outputs; k++) {
    cr_strbuf_format(out, "%s", k > 0 ? "," : "");
    add_number(out, numbers[k]);
  }
  cr_strbuf_format(out, "%s", outputs > 1 ? "]" : "");
}

static void add_data(cr_strbuf *out, const cr_trace *t) {
  cr_strbuf_format(out, ",\"rows\":[");
  for (size_t r = 0; r < t->rows; r++)
    cr_strbuf_format(out, "%s%zu", r > 0 ? "," : "", t->row_numbers[r]);
  cr_strbuf_add(out, "]", 1);
  add_texts_of(out, "inputs", &t->names.inputs);
  add_texts_of(out, "labels", &t->names.labels);
  add_texts_of(out, "wanted", &t->names.wanted);
  if (!cr_has_unit(t)) return;
  const size_t outputs = cr_trace_outputs(t, t->net->spec.count - 1);
  cr_strbuf_format(out, ",\"unit\":{\"shift\":");
  add_unit(out, t->shifts, outputs);
  cr_strbuf_format(out, ",\"scale\":");
  add_unit(out, t->scales, outputs);
  cr_strbuf_add(out, "}", 1);
}

/* --- steps ------------------------------------------------------------------------------------ */

/* What a step is computed from, by the names of steps; %p is the layer before, %n the one after. */
static const struct {
  const char *name, *operands;
} operands[] = {
    {"Z", "A%p W b"},
    {"A", "Z"},
    {"answer", "A%l"},
    {"row_loss", "A%l Y"},
    {"data_loss", "row_loss"},
    {"l1", "W*"},
    {"l2", "W*"},
    {"cost", "data_loss l1 l2"},
    {"slope", "Z A"},
    {"dW", "A%p dZ W"},
    {"db", "dZ"},
    {"new_W", "W dW"},
    {"new_b", "b db"},
    {"new_cost", "X Y new_W* new_b*"},
};

/* The operands of a gradient depend on where it comes from. */
static const char *operands_of(const cr_trace *t, const cr_explain_step *step) {
  const bool last = step->layer + 1 == t->net->spec.count;
  if (strcmp(step->name, "dA") == 0) return last ? "A Y" : "dZ%n W%n";
  if (strcmp(step->name, "dZ") == 0) {
    if (last && t->target.fused) return "A Y";
    return t->mixes[step->layer] ? "dA A" : "dA slope";
  }
  for (size_t i = 0; i < sizeof operands / sizeof *operands; i++) {
    if (strcmp(operands[i].name, step->name) == 0) return operands[i].operands;
  }
  return "";
}

static bool is_of_layers(const char *name) {
  static const char *const names[] = {"Z", "A", "W", "b", "dA", "dZ", "dW", "db", "slope"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(names[i], name) == 0) return true;
  }
  return false;
}

/* "A%p" of layer 1 is "A[0]", of layer 0 "X"; "W*" is that of all layers. */
static void add_operand(cr_strbuf *out, const cr_trace *t, size_t layer, const char *word,
                        size_t length, bool *first) {
  char name[24];
  const char *mark = memchr(word, '%', length);
  const bool all = word[length - 1] == '*';
  const size_t stem = mark ? (size_t)(mark - word) : length - all;
  snprintf(name, sizeof name, "%.*s", (int)stem, word);
  const size_t layers = t->net->spec.count;
  size_t from = layer, to = layer + 1;
  if (mark && mark[1] == 'p') from = layer - 1, to = layer; /* of layer 0 it wraps: X */
  if (mark && mark[1] == 'n') from = layer + 1, to = layer + 2;
  if (mark && mark[1] == 'l') from = layers - 1, to = layers;
  if (all) from = 0, to = layers;
  if (mark && mark[1] == 'p' && layer == 0) {
    cr_strbuf_format(out, "%s\"X\"", *first ? "" : ",");
    *first = false;
    return;
  }
  const bool indexed = mark || all || is_of_layers(name);
  for (size_t l = from; indexed && l < to; l++) {
    cr_strbuf_format(out, "%s\"%s[%zu]\"", *first ? "" : ",", name, l);
    *first = false;
  }
  if (indexed) return;
  cr_strbuf_format(out, "%s\"%s\"", *first ? "" : ",", name);
  *first = false;
}

static void add_operands(cr_strbuf *out, const cr_trace *t, const cr_explain_step *step) {
  const char *at = operands_of(t, step);
  bool first = true;
  cr_strbuf_format(out, ",\"operands\":[");
  while (*at != '\0') {
    const size_t length = strcspn(at, " ");
    const bool l1 = strncmp(at, "l1", 2) == 0 && t->target.l1 == 0.0;
    const bool l2 = strncmp(at, "l2", 2) == 0 && t->target.l2 == 0.0;
    const bool penalised = t->target.l1 > 0.0 || t->target.l2 > 0.0;
    const bool weight = strcmp(step->name, "dW") == 0 && *at == 'W' && !penalised;
    if (!l1 && !l2 && !weight) add_operand(out, t, step->layer, at, length, &first);
    at += length;
    at += strspn(at, " ");
  }
  cr_strbuf_add(out, "]", 1);
}

static void add_step(cr_strbuf *out, const cr_trace *t, const cr_explain_step *step) {
  cr_strbuf_format(out, "{\"section\":\"%s\"", step->section);
  add_text_of(out, "name", step->name);
  add_key(out, "layer");
  if (step->layer == SIZE_MAX)
    cr_strbuf_format(out, "null");
  else
    cr_strbuf_format(out, "%zu", step->layer);
  add_text_of(out, "symbol", step->symbol);
  add_text_of(out, "formula", step->formula);
  add_operands(out, t, step);
  cr_strbuf_format(out, ",\"shape\":[%zu,%zu]", step->rows, step->cols);
  add_key(out, "values");
  add_matrix(out, step->values, step->rows, step->cols);
  add_text_of(out, "note", step->note);
  cr_strbuf_add(out, "}", 1);
}

/* --- one weight ------------------------------------------------------------------------------- */

static void add_path(cr_strbuf *out, const cr_trace *t, cr_place place, const cr_path *path) {
  cr_strbuf_format(out, "{\"units\":[");
  for (size_t l = place.layer; l < t->net->spec.count; l++)
    cr_strbuf_format(out, "%s%zu", l > place.layer ? "," : "", path->from[l - place.layer]);
  cr_strbuf_format(out, "],\"outputs\":[");
  for (size_t l = place.layer; l < t->net->spec.count; l++)
    cr_strbuf_format(out, "%s%zu", l > place.layer ? "," : "", path->via[l - place.layer]);
  cr_strbuf_add(out, "]", 1);
  add_number_of(out, "value", path->value);
  cr_strbuf_add(out, "}", 1);
}

static cr_status add_weight_row(cr_strbuf *out, const cr_trace *t, const cr_chain *chain,
                                size_t row, size_t top) {
  cr_paths paths;
  CR_TRY(cr_paths_find(t, chain->place, row, top, &paths));
  cr_strbuf_format(out, "%s{\"row\":%zu", row > 0 ? "," : "", t->row_numbers[row]);
  add_number_of(out, "gradient", chain->rows[row]);
  add_number_of(out, "path_count", paths.all);
  add_number_of(out, "rest", paths.rest);
  cr_strbuf_format(out, ",\"paths\":[");
  for (size_t p = 0; p < paths.count; p++) {
    if (p > 0) cr_strbuf_add(out, ",", 1);
    add_path(out, t, chain->place, &paths.items[p]);
  }
  cr_strbuf_format(out, "]}");
  cr_paths_free(&paths);
  return CR_OK;
}

static cr_status add_weight(cr_strbuf *out, const cr_trace *t, const cr_chain *chain, size_t top) {
  const cr_place place = chain->place;
  cr_strbuf_format(out, ",\"weight\":{\"name\":\"%c\",\"layer\":%zu,\"index\":[",
                   place.bias ? 'b' : 'W', place.layer);
  if (!place.bias) cr_strbuf_format(out, "%zu,", place.input);
  cr_strbuf_format(out, "%zu]", place.unit);
  add_number_of(out, "value", chain->value);
  cr_strbuf_format(out, ",\"rows\":[");
  for (size_t r = 0; r < t->rows; r++) CR_TRY(add_weight_row(out, t, chain, r, top));
  cr_strbuf_add(out, "]", 1);
  add_number_of(out, "data", chain->data);
  add_number_of(out, "penalty", chain->penalty + 0.0); /* no −0 */
  add_number_of(out, "gradient", chain->gradient);
  add_number_of(out, "step", chain->step);
  add_number_of(out, "nudged", chain->nudged);
  cr_strbuf_format(out, ",\"kinks\":%zu", chain->kinks);
  add_number_of(out, "updated", chain->updated);
  cr_strbuf_add(out, "}", 1);
  return CR_OK;
}

cr_status cr_render_json(const cr_script *script, const cr_chain *chain, size_t top,
                         cr_strbuf *out) {
  const cr_trace *t = script->trace;
  cr_strbuf_format(out, "{\"schema\":\"chainrule.explain/1\",\"indices\":\"from 0\"");
  add_text_of(out, "layout", "rows: samples are rows, W is (inputs, units), Z = A W + b");
  add_text_of(out, "name", t->names.title);
  add_network(out, t);
  add_data(out, t);
  cr_strbuf_format(out, ",\"steps\":[");
  for (size_t i = 0; i < script->steps.count; i++) {
    cr_strbuf_format(out, i > 0 ? ",\n" : "\n");
    add_step(out, t, &script->steps.items[i]);
  }
  cr_strbuf_format(out, "\n]");
  if (chain) CR_TRY(add_weight(out, t, chain, top));
  cr_strbuf_format(out, "}\n");
  return CR_OK;
}
