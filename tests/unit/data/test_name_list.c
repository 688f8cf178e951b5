#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/name_list.h"

static void the_first_names_and_how_many_more(void **state) {
  (void)state;
  static const char *const expected[] = {"",
                                         "a",
                                         "a, b",
                                         "a, b, c",
                                         "a, b, c, d",
                                         "a, b, c, d, e",
                                         "a, b, c, d, e and 1 more",
                                         "a, b, c, d, e and 2 more"};
  for (size_t count = 0; count < sizeof expected / sizeof *expected; count++) {
    cr_name_list list = {0};
    for (size_t i = 0; i < count; i++) cr_name_list_add(&list, (const char[]){(char)('a' + i), 0});
    assert_string_equal(cr_name_list_text(&list), expected[count]);
    assert_int_equal(list.count, count);
    cr_name_list_free(&list);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_names_and_how_many_more),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
