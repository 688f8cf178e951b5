/* The forms an explanation is written in: a row of a table each. */
#ifndef EXPLAIN_RENDER_H
#define EXPLAIN_RENDER_H

#include "explain/script.h"
#include "explain/typeset.h"

typedef struct cr_renderer {
  const char *name;
  cr_status (*write)(const cr_script *script, const cr_page *page, cr_strbuf *out);
} cr_renderer;

extern const cr_renderer cr_render_text, cr_render_md, cr_render_latex, cr_render_html,
    cr_render_json;

/* Text: a section alone (NULL: all), with its heading or without; or the equation of one step. */
cr_status cr_render_text_part(const cr_script *script, const cr_page *page, const char *section,
                              bool headings, cr_strbuf *out);
cr_status cr_render_text_step(const cr_script *script, const cr_page *page, size_t step,
                              cr_strbuf *out);

#endif
