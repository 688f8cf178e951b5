#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "nearest.h"
#include "option_value.h"
#include "settings.h"

static const char SCHEMA[] = "chainrule.config/1";

/* A configuration has some fifty short lines. */
enum { LARGEST_FILE = 1 << 20 };

/* By cr_portion. */
static const char *const fingerprint_keys[] = {"fingerprint", "fingerprint_dev",
                                               "fingerprint_test"};

CR_PRINTF(3, 4)
static int refuse(const struct cli *cli, const char *fix, const char *format, ...) {
  cr_error error = {.status = CR_ERR_USAGE};
  va_list list;
  va_start(list, format);
  vsnprintf(error.message, sizeof error.message, format, list);
  va_end(list);
  snprintf(error.fix, sizeof error.fix, "%s", fix);
  snprintf(error.file, sizeof error.file, "%.500s", cli->settings.config);
  return errors_show(cli, &error);
}

/* What a value is called: with an article, as it stands after "found". */
static const char *kind_of(const json_t *value) {
  switch (json_typeof(value)) {
    case JSON_OBJECT:
      return "an object";
    case JSON_ARRAY:
      return "a list";
    case JSON_STRING:
      return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
      return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
      return "true or false";
    case JSON_NULL:
      break;
  }
  return "null";
}

static int refuse_file(const struct cli *cli, cr_status status) {
  struct text reason = {0};
  cr_error error = {.status = status, .fix = "--config run/iris-1/config.json"};
  errors_add_reason(errno, &reason);
  snprintf(error.message, sizeof error.message, "cannot read %.300s: %.150s", cli->settings.config,
           reason.data);
  text_free(&reason);
  return errors_show(cli, &error);
}

/* The whole file (free it); NULL after the error was shown in *status. */
static char *read_file(const struct cli *cli, size_t *size, int *status) {
  FILE *file = fopen(cli->settings.config, "rb");
  if (file == NULL) {
    *status = refuse_file(cli, CR_ERR_OPEN);
    return NULL;
  }
  char *bytes = take(LARGEST_FILE + 1, 1);
  errno = 0;
  *size = fread(bytes, 1, LARGEST_FILE + 1, file);
  const bool failed = ferror(file) != 0;
  if (failed) {
    *status = refuse_file(cli, CR_ERR_IO);
  } else if (*size > LARGEST_FILE) {
    *status = refuse(cli, "--config takes what train --run wrote, or a file like it",
                     "it is larger than 1 MiB: this is no configuration");
  }
  fclose(file);
  if (!failed && *size <= LARGEST_FILE) return bytes;
  free(bytes);
  return NULL;
}

/* jansson ends the program where memory is short (main.c), and it bounds the depth. */
static int parse_file(const struct cli *cli, json_t **out) {
  int status = 0;
  size_t size = 0;
  char *bytes = read_file(cli, &size, &status);
  if (bytes == NULL) return status;
  json_error_t place;
  *out = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &place);
  free(bytes);
  if (*out != NULL && json_is_object(*out)) return 0;
  cr_error error = {.status = CR_ERR_USAGE};
  if (*out != NULL) {
    snprintf(error.message, sizeof error.message, "this is %s, expected a configuration: {…}",
             kind_of(*out));
  } else {
    snprintf(error.message, sizeof error.message, "not a configuration, which is JSON: %.200s",
             place.text);
    error.line = place.line > 0 ? (uint64_t)place.line : 0;
  }
  snprintf(error.file, sizeof error.file, "%.500s", cli->settings.config);
  snprintf(error.fix, sizeof error.fix, "{\"options\": {\"layers\": \"32\", \"epochs\": 20}}");
  json_decref(*out);
  *out = NULL;
  return errors_show(cli, &error);
}

/* The text that stands for a value on the command line; NULL for a value of another kind. */
static const char *text_of(const json_t *value, char number[32]) {
  if (json_is_string(value)) return json_string_value(value);
  if (json_is_integer(value)) {
    snprintf(number, 32, "%lld", (long long)json_integer_value(value));
    return number;
  }
  if (!json_is_real(value)) return NULL;
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(number, 32, "%.*g", digits, json_real_value(value));
    if (strtod(number, NULL) == json_real_value(value)) break;
  }
  return number;
}

