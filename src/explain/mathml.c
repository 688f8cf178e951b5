#include "explain/mathml.h"

#include <string.h>

#include "explain/math.h"

typedef struct writer {
  const cr_block *block;
  const cr_page *page;
  cr_math math;
  cr_strbuf *out;
} writer;

void cr_xml_text(const char *text, cr_strbuf *out) {
  for (; *text != '\0'; text++) {
    switch (*text) {
      case '<':
        cr_strbuf_format(out, "&lt;");
        break;
      case '>':
        cr_strbuf_format(out, "&gt;");
        break;
      case '&':
        cr_strbuf_format(out, "&amp;");
        break;
      case '"':
        cr_strbuf_format(out, "&quot;");
        break;
      default:
        cr_strbuf_add(out, text, 1);
    }
  }
}

static const cr_math_node *node_at(const writer *w, size_t index) {
  return &w->math.nodes[index];
}

/* <tag>text</tag> */
static void add_element(writer *w, const char *tag, const char *text, size_t length) {
  cr_strbuf escaped = {0}, raw = {0};
  cr_strbuf_add(&raw, text, length);
  if (!raw.failed) cr_xml_text(raw.text, &escaped);
  if (raw.failed || escaped.failed)
    w->out->failed = true;
  else
    cr_strbuf_format(w->out, "<%s>%s</%s>", tag, escaped.text ? escaped.text : "", tag);
  cr_strbuf_free(&raw);
  cr_strbuf_free(&escaped);
}

/* "4.2e−08" is 4.2 times a power of ten. */
static void add_number(writer *w, const char *text, size_t length) {
  const char *power = memchr(text, 'e', length);
  if (!power) {
    add_element(w, "mn", text, length);
    return;
  }
  const char *at = power + 1;
  const bool negative = strncmp(at, "−", strlen("−")) == 0;
  if (negative) at += strlen("−");
  while (*at == '0' && at + 1 < text + length) at++;
  cr_strbuf_format(w->out, "<mn>%.*s</mn><mo>·</mo><msup><mn>10</mn><mn>%s%.*s</mn></msup>",
                   (int)(power - text), text, negative ? "−" : "", (int)(text + length - at), at);
}

static void add_figure(writer *w, double value, cr_figures figures) {
  const cr_figure figure = cr_figure_of(value, figures);
  if (strchr(figure.s, 'e')) {
    cr_strbuf_format(w->out, "<mrow>");
    add_number(w, figure.s, strlen(figure.s));
    cr_strbuf_format(w->out, "</mrow>");
  } else {
    add_element(w, "mn", figure.s, strlen(figure.s));
  }
}

static void add_matrix_row(writer *w, const cr_shown *m, cr_corner corner, cr_figures figures,
                           size_t row) {
  const bool dots = row == corner.rows;
  cr_strbuf_format(w->out, "<mtr>");
  for (size_t c = 0; c < corner.cols; c++) {
    cr_strbuf_format(w->out, "<mtd>");
    if (dots)
      cr_strbuf_format(w->out, "<mo>⋮</mo>");
    else
      add_figure(w, cr_shown_at(m, row, c), figures);
    cr_strbuf_format(w->out, "</mtd>");
  }
  if (corner.more_cols) cr_strbuf_format(w->out, "<mtd><mo>%s</mo></mtd>", dots ? "" : "…");
  cr_strbuf_format(w->out, "</mtr>");
}

static void add_matrix(writer *w, const cr_math_node *node) {
  const cr_shown *m = &w->block->matrices[node->matrix];
  const cr_corner corner = cr_corner_of(m, w->page->full);
  const cr_figures figures = cr_corner_figures(m, corner, w->page->digits);
  const bool result = node->matrix + 1 == w->block->matrix_count;
  if (cr_shown_rows(m) == 1 && cr_shown_cols(m) == 1 && (result || cr_shown_at(m, 0, 0) >= 0.0)) {
    add_figure(w, cr_shown_at(m, 0, 0), figures);
    return;
  }
  cr_strbuf_format(w->out, "<mrow><mo stretchy=\"true\">[</mo><mtable class=\"matrix\">");
  for (size_t r = 0; r < corner.rows + corner.more_rows; r++)
    add_matrix_row(w, m, corner, figures, r);
  cr_strbuf_format(w->out, "</mtable><mo stretchy=\"true\">]</mo></mrow>");
}

static void add_node(writer *w, size_t index);

static void add_group(writer *w, size_t index) {
  cr_strbuf_format(w->out, "<mrow>");
  add_node(w, index);
  cr_strbuf_format(w->out, "</mrow>");
}

/* "dW" is an upright d and a W; "if" stands between blanks, "ln" does not. */
static void add_name(writer *w, const cr_math_node *node) {
  const bool ascii = (unsigned char)node->text[0] < 0x80;
  if (ascii && node->length == 2)
    cr_strbuf_format(w->out, "<mi>d</mi><mi>%c</mi>", node->text[1]);
  else
    add_element(w, "mi", node->text, node->length);
}

/* Does a word call what follows it, or is it one of a sentence, with blanks around it? */
static void add_word(writer *w, const cr_math_node *node) {
  static const char *const functions[] = {"ln", "tanh", "max", "min", "exp", "sign", "erf", NULL};
  bool function = node->text[node->length] == '(';
  for (const char *const *name = functions; *name; name++) function |= cr_math_is(node, *name);
  if (function) {
    if (node->spaced) cr_strbuf_format(w->out, "<mspace width=\"0.17em\"/>");
    add_element(w, "mi", node->text, node->length);
    if (node->text[node->length] == ' ') cr_strbuf_format(w->out, "<mspace width=\"0.17em\"/>");
  } else { /* with blanks that do not vanish */
    cr_strbuf_format(w->out, "<mtext> %.*s </mtext>", (int)node->length, node->text);
  }
}

