/* The different texts of a column. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/csv.h"

typedef struct text_key {
  const char *text;
  size_t size;
} text_key;

static bool same_text(const void *context, const void *key, size_t item) {
  const cr_csv_texts *texts = context;
  const text_key *wanted = key;
  const char *text = texts->pool.text + texts->starts[item];
  return strncmp(text, wanted->text, wanted->size) == 0 && text[wanted->size] == '\0';
}

uint32_t cr_csv_texts_find(const cr_csv_texts *texts, const char *text, size_t size) {
  const text_key key = {.text = text, .size = size};
  const size_t item =
      cr_hashset_find(&texts->set, cr_hash_secret(text, size), &key, same_text, texts);
  return item == SIZE_MAX ? UINT32_MAX : (uint32_t)item;
}

cr_status cr_csv_texts_code(cr_csv_texts *texts, const char *text, size_t size, uint32_t *code) {
  const text_key key = {.text = text, .size = size};
  const uint64_t hash = cr_hash_secret(text, size);
  size_t item = cr_hashset_find(&texts->set, hash, &key, same_text, texts);
  if (item == SIZE_MAX) {
    if (texts->count >= UINT32_MAX)
      return cr_fail(CR_ERR_LIMIT, "a column of over %zu different texts", texts->count);
    void *starts = texts->starts;
    CR_TRY(cr_grow(&starts, texts->count, texts->count + 1, sizeof(size_t), &texts->capacity));
    texts->starts = starts;
    item = texts->count;
    texts->starts[item] = texts->pool.length;
    cr_strbuf_add(&texts->pool, text, size);
    cr_strbuf_add(&texts->pool, "", 1);
    if (texts->pool.failed) return CR_ERR_MEMORY;
    CR_TRY(cr_hashset_add(&texts->set, hash, item));
    texts->count++;
  }
  *code = (uint32_t)item;
  return CR_OK;
}

typedef struct coded_text {
  const char *text;
  uint32_t code;
} coded_text;

static int by_bytes(const void *a, const void *b) {
  return strcmp(((const coded_text *)a)->text, ((const coded_text *)b)->text);
}

/* order (count), map (count): room for the sorting, and the new code of each old one. */
static cr_status sort_into(cr_csv_texts *texts, coded_text *order, uint32_t *map,
                           cr_stored_column *column, size_t rows) {
  for (size_t i = 0; i < texts->count; i++)
    order[i] = (coded_text){.text = texts->pool.text + texts->starts[i], .code = (uint32_t)i};
  if (texts->count) qsort(order, texts->count, sizeof *order, by_bytes);
  for (size_t i = 0; i < texts->count; i++) {
    map[order[i].code] = (uint32_t)i;
    CR_TRY(cr_strlist_add(&column->texts, order[i].text));
  }
  for (size_t r = 0; r < rows; r++)
    if (column->codes[r] != UINT32_MAX) column->codes[r] = map[column->codes[r]];
  return CR_OK;
}

cr_status cr_csv_texts_sort(cr_csv_texts *texts, cr_stored_column *column, size_t rows) {
  void *order = NULL, *map = NULL;
  cr_status status = cr_alloc(texts->count, sizeof(coded_text), &order);
  if (status == CR_OK) status = cr_alloc(texts->count, sizeof(uint32_t), &map);
  if (status == CR_OK) status = sort_into(texts, order, map, column, rows);
  cr_free(order);
  cr_free(map);
  return status;
}

void cr_csv_texts_free(cr_csv_texts *texts) {
  cr_strbuf_free(&texts->pool);
  cr_free(texts->starts);
  cr_hashset_free(&texts->set);
  *texts = (cr_csv_texts){0};
}