/* What an option takes in a file, and how a sample of it is written there. */
struct intake {
  bool text, number;
  const char *words;
  const char *before, *after;
};

static struct intake intake_of(enum option_kind kind) {
  switch (kind) {
    case OPTION_FLAG:
      return (struct intake){false, false, "true or false", "", ""};
    case OPTION_NAMES:
      return (struct intake){true, false, "a list of texts", "[\"", "\"]"};
    case OPTION_TEXT:
    case OPTION_SIGN:
    case OPTION_PARTS:
    case OPTION_CHOICE:
    case OPTION_KERNEL:
    case OPTION_SHARES:
      return (struct intake){true, false, "a text", "\"", "\""};
    case OPTION_BATCH:
      return (struct intake){true, true, "a number or \"all\"", "", ""};
    case OPTION_SHARE:
      return (struct intake){true, true, "a number or a text such as \"1 %\"", "", ""};
    case OPTION_SIZE:
      return (struct intake){true, true, "a number or a text such as \"2G\"", "\"", "\""};
    case OPTION_COUNT:
    case OPTION_SEED:
    case OPTION_POSITIVE:
    case OPTION_NUMBER:
    case OPTION_FRACTION:
      break;
  }
  return (struct intake){false, true, "a number", "", ""};
}

static bool is_of_kind(enum option_kind kind, const json_t *value) {
  const struct intake intake = intake_of(kind);
  if (kind == OPTION_FLAG) return json_is_boolean(value);
  return (intake.text && json_is_string(value)) || (intake.number && json_is_number(value));
}

static int refuse_kind(const struct cli *cli, const struct option *option, const json_t *value) {
  struct text fix = {0};
  const struct intake intake = intake_of(option->kind);
  text_add(&fix, "\"%s\": %s%s%s", option->name, intake.before,
           option->sample != NULL ? option_sample(option) : "true", intake.after);
  const int status = refuse(cli, fix.data, "\"%s\": found %s, expected %s", option->name,
                            kind_of(value), intake.words);
  text_free(&fix);
  return status;
}

/* The same reading as that of a word; the text is kept, since settings borrow it. */
static int set_value(struct cli *cli, const struct option *option, const json_t *value) {
  char number[32];
  struct name_list *kept = &cli->settings.kept;
  if (!is_of_kind(option->kind, value)) return refuse_kind(cli, option, value);
  const char *text = option->kind == OPTION_FLAG ? "" : text_of(value, number);
  name_list_add(kept, text, strlen(text));
  const struct reading reading = {.cli = cli,
                                  .option = option,
                                  .value = kept->names[kept->count - 1],
                                  .file = cli->settings.config};
  return option_set(&reading);
}

static int set_option(struct cli *cli, const struct option *option, const json_t *value) {
  if (json_is_false(value) && option->kind == OPTION_FLAG) return 0;
  if (!json_is_array(value) || option->kind != OPTION_NAMES) return set_value(cli, option, value);
  int status = 0;
  for (size_t i = 0; status == 0 && i < json_array_size(value); i++) {
    status = set_value(cli, option, json_array_get(value, i));
  }
  return status;
}

static int refuse_key(const struct cli *cli, const char *key) {
  struct nearest nearest;
  char fix[160];
  nearest_begin(&nearest, key);
  const struct option *o;
  for (size_t t = 0; (o = option_table(cli->command, t)) != NULL; t++) {
    for (; o->name != NULL; o++) {
      if (!o->of_call) nearest_offer(&nearest, o->name);
    }
  }
  if (nearest.found != NULL) {
    snprintf(fix, sizeof fix, "\"%s\"        (all options: chainrule %s --help)", nearest.found,
             cli->command->name);
  } else {
    snprintf(fix, sizeof fix, "chainrule %s --help   shows all options", cli->command->name);
  }
  return refuse(cli, fix, "%s has no option \"%.100s\"", cli->command->name, key);
}

