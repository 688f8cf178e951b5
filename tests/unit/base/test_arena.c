#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "counting_allocator.h"

typedef struct pieces {
  double *a;
  char *b, *empty;
  float *c;
} pieces;

static void lay_out(cr_arena *arena, pieces *out) {
  out->a = cr_arena_take(arena, 13, sizeof(double));
  out->b = cr_arena_take(arena, 1, 1);
  out->empty = cr_arena_take(arena, 0, 8);
  out->c = cr_arena_take(arena, 64, sizeof(float));
}

static void what_is_measured_is_handed_out(void **state) {
  (void)state;
  cr_arena measure, arena;
  pieces p;
  counting_start();
  cr_arena_measure(&measure);
  lay_out(&measure, &p);
  assert_null(p.a);
  assert_null(p.c);
  assert_int_equal(measure.used, 128 + 64 + 0 + 256);
  assert_int_equal(counting.calls, 0);

  assert_int_equal(cr_arena_create(&measure, &arena), CR_OK);
  lay_out(&arena, &p);
  assert_int_equal(counting.calls, 1);
  assert_int_equal(arena.used, arena.size);
  assert_int_equal((uintptr_t)p.a % 64, 0);
  assert_int_equal((uintptr_t)p.b % 64, 0);
  assert_int_equal((uintptr_t)p.c % 64, 0);
  assert_int_equal(p.b - (char *)p.a, 128);
  assert_int_equal((char *)p.c - p.b, 64);
  for (size_t i = 0; i < 64; i++) assert_true(p.c[i] == 0);
  memset(p.a, 1, 13 * sizeof(double));
  memset(p.c, 1, 64 * sizeof(float));
  cr_arena_destroy(&arena);
  assert_null(arena.block);
  assert_int_equal(counting.live, 0);
  cr_arena_destroy(&arena);
  cr_arena_destroy(NULL);
  counting_stop();
}

static void an_empty_layout_is_fine(void **state) {
  (void)state;
  cr_arena measure, arena;
  cr_arena_measure(&measure);
  assert_int_equal(cr_arena_create(&measure, &arena), CR_OK);
  assert_non_null(cr_arena_take(&arena, 0, 4));
  cr_arena_destroy(&arena);
}

static void an_overflow_sticks(void **state) {
  (void)state;
  const size_t count[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX - 10};
  const size_t size[] = {2, 3, 1};
  for (size_t i = 0; i < 3; i++) {
    cr_arena measure, arena;
    cr_arena_measure(&measure);
    assert_null(cr_arena_take(&measure, count[i], size[i]));
    assert_null(cr_arena_take(&measure, 1, 1));
    assert_true(measure.overflow);
    assert_int_equal(cr_arena_create(&measure, &arena), CR_ERR_LIMIT);
    assert_null(arena.block);
  }
  cr_arena measure;
  cr_arena_measure(&measure);
  cr_arena_take(&measure, SIZE_MAX / 2, 1);
  cr_arena_take(&measure, SIZE_MAX / 2, 1);
  cr_arena_take(&measure, 128, 1);
  assert_true(measure.overflow);
}

static void no_memory_is_a_status(void **state) {
  (void)state;
  cr_arena measure, arena;
  counting_start();
  cr_arena_measure(&measure);
  cr_arena_take(&measure, 10, 10);
  counting_fail_at(1, true);
  assert_int_equal(cr_arena_create(&measure, &arena), CR_ERR_MEMORY);
  assert_null(arena.block);
  counting_stop();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_measured_is_handed_out),
      cmocka_unit_test(an_empty_layout_is_fine),
      cmocka_unit_test(an_overflow_sticks),
      cmocka_unit_test(no_memory_is_a_status),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
