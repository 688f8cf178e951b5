/* Products with random entries for the kernel tests, and an oracle in double for them. */
#ifndef UNIT_KERNEL_PRODUCT_CASE_H
#define UNIT_KERNEL_PRODUCT_CASE_H

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/kernels.h"

/* What a product is made of. */
typedef struct case_shape {
  size_t m, n, k;
  bool transposed, biased; /* transposed: a is stored by columns; */
  bool b_transposed;       /* so is b */
  bool whole_rows;
  size_t gap;    /* floats between the end of a row and the next row, in a, b and c */
  size_t offset; /* floats in front of each array, so that nothing lies aligned */
} case_shape;

typedef struct product_case {
  cr_product product;
  float *seen;         /* (m,n) entries when they were finished */
  unsigned char *done; /* (m,n) how often they were */
  bool bad_block; /* a block that is empty, outside c, or not of whole rows though it should be */
  float *a, *b, *bias; /* blocks that end where the array ends, so that a sanitizer sees its end */
  float *c;
  size_t c_first, c_size; /* where the product's c begins in its block, floats of the block */
} product_case;

enum { GUARD = 37 /* floats before and after c: more than any vector, and odd */ };

static uint32_t random_state = 1;

static inline uint32_t random_word(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 8;
}

static inline size_t random_below(size_t limit) {
  return random_word() % limit;
}

/* In [-1, 1), of 24 bits: no factor of it is hidden by being 1 or 0. */
static inline float random_entry(void) {
  return (float)random_word() / 8388608.0f - 1.0f;
}

static inline float *random_block(size_t size) {
  float *block = malloc(size * sizeof *block);
  assert_non_null(block);
  for (size_t i = 0; i < size; i++) block[i] = random_entry();
  return block;
}

/* Floats from the first entry to the last of `rows` rows. */
static inline size_t span(size_t rows, size_t cols, size_t stride) {
  return rows == 0 || cols == 0 ? 0 : (rows - 1) * stride + cols;
}

/* What c's block holds before a product: a NaN that no product of these entries gives. */
static inline void fill_guard(product_case *x) {
  memset(x->c, 0xff, x->c_size * sizeof *x->c);
}

/* Called by several threads, of which each has its own entries. */
static inline void case_finish(void *context, size_t row, size_t rows, size_t col, size_t cols) {
  product_case *x = context;
  const cr_product *p = &x->product;
  const bool inside = rows > 0 && cols > 0 && row + rows <= p->m && col + cols <= p->n;
  if (!inside || (p->whole_rows && cols != p->n)) {
    x->bad_block = true;
    return;
  }
  for (size_t i = row; i < row + rows; i++) {
    for (size_t j = col; j < col + cols; j++) {
      x->seen[i * p->n + j] = p->c[i * p->c_stride + j];
      if (x->done[i * p->n + j] < 2) x->done[i * p->n + j]++;
    }
  }
}

/* From here on, what is finished is noted. The case must stay where it is. */
static inline void watch_finish(product_case *x) {
  const size_t entries = x->product.m * x->product.n;
  free(x->seen);
  free(x->done);
  x->seen = calloc(entries + 1, sizeof *x->seen);
  x->done = calloc(entries + 1, sizeof *x->done);
  assert_true(x->seen != NULL && x->done != NULL);
  x->bad_block = false;
  x->product.finish = case_finish;
  x->product.context = x;
}

/* Every entry was finished once, and has not changed since. */
static inline void assert_finished(const product_case *x) {
  const cr_product *p = &x->product;
  assert_false(x->bad_block);
  for (size_t i = 0; i < p->m; i++) {
    for (size_t j = 0; j < p->n; j++) assert_int_equal(x->done[i * p->n + j], 1);
    assert_memory_equal(x->seen + i * p->n, p->c + i * p->c_stride, p->n * sizeof *x->seen);
  }
}

