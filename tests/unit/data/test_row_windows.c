#include "data/row_windows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "kept_memory.h"
#include "unit/data/stored_rows.h"

enum { MOST_ROWS = 100 };

static cr_row_windows *create(const cr_samples *samples, cr_row_use use) {
  cr_row_windows *windows = NULL;
  assert_int_equal(cr_row_windows_create(samples, use, &windows), CR_OK);
  return windows;
}

/* The rows of a window, one after the other, to seen[*count]. */
static void note(const cr_row_window *w, size_t *seen, size_t *count) {
  const cr_samples *s = w->samples;
  for (size_t b = 0; b + 1 < w->block_count; b++) assert_true(w->blocks[b] < w->blocks[b + 1]);
  for (size_t i = 0; i < s->rows; i++) {
    const size_t row = (size_t)s->x.data[i * STORED_INPUTS];
    assert_int_equal(row, w->blocks[i / BLOCK_ROWS] * BLOCK_ROWS + i % BLOCK_ROWS);
    assert_true(s->x.data[(i + 1) * STORED_INPUTS - 1] == -(float)row);
    assert_true(s->y.data[i] == (float)row && s->weights[i] == (float)row / 2);
    assert_true(*count < MOST_ROWS);
    seen[(*count)++] = row;
  }
}

/* A whole epoch; how many windows it had. */
static size_t run_epoch(cr_row_windows *windows, size_t rows, size_t *seen) {
  size_t count = 0, index = 0;
  for (; count < rows; index++) {
    cr_row_window window;
    assert_int_equal(cr_row_windows_next(windows, &window), CR_OK);
    assert_int_equal(window.index, index);
    note(&window, seen, &count);
  }
  return index;
}

static void check_each_once(const size_t *seen, size_t rows) {
  size_t times[MOST_ROWS] = {0};
  for (size_t i = 0; i < rows; i++) times[seen[i]]++;
  for (size_t i = 0; i < rows; i++) assert_int_equal(times[i], 1);
}

/* Whatever the bound: each row once an epoch, in windows of as many blocks as there is room for. */
static void each_row_comes_once_an_epoch(void **state) {
  (void)state;
  static const size_t all[] = {1, 7, 8, 50, 98, 99};
  for (size_t r = 0; r < sizeof all / sizeof *all; r++)
    for (size_t room = 0; room <= 15; room += 3) {
      size_t seen[MOST_ROWS];
      const size_t blocks = (all[r] + BLOCK_ROWS - 1) / BLOCK_ROWS;
      const size_t each = room / 2 > 0 ? room / 2 : 1;
      const bool holds_all = blocks <= (room > 2 ? room : 2);
      cr_samples *samples = stored_rows(all[r], memory_of(room));
      cr_row_windows *windows = create(samples, CR_ROWS_TO_LEARN);
      assert_int_equal(cr_row_windows_hold_all(windows), holds_all);
      for (uint32_t epoch = 0; epoch < 3; epoch++) {
        cr_row_windows_shuffle(windows, 5, epoch);
        const size_t count = run_epoch(windows, all[r], seen);
        assert_int_equal(count, holds_all ? 1 : (blocks + each - 1) / each);
        check_each_once(seen, all[r]);
      }
      cr_row_windows_destroy(windows);
      cr_samples_destroy(samples);
    }
}

/* One window is that of memory: all rows as they were appended. */
static void one_window_is_in_the_order_of_the_rows(void **state) {
  (void)state;
  size_t seen[MOST_ROWS];
  cr_samples *samples = stored_rows(50, memory_of(7) + BLOCK_BYTES / 2); /* the last is small */
  cr_row_windows *windows = create(samples, CR_ROWS_TO_LEARN);
  assert_true(cr_row_windows_hold_all(windows));
  for (uint32_t epoch = 0; epoch < 2; epoch++) {
    cr_row_windows_shuffle(windows, 5, epoch);
    run_epoch(windows, 50, seen);
    for (size_t i = 0; i < 50; i++) assert_int_equal(seen[i], i);
  }
  cr_row_windows_destroy(windows);
  cr_samples_destroy(samples);
}

/* Epochs in turn, anew, from the middle, with other seeds: the order is that of seed and epoch. */
static void the_order_depends_on_seed_and_epoch_alone(void **state) {
  (void)state;
  enum { ROWS = 99, EPOCHS = 3 };
  size_t first[2][EPOCHS][MOST_ROWS], again[MOST_ROWS];
  cr_samples *samples = stored_rows(ROWS, memory_of(6));
  for (uint64_t seed = 0; seed < 2; seed++)
    for (uint32_t epoch = 0; epoch < EPOCHS; epoch++) {
      cr_row_windows *windows = create(samples, CR_ROWS_TO_LEARN);
      cr_row_windows_shuffle(windows, seed, epoch);
      run_epoch(windows, ROWS, first[seed][epoch]);
      cr_row_windows_destroy(windows);
    }
  assert_memory_not_equal(first[0][0], first[0][1], ROWS * sizeof(size_t));
  assert_memory_not_equal(first[0][0], first[1][0], ROWS * sizeof(size_t));

  cr_row_windows *windows = create(samples, CR_ROWS_TO_LEARN);
  for (size_t i = 0; i < 40; i++) {
    cr_row_window window;
    const uint64_t seed = i / 7 % 2;
    const uint32_t epoch = (uint32_t)(i % EPOCHS);
    cr_row_windows_shuffle(windows, seed, epoch);
    if (i % 4 == 1) assert_int_equal(cr_row_windows_next(windows, &window), CR_OK); /* left */
    if (i % 4 == 1 || i % 5 == 3) cr_row_windows_shuffle(windows, seed, epoch);
    run_epoch(windows, ROWS, again);
    assert_memory_equal(again, first[seed][epoch], ROWS * sizeof(size_t));
  }
  cr_row_windows_destroy(windows);
  cr_samples_destroy(samples);
}

