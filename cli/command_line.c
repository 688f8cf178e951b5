#include "command_line.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "nearest.h"
#include "other_names.h"

/* What a double holds exactly, and a JSON number. */
static const uint64_t LARGEST_COUNT = UINT64_C(1) << 53;

#define AT(member) offsetof(struct settings, member)

const struct option table_options[] = {
    {.name = "labels",
     .kind = OPTION_TEXT,
     .offset = AT(read.labels),
     .argument = "FILE",
     .sample = "train-labels-idx1-ubyte",
     .group = "READING",
     .sentence = "the labels of images in an IDX file",
     .fallback = "the file beside them whose name says so"},
    {.name = "header",
     .kind = OPTION_CHOICE,
     .offset = AT(read.header),
     .argument = "WORD",
     .sample = "no",
     .choices = "auto,yes,no",
     .sentence = "does the first line of a CSV file hold names",
     .fallback = "auto: yes if it looks like it"},
    {.name = "skip-bad-rows",
     .kind = OPTION_FLAG,
     .offset = AT(prepare.skip_bad_rows),
     .sentence = "leave out rows that cannot be used, and say how many",
     .fallback = "off: the first one is an error",
     .more = "These are rows of a wrong length, with a gap, or with a text where a number belongs"},
    {0},
};

const struct option common_options[] = {
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = AT(json),
     .group = "COMMON",
     .sentence = "write one JSON object to standard output",
     .fallback = "off: text",
     .more = "Errors become {\"error\": …} there; the exit status stays the same"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .offset = AT(quiet),
     .sentence = "results only: no progress, no notes, no next step",
     .fallback = "off"},
    {.name = "seed",
     .kind = OPTION_SEED,
     .offset = AT(seed),
     .argument = "N",
     .sample = "1",
     .sentence = "start of all random choices",
     .fallback = "1",
     .more = "The same seed gives the same model, byte for byte, with any number of threads"},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .offset = AT(threads),
     .argument = "N",
     .sample = "2",
     .sentence = "threads to compute with; results do not depend on it",
     .fallback = "all processors"},
    {.name = "no-color",
     .kind = OPTION_FLAG,
     .offset = AT(no_color),
     .sentence = "no colours, as with the variable NO_COLOR",
     .fallback = "off: colours on a terminal"},
    {.name = "help",
     .letter = 'h',
     .kind = OPTION_FLAG,
     .offset = AT(long_help),
     .sentence = "this text; -h is the short one",
     .fallback = "off"},
    {.name = "version",
     .kind = OPTION_FLAG,
     .offset = AT(version),
     .sentence = "the version, and nothing else",
     .fallback = "off"},
    {0},
};

void settings_init(struct settings *settings) {
  *settings = (struct settings){.seed = 1};
  cr_read_options_init(&settings->read);
  cr_prepare_options_init(&settings->prepare);
  cr_train_options_init(&settings->train);
}

static void name_list_add(struct name_list *list, const char *name, size_t length) {
  char *copy = take(length + 1, 1);
  memcpy(copy, name, length);
  list->names = take_more(list->names, list->count + 1, sizeof *list->names);
  list->names[list->count++] = copy;
}

static void name_list_free(struct name_list *list) {
  for (size_t i = 0; i < list->count; i++) free(list->names[i]);
  free(list->names);
  *list = (struct name_list){0};
}

void settings_free(struct settings *settings) {
  name_list_free(&settings->drop);
}

void drop_resolve(struct settings *settings, const cr_table *table) {
  struct name_list names = {0};
  for (size_t i = 0; i < settings->drop.count; i++) {
    const char *at = settings->drop.names[i];
    size_t column = 0;
    bool whole = cr_table_find(table, at, &column);
    for (;; at++) {
      size_t length = whole ? strlen(at) : strcspn(at, ",");
      name_list_add(&names, at, length);
      at += length;
      if (*at == '\0') break;
    }
  }
  name_list_free(&settings->drop);
  settings->drop = names;
  settings->prepare.drop = (const char *const *)names.names;
  settings->prepare.drop_count = names.count;
}

