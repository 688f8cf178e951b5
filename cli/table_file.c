#include "table_file.h"

#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "destination.h"
#include "errors.h"
#include "output.h"
#include "settings.h"

enum { DIMENSIONS_MOST = 3 };

static bool is_standard_output(const char *path) {
  return strcmp(path, "-") == 0;
}

/* "28x28", "32x32x3" */
static bool read_image(const char *text, cr_write_options *out) {
  size_t values[DIMENSIONS_MOST] = {0, 0, 1}, count = 0;
  for (const char *at = text;; at++) {
    char *end = NULL;
    if (count == DIMENSIONS_MOST || *at < '1' || *at > '9') return false;
    values[count] = strtoul(at, &end, 10);
    if (values[count++] > UINT32_MAX) return false;
    at = end;
    if (*at == '\0') break;
    if (*at != 'x') return false;
  }
  out->height = values[0];
  out->width = values[1];
  out->channels = values[2];
  return count >= 2;
}

int table_file_settings(const struct cli *cli, const struct table_file *to, cr_write_options *out) {
  const struct settings *settings = &cli->settings;
  const struct file_settings *file = &settings->file;
  cr_write_options_init(out);
  out->format = file->format;
  if (out->format == NULL && is_standard_output(to->path)) out->format = "csv";
  out->target = settings->prepare.target;
  out->labels = file->labels;
  out->no_header = settings->no_header;
  out->codes = file->codes;
  out->skip_bad_rows = settings->prepare.skip_bad_rows;
  if (file->image == NULL || read_image(file->image, out)) return 0;
  return errors_usage(cli, "--image 28x28", "--image '%.100s' is no height x width", file->image);
}

static bool is_listed(const struct name_list *names, const char *name) {
  for (size_t i = 0; i < names->count; i++)
    if (strcmp(names->names[i], name) == 0) return true;
  return false;
}

/* What --only does not name goes to the columns left out, but for the target. */
static void leave_out_others(struct settings *settings, const cr_table *table, const char *target) {
  const size_t columns = cr_table_columns(table);
  size_t label = columns - 1, column = 0;
  if (target != NULL && !cr_table_find(table, target, &label)) label = SIZE_MAX;
  for (size_t c = 0; c < columns; c++) {
    const char *name = cr_table_column(table, c)->name;
    if (c != label && !is_listed(&settings->only, name))
      name_list_add(&settings->drop, name, strlen(name));
  }
  for (size_t i = 0; i < settings->only.count; i++) { /* the writer refuses a name not there */
    const char *name = settings->only.names[i];
    if (!cr_table_find(table, name, &column)) name_list_add(&settings->drop, name, strlen(name));
  }
}

void table_file_columns(struct cli *cli, const cr_table *table, cr_write_options *out) {
  struct settings *settings = &cli->settings;
  if (settings->only.count > 0) leave_out_others(settings, table, out->target);
  out->drop = (const char *const *)settings->drop.names;
  out->drop_count = settings->drop.count;
}

static int check_path(const struct cli *cli, const struct table_file *file, const char *path,
                      const char *what) {
  const struct source sources[] = {
      {file->data, "the data"}, {cli->settings.read.labels, "the labels"}, {0}};
  const struct destination_question question = {
      .path = path, .what = what, .sources = sources, .operand = file->operand};
  return destination_check(cli, &question);
}

int table_file_check(const struct cli *cli, const struct table_file *file,
                     const cr_write_options *options) {
  int status = 0;
  if (!is_standard_output(file->path)) {
    status = check_path(cli, file, file->path, "the table");
  } else if (cli->settings.json) {
    return errors_usage(cli, "name a file, or leave out --json",
                        "both the table and --json would go to standard output");
  }
  if (status != 0 || options->labels == NULL) return status;
  return check_path(cli, file, options->labels, "the labels");
}

