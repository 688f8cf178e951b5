#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/strbuf.h"
#include "counting_allocator.h"

static void texts_stay_in_order(void **state) {
  (void)state;
  cr_strlist list = {0};
  char expected[32];
  counting_start();
  for (int i = 0; i < 50; i++) {
    assert_int_equal(cr_strlist_format(&list, "item %d", i), CR_OK);
    assert_int_equal(cr_strlist_add(&list, "same"), CR_OK);
  }
  assert_int_equal(list.count, 100);
  for (size_t i = 0; i < 50; i++) {
    snprintf(expected, sizeof expected, "item %zu", i);
    assert_string_equal(list.items[2 * i], expected);
    assert_string_equal(list.items[2 * i + 1], "same");
  }
  cr_strlist_free(&list);
  assert_int_equal(list.count, 0);
  assert_int_equal(counting.live, 0);
  cr_strlist_free(&list);
  cr_strlist_free(NULL);
  counting_stop();
}

static void a_failed_addition_leaves_the_list_whole(void **state) {
  (void)state;
  counting_start();
  for (size_t n = 1; n <= 20; n++) {
    cr_strlist list = {0};
    size_t added = 0;
    counting_fail_at(n, false);
    for (int i = 0; i < 20; i++) added += cr_strlist_format(&list, "%d", i) == CR_OK;
    assert_int_equal(added, 19);
    assert_int_equal(list.count, added);
    cr_strlist_free(&list);
    assert_int_equal(counting.live, 0);
  }
  counting_stop();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_stay_in_order),
      cmocka_unit_test(a_failed_addition_leaves_the_list_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