static void add_operator(writer *w, const cr_math_node *node) {
  const bool fence = node->length == 1 && strchr("()[]|", node->text[0]);
  if (fence)
    cr_strbuf_format(w->out, "<mo stretchy=\"false\">%c</mo>", node->text[0]);
  else if (cr_math_is(node, "½"))
    cr_strbuf_format(w->out, "<mfrac><mn>1</mn><mn>2</mn></mfrac>");
  else if (cr_math_is(node, "²") || cr_math_is(node, "³"))
    cr_strbuf_format(w->out, "<mn>%d</mn>", cr_math_is(node, "²") ? 2 : 3);
  else if (cr_math_is(node, "∂"))
    cr_strbuf_format(w->out, "<mi>∂</mi>");
  else
    add_element(w, "mo", node->text, node->length);
}

static void add_script(writer *w, const cr_math_node *script) {
  const char *tag = script->sub != 0 && script->sup != 0 ? "msubsup"
                    : script->sub != 0                   ? "msub"
                                                         : "msup";
  cr_strbuf_format(w->out, "<%s>", tag);
  add_group(w, script->child);
  if (script->sub != 0) add_group(w, script->sub);
  if (script->sup != 0) {
    const cr_math_node *sup = node_at(w, script->sup);
    if (sup->kind == CR_MATH_NAME && cr_math_is(sup, "T"))
      cr_strbuf_format(w->out, "<mo>⊤</mo>");
    else
      add_group(w, script->sup);
  }
  cr_strbuf_format(w->out, "</%s>", tag);
}

/* Between what stands side by side: little in a product, more between entries. */
static void add_gap(writer *w, size_t left, size_t right) {
  if (cr_math_touches(&w->math, left, right))
    cr_strbuf_format(w->out, "<mspace width=\"0.17em\"/>");
  if (cr_math_lists(&w->math, left, right)) cr_strbuf_format(w->out, "<mspace width=\"0.6em\"/>");
}

/* Quantities side by side are a product, and stand a little apart. */
static void add_row(writer *w, const cr_math_node *row) {
  size_t last = 0;
  for (size_t i = row->child; i != 0; i = node_at(w, i)->next) {
    add_gap(w, last, i);
    add_node(w, i);
    last = i;
  }
}

static void add_node(writer *w, size_t index) {
  const cr_math_node *node = node_at(w, index);
  switch (node->kind) {
    case CR_MATH_ROW:
      add_row(w, node);
      break;
    case CR_MATH_NAME:
      add_name(w, node);
      break;
    case CR_MATH_WORD:
      add_word(w, node);
      break;
    case CR_MATH_NUMBER:
      add_number(w, node->text, node->length);
      break;
    case CR_MATH_OPERATOR:
      add_operator(w, node);
      break;
    case CR_MATH_RELATION:
      add_element(w, "mo", node->text, node->length);
      break;
    case CR_MATH_SCRIPT:
      add_script(w, node);
      break;
    case CR_MATH_FRACTION:
      cr_strbuf_format(w->out, "<mfrac>");
      add_group(w, node->child);
      add_group(w, node_at(w, node->child)->next);
      cr_strbuf_format(w->out, "</mfrac>");
      break;
    case CR_MATH_MATRIX:
      add_matrix(w, node);
      break;
  }
}

/* Relations outside of brackets begin a row each: what stands left of the first comes first. */
static void add_rows(writer *w) {
  size_t depth = 0, relations = 0, last = 0;
  cr_strbuf_format(w->out, "<mtr><mtd>");
  for (size_t i = node_at(w, 0)->child; i != 0; i = node_at(w, i)->next) {
    const cr_math_node *node = node_at(w, i);
    const bool raised = node->kind == CR_MATH_SCRIPT;
    const cr_math_node *sign = raised ? node_at(w, node->child) : node;
    if (cr_math_is(sign, "(")) depth++;
    if (cr_math_is(sign, ")") && depth > 0) depth--;
    if (depth == 0 && node->kind == CR_MATH_RELATION)
      cr_strbuf_format(w->out, "</mtd>%s<mtd>", relations++ > 0 ? "</mtr>\n<mtr><mtd></mtd>" : "");
    else if (cr_math_joins_matrix(&w->math, i) && cr_is_wide(w->block, w->page->full))
      cr_strbuf_format(w->out, "</mtd></mtr>\n<mtr><mtd></mtd><mtd><mspace width=\"1em\"/>");
    add_gap(w, last, i);
    add_node(w, i);
    last = i;
  }
  cr_strbuf_format(w->out, "</mtd></mtr>");
}

cr_status cr_mathml_equation(const cr_block *equation, const cr_page *page, cr_strbuf *out) {
  writer w = {.block = equation, .page = page, .out = out};
  CR_TRY(cr_math_parse(equation->text, &w.math));
  cr_strbuf_format(out, "<math display=\"block\"><mtable class=\"lines\">\n");
  add_rows(&w);
  cr_strbuf_format(out, "\n</mtable></math>\n");
  cr_math_free(&w.math);
  return CR_OK;
}

cr_status cr_mathml_inline(const char *notation, const cr_page *page, cr_strbuf *out) {
  writer w = {.page = page, .out = out};
  CR_TRY(cr_math_parse(notation, &w.math));
  cr_strbuf_format(out, "<math displaystyle=\"true\">");
  add_group(&w, 0);
  cr_strbuf_format(out, "</math>");
  cr_math_free(&w.math);
  return CR_OK;
}
