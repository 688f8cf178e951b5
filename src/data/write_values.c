/* What all writers ask of the values of a table. */
#include <math.h>

#include "base/number.h"
#include "base/quote.h"
#include "data/encode_parts.h"
#include "data/write.h"

enum { BYTE_MOST = 255 };

size_t cr_writing_row(const cr_writing *w, size_t i) {
  return w->rows ? w->rows[i] : i;
}

double cr_writing_number(const cr_writing *w, size_t row, size_t column) {
  const cr_stored_column *stored = &w->table->columns[column];
  if (stored->info.type == CR_COLUMN_NUMBER) return cr_table_number(w->table, row, column);
  const uint32_t code = stored->codes[row];
  return code == UINT32_MAX ? cr_number_missing() : (double)code;
}

const char *cr_table_text_at(const cr_table *table, size_t column, size_t code) {
  if (column >= table->column_count) return NULL;
  const cr_strlist *texts = &table->columns[column].texts;
  return code < texts->count ? texts->items[code] : NULL;
}

double cr_writing_value(const cr_writing *w, size_t row, size_t column, size_t k) {
  const uint8_t *image = cr_table_image(w->table, row, column);
  return image ? image[k] : cr_writing_number(w, row, column);
}

cr_status cr_check_kept(const cr_writing *w, size_t column) {
  const cr_column *info = &w->table->columns[column].info;
  if (info->type != CR_COLUMN_NUMBER || info->bad == 0) return CR_OK;
  for (size_t i = 0; i < w->row_count; i++)
    if (cr_number_is_bad(cr_table_number(w->table, cr_writing_row(w, i), column)))
      return cr_table_fail_bad(w->table, column);
  return CR_OK;
}

/* The format has no place for a column as it is: leaving it out always helps. */
static cr_status fix_drop(const cr_writing *w, size_t column, const char *other) {
  cr_strbuf fix = {0};
  cr_fix("%sleave out the column with --drop", other);
  cr_strbuf_format(&fix, "%sleave out the column with", other);
  cr_add_drop(&fix, w->table->columns[column].info.name);
  return cr_fix_command(&fix);
}

cr_status cr_check_numbers(const cr_writing *w, size_t column) {
  const cr_column *info = &w->table->columns[column].info;
  if (info->type != CR_COLUMN_TEXT || w->options->codes) return CR_OK;
  cr_fail_at(CR_ERR_NUMBER, w->table->path, 0, column + 1,
             "column '%s' holds texts, and %s has a place for numbers only", info->name,
             w->writer->name);
  return fix_drop(w, column, "--codes writes 0, 1, 2, … for the texts in their order, or ");
}

cr_status cr_check_gaps(const cr_writing *w, size_t column) {
  const cr_column *info = &w->table->columns[column].info;
  if (info->type == CR_COLUMN_IMAGE || info->missing == 0) return CR_OK;
  for (size_t i = 0; i < w->row_count; i++) {
    if (!isnan(cr_writing_number(w, cr_writing_row(w, i), column))) continue;
    cr_table_fail_missing(w->table, column);
    return cr_why("%s has no place for a gap", w->writer->name);
  }
  return CR_OK;
}

static cr_status fail_byte(const cr_writing *w, size_t row, size_t column, double value) {
  char text[32];
  cr_format_number(value, text);
  cr_fail_at(CR_ERR_NUMBER, w->table->path, 0, column + 1,
             "%s in column '%s', row %zu, is no whole number from 0 to 255, and such are the "
             "%s of %s",
             text, w->table->columns[column].info.name, cr_table_row_number(w->table, row) + 1,
             column == w->label ? "labels" : "pixels", w->writer->name);
  return fix_drop(w, column, "another format with --to, or ");
}

cr_status cr_check_bytes(const cr_writing *w, size_t column) {
  CR_TRY(cr_check_kept(w, column));
  CR_TRY(cr_check_numbers(w, column));
  CR_TRY(cr_check_gaps(w, column));
  if (w->table->columns[column].info.type == CR_COLUMN_IMAGE) return CR_OK;
  for (size_t i = 0; i < w->row_count; i++) {
    const size_t row = cr_writing_row(w, i);
    const double value = cr_writing_number(w, row, column);
    if (!(value >= 0 && value <= BYTE_MOST && floor(value) == value))
      return fail_byte(w, row, column, value);
  }
  return CR_OK;
}

cr_status cr_check_beside_label(const cr_writing *w) {
  if (w->label == SIZE_MAX || w->column_count > 1) return CR_OK;
  return cr_fail(CR_ERR_COLUMN, "there is no column beside the label '%s'",
                 w->table->columns[w->label].info.name);
}

cr_status cr_check_labels_apart(const cr_writing *w) {
  if (w->label == SIZE_MAX || w->labels_path) return CR_OK;
  cr_fail(CR_ERR_ARGUMENT, "%s keeps labels in a file of their own: where does '%s' go?",
          w->writer->name, w->table->columns[w->label].info.name);
  if (w->writer->labels_beside)
    cr_why("beside a file whose name has the word images it is known: x-images-idx3-ubyte");
  return fix_drop(w, w->label, "--labels-out FILE, or ");
}
