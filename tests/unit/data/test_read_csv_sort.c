#include <stdlib.h>

#include "reading.h"

#include "base/alloc.h"
#include "data/csv.h"

static int compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* As strcmp has them, by qsort; `codes` are those of the texts as they came. */
static void check_sorted(const cr_strlist *given) {
  cr_csv_texts texts = {0};
  cr_stored_column column = {0};
  void *codes;
  assert_int_equal(cr_alloc(given->count + 1, sizeof(uint32_t), &codes), CR_OK);
  column.codes = codes;
  for (size_t i = 0; i < given->count; i++)
    assert_int_equal(
        cr_csv_texts_code(&texts, given->items[i], strlen(given->items[i]), &column.codes[i]),
        CR_OK);
  column.codes[given->count] = UINT32_MAX;
  assert_int_equal(cr_csv_texts_sort(&texts, &column, given->count + 1), CR_OK);
  char **sorted = malloc(given->count * sizeof *sorted);
  assert_non_null(sorted);
  memcpy(sorted, given->items, given->count * sizeof *sorted);
  qsort(sorted, given->count, sizeof *sorted, compare);
  size_t distinct = 0;
  for (size_t i = 0; i < given->count; i++) {
    if (i > 0 && strcmp(sorted[i], sorted[i - 1]) == 0) continue;
    assert_string_equal(column.texts.items[distinct++], sorted[i]);
  }
  assert_int_equal(column.texts.count, distinct);
  for (size_t i = 0; i < given->count; i++)
    assert_string_equal(column.texts.items[column.codes[i]], given->items[i]);
  assert_int_equal(column.codes[given->count], UINT32_MAX);
  free(sorted);
  cr_csv_texts_free(&texts);
  cr_strlist_free(&column.texts);
  cr_free(codes);
}

static uint32_t draw(uint32_t *state, uint32_t below) {
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) % below;
}

/* Beginnings that many share, of one piece to eleven: ends at, before and after eight bytes. */
static void order_is_that_of_strcmp(void **state) {
  (void)state;
  static const char *const pieces[] = {"a",        "ab",   "abcdefgh", "abcdefg",
                                       "\xc3\xa4", "\x01", "z z z z"};
  static const size_t counts[] = {1, 2, 40, 3000, 9000};
  uint32_t random = 11;
  for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
    cr_strlist given = {0};
    for (size_t i = 0; i < counts[k]; i++) {
      char text[96] = "";
      const uint32_t length = 1 + draw(&random, 11);
      for (uint32_t p = 0; p < length; p++) strcat(text, pieces[draw(&random, 7)]);
      assert_int_equal(cr_strlist_add(&given, text), CR_OK);
    }
    check_sorted(&given);
    cr_strlist_free(&given);
  }
}

/* More in a run than are sorted one by one, and texts that differ only after many bytes. */
static void long_beginnings_are_told_apart(void **state) {
  (void)state;
  cr_strlist given = {0};
  for (unsigned i = 0; i < 5000; i++)
    assert_int_equal(cr_strlist_format(&given, "%0*u", i % 2 ? 12 : 70, i * 2654435761u), CR_OK);
  check_sorted(&given);
  cr_strlist_free(&given);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(order_is_that_of_strcmp),
      cmocka_unit_test(long_beginnings_are_told_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
