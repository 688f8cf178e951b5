#include "data/encode.h"

#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/options.h"
#include "base/size.h"
#include "data/encode_parts.h"
#include "data/label_set.h"
#include "data/large_table.h"

/* A column of whole numbers is taken for classes up to this many different ones. */
enum { MAX_GUESSED_CLASSES = 20 };

void cr_prepare_options_init_sized(cr_prepare_options *options, size_t size) {
  static const cr_prepare_options defaults = {.task = "auto", .scale = "auto", .seed = 1};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

static cr_status mark_drops(const cr_table *table, const cr_prepare_options *options,
                            bool *dropped) {
  for (size_t i = 0; i < options->drop_count; i++) {
    size_t column = 0;
    if (!cr_table_find(table, options->drop[i], &column))
      return cr_table_fail_column(table, options->drop[i]);
    dropped[column] = true;
  }
  return CR_OK;
}

/* The column that says how often a row counts is no input. */
static cr_status take_weight(cr_encoder *encoder, const cr_table *table,
                             const cr_prepare_options *options, bool *dropped) {
  const char *name = options->weight;
  size_t column = 0;
  if (name == NULL) return CR_OK;
  if (!cr_table_find(table, name, &column)) return cr_table_fail_column(table, name);
  bool is_target = options->target != NULL && strcmp(options->target, name) == 0;
  for (size_t i = 0; i < options->target_count; i++)
    is_target = is_target || strcmp(options->targets[i], name) == 0;
  if (is_target) {
    cr_fail(CR_ERR_COLUMN, "column '%s' is the target and cannot be the weight of its rows", name);
    return cr_fix("choose another --weight, or leave it out");
  }
  dropped[column] = true;
  encoder->uses[column] = CR_USE_WEIGHT;
  return cr_copy_text(name, &encoder->weight);
}

static cr_status fail_input_target(const char *name) {
  cr_fail(CR_ERR_COLUMN, "column '%s' is the target and cannot be an input", name);
  return cr_fix("leave it out of --only, or choose another --target");
}

/* Where columns are named that alone are inputs, all others are dropped; one may be so already. */
static cr_status mark_others(cr_encoder *encoder, const cr_table *table,
                             const cr_prepare_options *options, bool *dropped) {
  void *block = NULL;
  cr_status status = CR_OK;
  encoder->uses[encoder->target_column] = CR_USE_TARGET;
  for (size_t t = 0; t < cr_encoder_target_names(encoder)->count; t++)
    encoder->uses[encoder->label_columns[t]] = CR_USE_TARGET;
  if (options->only_count == 0) return CR_OK;
  CR_TRY(cr_alloc(table->column_count, sizeof(bool), &block));
  bool *named = block;
  for (size_t i = 0; i < options->only_count && status == CR_OK; i++) {
    size_t column = 0;
    if (!cr_table_find(table, options->only[i], &column))
      status = cr_table_fail_column(table, options->only[i]);
    else if (encoder->uses[column] == CR_USE_TARGET)
      status = fail_input_target(options->only[i]);
    named[column] = true;
  }
  for (size_t c = 0; c < table->column_count; c++) dropped[c] = dropped[c] || !named[c];
  cr_free(block);
  return status;
}

static cr_status fail_dropped_target(const char *name) {
  cr_fail(CR_ERR_COLUMN, "column '%s' is the target and cannot be dropped", name);
  cr_fix("drop another column, or choose another --target");
  cr_strbuf fix = {0};
  cr_strbuf_format(&fix, "leave out");
  cr_add_drop(&fix, name);
  cr_strbuf_format(&fix, ", or choose another --target");
  return cr_fix_command(&fix);
}

/* The column asked for, or the last one that is not dropped. */
static cr_status find_target(const cr_table *table, const char *name, const bool *dropped,
                             size_t *out) {
  if (name != NULL) {
    if (!cr_table_find(table, name, out)) return cr_table_fail_column(table, name);
    return dropped[*out] ? fail_dropped_target(name) : CR_OK;
  }
  for (size_t c = table->column_count; c-- > 0;) {
    *out = c;
    if (!dropped[c]) return CR_OK;
  }
  cr_fail(CR_ERR_COLUMN, "every column of %s is dropped", table->path);
  return cr_fix("drop fewer columns: one is the target, and at least one is an input");
}

static cr_status check_target_type(const cr_table *table, size_t target) {
  const cr_column *column = &table->columns[target].info;
  if (column->type != CR_COLUMN_IMAGE) return CR_OK;
  if (table->column_count > 1) {
    cr_fail_at(CR_ERR_TARGET, table->path, 0, target + 1,
               "column '%s' holds images; a target holds labels or numbers", column->name);
    return cr_fix("--target NAME of another column");
  }
  cr_fail_at(CR_ERR_TARGET, table->path, 0, 0, "%s holds images without labels", table->path);
  if (strcmp(table->origin.format, "pictures") == 0)
    return cr_fix("a folder that holds a folder of pictures for each class: its name is the label");
  return cr_fix("--labels FILE names the file with the labels");
}

/* Categories get their labels, and with them their width, when they are fitted. */
static cr_status add_input(cr_encoder *encoder, const cr_stored_column *stored, size_t place) {
  const cr_column *column = &stored->info;
  cr_input *input = &encoder->inputs[encoder->input_count];
  CR_TRY(cr_copy_text(column->name, &input->name));
  encoder->input_count++;
  input->type = column->type;
  input->width = column->width;
  input->height = column->height;
  input->image_width = column->image_width;
  input->channels = column->channels;
  input->scale = 1.0;
  input->amounts = stored->amounts != 0;
  input->column = place;
  encoder->width += column->width;
  return CR_OK;
}

static cr_status choose_inputs(cr_encoder *encoder, const cr_table *table,
                               const cr_prepare_options *options, const bool *dropped,
                               cr_strlist *warnings) {
  void *block = NULL;
  CR_TRY(cr_alloc(table->column_count, sizeof(cr_input), &block));
  encoder->inputs = block;
  for (size_t c = 0; c < table->column_count; c++) {
    if (c == encoder->target_column || dropped[c]) continue;
    CR_TRY(add_input(encoder, &table->columns[c], c));
  }
  CR_TRY(cr_encoder_set_types(encoder, table, options));
  CR_TRY(cr_encoder_find_kinds(encoder, table, warnings));
  CR_TRY(cr_encoder_set_policies(encoder, table, options));
  if (encoder->input_count > 0) return CR_OK;
  return cr_table_fail_alone(table, encoder->target);
}

/* Whole numbers, few different ones, and each of them a few times, look like labels. */
static bool looks_like_classes(const cr_table *table, size_t target) {
  const cr_stored_column *column = &table->columns[target];
  if (column->info.type == CR_COLUMN_TEXT || column->is_label) return true;
  const size_t distinct = column->info.distinct;
  if (!column->info.integer || distinct > MAX_GUESSED_CLASSES) return false;
  return distinct <= 2 || table->rows >= 2 * distinct;
}

static cr_status fix_target(const cr_table *table, size_t target, const char *words) {
  cr_strbuf fix = {0};
  cr_strbuf_format(&fix, "--type ");
  cr_quote_shell(&fix, table->columns[target].info.name);
  cr_strbuf_format(&fix, "=number %s", words);
  return cr_fix_command(&fix);
}

/* Prices and shares are no classes, be they written as they like. */
static cr_status check_classes(const cr_table *table, size_t target) {
  const cr_column *column = &table->columns[target].info;
  if (column->type != CR_COLUMN_TEXT || column->distinct <= MAX_GUESSED_CLASSES) return CR_OK;
  const cr_comma_look commas = cr_table_look_for_commas(table, target);
  if (!commas && !cr_may_be_numbers(table, target)) return CR_OK;
  cr_fail_at(CR_ERR_TARGET, table->path, 0, target + 1,
             "column '%s' holds %zu different texts such as '%s', which may be numbers",
             column->name, column->distinct, cr_first_text(table, target).text);
  const char *words = "learns them as numbers, --task classification as classes";
  if (commas) return cr_table_fix_commas(table, target, commas, words);
  return fix_target(table, target, words);
}

/* What a type says of the target its task says, too. */
static const char *task_of(const cr_table *table, size_t target,
                           const cr_prepare_options *options) {
  if (options->task != NULL && strcmp(options->task, "auto") != 0) return options->task;
  const cr_column_use told = cr_told_use(table, options, target);
  return told == CR_USE_NUMBER ? "regression" : told == CR_USE_CATEGORY ? "classification" : "auto";
}

static cr_status choose_task(cr_encoder *encoder, const cr_table *table, const char *task) {
  const size_t target = encoder->target_column;
  const cr_column *column = &table->columns[target].info;
  if (strcmp(task, "auto") == 0) {
    encoder->classes = looks_like_classes(table, target);
    return check_classes(table, target);
  }
  if (strcmp(task, "classification") == 0) {
    encoder->classes = true;
    if (column->type == CR_COLUMN_TEXT || column->integer) return CR_OK;
    cr_fail_at(CR_ERR_TARGET, table->path, 0, target + 1,
               "column '%s' holds numbers that are not whole; classes are texts or whole numbers",
               encoder->target);
    return cr_fix("leave the task open to learn the numbers, or --target NAME");
  }
  if (strcmp(task, "regression") == 0) {
    if (column->type != CR_COLUMN_TEXT) return CR_OK;
    cr_fail_at(CR_ERR_TARGET, table->path, 0, target + 1,
               "column '%s' holds texts such as '%s'; regression learns numbers", encoder->target,
               cr_first_text(table, target).text);
    const cr_comma_look commas = cr_table_look_for_commas(table, target);
    if (commas) return cr_table_fix_commas(table, target, commas, "reads them so");
    if (cr_may_be_numbers(table, target)) return fix_target(table, target, "reads them so");
    return cr_fix("leave the task open to learn the texts as classes, or --target NAME");
  }
  return cr_fail(CR_ERR_ARGUMENT, "the task is '%s'; expected auto, classification or regression",
                 task);
}

static cr_status fail_many_classes(const cr_encoder *encoder, const cr_table *table) {
  cr_fail_at(CR_ERR_TARGET, table->path, 0, encoder->target_column + 1,
             "column '%s' has more than %d different labels", encoder->target, CR_MAX_CLASSES);
  return cr_fix("--target NAME of the column to learn");
}

bool cr_insert_value(double *values, size_t *count, size_t room, double value) {
  size_t low = 0, high = *count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (values[middle] < value)
      low = middle + 1;
    else
      high = middle;
  }
  if (low < *count && values[low] == value) return true;
  if (*count == room) return false;
  memmove(values + low + 1, values + low, (*count - low) * sizeof *values);
  values[low] = value;
  ++*count;
  return true;
}

