/* Which rows of a table an encoder can use, and what to say of those it cannot. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "data/encode_parts.h"

cr_bad_value cr_first_text(const cr_table *table, size_t column) {
  const cr_stored_column *stored = &table->columns[column];
  cr_bad_value found = stored->first_bad;
  for (size_t row = 0; row < table->rows && found.text[0] == '\0'; row++) {
    if (stored->codes[row] == UINT32_MAX) continue;
    found.row = row;
    snprintf(found.text, sizeof found.text, "%.47s", stored->texts.items[stored->codes[row]]);
  }
  return found;
}

cr_status cr_fail_text(const cr_table *table, size_t column, const char *why) {
  const cr_bad_value value = cr_first_text(table, column);
  cr_fail_at(CR_ERR_NUMBER, table->path, value.line, column + 1,
             "'%s' in column '%s', row %zu, is not a number", value.text,
             table->columns[column].info.name, cr_table_row_number(table, value.row) + 1);
  return cr_why("%s", why);
}

/* Values of a column that are there and that its input does not take. */
typedef struct unfit_values {
  bool *rows;   /* (rows of the table) which have one; NULL: not looked for */
  size_t count; /* of them, */
  size_t first; /* and the first */
} unfit_values;

/* The columns of a table that are used. */
typedef struct used_columns {
  const cr_encoder *encoder;
  size_t *columns;     /* (count) inputs, then the targets if they are wanted */
  unfit_values *unfit; /* (count) */
  size_t count, inputs;
  bool skip; /* rows that lack something are left out */
} used_columns;

static cr_status fail_no_target(const cr_encoder *encoder, const cr_table *table, size_t index) {
  const cr_strlist *names = cr_encoder_target_names(encoder);
  cr_fail_at(CR_ERR_TARGET, table->path, 0, 0, "%s has no column '%s', %s", table->path,
             names->count > 0 ? names->items[index] : encoder->target,
             names->count > 0 ? "one of the targets" : "the target");
  return cr_fix("add the column with what is true of each row");
}

static cr_status check_target(const cr_encoder *encoder, const cr_table *table, size_t index,
                              size_t target) {
  if (target == SIZE_MAX) return fail_no_target(encoder, table, index);
  const cr_column *column = &table->columns[target].info;
  if (column->type == CR_COLUMN_IMAGE)
    return cr_fail_at(CR_ERR_TARGET, table->path, 0, target + 1,
                      "column '%s' holds images, the target of this model are %s", column->name,
                      encoder->classes ? "labels" : "numbers");
  if (column->type == CR_COLUMN_TEXT && !encoder->classes)
    return cr_fail_text(table, target,
                        encoder->multilabel ? "each of several targets is a column of 0 and 1"
                                            : "the target of this model is a number");
  return CR_OK;
}

/* Texts that are no dates. */
static cr_status find_bad_dates(const cr_input *input, const cr_stored_column *column, size_t rows,
                                bool *bad) {
  double *days = NULL;
  CR_TRY(cr_input_days(input, column, &days));
  for (size_t r = 0; r < rows; r++) {
    const uint32_t code = column->codes[r];
    bad[r] = code != UINT32_MAX && days[code] != days[code];
  }
  cr_free(days);
  return CR_OK;
}

/* A category has labels once it is fitted. */
static bool refuses_unseen(const cr_input *input) {
  return input->type == CR_COLUMN_TEXT && input->unseen_refused && input->labels.count > 0;
}

/* What is in the column of an input of dates, or of a category that refuses other values. */
static cr_status find_unfit(const cr_input *input, const cr_table *table, size_t column,
                            unfit_values *unfit) {
  const cr_stored_column *stored = &table->columns[column];
  const bool dates = input->type == CR_COLUMN_DATE && stored->info.type == CR_COLUMN_TEXT;
  void *block = NULL;
  if (!dates && !refuses_unseen(input)) return CR_OK;
  CR_TRY(cr_alloc(table->rows, sizeof(bool), &block));
  unfit->rows = block;
  CR_TRY(dates ? find_bad_dates(input, stored, table->rows, unfit->rows)
               : cr_category_find_unseen(input, stored, table->rows, unfit->rows));
  for (size_t r = table->rows; r-- > 0;) {
    unfit->count += unfit->rows[r];
    if (unfit->rows[r]) unfit->first = r;
  }
  return CR_OK;
}

