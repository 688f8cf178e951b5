/* chainrule data split: the rows of a file shared out into three, as train would. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_line.h"
#include "errors.h"
#include "network_text.h"
#include "operands.h"
#include "output.h"
#include "settings.h"
#include "table_file.h"
#include "training.h"

enum { PARTS = 3 };

static const char *const part_names[PARTS] = {"train", "dev", "test"};

struct sharing {
  struct cli *cli;
  cr_table *table;
  cr_training *training;                   /* begun for its rows alone */
  const char *target;                      /* as it was given */
  char *prefix;                            /* the names of the files begin so */
  struct text format;                      /* "csv.gz" */
  struct text paths[PARTS], labels[PARTS]; /* empty where there is no such file */
  struct table_file files[PARTS];
};

/* --- names --- */

/* Cuts `ending` off the end of a name, if that leaves something of its last part. */
static void cut(char *name, const char *ending) {
  const size_t length = strlen(name), size = strlen(ending);
  if (length <= size || strcmp(name + length - size, ending) != 0) return;
  if (name[length - size - 1] != '/') name[length - size] = '\0';
}

/* "sales" of "sales.csv.gz"; that of standard input is "data", of "@parity:4" "parity-4". */
static char *name_prefix(const char *data) {
  struct text name = {0};
  if (strcmp(data, "-") == 0) data = "@data";
  text_add(&name, "%s", data[0] == '@' ? data + 1 : data);
  if (data[0] == '@') {
    for (char *c = name.data; *c != '\0'; c++)
      if (*c == ':') *c = '-';
    return name.data;
  }
  const char *ending = NULL;
  cut(name.data, ".gz");
  for (size_t i = 0; cr_write_format_at(i, &ending) != NULL; i++) cut(name.data, ending);
  static const char *const others[] = {".svm", ".svmlight", ".txt", "-images-idx3-ubyte"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) cut(name.data, others[i]);
  return name.data;
}

/* The format of the parts: that of the data, unless --to names another. */
static void choose_format(struct sharing *s) {
  const cr_table_origin *origin = cr_table_get_origin(s->table);
  const char *format = origin->format;
  if (s->cli->settings.file.format != NULL) {
    text_add(&s->format, "%s", s->cli->settings.file.format);
    return;
  }
  bool known = false;
  for (size_t i = 0; cr_write_format_at(i, NULL) != NULL; i++)
    known = known || strcmp(cr_write_format_at(i, NULL), format) == 0;
  if (strcmp(format, "csv") == 0 && origin->delimiter == '\t') format = "tsv";
  if (!known) format = cr_table_column(s->table, 0)->type == CR_COLUMN_IMAGE ? "idx" : "csv";
  text_add(&s->format, "%s%s", format, origin->compressed ? ".gz" : "");
}

static bool is_format(const struct sharing *s, const char *name) {
  const size_t length = strlen(name);
  return strncmp(s->format.data, name, length) == 0 &&
         (s->format.data[length] == '\0' || s->format.data[length] == '.');
}

static const char *ending_of(const struct sharing *s) {
  const char *ending = "";
  for (size_t i = 0; cr_write_format_at(i, NULL) != NULL; i++)
    if (is_format(s, cr_write_format_at(i, NULL))) cr_write_format_at(i, &ending);
  return ending;
}

/* Labels that were apart stay apart, those of images too, under names by which they are found. */
static void name_files(struct sharing *s, size_t part) {
  const char *dot = strchr(s->format.data, '.');
  const bool images = cr_table_column(s->table, 0)->type == CR_COLUMN_IMAGE;
  const bool labelled =
      cr_table_get_origin(s->table)->labels != NULL || (images && cr_table_columns(s->table) > 1);
  const char *gzip = dot != NULL ? dot : "";
  struct text *path = &s->paths[part], *labels = &s->labels[part];
  text_add(path, "%s-%s", s->prefix, part_names[part]);
  if (is_format(s, "idx")) {
    text_add(labels, "%s-labels-idx1-ubyte%s", path->data, gzip);
    text_add(path, "-images-idx3-ubyte%s", gzip);
  } else if (is_format(s, "npy") && labelled) {
    text_add(labels, "%s-labels.npy%s", path->data, gzip);
    text_add(path, "-%s.npy%s", images ? "images" : "data", gzip);
  } else {
    text_add(path, "%s%s", ending_of(s), gzip);
  }
}

