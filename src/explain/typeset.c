#include "explain/typeset.h"

#include <string.h>

#include "base/alloc.h"
#include "explain/ascii.h"
#include "explain/math.h"

/* One place of a picture: a character, and "" where one of two columns stands before it. */
typedef struct cell {
  char s[8];
} cell;

/* Lines of cells; line 0 on top. */
typedef struct canvas {
  cell *cells; /* (height, width) */
  size_t width, height;
} canvas;

/* What drawing a formula needs. */
typedef struct drawing {
  const cr_block *block;
  const cr_page *page;
  cr_math math;
  canvas canvas;
} drawing;

/* How a matrix is drawn. */
typedef struct matrix_look {
  cr_corner corner;
  cr_figures figures;
  size_t widths[CR_CORNER_MOST]; /* of the columns; of one that lies, of its entries */
  bool scalar;                   /* without brackets */
  bool lying;                    /* a column drawn as a row, with a T */
  bool hidden;
} matrix_look;

static void put_cell(canvas *on, size_t x, size_t y, const char *text, size_t length) {
  if (x < on->width && y < on->height) memcpy(on->cells[y * on->width + x].s, text, length);
}

static void put(canvas *on, size_t x, size_t y, const char *text, size_t size, bool ascii) {
  for (size_t at = 0; at < size; at += cr_character(text + at)) {
    const char *with = ascii ? cr_ascii_sign(text + at) : NULL;
    if (!with) put_cell(on, x++, y, text + at, cr_character(text + at));
    for (; with && *with != '\0'; with++) put_cell(on, x++, y, with, 1);
  }
}

/* Columns of a text as it is drawn. */
static size_t width_of(const char *text, size_t size, bool ascii) {
  return cr_ascii_width(text, size, ascii);
}

static size_t figure_width(double value, cr_figures figures, bool ascii) {
  const cr_figure figure = cr_figure_of(value, figures);
  return width_of(figure.s, strlen(figure.s), ascii);
}

/* Entries side by side, two blanks between them, and the dots that stand for more. */
static size_t inner_width(const matrix_look *look, const cr_page *page) {
  const size_t count = look->lying ? look->corner.rows : look->corner.cols;
  const bool more = look->lying ? look->corner.more_rows : look->corner.more_cols;
  size_t width = more ? 2 + width_of("…", strlen("…"), page->ascii) : 0;
  for (size_t i = 0; i < count; i++) width += look->widths[i] + (i > 0 ? 2 : 0);
  return width;
}

/* Fewer columns where the page is narrow. */
static void narrow(matrix_look *look, const cr_page *page) {
  enum { AROUND = 12 }; /* the indent after a symbol as long as "dZ2", a sign, brackets */
  size_t *cols = look->lying ? &look->corner.rows : &look->corner.cols;
  bool *more = look->lying ? &look->corner.more_rows : &look->corner.more_cols;
  while (*cols > 1 && inner_width(look, page) + AROUND > page->width) {
    *cols -= 1;
    *more = true;
  }
}

static matrix_look look_at(const drawing *d, size_t index) {
  const cr_shown *m = &d->block->matrices[index];
  const bool result = index + 1 == d->block->matrix_count;
  matrix_look look = {.corner = cr_corner_of(m, d->page->full)};
  look.hidden = result && d->page->hide_results && d->block->step != SIZE_MAX;
  look.figures = cr_corner_figures(m, look.corner, d->page->digits);
  look.lying = m->transposed && look.corner.cols == 1 && look.corner.rows > 1;
  look.scalar =
      cr_shown_rows(m) == 1 && cr_shown_cols(m) == 1 && (result || cr_shown_at(m, 0, 0) >= 0.0);
  for (size_t r = 0; r < look.corner.rows; r++) {
    for (size_t c = 0; c < look.corner.cols; c++) {
      const size_t width = figure_width(cr_shown_at(m, r, c), look.figures, d->page->ascii);
      size_t *column = &look.widths[look.lying ? r : c];
      if (width > *column) *column = width;
    }
  }
  if (!d->page->full) narrow(&look, d->page);
  return look;
}

