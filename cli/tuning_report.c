#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "output.h"
#include "picture.h"
#include "run_folder.h"
#include "tuning.h"

static const double REDRAW_SECONDS = 0.1;

enum { CELLS = 8 };

/* --- while it runs --- */

/* "256 silu, lr 0.019, batch 64, l2 2e-06, dropout 0.5". */
static void add_settings(struct text *out, const cr_trial *trial) {
  text_add(out, "%s %s, lr %s, batch %zu", trial->layers[0] != '\0' ? trial->layers : "no layers",
           trial->activation, number_text(trial->learning_rate).s, trial->batch);
  if (trial->l2 > 0) text_add(out, ", l2 %s", number_text(trial->l2).s);
  if (trial->dropout > 0) text_add(out, ", dropout %s", number_text(trial->dropout).s);
}

/* "99.2 %", or "R² 0.793". */
static void add_score(struct text *out, const struct tuning *tuning, double score) {
  if (tuning->classes) {
    text_add(out, "accuracy %s", percent_text(score).s);
  } else {
    text_add(out, "R² %s", figure_text(score).s);
  }
}

/* "loss 0.048 ± 0.004, accuracy 99.2 % ± 0.5". */
static void add_figures(struct text *out, const struct tuning *tuning, const cr_trial *trial) {
  text_add(out, "loss %s", number_text(trial->loss).s);
  if (isfinite(trial->loss_error)) text_add(out, " ± %.2g", trial->loss_error);
  if (isnan(trial->score)) return;
  text_add(out, ", ");
  add_score(out, tuning, trial->score);
  if (!isfinite(trial->score_error)) return;
  const double unit = tuning->classes ? 100 : 1;
  text_add(out, tuning->classes ? " ± %.1f" : " ± %.3f", unit * trial->score_error);
}

static void add_clock(struct text *out, const cr_tune_event *event) {
  text_add(out, "%s", seconds_text(event->seconds).s);
  if (event->limit > event->seconds) {
    text_add(out, ", %s left", seconds_text(event->limit - event->seconds).s);
  }
}

/* "trial 23  12.0 s, 48.0 s left  best: loss 0.048, accuracy 99.2 %  256 silu, …". */
static void draw(struct tuning *tuning, const cr_tune_event *event) {
  struct text line = {0};
  text_add(&line, "trial %zu", event->trial->number + 1);
  if (event->most > 0) text_add(&line, "/%zu", event->most);
  text_add(&line, "  ");
  add_clock(&line, event);
  if (event->best == NULL) {
    text_add(&line, "  %.0f %% of the first training", 100 * event->share);
  } else {
    text_add(&line, "  best: ");
    add_score(&line, tuning, event->best->score);
    text_add(&line, "  ");
    add_settings(&line, event->best);
  }
  progress_show(&tuning->progress, line.data);
  text_free(&line);
}

/* A line for each better one, where nothing can be drawn over. */
static void report(const struct tuning *tuning, const cr_tune_event *event) {
  const struct terminal *err = &tuning->training.cli->err;
  struct text line = {0};
  text_add(&line, "trial %zu  ", event->trial->number + 1);
  add_figures(&line, tuning, event->trial);
  text_add(&line, "  ");
  add_settings(&line, event->trial);
  terminal_print(err, "%s\n", line.data);
  text_free(&line);
}

