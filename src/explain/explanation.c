#include "explain/explanation.h"

#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "explain/render.h"
#include "explain/script_weight.h"

static const char *const layouts[] = {
    [CR_LAYOUT_ROWS] = "rows",
    [CR_LAYOUT_COLUMNS] = "columns",
    [CR_LAYOUT_BIAS_INPUT] = "bias-input",
};

enum { TOP_DEFAULT = 5, TOP_MOST = 1000, DIGITS_DEFAULT = 6, DIGITS_MOST = 15 };
enum { WIDTH_DEFAULT = 80, WIDTH_LEAST = 20 };

static const cr_renderer *const renderers[] = {
    &cr_render_text,
    &cr_render_md,
    &cr_render_latex,
    &cr_render_html,
};

void cr_explain_options_init_sized(cr_explain_options *options, size_t size) {
  static const cr_explain_options defaults = {.layout = "rows", .top = TOP_DEFAULT};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

void cr_render_options_init_sized(cr_render_options *options, size_t size) {
  static const cr_render_options defaults = {
      .format = "text", .digits = DIGITS_DEFAULT, .width = WIDTH_DEFAULT};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

static cr_status find_layout(const char *name, cr_layout *out) {
  for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
    if (!name || strcmp(name, layouts[i]) != 0) continue;
    *out = (cr_layout)i;
    return CR_OK;
  }
  return cr_fail(CR_ERR_ARGUMENT, "no layout \"%.64s\": there are rows, columns, bias-input",
                 name ? name : "");
}

cr_status cr_explain_options_check(const cr_explain_options *given, size_t available,
                                   cr_explain_options *out) {
  cr_layout layout = CR_LAYOUT_ROWS;
  cr_explain_options_init(out);
  CR_TRY(cr_options_copy(out, sizeof *out, given, "cr_explain_options_init"));
  CR_TRY(find_layout(out->layout, &layout));
  if (!(out->learning_rate >= 0.0) || out->learning_rate > 1e30)
    return cr_fail(CR_ERR_ARGUMENT, "the learning rate is %g, expected a number above 0",
                   out->learning_rate);
  if (out->top > TOP_MOST)
    return cr_fail(CR_ERR_ARGUMENT, "top is %zu, the most is %d", out->top, TOP_MOST);
  if (out->rows && out->row_count == 0)
    return cr_fail(CR_ERR_ARGUMENT, "there are no rows to explain");
  for (size_t i = 0; out->rows && i < out->row_count; i++) {
    if (out->rows[i] < available) continue;
    cr_fail(CR_ERR_ARGUMENT, "there is no row %zu: the data has %zu row%s", out->rows[i] + 1,
            available, available == 1 ? "" : "s");
    return available > 0 ? cr_fix("--row 1 … --row %zu", available) : CR_ERR_ARGUMENT;
  }
  return CR_OK;
}

static cr_status fill(cr_explanation *e, const cr_explain_options *options) {
  CR_TRY(find_layout(options->layout, &e->script.layout));
  e->top = options->top;
  e->script.trace = e->trace;
  e->script.digits = DIGITS_DEFAULT;
  CR_TRY(cr_script_write(&e->script));
  if (!options->weight) return CR_OK;
  if (!e->trace->has_target) {
    cr_fail(CR_ERR_ARGUMENT, "the chain rule of a weight begins at the loss, which takes a target");
    return cr_fix("add the target, or leave out --weight");
  }
  cr_place place = {.layer = 0};
  const bool columns = e->script.layout == CR_LAYOUT_COLUMNS;
  CR_TRY(cr_place_find(e->trace, options->weight,
                       columns ? CR_PLACE_UNIT_INPUT : CR_PLACE_INPUT_UNIT,
                       e->script.layout == CR_LAYOUT_BIAS_INPUT, &place));
  CR_TRY(cr_chain_create(e->trace, place, &e->chain));
  e->has_weight = true;
  return CR_OK;
}

cr_status cr_explanation_create(cr_trace *trace, const cr_explain_options *options,
                                cr_explanation **out) {
  void *block = NULL;
  *out = NULL;
  cr_status status = cr_alloc(1, sizeof(cr_explanation), &block);
  if (status != CR_OK) {
    cr_trace_destroy(trace);
    return status;
  }
  cr_explanation *e = block;
  e->trace = trace;
  status = fill(e, options);
  if (status == CR_OK)
    *out = e;
  else
    cr_explanation_destroy(e);
  return status;
}

void cr_explanation_destroy(cr_explanation *explanation) {
  if (!explanation) return;
  cr_script_free(&explanation->script);
  cr_trace_destroy(explanation->trace);
  cr_chain_free(&explanation->chain);
  cr_free(explanation->rendered);
  cr_free(explanation);
}

const cr_explain_step *cr_explanation_step(const cr_explanation *explanation, size_t index) {
  return index < explanation->script.steps.count ? &explanation->script.steps.items[index] : NULL;
}

/* *out is NULL for json, which is written from the trace. */
static cr_status find_renderer(const char *name, const cr_renderer **out) {
  *out = NULL;
  if (name && strcmp(name, "json") == 0) return CR_OK;
  for (size_t i = 0; i < sizeof renderers / sizeof *renderers; i++) {
    *out = renderers[i];
    if (name && strcmp(name, renderers[i]->name) == 0) return CR_OK;
  }
  return cr_fail(CR_ERR_ARGUMENT, "no format \"%.64s\": there are text, md, latex, html, json",
                 name ? name : "");
}

static cr_status check_section(const cr_document *document, const char *section) {
  cr_strbuf known = {0};
  const char *last = "";
  if (!section) return CR_OK;
  for (size_t i = 0; i < document->count; i++) {
    const char *one = document->blocks[i].section;
    if (strcmp(one, section) == 0) {
      cr_strbuf_free(&known);
      return CR_OK;
    }
    if (strcmp(one, last) != 0) cr_strbuf_format(&known, "%s%s", last[0] ? ", " : "", one);
    last = one;
  }
  cr_fail(CR_ERR_ARGUMENT, "no section \"%.64s\": there are %s", section,
          known.failed ? "others" : known.text);
  cr_strbuf_free(&known);
  return CR_ERR_ARGUMENT;
}

/* What one call writes. */
typedef struct order {
  cr_render_options options;
  const cr_renderer *renderer;
  size_t step; /* SIZE_MAX: everything */
} order;

static cr_status check_order(const cr_render_options *given, order *out) {
  cr_render_options_init(&out->options);
  CR_TRY(cr_options_copy(&out->options, sizeof out->options, given, "cr_render_options_init"));
  const cr_render_options *o = &out->options;
  CR_TRY(find_renderer(o->format, &out->renderer));
  if (o->digits < 1 || o->digits > DIGITS_MOST) {
    cr_fail(CR_ERR_ARGUMENT, "digits is %zu, expected 1 to %d", o->digits, DIGITS_MOST);
    return cr_fix("--digits %d", o->digits < 1 ? 1 : DIGITS_MOST);
  }
  if (o->width < WIDTH_LEAST)
    return cr_fail(CR_ERR_ARGUMENT, "width is %zu, the least is %d", o->width, WIDTH_LEAST);
  return CR_OK;
}

static cr_status write_form(const cr_document *document, const order *wanted, cr_strbuf *out) {
  const cr_render_options *o = &wanted->options;
  const cr_page page = {o->width, o->digits, o->ascii, o->hide_results, o->full};
  if (wanted->step != SIZE_MAX) return cr_render_text_step(document, &page, wanted->step, out);
  if (wanted->renderer != &cr_render_text) return wanted->renderer->write(document, &page, out);
  CR_TRY(check_section(document, o->section));
  return cr_render_text_part(document, &page, o->section, !o->unlabelled, out);
}

/* The words: of the whole step, or of one weight with the formulas it takes. */
static cr_status write_words(const cr_explanation *e, cr_script *script) {
  if (!e->has_weight) return cr_script_write(script);
  CR_TRY(cr_script_formulas(script));
  return cr_script_weight(script, &e->chain, e->top);
}

/* "iris.csv, row 84: one step worked out" */
static cr_status write_title(const cr_explanation *e, char **out) {
  const cr_trace *t = e->trace;
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "%s", t->names.title);
  if (t->rows == 1 && !t->names.unnumbered)
    cr_strbuf_format(&text, ", row %zu", t->row_numbers[0] + 1);
  if (e->has_weight)
    cr_strbuf_format(&text, ": the chain rule for one weight");
  else
    cr_strbuf_format(&text, t->has_target ? ": one step worked out" : ": the way forward");
  return cr_strbuf_take(&text, out);
}

