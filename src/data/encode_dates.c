/* Dates among the inputs: texts of a table that are read as numbers of days. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "data/encode_parts.h"

/* A column of dates may have so many texts that are none before it is taken for one of texts. */
enum { DATES_FOR_A_WORD = 10 };

cr_date_kind cr_column_dates(const cr_table *table, size_t column, cr_date_order *order) {
  const cr_strlist *texts = &table->columns[column].texts;
  cr_dates dates = {0};
  size_t words = 0;
  *order = CR_DATE_CLEAR;
  for (size_t t = 0; t < texts->count && words <= texts->count / DATES_FOR_A_WORD; t++) {
    cr_dates with = dates;
    if (cr_dates_add(&with, texts->items[t], strlen(texts->items[t])))
      dates = with;
    else
      words++;
  }
  if (texts->count == 0 || words > texts->count / DATES_FOR_A_WORD) return CR_NO_DATES;
  const bool settled = cr_dates_order(&dates, order);
  if (!settled) return dates.not_dmy ? CR_NO_DATES : CR_DATES_OPEN;
  return words > 0 ? CR_DATES_MOSTLY : CR_DATES;
}

cr_date_look cr_column_looks_like(const cr_table *table, size_t column) {
  const cr_strlist *texts = &table->columns[column].texts;
  cr_date_look look = CR_LOOKS_LIKE_NONE;
  for (size_t t = 0; t < texts->count; t++) {
    const cr_date_look one = cr_look_of_date(texts->items[t], strlen(texts->items[t]));
    if (one == CR_LOOKS_LIKE_NONE || (t > 0 && one != look)) return CR_LOOKS_LIKE_NONE;
    look = one;
  }
  return look;
}

static cr_status fail_open(const cr_input *input, const cr_table *table, size_t column) {
  cr_fail_at(CR_ERR_COLUMN, table->path, 0, column + 1,
             "the dates in column '%s' can be read as day/month and as month/day", input->name);
  cr_why("none of them has a number above 12 that would tell");
  cr_fix("--type NAME=dmy or --type NAME=mdy");
  cr_strbuf command = {0};
  cr_strbuf_format(&command, "--type ");
  cr_quote_shell(&command, input->name);
  cr_strbuf_format(&command, "=dmy, or mdy");
  return cr_fix_command(&command);
}

cr_status cr_input_find_order(cr_input *input, const cr_table *table, size_t column) {
  return cr_column_dates(table, column, &input->order) == CR_DATES_OPEN
             ? fail_open(input, table, column)
             : CR_OK;
}

cr_status cr_input_days(const cr_input *input, const cr_stored_column *column, double **out) {
  void *block = NULL;
  CR_TRY(cr_alloc(column->texts.count, sizeof(double), &block));
  double *days = *out = block;
  for (size_t t = 0; t < column->texts.count; t++) {
    const char *text = column->texts.items[t];
    if (!cr_parse_date(text, strlen(text), input->order, &days[t])) days[t] = (double)NAN;
  }
  return CR_OK;
}

cr_status cr_fail_date(const cr_table *table, size_t column, size_t row) {
  const cr_stored_column *stored = &table->columns[column];
  cr_fail_at(CR_ERR_NUMBER, table->path, 0, column + 1,
             "'%.48s' in column '%s', row %zu, is not a date",
             stored->texts.items[stored->codes[row]], stored->info.name,
             cr_table_row_number(table, row) + 1);
  return CR_ERR_NUMBER;
}

static double day_of(const cr_number_reader *reader, uint32_t code) {
  const char *text = reader->column->texts.items[code];
  double day;
  return cr_parse_date(text, strlen(text), reader->order, &day) ? day : (double)NAN;
}

cr_status cr_number_reader_open(const cr_input *input, const cr_table *table, size_t column,
                                size_t count, cr_number_reader *out) {
  const cr_stored_column *stored = &table->columns[column];
  *out = (cr_number_reader){.column = stored, .order = input->order};
  out->dates = input->type == CR_COLUMN_DATE && stored->info.type == CR_COLUMN_TEXT;
  return out->dates && count >= stored->texts.count ? cr_input_days(input, stored, &out->days)
                                                    : CR_OK;
}

double cr_number_reader_at(const cr_number_reader *reader, size_t row) {
  if (!reader->dates) return cr_column_number(reader->column, row);
  const uint32_t code = reader->column->codes[row];
  if (code == UINT32_MAX) return cr_number_missing();
  return reader->days ? reader->days[code] : day_of(reader, code);
}

void cr_number_reader_close(cr_number_reader *reader) {
  cr_free(reader->days);
  reader->days = NULL;
}

/*
 * A cycle is an input where the training part goes through all of it: over less of it, it tells
 * nothing that the days do not. That of the day takes times of the day.
 */
void cr_input_fit_cycles(cr_input *input, double span, bool times) {
  input->cycles = 0;
  for (size_t c = 0; c < CR_CYCLES; c++) {
    if (!(span >= cr_cycles[c].days) || (1U << c == CR_CYCLE_DAY && !times)) continue;
    input->cycles |= 1U << c;
    input->width += 2;
  }
}
