/* JSON to values when memory runs out: a clean failure, never another value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/build.h"

#include "counting_allocator.h"

/* Texts whose length passes every size at which a buffer grows. */
static void fail_every_allocation(const char *text, bool for_ever) {
  size_t n = 1;
  for (;; n++) {
    json_t *value = NULL;
    counting_start_json();
    counting_fail_at(n, for_ever);
    const cr_status status = cr_json_build(CR_ERR_CASE, "c", text, strlen(text), &value);
    const bool refused = counting.refused > 0;
    if (status != CR_OK) assert_null(value);
    json_decref(value);
    assert_int_equal(counting.live, 0);
    counting_stop_json();
    assert_int_equal(status, refused ? CR_ERR_MEMORY : CR_OK);
    if (!refused) break;
  }
  assert_true(n > 3);
}

static void no_memory_at_any_allocation(void **state) {
  (void)state;
  for (int length = 1; length < 140; length++) {
    char text[512];
    snprintf(text, sizeof text,
             "{\"%0*d\":[{\"a\":[],\"b\":{\"c\":1}},-2.5e3,true],\"z\":\"%0*d\\u00e9\\n\"}", length,
             0, length, 0);
    fail_every_allocation(text, false);
    fail_every_allocation(text, true);
  }
}

static void escapes_become_utf8(void **state) {
  (void)state;
  json_t *value = NULL;
  static const char text[] = "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"]";
  assert_int_equal(cr_json_build(CR_ERR_CASE, "c", text, sizeof text - 1, &value), CR_OK);
  assert_string_equal(json_string_value(json_array_get(value, 0)),
                      "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  json_decref(value);
}

static void numbers_keep_their_kind(void **state) {
  (void)state;
  json_t *value = NULL;
  static const char text[] = "[-0, 9223372036854775807, -9223372036854775807, 1e2, 0.1, -2.5E-1]";
  assert_int_equal(cr_json_build(CR_ERR_CASE, "c", text, sizeof text - 1, &value), CR_OK);
  assert_true(json_integer_value(json_array_get(value, 0)) == 0);
  assert_true(json_integer_value(json_array_get(value, 1)) == INT64_MAX);
  assert_true(json_integer_value(json_array_get(value, 2)) == -INT64_MAX);
  assert_true(json_is_real(json_array_get(value, 3)));
  assert_true(json_real_value(json_array_get(value, 4)) == 0.1);
  assert_true(json_real_value(json_array_get(value, 5)) == -0.25);
  json_decref(value);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_memory_at_any_allocation),
      cmocka_unit_test(escapes_become_utf8),
      cmocka_unit_test(numbers_keep_their_kind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
