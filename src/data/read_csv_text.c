/* The different texts of a column. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/size.h"
#include "data/csv.h"

/* Where a text falls: any function will do that spreads texts a little. Its ends say most. */
static size_t slot_of(const char *text, size_t size) {
  const unsigned char *bytes = (const unsigned char *)text;
  uint64_t word;
  if (size >= 8)
    word = cr_little_endian(bytes) ^ cr_little_endian(bytes + size - 8) * 31;
  else
    word = cr_little_endian_rest(bytes, size);
  return (size_t)((word + size) * UINT64_C(0x9e3779b97f4a7c15) >> 53) % CR_CSV_SLOTS;
}

static cr_status add_recent(cr_csv_recent *recent, const cr_csv_cell *cell) {
  void *items = recent->items;
  double number;
  CR_TRY(cr_grow(&items, recent->count, recent->count + 1, sizeof(cr_csv_text), &recent->capacity));
  recent->items = items;
  const char *text = cell->text;
  size_t size = cell->size;
  if (cell->escaped) {
    CR_TRY(cr_csv_unescape(cell, &recent->scratch));
    text = recent->scratch.text;
    size = recent->scratch.length;
  }
  recent->items[recent->count++] = (cr_csv_text){.text = cell->text,
                                                 .size = cell->size,
                                                 .hash = cr_hash_secret(text, size),
                                                 .escaped = cell->escaped,
                                                 .kind = (uint8_t)cr_csv_classify(cell, &number)};
  return CR_OK;
}

cr_status cr_csv_recent_code(cr_csv_recent *recent, const cr_csv_cell *cell, uint32_t *code,
                             bool *added) {
  uint32_t *slot = &recent->slots[slot_of(cell->text, cell->size)];
  *added = true;
  if (*slot) {
    const cr_csv_text *item = &recent->items[*slot - 1];
    *added = item->size != cell->size || item->escaped != cell->escaped ||
             memcmp(item->text, cell->text, cell->size) != 0;
  }
  if (*added) {
    CR_TRY(add_recent(recent, cell));
    *slot = (uint32_t)recent->count;
  }
  *code = *slot - 1;
  return CR_OK;
}

void cr_csv_recent_free(cr_csv_recent *recent) {
  if (!recent) return;
  cr_free(recent->items);
  cr_strbuf_free(&recent->scratch);
  cr_free(recent);
}

static bool same_text(const void *context, const void *key, size_t item) {
  const cr_csv_text *text = &((const cr_csv_texts *)context)->items[item], *wanted = key;
  return text->size == wanted->size && memcmp(text->text, wanted->text, text->size) == 0;
}

uint32_t cr_csv_texts_find(const cr_csv_texts *texts, const char *text, size_t size) {
  const cr_csv_text key = {.text = text, .size = size};
  const size_t item =
      cr_hashset_find(&texts->set, cr_hash_secret(text, size), &key, same_text, texts);
  return item == SIZE_MAX ? UINT32_MAX : (uint32_t)item;
}

static cr_status add_copy(cr_csv_texts *texts, const char *text, size_t size, const char **copy) {
  CR_TRY(cr_strlist_add_bytes(&texts->copies, text, size));
  *copy = texts->copies.items[texts->copies.count - 1];
  return CR_OK;
}

/* The code of a text that is not escaped; a new one is borrowed, or else copied. */
static cr_status code_text(cr_csv_texts *texts, const cr_csv_text *text, bool borrow,
                           uint32_t *code) {
  const size_t item = cr_hashset_find(&texts->set, text->hash, text, same_text, texts);
  *code = (uint32_t)item;
  if (item != SIZE_MAX) return CR_OK;
  void *items = texts->items;
  CR_TRY(cr_grow(&items, texts->count, texts->count + 1, sizeof *text, &texts->capacity));
  texts->items = items;
  cr_csv_text *added = &texts->items[texts->count];
  *added = *text;
  if (!borrow) CR_TRY(add_copy(texts, text->text, text->size, &added->text));
  CR_TRY(cr_hashset_add(&texts->set, text->hash, texts->count));
  *code = (uint32_t)texts->count++;
  return CR_OK;
}

cr_status cr_csv_texts_code(cr_csv_texts *texts, const char *text, size_t size, uint32_t *code) {
  const cr_csv_text key = {.text = text, .size = size, .hash = cr_hash_secret(text, size)};
  return code_text(texts, &key, false, code);
}

