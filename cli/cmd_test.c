/* chainrule test: how good is a model on rows whose answers are known? */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "errors.h"
#include "evaluation_text.h"
#include "operands.h"
#include "output.h"

static json_t *test_object(const cr_model *model, const cr_evaluation *evaluation) {
  const cr_metrics *metrics = cr_evaluation_metrics(evaluation);
  json_t *object = output_object("test");
  json_t *figures = output_metrics(metrics);
  if (json_is_object(figures)) json_object_update(object, figures);
  json_decref(figures);
  evaluation_json(model, evaluation, object);
  return object;
}

static void show(const struct cli *cli, const cr_model *model, const cr_evaluation *evaluation) {
  struct text line = {0};
  const cr_metrics *metrics = cr_evaluation_metrics(evaluation);
  output_describe(&line, metrics, true);
  output_baseline(&line, metrics);
  terminal_line(&cli->out, "result", REPORT_INDENT, "%s", line.data);
  text_free(&line);
  if (cli->settings.quiet) return;
  terminal_line(&cli->out, "loss", REPORT_INDENT, "%s a row", figure_text(metrics->loss).s);
  evaluation_show_confusion(cli, model, evaluation);
  evaluation_show_labels(cli, model, evaluation);
  evaluation_show_worst(cli, model, evaluation);
}

/* The table may be the one the model was trained on; then the figures flatter it. */
static void warn_of_known_rows(const struct cli *cli, const cr_model *model,
                               const cr_table *table) {
  const cr_model_info *info = cr_model_get_info(model);
  const cr_table_origin *origin = cr_table_get_origin(table);
  char fingerprint[24];
  snprintf(fingerprint, sizeof fingerprint, "%016llx", (unsigned long long)origin->fingerprint);
  json_t *training = json_loads(info->training, 0, NULL);
  /* the first fingerprint is that of the table that was trained on */
  const char *known = json_string_value(json_array_get(json_object_get(training, "data"), 0));
  if (known != NULL && strcmp(known, fingerprint) == 0 && !origin->complete) {
    errors_warn(cli, NULL, "these rows include those it was trained on: the figures flatter it");
  }
  json_decref(training);
}

static void suggest(const struct cli *cli) {
  const struct settings *settings = &cli->settings;
  struct text model = {0}, data = {0};
  text_add_path(&model, settings->operands[0]);
  text_add_path(&data, settings->operands[1]);
  settings_add_reading(settings, &data);
  if (strcmp(settings->operands[1], "-") == 0) {
    output_next(cli, "inspect %s", model.data);
  } else {
    output_next(cli, "predict %s %s", model.data, data.data);
  }
  text_free(&model);
  text_free(&data);
}

static int test(const struct cli *cli, cr_model *model, cr_table *table) {
  cr_evaluation *evaluation = NULL;
  const struct settings *settings = &cli->settings;
  const cr_apply_options apply = settings_apply(settings);
  warn_of_known_rows(cli, model, table);
  if (cr_evaluate(model, table, &apply, &evaluation) != CR_OK) return errors_last_of_rows(cli);
  for (size_t i = 0; cr_evaluation_warning(evaluation, i) != NULL; i++) {
    errors_warn(cli, NULL, "%s", cr_evaluation_warning(evaluation, i));
  }
  if (settings->json) {
    output_json(test_object(model, evaluation));
  } else {
    show(cli, model, evaluation);
  }
  suggest(cli);
  cr_evaluation_destroy(evaluation);
  return 0;
}

static int run(struct cli *cli) {
  const struct settings *settings = &cli->settings;
  cr_model *model = NULL;
  cr_table *table = NULL;
  int status = operands_check_model_data(cli);
  if (status != 0) return status;
  if (cr_model_load(settings->operands[0], &model) != CR_OK) return errors_last(cli);
  const cr_model_info *info = cr_model_get_info(model);
  cr_read_options read = settings->read;
  read.target = info->classes > 0 ? info->target : ""; /* a text among numbers is a bad value */
  status = cr_table_read(settings->operands[1], &read, &table) == CR_OK ? test(cli, model, table)
                                                                        : errors_last(cli);
  cr_table_destroy(table);
  cr_model_destroy(model);
  return status;
}

static const struct option options[] = {{0}};

static const char *const examples[] = {
    "chainrule test iris.safetensors new.csv",
    "figures and a table of confusions",
    "chainrule test m.safetensors t10k-images-idx3-ubyte.gz",
    "",
    NULL,
};

const struct command command_test = {
    .name = "test",
    .alias = "evaluate",
    .group = "WORK",
    .summary = "score a model on rows with known answers",
    .operands = "MODEL DATA",
    .operands_least = 2,
    .operands_most = 2,
    .about =
        "Runs MODEL over DATA, which has the target column, and shows how often or how far "
        "it is wrong, which classes it takes for each other, and its worst rows. Columns are "
        "matched by name; the scaling comes from the model.",
    .examples = examples,
    .options = options,
    .reads_tables = true,
    .run = run,
};
