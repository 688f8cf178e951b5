#include "command_line.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "errors.h"
#include "nearest.h"
#include "option_value.h"
#include "other_names.h"
#include "settings.h"

#define AT(member) offsetof(struct settings, member)

const struct option table_options[] = {
    {.name = "labels",
     .kind = OPTION_TEXT,
     .offset = AT(read.labels),
     .argument = "FILE",
     .sample = "train-labels-idx1-ubyte",
     .group = "READING",
     .sentence = "the labels of images in an IDX file or of rows in an NPY file; '' for none",
     .fallback = "the file beside them whose name says so"},
    {.name = "header",
     .kind = OPTION_CHOICE,
     .offset = AT(read.header),
     .argument = "WORD",
     .sample = "no",
     .choices = "auto,yes,no",
     .sentence = "does the first line of a CSV file hold names",
     .fallback = "auto: yes if it looks like it"},
    {.name = "delimiter",
     .kind = OPTION_SIGN,
     .offset = AT(read.delimiter),
     .argument = "SIGN",
     .sample = "semicolon",
     .sentence = "what parts the values of a CSV file: a sign, or comma, semicolon, tab, space",
     .fallback = "found by looking"},
    {.name = "decimal",
     .kind = OPTION_SIGN,
     .offset = AT(read.decimal),
     .argument = "SIGN",
     .sample = "comma",
     .sentence = "what decimals of a CSV file begin with: comma reads 1,5",
     .fallback = "point"},
    {.name = "gap",
     .kind = OPTION_NAMES,
     .offset = AT(gap_words),
     .argument = "WORD",
     .sample = "unknown",
     .sentence = "a word that stands for no value in a CSV file, beside NA and its like",
     .fallback = "none",
     .more = "May be given several times. It is no part of a model: give it again to predict"},
    {.name = "bad-rows",
     .kind = OPTION_CHOICE,
     .offset = AT(bad_rows),
     .argument = "WORD",
     .sample = "pad",
     .choices = "error,skip,pad",
     .sentence = "what becomes of rows of a wrong length",
     .fallback = "error",
     .more = "pad fills what is cut short with gaps"},
    {.name = "lenient-quotes",
     .kind = OPTION_FLAG,
     .offset = AT(read.lenient_quotes),
     .sentence = "take quotes where none belong for text",
     .fallback = "off: they are an error"},
    {.name = "dedup-names",
     .kind = OPTION_FLAG,
     .offset = AT(read.dedup_names),
     .sentence = "call the second column of a name a.2, the third a.3",
     .fallback = "off: an error"},
    {.name = "array",
     .kind = OPTION_TEXT,
     .offset = AT(read.array),
     .argument = "NAME",
     .sample = "x_train,y_train",
     .sentence = "array of an NPZ file, and with a comma behind it that of the labels",
     .fallback = "the only one, or x and y"},
    {.name = "features",
     .kind = OPTION_COUNT,
     .offset = AT(read.features),
     .least = 1,
     .argument = "N",
     .sample = "123",
     .sentence = "the largest index that LIBSVM text may have",
     .fallback = "1,000,000"},
    {.name = "image-size",
     .kind = OPTION_TEXT,
     .offset = AT(read.image_size),
     .argument = "WxH",
     .sample = "28x28",
     .sentence = "the size that pictures (PNG, JPEG) are brought to: width x height",
     .fallback = "the commonest one up to 64 a side, else 32x32; a model's own"},
    {.name = "image-channels",
     .kind = OPTION_CHOICE,
     .offset = AT(read.image_channels),
     .argument = "WORD",
     .sample = "grey",
     .choices = "grey,color",
     .sentence = "what pictures are read as",
     .fallback = "grey if all are; a model's own"},
    {.name = "skip-bad-rows",
     .kind = OPTION_FLAG,
     .offset = AT(prepare.skip_bad_rows),
     .sentence = "leave out rows that cannot be used, and say how many",
     .fallback = "off: the first one is an error",
     .more = "These are rows of a wrong length, with a gap, or with a text where a number belongs"},
    {.name = "memory",
     .kind = OPTION_SIZE,
     .offset = AT(read.memory),
     .argument = "SIZE",
     .sample = "2G",
     .sentence = "what a table may take; values of a larger file lie on disk",
     .fallback = "half of the memory",
     .more =
         "Bytes, or with K, M or G (50M, 50MB and 50MiB are the same); about as much is used in "
         "all. Of a training part that does not fit the model depends on it: a run keeps it"},
    {.name = "cache",
     .kind = OPTION_TEXT,
     .offset = AT(read.cache),
     .of_call = true,
     .argument = "DIR",
     .sample = "/var/tmp",
     .sentence = "the folder for values that lie on disk",
     .fallback = "that of the variable TMPDIR, or /var/tmp",
     .more = "Its files have no names and are gone with the command, however it ends"},
    {0},
};

