/* A complete document for pdfLaTeX: article and amsmath. */
#include <string.h>

#include "explain/render.h"
#include "explain/tex.h"

static const char preamble[] =
    "\\documentclass[a4paper,11pt]{article}\n"
    "\\usepackage[utf8]{inputenc}\n"
    "\\usepackage[T1]{fontenc}\n"
    "\\usepackage[margin=22mm]{geometry}\n"
    "\\usepackage{amsmath,amssymb}\n"
    "\\setcounter{MaxMatrixCols}{12}\n"
    "\\setlength{\\parindent}{0pt}\n"
    "\\setlength{\\parskip}{4pt}\n"
    "\\allowdisplaybreaks\n"
    "\\begin{document}\n";

static void add_paragraph(const char *text, cr_strbuf *out) {
  cr_tex_text(text, out);
  cr_strbuf_format(out, "\n\n");
}

static cr_status add_equation(const cr_block *block, const cr_page *page, cr_strbuf *out) {
  cr_strbuf_format(out, "\\begin{align*}\n ");
  CR_TRY(cr_tex_math(block->text, block, page, true, out));
  if (block->shapes) {
    cr_strbuf_format(out, " && \\text{\\footnotesize ");
    cr_tex_text(block->shapes, out);
    cr_strbuf_format(out, "}");
  }
  cr_strbuf_format(out, "\n\\end{align*}\n");
  if (!block->note) return CR_OK;
  cr_strbuf_format(out, "{\\small\\itshape ");
  cr_tex_text(block->note, out);
  cr_strbuf_format(out, "}\n\n");
  return CR_OK;
}

static cr_status add_cell(const cr_block *table, size_t index, const cr_page *page,
                          cr_strbuf *out) {
  if (table->alignment[index % table->columns] != 'm' || index < table->columns) {
    cr_tex_text(table->cells[index], out);
    return CR_OK;
  }
  cr_strbuf_format(out, "$");
  CR_TRY(cr_tex_math(table->cells[index], table, page, false, out));
  cr_strbuf_format(out, "$");
  return CR_OK;
}

/* A column whose words are too long for a line is broken within half of the page. */
static bool is_long(const cr_block *table, size_t column) {
  enum { LONG = 40 };
  bool found = false;
  for (size_t i = column; i < table->cell_count; i += table->columns)
    found |= strlen(table->cells[i]) > LONG;
  return found && table->alignment[column] == 'l';
}

static cr_status add_table(const cr_block *table, const cr_page *page, cr_strbuf *out) {
  if (table->text[0] != '\0') add_paragraph(table->text, out);
  cr_strbuf_format(out, "{\\small\\begin{tabular}{@{}");
  for (size_t c = 0; c < table->columns; c++)
    cr_strbuf_format(out, "%s",
                     is_long(table, c)            ? "p{0.46\\linewidth}"
                     : table->alignment[c] == 'r' ? "r"
                                                  : "l");
  cr_strbuf_format(out, "@{}}\n\\hline\n");
  for (size_t i = 0; i < table->cell_count; i++) {
    const bool last = (i + 1) % table->columns == 0;
    CR_TRY(add_cell(table, i, page, out));
    cr_strbuf_format(out, last ? " \\\\\n" : " & ");
    if (i + 1 == table->columns) cr_strbuf_format(out, "\\hline\n");
  }
  cr_strbuf_format(out, "\\hline\n\\end{tabular}}\n\n");
  return CR_OK;
}

static cr_status add_block(const cr_block *block, const cr_page *page, cr_strbuf *out) {
  switch (block->kind) {
    case CR_BLOCK_HEADING:
      cr_strbuf_format(out, "\\section*{");
      cr_tex_text(block->text, out);
      cr_strbuf_format(out, "}\n");
      return CR_OK;
    case CR_BLOCK_SENTENCE:
      add_paragraph(block->text, out);
      return CR_OK;
    case CR_BLOCK_EQUATION:
      return add_equation(block, page, out);
    case CR_BLOCK_TABLE:
      return add_table(block, page, out);
  }
  return CR_OK;
}

static cr_status write_latex(const cr_document *document, const cr_page *page, cr_strbuf *out) {
  cr_strbuf_format(out, "%s\\begin{center}\\Large ", preamble);
  cr_tex_text(document->title, out);
  cr_strbuf_format(out, "\\end{center}\n");
  for (size_t i = 0; i < document->count; i++) CR_TRY(add_block(&document->blocks[i], page, out));
  cr_strbuf_format(out, "\\end{document}\n");
  return CR_OK;
}

const cr_renderer cr_render_latex = {"latex", write_latex};
