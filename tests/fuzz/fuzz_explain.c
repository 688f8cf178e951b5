/*
 * Explanations of case files, whole and of one weight, in every layout and format: what is written
 * is UTF-8 without controls, the page is well-formed XML, and the trace is JSON.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "chainrule/explain.h"
#include "require.h"

/* Larger networks are written in the same way, only longer. */
enum { LARGEST_CASE = 4096, DEEPEST_TAG = 64 };

static void require_text(const char *text) {
  size_t bad = 0;
  require(cr_text_is_utf8(text, strlen(text), &bad));
  for (; *text != '\0'; text++) require((unsigned char)*text >= 0x20 || *text == '\n');
}

/* Every tag is closed by its own name, and text has no bare & or <. */
static void require_page(const char *at) {
  const char *open[DEEPEST_TAG];
  size_t lengths[DEEPEST_TAG], depth = 0;
  if (strncmp(at, "<!DOCTYPE html>", 15) == 0) at += 15;
  for (; *at != '\0'; at++) {
    if (*at == '&') require(strspn(at + 1, "abcdefghijklmnopqrstuvwxyz") == strcspn(at + 1, ";"));
    if (*at != '<') continue;
    const bool closes = at[1] == '/';
    const char *name = at + 1 + closes, *end = strchr(name, '>');
    const size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789");
    require(end != NULL && length > 0);
    if (closes) {
      require(depth > 0 && lengths[--depth] == length && memcmp(open[depth], name, length) == 0);
    } else if (end[-1] != '/') {
      require(depth < DEEPEST_TAG);
      open[depth] = name;
      lengths[depth++] = length;
    }
    at = end;
  }
  require(depth == 0);
}

static void require_form(cr_explanation *explanation, const char *format) {
  cr_render_options options;
  const char *text = NULL;
  cr_render_options_init(&options);
  options.format = format;
  require(cr_explanation_render(explanation, &options, &text) == CR_OK);
  require_text(text);
  if (strcmp(format, "html") == 0) require_page(text);
  if (strcmp(format, "json") != 0) return;
  json_t *trace = json_loads(text, 0, NULL);
  require(json_is_object(trace));
  json_decref(trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const formats[] = {"text", "md", "latex", "html", "json"};
  static const char *const layouts[] = {"rows", "columns", "bias-input"};
  static const char *const weights[] = {NULL, "W1[1,1]", "b1[1]"};
  if (size > LARGEST_CASE) return 0;
  for (size_t w = 0; w < sizeof weights / sizeof *weights; w++) {
    cr_explain_options options;
    cr_explanation *explanation = NULL;
    cr_explain_options_init(&options);
    options.weight = weights[w];
    options.layout = layouts[(size + w) % 3];
    const cr_status status =
        cr_explain_case_text("fuzz", data ? (const char *)data : "", size, &options, &explanation);
    require((status == CR_OK) == (explanation != NULL));
    if (!explanation) return 0;
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++)
      require_form(explanation, formats[f]);
    cr_explanation_destroy(explanation);
  }
  return 0;
}