static int check_path(const struct cli *cli, const char *path) {
  if (path == NULL || cli->settings.force || access(path, F_OK) != 0) return 0;
  return errors_usage(cli, "-o with another beginning of names, or --force to replace it",
                      "%.300s is already there", path);
}

/* --- rows --- */

static const size_t *rows_of(const struct sharing *s, size_t part, size_t *count) {
  return cr_training_rows(s->training, part, count);
}

/* A training that is told to stop before it begins knows which rows it would have had. */
static int share(struct sharing *s) {
  static const sig_atomic_t stop = 1;
  const struct settings *settings = &s->cli->settings;
  cr_prepare_options prepare = training_prepare_options(settings);
  cr_train_options train = settings->train;
  train.layers = "";
  train.batch = 1;
  train.epochs = 1;
  train.stop = &stop;
  const cr_status status =
      cr_train_table(s->table, NULL, NULL, &prepare, &train, NULL, 0, &s->training);
  if (s->training == NULL || (status != CR_OK && status != CR_ERR_INTERRUPTED))
    return errors_last(s->cli);
  if (!cr_training_get_summary(s->training)->same_rows) return 0;
  return errors_usage(s->cli, "--split 60/20/20 shares them out all the same",
                      "%zu rows, and nothing would be held out", cr_table_rows(s->table));
}

static int write_part(struct sharing *s, size_t part) {
  cr_write_options options;
  size_t count = 0;
  const size_t *rows = rows_of(s, part, &count);
  struct table_file *file = &s->files[part];
  if (count == 0) return 0;
  *file = (struct table_file){
      .path = s->paths[part].data, .data = s->cli->settings.operands[0], .operand = "the part"};
  int status = table_file_settings(s->cli, file, &options);
  if (status != 0) return status;
  options.rows = rows;
  options.row_count = count;
  options.skip_bad_rows = false; /* they are left out already */
  options.format = s->format.data;
  options.labels = s->labels[part].data;
  status = table_file_check(s->cli, file, &options);
  return status != 0 ? status : table_file_write(s->cli, s->table, &options, file);
}

/* --- what is said --- */

static void show(const struct sharing *s) {
  const struct terminal *out = &s->cli->out;
  const char *data = s->cli->settings.operands[0];
  struct text line = {0};
  for (size_t p = 0; p < PARTS; p++) {
    size_t count = 0;
    rows_of(s, p, &count);
    text_add(&line, "%s%zu %s", p > 0 ? ", " : "", count, part_names[p]);
  }
  const size_t skipped = cr_training_get_summary(s->training)->skipped_rows;
  if (skipped > 0) text_add(&line, ", %zu left out", skipped);
  terminal_line(out, "split", REPORT_INDENT, "%s: %s (seed %llu)", table_name(data), line.data,
                (unsigned long long)s->cli->settings.seed);
  text_free(&line);
  cr_write_options options;
  cr_write_options_init(&options);
  for (size_t p = 0; p < PARTS; p++)
    if (s->files[p].path != NULL) table_file_report(s->cli, s->table, &options, &s->files[p]);
  options.codes = s->cli->settings.file.codes; /* the same in all parts: said once */
  table_file_report_codes(out, s->table, &options);
}

/* What was said of columns by name cannot be said of files that have no names. */
static void suggest(const struct sharing *s) {
  const struct settings *settings = &s->cli->settings;
  const bool named = (is_format(s, "csv") || is_format(s, "tsv")) && !settings->no_header;
  struct text words = {0}, goal = {0};
  settings_add_goal(settings, s->target, &goal);
  for (size_t p = 0; p < PARTS; p++) {
    if (s->files[p].path == NULL) continue;
    text_add(&words, "%s", p == 0 ? "" : p == 1 ? " --dev " : " --test ");
    text_add_path(&words, s->files[p].path);
  }
  if (goal.data != NULL) text_add(&words, "%s", goal.data);
  if (goal.data == NULL || named) output_next(s->cli, "train %s", words.data);
  text_free(&goal);
  text_free(&words);
}

