/* A complete document for pdfLaTeX: article and amsmath. */
#include <string.h>

#include "explain/render.h"
#include "explain/tex.h"

static const char preamble[] =
    "\\documentclass[a4paper,11pt]{article}\n"
    "\\usepackage[utf8]{inputenc}\n"
    "\\usepackage[T1]{fontenc}\n"
    "\\usepackage[paperwidth=%zumm,margin=22mm]{geometry}\n"
    "\\usepackage{amsmath,amssymb}\n"
    "\\setcounter{MaxMatrixCols}{101}\n"
    "\\setlength{\\parindent}{0pt}\n"
    "\\setlength{\\parskip}{4pt}\n"
    "\\allowdisplaybreaks\n"
    "\\begin{document}\n";

static void add_paragraph(const char *text, cr_strbuf *out) {
  cr_tex_text(text, out);
  cr_strbuf_format(out, "\n\n");
}

/*
 * The formula, with its shapes at the end of the first line: below it are the matrices. Its lines
 * stay on one page.
 */
static cr_status add_formula(const cr_block *block, const cr_page *page, cr_strbuf *out) {
  cr_strbuf text = {0};
  cr_status status = cr_tex_math(block->text, block, page, true, &text);
  out->failed |= text.failed;
  for (char *at = text.text, *end; status == CR_OK && !text.failed && at; at = end) {
    end = strstr(at, CR_TEX_LINE);
    cr_strbuf_add(out, at, end ? (size_t)(end - at) : strlen(at));
    if (at == text.text && block->shapes) {
      cr_strbuf_format(out, " \\qquad\\text{\\footnotesize ");
      cr_tex_text(block->shapes, out);
      cr_strbuf_format(out, "}");
    }
    if (!end) break;
    cr_strbuf_format(out, "\\\\*\n ");
    end += strlen(CR_TEX_LINE);
  }
  cr_strbuf_free(&text);
  return status;
}

/* Equations that follow each other are aligned together, with their notes between them. */
static cr_status add_equation(const cr_document *d, size_t index, const cr_page *page,
                              cr_strbuf *out) {
  const cr_block *block = &d->blocks[index];
  const bool first = index == 0 || block[-1].kind != CR_BLOCK_EQUATION;
  const bool last = index + 1 == d->count || block[1].kind != CR_BLOCK_EQUATION;
  cr_strbuf_format(out, first ? "\\begin{align*}\n " : "\n ");
  CR_TRY(add_formula(block, page, out));
  cr_strbuf_format(out, last ? "\n\\end{align*}\n" : " \\\\");
  if (!block->note) return CR_OK;
  cr_strbuf_format(out, last ? "{" : "\n\\intertext{");
  cr_strbuf_format(out, "\\small\\itshape ");
  cr_tex_text(block->note, out);
  cr_strbuf_format(out, last ? "}\n\n" : "}");
  return CR_OK;
}

/* Of A4, or as wide as the widest matrix asks for: millimetres. */
static size_t paper_width(const cr_document *d, const cr_page *page) {
  /* a number has a digit before the point, the point, a sign, and a gap beside it */
  enum { A4 = 210, DIGIT = 2, NUMBER = 10, AROUND = 76 };
  size_t widest = A4;
  for (size_t i = 0; i < d->count; i++) {
    for (size_t m = 0; m < d->blocks[i].matrix_count; m++) {
      const size_t cols = cr_corner_of(&d->blocks[i].matrices[m], page->full).cols;
      const size_t width = AROUND + cols * (DIGIT * page->digits + NUMBER);
      if (width > widest) widest = width;
    }
  }
  return widest;
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

static cr_status add_block(const cr_document *d, size_t index, const cr_page *page,
                           cr_strbuf *out) {
  const cr_block *block = &d->blocks[index];
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
      return add_equation(d, index, page, out);
    case CR_BLOCK_TABLE:
      return add_table(block, page, out);
  }
  return CR_OK;
}

static cr_status write_latex(const cr_document *document, const cr_page *page, cr_strbuf *out) {
  cr_strbuf_format(out, preamble, paper_width(document, page));
  cr_strbuf_format(out, "\\begin{center}\\Large ");
  cr_tex_text(document->title, out);
  cr_strbuf_format(out, "\\end{center}\n");
  for (size_t i = 0; i < document->count; i++) CR_TRY(add_block(document, i, page, out));
  cr_strbuf_format(out, "\\end{document}\n");
  return CR_OK;
}

const cr_renderer cr_render_latex = {"latex", write_latex};
