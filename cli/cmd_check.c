/* chainrule check: is the mathematics right? Of a case, of a model, or of a network for data. */
#include <stdlib.h>
#include <string.h>

#include "check_case.h"
#include "check_text.h"
#include "command_line.h"
#include "errors.h"
#include "operands.h"
#include "output.h"
#include "settings.h"

#define AT(member) offsetof(struct settings, member)

/* Adds the words of the command line but for the options of check alone. */
static void add_other_words(const struct cli *cli, struct text *out) {
  for (char **word = cli->words; *word != NULL; word++) {
    const size_t length = strcspn(*word, "=");
    const struct option *own = cli->command->options;
    while (own->name != NULL && !(strncmp(*word, "--", 2) == 0 && strlen(own->name) == length - 2 &&
                                  strncmp(*word + 2, own->name, length - 2) == 0)) {
      own++;
    }
    if (own->name == NULL) {
      text_add(out, " ");
      text_add_quoted(out, *word);
    } else if (own->kind != OPTION_FLAG && (*word)[length] == '\0' && word[1] != NULL) {
      word++; /* its value */
    }
  }
}

/* What is right may be looked at, or trained. */
static void suggest(const struct cli *cli) {
  const struct settings *settings = &cli->settings;
  const bool model = settings->operand_count > 1;
  const char *data = settings->operands[model ? 1 : 0];
  struct text words = {0};
  if (strcmp(data, "-") == 0) return;
  if (!model) {
    add_other_words(cli, &words);
    output_next(cli, "train%s", words.data);
    text_free(&words);
    return;
  }
  for (size_t i = 0; i < settings->operand_count; i++) {
    text_add(&words, " ");
    text_add_path(&words, settings->operands[i]);
  }
  settings_add_reading(settings, &words);
  output_next(cli, "explain%s --row 1", words.data);
  text_free(&words);
}

static int show(struct cli *cli, const cr_check_report *report) {
  const bool ok = cr_check_report_ok(report);
  for (size_t i = 0; cr_check_report_warning(report, i) != NULL; i++) {
    errors_warn(cli, NULL, "%s", cr_check_report_warning(report, i));
  }
  if (cli->settings.json) {
    output_json(check_object(report));
    return ok ? 0 : cr_status_exit(CR_ERR_CHECK);
  }
  check_show(cli, report);
  if (!ok) return check_name_failure(cli, report);
  suggest(cli);
  return 0;
}

static cr_check_options check_options(const struct settings *settings) {
  cr_check_options options = settings->check;
  options.gradient.seed = settings->seed;
  options.skip_bad_rows = settings->prepare.skip_bad_rows;
  if (settings->check_all) options.gradient.sample = SIZE_MAX;
  return options;
}

/* What a model and its rows are made of is not chosen any more. */
static int refuse_network_options(const struct cli *cli) {
  const struct option *const tables[] = {goal_options, column_options, preparation_options,
                                         network_options};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    for (const struct option *o = tables[i]; o->name != NULL; o++) {
      if (!option_given(&cli->settings, o->name)) continue;
      return errors_usage(cli, "chainrule check DATA with it, or MODEL DATA without",
                          "--%s is for a network that is planned, and a model has one", o->name);
    }
  }
  return 0;
}

static int check_model(struct cli *cli) {
  struct settings *settings = &cli->settings;
  const cr_check_options options = check_options(settings);
  cr_model *model = NULL;
  cr_table *table = NULL;
  cr_check_report *report = NULL;
  int status = refuse_network_options(cli);
  if (status == 0) status = operands_check_model_data(cli);
  if (status != 0) return status;
  if (cr_model_load(settings->operands[0], &model) != CR_OK) return errors_last(cli);
  const cr_model_info *info = cr_model_get_info(model);
  cr_read_options read = settings->read;
  read.target = info->classes > 0 ? info->target : "";
  if (operands_read_table(model, settings->operands[1], read, &table) != CR_OK) {
    status = errors_last(cli);
  } else if (cr_check_model(model, table, &settings->train, &options, &report) != CR_OK) {
    status = errors_last_of_rows(cli);
  } else {
    status = show(cli, report);
  }
  cr_check_report_destroy(report);
  cr_table_destroy(table);
  cr_model_destroy(model);
  return status;
}

static int check_data(struct cli *cli) {
  struct settings *settings = &cli->settings;
  const cr_check_options options = check_options(settings);
  cr_table *table = NULL;
  cr_check_report *report = NULL;
  int status = operands_take_table(cli, &table);
  if (status != 0) return status;
  if (cr_check_table(table, &settings->prepare, &settings->train, &options, &report) != CR_OK) {
    status = errors_last(cli);
  } else {
    status = show(cli, report);
  }
  cr_check_report_destroy(report);
  cr_table_destroy(table);
  return status;
}

static bool is_case(const char *path) {
  const char *dot = strrchr(path, '.');
  return dot != NULL && strcmp(dot, ".json") == 0;
}

static int run(struct cli *cli) {
  const struct settings *settings = &cli->settings;
  const char *first = settings->operands[0];
  const bool two = settings->operand_count > 1;
  if (is_case(first)) {
    if (!two) return check_case(cli);
    return errors_usage(cli, "chainrule check CASE.json", "a case holds its rows: no DATA with it");
  }
  if (operands_is_model(first)) {
    if (two) return check_model(cli);
    return errors_usage(cli, "chainrule check MODEL DATA", "%.300s is a model, and DATA is missing",
                        first);
  }
  if (!two) return check_data(cli);
  const int status = operands_check_model_data(cli);
  if (status != 0) return status;
  return errors_usage(cli, "chainrule check DATA, or chainrule check MODEL DATA",
                      "%.300s is not a model", first);
}

static const struct option options[] = {
    {.name = "rows",
     .kind = OPTION_COUNT,
     .offset = AT(check.rows),
     .argument = "N",
     .sample = "10",
     .least = 1,
     .group = "CHECK",
     .basic = true,
     .sentence = "rows for the gradients, from all over DATA",
     .fallback = "10"},
    {.name = "step",
     .kind = OPTION_POSITIVE,
     .offset = AT(check.gradient.step),
     .argument = "H",
     .sample = "1e-5",
     .sentence = "how far a parameter is nudged, times its size where that is above 1",
     .fallback = "1e-5"},
    {.name = "all",
     .kind = OPTION_FLAG,
     .offset = AT(check_all),
     .basic = true,
     .sentence = "nudge every parameter of large blocks too",
     .fallback = "off: 200 of each, drawn by --seed"},
    {0},
};

static const char *const examples[] = {
    "chainrule check iris.csv",
    "the network that train would begin with",
    "chainrule check iris.safetensors iris.csv",
    "a model, as it is",
    "chainrule check case.json",
    "values that somebody worked out",
    NULL,
};

const struct command command_check = {
    .name = "check",
    .group = "UNDERSTAND",
    .summary = "is the mathematics right? gradients, tests, worked cases",
    .operands = "[MODEL] DATA | CASE.json",
    .operands_least = 1,
    .operands_most = 2,
    .about =
        "Of MODEL, or of the network that train would begin with on DATA: compares the gradient "
        "by the chain rule with nudging each parameter, in double precision, and the engine that "
        "trains with the chain rule, block by block; then runs the tests that people run before "
        "they believe a network. Of CASE.json (docs/reference/case-format.md), a small network "
        "with values, gradients and steps somebody computed: the largest error of each quantity "
        "in both engines. Exit status 0: all is right, 1: something is wrong, and it is named.",
    .examples = examples,
    .options = options,
    .plans_networks = true,
    .descends = true,
    .reads_tables = true,
    .run = run,
};
