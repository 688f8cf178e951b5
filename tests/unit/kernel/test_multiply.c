#include "product_case.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/*
 * Products on both sides of the size from which work is shared, tall, wide and narrow. With every
 * kernel, any number of threads gives the bits that the kernel gives alone.
 */
static const case_shape shapes[] = {
    {.m = 1, .n = 1, .k = 1},
    {.m = 7, .n = 33, .k = 5, .biased = true},
    {.m = 64, .n = 64, .k = 784, .biased = true},
    {.m = 784, .n = 64, .k = 641, .transposed = true},
    {.m = 2001, .n = 10, .k = 1601, .biased = true},
    {.m = 35, .n = 1001, .k = 899, .gap = 3, .offset = 1},
    {.m = 301, .n = 297, .k = 401, .transposed = true, .biased = true, .gap = 5, .offset = 3},
    {.m = 784, .n = 310, .k = 33, .transposed = true, .whole_rows = true},
    {.m = 130, .n = 190, .k = 301, .b_transposed = true},
};

enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static void check_threads(const cr_kernel *kernel, const case_shape *shape) {
  static const size_t threads[] = {1, 2, 3, 7};
  product_case x = case_create(shape);
  multiply_whole(kernel, &x.product);
  float *alone = take_result(&x);
  for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
    cr_pool *pool = NULL;
    assert_int_equal(cr_pool_create(threads[t], &pool), CR_OK);
    for (size_t repeat = 0; repeat < 3; repeat++) {
      fill_guard(&x);
      watch_finish(&x);
      cr_multiply(kernel, pool, &x.product);
      assert_memory_equal(x.c, alone, x.c_size * sizeof *alone);
      assert_finished(&x);
    }
    cr_pool_destroy(pool);
  }
  fill_guard(&x);
  cr_multiply(kernel, NULL, &x.product);
  assert_memory_equal(x.c, alone, x.c_size * sizeof *alone);
  free(alone);
  case_destroy(&x);
}

static void threads_change_no_bit(void **state) {
  (void)state;
  const cr_kernel *kernel;
  for (size_t i = 0; (kernel = cr_kernel_at(i)) != NULL; i++) {
    if (!kernel->supported()) continue;
    for (size_t s = 0; s < SHAPES; s++) check_threads(kernel, &shapes[s]);
  }
}

/* A kernel that counts how often it is asked for each entry, whatever way the work is cut. */
enum { ROWS = 61, COLS = 203, TALL = 10, WIDE = 48 };
static unsigned char asked[ROWS][COLS];
/* A cut went through a tile, or a row that is to be whole. (Other threads cannot assert.) */
static bool inside_a_tile;

static void count_entries(const cr_product *product, size_t row_first, size_t row_count,
                          size_t col_first, size_t col_count) {
  if (product->whole_rows && col_count != COLS) inside_a_tile = true;
  if (row_first % TALL != 0 || col_first % WIDE != 0) inside_a_tile = true;
  for (size_t i = row_first; i < row_first + row_count; i++) {
    for (size_t j = col_first; j < col_first + col_count; j++) asked[i][j]++;
  }
}

static void each_entry_is_computed_once_in_whole_tiles(void **state) {
  (void)state;
  const cr_kernel counter = {
      .name = "counter", .multiply = count_entries, .tile_rows = TALL, .tile_cols = WIDE};
  const size_t depths[] = {0, 1, 100, 1000, 100000};
  for (size_t threads = 1; threads <= 40; threads += 3) {
    cr_pool *pool = NULL;
    assert_int_equal(cr_pool_create(threads, &pool), CR_OK);
    for (size_t d = 0; d < sizeof depths / sizeof depths[0]; d++) {
      memset(asked, 0, sizeof asked);
      cr_multiply(
          &counter, pool,
          &(cr_product){.m = ROWS, .n = COLS, .k = depths[d], .whole_rows = threads % 2 == 0});
      for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < COLS; j++) assert_int_equal(asked[i][j], 1);
      }
      assert_false(inside_a_tile);
    }
    cr_pool_destroy(pool);
  }
}

/* A kernel that notes the most entries it was asked for at once. */
static atomic_size_t most_entries;