const struct option common_options[] = {
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = AT(json),
     .of_call = true,
     .group = "COMMON",
     .sentence = "write one JSON object to standard output",
     .fallback = "off: text",
     .more = "Errors become {\"error\": …} there; the exit status stays the same"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .offset = AT(quiet),
     .of_call = true,
     .sentence = "results only: no progress, no notes, no next step",
     .fallback = "off"},
    {.name = "seed",
     .kind = OPTION_SEED,
     .offset = AT(seed),
     .argument = "N",
     .sample = "1",
     .sentence = "start of all random choices",
     .fallback = "1",
     .more = "The same seed gives the same model, byte for byte, with any number of threads; of a "
             "table that lies on disk with the same --memory"},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .offset = AT(threads),
     .of_call = true,
     .argument = "N",
     .sample = "2",
     .sentence = "threads to compute with; results do not depend on it",
     .fallback = "all processors"},
    {.name = "kernel",
     .kind = OPTION_KERNEL,
     .offset = AT(kernel),
     .argument = "NAME",
     .sample = "plain",
     .sentence = "instruction set to compute with",
     .fallback = "the variable CHAINRULE_KERNEL, or the best here",
     .more = "plain rounds otherwise than the others: the last bits differ, and with them a "
             "training"},
    {.name = "no-color",
     .kind = OPTION_FLAG,
     .offset = AT(no_color),
     .of_call = true,
     .sentence = "no colours, as with the variable NO_COLOR",
     .fallback = "off: colours on a terminal"},
    {.name = "help",
     .letter = 'h',
     .kind = OPTION_FLAG,
     .offset = AT(long_help),
     .of_call = true,
     .sentence = "this text; -h is the short one",
     .fallback = "off"},
    {.name = "version",
     .kind = OPTION_FLAG,
     .offset = AT(version),
     .of_call = true,
     .sentence = "the version, and nothing else",
     .fallback = "off"},
    {0},
};

const struct option *option_table(const struct command *command, size_t index) {
  const struct option *tables[10];
  size_t count = 0;
  if (command->plans_networks) {
    tables[count++] = goal_options;
    tables[count++] = column_options;
    tables[count++] = preparation_options;
    tables[count++] = network_options;
    tables[count++] = regularization_options;
  }
  if (command->descends) tables[count++] = descent_options;
  if (command->ends_trainings) tables[count++] = training_options;
  tables[count++] = command->options;
  if (command->writes_tables) tables[count++] = writing_options;
  if (command->has_goal) tables[count++] = goal_options;
  if (command->chooses_columns) tables[count++] = column_options;
  if (command->reads_tables) tables[count++] = table_options;
  tables[count++] = common_options;
  return index < count ? tables[index] : NULL;
}

static int refuse_option(const struct cli *cli, const char *word) {
  struct nearest nearest;
  char name[64], fix[160];
  snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
  nearest_begin(&nearest, name);
  const struct option *o;
  for (size_t t = 0; (o = option_table(cli->command, t)) != NULL; t++) {
    for (; o->name != NULL; o++) nearest_offer(&nearest, o->name);
  }
  const char *other = other_option(name);
  if (other != NULL && option_find(cli->command, other) != NULL) nearest.found = other;
  if (nearest.found != NULL && word[1] == '-') {
    snprintf(fix, sizeof fix, "--%s        (all options: chainrule %s --help)", nearest.found,
             cli->command->name);
  } else {
    snprintf(fix, sizeof fix, "chainrule %s --help   shows all options", cli->command->name);
  }
  return errors_usage(cli, fix, "%s has no option '%.100s'", cli->command->name, word);
}

static const struct option *find_in(const struct option *table, const char *name, size_t length) {
  for (const struct option *o = table; o->name != NULL; o++) {
    if (strlen(o->name) == length && memcmp(o->name, name, length) == 0) return o;
  }
  return NULL;
}

/* What a command has itself comes before what it shares. */
static const struct option *find_by_name(const struct command *command, const char *name,
                                         size_t length) {
  const struct option *found = find_in(command->options, name, length), *table;
  for (size_t t = 0; found == NULL && (table = option_table(command, t)) != NULL; t++) {
    found = find_in(table, name, length);
  }
  return found;
}

bool option_hidden(const struct command *command, const struct option *option) {
  return option_find(command, option->name) != option;
}

const struct option *option_find(const struct command *command, const char *name) {
  return find_by_name(command, name, strlen(name));
}

static const struct option *find_by_letter(const struct command *command, char letter) {
  const struct option *o;
  for (size_t t = 0; (o = option_table(command, t)) != NULL; t++) {
    for (; o->name != NULL; o++) {
      if (o->letter == letter) return o;
    }
  }
  return NULL;
}