static void free_used(used_columns *used) {
  for (size_t i = 0; i < used->inputs; i++) cr_free(used->unfit[i].rows);
  cr_free(used->unfit);
  cr_free(used->columns);
}

static cr_status find_used(const cr_encoder *encoder, const cr_table *table, bool with_target,
                           used_columns *used) {
  void *block = NULL;
  const size_t inputs = encoder->input_count, targets = cr_encoder_target_count(encoder);
  CR_TRY(cr_alloc(inputs + targets, sizeof(size_t), &block));
  used->columns = block;
  CR_TRY(cr_alloc(inputs + targets, sizeof(unfit_values), &block));
  used->unfit = block;
  used->count = used->inputs = inputs;
  CR_TRY(cr_encoder_match(encoder, table, used->columns, used->columns + inputs, NULL));
  for (size_t i = 0; i < inputs; i++)
    CR_TRY(find_unfit(&encoder->inputs[i], table, used->columns[i], &used->unfit[i]));
  if (!with_target) return CR_OK;
  for (size_t t = 0; t < targets; t++)
    CR_TRY(check_target(encoder, table, t, used->columns[used->count++]));
  return CR_OK;
}

/* Does a gap in used column i keep its row from being used? */
static bool needs_value(const used_columns *used, size_t i) {
  if (i >= used->inputs) return true;
  const cr_input *input = &used->encoder->inputs[i];
  if (input->gaps != CR_GAPS_FILLED) return input->gaps == CR_GAPS_REFUSED;
  return used->skip && !input->wishes.marks && !input->keeps_fill && input->fill_text == NULL;
}

static size_t problems_in(const cr_table *table, const used_columns *used, size_t i) {
  const cr_column *info = &table->columns[used->columns[i]].info;
  const size_t bad = info->type == CR_COLUMN_NUMBER ? info->bad : 0;
  return bad + used->unfit[i].count + (needs_value(used, i) ? info->missing : 0);
}

/* Bad values are no gaps: something stands there, and it may matter. */
static bool has_value(const cr_stored_column *column, const unfit_values *unfit, size_t row,
                      bool needed) {
  if (unfit->rows && unfit->rows[row]) return false;
  if (column->info.type == CR_COLUMN_TEXT) return !needed || column->codes[row] != UINT32_MAX;
  const double value = cr_column_number(column, row);
  return value == value || (!needed && !cr_number_is_bad(value));
}

/* keep (table rows) becomes whether each row has all its values; answers how many have. */
static size_t mark_rows(const cr_table *table, const used_columns *used, bool *keep) {
  memset(keep, true, table->rows);
  for (size_t i = 0; i < used->count; i++) {
    const cr_stored_column *column = &table->columns[used->columns[i]];
    const bool needed = needs_value(used, i);
    if (problems_in(table, used, i) == 0) continue;
    cr_table_rest(table);
    for (size_t row = 0; row < table->rows; row++)
      keep[row] = keep[row] && has_value(column, &used->unfit[i], row, needed);
  }
  size_t kept = 0;
  for (size_t row = 0; row < table->rows; row++) kept += keep[row];
  return kept;
}

/* The first row of a column that has a problem, and whether its value is there but bad. */
static size_t first_problem(const cr_stored_column *column, const unfit_values *unfit, bool needed,
                            bool *bad) {
  const cr_column *info = &column->info;
  const size_t missing = needed && info->missing > 0 ? column->first_missing.row : SIZE_MAX;
  size_t first = unfit->count > 0 ? unfit->first : SIZE_MAX;
  if (info->type == CR_COLUMN_NUMBER && info->bad > 0 && column->first_bad.row < first)
    first = column->first_bad.row;
  *bad = first < missing;
  return *bad ? first : missing;
}

static cr_status fail_value(const cr_table *table, const used_columns *used, size_t i, bool bad) {
  const size_t column = used->columns[i];
  if (!bad) return cr_table_fail_missing(table, column);
  const cr_input *input = &used->encoder->inputs[i];
  const unfit_values *unfit = &used->unfit[i];
  if (unfit->count == 0) return cr_table_fail_bad(table, column);
  return input->type == CR_COLUMN_DATE ? cr_fail_date(table, column, unfit->first)
                                       : cr_fail_unseen(input, table, column, unfit->first);
}

