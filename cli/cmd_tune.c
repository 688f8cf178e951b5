/* chainrule tune: settings that learn best, and the rate-range test. Options, and the steps. */
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "errors.h"
#include "interrupt.h"
#include "operands.h"
#include "output.h"
#include "tuning.h"

#define AT(member) offsetof(struct settings, member)

/* Of a short time, what reading has used up is not all of it. */
static const double LEAST_SECONDS = 0.1;

/* "iris.safetensors" gives "iris.tune.jsonl". */
static void name_log(struct tuning *tuning) {
  static const char ending[] = ".safetensors";
  const struct text *model = &tuning->training.model_path;
  const char *given = tuning->training.cli->settings.tune.log;
  size_t length = model->length;
  if (given != NULL) {
    text_add(&tuning->log_path, "%s", given);
  } else {
    const size_t end = strlen(ending);
    if (length > end && strcmp(model->data + length - end, ending) == 0) length -= end;
    text_add_bytes(&tuning->log_path, model->data, length);
    text_add(&tuning->log_path, ".tune.jsonl");
  }
  tuning->log = tuning->log_path.data;
}

/* Searches; the time of the options counts from `start` on. */
static int search(struct tuning *tuning, double start) {
  struct training *training = &tuning->training;
  const struct settings *settings = &training->cli->settings;
  cr_prepare_options prepare = training_prepare_options(settings);
  cr_train_options train = settings->train;
  cr_tune_options options = settings->tune;
  const cr_tune_listener listener = {.on_event = tuning_event, .user = tuning};
  options.log = tuning->log;
  if (options.seconds > 0) {
    options.seconds -= progress_clock() - start;
    if (options.seconds < LEAST_SECONDS) options.seconds = LEAST_SECONDS;
  }
  fflush(stdout);
  progress_open(&tuning->progress, training->cli);
  train.linear_baseline = !settings->no_baseline;
  train.stop = interrupt_watch(training_stop_message(training->cli));
  tuning->status = cr_tune(training->table, training->dev, training->test, &prepare, &train,
                           &options, &listener, &tuning->search);
  training->error = *cr_last_error();
  interrupt_release();
  progress_close(&tuning->progress);
  if (tuning->search == NULL) return errors_show(training->cli, &training->error);
  tuning->classes = cr_tuning_get_summary(tuning->search)->classes; /* of a run cut short, too */
  return 0;
}

static int tune(struct tuning *tuning) {
  struct training *training = &tuning->training;
  const struct cli *cli = training->cli;
  const double start = progress_clock();
  int status = operands_check_data(cli);
  if (status == 0) status = training_read(training);
  if (status != 0) return status;
  name_log(tuning);
  training_show_data(training);
  status = search(tuning, start);
  if (status != 0) return status;
  training->run = cr_tuning_take_training(tuning->search);
  training_show_warnings(training, training->run);
  status = training_save(training);
  if (status != 0) return status;
  tuning_show(tuning);
  if (cli->settings.json) output_json(tuning_object(tuning));
  if (tuning->status != CR_OK) {
    training->status = tuning->status;
    status = training_end(training);
    errors_note(cli, "called again, it goes on from %s", tuning->log);
    return status;
  }
  tuning_suggest(tuning);
  return 0;
}

static int measure_range(struct training *training) {
  const struct cli *cli = training->cli;
  int status = operands_check_data(cli);
  if (status == 0) status = training_read_tables(training);
  if (status != 0) return status;
  training_show_data(training);
  cr_rate_range *range = NULL;
  cr_prepare_options prepare = training_prepare_options(&cli->settings);
  cr_train_options train = cli->settings.train;
  train.stop = interrupt_watch(NULL);
  const cr_status measured =
      cr_rate_range_run(training->table, training->dev, training->test, &prepare, &train, &range);
  interrupt_release();
  if (measured == CR_ERR_INTERRUPTED) return interrupt_exit();
  if (measured != CR_OK) return errors_last(cli);
  if (cli->settings.json) {
    output_json(range_object(training->data, range));
  } else {
    range_show(cli, training->data, range);
  }
  cr_rate_range_destroy(range);
  return 0;
}

