/* Pictures of equations in characters, line by line. */
#include "explain/typeset.h"

#include "base/alloc.h"
#include "support.h"

static const double four[] = {1, -2, 0.5, 4};

static void expect(cr_block block, cr_page page, const char *picture) {
  cr_strbuf out = {0};
  assert_int_equal(cr_typeset(&block, &page, &out), CR_OK);
  assert_false(out.failed);
  assert_string_equal(out.text, picture);
  cr_strbuf_free(&out);
}

static void matrices_stand_in_brackets(void **state) {
  (void)state;
  cr_shown m = {.values = four, .rows = 2, .cols = 2};
  cr_block b = {.kind = CR_BLOCK_EQUATION, .text = "W_1 = #0", .matrices = &m, .matrix_count = 1};
  b.shapes = "2×2";
  expect(b, (cr_page){30, 6, false, false, false},
         "  W1 = ⎡ 1.0  −2.0 ⎤       2×2\n"
         "       ⎣ 0.5   4.0 ⎦\n");
  expect(b, (cr_page){30, 6, true, false, false},
         "  W1 = [ 1.0  -2.0 ]       2x2\n"
         "       [ 0.5   4.0 ]\n");
  m = (cr_shown){.values = four, .rows = 1, .cols = 3, .transposed = true};
  b.shapes = NULL;
  expect(b, (cr_page){30, 6, false, false, false}, "  W1 = [ 1.0  −2.0  0.5 ]ᵀ\n");
  m = (cr_shown){.values = four, .rows = 1, .cols = 1};
  expect(b, (cr_page){30, 6, false, false, false}, "  W1 = 1\n");
}

static void fractions_stand_on_lines(void **state) {
  (void)state;
  cr_block b = {.kind = CR_BLOCK_EQUATION, .text = "{∂L}/{∂W_1[1,1]} = {1}/{2} x^T y²"};
  expect(b, (cr_page){60, 6, false, false, false},
         "      ∂L        1\n"
         "  ────────── = ─── xᵀ y²\n"
         "   ∂W1[1,1]     2\n");
}

static void wide_equations_are_broken(void **state) {
  (void)state;
  cr_block b = {.kind = CR_BLOCK_EQUATION, .text = "total = (one + two) + three + four = 10"};
  expect(b, (cr_page){24, 6, false, false, false},
         "  total = (one + two)\n"
         "        + three + four\n"
         "        = 10\n");
}

static void large_matrices_show_their_corner(void **state) {
  (void)state;
  double values[64];
  for (size_t i = 0; i < 64; i++) values[i] = (double)(i % 10);
  cr_shown m = {.values = values, .rows = 8, .cols = 8};
  const cr_corner corner = cr_corner_of(&m, false);
  assert_int_equal(corner.rows, 5);
  assert_true(corner.more_rows && corner.more_cols);
  cr_block b = {.kind = CR_BLOCK_EQUATION, .text = "X = #0", .matrices = &m, .matrix_count = 1};
  expect(b, (cr_page){40, 6, false, false, false},
         "      ⎡ 0  1  2  3  4  … ⎤\n"
         "      ⎢ 8  9  0  1  2  … ⎥\n"
         "  X = ⎢ 6  7  8  9  0  … ⎥\n"
         "      ⎢ 4  5  6  7  8  … ⎥\n"
         "      ⎢ 2  3  4  5  6  … ⎥\n"
         "      ⎣ ⋮  ⋮  ⋮  ⋮  ⋮    ⎦\n");
}

static void results_can_be_hidden(void **state) {
  (void)state;
  cr_shown m = {.values = four, .rows = 2, .cols = 2};
  cr_block b = {
      .kind = CR_BLOCK_EQUATION, .text = "z = x W = #0", .matrices = &m, .matrix_count = 1};
  b.step = 0;
  expect(b, (cr_page){40, 6, false, true, false}, "  z = x W = ?\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(matrices_stand_in_brackets),
      cmocka_unit_test(fractions_stand_on_lines),
      cmocka_unit_test(wide_equations_are_broken),
      cmocka_unit_test(large_matrices_show_their_corner),
      cmocka_unit_test(results_can_be_hidden),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
