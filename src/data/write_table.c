/* Tables to files: what is written of them, and into which file. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/size.h"
#include "data/reader.h"
#include "data/write.h"

void cr_write_options_init_sized(cr_write_options *options, size_t size) {
  static const cr_write_options defaults = {0};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

/* --- what is written --- */

static cr_status mark_dropped(const cr_table *table, const cr_write_options *options,
                              bool *dropped) {
  for (size_t i = 0; i < options->drop_count; i++) {
    size_t column;
    if (!cr_table_find(table, options->drop[i], &column))
      return cr_table_fail_column(table, options->drop[i]);
    dropped[column] = true;
  }
  return CR_OK;
}

static cr_status take_columns(cr_writing *w, bool *dropped) {
  CR_TRY(mark_dropped(w->table, w->options, dropped));
  for (size_t c = 0; c < w->table->column_count; c++)
    if (!dropped[c]) w->columns[w->column_count++] = c;
  if (w->column_count > 0) return CR_OK;
  return cr_fail(CR_ERR_COLUMN, "%s: no column is left to be written", w->table->path);
}

static cr_status choose_columns(cr_writing *w) {
  void *columns, *dropped;
  CR_TRY(cr_alloc(w->table->column_count, sizeof(size_t), &columns));
  w->columns = columns;
  CR_TRY(cr_alloc(w->table->column_count, sizeof(bool), &dropped));
  const cr_status status = take_columns(w, dropped);
  cr_free(dropped);
  return status;
}

/* The last column is the label only where there is something beside it. */
static cr_status choose_label(cr_writing *w) {
  const char *name = w->options->target;
  w->label = SIZE_MAX;
  if (!name) {
    if (w->column_count > 1) w->label = w->columns[w->column_count - 1];
    return CR_OK;
  }
  if (!name[0]) return CR_OK;
  if (!cr_table_find(w->table, name, &w->label)) return cr_table_fail_column(w->table, name);
  for (size_t i = 0; i < w->column_count; i++)
    if (w->columns[i] == w->label) return CR_OK;
  return cr_fail(CR_ERR_COLUMN, "column '%s' is the target and cannot be dropped", name);
}

static bool is_complete(const cr_writing *w, size_t row) {
  for (size_t i = 0; i < w->column_count; i++) {
    const size_t c = w->columns[i];
    const cr_column_type type = w->table->columns[c].info.type;
    if (type == CR_COLUMN_NUMBER && isnan(cr_table_number(w->table, row, c))) return false;
    if (type == CR_COLUMN_TEXT && !cr_table_text(w->table, row, c)) return false;
  }
  return true;
}

static cr_status check_row(const cr_writing *w, size_t row) {
  if (row < w->table->rows) return CR_OK;
  return cr_fail(CR_ERR_ARGUMENT, "row %zu of a table that has %zu", row, w->table->rows);
}

static cr_status choose_rows(cr_writing *w) {
  const cr_write_options *options = w->options;
  const size_t count = options->rows ? options->row_count : w->table->rows;
  void *rows;
  w->row_count = count;
  if (count == 0) return cr_fail(CR_ERR_EMPTY, "%s: no rows to write", w->table->path);
  if (!options->rows && !options->skip_bad_rows) return CR_OK;
  CR_TRY(cr_alloc(count, sizeof(size_t), &rows));
  w->rows = rows;
  w->row_count = 0;
  for (size_t i = 0; i < count; i++) {
    const size_t row = options->rows ? options->rows[i] : i;
    CR_TRY(check_row(w, row));
    if (!options->skip_bad_rows || is_complete(w, row)) w->rows[w->row_count++] = row;
  }
  if (w->row_count > 0) return CR_OK;
  return cr_fail(CR_ERR_EMPTY, "%s: every row has a gap or a bad value", w->table->path);
}

static cr_status choose_labels(cr_writing *w, const char *path) {
  if (w->label == SIZE_MAX || !w->writer->write_labels) return CR_OK;
  if (w->options->labels) return cr_copy_text(w->options->labels, &w->labels_path);
  return w->writer->labels_beside ? cr_labels_beside(path, &w->labels_path) : CR_OK;
}

cr_status cr_writing_open(const cr_table *table, const char *path, const cr_write_options *options,
                          cr_writing *out) {
  *out = (cr_writing){.table = table, .options = options};
  cr_status status = cr_writer_choose(options->format, path, &out->writer, &out->gzip);
  if (status == CR_OK) status = choose_columns(out);
  if (status == CR_OK) status = choose_label(out);
  if (status == CR_OK) status = choose_rows(out);
  if (status == CR_OK) status = choose_labels(out, path);
  if (status == CR_OK) status = out->writer->check(out);
  if (status != CR_OK) cr_writing_free(out);
  return status;
}

void cr_writing_free(cr_writing *w) {
  cr_free(w->rows);
  cr_free(w->columns);
  cr_free(w->labels_path);
  *w = (cr_writing){0};
}

/* --- into files --- */

/* The labels first: with the old images and new labels the numbers of rows tell that one is old. */
static cr_status commit(cr_status status, cr_sink *labels, cr_sink *whole) {
  if (status == CR_OK && labels) {
    status = cr_sink_commit(labels);
    labels = NULL;
  }
  if (status == CR_OK) return cr_sink_commit(whole);
  cr_sink_abandon(labels);
  cr_sink_abandon(whole);
  return status;
}

static cr_status write_files(const cr_writing *w, const char *path) {
  cr_sink *whole = NULL, *labels = NULL;
  CR_TRY(cr_sink_open(path, w->gzip, &whole));
  cr_status status = w->writer->write(w, whole);
  if (status == CR_OK && w->labels_path) {
    status = cr_sink_open(w->labels_path, cr_names_gzip(w->labels_path), &labels);
    if (status == CR_OK) status = w->writer->write_labels(w, labels);
  }
  return commit(status, labels, whole);
}

static void tell(const cr_writing *w, cr_written *about) {
  if (!about) return;
  const size_t given = w->options->rows ? w->options->row_count : w->table->rows;
  cr_written written = {.struct_size = about->struct_size,
                        .format = w->writer->name,
                        .compressed = w->gzip,
                        .rows = w->row_count,
                        .skipped_rows = given - w->row_count};
  snprintf(written.labels, sizeof written.labels, "%s", w->labels_path ? w->labels_path : "");
  memcpy(about, &written, cr_size_min(sizeof written, about->struct_size));
}

cr_status cr_table_write(const cr_table *table, const char *path, const cr_write_options *given,
                         cr_written *about) {
  cr_write_options options;
  cr_writing writing;
  cr_write_options_init(&options);
  CR_TRY(cr_options_copy(&options, sizeof options, given, "cr_write_options_init"));
  CR_TRY(cr_writing_open(table, path, &options, &writing));
  const cr_status status = write_files(&writing, path);
  if (status == CR_OK) tell(&writing, about);
  cr_writing_free(&writing);
  return status;
}
