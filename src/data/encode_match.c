/* Finding the columns of an encoder in a table: by name, or by place where there are no names. */
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "data/encode_parts.h"

bool cr_table_is_named(const cr_table *table) {
  if (table->origin.has_header) return true;
  for (size_t c = 0; c < table->column_count; c++)
    if (table->columns[c].info.type == CR_COLUMN_IMAGE) return true;
  return false;
}

void cr_add_drop(cr_strbuf *command, const char *name) {
  if (command->length > sizeof((cr_error){0}.fix)) return;
  if (strchr(name, ',') != NULL) command->failed = true;
  cr_strbuf_format(command, "%s--drop ", command->length > 0 ? " " : "");
  cr_quote_shell(command, name);
}

/* Pictures for a model of numbers, or the other way round: no name of a column would mend it. */
static cr_status fail_kind(const cr_encoder *encoder, const cr_table *table) {
  if (encoder->inputs[0].type == CR_COLUMN_IMAGE) {
    cr_fail_at(CR_ERR_SHAPE, table->path, 0, 0, "this model takes images, %s holds none",
               table->path);
    return cr_fix("name a picture, a folder of pictures, or a file of images");
  }
  cr_fail_at(CR_ERR_SHAPE, table->path, 0, 0,
             "this model takes rows of %zu column%s, %s holds images", encoder->input_count,
             encoder->input_count == 1 ? "" : "s", table->path);
  return cr_fix("name a table with its columns: %s, …", encoder->inputs[0].name);
}

static bool holds_images(const cr_table *table) {
  return table->column_count > 0 && table->columns[0].info.type == CR_COLUMN_IMAGE;
}

/* Is there a column for each missing input but for capitals? */
static bool differ_in_case(const cr_encoder *encoder, const cr_table *table, const size_t *inputs) {
  for (size_t i = 0; i < encoder->input_count; i++) {
    bool found = inputs[i] != SIZE_MAX;
    for (size_t c = 0; c < table->column_count && !found; c++)
      found = strcasecmp(table->columns[c].info.name, encoder->inputs[i].name) == 0;
    if (!found) return false;
  }
  return true;
}

/* "this model takes 4 inputs, new.csv lacks petal_width" */
static cr_status fail_missing(const cr_encoder *encoder, const cr_table *table,
                              const size_t *inputs) {
  if (holds_images(table) != (encoder->inputs[0].type == CR_COLUMN_IMAGE))
    return fail_kind(encoder, table);
  cr_name_list names = {0};
  cr_strbuf command = {0};
  cr_strbuf_format(&command, "add what is missing, or train without it: chainrule train …");
  for (size_t i = 0; i < encoder->input_count; i++) {
    if (inputs[i] != SIZE_MAX) continue;
    cr_name_list_add(&names, encoder->inputs[i].name);
    cr_add_drop(&command, encoder->inputs[i].name);
  }
  if (names.count == encoder->input_count) cr_strbuf_free(&command);
  cr_fail_at(CR_ERR_SHAPE, table->path, 0, 0, "this model takes %zu input%s, %s lacks %s",
             encoder->input_count, encoder->input_count == 1 ? "" : "s", table->path,
             cr_name_list_text(&names));
  cr_name_list_free(&names);
  const bool case_only = differ_in_case(encoder, table, inputs);
  cr_why(case_only
             ? "columns are matched by their names, in which capitals and small letters differ"
             : "columns are matched by their names, in any order");
  cr_fix("name the columns as the table it was trained on has them");
  return cr_fix_command(&command);
}

const cr_strlist *cr_encoder_target_names(const cr_encoder *encoder) {
  return encoder->multilabel ? &encoder->labels : &encoder->numbers;
}

size_t cr_encoder_target_count(const cr_encoder *encoder) {
  const size_t several = cr_encoder_target_names(encoder)->count;
  return several > 0 ? several : 1;
}

