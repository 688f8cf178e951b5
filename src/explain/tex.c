#include "explain/tex.h"

#include <string.h>

#include "explain/math.h"

/* Signs of the notation in math mode. */
static const struct {
  const char *sign, *tex;
} signs[] = {
    {"−", "-"},
    {"·", "\\cdot "},
    {"×", "\\times "},
    {"⊙", "\\odot "},
    {"←", "\\leftarrow "},
    {"→", "\\rightarrow "},
    {"Σ", "\\sum "},
    {"∂", "\\partial "},
    {"√", "\\surd "},
    {"½", "\\tfrac12 "},
    {"²", "2"},
    {"³", "3"},
    {"ᵀ", "\\top "},
    {"≤", "\\le "},
    {"≥", "\\ge "},
    {"≠", "\\ne "},
    {"±", "\\pm "},
    {"∞", "\\infty "},
    {"…", "\\dots "},
    {"α", "\\alpha "},
    {"β", "\\beta "},
    {"γ", "\\gamma "},
    {"δ", "\\delta "},
    {"ε", "\\varepsilon "},
    {"λ", "\\lambda "},
    {"σ", "\\sigma "},
    {"Φ", "\\Phi "},
    {"φ", "\\varphi "},
    {"π", "\\pi "},
    {"|", "|"},
    {"%", "\\%"},
    {"&", "\\&"},
    {"#", "\\#"},
    {"$", "\\$"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"_", "\\_"},
    {"^", "\\hat{}"},
    {"~", "\\sim "},
    {"\\", "\\setminus "},
};

/* Words that have a command; others are set as text. */
static const char *const functions[] = {"ln", "tanh", "max", "min", "exp", "cos", "sin", NULL};

typedef struct writer {
  const cr_block *block;
  const cr_page *page;
  cr_math math;
  cr_strbuf *out;
  bool aligned;
} writer;

static const cr_math_node *node_at(const writer *w, size_t index) {
  return &w->math.nodes[index];
}

/* A sign that the table does not have is ASCII, or is left out rather than end the run. */
static void add_sign(writer *w, const char *text, size_t length) {
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    if (strlen(signs[i].sign) != length || memcmp(signs[i].sign, text, length) != 0) continue;
    cr_strbuf_format(w->out, "%s", signs[i].tex);
    return;
  }
  if (length == 1)
    cr_strbuf_add(w->out, text, 1);
  else
    cr_strbuf_format(w->out, "?");
}

static void add_word(writer *w, const cr_math_node *node) {
  for (const char *const *name = functions; *name; name++) {
    if (cr_math_is(node, *name)) {
      cr_strbuf_format(w->out, "\\%s ", *name);
      return;
    }
  }
  const bool calls = strncmp(node->text + node->length, "(", 1) == 0;
  if (calls || cr_math_is(node, "sign") || cr_math_is(node, "erf"))
    cr_strbuf_format(w->out, "\\operatorname{%.*s}", (int)node->length, node->text);
  else
    cr_strbuf_format(w->out, "\\text{ %.*s }", (int)node->length, node->text);
}

/* "dW" is a d and a W. */
static void add_name(writer *w, const cr_math_node *node) {
  if ((unsigned char)node->text[0] >= 0x80)
    add_sign(w, node->text, node->length);
  else if (node->length == 2)
    cr_strbuf_format(w->out, "d%c", node->text[1]);
  else
    cr_strbuf_add(w->out, node->text, node->length);
}

/* "4.2e−08" is 4.2 times a power of ten. */
static void add_number(writer *w, const char *text, size_t length) {
  const char *power = memchr(text, 'e', length);
  const size_t mantissa = power ? (size_t)(power - text) : length;
  cr_strbuf_add(w->out, text, mantissa);
  if (!power) return;
  const char *at = power + 1;
  const bool negative = strncmp(at, "−", strlen("−")) == 0;
  if (negative) at += strlen("−");
  while (*at == '0' && at + 1 < text + length) at++;
  cr_strbuf_format(w->out, "\\cdot 10^{%s%.*s}", negative ? "-" : "", (int)(text + length - at),
                   at);
}

