/* chainrule data convert: a table from one format into another. */
#include <string.h>

#include "command_line.h"
#include "errors.h"
#include "operands.h"
#include "output.h"
#include "settings.h"
#include "table_file.h"

static void show_json(const struct cli *cli, const cr_table *table, const cr_write_options *options,
                      const struct table_file *file) {
  json_t *object = output_object("data-convert");
  json_object_set_new(object, "data", output_text(cli->settings.operands[0]));
  json_object_set_new(object, "wrote", table_file_object(file));
  json_object_set_new(object, "codes", table_file_codes(table, options));
  output_json(object);
}

/* What the file lacks, the command that reads it has to say. */
static void suggest(const struct cli *cli, const struct table_file *file) {
  struct text words = {0};
  if (strcmp(file->path, "-") == 0) return;
  text_add_path(&words, file->path);
  if (file->written.labels[0] != '\0') {
    text_add(&words, " --labels ");
    text_add_path(&words, file->written.labels);
  }
  output_next(cli, "data %s", words.data);
  text_free(&words);
}

/* Past 2^53 not every whole number is a double: what is read may not be what the file says. */
static void warn_rounded(const struct cli *cli, const cr_table *table) {
  static const double exact_most = 9007199254740992.0;
  for (size_t c = 0; c < cr_table_columns(table); c++) {
    const cr_column *column = cr_table_column(table, c);
    const bool beyond = column->maximum >= exact_most || column->minimum <= -exact_most;
    if (column->type != CR_COLUMN_NUMBER || !column->integer || !beyond) continue;
    errors_warn(cli, NULL, "%s has whole numbers of 2^53 or more, which may be rounded",
                column->name);
  }
}

static int convert(struct cli *cli, const cr_write_options *options, struct table_file *file) {
  cr_table *table = NULL;
  int status = operands_take_table(cli, &table);
  if (status != 0) return status;
  cr_write_options write = *options;
  table_file_columns(cli, table, &write);
  for (size_t i = 0; cr_table_warning(table, i) != NULL; i++)
    errors_note(cli, "%s", cr_table_warning(table, i));
  warn_rounded(cli, table);
  status = table_file_write(cli, table, &write, file);
  if (status == 0 && cli->settings.json) {
    show_json(cli, table, &write, file);
  } else if (status == 0) {
    table_file_report(cli, table, &write, file);
    suggest(cli, file);
  }
  cr_table_destroy(table);
  return status;
}

static int run(struct cli *cli) {
  struct table_file file = {
      .path = cli->settings.operands[1], .operand = "OUT", .data = cli->settings.operands[0]};
  cr_write_options options;
  int status = table_file_settings(cli, &file, &options);
  if (status == 0) status = table_file_check(cli, &file, &options);
  return status != 0 ? status : convert(cli, &options, &file);
}

static const struct option options[] = {
    {.name = "target",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, prepare.target),
     .argument = "NAME",
     .sample = "price",
     .group = "WRITING",
     .basic = true,
     .sentence = "the column of labels, where a format keeps them apart",
     .fallback = "the last one",
     .more = "An empty name says there is none"},
    {.name = "image",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, file.image),
     .argument = "HxW",
     .sample = "28x28",
     .sentence = "what numbers from 0 to 255 are the pixels of, in idx and npy",
     .fallback = "a row of numbers",
     .more = "32x32x3 is a picture of three colours"},
    {.name = "labels-out",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, file.labels),
     .argument = "FILE",
     .sample = "y.npy",
     .sentence = "where the labels of idx and npy go",
     .fallback = "beside an OUT named x-images-idx3-ubyte; in npy the last column"},
    {0},
};

static const char *const examples[] = {
    "chainrule data convert sales.csv sales.npy",
    "by the names of the files",
    "chainrule data convert iris.csv iris.svm.gz --codes",
    "labels as numbers, compressed",
    "chainrule data convert mnist.csv x-images-idx3-ubyte --target label --image 28x28",
    "pixels to images",
    "chainrule data convert @digits - | head -2",
    "images as CSV",
    NULL,
};

const struct command command_data_convert = {
    .name = "data convert",
    .group = "START",
    .summary = "write a table in another format",
    .operands = "IN OUT",
    .operands_least = 2,
    .operands_most = 2,
    .about =
        "Reads IN as train would and writes it to OUT (- for standard output), in the format its "
        "name says: CSV, TSV, LIBSVM, NPY or IDX, each plain or .gz. Numbers are written so that "
        "the same number is read again. An old OUT is replaced when the new one is complete.",
    .examples = examples,
    .options = options,
    .writes_tables = true,
    .chooses_columns = true,
    .reads_tables = true,
    .run = run,
};
