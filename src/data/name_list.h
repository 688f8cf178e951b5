/* A list of names in a message: the first few, and how many more there are. */
#ifndef DATA_NAME_LIST_H
#define DATA_NAME_LIST_H

#include "base/strbuf.h"

enum { CR_NAMES_SHOWN = 5 };

typedef struct cr_name_list {
  cr_strbuf text;
  size_t count;
} cr_name_list;

void cr_name_list_add(cr_name_list *list, const char *name);

/* "a, b, c, d, e and 2 more"; "" if there are none or no memory. Borrowed. */
const char *cr_name_list_text(cr_name_list *list);
void cr_name_list_free(cr_name_list *list);

#endif