static void show_json(const struct sharing *s) {
  json_t *object = output_object("data-split"), *parts = json_object();
  json_object_set_new(object, "data", output_text(s->cli->settings.operands[0]));
  json_object_set_new(object, "seed", json_integer((json_int_t)s->cli->settings.seed));
  json_object_set_new(object, "skipped_rows",
                      output_count(cr_training_get_summary(s->training)->skipped_rows));
  for (size_t p = 0; p < PARTS; p++) {
    const bool there = s->files[p].path != NULL;
    json_object_set_new(parts, part_names[p],
                        there ? table_file_object(&s->files[p]) : json_null());
  }
  json_object_set_new(object, "parts", parts);
  cr_write_options options;
  cr_write_options_init(&options);
  options.codes = s->cli->settings.file.codes;
  json_object_set_new(object, "codes", table_file_codes(s->table, &options));
  output_json(object);
}

static int split(struct sharing *s) {
  struct cli *cli = s->cli;
  int status = operands_take_table(cli, &s->table);
  if (status != 0) return status;
  choose_format(s);
  for (size_t p = 0; p < PARTS; p++) name_files(s, p);
  for (size_t p = 0; p < PARTS && status == 0; p++) {
    status = check_path(cli, s->paths[p].data);
    if (status == 0) status = check_path(cli, s->labels[p].data);
  }
  if (status == 0) status = share(s);
  for (size_t p = 0; p < PARTS && status == 0; p++) status = write_part(s, p);
  if (status != 0) return status;
  if (cli->settings.json) {
    show_json(s);
  } else {
    show(s);
    suggest(s);
  }
  return 0;
}

static int run(struct cli *cli) {
  struct sharing sharing = {.cli = cli, .target = cli->settings.prepare.target};
  const char *output = cli->settings.output;
  sharing.prefix = output == NULL ? name_prefix(cli->settings.operands[0]) : NULL;
  if (output != NULL) {
    struct text prefix = {0};
    text_add(&prefix, "%s", output);
    sharing.prefix = prefix.data;
  }
  const int status = split(&sharing);
  cr_training_destroy(sharing.training);
  cr_table_destroy(sharing.table);
  text_free(&sharing.format);
  for (size_t p = 0; p < PARTS; p++) {
    text_free(&sharing.paths[p]);
    text_free(&sharing.labels[p]);
  }
  free(sharing.prefix);
  return status;
}

static const struct option options[] = {
    {.name = "split",
     .kind = OPTION_SHARES,
     .offset = offsetof(struct settings, prepare.split),
     .argument = "SHARES",
     .sample = "60/20/20",
     .group = "SHARES",
     .basic = true,
     .sentence = "percents of train/dev/test",
     .fallback = "60/20/20, or 98/1/1 above 1,000,000 rows",
     .more = "Two shares are train/dev. Rows are shuffled, and classes shared out alike"},
    {.name = "output-prefix",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, output),
     .argument = "PREFIX",
     .sample = "parts/sales",
     .group = "WRITING",
     .basic = true,
     .sentence = "how the names of the files begin",
     .fallback = "the name of DATA without its ending"},
    {.name = "force",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, force),
     .basic = true,
     .sentence = "replace files that are already there",
     .fallback = "off"},
    {0},
};

static const char *const examples[] = {
    "chainrule data split iris.csv",
    "iris-train.csv, iris-dev.csv, iris-test.csv",
    "chainrule data split sales.csv.gz --split 80/10/10 -o parts/sales --seed 7",
    "elsewhere, in other shares",
    NULL,
};

const struct command command_data_split = {
    .name = "data split",
    .group = "START",
    .summary = "share the rows of a table out into three files",
    .operands = "DATA",
    .operands_least = 1,
    .operands_most = 1,
    .about =
        "Writes the rows that train would learn from, decide by and be measured on into files "
        "beside DATA: DATA-train.csv, DATA-dev.csv and DATA-test.csv, the same rows as train with "
        "these options, and all columns. Files that are there are not replaced without --force.",
    .examples = examples,
    .options = options,
    .writes_tables = true,
    .has_goal = true,
    .chooses_columns = true,
    .reads_tables = true,
    .run = run,
};
