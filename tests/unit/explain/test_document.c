/* Matrices seen through a layout, and texts of files made clean. */
#include "explain/document.h"

#include "base/alloc.h"
#include "support.h"

static const double values[] = {1, 2, 3, 4, 5, 6};

static void expect_shown(cr_shown m, size_t rows, size_t cols, const double *expected) {
  assert_int_equal(cr_shown_rows(&m), rows);
  assert_int_equal(cr_shown_cols(&m), cols);
  for (size_t i = 0; i < rows * cols; i++)
    assert_close(cr_shown_at(&m, i / cols, i % cols), expected[i], 0);
}

static void layouts_show_the_same_numbers(void **state) {
  (void)state;
  static const double bias[] = {7, 8, 9};
  cr_shown m = {.values = values, .rows = 2, .cols = 3};
  expect_shown(m, 2, 3, values);
  m.transposed = true;
  expect_shown(m, 3, 2, (const double[]){1, 4, 2, 5, 3, 6});
  m.transposed = false;
  m.below = bias;
  expect_shown(m, 3, 3, (const double[]){1, 2, 3, 4, 5, 6, 7, 8, 9});
  m.below = NULL;
  m.ones = 1;
  expect_shown(m, 2, 4, (const double[]){1, 2, 3, 1, 4, 5, 6, 1});
}

static void texts_of_files_command_nothing(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"größe 中", "größe 中"},
      {"\x1b[31m", "?[31m"},
      {"a\nb", "a?b"},
      {"\xe2\x81\xa6" /* an isolate */
       "a\xe2\x81\xa9",
       "?a?"},
      {"\xe2\x80\xae"
       "x",
       "?x"},
      {"\xff\xc3", "??"},
      {"\xc2\x9b"
       "m",
       "?m"},
      {"\xe4\xb8", "??"},
      {"", ""},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    char *out = NULL;
    assert_int_equal(cr_document_clean(pairs[i][0], &out), CR_OK);
    assert_string_equal(out, pairs[i][1]);
    cr_free(out);
  }
}

static void blocks_are_kept_in_order(void **state) {
  (void)state;
  cr_document d = {0};
  cr_document_section(&d, "forward", "Forward");
  cr_document_sentence(&d, "%d units", 3);
  cr_document_equation(&d, 4, "x = #0", &(cr_shown){.values = values, .rows = 1, .cols = 2}, 1);
  cr_document_note(&d, "first");
  cr_document_note(&d, "second");
  cr_document_table(&d, "lr", "");
  for (int i = 0; i < 6; i++) cr_document_cell(&d, "%d", i);
  assert_int_equal(cr_document_check(&d), CR_OK);
  assert_int_equal(d.count, 4);
  assert_string_equal(d.blocks[1].text, "3 units");
  assert_string_equal(d.blocks[2].section, "forward");
  assert_string_equal(d.blocks[2].note, "second");
  assert_int_equal(d.blocks[2].step, 4);
  assert_int_equal(d.blocks[3].cell_count, 6);
  assert_string_equal(d.blocks[3].cells[5], "5");
  cr_document_free(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(layouts_show_the_same_numbers),
      cmocka_unit_test(texts_of_files_command_nothing),
      cmocka_unit_test(blocks_are_kept_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