cr_status cr_csv_texts_add(cr_csv_texts *texts, const cr_csv_text *text, uint32_t *code) {
  if (!text->escaped) return code_text(texts, text, true, code);
  const cr_csv_cell cell = {.text = text->text, .size = text->size, .escaped = true};
  cr_strbuf buffer = {0};
  cr_status status = cr_csv_unescape(&cell, &buffer);
  const cr_csv_text key = {.text = buffer.text, .size = buffer.length, .hash = text->hash};
  if (status == CR_OK) status = code_text(texts, &key, false, code);
  cr_strbuf_free(&buffer);
  return status;
}

enum { AHEAD = 8 }; /* texts */

/* A text for sorting: its first bytes as a number that orders like them. */
typedef struct coded_text {
  uint64_t head;
  const cr_csv_text *text;
} coded_text;

static uint64_t head_of(const cr_csv_text *text) {
  const size_t size = cr_size_min(text->size, 8);
  uint64_t head = 0;
  for (size_t i = 0; i < size; i++) head |= (uint64_t)(unsigned char)text->text[i] << (56 - 8 * i);
  return head;
}

static int by_bytes(const void *a, const void *b) {
  const cr_csv_text *x = ((const coded_text *)a)->text, *y = ((const coded_text *)b)->text;
  const int order = memcmp(x->text, y->text, cr_size_min(x->size, y->size));
  return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

/* Puts texts into the order of one byte of their heads, those with the same one as they were. */
static void sort_by_byte(const coded_text *from, coded_text *to, size_t count, unsigned shift) {
  size_t places[257] = {0};
  for (size_t i = 0; i < count; i++) places[(from[i].head >> shift & 0xff) + 1]++;
  for (size_t b = 0; b < 256; b++) places[b + 1] += places[b];
  for (size_t i = 0; i < count; i++) to[places[from[i].head >> shift & 0xff]++] = from[i];
}

/* By the heads first, from their last byte to the first; then those whose heads are the same. */
static void sort_texts(coded_text *order, coded_text *room, size_t count) {
  for (unsigned shift = 0; shift < 64; shift += 16) {
    sort_by_byte(order, room, count, shift);
    sort_by_byte(room, order, count, shift + 8);
  }
  for (size_t first = 0, end; first < count; first = end) {
    for (end = first + 1; end < count && order[end].head == order[first].head;) end++;
    if (end - first > 1) qsort(&order[first], end - first, sizeof *order, by_bytes);
  }
}

/* order (2, count), map (count): room for the sorting, and the new code of each old one. */
static cr_status sort_into(const cr_csv_texts *texts, coded_text *order, uint32_t *map,
                           cr_stored_column *column, size_t rows) {
  for (size_t i = 0; i < texts->count; i++)
    order[i] = (coded_text){.head = head_of(&texts->items[i]), .text = &texts->items[i]};
  sort_texts(order, order + texts->count, texts->count);
  for (size_t i = 0; i < texts->count; i++) {
    const cr_csv_text *text = order[i].text;
    /* Sorted, they lie anywhere in the file: their places and bytes are fetched before. */
    if (i + 2 * AHEAD < texts->count) __builtin_prefetch(order[i + 2 * AHEAD].text);
    if (i + AHEAD < texts->count) __builtin_prefetch(order[i + AHEAD].text->text);
    map[text - texts->items] = (uint32_t)i;
    CR_TRY(cr_strlist_add_bytes(&column->texts, text->text, text->size));
  }
  for (size_t r = 0; r < rows; r++)
    if (column->codes[r] != UINT32_MAX) column->codes[r] = map[column->codes[r]];
  return CR_OK;
}

cr_status cr_csv_texts_sort(cr_csv_texts *texts, cr_stored_column *column, size_t rows) {
  void *order = NULL, *map = NULL;
  if (texts->count == 0) return CR_OK; /* all are missing */
  cr_status status = cr_alloc(texts->count, 2 * sizeof(coded_text), &order);
  if (status == CR_OK) status = cr_alloc(texts->count, sizeof(uint32_t), &map);
  if (status == CR_OK) status = sort_into(texts, order, map, column, rows);
  cr_free(order);
  cr_free(map);
  return status;
}

void cr_csv_texts_free(cr_csv_texts *texts) {
  cr_free(texts->items);
  cr_strlist_free(&texts->copies);
  cr_hashset_free(&texts->set);
  *texts = (cr_csv_texts){0};
}
