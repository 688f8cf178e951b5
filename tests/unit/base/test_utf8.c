#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/strbuf.h"

/* Encodes by the bit layout of RFC 3629, whether the code point is allowed or not. */
static size_t encode(uint32_t point, size_t length, char out[4]) {
  static const unsigned char lead[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
  for (size_t i = length; i-- > 1; point >>= 6) out[i] = (char)(0x80 | (point & 0x3f));
  out[0] = (char)(lead[length] | point);
  return length;
}

static void every_code_point_in_its_shortest_form_and_no_other(void **state) {
  (void)state;
  static const uint32_t first[] = {0, 0, 0x80, 0x800, 0x10000}; /* that needs the length */
  static const uint32_t end[] = {0, 0x80, 0x800, 0x10000, 0x200000};
  for (size_t length = 1; length <= 4; length++) {
    for (uint32_t point = 0; point < end[length]; point++) {
      char text[4];
      size_t offset = 99;
      encode(point, length, text);
      const int surrogate = point >= 0xd800 && point <= 0xdfff;
      const int expected = point >= first[length] && point <= 0x10ffff && !surrogate;
      if (cr_text_is_utf8(text, length, &offset) != expected) fail_msg("U+%04X", (unsigned)point);
      if (!expected) assert_int_equal(offset, 0);
    }
  }
}

static void the_first_bad_byte_is_named(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t size, offset;
  } cases[] = {
      {"ab\x80", 3, 2},       {"\xc3\xa9\xff", 3, 2},    {"a\xe2\x82", 3, 1},
      {"\xe2\x28\xac", 3, 0}, {"ok\xf0\x9f\x98 ", 6, 2}, {"\xf8\x88\x80\x80\x80", 5, 0},
      {"\xc3\xa9\xc3", 3, 2}, {"x\xed\xa0\x80", 4, 1},   {"\xf4\x90\x80\x80", 4, 0},
      {"a\0\xc0\x80", 4, 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    size_t offset = 99;
    assert_false(cr_text_is_utf8(cases[i].text, cases[i].size, &offset));
    assert_int_equal(offset, cases[i].offset);
  }
}

static void good_texts_pass(void **state) {
  (void)state;
  size_t offset = 99;
  assert_true(cr_text_is_utf8("", 0, &offset));
  assert_true(cr_text_is_utf8("na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80", 15, &offset));
  assert_true(cr_text_is_utf8("a\0b", 3, &offset));
  assert_int_equal(offset, 99);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_code_point_in_its_shortest_form_and_no_other),
      cmocka_unit_test(the_first_bad_byte_is_named),
      cmocka_unit_test(good_texts_pass),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
