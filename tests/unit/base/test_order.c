#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static void assert_one_to_one(uint64_t count, uint64_t seed, uint32_t lane) {
  cr_order order;
  unsigned char *seen = calloc((size_t)count, 1);
  assert_non_null(seen);
  cr_order_init(&order, count, seed, CR_STREAM_SHUFFLE, lane);
  for (uint64_t i = 0; i < count; i++) {
    const uint64_t item = cr_order_at(&order, i);
    if (item >= count || seen[item])
      fail_msg("count %u, position %u", (unsigned)count, (unsigned)i);
    seen[item] = 1;
  }
  free(seen);
}

static void each_item_stands_in_one_place(void **state) {
  (void)state;
  for (uint64_t count = 1; count <= 300; count++) {
    for (uint32_t lane = 0; lane < 5; lane++) assert_one_to_one(count, 42, lane);
  }
  static const uint64_t large[] = {4095, 4096, 4097, 60000, 65535, 65536, 65537, 1000003};
  for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) assert_one_to_one(large[i], 7, 1);
}

static void a_huge_count_works(void **state) {
  (void)state;
  static const uint64_t counts[] = {UINT64_C(1) << 33, (UINT64_C(1) << 63) + 1, UINT64_MAX};
  for (size_t i = 0; i < 3; i++) {
    cr_order order;
    cr_order_init(&order, counts[i], 7, CR_STREAM_SHUFFLE, 0);
    uint64_t high = 0;
    for (uint64_t at = 0; at < 1000; at++) {
      const uint64_t item = cr_order_at(&order, at);
      assert_true(item < counts[i]);
      high += item > counts[i] / 2;
    }
    assert_in_range(high, 400, 600); /* 500, and 6 deviations of 16 */
  }
}

static void the_order_depends_on_seed_stream_and_lane_alone(void **state) {
  (void)state;
  cr_order orders[5];
  cr_order_init(&orders[0], 1000, 1, CR_STREAM_SHUFFLE, 2);
  cr_order_init(&orders[1], 1000, 1, CR_STREAM_SHUFFLE, 2);
  cr_order_init(&orders[2], 1000, 2, CR_STREAM_SHUFFLE, 2);
  cr_order_init(&orders[3], 1000, 1, CR_STREAM_SPLIT, 2);
  cr_order_init(&orders[4], 1000, 1, CR_STREAM_SHUFFLE, 3);
  size_t same[5] = {0};
  for (uint64_t i = 0; i < 1000; i++) {
    for (size_t k = 0; k < 5; k++) {
      same[k] += cr_order_at(&orders[0], i) == cr_order_at(&orders[k], i);
    }
  }
  assert_int_equal(same[1], 1000);
  /* Fixed points of a random permutation: Poisson with mean 1, over 12 once in 10^10. */
  for (size_t k = 2; k < 5; k++) assert_in_range(same[k], 0, 12);
}

/* Pinned, from a second implementation: a run is repeated by its seed. */
static void the_order_is_pinned(void **state) {
  (void)state;
  static const uint64_t expected[10] = {3, 6, 5, 1, 2, 4, 7, 9, 0, 8};
  cr_order order;
  cr_order_init(&order, 10, 42, CR_STREAM_SHUFFLE, 0);
  for (uint64_t i = 0; i < 10; i++) assert_int_equal(cr_order_at(&order, i), expected[i]);
}

static double chi_square(const size_t *observed, size_t cells, double expected) {
  double sum = 0;
  for (size_t i = 0; i < cells; i++) {
    const double off = (double)observed[i] - expected;
    sum += off * off / expected;
  }
  return sum;
}

/*
 * Over many lanes each item stands in each place equally often: the table of place by item has
 * (count - 1)^2 degrees of freedom. The bounds are passed once in 10^6 by chance (scipy chi2.isf),
 * and the lanes are fixed.
 */
static void assert_fair_table(uint64_t count, double bound) {
  enum { LANES = 40000 };
  size_t table[16 * 16] = {0};
  for (uint32_t lane = 0; lane < LANES; lane++) {
    cr_order order;
    cr_order_init(&order, count, 99, CR_STREAM_SHUFFLE, lane);
    for (uint64_t i = 0; i < count; i++) table[i * count + cr_order_at(&order, i)]++;
  }
  const double statistic = chi_square(table, count * count, (double)LANES / (double)count);
  if (statistic > bound) fail_msg("count %u: %.1f > %.1f", (unsigned)count, statistic, bound);
}

static void each_place_gets_each_item_equally_often(void **state) {
  (void)state;
  assert_fair_table(4, 44.81);
  assert_fair_table(10, 156.45);
  assert_fair_table(16, 340.59);
}

/* All 24 orders of 4 items are equally frequent: 23 degrees of freedom, once in 10^6. */
static void all_orders_of_four_are_equally_frequent(void **state) {
  (void)state;
  enum { LANES = 240000 };
  size_t codes[256] = {0};
  size_t observed[24];
  size_t orders = 0;
  for (uint32_t lane = 0; lane < LANES; lane++) {
    cr_order order;
    size_t code = 0;
    cr_order_init(&order, 4, 5, CR_STREAM_SHUFFLE, lane);
    for (uint64_t i = 0; i < 4; i++) code = code * 4 + cr_order_at(&order, i);
    codes[code]++;
  }
  for (size_t code = 0; code < 256; code++) {
    if (codes[code] > 0) observed[orders++] = codes[code];
    assert_true(orders <= 24);
  }
  assert_int_equal(orders, 24);
  assert_true(chi_square(observed, 24, LANES / 24.0) < 70.55);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_item_stands_in_one_place),
      cmocka_unit_test(a_huge_count_works),
      cmocka_unit_test(the_order_depends_on_seed_stream_and_lane_alone),
      cmocka_unit_test(the_order_is_pinned),
      cmocka_unit_test(each_place_gets_each_item_equally_often),
      cmocka_unit_test(all_orders_of_four_are_equally_frequent),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
