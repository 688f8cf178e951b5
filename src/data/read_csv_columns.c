/*
 * The columns of a CSV file. A few rows say whether one is read as numbers or as codes of texts.
 * What it is after all is told by all rows; then one taken for numbers may be read once more.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/csv.h"

/*
 * What each different text of a column takes beside its bytes: a place in the set, in the list and
 * in the sorting, and in what these are copied to while they grow. Its bytes are kept twice.
 */
enum { TEXT_BYTES = 200, TEXT_COPIES = 4 };

/* Texts whose places are fetched before they are looked for. */
enum { AHEAD = 8 };

/* Rows that are looked at first; chunks side by side, and what these may take of memory. */
enum { ROWS_LOOKED_AT = 100, PARTS_MOST = 16, PARTS_BYTES = 32 << 20 };

typedef struct column {
  cr_csv_counts kinds;
  cr_csv_texts texts;
  uint64_t text_bytes; /* taken by texts, and not yet spent */
  bool amounts;        /* it was read as such in the end */
  cr_status status;    /* of the adding of texts */
} column;

typedef struct reading {
  cr_csv *csv;
  cr_table *table;
  column *columns;    /* (columns) */
  cr_csv_mode *modes; /* (columns) */
  size_t target;      /* SIZE_MAX: none */
  cr_csv_filling filling;
  size_t part_count; /* at a time */
  size_t *coded;     /* (coded_count) columns that are read as codes */
  size_t coded_count;
} reading;

static cr_csv_type type_of(const reading *r, size_t c) {
  return r->csv->types ? r->csv->types[c] : CR_CSV_BY_LOOKING;
}

static bool is_text(const reading *r, size_t c, size_t distinct) {
  const cr_csv_type type = type_of(r, c);
  if (type != CR_CSV_BY_LOOKING) return type == CR_CSV_TEXTS;
  return cr_csv_is_text(&r->columns[c].kinds, distinct, c == r->target);
}

static bool is_amounts(const reading *r, size_t c) {
  const cr_csv_type type = type_of(r, c);
  if (type != CR_CSV_BY_LOOKING) return type == CR_CSV_AMOUNTS;
  return cr_csv_is_amounts(&r->columns[c].kinds);
}

static cr_csv_mode mode_of(const reading *r, size_t c) {
  if (is_amounts(r, c)) return CR_CSV_AS_AMOUNTS;
  return is_text(r, c, 0) ? CR_CSV_AS_CODES : CR_CSV_AS_NUMBERS;
}

/* Modes by the first rows. */
static cr_status look(reading *r) {
  cr_csv_scan scan = r->filling.data;
  const size_t rows = cr_size_min(r->table->rows, ROWS_LOOKED_AT);
  for (size_t i = 0; i < rows; i++) {
    bool found;
    CR_TRY(cr_csv_next_row(r->csv, &scan, &found));
    for (size_t c = 0; c < r->table->column_count; c++) {
      cr_csv_cell cell;
      double number;
      CR_TRY(cr_csv_next(&scan, &cell));
      const cr_csv_kind kind = cr_csv_classify(&cell, &number);
      r->columns[c].kinds.numbers += kind == CR_CSV_NUMBER || kind == CR_CSV_UNUSABLE;
      r->columns[c].kinds.words += kind == CR_CSV_WORD;
    }
  }
  for (size_t c = 0; c < r->table->column_count; c++) {
    r->modes[c] = mode_of(r, c);
    r->columns[c].kinds = (cr_csv_counts){0};
  }
  return CR_OK;
}

static cr_status make_room(reading *r) {
  r->coded_count = 0;
  for (size_t c = 0; c < r->table->column_count; c++) {
    const bool gives_numbers = cr_csv_gives_numbers(r->modes[c]);
    if (gives_numbers) r->columns[c].amounts = r->modes[c] == CR_CSV_AS_AMOUNTS;
    if (gives_numbers && !r->table->columns[c].numbers) CR_TRY(cr_table_add_numbers(r->table, c));
    if (r->modes[c] != CR_CSV_AS_CODES) continue;
    void *codes;
    CR_TRY(cr_csv_spend(r->csv, r->table->rows * sizeof(uint32_t)));
    CR_TRY(cr_alloc(r->table->rows, sizeof(uint32_t), &codes));
    r->table->columns[c].codes = codes;
    r->table->columns[c].info.width = 1;
    r->coded[r->coded_count++] = c;
  }
  return CR_OK;
}

