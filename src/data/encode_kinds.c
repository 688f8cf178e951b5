/* What columns are, found by looking at them: dates, and identifiers that tell nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
#include "data/amount.h"
#include "data/encode_parts.h"

enum { FEW_ROWS = 20 };

/* --- identifiers ------------------------------------------------------------------------------ */

/* Whole numbers, each as good as once: as many different ones as are counted, and room for more. */
static bool all_differ(const cr_table *table, const cr_column *column) {
  return column->type == CR_COLUMN_NUMBER && column->integer && table->rows > FEW_ROWS &&
         column->missing + column->bad == 0 &&
         column->distinct == cr_size_min(table->rows, CR_DISTINCT_COUNTED) &&
         column->maximum - column->minimum + 1.0 >= (double)table->rows;
}

/* Whole numbers one after the other, each once, say which row it is and nothing about it. */
static bool numbers_the_rows(const cr_table *table, const cr_column *column) {
  return all_differ(table, column) &&
         column->maximum - column->minimum + 1.0 == (double)table->rows;
}

/* Of ASCII, whatever the locale is. */
static bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

/* Does a name end in a word: the whole of it, or after a mark, or as in "customerId"? */
static bool ends_in(const char *name, const char *word) {
  const size_t length = strlen(name), size = strlen(word);
  if (length < size) return false;
  const char *at = name + length - size;
  for (size_t i = 0; i < size; i++)
    if ((is_upper(at[i]) ? at[i] - 'A' + 'a' : at[i]) != word[i]) return false;
  if (at == name || strchr("_-. ", at[-1]) != NULL) return true;
  return is_upper(at[0]) && is_lower(at[-1]);
}

