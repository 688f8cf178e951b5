/*
 * The tiles of a product: blocks of c whose sums stay in registers. Whatever tile an entry falls
 * into, it sees the same operations: it starts from its bias, adds a[i,p] * b[p,j] for p from 0 up,
 * and every tile adds with the same instruction.
 */
#ifndef KERNEL_TILE_H
#define KERNEL_TILE_H

#include "kernel/vector.h"

/*
 * c = from + a b. `from` is c itself to go on with a sum, the bias with from_row 0 to begin one, or
 * NULL to begin at 0. Of the last vector of a row, only the part `last` is in b, c and from.
 */
typedef struct tile {
  size_t depth;
  const float *a;
  size_t a_row, a_col;
  const float *b;
  size_t b_row;
  const float *from;
  size_t from_row;
  float *c;
  size_t c_row;
  part last;
  bool whole; /* last is all of it */
} tile;

enum { PANEL_VECTORS = TALLEST_OF_4 > 0 ? 4 : 2, ROW_VECTORS = 8, MOST_SUMS = 24 };

/* Vector j of `vectors` from `row` on. */
ALWAYS_INLINE vector load_column(const float *row, size_t j, size_t vectors, bool whole,
                                 part last) {
  const float *from = row + j * LANES;
  return whole || j + 1 < vectors ? vector_load(from) : vector_load_part(from, last);
}

ALWAYS_INLINE void store_column(float *row, size_t j, size_t vectors, bool whole, part last,
                                vector v) {
  float *to = row + j * LANES;
  if (whole || j + 1 < vectors) {
    vector_store(to, v);
  } else {
    vector_store_part(to, last, v);
  }
}

/* rows, vectors and whole are constants where this is inlined: so the sums lie in registers. */
ALWAYS_INLINE void sum_tile(const tile *t, size_t rows, size_t vectors, bool whole) {
  vector sum[MOST_SUMS], b_p[ROW_VECTORS];
  const size_t from_row = t->from_row, c_row = t->c_row;
  const float *from = t->from;
  const part last = t->last;
  UNROLL for (size_t i = 0; i < rows; i++) {
    UNROLL for (size_t j = 0; j < vectors; j++) {
      sum[i * vectors + j] =
          from ? load_column(from + i * from_row, j, vectors, whole, last) : (vector){0};
    }
  }
  const size_t depth = t->depth, a_row = t->a_row, a_col = t->a_col, b_row = t->b_row;
  const float *a = t->a, *b = t->b;
  for (size_t p = 0; p < depth; p++) {
    UNROLL for (size_t j = 0; j < vectors; j++) {
      b_p[j] = load_column(b + p * b_row, j, vectors, whole, last);
    }
    UNROLL for (size_t i = 0; i < rows; i++) {
      const float a_ip = a[i * a_row + p * a_col];
      UNROLL for (size_t j = 0; j < vectors; j++) {
        sum[i * vectors + j] = vector_multiply_add(a_ip, b_p[j], sum[i * vectors + j]);
      }
    }
  }
  float *c = t->c;
  UNROLL for (size_t i = 0; i < rows; i++) {
    UNROLL for (size_t j = 0; j < vectors; j++) {
      store_column(c + i * c_row, j, vectors, whole, last, sum[i * vectors + j]);
    }
  }
}

ALWAYS_INLINE void compute_tile(const tile *t, size_t rows, size_t vectors) {
  if (!PARTS_ARE_FREE && t->whole) {
    sum_tile(t, rows, vectors, true);
  } else {
    sum_tile(t, rows, vectors, false);
  }
}

#define HEIGHT(rows, vectors)                                         \
  case rows:                                                          \
    if (rows <= TALLEST_OF_##vectors) compute_tile(t, rows, vectors); \
    break;

static void compute_4(const tile *t, size_t rows) {
  switch (rows) { HEIGHT(1, 4) HEIGHT(2, 4) HEIGHT(3, 4) HEIGHT(4, 4) HEIGHT(5, 4) HEIGHT(6, 4) }
}

static void compute_2(const tile *t, size_t rows) {
  switch (rows) {
    HEIGHT(1, 2)
    HEIGHT(2, 2)
    HEIGHT(3, 2)
    HEIGHT(4, 2)
    HEIGHT(5, 2)
    HEIGHT(6, 2) HEIGHT(7, 2) HEIGHT(8, 2) HEIGHT(9, 2) HEIGHT(10, 2) HEIGHT(11, 2) HEIGHT(12, 2)
  }
}

static void compute_1(const tile *t, size_t rows) {
  switch (rows) {
    HEIGHT(1, 1)
    HEIGHT(2, 1)
    HEIGHT(3, 1)
    HEIGHT(4, 1)
    HEIGHT(5, 1)
    HEIGHT(6, 1) HEIGHT(7, 1) HEIGHT(8, 1) HEIGHT(9, 1) HEIGHT(10, 1) HEIGHT(11, 1) HEIGHT(12, 1)
  }
}

/* A single row has few sums in a tile, and needs eight or more for the units to be busy. */
static void compute_row(const tile *t) {
  compute_tile(t, 1, ROW_VECTORS);
}

#endif
