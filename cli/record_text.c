#include "record_text.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define SETTING(member, words) \
  { #member, words, offsetof(cr_train_options, member) }

const struct shown_setting shown_settings[] = {
    SETTING(warm_up, "warm-up"),
    SETTING(clip, "clip"),
    SETTING(weight_decay, "weight decay"),
    SETTING(l1, "l1"),
    SETTING(l2, "l2"),
    SETTING(label_smoothing, "label smoothing"),
    SETTING(dropout, "dropout"),
    SETTING(input_dropout, "input dropout"),
    SETTING(input_noise, "noise"),
    SETTING(max_norm, "max-norm"),
    {0},
};

static const char *text_of(const json_t *record, const char *key) {
  const char *text = json_string_value(json_object_get(record, key));
  return text != NULL ? text : "";
}

/* NAN where there is no such number. */
static double number_of(const json_t *record, const char *key) {
  const json_t *value = json_object_get(record, key);
  return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static bool is_set(double number) {
  return number > 0 && isfinite(number);
}

void text_add_spaced(struct text *out, const char *list) {
  for (size_t length; (length = strcspn(list, ",")) < strlen(list); list += length + 1) {
    text_add(out, "%.*s, ", (int)length, list);
  }
  text_add(out, "%s", list);
}

/* "adam, one_cycle lr 0.01, batch 16, l2 0.001, first weights by he". */
static void add_descent(struct text *out, const json_t *record) {
  const double rate = number_of(record, "learning_rate"), batch = number_of(record, "batch");
  text_add(out, "%s", text_of(record, "optimizer"));
  if (text_of(record, "schedule")[0] != '\0') text_add(out, ", %s", text_of(record, "schedule"));
  if (is_set(rate)) text_add(out, " lr %s", number_text(rate).s);
  if (is_set(batch)) text_add(out, ", batch %.0f", batch);
  for (const struct shown_setting *s = shown_settings; s->key != NULL; s++) {
    const double value = number_of(record, s->key);
    if (is_set(value)) text_add(out, ", %s %s", s->words, number_text(value).s);
  }
  const char *classes = text_of(record, "class_weights"), *weight = text_of(record, "weight");
  const char *augment = text_of(record, "augment");
  if (augment[0] != '\0') {
    text_add(out, ", images augmented: ");
    text_add_spaced(out, augment);
  }
  if (weight[0] != '\0') text_add(out, ", rows weighted by %s", weight);
  if (classes[0] != '\0') text_add(out, ", classes %s", classes);
  const char *initializer = text_of(record, "initializer");
  if (initializer[0] != '\0' && strcmp(initializer, "auto") != 0) {
    text_add(out, ", first weights by %s", initializer);
  }
}

/* "68 of 200 epochs, the best was 48 · ended by patience · seed 1". */
static void add_course(struct text *out, const json_t *record) {
  const double run = number_of(record, "epochs_run"), most = number_of(record, "epochs");
  const double best = number_of(record, "best_epoch"), starts = number_of(record, "restarts");
  const json_t *seed = json_object_get(record, "seed");
  const char *separator = "";
  if (isfinite(run)) {
    text_add(out, "%.0f", run);
    if (isfinite(most)) text_add(out, " of %.0f", most);
    text_add(out, " epochs");
    if (isfinite(best)) text_add(out, ", the best was %.0f", best);
    if (strcmp(text_of(record, "keep"), "last") == 0) text_add(out, ", the last is kept");
    separator = " · ";
  }
  const char *stopped = text_of(record, "stopped");
  if (stopped[0] != '\0' && strcmp(stopped, "epochs") != 0) { /* "200 of 200" says it */
    text_add(out, "%sended by %s", separator, stopped);
    separator = " · ";
  }
  if (starts > 1) {
    text_add(out, "%sbest of %.0f starts", separator, starts);
    separator = " · ";
  }
  if (json_is_integer(seed)) {
    text_add(out, "%sseed %lld", separator, (long long)json_integer_value(seed));
  }
}

/* "30 rows, accuracy 96.7 %, loss 0.089". */
static void add_part(struct text *out, const json_t *part) {
  const double rows = number_of(part, "n"), accuracy = number_of(part, "accuracy");
  const double loss = number_of(part, "loss"), rmse = number_of(part, "rmse");
  const double balanced = number_of(part, "balanced");
  text_add(out, "%.0f row%s", is_set(rows) ? rows : 0, rows == 1 ? "" : "s");
  if (isfinite(accuracy)) text_add(out, ", accuracy %s", percent_text(accuracy).s);
  if (isfinite(balanced)) text_add(out, ", balanced %s", percent_text(balanced).s);
  if (isfinite(rmse)) text_add(out, ", RMSE %s", number_text(rmse).s);
  if (isfinite(number_of(part, "r2"))) {
    text_add(out, ", R² %s", figure_text(number_of(part, "r2")).s);
  }
  if (isfinite(loss)) text_add(out, ", loss %s", figure_text(loss).s);
}

static void show_parts(const struct cli *cli, const json_t *record) {
  static const char *const names[] = {"train", "dev", "test"};
  const json_t *parts = json_object_get(record, "parts");
  if (json_is_true(json_object_get(record, "same_rows"))) {
    terminal_line(&cli->out, "parts", REPORT_INDENT, "all are the same rows");
  }
  for (size_t i = 0; i < 3; i++) {
    const json_t *part = json_object_get(parts, names[i]);
    struct text line = {0};
    if (!json_is_object(part)) continue;
    add_part(&line, part);
    terminal_line(&cli->out, names[i], REPORT_INDENT, "%s", line.data);
    text_free(&line);
  }
}

/* What a linear model reached, on the part that the network is judged by. */
static void show_linear(const struct cli *cli, const json_t *record) {
  static const char *const names[] = {"test", "dev", "train"};
  const json_t *parts = json_object_get(record, "linear"), *part = NULL;
  struct text line = {0};
  for (size_t i = 0; i < 3 && !json_is_object(part); i++) {
    part = json_object_get(parts, names[i]);
    if (json_is_object(part)) text_add(&line, "a linear model on %s: ", names[i]);
  }
  if (json_is_object(part)) {
    add_part(&line, part);
    terminal_line(&cli->out, "linear", REPORT_INDENT, "%s", line.data);
  }
  text_free(&line);
}

void record_show(const struct cli *cli, const char *text) {
  json_t *record = json_loads(text, 0, NULL);
  struct text line = {0};
  add_descent(&line, record);
  if (line.length > 0) terminal_line(&cli->out, "descent", REPORT_INDENT, "%s", line.data);
  text_free(&line);
  add_course(&line, record);
  if (line.length > 0) terminal_line(&cli->out, "training", REPORT_INDENT, "%s", line.data);
  text_free(&line);
  show_parts(cli, record);
  show_linear(cli, record);
  json_decref(record);
}