static void show_search(const struct tuning *tuning, const cr_tune_event *event) {
  const struct cli *cli = tuning->training.cli;
  const cr_tuning_summary *summary = event->summary;
  struct text line = {0};
  if (cli->settings.json || cli->settings.quiet) return;
  for (const char *c = summary->searched; *c != '\0'; c++) {
    text_add(&line, *c == ',' ? ", " : "%c", *c);
  }
  if (summary->folds > 1) {
    text_add(&line, " · %zu folds of %zu rows", summary->folds,
             summary->train_rows + summary->dev_rows);
  } else if (summary->dev_rows > 0) {
    text_add(&line, " · %zu rows to learn from, %zu to score", summary->train_rows,
             summary->dev_rows);
  } else {
    text_add(&line, " · scored on the %zu rows learnt from", summary->train_rows);
  }
  terminal_line(&cli->out, "search", REPORT_INDENT, "%s", line.data);
  text_free(&line);
  if (summary->recalled > 0) {
    terminal_line(&cli->out, "log", REPORT_INDENT, "%s: goes on after %zu runs", tuning->log,
                  summary->recalled);
  }
  fflush(cli->out.stream);
}

void tuning_event(void *user, const cr_tune_event *event) {
  struct tuning *tuning = user;
  const struct cli *cli = tuning->training.cli;
  tuning->classes = event->summary->classes;
  if (event->kind == CR_TUNE_EVENT_START) show_search(tuning, event);
  if (cli->settings.quiet || event->trial == NULL) return;
  if (!cli->err.tty) {
    if (event->improved) report(tuning, event);
    return;
  }
  const double now = progress_clock();
  if (now - tuning->last_shown < REDRAW_SECONDS) return;
  draw(tuning, event);
  tuning->last_shown = now;
}

/* --- the report --- */

/* A number of a setting, by which trials are put in order. */
struct axis {
  const char *label, *name; /* name: as it is called in --search */
  double (*value)(const cr_trial *trial);
};

static double rate_of(const cr_trial *trial) {
  return trial->learning_rate;
}

static double units_of(const cr_trial *trial) {
  return strtod(trial->layers, NULL);
}

static double batch_of(const cr_trial *trial) {
  return (double)trial->batch;
}

static double dropout_of(const cr_trial *trial) {
  return trial->dropout;
}

static const struct axis axes[] = {
    {"lr", "lr", rate_of},
    {"units", "layers", units_of},
    {"batch", "batch", batch_of},
    {"dropout", "dropout", dropout_of},
};

struct place {
  double x, height; /* height: minus the logarithm of the loss */
};

static int by_x(const void *a, const void *b) {
  const struct place *p = a, *q = b;
  return (p->x > q->x) - (p->x < q->x);
}

/* Trials in the order of a setting: as many to a cell, but equal values not parted. */
static size_t fill_cells(const struct place *places, size_t count, double cells[CELLS]) {
  size_t filled = 0;
  for (size_t i = 0; i < count && filled < CELLS;) {
    const size_t first = i, wanted = (filled + 1) * count / CELLS;
    double sum = 0;
    while (i < count && (i < wanted || i == first || places[i].x <= places[i - 1].x)) {
      sum += places[i++].height;
    }
    cells[filled++] = sum / (double)(i - first);
  }
  return filled;
}

/* "lr       ▁▂▅▇▆▃▁  0.0005 … 0.04": how good trials were, by a setting. */
static void show_axis(const struct tuning *tuning, const struct axis *axis, const char *remark) {
  const cr_trial *trial;
  size_t all = 0, count = 0;
  double cells[CELLS];
  while (cr_tuning_trial(tuning->search, all) != NULL) all++;
  struct place *places = take(all + 1, sizeof *places);
  for (size_t i = 0; (trial = cr_tuning_trial(tuning->search, i)) != NULL; i++) {
    if (!isfinite(trial->loss)) continue;
    places[count].x = axis->value(trial);
    places[count++].height = -log(fmax(trial->loss, 1e-12));
  }
  if (count >= CELLS) {
    qsort(places, count, sizeof *places, by_x);
    struct text spark = {0};
    const size_t filled = fill_cells(places, count, cells);
    picture_sparkline(&spark, cells, filled, filled);
    terminal_line(&tuning->training.cli->out, axis->label, REPORT_INDENT, "%s  %s … %s%s",
                  spark.data, number_text(places[0].x).s, number_text(places[count - 1].x).s,
                  remark);
    text_free(&spark);
  }
  free(places);
}