void settings_add_reading(const struct settings *settings, struct text *out) {
  if (settings->read.labels != NULL) {
    text_add(out, " --labels ");
    text_add_path(out, settings->read.labels);
  }
  if (strcmp(settings->read.header, "auto") != 0)
    text_add(out, " --header %s", settings->read.header);
  if (settings->prepare.skip_bad_rows) text_add(out, " --skip-bad-rows");
}

cr_apply_options settings_apply(const struct settings *settings) {
  cr_apply_options options;
  cr_apply_options_init(&options);
  options.threads = settings->threads;
  options.skip_bad_rows = settings->prepare.skip_bad_rows;
  return options;
}

/* What the reading of one option needs. */
struct reading {
  struct cli *cli;
  const struct option *option;
  const char *value;
};

static int refuse(const struct reading *r, const char *what) {
  char fix[128];
  snprintf(fix, sizeof fix, "--%s %s", r->option->name, r->option->sample);
  return errors_usage(r->cli, fix, "--%s: '%.200s' %s", r->option->name, r->value, what);
}

static void *place(const struct reading *r) {
  return (char *)&r->cli->settings + r->option->offset;
}

static bool only(const char *text, const char *allowed) {
  return text[0] != '\0' && text[strspn(text, allowed)] == '\0';
}

static bool read_count(const char *text, uint64_t *out) {
  errno = 0;
  *out = only(text, "0123456789") ? strtoull(text, NULL, 10) : 0;
  return only(text, "0123456789") && errno == 0;
}

/* Decimal notation only; the program never sets a locale, so the point is a point. */
static bool read_number(const char *text, double *out) {
  char *end = NULL;
  *out = only(text, "0123456789.eE+-") ? strtod(text, &end) : 0;
  return end != NULL && *end == '\0' && isfinite(*out);
}

static int set_count(const struct reading *r) {
  uint64_t count = 0;
  if (!only(r->value, "0123456789")) return refuse(r, "is not a whole number");
  if (!read_count(r->value, &count) || count > LARGEST_COUNT || count > SIZE_MAX) {
    return refuse(r, "is too large; the most is 9007199254740992");
  }
  if (count < r->option->least) {
    char what[64];
    snprintf(what, sizeof what, "is too small; the least is %zu", r->option->least);
    return refuse(r, what);
  }
  *(size_t *)place(r) = (size_t)count;
  return 0;
}

static int set_batch(const struct reading *r) {
  if (strcmp(r->value, "all") == 0) {
    *(size_t *)place(r) = SIZE_MAX;
    return 0;
  }
  return set_count(r);
}

static int set_seed(const struct reading *r) {
  uint64_t *seed = place(r); /* JSON has signed numbers */
  r->cli->settings.seed_given = true;
  if (read_count(r->value, seed) && *seed <= INT64_MAX) return 0;
  return refuse(r, "is not a whole number below 2^63");
}

static int set_number(const struct reading *r) {
  double number = 0;
  bool positive = r->option->kind == OPTION_POSITIVE;
  if (!read_number(r->value, &number)) return refuse(r, "is not a number");
  if (positive && number <= 0) return refuse(r, "is not above 0");
  if (!positive && number < 0) return refuse(r, "is below 0");
  *(double *)place(r) = number;
  return 0;
}

/* "60/20/20", also as shares of 1; two shares leave the third part empty. */
static int set_shares(const struct reading *r) {
  double shares[3] = {0, 0, 0}, sum = 0;
  const char *at = r->value;
  size_t count = 0;
  for (;; at++) {
    char one[32];
    size_t length = strcspn(at, "/");
    if (count == 3 || length >= sizeof one) return refuse(r, "is not two or three shares");
    memcpy(one, at, length);
    one[length] = '\0';
    if (!read_number(one, &shares[count])) return refuse(r, "holds something not a number");
    if (shares[count] < 0) return refuse(r, "holds a share below 0");
    sum += shares[count++];
    at += length;
    if (*at == '\0') break;
  }
  double whole = fabs(sum - 1) < 1e-9 ? 1 : 100;
  if (count < 2) return refuse(r, "is not two or three shares");
  if (fabs(sum - whole) > 1e-9) return refuse(r, "does not add up to 100");
  if (shares[0] <= 0) return refuse(r, "leaves no rows to train on");
  double *out = place(r);
  for (size_t i = 0; i < 3; i++) out[i] = shares[i] / whole;
  return 0;
}

