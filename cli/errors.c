#include "errors.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

enum { EXPLANATION_INDENT = 7 };

static json_t *text_or_null(const char *text) {
  return text[0] != '\0' ? output_text(text) : json_null();
}

static json_t *count_or_null(uint64_t count) {
  return count > 0 ? json_integer((json_int_t)count) : json_null();
}

static void show_json(const cr_error *error) {
  json_t *body = json_object();
  json_object_set_new(body, "code", json_string(cr_status_code(error->status)));
  json_object_set_new(body, "message", output_text(error->message));
  json_object_set_new(body, "why", text_or_null(error->why));
  json_object_set_new(body, "file", text_or_null(error->file));
  json_object_set_new(body, "line", count_or_null(error->line));
  json_object_set_new(body, "column", count_or_null(error->column));
  json_object_set_new(body, "offset", count_or_null(error->offset));
  json_object_set_new(body, "fix", text_or_null(error->fix));
  json_t *whole = json_object();
  json_object_set_new(whole, "error", body);
  output_json(whole);
}

static void show_place(const struct terminal *terminal, const cr_error *error) {
  bool known = error->line > 0 || error->column > 0 || error->offset > 0;
  if (error->file[0] == '\0' || (!known && strstr(error->message, error->file) != NULL)) return;
  terminal_print(terminal, " --> %s", error->file);
  if (error->line > 0) terminal_print(terminal, ":%llu", (unsigned long long)error->line);
  if (error->column > 0) {
    terminal_print(terminal, ", column %llu", (unsigned long long)error->column);
  }
  if (error->line == 0 && error->offset > 0) {
    terminal_print(terminal, ", byte %llu", (unsigned long long)error->offset);
  }
  terminal_print(terminal, "\n");
}

static void show_explanation(const struct terminal *terminal, const char *label, const char *text) {
  if (text[0] != '\0') terminal_line(terminal, label, EXPLANATION_INDENT, "%s", text);
}

int errors_show(const struct cli *cli, const cr_error *error) {
  int exit_status = cr_status_exit(error->status);
  if (cli->settings.json) {
    show_json(error);
    return exit_status;
  }
  const struct terminal *terminal = &cli->err;
  fflush(cli->out.stream);
  terminal_styled(terminal, STYLE_RED, "error[%s]", cr_status_code(error->status));
  fputs(": ", terminal->stream);
  const char *message = error->message[0] != '\0' ? error->message : cr_status_text(error->status);
  terminal_wrap(terminal, strlen("error[E01]: "), terminal->width, message);
  show_place(terminal, error);
  show_explanation(terminal, "  why", error->why);
  show_explanation(terminal, "  fix", error->fix);
  return exit_status;
}

int errors_last(const struct cli *cli) {
  return errors_show(cli, cr_last_error());
}

int errors_usage(const struct cli *cli, const char *fix, const char *format, ...) {
  cr_error error = {.status = CR_ERR_USAGE};
  va_list list;
  va_start(list, format);
  vsnprintf(error.message, sizeof error.message, format, list);
  va_end(list);
  snprintf(error.fix, sizeof error.fix, "%s", fix);
  return errors_show(cli, &error);
}

int errors_file(const struct cli *cli, cr_status status, const char *doing, const char *path) {
  const char *reason = strerror(errno);
  cr_error error = {.status = status};
  snprintf(error.message, sizeof error.message, "cannot %s %.300s: %c%s", doing, path,
           tolower((unsigned char)reason[0]), reason + 1);
  snprintf(error.file, sizeof error.file, "%.300s", path);
  if (status == CR_ERR_OPEN) {
    snprintf(error.fix, sizeof error.fix, "give a file in a folder that exists and may be written");
  } else {
    snprintf(error.fix, sizeof error.fix, "free some space, or write to another place with -o");
  }
  return errors_show(cli, &error);
}

void errors_warn(const struct cli *cli, const char *fix, const char *format, ...) {
  if (cli->settings.quiet) return;
  struct text text = {0};
  va_list list;
  va_start(list, format);
  text_add_list(&text, format, list);
  va_end(list);
  fflush(cli->out.stream);
  terminal_styled(&cli->err, STYLE_YELLOW, "warning");
  fputs(": ", cli->err.stream);
  terminal_wrap(&cli->err, strlen("warning: "), cli->err.width, text.data);
  if (fix != NULL) show_explanation(&cli->err, "  fix", fix);
  text_free(&text);
}
