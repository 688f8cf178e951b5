/* chainrule demo: built-in examples that show how it is done, and how it comes about. */
#include <string.h>

#include "command_line.h"
#include "demo.h"
#include "errors.h"
#include "nearest.h"

static const struct demo {
  const char *name, *summary;
  int (*run)(struct cli *cli);
} demos[] = {
#define DEMO_ROW(name, summary) {#name, summary, demo_##name},
    DEMO_LIST(DEMO_ROW)
#undef DEMO_ROW
};
enum { DEMO_COUNT = sizeof demos / sizeof demos[0] };

void demo_show_list(const struct cli *cli) {
  enum { NAME_COLUMN = 14 };
  terminal_styled(&cli->out, STYLE_BOLD, "demos\n");
  for (size_t i = 0; i < DEMO_COUNT; i++) {
    terminal_print(&cli->out, "  %-*s", NAME_COLUMN - 2, demos[i].name);
    terminal_wrap(&cli->out, NAME_COLUMN, cli->out.width, demos[i].summary);
  }
}

static int refuse(const struct cli *cli, const char *name) {
  struct nearest nearest;
  struct text names = {0};
  char fix[64];
  nearest_begin(&nearest, name);
  for (size_t i = 0; i < DEMO_COUNT; i++) {
    nearest_offer(&nearest, demos[i].name);
    text_add(&names, "%s%s", i > 0 ? ", " : "", demos[i].name);
  }
  snprintf(fix, sizeof fix, "chainrule demo %s",
           nearest.found != NULL ? nearest.found : demos[0].name);
  const int status = errors_usage(cli, fix, "no demo '%.100s'; there are %s", name, names.data);
  text_free(&names);
  return status;
}

static int run(struct cli *cli) {
  const struct settings *settings = &cli->settings;
  const char *name = settings->operand_count > 0 ? settings->operands[0] : demos[0].name;
  for (size_t i = 0; i < DEMO_COUNT; i++) {
    if (strcmp(demos[i].name, name) == 0) return demos[i].run(cli);
  }
  return refuse(cli, name);
}

static const struct option options[] = {
    {.name = "output-file",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, output),
     .argument = "MODEL",
     .sample = "model.safetensors",
     .group = "OUTPUT",
     .basic = true,
     .sentence = "the model to write, of a demo that saves one",
     .fallback = "demo-NAME.safetensors in this folder"},
    {0},
};

static const char *const examples[] = {
#define DEMO_EXAMPLE(name, summary) "chainrule demo " #name, summary,
    DEMO_LIST(DEMO_EXAMPLE)
#undef DEMO_EXAMPLE
        NULL,
};

const struct command command_demo = {
    .name = "demo",
    .group = "START",
    .summary = "see it work, and see how it works",
    .operands = "[NAME]",
    .operands_most = 1,
    .about =
        "Runs a built-in example; without NAME the first of them, and then lists them all. digits, "
        "iris, spiral and xor train on a data set of the program, show the result, and write the "
        "model to this folder, so that the commands they suggest work: demo-NAME.safetensors. The "
        "others walk through the mathematics, with numbers, and write nothing.",
    .examples = examples,
    .options = options,
    .run = run,
};
