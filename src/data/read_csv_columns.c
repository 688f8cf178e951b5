/* The columns of a CSV file: first all cells as numbers, then those columns again that are text. */
#include <string.h>

#include "base/alloc.h"
#include "data/csv.h"

/*
 * What each different text of a column takes beside its bytes: a place in the set, in the list and
 * in the sorting, and in what these are copied to while they grow. Its bytes are kept twice.
 */
enum { TEXT_BYTES = 200, TEXT_COPIES = 4 };

typedef struct column_count {
  cr_csv_counts kinds;
  bool text; /* to be read as text */
  cr_csv_texts texts;
} column_count;

typedef struct filling {
  cr_csv *csv;
  cr_table *table;
  column_count *counts; /* (columns) */
  size_t target;        /* SIZE_MAX: none */
} filling;

static void note(cr_bad_value *first, size_t row, const cr_csv_cell *cell) {
  const size_t size = cell->size < sizeof first->text ? cell->size : sizeof first->text - 1;
  *first = (cr_bad_value){.row = row, .line = cell->line};
  if (size) memcpy(first->text, cell->text, size);
}

static void fill_cell(filling *f, size_t row, size_t column, const cr_csv_cell *cell) {
  cr_stored_column *stored = &f->table->columns[column];
  column_count *count = &f->counts[column];
  double *number = &stored->numbers[row];
  switch (cr_csv_classify(cell, number)) {
    case CR_CSV_NUMBER:
      count->kinds.numbers++;
      return;
    case CR_CSV_MISSING:
      if (count->kinds.missing++ == 0) note(&stored->first_missing, row, cell);
      *number = cr_number_missing();
      return;
    case CR_CSV_UNUSABLE:
      count->kinds.unusable++;
      break;
    case CR_CSV_WORD:
      count->kinds.words++;
      break;
  }
  if (count->kinds.unusable + count->kinds.words == 1) note(&stored->first_bad, row, cell);
  *number = cr_number_bad();
}

/* Steps to the first row of data. */
static cr_status start_data(const cr_csv *csv, cr_csv_scan *scan) {
  bool found;
  cr_csv_cell cell = {0};
  cr_csv_start(csv, scan);
  scan->row = csv->first_row;
  if (!csv->has_header) return CR_OK;
  CR_TRY(cr_csv_next_row(csv, scan, &found));
  while (!cell.last) CR_TRY(cr_csv_next(scan, &cell));
  scan->row = csv->first_row;
  return CR_OK;
}

static cr_status fill_numbers(filling *f) {
  cr_csv_scan scan;
  bool found;
  CR_TRY(start_data(f->csv, &scan));
  for (size_t r = 0; r < f->table->rows; r++) {
    CR_TRY(cr_csv_next_row(f->csv, &scan, &found));
    if (f->table->row_numbers) f->table->row_numbers[r] = scan.row;
    for (size_t c = 0; c < f->table->column_count; c++) {
      cr_csv_cell cell;
      CR_TRY(cr_csv_next(&scan, &cell));
      fill_cell(f, r, c, &cell);
    }
  }
  return CR_OK;
}

static cr_status fill_code(filling *f, size_t row, size_t column, const cr_csv_cell *cell,
                           cr_strbuf *scratch) {
  cr_stored_column *stored = &f->table->columns[column];
  cr_csv_texts *texts = &f->counts[column].texts;
  double number;
  stored->codes[row] = UINT32_MAX;
  if (cr_csv_classify(cell, &number) == CR_CSV_MISSING) return CR_OK;
  const size_t known = texts->count;
  if (!cell->escaped) {
    CR_TRY(cr_csv_texts_code(texts, cell->text, cell->size, &stored->codes[row]));
  } else {
    CR_TRY(cr_csv_unescape(cell, scratch));
    CR_TRY(cr_csv_texts_code(texts, scratch->text, scratch->length, &stored->codes[row]));
  }
  return texts->count == known ? CR_OK
                               : cr_csv_spend(f->csv, TEXT_BYTES + TEXT_COPIES * cell->size);
}

