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
  cr_strbuf text = {0};
  CR_TRY(cell_text(table, index, page, &text));
  *out = text.length > 0 ? cr_text_width(text.text, text.length) : 0;
  cr_strbuf_free(&text);
  return CR_OK;
}

static cr_status add_row(const cr_block *table, size_t first, const size_t *widths,
                         const cr_page *page, cr_strbuf *out) {
  cr_strbuf_format(out, "%*s", INDENT, "");
  for (size_t c = 0; c < table->columns; c++) {
    size_t width = 0;
    const bool right = table->alignment[c] == 'r', last = c + 1 == table->columns;
    CR_TRY(cell_width(table, first + c, page, &width));
    if (right) cr_strbuf_format(out, "%*s", (int)(widths[c] - width), "");
    CR_TRY(cell_text(table, first + c, page, out));
    if (!last) cr_strbuf_format(out, "%*s", (int)((right ? 0 : widths[c] - width) + GAP), "");
  }
  cr_strbuf_format(out, "\n");
  return CR_OK;
}

/* Too wide: the first cell of each row, and the others below it. */
static cr_status add_stacked(const cr_block *table, const cr_page *page, cr_strbuf *out) {
  for (size_t i = table->columns; i < table->cell_count; i++) {
    cr_strbuf text = {0};
    cr_status status = CR_OK;
    const bool head = i % table->columns == 0;
    if (!head && table->cells[i][0] == '\0') continue;
    status = cell_text(table, i, page, &text);
    if (status == CR_OK && !text.failed && text.length > 0)
      cr_wrap(text.text, head ? INDENT : 2 * INDENT, page, out);
    cr_strbuf_free(&text);
    CR_TRY(status);
  }
  return CR_OK;
}

static cr_status add_table(const cr_block *table, const cr_page *page, cr_strbuf *out) {
  size_t widths[MOST_COLUMNS] = {0}, total = INDENT;
  for (size_t i = 0; i < table->cell_count; i++) {
    size_t width = 0;
    CR_TRY(cell_width(table, i, page, &width));
    if (width > widths[i % table->columns]) widths[i % table->columns] = width;
  }
  for (size_t c = 0; c < table->columns; c++) total += widths[c] + (c > 0 ? GAP : 0);
  if (table->text[0] != '\0') cr_wrap(table->text, INDENT, page, out);
  if (total > page->width) return add_stacked(table, page, out);
  for (size_t i = 0; i < table->cell_count; i += table->columns)
    CR_TRY(add_row(table, i, widths, page, out));
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

cr_status cr_render_text_part(const cr_script *script, const cr_page *page, const char *section,
                              bool headings, cr_strbuf *out) {
  const cr_document *d = &script->document;
  for (size_t i = 0; i < d->count; i++) {
    const cr_block *block = &d->blocks[i];
    if (section && strcmp(section, block->section) != 0) continue;
    if (!headings && block->kind == CR_BLOCK_HEADING) continue;
    CR_TRY(add_block(block, page, out));
  }
  return CR_OK;
}

cr_status cr_render_text_step(const cr_script *script, const cr_page *page, size_t step,
                              cr_strbuf *out) {
  const cr_document *d = &script->document;
  for (size_t i = 0; i < d->count; i++) {
    if (d->blocks[i].kind == CR_BLOCK_EQUATION && d->blocks[i].step == step)
      CR_TRY(cr_typeset(&d->blocks[i], page, out));
  }
  return CR_OK;
}

static cr_status write_text(const cr_script *script, const cr_page *page, cr_strbuf *out) {
  return cr_render_text_part(script, page, NULL, true, out);
}

const cr_renderer cr_render_text = {"text", write_text};
