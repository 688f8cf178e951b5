/* chainrule test: how good is a model on rows whose answers are known? */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "config.h"
#include "diagnosis_text.h"
#include "errors.h"
#include "evaluation_text.h"
#include "operands.h"
#include "output.h"
#include "settings.h"

/* A record is a text of the model's file: larger counts than a double holds are none. */
static const double LARGEST_COUNT = 9007199254740992.0;

/* What is said of one evaluation. */
struct verdict {
  const cr_model *model;
  const cr_evaluation *evaluation;
  const cr_table *table;
  const struct judgement *judgement; /* NULL where the model's own figures are not known */
};

/* A number of the model's record; NAN where there is none. */
static double recorded(const json_t *record, const char *key) {
  const json_t *value = json_object_get(record, key);
  return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* The same of a count; 0 for what is none. */
static size_t recorded_count(const json_t *record, const char *key) {
  const double number = recorded(record, key);
  return number >= 0 && number <= LARGEST_COUNT ? (size_t)number : 0;
}

static double recorded_strength(const json_t *record, const char *key) {
  const double number = recorded(record, key);
  return number > 0 ? number : 0;
}

static const char *recorded_text(const json_t *record, const char *key) {
  const char *text = json_string_value(json_object_get(record, key));
  return text != NULL ? text : "";
}

/* Did a linear model reach as much, on the part by which the network was judged? */
static bool linear_was_as_good(const json_t *record, const char *measure) {
  static const char *const names[] = {"test", "dev", "train"};
  const json_t *all = json_object_get(record, "parts"),
               *linears = json_object_get(record, "linear");
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const json_t *network = json_object_get(all, names[i]);
    const json_t *linear = json_object_get(linears, names[i]);
    if (!json_is_object(network) || !json_is_object(linear)) continue;
    return recorded(linear, measure) >= recorded(network, measure);
  }
  return false;
}

/* Compares with the rows it was trained on, whose figures are in its record; false without them. */
static bool judge(const struct cli *cli, cr_model *model, const cr_metrics *metrics,
                  struct judgement *out) {
  json_t *record = json_loads(cr_model_get_info(model)->training, 0, NULL);
  const json_t *part = json_object_get(json_object_get(record, "parts"), "train");
  const bool classes = !isnan(metrics->accuracy);
  const bool balanced = !isnan(metrics->balanced) && !isnan(recorded(part, "balanced"));
  const char *measure = balanced ? "balanced" : classes ? "accuracy" : "r2";
  const bool bare = !cr_metrics_show_learning(metrics);
  const size_t best_epoch = recorded_count(record, "best_epoch");
  const size_t epochs_run = recorded_count(record, "epochs_run");
  const cr_metrics train = {.n = recorded_count(part, "n"),
                            .accuracy = classes ? recorded(part, "accuracy") : (double)NAN,
                            .r2 = classes ? (double)NAN : recorded(part, "r2"),
                            .balanced = recorded(part, "balanced"),
                            .balanced_low = recorded(part, "balanced_low"),
                            .balanced_high = recorded(part, "balanced_high")};
  *out = (struct judgement){
      .classes = classes,
      .balanced = balanced,
      .part = "these rows",
      .has_file = true,
      .net = cr_model_net(model),
      .epochs = recorded_count(record, "epochs"),
      .was_short = was_short(best_epoch, epochs_run, recorded_text(record, "stopped")),
      .l2 = recorded_strength(record, "l2"),
      .dropout = recorded_strength(record, "dropout"),
      .learning_rate = recorded(record, "learning_rate"),
      .linear_as_good = linear_was_as_good(record, measure),
      .nowhere = bare ? "these rows" : NULL,
      .majority = classes ? cr_model_label(model, metrics->majority) : NULL,
      .untrained = epochs_run > 0 && best_epoch == 0,
      .zero_start = strcmp(recorded_text(record, "initializer"), "zero") == 0,
      .still_images = recorded_text(record, "augment")[0] == '\0' &&
                      cr_model_input_at(model, 0)->type == CR_COLUMN_IMAGE,
  };
  json_decref(record);
  const double best = cli->settings.bayes;
  return (balanced ? cr_diagnose_balanced(&train, metrics, best, &out->found)
                   : cr_diagnose(&train, metrics, best, &out->found)) == CR_OK;
}