/* An even pass has the blocks of its rows and no others, in their order. */
static void even_passes_have_the_blocks_they_need(void **state) {
  (void)state;
  enum { ROWS = 99 };
  for (size_t room = 0; room <= 160; room += 40)
    for (size_t count = 1; count <= ROWS; count++) {
      cr_samples *samples = stored_rows(ROWS, memory_of(room));
      cr_row_windows *windows = create(samples, CR_ROWS_TO_MEASURE);
      bool needed[MOST_ROWS] = {false};
      size_t blocks = 0, next = 0;
      cr_row_windows_even(windows, count);
      for (size_t i = 0; i < count; i++) {
        bool *block = &needed[i * ROWS / count / BLOCK_ROWS];
        blocks += !*block;
        *block = true;
      }
      if (cr_row_windows_hold_all(windows)) blocks = cr_row_store_blocks(samples->store);
      for (size_t seen = 0; seen < blocks;) {
        cr_row_window window;
        assert_int_equal(cr_row_windows_next(windows, &window), CR_OK);
        for (size_t b = 0; b < window.block_count; b++) {
          assert_true(window.blocks[b] >= next);
          next = window.blocks[b] + 1;
          assert_true(needed[window.blocks[b]] || cr_row_windows_hold_all(windows));
        }
        seen += window.block_count;
      }
      cr_row_windows_destroy(windows);
      cr_samples_destroy(samples);
      if (count == 20) count = ROWS - 3;
    }
}

static void destroyed_at_any_time(void **state) {
  (void)state;
  cr_samples *samples = stored_rows(99, memory_of(6));
  for (size_t i = 0; i < 60; i++) {
    cr_row_windows *windows = create(samples, CR_ROWS_TO_LEARN);
    cr_row_window window;
    if (i % 3 > 0) cr_row_windows_shuffle(windows, i, 0);
    if (i % 3 > 1) assert_int_equal(cr_row_windows_next(windows, &window), CR_OK);
    cr_row_windows_destroy(windows);
  }
  cr_row_windows_destroy(NULL);
  cr_samples_destroy(samples);
}

/* --- faults --- */

/* In the thread that reads ahead, or in ours: it arrives, and stays; a new pass may do better. */
static void a_failed_read_arrives(void **state) {
  (void)state;
  enum { ROWS = 99, READS = 3 * 15 }; /* inputs, targets and weights of each block */
  static const cr_io io = {.read_at = failing_read, .close = close};
  for (size_t room = 4; room <= 16; room += 12)
    for (int good = 0; good < READS; good += 4) {
      cr_samples *samples = stored_rows(ROWS, memory_of(room));
      cr_row_windows *windows = create(samples, CR_ROWS_TO_LEARN);
      cr_row_window window;
      cr_status status = CR_OK;
      size_t taken = 0;
      cr_io_set(&io);
      atomic_store(&reads_left, good);
      cr_row_windows_shuffle(windows, 1, 0);
      for (; status == CR_OK && taken < ROWS; taken += status == CR_OK ? window.samples->rows : 0)
        status = cr_row_windows_next(windows, &window);
      assert_int_equal(status, CR_ERR_CACHE);
      assert_int_equal(cr_last_error()->status, CR_ERR_CACHE);
      assert_non_null(strstr(cr_last_error()->message, "input/output error"));
      assert_int_equal(cr_row_windows_next(windows, &window), CR_ERR_CACHE);
      atomic_store(&reads_left, 10000);
      size_t seen[MOST_ROWS];
      cr_row_windows_shuffle(windows, 1, 0);
      run_epoch(windows, ROWS, seen);
      check_each_once(seen, ROWS);
      cr_row_windows_destroy(windows);
      cr_samples_destroy(samples);
      cr_io_set(NULL);
    }
}

static void no_memory_is_told(void **state) {
  (void)state;
  cr_samples *samples = stored_rows(99, memory_of(6));
  for (size_t at = 1;; at++) {
    cr_row_windows *windows = NULL;
    counting_fail_at(at, false);
    const cr_status status = cr_row_windows_create(samples, CR_ROWS_TO_LEARN, &windows);
    const bool refused = counting.refused > 0;
    counting_fail_at(0, false);
    assert_int_equal(status, refused ? CR_ERR_MEMORY : CR_OK);
    cr_row_windows_destroy(windows);
    if (!refused) break;
  }
  cr_samples_destroy(samples);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, count_memory, no_memory_is_lost)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(each_row_comes_once_an_epoch),
      TEST(one_window_is_in_the_order_of_the_rows),
      TEST(the_order_depends_on_seed_and_epoch_alone),
      TEST(even_passes_have_the_blocks_they_need),
      TEST(destroyed_at_any_time),
      TEST(a_failed_read_arrives),
      TEST(no_memory_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