/* Fits in memory, and in a code. */
static cr_status make_parts(reading *r) {
  const size_t columns = r->table->column_count;
  const size_t recent = sizeof(cr_csv_recent) + CR_CSV_SLOTS_MOST * sizeof(cr_csv_slot);
  const size_t bytes = columns * sizeof(cr_csv_found) + r->coded_count * recent;
  r->part_count = cr_size_max(1, cr_size_min(PARTS_MOST, PARTS_BYTES / bytes));
  r->part_count = cr_size_min(r->part_count, r->csv->chunk_count);
  void *block;
  CR_TRY(cr_alloc(r->part_count, sizeof(cr_csv_part), &block));
  r->filling.parts = block;
  for (size_t i = 0; i < r->part_count; i++) {
    CR_TRY(cr_alloc(columns, sizeof(cr_csv_found), &block));
    r->filling.parts[i].found = block;
  }
  return CR_OK;
}

static void empty_part(const reading *r, cr_csv_part *part) {
  const size_t columns = r->table->column_count;
  for (size_t c = 0; part->found && c < columns; c++) cr_csv_recent_free(part->found[c].recent);
  if (part->found) memset(part->found, 0, columns * sizeof *part->found);
}

static void free_parts(reading *r) {
  for (size_t i = 0; r->filling.parts && i < r->part_count; i++) {
    empty_part(r, &r->filling.parts[i]);
    cr_free(r->filling.parts[i].found);
    cr_csv_index_free(&r->filling.parts[i].index);
  }
  cr_free(r->filling.parts);
  r->filling.parts = NULL;
}

/* Rows of data before a chunk: the header fits, too, and blank rows at the end are none. */
static size_t rows_before(const cr_csv *csv, size_t chunk) {
  const size_t header = csv->has_header, all = csv->shape.rows;
  const size_t rows = chunk < csv->chunk_count ? csv->chunks[chunk].first_fit : all;
  return cr_size_max(cr_size_min(rows, all), header) - header;
}

static cr_status start_part(const reading *r, cr_csv_part *part, size_t chunk) {
  part->chunk = chunk;
  part->first = rows_before(r->csv, chunk);
  part->rows = rows_before(r->csv, chunk + 1) - part->first;
  part->status = CR_OK;
  for (size_t i = 0; i < r->coded_count; i++) {
    CR_TRY(cr_csv_recent_create(part->rows, &part->found[r->coded[i]].recent));
  }
  return CR_OK;
}

/* What the texts tell, each as good as once. */
static unsigned told_by(const cr_csv_recent *recent) {
  unsigned told = 0;
  for (size_t i = 0; recent && i < recent->count; i++) told |= recent->items[i].told;
  return told;
}

static void add_found(reading *r, const cr_csv_part *part) {
  for (size_t c = 0; c < r->table->column_count; c++) {
    const cr_csv_found *found = &part->found[c];
    cr_csv_counts *kinds = &r->columns[c].kinds;
    cr_stored_column *stored = &r->table->columns[c];
    if (kinds->missing == 0) stored->first_missing = found->first_missing;
    if (kinds->unusable + kinds->words == 0) stored->first_bad = found->first_bad;
    cr_csv_add_counts(kinds, &found->kinds);
    kinds->told |= told_by(found->recent);
  }
}

/* Where most rows of a part have a text of their own those to come have, too: room for them. */
static cr_status make_text_room(const reading *r, column *to, const cr_csv_part *part,
                                size_t count) {
  const uint64_t most = r->csv->bytes_left / TEXT_BYTES / r->coded_count;
  if (to->texts.count > 0 || 2 * count < part->rows) return CR_OK;
  return cr_csv_texts_reserve(&to->texts, (size_t)cr_size_min(r->table->rows, (size_t)most));
}

