#include "reading.h"

#include "base/alloc.h"
#include "data/csv.h"

static void texts_are_sorted_and_coded(void **state) {
  (void)state;
  static const char text[] = "a,y\n1,pear\n2,Apple\n3,\n4,apple\n5,pear\n6,\"pe\"\"ar\"\n7,pea\n";
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  const cr_stored_column *column = &table->columns[1];
  static const char *const texts[] = {"Apple", "apple", "pe\"ar", "pea", "pear"};
  static const uint32_t codes[] = {4, 0, UINT32_MAX, 1, 4, 2, 3};
  assert_int_equal(column->texts.count, 5);
  for (size_t i = 0; i < 5; i++) assert_string_equal(column->texts.items[i], texts[i]);
  for (size_t r = 0; r < 7; r++) assert_int_equal(column->codes[r], codes[r]);
  assert_int_equal(column->info.distinct, 5);
  assert_int_equal(column->info.missing, 1);
  assert_null(cr_table_text(table, 2, 1));
  cr_table_destroy(table);
}

/* Bytes are compared as unsigned, so that ä (0xc3 0xa4) comes after z. */
static void order_is_by_bytes(void **state) {
  (void)state;
  check_reads("y\nz\nä\n10\n9\n", NULL, "y:t|z|ä|10|9");
  static const char text[] = "y\nz\nä\n10\n9\n";
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  static const char *const texts[] = {"10", "9", "z", "ä"};
  for (size_t i = 0; i < 4; i++) assert_string_equal(table->columns[0].texts.items[i], texts[i]);
  cr_table_destroy(table);
}

static void many_texts_are_told_apart(void **state) {
  (void)state;
  enum { COUNT = 5000, ROOM = 16 };
  cr_csv_texts texts = {0};
  char text[ROOM];
  uint32_t code;
  for (int pass = 0; pass < 2; pass++)
    for (uint32_t i = 0; i < COUNT; i++) {
      const int size = snprintf(text, ROOM, "%u", i * 7919u);
      assert_int_equal(cr_csv_texts_code(&texts, text, (size_t)size, &code), CR_OK);
      assert_int_equal(code, i);
    }
  assert_int_equal(texts.count, COUNT);
  /* A beginning of a text that is there is another text. */
  assert_int_equal(cr_csv_texts_code(&texts, "7919000", 4, &code), CR_OK);
  assert_int_equal(code, 1); /* "7919" */
  assert_int_equal(cr_csv_texts_code(&texts, "79190000", 8, &code), CR_OK);
  assert_int_equal(code, COUNT);
  cr_csv_texts_free(&texts);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_are_sorted_and_coded),
      cmocka_unit_test(order_is_by_bytes),
      cmocka_unit_test(many_texts_are_told_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
