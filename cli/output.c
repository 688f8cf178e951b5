#include "output.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "errors.h"

static const double NARROW_INTERVAL = 2; /* points */

void output_json_to(FILE *stream, json_t *object) {
  const size_t flags = isatty(fileno(stream)) ? JSON_ENSURE_ASCII : 0;
  /* as one text first: should memory run out, nothing of the object has been written */
  char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(17) | flags);
  char *shown = text != NULL ? text_escaped(text) : NULL;
  if (shown != NULL) fputs(shown, stream);
  fputc('\n', stream);
  free(shown);
  free(text);
  json_decref(object);
}

void output_json(json_t *object) {
  output_json_to(stdout, object);
}

json_t *output_object(const char *command) {
  json_t *object = json_object();
  char schema[64];
  snprintf(schema, sizeof schema, "chainrule.%s/1", command);
  json_object_set_new(object, "schema", json_string(schema));
  return object;
}

json_t *output_number(double number) {
  return isfinite(number) ? json_real(number) : json_null();
}

json_t *output_count(size_t count) {
  return json_integer((json_int_t)count);
}

json_t *output_text(const char *text) {
  json_t *valid = json_string(text);
  if (valid != NULL) return valid;
  char *shown = text_shown(text, true, true);
  json_t *value = json_string(shown);
  free(shown);
  return value;
}

/* Are these the figures of several targets? */
static bool has_labels(const cr_metrics *metrics) {
  return !isnan(metrics->label_accuracy);
}

json_t *output_targets(const cr_model *model) {
  json_t *names = json_array();
  const char *name = NULL;
  for (size_t t = 0; (name = cr_model_target(model, t, NULL, NULL)) != NULL; t++) {
    json_array_append_new(names, output_text(name));
  }
  return names;
}

json_t *output_metrics(const cr_metrics *metrics) {
  if (metrics->n == 0) return json_null();
  json_t *object = json_object();
  json_object_set_new(object, "n", output_count(metrics->n));
  json_object_set_new(object, "loss", output_number(metrics->loss));
  if (isnan(metrics->accuracy)) {
    json_object_set_new(object, "rmse", output_number(metrics->rmse));
    json_object_set_new(object, "r2", output_number(metrics->r2));
  } else {
    json_object_set_new(object, "accuracy", output_number(metrics->accuracy));
    json_object_set_new(object, "accuracy_low", output_number(metrics->accuracy_low));
    json_object_set_new(object, "accuracy_high", output_number(metrics->accuracy_high));
  }
  if (!isnan(metrics->balanced)) {
    json_object_set_new(object, "balanced_accuracy", output_number(metrics->balanced));
    json_object_set_new(object, "balanced_low", output_number(metrics->balanced_low));
    json_object_set_new(object, "balanced_high", output_number(metrics->balanced_high));
    json_object_set_new(object, "f1", output_number(metrics->f1));
  }
  if (has_labels(metrics)) {
    json_object_set_new(object, "label_accuracy", output_number(metrics->label_accuracy));
    json_object_set_new(object, "f1", output_number(metrics->f1));
  }
  json_object_set_new(object, "baseline", output_number(metrics->baseline));
  return object;
}

void output_field(FILE *stream, const char *raw) {
  char *shown = isatty(fileno(stream)) ? text_shown(raw, true, false) : NULL;
  const char *text = shown != NULL ? shown : raw;
  if (text[strcspn(text, ",\"\r\n")] == '\0') {
    fputs(text, stream);
    free(shown);
    return;
  }
  fputc('"', stream);
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '"') fputc('"', stream);
    fputc(*c, stream);
  }
  fputc('"', stream);
  free(shown);
}

void output_next_command(const struct cli *cli, const char *command) {
  if (cli->settings.quiet || cli->settings.json) return;
  char *shown = text_shown(command, cli->out.utf8, false);
  if (strcmp(shown, command) == 0) { /* else what is copied would not be the command */
    terminal_styled(&cli->out, STYLE_BOLD, "next:");
    terminal_print(&cli->out, " %s\n", shown); /* not broken: it is there to be copied */
  }
  free(shown);
}

void output_next(const struct cli *cli, const char *format, ...) {
  struct text text = {0};
  va_list list;
  text_add(&text, "%s ", cli->program);
  va_start(list, format);
  text_add_list(&text, format, list);
  va_end(list);
  output_next_command(cli, text.data);
  text_free(&text);
}

/* Does the mean over the classes say another thing than the share of all rows? */
static bool differs_by_class(const cr_metrics *metrics) {
  return metrics->balanced < metrics->accuracy_low || metrics->balanced > metrics->accuracy_high;
}

void output_describe(struct text *out, const cr_metrics *metrics, bool unseen, bool balanced) {
  if (isnan(metrics->accuracy)) {
    const bool several = metrics->numbers > 1; /* with units of their own */
    text_add(out, several ? "RMSE %s deviations, mean R² %s (" : "RMSE %s, R² %s (",
             number_text(metrics->rmse).s, figure_text(metrics->r2).s);
    text_add_count(out, metrics->n, "row");
    text_add(out, ")");
    return;
  }
  text_add(out, "%s %s (%.0f/%zu", has_labels(metrics) ? "all labels right" : "accuracy",
           percent_text(metrics->accuracy).s, metrics->accuracy * (double)metrics->n, metrics->n);
  if (unseen) {
    const double low = 100 * metrics->accuracy_low, high = 100 * metrics->accuracy_high;
    const int decimals = high - low < NARROW_INTERVAL; /* its ends would look alike */
    text_add(out, ", 95 %% interval %.*f–%.*f", decimals, low, decimals, high);
  }
  text_add(out, ")");
  if (!isnan(metrics->balanced) && (balanced || differs_by_class(metrics))) {
    text_add(out, ", balanced %s, F1 %s", percent_text(metrics->balanced).s,
             isnan(metrics->f1) ? "-" : figure_text(metrics->f1).s);
  }
  if (!has_labels(metrics)) return;
  text_add(out, ", single labels %s, F1 %s", percent_text(metrics->label_accuracy).s,
           figure_text(metrics->f1).s);
}

void output_labels(struct text *out, const cr_model *model, size_t most) {
  size_t count = cr_model_get_info(model)->labels;
  for (size_t k = 0; k < count && k < most; k++) {
    text_add(out, "%s%s", k > 0 ? ", " : "", cr_model_label(model, k));
  }
  if (count > most) text_add(out, " and %zu more", count - most);
}

void output_baseline(struct text *out, const cr_metrics *metrics) {
  if (isnan(metrics->accuracy)) {
    text_add(out, " · always the mean: RMSE %s", number_text(metrics->baseline).s);
  } else if (has_labels(metrics)) {
    text_add(out, " · each label's commoner value %s", percent_text(metrics->baseline).s);
  } else {
    text_add(out, " · majority class %s", percent_text(metrics->baseline).s);
  }
}

bool output_reader_has_gone(void) {
  struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

int output_finish(const struct cli *cli) {
  errno = 0;
  bool failed = fflush(stdout) != 0;
  if (!failed && ferror(stdout) == 0) return 0;
  if (errno == EPIPE || output_reader_has_gone()) return 0;
  /* Why an earlier piece failed is forgotten by now; one more byte tells. */
  if (errno == 0 && write(STDOUT_FILENO, "\n", 1) >= 0) errno = EIO;
  struct cli plain = *cli;
  plain.settings.json = false; /* stdout is what does not work */
  return errors_file(&plain, CR_ERR_IO, "write to", "standard output");
}
