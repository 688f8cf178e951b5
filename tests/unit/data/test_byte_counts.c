#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include "data/byte_counts.h"

/* Of any number of bytes, in one go or in pieces that do not end where a step of four does. */
static void figures_are_those_of_the_bytes(void **state) {
  (void)state;
  uint8_t bytes[37];
  for (size_t size = 1; size <= sizeof bytes; size++) {
    double sum = 0, squares = 0, least = 255, most = 0;
    size_t distinct = 0;
    for (size_t i = 0; i < size; i++) {
      bytes[i] = (uint8_t)(i * i * 7 % 256);
      const double value = bytes[i];
      sum += value;
      least = value < least ? value : least;
      most = value > most ? value : most;
      size_t before = 0;
      while (bytes[before] != bytes[i]) before++;
      distinct += before == i;
    }
    const double mean = sum / (double)size;
    for (size_t i = 0; i < size; i++) squares += (bytes[i] - mean) * (bytes[i] - mean);
    cr_byte_counts counts = {0};
    for (size_t at = 0; at < size; at += 5)
      cr_byte_counts_add(&counts, bytes + at, size - at < 5 ? size - at : 5);
    const cr_byte_figures f = cr_byte_counts_figures(&counts);
    assert_int_equal(f.distinct, distinct);
    assert_true(f.minimum == least && f.maximum == most && f.mean == mean);
    /* At most 256 roundings in each of two sums of other order. */
    assert_true(fabs(f.deviation - sqrt(squares / (double)size)) <= 256 * DBL_EPSILON * 256);
  }
}

/* Zeros are counted eight at a time, and by threads in parts: every byte once all the same. */
static void zeros_and_threads_change_no_count(void **state) {
  (void)state;
  enum { MOST = 1000 };
  uint8_t bytes[MOST];
  cr_pool *pool = NULL;
  assert_int_equal(cr_pool_create(3, &pool), CR_OK);
  for (size_t i = 0; i < MOST; i++) bytes[i] = (uint8_t)(i % 37 < 25 ? 0 : i * 7);
  for (size_t size = 0; size <= MOST; size += size < 40 ? 1 : 97) {
    uint64_t expected[256] = {0};
    cr_byte_counts alone = {0}, shared = {0};
    for (size_t i = 0; i < size; i++) expected[bytes[i]]++;
    assert_int_equal(cr_byte_counts_add_all(&alone, bytes, size, NULL), CR_OK);
    assert_int_equal(cr_byte_counts_add_all(&shared, bytes, size, pool), CR_OK);
    for (size_t b = 0; b < 256; b++) {
      uint64_t a = 0, s = 0;
      for (size_t lane = 0; lane < 4; lane++) a += alone.lanes[lane][b], s += shared.lanes[lane][b];
      assert_true(a == expected[b] && s == expected[b]);
    }
  }
  cr_pool_destroy(pool);
}

/* White is what overflows first: 128 words of it fill the pairs. */
static void sums_of_white_and_others(void **state) {
  (void)state;
  enum { MOST = 3000 };
  uint8_t white[MOST], others[MOST];
  uint64_t sum = 0;
  memset(white, 255, MOST);
  for (size_t size = 0; size < MOST; size++) {
    assert_true(cr_byte_sum(white, size) == 255 * size);
    assert_true(cr_byte_sum(others, size) == sum);
    others[size] = (uint8_t)(size * size * 13 % 256);
    sum += others[size];
  }
}

static void one_byte_has_no_deviation(void **state) {
  (void)state;
  cr_byte_counts counts = {0};
  cr_byte_counts_add(&counts, (const uint8_t[]){200, 200, 200}, 3);
  const cr_byte_figures f = cr_byte_counts_figures(&counts);
  assert_int_equal(f.distinct, 1);
  assert_true(f.minimum == 200 && f.maximum == 200 && f.mean == 200 && f.deviation == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_are_those_of_the_bytes),
      cmocka_unit_test(zeros_and_threads_change_no_count),
      cmocka_unit_test(sums_of_white_and_others),
      cmocka_unit_test(one_byte_has_no_deviation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
