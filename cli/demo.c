#include "demo.h"

#include "errors.h"
#include "output.h"

bool demo_talks(const struct cli *cli) {
  return !cli->settings.quiet && !cli->settings.json;
}

CR_PRINTF(1, 0)
static struct text format_text(const char *format, va_list list) {
  struct text text = {0};
  text_add_list(&text, format, list);
  return text;
}

void demo_heading(const struct cli *cli, const char *format, ...) {
  if (!demo_talks(cli)) return;
  va_list list;
  va_start(list, format);
  struct text text = format_text(format, list);
  va_end(list);
  const struct terminal *out = &cli->out;
  const size_t columns = terminal_columns(out, text.data);
  terminal_print(out, "\n");
  if (out->color) fputs("\x1b[1m", out->stream);
  terminal_wrap(out, 0, out->width, text.data);
  for (size_t i = 0; i < columns && (out->width == 0 || i < out->width); i++) {
    terminal_print(out, "─");
  }
  if (out->color) fputs("\x1b[0m", out->stream);
  terminal_print(&cli->out, "\n");
  text_free(&text);
}

void demo_say(const struct cli *cli, const char *format, ...) {
  if (!demo_talks(cli)) return;
  va_list list;
  va_start(list, format);
  struct text text = format_text(format, list);
  va_end(list);
  terminal_wrap(&cli->out, 0, cli->out.width, text.data);
  text_free(&text);
}

void demo_result(const struct cli *cli, const char *label, const char *format, ...) {
  if (cli->settings.json) return;
  va_list list;
  va_start(list, format);
  struct text text = format_text(format, list);
  va_end(list);
  terminal_line(&cli->out, label, REPORT_INDENT, "%s", text.data);
  text_free(&text);
}

void demo_try(const struct cli *cli, const char *const *commands) {
  if (!demo_talks(cli)) return;
  terminal_styled(&cli->out, STYLE_BOLD, "try\n");
  for (; *commands != NULL; commands++) {
    terminal_print(&cli->out, "  %s %s\n", cli->program, *commands);
  }
}

int demo_refuse_output(const struct cli *cli, const char *name) {
  char fix[64];
  if (cli->settings.output == NULL) return 0;
  snprintf(fix, sizeof fix, "chainrule demo %s", name);
  return errors_usage(cli, fix, "demo %s writes no model, so -o has nothing to name", name);
}

json_t *demo_object(const char *name) {
  json_t *object = output_object("demo");
  json_object_set_new(object, "demo", json_string(name));
  return object;
}