int table_file_write(const struct cli *cli, const cr_table *table, const cr_write_options *options,
                     struct table_file *file) {
  cr_written_init(&file->written);
  if (cr_table_write(table, file->path, options, &file->written) == CR_OK) return 0;
  const bool gone = cr_last_error()->status == CR_ERR_IO && is_standard_output(file->path) &&
                    output_reader_has_gone();
  return gone ? 0 : errors_last(cli);
}

/* Are these the texts of a column that is written, and as codes? */
static bool has_codes(const cr_table *table, const cr_write_options *options, size_t column) {
  const cr_column *info = cr_table_column(table, column);
  if (!options->codes || info->type != CR_COLUMN_TEXT) return false;
  for (size_t i = 0; i < options->drop_count; i++)
    if (strcmp(options->drop[i], info->name) == 0) return false;
  return true;
}

/* What stands for the texts of a column: "0 setosa, 1 versicolor, 2 virginica". */
static void report_column(const struct terminal *out, const cr_table *table, size_t column) {
  enum { SHOWN = 20 };
  struct text line = {0};
  const size_t count = cr_table_column(table, column)->distinct;
  for (size_t k = 0; k < count && k < SHOWN; k++)
    text_add(&line, "%s%zu %s", k > 0 ? ", " : "", k, cr_table_text_at(table, column, k));
  if (count > SHOWN) text_add(&line, " and %zu more", count - SHOWN);
  terminal_line(out, "codes", REPORT_INDENT, "%s: %s", cr_table_column(table, column)->name,
                line.data != NULL ? line.data : "");
  text_free(&line);
}

void table_file_report_codes(const struct terminal *out, const cr_table *table,
                             const cr_write_options *options) {
  for (size_t c = 0; c < cr_table_columns(table); c++)
    if (has_codes(table, options, c)) report_column(out, table, c);
}

void table_file_report(const struct cli *cli, const cr_table *table,
                       const cr_write_options *options, const struct table_file *file) {
  if (cli->settings.json) return;
  const bool aside = is_standard_output(file->path);
  const struct terminal *out = aside ? &cli->err : &cli->out;
  struct text line = {0};
  if (aside && cli->settings.quiet) return;
  text_add_count(&line, file->written.rows, "row");
  if (file->written.skipped_rows > 0) text_add(&line, ", %zu left out", file->written.skipped_rows);
  if (!aside) {
    terminal_line(out, "wrote", REPORT_INDENT, "%s (%s, %s%s)", file->path, line.data,
                  file->written.format, file->written.compressed ? ", gzip" : "");
  } else if (file->written.skipped_rows > 0) {
    errors_note(cli, "%s", line.data);
  }
  if (file->written.labels[0] != '\0')
    terminal_line(out, "labels", REPORT_INDENT, "%s", file->written.labels);
  table_file_report_codes(out, table, options);
  text_free(&line);
}

json_t *table_file_object(const struct table_file *file) {
  json_t *object = json_object();
  const cr_written *written = &file->written;
  json_object_set_new(object, "path", output_text(file->path));
  json_object_set_new(object, "format", json_string(written->format));
  json_object_set_new(object, "compressed", json_boolean(written->compressed));
  json_object_set_new(object, "rows", output_count(written->rows));
  json_object_set_new(object, "skipped_rows", output_count(written->skipped_rows));
  json_object_set_new(object, "labels",
                      written->labels[0] != '\0' ? output_text(written->labels) : json_null());
  return object;
}

json_t *table_file_codes(const cr_table *table, const cr_write_options *options) {
  if (!options->codes) return json_null();
  json_t *object = json_object();
  for (size_t c = 0; c < cr_table_columns(table); c++) {
    if (!has_codes(table, options, c)) continue;
    const cr_column *column = cr_table_column(table, c);
    json_t *texts = json_array();
    for (size_t k = 0; k < column->distinct; k++)
      json_array_append_new(texts, output_text(cr_table_text_at(table, c, k)));
    json_object_set_new(object, column->name, texts);
  }
  return object;
}
