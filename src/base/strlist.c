#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "base/strbuf.h"

cr_status cr_strlist_reserve(cr_strlist *list, size_t texts, size_t bytes) {
  void *block = list->items;
  size_t size;
  if (cr_size_sum(texts, bytes, &size) != CR_OK) return cr_fail(CR_ERR_MEMORY, "out of memory");
  CR_TRY(cr_grow(&block, 0, texts, sizeof *list->items, &list->capacity));
  list->items = block;
  CR_TRY(cr_alloc(size, 1, &block));
  cr_free(list->block);
  list->block = block;
  list->block_size = size;
  list->block_used = 0;
  return CR_OK;
}

/* Memory for a text: that of the block as long as there is some. */
static cr_status take_room(cr_strlist *list, size_t size, void **out) {
  if (size > list->block_size - list->block_used) return cr_alloc(size, 1, out);
  *out = list->block + list->block_used;
  list->block_used += size;
  return CR_OK;
}

static bool is_in_block(const cr_strlist *list, const char *text) {
  return (uintptr_t)text - (uintptr_t)list->block < list->block_size;
}

/* Makes room for one item of `size` bytes and takes the memory of that item. */
static cr_status add_room(cr_strlist *list, size_t size, char **out) {
  void *items = list->items;
  void *text = NULL;
  const size_t wanted =
      list->count < list->capacity ? list->capacity : cr_size_max(list->count + 1, 8);
  CR_TRY(cr_grow(&items, list->count, wanted, sizeof *list->items, &list->capacity));
  list->items = items;
  CR_TRY(take_room(list, size, &text));
  *out = list->items[list->count++] = text;
  return CR_OK;
}

cr_status cr_strlist_add_bytes(cr_strlist *list, const char *text, size_t size) {
  char *copy = NULL;
  CR_TRY(add_room(list, size + 1, &copy));
  if (size) memcpy(copy, text, size);
  return CR_OK;
}

cr_status cr_strlist_add(cr_strlist *list, const char *text) {
  return cr_strlist_add_bytes(list, text, strlen(text));
}

cr_status cr_strlist_format(cr_strlist *list, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0) return cr_fail(CR_ERR_INTERNAL, "a text cannot be formatted");

  const size_t size = (size_t)length + 1;
  char *copy = NULL;
  CR_TRY(add_room(list, size, &copy));
  va_start(arguments, format);
  vsnprintf(copy, size, format, arguments);
  va_end(arguments);
  return CR_OK;
}

void cr_strlist_free(cr_strlist *list) {
  if (!list) return;
  for (size_t i = 0; i < list->count; i++)
    if (!is_in_block(list, list->items[i])) cr_free(list->items[i]);
  cr_free(list->items);
  cr_free(list->block);
  *list = (cr_strlist){0};
}
