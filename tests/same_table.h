/* Are two tables the same in all that is stored, bit by bit? For tests and for fuzzing. */
#ifndef TESTS_SAME_TABLE_H
#define TESTS_SAME_TABLE_H

#include <string.h>

#include "data/table.h"

static inline bool same_bytes(const void *a, const void *b, size_t size) {
  return (a == NULL) == (b == NULL) && (a == NULL || size == 0 || memcmp(a, b, size) == 0);
}

static inline bool same_list(const cr_strlist *a, const cr_strlist *b) {
  bool same = a->count == b->count;
  for (size_t i = 0; same && i < a->count; i++) same = strcmp(a->items[i], b->items[i]) == 0;
  return same;
}

static inline bool same_place(const cr_bad_value *a, const cr_bad_value *b) {
  return a->row == b->row && a->line == b->line && strcmp(a->text, b->text) == 0;
}

static inline bool same_info(const cr_column *a, const cr_column *b) {
  return strcmp(a->name, b->name) == 0 && a->type == b->type && a->width == b->width &&
         a->missing == b->missing && a->bad == b->bad && a->distinct == b->distinct &&
         a->integer == b->integer && same_bytes(&a->minimum, &b->minimum, sizeof a->minimum) &&
         same_bytes(&a->maximum, &b->maximum, sizeof a->maximum) &&
         same_bytes(&a->mean, &b->mean, sizeof a->mean) &&
         same_bytes(&a->deviation, &b->deviation, sizeof a->deviation);
}

static inline bool same_column(const cr_stored_column *a, const cr_stored_column *b, size_t rows) {
  return same_info(&a->info, &b->info) && same_bytes(a->numbers, b->numbers, rows * 8) &&
         same_bytes(a->codes, b->codes, rows * 4) && same_list(&a->texts, &b->texts) &&
         same_place(&a->first_missing, &b->first_missing) &&
         same_place(&a->first_bad, &b->first_bad);
}

static inline bool same_table(const cr_table *a, const cr_table *b) {
  bool same = a->rows == b->rows && a->column_count == b->column_count &&
              same_list(&a->warnings, &b->warnings) &&
              same_bytes(a->row_numbers, b->row_numbers, a->rows * sizeof(size_t)) &&
              a->origin.fingerprint == b->origin.fingerprint &&
              a->origin.skipped_rows == b->origin.skipped_rows &&
              a->origin.has_header == b->origin.has_header &&
              a->origin.delimiter == b->origin.delimiter;
  for (size_t c = 0; same && c < a->column_count; c++)
    same = same_column(&a->columns[c], &b->columns[c], a->rows);
  return same;
}

/* What two failures say; the errors are copies of cr_last_error. */
static inline bool same_error(const cr_error *a, const cr_error *b) {
  return a->status == b->status && a->line == b->line && a->column == b->column &&
         strcmp(a->message, b->message) == 0 && strcmp(a->why, b->why) == 0 &&
         strcmp(a->fix, b->fix) == 0;
}

#endif
