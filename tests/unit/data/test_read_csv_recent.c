#include "reading.h"

#include "base/alloc.h"
#include "data/csv.h"

/* No byte after the cell is looked at. */
static uint32_t code_of(cr_csv_recent *recent, const char *raw, size_t size) {
  uint32_t code;
  assert_int_equal(cr_csv_recent_code(recent, raw, size, raw + size, &code), CR_OK);
  return code;
}

static cr_csv_recent *create(void) {
  cr_csv_recent *recent;
  assert_int_equal(cr_csv_recent_create(SIZE_MAX, &recent), CR_OK);
  assert_int_equal(recent->slot_count, CR_CSV_SLOTS_MOST);
  return recent;
}

/*
 * All beginnings of a text, and each with one byte changed, twice. Those of one size whose first
 * and last eight bytes are the same fall together: up to 19 bytes they are as many as the ways.
 */
static void texts_are_found_again_by_all_their_bytes(void **state) {
  (void)state;
  enum { LONGEST = 19 };
  static const char text[] = "the quick brown fox jumps over the lazy dog";
  for (size_t size = 1; size <= LONGEST; size++) {
    cr_csv_recent *recent = create();
    char copies[2][LONGEST + 1][LONGEST];
    for (size_t pass = 0; pass < 2; pass++)
      for (size_t changed = 0; changed <= size; changed++) {
        char *copy = copies[pass][changed];
        memcpy(copy, text, size);
        if (changed < size) copy[changed] = (char)('A' + changed % 20);
        assert_int_equal(code_of(recent, copy, size), changed);
      }
    assert_int_equal(recent->count, size + 1);
    cr_csv_recent_free(recent);
  }
}

/* More than there are slots: each code still is one of its text. */
static void many_texts_have_codes_of_their_own(void **state) {
  (void)state;
  enum { COUNT = 3 * CR_CSV_SLOTS_MOST, ROOM = 12 };
  static char texts[COUNT][ROOM];
  cr_csv_recent *recent = create();
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < COUNT; i++) {
      const size_t size = (size_t)snprintf(texts[i], ROOM, "%zu", i);
      const uint32_t code = code_of(recent, texts[i], size);
      const cr_csv_seen *item = &recent->items[code];
      assert_int_equal(item->text.size, size);
      assert_memory_equal(item->text.text, texts[i], size);
      assert_int_equal(item->hash, cr_hash_secret(texts[i], size));
      assert_int_equal(item->kind, CR_CSV_NUMBER);
    }
  cr_csv_recent_free(recent);
}

/* What stands in the file is told apart; what it says is known of each. */
static void quotes_and_blanks_are_undone(void **state) {
  (void)state;
  cr_csv_recent *recent = create();
  assert_int_equal(code_of(recent, "\"x\"\"\"", 5), 0);
  assert_int_equal(code_of(recent, "x", 1), 1);
  assert_int_equal(code_of(recent, " x\t", 3), 2);
  assert_int_equal(code_of(recent, "\"x\"", 3), 3);
  assert_int_equal(code_of(recent, "\"x\"\"\"", 5), 0);
  assert_int_equal(code_of(recent, "", 0), 4);
  assert_int_equal(code_of(recent, "\"\"", 2), 5);
  assert_int_equal(code_of(recent, " ", 1), 6);
  assert_true(recent->items[0].escaped);
  assert_int_equal(recent->items[0].hash, cr_hash_secret("x\"", 2));
  for (size_t i = 0; i < 4; i++) assert_int_equal(recent->items[i].kind, CR_CSV_WORD);
  for (size_t i = 1; i < 4; i++) {
    assert_int_equal(recent->items[i].text.size, 1);
    assert_int_equal(recent->items[i].hash, cr_hash_secret("x", 1));
  }
  for (size_t i = 4; i < 7; i++) assert_int_equal(recent->items[i].kind, CR_CSV_MISSING);
  cr_csv_recent_free(recent);
  cr_csv_recent_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_are_found_again_by_all_their_bytes),
      cmocka_unit_test(many_texts_have_codes_of_their_own),
      cmocka_unit_test(quotes_and_blanks_are_undone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
