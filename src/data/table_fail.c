/* Failures about the columns of a table, in words. */
#include <string.h>

#include "base/number.h"
#include "data/amount.h"
#include "data/encode_parts.h"

/* Names in a message: the first few and the last. */
enum { NAMES_SHOWN = 8 };

#define BLANKS " \t"

static cr_status fix_rows(const cr_table *table, size_t rows, const char *name) {
  cr_fix("--skip-bad-rows to leave out %zu of %zu rows", rows, table->rows);
  cr_strbuf fix = {0};
  cr_strbuf_format(&fix, "--skip-bad-rows to leave out %zu of %zu rows, or", rows, table->rows);
  cr_add_drop(&fix, name);
  cr_strbuf_format(&fix, " to leave out the column");
  return cr_fix_command(&fix);
}

cr_status cr_table_fail_missing(const cr_table *table, size_t column) {
  const cr_stored_column *stored = &table->columns[column];
  const cr_bad_value *first = &stored->first_missing;
  const size_t others = stored->info.missing ? stored->info.missing - 1 : 0;
  const char *name = stored->info.name;
  cr_strbuf more = {0};
  if (others) cr_strbuf_format(&more, ", and in %zu other row%s", others, others > 1 ? "s" : "");
  cr_fail_at(CR_ERR_MISSING, table->path, first->line, column + 1,
             "row %zu has no value in column '%s'%s", cr_table_row_number(table, first->row) + 1,
             name, more.text ? more.text : "");
  cr_strbuf_free(&more);
  return fix_rows(table, others + 1, name);
}

/* "1,5": a number but for the comma. */
static bool has_decimal_comma(const char *text) {
  const char *comma = strchr(text, ',');
  return comma && comma > text && comma[1] && strspn(text, "+-0123456789,eE") == strlen(text) &&
         !strchr(comma + 1, ',');
}

static bool has_decimal_points(const cr_table *table) {
  for (size_t c = 0; c < table->column_count; c++) {
    const cr_column *info = &table->columns[c].info;
    const bool thousands = table->columns[c].pointed > 0;
    if (info->type == CR_COLUMN_NUMBER && info->distinct > 0 && !info->integer && !thousands)
      return true;
  }
  return false;
}

/* Plain numbers as 1.234 are no decimals then, but thousands if that is said of their columns. */
static void add_pointed(cr_strbuf *fix, const cr_table *table) {
  for (size_t c = 0; c < table->column_count; c++) {
    const cr_stored_column *column = &table->columns[c];
    if (column->pointed == 0 || column->amounts) continue;
    cr_strbuf_format(fix, " --type ");
    cr_quote_shell(fix, column->info.name);
    cr_strbuf_format(fix, "=number");
  }
}

static cr_status fix_comma(const cr_table *table) {
  cr_why("decimals are read with a point unless you say otherwise");
  if (has_decimal_points(table))
    return cr_fix("write the decimals of all columns alike: others have a point");
  /* where commas separate the columns, too, one in a number may part its thousands */
  if (table->origin.delimiter == ',')
    return cr_fix("thousands without a comma, or --decimal comma if it begins the decimals");
  cr_fix("--decimal comma reads such numbers");
  cr_strbuf fix = {0};
  cr_strbuf_format(&fix, "--decimal comma");
  add_pointed(&fix, table);
  cr_strbuf_format(&fix, " reads such numbers");
  return cr_fix_command(&fix);
}

/* How "1,234" or "$5" is read, which is a number to people; *told: see cr_parse_amount. */
static cr_status fix_amount(const cr_table *table, const char *name, unsigned told) {
  const bool comma = table->decimal == ',';
  const bool open = told & CR_AMOUNT_OPEN && told & CR_AMOUNT_PLAIN;
  const bool settled = !comma && has_decimal_points(table); /* decimals begin with a point */
  cr_strbuf fix = {0};
  cr_strbuf_format(&fix, "--type ");
  cr_quote_shell(&fix, name);
  cr_strbuf_format(&fix, "=number");
  if (open) {
    cr_why("a %s there may part thousands, or begin decimals", comma ? "point" : "comma");
    cr_strbuf_format(&fix, " if it parts thousands");
    if (!settled)
      cr_strbuf_format(&fix, ", %s if it begins decimals",
                       comma ? "no --decimal" : "--decimal comma");
  } else {
    cr_why("beside its digits stands what belongs to no plain number");
    cr_strbuf_format(&fix, " reads it so");
  }
  return cr_fix_command(&fix);
}