/* Of a column of words and numbers, both can be learnt as what they are called. */
static void add_category(cr_strbuf *fix, const cr_stored_column *column) {
  const char *text = column->first_bad.text;
  const bool number_like = strchr("0123456789+-.", text[0]) || strncmp(text, "inf", 3) == 0 ||
                           strncmp(text, "Inf", 3) == 0;
  if (column->info.type != CR_COLUMN_NUMBER || number_like) return;
  cr_strbuf_format(fix, ", --type ");
  cr_quote_shell(fix, column->info.name);
  cr_strbuf_format(fix, "=category learns it as texts");
}

/* Names the first value in the table that cannot be used, of equals that most on the left. */
static cr_status fail_first_problem(const cr_table *table, const used_columns *used, size_t kept) {
  size_t place = 0, first_row = SIZE_MAX;
  bool bad = false;
  for (size_t i = 0; i < used->count; i++) {
    const cr_stored_column *column = &table->columns[used->columns[i]];
    bool is_bad = false;
    if (problems_in(table, used, i) == 0) continue;
    const size_t row = first_problem(column, &used->unfit[i], needs_value(used, i), &is_bad);
    if (row >= first_row) continue;
    first_row = row;
    place = i;
    bad = is_bad;
  }
  const size_t column = used->columns[place];
  const cr_status status = fail_value(table, used, place, bad);
  /* A cause that was found in the value itself has a better remedy. */
  if (cr_last_error()->why[0] != '\0') return status;
  const bool is_target = place >= used->inputs;
  cr_fix("--skip-bad-rows leaves out %zu of %zu rows", table->rows - kept, table->rows);
  if (is_target) return status;
  cr_strbuf fix = {0};
  cr_strbuf_format(&fix, "--skip-bad-rows leaves out %zu of %zu rows,", table->rows - kept,
                   table->rows);
  cr_add_drop(&fix, table->columns[column].info.name);
  cr_strbuf_format(&fix, " the column");
  if (bad) add_category(&fix, &table->columns[column]);
  return cr_fix_command(&fix);
}

/* Every row lacks something: names the column with the most gaps. */
static cr_status fail_none_left(const cr_table *table, const used_columns *used) {
  size_t worst = 0;
  for (size_t i = 1; i < used->count; i++)
    if (problems_in(table, used, i) > problems_in(table, used, worst)) worst = i;
  const cr_stored_column *column = &table->columns[used->columns[worst]];
  cr_fail_at(CR_ERR_EMPTY, table->path, 0, 0,
             "none of the %zu rows has all its values; column '%s' has none in %zu of them",
             table->rows, column->info.name, problems_in(table, used, worst));
  if (worst >= used->inputs) return cr_fix("--target NAME");
  cr_strbuf command = {0};
  cr_add_drop(&command, column->info.name);
  return cr_fix_command(&command);
}

static cr_status collect_rows(const cr_table *table, const used_columns *used, bool skip_bad_rows,
                              size_t *rows, size_t *count) {
  void *block = NULL;
  CR_TRY(cr_alloc(table->rows, sizeof(bool), &block));
  bool *keep = block;
  cr_status status = CR_OK;
  *count = mark_rows(table, used, keep);
  if (*count < table->rows && !skip_bad_rows)
    status = fail_first_problem(table, used, *count);
  else if (*count == 0)
    status = fail_none_left(table, used);
  size_t filled = 0;
  for (size_t row = 0; row < table->rows && status == CR_OK; row++)
    if (keep[row]) rows[filled++] = row;
  cr_free(block);
  return status;
}

cr_status cr_encoder_usable(const cr_encoder *encoder, const cr_table *table, bool with_target,
                            bool skip_bad_rows, size_t *rows, size_t *count) {
  used_columns used = {.encoder = encoder, .skip = skip_bad_rows};
  *count = 0;
  cr_status status = find_used(encoder, table, with_target, &used);
  if (status == CR_OK) status = collect_rows(table, &used, skip_bad_rows, rows, count);
  free_used(&used);
  return status;
}

cr_status cr_warn_left_out(const cr_table *table, size_t used, cr_strlist *warnings) {
  const size_t cut = table->origin.skipped_rows, left_out = cut + table->rows - used;
  if (left_out == 0) return CR_OK;
  if (cut == left_out && strcmp(table->origin.format, "pictures") == 0)
    return cr_strlist_format(warnings, "left out %zu of %zu pictures that cannot be read", cut,
                             cut + table->rows);
  return cr_strlist_format(warnings, "left out %zu of %zu rows %s", left_out, cut + table->rows,
                           cut == 0          ? "with a missing or bad value"
                           : cut == left_out ? "of a wrong length"
                                             : "of a wrong length or with a missing or bad value");
}
