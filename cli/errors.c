#include "errors.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

enum { EXPLANATION_INDENT = 7 };

static const char SPACE_FIX[] = "free some space, or write to another place with -o";
static const char LIMIT_FIX[] = "raise the limit (ulimit -f), or write to another place with -o";
static const char TOO_LARGE[] = "the file would be too large";

static json_t *text_or_null(const char *text) {
  return text[0] != '\0' ? output_text(text) : json_null();
}

static json_t *count_or_null(uint64_t count) {
  return count > 0 ? json_integer((json_int_t)count) : json_null();
}

static void show_json(const cr_error *error, const char *saved_as) {
  json_t *body = json_object();
  json_object_set_new(body, "code", json_string(cr_status_code(error->status)));
  json_object_set_new(body, "message", output_text(error->message));
  json_object_set_new(body, "why", text_or_null(error->why));
  json_object_set_new(body, "file", text_or_null(error->file));
  json_object_set_new(body, "line", count_or_null(error->line));
  json_object_set_new(body, "column", count_or_null(error->column));
  json_object_set_new(body, "offset", count_or_null(error->offset));
  json_object_set_new(body, "fix", text_or_null(error->fix));
  if (saved_as != NULL) json_object_set_new(body, "saved_as", output_text(saved_as));
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
    show_json(error, NULL);
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

int errors_last_of_rows(const struct cli *cli) {
  cr_error error = *cr_last_error();
  bool training = strstr(error.fix, "chainrule train") != NULL;
  bool type = strncmp(error.fix, "--type ", 7) == 0; /* it is the model that knows */
  bool column = strstr(error.fix, "--drop") != NULL || strstr(error.fix, "--target") != NULL;
  if (type) {
    snprintf(error.fix, sizeof error.fix, "write plain numbers, as those of the training");
    return errors_show(cli, &error);
  }
  if (!column || training) return errors_show(cli, &error);
  if (error.status == CR_ERR_EMPTY || cli->settings.prepare.skip_bad_rows) {
    snprintf(error.fix, sizeof error.fix, "fill in the values of that column");
  } else {
    snprintf(error.fix, sizeof error.fix, "--skip-bad-rows leaves out such rows");
  }
  return errors_show(cli, &error);
}

int errors_of_saving(const struct cli *cli, const cr_error *failure, const char *saved_as) {
  cr_error error = *failure;
  if (error.status == CR_ERR_IO && error.fix[0] == '\0') {
    bool limit = strstr(error.message, TOO_LARGE) != NULL;
    snprintf(error.fix, sizeof error.fix, "%s", limit ? LIMIT_FIX : SPACE_FIX);
  }
  if (cli->settings.json) {
    show_json(&error, saved_as);
    return cr_status_exit(error.status);
  }
  errors_show(cli, &error);
  if (saved_as != NULL) terminal_print(&cli->err, "  the model is in %s\n", saved_as);
  return cr_status_exit(error.status);
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

/* In the words of the library; others as the system has them, in lower case. */
void errors_add_reason(int number, struct text *out) {
  switch (number) {
    case EBADF:
      text_add(out, "it is not open");
      return;
    case ENOSPC:
      text_add(out, "no space is left on the device");
      return;
    case EDQUOT:
      text_add(out, "the disk quota is used up");
      return;
    case EFBIG:
      text_add(out, "%s", TOO_LARGE);
      return;
    default:
      text_add(out, "%s", strerror(number));
      out->data[0] = (char)tolower((unsigned char)out->data[0]);
  }
}

/* What helps against a failure of writing. */
static const char *write_fix(int reason) {
  switch (reason) {
    case EBADF:
      return "send it to a file: > FILE";
    case ENOSPC:
    case EDQUOT:
      return SPACE_FIX;
    case EFBIG:
      return LIMIT_FIX;
    default:
      return "write to another place: -o FILE, or > FILE";
  }
}

int errors_file(const struct cli *cli, cr_status status, const char *doing, const char *path) {
  const int number = errno;
  struct text reason = {0};
  cr_error error = {.status = status};
  errors_add_reason(number, &reason);
  snprintf(error.message, sizeof error.message, "cannot %s %.300s: %.150s", doing, path,
           reason.data);
  text_free(&reason);
  snprintf(error.file, sizeof error.file, "%.300s", path);
  if (status == CR_ERR_OPEN) {
    snprintf(error.fix, sizeof error.fix, "give a file in a folder that exists and may be written");
  } else {
    snprintf(error.fix, sizeof error.fix, "%s", write_fix(number));
  }
  return errors_show(cli, &error);
}

CR_PRINTF(4, 0)
static void remark(const struct cli *cli, const char *label, enum style style, const char *format,
                   va_list list) {
  struct text text = {0};
  text_add_list(&text, format, list);
  fflush(cli->out.stream);
  terminal_styled(&cli->err, style, "%s", label);
  fputs(": ", cli->err.stream);
  terminal_wrap(&cli->err, strlen(label) + strlen(": "), cli->err.width, text.data);
  text_free(&text);
}

void errors_warn(const struct cli *cli, const char *fix, const char *format, ...) {
  if (cli->settings.quiet) return;
  va_list list;
  va_start(list, format);
  remark(cli, "warning", STYLE_YELLOW, format, list);
  va_end(list);
  if (fix != NULL) show_explanation(&cli->err, "  fix", fix);
}

void errors_note(const struct cli *cli, const char *format, ...) {
  if (cli->settings.quiet || cli->settings.json) return;
  va_list list;
  va_start(list, format);
  remark(cli, "note", STYLE_CYAN, format, list);
  va_end(list);
}
