/* chainrule train: a model from a data set. Its options, and the steps. */
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "config.h"
#include "errors.h"
#include "operands.h"
#include "output.h"
#include "run_folder.h"
#include "settings.h"
#include "training.h"

#define AT(member) offsetof(struct settings, member)

/* "train --restarts 5 …": the same command line, with more starts. */
static void suggest_restarts(const struct cli *cli) {
  struct text words = {0};
  for (char **word = cli->words; *word != NULL; word++) {
    text_add(&words, " ");
    text_add_quoted(&words, *word);
  }
  output_next(cli, "train --restarts 5%s   tries several starts", words.data);
  text_free(&words);
}

static void suggest(const struct training *training) {
  struct text model = {0}, data = {0};
  const cr_training_summary *summary = cr_training_get_summary(training->run);
  const cr_metrics *metrics = cr_training_metrics(training->run, 0);
  text_add_path(&model, training->model_path.data);
  text_add_path(&data, training->data);
  settings_add_reading(&training->cli->settings, &data);
  if (summary->same_rows && metrics->accuracy < 1 && summary->restarts == 1) {
    suggest_restarts(training->cli);
  } else if (strcmp(training->data, "-") == 0) {
    output_next(training->cli, "inspect %s", model.data);
  } else {
    output_next(training->cli, "predict %s %s", model.data, data.data);
  }
  text_free(&model);
  text_free(&data);
}

/* All was planned, and it was stopped before the first step. */
static int end_dry_run(const struct training *training) {
  const struct cli *cli = training->cli;
  if (cli->settings.json) {
    char *text = config_dump(run_config(training, training->run), 0);
    puts(text);
    free(text);
  } else if (!cli->settings.quiet) {
    terminal_line(&cli->out, "dry run", REPORT_INDENT,
                  "nothing was trained; it would be up to %zu epochs, for %s",
                  cr_training_options(training->run)->epochs, training->model_path.data);
  }
  return 0;
}

static int train(struct training *training) {
  int status = operands_check_data(training->cli);
  if (status == 0) status = training_read(training);
  if (status != 0) return status;
  training_show_data(training);
  status = training_run(training);
  if (status == 0 && training->cli->settings.dry_run) return end_dry_run(training);
  if (status == 0) status = training_save(training);
  if (status != 0) return status;
  training_show_result(training);
  status = run_folder_end(training);
  if (status != 0) return status;
  bool diverged = training->status == CR_ERR_DIVERGED;
  if (training->cli->settings.json && !diverged) {
    json_t *object = training_object(training, "train");
    json_object_set_new(object, "options", run_options(training, training->run));
    output_json(object);
  }
  if (training->status == CR_OK) suggest(training);
  return training_end(training);
}

static int run(struct cli *cli) {
  struct training training = {.cli = cli, .data = cli->settings.operands[0]};
  int status = train(&training);
  training_free(&training);
  return status;
}

static const struct option options[] = {
    {.name = "output-file",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .offset = AT(output),
     .argument = "MODEL",
     .sample = "model.safetensors",
     .group = "RUN",
     .basic = true,
     .of_call = true,
     .sentence = "the file to write",
     .fallback = "NAME-of-DATA.safetensors",
     .more = "It goes to the current folder, or as model.safetensors to that of --run; an old file "
             "is replaced at once when the new one is "
             "complete"},
    {.name = "run",
     .kind = OPTION_TEXT,
     .offset = AT(run_path),
     .argument = "DIR",
     .sample = "run/iris-1",
     .basic = true,
     .of_call = true,
     .sentence = "a folder for options, history and model",
     .fallback = "none",
     .more = "They are config.json, log.jsonl and model.safetensors"},
    {.name = "force",
     .letter = 'f',
     .kind = OPTION_FLAG,
     .offset = AT(force),
     .of_call = true,
     .sentence = "replace the run that the folder of --run holds",
     .fallback = "off: that is an error"},
    {.name = "config",
     .kind = OPTION_TEXT,
     .offset = AT(config),
     .argument = "FILE",
     .sample = "run/iris-1/config.json",
     .of_call = true,
     .sentence = "options, and DATA, that are not given here",
     .fallback = "none",
     .more = "The config.json of a run repeats it bit for bit"},
    {.name = "dry-run",
     .letter = 'n',
     .kind = OPTION_FLAG,
     .offset = AT(dry_run),
     .of_call = true,
     .sentence = "read and plan, but train and write nothing",
     .fallback = "off",
     .more = "With --json the configuration as it would be"},
    {0},
};

static const char *const examples[] = {
    "chainrule train iris.csv",
    "learns the last column",
    "chainrule train @digits",
    "a set built in",
    "chainrule train homes.csv --target price",
    "another column",
    "chainrule train iris.csv --run run/1",
    "keeps its options and its history",
    "chainrule train --config run/1/config.json",
    "the same again, bit for bit",
    NULL,
};

const struct command command_train = {
    .name = "train",
    .group = "WORK",
    .summary = "learn a model from a file",
    .operands = "DATA",
    .operands_least = 1,
    .operands_most = 1,
    .about =
        "Reads DATA (CSV, IDX, NPY, NPZ or LIBSVM, plain or .gz, - for standard input, a folder "
        "with a "
        "folder of pictures for each class, or a built-in "
        "set: @digits, @iris, @spiral, @xor, @and, @or, @parity:N), "
        "shares its rows out to three parts, scales the columns, trains a network and writes "
        "a model that holds all of this. Whatever is not given is chosen for the task. "
        "Ctrl-C stops after the batch and saves the best model so far.",
    .examples = examples,
    .options = options,
    .plans_networks = true,
    .descends = true,
    .ends_trainings = true,
    .reads_tables = true,
    .run = run,
};
