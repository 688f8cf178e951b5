#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/ten_powers.h"

/* How many bytes are taken, and of which value. */
static void check_scan(const char *text, char mark, size_t taken, double expected) {
  double value = -7;
  assert_int_equal(cr_scan_number(text, text + strlen(text), mark, &value), taken);
  assert_memory_equal(&value, &expected, sizeof value);
}

static void a_number_ends_where_it_does(void **state) {
  (void)state;
  check_scan("0,253,7", '.', 1, 0);
  check_scan("253,7", '.', 3, 253);
  check_scan("12345678", '.', 8, 12345678);
  check_scan("123456789;", '.', 9, 123456789);
  check_scan("-0.0\n", '.', 4, -0.0);
  check_scan("+.5x", '.', 3, 0.5);
  check_scan("1.", '.', 2, 1);
  check_scan("1,5;", ',', 3, 1.5);
  check_scan("1,5", '.', 1, 1);
  check_scan("1.2.3", '.', 3, 1.2);
  check_scan("6.02214076e23 ", '.', 13, 6.02214076e23);
  check_scan("1E-05\"", '.', 5, 1e-5);
  check_scan("0000000000000000000000012.5", '.', 27, 12.5);
  check_scan("0.00000000000000000000000125", '.', 28, 1.25e-24);
}

/* No number, or none that is read here: nothing is taken, and the value stays. */
static void what_is_none_takes_nothing(void **state) {
  (void)state;
  static const char *const texts[] = {
      "",   "-",   "+",       ".",   "-.",  "e5",    "x",     " 1",
      "1e", "1e+", "1e99999", "nan", "inf", "1e400", "\"1\"", "12345678901234567890"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_scan(texts[i], '.', 0, -7);
}

/* Bytes from `end` on belong to others, though they be digits. */
static void nothing_after_the_end_is_read(void **state) {
  (void)state;
  static const char digits[] = "1234567890123456789.123456789";
  for (size_t size = 1; size < sizeof digits; size++) {
    char *copy = malloc(size), text[32];
    double value = 0;
    assert_non_null(copy);
    memcpy(copy, digits, size);
    memcpy(text, digits, size);
    text[size] = '\0';
    const size_t taken = cr_scan_number(copy, copy + size, '.', &value);
    free(copy);
    assert_true(taken == size || (taken == 0 && size > 16));
    if (taken) assert_true(value == strtod(text, NULL));
  }
}

static uint64_t draw(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return *state >> 1 ^ *state >> 33;
}

/* Of 15 to 19 digits, where the product decides; ./run numbers goes on from here. */
static void long_numbers_are_those_of_strtod(void **state) {
  (void)state;
  uint64_t random = 3;
  size_t refused = 0;
  for (int i = 0; i < 200000; i++) {
    char text[64];
    double value = 0;
    const int digits = 15 + (int)(draw(&random) % 5), power = (int)(draw(&random) % 120) - 70;
    char integer[24];
    snprintf(integer, sizeof integer, "%020llu", (unsigned long long)draw(&random));
    snprintf(text, sizeof text, "%.*se%d", digits, integer + 1, power);
    const size_t taken = cr_scan_number(text, text + strlen(text), '.', &value);
    refused += taken == 0;
    if (!taken) continue;
    const double expected = strtod(text, NULL);
    assert_memory_equal(&value, &expected, sizeof value);
  }
  assert_true(refused < 40000); /* those of a power that is not in the table, and a few more */
}

/* |10^power - t 2^x| as its own arithmetic has it: long integers of 16 bits a limb. */
enum { LIMBS = 40 };

static void multiply(uint32_t limbs[LIMBS], uint32_t factor) {
  uint32_t carry = 0;
  for (size_t i = 0; i < LIMBS; i++) {
    carry += limbs[i] * factor;
    limbs[i] = carry & 0xffff;
    carry >>= 16;
  }
  assert_int_equal(carry, 0);
}

/* The sign of a - b. */
static int compare(const uint32_t a[LIMBS], const uint32_t b[LIMBS]) {
  for (size_t i = LIMBS; i-- > 0;)
    if (a[i] != b[i]) return a[i] > b[i] ? 1 : -1;
  return 0;
}

/* t 2^shift 10^power */
static void set(uint32_t limbs[LIMBS], uint64_t t, bool one_more, int shift, int power) {
  memset(limbs, 0, LIMBS * sizeof *limbs);
  for (size_t i = 0; i < 4; i++) limbs[i] = t >> (16 * i) & 0xffff;
  for (size_t i = 0; one_more && ++limbs[i] > 0xffff; i++) limbs[i] = 0;
  for (int i = 0; i < power; i++) multiply(limbs, 10);
  for (int i = 0; i < shift; i++) multiply(limbs, 2);
}

/* t 2^x <= 10^power < (t + 1) 2^x, with negative powers on the other side. */
static void the_powers_of_ten_are_right(void **state) {
  (void)state;
  for (int power = CR_TEN_POWER_LEAST; power <= CR_TEN_POWER_MOST; power++) {
    const uint64_t t = cr_ten_powers[power - CR_TEN_POWER_LEAST];
    const int x = cr_ten_power_exponent(power), up = x > 0 ? x : 0, down = x < 0 ? -x : 0;
    uint32_t low[LIMBS], high[LIMBS], true_value[LIMBS];
    assert_true(t >> 63);
    set(low, t, false, up, power < 0 ? -power : 0);
    set(high, t, true, up, power < 0 ? -power : 0);
    set(true_value, 1, false, down, power > 0 ? power : 0);
    assert_true(compare(low, true_value) <= 0);
    assert_true(compare(true_value, high) < 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_number_ends_where_it_does),
      cmocka_unit_test(what_is_none_takes_nothing),
      cmocka_unit_test(nothing_after_the_end_is_read),
      cmocka_unit_test(long_numbers_are_those_of_strtod),
      cmocka_unit_test(the_powers_of_ten_are_right),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
