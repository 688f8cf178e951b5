#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/strbuf.h"

static void known_distances(void **state) {
  (void)state;
  assert_int_equal(cr_text_distance("", ""), 0);
  assert_int_equal(cr_text_distance("", "abc"), 3);
  assert_int_equal(cr_text_distance("abc", ""), 3);
  assert_int_equal(cr_text_distance("train", "train"), 0);
  assert_int_equal(cr_text_distance("trian", "train"), 2);
  assert_int_equal(cr_text_distance("kitten", "sitting"), 3);
  assert_int_equal(cr_text_distance("saturday", "sunday"), 3);
  assert_int_equal(cr_text_distance("Speces", "species"), 2);
  assert_int_equal(cr_text_distance("abcdef", "ghijkl"), 6);
}

/* The definition, by recursion: exponential, but it shares nothing with the table. */
static size_t defined(const char *a, const char *b) {
  if (!*a) return strlen(b);
  if (!*b) return strlen(a);
  if (*a == *b) return defined(a + 1, b + 1);
  const size_t replaced = defined(a + 1, b + 1);
  const size_t removed = defined(a + 1, b);
  const size_t added = defined(a, b + 1);
  const size_t least = replaced < removed ? replaced : removed;
  return 1 + (least < added ? least : added);
}

/* All pairs of the 121 texts over {a, b, c} of up to 4 letters. */
static void agrees_with_the_definition(void **state) {
  (void)state;
  char texts[121][5] = {{0}};
  size_t count = 1;
  for (size_t from = 0; strlen(texts[from]) < 4; from++) {
    for (char c = 'a'; c <= 'c'; c++) {
      strcpy(texts[count], texts[from]);
      texts[count][strlen(texts[from])] = c;
      count++;
    }
  }
  assert_int_equal(count, 121);
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < count; j++) {
      assert_int_equal(cr_text_distance(texts[i], texts[j]), defined(texts[i], texts[j]));
    }
  }
}

static void long_texts_are_far_apart(void **state) {
  (void)state;
  char text[66];
  memset(text, 'x', 65);
  text[64] = '\0';
  assert_int_equal(cr_text_distance(text, text), 0);
  assert_int_equal(cr_text_distance(text, ""), 64);
  text[64] = 'x';
  text[65] = '\0';
  assert_true(cr_text_distance(text, text) > 1000);
  assert_true(cr_text_distance("x", text) > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_distances),
      cmocka_unit_test(agrees_with_the_definition),
      cmocka_unit_test(long_texts_are_far_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
