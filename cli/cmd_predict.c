/* chainrule predict: what a model says about rows, as CSV. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "errors.h"
#include "output.h"

struct prediction {
  const struct cli *cli;
  cr_model *model;
  cr_table *table;
  cr_predictions *predictions;
  cr_model_info info;
  size_t *rows; /* in the file, of each row of the table; NULL: the same */
};

static size_t row_in_file(const struct prediction *p, size_t row) {
  return p->rows != NULL ? p->rows[row] : row;
}

/* Has the model an input of this name? Without a header names mean nothing: any column may be. */
static bool is_used(const struct prediction *p, const cr_column *column, bool named) {
  cr_model_input input;
  for (size_t i = 0; named && i < p->info.input_columns; i++) {
    bool found = cr_model_input_at(p->model, i, &input) == CR_OK;
    if (found && strcmp(input.name, column->name) == 0) return true;
  }
  return !named;
}

/* Sets bad[row] for the rows without a number in a column the model takes. */
static void find_bad_rows(const struct prediction *p, bool *bad) {
  cr_table_origin origin;
  cr_table_get_origin(p->table, &origin);
  for (size_t c = 0; c < cr_table_columns(p->table); c++) {
    cr_column column;
    if (cr_table_column(p->table, c, &column) != CR_OK) continue;
    bool gaps = column.type == CR_COLUMN_NUMBER && column.missing + column.bad > 0;
    if (!gaps || !is_used(p, &column, origin.has_header)) continue;
    for (size_t row = 0; row < cr_table_rows(p->table); row++) {
      if (isnan(cr_table_number(p->table, row, c))) bad[row] = true;
    }
  }
}

/* --skip-bad-rows: goes on with the other rows, which keep their numbers. */
static int skip_bad_rows(struct prediction *p) {
  size_t all = cr_table_rows(p->table), count = 0;
  cr_table *kept = NULL;
  bool *bad = take(all, sizeof *bad);
  p->rows = take(all, sizeof *p->rows);
  find_bad_rows(p, bad);
  for (size_t row = 0; row < all; row++) {
    if (!bad[row]) p->rows[count++] = row;
  }
  free(bad);
  if (count == all) return 0;
  errors_warn(p->cli, NULL, "%zu of %zu rows left out: a value is missing or not a number",
              all - count, all);
  if (cr_table_select(p->table, p->rows, count, &kept) != CR_OK) return errors_last(p->cli);
  cr_table_destroy(p->table);
  p->table = kept;
  return 0;
}

static void write_header(const struct prediction *p, FILE *stream) {
  fputs("row,", stream);
  output_field(stream, p->info.target);
  for (size_t c = 0; p->cli->settings.probabilities && c < p->info.classes; c++) {
    struct text name = {0};
    text_add(&name, "p_%s", cr_model_label(p->model, c));
    fputc(',', stream);
    output_field(stream, name.data);
    text_free(&name);
  }
  fputc('\n', stream);
}

static void write_row(const struct prediction *p, FILE *stream, size_t row) {
  fprintf(stream, "%zu,", row_in_file(p, row) + 1);
  if (p->info.classes == 0) {
    fprintf(stream, "%.9g", cr_predictions_value(p->predictions, row, 0));
  } else {
    output_field(stream, cr_model_label(p->model, cr_predictions_class(p->predictions, row, NULL)));
  }
  for (size_t c = 0; p->cli->settings.probabilities && c < p->info.classes; c++) {
    fprintf(stream, ",%.6f", cr_predictions_value(p->predictions, row, c));
  }
  fputc('\n', stream);
}

static json_t *row_object(const struct prediction *p, size_t row) {
  json_t *object = json_object();
  json_object_set_new(object, "row", output_count(row_in_file(p, row)));
  if (p->info.classes == 0) {
    json_object_set_new(object, "value",
                        output_number(cr_predictions_value(p->predictions, row, 0)));
    return object;
  }
  double sure = 0;
  json_t *all = json_array();
  size_t best = cr_predictions_class(p->predictions, row, &sure);
  json_object_set_new(object, "label", output_text(cr_model_label(p->model, best)));
  json_object_set_new(object, "probability", output_number(sure));
  for (size_t c = 0; c < p->info.classes; c++) {
    json_array_append_new(all, output_number(cr_predictions_value(p->predictions, row, c)));
  }
  json_object_set_new(object, "probabilities", all);
  return object;
}

