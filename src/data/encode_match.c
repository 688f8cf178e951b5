/* Finding the columns of an encoder in a table: by name, or by place where there are no names. */
#include <string.h>

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

/* "this model takes 4 inputs, new.csv lacks petal_width" */
static cr_status fail_missing(const cr_encoder *encoder, const cr_table *table,
                              const size_t *inputs) {
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
  cr_why("columns are matched by their names, in any order");
  cr_fix("name the columns as the table it was trained on has them");
  return cr_fix_command(&command);
}

static cr_status match_names(const cr_encoder *encoder, const cr_table *table, size_t *inputs,
                             size_t *target) {
  bool complete = true;
  for (size_t i = 0; i < encoder->input_count; i++) {
    inputs[i] = SIZE_MAX;
    if (!cr_table_find(table, encoder->inputs[i].name, &inputs[i])) complete = false;
  }
  *target = SIZE_MAX;
  cr_table_find(table, encoder->target, target);
  return complete ? CR_OK : fail_missing(encoder, table, inputs);
}

/* Do the places of the columns in the table it was made from make sense in this one? */
static bool has_layout(const cr_encoder *encoder, const cr_table *table) {
  const size_t found = table->column_count;
  const bool same = found == encoder->columns && encoder->target_column < found;
  const bool but_target = found + 1 == encoder->columns && encoder->target_column == found;
  if (!same && !but_target) return false;
  for (size_t i = 0; i < encoder->input_count; i++)
    if (encoder->inputs[i].column >= found) return false;
  return true;
}

/*
 * Without names: the columns of the table it was made from, with or without a target at the end; or
 * the inputs alone; or the inputs and then the target.
 */
static cr_status match_places(const cr_encoder *encoder, const cr_table *table, size_t *inputs,
                              size_t *target) {
  const size_t found = table->column_count, wanted = encoder->input_count;
  if (has_layout(encoder, table)) {
    for (size_t i = 0; i < wanted; i++) inputs[i] = encoder->inputs[i].column;
    *target = encoder->target_column < found ? encoder->target_column : SIZE_MAX;
    return CR_OK;
  }
  if (found == wanted || found == wanted + 1) {
    for (size_t i = 0; i < wanted; i++) inputs[i] = i;
    *target = found > wanted ? wanted : SIZE_MAX;
    return CR_OK;
  }
  cr_fail_at(CR_ERR_SHAPE, table->path, 0, 0, "this model takes %zu input%s, %s has %zu column%s",
             wanted, wanted == 1 ? "" : "s", table->path, found, found == 1 ? "" : "s");
  cr_why("without a header line on both sides the number of columns has to fit");
  return cr_fix("give it %zu column%s, or %zu with '%s' at the end", wanted, wanted == 1 ? "" : "s",
                wanted + 1, encoder->target);
}

static cr_status warn_places(const cr_encoder *encoder, const cr_table *table,
                             cr_strlist *warnings) {
  if (encoder->named == cr_table_is_named(table)) return CR_OK;
  return cr_strlist_format(warnings, "columns are matched by their places: %s has no header line",
                           encoder->named ? table->path : "the table of the training");
}

static const char *type_name(cr_column_type type) {
  return type == CR_COLUMN_IMAGE ? "images" : type == CR_COLUMN_TEXT ? "texts" : "numbers";
}

static cr_status check_input(const cr_table *table, size_t column, const cr_input *input) {
  const cr_column *found = &table->columns[column].info;
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

/* One sentence about the columns that are neither an input nor the target. */
static cr_status warn_ignored(const cr_encoder *encoder, const cr_table *table,
                              const size_t *inputs, size_t target, cr_strlist *warnings) {
  void *block = NULL;
  CR_TRY(cr_alloc(table->column_count, sizeof(bool), &block));
  bool *used = block;
  for (size_t i = 0; i < encoder->input_count; i++) used[inputs[i]] = true;
  if (target != SIZE_MAX) used[target] = true;
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
                           size_t *target, cr_strlist *warnings) {
  const bool by_name = encoder->named && cr_table_is_named(table);
  CR_TRY(by_name ? match_names(encoder, table, inputs, target)
                 : match_places(encoder, table, inputs, target));
  for (size_t i = 0; i < encoder->input_count; i++)
    CR_TRY(check_input(table, inputs[i], &encoder->inputs[i]));
  if (warnings == NULL) return CR_OK;
  CR_TRY(warn_places(encoder, table, warnings));
  return warn_ignored(encoder, table, inputs, *target, warnings);
}
