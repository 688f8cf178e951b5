/* chainrule predict: what a model says about rows, as CSV. */
#include <string.h>
#include <sys/stat.h>

#include "command_line.h"
#include "destination.h"
#include "errors.h"
#include "operands.h"
#include "output.h"
#include "settings.h"

struct prediction {
  const struct cli *cli;
  cr_model *model;
  cr_table *table;
  cr_predictions *predictions;
  const cr_model_info *info;
};

/* Several targets, each of which is said to hold or not? */
static bool has_targets(const struct prediction *p) {
  return p->info->labels > 0 && p->info->classes == 0;
}

/* A probability from here on says yes. */
static int said(const struct prediction *p, size_t index, size_t label) {
  return cr_predictions_value(p->predictions, index, label) >= 0.5;
}

/* The picture that a row is; NULL: rows are told by their number. */
static const char *file_of(const struct prediction *p, size_t index) {
  return cr_table_row_file(p->table, cr_predictions_row(p->predictions, index));
}

static void write_header(const struct prediction *p, FILE *stream) {
  fputs(file_of(p, 0) != NULL ? "file" : "row", stream);
  for (size_t t = 0; t < p->info->targets; t++) {
    fputc(',', stream);
    output_field(stream, cr_model_target(p->model, t, NULL, NULL));
  }
  for (size_t c = 0; p->cli->settings.probabilities && c < p->info->labels; c++) {
    struct text name = {0};
    text_add(&name, "p_%s", cr_model_label(p->model, c));
    fputc(',', stream);
    output_field(stream, name.data);
    text_free(&name);
  }
  fputc('\n', stream);
}

static void write_row(const struct prediction *p, FILE *stream, size_t index) {
  const char *file = file_of(p, index);
  if (file != NULL) {
    output_field(stream, file);
  } else {
    fprintf(stream, "%zu", cr_predictions_row(p->predictions, index) + 1);
  }
  if (has_targets(p)) {
    for (size_t c = 0; c < p->info->labels; c++) fprintf(stream, ",%d", said(p, index, c));
  } else if (p->info->classes == 0) {
    for (size_t t = 0; t < p->info->targets; t++) {
      fprintf(stream, ",%.9g", cr_predictions_value(p->predictions, index, t));
    }
  } else {
    fputc(',', stream);
    output_field(stream,
                 cr_model_label(p->model, cr_predictions_class(p->predictions, index, NULL)));
  }
  for (size_t c = 0; p->cli->settings.probabilities && c < p->info->labels; c++) {
    fprintf(stream, ",%.6f", cr_predictions_value(p->predictions, index, c));
  }
  fputc('\n', stream);
}

/* What is predicted of a row: its class and how sure, or which of several targets hold. */
static void set_said(const struct prediction *p, size_t index, json_t *object) {
  double sure = 0;
  if (has_targets(p)) {
    json_t *values = json_array();
    for (size_t c = 0; c < p->info->labels; c++) {
      json_array_append_new(values, json_integer(said(p, index, c)));
    }
    json_object_set_new(object, "values", values);
    return;
  }
  size_t best = cr_predictions_class(p->predictions, index, &sure);
  json_object_set_new(object, "label", output_text(cr_model_label(p->model, best)));
  json_object_set_new(object, "probability", output_number(sure));
}

static json_t *row_object(const struct prediction *p, size_t index) {
  json_t *object = json_object();
  json_object_set_new(object, "row", output_count(cr_predictions_row(p->predictions, index)));
  if (file_of(p, index) != NULL)
    json_object_set_new(object, "file", output_text(file_of(p, index)));
  json_t *all = json_array();
  if (p->info->labels == 0) {
    for (size_t t = 0; t < p->info->targets; t++) {
      json_array_append_new(all, output_number(cr_predictions_value(p->predictions, index, t)));
    }
    if (p->info->targets > 1) {
      json_object_set_new(object, "values", all);
      return object;
    }
    json_object_set(object, "value", json_array_get(all, 0));
    json_decref(all);
    return object;
  }
  set_said(p, index, object);
  for (size_t c = 0; c < p->info->labels; c++) {
    json_array_append_new(all, output_number(cr_predictions_value(p->predictions, index, c)));
  }
  json_object_set_new(object, p->info->scores ? "scores" : "probabilities", all);
  return object;
}

static json_t *whole_object(const struct prediction *p) {
  json_t *object = output_object("predict"), *rows = json_array(), *labels = json_array();
  json_object_set_new(object, "target", output_text(p->info->target));
  json_object_set_new(object, "targets", output_targets(p->model));
  for (size_t c = 0; c < p->info->labels; c++) {
    json_array_append_new(labels, output_text(cr_model_label(p->model, c)));
  }
  json_object_set_new(object, "labels", labels);
  json_object_set_new(object, "first_row", output_count(0));
  for (size_t i = 0; i < cr_predictions_rows(p->predictions); i++) {
    json_array_append_new(rows, row_object(p, i));
  }
  json_object_set_new(object, "rows", rows);
  return object;
}

static void write_all(const struct prediction *p, FILE *stream) {
  if (!p->cli->settings.no_header) write_header(p, stream);
  size_t rows = cr_predictions_rows(p->predictions);
  for (size_t i = 0; i < rows && ferror(stream) == 0; i++) write_row(p, stream, i);
}

