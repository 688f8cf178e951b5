/* The program: finds the command, reads its options, runs it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_line.h"
#include "errors.h"
#include "help.h"
#include "nearest.h"
#include "output.h"
#include "settings.h"

static const struct command *const commands[] = {
    &command_demo,  &command_data,    &command_data_convert, &command_data_split, &command_data_gen,
    &command_train, &command_tune,    &command_test,         &command_predict,    &command_inspect,
    &command_check, &command_explain, &command_bench,        &command_help,
};

const struct command *command_at(size_t index) {
  return index < sizeof commands / sizeof commands[0] ? commands[index] : NULL;
}

const struct command *command_find(const char *name) {
  for (size_t i = 0; command_at(i) != NULL; i++) {
    const struct command *command = command_at(i);
    if (strcmp(command->name, name) == 0) return command;
    if (command->alias != NULL && strcmp(command->alias, name) == 0) return command;
  }
  return NULL;
}

const struct command *command_of_words(char *const *words, size_t *count) {
  const struct command *found = NULL;
  *count = 1;
  if (words[1] != NULL) {
    struct text name = {0};
    text_add(&name, "%s %s", words[0], words[1]);
    found = command_find(name.data);
    text_free(&name);
  }
  if (found == NULL) return command_find(words[0]);
  *count = 2;
  return found;
}

/* What follows the name of `command` and a blank in that of another; NULL if nothing does. */
static const char *word_below(const struct command *command, const struct command *other) {
  const size_t length = strlen(command->name);
  const bool below = strncmp(other->name, command->name, length) == 0 && other->name[length] == ' ';
  return below ? other->name + length + 1 : NULL;
}

const struct command *command_below(const struct command *command, const char *word) {
  struct nearest nearest;
  nearest_begin(&nearest, word);
  for (size_t i = 0; command_at(i) != NULL; i++) {
    const char *below = word_below(command, command_at(i));
    if (below != NULL) nearest_offer(&nearest, below);
  }
  for (size_t i = 0; nearest.found != NULL && command_at(i) != NULL; i++) {
    if (word_below(command, command_at(i)) == nearest.found) return command_at(i);
  }
  return NULL;
}

static int refuse_command(const struct cli *cli, const char *word) {
  struct nearest nearest;
  char fix[256];
  nearest_begin(&nearest, word);
  for (size_t i = 0; command_at(i) != NULL; i++) {
    nearest_offer(&nearest, command_at(i)->name);
    if (command_at(i)->alias != NULL) nearest_offer(&nearest, command_at(i)->alias);
  }
  if (word[0] == '-') {
    snprintf(fix, sizeof fix, "chainrule COMMAND %.100s", word);
    return errors_usage(cli, fix, "options come after the command, found '%.100s' first", word);
  }
  if (access(word, R_OK) == 0) {
    snprintf(fix, sizeof fix, "chainrule data %.200s", word);
    return errors_usage(cli, fix, "'%.200s' is a file; a command comes first", word);
  }
  if (nearest.found != NULL) {
    snprintf(fix, sizeof fix, "chainrule %s …   (all commands: chainrule --help)", nearest.found);
  } else {
    snprintf(fix, sizeof fix, "chainrule --help   lists the commands");
  }
  return errors_usage(cli, fix, "no command '%.100s'", word);
}

/* Colours and JSON hold for errors of the command line too, so they are looked for first. */
static void look_ahead(struct cli *cli, char **words) {
  for (; *words != NULL && strcmp(*words, "--") != 0; words++) {
    if (strcmp(*words, "--json") == 0) cli->settings.json = true;
    if (strcmp(*words, "--no-color") == 0) cli->settings.no_color = true;
  }
}

static void show_version(const struct cli *cli) {
  if (!cli->settings.json) {
    printf("chainrule %s\n", cr_version());
    return;
  }
  json_t *object = output_object("version");
  json_object_set_new(object, "version", json_string(cr_version()));
  output_json(object);
}

/* Settings that stand in several places of the library's options. */
static void spread(struct settings *settings) {
  settings->read.target = settings->prepare.target;
  settings->read.skip_bad_rows =
      settings->prepare.skip_bad_rows || strcmp(settings->bad_rows, "skip") == 0;
  settings->read.pad_bad_rows = strcmp(settings->bad_rows, "pad") == 0;
  settings->read.gaps = (const char *const *)settings->gap_words.names;
  settings->read.gap_count = settings->gap_words.count;
  settings->read.types = (const char *const *)settings->types.names;
  settings->read.type_count = settings->types.count;
  settings->prepare.seed = settings->train.seed = settings->seed;
  settings->train.threads = settings->read.threads = settings->threads;
  settings->train.kernel = settings->bench.kernel = settings->kernel;
  settings->bench.seed = settings->seed;
}

static int run_command(struct cli *cli, char **words) {
  cli->words = words;
  int status = options_read(cli, words);
  if (status != 0) return status;
  const struct settings *settings = &cli->settings;
  spread(&cli->settings);
  if (settings->version) {
    show_version(cli);
    return 0;
  }
  if (settings->short_help || settings->long_help) {
    if (settings->json) {
      help_json(cli->command, NULL);
    } else {
      help_command(cli, cli->command, settings->long_help);
    }
    return 0;
  }
  return cli->command->run(cli);
}

static int run(struct cli *cli, char **words) {
  const char *first = words[0];
  if (first == NULL || strcmp(first, "-h") == 0 || strcmp(first, "--help") == 0) {
    if (cli->settings.json) {
      help_json(NULL, NULL);
    } else {
      help_overview(cli);
    }
    return 0;
  }
  if (strcmp(first, "--version") == 0) {
    show_version(cli);
    return 0;
  }
  size_t count = 0;
  cli->command = command_of_words(words, &count);
  return cli->command != NULL ? run_command(cli, words + count) : refuse_command(cli, first);
}

/*
 * A stream that was closed (>&-) would hand its number to the next file that is opened. What is put
 * there refuses what the stream is for, so that it is told.
 */
static void hold_streams(void) {
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++) {
    if (fcntl(file, F_GETFD) >= 0 || errno != EBADF) continue;
    if (open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY) != file) return;
  }
}

/* JSON that memory is missing for must not be printed with holes. */
static void *take_json(size_t size) {
  return take(size, 1);
}

int main(int argc, char **argv) {
  struct cli cli = {.program = "chainrule"};
  if (argc > 0 && strchr(argv[0], '/') != NULL) cli.program = argv[0];
  hold_streams();
  signal(SIGPIPE, SIG_IGN); /* a training outlives the reader of its messages */
  signal(SIGXFSZ, SIG_IGN); /* a file over the limit of its size is an error like another */
  json_set_alloc_funcs(take_json, free);
  settings_init(&cli.settings);
  if (argc > 0) look_ahead(&cli, argv + 1);
  if (cli.settings.json) text_memory_json();
  terminal_open(&cli.out, stdout, cli.settings.no_color);
  terminal_open(&cli.err, stderr, cli.settings.no_color);
  int status = argc > 0 ? run(&cli, argv + 1) : 0;
  int written = output_finish(&cli);
  settings_free(&cli.settings);
  return status != 0 ? status : written;
}
