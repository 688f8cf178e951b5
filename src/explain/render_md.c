/* Markdown with formulas between dollars, as GitHub, Jupyter and pandoc read them. */
#include <string.h>

#include "base/alloc.h"
#include "explain/render.h"
#include "explain/tex.h"

/* Nothing in a text is markup: neither Markdown's nor HTML's. */
static void add_text(const char *text, cr_strbuf *out) {
  for (; *text != '\0'; text++) {
    if (*text == '<')
      cr_strbuf_format(out, "&lt;");
    else if (*text == '&')
      cr_strbuf_format(out, "&amp;");
    else if (strchr("\\`*_[]$|~#", *text))
      cr_strbuf_format(out, "\\%c", *text);
    else
      cr_strbuf_add(out, text, 1);
  }
}

static cr_status add_equation(const cr_block *block, const cr_page *page, cr_strbuf *out) {
  cr_strbuf_format(out, "$$\n\\begin{aligned}\n");
  CR_TRY(cr_tex_math(block->text, block, page, true, out));
  cr_strbuf_format(out, "\n\\end{aligned}\n$$\n\n");
  if (block->shapes) {
    cr_strbuf_format(out, "shapes: ");
    add_text(block->shapes, out);
    cr_strbuf_format(out, block->note ? "; " : "\n\n");
  }
  if (block->note) {
    add_text(block->note, out);
    cr_strbuf_format(out, "\n\n");
  }
  return CR_OK;
}

static cr_status add_cell(const cr_block *table, size_t index, const cr_page *page,
                          cr_strbuf *out) {
  if (table->alignment[index % table->columns] != 'm' || index < table->columns) {
    add_text(table->cells[index], out);
    return CR_OK;
  }
  cr_strbuf tex = {0};
  cr_status status = cr_tex_math(table->cells[index], table, page, false, &tex);
  cr_strbuf_format(out, "$");
  for (size_t i = 0; status == CR_OK && i < tex.length; i++) { /* "|" would end the cell */
    if (tex.text[i] == '|')
      cr_strbuf_format(out, "\\vert ");
    else
      cr_strbuf_add(out, tex.text + i, 1);
  }
  cr_strbuf_format(out, "$");
  out->failed |= tex.failed;
  cr_strbuf_free(&tex);
  return status;
}

static cr_status add_table(const cr_block *table, const cr_page *page, cr_strbuf *out) {
  if (table->text[0] != '\0') {
    add_text(table->text, out);
    cr_strbuf_format(out, "\n\n");
  }
  for (size_t i = 0; i < table->cell_count; i++) {
    cr_strbuf_format(out, "| ");
    CR_TRY(add_cell(table, i, page, out));
    cr_strbuf_format(out, (i + 1) % table->columns == 0 ? " |\n" : " ");
    if (i + 1 != table->columns) continue;
    for (size_t c = 0; c < table->columns; c++)
      cr_strbuf_format(out, table->alignment[c] == 'r' ? "|--:" : "|---");
    cr_strbuf_format(out, "|\n");
  }
  cr_strbuf_format(out, "\n");
  return CR_OK;
}

static cr_status add_block(const cr_block *block, const cr_page *page, cr_strbuf *out) {
  switch (block->kind) {
    case CR_BLOCK_HEADING:
      cr_strbuf_format(out, "## ");
      break;
    case CR_BLOCK_SENTENCE:
      break;
    case CR_BLOCK_EQUATION:
      return add_equation(block, page, out);
    case CR_BLOCK_TABLE:
      return add_table(block, page, out);
  }
  add_text(block->text, out);
  cr_strbuf_format(out, "\n\n");
  return CR_OK;
}

static cr_status write_md(const cr_document *document, const cr_page *page, cr_strbuf *out) {
  cr_strbuf_format(out, "# ");
  add_text(document->title, out);
  cr_strbuf_format(out, "\n\n");
  for (size_t i = 0; i < document->count; i++) CR_TRY(add_block(&document->blocks[i], page, out));
  return CR_OK;
}

const cr_renderer cr_render_md = {"md", write_md};
