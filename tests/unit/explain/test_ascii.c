/* Signs as ASCII, and how wide texts are. */
#include "explain/ascii.h"

#include "support.h"

static void expect(const char *text, const char *ascii) {
  cr_strbuf out = {0};
  cr_ascii_add(&out, text, strlen(text), true);
  assert_string_equal(out.text, ascii);
  assert_int_equal(cr_ascii_width(text, strlen(text), true), strlen(ascii));
  cr_strbuf_free(&out);
  cr_ascii_add(&out, text, strlen(text), false);
  assert_string_equal(out.text, text);
  cr_strbuf_free(&out);
}

static void signs_have_a_likeness(void **state) {
  (void)state;
  expect("W1 ← W1 − 0.5 dW1", "W1 <- W1 - 0.5 dW1");
  expect("½ Σ (a − y)²", "1/2 sum (a - y)^2");
  expect("größe 中", "gr??e ?");
  expect("plain", "plain");
}

static void wide_letters_take_two_columns(void **state) {
  (void)state;
  assert_int_equal(cr_text_width("aé−", strlen("aé−")), 3);
  assert_int_equal(cr_text_width("中文", strlen("中文")), 4);
  assert_int_equal(cr_text_width("", 0), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(signs_have_a_likeness),
      cmocka_unit_test(wide_letters_take_two_columns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
