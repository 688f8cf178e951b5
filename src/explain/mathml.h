/* Formulas as MathML Core, texts as XML. */
#ifndef EXPLAIN_MATHML_H
#define EXPLAIN_MATHML_H

#include "explain/document.h"
#include "explain/typeset.h"

/*
 * An equation as one <math> with a row for each of its relations: symbol, formula and numbers below
 * each other.
 */
cr_status cr_mathml_equation(const cr_block *equation, const cr_page *page, cr_strbuf *out);

/* A formula within a line. */
cr_status cr_mathml_inline(const char *notation, const cr_page *page, cr_strbuf *out);

/* A text: nothing in it is markup, in an attribute neither. */
void cr_xml_text(const char *text, cr_strbuf *out);

#endif