static int refuse_of_call(const struct cli *cli, const char *key) {
  char fix[96];
  snprintf(fix, sizeof fix, "leave it out, and give --%.40s on the command line", key);
  return refuse(cli, fix, "\"%.100s\" is about one call, not about the run", key);
}

static int read_options(struct cli *cli, json_t *options) {
  const char *key;
  json_t *value;
  if (!json_is_object(options)) {
    return refuse(cli, "\"options\": {\"epochs\": 20}", "\"options\": found %s, expected an object",
                  kind_of(options));
  }
  json_object_foreach(options, key, value) {
    const struct option *option = option_find(cli->command, key);
    int status = 0;
    if (option == NULL) {
      status = refuse_key(cli, key);
    } else if (option->of_call) {
      status = refuse_of_call(cli, key);
    } else if (!option_given(&cli->settings, key)) {
      status = set_option(cli, option, value);
    }
    if (status != 0) return status;
  }
  return 0;
}

/* The members beside "options": all are texts, and none has to be there. */
static int read_text(struct cli *cli, const char *key, const json_t *value) {
  struct settings *settings = &cli->settings;
  const char *text = json_string_value(value);
  if (text == NULL) {
    return refuse(cli, "leave it out, or give it as a text", "\"%s\": found %s, expected a text",
                  key, kind_of(value));
  }
  name_list_add(&settings->kept, text, strlen(text));
  const char *kept = settings->kept.names[settings->kept.count - 1];
  if (strcmp(key, "schema") == 0 && strcmp(text, SCHEMA) != 0) {
    return refuse(cli, "run the program that wrote it",
                  "its schema is '%.60s', this program reads %s", text, SCHEMA);
  }
  if (strcmp(key, "command") == 0 && strcmp(text, cli->command->name) != 0) {
    return refuse(cli, "give the configuration of another run",
                  "it is a configuration of '%.60s', not of %s", text, cli->command->name);
  }
  if (strcmp(key, "data") == 0 && settings->operand_count == 0) {
    settings->operands[settings->operand_count++] = kept;
  }
  for (size_t part = 0; part < 3; part++) {
    if (strcmp(key, fingerprint_keys[part]) == 0) settings->fingerprints[part] = kept;
  }
  return 0;
}

static int refuse_member(const struct cli *cli, const char *key, const char *nearest) {
  const char *fix = "leave it out";
  char change[80];
  if (option_find(cli->command, key) != NULL) {
    fix = "put it into \"options\": {…}";
  } else if (nearest != NULL) {
    snprintf(change, sizeof change, "\"%s\"", nearest);
    fix = change;
  }
  return refuse(cli, fix, "a configuration has no member \"%.100s\"", key);
}

static int read_members(struct cli *cli, json_t *config) {
  static const char *const keys[] = {
      "schema",      "command",         "chainrule",        "data",
      "fingerprint", "fingerprint_dev", "fingerprint_test", "options"};
  const size_t count = sizeof keys / sizeof keys[0];
  const char *key;
  json_t *value;
  json_object_foreach(config, key, value) {
    size_t i = 0;
    struct nearest nearest;
    nearest_begin(&nearest, key);
    for (; i < count && strcmp(keys[i], key) != 0; i++) nearest_offer(&nearest, keys[i]);
    if (i == count) return refuse_member(cli, key, nearest.found);
    const bool options = strcmp(key, "options") == 0;
    const int status = options ? read_options(cli, value) : read_text(cli, key, value);
    if (status != 0) return status;
  }
  return 0;
}

int config_read(struct cli *cli) {
  json_t *config = NULL;
  int status = parse_file(cli, &config);
  if (status == 0) status = read_members(cli, config);
  json_decref(config);
  return status;
}

struct short_text fingerprint_text(const cr_table *table) {
  struct short_text text;
  snprintf(text.s, sizeof text.s, "%016llx",
           (unsigned long long)cr_table_get_origin(table)->fingerprint);
  return text;
}