/* Into the file of -o, which is there in full or not at all. */
static int write_file(const struct prediction *p, const char *path) {
  struct destination file;
  int status = destination_open(p->cli, path, &file);
  if (status != 0) return status;
  if (p->cli->settings.json) {
    output_json_to(file.stream, whole_object(p));
  } else {
    write_all(p, file.stream);
  }
  return destination_close(p->cli, &file);
}

/* After a file was written; a pipe or a device may be what this is shown on. */
static void report_file(const struct prediction *p, const char *path) {
  struct text words = {0}, line = {0};
  struct stat file;
  if (p->cli->settings.json || stat(path, &file) != 0 || !S_ISREG(file.st_mode)) return;
  text_add(&line, "%s (", path);
  text_add_count(&line, cr_predictions_rows(p->predictions), "row");
  terminal_line(&p->cli->out, "wrote", REPORT_INDENT, "%s)", line.data);
  text_add_path(&words, p->cli->settings.operands[0]);
  output_next(p->cli, "inspect %s", words.data);
  text_free(&line);
  text_free(&words);
}

/* Says before the work, not after it, that the answers could not be written. */
static int check_output(const struct prediction *p) {
  const struct settings *settings = &p->cli->settings;
  const struct source sources[] = {{settings->operands[0], "the model"},
                                   {settings->operands[1], "the data"},
                                   {settings->read.labels, "the labels"},
                                   {0}};
  const struct destination_question question = {
      .path = settings->output,
      .what = "the answers",
      .sources = sources,
  };
  return settings->output != NULL ? destination_check(p->cli, &question) : 0;
}

static int show(const struct prediction *p) {
  const struct settings *settings = &p->cli->settings;
  if (settings->output != NULL) {
    int status = write_file(p, settings->output);
    if (status == 0) report_file(p, settings->output);
    return status;
  }
  if (settings->json) {
    output_json(whole_object(p));
  } else {
    write_all(p, stdout);
  }
  return 0;
}

static int refuse_scores(const struct prediction *p) {
  return errors_usage(p->cli, "leave out --proba; --json has the scores",
                      "--proba: this model has no probabilities, its outputs are scores (loss %s)",
                      p->info->loss);
}

static int predict(struct prediction *p) {
  const struct settings *settings = &p->cli->settings;
  cr_read_options read = settings->read;
  int status = operands_check_model_data(p->cli);
  if (status == 0) status = check_output(p);
  if (status != 0) return status;
  if (cr_model_load(settings->operands[0], &p->model) != CR_OK) return errors_last(p->cli);
  p->info = cr_model_get_info(p->model);
  if (settings->probabilities && p->info->scores) return refuse_scores(p);
  read.target = p->info->target;
  if (operands_read_table(p->model, settings->operands[1], read, &p->table) != CR_OK)
    return errors_last(p->cli);
  const cr_apply_options apply = settings_apply(settings);
  if (cr_model_predict(p->model, p->table, &apply, &p->predictions) != CR_OK) {
    return errors_last_of_rows(p->cli);
  }
  for (size_t i = 0; cr_predictions_warning(p->predictions, i) != NULL; i++) {
    errors_warn(p->cli, NULL, "%s", cr_predictions_warning(p->predictions, i));
  }
  if (settings->probabilities && p->info->labels == 0) {
    errors_note(p->cli, "--proba adds nothing: '%s' is a number, which has no classes",
                p->info->target);
  }
  return show(p);
}

static int run(struct cli *cli) {
  struct prediction prediction = {.cli = cli};
  const char *output = cli->settings.output;
  if (output != NULL && strcmp(output, "-") == 0) cli->settings.output = NULL;
  int status = predict(&prediction);
  cr_predictions_destroy(prediction.predictions);
  cr_table_destroy(prediction.table);
  cr_model_destroy(prediction.model);
  return status;
}

static const struct option options[] = {
    {.name = "proba",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, probabilities),
     .group = "OUTPUT",
     .basic = true,
     .sentence = "a column p_LABEL with the probability of each label",
     .fallback = "off"},
    {.name = "no-header",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, no_header),
     .basic = true,
     .sentence = "no line with the names of the columns",
     .fallback = "off"},
    {.name = "output-file",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, output),
     .argument = "FILE",
     .sample = "answers.csv",
     .basic = true,
     .sentence = "where to write",
     .fallback = "standard output",
     .more = "An old file is replaced when the new one is complete"},
    {0},
};

static const char *const examples[] = {
    "chainrule predict iris.safetensors new.csv",
    "row,species: one line a row",
    "chainrule predict iris.safetensors - < new.csv",
    "from standard input",
    "chainrule predict photos.safetensors new/",
    "file,label: one line a picture",
    NULL,
};

const struct command command_predict = {
    .name = "predict",
    .group = "WORK",
    .summary = "say what a model makes of rows, as CSV",
    .operands = "MODEL DATA",
    .operands_least = 2,
    .operands_most = 2,
    .about =
        "Runs MODEL over DATA (- for standard input) and writes one line a row: its number, "
        "counted from 1, or of pictures the file, and the label or number predicted. Columns are "
        "matched by name; "
        "those the model does not know are ignored.",
    .examples = examples,
    .options = options,
    .reads_tables = true,
    .run = run,
};