static void note_most(const cr_product *product, size_t row_first, size_t row_count,
                      size_t col_first, size_t col_count) {
  (void)product, (void)row_first, (void)col_first;
  size_t most = atomic_load(&most_entries);
  while (most < row_count * col_count &&
         !atomic_compare_exchange_weak(&most_entries, &most, row_count * col_count)) {}
}

/*
 * However many columns are left over in the last tile. 32 tiles of rows are always at hand, 5 of
 * them for each of 7 threads, 9 % more than the even share; and a cut that is 11 % worse is kept.
 */
static void parts_are_nearly_equal(void **state) {
  (void)state;
  enum { ROW_COUNT = 128, MOST_COLS = 300 };
  const double uneven_at_most = 1.25;
  const cr_kernel kernel = {.name = "most", .multiply = note_most, .tile_rows = 4, .tile_cols = 64};
  for (size_t threads = 2; threads <= 7; threads++) {
    cr_pool *pool = NULL;
    assert_int_equal(cr_pool_create(threads, &pool), CR_OK);
    for (size_t cols = 1; cols <= MOST_COLS; cols++) {
      atomic_store(&most_entries, 0);
      cr_multiply(&kernel, pool, &(cr_product){.m = ROW_COUNT, .n = cols, .k = 100000});
      const double share = (double)(ROW_COUNT * cols) / (double)threads;
      if ((double)most_entries > uneven_at_most * share)
        fail_msg("%zu threads, %zu columns: %zu entries in a part", threads, cols, most_entries);
    }
    cr_pool_destroy(pool);
  }
}

/*
 * A kernel whose threads wait for each other: one that computes the parts of two alone never gets
 * past the first. The patience is long, and only a failure uses it up.
 */
enum { MEETING = 2, PATIENCE = 20 };
static pthread_mutex_t meeting = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrival = PTHREAD_COND_INITIALIZER;
static pthread_t arrived[MEETING];
static size_t arrivals;

static void meet(const cr_product *product, size_t row_first, size_t row_count, size_t col_first,
                 size_t col_count) {
  (void)product, (void)row_first, (void)row_count, (void)col_first, (void)col_count;
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += PATIENCE;
  pthread_mutex_lock(&meeting);
  if (arrivals < MEETING) arrived[arrivals] = pthread_self();
  arrivals++;
  pthread_cond_broadcast(&arrival);
  while (arrivals < MEETING && pthread_cond_timedwait(&arrival, &meeting, &until) == 0) continue;
  pthread_mutex_unlock(&meeting);
}

static void work_is_shared_out_over_the_threads(void **state) {
  (void)state;
  const cr_kernel kernel = {.name = "meet", .multiply = meet, .tile_rows = 8, .tile_cols = 16};
  cr_pool *pool = NULL;
  assert_int_equal(cr_pool_create(MEETING, &pool), CR_OK);
  arrivals = 0;
  cr_multiply(&kernel, pool, &(cr_product){.m = 128, .n = 128, .k = 784}); /* 26e6 */
  cr_pool_destroy(pool);
  assert_int_equal(arrivals, MEETING);
  assert_false(pthread_equal(arrived[0], arrived[1]));
}

/* Too small to be worth it: the caller does it alone, at once. */
static void small_products_stay_with_the_caller(void **state) {
  (void)state;
  const cr_kernel kernel = {.name = "meet", .multiply = meet, .tile_rows = 8, .tile_cols = 16};
  cr_pool *pool = NULL;
  assert_int_equal(cr_pool_create(MEETING, &pool), CR_OK);
  arrivals = MEETING - 1; /* nobody to wait for */
  cr_multiply(&kernel, pool, &(cr_product){.m = 64, .n = 10, .k = 784});
  cr_pool_destroy(pool);
  assert_int_equal(arrivals, MEETING);
  assert_true(pthread_equal(arrived[MEETING - 1], pthread_self()));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(each_entry_is_computed_once_in_whole_tiles),
      cmocka_unit_test(parts_are_nearly_equal),
      cmocka_unit_test(work_is_shared_out_over_the_threads),
      cmocka_unit_test(small_products_stay_with_the_caller),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
