#include "base/rng.h"
#include "product_case.h"

/* Runs a test on every kernel that this processor has. */
static void for_each_kernel(void (*test)(const cr_kernel *kernel)) {
  const cr_kernel *kernel;
  for (size_t i = 0; (kernel = cr_kernel_at(i)) != NULL; i++) {
    if (!kernel->supported()) continue;
    random_state = 1;
    test(kernel);
  }
}

static void check_product(const cr_kernel *kernel, const case_shape *shape) {
  product_case x = case_create(shape);
  watch_finish(&x);
  multiply_whole(kernel, &x.product);
  for (size_t i = 0; i < shape->m; i++) {
    for (size_t j = 0; j < shape->n; j++) assert_entry(&x.product, i, j);
  }
  assert_guard(&x);
  assert_finished(&x);
  case_destroy(&x);
}

static case_shape random_shape(size_t m, size_t n, size_t k) {
  return (case_shape){.m = m,
                      .n = n,
                      .k = k,
                      .transposed = random_below(2) == 1,
                      .biased = random_below(2) == 1,
                      .b_transposed = random_below(2) == 1,
                      .whole_rows = random_below(2) == 1,
                      .gap = random_below(2) * random_below(20),
                      .offset = random_below(17)};
}

/* All sizes to 20, and some of those to 70. */
static void check_sizes(const cr_kernel *kernel) {
  enum { SMALL = 20, LARGE = 70, SAMPLES = 600 };
  for (size_t at = 0; at < SMALL * SMALL * SMALL; at++) {
    const case_shape shape =
        random_shape(1 + at % SMALL, 1 + at / SMALL % SMALL, 1 + at / SMALL / SMALL);
    check_product(kernel, &shape);
  }
  for (size_t sample = 0; sample < SAMPLES; sample++) {
    const case_shape shape =
        random_shape(1 + random_below(LARGE), 1 + random_below(LARGE), 1 + random_below(LARGE));
    check_product(kernel, &shape);
  }
}

static void products_of_all_sizes(void **state) {
  (void)state;
  for_each_kernel(check_sizes);
}

/* Sums so long that the kernel cuts them into blocks of p. */
static void check_long_sums(const cr_kernel *kernel) {
  static const size_t depths[] = {95,  96,  97,  111, 112, 113, 127,
                                  128, 129, 223, 224, 225, 337, 784};
  for (size_t d = 0; d < sizeof depths / sizeof depths[0]; d++) {
    for (size_t repeat = 0; repeat < 6; repeat++) {
      const case_shape shape = random_shape(1 + random_below(30), 1 + random_below(40), depths[d]);
      check_product(kernel, &shape);
    }
  }
}

static void long_sums(void **state) {
  (void)state;
  for_each_kernel(check_long_sums);
}

/*
 * Shapes that kernels treat in ways of their own: a single row of many columns, so many rows that b
 * is copied or that they come in blocks, and rows of b that crowd a cache.
 */
static void check_special_shapes(const cr_kernel *kernel) {
  static const case_shape shapes[] = {
      {.m = 191, .n = 70, .k = 9, .gap = 1},
      {.m = 192, .n = 70, .k = 130, .biased = true},
      {.m = 401, .n = 131, .k = 5, .whole_rows = true},
      {.m = 97, .n = 1025, .k = 7, .transposed = true, .whole_rows = true},
      {.m = 1023, .n = 3, .k = 2, .b_transposed = true},
      {.m = 1025, .n = 67, .k = 3, .gap = 2},
      {.m = 2051, .n = 17, .k = 4, .transposed = true, .biased = true},
      {.m = 95, .n = 70, .k = 20, .gap = 442},
      {.m = 100, .n = 70, .k = 20, .gap = 442, .whole_rows = true},
      {.m = 100, .n = 512, .k = 12, .biased = true},
  };
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) check_product(kernel, &shapes[i]);
  for (size_t n = 60; n <= 300; n += 1 + n % 3) {
    const case_shape shape = random_shape(1, n, 1 + random_below(130));
    check_product(kernel, &shape);
  }
}

static void special_shapes(void **state) {
  (void)state;
  for_each_kernel(check_special_shapes);
}

/* c ends where its block ends, so that a sanitizer sees a read or write past it. */
static void check_exact_end(const cr_kernel *kernel) {
  for (size_t n = 1; n <= 70; n++) {
    product_case x = case_create(&(case_shape){.m = 1 + n % 19, .n = n, .k = 401});
    float *exact = random_block(x.product.m * n);
    x.product.c = exact;
    multiply_whole(kernel, &x.product);
    for (size_t j = 0; j < n; j++) assert_entry(&x.product, x.product.m - 1, j);
    free(exact);
    case_destroy(&x);
  }
}

