#include "data/label_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"

typedef struct place {
  const char *text;
  uint32_t class_index;
} place;

static int by_text(const void *a, const void *b) {
  return strcmp(((const place *)a)->text, ((const place *)b)->text);
}

/* Equal numbers in the order of their classes. */
static int by_number(const void *a, const void *b) {
  const cr_numbered_label *x = a, *y = b;
  if (x->value != y->value) return x->value > y->value ? 1 : -1;
  return (x->class_index > y->class_index) - (x->class_index < y->class_index);
}

/* places (labels): room for the sorting. */
static void fill(cr_label_set *set, place *places) {
  const cr_strlist *labels = set->labels;
  for (size_t k = 0; k < labels->count; k++) {
    const char *text = labels->items[k];
    double value = 0.0;
    places[k] = (place){text, (uint32_t)k};
    if (cr_parse_number(text, strlen(text), &value))
      set->numbers[set->number_count++] = (cr_numbered_label){value, (uint32_t)k};
  }
  if (labels->count) qsort(places, labels->count, sizeof *places, by_text);
  if (set->number_count) qsort(set->numbers, set->number_count, sizeof *set->numbers, by_number);
  for (size_t k = 0; k < labels->count; k++) set->by_text[k] = places[k].class_index;
}

cr_status cr_label_set_create(const cr_strlist *labels, cr_label_set *out) {
  void *texts = NULL, *numbers = NULL, *places = NULL;
  cr_status status = cr_alloc(labels->count, sizeof(uint32_t), &texts);
  if (status == CR_OK) status = cr_alloc(labels->count, sizeof(cr_numbered_label), &numbers);
  if (status == CR_OK) status = cr_alloc(labels->count, sizeof(place), &places);
  *out = (cr_label_set){.labels = labels, .by_text = texts, .numbers = numbers};
  if (status == CR_OK)
    fill(out, places);
  else
    cr_label_set_free(out);
  cr_free(places);
  return status;
}

void cr_label_set_free(cr_label_set *set) {
  cr_free(set->by_text);
  cr_free(set->numbers);
  *set = (cr_label_set){0};
}

uint32_t cr_label_set_number(const cr_label_set *set, double value) {
  size_t low = 0, high = set->number_count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (set->numbers[middle].value < value)
      low = middle + 1;
    else
      high = middle;
  }
  const bool found = low < set->number_count && set->numbers[low].value == value;
  return found ? set->numbers[low].class_index : UINT32_MAX;
}

uint32_t cr_label_set_text(const cr_label_set *set, const char *text) {
  size_t low = 0, high = set->labels->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = strcmp(set->labels->items[set->by_text[middle]], text);
    if (order == 0) return set->by_text[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  double value = 0.0;
  return cr_parse_number(text, strlen(text), &value) ? cr_label_set_number(set, value) : UINT32_MAX;
}

bool cr_label_set_same(const cr_label_set *set, const char **first, const char **second) {
  if (set->number_count < set->labels->count) return false;
  for (size_t i = 1; i < set->number_count; i++) {
    const cr_numbered_label *a = &set->numbers[i - 1], *b = &set->numbers[i];
    if (a->value != b->value) continue;
    *first = set->labels->items[a->class_index];
    *second = set->labels->items[b->class_index];
    return true;
  }
  return false;
}