/* --- measuring -------------------------------------------------------------------------------- */

static cr_math_node *node_at(const drawing *d, size_t index) {
  return &d->math.nodes[index];
}

static void measure(const drawing *d, size_t index);

static void measure_row(const drawing *d, cr_math_node *row) {
  row->width = row->above = row->below = 0;
  for (size_t i = row->child; i != 0; i = node_at(d, i)->next) {
    const cr_math_node *node = node_at(d, i);
    measure(d, i);
    row->width += node->width + (node->spaced && i != row->child);
    if (node->above > row->above) row->above = node->above;
    if (node->below > row->below) row->below = node->below;
  }
}

static void measure_matrix(const drawing *d, cr_math_node *node) {
  const matrix_look look = look_at(d, node->matrix);
  if (look.hidden) {
    node->width = 1;
  } else if (look.scalar) {
    node->width = look.widths[0];
  } else if (look.lying) {
    node->width = inner_width(&look, d->page) + 4 + width_of("ᵀ", strlen("ᵀ"), d->page->ascii);
  } else {
    const size_t lines = look.corner.rows + look.corner.more_rows;
    node->width = inner_width(&look, d->page) + 4;
    node->above = (lines - 1) / 2;
    node->below = lines - 1 - node->above;
  }
}

/* "W_1" is drawn as "W1", other subscripts and all superscripts with their signs, or raised. */
static bool is_number_row(const drawing *d, size_t index) {
  return node_at(d, index)->kind == CR_MATH_NUMBER;
}

static bool is_transposition(const drawing *d, const cr_math_node *script) {
  const cr_math_node *sup = node_at(d, script->sup);
  return sup->kind == CR_MATH_NAME && cr_math_is(sup, "T");
}

/* What is drawn of a superscript: "ᵀ", "²" of themselves, "^k" of others. */
static const char *mark_of(const drawing *d, const cr_math_node *script) {
  if (is_transposition(d, script)) return "ᵀ";
  return node_at(d, script->sup)->kind == CR_MATH_OPERATOR ? "" : "^";
}

static void measure_script(const drawing *d, cr_math_node *script) {
  measure(d, script->child);
  const cr_math_node *base = node_at(d, script->child);
  script->width = base->width;
  script->above = base->above;
  script->below = base->below;
  if (script->sub != 0) {
    measure(d, script->sub);
    script->width += node_at(d, script->sub)->width + !is_number_row(d, script->sub);
  }
  if (script->sup != 0) {
    const char *mark = mark_of(d, script);
    measure(d, script->sup);
    script->width += width_of(mark, strlen(mark), d->page->ascii);
    if (!is_transposition(d, script)) script->width += node_at(d, script->sup)->width;
  }
}

static void measure_fraction(const drawing *d, cr_math_node *fraction) {
  cr_math_node *above = node_at(d, fraction->child), *below = node_at(d, above->next);
  measure(d, fraction->child);
  measure(d, above->next);
  fraction->width = (above->width > below->width ? above->width : below->width) + 2;
  fraction->above = above->above + above->below + 1;
  fraction->below = below->above + below->below + 1;
}

static void measure(const drawing *d, size_t index) {
  cr_math_node *node = node_at(d, index);
  node->width = node->above = node->below = 0;
  switch (node->kind) {
    case CR_MATH_ROW:
      measure_row(d, node);
      break;
    case CR_MATH_SCRIPT:
      measure_script(d, node);
      break;
    case CR_MATH_FRACTION:
      measure_fraction(d, node);
      break;
    case CR_MATH_MATRIX:
      measure_matrix(d, node);
      break;
    default:
      node->width = width_of(node->text, node->length, d->page->ascii);
  }
}

/* --- drawing ---------------------------------------------------------------------------------- */

static void draw(drawing *d, size_t index, size_t x, size_t y);

static void put_sign(drawing *d, size_t x, size_t y, const char *sign) {
  put(&d->canvas, x, y, sign, strlen(sign), d->page->ascii);
}