static void nothing_past_c_is_touched(void **state) {
  (void)state;
  for_each_kernel(check_exact_end);
}

static void check_empty(const cr_kernel *kernel) {
  product_case x = case_create(&(case_shape){.m = 5, .n = 37, .k = 0, .biased = true});
  multiply_whole(kernel, &x.product);
  for (size_t i = 0; i < 5; i++) {
    assert_memory_equal(x.product.c + i * 37, x.product.bias, 37 * sizeof(float));
  }
  x.product.bias = NULL;
  multiply_whole(kernel, &x.product);
  for (size_t i = 0; i < 5 * 37; i++) assert_true(x.product.c[i] == 0);
  fill_guard(&x);
  x.product.m = 0;
  multiply_whole(kernel, &x.product);
  x.product.m = 5;
  x.product.n = 0;
  multiply_whole(kernel, &x.product);
  x.product.m = 0;
  assert_guard(&x);
  case_destroy(&x);
}

static void a_product_without_terms_is_the_bias(void **state) {
  (void)state;
  for_each_kernel(check_empty);
}

/* Any way to cut rows and columns gives the same bits as the whole; so does each entry alone. */
static void check_cuts(const cr_kernel *kernel) {
  const case_shape shape = {.m = 37, .n = 75, .k = 203, .biased = true, .gap = 3, .offset = 1};
  product_case x = case_create(&shape);
  multiply_whole(kernel, &x.product);
  float *whole = take_result(&x);
  const size_t bytes = x.c_size * sizeof *whole;
  for (size_t repeat = 0; repeat < 30; repeat++) {
    const size_t row = random_below(shape.m), col = random_below(shape.n);
    kernel->multiply(&x.product, 0, row, 0, col);
    kernel->multiply(&x.product, row, shape.m - row, 0, col);
    kernel->multiply(&x.product, 0, row, col, shape.n - col);
    kernel->multiply(&x.product, row, shape.m - row, col, shape.n - col);
    assert_memory_equal(x.c, whole, bytes);
    fill_guard(&x);
  }
  for (size_t i = 0; i < shape.m; i++) {
    for (size_t j = 0; j < shape.n; j++) kernel->multiply(&x.product, i, 1, j, 1);
  }
  assert_memory_equal(x.c, whole, bytes);
  free(whole);
  case_destroy(&x);
}

static void cuts_change_no_bit(void **state) {
  (void)state;
  for_each_kernel(check_cuts);
}

/* The first rows as a smaller batch, and each row as a batch of one, transposed or not. */
static void check_batches(const cr_kernel *kernel) {
  for (size_t n = 1; n <= 71; n += 7) {
    const case_shape shape = {.m = 29, .n = n, .k = 211, .transposed = n % 2 == 0, .biased = true};
    product_case x = case_create(&shape);
    multiply_whole(kernel, &x.product);
    float *block = take_result(&x);
    const float *batch = block + x.c_first;
    for (size_t i = 0; i < shape.m; i++) {
      cr_product part = x.product;
      part.m = i + 1;
      multiply_whole(kernel, &part);
      assert_memory_equal(part.c, batch, (i + 1) * n * sizeof *batch);
      part.m = 1;
      part.a += i * part.a_row;
      multiply_whole(kernel, &part);
      assert_memory_equal(part.c, batch + i * n, n * sizeof *batch);
    }
    free(block);
    case_destroy(&x);
  }
}

static void a_row_does_not_depend_on_its_batch(void **state) {
  (void)state;
  for_each_kernel(check_batches);
}

/* Entry (i,j) by the definition, with the product rounded or not: from the bias, p from 0 up. */
static float ordered_sum(const cr_product *x, size_t i, size_t j, bool fused) {
  float sum = x->bias ? x->bias[j] : 0.0f;
  for (size_t p = 0; p < x->k; p++) {
    const float a = x->a[i * x->a_row + p * x->a_col], b = x->b[p * x->b_row + j * x->b_col];
    const volatile float term = a * b; /* volatile: rounded to float */
    sum = fused ? fmaf(a, b, sum) : term + sum;
  }
  return sum;
}

/* A kernel fuses all its multiply-adds or none, whatever the tile. */
static void check_order(const cr_kernel *kernel) {
  bool all[2] = {true, true};
  for (size_t sample = 0; sample < 100; sample++) {
    const case_shape shape =
        random_shape(1 + random_below(30), 1 + random_below(140), 2 + random_below(130));
    product_case x = case_create(&shape);
    multiply_whole(kernel, &x.product);
    for (size_t at = 0; at < shape.m * shape.n; at += 3) {
      const size_t i = at / shape.n, j = at % shape.n;
      const float found = x.product.c[i * x.product.c_stride + j];
      for (int fused = 0; fused < 2; fused++) {
        if (found != ordered_sum(&x.product, i, j, fused == 1)) all[fused] = false;
      }
    }
    case_destroy(&x);
  }
  assert_true(all[0] != all[1]);
  if (strcmp(kernel->name, "plain") != 0) assert_true(all[1]);
}