static bool names_an_identifier(const char *name) {
  static const char *const words[] = {"id", "uuid", "guid", "index", "rowid", "row_number"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (ends_in(name, words[i])) return true;
  return false;
}

/* Are the numbers of a column in memory really all different? */
static cr_status search_again(const cr_table *table, size_t column, bool *again) {
  const cr_stored_column *stored = &table->columns[column];
  void *block = NULL;
  *again = false;
  CR_TRY(cr_alloc(table->rows, sizeof(double), &block));
  double *sorted = block;
  for (size_t r = 0; r < table->rows; r++) sorted[r] = cr_column_number(stored, r);
  qsort(sorted, table->rows, sizeof *sorted, cr_compare_numbers);
  for (size_t i = 1; i < table->rows && !*again; i++) *again = sorted[i] == sorted[i - 1];
  cr_free(block);
  return CR_OK;
}

static cr_status is_identifier(const cr_input *input, const cr_table *table, bool *out) {
  const cr_column *info = &table->columns[input->column].info;
  bool again = false;
  *out = false;
  if (!all_differ(table, info) || !names_an_identifier(input->name)) return CR_OK;
  CR_TRY(search_again(table, input->column, &again));
  *out = !again;
  return CR_OK;
}

/* --- numbers in other words ------------------------------------------------------------------- */

bool cr_may_be_numbers(const cr_table *table, size_t column) {
  const cr_strlist *texts = &table->columns[column].texts;
  bool amounts = false;
  for (size_t t = 0; t < texts->count; t++) {
    const char *text = texts->items[t];
    const size_t size = strlen(text);
    double value = 0.0;
    if (cr_parse_number(text, size, &value)) continue;
    amounts = true;
    if (cr_parse_amount(text, size, '.', &value) == 0) return false;
  }
  return amounts;
}

/* --- all inputs ------------------------------------------------------------------------------- */

/* The columns of which something is to be said. */
typedef struct findings {
  cr_name_list left_out, numbers, open, mixed, amounts, commas, typed_commas, short_years, times;
  const char *nameless; /* borrowed from the table; NULL: none */
} findings;

static cr_status look_at_numbers(const cr_input *input, const cr_table *table, bool alone,
                                 findings *f, cr_column_use *use) {
  bool identifier = false;
  const cr_stored_column *stored = &table->columns[input->column];
  if (alone) return CR_OK;
  if (stored->nameless && stored->info.integer) { /* the index of a data frame, in any order */
    *use = CR_USE_ID;
    f->nameless = stored->info.name;
    return CR_OK;
  }
  CR_TRY(is_identifier(input, table, &identifier));
  if (identifier) {
    *use = CR_USE_ID;
    cr_name_list_add(&f->left_out, input->name);
  } else if (numbers_the_rows(table, &stored->info)) {
    cr_name_list_add(&f->numbers, input->name);
  }
  return CR_OK;
}

/* Texts that are no dates, and something else to people. */
static bool look_for_others(const cr_input *input, const cr_table *table, findings *f) {
  const cr_date_look look = cr_column_looks_like(table, input->column);
  const cr_comma_look commas = cr_table_look_for_commas(table, input->column);
  if (look == CR_LOOKS_LIKE_SHORT_YEAR)
    cr_name_list_add(&f->short_years, input->name);
  else if (look == CR_LOOKS_LIKE_TIME)
    cr_name_list_add(&f->times, input->name);
  else if (commas)
    cr_name_list_add(commas == CR_COMMAS ? &f->commas : &f->typed_commas, input->name);
  else if (cr_may_be_numbers(table, input->column))
    cr_name_list_add(&f->amounts, input->name);
  else
    return false;
  return true;
}

static void look_at_texts(cr_input *input, const cr_table *table, findings *f, cr_column_use *use) {
  cr_date_order order = CR_DATE_CLEAR;
  switch (cr_column_dates(table, input->column, &order)) {
    case CR_DATES:
      input->type = CR_COLUMN_DATE;
      input->order = order;
      *use = CR_USE_DATE;
      return;
    case CR_DATES_OPEN:
      cr_name_list_add(&f->open, input->name);
      break;
    case CR_DATES_MOSTLY:
      cr_name_list_add(&f->mixed, input->name);
      break;
    case CR_NO_DATES:
      if (!look_for_others(input, table, f)) return;
      break;
  }
  input->told_of = true;
}

static cr_column_use use_of(const cr_input *input) {
  static const cr_column_use uses[] = {[CR_COLUMN_NUMBER] = CR_USE_NUMBER,
                                       [CR_COLUMN_TEXT] = CR_USE_CATEGORY,
                                       [CR_COLUMN_IMAGE] = CR_USE_IMAGE,
                                       [CR_COLUMN_DATE] = CR_USE_DATE};
  return uses[input->type];
}

/* Inputs that turn out to be none are freed; after a failure the rest stay: all remains whole. */
static cr_status look_at_all(cr_encoder *encoder, const cr_table *table, findings *f) {
  const bool alone = encoder->input_count < 2;
  size_t kept = 0;
  cr_status status = CR_OK;
  encoder->width = 0;
  for (size_t i = 0; i < encoder->input_count; i++) {
    cr_input input = encoder->inputs[i];
    cr_column_use use = use_of(&input);
    if (status == CR_OK && !input.declared && input.type == CR_COLUMN_NUMBER)
      status = look_at_numbers(&input, table, alone, f, &use);
    else if (!input.declared && input.type == CR_COLUMN_TEXT)
      look_at_texts(&input, table, f, &use);
    encoder->uses[input.column] = use;
    if (use == CR_USE_ID) {
      cr_input_free(&input);
      continue;
    }
    encoder->inputs[kept++] = input;
    encoder->width += input.width;
  }
  encoder->input_count = kept;
  return status;
}

static cr_status tell_numbers(findings *f, cr_strlist *warnings) {
  const char *left_out = cr_name_list_text(&f->left_out), *numbers = cr_name_list_text(&f->numbers);
  if (f->nameless)
    CR_TRY(cr_strlist_format(warnings,
                             "left out the first column, which has no name and seems to number "
                             "the rows (--type %s=number takes it in)",
                             f->nameless));
  if (f->left_out.count > 0)
    CR_TRY(cr_strlist_format(warnings,
                             f->left_out.count == 1
                                 ? "left out column '%s': it identifies the rows, as all its "
                                   "numbers differ (--type NAME=number takes it in)"
                                 : "left out columns that identify the rows, as all their numbers "
                                   "differ: %s (--type NAME=number takes one in)",
                             left_out));
  if (f->numbers.count == 0) return CR_OK;
  return cr_strlist_format(
      warnings,
      f->numbers.count == 1
          ? "column '%s' seems only to number the rows: better left out (--drop)"
          : "columns that seem only to number the rows, better left out (--drop): %s",
      numbers);
}

static cr_status tell_commas(findings *f, cr_strlist *warnings) {
  if (f->commas.count > 0)
    CR_TRY(cr_strlist_format(warnings,
                             "taken as texts, though all of them may be numbers: %s (--decimal "
                             "comma reads them so)",
                             cr_name_list_text(&f->commas)));
  if (f->typed_commas.count == 0) return CR_OK;
  return cr_strlist_format(warnings,
                           "taken as texts, though all of them may be numbers: %s (--decimal comma "
                           "with --type NAME=number reads them so)",
                           cr_name_list_text(&f->typed_commas));
}

static cr_status tell_texts(findings *f, cr_strlist *warnings) {
  const char *open = cr_name_list_text(&f->open), *mixed = cr_name_list_text(&f->mixed);
  if (f->amounts.count > 0)
    CR_TRY(cr_strlist_format(warnings,
                             "taken as texts, though all of them may be numbers: %s (--type "
                             "NAME=number reads them so)",
                             cr_name_list_text(&f->amounts)));
  if (f->open.count > 0)
    CR_TRY(cr_strlist_format(warnings,
                             "taken as texts, since its dates may be day/month or month/day: %s "
                             "(--type NAME=dmy or mdy tells)",
                             open));
  if (f->short_years.count > 0)
    CR_TRY(cr_strlist_format(warnings,
                             "taken as texts, since its dates have years of two digits: %s (write "
                             "four)",
                             cr_name_list_text(&f->short_years)));
  if (f->times.count > 0)
    CR_TRY(cr_strlist_format(warnings,
                             "taken as texts, since they are times without a date: %s (write hours "
                             "as numbers, 14.5 for 14:30, or the date before them)",
                             cr_name_list_text(&f->times)));
  if (f->mixed.count == 0) return CR_OK;
  return cr_strlist_format(warnings,
                           "taken as texts, since some of its values are no dates: %s (--type "
                           "NAME=date takes it as dates)",
                           mixed);
}

cr_status cr_encoder_find_kinds(cr_encoder *encoder, const cr_table *table, cr_strlist *warnings) {
  findings f = {0};
  cr_status status = look_at_all(encoder, table, &f);
  if (status == CR_OK && warnings != NULL) status = tell_numbers(&f, warnings);
  if (status == CR_OK && warnings != NULL) status = tell_commas(&f, warnings);
  if (status == CR_OK && warnings != NULL) status = tell_texts(&f, warnings);
  cr_name_list_free(&f.left_out);
  cr_name_list_free(&f.numbers);
  cr_name_list_free(&f.open);
  cr_name_list_free(&f.mixed);
  cr_name_list_free(&f.amounts);
  cr_name_list_free(&f.commas);
  cr_name_list_free(&f.typed_commas);
  cr_name_list_free(&f.short_years);
  cr_name_list_free(&f.times);
  return status;
}