static void add_figure(writer *w, double value, cr_figures figures) {
  const cr_figure figure = cr_figure_of(value, figures);
  const char *text = figure.s;
  if (strncmp(text, "−", strlen("−")) == 0) {
    cr_strbuf_add(w->out, "-", 1);
    text += strlen("−");
  }
  if (strcmp(text, "∞") == 0)
    cr_strbuf_format(w->out, "\\infty ");
  else
    add_number(w, text, strlen(text));
}

static void add_matrix_row(writer *w, const cr_shown *m, cr_corner corner, cr_figures figures,
                           size_t row) {
  for (size_t c = 0; c < corner.cols; c++) {
    if (c > 0) cr_strbuf_format(w->out, " & ");
    add_figure(w, cr_shown_at(m, row, c), figures);
  }
  if (corner.more_cols) cr_strbuf_format(w->out, " & \\cdots");
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
  cr_strbuf_format(w->out, "\\begin{bmatrix}");
  for (size_t r = 0; r < corner.rows; r++) {
    if (r > 0) cr_strbuf_format(w->out, " \\\\ ");
    add_matrix_row(w, m, corner, figures, r);
  }
  if (corner.more_rows) {
    cr_strbuf_format(w->out, " \\\\ ");
    for (size_t c = 0; c < corner.cols; c++)
      cr_strbuf_format(w->out, "%s\\vdots", c > 0 ? " & " : "");
    if (corner.more_cols) cr_strbuf_format(w->out, " & ");
  }
  cr_strbuf_format(w->out, "\\end{bmatrix}");
}

static void add_node(writer *w, size_t index);

/* Between what stands side by side: little in a product, more between entries. */
static void add_gap(writer *w, size_t left, size_t right) {
  if (cr_math_touches(&w->math, left, right)) cr_strbuf_format(w->out, "\\, ");
  if (cr_math_lists(&w->math, left, right)) cr_strbuf_format(w->out, "\\;\\; ");
}

static void add_row(writer *w, const cr_math_node *row) {
  size_t last = 0;
  for (size_t i = row->child; i != 0; i = node_at(w, i)->next) {
    if (node_at(w, i)->spaced) cr_strbuf_format(w->out, " ");
    add_gap(w, last, i);
    add_node(w, i);
    last = i;
  }
}

/* A sum, and a bracket, carry scripts as they are; "a_i" becomes "{a}_{i}". */
static void add_script(writer *w, const cr_math_node *script) {
  add_node(w, script->child);
  if (script->sub != 0) {
    cr_strbuf_format(w->out, "_{");
    add_node(w, script->sub);
    cr_strbuf_format(w->out, "}");
  }
  if (script->sup == 0) return;
  const cr_math_node *sup = node_at(w, script->sup);
  cr_strbuf_format(w->out, "^{");
  if (sup->kind == CR_MATH_NAME && cr_math_is(sup, "T"))
    cr_strbuf_format(w->out, "\\top");
  else
    add_node(w, script->sup);
  cr_strbuf_format(w->out, "}");
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
    case CR_MATH_RELATION:
      add_sign(w, node->text, node->length);
      break;
    case CR_MATH_SCRIPT:
      add_script(w, node);
      break;
    case CR_MATH_FRACTION:
      cr_strbuf_format(w->out, "\\frac{");
      add_node(w, node->child);
      cr_strbuf_format(w->out, "}{");
      add_node(w, node_at(w, node->child)->next);
      cr_strbuf_format(w->out, "}");
      break;
    case CR_MATH_MATRIX:
      add_matrix(w, node);
      break;
  }
}

/* A sign before a number of a sum or product that is written out. */
static bool joins_number(const writer *w, const cr_math_node *node) {
  if (node->kind != CR_MATH_OPERATOR || !node->spaced || node->next == 0) return false;
  const cr_math_node *after = node_at(w, node->next);
  return (cr_math_is(node, "+") || cr_math_is(node, "−") || cr_math_is(node, "·")) &&
         (after->kind == CR_MATH_NUMBER || cr_math_is(after, "("));
}