static cr_status number_labels(cr_encoder *encoder, const cr_table *table, const size_t *rows,
                               size_t count) {
  const cr_stored_column *column = &table->columns[encoder->target_column];
  double values[CR_MAX_CLASSES];
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    const double value = cr_column_number(column, rows[i]) + 0.0; /* -0 is 0 */
    if (!cr_insert_value(values, &found, CR_MAX_CLASSES, value))
      return fail_many_classes(encoder, table);
  }
  for (size_t k = 0; k < found; k++) {
    char text[32];
    cr_format_number(values[k], text);
    CR_TRY(cr_strlist_add(&encoder->labels, text));
  }
  return CR_OK;
}

/* The texts of a column are sorted already; those of rows that are left out do not count. */
static cr_status text_labels(cr_encoder *encoder, const cr_table *table, const size_t *rows,
                             size_t count) {
  const cr_stored_column *column = &table->columns[encoder->target_column];
  void *block = NULL;
  CR_TRY(cr_alloc(column->texts.count, sizeof(bool), &block));
  bool *used = block;
  for (size_t i = 0; i < count; i++) used[column->codes[rows[i]]] = true;
  cr_status status = CR_OK;
  for (size_t t = 0; t < column->texts.count && status == CR_OK; t++) {
    if (!used[t]) continue;
    status = encoder->labels.count < CR_MAX_CLASSES
                 ? cr_strlist_add(&encoder->labels, column->texts.items[t])
                 : fail_many_classes(encoder, table);
  }
  cr_free(block);
  return status;
}

