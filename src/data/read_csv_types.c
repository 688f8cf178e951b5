/* What the columns of a CSV file are read as: as declared, or as what most of their values are. */
#include <string.h>

#include "data/csv.h"

/* Fewer words than one value in so many are mistakes, however few different values there are. */
enum { VALUES_A_WORD = 20 };

void cr_csv_add_counts(cr_csv_counts *sum, const cr_csv_counts *counts) {
  sum->missing += counts->missing;
  sum->numbers += counts->numbers;
  sum->unusable += counts->unusable;
  sum->words += counts->words;
  sum->told |= counts->told;
  sum->pointed += counts->pointed;
  sum->decimals |= counts->decimals;
}

/* Signs and groups beyond doubt are worth more than few different values. */
bool cr_csv_is_amounts(const cr_csv_counts *counts) {
  return cr_amounts_agree(counts->told | (counts->numbers > 0 ? CR_AMOUNT_PLAIN : 0));
}

/*
 * Most are words: texts. Most are numbers, and the different values are as few as those of classes:
 * texts too, if it is the target, or if the words are many and the values come again and again.
 */
bool cr_csv_is_text(const cr_csv_counts *counts, size_t distinct, bool is_target) {
  const size_t values = counts->numbers + counts->unusable + counts->words;
  if (counts->words == 0) return false;
  if (!is_target && 2 * counts->words >= values) return true;
  if (is_target) return 2 * counts->numbers <= values || distinct <= CR_CSV_DISTINCT_MAX;
  return distinct <= CR_CSV_DISTINCT_MAX && 2 * distinct <= values &&
         VALUES_A_WORD * counts->words >= values;
}

/* The words for texts. A word that nobody knows is refused where the rows are prepared. */
static cr_csv_type find_type(const char *word) {
  static const char *const texts[] = {"category", "date", "dmy", "mdy", "text"};
  if (strcmp(word, "number") == 0) return CR_CSV_AMOUNTS;
  if (strcmp(word, "digits") == 0) return CR_CSV_NUMBERS;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (strcmp(word, texts[i]) == 0) return CR_CSV_TEXTS;
  return CR_CSV_BY_LOOKING;
}

/* The name ends at the last '=', as it may have one itself. */
static cr_status declare(const cr_table *table, const char *text, bool if_there, cr_strbuf *name,
                         cr_csv_type *types) {
  const char *mark = strrchr(text, '=');
  const cr_csv_type type = mark ? find_type(mark + 1) : CR_CSV_BY_LOOKING;
  size_t column;
  if (type == CR_CSV_BY_LOOKING) return CR_OK;
  name->length = 0;
  cr_strbuf_add(name, text, (size_t)(mark - text));
  cr_strbuf_add(name, "", 1);
  if (name->failed) return CR_ERR_MEMORY;
  if (!cr_table_find(table, name->text, &column))
    return if_there ? CR_OK : cr_table_fail_column(table, name->text);
  types[column] = type;
  return CR_OK;
}

cr_status cr_csv_declare_types(const cr_table *table, const cr_read_options *options,
                               cr_csv_type *types) {
  cr_strbuf name = {0};
  cr_status status = CR_OK;
  const bool if_there = options->types_if_there;
  if (if_there && !table->origin.has_header) return CR_OK; /* x1 is the name of a place alone */
  for (size_t i = 0; i < options->type_count && status == CR_OK; i++)
    status = declare(table, options->types[i], if_there, &name, types);
  cr_strbuf_free(&name);
  return status;
}
