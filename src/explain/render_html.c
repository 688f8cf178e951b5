/*
 * One page: MathML and a style sheet, no script and no request. It is XML as well as HTML, so that
 * any reader of either can take it apart.
 */
#include <string.h>

#include "explain/mathml.h"
#include "explain/render.h"

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\"/>\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
    "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
    "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n";

static const char style[] =
    "<style>\n"
    ":root { --page: #fffdf8; --ink: #1c1b19; --soft: #5f5a52; --line: #d9d3c7; --mark: #005a8d;\n"
    "  --tint: #f4efe4; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --page: #17181b; --ink: #e9e6df; --soft: #aca69b; --line: #3a3b40; --mark: "
    "#7cc4f0;\n"
    "    --tint: #212329; }\n"
    "}\n"
    "* { box-sizing: border-box; }\n"
    "body { margin: 0; background: var(--page); color: var(--ink);\n"
    "  font: 17px/1.55 Charter, \"Bitstream Charter\", \"Iowan Old Style\", \"STIX Two Text\",\n"
    "    Georgia, \"Times New Roman\", serif; }\n"
    "header, main, footer { max-width: 54rem; margin: 0 auto; padding: 0 1.25rem; }\n"
    "h1 { font-size: 1.9rem; line-height: 1.2; margin: 2.2rem 0 0.6rem; font-weight: 600;\n"
    "  overflow-wrap: anywhere; }\n"
    "h2 { font-size: 1.25rem; margin: 2.6rem 0 0.7rem; padding-bottom: 0.25rem; font-weight: 600;\n"
    "  border-bottom: 1px solid var(--line); }\n"
    "nav ol { list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; padding: 0;\n"
    "  margin: 0; }\n"
    "a { color: var(--mark); text-underline-offset: 0.15em; }\n"
    "a:focus-visible, div.scroll:focus-visible { outline: 2px solid var(--mark);\n"
    "  outline-offset: 2px; }\n"
    "p { margin: 0.5rem 0; max-width: 44rem; overflow-wrap: anywhere; }\n"
    "math { font-family: \"STIX Two Math\", \"Cambria Math\", \"Latin Modern Math\", math;\n"
    "  font-size: 1.06em; }\n"
    "figure { margin: 0.9rem 0; display: grid; grid-template-columns: minmax(0, 1fr) auto;\n"
    "  column-gap: 1.5rem; align-items: center; break-inside: avoid; }\n"
    "div.scroll { overflow-x: auto; padding: 0.15rem 0; }\n"
    "figure math { width: max-content; margin: 0; }\n"
    "figcaption { display: contents; }\n"
    "span.shapes { color: var(--soft); font-size: 0.84rem; white-space: nowrap;\n"
    "  font-variant-numeric: tabular-nums; }\n"
    "span.note { grid-column: 1 / -1; color: var(--soft); font-style: italic; font-size: 0.95rem;\n"
    "  padding-left: 1.4rem; }\n"
    "mtable { math-style: normal; }\n"
    "mtable.lines > mtr > mtd { padding: 0.22em 0.12em; text-align: left;\n"
    "  text-align: -webkit-left; }\n"
    "mtable.lines > mtr > mtd:first-child { text-align: right;\n"
    "  text-align: -webkit-right; padding-left: 1.4rem; }\n"
    "mtable.matrix > mtr > mtd { padding: 0.1em 0.42em; text-align: right;\n"
    "  text-align: -webkit-right; }\n"
    "table { border-collapse: collapse; font-size: 0.95rem; }\n"
    "caption { text-align: left; white-space: nowrap; color: var(--soft); font-style: italic; "
    "padding: 0.3rem 0; }\n"
    "th, td { text-align: left; padding: 0.3rem 1.4rem 0.3rem 0; vertical-align: baseline; }\n"
    "td:last-child:not(.r) { min-width: 12rem; }\n"
    "th { font-weight: 600; border-bottom: 1px solid var(--line); }\n"
    "th.r, td.r { text-align: right; font-variant-numeric: tabular-nums; }\n"
    "tbody tr + tr td { border-top: 1px solid var(--tint); }\n"
    "footer { color: var(--soft); font-size: 0.84rem; margin: 3rem auto 2rem; }\n"
    "@media (max-width: 40rem) { figure { grid-template-columns: minmax(0, 1fr); } }\n"
    "@media print {\n"
    "  :root { --page: #fff; --ink: #000; --soft: #444; --line: #999; --mark: #000;\n"
    "    --tint: #ddd; }\n"
    "  body { font-size: 10.5pt; }\n"
    "  nav { display: none; }\n"
    "  h2 { break-after: avoid; }\n"
    "}\n"
    "</style>\n";

