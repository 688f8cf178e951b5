#include "help.h"

#include <stdlib.h>
#include <string.h>

#include "command_line.h"

enum { TEXT_WIDTH = 80, SHORT_COLUMN = 22, LEAST_COLUMN = 6, FULL_COLUMN = 6, EXAMPLE_MOST = 52 };

static size_t help_width(const struct terminal *terminal) {
  return terminal->width > 0 && terminal->width < TEXT_WIDTH ? terminal->width : TEXT_WIDTH;
}

/* "  command    what it does", the second part on a line of its own where the first is long. */
static void show_pair(const struct terminal *terminal, const char *left, const char *right,
                      size_t column) {
  if (column > help_width(terminal) * 2 / 3) column = help_width(terminal) / 3;
  size_t columns = terminal_columns(terminal, left);
  terminal_print(terminal, "%s", left);
  if (right[0] == '\0') {
    terminal_print(terminal, "\n");
    return;
  }
  if (columns + 2 > column) {
    terminal_print(terminal, "\n");
    columns = 0;
    if (column < LEAST_COLUMN) column = LEAST_COLUMN; /* behind where the first part begins */
  }
  fprintf(terminal->stream, "%*s", (int)(column - columns), "");
  terminal_wrap(terminal, column, help_width(terminal), right);
}

static void show_examples(const struct terminal *terminal, const char *const *examples) {
  size_t column = 0;
  for (const char *const *e = examples; e[0] != NULL; e += 2) {
    size_t wanted = strlen(e[0]) + 4;
    if (wanted > column && wanted <= EXAMPLE_MOST) column = wanted;
  }
  for (; examples[0] != NULL; examples += 2) {
    struct text left = {0};
    text_add(&left, "  %s", examples[0]);
    show_pair(terminal, left.data, examples[1], column);
    text_free(&left);
  }
}

/* The second word of a command of two: "gen" of "data gen"; NULL if it is of one. */
static const char *second_word(const struct command *command) {
  const char *blank = strchr(command->name, ' ');
  return blank != NULL ? blank + 1 : NULL;
}

void help_overview(const struct cli *cli) {
  static const char *const examples[] = {"chainrule demo",
                                         "see it work: handwritten digits",
                                         "chainrule train iris.csv",
                                         "learn the last column",
                                         "chainrule help train",
                                         "every option of a command",
                                         NULL};
  const struct terminal *out = &cli->out;
  terminal_styled(out, STYLE_BOLD, "chainrule %s", cr_version());
  terminal_print(out, ": ");
  terminal_wrap(out, 4, help_width(out), "trains, tests and checks feed-forward neural networks");
  terminal_print(out, "\n");
  show_examples(out, examples);
  terminal_print(out, "\n");
  const char *group = "";
  for (size_t i = 0; command_at(i) != NULL; i++) {
    const struct command *command = command_at(i);
    struct text left = {0}, right = {0};
    if (second_word(command) != NULL) continue; /* the help of the first tells of it */
    text_add(&left, "%-12s%s", strcmp(group, command->group) != 0 ? command->group : "",
             command->name);
    text_add(&right, "%s", command->summary);
    if (command->alias != NULL) text_add(&right, " (alias: %s)", command->alias);
    show_pair(out, left.data, right.data, SHORT_COLUMN);
    text_free(&left);
    text_free(&right);
    group = command->group;
  }
}

/* "-o, --output-file FILE". */
static void option_words(const struct option *option, struct text *out) {
  if (option->letter != 0) text_add(out, "-%c, ", option->letter);
  text_add(out, "--%s", option->name);
  if (option->argument != NULL) text_add(out, " %s", option->argument);
}

static void show_option(const struct terminal *terminal, const struct option *option, bool full) {
  struct text left = {0}, right = {0};
  text_add(&left, "  ");
  option_words(option, &left);
  text_add(&right, "%s", option->sentence);
  if (full) {
    struct text choices = {0};
    option_choices(option, &choices);
    if (choices.data != NULL) text_add(&right, ": %s", choices.data);
    if (option->more != NULL) text_add(&right, ". %s", option->more);
    text_free(&choices);
  }
  text_add(&right, " [%s]", option->fallback);
  show_pair(terminal, left.data, right.data, full ? FULL_COLUMN : SHORT_COLUMN + 5);
  text_free(&left);
  text_free(&right);
}

