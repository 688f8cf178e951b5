#include "train/batches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "unit/data/stored_rows.h"

enum { ROWS = 10, INPUTS = 3, WIDE = 20000 };

/* x (ROWS, INPUTS), x_i0 = i; a row of y (ROWS, 1) says which one it is. */
static float x[ROWS * INPUTS], y[ROWS];

static cr_samples *make_samples(void) {
  cr_samples *samples = NULL;
  for (size_t i = 0; i < ROWS; i++) {
    x[i * INPUTS] = (float)i;
    y[i] = (float)i;
  }
  assert_int_equal(cr_samples_from_matrices((cr_const_matrix){x, ROWS, INPUTS, INPUTS},
                                            (cr_const_matrix){y, ROWS, 1, 1}, &samples),
                   CR_OK);
  return samples;
}

static void set_up(cr_batches *batches, const cr_samples *samples, size_t size, cr_arena *arena) {
  cr_arena measured;
  cr_arena_measure(&measured);
  *batches = (cr_batches){0};
  cr_batches_lay_out(batches, samples, size, size, &measured);
  assert_int_equal(cr_arena_create(&measured, arena), CR_OK);
  cr_batches_lay_out(batches, samples, size, size, arena);
}

static const cr_kernel *kernel(void) {
  const cr_kernel *best = NULL;
  assert_int_equal(cr_kernel_find(NULL, &best), CR_OK);
  return best;
}

static cr_batch take(cr_batches *batches, cr_pool *pool) {
  cr_batch batch;
  assert_int_equal(cr_batches_take(batches, kernel(), pool, &batch), CR_OK);
  return batch;
}

static void each_row_comes_once_an_epoch(void **state) {
  (void)state;
  cr_samples *samples = make_samples();
  void *block = NULL;
  assert_int_equal(cr_alloc(ROWS, sizeof(float), &block), CR_OK);
  samples->weights = block;
  for (size_t i = 0; i < ROWS; i++) samples->weights[i] = 0.5F * (float)i;
  cr_batches batches;
  cr_arena arena;
  set_up(&batches, samples, 4, &arena);
  assert_int_equal(batches.count, 3);
  for (size_t epoch = 0; epoch < 3; epoch++) {
    size_t seen[ROWS] = {0};
    cr_batches_shuffle(&batches, 1, epoch);
    for (size_t b = 0; b < batches.count; b++) {
      const cr_batch batch = take(&batches, NULL);
      assert_int_equal(batch.rows, b < 2 ? 4 : 2);
      assert_int_equal(batch.x.rows, batch.rows);
      for (size_t i = 0; i < batch.rows; i++) {
        assert_true(batch.x.data[i * batch.x.stride] == (float)batches.order[i]);
        assert_true(batch.y.data[i * batch.y.stride] == (float)batches.order[i]);
        assert_true(batch.weights[i] == 0.5F * (float)batches.order[i]);
        seen[batches.order[i]]++;
      }
    }
    for (size_t i = 0; i < ROWS; i++) assert_int_equal(seen[i], 1);
  }
  cr_arena_destroy(&arena);
  cr_samples_destroy(samples);
}

/* A batch of all rows: in their order, and numbers where they are. */
static void all_rows_are_not_copied(void **state) {
  (void)state;
  cr_samples *samples = make_samples();
  cr_batches batches;
  cr_arena arena;
  set_up(&batches, samples, ROWS, &arena);
  cr_batches_shuffle(&batches, 1, 0);
  const cr_batch batch = take(&batches, NULL);
  assert_int_equal(batch.rows, ROWS);
  assert_ptr_equal(batch.x.data, x);
  assert_ptr_equal(batch.y.data, y);
  assert_null(batch.weights);
  for (size_t i = 0; i < ROWS; i++) assert_int_equal(batches.order[i], i);
  cr_arena_destroy(&arena);
  cr_samples_destroy(samples);
}

/* Bytes and classes of all rows become numbers, though nothing is shuffled. */
static void all_rows_of_bytes_are_converted(void **state) {
  (void)state;
  uint8_t bytes[4] = {0, 51, 102, 255};
  size_t byte_rows[2] = {1, 0};
  uint32_t classes[2] = {2, 0};
  float weights[2] = {0.5f, 1.5f};
  const cr_samples samples = {.rows = 2,
                              .inputs = 2,
                              .outputs = 3,
                              .bytes = bytes,
                              .byte_rows = byte_rows,
                              .byte_scale = 1,
                              .classes = classes,
                              .weights = weights};
  cr_batches batches;
  cr_arena arena;
  set_up(&batches, &samples, 2, &arena);
  cr_batches_shuffle(&batches, 1, 0);
  const cr_batch batch = take(&batches, NULL);
  const float want_x[4] = {102, 255, 0, 51}, want_y[6] = {0, 0, 1, 1, 0, 0};
  assert_memory_equal(batch.x.data, want_x, sizeof want_x);
  assert_memory_equal(batch.y.data, want_y, sizeof want_y);
  assert_memory_equal(batch.weights, weights, sizeof weights);
  cr_arena_destroy(&arena);
}

