#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "counting_allocator.h"

static void a_text_grows(void **state) {
  (void)state;
  cr_strbuf buffer = {0};
  char *text = NULL;
  for (int i = 0; i < 100; i++) {
    cr_strbuf_format(&buffer, "%d,", i);
    cr_strbuf_add(&buffer, "a\0b", 3);
  }
  assert_int_equal(buffer.length, 10 * 2 + 90 * 3 + 300);
  assert_int_equal(buffer.text[buffer.length], 0);
  assert_memory_equal(buffer.text, "0,a\0b1,a\0b2,", 12);
  const size_t length = buffer.length;
  assert_int_equal(cr_strbuf_take(&buffer, &text), CR_OK);
  assert_memory_equal(text + length - 6, "99,a\0b", 7);
  assert_null(buffer.text);
  assert_int_equal(buffer.length, 0);
  cr_free(text);
}

static void nothing_gives_an_empty_text(void **state) {
  (void)state;
  cr_strbuf buffer = {0};
  char *text = NULL;
  cr_strbuf_free(&buffer);
  cr_strbuf_free(NULL);
  assert_int_equal(cr_strbuf_take(&buffer, &text), CR_OK);
  assert_string_equal(text, "");
  cr_free(text);
}

static void out_of_memory_sticks(void **state) {
  (void)state;
  counting_start();
  for (size_t n = 1; n <= 3; n++) {
    cr_strbuf buffer = {0};
    char *text = NULL;
    counting_fail_at(n, false);
    for (int i = 0; i < 50; i++) cr_strbuf_format(&buffer, "%04d", i);
    assert_true(buffer.failed);
    assert_int_equal(cr_strbuf_take(&buffer, &text), CR_ERR_MEMORY);
    assert_null(text);
    assert_int_equal(counting.live, 0);
    assert_false(buffer.failed);
  }
  cr_strbuf buffer = {0};
  cr_strbuf_add(&buffer, "x", SIZE_MAX);
  assert_true(buffer.failed);
  cr_strbuf_free(&buffer);
  counting_stop();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_text_grows),
      cmocka_unit_test(nothing_gives_an_empty_text),
      cmocka_unit_test(out_of_memory_sticks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