static int run(struct cli *cli) {
  struct tuning tuning = {.training = {.cli = cli, .data = cli->settings.operands[0]}};
  tuning.training.folder.file = -1;
  int status = cli->settings.rate_range ? measure_range(&tuning.training) : tune(&tuning);
  cr_tuning_destroy(tuning.search);
  training_free(&tuning.training);
  text_free(&tuning.log_path);
  return status;
}

static const struct option options[] = {
    {.name = "time",
     .kind = OPTION_POSITIVE,
     .offset = AT(tune.seconds),
     .argument = "SECONDS",
     .sample = "60",
     .group = "SEARCH",
     .basic = true,
     .of_call = true,
     .sentence = "after which it ends, the model saved",
     .fallback = "60; none with --trials"},
    {.name = "trials",
     .kind = OPTION_COUNT,
     .offset = AT(tune.trials),
     .argument = "N",
     .sample = "50",
     .least = 1,
     .basic = true,
     .of_call = true,
     .sentence = "settings to try, those of train among them",
     .fallback = "by the time",
     .more = "What comes out then depends on data, options and seed alone"},
    {.name = "search",
     .kind = OPTION_TEXT,
     .offset = AT(tune.search),
     .argument = "NAMES",
     .sample = "layers,lr",
     .of_call = true,
     .sentence = "what is searched",
     .fallback = "all that no option sets",
     .more = "There are layers, activation, lr, batch, l2 and dropout; dropout that is searched is "
             "none in half of the trials, l2 in a third"},
    {.name = "folds",
     .kind = OPTION_COUNT,
     .offset = AT(tune.folds),
     .argument = "K",
     .sample = "5",
     .least = 1,
     .of_call = true,
     .sentence = "parts of a cross-validation; 1: the dev part alone scores",
     .fallback = "5 below 1,000 rows, else 1"},
    {.name = "log",
     .kind = OPTION_TEXT,
     .offset = AT(tune.log),
     .argument = "FILE",
     .sample = "iris.tune.jsonl",
     .of_call = true,
     .sentence = "the trials, a line each; one that is there is gone on with",
     .fallback = "beside the model: NAME.tune.jsonl"},
    {.name = "lr",
     .kind = OPTION_FLAG,
     .offset = AT(rate_range),
     .basic = true,
     .of_call = true,
     .valued = "learning-rate",
     .sentence = "only a rate-range test",
     .fallback = "off",
     .more =
         "The loss while the rate climbs from 1e-7 to 10 in a mock training. Nothing is written; "
         "a fixed rate for the search is --learning-rate"},
    {.name = "learning-rate",
     .kind = OPTION_POSITIVE,
     .offset = AT(train.learning_rate),
     .argument = "RATE",
     .sample = "0.01",
     .of_call = true,
     .sentence = "the rate to take, which is then not searched",
     .fallback = "searched"},
    {.name = "output-file",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .offset = AT(output),
     .argument = "MODEL",
     .sample = "model.safetensors",
     .basic = true,
     .of_call = true,
     .sentence = "the file to write",
     .fallback = "NAME-of-DATA.safetensors"},
    {0},
};

static const char *const examples[] = {
    "chainrule tune iris.csv --time 60",
    "search for a minute",
    "chainrule tune @digits --trials 50",
    "the same result every time",
    "chainrule tune iris.csv --lr",
    "which rates would do?",
    NULL,
};

const struct command command_tune = {
    .name = "tune",
    .group = "WORK",
    .summary = "search the settings that learn best",
    .operands = "DATA",
    .operands_least = 1,
    .operands_most = 1,
    .about =
        "Draws settings at random, trains each for a short time and the better ones longer, and "
        "saves the model of the best: the lowest loss on the dev part, or with few rows on five "
        "folds. The first settings are those that train chooses. What an option sets is not "
        "searched. The "
        "test part is measured once, at the end. The trials go to a log; called again with it, it "
        "goes on where it was. Ctrl-C saves the best so far.",
    .examples = examples,
    .options = options,
    .plans_networks = true,
    .descends = true,
    .ends_trainings = true,
    .reads_tables = true,
    .run = run,
};
