#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "counting_allocator.h"

static int start(void **state) {
  (void)state;
  counting_start();
  return 0;
}

static int stop(void **state) {
  (void)state;
  const size_t live = counting.live;
  counting_stop();
  return live == 0 ? 0 : -1;
}

static void memory_comes_zeroed_from_the_allocator(void **state) {
  (void)state;
  void *block = NULL;
  assert_int_equal(cr_alloc(7, 11, &block), CR_OK);
  assert_int_equal(counting.calls, 1);
  assert_int_equal(counting.live, 1);
  for (size_t i = 0; i < 77; i++) assert_int_equal(((char *)block)[i], 0);
  cr_free(block);
  assert_int_equal(counting.live, 0);
}

static void nothing_is_nothing(void **state) {
  (void)state;
  void *block = &block;
  assert_int_equal(cr_alloc(0, 8, &block), CR_OK);
  assert_null(block);
  cr_free(NULL);
  assert_int_equal(counting.calls, 0);
}

static void too_much_and_none_left_are_out_of_memory(void **state) {
  (void)state;
  void *block = &block;
  assert_int_equal(cr_alloc(SIZE_MAX / 2, 3, &block), CR_ERR_MEMORY);
  assert_null(block);
  assert_int_equal(counting.calls, 0);
  counting_fail_at(1, false);
  block = &block;
  assert_int_equal(cr_alloc(5, 3, &block), CR_ERR_MEMORY);
  assert_null(block);
  assert_string_equal(cr_last_error()->message, "out of memory: 15 bytes were needed");
}

static void a_text_is_copied(void **state) {
  (void)state;
  char *copy = NULL;
  assert_int_equal(cr_copy_text("weights", &copy), CR_OK);
  assert_string_equal(copy, "weights");
  cr_free(copy);
  counting_fail_at(1, false);
  assert_int_equal(cr_copy_text("weights", &copy), CR_ERR_MEMORY);
  assert_null(copy);
}

static void growing_keeps_what_is_used_and_zeroes_the_rest(void **state) {
  (void)state;
  void *block = NULL;
  size_t capacity = 0;
  for (uint32_t i = 0; i < 1000; i++) {
    assert_int_equal(cr_grow(&block, i, i + 1, sizeof(uint32_t), &capacity), CR_OK);
    assert_true(capacity > i);
    assert_int_equal(((uint32_t *)block)[i], 0);
    ((uint32_t *)block)[i] = i + 1;
  }
  for (uint32_t i = 0; i < 1000; i++) assert_int_equal(((uint32_t *)block)[i], i + 1);
  assert_int_equal(counting.calls, 11); /* 1, 2, 4, ..., 1024 */
  assert_int_equal(counting.live, 1);
  cr_free(block);
}

static void a_failed_growth_changes_nothing(void **state) {
  (void)state;
  void *block = NULL;
  size_t capacity = 0;
  assert_int_equal(cr_grow(&block, 0, 4, 1, &capacity), CR_OK);
  memcpy(block, "abcd", 4);
  void *const before = block;
  counting_fail_at(1, true);
  assert_int_equal(cr_grow(&block, 4, 5, 1, &capacity), CR_ERR_MEMORY);
  assert_int_equal(cr_grow(&block, 4, SIZE_MAX, 2, &capacity), CR_ERR_MEMORY);
  assert_ptr_equal(block, before);
  assert_int_equal(capacity, 4);
  assert_memory_equal(block, "abcd", 4);
  cr_free(block);
}

static void the_counting_allocator_refuses_what_it_is_told(void **state) {
  (void)state;
  void *blocks[4] = {0};
  counting_fail_at(2, false);
  for (size_t i = 0; i < 4; i++) (void)cr_alloc(1, 1, &blocks[i]);
  assert_non_null(blocks[0]);
  assert_null(blocks[1]);
  assert_non_null(blocks[2]);
  assert_int_equal(counting.refused, 1);
  for (size_t i = 0; i < 4; i++) cr_free(blocks[i]);
  counting_fail_at(2, true);
  for (size_t i = 0; i < 4; i++) (void)cr_alloc(1, 1, &blocks[i]);
  assert_non_null(blocks[0]);
  assert_null(blocks[2]);
  assert_null(blocks[3]);
  assert_int_equal(counting.refused, 3);
  cr_free(blocks[0]);
}

static void the_system_allocator_zeroes_as_well(void **state) {
  (void)state;
  void *block = NULL;
  counting_stop();
  assert_int_equal(cr_alloc(100, 1, &block), CR_OK);
  for (size_t i = 0; i < 100; i++) assert_int_equal(((char *)block)[i], 0);
  cr_free(block);
}

static void growth_stops_where_it_must(void **state) {
  (void)state;
  void *block = NULL;
  size_t capacity = 0;
  assert_int_equal(cr_grow_within(&block, 0, 40, 100, 1, &capacity), CR_OK);
  assert_int_equal(capacity, 40);
  assert_int_equal(cr_grow_within(&block, 40, 41, 100, 1, &capacity), CR_OK);
  assert_int_equal(capacity, 80);
  assert_int_equal(cr_grow_within(&block, 80, 81, 100, 1, &capacity), CR_OK);
  assert_int_equal(capacity, 100);
  assert_int_equal(cr_grow_within(&block, 100, 120, 100, 1, &capacity), CR_OK);
  assert_int_equal(capacity, 120);
  cr_free(block);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(growth_stops_where_it_must),
      cmocka_unit_test_setup_teardown(memory_comes_zeroed_from_the_allocator, start, stop),
      cmocka_unit_test_setup_teardown(nothing_is_nothing, start, stop),
      cmocka_unit_test_setup_teardown(too_much_and_none_left_are_out_of_memory, start, stop),
      cmocka_unit_test_setup_teardown(a_text_is_copied, start, stop),
      cmocka_unit_test_setup_teardown(growing_keeps_what_is_used_and_zeroes_the_rest, start, stop),
      cmocka_unit_test_setup_teardown(a_failed_growth_changes_nothing, start, stop),
      cmocka_unit_test_setup_teardown(the_counting_allocator_refuses_what_it_is_told, start, stop),
      cmocka_unit_test_setup_teardown(the_system_allocator_zeroes_as_well, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
