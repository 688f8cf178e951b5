#include <string.h>

#include "base/alloc.h"
#include "explain/ascii.h"
#include "explain/math.h"
#include "explain/render.h"

enum { INDENT = 2, GAP = 3, MOST_COLUMNS = 8 };

/* A cell as it is printed. */
static cr_status cell_text(const cr_block *table, size_t index, const cr_page *page,
                           cr_strbuf *out) {
  char *plain = NULL;
  const char *text = table->cells[index];
  if (table->alignment[index % table->columns] == 'm') {
    CR_TRY(cr_math_plain(text, &plain));
    text = plain;
  }
  cr_ascii_add(out, text, strlen(text), page->ascii);
  cr_free(plain);
  return CR_OK;
}

static cr_status cell_width(const cr_block *table, size_t index, const cr_page *page, size_t *out) {
  char *plain = NULL;
  const char *text = table->cells[index];
  if (table->alignment[index % table->columns] == 'm') {
    CR_TRY(cr_math_plain(text, &plain));
    text = plain;
  }
  *out = cr_ascii_width(text, strlen(text), page->ascii);
  cr_free(plain);
  return CR_OK;
}

/* The first `columns` cells of a row side by side. */
static cr_status add_row(const cr_block *table, size_t first, size_t columns, const size_t *widths,
                         const cr_page *page, cr_strbuf *out) {
  cr_strbuf_format(out, "%*s", INDENT, "");
  for (size_t c = 0; c < columns; c++) {
    size_t width = 0;
    const bool right = table->alignment[c] == 'r', last = c + 1 == columns;
    CR_TRY(cell_width(table, first + c, page, &width));
    if (right) cr_strbuf_format(out, "%*s", (int)(widths[c] - width), "");
    CR_TRY(cell_text(table, first + c, page, out));
    if (!last) cr_strbuf_format(out, "%*s", (int)((right ? 0 : widths[c] - width) + GAP), "");
  }
  cr_strbuf_format(out, "\n");
  return CR_OK;
}

/* A cell on lines of its own. */
static cr_status add_below(const cr_block *table, size_t index, size_t indent, const cr_page *page,
                           cr_strbuf *out) {
  cr_strbuf text = {0};
  const cr_status status = cell_text(table, index, page, &text);
  if (status == CR_OK && !text.failed && text.length > 0) cr_wrap(text.text, indent, page, out);
  out->failed |= text.failed;
  cr_strbuf_free(&text);
  return status;
}

/* Too wide: the first cell of each row, and the others below it. */
static cr_status add_stacked(const cr_block *table, const cr_page *page, cr_strbuf *out) {
  for (size_t i = table->columns; i < table->cell_count; i++) {
    const bool head = i % table->columns == 0;
    CR_TRY(add_below(table, i, head ? INDENT : 2 * INDENT, page, out));
  }
  return CR_OK;
}

static cr_status add_table(const cr_block *table, const cr_page *page, cr_strbuf *out) {
  size_t widths[MOST_COLUMNS] = {0}, total = INDENT, columns = table->columns;
  for (size_t i = 0; i < table->cell_count; i++) {
    size_t width = 0;
    CR_TRY(cell_width(table, i, page, &width));
    if (width > widths[i % columns]) widths[i % columns] = width;
  }
  for (size_t c = 0; c < columns; c++) total += widths[c] + (c > 0 ? GAP : 0);
  if (table->text[0] != '\0') cr_wrap(table->text, INDENT, page, out);
  const bool below = total > page->width && table->columns > 2; /* the last cell below the others */
  if (below) total -= widths[--columns] + GAP;
  if (total > page->width) return add_stacked(table, page, out);
  const bool named = below && table->alignment[columns] == 'r'; /* words need no heading */
  for (size_t i = 0; i < table->cell_count; i += table->columns) {
    CR_TRY(add_row(table, i, columns, widths, page, out));
    if (below && (i > 0 || named)) CR_TRY(add_below(table, i + columns, 3 * INDENT, page, out));
  }
  return CR_OK;
}

static cr_status add_block(const cr_block *block, const cr_page *page, cr_strbuf *out) {
  switch (block->kind) {
    case CR_BLOCK_HEADING:
      if (out->length > 0) cr_strbuf_format(out, "\n");
      cr_wrap(block->text, 0, page, out);
      return CR_OK;
    case CR_BLOCK_SENTENCE:
      cr_wrap(block->text, INDENT, page, out);
      return CR_OK;
    case CR_BLOCK_EQUATION:
      return cr_typeset(block, page, out);
    case CR_BLOCK_TABLE:
      return add_table(block, page, out);
  }
  return CR_OK;
}

cr_status cr_render_text_part(const cr_document *d, const cr_page *page, const char *section,
                              bool headings, cr_strbuf *out) {
  for (size_t i = 0; i < d->count; i++) {
    const cr_block *block = &d->blocks[i];
    if (section && strcmp(section, block->section) != 0) continue;
    if (!headings && block->kind == CR_BLOCK_HEADING) continue;
    CR_TRY(add_block(block, page, out));
  }
  return CR_OK;
}

cr_status cr_render_text_step(const cr_document *d, const cr_page *page, size_t step,
                              cr_strbuf *out) {
  for (size_t i = 0; i < d->count; i++) {
    if (d->blocks[i].kind == CR_BLOCK_EQUATION && d->blocks[i].step == step)
      CR_TRY(cr_typeset(&d->blocks[i], page, out));
  }
  return CR_OK;
}

static cr_status write_text(const cr_document *d, const cr_page *page, cr_strbuf *out) {
  return cr_render_text_part(d, page, NULL, true, out);
}

const cr_renderer cr_render_text = {"text", write_text};