static bool is_searched(const struct tuning *tuning, const char *name) {
  const size_t length = strlen(name);
  const char *at = cr_tuning_get_summary(tuning->search)->searched;
  for (; at != NULL; at = strchr(at, ',') != NULL ? strchr(at, ',') + 1 : NULL) {
    if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0')) return true;
  }
  return false;
}

/* Why it ended, in words. */
static const char *reason_text(const char *reason) {
  static const char *const words[][2] = {
      {"time", "its time is over"},
      {"trials", "all trials are done"},
      {"exhausted", "no new settings are left"},
      {"interrupted", "interrupted"},
  };
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (strcmp(words[i][0], reason) == 0) return words[i][1];
  }
  return reason;
}

static void show_tried(const struct tuning *tuning, const cr_tuning_summary *summary) {
  const struct terminal *out = &tuning->training.cli->out;
  struct text line = {0};
  text_add_count(&line, summary->trials, "setting");
  text_add(&line, " in ");
  text_add_count(&line, summary->runs, "run");
  text_add(&line, " · %s · %s", seconds_text(summary->seconds).s, reason_text(summary->reason));
  terminal_line(out, "tried", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

static void show_gain(const struct tuning *tuning, const cr_tuning_summary *summary) {
  const struct terminal *out = &tuning->training.cli->out;
  struct text line = {0};
  if (!cr_tuning_best(tuning->search)->complete) {
    text_add(&line, "not even the first training was done; more --time, or fewer --epochs");
  } else if (!summary->improved) {
    text_add(&line, "nothing better than what train chooses was found");
  } else {
    text_add(&line, "the loss is lower by %s", number_text(summary->gain).s);
    if (isfinite(summary->gain_error)) {
      text_add(&line, " ± %.2g", summary->gain_error);
    }
    text_add(&line, " than with what train chooses");
    if (summary->gain < 2 * summary->gain_error) text_add(&line, ": that may be chance");
  }
  terminal_line(out, "gain", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

static void show_trial(const struct tuning *tuning, const char *label, const cr_trial *trial,
                       bool settings) {
  const cr_tuning_summary *summary = cr_tuning_get_summary(tuning->search);
  struct text line = {0};
  text_add(&line, "%s ", summary->folds > 1 ? "fold" : summary->dev_rows > 0 ? "dev" : "train");
  add_figures(&line, tuning, trial);
  if (settings) {
    text_add(&line, " · trial %zu: ", trial->number + 1);
    add_settings(&line, trial);
  }
  terminal_line(&tuning->training.cli->out, label, REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

void tuning_show(const struct tuning *tuning) {
  const struct cli *cli = tuning->training.cli;
  const cr_tuning_summary *summary = cr_tuning_get_summary(tuning->search);
  if (!cli->settings.json && !cli->settings.quiet) {
    show_tried(tuning, summary);
    const char *remark = "   (high: a low loss)";
    for (size_t i = 0; i < sizeof axes / sizeof axes[0]; i++) {
      if (!is_searched(tuning, axes[i].name)) continue;
      show_axis(tuning, &axes[i], remark);
      remark = "";
    }
    show_trial(tuning, "defaults", cr_tuning_trial(tuning->search, 0), false);
    if (summary->improved) show_trial(tuning, "best", cr_tuning_best(tuning->search), true);
    show_gain(tuning, summary);
    const cr_event start = {
        .training = tuning->training.run,
        .train_loss = cr_training_get_summary(tuning->training.run)->start_loss,
    };
    training_show_start(&tuning->training, &start);
  }
  training_show_result(&tuning->training);
}

/* --- what makes it again --- */

void tuning_add_option(struct text *out, const char *name, const json_t *value) {
  if (json_is_true(value)) {
    text_add(out, " --%s", name);
  } else if (json_is_array(value)) {
    for (size_t i = 0; i < json_array_size(value); i++) {
      tuning_add_option(out, name, json_array_get(value, i));
    }
  } else {
    text_add(out, " --%s ", name);
    if (json_is_string(value)) {
      text_add_quoted(out, json_string_value(value));
    } else if (json_is_integer(value)) {
      text_add(out, "%lld", (long long)json_integer_value(value));
    } else {
      text_add(out, "%.15g", json_number_value(value));
    }
  }
}

static bool is_given(const struct settings *settings, const char *name) {
  if (strcmp(name, "lr") == 0) return settings->train.learning_rate > 0; /* --learning-rate */
  return option_given(settings, name);
}

void tuning_suggest(const struct tuning *tuning) {
  const struct training *training = &tuning->training;
  const struct settings *settings = &training->cli->settings;
  struct text words = {0};
  if (strcmp(training->data, "-") == 0) { /* whose rows are gone */
    text_add_path(&words, training->model_path.data);
    output_next(training->cli, "inspect %s", words.data);
    text_free(&words);
    return;
  }
  json_t *config = run_config(training, training->run);
  const char *name = NULL;
  json_t *value = NULL;
  text_add_path(&words, training->data);
  json_object_foreach(json_object_get(config, "options"), name, value) {
    if (is_given(settings, name) || is_searched(tuning, name))
      tuning_add_option(&words, name, value);
  }
  if (settings->output != NULL) {
    text_add(&words, " -o ");
    text_add_path(&words, settings->output);
  }
  output_next(training->cli, "train %s", words.data);
  json_decref(config);
  text_free(&words);
}

/* --- for programs --- */

static json_t *trial_object(const cr_trial *trial) {
  json_t *object = json_object();
  json_object_set_new(object, "trial", output_count(trial->number));
  json_object_set_new(object, "layers", json_string(trial->layers));
  json_object_set_new(object, "activation", json_string(trial->activation));
  json_object_set_new(object, "lr", output_number(trial->learning_rate));
  json_object_set_new(object, "batch", output_count(trial->batch));
  json_object_set_new(object, "l2", output_number(trial->l2));
  json_object_set_new(object, "dropout", output_number(trial->dropout));
  json_object_set_new(object, "epochs", output_count(trial->epochs));
  json_object_set_new(object, "complete", json_boolean(trial->complete));
  json_object_set_new(object, "loss", output_number(trial->loss));
  json_object_set_new(object, "loss_error", output_number(trial->loss_error));
  json_object_set_new(object, "score", output_number(trial->score));
  json_object_set_new(object, "score_error", output_number(trial->score_error));
  return object;
}

json_t *tuning_object(const struct tuning *tuning) {
  const struct training *training = &tuning->training;
  const cr_tuning_summary *summary = cr_tuning_get_summary(tuning->search);
  json_t *object = training_object(training, "tune"), *config = run_config(training, training->run);
  json_object_set_new(config, "command", json_string("train"));
  json_object_set_new(object, "trials", output_count(summary->trials));
  json_object_set_new(object, "runs", output_count(summary->runs));
  json_object_set_new(object, "recalled", output_count(summary->recalled));
  json_object_set_new(object, "folds", output_count(summary->folds));
  json_object_set_new(object, "searched", json_string(summary->searched));
  json_object_set_new(object, "ended", json_string(summary->reason));
  json_object_set_new(object, "search_seconds", output_number(summary->seconds));
  json_object_set_new(object, "improved", json_boolean(summary->improved));
  json_object_set_new(object, "gain", output_number(summary->gain));
  json_object_set_new(object, "gain_error", output_number(summary->gain_error));
  json_object_set_new(object, "best", trial_object(cr_tuning_best(tuning->search)));
  json_object_set_new(object, "defaults", trial_object(cr_tuning_trial(tuning->search, 0)));
  json_object_set_new(object, "log", output_text(tuning->log));
  json_object_set_new(object, "config", config);
  return object;
}
