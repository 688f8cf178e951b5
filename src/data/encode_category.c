/* Categories: columns of few different values, of which each becomes an input of 0 or 1, or, of
 * more, a few of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "data/encode_parts.h"
#include "data/label_set.h"

void cr_input_free(cr_input *input) {
  cr_free(input->name);
  cr_free(input->fill_text);
  cr_free(input->knots);
  cr_strlist_free(&input->labels);
}

static bool is_text(const cr_stored_column *column) {
  return column->info.type == CR_COLUMN_TEXT;
}

static bool is_gap(const cr_stored_column *column, size_t row) {
  return is_text(column) ? column->codes[row] == UINT32_MAX : isnan(cr_column_number(column, row));
}

/* --- labels ----------------------------------------------------------------------------------- */

/* Adds the different numbers, ascending, and counts them to just above what a category has. */
static cr_status collect_numbers(cr_input *input, const cr_stored_column *column,
                                 const size_t *rows, size_t count, size_t *found) {
  double values[CR_MAX_CATEGORIES + 1];
  for (size_t i = 0; i < count && *found <= CR_MAX_CATEGORIES; i++) {
    if (is_gap(column, rows[i])) continue;
    const double value = cr_column_number(column, rows[i]) + 0.0; /* -0 is 0 */
    cr_insert_value(values, found, CR_MAX_CATEGORIES + 1, value);
  }
  for (size_t k = 0; k < *found && *found <= CR_MAX_CATEGORIES; k++) {
    char text[32];
    cr_format_number(values[k], text);
    CR_TRY(cr_strlist_add(&input->labels, text));
  }
  return CR_OK;
}

/* The texts of a column are sorted already; those of other rows do not count. */
static cr_status collect_texts(cr_input *input, const cr_stored_column *column, const size_t *rows,
                               size_t count, size_t *found) {
  void *block = NULL;
  CR_TRY(cr_alloc(column->texts.count, sizeof(bool), &block));
  bool *used = block;
  for (size_t i = 0; i < count; i++) {
    const uint32_t code = column->codes[rows[i]];
    if (code == UINT32_MAX || used[code]) continue;
    used[code] = true;
    ++*found;
  }
  cr_status status = CR_OK;
  const bool few = *found <= CR_MAX_CATEGORIES;
  for (size_t t = 0; t < column->texts.count && status == CR_OK && few; t++)
    if (used[t]) status = cr_strlist_add(&input->labels, column->texts.items[t]);
  cr_free(block);
  return status;
}

/* Nearly a value a row says which row it is, and nothing of others. */
static bool tells_rows_apart(const cr_input *input, size_t found, size_t count) {
  enum { ROWS_A_HASHED_VALUE = 4 };
  if (input->declared) return false;
  if (found > CR_MAX_CATEGORIES) return found > count / ROWS_A_HASHED_VALUE;
  return found > 2 && found > count / 2;
}

/* The commonest number, of equals the least. */
static cr_status commonest_number(const cr_stored_column *column, const size_t *rows, size_t count,
                                  char text[32]) {
  void *block = NULL;
  size_t found = 0, longest = 0;
  CR_TRY(cr_alloc(count, sizeof(double), &block));
  double *sorted = block;
  for (size_t i = 0; i < count; i++)
    if (!is_gap(column, rows[i])) sorted[found++] = cr_column_number(column, rows[i]) + 0.0;
  qsort(sorted, found, sizeof *sorted, cr_compare_numbers);
  for (size_t i = 0, end = 0; i < found; i = end) {
    while (end < found && sorted[end] == sorted[i]) end++;
    if (end - i <= longest) continue;
    longest = end - i;
    cr_format_number(sorted[i], text);
  }
  cr_free(block);
  return CR_OK;
}

/* The place of the commonest text, of equals the first. */
static cr_status commonest_text(const cr_stored_column *column, const size_t *rows, size_t count,
                                size_t *out) {
  void *block = NULL;
  CR_TRY(cr_alloc(column->texts.count, sizeof(size_t), &block));
  size_t *counts = block;
  *out = 0;
  for (size_t i = 0; i < count; i++)
    if (!is_gap(column, rows[i])) counts[column->codes[rows[i]]]++;
  for (size_t t = 1; t < column->texts.count; t++)
    if (counts[t] > counts[*out]) *out = t;
  cr_free(block);
  return CR_OK;
}