/* Target `index`: its name, and its place in the table the encoder was made from. */
static const char *target_name(const cr_encoder *encoder, size_t index) {
  const cr_strlist *names = cr_encoder_target_names(encoder);
  return names->count > 0 ? names->items[index] : encoder->target;
}

static size_t target_place(const cr_encoder *encoder, size_t index) {
  const bool several = cr_encoder_target_names(encoder)->count > 0;
  return several ? encoder->label_columns[index] : encoder->target_column;
}

double cr_encoder_target_shift(const cr_encoder *encoder, size_t index) {
  return encoder->target_scaling ? encoder->target_scaling[index] : encoder->target_shift;
}

double cr_encoder_target_scale(const cr_encoder *encoder, size_t index) {
  return encoder->target_scaling ? encoder->target_scaling[encoder->numbers.count + index]
                                 : encoder->target_scale;
}

static cr_status match_names(const cr_encoder *encoder, const cr_table *table, size_t *inputs,
                             size_t *targets) {
  bool complete = true;
  for (size_t i = 0; i < encoder->input_count; i++) {
    inputs[i] = SIZE_MAX;
    const char *name = encoder->inputs[i].name;
    if (!cr_table_find(table, name, &inputs[i]) && !cr_table_find_zeros(table, name, &inputs[i]))
      complete = false;
  }
  for (size_t t = 0; t < cr_encoder_target_count(encoder); t++) {
    targets[t] = SIZE_MAX;
    cr_table_find(table, target_name(encoder, t), &targets[t]);
  }
  return complete ? CR_OK : fail_missing(encoder, table, inputs);
}

/* Do the places of the columns in the table it was made from make sense in this one? */
static bool has_layout(const cr_encoder *encoder, const cr_table *table) {
  const size_t found = table->column_count, targets = cr_encoder_target_count(encoder);
  bool same = found == encoder->columns, but_targets = found + targets == encoder->columns;
  for (size_t t = 0; t < targets; t++) {
    same = same && target_place(encoder, t) < found;
    but_targets = but_targets && target_place(encoder, t) >= found;
  }
  if (!same && !but_targets) return false;
  for (size_t i = 0; i < encoder->input_count; i++)
    if (encoder->inputs[i].column >= found) return false;
  return true;
}

/*
 * Without names: the columns of the table it was made from, with or without targets at the end; or
 * the inputs alone; or the inputs and then the targets.
 */
static cr_status match_places(const cr_encoder *encoder, const cr_table *table, size_t *inputs,
                              size_t *targets) {
  const size_t found = table->column_count, wanted = encoder->input_count;
  const size_t target_count = cr_encoder_target_count(encoder);
  if (has_layout(encoder, table)) {
    for (size_t i = 0; i < wanted; i++) inputs[i] = encoder->inputs[i].column;
    for (size_t t = 0; t < target_count; t++) {
      const size_t place = target_place(encoder, t);
      targets[t] = place < found ? place : SIZE_MAX;
    }
    return CR_OK;
  }
  if (found == wanted || found == wanted + target_count) {
    for (size_t i = 0; i < wanted; i++) inputs[i] = i;
    for (size_t t = 0; t < target_count; t++) targets[t] = found > wanted ? wanted + t : SIZE_MAX;
    return CR_OK;
  }
  cr_fail_at(CR_ERR_SHAPE, table->path, 0, 0, "this model takes %zu input%s, %s has %zu column%s",
             wanted, wanted == 1 ? "" : "s", table->path, found, found == 1 ? "" : "s");
  cr_why("without a header line on both sides the number of columns has to fit");
  return cr_fix("give it %zu column%s, or %zu with '%s' at the end", wanted, wanted == 1 ? "" : "s",
                wanted + target_count, encoder->target);
}

static cr_status warn_places(const cr_encoder *encoder, const cr_table *table,
                             cr_strlist *warnings) {
  if (encoder->named == cr_table_is_named(table)) return CR_OK;
  return cr_strlist_format(warnings, "columns are matched by their places: %s has no header line",
                           encoder->named ? table->path : "the table of the training");
}