/* Whose rows have a word elsewhere may be left with labels that are all numbers. */
static cr_status check_labels_differ(const cr_encoder *encoder, const cr_table *table) {
  cr_label_set set;
  const char *first = NULL, *second = NULL;
  CR_TRY(cr_label_set_create(&encoder->labels, &set));
  const bool same = cr_label_set_same(&set, &first, &second);
  cr_label_set_free(&set);
  if (!same) return CR_OK;
  cr_fail_at(CR_ERR_TARGET, table->path, 0, encoder->target_column + 1,
             "column '%s' has the labels '%s' and '%s', which are the same number", encoder->target,
             first, second);
  return cr_fix("write them alike");
}

static cr_status collect_labels(cr_encoder *encoder, const cr_table *table, const size_t *rows,
                                size_t count) {
  const bool texts = table->columns[encoder->target_column].info.type == CR_COLUMN_TEXT;
  CR_TRY(texts ? text_labels(encoder, table, rows, count)
               : number_labels(encoder, table, rows, count));
  if (encoder->labels.count > 1) return check_labels_differ(encoder, table);
  cr_fail_at(CR_ERR_TARGET, table->path, 0, encoder->target_column + 1,
             "every row has the label '%s' in column '%s'", encoder->labels.items[0],
             encoder->target);
  cr_why("with one class only there is nothing to tell apart");
  return cr_fix("--target NAME of another column, or add rows with another label");
}

