#include "data/name_list.h"

void cr_name_list_add(cr_name_list *list, const char *name) {
  if (list->count < CR_NAMES_SHOWN)
    cr_strbuf_format(&list->text, "%s%s", list->count > 0 ? ", " : "", name);
  list->count++;
}

const char *cr_name_list_text(cr_name_list *list) {
  if (list->count > CR_NAMES_SHOWN)
    cr_strbuf_format(&list->text, " and %zu more", list->count - CR_NAMES_SHOWN);
  return list->text.text != NULL ? list->text.text : "";
}

void cr_name_list_free(cr_name_list *list) {
  cr_strbuf_free(&list->text);
  list->count = 0;
}
