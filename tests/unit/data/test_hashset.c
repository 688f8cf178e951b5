#include "reading.h"

#include "base/secret.h"
#include "data/hashset.h"

static void all_bytes_count(void **state) {
  (void)state;
  char bytes[40] = "the quick brown fox jumps over the lazy";
  for (size_t size = 0; size < sizeof bytes; size++) {
    const uint64_t hash = cr_hash_bytes(bytes, size, 1);
    assert_int_not_equal(hash, cr_hash_bytes(bytes, size, 2));
    assert_int_not_equal(hash, cr_hash_bytes(bytes, size + 1, 1));
    for (size_t i = 0; i < size; i++) {
      bytes[i] = (char)(bytes[i] ^ 1);
      assert_int_not_equal(hash, cr_hash_bytes(bytes, size, 1));
      bytes[i] = (char)(bytes[i] ^ 1);
    }
    assert_int_equal(hash, cr_hash_bytes(bytes, size, 1));
  }
  /* Zeros at the end count, though the last word is filled up with zeros. */
  assert_int_not_equal(cr_hash_bytes("a\0", 2, 1), cr_hash_bytes("a", 1, 1));
}

/* Known by nobody who writes a file; and made of all bytes. */
static void sets_have_a_secret(void **state) {
  (void)state;
  assert_true(cr_hash_secret("chainrule", 9) == cr_siphash(cr_secret_key(), "chainrule", 9));
  assert_true(cr_hash_secret("chainrule", 9) != cr_hash_secret("chainrulf", 9));
}

static bool same(const void *context, const void *key, size_t item) {
  return ((const int *)context)[item] == *(const int *)key;
}

/* All have one of two hashes: only what they hold tells them apart. */
static void items_are_told_apart_by_what_they_hold(void **state) {
  (void)state;
  enum { COUNT = 100 };
  int values[COUNT];
  cr_hashset set = {0};
  for (size_t i = 0; i < COUNT; i++) {
    values[i] = (int)(i * 37 % 101);
    const uint64_t hash = i % 2 ? UINT64_MAX : 5;
    assert_int_equal(cr_hashset_find(&set, hash, &values[i], same, values), SIZE_MAX);
    assert_int_equal(cr_hashset_add(&set, hash, i), CR_OK);
  }
  assert_int_equal(set.count, COUNT);
  for (size_t i = 0; i < COUNT; i++) {
    assert_int_equal(cr_hashset_find(&set, i % 2 ? UINT64_MAX : 5, &values[i], same, values), i);
    assert_int_equal(cr_hashset_find(&set, i % 2 ? 5 : UINT64_MAX, &values[i], same, values),
                     SIZE_MAX);
  }
  cr_hashset_free(&set);
  assert_int_equal(cr_hashset_find(&set, 5, &values[0], same, values), SIZE_MAX);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_bytes_count),
      cmocka_unit_test(sets_have_a_secret),
      cmocka_unit_test(items_are_told_apart_by_what_they_hold),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