/* Numbers stay where they are, and the classes beside them are made all the same. */
static void classes_of_all_rows_are_made(void **state) {
  (void)state;
  uint32_t classes[ROWS];
  for (size_t i = 0; i < ROWS; i++) classes[i] = (uint32_t)(i % 3);
  const cr_samples samples = {.rows = ROWS,
                              .inputs = INPUTS,
                              .outputs = 3,
                              .x = {x, ROWS, INPUTS, INPUTS},
                              .classes = classes};
  cr_batches batches;
  cr_arena arena;
  set_up(&batches, &samples, ROWS, &arena);
  cr_batches_shuffle(&batches, 1, 0);
  const cr_batch batch = take(&batches, NULL);
  assert_ptr_equal(batch.x.data, x);
  for (size_t i = 0; i < ROWS * 3; i++)
    assert_true(batch.y.data[i] == (i % 3 == classes[i / 3] ? 1.0F : 0.0F));
  cr_arena_destroy(&arena);
}

/* Rows wide enough that several threads make the batch. */
static void threads_make_the_same_batch(void **state) {
  (void)state;
  static uint8_t bytes[ROWS * WIDE];
  static float alone[ROWS * WIDE];
  size_t byte_rows[ROWS];
  uint32_t classes[ROWS];
  for (size_t i = 0; i < ROWS * WIDE; i++) bytes[i] = (uint8_t)(i * 7 % 251);
  for (size_t i = 0; i < ROWS; i++) {
    byte_rows[i] = i;
    classes[i] = (uint32_t)(i % 2);
  }
  const cr_samples samples = {.rows = ROWS,
                              .inputs = WIDE,
                              .outputs = 2,
                              .bytes = bytes,
                              .byte_rows = byte_rows,
                              .byte_scale = 0.25f,
                              .byte_shift = -1,
                              .classes = classes};
  for (size_t threads = 1; threads <= 4; threads++) {
    cr_batches batches;
    cr_arena arena;
    cr_pool *pool = NULL;
    assert_int_equal(cr_pool_create(threads, &pool), CR_OK);
    set_up(&batches, &samples, ROWS - 1, &arena);
    cr_batches_shuffle(&batches, 5, 0);
    const cr_batch batch = take(&batches, pool);
    const size_t size = batch.rows * WIDE * sizeof(float);
    if (threads == 1) memcpy(alone, batch.x.data, size);
    assert_memory_equal(batch.x.data, alone, size);
    assert_true(alone[1] == (float)bytes[batches.order[0] * WIDE + 1] * 0.25f - 1);
    for (size_t i = 0; i < batch.rows; i++)
      assert_true(batch.y.data[2 * i + 1] == (float)classes[batches.order[i]]);
    cr_arena_destroy(&arena);
    cr_pool_destroy(pool);
  }
}

/* --- rows on disk --- */

/* The rows of an epoch in the order of its batches, to seen; x, y and weights are of one row. */
static size_t run_epoch(cr_batches *batches, size_t *seen) {
  size_t count = 0;
  for (size_t b = 0; b < batches->count; b++) {
    const cr_batch batch = take(batches, NULL);
    assert_true(batch.rows == batches->size || b + 1 == batches->count);
    for (size_t i = 0; i < batch.rows; i++) {
      const float row = batch.x.data[i * batch.x.stride];
      assert_true(batch.y.data[i] == row && batch.weights[i] == row / 2);
      seen[count++] = (size_t)row;
    }
  }
  return count;
}

static void open_stored(cr_batches *batches, const cr_samples *samples, size_t size,
                        cr_arena *arena) {
  set_up(batches, samples, size, arena);
  assert_int_equal(cr_batches_open(batches), CR_OK);
}

static void close_stored(cr_batches *batches, cr_arena *arena) {
  assert_true(cr_batches_waited(batches) >= 0);
  cr_batches_close(batches);
  cr_arena_destroy(arena);
}

enum { STORED = 61 };

