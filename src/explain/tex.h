/* Formulas and texts as LaTeX, for a document of their own and for Markdown. */
#ifndef EXPLAIN_TEX_H
#define EXPLAIN_TEX_H

#include "explain/document.h"
#include "explain/typeset.h"

/* Between the lines of a formula that is aligned. */
#define CR_TEX_LINE "\\\\\n "

/* A formula for math mode. With `aligned`, "&" before and "\\" between its relations. */
cr_status cr_tex_math(const char *notation, const cr_block *block, const cr_page *page,
                      bool aligned, cr_strbuf *out);

/* A text outside of it: nothing is a command, and what pdfLaTeX has no letter for is named. */
void cr_tex_text(const char *text, cr_strbuf *out);

#endif
