/* chainrule help: commands, error codes, the man page, completion. */
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "errors.h"
#include "help.h"
#include "nearest.h"
#include "output.h"

static void show_list(const struct cli *cli, const char *head, const char *const *lines) {
  if (lines[0] == NULL) return;
  terminal_styled(&cli->out, STYLE_BOLD, "\n%s\n", head);
  for (size_t i = 0; i < 4 && lines[i] != NULL; i++) {
    terminal_print(&cli->out, "  - ");
    size_t width = cli->out.width > 0 && cli->out.width < 80 ? cli->out.width : 80;
    terminal_wrap(&cli->out, 4, width, lines[i]);
  }
}

static void show_page(const struct cli *cli, const struct error_page *page) {
  const struct terminal *out = &cli->out;
  cr_status status = page->status;
  size_t width = out->width > 0 && out->width < 80 ? out->width : 80;
  terminal_styled(out, STYLE_BOLD, "%s", cr_status_code(status));
  terminal_print(out, "  %s   (%s, exit status %d)\n\n", cr_status_text(status),
                 cr_status_name(status), cr_status_exit(status));
  terminal_wrap(out, 0, width, page->meaning);
  show_list(cli, "causes", page->causes);
  show_list(cli, "what helps", page->fixes);
}

/* The page of "E07"; also "e07" and "7". NULL if there is no such code. */
static const struct error_page *find_page(const char *word) {
  const char *digits = word[0] == 'E' || word[0] == 'e' ? word + 1 : word;
  if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0') return NULL;
  unsigned long number = strtoul(digits, NULL, 10);
  cr_status status;
  for (size_t i = 0; cr_status_at(i, &status); i++) {
    if ((unsigned long)status == number) return error_page_of(status);
  }
  return NULL;
}

static bool is_errors(const char *word) {
  return strcmp(word, "errors") == 0 || strcmp(word, "codes") == 0;
}

/* All codes, a line each. */
static void show_errors(const struct cli *cli) {
  cr_status status;
  for (size_t i = 0; cr_status_at(i, &status); i++) {
    if (error_page_of(status) == NULL) continue;
    terminal_print(&cli->out, "  %s  %s\n", cr_status_code(status), cr_status_text(status));
  }
  output_next(cli, "help E07");
}

static int refuse_topic(const struct cli *cli, const char *topic) {
  struct nearest nearest;
  char fix[64];
  nearest_begin(&nearest, topic);
  for (size_t i = 0; command_at(i) != NULL; i++) nearest_offer(&nearest, command_at(i)->name);
  help_offer_parts(&nearest);
  snprintf(fix, sizeof fix, "chainrule help%s%s", nearest.found != NULL ? " " : "",
           nearest.found != NULL ? nearest.found : "");
  return errors_usage(cli, fix, "there is no help on '%.100s'", topic);
}

/* Of one word or of two. */
static const struct command *find_command(const struct settings *settings) {
  char *const words[] = {(char *)settings->operands[0],
                         settings->operand_count > 1 ? (char *)settings->operands[1] : NULL, NULL};
  size_t count = 0;
  const struct command *command = command_of_words(words, &count);
  return count == settings->operand_count ? command : NULL;
}

static int run(struct cli *cli) {
  const struct settings *settings = &cli->settings;
  const char *topic = settings->operand_count > 0 ? settings->operands[0] : NULL;
  const struct command *command = topic != NULL ? find_command(settings) : NULL;
  const struct error_page *page = topic != NULL && command == NULL ? find_page(topic) : NULL;
  const bool part = topic != NULL && command == NULL && page == NULL && help_is_part(topic);
  if (settings->operand_count > 1 && command == NULL)
    return refuse_topic(cli, settings->operands[1]);
  if (settings->manual) {
    help_manual(stdout);
  } else if (settings->completion) {
    help_completion(stdout);
  } else if (topic != NULL && command == NULL && page == NULL && !part) {
    if (!is_errors(topic) || settings->json) return refuse_topic(cli, topic);
    show_errors(cli);
  } else if (settings->json && part) {
    help_part_json(topic);
  } else if (settings->json) {
    help_json(command, page);
  } else if (command != NULL) {
    help_command(cli, command, true);
  } else if (page != NULL) {
    show_page(cli, page);
  } else if (part) {
    help_part(cli, topic);
  } else {
    help_overview(cli);
    output_next(cli, "help train");
  }
  return 0;
}

static const struct option options[] = {
    {.name = "man",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, manual),
     .group = "OUTPUT",
     .basic = true,
     .sentence = "write the man page, in roff",
     .fallback = "off"},
    {.name = "bash",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, completion),
     .basic = true,
     .sentence = "write a completion script for bash",
     .fallback = "off"},
    {0},
};

static const char *const examples[] = {"chainrule help train",
                                       "every option of train",
                                       "chainrule help E07",
                                       "what an error means, and what helps",
                                       "chainrule help gelu",
                                       "the formula of a part",
                                       "chainrule help losses",
                                       "those of all parts of a kind",
                                       "chainrule help --man | man -l -",
                                       "the whole manual",
                                       NULL};

const struct command command_help = {
    .name = "help",
    .group = "HELP",
    .summary = "explain a command, a code or a part",
    .operands = "[COMMAND | CODE | PART]",
    .operands_most = 2,
    .about =
        "Without a word it lists the commands. With the name of a command it shows all its "
        "options, with an error code as E07 its causes and what helps, with the name of an "
        "activation, "
        "loss, optimizer, schedule or initializer its formula; 'parts' lists them all.",
    .examples = examples,
    .options = options,
    .run = run,
};