/* *group: the heading that the options before stand under. */
static void show_options(const struct terminal *terminal, const struct command *command,
                         const struct option *options, bool full, const char **group) {
  for (const struct option *o = options; o->name != NULL; o++) {
    if ((!full && !o->basic) || option_hidden(command, o)) continue;
    if (full && o->group != NULL && strcmp(o->group, *group) != 0) {
      terminal_styled(terminal, STYLE_BOLD, "\n%s\n", o->group);
      *group = o->group;
    }
    show_option(terminal, o, full);
  }
}

/* "--layers, --activation, …": the options of the first `count` tables of a command, by name. */
static void show_names(const struct terminal *terminal, const struct command *command,
                       size_t count) {
  struct text names = {0};
  text_add(&names, "chainrule help train explains them");
  const char *separator = ": ";
  for (size_t t = 0; t < count; t++) {
    for (const struct option *o = option_table(command, t); o->name != NULL; o++) {
      if (option_hidden(command, o)) continue;
      text_add(&names, "%s--%s", separator, o->name);
      separator = ", ";
    }
  }
  terminal_styled(terminal, STYLE_BOLD, "\nAS TRAIN\n");
  fprintf(terminal->stream, "%*s", FULL_COLUMN, "");
  terminal_wrap(terminal, FULL_COLUMN, help_width(terminal), names.data);
  text_free(&names);
}

/*
 * What comes before a command's own options is shared with train, which explains it; in the help of
 * others their own come first, and what is shared only by name.
 */
static void show_tables(const struct terminal *terminal, const struct command *command, bool full) {
  size_t shared = 0, t = 0;
  const char *group = "";
  while (option_table(command, shared) != command->options) shared++;
  if (command != &command_train && shared > 0) {
    show_options(terminal, command, command->options, full, &group);
    if (full) show_names(terminal, command, shared);
    for (; !full && t < shared; t++) {
      show_options(terminal, command, option_table(command, t), false, &group);
    }
    t = shared + 1;
  }
  const struct option *options;
  for (; (options = option_table(command, t)) != NULL; t++) {
    show_options(terminal, command, options, full, &group);
  }
}

/* Is it shared by all commands, rather than a command's own of that name? */
static bool is_common(const struct option *option) {
  const struct option *o = common_options;
  while (o->name != NULL && o != option) o++;
  return o->name != NULL;
}

void help_command(const struct cli *cli, const struct command *command, bool full) {
  const struct terminal *out = &cli->out;
  terminal_styled(out, STYLE_BOLD, "chainrule %s", command->name);
  terminal_print(out, ": ");
  terminal_wrap(out, 4, help_width(out), command->summary);
  terminal_print(out, "\nusage  chainrule %s %s%s[options]\n", command->name, command->operands,
                 command->operands[0] != '\0' ? " " : "");
  if (full) {
    terminal_print(out, "\n");
    terminal_wrap(out, 0, help_width(out), command->about);
  }
  terminal_print(out, "\n");
  show_examples(out, command->examples);
  if (!full) terminal_print(out, "\n");
  show_tables(out, command, full);
  if (!full) {
    const bool shared = is_common(option_find(command, "threads"));
    show_pair(out, shared ? "  --json, -q, --seed N, --threads N" : "  --json, -q, --seed N", "",
              SHORT_COLUMN);
    terminal_print(out, "\nall of it: chainrule %s --help\n", command->name);
  }
}

/* Text in roff, in ASCII; a backslash, and a dot or quote that begins a line, mean something. */
static void put_roff(FILE *stream, const char *utf8) {
  char *text = text_shown(utf8, false, false);
  if (text[0] == '.' || text[0] == '\'') fputs("\\&", stream);
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '\\') {
      fputs("\\e", stream);
    } else if (*c == '-') {
      fputs("\\-", stream);
    } else {
      fputc(*c, stream);
    }
  }
  free(text);
}

static void put_roff_line(FILE *stream, const char *before, const char *text) {
  fputs(before, stream);
  put_roff(stream, text);
  fputc('\n', stream);
}

/* command: NULL for the options of all commands. */
static void put_roff_options(FILE *stream, const struct command *command,
                             const struct option *options) {
  for (const struct option *o = options; o->name != NULL; o++) {
    if (command != NULL && option_hidden(command, o)) continue;
    struct text words = {0}, body = {0}, choices = {0};
    option_words(o, &words);
    put_roff_line(stream, ".TP\n.B ", words.data);
    option_choices(o, &choices);
    text_add(&body, "%s", o->sentence);
    if (choices.data != NULL) text_add(&body, ": %s", choices.data);
    if (o->more != NULL) text_add(&body, ". %s", o->more);
    text_add(&body, " [%s]", o->fallback);
    put_roff_line(stream, "", body.data);
    text_free(&words);
    text_free(&body);
    text_free(&choices);
  }
}