/* The value that gaps are taken for: the commonest, or the one that was told. */
static cr_status settle_fill(cr_input *input, const cr_table *table, size_t column,
                             const size_t *rows, size_t count) {
  const cr_stored_column *stored = &table->columns[column];
  double value = 0.0;
  char number[32] = "";
  size_t place = 0;
  if (input->wishes.fill == CR_FILL_MODE && is_text(stored)) {
    CR_TRY(commonest_text(stored, rows, count, &place));
    CR_TRY(cr_copy_text(stored->texts.items[place], &input->fill_text));
  } else if (input->wishes.fill == CR_FILL_MODE) {
    CR_TRY(commonest_number(stored, rows, count, number));
    CR_TRY(cr_copy_text(number, &input->fill_text));
  }
  CR_TRY(cr_input_value(input, input->fill_text, &value));
  if (value >= 0.0) return CR_OK;
  cr_fail_at(CR_ERR_COLUMN, table->path, 0, column + 1,
             "'%.200s' for the gaps of column '%s' is none of its values in the training part",
             input->fill_text, input->name);
  return cr_fix("--missing NAME=own, mode or one of its values");
}

/* Are gaps taken for one of the values? */
static bool fills_gaps(const cr_wishes *wishes) {
  return wishes->keeps_fill && (wishes->fill == CR_FILL_MODE || wishes->fill == CR_FILL_CONSTANT);
}

static cr_status settle_gaps(cr_input *input, const cr_table *table, size_t column,
                             const size_t *rows, size_t count) {
  const bool fills = fills_gaps(&input->wishes);
  size_t gaps = 0;
  for (size_t i = 0; i < count; i++) gaps += is_gap(&table->columns[column], rows[i]);
  if (input->gaps != CR_GAPS_REFUSED)
    input->gaps = !fills && input->wishes.marks && gaps > 0 ? CR_GAPS_MARKED : CR_GAPS_FILLED;
  input->width =
      (input->hashed ? CR_HASH_INPUTS : input->labels.count) + (input->gaps == CR_GAPS_MARKED);
  return fills && input->gaps != CR_GAPS_REFUSED && gaps < count
             ? settle_fill(input, table, column, rows, count)
             : CR_OK;
}

cr_status cr_category_collect(cr_input *input, const cr_table *table, size_t column,
                              const size_t *rows, size_t count, cr_category_fit *fit) {
  const cr_stored_column *stored = &table->columns[column];
  size_t found = 0;
  cr_strlist_free(&input->labels);
  CR_TRY(is_text(stored) ? collect_texts(input, stored, rows, count, &found)
                         : collect_numbers(input, stored, rows, count, &found));
  input->hashed = found > CR_MAX_CATEGORIES;
  if (input->hashed) input->unseen_refused = false; /* which values there were is not kept */
  CR_TRY(settle_gaps(input, table, column, rows, count));
  *fit = tells_rows_apart(input, found, count) ? CR_CATEGORY_TEXT
         : input->width < 2                    ? CR_CATEGORY_CONSTANT
                                               : CR_CATEGORY;
  return CR_OK;
}

/* --- values ----------------------------------------------------------------------------------- */

/* The labels of a category, and the code of each text of a column: its label, or its hash. */
typedef struct lookup {
  const cr_input *input;
  cr_label_set labels;
  uint32_t *of_text; /* (texts) UINT32_MAX: none of them; NULL for a column of numbers */
  uint32_t gap;      /* the code of a gap that is taken for a value; UINT32_MAX: it is not */
} lookup;

static void lookup_free(lookup *l) {
  cr_label_set_free(&l->labels);
  cr_free(l->of_text);
}

static uint32_t code_of_text(const lookup *l, const char *text) {
  return l->input->hashed ? cr_hash_code(text) : cr_label_set_text(&l->labels, text);
}

static cr_status lookup_create(const cr_input *input, const cr_stored_column *column, lookup *out) {
  *out = (lookup){.input = input, .gap = UINT32_MAX};
  CR_TRY(cr_label_set_create(&input->labels, &out->labels));
  if (input->fill_text) out->gap = code_of_text(out, input->fill_text);
  if (!is_text(column)) return CR_OK;
  void *block = NULL;
  const cr_status status = cr_alloc(column->texts.count, sizeof(uint32_t), &block);
  if (status != CR_OK) {
    lookup_free(out);
    return status;
  }
  out->of_text = block;
  for (size_t t = 0; t < column->texts.count; t++)
    out->of_text[t] = code_of_text(out, column->texts.items[t]);
  return CR_OK;
}

/* The code of a value that is there; UINT32_MAX: none of the labels. */
static uint32_t code_at(const lookup *l, const cr_stored_column *column, size_t row) {
  if (l->of_text) return l->of_text[column->codes[row]];
  const double number = cr_column_number(column, row);
  return l->input->hashed ? cr_hash_code_of_number(number)
                          : cr_label_set_number(&l->labels, number);
}

