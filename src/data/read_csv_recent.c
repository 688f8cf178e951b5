/* Cells that came of late in a column, found again without a hash that anybody could aim at. */
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/size.h"
#include "data/csv.h"

/* The eight bytes at `at`, or those up to the end and zeros. */
static inline uint64_t eight_bytes(const char *at, const char *end) {
  const unsigned char *bytes = (const unsigned char *)at;
  if (end - at >= 8) return cr_little_endian(bytes);
  return cr_little_endian_rest(bytes, (size_t)(end - at));
}

/* Of cells whose sizes and ends are the same. */
static bool same_bytes(const char *a, const char *b, size_t size) {
  return size <= 16 || memcmp(a + 8, b + 8, size - 16) == 0;
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

static cr_status add_item(cr_csv_recent *recent, const cr_csv_seen *seen) {
  enum { FIRST_ROOM = 16 };
  void *items = recent->items;
  double number;
  cr_csv_cell cell;
  CR_TRY(cr_grow(&items, recent->count,
                 cr_size_max(recent->count + 1, cr_size_min(FIRST_ROOM, recent->slot_count)),
                 sizeof(cr_csv_seen), &recent->capacity));
  recent->items = items;
  cr_csv_seen *item = &recent->items[recent->count];
  *item = *seen;
  cr_csv_cut(item->raw, item->raw_size, &cell);
  item->text = (cr_csv_text){cell.text, cell.size};
  item->escaped = cell.escaped;
  item->kind = (uint8_t)cr_csv_classify(&cell, &number);
  const bool plain = item->kind == CR_CSV_NUMBER || item->kind == CR_CSV_MISSING;
  item->told = plain ? 0 : (uint16_t)cr_csv_look_for_amount(&cell, &number);
  if (cell.escaped) {
    CR_TRY(cr_csv_unescape(&cell, &recent->scratch));
    item->hash = cr_hash_secret(recent->scratch.text, recent->scratch.length);
  } else if (item->kind != CR_CSV_MISSING) {
    item->hash = cr_hash_secret(cell.text, cell.size);
  }
  recent->count++;
  return CR_OK;
}

/* Any function will do that spreads cells a little: what is not found is only added again. */
cr_status cr_csv_recent_code(cr_csv_recent *recent, const char *raw, size_t size, const char *end,
                             uint32_t *code) {
  const size_t part = cr_size_min(size, 8);
  const uint64_t mask = part ? UINT64_MAX >> (64 - 8 * part) : 0;
  const cr_csv_seen seen = {.first = eight_bytes(raw, end) & mask,
                            .last = eight_bytes(raw + size - part, end) & mask,
                            .raw = raw,
                            .raw_size = (uint32_t)size};
  const uint64_t place = (seen.first ^ (seen.last + size) * 31) * UINT64_C(0x9e3779b97f4a7c15);
  const uint32_t mark = (uint32_t)(place >> 16);
  const size_t own = (size_t)(place >> 53) & (recent->slot_count - 1);
  cr_csv_slot *slots = &recent->slots[own & ~(size_t)(CR_CSV_WAYS - 1)];
  cr_csv_slot *free = &recent->slots[own];
  for (size_t w = 0; w < CR_CSV_WAYS; w++) {
    cr_csv_slot *slot = &slots[(own + w) % CR_CSV_WAYS];
    if (!slot->item_and_one) {
      free = slot;
      break;
    }
    if (slot->mark != mark) continue;
    const cr_csv_seen *item = &recent->items[slot->item_and_one - 1];
    if (item->first != seen.first || item->last != seen.last || item->raw_size != size) continue;
    if (!same_bytes(item->raw, raw, size)) continue;
    *code = slot->item_and_one - 1;
    return CR_OK;
  }
  CR_TRY(add_item(recent, &seen));
  *free = (cr_csv_slot){.mark = mark, .item_and_one = (uint32_t)recent->count};
  *code = (uint32_t)recent->count - 1;
  return CR_OK;
}

void cr_csv_recent_free(cr_csv_recent *recent) {
  if (!recent) return;
  cr_free(recent->items);
  cr_strbuf_free(&recent->scratch);
  cr_free(recent);
}