cr_status cr_table_fail_bad(const cr_table *table, size_t column) {
  const cr_stored_column *stored = &table->columns[column];
  const cr_bad_value *first = &stored->first_bad;
  const size_t others = stored->info.bad ? stored->info.bad - 1 : 0;
  const char *name = stored->info.name;
  cr_strbuf more = {0};
  if (others == 1) cr_strbuf_format(&more, ", nor is 1 other value");
  if (others > 1) cr_strbuf_format(&more, ", nor are %zu other values", others);
  double value;
  const size_t size = strlen(first->text);
  const unsigned told = cr_parse_amount(first->text, size, '.', &value);
  char text[sizeof first->text] = "";
  if (told && table->decimal == ',')
    cr_swap_marks(first->text, size, text); /* as it stands in the file */
  else
    memcpy(text, first->text, size);
  cr_fail_at(CR_ERR_NUMBER, table->path, first->line, column + 1,
             "'%s' in column '%s', row %zu, is not a number%s", text, name,
             cr_table_row_number(table, first->row) + 1, more.text ? more.text : "");
  cr_strbuf_free(&more);
  if (told) return fix_amount(table, name, told);
  const bool comma = table->decimal != ',' && cr_parse_amount(first->text, size, ',', &value);
  if (comma || has_decimal_comma(first->text)) return fix_comma(table);
  if (cr_parse_number(first->text, size, &value))
    cr_why("it is too large: the network's numbers end at 3.4e38");
  return fix_rows(table, others + 1, name);
}

/* Two words or more, half of them numbers, as in a row whose values blanks align. */
static bool is_aligned_row(const char *text) {
  size_t words = 0, numbers = 0;
  for (text += strspn(text, BLANKS); *text; words++) {
    const size_t size = strcspn(text, BLANKS);
    double value;
    numbers += cr_parse_number(text, size, &value);
    text += size + strspn(text + size, BLANKS);
  }
  return words > 1 && 2 * numbers >= words;
}

/* By what a table of one column is better cut; NULL: nothing speaks for it. */
static const char *better_delimiter(const cr_table *table) {
  static const char *const names[] = {"comma", "semicolon", "tab", "'|'"};
  static const char delimiters[] = ",;\t|";
  const cr_stored_column *column = &table->columns[0];
  if (table->column_count > 1 || column->info.type != CR_COLUMN_TEXT || column->texts.count == 0)
    return NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char delimiter = delimiters[i];
    if (strchr(column->info.name, delimiter) && strchr(column->texts.items[0], delimiter))
      return names[i];
  }
  for (size_t t = 0; t < column->texts.count; t++)
    if (!is_aligned_row(column->texts.items[t])) return NULL;
  return "space";
}

cr_status cr_table_fail_alone(const cr_table *table, const char *target) {
  const char *better = better_delimiter(table);
  cr_fail(CR_ERR_SHAPE, "%s has no inputs: no column is left beside the target '%s'", table->path,
          target);
  if (!better) return cr_fix("add a column of numbers, or drop fewer");
  cr_why("every line was read as one value");
  return cr_fix("--delimiter %s", better);
}

static const char *nearest_name(const cr_table *table, const char *name) {
  const char *nearest = NULL;
  size_t best = SIZE_MAX;
  for (size_t c = 0; c < table->column_count; c++) {
    const size_t distance = cr_text_distance(table->columns[c].info.name, name);
    if (distance >= best) continue;
    best = distance;
    nearest = table->columns[c].info.name;
  }
  /* Nearer than a name made up of other letters altogether. */
  return nearest && best < strlen(name) ? nearest : NULL;
}

cr_status cr_table_fail_column(const cr_table *table, const char *name) {
  cr_strbuf names = {0};
  for (size_t c = 0; c < table->column_count; c++) {
    const bool last = c + 1 == table->column_count;
    if (c > NAMES_SHOWN && !last) continue;
    if (c == NAMES_SHOWN && !last)
      cr_strbuf_format(&names, ", …");
    else
      cr_strbuf_format(&names, "%s%s", c ? ", " : "", table->columns[c].info.name);
  }
  cr_fail_at(CR_ERR_COLUMN, table->path, 0, 0, "no column '%s'; columns are %s", name,
             names.text ? names.text : "");
  cr_strbuf_free(&names);
  if (!table->origin.has_header && strcmp(table->origin.format, "csv") == 0)
    cr_why("the file has no header line, so its columns are called x1, x2, …");
  const char *nearest = nearest_name(table, name);
  return nearest ? cr_fix("the nearest name is %s", nearest) : CR_ERR_COLUMN;
}