/* A number at the right end of its place, `room` columns. */
static void put_entry(drawing *d, cr_figures figures, size_t room, size_t x, size_t y,
                      double value) {
  const cr_figure figure = cr_figure_of(value, figures);
  const size_t width = width_of(figure.s, strlen(figure.s), d->page->ascii);
  put_sign(d, x + room - width, y, figure.s);
}

static void draw_lying(drawing *d, const matrix_look *look, const cr_shown *m, size_t x, size_t y) {
  put_sign(d, x, y, "[");
  x += 2;
  for (size_t r = 0; r < look->corner.rows; r++) {
    put_entry(d, look->figures, look->widths[r], x, y, cr_shown_at(m, r, 0));
    x += look->widths[r] + 2;
  }
  if (look->corner.more_rows) {
    put_sign(d, x, y, "…");
    x += width_of("…", strlen("…"), d->page->ascii) + 2;
  }
  put_sign(d, x - 1, y, "]");
  put_sign(d, x, y, "ᵀ");
}

static const char *bracket(size_t line, size_t lines, bool left) {
  if (lines == 1) return left ? "[" : "]";
  if (line == 0) return left ? "⎡" : "⎤";
  if (line + 1 == lines) return left ? "⎣" : "⎦";
  return left ? "⎢" : "⎥";
}

/* One line of a matrix; past the last row the dots that stand for more. */
static void draw_matrix_line(drawing *d, const matrix_look *look, const cr_shown *m, size_t row,
                             size_t x, size_t y) {
  const bool dots = row == look->corner.rows;
  for (size_t c = 0; c < look->corner.cols; c++) {
    if (dots)
      put_sign(d, x + look->widths[c] - 1, y, "⋮");
    else
      put_entry(d, look->figures, look->widths[c], x, y, cr_shown_at(m, row, c));
    x += look->widths[c] + 2;
  }
  if (look->corner.more_cols && !dots) put_sign(d, x, y, "…");
}

static void draw_matrix(drawing *d, const cr_math_node *node, size_t x, size_t y) {
  const cr_shown *m = &d->block->matrices[node->matrix];
  const matrix_look look = look_at(d, node->matrix);
  const size_t lines = look.corner.rows + look.corner.more_rows;
  if (look.hidden) {
    put_sign(d, x, y, "?");
  } else if (look.scalar) {
    put_entry(d, look.figures, look.widths[0], x, y, cr_shown_at(m, 0, 0));
  } else if (look.lying) {
    draw_lying(d, &look, m, x, y);
  } else {
    for (size_t r = 0; r < lines; r++) {
      const size_t line = y - node->above + r;
      put_sign(d, x, line, bracket(r, lines, true));
      draw_matrix_line(d, &look, m, r, x + 2, line);
      put_sign(d, x + node->width - 1, line, bracket(r, lines, false));
    }
  }
}

static void draw_script(drawing *d, const cr_math_node *script, size_t x, size_t y) {
  draw(d, script->child, x, y);
  x += node_at(d, script->child)->width;
  if (script->sub != 0) {
    if (!is_number_row(d, script->sub)) put_sign(d, x++, y, "_");
    draw(d, script->sub, x, y);
    x += node_at(d, script->sub)->width;
  }
  if (script->sup == 0) return;
  const char *mark = mark_of(d, script);
  put_sign(d, x, y, mark);
  x += width_of(mark, strlen(mark), d->page->ascii);
  if (!is_transposition(d, script)) draw(d, script->sup, x, y);
}

static void draw_fraction(drawing *d, const cr_math_node *fraction, size_t x, size_t y) {
  const size_t above = fraction->child, below = node_at(d, above)->next;
  const cr_math_node *a = node_at(d, above), *b = node_at(d, below);
  draw(d, above, x + (fraction->width - a->width) / 2, y - 1 - a->below);
  draw(d, below, x + (fraction->width - b->width) / 2, y + 1 + b->above);
  for (size_t i = 0; i < fraction->width; i++) put_sign(d, x + i, y, "─");
}

static void draw_row(drawing *d, const cr_math_node *row, size_t x, size_t y) {
  for (size_t i = row->child; i != 0; i = node_at(d, i)->next) {
    const cr_math_node *node = node_at(d, i);
    if (node->spaced && i != row->child) x++;
    draw(d, i, x, y);
    x += node->width;
  }
}

