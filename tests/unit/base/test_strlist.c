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

/* Two fit into the room that was made, the third is longer than what is left; others follow. */
static void texts_lie_in_room_made_for_them(void **state) {
  (void)state;
  counting_start();
  cr_strlist list = {0};
  assert_int_equal(cr_strlist_reserve(&list, 3, 9), CR_OK);
  const size_t calls = counting.calls;
  assert_int_equal(cr_strlist_add(&list, "one"), CR_OK);
  assert_int_equal(cr_strlist_add(&list, ""), CR_OK);
  assert_int_equal(counting.calls, calls);
  assert_int_equal(cr_strlist_add(&list, "three and more"), CR_OK);
  assert_int_equal(cr_strlist_add(&list, "four"), CR_OK);
  static const char *const wanted[] = {"one", "", "three and more", "four"};
  assert_int_equal(list.count, 4);
  for (size_t i = 0; i < 4; i++) assert_string_equal(list.items[i], wanted[i]);
  cr_strlist_free(&list);
  assert_int_equal(cr_strlist_reserve(&list, 2, SIZE_MAX - 1), CR_ERR_MEMORY);
  for (size_t n = 1; n <= 2; n++) {
    counting_fail_at(n, false);
    assert_int_equal(cr_strlist_reserve(&list, 2, 8), CR_ERR_MEMORY);
    cr_strlist_free(&list);
  }
  assert_int_equal(counting.live, 0);
  counting_stop();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_stay_in_order),
      cmocka_unit_test(texts_lie_in_room_made_for_them),
      cmocka_unit_test(a_failed_addition_leaves_the_list_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