/* Gives the texts of a part their codes among those of all, and its rows these codes. */
static cr_status add_texts(const reading *r, column *to, const cr_csv_part *part, size_t c) {
  cr_csv_recent *recent = part->found[c].recent;
  uint32_t *codes = r->table->columns[c].codes;
  CR_TRY(make_text_room(r, to, part, recent->count));
  for (size_t i = 0; i < recent->count; i++) {
    cr_csv_seen *seen = &recent->items[i];
    const size_t known = to->texts.count;
    seen->code = UINT32_MAX;
    if (seen->kind == CR_CSV_MISSING) continue;
    if (i + AHEAD < recent->count)
      cr_hashset_prepare(&to->texts.set, recent->items[i + AHEAD].hash);
    CR_TRY(cr_csv_texts_add(&to->texts, seen, &seen->code));
    if (to->texts.count > known) to->text_bytes += TEXT_BYTES + TEXT_COPIES * seen->text.size;
  }
  for (size_t row = part->first; row < part->first + part->rows; row++)
    codes[row] = recent->items[codes[row]].code;
  return CR_OK;
}

/* A task: a column of codes, and all parts in their order. */
static void add_column_texts(void *context, size_t index) {
  reading *r = context;
  const size_t c = r->coded[index];
  column *to = &r->columns[c];
  for (size_t i = 0; i < r->part_count && to->status == CR_OK; i++) {
    const cr_csv_part *part = &r->filling.parts[i];
    if (part->rows) to->status = add_texts(r, to, part, c);
  }
}

static cr_status fail_memory(void) {
  return cr_fail(CR_ERR_MEMORY, "out of memory: the texts of a table are too many");
}

static cr_status fill_parts(reading *r, size_t first) {
  cr_csv_part *parts = r->filling.parts;
  for (size_t i = 0; i < r->part_count; i++) CR_TRY(start_part(r, &parts[i], first + i));
  cr_pool_run(r->csv->pool, r->part_count, cr_csv_fill_part, &r->filling);
  for (size_t i = 0; i < r->part_count; i++) {
    if (parts[i].status != CR_OK) return fail_memory();
    add_found(r, &parts[i]);
  }
  cr_pool_run(r->csv->pool, r->coded_count, add_column_texts, r);
  for (size_t i = 0; i < r->coded_count; i++) {
    column *to = &r->columns[r->coded[i]];
    if (to->status != CR_OK) return fail_memory();
    CR_TRY(cr_csv_spend(r->csv, to->text_bytes));
    to->text_bytes = 0;
  }
  for (size_t i = 0; i < r->part_count; i++) empty_part(r, &parts[i]);
  return CR_OK;
}

/* All rows, the columns by their modes. */
static cr_status fill(reading *r) {
  CR_TRY(make_room(r));
  cr_status status = make_parts(r);
  for (size_t i = 0; i < r->csv->chunk_count && status == CR_OK; i += r->part_count)
    status = fill_parts(r, i);
  free_parts(r);
  return status;
}

static void forget_texts(reading *r, size_t c) {
  cr_free(r->table->columns[c].codes);
  r->table->columns[c].codes = NULL;
  cr_csv_texts_free(&r->columns[c].texts);
}

/* Those that are texts or amounts after all are read again; false if there are none. */
static bool choose_again(reading *r) {
  bool any = false;
  for (size_t c = 0; c < r->table->column_count; c++) {
    const cr_csv_mode mode = mode_of(r, c);
    const bool again =
        mode != r->modes[c] && (r->modes[c] == CR_CSV_AS_NUMBERS || mode == CR_CSV_AS_AMOUNTS);
    if (again && mode == CR_CSV_AS_AMOUNTS) forget_texts(r, c);
    r->modes[c] = again ? mode : CR_CSV_SKIP;
    if (again) r->columns[c].kinds = (cr_csv_counts){0};
    any = any || again;
  }
  return any;
}