static void draw(drawing *d, size_t index, size_t x, size_t y) {
  const cr_math_node *node = node_at(d, index);
  switch (node->kind) {
    case CR_MATH_ROW:
      draw_row(d, node, x, y);
      break;
    case CR_MATH_SCRIPT:
      draw_script(d, node, x, y);
      break;
    case CR_MATH_FRACTION:
      draw_fraction(d, node, x, y);
      break;
    case CR_MATH_MATRIX:
      draw_matrix(d, node, x, y);
      break;
    default:
      put(&d->canvas, x, y, node->text, node->length, d->page->ascii);
  }
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Nodes `from` up to and without `to` of the whole row, side by side on one line. */
typedef struct line {
  size_t from, to;
  size_t indent, width, above, below;
} line;

static void measure_line(const drawing *d, line *l) {
  l->width = l->above = l->below = 0;
  for (size_t i = l->from; i != l->to; i = node_at(d, i)->next) {
    const cr_math_node *node = node_at(d, i);
    l->width += node->width + (node->spaced && i != l->from);
    if (node->above > l->above) l->above = node->above;
    if (node->below > l->below) l->below = node->below;
  }
}

/* May a line be broken before this node: at a relation, or where `finely` also at an operator? */
static bool may_break(const cr_math_node *node, bool finely) {
  if (node->kind == CR_MATH_RELATION) return true;
  return finely && node->kind == CR_MATH_OPERATOR && node->spaced &&
         (cr_math_is(node, "+") || cr_math_is(node, "−") || cr_math_is(node, "·") ||
          cr_math_is(node, "⊙"));
}

/* The next node after `from` that a line may be broken before; 0: the end. */
static size_t next_break(const drawing *d, size_t from, bool finely) {
  size_t depth = 0;
  for (size_t i = from; i != 0; i = node_at(d, i)->next) {
    const cr_math_node *node = node_at(d, i);
    const bool raised = node->kind == CR_MATH_SCRIPT; /* the bracket of "(a − y)²" */
    const cr_math_node *sign = raised ? node_at(d, node->child) : node;
    if (cr_math_is(sign, "(") || cr_math_is(sign, "[")) depth++;
    if ((cr_math_is(sign, ")") || cr_math_is(sign, "]")) && depth > 0) depth--;
    if (i != from && depth == 0 && may_break(node, finely)) return i;
  }
  return 0;
}

/* Makes a line longer, piece by piece, while it fits. */
static void lengthen(const drawing *d, line *l, size_t room, bool finely) {
  while (l->to != 0 && l->width <= room) {
    line longer = *l;
    longer.to = next_break(d, l->to, finely);
    measure_line(d, &longer);
    if (longer.width > room) return;
    *l = longer;
  }
}

/* The longest line from `from` that fits; a piece too long even alone is taken as it is. */
static line take_line(const drawing *d, size_t from, size_t indent) {
  const size_t room = d->page->width > indent ? d->page->width - indent : 1;
  line best = {.from = from, .to = next_break(d, from, false), .indent = indent};
  measure_line(d, &best);
  if (best.width > room) {
    best.to = next_break(d, from, true);
    measure_line(d, &best);
    lengthen(d, &best, room, true);
    return best;
  }
  const size_t symbol = best.to;
  lengthen(d, &best, room, false);
  /* a symbol does not stand alone where part of its formula fits beside it */
  if (from == d->math.nodes[0].child && best.to == symbol) lengthen(d, &best, room, true);
  return best;
}

static void add_canvas(const drawing *d, const line *l, const char *shapes, cr_strbuf *out) {
  const canvas *on = &d->canvas;
  const size_t margin = shapes ? width_of(shapes, strlen(shapes), d->page->ascii) : 0;
  for (size_t y = 0; y < on->height; y++) {
    size_t end = on->width;
    while (end > 0 && on->cells[y * on->width + end - 1].s[0] == '\0') end--;
    cr_strbuf_format(out, "%*s", (int)l->indent, "");
    for (size_t x = 0; x < end; x++) {
      const char *s = on->cells[y * on->width + x].s;
      cr_strbuf_format(out, "%s", s[0] == '\0' ? " " : s);
    }
    if (shapes && y == l->above) {
      const size_t used = l->indent + end;
      cr_strbuf_format(out, "%*s", (int)(d->page->width - margin - used), "");
      cr_ascii_add(out, shapes, strlen(shapes), d->page->ascii);
    }
    cr_strbuf_format(out, "\n");
  }
}

static cr_status draw_line(drawing *d, const line *l, const char *shapes, cr_strbuf *out) {
  void *cells = NULL;
  d->canvas.width = l->width;
  d->canvas.height = l->above + 1 + l->below;
  CR_TRY(cr_alloc(d->canvas.width * d->canvas.height, sizeof(cell), &cells));
  d->canvas.cells = cells;
  size_t x = 0;
  for (size_t i = l->from; i != l->to; i = node_at(d, i)->next) {
    const cr_math_node *node = node_at(d, i);
    if (node->spaced && i != l->from) x++;
    draw(d, i, x, l->above);
    x += node->width;
  }
  add_canvas(d, l, shapes, out);
  cr_free(cells);
  return CR_OK;
}

/* Does what stands at the right margin fit behind this line? */
static bool fits_beside(const drawing *d, const line *l, const char *shapes) {
  return l->indent + l->width + 3 + width_of(shapes, strlen(shapes), d->page->ascii) <=
         d->page->width;
}

static cr_status draw_lines(drawing *d, cr_strbuf *out) {
  enum { INDENT = 2, WIDEST_SYMBOL = 16 };
  const char *shapes = d->block->shapes;
  size_t indent = INDENT;
  measure(d, 0);
  for (size_t from = d->math.nodes[0].child; from != 0;) {
    const line l = take_line(d, from, indent);
    const bool beside = shapes && fits_beside(d, &l, shapes);
    CR_TRY(draw_line(d, &l, beside ? shapes : NULL, out));
    if (beside) shapes = NULL;
    if (from == d->math.nodes[0].child) { /* what follows begins below the first relation */
      line symbol = {.from = from, .to = next_break(d, from, false)};
      measure_line(d, &symbol);
      indent += symbol.width < WIDEST_SYMBOL ? symbol.width + 1 : 2;
    }
    from = l.to;
  }
  if (!shapes) return CR_OK;
  const size_t width = width_of(shapes, strlen(shapes), d->page->ascii);
  cr_strbuf_format(out, "%*s", (int)(width < d->page->width ? d->page->width - width : 0), "");
  cr_ascii_add(out, shapes, strlen(shapes), d->page->ascii);
  cr_strbuf_format(out, "\n");
  return CR_OK;
}

cr_status cr_typeset(const cr_block *equation, const cr_page *page, cr_strbuf *out) {
  drawing d = {.block = equation, .page = page};
  CR_TRY(cr_math_parse(equation->text, &d.math));
  const cr_status status = draw_lines(&d, out);
  cr_math_free(&d.math);
  if (status == CR_OK && equation->note) cr_wrap(equation->note, 6, page, out);
  return status;
}

void cr_wrap(const char *text, size_t indent, const cr_page *page, cr_strbuf *out) {
  cr_strbuf shown = {0};
  cr_ascii_add(&shown, text, strlen(text), page->ascii);
  const size_t room = page->width > indent + 8 ? page->width - indent : 8;
  size_t used = 0;
  if (shown.failed) out->failed = true;
  for (const char *at = shown.text; at && !shown.failed && *at != '\0';) {
    const size_t length = strcspn(at, " "), width = cr_text_width(at, length);
    if (used == 0) {
      cr_strbuf_format(out, "%*s", (int)indent, "");
    } else if (used + 1 + width > room) {
      cr_strbuf_format(out, "\n%*s", (int)indent, "");
      used = 0;
    } else {
      cr_strbuf_format(out, " ");
      used++;
    }
    cr_strbuf_add(out, at, length);
    used += width;
    at += length;
    at += strspn(at, " ");
  }
  cr_strbuf_format(out, "\n");
  cr_strbuf_free(&shown);
}
