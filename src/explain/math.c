#include "explain/math.h"

#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"

/* Groups and scripts inside each other; formulas are ours, and shallow. */
enum { DEEPEST = 16 };

typedef struct parser {
  const char *at;
  cr_math *math;
  size_t depth;
} parser;

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Bytes of the UTF-8 character at `text`, which is valid. */
static size_t character(const char *text) {
  const unsigned char c = (unsigned char)*text;
  return c < 0x80 ? c != 0 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
}

static bool starts(const char *text, const char *with) {
  return strncmp(text, with, strlen(with)) == 0;
}

static bool is_one_of(const char *text, const char *const *list) {
  for (; *list; list++) {
    if (starts(text, *list)) return true;
  }
  return false;
}

static cr_status add_node(parser *p, cr_math_kind kind, size_t length, size_t *out) {
  void *nodes = p->math->nodes;
  CR_TRY(cr_grow(&nodes, p->math->count, p->math->count + 1, sizeof *p->math->nodes,
                 &p->math->capacity));
  p->math->nodes = nodes;
  *out = p->math->count++;
  p->math->nodes[*out] = (cr_math_node){.kind = kind, .text = p->at, .length = length};
  p->at += length;
  return CR_OK;
}

static cr_status fail(const parser *p) {
  return cr_fail(CR_ERR_INTERNAL, "a formula cannot be read at '%.40s'", p->at);
}

/* "12", "0.25", "4.2e−08" */
static size_t number_length(const char *text) {
  size_t length = 0;
  while (is_digit(text[length]) || text[length] == '.') length++;
  if (text[length] != 'e') return length;
  size_t exponent = length + 1;
  if (starts(text + exponent, "−")) exponent += strlen("−");
  const size_t digits = exponent;
  while (is_digit(text[exponent])) exponent++;
  return exponent > digits ? exponent : length;
}

/* A derivative "dz" is a name; what else has several letters is a word. */
static size_t letters_length(const char *text, bool *word) {
  size_t length = 0;
  while (is_letter(text[length])) length++;
  const bool derivative = length == 2 && text[0] == 'd';
  *word = length > 1 && !derivative;
  return length;
}

static cr_status parse_row(parser *p, const char *ends, size_t *out);

static cr_status parse_group(parser *p, size_t *out) {
  p->at++;
  CR_TRY(parse_row(p, "}", out));
  if (*p->at != '}') return fail(p);
  p->at++;
  return CR_OK;
}

/* "{above}/{below}" or a group. */
static cr_status parse_braces(parser *p, size_t *out) {
  size_t above = 0, below = 0;
  CR_TRY(parse_group(p, &above));
  *out = above;
  if (!starts(p->at, "/{")) return CR_OK;
  p->at++;
  CR_TRY(parse_group(p, &below));
  CR_TRY(add_node(p, CR_MATH_FRACTION, 0, out));
  p->math->nodes[*out].child = above;
  p->math->nodes[above].next = below;
  return CR_OK;
}

static cr_status parse_matrix(parser *p, size_t *out) {
  size_t length = 1, matrix = 0;
  while (is_digit(p->at[length])) matrix = 10 * matrix + (size_t)(p->at[length++] - '0');
  CR_TRY(add_node(p, CR_MATH_MATRIX, length, out));
  p->math->nodes[*out].matrix = matrix;
  return CR_OK;
}

static cr_status parse_simple(parser *p, size_t *out) {
  static const char *const relations[] = {"=", "←", "→", NULL};
  static const char *const names[] = {"α", "β", "γ", "δ", "ε", "λ", "σ", "Φ", "φ", "π", NULL};
  bool word = false;
  size_t length = number_length(p->at);
  if (*p->at == '#') return parse_matrix(p, out);
  if (length > 0) return add_node(p, CR_MATH_NUMBER, length, out);
  length = letters_length(p->at, &word);
  if (length > 0) return add_node(p, word ? CR_MATH_WORD : CR_MATH_NAME, length, out);
  const cr_math_kind kind = is_one_of(p->at, relations) ? CR_MATH_RELATION
                            : is_one_of(p->at, names)   ? CR_MATH_NAME
                                                        : CR_MATH_OPERATOR;
  return add_node(p, kind, character(p->at), out);
}

static cr_status parse_scripted(parser *p, size_t *out);

/* "(−z²/2)" as one. */
static cr_status parse_bracket(parser *p, size_t *out) {
  size_t inside = 0, open = 0, close = 0;
  CR_TRY(add_node(p, CR_MATH_ROW, 0, out));
  CR_TRY(add_node(p, CR_MATH_OPERATOR, 1, &open));
  CR_TRY(parse_row(p, ")", &inside));
  if (*p->at != ')') return fail(p);
  CR_TRY(add_node(p, CR_MATH_OPERATOR, 1, &close));
  p->math->nodes[*out].child = open;
  p->math->nodes[open].next = inside;
  p->math->nodes[inside].next = close;
  return CR_OK;
}

/* What stands raised: "2", "{k+1}", "−z_i"; a sign and what follows it belong together. */
static cr_status parse_raised(parser *p, size_t *out) {
  if (*p->at == '(') return parse_bracket(p, out);
  if (!starts(p->at, "−")) return parse_scripted(p, out);
  size_t row = 0, sign = 0, what = 0;
  CR_TRY(add_node(p, CR_MATH_ROW, 0, &row));
  CR_TRY(add_node(p, CR_MATH_OPERATOR, strlen("−"), &sign));
  CR_TRY(parse_scripted(p, &what));
  p->math->nodes[row].child = sign;
  p->math->nodes[sign].next = what;
  *out = row;
  return CR_OK;
}