/* Kept as one text: only the table tells whether a comma in it is part of a name. */
static int set_names(const struct reading *r) {
  for (const char *at = r->value;; at++) {
    size_t length = strcspn(at, ",");
    if (length == 0) return refuse(r, "holds an empty name");
    at += length;
    if (*at == '\0') break;
  }
  name_list_add(place(r), r->value, strlen(r->value));
  return 0;
}

/* Choice `index` of an option, copied to out; false past the last one. */
static bool choice_at(const struct option *option, size_t index, char out[32]) {
  if (option->kind == OPTION_PARTS) {
    const cr_part *part = cr_part_at(option->part, index);
    if (part == NULL) return false;
    snprintf(out, 32, "%s", part->name);
    return true;
  }
  const char *at = option->choices;
  for (; at != NULL && index > 0; index--) at = (at = strchr(at, ',')) != NULL ? at + 1 : NULL;
  if (at == NULL || option->kind != OPTION_CHOICE) return false;
  snprintf(out, 32, "%.*s", (int)strcspn(at, ","), at);
  return true;
}

void option_choices(const struct option *option, struct text *out) {
  char choice[32];
  for (size_t i = 0; choice_at(option, i, choice); i++) {
    text_add(out, "%s%s", i > 0 ? ", " : "", choice);
  }
}

/* What was meant by a word that is no choice: a name from elsewhere, one cut short or misspelt. */
static void guess_choice(const struct reading *r, const char *word, char best[32]) {
  struct nearest nearest;
  char choice[32];
  const char *name = r->option->kind == OPTION_PARTS ? other_name(r->option->part, word) : NULL;
  snprintf(best, 32, "%s", name != NULL ? name : r->option->sample);
  if (name != NULL) return;
  nearest_begin(&nearest, word);
  for (size_t i = 0; choice_at(r->option, i, choice); i++) {
    if (word[0] != '\0' && word[1] != '\0' && strncmp(choice, word, strlen(word)) == 0) {
      snprintf(best, 32, "%s", choice);
      return;
    }
    size_t before = nearest.distance;
    nearest_offer(&nearest, choice);
    if (nearest.distance < before) snprintf(best, 32, "%s", choice);
  }
}

static int refuse_choice(const struct reading *r, const char *word) {
  struct text all = {0};
  char best[32];
  guess_choice(r, word, best);
  option_choices(r->option, &all);
  char fix[128];
  snprintf(fix, sizeof fix, "--%s %s", r->option->name, best);
  int status = errors_usage(r->cli, fix, "--%s: there is no '%.100s'; there are %s",
                            r->option->name, word, all.data != NULL ? all.data : "none");
  text_free(&all);
  return status;
}

/* One name, or for parts several with commas between them, each of which must be there. */
static int set_choice(const struct reading *r) {
  const char *at = r->value;
  for (;; at++) {
    char word[64], choice[32];
    size_t length = r->option->kind == OPTION_PARTS ? strcspn(at, ",") : strlen(at);
    snprintf(word, sizeof word, "%.*s", (int)length, at);
    bool found = false;
    for (size_t i = 0; !found && choice_at(r->option, i, choice); i++) {
      found = strcmp(word, choice) == 0;
    }
    if (!found) return refuse_choice(r, word);
    at += length;
    if (*at == '\0') break;
  }
  *(const char **)place(r) = r->value;
  return 0;
}

