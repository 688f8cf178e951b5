/* Categories: columns of few different values, of which each becomes an input of 0 or 1. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "data/encode_parts.h"
#include "data/label_set.h"

void cr_input_free(cr_input *input) {
  cr_free(input->name);
  cr_strlist_free(&input->labels);
}

static bool is_text(const cr_stored_column *column) {
  return column->info.type == CR_COLUMN_TEXT;
}

static bool is_gap(const cr_stored_column *column, size_t row) {
  return is_text(column) ? column->codes[row] == UINT32_MAX
                         : column->numbers[row] != column->numbers[row];
}

/* --- labels ----------------------------------------------------------------------------------- */

/* Adds the different numbers, ascending; *many: there are more than a category has. */
static cr_status collect_numbers(cr_input *input, const cr_stored_column *column,
                                 const size_t *rows, size_t count, bool *many) {
  double values[CR_MAX_CATEGORIES];
  size_t found = 0;
  for (size_t i = 0; i < count && !*many; i++) {
    if (is_gap(column, rows[i])) continue;
    const double value = column->numbers[rows[i]] + 0.0; /* -0 is 0 */
    *many = !cr_insert_value(values, &found, CR_MAX_CATEGORIES, value);
  }
  for (size_t k = 0; k < found && !*many; k++) {
    char text[32];
    cr_format_number(values[k], text);
    CR_TRY(cr_strlist_add(&input->labels, text));
  }
  return CR_OK;
}

/* The texts of a column are sorted already; those of other rows do not count. */
static cr_status collect_texts(cr_input *input, const cr_stored_column *column, const size_t *rows,
                               size_t count, bool *many) {
  void *block = NULL;
  CR_TRY(cr_alloc(column->texts.count, sizeof(bool), &block));
  bool *used = block;
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t code = column->codes[rows[i]];
    if (code == UINT32_MAX || used[code]) continue;
    used[code] = true;
    found++;
  }
  *many = found > CR_MAX_CATEGORIES;
  cr_status status = CR_OK;
  for (size_t t = 0; t < column->texts.count && status == CR_OK && !*many; t++)
    if (used[t]) status = cr_strlist_add(&input->labels, column->texts.items[t]);
  cr_free(block);
  return status;
}

static cr_status fail_many(const cr_input *input, const cr_table *table, size_t column) {
  cr_strbuf command = {0};
  cr_fail_at(CR_ERR_COLUMN, table->path, 0, column + 1,
             "column '%s' has more than %d different values in the training part", input->name,
             CR_MAX_CATEGORIES);
  cr_why("each value of a category is an input of its own");
  cr_fix("--drop the column");
  cr_add_drop(&command, input->name);
  return cr_fix_command(&command);
}

/* Nearly a value a row says which row it is, and nothing of others. */
static bool tells_rows_apart(const cr_input *input, size_t count) {
  const size_t labels = input->labels.count;
  return !input->declared && labels > 2 && labels > count / 2;
}

cr_status cr_category_collect(cr_input *input, bool marks, const cr_table *table, size_t column,
                              const size_t *rows, size_t count, cr_category_fit *fit) {
  const cr_stored_column *stored = &table->columns[column];
  bool many = false;
  size_t gaps = 0;
  cr_strlist_free(&input->labels);
  CR_TRY(is_text(stored) ? collect_texts(input, stored, rows, count, &many)
                         : collect_numbers(input, stored, rows, count, &many));
  if (many && input->declared) return fail_many(input, table, column);
  for (size_t i = 0; i < count; i++) gaps += is_gap(stored, rows[i]);
  if (input->gaps != CR_GAPS_REFUSED)
    input->gaps = marks && gaps > 0 ? CR_GAPS_MARKED : CR_GAPS_FILLED;
  input->width = input->labels.count + (input->gaps == CR_GAPS_MARKED);
  *fit = many || tells_rows_apart(input, count) ? CR_CATEGORY_TEXT
         : input->width < 2                     ? CR_CATEGORY_CONSTANT
                                                : CR_CATEGORY;
  return CR_OK;
}

/* --- values ----------------------------------------------------------------------------------- */

/* The labels of a category, and which of them each text of a column is. */
typedef struct lookup {
  cr_label_set labels;
  uint32_t *of_text; /* (texts) UINT32_MAX: none of them; NULL for a column of numbers */
} lookup;

static void lookup_free(lookup *l) {
  cr_label_set_free(&l->labels);
  cr_free(l->of_text);
}

