#include "data/split.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "counting_allocator.h"

static const double thirds[3] = {0.6, 0.2, 0.2};

/* Rows of class 0, then of class 1, … : counts (classes). The caller frees. */
static uint32_t *make_classes(const size_t *counts, size_t classes, size_t *rows) {
  *rows = 0;
  for (size_t k = 0; k < classes; k++) *rows += counts[k];
  uint32_t *out = malloc((*rows + 1) * sizeof *out);
  size_t filled = 0;
  for (size_t k = 0; k < classes; k++)
    for (size_t i = 0; i < counts[k]; i++) out[filled++] = (uint32_t)k;
  return out;
}

/* Every usable row in exactly one part, and the rows of a part ascend. usable is 3, 5, 7, … */
static void check_partition(const cr_split *split, size_t rows) {
  unsigned char *seen = calloc(rows + 1, 1);
  size_t total = 0;
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    for (size_t i = 0; i < split->count[p]; i++) {
      const size_t row = split->rows[p][i];
      assert_true(row >= 3 && row % 2 == 1 && (row - 3) / 2 < rows);
      assert_true(i == 0 || row > split->rows[p][i - 1]);
      assert_int_equal(seen[(row - 3) / 2]++, 0);
    }
    total += split->count[p];
  }
  assert_int_equal(total, rows);
  free(seen);
}

static size_t *make_usable(size_t rows) {
  size_t *usable = malloc((rows + 1) * sizeof *usable);
  for (size_t i = 0; i < rows; i++) usable[i] = 3 + 2 * i;
  return usable;
}

/* n (classes, 3): how many rows of each class went to each part. Checks the partition, too. */
static void split_counts(const size_t *counts, size_t classes, const double shares[3],
                         uint64_t seed, size_t *n) {
  size_t rows = 0;
  uint32_t *class_of = make_classes(counts, classes, &rows);
  size_t *usable = make_usable(rows);
  cr_split split;
  assert_int_equal(cr_split_rows(NULL, usable, rows, class_of, classes, shares, seed, &split),
                   CR_OK);
  check_partition(&split, rows);
  memset(n, 0, classes * 3 * sizeof *n);
  for (size_t p = 0; p < CR_PORTION_COUNT; p++)
    for (size_t i = 0; i < split.count[p]; i++) n[class_of[(split.rows[p][i] - 3) / 2] * 3 + p]++;
  cr_split_free(&split);
  free(usable);
  free(class_of);
}

static void equal_classes_are_shared_out_exactly(void **state) {
  (void)state;
  const size_t iris[3] = {50, 50, 50};
  size_t n[9];
  split_counts(iris, 3, thirds, 1, n);
  for (size_t k = 0; k < 3; k++) {
    assert_int_equal(n[k * 3], 30);
    assert_int_equal(n[k * 3 + 1], 10);
    assert_int_equal(n[k * 3 + 2], 10);
  }
}

/* Ten classes of 7: each share is 4.2, 1.4 and 1.4, and rounding each class on its own would give
 * one part all the rows that are left. */
static void what_is_left_is_shared_among_the_parts(void **state) {
  (void)state;
  const size_t sevens[10] = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
  size_t n[30], totals[3] = {0};
  split_counts(sevens, 10, thirds, 1, n);
  for (size_t i = 0; i < 30; i++) totals[i % 3] += n[i];
  assert_int_equal(totals[0], 42);
  assert_int_equal(totals[1], 14);
  assert_int_equal(totals[2], 14);
}

/* 1797 rows are 1078.2, 359.4 and 359.4: the row left goes to the first largest fraction. */
static void digits_have_the_sizes_planned(void **state) {
  (void)state;
  const size_t digits[10] = {178, 182, 177, 183, 181, 182, 181, 179, 174, 180};
  size_t n[30], totals[3] = {0};
  split_counts(digits, 10, thirds, 7, n);
  for (size_t i = 0; i < 30; i++) {
    totals[i % 3] += n[i];
    assert_true(fabs((double)n[i] - thirds[i % 3] * (double)digits[i / 3]) <= 1.0);
  }
  assert_int_equal(totals[0], 1078);
  assert_int_equal(totals[1], 360);
  assert_int_equal(totals[2], 359);
}

