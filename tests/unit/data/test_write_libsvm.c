#include "reading.h"

#include "tables.h"
#include "writing.h"

static void zeros_are_left_out(void **state) {
  (void)state;
  const cr_write_options options = write_options("libsvm");
  check_rewrites("a,b,c,y\n1.5,0,2,1\n0,0,-3,0\n0,0,0,1\n", &options, "1 1:1.5 3:2\n0 3:-3\n1\n");
}

/* Without it the columns could not be counted, and a file of labels alone would be CSV. */
static void the_first_row_tells_how_many_columns_there_are(void **state) {
  (void)state;
  const cr_write_options options = write_options("libsvm");
  check_rewrites("a,b,y\n0,0,1\n0,0,-1\n", &options, "1 2:0\n-1\n");
}

static void the_label_is_the_target(void **state) {
  (void)state;
  cr_write_options options = write_options("libsvm");
  options.target = "y";
  check_rewrites("y,a,b\n5,1,2\n", &options, "5 1:1 2:2\n");
}

static void images_are_written_byte_by_byte(void **state) {
  (void)state;
  static const uint8_t pixels[] = {0, 9, 3, 0, 0, 0, 0, 255};
  static const double labels[] = {7, 1};
  const cr_write_options options = write_options("libsvm");
  cr_table *table = image_table(2, 2, 2, pixels, NULL, labels);
  check_text(table, &options, "7 2:9 3:3 4:0\n1 4:255\n");
  cr_table_destroy(table);
}

/* Columns that no row has a value of are none, and the others keep their indices. */
static void indices_are_kept(void **state) {
  (void)state;
  static const char *const dropped[] = {"x7"};
  cr_write_options options = write_options("libsvm");
  const char text[] = "1 7:0.5 1000:2\n2 3:1\n3\n1 7:4 999:5 1000:6\n";
  check_rewrites(text, &options, text);
  options.drop = dropped;
  options.drop_count = 1;
  check_rewrites(text, &options, "1 1000:2\n2 3:1\n3\n1 999:5 1000:6\n");
  check_rewrites("1 7:1\n2 1:1 2:2 3:3 4:4\n", &options, "1 6:0\n2 1:1 2:2 3:3 4:4\n");
}

static void what_has_no_place_is_refused(void **state) {
  (void)state;
  cr_write_options options = write_options("libsvm");
  check_refused("a,y\n1,1\n,0\n", &options, CR_ERR_MISSING, "row 2 has no value in column 'a'",
                "--drop a");
  check_refused("a,y\n1,5\n2,6\nthree,7\n4,8\n", &options, CR_ERR_NUMBER, "'three' in column 'a'",
                NULL);
  check_refused("a,y\n1,u\n2,v\n", &options, CR_ERR_NUMBER, "column 'y' holds texts", "--codes");
  check_refused("y\n1\n2\n", &options, CR_ERR_COLUMN, "begins with its label", "--target");
  options.target = "y";
  check_refused("y\n1\n2\n", &options, CR_ERR_COLUMN, "no column beside the label 'y'", NULL);
  options.target = "z";
  check_refused("a,y\n1,1\n", &options, CR_ERR_COLUMN, "no column 'z'", NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(zeros_are_left_out),
      cmocka_unit_test(the_first_row_tells_how_many_columns_there_are),
      cmocka_unit_test(the_label_is_the_target),
      cmocka_unit_test(images_are_written_byte_by_byte),
      cmocka_unit_test(indices_are_kept),
      cmocka_unit_test(what_has_no_place_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