/* Something with its subscript and superscript; "²" and "ᵀ" are raised of themselves. */
static cr_status parse_scripted(parser *p, size_t *out) {
  static const char *const raised[] = {"²", "³", "ᵀ", NULL};
  size_t base = 0, sub = 0, sup = 0;
  if (++p->depth > DEEPEST) return fail(p);
  if (*p->at == '{')
    CR_TRY(parse_braces(p, &base));
  else
    CR_TRY(parse_simple(p, &base));
  if (*p->at == '_') {
    p->at++;
    if (*p->at == '{')
      CR_TRY(parse_group(p, &sub));
    else
      CR_TRY(parse_simple(p, &sub));
  }
  if (is_one_of(p->at, raised)) {
    CR_TRY(add_node(p, CR_MATH_OPERATOR, character(p->at), &sup));
  } else if (*p->at == '^') {
    p->at++;
    CR_TRY(parse_raised(p, &sup));
  }
  p->depth--;
  *out = base;
  if (sub == 0 && sup == 0) return CR_OK;
  CR_TRY(add_node(p, CR_MATH_SCRIPT, 0, out));
  cr_math_node *script = &p->math->nodes[*out];
  script->child = base;
  script->sub = sub;
  script->sup = sup;
  return CR_OK;
}

static cr_status parse_row(parser *p, const char *ends, size_t *out) {
  size_t last = 0;
  if (++p->depth > DEEPEST) return fail(p);
  CR_TRY(add_node(p, CR_MATH_ROW, 0, out));
  while (*p->at != '\0' && !strchr(ends, *p->at)) {
    size_t node = 0;
    const bool spaced = *p->at == ' ';
    p->at += strspn(p->at, " ");
    if (*p->at == '\0') break;
    CR_TRY(parse_scripted(p, &node));
    p->math->nodes[node].spaced = spaced;
    if (last == 0)
      p->math->nodes[*out].child = node;
    else
      p->math->nodes[last].next = node;
    last = node;
  }
  p->depth--;
  return CR_OK;
}

cr_status cr_math_parse(const char *notation, cr_math *out) {
  parser p = {.at = notation, .math = out};
  size_t root = 0;
  *out = (cr_math){0};
  cr_status status = parse_row(&p, "", &root);
  if (status == CR_OK && *p.at != '\0') status = fail(&p);
  if (status != CR_OK) cr_math_free(out);
  return status;
}

void cr_math_free(cr_math *math) {
  cr_free(math->nodes);
  *math = (cr_math){0};
}

bool cr_math_is(const cr_math_node *node, const char *text) {
  return node->length == strlen(text) && memcmp(node->text, text, node->length) == 0;
}

bool cr_math_joins_matrix(const cr_math *math, size_t index) {
  const cr_math_node *node = &math->nodes[index];
  const bool joins = cr_math_is(node, "+") || cr_math_is(node, "⊙");
  return node->kind == CR_MATH_OPERATOR && joins && node->next != 0 &&
         math->nodes[node->next].kind == CR_MATH_MATRIX;
}

bool cr_math_lists(const cr_math *math, size_t left, size_t right) {
  const cr_math_kind a = math->nodes[left].kind;
  return left != 0 && math->nodes[right].spaced && math->nodes[right].kind == CR_MATH_NUMBER &&
         (a == CR_MATH_NAME || a == CR_MATH_SCRIPT);
}

bool cr_math_touches(const cr_math *math, size_t left, size_t right) {
  const cr_math_kind a = math->nodes[left].kind, b = math->nodes[right].kind;
  const bool quantity = b == CR_MATH_NAME || b == CR_MATH_SCRIPT;
  const bool before =
      a == CR_MATH_NAME || a == CR_MATH_SCRIPT || a == CR_MATH_NUMBER || a == CR_MATH_FRACTION;
  return left != 0 && math->nodes[right].spaced && quantity && before;
}

cr_status cr_math_substitute(const char *formula, const char *a, const char *y, const char *z,
                             char **out) {
  cr_strbuf text = {0};
  const char *at = formula;
  while (*at != '\0') {
    bool word = false;
    size_t length = letters_length(at, &word);
    const char *with = NULL;
    if (length == 1 && at[1] != '_') with = *at == 'a' ? a : *at == 'y' ? y : *at == 'z' ? z : NULL;
    if (length == 0) length = character(at);
    if (with)
      cr_strbuf_add(&text, with, strlen(with));
    else
      cr_strbuf_add(&text, at, length);
    at += length;
  }
  return cr_strbuf_take(&text, out);
}

/* "_1" loses its sign, so that W_1 is W1; "_{k}" and "_k" keep it. */
cr_status cr_math_plain(const char *notation, char **out) {
  cr_strbuf text = {0};
  for (const char *at = notation; *at != '\0'; at++) {
    if (*at == '{' || *at == '}') continue;
    if (*at == '_' && is_digit(at[1])) continue;
    if (starts(at, "^T") && !is_letter(at[2])) {
      cr_strbuf_add(&text, "ᵀ", strlen("ᵀ"));
      at++;
      continue;
    }
    cr_strbuf_add(&text, at, 1);
  }
  return cr_strbuf_take(&text, out);
}
