/* Several targets: columns of 0 and 1, each learnt as a label of its own, or of other numbers. */
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "data/encode_parts.h"
#include "data/label_set.h"

static bool is_bit(double value) {
  return value == 0.0 || value == 1.0;
}

static bool is_task(const cr_prepare_options *options, const char *name) {
  const char *task = options->task ? options->task : "auto";
  return strcmp(task, name) == 0;
}

static cr_status check_task(const cr_prepare_options *options) {
  if (is_task(options, "auto") || is_task(options, "multilabel") || is_task(options, "regression"))
    return CR_OK;
  cr_fail(CR_ERR_COMBINATION, "%zu targets with task %s", options->target_count, options->task);
  cr_why("several targets are learnt as labels, columns of 0 and 1, or as numbers");
  return cr_fix("leave out --task, or name one --target");
}

static cr_status check_type(const cr_table *table, size_t column) {
  const cr_column *info = &table->columns[column].info;
  if (info->type == CR_COLUMN_NUMBER) return CR_OK;
  if (info->type == CR_COLUMN_TEXT)
    return cr_fail_text(table, column, "each of several targets is a column of numbers");
  return cr_fail_at(CR_ERR_TARGET, table->path, 0, column + 1,
                    "column '%s' holds images; each of several targets is a column of numbers",
                    info->name);
}

static cr_status take_target(cr_encoder *encoder, const cr_table *table, const char *name,
                             cr_strlist *names, bool *taken) {
  size_t column = 0;
  if (!cr_table_find(table, name, &column)) return cr_table_fail_column(table, name);
  for (size_t t = 0; t < names->count; t++)
    if (encoder->label_columns[t] == column)
      return cr_fail(CR_ERR_ARGUMENT, "column '%s' is a target twice", name);
  if (taken[column]) {
    cr_fail(CR_ERR_COLUMN, "column '%s' is one of the targets and cannot be dropped", name);
    return cr_fix("drop another column, or leave it out of --target");
  }
  CR_TRY(check_type(table, column));
  encoder->label_columns[names->count] = column;
  return cr_strlist_add(names, name);
}

/* "a,b,c" */
static cr_status join_names(const cr_strlist *names, char **out) {
  cr_strbuf text = {0};
  for (size_t i = 0; i < names->count; i++)
    cr_strbuf_format(&text, "%s%s", i > 0 ? "," : "", names->items[i]);
  const cr_status status = cr_strbuf_take(&text, out);
  cr_strbuf_free(&text);
  return status;
}

cr_status cr_encoder_name_labels(cr_encoder *encoder) {
  encoder->target_column = encoder->label_columns[0];
  return join_names(cr_encoder_target_names(encoder), &encoder->target);
}

/* Labels, unless the task or a number that is neither 0 nor 1 says otherwise. */
static bool are_labels(const cr_table *table, const cr_prepare_options *options) {
  bool bits = true;
  for (size_t t = 0; t < options->target_count; t++) {
    size_t column = 0;
    if (!cr_table_find(table, options->targets[t], &column)) continue;
    const cr_column *info = &table->columns[column].info;
    bits = bits && info->integer && info->minimum >= 0.0 && info->maximum <= 1.0;
  }
  return is_task(options, "multilabel") || (bits && !is_task(options, "regression"));
}

cr_status cr_encoder_choose_labels(cr_encoder *encoder, const cr_table *table,
                                   const cr_prepare_options *options, bool *taken) {
  const size_t count = options->target_count;
  CR_TRY(check_task(options));
  if (count > CR_MAX_CLASSES)
    return cr_fail(CR_ERR_ARGUMENT, "%zu targets, expected at most %d", count, CR_MAX_CLASSES);
  void *block = NULL;
  CR_TRY(cr_alloc(count, sizeof(size_t), &block));
  encoder->label_columns = block;
  encoder->multilabel = are_labels(table, options);
  cr_strlist *names = encoder->multilabel ? &encoder->labels : &encoder->numbers;
  for (size_t t = 0; t < count; t++)
    CR_TRY(take_target(encoder, table, options->targets[t], names, taken));
  for (size_t t = 0; t < count; t++) taken[encoder->label_columns[t]] = true;
  if (!encoder->multilabel) {
    CR_TRY(cr_alloc(2 * count, sizeof(double), &block));
    encoder->target_scaling = block;
    for (size_t t = 0; t < count; t++) encoder->target_scaling[count + t] = 1.0;
  }
  return cr_encoder_name_labels(encoder);
}

cr_status cr_check_bit(const cr_table *table, size_t column, size_t row) {
  const double value = cr_column_number(&table->columns[column], row);
  if (is_bit(value)) return CR_OK;
  char text[32];
  cr_format_number(value, text);
  cr_fail_at(CR_ERR_TARGET, table->path, 0, column + 1,
             "%s in column '%s', row %zu, expected 0 or 1", text, table->columns[column].info.name,
             cr_table_row_number(table, row) + 1);
  cr_why("several targets whose values are 0 and 1 are learnt as labels, each yes or no");
  return cr_fix("write 0 or 1 there; --task regression learns the columns as numbers");
}

static cr_status check_label(const cr_table *table, size_t column, const size_t *rows,
                             size_t count) {
  const cr_stored_column *bits = &table->columns[column];
  const double first = cr_column_number(bits, rows[0]);
  bool varies = false;
  for (size_t i = 0; i < count; i++) {
    CR_TRY(cr_check_bit(table, column, rows[i]));
    varies = varies || cr_column_number(bits, rows[i]) != first;
  }
  if (varies) return CR_OK;
  cr_fail_at(CR_ERR_TARGET, table->path, 0, column + 1, "column '%s' is %g in every row",
             table->columns[column].info.name, first);
  cr_why("a label that is always the same leaves nothing to learn");
  return cr_fix("leave it out of --target");
}

cr_status cr_encoder_check_labels(const cr_encoder *encoder, const cr_table *table,
                                  const size_t *rows, size_t count) {
  for (size_t t = 0; t < encoder->labels.count; t++)
    CR_TRY(check_label(table, encoder->label_columns[t], rows, count));
  return CR_OK;
}
