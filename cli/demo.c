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
  terminal_styled(&cli->out, STYLE_BOLD, "\n%s\n", text.data);
  for (size_t i = terminal_columns(&cli->out, text.data); i > 0; i--) {
    terminal_print(&cli->out, "─");
  }
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
