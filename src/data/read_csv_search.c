/* Is there a header? A file of words alone tells only by all of its rows. */
#include "base/alloc.h"
#include "data/csv.h"

/* The text as it is meant, with its rows counted. The first one says how it is cut. */
static cr_status prepare(cr_csv_search *search, cr_csv *csv, cr_strbuf *mended) {
  CR_TRY(cr_csv_check_marks(csv));
  if (search->bytes == 0) {
    cr_csv_find_delimiters(csv);
    search->delimiter = csv->delimiter;
    search->trailing = csv->trailing;
  }
  CR_TRY(cr_csv_mend_text(csv, mended));
  if (search->bytes == 0 && !mended->text) {
    cr_strbuf_add(mended, csv->text, csv->size);
    if (mended->failed) return CR_ERR_MEMORY;
    csv->text = mended->text;
    csv->size = mended->length;
  }
  CR_TRY(cr_csv_survey_text(csv));
  cr_csv_set_delimiter(csv, search->delimiter);
  CR_TRY(cr_csv_find_shape(csv));
  search->columns = csv->shape.columns;
  return CR_OK;
}

static cr_status look(cr_csv_search *search, const cr_csv *csv) {
  cr_csv_scan scan;
  if (search->bytes == 0)
    CR_TRY(cr_csv_header_start(csv, &scan, &search->header));
  else
    cr_csv_start(csv, &scan);
  CR_TRY(cr_csv_header_below(csv, &scan, &search->header));
  search->open = cr_csv_header_is_open(&search->header);
  return CR_OK;
}

cr_status cr_csv_search_add(cr_csv_search *search, const char *path, const cr_read_options *options,
                            const char *text, size_t size) {
  const cr_source source = {.path = path, .bytes = (char *)text, .size = size};
  cr_strbuf mended = {0};
  cr_csv csv = {.source = &source,
                .options = options,
                .text = text,
                .size = size,
                .first_byte = search->bytes,
                .first_line = 1,
                .delimiter = search->bytes == 0 ? options->delimiter : search->delimiter,
                .trailing = search->trailing,
                .shape = {.columns = search->columns}};
  cr_status status = prepare(search, &csv, search->bytes == 0 ? &search->head : &mended);
  if (status == CR_OK) status = look(search, &csv);
  cr_csv_end(&csv);
  cr_strbuf_free(&mended);
  search->bytes += size;
  return status;
}

void cr_csv_search_free(cr_csv_search *search) {
  cr_csv_header_free(&search->header);
  cr_strbuf_free(&search->head);
  *search = (cr_csv_search){0};
}