static void add_tag(cr_strbuf *out, const char *open, const char *text, const char *close) {
  cr_strbuf_format(out, "%s", open);
  cr_xml_text(text, out);
  cr_strbuf_format(out, "%s", close);
}

static cr_status add_equation(const cr_block *block, const cr_page *page, cr_strbuf *out) {
  cr_strbuf_format(out,
                   "<figure><div class=\"scroll\" tabindex=\"0\" role=\"group\" "
                   "aria-label=\"equation\">");
  CR_TRY(cr_mathml_equation(block, page, out));
  cr_strbuf_format(out, "</div>\n");
  if (block->shapes || block->note) {
    cr_strbuf_format(out, "<figcaption>");
    if (block->shapes) add_tag(out, "<span class=\"shapes\">", block->shapes, "</span>\n");
    if (block->note) add_tag(out, "<span class=\"note\">", block->note, "</span>");
    cr_strbuf_format(out, "</figcaption>");
  }
  cr_strbuf_format(out, "</figure>\n");
  return CR_OK;
}

static cr_status add_cell(const cr_block *table, size_t index, const cr_page *page,
                          cr_strbuf *out) {
  const char kind = table->alignment[index % table->columns];
  const bool top = index < table->columns;
  cr_strbuf_format(out, "<%s%s%s>", top ? "th" : "td", top ? " scope=\"col\"" : "",
                   kind == 'r' ? " class=\"r\"" : "");
  if (kind == 'm' && !top)
    CR_TRY(cr_mathml_inline(table->cells[index], page, out));
  else
    cr_xml_text(table->cells[index], out);
  cr_strbuf_format(out, "</%s>", top ? "th" : "td");
  return CR_OK;
}

static cr_status add_table(const cr_block *table, const cr_page *page, cr_strbuf *out) {
  cr_strbuf_format(out,
                   "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\">"
                   "<table>");
  if (table->text[0] != '\0') add_tag(out, "<caption>", table->text, "</caption>");
  cr_strbuf_format(out, "<thead>");
  for (size_t i = 0; i < table->cell_count; i += table->columns) {
    cr_strbuf_format(out, "<tr>");
    for (size_t c = 0; c < table->columns; c++) CR_TRY(add_cell(table, i + c, page, out));
    cr_strbuf_format(out, "</tr>%s\n", i == 0 ? "</thead><tbody>" : "");
  }
  cr_strbuf_format(out, "</tbody></table></div>\n");
  return CR_OK;
}

static cr_status add_block(const cr_document *d, size_t index, const cr_page *page,
                           cr_strbuf *out) {
  const cr_block *block = &d->blocks[index];
  switch (block->kind) {
    case CR_BLOCK_HEADING:
      if (index > 0) cr_strbuf_format(out, "</section>\n");
      cr_strbuf_format(out, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", block->section,
                       block->section);
      add_tag(out, "", block->text, "</h2>\n");
      return CR_OK;
    case CR_BLOCK_SENTENCE:
      add_tag(out, "<p>", block->text, "</p>\n");
      return CR_OK;
    case CR_BLOCK_EQUATION:
      return add_equation(block, page, out);
    case CR_BLOCK_TABLE:
      return add_table(block, page, out);
  }
  return CR_OK;
}

static void add_navigation(const cr_document *d, cr_strbuf *out) {
  cr_strbuf_format(out, "<nav aria-label=\"sections\"><ol>");
  for (size_t i = 0; i < d->count; i++) {
    if (d->blocks[i].kind != CR_BLOCK_HEADING) continue;
    cr_strbuf_format(out, "<li><a href=\"#%s\">", d->blocks[i].section);
    add_tag(out, "", d->blocks[i].text, "</a></li>");
  }
  cr_strbuf_format(out, "</ol></nav>\n");
}

/* The document begins with a heading, so that every block is in a section. */
static cr_status write_html(const cr_document *document, const cr_page *page, cr_strbuf *out) {
  cr_strbuf_format(out, "%s", head);
  add_tag(out, "<title>", document->title, "</title>\n");
  cr_strbuf_format(out, "%s</head>\n<body>\n", style);
  add_tag(out, "<header>\n<h1>", document->title, "</h1>\n");
  add_navigation(document, out);
  cr_strbuf_format(out, "</header>\n<main>\n");
  for (size_t i = 0; i < document->count; i++) CR_TRY(add_block(document, i, page, out));
  cr_strbuf_format(out, "</section>\n</main>\n<footer>written by chainrule %s</footer>\n",
                   CR_VERSION);
  cr_strbuf_format(out, "</body>\n</html>\n");
  return CR_OK;
}

const cr_renderer cr_render_html = {"html", write_html};
