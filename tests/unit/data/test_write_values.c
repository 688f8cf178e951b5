#include "reading.h"

#include "tables.h"
#include "writing.h"

static void codes_are_places_in_the_order_of_texts(void **state) {
  (void)state;
  cr_table *table = csv_table("a,b\n1,y\n2,x\n3,\n4,z\n");
  const cr_writing w = {.table = table};
  assert_true(cr_writing_number(&w, 0, 1) == 1);
  assert_true(cr_writing_number(&w, 1, 1) == 0);
  assert_true(isnan(cr_writing_number(&w, 2, 1)));
  assert_string_equal(cr_table_text_at(table, 1, 0), "x");
  assert_string_equal(cr_table_text_at(table, 1, 2), "z");
  assert_null(cr_table_text_at(table, 1, 3));
  assert_null(cr_table_text_at(table, 0, 0));
  assert_null(cr_table_text_at(table, 2, 0));
  cr_table_destroy(table);
}

/* What is wrong in rows that are not written is nobody's trouble. */
static void only_rows_that_are_written_count(void **state) {
  (void)state;
  static const size_t rows[] = {0, 3};
  cr_write_options options = write_options("libsvm");
  options.rows = rows;
  options.row_count = 2;
  check_rewrites("a,y\n1,5\n,6\nthree,7\n4,8\n", &options, "5 1:1\n8 1:4\n");
  options.row_count = 0;
  check_refused("a,y\n1,5\n", &options, CR_ERR_EMPTY, "no rows to write", NULL);
  options.row_count = 2;
  check_refused("a,y\n1,5\n", &options, CR_ERR_ARGUMENT, "row 3 of a table that has 1", NULL);
}

/* A file without a column could not be read. */
static void something_must_stand_beside_the_label(void **state) {
  (void)state;
  static const char *const formats[] = {"libsvm", "npy", "idx"};
  for (size_t f = 0; f < 3; f++) {
    cr_write_options options = write_options(formats[f]);
    options.target = "y";
    options.labels = "labels";
    check_refused("y\n1\n2\n", &options, CR_ERR_COLUMN, "no column beside the label 'y'", NULL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(codes_are_places_in_the_order_of_texts),
      cmocka_unit_test(only_rows_that_are_written_count),
      cmocka_unit_test(something_must_stand_beside_the_label),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