void config_compare(const struct cli *cli, const cr_table *table, cr_portion portion,
                    const char *path) {
  const char *known = cli->settings.fingerprints[portion];
  if (known == NULL || table == NULL || strcmp(known, fingerprint_text(table).s) == 0) return;
  errors_warn(cli, NULL, "%s does not hold the data that %s was written for", path,
              cli->settings.config);
}

/* Shares of 1: they read back to the same value. */
static json_t *shares_text(const double shares[3]) {
  struct text text = {0};
  char number[32];
  for (size_t i = 0; i < 3; i++) {
    json_t *share = json_real(shares[i]);
    text_add(&text, "%s%s", i > 0 ? "/" : "", text_of(share, number));
    json_decref(share);
  }
  json_t *value = json_string(text.data);
  text_free(&text);
  return value;
}

static json_t *names_array(const struct name_list *names) {
  json_t *array = json_array();
  for (size_t i = 0; i < names->count; i++) {
    json_array_append_new(array, json_string(names->names[i]));
  }
  return array;
}

/* A network without hidden layers has no activations to name. */
static bool is_named(const char *text) {
  return text != NULL && text[0] != '\0';
}

static json_t *number_value(const struct option *option, double number) {
  const bool given = option->open ? !isnan(number) : number > 0;
  return given ? json_real(number) : NULL;
}

/* NULL for what is 0, empty or false: that is how it is without the option. */
static json_t *value_of(const struct option *option, const void *place) {
  switch (option->kind) {
    case OPTION_FLAG:
      return *(const bool *)place ? json_true() : NULL;
    case OPTION_TEXT:
      return *(const char *const *)place != NULL ? json_string(*(const char *const *)place) : NULL;
    case OPTION_SIGN:
      return *(const char *)place != '\0' ? json_stringn(place, 1) : NULL;
    case OPTION_PARTS:
    case OPTION_CHOICE:
    case OPTION_KERNEL:
      return is_named(*(const char *const *)place) ? json_string(*(const char *const *)place)
                                                   : NULL;
    case OPTION_NAMES:
      return ((const struct name_list *)place)->count > 0 ? names_array(place) : NULL;
    case OPTION_BATCH:
      if (*(const size_t *)place == SIZE_MAX) return json_string("all");
      return *(const size_t *)place > 0 ? json_integer((json_int_t) * (const size_t *)place) : NULL;
    case OPTION_COUNT:
      return *(const size_t *)place > 0 ? json_integer((json_int_t) * (const size_t *)place) : NULL;
    case OPTION_SEED:
      return json_integer((json_int_t) * (const uint64_t *)place);
    case OPTION_SIZE:
      if (*(const uint64_t *)place == 0) return NULL;
      return json_integer((json_int_t) * (const uint64_t *)place);
    case OPTION_POSITIVE:
    case OPTION_NUMBER:
    case OPTION_SHARE:
    case OPTION_FRACTION:
      return number_value(option, *(const double *)place);
    case OPTION_SHARES:
      return ((const double *)place)[0] > 0 ? shares_text(place) : NULL;
  }
  return NULL;
}

json_t *config_options(const struct command *command, const struct settings *settings) {
  json_t *options = json_object();
  const struct option *o;
  for (size_t t = 0; (o = option_table(command, t)) != NULL; t++) {
    for (; o->name != NULL; o++) {
      json_t *value = o->of_call ? NULL : value_of(o, (const char *)settings + o->offset);
      if (value != NULL) json_object_set_new(options, o->name, value);
    }
  }
  return options;
}

/* With the digits that a person would write, where all numbers read back from them. */
char *config_dump(json_t *object, size_t indent) {
  const size_t flags = JSON_INDENT(indent) | (indent == 0 ? JSON_COMPACT : 0);
  char *text = json_dumps(object, flags | JSON_REAL_PRECISION(15));
  json_t *back = text != NULL ? json_loads(text, 0, NULL) : NULL;
  if (!json_equal(object, back)) {
    free(text);
    text = json_dumps(object, flags | JSON_REAL_PRECISION(17));
  }
  json_decref(back);
  json_decref(object);
  return text;
}