static cr_status fill_codes(filling *f, cr_strbuf *scratch) {
  cr_csv_scan scan;
  bool found;
  CR_TRY(start_data(f->csv, &scan));
  for (size_t r = 0; r < f->table->rows; r++) {
    CR_TRY(cr_csv_next_row(f->csv, &scan, &found));
    for (size_t c = 0; c < f->table->column_count; c++) {
      cr_csv_cell cell;
      CR_TRY(cr_csv_next(&scan, &cell));
      if (f->counts[c].text) CR_TRY(fill_code(f, r, c, &cell, scratch));
    }
  }
  return CR_OK;
}

static cr_csv_type type_of(const filling *f, size_t column) {
  return f->csv->types ? f->csv->types[column] : CR_CSV_BY_LOOKING;
}

/* May a column turn out to be one of texts, whatever its different values are? */
static bool may_be_text(const filling *f, size_t column) {
  const cr_csv_type type = type_of(f, column);
  if (type != CR_CSV_BY_LOOKING) return type == CR_CSV_TEXTS;
  return cr_csv_is_text(&f->counts[column].kinds, 0, column == f->target);
}

/* Makes room for the codes of columns of text; false if there are none. */
static cr_status choose_text(filling *f, bool *any) {
  *any = false;
  for (size_t c = 0; c < f->table->column_count; c++) {
    f->counts[c].text = may_be_text(f, c);
    if (!f->counts[c].text) continue;
    void *codes;
    CR_TRY(cr_csv_spend(f->csv, f->table->rows * sizeof(uint32_t)));
    CR_TRY(cr_alloc(f->table->rows, sizeof(uint32_t), &codes));
    f->table->columns[c].codes = codes;
    *any = true;
  }
  return CR_OK;
}

/* A column that turned out to be text has no numbers; one that did not has no codes. */
static cr_status settle(filling *f, size_t column) {
  cr_stored_column *stored = &f->table->columns[column];
  column_count *count = &f->counts[column];
  if (type_of(f, column) == CR_CSV_BY_LOOKING &&
      !cr_csv_is_text(&count->kinds, count->texts.count, column == f->target)) {
    cr_free(stored->codes);
    stored->codes = NULL;
    return CR_OK;
  }
  cr_free(stored->numbers);
  stored->numbers = NULL;
  stored->info.type = CR_COLUMN_TEXT;
  return cr_csv_texts_sort(&count->texts, stored, f->table->rows);
}

static cr_status fill_texts(filling *f) {
  bool any;
  CR_TRY(choose_text(f, &any));
  if (!any) return CR_OK;
  cr_strbuf scratch = {0};
  cr_status status = fill_codes(f, &scratch);
  cr_strbuf_free(&scratch);
  for (size_t c = 0; c < f->table->column_count && status == CR_OK; c++)
    if (f->counts[c].text) status = settle(f, c);
  return status;
}

static cr_status fill(filling *f) {
  for (size_t c = 0; c < f->table->column_count; c++) CR_TRY(cr_table_add_numbers(f->table, c));
  if (f->csv->shape.ragged || f->csv->first_row) CR_TRY(cr_table_add_row_numbers(f->table));
  CR_TRY(fill_numbers(f));
  return fill_texts(f);
}

uint64_t cr_csv_column_bytes(void) {
  return cr_table_column_bytes() + sizeof(column_count);
}

cr_status cr_csv_fill(cr_csv *csv, cr_table *table) {
  filling f = {.csv = csv, .table = table, .target = table->column_count - 1};
  const char *target = csv->options->target;
  if (target && !cr_table_find(table, target, &f.target)) f.target = SIZE_MAX;
  void *counts;
  CR_TRY(cr_alloc(table->column_count, sizeof(column_count), &counts));
  f.counts = counts;
  const cr_status status = fill(&f);
  for (size_t c = 0; c < table->column_count; c++) {
    cr_csv_texts_free(&f.counts[c].texts);
    if (csv->counts) cr_csv_add_counts(&csv->counts[c], &f.counts[c].kinds);
  }
  cr_free(f.counts);
  return status;
}
