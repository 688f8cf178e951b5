/* LIBSVM's text: "label index:value …" a row, what is 0 left out. */
#include <stdio.h>

#include "base/quote.h"
#include "data/write.h"

static cr_status check(const cr_writing *w) {
  if (w->label == SIZE_MAX) {
    cr_fail(CR_ERR_COLUMN, "a row of libsvm begins with its label, and there is no such column");
    return cr_fix("--target NAME says which column it is");
  }
  if (w->column_count < 2)
    return cr_fail(CR_ERR_COLUMN, "there is no column beside the label '%s'",
                   w->table->columns[w->label].info.name);
  if (w->table->columns[w->label].info.type == CR_COLUMN_IMAGE)
    return cr_fail(CR_ERR_SHAPE, "column '%s' holds images and cannot be the label",
                   w->table->columns[w->label].info.name);
  for (size_t i = 0; i < w->column_count; i++) {
    CR_TRY(cr_check_kept(w, w->columns[i]));
    CR_TRY(cr_check_numbers(w, w->columns[i]));
    CR_TRY(cr_check_gaps(w, w->columns[i]));
  }
  return CR_OK;
}

static cr_status put_pair(cr_sink *out, size_t index, double value) {
  char text[32];
  CR_TRY(cr_sink_add(out, text, (size_t)snprintf(text, sizeof text, " %zu:", index)));
  return cr_sink_number(out, value);
}

/* `whole`: the last value even if it is 0, so that the file tells how many columns there are. */
static cr_status put_row(const cr_writing *w, size_t row, size_t columns, bool whole,
                         cr_sink *out) {
  size_t index = 0;
  CR_TRY(cr_sink_number(out, cr_writing_number(w, row, w->label)));
  for (size_t i = 0; i < w->column_count; i++) {
    const size_t c = w->columns[i];
    const size_t width = w->table->columns[c].info.width;
    for (size_t k = 0; c != w->label && k < width; k++) {
      const double value = cr_writing_value(w, row, c, k);
      index++;
      if (value != 0 || (whole && index == columns)) CR_TRY(put_pair(out, index, value));
    }
  }
  return cr_sink_add(out, "\n", 1);
}

static cr_status write_libsvm(const cr_writing *w, cr_sink *out) {
  size_t columns = 0;
  for (size_t i = 0; i < w->column_count; i++)
    if (w->columns[i] != w->label) columns += w->table->columns[w->columns[i]].info.width;
  for (size_t r = 0; r < w->row_count; r++)
    CR_TRY(put_row(w, cr_writing_row(w, r), columns, r == 0, out));
  return CR_OK;
}

const cr_writer cr_libsvm_writer = {.name = "libsvm",
                                    .endings = {".libsvm", ".svm", ".svmlight"},
                                    .check = check,
                                    .write = write_libsvm};