static void every_entry_is_one_sum_in_order(void **state) {
  (void)state;
  for_each_kernel(check_order);
}

/* The same entries, stored by rows or by columns, near or far apart, aligned or not. */
static void check_storage(const cr_kernel *kernel) {
  enum { M = 21, N = 83, K = 127, GAP = 9, OFFSET = 5 };
  product_case x = case_create(&(case_shape){.m = M, .n = N, .k = K});
  product_case y = case_create(&(case_shape){.m = M,
                                             .n = N,
                                             .k = K,
                                             .transposed = true,
                                             .b_transposed = true,
                                             .gap = GAP,
                                             .offset = OFFSET});
  for (size_t p = 0; p < K; p++) {
    for (size_t i = 0; i < M; i++) y.a[OFFSET + p * (M + GAP) + i] = x.a[i * K + p];
    for (size_t j = 0; j < N; j++) y.b[OFFSET + j * (K + GAP) + p] = x.b[p * N + j];
  }
  multiply_whole(kernel, &x.product);
  multiply_whole(kernel, &y.product);
  for (size_t i = 0; i < M; i++) {
    assert_memory_equal(y.product.c + i * (N + GAP), x.product.c + i * N, N * sizeof(float));
  }
  case_destroy(&x);
  case_destroy(&y);
}

static void storage_changes_no_bit(void **state) {
  (void)state;
  for_each_kernel(check_storage);
}

/* One entry that is not finite reaches all the entries that it should, and no other. */
static void check_not_finite(const cr_kernel *kernel) {
  enum { M = 13, N = 39, K = 31 };
  const float odd[] = {NAN, INFINITY, -INFINITY};
  for (size_t repeat = 0; repeat < 60; repeat++) {
    product_case x =
        case_create(&(case_shape){.m = M, .n = N, .k = K, .b_transposed = repeat % 4 < 2});
    const size_t row = random_below(M), col = random_below(N), p = random_below(K);
    const bool in_a = repeat % 2 == 0;
    *(in_a ? &x.a[row * K + p] : &x.b[p * x.product.b_row + col * x.product.b_col]) =
        odd[repeat % 3];
    multiply_whole(kernel, &x.product);
    for (size_t i = 0; i < M; i++) {
      for (size_t j = 0; j < N; j++) {
        const bool reached = in_a ? i == row : j == col;
        assert_int_equal(!isfinite(x.product.c[i * N + j]), reached);
      }
    }
    case_destroy(&x);
  }
}

static void nan_and_infinity_pass_on(void **state) {
  (void)state;
  for_each_kernel(check_not_finite);
}

/*
 * Terms and sums that are denormal are neither taken for 0 nor rounded worse than others: each step
 * rounds at most twice, by half the least denormal.
 */
static void check_denormal(const cr_kernel *kernel) {
  enum { M = 13, N = 39, K = 31 };
  for (size_t repeat = 0; repeat < 2; repeat++) {
    product_case x =
        case_create(&(case_shape){.m = M, .n = N, .k = K, .b_transposed = repeat == 1});
    for (size_t i = 0; i < M * K; i++) x.a[i] *= 0x1p-70f;
    for (size_t i = 0; i < K * N; i++) x.b[i] *= repeat == 0 ? 0x1p-70f : 0x1p-130f;
    if (repeat == 1) {
      for (size_t i = 0; i < M * K; i++) x.a[i] *= 0x1p70f; /* here b itself is denormal */
    }
    multiply_whole(kernel, &x.product);
    for (size_t i = 0; i < M; i++) {
      for (size_t j = 0; j < N; j++) {
        double sum = 0;
        for (size_t p = 0; p < K; p++) {
          sum += (double)x.a[i * K + p] * (double)x.b[p * x.product.b_row + j * x.product.b_col];
        }
        const float found = x.product.c[i * N + j];
        assert_true(fabs((double)found - sum) <= K * (double)FLT_TRUE_MIN);
        if (fabs(sum) > K * (double)FLT_TRUE_MIN) assert_true(found != 0);
      }
    }
    case_destroy(&x);
  }
}

static void denormals_are_not_zeros(void **state) {
  (void)state;
  for_each_kernel(check_denormal);
}

/* 0 times infinity is NaN: an entry of 0 is no reason to skip a term. */
static void check_zeros(const cr_kernel *kernel) {
  product_case x = case_create(&(case_shape){.m = 9, .n = 33, .k = 10});
  for (size_t i = 0; i < 9 * 10; i++) x.a[i] = 0;
  for (size_t j = 0; j < 33; j++) x.b[4 * 33 + j] = j % 2 == 0 ? INFINITY : NAN;
  multiply_whole(kernel, &x.product);
  for (size_t i = 0; i < 9 * 33; i++) assert_true(isnan(x.product.c[i]));
  case_destroy(&x);
}