static inline product_case case_create(const case_shape *s) {
  const size_t a_rows = s->transposed ? s->k : s->m, a_cols = s->transposed ? s->m : s->k;
  const size_t b_rows = s->b_transposed ? s->n : s->k, b_cols = s->b_transposed ? s->k : s->n;
  const size_t a_stride = a_cols + s->gap, b_stride = b_cols + s->gap, c_stride = s->n + s->gap;
  product_case x = {.c_first = GUARD + s->offset};
  x.c_size = x.c_first + s->m * c_stride + GUARD;
  x.a = random_block(s->offset + span(a_rows, a_cols, a_stride));
  x.b = random_block(s->offset + span(b_rows, b_cols, b_stride));
  x.bias = random_block(s->offset + s->n);
  x.c = random_block(x.c_size);
  fill_guard(&x);
  x.product = (cr_product){.m = s->m,
                           .n = s->n,
                           .k = s->k,
                           .a = x.a + s->offset,
                           .a_row = s->transposed ? 1 : a_stride,
                           .a_col = s->transposed ? a_stride : 1,
                           .b = x.b + s->offset,
                           .b_row = s->b_transposed ? 1 : b_stride,
                           .b_col = s->b_transposed ? b_stride : 1,
                           .whole_rows = s->whole_rows,
                           .bias = s->biased ? x.bias + s->offset : NULL,
                           .c = x.c + x.c_first,
                           .c_stride = c_stride};
  return x;
}

static inline void case_destroy(product_case *x) {
  free(x->a);
  free(x->b);
  free(x->bias);
  free(x->c);
  free(x->seen);
  free(x->done);
}

static inline void multiply_whole(const cr_kernel *kernel, const cr_product *p) {
  kernel->multiply(p, 0, p->m, 0, p->n);
}

/*
 * One entry in double. Its tolerance: a float sum of k products that begins with the bias rounds at
 * most twice a term, each time by FLT_EPSILON / 2 of a partial sum, and no partial sum is larger
 * than the sum of the sizes; one term more covers the second order for k up to thousands.
 */
static inline void assert_entry(const cr_product *p, size_t i, size_t j) {
  double sum = p->bias != NULL ? (double)p->bias[j] : 0.0, size = fabs(sum);
  for (size_t q = 0; q < p->k; q++) {
    const double term =
        (double)p->a[i * p->a_row + q * p->a_col] * (double)p->b[q * p->b_row + j * p->b_col];
    sum += term;
    size += fabs(term);
  }
  const double tolerance = (double)(p->k + 1) * (double)FLT_EPSILON * size;
  const double found = (double)p->c[i * p->c_stride + j];
  if (!(fabs(found - sum) <= tolerance)) {
    fail_msg("%zux%zux%zu: c[%zu,%zu] is %.9g, expected %.9g +- %.2g", p->m, p->n, p->k, i, j,
             found, sum, tolerance);
  }
}

/* Every byte of c's block that is not an entry of c is as it was. */
static inline void assert_guard(const product_case *x) {
  const cr_product *p = &x->product;
  for (size_t at = 0; at < x->c_size; at++) {
    const bool before = at < x->c_first;
    const size_t row = before ? 0 : (at - x->c_first) / p->c_stride;
    const size_t col = before ? 0 : (at - x->c_first) % p->c_stride;
    if (!before && row < p->m && col < p->n) continue;
    uint32_t bits;
    memcpy(&bits, &x->c[at], sizeof bits);
    if (bits != UINT32_MAX) {
      fail_msg("%zux%zux%zu: wrote outside c, %zu floats from its start", p->m, p->n, p->k,
               before ? x->c_first - at : at - x->c_first);
    }
  }
}

/* The block of c, taken over by the caller; the case gets a fresh one. */
static inline float *take_result(product_case *x) {
  float *result = x->c;
  x->c = random_block(x->c_size);
  x->product.c = x->c + x->c_first;
  fill_guard(x);
  return result;
}

#endif
