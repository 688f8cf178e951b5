/* Texts that came of late in a column, found again without a hash that anybody could aim at. */
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/size.h"
#include "data/csv.h"

static uint32_t four_bytes(const unsigned char *bytes) {
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The two ends of a text of fewer than eight bytes: together they are all of it. */
static uint64_t short_ends(const unsigned char *bytes, size_t size) {
  if (size >= 4) return four_bytes(bytes) | (uint64_t)four_bytes(bytes + size - 4) << 32;
  if (size == 0) return 0;
  return bytes[0] | (uint64_t)bytes[size / 2] << 8 | (uint64_t)bytes[size - 1] << 16;
}

static uint64_t ends_of(const char *text, size_t size) {
  const unsigned char *bytes = (const unsigned char *)text;
  if (size < 8) return short_ends(bytes, size);
  return cr_little_endian(bytes) ^ cr_little_endian(bytes + size - 8) * 31;
}

/* Of texts whose sizes and ends are the same. */
static bool same_bytes(const char *a, const char *b, size_t size) {
  if (size < 8) return true;
  if (size > 16) return memcmp(a, b, size) == 0;
  return cr_little_endian((const unsigned char *)a) == cr_little_endian((const unsigned char *)b);
}

/* A column of few rows has few slots: a file may have a million columns. */
cr_status cr_csv_recent_create(size_t rows, cr_csv_recent **out) {
  size_t count = CR_CSV_WAYS;
  void *block;
  while (count < rows && count < CR_CSV_SLOTS_MOST) count *= 2;
  CR_TRY(cr_alloc(1, sizeof(cr_csv_recent) + count * sizeof(cr_csv_slot), &block));
  *out = block;
  (*out)->slot_count = count;
  return CR_OK;
}

static cr_status add_item(cr_csv_recent *recent, const cr_csv_cell *cell, uint64_t ends) {
  enum { FIRST_ROOM = 16 };
  void *items = recent->items;
  double number;
  CR_TRY(cr_grow(&items, recent->count,
                 cr_size_max(recent->count + 1, cr_size_min(FIRST_ROOM, recent->slot_count)),
                 sizeof(cr_csv_text), &recent->capacity));
  recent->items = items;
  const char *text = cell->text;
  size_t size = cell->size;
  if (cell->escaped) {
    CR_TRY(cr_csv_unescape(cell, &recent->scratch));
    text = recent->scratch.text;
    size = recent->scratch.length;
  }
  const cr_csv_kind kind = cr_csv_classify(cell, &number);
  const bool plain = kind == CR_CSV_NUMBER;
  const unsigned told = plain ? 0 : cr_csv_look_for_amount(cell, &number);
  recent->items[recent->count++] = (cr_csv_text){.text = cell->text,
                                                 .size = cell->size,
                                                 .hash = cr_hash_secret(text, size),
                                                 .ends = ends,
                                                 .escaped = cell->escaped,
                                                 .kind = (uint8_t)kind,
                                                 .told = (uint16_t)told};
  return CR_OK;
}

/* Any function will do that spreads texts a little: what is not found is only added again. */
cr_status cr_csv_recent_code(cr_csv_recent *recent, const cr_csv_cell *cell, uint32_t *code) {
  const uint64_t ends = ends_of(cell->text, cell->size);
  const uint64_t place = (ends + cell->size) * UINT64_C(0x9e3779b97f4a7c15);
  const uint32_t mark = (uint32_t)(place >> 16);
  const size_t first = (size_t)(place >> 53) & (recent->slot_count - 1);
  cr_csv_slot *slots = &recent->slots[first & ~(size_t)(CR_CSV_WAYS - 1)];
  for (size_t w = 0; w < CR_CSV_WAYS && slots[w].item_and_one; w++) {
    if (slots[w].mark != mark) continue;
    const cr_csv_text *item = &recent->items[slots[w].item_and_one - 1];
    if (item->ends != ends || item->size != cell->size || item->escaped != cell->escaped) continue;
    if (!same_bytes(item->text, cell->text, cell->size)) continue;
    *code = slots[w].item_and_one - 1;
    return CR_OK;
  }
  CR_TRY(add_item(recent, cell, ends));
  memmove(slots + 1, slots, (CR_CSV_WAYS - 1) * sizeof *slots); /* the oldest goes */
  slots[0] = (cr_csv_slot){.mark = mark, .item_and_one = (uint32_t)recent->count};
  *code = (uint32_t)recent->count - 1;
  return CR_OK;
}

void cr_csv_recent_free(cr_csv_recent *recent) {
  if (!recent) return;
  cr_free(recent->items);
  cr_strbuf_free(&recent->scratch);
  cr_free(recent);
}