static void zeros_are_not_skipped(void **state) {
  (void)state;
  for_each_kernel(check_zeros);
}

/* In the order that is promised, so exactly; and near the sum in double. */
static void check_column_sums(const cr_kernel *kernel) {
  for (size_t cols = 1; cols <= 70; cols++) {
    const size_t rows = random_below(cols % 8 == 0 ? 400 : 90);
    float *in = random_block(rows * cols + 1), *out = random_block(cols);
    kernel->column_sums(out, in, rows, cols);
    for (size_t j = 0; j < cols; j++) {
      volatile float ordered = 0; /* volatile: one rounding to float a term */
      double sum = 0, size = 0;
      for (size_t i = 0; i < rows; i++) {
        ordered += in[i * cols + j];
        sum += (double)in[i * cols + j];
        size += fabs((double)in[i * cols + j]);
      }
      assert_true(out[j] == ordered);
      assert_true(fabs((double)out[j] - sum) <= (double)rows * (double)FLT_EPSILON * size);
    }
    free(in);
    free(out);
  }
}

static void column_sums_in_order(void **state) {
  (void)state;
  for_each_kernel(check_column_sums);
}

/* Every byte, in runs of every length up to 300 that may end inside a vector. */
static void check_bytes(const cr_kernel *kernel) {
  const float scale = 1.0f / 78.2f, shift = -0.4242f;
  for (size_t n = 0; n <= 300; n++) {
    uint8_t *bytes = malloc(n + 1);
    float *out = random_block(n + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)(255 - i);
    const float after = out[n];
    kernel->bytes_to_floats(out, bytes, n, scale, shift);
    for (size_t i = 0; i < n; i++) {
      const double product = (double)bytes[i] * (double)scale;
      /* two roundings, each of half an epsilon, of numbers no larger than this size */
      const double size = product + fabs((double)shift);
      assert_true(fabs((double)out[i] - (product + (double)shift)) <= (double)FLT_EPSILON * size);
    }
    assert_true(out[n] == after);
    free(bytes);
    free(out);
  }
}

static void bytes_of_all_lengths(void **state) {
  (void)state;
  for_each_kernel(check_bytes);
}

/* Words of a group from the block function for one block. */
static void check_random_words(const cr_kernel *kernel) {
  enum { GROUPS = 3 };
  const uint32_t counter[4] = {UINT32_MAX - 20, 6, 7, 8}, key[2] = {0xdeadbeef, 3};
  uint32_t words[GROUPS * CR_GROUP_WORDS];
  kernel->random_words(words, GROUPS, counter, key);
  for (uint32_t i = 0; i < GROUPS * CR_GROUP_WORDS; i++) {
    uint32_t block[4] = {counter[0] + 16 * (i / 64) + i % 16, 6, 7, 8}, expected[4];
    cr_philox(block, key, expected);
    assert_int_equal(words[i], expected[i % 64 / 16]);
  }
}

static void random_words_are_those_of_philox(void **state) {
  (void)state;
  for_each_kernel(check_random_words);
}

static void check_mask(const cr_kernel *kernel) {
  const uint32_t words[7] = {0, 1, 99, 100, 101, UINT32_MAX, UINT32_C(1) << 31};
  float mask[8] = {0};
  mask[7] = 9;
  kernel->mask(mask, words, 7, 100, 1.25f);
  for (size_t i = 0; i < 7; i++) assert_true(mask[i] == (i < 3 ? 0.0f : 1.25f));
  assert_true(mask[7] == 9);
}

static void a_mask_leaves_out_small_words(void **state) {
  (void)state;
  for_each_kernel(check_mask);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_of_all_sizes),
      cmocka_unit_test(long_sums),
      cmocka_unit_test(special_shapes),
      cmocka_unit_test(nothing_past_c_is_touched),
      cmocka_unit_test(a_product_without_terms_is_the_bias),
      cmocka_unit_test(cuts_change_no_bit),
      cmocka_unit_test(a_row_does_not_depend_on_its_batch),
      cmocka_unit_test(every_entry_is_one_sum_in_order),
      cmocka_unit_test(storage_changes_no_bit),
      cmocka_unit_test(nan_and_infinity_pass_on),
      cmocka_unit_test(denormals_are_not_zeros),
      cmocka_unit_test(zeros_are_not_skipped),
      cmocka_unit_test(column_sums_in_order),
      cmocka_unit_test(bytes_of_all_lengths),
      cmocka_unit_test(random_words_are_those_of_philox),
      cmocka_unit_test(a_mask_leaves_out_small_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
