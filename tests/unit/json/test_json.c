#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"

#include "counting_allocator.h"

static cr_status parse(const char *text, json_t **out) {
  return cr_json_parse(CR_ERR_MODEL, "m.json", text, strlen(text), 1000, out);
}

static void valid_texts_are_read(void **state) {
  (void)state;
  static const char *texts[] = {
      "{}",
      "[]",
      " [1, -2, 3.5e-2, true, false, null, \"\"] \n",
      "{\"a\": {\"b\": [[]]}}",
      "[\"\\u00e9\\ud83d\\ude00\\\\\\\"[[[,,,\"]",
      "[\"\xc3\xa9\"]",
      "\t\r\n{\"\": 0}",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    json_t *value = NULL;
    if (parse(texts[i], &value) != CR_OK) fail_msg("%s: %s", texts[i], cr_last_error()->message);
    assert_non_null(value);
    json_decref(value);
  }
}

static void anything_else_is_refused(void **state) {
  (void)state;
  static const char *texts[] = {
      "",
      " ",
      "1",
      "\"text\"",
      "[1,]",
      "[,1]",
      "[1 2]",
      "{\"a\" 1}",
      "{\"a\":1,}",
      "{a:1}",
      "{'a':1}",
      "[1] 2",
      "[1]]",
      "[",
      "{\"a\":",
      "[\"abc",
      "[\"\\",
      "[\"\\x\"]",
      "[NaN]",
      "[Infinity]",
      "[01]",
      "[+1]",
      "[1.]",
      "[.5]",
      "[0x1]",
      "[1e999]",
      "[99999999999999999999]",
      "[\"\x01\"]",
      "[\"\xff\"]",
      "[\"\xc0\xaf\"]",
      "[\"\xed\xa0\x80\"]",
      "[\"\\ud800\"]",
      "[\"a\\u0000b\"]",
      "\xef\xbb\xbf[]",
      "[1]//",
      "{\"a\":1,\"a\":2}",
      "{\"a\":1,\"\\u0061\":2}",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    json_t *value = (json_t *)&value;
    if (parse(texts[i], &value) != CR_ERR_MODEL) fail_msg("taken: %s", texts[i]);
    assert_null(value);
    assert_string_equal(cr_last_error()->file, "m.json");
    assert_memory_equal(cr_last_error()->message, "not valid JSON: ", 16);
  }
  json_t *value = NULL;
  assert_int_equal(cr_json_parse(CR_ERR_CASE, "f", "[1]\0", 4, 10, &value), CR_ERR_CASE);
  assert_int_equal(cr_json_parse(CR_ERR_CASE, "f", "[\"\0\"]", 5, 10, &value), CR_ERR_CASE);
  assert_int_equal(cr_json_parse(CR_ERR_CASE, "f", "[1]garbage", 3, 10, &value), CR_OK);
  json_decref(value);
}

static void the_fault_has_a_place(void **state) {
  (void)state;
  json_t *value = NULL;
  assert_int_equal(parse("{\n  \"a\": 1,\n  \"b\": tru\n}", &value), CR_ERR_MODEL);
  assert_int_equal(cr_last_error()->line, 3);
  assert_in_range(cr_last_error()->column, 8, 10);
  assert_int_equal(parse("{\n  \"a\": 1,\n  \"a\": 2\n}", &value), CR_ERR_MODEL);
  assert_int_equal(cr_last_error()->line, 3);
  assert_non_null(strstr(cr_last_error()->message, "duplicate"));
}

/* `levels` brackets, closed or left open. */
static char *nest(size_t levels, bool closed) {
  char *text = calloc(2 * levels + 1, 1);
  assert_non_null(text);
  memset(text, '[', levels);
  if (closed) memset(text + levels, ']', levels);
  return text;
}

static void thirty_two_levels_and_no_more(void **state) {
  (void)state;
  static const size_t levels[] = {1, 31, 32, 33, 1000, 1000000};
  for (size_t i = 0; i < 12; i++) {
    const bool closed = i % 2 == 0;
    char *text = nest(levels[i / 2], closed);
    json_t *value = NULL;
    const cr_status status =
        cr_json_parse(CR_ERR_MODEL, "m.json", text, strlen(text), 10000000, &value);
    if (levels[i / 2] <= 32) {
      assert_int_equal(status == CR_OK, closed);
    } else {
      assert_int_equal(status, CR_ERR_MODEL);
      assert_string_equal(cr_last_error()->message, "the JSON is nested more than 32 levels deep");
      assert_int_equal(cr_last_error()->line, 1);
      assert_int_equal(cr_last_error()->column, 33);
    }
    json_decref(value);
    free(text);
  }
}

static void no_more_values_than_allowed(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t values;
  } cases[] = {{"[]", 1},
               {"[ \n]", 1},
               {"[[]]", 2},
               {"[ [ ], {} ]", 3},
               {"[1,2,\n{\"a\": 3}]", 5},
               {"{\"a\": [], \"b\": \"x,y\"}", 3}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *value = NULL;
    const char *text = cases[i].text;
    const size_t size = strlen(text);
    assert_int_equal(cr_json_parse(CR_ERR_CASE, "c", text, size, cases[i].values, &value), CR_OK);
    json_decref(value);
    counting_start_json();
    assert_int_equal(cr_json_parse(CR_ERR_CASE, "c", text, size, cases[i].values - 1, &value),
                     CR_ERR_CASE);
    assert_non_null(strstr(cr_last_error()->message, "the JSON has more than "));
    assert_int_equal(counting.calls, 0); /* refused before it is taken apart */
    counting_stop_json();
  }
}