/* The word after this one, if it is a number. */
static const char *number_after(char **words) {
  double number = 0;
  return words[1] != NULL && option_read_number(words[1], &number) ? words[1] : NULL;
}

/* Takes the value of an option from "=value", from the rest of "-oFILE" or from the next word. */
static int take_value(struct reading *r, const char *attached, char ***words) {
  if (r->option->argument == NULL) {
    const char *value = attached;
    if (value == NULL && r->option->valued != NULL) value = number_after(*words);
    if (value == NULL) return 0;
    char fix[64];
    if (r->option->valued != NULL) {
      snprintf(fix, sizeof fix, "--%s %.24s", r->option->valued, value);
    } else {
      snprintf(fix, sizeof fix, "--%s", r->option->name);
    }
    return errors_usage(r->cli, fix, "--%s takes no value, found '%.100s'", r->option->name, value);
  }
  r->value = attached != NULL ? attached : (*words)[1];
  if (r->value == NULL) {
    char fix[128];
    snprintf(fix, sizeof fix, "--%s %s", r->option->name, option_sample(r->option));
    return errors_usage(r->cli, fix, "--%s wants a value: %s", r->option->name,
                        r->option->argument);
  }
  if (attached == NULL) ++*words;
  return 0;
}

bool option_given(const struct settings *settings, const char *name) {
  for (size_t i = 0; i < settings->given.count; i++) {
    if (strcmp(settings->given.names[i], name) == 0) return true;
  }
  return false;
}

static int set_given(const struct reading *r) {
  name_list_add(&r->cli->settings.given, r->option->name, strlen(r->option->name));
  return option_set(r);
}

static int read_long(struct cli *cli, char ***words) {
  const char *word = **words, *name = word + 2;
  size_t length = strcspn(name, "=");
  struct reading r = {.cli = cli, .option = find_by_name(cli->command, name, length)};
  if (r.option == NULL) return refuse_option(cli, word);
  int status = take_value(&r, name[length] == '=' ? name + length + 1 : NULL, words);
  return status != 0 ? status : set_given(&r);
}

static int read_letters(struct cli *cli, char ***words) {
  const char *word = **words;
  for (const char *letter = word + 1; *letter != '\0'; letter++) {
    struct reading r = {.cli = cli, .option = find_by_letter(cli->command, *letter)};
    if (*letter == 'h') {
      cli->settings.short_help = true;
      continue;
    }
    if (r.option == NULL) return refuse_option(cli, word);
    bool takes = r.option->argument != NULL;
    int status = take_value(&r, takes && letter[1] != '\0' ? letter + 1 : NULL, words);
    if (status == 0) status = set_given(&r);
    if (status != 0 || takes) return status;
  }
  return 0;
}

static int add_operand(struct cli *cli, const char *word) {
  struct settings *settings = &cli->settings;
  if (settings->operand_count == cli->command->operands_most) {
    char fix[160];
    const struct command *meant =
        settings->operand_count > 0 ? command_below(cli->command, settings->operands[0]) : NULL;
    if (meant != NULL) {
      snprintf(fix, sizeof fix, "chainrule %s %s", meant->name, meant->operands);
      return errors_usage(cli, fix, "%s has no '%.100s'", cli->command->name,
                          settings->operands[0]);
    }
    snprintf(fix, sizeof fix, "chainrule %s %s", cli->command->name, cli->command->operands);
    return errors_usage(cli, fix, "%s does not know what to do with '%.200s'", cli->command->name,
                        word);
  }
  settings->operands[settings->operand_count++] = word;
  return 0;
}

static int want_operands(const struct cli *cli) {
  const struct settings *settings = &cli->settings;
  if (settings->operand_count >= cli->command->operands_least) return 0;
  char fix[160];
  snprintf(fix, sizeof fix, "chainrule %s %s", cli->command->name, cli->command->operands);
  return errors_usage(cli, fix, "%s wants %s", cli->command->name,
                      settings->operand_count == 0 ? cli->command->operands : "one more file");
}

static int read_words(struct cli *cli, char **words) {
  bool only_operands = false;
  for (; *words != NULL; words++) {
    const char *word = *words;
    int status = 0;
    if (only_operands || word[0] != '-' || word[1] == '\0') {
      status = add_operand(cli, word);
    } else if (strcmp(word, "--") == 0) {
      only_operands = true;
    } else if (word[1] == '-') {
      status = read_long(cli, &words);
    } else {
      status = read_letters(cli, &words);
    }
    if (status != 0) return status;
  }
  return 0;
}

int options_read(struct cli *cli, char **words) {
  const struct settings *settings = &cli->settings;
  int status = read_words(cli, words);
  const bool help = settings->short_help || settings->long_help || settings->version;
  if (status != 0 || help) return status;
  if (settings->config != NULL) status = config_read(cli);
  return status != 0 ? status : want_operands(cli);
}