cr_status cr_encoder_check_varies(const cr_table *table, size_t target, const size_t *rows,
                                  size_t count) {
  const cr_stored_column *column = &table->columns[target];
  const double first = cr_column_number(column, rows[0]);
  for (size_t i = 1; i < count; i++)
    if (cr_column_number(column, rows[i]) != first) return CR_OK;
  char text[32];
  cr_format_number(first, text);
  cr_fail_at(CR_ERR_TARGET, table->path, 0, target + 1, "column '%s' is %s in every row",
             table->columns[target].info.name, text);
  cr_why("a target that never changes leaves nothing to learn");
  return cr_fix("--target NAME of another column");
}

static cr_status check_target_rows(cr_encoder *encoder, const cr_table *table, const size_t *rows,
                                   size_t count) {
  if (encoder->classes) return collect_labels(encoder, table, rows, count);
  if (encoder->multilabel) return cr_encoder_check_labels(encoder, table, rows, count);
  for (size_t t = 0; t < encoder->numbers.count; t++)
    CR_TRY(cr_encoder_check_varies(table, encoder->label_columns[t], rows, count));
  return encoder->numbers.count > 0
             ? CR_OK
             : cr_encoder_check_varies(table, encoder->target_column, rows, count);
}

/* What the target means, from the rows that can be used. */
static cr_status describe_target(cr_encoder *encoder, const cr_table *table, bool skip_bad_rows) {
  cr_large_block rows;
  size_t count = 0;
  CR_TRY(cr_large_block_create(table, table->rows, sizeof(size_t), &rows));
  cr_status status = cr_encoder_usable(encoder, table, true, skip_bad_rows, rows.bytes, &count);
  if (status == CR_OK) status = check_target_rows(encoder, table, rows.bytes, count);
  cr_large_block_free(&rows);
  return status;
}