static cr_status lookup_create(const cr_input *input, const cr_stored_column *column, lookup *out) {
  *out = (lookup){0};
  CR_TRY(cr_label_set_create(&input->labels, &out->labels));
  if (!is_text(column)) return CR_OK;
  void *block = NULL;
  const cr_status status = cr_alloc(column->texts.count, sizeof(uint32_t), &block);
  if (status != CR_OK) {
    lookup_free(out);
    return status;
  }
  out->of_text = block;
  for (size_t t = 0; t < column->texts.count; t++)
    out->of_text[t] = cr_label_set_text(&out->labels, column->texts.items[t]);
  return CR_OK;
}

/* The label of a value that is there; UINT32_MAX: none of them. */
static uint32_t label_at(const lookup *l, const cr_stored_column *column, size_t row) {
  return l->of_text ? l->of_text[column->codes[row]]
                    : cr_label_set_number(&l->labels, column->numbers[row]);
}

cr_status cr_category_encode(const cr_input *input, const cr_table *table, size_t column,
                             const size_t *rows, size_t count, float *out, size_t stride) {
  const cr_stored_column *stored = &table->columns[column];
  lookup l;
  CR_TRY(lookup_create(input, stored, &l));
  for (size_t i = 0; i < count; i++) {
    float *x = out + i * stride;
    memset(x, 0, input->width * sizeof *x);
    const bool gap = is_gap(stored, rows[i]);
    const size_t place = gap ? input->labels.count : label_at(&l, stored, rows[i]);
    if (place < input->width) x[place] = 1.0F;
  }
  lookup_free(&l);
  return CR_OK;
}

static cr_status count_unseen(const cr_input *input, const cr_stored_column *column,
                              const size_t *rows, size_t count, size_t *unseen) {
  lookup l;
  *unseen = 0;
  CR_TRY(lookup_create(input, column, &l));
  for (size_t i = 0; i < count; i++)
    *unseen += !is_gap(column, rows[i]) && label_at(&l, column, rows[i]) == UINT32_MAX;
  lookup_free(&l);
  return CR_OK;
}

static cr_status warn_gaps(const cr_input *input, size_t gaps, size_t rows, cr_strlist *warnings) {
  char value[32];
  if (input->type == CR_COLUMN_DATE)
    cr_format_date(input->shift, value);
  else
    snprintf(value, sizeof value, "%.6g", input->shift);
  return cr_strlist_format(warnings,
                           "column '%s' has no value in %zu of %zu rows, and had one in every "
                           "training row: taken as %s",
                           input->name, gaps, rows,
                           input->type == CR_COLUMN_TEXT ? "none of its labels" : value);
}

static cr_status warn_column(const cr_input *input, const cr_stored_column *column,
                             const size_t *rows, size_t count, cr_strlist *warnings) {
  size_t gaps = 0, unseen = 0;
  if (input->type == CR_COLUMN_IMAGE) return CR_OK;
  if (input->gaps == CR_GAPS_FILLED && column->info.missing > 0)
    for (size_t i = 0; i < count; i++) gaps += is_gap(column, rows[i]);
  if (gaps > 0) CR_TRY(warn_gaps(input, gaps, count, warnings));
  if (input->type != CR_COLUMN_TEXT) return CR_OK;
  CR_TRY(count_unseen(input, column, rows, count, &unseen));
  if (unseen == 0) return CR_OK;
  return cr_strlist_format(warnings,
                           "column '%s' has a value in %zu of %zu rows that no training row had: "
                           "taken as none of its labels",
                           input->name, unseen, count);
}

static cr_status warn_columns(const cr_encoder *encoder, const cr_table *table, size_t *places,
                              const size_t *rows, size_t count, cr_strlist *warnings) {
  CR_TRY(cr_encoder_match(encoder, table, places, places + encoder->input_count, NULL));
  for (size_t i = 0; i < encoder->input_count; i++)
    CR_TRY(warn_column(&encoder->inputs[i], &table->columns[places[i]], rows, count, warnings));
  return CR_OK;
}

cr_status cr_encoder_warn_new(const cr_encoder *encoder, const cr_table *table, const size_t *rows,
                              size_t count, cr_strlist *warnings) {
  void *block = NULL;
  CR_TRY(cr_alloc(encoder->input_count + cr_encoder_target_count(encoder), sizeof(size_t), &block));
  const cr_status status = warn_columns(encoder, table, block, rows, count, warnings);
  cr_free(block);
  return status;
}
