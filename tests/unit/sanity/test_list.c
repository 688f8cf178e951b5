#include "setup.h"

/* Every row says what it is called and what it shows, and no two are called the same. */
static void tests_have_names_of_their_own(void **state) {
  (void)state;
  const cr_sanity_test *test, *other;
  size_t count = 0;
  for (; (test = cr_sanity_test_at(count)); ++count) {
    assert_true(test->name[0] != '\0' && test->shows[0] != '\0' && test->run != NULL);
    for (size_t k = 0; k < count; ++k) {
      other = cr_sanity_test_at(k);
      assert_string_not_equal(test->name, other->name);
      assert_ptr_not_equal(test->run, other->run);
    }
  }
  assert_int_equal(count, 11);
}

static void texts_are_cut_to_their_room(void **state) {
  (void)state;
  cr_finding finding = {0};
  char text[2 * CR_SANITY_TEXT];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  assert_int_equal(cr_found(&finding, "ok", "%s", text), CR_OK);
  assert_int_equal(cr_advise(&finding, "%s", text), CR_OK);
  assert_int_equal(strlen(finding.found), CR_SANITY_TEXT - 1);
  assert_int_equal(strlen(finding.advice), CR_SANITY_TEXT - 1);
  assert_string_equal(finding.verdict, "ok");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tests_have_names_of_their_own),
      cmocka_unit_test(texts_are_cut_to_their_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
