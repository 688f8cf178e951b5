/* What a text must be before it is read as CSV, and what is said when its rows do not fit. */
#include <string.h>

#include "base/quote.h"
#include "data/csv.h"

typedef struct byte_order_mark {
  const char *bytes;
  size_t size;
  const char *encoding;
} byte_order_mark;

/* The longer ones first: UTF-32's begins as UTF-16's does. */
static const byte_order_mark foreign_marks[] = {
    {"\xff\xfe\0\0", 4, "UTF-32LE"},
    {"\0\0\xfe\xff", 4, "UTF-32BE"},
    {"\xff\xfe", 2, "UTF-16LE"},
    {"\xfe\xff", 2, "UTF-16BE"},
};

static cr_status fix_encoding(const cr_csv *csv, const char *encoding) {
  cr_strbuf command = {0};
  cr_strbuf_format(&command, "iconv -f %s -t UTF-8 ", encoding);
  cr_quote_path(&command, csv->source->path);
  cr_strbuf_format(&command, " > utf8.csv");
  return cr_fix_command(&command);
}

/* The first line "sep=;" is for Excel: the delimiter, unless another one is asked for. */
static void pass_separator(cr_csv *csv) {
  const char *end = csv->text + 5;
  if (csv->size < 6 || memcmp(csv->text, "sep=", 4) != 0 || (*end != '\n' && *end != '\r')) return;
  if (!memchr(",;\t|", csv->text[4], 4)) return;
  if (csv->delimiter == '\0') csv->delimiter = csv->text[4];
  end += end[0] == '\r' && end[1] == '\n' ? 2 : 1;
  csv->size -= (size_t)(end - csv->text);
  csv->text = end;
  csv->first_line++;
}

cr_status cr_csv_check_marks(cr_csv *csv) {
  if (csv->first_byte > 0) return CR_OK;
  static const char utf8_mark[] = "\xef\xbb\xbf";
  for (size_t i = 0; i < sizeof foreign_marks / sizeof *foreign_marks; i++) {
    const byte_order_mark *mark = &foreign_marks[i];
    if (csv->size < mark->size || memcmp(csv->text, mark->bytes, mark->size) != 0) continue;
    cr_fail_offset(CR_ERR_CSV, csv->source->path, 0, "the text is %s; CSV is read as UTF-8",
                   mark->encoding);
    return fix_encoding(csv, mark->encoding);
  }
  if (csv->size >= 3 && memcmp(csv->text, utf8_mark, 3) == 0) {
    csv->text += 3;
    csv->size -= 3;
  }
  pass_separator(csv);
  return CR_OK;
}

static uint64_t line_at(const cr_csv *csv, size_t offset) {
  cr_csv_lines lines = {csv->text, csv->first_line};
  return cr_csv_line_of(&lines, csv->text + offset);
}

/* Of Latin letters every second byte is NUL in UTF-16. */
static const char *wide_encoding(const cr_csv *csv) {
  const char *text = csv->text;
  if (csv->first_byte > 0 || csv->size < 4) return NULL;
  if (text[0] && !text[1] && text[2] && !text[3]) return "UTF-16LE";
  return !text[0] && text[1] && !text[2] && text[3] ? "UTF-16BE" : NULL;
}

static cr_status check_zeros(const cr_csv *csv) {
  const size_t skipped = csv->source->size - csv->size;
  const char *nul = memchr(csv->text, '\0', csv->size);
  if (!nul) return CR_OK;
  const size_t offset = (size_t)(nul - csv->text);
  cr_fail_at(CR_ERR_CSV, csv->source->path, line_at(csv, offset), 0,
             "a NUL byte at offset %llu: this is not a text",
             (unsigned long long)(csv->first_byte + skipped + offset));
  const char *encoding = wide_encoding(csv);
  if (!encoding) return CR_ERR_CSV;
  cr_why("it looks like %s without a mark at its start", encoding);
  return fix_encoding(csv, encoding);
}

cr_status cr_csv_check_head(cr_csv *csv) {
  CR_TRY(cr_csv_check_marks(csv));
  return check_zeros(csv);
}

cr_status cr_csv_check_text(const cr_csv *csv) {
  CR_TRY(check_zeros(csv));
  const size_t skipped = csv->source->size - csv->size;
  size_t offset;
  if (cr_text_is_utf8(csv->text, csv->size, &offset)) return CR_OK;
  cr_fail_at(CR_ERR_CSV, csv->source->path, line_at(csv, offset), 0,
             "byte 0x%02x at offset %llu is not UTF-8", (unsigned)(unsigned char)csv->text[offset],
             (unsigned long long)(csv->first_byte + skipped + offset));
  cr_why("an older encoding, perhaps: Latin-1 and Windows-1252 are common");
  return fix_encoding(csv, "WINDOWS-1252");
}

cr_status cr_csv_spend(cr_csv *csv, uint64_t bytes) {
  if (bytes > csv->bytes_left) return cr_table_fail_size(csv->source->path, csv->options);
  csv->bytes_left -= bytes;
  return CR_OK;
}

cr_status cr_csv_fix_start(const cr_csv *csv, uint64_t line) {
  cr_fix("take out what stands above line %llu", (unsigned long long)line);
  if (csv->source->compressed) return cr_last_error()->status;
  cr_strbuf command = {0};
  cr_strbuf_format(&command, "tail -n +%llu ", (unsigned long long)line);
  cr_quote_path(&command, csv->source->path);
  cr_strbuf_format(&command, " > table.csv");
  return cr_fix_command(&command);
}

/* A value where the beginning of the file has nothing behind its delimiters. */
static cr_status fix_trailing(const cr_csv *csv, size_t all) {
  const cr_csv_shape *shape = &csv->shape;
  cr_why("nothing follows the last delimiters of the first lines: no column was taken to be there");
  return cr_fix(
      "give each of %zu columns a name in the first line, or --bad-rows skip to leave out %zu of "
      "%zu",
      shape->ragged_cells, shape->ragged, all);
}

cr_status cr_csv_fail_ragged(const cr_csv *csv) {
  const cr_csv_shape *shape = &csv->shape;
  const size_t all = shape->rows - csv->has_header + shape->ragged;
  cr_strbuf found = {0};
  if (shape->ragged_cells)
    cr_strbuf_format(&found, "%zu value%s", shape->ragged_cells,
                     shape->ragged_cells == 1 ? "" : "s");
  else
    cr_strbuf_format(&found, "none (it is blank)");
  cr_fail_at(CR_ERR_RAGGED, csv->source->path, shape->ragged_line, 0,
             "%zu of %zu rows differ%s in length: this one has %s, the first row has %zu",
             shape->ragged, all, shape->ragged == 1 ? "s" : "",
             found.text ? found.text : "another number of values", shape->columns);
  cr_strbuf_free(&found);
  if (csv->trailing > 0 && shape->ragged_cells > shape->columns && shape->ragged < shape->rows)
    return fix_trailing(csv, all);
  const bool cut = shape->ragged_cells > 0 && shape->ragged_cells < shape->columns;
  if (shape->ragged < shape->rows)
    return cr_fix("complete the rows%s or --bad-rows skip to leave out %zu of %zu",
                  cut ? ", --bad-rows pad to fill them with gaps," : ",", shape->ragged, all);
  cr_why("values are delimited by %s here, and most rows do not have as many as the first",
         csv->delimiter == '\t' ? "tabs" : (const char[]){'\'', csv->delimiter, '\'', '\0'});
  if (shape->ragged_cells > shape->columns) return cr_csv_fix_start(csv, shape->ragged_line);
  return cr_fix("begin the file with its header or first row, each value between delimiters");
}