static uint32_t next(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

/* Over random classes and shares: no class is off by more than a row in any part, and no part by
 * more than a row in all, unless a class had to be put into the training part. */
static void any_classes_are_within_one_row(void **state) {
  (void)state;
  uint32_t random = 12345;
  for (int round = 0; round < 2000; round++) {
    const size_t classes = 1 + next(&random) % 12;
    const uint32_t a = 1 + next(&random) % 50, b = next(&random) % 30, c = next(&random) % 30;
    const double sum = (double)(a + b + c);
    const double shares[3] = {(double)a / sum, (double)b / sum, (double)c / sum};
    size_t counts[12], n[36], rows = 0, totals[3] = {0};
    bool forced = false;
    for (size_t k = 0; k < classes; k++) {
      counts[k] = next(&random) % 40;
      rows += counts[k];
      forced = forced || (counts[k] > 0 && shares[0] * (double)counts[k] < 1.0);
    }
    split_counts(counts, classes, shares, (uint64_t)round, n);
    for (size_t i = 0; i < classes * 3; i++) {
      totals[i % 3] += n[i];
      const double ideal = shares[i % 3] * (double)counts[i / 3];
      assert_true(fabs((double)n[i] - ideal) <= 1.0 + 1e-9);
      if (i % 3 == 0 && counts[i / 3] > 0) assert_true(n[i] > 0);
      if (shares[i % 3] == 0.0) assert_int_equal(n[i], 0);
    }
    for (size_t p = 0; p < 3 && !forced; p++)
      assert_true(fabs((double)totals[p] - shares[p] * (double)rows) < 1.0);
  }
}

static void every_class_has_a_training_row(void **state) {
  (void)state;
  const size_t rare[5] = {1, 40, 1, 1, 2};
  const double shares[3] = {0.1, 0.1, 0.8};
  size_t n[15];
  split_counts(rare, 5, shares, 3, n);
  for (size_t k = 0; k < 5; k++) assert_true(n[k * 3] > 0);
  assert_int_equal(n[3], 4); /* and the large class still has its share */

  /* Rows that had to go there count: of 1.5 rows each the other classes give it one only. */
  const size_t mixed[6] = {1, 1, 15, 1, 1, 15};
  size_t m[18];
  split_counts(mixed, 6, shares, 3, m);
  assert_int_equal(m[6], 1);
  assert_int_equal(m[15], 1);
}

static void parts_without_a_share_are_empty(void **state) {
  (void)state;
  const size_t counts[2] = {33, 67};
  const double two[3] = {0.8, 0.2, 0.0}, one[3] = {1.0, 0.0, 0.0}, last[3] = {0.0, 0.0, 1.0};
  size_t n[6];
  split_counts(counts, 2, two, 1, n);
  assert_int_equal(n[0] + n[3], 80);
  assert_int_equal(n[1] + n[4], 20);
  assert_int_equal(n[2] + n[5], 0);
  split_counts(counts, 2, one, 1, n);
  assert_int_equal(n[0] + n[3], 100);
  split_counts(counts, 2, last, 1, n);
  assert_int_equal(n[2] + n[5], 100);
}

static void no_classes_no_strata(void **state) {
  (void)state;
  size_t *usable = make_usable(101);
  cr_split split;
  assert_int_equal(cr_split_rows(NULL, usable, 101, NULL, 0, thirds, 1, &split), CR_OK);
  check_partition(&split, 101);
  assert_int_equal(split.count[CR_PORTION_TRAIN], 61); /* 60.6, 20.2, 20.2 */
  assert_int_equal(split.count[CR_PORTION_DEV], 20);
  assert_int_equal(split.count[CR_PORTION_TEST], 20);
  cr_split_free(&split);
  assert_null(split.rows[0]);

  assert_int_equal(cr_split_rows(NULL, usable, 1, NULL, 0, thirds, 1, &split), CR_OK);
  assert_int_equal(split.count[CR_PORTION_TRAIN], 1);
  cr_split_free(&split);
  assert_int_equal(cr_split_rows(NULL, usable, 0, NULL, 0, thirds, 1, &split), CR_OK);
  assert_int_equal(split.count[0] + split.count[1] + split.count[2], 0);
  cr_split_free(&split);
  free(usable);
}

/* How many of the training rows of two seeds are the same. */
static size_t common(const size_t *usable, size_t rows, uint64_t a, uint64_t b) {
  cr_split x, y;
  size_t same = 0;
  assert_int_equal(cr_split_rows(NULL, usable, rows, NULL, 0, thirds, a, &x), CR_OK);
  assert_int_equal(cr_split_rows(NULL, usable, rows, NULL, 0, thirds, b, &y), CR_OK);
  for (size_t i = 0, k = 0; i < x.count[0]; i++) {
    while (k < y.count[0] && y.rows[0][k] < x.rows[0][i]) k++;
    same += k < y.count[0] && y.rows[0][k] == x.rows[0][i];
  }
  cr_split_free(&x);
  cr_split_free(&y);
  return same;
}

/* Two random choices of 600 of 1000 share 360, with deviation sqrt(1000 .6 .6 .4 .4) = 7.6. */
static void seeds_choose_and_repeat(void **state) {
  (void)state;
  size_t *usable = make_usable(1000);
  assert_int_equal(common(usable, 1000, 1, 1), 600);
  const size_t same = common(usable, 1000, 1, 2);
  assert_true(same > 360 - 5 * 8 && same < 360 + 5 * 8);
  assert_int_equal(common(usable, 1000, 1, 1), 600); /* whatever was asked in between */
  free(usable);
}

/* Each of 50 rows is a training row in 60 % of 400 seeds: 240 with deviation 9.8. */
static void every_row_has_its_chance(void **state) {
  (void)state;
  size_t *usable = make_usable(50), hits[50] = {0};
  for (uint64_t seed = 0; seed < 400; seed++) {
    cr_split split;
    assert_int_equal(cr_split_rows(NULL, usable, 50, NULL, 0, thirds, seed, &split), CR_OK);
    for (size_t i = 0; i < split.count[0]; i++) hits[(split.rows[0][i] - 3) / 2]++;
    cr_split_free(&split);
  }
  for (size_t i = 0; i < 50; i++) assert_true(hits[i] > 240 - 50 && hits[i] < 240 + 50);
  free(usable);
}

static void default_shares_depend_on_the_size(void **state) {
  (void)state;
  double shares[3];
  cr_split_default(1000000, shares);
  assert_true(shares[0] == 0.6 && shares[1] == 0.2 && shares[2] == 0.2);
  cr_split_default(1000001, shares);
  assert_true(shares[0] == 0.98 && shares[1] == 0.01 && shares[2] == 0.01);
}

static void wrong_shares_are_refused(void **state) {
  (void)state;
  const size_t usable[4] = {0, 1, 2, 3};
  const double wrong[4][3] = {
      {0.6, 0.2, 0.1}, {1.2, -0.2, 0.0}, {(double)NAN, 0.5, 0.5}, {60, 20, 20}};
  for (size_t i = 0; i < 4; i++) {
    cr_split split;
    assert_int_equal(cr_split_rows(NULL, usable, 4, NULL, 0, wrong[i], 1, &split), CR_ERR_ARGUMENT);
    assert_null(split.rows[0]);
    assert_int_equal(split.count[0], 0);
  }
}

static void memory_running_out_leaves_nothing(void **state) {
  (void)state;
  const size_t usable[4] = {0, 1, 2, 3};
  const uint32_t classes[4] = {0, 1, 0, 1};
  counting_start();
  size_t refused = 0;
  for (cr_status status = CR_ERR_MEMORY; status != CR_OK; refused++) {
    cr_split split;
    counting_fail_at(refused + 1, false);
    status = cr_split_rows(NULL, usable, 4, classes, 2, thirds, 1, &split);
    assert_true(status == CR_OK || status == CR_ERR_MEMORY);
    if (status == CR_OK) cr_split_free(&split);
    assert_int_equal(counting.live, 0);
  }
  counting_stop();
  assert_true(refused > 5); /* starts, places, parts, and the three lists */
}

/* (eq N7) Above 1,000,000 rows a part is drawn for each row by itself, whatever the others are. */
static void many_rows_are_drawn_one_by_one(void **state) {
  (void)state;
  enum { ROWS = 1100000, RARE = ROWS - 7 };
  static size_t all[ROWS], some[ROWS];
  static uint32_t classes[ROWS];
  static unsigned char part[ROWS];
  size_t kept = 0;
  for (size_t i = 0; i < ROWS; i++) {
    all[i] = i;
    classes[i] = i >= RARE ? 2 : i % 2;
    if (i % 20 != 3) some[kept++] = i;
  }
  cr_split split, other;
  assert_int_equal(cr_split_rows(NULL, all, ROWS, NULL, 0, thirds, 5, &split), CR_OK);
  assert_int_equal(cr_split_rows(NULL, some, kept, NULL, 0, thirds, 5, &other), CR_OK);
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    /* Five deviations of a count of n rows that each come with probability s. */
    assert_true(fabs((double)split.count[p] - ROWS * thirds[p]) < 5 * sqrt(ROWS * 0.25));
    for (size_t i = 0; i < split.count[p]; i++) part[split.rows[p][i]] = (unsigned char)p;
  }
  for (size_t p = 0; p < CR_PORTION_COUNT; p++)
    for (size_t i = 0; i < other.count[p]; i++) assert_int_equal(part[other.rows[p][i]], p);
  cr_split_free(&split);
  cr_split_free(&other);
  /* The first row of a class of seven trains, whatever the shares. */
  static const double mostly_dev[3] = {0.0001, 0.9999, 0.0};
  assert_int_equal(cr_split_rows(NULL, all, ROWS, classes, 3, mostly_dev, 5, &split), CR_OK);
  assert_int_equal(split.rows[0][split.count[0] - 1], RARE);
  assert_int_equal(split.count[2], 0);
  cr_split_free(&split);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_classes_are_shared_out_exactly),
      cmocka_unit_test(what_is_left_is_shared_among_the_parts),
      cmocka_unit_test(digits_have_the_sizes_planned),
      cmocka_unit_test(any_classes_are_within_one_row),
      cmocka_unit_test(every_class_has_a_training_row),
      cmocka_unit_test(parts_without_a_share_are_empty),
      cmocka_unit_test(no_classes_no_strata),
      cmocka_unit_test(seeds_choose_and_repeat),
      cmocka_unit_test(every_row_has_its_chance),
      cmocka_unit_test(default_shares_depend_on_the_size),
      cmocka_unit_test(many_rows_are_drawn_one_by_one),
      cmocka_unit_test(wrong_shares_are_refused),
      cmocka_unit_test(memory_running_out_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