static void put_roff_command(FILE *stream, const struct command *command) {
  struct text head = {0};
  text_add(&head, "chainrule %s %s", command->name, command->operands);
  put_roff_line(stream, ".SS ", head.data);
  text_free(&head);
  put_roff_line(stream, "", command->about);
  if (command->alias != NULL) put_roff_line(stream, "Also called ", command->alias);
  const struct option *options;
  for (size_t t = 0; (options = option_table(command, t)) != common_options; t++) {
    put_roff_options(stream, command, options);
  }
  for (const char *const *example = command->examples; example[0] != NULL; example += 2) {
    put_roff_line(stream, ".TP\n.I ", example[0]);
    put_roff_line(stream, "", example[1]);
  }
}

void help_manual(FILE *stream) {
  fprintf(stream, ".TH CHAINRULE 1 \"\" \"chainrule %s\" \"User commands\"\n", cr_version());
  fputs(".SH NAME\nchainrule \\- train, test and check feed\\-forward neural networks\n", stream);
  fputs(".SH SYNOPSIS\n.B chainrule\n.I command\n[options] [files]\n.SH COMMANDS\n", stream);
  for (size_t i = 0; command_at(i) != NULL; i++) put_roff_command(stream, command_at(i));
  fputs(".SH COMMON OPTIONS\n", stream);
  put_roff_options(stream, NULL, common_options);
  fputs(".SH EXIT STATUS\n", stream);
  fputs(
      "0 done; 1 the answer is no (a check failed); 2 wrong usage; 3 bad data; 4 bad model\n"
      "file; 5 training diverged; 6 input, output or memory; 70 a bug; 130 interrupted, model\n"
      "saved (143 by SIGTERM, 129 by SIGHUP). An error names its code: chainrule help E07 tells "
      "more.\n",
      stream);
  fputs(".SH ENVIRONMENT\n", stream);
  fputs(
      "NO_COLOR turns colours off, FORCE_COLOR on; LC_ALL, LC_CTYPE and LANG tell whether the\n"
      "terminal shows UTF\\-8; without it the output is ASCII. CHAINRULE_KERNEL names the\n"
      "instruction set to compute with where \\-\\-kernel does not.\n",
      stream);
}

static void put_names(FILE *stream, const struct command *command, const struct option *options) {
  for (; options->name != NULL; options++) {
    if (!option_hidden(command, options)) fprintf(stream, " --%s", options->name);
  }
}

static void put_case(FILE *stream, const struct command *command) {
  const char *quote = second_word(command) != NULL ? "'" : "";
  fprintf(stream, "      %s%s%s%s%s) words='", quote, command->name, quote,
          command->alias != NULL ? "|" : "", command->alias != NULL ? command->alias : "");
  const struct option *options;
  for (size_t t = 0; (options = option_table(command, t)) != NULL; t++) {
    put_names(stream, command, options);
  }
  fputs(" -h' ;;\n", stream);
}

/* The second words of commands, offered beside the files of the first. */
static void put_second_words(FILE *stream) {
  for (size_t i = 0; command_at(i) != NULL; i++) {
    const char *name = command_at(i)->name, *second = second_word(command_at(i));
    if (second == NULL) continue;
    fprintf(stream, "    case \"$COMP_CWORD ${COMP_WORDS[1]}\" in '2 %.*s') verbs+=' %s' ;; esac\n",
            (int)(second - 1 - name), name, second);
    fprintf(stream,
            "    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in '%s') command='%s' ;; esac\n", name,
            name);
  }
}

void help_completion(FILE *stream) {
  fputs("_chainrule() {\n  local word=${COMP_WORDS[COMP_CWORD]} words= verbs=\n", stream);
  fputs("  local command=${COMP_WORDS[1]}\n", stream);
  fputs("  if [ \"$COMP_CWORD\" = 1 ]; then\n    words='", stream);
  for (size_t i = 0; command_at(i) != NULL; i++) {
    if (second_word(command_at(i)) != NULL) continue;
    fprintf(stream, "%s%s", i > 0 ? " " : "", command_at(i)->name);
  }
  fputs("'\n  else\n", stream);
  put_second_words(stream);
  fputs("    case $command in\n", stream);
  for (size_t i = 0; command_at(i) != NULL; i++) put_case(stream, command_at(i));
  fputs("    esac\n    case $word in -*) ;; *) words=$verbs ;; esac\n  fi\n", stream);
  fputs("  mapfile -t COMPREPLY < <(compgen ${verbs:+-f} -W \"$words\" -- \"$word\")\n}\n", stream);
  fputs("complete -o default -F _chainrule chainrule\n", stream);
}
