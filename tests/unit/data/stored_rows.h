/*
 * Rows in a store, for tests: x_i0 = i and y_i = i say which one it is. They are so wide that a
 * block holds BLOCK_ROWS of them.
 */
#ifndef STORED_ROWS_H
#define STORED_ROWS_H

#include "data/row_store.h"

enum { STORED_INPUTS = 9000, BLOCK_ROWS = 7, BLOCK_BYTES = BLOCK_ROWS * 4 * (STORED_INPUTS + 2) };

/* `memory` is that of cr_row_store_finish. Weights are i / 2. */
static inline cr_samples *stored_rows(size_t rows, uint64_t memory) {
  static float x[STORED_INPUTS];
  cr_row_store *store = NULL;
  cr_samples *samples = NULL;
  assert_int_equal(cr_row_store_create("/tmp", rows, &store), CR_OK);
  for (size_t i = 0; i < rows; i++) {
    float y = (float)i, weight = (float)i / 2;
    x[0] = (float)i;
    x[STORED_INPUTS - 1] = -(float)i;
    const cr_samples row = {.rows = 1,
                            .inputs = STORED_INPUTS,
                            .outputs = 1,
                            .x = {x, 1, STORED_INPUTS, STORED_INPUTS},
                            .y = {&y, 1, 1, 1},
                            .weights = &weight};
    assert_int_equal(cr_row_store_append(store, &row), CR_OK);
  }
  assert_int_equal(cr_row_store_finish(&store, memory, &samples), CR_OK);
  assert_int_equal(cr_row_store_block_rows(samples->store), BLOCK_ROWS);
  return samples;
}

/* Memory for so many blocks in all to learn; an eighth more is for measuring. */
static inline uint64_t memory_of(size_t blocks) {
  return (uint64_t)blocks * BLOCK_BYTES * 8 / 7 + 8;
}

#endif
