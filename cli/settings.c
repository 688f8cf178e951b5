#include "settings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void settings_init(struct settings *settings) {
  *settings =
      (struct settings){.seed = 1,
                        .bad_rows = "error",
                        .file = {.noise = -1},
                        .explain = {.layout = "rows", .format = "text", .top = 5, .digits = 6}};
  cr_read_options_init(&settings->read);
  cr_prepare_options_init(&settings->prepare);
  cr_train_options_init(&settings->train);
  cr_tune_options_init(&settings->tune);
  cr_check_options_init(&settings->check);
  cr_bench_options_init(&settings->bench);
}

void name_list_add(struct name_list *list, const char *name, size_t length) {
  char *copy = take(length + 1, 1);
  memcpy(copy, name, length);
  list->names = take_more(list->names, list->count + 1, sizeof *list->names);
  list->names[list->count++] = copy;
}

void name_list_free(struct name_list *list) {
  for (size_t i = 0; i < list->count; i++) free(list->names[i]);
  free(list->names);
  *list = (struct name_list){0};
}

void settings_free(struct settings *settings) {
  name_list_free(&settings->drop);
  name_list_free(&settings->missing);
  name_list_free(&settings->scale);
  name_list_free(&settings->gaps);
  name_list_free(&settings->scales);
  name_list_free(&settings->only);
  name_list_free(&settings->gap_words);
  name_list_free(&settings->types);
  name_list_free(&settings->targets);
  name_list_free(&settings->given);
  name_list_free(&settings->kept);
}

/* The names in a list with commas, appended. */
static void add_names(struct name_list *names, const char *list) {
  for (const char *at = list;; at++) {
    size_t length = strcspn(at, ",");
    name_list_add(names, at, length);
    at += length;
    if (*at == '\0') break;
  }
}

void target_resolve(struct settings *settings, const cr_table *table) {
  cr_prepare_options *prepare = &settings->prepare;
  size_t column = 0;
  if (prepare->target == NULL || strchr(prepare->target, ',') == NULL ||
      cr_table_find(table, prepare->target, &column)) {
    return;
  }
  add_names(&settings->targets, prepare->target);
  prepare->target = NULL;
  prepare->targets = (const char *const *)settings->targets.names;
  prepare->target_count = settings->targets.count;
}

/* Lists of names become names; a name of a column stays as it is, whatever commas it has. */
static void resolve_names(struct name_list *list, const cr_table *table) {
  struct name_list names = {0};
  for (size_t i = 0; i < list->count; i++) {
    const char *given = list->names[i];
    size_t column = 0;
    if (cr_table_find(table, given, &column)) {
      name_list_add(&names, given, strlen(given));
    } else {
      add_names(&names, given);
    }
  }
  name_list_free(list);
  *list = names;
}

/* The last word that is for all columns, or `otherwise`; those for single columns go to `each`. */
static const char *resolve_words(const struct name_list *given, const char *otherwise,
                                 struct name_list *each) {
  const char *word = otherwise;
  name_list_free(each);
  for (size_t i = 0; i < given->count; i++) {
    const char *text = given->names[i];
    if (strchr(text, '=') != NULL)
      name_list_add(each, text, strlen(text));
    else
      word = text;
  }
  return word;
}

void columns_resolve(struct settings *settings, const cr_table *table) {
  resolve_names(&settings->drop, table);
  resolve_names(&settings->only, table);
  cr_prepare_options *prepare = &settings->prepare;
  prepare->drop = (const char *const *)settings->drop.names;
  prepare->drop_count = settings->drop.count;
  prepare->missing = resolve_words(&settings->missing, prepare->missing, &settings->gaps);
  prepare->gaps = (const char *const *)settings->gaps.names;
  prepare->gap_count = settings->gaps.count;
  prepare->scale = resolve_words(&settings->scale, prepare->scale, &settings->scales);
  prepare->scales = (const char *const *)settings->scales.names;
  prepare->scale_count = settings->scales.count;
  prepare->only = (const char *const *)settings->only.names;
  prepare->only_count = settings->only.count;
  prepare->types = (const char *const *)settings->types.names;
  prepare->type_count = settings->types.count;
}

static void add_each(struct text *out, const char *option, const struct name_list *values) {
  for (size_t i = 0; i < values->count; i++) {
    text_add(out, " --%s ", option);
    text_add_quoted(out, values->names[i]);
  }
}

void settings_add_goal(const struct settings *settings, const char *target, struct text *out) {
  if (target != NULL) {
    text_add(out, " --target ");
    text_add_quoted(out, target);
  }
  if (settings->prepare.task != NULL && strcmp(settings->prepare.task, "auto") != 0)
    text_add(out, " --task %s", settings->prepare.task);
  add_each(out, "drop", &settings->drop);
  add_each(out, "only", &settings->only);
  add_each(out, "type", &settings->types);
}

bool settings_has_type(const struct settings *settings, const char *column) {
  const size_t length = strlen(column);
  for (size_t i = 0; i < settings->types.count; i++) {
    const char *type = settings->types.names[i], *mark = strrchr(type, '=');
    if (mark == type + length && strncmp(type, column, length) == 0) return true;
  }
  return false;
}

/* As short as it can be written: 50M, not 52428800. */
static void add_size(struct text *out, const char *option, uint64_t size) {
  static const char units[] = " KMGT";
  size_t unit = 0;
  while (size % 1024 == 0 && unit + 2 < sizeof units) {
    size /= 1024;
    unit++;
  }
  text_add(out, "%s %" PRIu64, option, size);
  if (unit > 0) text_add(out, "%c", units[unit]);
}

void settings_add_reading(const struct settings *settings, struct text *out) {
  if (settings->read.labels != NULL) {
    text_add(out, " --labels ");
    text_add_path(out, settings->read.labels);
  }
  if (strcmp(settings->read.header, "auto") != 0)
    text_add(out, " --header %s", settings->read.header);
  if (settings->read.delimiter != 0) {
    text_add(out, " --delimiter ");
    text_add_quoted(out, (char[]){settings->read.delimiter, '\0'});
  }
  if (settings->read.decimal == ',') text_add(out, " --decimal comma");
  add_each(out, "gap", &settings->gap_words);
  if (strcmp(settings->bad_rows, "error") != 0) text_add(out, " --bad-rows %s", settings->bad_rows);
  if (settings->read.lenient_quotes) text_add(out, " --lenient-quotes");
  if (settings->read.dedup_names) text_add(out, " --dedup-names");
  if (settings->read.array != NULL) {
    text_add(out, " --array ");
    text_add_quoted(out, settings->read.array);
  }
  if (settings->read.memory > 0) add_size(out, " --memory", settings->read.memory);
  if (settings->read.cache != NULL) {
    text_add(out, " --cache ");
    text_add_path(out, settings->read.cache);
  }
  if (settings->read.features > 0) text_add(out, " --features %zu", settings->read.features);
  if (settings->prepare.skip_bad_rows) text_add(out, " --skip-bad-rows");
}

cr_apply_options settings_apply(const struct settings *settings) {
  cr_apply_options options;
  cr_apply_options_init(&options);
  options.threads = settings->threads;
  options.kernel = settings->kernel;
  options.skip_bad_rows = settings->prepare.skip_bad_rows;
  return options;
}
