/* The labels of classes, found by their text or by the number that they read as. */
#ifndef DATA_LABEL_SET_H
#define DATA_LABEL_SET_H

#include "base/strbuf.h"

/* More classes than this are an identifier or a number that was taken for a label. */
enum { CR_MAX_CLASSES = 1000 };

/* A label that reads as a number, and its class. */
typedef struct cr_numbered_label {
  double value;
  uint32_t class_index;
} cr_numbered_label;

typedef struct cr_label_set {
  const cr_strlist *labels;   /* borrowed */
  uint32_t *by_text;          /* (labels) classes in the order of their texts */
  cr_numbered_label *numbers; /* (number_count) those that read as numbers, ascending */
  size_t number_count;
} cr_label_set;

/* CR_ERR_MEMORY; then there is nothing to free. */
cr_status cr_label_set_create(const cr_strlist *labels, cr_label_set *out);
void cr_label_set_free(cr_label_set *set);

/* The first class that reads as this number; UINT32_MAX: none. */
uint32_t cr_label_set_number(const cr_label_set *set, double value);

/* The class of a text: the label itself, or one that reads as the same number. */
uint32_t cr_label_set_text(const cr_label_set *set, const char *text);

/* If all labels read as numbers: do two read as the same one, as "1" and "1.0"? */
bool cr_label_set_same(const cr_label_set *set, const char **first, const char **second);

#endif
