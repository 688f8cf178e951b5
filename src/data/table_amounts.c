/* What is said of columns of numbers that were not written as plain ones. */
#include <string.h>

#include "base/number.h"
#include "base/quote.h"
#include "data/amount.h"
#include "data/name_list.h"
#include "data/table.h"

enum { POINTED_LEAST = 10 }; /* plain numbers that may have thousands, and not just decimals */

/* Of a comma in "1,234", of which nothing in its column says what it is, nor anybody else. */
static bool is_open(const cr_table *table, const cr_stored_column *column) {
  const unsigned told = column->amounts;
  return table->decimal == 0 && told & CR_AMOUNT_OPEN && !(told & CR_AMOUNT_SETTLED);
}

/*
 * Points that may part thousands: of amounts but shares, where commas do not; and of plain numbers,
 * where many are so.
 */
static bool is_pointed(const cr_table *table, const cr_stored_column *column) {
  if (table->decimal != 0) return false;
  if (!column->amounts) return column->pointed >= POINTED_LEAST;
  return column->pointed > 0 && !(column->amounts & (CR_AMOUNT_OPEN | CR_AMOUNT_PERCENT));
}

static bool is_used(cr_column_use use) {
  return use != CR_USE_DROPPED && use != CR_USE_ID && use != CR_USE_TEXT;
}

/* Plain numbers of three digits behind the point are amounts only if that is said. */
static cr_status warn_points(cr_name_list *signs, cr_name_list *plain, cr_strlist *warnings) {
  if (signs->count > 0)
    CR_TRY(cr_strlist_format(warnings,
                             "points may part thousands: %s (--decimal comma reads 1.234 as 1234)",
                             cr_name_list_text(signs)));
  if (plain->count == 0) return CR_OK;
  return cr_strlist_format(warnings,
                           "points may part thousands: %s (--decimal comma with --type "
                           "NAME=number reads 1.234 as 1234)",
                           cr_name_list_text(plain));
}

static cr_status warn(cr_name_list *amounts, cr_name_list *open, cr_strlist *warnings) {
  if (amounts->count > 0)
    CR_TRY(cr_strlist_format(warnings,
                             "read as numbers, though some are written as $1,234 or 5%% is: %s "
                             "(--type NAME=category keeps the texts)",
                             cr_name_list_text(amounts)));
  if (open->count == 0) return CR_OK;
  return cr_strlist_format(warnings,
                           "a comma is taken to part thousands, so that 1,234 is 1234: %s "
                           "(--decimal comma takes it for the beginning of decimals)",
                           cr_name_list_text(open));
}

cr_status cr_table_warn_amounts(const cr_table *table, const cr_column_use *uses,
                                cr_strlist *warnings) {
  cr_name_list amounts = {0}, open = {0}, signs = {0}, plain = {0};
  for (size_t c = 0; c < table->column_count; c++) {
    const cr_stored_column *column = &table->columns[c];
    if (uses && !is_used(uses[c])) continue;
    if (column->amounts) cr_name_list_add(&amounts, column->info.name);
    if (is_open(table, column)) cr_name_list_add(&open, column->info.name);
    if (is_pointed(table, column))
      cr_name_list_add(column->amounts ? &signs : &plain, column->info.name);
  }
  cr_status status = warn(&amounts, &open, warnings);
  if (status == CR_OK) status = warn_points(&signs, &plain, warnings);
  cr_name_list_free(&signs);
  cr_name_list_free(&plain);
  cr_name_list_free(&amounts);
  cr_name_list_free(&open);
  return status;
}

/* What a text with a decimal comma tells as an amount; 0: it is no number. */
static unsigned look_for_comma(const char *text, size_t size) {
  double value;
  const unsigned told = cr_parse_amount(text, size, ',', &value);
  const bool whole = !told && !memchr(text, '.', size) && cr_parse_number(text, size, &value);
  return whole ? CR_AMOUNT_PLAIN : told;
}

/* Amounts are told by signs and groups of thousands, as the reader would tell them. */
cr_comma_look cr_table_look_for_commas(const cr_table *table, size_t column) {
  const cr_strlist *texts = &table->columns[column].texts;
  unsigned all = 0;
  bool point = true, groups = false;
  if (table->decimal == ',') return CR_NO_COMMAS;
  for (size_t t = 0; t < texts->count; t++) {
    const char *text = texts->items[t];
    const size_t size = strlen(text);
    double value;
    const unsigned told = look_for_comma(text, size);
    if (!told) return CR_NO_COMMAS;
    all |= told;
    groups = groups || strspn(text, "+-0123456789,eE") < size;
    point = point &&
            (cr_parse_number(text, size, &value) || cr_parse_amount(text, size, '.', &value) != 0);
  }
  if (point) return CR_NO_COMMAS;
  return groups && !cr_amounts_agree(all) ? CR_COMMAS_TYPED : CR_COMMAS;
}

cr_status cr_table_fix_commas(const cr_table *table, size_t column, cr_comma_look look,
                              const char *words) {
  cr_strbuf fix = {0};
  cr_strbuf_format(&fix, "--decimal comma");
  if (look == CR_COMMAS_TYPED) {
    cr_strbuf_format(&fix, " --type ");
    cr_quote_shell(&fix, table->columns[column].info.name);
    cr_strbuf_format(&fix, "=number");
  }
  cr_strbuf_format(&fix, " %s", words);
  return cr_fix_command(&fix);
}
