/* CSV as RFC 4180 has it, with line ends of one byte; TSV is the same with tabs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "data/reader.h"
#include "data/write.h"

/* What stands in a value without quotes, and means something to this reader or another. */
static const char special[] = ",;|\t\"\r\n";

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* A mark of the byte order at the start of a file would be taken for one. */
static bool needs_quotes(const char *text, size_t size) {
  return size == 0 || is_blank(text[0]) || is_blank(text[size - 1]) ||
         text[strcspn(text, special)] || strncmp(text, "\xef\xbb\xbf", 3) == 0;
}

static cr_status put_quoted(cr_sink *out, const char *text) {
  CR_TRY(cr_sink_add(out, "\"", 1));
  for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
    CR_TRY(cr_sink_add(out, text, (size_t)(quote + 1 - text)));
    CR_TRY(cr_sink_add(out, "\"", 1));
  }
  CR_TRY(cr_sink_text(out, text));
  return cr_sink_add(out, "\"", 1);
}

/*
 * A file that begins with this text may be taken for one of another format: for LIBSVM, if an
 * index and a value can follow it, or for JSON, if it is a bracket alone; "sep=;" would say what
 * parts its values. One that begins with a quote is CSV for every reader.
 */
static cr_status misleads(const char *text, bool *out) {
  static const char *const behind[] = {" 1:1", "\n", "\r\n"};
  *out = strncmp(text, "sep=", 4) == 0;
  for (size_t i = 0; i < sizeof behind / sizeof *behind && !*out; i++) {
    cr_strbuf buffer = {0};
    char *head;
    cr_strbuf_format(&buffer, "%s%s", text, behind[i]);
    CR_TRY(cr_strbuf_take(&buffer, &head));
    *out = !cr_head_is_csv(head, strlen(head));
    cr_free(head);
  }
  return CR_OK;
}

static cr_status put_text(cr_sink *out, const char *text, bool first) {
  const size_t size = strlen(text);
  bool quoted = needs_quotes(text, size);
  if (first && !quoted) CR_TRY(misleads(text, &quoted));
  return quoted ? put_quoted(out, text) : cr_sink_add(out, text, size);
}

/* A gap is nothing; alone on its line it is quoted nothing, or the line would be a blank one. */
static cr_status put_gap(const cr_writing *w, cr_sink *out) {
  return w->column_count == 1 ? cr_sink_text(out, "\"\"") : CR_OK;
}

static cr_status put_pixels(const uint8_t *bytes, size_t count, char delimiter, cr_sink *out) {
  char text[8];
  for (size_t k = 0; k < count; k++) {
    if (k > 0) CR_TRY(cr_sink_add(out, &delimiter, 1));
    CR_TRY(cr_sink_add(out, text, (size_t)snprintf(text, sizeof text, "%u", (unsigned)bytes[k])));
  }
  return CR_OK;
}

static cr_status put_cell(const cr_writing *w, size_t row, size_t column, char delimiter,
                          bool first, cr_sink *out) {
  const cr_column *info = &w->table->columns[column].info;
  if (info->type == CR_COLUMN_IMAGE)
    return put_pixels(cr_table_image(w->table, row, column), info->width, delimiter, out);
  if (info->type == CR_COLUMN_TEXT && !w->options->codes) {
    const char *text = cr_table_text(w->table, row, column);
    return text ? put_text(out, text, first) : put_gap(w, out);
  }
  const double value = cr_writing_number(w, row, column);
  return isnan(value) ? put_gap(w, out) : cr_sink_number(out, value);
}

/* An image is as many columns as it has values: pixel1, pixel2, … */
static cr_status put_names(const cr_writing *w, size_t column, char delimiter, bool first,
                           cr_sink *out) {
  const cr_column *info = &w->table->columns[column].info;
  char name[32];
  if (info->type != CR_COLUMN_IMAGE) return put_text(out, info->name, first);
  for (size_t k = 0; k < info->width; k++) {
    snprintf(name, sizeof name, "pixel%zu", k + 1);
    if (k > 0) CR_TRY(cr_sink_add(out, &delimiter, 1));
    CR_TRY(cr_sink_text(out, name));
  }
  return CR_OK;
}

static cr_status put_header(const cr_writing *w, char delimiter, cr_sink *out) {
  for (size_t i = 0; i < w->column_count; i++) {
    if (i > 0) CR_TRY(cr_sink_add(out, &delimiter, 1));
    CR_TRY(put_names(w, w->columns[i], delimiter, i == 0, out));
  }
  return cr_sink_add(out, "\n", 1);
}

static cr_status write_rows(const cr_writing *w, char delimiter, cr_sink *out) {
  if (!w->options->no_header) CR_TRY(put_header(w, delimiter, out));
  for (size_t r = 0; r < w->row_count; r++) {
    for (size_t i = 0; i < w->column_count; i++) {
      const bool first = w->options->no_header && r == 0 && i == 0;
      if (i > 0) CR_TRY(cr_sink_add(out, &delimiter, 1));
      CR_TRY(put_cell(w, cr_writing_row(w, r), w->columns[i], delimiter, first, out));
    }
    CR_TRY(cr_sink_add(out, "\n", 1));
  }
  return CR_OK;
}

static cr_status write_csv(const cr_writing *w, cr_sink *out) {
  return write_rows(w, ',', out);
}

static cr_status write_tsv(const cr_writing *w, cr_sink *out) {
  return write_rows(w, '\t', out);
}

static cr_status check(const cr_writing *w) {
  for (size_t i = 0; i < w->column_count; i++) CR_TRY(cr_check_kept(w, w->columns[i]));
  return CR_OK;
}

const cr_writer cr_csv_writer = {
    .name = "csv", .endings = {".csv"}, .check = check, .write = write_csv};
const cr_writer cr_tsv_writer = {
    .name = "tsv", .endings = {".tsv", ".tab"}, .check = check, .write = write_tsv};