static int set_value(const struct reading *r) {
  switch (r->option->kind) {
    case OPTION_FLAG:
      *(bool *)place(r) = true;
      return 0;
    case OPTION_TEXT:
      *(const char **)place(r) = r->value;
      return 0;
    case OPTION_NAMES:
      return set_names(r);
    case OPTION_PARTS:
    case OPTION_CHOICE:
      return set_choice(r);
    case OPTION_COUNT:
      return set_count(r);
    case OPTION_SEED:
      return set_seed(r);
    case OPTION_BATCH:
      return set_batch(r);
    case OPTION_POSITIVE:
    case OPTION_NUMBER:
      return set_number(r);
    case OPTION_SHARES:
      return set_shares(r);
  }
  return 0;
}

const struct option *option_table(const struct command *command, size_t index) {
  const struct option *tables[5];
  size_t count = 0;
  if (command->plans_networks) {
    tables[count++] = preparation_options;
    tables[count++] = network_options;
  }
  tables[count++] = command->options;
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
  if (nearest.found != NULL && word[1] == '-') {
    snprintf(fix, sizeof fix, "--%s        (all options: chainrule %s --help)", nearest.found,
             cli->command->name);
  } else {
    snprintf(fix, sizeof fix, "chainrule %s --help   shows all options", cli->command->name);
  }
  return errors_usage(cli, fix, "%s has no option '%.100s'", cli->command->name, word);
}

static const struct option *find_by_name(const struct command *command, const char *name,
                                         size_t length) {
  const struct option *o;
  for (size_t t = 0; (o = option_table(command, t)) != NULL; t++) {
    for (; o->name != NULL; o++) {
      if (strlen(o->name) == length && memcmp(o->name, name, length) == 0) return o;
    }
  }
  return NULL;
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

/* Takes the value of an option from "=value", from the rest of "-oFILE" or from the next word. */
static int take_value(struct reading *r, const char *attached, char ***words) {
  if (r->option->argument == NULL) {
    if (attached == NULL) return 0;
    r->value = attached;
    char fix[64];
    snprintf(fix, sizeof fix, "--%s", r->option->name);
    return errors_usage(r->cli, fix, "--%s takes no value, found '%.100s'", r->option->name,
                        attached);
  }
  r->value = attached != NULL ? attached : (*words)[1];
  if (r->value == NULL) {
    char fix[128];
    snprintf(fix, sizeof fix, "--%s %s", r->option->name, r->option->sample);
    return errors_usage(r->cli, fix, "--%s wants a value: %s", r->option->name,
                        r->option->argument);
  }
  if (attached == NULL) ++*words;
  return 0;
}

static int read_long(struct cli *cli, char ***words) {
  const char *word = **words, *name = word + 2;
  size_t length = strcspn(name, "=");
  struct reading r = {.cli = cli, .option = find_by_name(cli->command, name, length)};
  if (r.option == NULL) return refuse_option(cli, word);
  int status = take_value(&r, name[length] == '=' ? name + length + 1 : NULL, words);
  return status != 0 ? status : set_value(&r);
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
    if (status == 0) status = set_value(&r);
    if (status != 0 || takes) return status;
  }
  return 0;
}

static int add_operand(struct cli *cli, const char *word) {
  struct settings *settings = &cli->settings;
  if (settings->operand_count == cli->command->operands_most) {
    char fix[160];
    snprintf(fix, sizeof fix, "chainrule %s %s", cli->command->name, cli->command->operands);
    return errors_usage(cli, fix, "%s does not know what to do with '%.200s'", cli->command->name,
                        word);
  }
  settings->operands[settings->operand_count++] = word;
  return 0;
}

static int want_operands(const struct cli *cli) {
  const struct settings *settings = &cli->settings;
  bool help = settings->short_help || settings->long_help || settings->version;
  if (help || settings->operand_count >= cli->command->operands_least) return 0;
  char fix[160];
  snprintf(fix, sizeof fix, "chainrule %s %s", cli->command->name, cli->command->operands);
  return errors_usage(cli, fix, "%s wants %s", cli->command->name,
                      settings->operand_count == 0 ? cli->command->operands : "one more file");
}

int options_read(struct cli *cli, char **words) {
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
  return want_operands(cli);
}