static void brackets_in_texts_do_not_count(void **state) {
  (void)state;
  json_t *value = NULL;
  const char *text = "[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[,,,,,,,,,,,,,\"]";
  assert_int_equal(cr_json_parse(CR_ERR_CASE, "c", text, strlen(text), 2, &value), CR_OK);
  json_decref(value);
}

static void members_by_name_and_kind(void **state) {
  (void)state;
  json_t *value = NULL, *list = NULL;
  const char *text = NULL;
  double number = 0;
  size_t size = 0;
  assert_int_equal(parse("{\"t\": \"x\", \"i\": 7, \"r\": -2.5, \"l\": [1], \"n\": null}", &value),
                   CR_OK);
  assert_int_equal(cr_json_text(CR_ERR_MODEL, "m", value, "t", &text), CR_OK);
  assert_string_equal(text, "x");
  assert_int_equal(cr_json_number(CR_ERR_MODEL, "m", value, "r", &number), CR_OK);
  assert_true(number == -2.5);
  assert_int_equal(cr_json_number(CR_ERR_MODEL, "m", value, "i", &number), CR_OK);
  assert_true(number == 7);
  assert_int_equal(cr_json_size(CR_ERR_MODEL, "m", value, "i", &size), CR_OK);
  assert_int_equal(size, 7);
  assert_int_equal(cr_json_array(CR_ERR_MODEL, "m", value, "l", &list), CR_OK);
  assert_int_equal(json_array_size(list), 1);
  json_decref(value);
}

static void assert_message(cr_status status, const char *expected) {
  assert_int_equal(status, CR_ERR_MODEL);
  assert_int_equal(cr_last_error()->status, CR_ERR_MODEL);
  assert_string_equal(cr_last_error()->file, "m");
  assert_string_equal(cr_last_error()->message, expected);
}

static void other_members_are_told_apart(void **state) {
  (void)state;
  json_t *v = NULL, *list = NULL;
  const char *text = NULL;
  double number = 0;
  size_t size = 0;
  assert_int_equal(
      parse("{\"t\": \"x\", \"m\": -7, \"r\": 2.0, \"l\": [], \"n\": null, \"o\": {}, \"b\": true}",
            &v),
      CR_OK);
  assert_message(cr_json_text(CR_ERR_MODEL, "m", v, "l", &text),
                 "\"l\": found an array, expected a string");
  assert_message(cr_json_text(CR_ERR_MODEL, "m", v, "?", &text),
                 "\"?\": found nothing, expected a string");
  assert_null(text);
  assert_message(cr_json_number(CR_ERR_MODEL, "m", v, "t", &number),
                 "\"t\": found a string, expected a number");
  assert_message(cr_json_size(CR_ERR_MODEL, "m", v, "r", &size),
                 "\"r\": found a number, expected an integer");
  assert_message(cr_json_size(CR_ERR_MODEL, "m", v, "m", &size),
                 "\"m\": found -7, expected an integer of at least 0");
  assert_message(cr_json_array(CR_ERR_MODEL, "m", v, "o", &list),
                 "\"o\": found an object, expected an array");
  assert_message(cr_json_array(CR_ERR_MODEL, "m", v, "b", &list),
                 "\"b\": found true or false, expected an array");
  assert_message(cr_json_array(CR_ERR_MODEL, "m", v, "n", &list),
                 "\"n\": found null, expected an array");
  assert_message(cr_json_size(CR_ERR_MODEL, "m", json_object_get(v, "l"), "a", &size),
                 "found an array, expected an object with \"a\"");
  assert_message(cr_json_size(CR_ERR_MODEL, "m", NULL, "a", &size),
                 "found nothing, expected an object with \"a\"");
  json_decref(v);
}

static void no_memory_at_any_allocation(void **state) {
  (void)state;
  static const char text[] = "{\"a\": [1, 2.5, \"x\"], \"b\": {\"c\": null}}";
  size_t n = 1, memory = 0;
  counting_start_json();
  for (;; n++) {
    json_t *value = NULL;
    counting_fail_at(n, true);
    const cr_status status = parse(text, &value);
    const bool refused = counting.refused > 0;
    json_decref(value);
    assert_int_equal(counting.live, 0);
    if (!refused) {
      assert_int_equal(status, CR_OK);
      break;
    }
    if (status != CR_ERR_MEMORY) { /* jansson calls a text it has no room for a bad token */
      assert_int_equal(status, CR_ERR_MODEL);
    }
    memory += status == CR_ERR_MEMORY;
    assert_null(value);
  }
  assert_true(n > 5 && memory > n / 2);
  counting_stop_json();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(valid_texts_are_read),
      cmocka_unit_test(anything_else_is_refused),
      cmocka_unit_test(the_fault_has_a_place),
      cmocka_unit_test(thirty_two_levels_and_no_more),
      cmocka_unit_test(no_more_values_than_allowed),
      cmocka_unit_test(brackets_in_texts_do_not_count),
      cmocka_unit_test(members_by_name_and_kind),
      cmocka_unit_test(other_members_are_told_apart),
      cmocka_unit_test(no_memory_at_any_allocation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