/* Whatever the window and the batch, which may go on from one window to the next. */
static void each_row_on_disk_comes_once_an_epoch(void **state) {
  (void)state;
  for (size_t blocks = 1; blocks <= 10; blocks += 3) {
    cr_samples *samples = stored_rows(STORED, memory_of(blocks));
    for (size_t size = 1; size < STORED && size <= blocks * BLOCK_ROWS; size += 1 + size / 2) {
      cr_batches batches;
      cr_arena arena;
      open_stored(&batches, samples, size, &arena);
      for (size_t epoch = 0; epoch < 3; epoch++) {
        size_t seen[STORED], times[STORED] = {0};
        cr_batches_shuffle(&batches, 1, epoch);
        assert_int_equal(run_epoch(&batches, seen), STORED);
        for (size_t i = 0; i < STORED; i++) times[seen[i]]++;
        for (size_t i = 0; i < STORED; i++) assert_int_equal(times[i], 1);
      }
      close_stored(&batches, &arena);
    }
    cr_samples_destroy(samples);
  }
}

/* One window of all rows: they come in the order that rows in memory have. */
static void one_window_is_shuffled_as_memory(void **state) {
  (void)state;
  cr_samples *samples = stored_rows(STORED, memory_of(9));
  for (size_t size = 1; size < STORED; size += 7)
    for (size_t epoch = 0; epoch < 3; epoch++) {
      cr_batches batches;
      cr_arena arena;
      cr_order order;
      size_t seen[STORED];
      open_stored(&batches, samples, size, &arena);
      cr_batches_shuffle(&batches, 8, epoch);
      run_epoch(&batches, seen);
      cr_order_init(&order, STORED, 8, CR_STREAM_SHUFFLE, (uint32_t)epoch);
      for (size_t i = 0; i < STORED; i++) assert_int_equal(seen[i], cr_order_at(&order, i));
      close_stored(&batches, &arena);
    }
  cr_samples_destroy(samples);
}

/* Of two windows the rows are mixed within each, and in each in another way. */
static void windows_are_mixed(void **state) {
  (void)state;
  enum { MANY = 8 * BLOCK_ROWS };
  cr_samples *samples = stored_rows(MANY, memory_of(4));
  cr_batches batches;
  cr_arena arena;
  size_t seen[MANY], in_place = 0, like_others = 0;
  open_stored(&batches, samples, 10, &arena);
  cr_batches_shuffle(&batches, 3, 0);
  run_epoch(&batches, seen);
  for (size_t i = 0; i + 2 * BLOCK_ROWS < MANY; i++) {
    in_place += seen[i] % BLOCK_ROWS == i % BLOCK_ROWS;
    like_others += seen[i] % BLOCK_ROWS == seen[i + 2 * BLOCK_ROWS] % BLOCK_ROWS;
  }
  assert_true(in_place < MANY / 2); /* by chance a seventh */
  assert_true(like_others < MANY / 2);
  close_stored(&batches, &arena);
  cr_samples_destroy(samples);
}

/* All rows at once: where one window holds them, not copied; else there would be no room. */
static void a_batch_of_all_rows_needs_room_for_them(void **state) {
  (void)state;
  for (size_t blocks = 4; blocks <= 9; blocks += 5) {
    cr_samples *samples = stored_rows(STORED, memory_of(blocks));
    cr_batches batches;
    cr_arena arena;
    set_up(&batches, samples, STORED, &arena);
    const cr_status status = cr_batches_open(&batches);
    if (blocks < 9) {
      assert_int_equal(status, CR_ERR_COMBINATION);
      assert_non_null(strstr(cr_last_error()->message, "batches of 61 rows, which take 2.2 MB"));
    } else {
      size_t seen[STORED];
      assert_int_equal(status, CR_OK);
      cr_batches_shuffle(&batches, 1, 0);
      assert_int_equal(run_epoch(&batches, seen), STORED);
      for (size_t i = 0; i < STORED; i++) assert_int_equal(seen[i], i);
    }
    cr_batches_close(&batches);
    cr_arena_destroy(&arena);
    cr_samples_destroy(samples);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_row_comes_once_an_epoch),
      cmocka_unit_test(all_rows_are_not_copied),
      cmocka_unit_test(all_rows_of_bytes_are_converted),
      cmocka_unit_test(classes_of_all_rows_are_made),
      cmocka_unit_test(threads_make_the_same_batch),
      cmocka_unit_test(each_row_on_disk_comes_once_an_epoch),
      cmocka_unit_test(one_window_is_shuffled_as_memory),
      cmocka_unit_test(windows_are_mixed),
      cmocka_unit_test(a_batch_of_all_rows_needs_room_for_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
