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
  bool transposed, biased;
  size_t gap;    /* floats between the end of a row and the next row, in a, b and c */
  size_t offset; /* floats in front of each array, so that nothing lies aligned */
} case_shape;

typedef struct product_case {
  cr_product product;
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

static inline product_case case_create(const case_shape *s) {
  const size_t a_rows = s->transposed ? s->k : s->m, a_cols = s->transposed ? s->m : s->k;
  const size_t a_stride = a_cols + s->gap, b_stride = s->n + s->gap, c_stride = s->n + s->gap;
  product_case x = {.c_first = GUARD + s->offset};
  x.c_size = x.c_first + s->m * c_stride + GUARD;
  x.a = random_block(s->offset + span(a_rows, a_cols, a_stride));
  x.b = random_block(s->offset + span(s->k, s->n, b_stride));
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
                           .b_row = b_stride,
                           .b_col = 1,
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