/* They are written anew: numbers in sentences have the digits, too. */
static cr_status write_document(const cr_explanation *e, const order *wanted, cr_strbuf *out) {
  cr_script script = {
      .trace = e->trace, .layout = e->script.layout, .digits = wanted->options.digits};
  cr_status status = write_words(e, &script);
  if (status == CR_OK) status = write_title(e, &script.document.title);
  if (status == CR_OK) status = write_form(&script.document, wanted, out);
  cr_script_free(&script);
  return status;
}

static cr_status write_trace(const cr_explanation *e, cr_strbuf *out) {
  cr_script script = {.trace = e->trace, .layout = CR_LAYOUT_ROWS, .digits = e->script.digits};
  cr_status status = cr_script_write(&script);
  if (status == CR_OK)
    status = cr_render_json(&script, e->has_weight ? &e->chain : NULL, e->top, out);
  cr_script_free(&script);
  return status;
}

static cr_status render(cr_explanation *e, const order *wanted, const char **out) {
  cr_strbuf text = {0};
  char *rendered = NULL;
  const bool json = !wanted->renderer && wanted->step == SIZE_MAX;
  cr_status status = json ? write_trace(e, &text) : write_document(e, wanted, &text);
  if (status == CR_OK) status = cr_strbuf_take(&text, &rendered);
  cr_strbuf_free(&text);
  CR_TRY(status);
  cr_free(e->rendered);
  *out = e->rendered = rendered;
  return CR_OK;
}

cr_status cr_explanation_render(cr_explanation *explanation, const cr_render_options *options,
                                const char **out) {
  order o = {.step = SIZE_MAX};
  *out = NULL;
  CR_TRY(check_order(options, &o));
  return render(explanation, &o, out);
}

cr_status cr_explanation_render_step(cr_explanation *explanation, size_t index,
                                     const cr_render_options *options, const char **out) {
  order o = {.step = index};
  *out = NULL;
  CR_TRY(check_order(options, &o));
  if (index >= explanation->script.steps.count)
    return cr_fail(CR_ERR_ARGUMENT, "there is no step %zu: there are %zu", index,
                   explanation->script.steps.count);
  return render(explanation, &o, out);
}
