/* Text that grows. An out-of-memory sticks, so that only the end need be checked. */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/fail.h"

typedef struct cr_strbuf {
  char *text; /* ends in NUL; NULL while empty */
  size_t length, capacity;
  bool failed;
} cr_strbuf;

void cr_strbuf_add(cr_strbuf *buffer, const char *text, size_t size);
void cr_strbuf_format(cr_strbuf *buffer, const char *format, ...) CR_PRINTF(2, 3);
void cr_strbuf_free(cr_strbuf *buffer);

/* Gives the caller the text (cr_free), leaves the buffer empty; CR_ERR_MEMORY if it failed. */
cr_status cr_strbuf_take(cr_strbuf *buffer, char **out);

/* A list of texts; the list owns them. */
typedef struct cr_strlist {
  char **items;
  size_t count, capacity;
  char *block; /* (block_size) that many of the texts lie in; NULL: each has memory of its own */
  size_t block_size, block_used;
} cr_strlist;

/* Makes room in an empty list for so many texts, of so many bytes in all, NULs not counted. */
cr_status cr_strlist_reserve(cr_strlist *list, size_t texts, size_t bytes);

cr_status cr_strlist_add(cr_strlist *list, const char *text);
cr_status cr_strlist_add_bytes(cr_strlist *list, const char *text, size_t size);
cr_status cr_strlist_format(cr_strlist *list, const char *format, ...) CR_PRINTF(2, 3);
void cr_strlist_free(cr_strlist *list);

/* Edit distance (Levenshtein), for "the nearest name is"; texts over 64 bytes are far apart. */
size_t cr_text_distance(const char *a, const char *b);

/* Is text[0..size) valid UTF-8? If not, *offset is the first bad byte. */
bool cr_text_is_utf8(const char *text, size_t size, size_t *offset);

#endif
