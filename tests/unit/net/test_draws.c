#include "net/draws.h"

#include "base/rng.h"
#include "support.h"

enum { ROWS = 37, UNITS = 600, COUNT = ROWS * UNITS };

static cr_draws draws_of(double dropout, double input_dropout, double noise) {
  return (cr_draws){.dropout = dropout,
                    .input_dropout = input_dropout,
                    .input_noise = noise,
                    .seed = UINT64_C(0x1234567890abcdef),
                    .draw = 3};
}

/* A mask (rows, UNITS) of a layer. */
static void draw_mask(const cr_draws *draws, const cr_kernel *kernel, size_t layer, size_t rows,
                      float *mask) {
  for (size_t r = 0; r < rows; ++r) cr_draws_mask(draws, kernel, layer, r, UNITS, mask + r * UNITS);
}

/* Each word from the block function itself: which number stands where must never change. */
static void the_place_of_a_number_is_pinned(void **state) {
  (void)state;
  static float mask[ROWS * UNITS];
  const cr_draws draws = draws_of(0.3, 0, 0);
  draw_mask(&draws, NULL, 2, ROWS, mask);
  uint32_t key[4];
  cr_philox((uint32_t[]){3, 0, 0, CR_STREAM_DROPOUT}, (uint32_t[]){0x90abcdef, 0x12345678}, key);
  for (uint32_t r = 0; r < ROWS; ++r) {
    for (uint32_t u = 0; u < UNITS; ++u) {
      const uint32_t group = u / 64, block = 16 * group + u % 16, word = u % 64 / 16;
      uint32_t words[4];
      cr_philox((uint32_t[]){block, r, 2, CR_STREAM_DROPOUT}, key, words);
      const bool kept = (double)words[word] >= 0.3 * 0x1p32 - 1.0;
      assert_true(mask[r * UNITS + u] == (kept ? (float)(1.0 / 0.7) : 0.0f));
    }
  }
}

/*
 * (eq R3) The share left out is that asked for, and what is kept is widened so that the mean stays.
 * A share of COUNT draws deviates by sqrt(p (1 - p) / COUNT); six times that is left once in 5e8.
 */
static void the_share_and_the_mean_are_kept(void **state) {
  (void)state;
  static float mask[COUNT];
  static const double shares[] = {0.01, 0.2, 0.5, 0.9};
  for (size_t k = 0; k < 4; ++k) {
    const double p = shares[k], bound = 6.0 * sqrt(p * (1.0 - p) / COUNT);
    const cr_draws draws = draws_of(p, 0, 0);
    size_t out = 0;
    double sum = 0.0;
    draw_mask(&draws, NULL, 1, ROWS, mask);
    for (size_t i = 0; i < COUNT; ++i) {
      out += mask[i] <= 0.0f;
      sum += (double)mask[i];
    }
    assert_close((double)out / COUNT, p, bound);
    assert_close(sum / COUNT, 1.0, bound / (1.0 - p) + 1e-7); /* and the float 1/(1 - p) */
  }
}

/* How many places two masks have in common. */
static size_t common(const cr_draws *a, size_t layer_a, const cr_draws *b, size_t layer_b) {
  static float one[COUNT], other[COUNT];
  size_t same = 0;
  draw_mask(a, NULL, layer_a, ROWS, one);
  draw_mask(b, NULL, layer_b, ROWS, other);
  for (size_t i = 0; i < COUNT; ++i) same += (one[i] > 0.0f) == (other[i] > 0.0f);
  return same;
}

/* Another seed, draw or layer is another mask: half of it the same by chance, within six times
 * sqrt(COUNT)/2. The same ones are the same mask. */
static void every_number_counts(void **state) {
  (void)state;
  const double bound = 3.0 * sqrt(COUNT);
  const cr_draws draws = draws_of(0.5, 0, 0);
  cr_draws seed = draws, high_seed = draws, draw = draws, high_draw = draws;
  seed.seed ^= 1;
  high_seed.seed ^= UINT64_C(1) << 63;
  draw.draw ^= 1;
  high_draw.draw ^= UINT64_C(1) << 63;
  assert_int_equal(common(&draws, 1, &draws, 1), COUNT);
  assert_close(common(&draws, 1, &draws, 2), COUNT / 2, bound);
  assert_close(common(&draws, 1, &seed, 1), COUNT / 2, bound);
  assert_close(common(&draws, 1, &high_seed, 1), COUNT / 2, bound);
  assert_close(common(&draws, 1, &draw, 1), COUNT / 2, bound);
  assert_close(common(&draws, 1, &high_draw, 1), COUNT / 2, bound);
}

