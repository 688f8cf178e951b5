/*
 * Which mistake of a file is told, where it has several: the one that is told of it in memory.
 * Bytes that are no text come first, then quotes, then the lengths of rows, then names.
 */
#include <string.h>

#include "data/csv.h"
#include "data/large_text.h"

typedef struct judging {
  cr_large_text *text;
  const cr_read_options *options;
  cr_csv_pieces pieces;     /* whose rows are counted alone */
  uint64_t bytes, line;     /* before the next piece */
  cr_error no_text, broken; /* what was found first of each rank; a status of CR_OK: nothing */
} judging;

static void count_lines(judging *j, const char *text, size_t size) {
  cr_csv_lines lines = {text, j->line};
  j->line = cr_csv_line_of(&lines, text + size);
  j->bytes += size;
}

/* Is it text? *worst: nothing can be worse. */
static void judge_bytes(judging *j, const char *text, size_t size, bool *worst) {
  const cr_source source = {.path = j->pieces.source.path, .bytes = (char *)text, .size = size};
  cr_csv csv = {
      .source = &source, .text = text, .size = size, .first_byte = j->bytes, .first_line = j->line};
  const bool marked = cr_csv_check_marks(&csv) != CR_OK;
  if (!marked && cr_csv_check_text(&csv) == CR_OK) return;
  *worst = marked || memchr(text, '\0', size) != NULL;
  if (*worst || j->no_text.status == CR_OK) j->no_text = *cr_last_error();
}

/* How the rows are cut, by the first of them. */
static cr_status open_pieces(judging *j, const char *text, size_t size) {
  cr_csv_search search = {0};
  const char *header = j->options->header;
  const cr_status status =
      cr_csv_search_add(&search, j->pieces.source.path, j->options, text, size);
  j->pieces.delimiter = search.delimiter;
  j->pieces.trailing = search.trailing;
  j->pieces.columns = j->pieces.shape.columns = search.columns;
  j->pieces.has_header = strcmp(header, "auto") == 0 ? cr_csv_header_is_there(&search.header)
                                                     : strcmp(header, "yes") == 0;
  cr_csv_search_free(&search);
  return status;
}

static cr_status count_rows(judging *j, const char *text, size_t size) {
  cr_table *none = NULL;
  if (j->bytes == 0) CR_TRY(open_pieces(j, text, size));
  return cr_csv_pieces_read(&j->pieces, text, size, NULL, &none);
}

static void judge_piece(judging *j, const char *text, size_t size, bool *worst) {
  judge_bytes(j, text, size, worst);
  if (!*worst && j->no_text.status == CR_OK && j->broken.status == CR_OK &&
      count_rows(j, text, size) != CR_OK)
    j->broken = *cr_last_error();
  count_lines(j, text, size);
}

static cr_status judge_all(judging *j) {
  bool worst = false;
  size_t size = 0;
  CR_TRY(cr_large_text_rewind(j->text));
  do {
    CR_TRY(cr_large_text_rows(j->text, &size));
    const char after = j->text->bytes[size];
    j->text->bytes[size] = '\0';
    if (size > 0) judge_piece(j, j->text->bytes, size, &worst);
    j->text->bytes[size] = after;
    cr_large_text_drop(j->text, size);
  } while (!worst && (!j->text->end || j->text->filled > 0));
  if (j->no_text.status == CR_OK && j->broken.status == CR_OK &&
      cr_csv_pieces_check(&j->pieces) != CR_OK)
    j->broken = *cr_last_error();
  return CR_OK;
}

cr_status cr_large_judge(cr_large_text *text, const char *path, const cr_read_options *options,
                         cr_status status) {
  const bool of_text = status == CR_ERR_CSV || status == CR_ERR_RAGGED || status == CR_ERR_EMPTY ||
                       status == CR_ERR_COLUMN;
  const cr_error first = *cr_last_error();
  const cr_error *told = &first;
  if (!of_text) return status;
  judging j = {.text = text,
               .options = options,
               .line = 1,
               .pieces = {.source = {.path = path}, .options = options, .line = 1}};
  if (judge_all(&j) == CR_OK && j.broken.status != CR_OK) told = &j.broken;
  if (j.no_text.status != CR_OK) told = &j.no_text;
  cr_error_restore(told);
  return told->status;
}
