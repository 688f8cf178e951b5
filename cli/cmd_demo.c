/* chainrule demo: a built-in example from the data to its mistakes. */
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "demo_pictures.h"
#include "errors.h"
#include "nearest.h"
#include "output.h"
#include "training.h"

struct demo {
  const char *name, *data;
  const char *intro;
  const char *layers, *activation; /* NULL: the default */
  size_t restarts;
  uint64_t seed;                                /* 0: that of every command */
  int (*show)(const struct training *training); /* after the result */
};

static const struct demo demos[] = {
    {.name = "digits",
     .data = "@digits",
     .intro = "A network learns to read handwritten digits, 8 × 8 pixels each, and is then "
              "asked about digits it has not seen.",
     .show = demo_show_mistakes},
    {.name = "xor",
     .data = "@xor",
     .intro = "The smallest problem that needs a hidden layer: is exactly one of two bits set? "
              "Some starts end in a local minimum, so five are made and the best is kept.",
     .layers = "3",
     .activation = "sigmoid",
     .restarts = 5,
     .seed = 14, /* with it not all of the starts learn it */
     .show = demo_show_outputs},
    {.name = "iris",
     .data = "@iris",
     .intro = "A network learns to tell three kinds of iris apart from four measurements.",
     .show = demo_show_confusion},
    {.name = "spiral",
     .data = "@spiral",
     .intro = "Three spiral arms wind around each other; straight lines cannot tell them apart. A "
              "network learns to bend the plane.",
     .show = demo_show_map},
    {0},
};

static void suggest(const struct training *training) {
  const struct cli *cli = training->cli;
  struct text model = {0};
  if (cli->settings.quiet || cli->settings.json) return;
  text_add_path(&model, training->model_path.data);
  terminal_styled(&cli->out, STYLE_BOLD, "try\n");
  terminal_print(&cli->out, "  %s inspect %s\n", cli->program, model.data);
  terminal_print(&cli->out, "  %s predict %s %s --proba\n", cli->program, model.data,
                 training->data);
  terminal_print(&cli->out, "  %s demo %s\n", cli->program,
                 strcmp(training->data, "@spiral") == 0 ? "xor" : "spiral");
  output_next(cli, "train YOUR.csv");
  text_free(&model);
}

static int run_demo(struct training *training, const struct demo *demo) {
  struct cli *cli = training->cli;
  bool text = !cli->settings.json;
  if (text && !cli->settings.quiet) {
    terminal_wrap(&cli->out, 0, cli->out.width, demo->intro);
    terminal_print(&cli->out, "\n");
  }
  int status = training_read(training);
  if (status != 0) return status;
  training_show_data(training);
  status = training_run(training);
  if (status == 0) status = training_save(training);
  if (status != 0) return status;
  training_show_result(training);
  if (!text) output_json(training_object(training, "demo"));
  if (training->status != CR_OK) return training_end(training);
  status = text ? demo->show(training) : 0;
  if (status == 0) suggest(training);
  return status;
}

static int refuse(const struct cli *cli, const char *name) {
  struct nearest nearest;
  char fix[64];
  nearest_begin(&nearest, name);
  for (const struct demo *d = demos; d->name != NULL; d++) nearest_offer(&nearest, d->name);
  snprintf(fix, sizeof fix, "chainrule demo %s", nearest.found != NULL ? nearest.found : "digits");
  return errors_usage(cli, fix, "no demo '%.100s'; there are digits, xor, iris, spiral", name);
}

static int run(struct cli *cli) {
  struct settings *settings = &cli->settings;
  const char *name = settings->operand_count > 0 ? settings->operands[0] : demos[0].name;
  const struct demo *demo = demos;
  while (demo->name != NULL && strcmp(demo->name, name) != 0) demo++;
  if (demo->name == NULL) return refuse(cli, name);
  struct training training = {.cli = cli, .data = demo->data};
  settings->train.layers = demo->layers;
  settings->train.activation = demo->activation;
  settings->train.restarts = demo->restarts;
  if (demo->seed != 0 && !settings->seed_given) {
    settings->seed = settings->train.seed = settings->prepare.seed = demo->seed;
  }
  int status = run_demo(&training, demo);
  training_free(&training);
  return status;
}

static const struct option options[] = {
    {.name = "output-file",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, output),
     .argument = "MODEL",
     .sample = "digits.safetensors",
     .group = "OUTPUT",
     .basic = true,
     .sentence = "the model to write",
     .fallback = "NAME.safetensors in this folder"},
    {0},
};

static const char *const examples[] = {
    "chainrule demo",
    "handwritten digits, and those it misreads",
    "chainrule demo xor",
    "four rows, five starts, local minima",
    "chainrule demo iris",
    "three kinds of flowers",
    "chainrule demo spiral",
    "a picture of what it learnt",
    NULL,
};

const struct command command_demo = {
    .name = "demo",
    .group = "START",
    .summary = "train a built-in example and look at its mistakes",
    .operands = "[digits | xor | iris | spiral]",
    .operands_most = 1,
    .about =
        "Trains on a data set that is part of the program, shows the result on rows held "
        "out, and writes the model to this folder so that the commands it suggests work.",
    .examples = examples,
    .options = options,
    .run = run,
};