/* Numbers out of codes, each different text being read once. */
static cr_status number_codes(reading *r, size_t c) {
  cr_stored_column *stored = &r->table->columns[c];
  const cr_csv_texts *texts = &r->columns[c].texts;
  void *block;
  CR_TRY(cr_table_add_numbers(r->table, c));
  CR_TRY(cr_alloc(texts->count, sizeof(double), &block));
  double *values = block;
  for (size_t i = 0; i < texts->count; i++) {
    const cr_csv_cell cell = {.text = texts->items[i].text, .size = texts->items[i].size};
    if (cr_csv_classify(&cell, &values[i]) != CR_CSV_NUMBER) values[i] = cr_number_bad();
  }
  for (size_t row = 0; row < r->table->rows; row++) {
    const uint32_t code = stored->codes[row];
    stored->numbers[row] = code == UINT32_MAX ? cr_number_missing() : values[code];
  }
  cr_free(block);
  return CR_OK;
}

/* As it is done where numbers are read at once. */
static void look_at_points(reading *r, size_t c) {
  const cr_stored_column *stored = &r->table->columns[c];
  if (r->csv->delimiter != ';') return;
  for (size_t row = 0; row < r->table->rows; row++) {
    if (isnan(stored->numbers[row])) continue;
    const cr_csv_text *text = &r->columns[c].texts.items[stored->codes[row]];
    cr_csv_look_at_point(text->text, text->size, &r->columns[c].kinds);
  }
}

static void note_points(reading *r, size_t c) {
  const cr_csv_counts *kinds = &r->columns[c].kinds;
  r->table->columns[c].pointed = kinds->decimals ? 0 : kinds->pointed;
}

/* A column that turned out to be text has no numbers; one that did not has no codes. */
static cr_status settle(reading *r, size_t c) {
  cr_stored_column *stored = &r->table->columns[c];
  if (r->columns[c].amounts) stored->amounts = r->columns[c].kinds.told;
  note_points(r, c);
  if (!stored->codes) return CR_OK;
  if (is_text(r, c, r->columns[c].texts.count)) {
    cr_free(stored->numbers);
    stored->numbers = NULL;
    stored->info.type = CR_COLUMN_TEXT;
    return cr_csv_texts_sort(&r->columns[c].texts, stored, r->table->rows);
  }
  if (!stored->numbers) CR_TRY(number_codes(r, c));
  look_at_points(r, c);
  note_points(r, c);
  cr_free(stored->codes);
  stored->codes = NULL;
  return CR_OK;
}

static cr_status read_columns(reading *r) {
  const cr_csv *csv = r->csv;
  if ((csv->shape.ragged || csv->first_row) && !r->table->row_numbers)
    CR_TRY(cr_table_add_row_numbers(r->table));
  CR_TRY(cr_csv_start_data(csv, &r->filling.data, &r->filling.rows_before));
  CR_TRY(look(r));
  CR_TRY(fill(r));
  if (choose_again(r)) CR_TRY(fill(r));
  for (size_t c = 0; c < r->table->column_count; c++) CR_TRY(settle(r, c));
  return CR_OK;
}

static cr_status start_reading(reading *r) {
  const size_t columns = r->table->column_count;
  void *block;
  CR_TRY(cr_alloc(columns, sizeof(column), &block));
  r->columns = block;
  CR_TRY(cr_alloc(columns, sizeof(cr_csv_mode), &block));
  r->modes = block;
  CR_TRY(cr_alloc(columns, sizeof(size_t), &block));
  r->coded = block;
  r->filling.modes = r->modes;
  return CR_OK;
}

uint64_t cr_csv_column_bytes(void) {
  return cr_table_column_bytes() + sizeof(column) + sizeof(cr_csv_found) + 2 * sizeof(size_t);
}

cr_status cr_csv_fill(cr_csv *csv, cr_table *table) {
  reading r = {.csv = csv,
               .table = table,
               .target = table->column_count - 1,
               .filling = {.csv = csv, .table = table}};
  const char *target = csv->options->target;
  if (target && !cr_table_find(table, target, &r.target)) r.target = SIZE_MAX;
  cr_status status = start_reading(&r);
  if (status == CR_OK) status = read_columns(&r);
  for (size_t c = 0; r.columns && c < table->column_count; c++) {
    cr_csv_texts_free(&r.columns[c].texts);
    if (csv->counts) cr_csv_add_counts(&csv->counts[c], &r.columns[c].kinds);
  }
  cr_free(r.columns);
  cr_free(r.modes);
  cr_free(r.coded);
  return status;
}