/* A single target: its column, and what it holds. */
static cr_status choose_target(cr_encoder *encoder, const cr_table *table,
                               const cr_prepare_options *options, const bool *dropped) {
  const char *name = options->target_count == 1 ? options->targets[0] : options->target;
  CR_TRY(find_target(table, name, dropped, &encoder->target_column));
  CR_TRY(check_target_type(table, encoder->target_column));
  CR_TRY(cr_copy_text(table->columns[encoder->target_column].info.name, &encoder->target));
  return choose_task(encoder, table, task_of(table, encoder->target_column, options));
}

static void note_amounts(cr_encoder *encoder, const cr_table *table) {
  for (size_t c = 0; c < table->column_count; c++)
    encoder->amounts |= encoder->uses[c] == CR_USE_TARGET && table->columns[c].amounts != 0;
}

/* dropped (columns) is all false at first. */
static cr_status choose_columns(cr_encoder *encoder, const cr_table *table,
                                const cr_prepare_options *options, bool *dropped,
                                cr_strlist *warnings) {
  if (options->target != NULL && options->target_count > 0)
    return cr_fail(CR_ERR_ARGUMENT, "there is a target, '%s', and a list of targets",
                   options->target);
  CR_TRY(mark_drops(table, options, dropped));
  CR_TRY(cr_mark_skips(table, options, dropped, encoder->uses));
  CR_TRY(take_weight(encoder, table, options, dropped));
  CR_TRY(options->target_count > 1 ? cr_encoder_choose_labels(encoder, table, options, dropped)
                                   : choose_target(encoder, table, options, dropped));
  CR_TRY(mark_others(encoder, table, options, dropped));
  note_amounts(encoder, table);
  CR_TRY(choose_inputs(encoder, table, options, dropped, warnings));
  return warnings ? cr_table_warn_amounts(table, encoder->uses, warnings) : CR_OK;
}

static cr_status fill(cr_encoder *encoder, const cr_table *table, const cr_prepare_options *options,
                      cr_strlist *warnings) {
  encoder->target_scale = 1.0;
  encoder->columns = table->column_count;
  encoder->named = cr_table_is_named(table);
  void *dropped = NULL, *uses = NULL;
  CR_TRY(cr_alloc(table->column_count, sizeof(cr_column_use), &uses));
  encoder->uses = uses;
  CR_TRY(cr_alloc(table->column_count, sizeof(bool), &dropped));
  const cr_status status = choose_columns(encoder, table, options, dropped, warnings);
  cr_free(dropped);
  CR_TRY(status);
  return describe_target(encoder, table, options->skip_bad_rows);
}

cr_status cr_encoder_create(const cr_table *table, const cr_prepare_options *options,
                            cr_strlist *warnings, cr_encoder **out) {
  *out = NULL;
  if (table->rows == 0 || table->column_count == 0)
    return cr_fail_at(CR_ERR_EMPTY, table->path, 0, 0, "%s has no rows", table->path);
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_encoder), &block));
  const cr_status status = fill(block, table, options, warnings);
  if (status == CR_OK)
    *out = block;
  else
    cr_encoder_destroy(block);
  return status;
}

const char *cr_encoder_task(const cr_encoder *encoder) {
  if (encoder->classes) return "classification";
  return encoder->multilabel ? "multilabel" : "regression";
}

void cr_encoder_destroy(cr_encoder *encoder) {
  if (encoder == NULL) return;
  for (size_t i = 0; i < encoder->input_count; i++) cr_input_free(&encoder->inputs[i]);
  cr_free(encoder->inputs);
  cr_free(encoder->target);
  cr_free(encoder->weight);
  cr_free(encoder->uses);
  cr_free(encoder->label_columns);
  cr_free(encoder->target_scaling);
  cr_strlist_free(&encoder->numbers);
  cr_strlist_free(&encoder->labels);
  cr_free(encoder);
}