static const char *type_name(cr_column_type type) {
  static const char *const names[] = {[CR_COLUMN_NUMBER] = "numbers",
                                      [CR_COLUMN_TEXT] = "texts",
                                      [CR_COLUMN_IMAGE] = "images",
                                      [CR_COLUMN_DATE] = "dates"};
  return names[type];
}

/* Dates are texts; a column without any value looks like one of numbers. */
static bool may_be_dates(const cr_table *table, const cr_column *column) {
  return column->type == CR_COLUMN_TEXT ||
         (column->type == CR_COLUMN_NUMBER && column->missing == table->rows);
}

static cr_status check_input(const cr_table *table, size_t column, const cr_input *input) {
  const cr_column *found = &table->columns[column].info;
  if (input->type == CR_COLUMN_TEXT && found->type != CR_COLUMN_IMAGE) return CR_OK;
  if (input->type == CR_COLUMN_DATE && may_be_dates(table, found)) return CR_OK;
  if (input->type == CR_COLUMN_NUMBER && found->type == CR_COLUMN_TEXT)
    return cr_fail_text(table, column, "the model was trained with numbers in this column");
  if (input->type != found->type)
    return cr_fail_at(CR_ERR_SHAPE, table->path, 0, column + 1,
                      "column '%s' holds %s, this model takes %s there", found->name,
                      type_name(found->type), type_name(input->type));
  if (input->height == found->height && input->image_width == found->image_width &&
      input->channels == found->channels)
    return CR_OK;
  return cr_fail_at(CR_ERR_SHAPE, table->path, 0, column + 1,
                    "this model takes images of %zu × %zu with %zu channel%s, those of %s are "
                    "%zu × %zu with %zu",
                    input->height, input->image_width, input->channels,
                    input->channels == 1 ? "" : "s", table->path, found->height, found->image_width,
                    found->channels);
}

/*
 * One sentence about the columns that are neither an input nor a target. Weights of rows are for
 * training: nobody misses them.
 */
static cr_status warn_ignored(const cr_encoder *encoder, const cr_table *table,
                              const size_t *inputs, const size_t *targets, cr_strlist *warnings) {
  void *block = NULL;
  CR_TRY(cr_alloc(table->column_count + 1, sizeof(bool), &block)); /* that of zeros, too */
  bool *used = block;
  for (size_t i = 0; i < encoder->input_count; i++) used[inputs[i]] = true;
  for (size_t t = 0; t < cr_encoder_target_count(encoder); t++)
    if (targets[t] != SIZE_MAX) used[targets[t]] = true;
  size_t weight = 0;
  if (encoder->weight != NULL && cr_table_find(table, encoder->weight, &weight))
    used[weight] = true;
  cr_name_list names = {0};
  for (size_t c = 0; c < table->column_count; c++) {
    if (!used[c]) cr_name_list_add(&names, table->columns[c].info.name);
  }
  cr_free(block);
  if (names.count == 0) return CR_OK;
  const cr_status status = cr_strlist_format(
      warnings, "ignored column%s: %s", names.count == 1 ? "" : "s", cr_name_list_text(&names));
  cr_name_list_free(&names);
  return status;
}

cr_status cr_encoder_match(const cr_encoder *encoder, const cr_table *table, size_t *inputs,
                           size_t *targets, cr_strlist *warnings) {
  const bool by_name = encoder->named && cr_table_is_named(table);
  CR_TRY(by_name ? match_names(encoder, table, inputs, targets)
                 : match_places(encoder, table, inputs, targets));
  for (size_t i = 0; i < encoder->input_count; i++)
    CR_TRY(check_input(table, inputs[i], &encoder->inputs[i]));
  if (warnings == NULL) return CR_OK;
  CR_TRY(warn_places(encoder, table, warnings));
  return warn_ignored(encoder, table, inputs, targets, warnings);
}
