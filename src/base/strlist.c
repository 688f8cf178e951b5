#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "base/strbuf.h"

/* Makes room for one item of `size` bytes and takes the memory of that item. */
static cr_status add_room(cr_strlist *list, size_t size, char **out) {
  void *items = list->items;
  void *text = NULL;
  CR_TRY(cr_grow(&items, list->count, cr_size_max(list->count + 1, 8), sizeof *list->items,
                 &list->capacity));
  list->items = items;
  CR_TRY(cr_alloc(size, 1, &text));
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
  for (size_t i = 0; i < list->count; i++) cr_free(list->items[i]);
  cr_free(list->items);
  *list = (cr_strlist){0};
}