static json_t *test_object(const struct verdict *verdict) {
  const cr_metrics *metrics = cr_evaluation_metrics(verdict->evaluation);
  json_t *object = output_object("test");
  json_t *figures = output_metrics(metrics);
  if (json_is_object(figures)) json_object_update(object, figures);
  json_decref(figures);
  json_object_set_new(
      object, "diagnosis",
      verdict->judgement != NULL ? diagnosis_object(verdict->judgement) : json_null());
  evaluation_json(verdict->model, verdict->evaluation, verdict->table, object);
  return object;
}

static void show(const struct cli *cli, const struct verdict *verdict) {
  struct text line = {0};
  const cr_metrics *metrics = cr_evaluation_metrics(verdict->evaluation);
  output_describe(&line, metrics, true, verdict->judgement != NULL && verdict->judgement->balanced);
  output_baseline(&line, metrics);
  terminal_line(&cli->out, "result", REPORT_INDENT, "%s", line.data);
  text_free(&line);
  if (cli->settings.quiet) return;
  terminal_line(&cli->out, "loss", REPORT_INDENT, "%s a row", figure_text(metrics->loss).s);
  if (verdict->judgement != NULL) diagnosis_show(cli, verdict->judgement);
  evaluation_show_confusion(cli, verdict->model, verdict->evaluation);
  evaluation_show_labels(cli, verdict->model, verdict->evaluation);
  evaluation_show_worst(cli, verdict->model, verdict->evaluation, verdict->table);
}

/* The table may be the one the model was trained on; then the figures flatter it. */
static bool has_known_rows(const cr_model *model, const cr_table *table) {
  json_t *training = json_loads(cr_model_get_info(model)->training, 0, NULL);
  /* the first fingerprint is that of the table that was trained on */
  const char *known = json_string_value(json_array_get(json_object_get(training, "data"), 0));
  const bool is = known != NULL && strcmp(known, fingerprint_text(table).s) == 0;
  json_decref(training);
  return is;
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
  const bool known = has_known_rows(model, table);
  if (known && !cr_table_get_origin(table)->complete) {
    errors_warn(cli, NULL, "these rows include those it was trained on: the figures flatter it");
  }
  if (cr_evaluate(model, table, &apply, &evaluation) != CR_OK) return errors_last_of_rows(cli);
  for (size_t i = 0; cr_evaluation_warning(evaluation, i) != NULL; i++) {
    errors_warn(cli, NULL, "%s", cr_evaluation_warning(evaluation, i));
  }
  struct judgement judgement;
  const bool judged = !known && judge(cli, model, cr_evaluation_metrics(evaluation), &judgement);
  const struct verdict verdict = {model, evaluation, table, judged ? &judgement : NULL};
  if (settings->json) {
    output_json(test_object(&verdict));
  } else {
    show(cli, &verdict);
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
  status = operands_read_table(model, settings->operands[1], read, &table) == CR_OK
               ? test(cli, model, table)
               : errors_last(cli);
  cr_table_destroy(table);
  cr_model_destroy(model);
  return status;
}

static const struct option options[] = {
    {.name = "bayes",
     .kind = OPTION_SHARE,
     .offset = offsetof(struct settings, bayes),
     .argument = "ERROR",
     .sample = "0.01",
     .group = "JUDGEMENT",
     .sentence = "the least error there can be: 0.01 or '1 %'; of numbers, 1 - R²",
     .fallback = "taken as 0"},
    {0},
};

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
