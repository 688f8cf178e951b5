/* What is said of columns of numbers that were not written as plain ones. */
#include "data/amount.h"
#include "data/name_list.h"
#include "data/table.h"

/* Of a comma in "1,234", of which nothing in its column says what it is, nor anybody else. */
static bool is_open(const cr_table *table, const cr_stored_column *column) {
  const unsigned told = column->amounts;
  return table->decimal == 0 && told & CR_AMOUNT_OPEN && !(told & CR_AMOUNT_SETTLED);
}

static bool is_used(cr_column_use use) {
  return use != CR_USE_DROPPED && use != CR_USE_ID && use != CR_USE_TEXT;
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
  cr_name_list amounts = {0}, open = {0};
  for (size_t c = 0; c < table->column_count; c++) {
    const cr_stored_column *column = &table->columns[c];
    if (uses && !is_used(uses[c])) continue;
    if (column->amounts) cr_name_list_add(&amounts, column->info.name);
    if (is_open(table, column)) cr_name_list_add(&open, column->info.name);
  }
  const cr_status status = warn(&amounts, &open, warnings);
  cr_name_list_free(&amounts);
  cr_name_list_free(&open);
  return status;
}