static bool is_unseen(const lookup *l, const cr_stored_column *column, size_t row) {
  return !is_gap(column, row) && code_at(l, column, row) == UINT32_MAX;
}

static void set_code(const cr_input *input, uint32_t code, float *x) {
  if (!input->hashed) {
    x[code] = 1.0F;
    return;
  }
  for (size_t p = 0; p < CR_HASH_PLACES; p++)
    x[code >> p * CR_HASH_BITS & (CR_HASH_INPUTS - 1)] = 1.0F;
}

cr_status cr_fail_unseen(const cr_input *input, const cr_table *table, size_t column, size_t row) {
  const cr_stored_column *stored = &table->columns[column];
  char number[32] = "";
  if (!is_text(stored)) cr_format_number(cr_column_number(stored, row), number);
  return cr_fail_at(
      CR_ERR_NUMBER, table->path, 0, column + 1,
      "'%.200s' in column '%s', row %zu, is a value that no training row had, which this model "
      "refuses",
      is_text(stored) ? stored->texts.items[stored->codes[row]] : number, input->name,
      cr_table_row_number(table, row) + 1);
}

cr_status cr_category_encode(const cr_input *input, const cr_table *table, size_t column,
                             const size_t *rows, size_t count, float *out, size_t stride) {
  const cr_stored_column *stored = &table->columns[column];
  lookup l;
  cr_status status = CR_OK;
  CR_TRY(lookup_create(input, stored, &l));
  for (size_t i = 0; i < count && status == CR_OK; i++) {
    float *x = out + i * stride;
    memset(x, 0, input->width * sizeof *x);
    const bool gap = is_gap(stored, rows[i]);
    const uint32_t code = gap ? l.gap : code_at(&l, stored, rows[i]);
    if (code != UINT32_MAX)
      set_code(input, code, x);
    else if (gap && input->gaps == CR_GAPS_MARKED)
      x[input->width - 1] = 1.0F;
    else if (!gap && input->unseen_refused)
      status = cr_fail_unseen(input, table, column, rows[i]);
  }
  lookup_free(&l);
  return status;
}

cr_status cr_category_find_unseen(const cr_input *input, const cr_stored_column *column,
                                  size_t rows, bool *unseen) {
  lookup l;
  CR_TRY(lookup_create(input, column, &l));
  for (size_t r = 0; r < rows; r++) unseen[r] = is_unseen(&l, column, r);
  lookup_free(&l);
  return CR_OK;
}

static cr_status count_unseen(const cr_input *input, const cr_stored_column *column,
                              const size_t *rows, size_t count, size_t *unseen) {
  lookup l;
  *unseen = 0;
  CR_TRY(lookup_create(input, column, &l));
  for (size_t i = 0; i < count; i++) *unseen += is_unseen(&l, column, rows[i]);
  lookup_free(&l);
  return CR_OK;
}

static cr_status fail_text_value(const cr_input *input, const char *text) {
  return cr_fail(CR_ERR_NUMBER, "'%.200s' for input '%s' is not a %s", text, input->name,
                 input->type == CR_COLUMN_DATE ? "date" : "number");
}

cr_status cr_input_value(const cr_input *input, const char *text, double *value) {
  static const cr_stored_column none = {.info = {.type = CR_COLUMN_NUMBER}};
  const size_t size = text ? strlen(text) : 0;
  *value = (double)NAN;
  if (text == NULL) return CR_OK;
  if (input->type == CR_COLUMN_DATE)
    return cr_parse_date(text, size, input->order, value) ? CR_OK : fail_text_value(input, text);
  if (input->type != CR_COLUMN_TEXT)
    return cr_parse_number(text, size, value) ? CR_OK : fail_text_value(input, text);
  lookup l;
  CR_TRY(lookup_create(input, &none, &l));
  const uint32_t code = code_of_text(&l, text);
  *value = code == UINT32_MAX ? -1.0 : (double)code;
  lookup_free(&l);
  return CR_OK;
}

static cr_status warn_gaps(const cr_input *input, size_t gaps, size_t rows, cr_strlist *warnings) {
  char value[32];
  if (input->type == CR_COLUMN_DATE)
    cr_format_date(cr_input_gap(input), value);
  else
    snprintf(value, sizeof value, "%.6g", cr_input_gap(input));
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
  const bool told = input->type == CR_COLUMN_TEXT && input->fill_text != NULL;
  if (input->gaps == CR_GAPS_FILLED && !told && column->info.missing > 0)
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
  for (size_t i = 0; i < encoder->input_count; i++) {
    CR_TRY(warn_column(&encoder->inputs[i], &table->columns[places[i]], rows, count, warnings));
    cr_table_rest(table);
  }
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
