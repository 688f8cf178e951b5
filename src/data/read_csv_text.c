/* The different texts of a column. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/size.h"
#include "data/csv.h"

static bool same_text(const void *context, const void *key, size_t item) {
  const cr_csv_text *text = &((const cr_csv_texts *)context)->items[item], *wanted = key;
  return text->size == wanted->size && memcmp(text->text, wanted->text, text->size) == 0;
}

cr_status cr_csv_texts_reserve(cr_csv_texts *texts, size_t count) {
  void *items = texts->items;
  CR_TRY(cr_hashset_reserve(&texts->set, count));
  CR_TRY(cr_grow(&items, texts->count, count, sizeof *texts->items, &texts->capacity));
  texts->items = items;
  return CR_OK;
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

/* The code of a text with this hash; a new one is borrowed, or else copied. */
static cr_status code_text(cr_csv_texts *texts, cr_csv_text text, uint64_t hash, bool borrow,
                           uint32_t *code) {
  const size_t item = cr_hashset_find(&texts->set, hash, &text, same_text, texts);
  *code = (uint32_t)item;
  if (item != SIZE_MAX) return CR_OK;
  void *items = texts->items;
  CR_TRY(cr_grow(&items, texts->count, texts->count + 1, sizeof text, &texts->capacity));
  texts->items = items;
  if (!borrow) CR_TRY(add_copy(texts, text.text, text.size, &text.text));
  texts->items[texts->count] = text;
  CR_TRY(cr_hashset_add(&texts->set, hash, texts->count));
  *code = (uint32_t)texts->count++;
  return CR_OK;
}

cr_status cr_csv_texts_code(cr_csv_texts *texts, const char *text, size_t size, uint32_t *code) {
  return code_text(texts, (cr_csv_text){text, size}, cr_hash_secret(text, size), false, code);
}

cr_status cr_csv_texts_add(cr_csv_texts *texts, const cr_csv_seen *cell, uint32_t *code) {
  if (!cell->escaped) return code_text(texts, cell->text, cell->hash, true, code);
  const cr_csv_cell escaped = {.text = cell->text.text, .size = cell->text.size, .escaped = true};
  cr_strbuf buffer = {0};
  cr_status status = cr_csv_unescape(&escaped, &buffer);
  const cr_csv_text text = {buffer.text, buffer.length};
  if (status == CR_OK) status = code_text(texts, text, cell->hash, false, code);
  cr_strbuf_free(&buffer);
  return status;
}

void cr_csv_texts_free(cr_csv_texts *texts) {
  cr_free(texts->items);
  cr_strlist_free(&texts->copies);
  cr_hashset_free(&texts->set);
  *texts = (cr_csv_texts){0};
}
