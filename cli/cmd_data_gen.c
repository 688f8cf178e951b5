/* chainrule data gen: a table made up, to try things on. */
#include <string.h>

#include "command_line.h"
#include "errors.h"
#include "grid.h"
#include "output.h"
#include "table_file.h"

static json_t *set_object(const cr_generator_info *info) {
  json_t *object = json_object();
  json_object_set_new(object, "name", json_string(info->name));
  json_object_set_new(object, "summary", json_string(info->summary));
  json_object_set_new(object, "noise", json_string(info->noise));
  json_object_set_new(object, "default_noise", output_number(info->default_noise));
  return object;
}

static int list_json(void) {
  json_t *whole = output_object("data-gen"), *sets = json_array();
  for (size_t i = 0; cr_generator_at(i) != NULL; i++)
    json_array_append_new(sets, set_object(cr_generator_at(i)));
  json_object_set_new(whole, "sets", sets);
  output_json(whole);
  return 0;
}

static int list(const struct cli *cli) {
  const struct terminal *out = &cli->out;
  if (cli->settings.json) return list_json();
  for (size_t i = 0; cr_generator_at(i) != NULL; i++) {
    const cr_generator_info *info = cr_generator_at(i);
    terminal_line(out, info->name, REPORT_INDENT, "%s; noise: %s, %s", info->summary, info->noise,
                  number_text(info->default_noise).s);
  }
  output_next(cli, "data gen spiral -o spiral.csv");
  return 0;
}

static int generate(struct cli *cli, const cr_write_options *write, struct table_file *file) {
  cr_table *table = NULL;
  cr_generate_options options;
  cr_generate_options_init(&options);
  options.rows = cli->settings.file.rows;
  options.noise = cli->settings.file.noise;
  options.seed = cli->settings.seed;
  if (cr_table_generate(cli->settings.operands[0], &options, &table) != CR_OK)
    return errors_last(cli);
  int status = table_file_write(cli, table, write, file);
  if (status == 0 && cli->settings.json) {
    json_t *object = output_object("data-gen");
    json_object_set_new(object, "set", output_text(cli->settings.operands[0]));
    json_object_set_new(object, "wrote", table_file_object(file));
    output_json(object);
  } else if (status == 0 && strcmp(file->path, "-") != 0) {
    struct text words = {0};
    table_file_report(cli, table, write, file);
    text_add_path(&words, file->path);
    output_next(cli, "train %s", words.data);
    text_free(&words);
  }
  cr_table_destroy(table);
  return status;
}

static int run(struct cli *cli) {
  const char *output = cli->settings.output;
  struct table_file file = {.path = output != NULL ? output : "-"};
  cr_write_options options;
  if (cli->settings.operand_count == 0) return list(cli);
  int status = table_file_settings(cli, &file, &options);
  if (status == 0) status = table_file_check(cli, &file, &options);
  return status != 0 ? status : generate(cli, &options, &file);
}

static const struct option options[] = {
    {.name = "rows",
     .letter = 'n',
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, file.rows),
     .least = 1,
     .argument = "N",
     .sample = "300",
     .group = "SET",
     .basic = true,
     .sentence = "how many rows, of any set",
     .fallback = "300"},
    {.name = "noise",
     .kind = OPTION_NUMBER,
     .offset = offsetof(struct settings, file.noise),
     .argument = "X",
     .sample = "0.1",
     .basic = true,
     .sentence = "how far chance pushes the points",
     .fallback = "by the set: chainrule data gen lists them"},
    {.name = "output-file",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, output),
     .argument = "FILE",
     .sample = "spiral.csv",
     .basic = true,
     .sentence = "where to write; its name says the format",
     .fallback = "standard output",
     .more = "An old file is replaced when the new one is complete"},
    {0},
};

static const char *const examples[] = {
    "chainrule data gen",
    "which sets there are",
    "chainrule data gen spiral --rows 600 --noise 0.1 -o spiral.csv",
    "into a file",
    "chainrule data gen housing | chainrule train -",
    "prices with gaps and a category",
    NULL,
};

const struct command command_data_gen = {
    .name = "data gen",
    .group = "START",
    .summary = "make up a table to try things on",
    .operands = "[NAME]",
    .operands_most = 1,
    .about =
        "Writes rows of a set made up by chance: xor, spiral, moons, circles, blobs, parity, "
        "linear, sine, housing. The same --seed gives the same rows on every machine. Without "
        "NAME it lists the sets.",
    .examples = examples,
    .options = options,
    .writes_tables = true,
    .run = run,
};