/* Rows, too, differ. */
static void a_row_is_its_own(void **state) {
  (void)state;
  static float mask[COUNT];
  const cr_draws draws = draws_of(0.5, 0, 0);
  draw_mask(&draws, NULL, 1, ROWS, mask);
  for (size_t r = 1; r < ROWS; ++r) {
    assert_memory_not_equal(mask, mask + r * UNITS, UNITS * sizeof *mask);
  }
}

static void every_kernel_draws_the_same(void **state) {
  (void)state;
  static float expected[COUNT], mask[COUNT], noise[2][UNITS];
  const cr_kernel *kernel;
  const cr_draws draws = draws_of(0.4, 0.1, 0.5);
  draw_mask(&draws, NULL, 0, ROWS, expected);
  cr_draws_noise(&draws, NULL, 4, UNITS, noise[0]);
  for (size_t k = 0; (kernel = cr_kernel_at(k)); ++k) {
    if (!kernel->supported()) continue;
    draw_mask(&draws, kernel, 0, ROWS, mask);
    cr_draws_noise(&draws, kernel, 4, UNITS, noise[1]);
    assert_memory_equal(mask, expected, sizeof mask);
    assert_memory_equal(noise[0], noise[1], sizeof noise[0]);
  }
}

/*
 * (eq R4) Mean 0, deviation s, and normal: the largest gap between the shares below a number and
 * the normal distribution is under 1.95/sqrt(COUNT) in 999 of 1,000 draws (Kolmogorov). The mean of
 * COUNT deviates by s/sqrt(COUNT), the variance by s^2 sqrt(2/COUNT); six times each.
 */
static void noise_is_normal(void **state) {
  (void)state;
  static float noise[COUNT];
  const double s = 0.25, root = sqrt(COUNT);
  const cr_draws draws = draws_of(0, 0, s);
  double sum = 0.0, squares = 0.0;
  for (size_t r = 0; r < ROWS; ++r) cr_draws_noise(&draws, NULL, r, UNITS, noise + r * UNITS);
  for (size_t i = 0; i < COUNT; ++i) {
    sum += (double)noise[i];
    squares += (double)noise[i] * (double)noise[i];
  }
  assert_close(sum / COUNT, 0.0, 6.0 * s / root);
  assert_close(squares / COUNT, s * s, 6.0 * s * s * sqrt(2.0) / root);
  for (int k = -8; k <= 8; ++k) {
    const double z = 0.4 * k;
    size_t below = 0;
    for (size_t i = 0; i < COUNT; ++i) below += (double)noise[i] < s * z;
    assert_close((double)below / COUNT, 0.5 * erfc(-z / sqrt(2.0)), 1.95 / root);
  }
}

static void what_is_drawn_at_all(void **state) {
  (void)state;
  const cr_draws none = draws_of(0, 0, 0),
                 some[3] = {draws_of(0.1, 0, 0), draws_of(0, 0.1, 0), draws_of(0, 0, 0.1)};
  assert_false(cr_draws_any(&none));
  for (size_t i = 0; i < 3; ++i) assert_true(cr_draws_any(&some[i]));
  assert_true(cr_draws_share(&some[0], 0) <= 0.0 && cr_draws_share(&some[0], 1) == 0.1);
  assert_true(cr_draws_share(&some[1], 0) == 0.1 && cr_draws_share(&some[1], 3) <= 0.0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_place_of_a_number_is_pinned),
      cmocka_unit_test(the_share_and_the_mean_are_kept),
      cmocka_unit_test(every_number_counts),
      cmocka_unit_test(a_row_is_its_own),
      cmocka_unit_test(every_kernel_draws_the_same),
      cmocka_unit_test(noise_is_normal),
      cmocka_unit_test(what_is_drawn_at_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