/* The whole formula; relations outside of brackets begin a line each, after the first. */
static void add_lines(writer *w) {
  enum { NUMBERS = 5 }; /* of a line */
  size_t depth = 0, relations = 0, last = 0, numbers = 0;
  for (size_t i = node_at(w, 0)->child; i != 0; i = node_at(w, i)->next) {
    const cr_math_node *node = node_at(w, i);
    const bool raised = node->kind == CR_MATH_SCRIPT;
    const cr_math_node *sign = raised ? node_at(w, node->child) : node;
    if (cr_math_is(sign, "(")) depth++;
    if (cr_math_is(sign, ")") && depth > 0) depth--;
    if (node->spaced) cr_strbuf_format(w->out, " ");
    if (node->kind == CR_MATH_RELATION) numbers = 0;
    if (w->aligned && depth == 0 && node->kind == CR_MATH_RELATION)
      cr_strbuf_format(w->out, "%s&", relations++ > 0 ? CR_TEX_LINE : "");
    else if (w->aligned && joins_number(w, node) && ++numbers % NUMBERS == 0)
      cr_strbuf_format(w->out, CR_TEX_LINE "&\\quad ");
    else if (w->aligned && cr_math_joins_matrix(&w->math, i) && cr_is_wide(w->block, w->page->full))
      cr_strbuf_format(w->out, CR_TEX_LINE "&\\quad ");
    add_gap(w, last, i);
    add_node(w, i);
    last = i;
  }
}

cr_status cr_tex_math(const char *notation, const cr_block *block, const cr_page *page,
                      bool aligned, cr_strbuf *out) {
  writer w = {.block = block, .page = page, .out = out, .aligned = aligned};
  CR_TRY(cr_math_parse(notation, &w.math));
  add_lines(&w);
  cr_math_free(&w.math);
  return CR_OK;
}

/* What pdfLaTeX would take for a command, and the signs of our own sentences. */
static const struct {
  const char *sign, *tex;
} text_signs[] = {
    {"\\", "\\textbackslash{}"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"$", "\\$"},
    {"&", "\\&"},
    {"#", "\\#"},
    {"%", "\\%"},
    {"_", "\\_"},
    {"^", "\\textasciicircum{}"},
    {"~", "\\textasciitilde{}"},
    {"<", "\\textless{}"},
    {">", "\\textgreater{}"},
    {"|", "\\textbar{}"},
    {"\"", "\\textquotedbl{}"},
    {"−", "$-$"},
    {"×", "$\\times$"},
    {"→", "$\\rightarrow$"},
    {"←", "$\\leftarrow$"},
    {"·", "$\\cdot$"},
    {"⊙", "$\\odot$"},
    {"…", "\\dots{}"},
    {"∂", "$\\partial$"},
    {"≤", "$\\le$"},
    {"≥", "$\\ge$"},
    {"Σ", "$\\Sigma$"},
    {"σ", "$\\sigma$"},
    {"λ", "$\\lambda$"},
    {"²", "$^2$"},
    {"½", "$\\frac12$"},
    {"ᵀ", "$^\\top$"},
};

static const char *tex_of(const char *character, size_t length) {
  for (size_t i = 0; i < sizeof text_signs / sizeof *text_signs; i++) {
    if (strlen(text_signs[i].sign) == length && memcmp(text_signs[i].sign, character, length) == 0)
      return text_signs[i].tex;
  }
  return NULL;
}

/* A letter pdfLaTeX has in its T1 fonts: Latin with the accents of Western Europe. */
static bool is_latin(const unsigned char *c) {
  return c[0] == 0xC3 && c[1] != 0x97 && c[1] != 0xB7;
}

static unsigned long code_of(const unsigned char *c, size_t length) {
  if (length == 2) return (c[0] & 0x1Fu) << 6 | (c[1] & 0x3Fu);
  if (length == 3) return (c[0] & 0xFu) << 12 | (c[1] & 0x3Fu) << 6 | (c[2] & 0x3Fu);
  return (unsigned long)(c[0] & 0x7u) << 18 | (unsigned long)(c[1] & 0x3Fu) << 12 |
         (unsigned long)(c[2] & 0x3Fu) << 6 | (c[3] & 0x3Fu);
}

void cr_tex_text(const char *text, cr_strbuf *out) {
  while (*text != '\0') {
    const unsigned char *c = (const unsigned char *)text;
    const size_t length = *c < 0x80 ? 1 : *c >= 0xF0 ? 4 : *c >= 0xE0 ? 3 : 2;
    const char *tex = tex_of(text, length);
    if (tex)
      cr_strbuf_format(out, "%s", tex);
    else if (length == 1 || is_latin(c))
      cr_strbuf_add(out, text, length);
    else
      cr_strbuf_format(out, "[U+%04lX]", code_of(c, length));
    text += length;
  }
}
