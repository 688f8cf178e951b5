#include "train/batches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"

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
      const cr_batch batch = cr_batches_take(&batches, kernel(), NULL, b);
      assert_int_equal(batch.rows, b < 2 ? 4 : 2);
      assert_int_equal(batch.x.rows, batch.rows);
      for (size_t i = 0; i < batch.rows; i++) {
        assert_true(batch.x.data[i * batch.x.stride] == (float)batch.order[i]);
        assert_true(batch.y.data[i * batch.y.stride] == (float)batch.order[i]);
        assert_true(batch.weights[i] == 0.5F * (float)batch.order[i]);
        seen[batch.order[i]]++;
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
  const cr_batch batch = cr_batches_take(&batches, kernel(), NULL, 0);
  assert_int_equal(batch.rows, ROWS);
  assert_ptr_equal(batch.x.data, x);
  assert_ptr_equal(batch.y.data, y);
  assert_null(batch.weights);
  for (size_t i = 0; i < ROWS; i++) assert_int_equal(batch.order[i], i);
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
  const cr_batch batch = cr_batches_take(&batches, kernel(), NULL, 0);
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
  const cr_batch batch = cr_batches_take(&batches, kernel(), NULL, 0);
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
    const cr_batch batch = cr_batches_take(&batches, kernel(), pool, 0);
    const size_t size = batch.rows * WIDE * sizeof(float);
    if (threads == 1) memcpy(alone, batch.x.data, size);
    assert_memory_equal(batch.x.data, alone, size);
    assert_true(alone[1] == (float)bytes[batch.order[0] * WIDE + 1] * 0.25f - 1);
    for (size_t i = 0; i < batch.rows; i++)
      assert_true(batch.y.data[2 * i + 1] == (float)classes[batch.order[i]]);
    cr_arena_destroy(&arena);
    cr_pool_destroy(pool);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_row_comes_once_an_epoch),
      cmocka_unit_test(all_rows_are_not_copied),
      cmocka_unit_test(all_rows_of_bytes_are_converted),
      cmocka_unit_test(classes_of_all_rows_are_made),
      cmocka_unit_test(threads_make_the_same_batch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
