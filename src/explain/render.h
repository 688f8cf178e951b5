/* The forms an explanation is written in. */
#ifndef EXPLAIN_RENDER_H
#define EXPLAIN_RENDER_H

#include "explain/chain.h"
#include "explain/script.h"
#include "explain/typeset.h"

/* A form that people read, from the document. */
typedef struct cr_renderer {
  const char *name;
  cr_status (*write)(const cr_document *document, const cr_page *page, cr_strbuf *out);
} cr_renderer;

extern const cr_renderer cr_render_text, cr_render_md, cr_render_latex, cr_render_html;

/* JSON is of the trace: all steps, in layout rows, and one weight (NULL: none). */
cr_status cr_render_json(const cr_script *script, const cr_chain *chain, size_t top,
                         cr_strbuf *out);

/* Text: a section alone (NULL: all), with its heading or without; or the equation of one step. */
cr_status cr_render_text_part(const cr_document *document, const cr_page *page, const char *section,
                              bool headings, cr_strbuf *out);
cr_status cr_render_text_step(const cr_document *document, const cr_page *page, size_t step,
                              cr_strbuf *out);

#endif