static json_t *whole_object(const struct prediction *p) {
  json_t *object = output_object("predict"), *rows = json_array(), *labels = json_array();
  json_object_set_new(object, "target", output_text(p->info.target));
  for (size_t c = 0; c < p->info.classes; c++) {
    json_array_append_new(labels, output_text(cr_model_label(p->model, c)));
  }
  json_object_set_new(object, "labels", labels);
  json_object_set_new(object, "first_row", output_count(0));
  for (size_t row = 0; row < cr_predictions_rows(p->predictions); row++) {
    json_array_append_new(rows, row_object(p, row));
  }
  json_object_set_new(object, "rows", rows);
  return object;
}

static void write_all(const struct prediction *p, FILE *stream) {
  if (!p->cli->settings.no_header) write_header(p, stream);
  size_t rows = cr_predictions_rows(p->predictions);
  for (size_t row = 0; row < rows && ferror(stream) == 0; row++) write_row(p, stream, row);
}

/* Into the file of -o; a file that could not be written in full is said to be so. */
static int write_file(const struct prediction *p, const char *path) {
  FILE *stream = fopen(path, "w");
  if (stream == NULL) return errors_file(p->cli, CR_ERR_OPEN, "write to", path);
  if (p->cli->settings.json) {
    json_t *whole = whole_object(p);
    json_dumpf(whole, stream, JSON_COMPACT | JSON_REAL_PRECISION(17));
    fputc('\n', stream);
    json_decref(whole);
  } else {
    write_all(p, stream);
  }
  errno = 0;
  bool failed = ferror(stream) != 0;
  if (fclose(stream) != 0 || failed) {
    if (errno == 0) errno = EIO;
    return errors_file(p->cli, CR_ERR_IO, "write to", path);
  }
  return 0;
}

static void suggest(const struct prediction *p) {
  const struct settings *settings = &p->cli->settings;
  struct text words = {0};
  text_add_quoted(&words, settings->operands[0]);
  if (settings->output != NULL) {
    terminal_line(&p->cli->out, "wrote", REPORT_INDENT, "%s (%zu rows)", settings->output,
                  cr_predictions_rows(p->predictions));
    output_next(p->cli, "inspect %s", words.data);
  }
  text_free(&words);
}

static int predict(struct prediction *p) {
  const struct settings *settings = &p->cli->settings;
  cr_read_options read = settings->read;
  if (cr_model_load(settings->operands[0], &p->model) != CR_OK) return errors_last(p->cli);
  cr_model_get_info(p->model, &p->info);
  read.target = p->info.target;
  if (cr_table_read(settings->operands[1], &read, &p->table) != CR_OK) return errors_last(p->cli);
  int status = settings->prepare.skip_bad_rows ? skip_bad_rows(p) : 0;
  if (status != 0) return status;
  if (cr_model_predict(p->model, p->table, settings->threads, &p->predictions) != CR_OK) {
    return errors_last(p->cli);
  }
  for (size_t i = 0; cr_predictions_warning(p->predictions, i) != NULL; i++) {
    errors_warn(p->cli, NULL, "%s", cr_predictions_warning(p->predictions, i));
  }
  if (settings->output != NULL) {
    status = write_file(p, settings->output);
    if (status != 0 || settings->json) return status;
  } else if (settings->json) {
    output_json(whole_object(p));
  } else {
    write_all(p, stdout);
  }
  suggest(p);
  return 0;
}

static int run(struct cli *cli) {
  struct prediction prediction = {.cli = cli};
  int status = predict(&prediction);
  cr_predictions_destroy(prediction.predictions);
  cr_table_destroy(prediction.table);
  cr_model_destroy(prediction.model);
  free(prediction.rows);
  return status;
}

static const struct option options[] = {
    {.name = "proba",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, probabilities),
     .group = "OUTPUT",
     .basic = true,
     .sentence = "a column p_LABEL with the probability of each class",
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
     .fallback = "standard output"},
    {0},
};

static const char *const examples[] = {
    "chainrule predict iris.safetensors new.csv",
    "row,species: one line a row",
    "chainrule predict iris.safetensors - < new.csv",
    "from standard input",
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
        "counted from 1, and the label or number predicted. Columns are matched by name; "
        "those the model does not know are ignored.",
    .examples = examples,
    .options = options,
    .reads_tables = true,
    .run = run,
};
