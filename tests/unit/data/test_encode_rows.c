#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/encode.h"
#include "tables.h"

static cr_encoder *encoder_of(const char *csv) {
  cr_prepare_options options;
  cr_encoder *encoder = NULL;
  cr_table *table = csv_table(csv);
  cr_prepare_options_init(&options);
  options.missing = "error";
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
  cr_table_destroy(table);
  return encoder;
}

static const char clean[] = "a,b,y\n1,5,cat\n2,6,dog\n3,8,cat\n";

static const char gaps[] =
    "a,note,b,y\n"
    "1,9,5,cat\n"
    "2,?,n.a.,dog\n" /* bad in b; the gap in note is in no used column */
    ",9,7,dog\n"     /* missing in a */
    "4,9,8,\n"       /* missing in y */
    "5,9,n.a.,cat\n"
    "6,9,9,dog\n"
    "7,9,9,dog\n";

static void usable(const char *csv, bool with_target, const size_t *want, size_t count) {
  cr_encoder *encoder = encoder_of(clean);
  cr_table *table = csv_table(csv);
  size_t rows[16], found = 99;
  assert_int_equal(cr_encoder_usable(encoder, table, with_target, true, rows, &found), CR_OK);
  assert_int_equal(found, count);
  assert_memory_equal(rows, want, count * sizeof *want);
  cr_table_destroy(table);
  cr_encoder_destroy(encoder);
}

static void fails(const char *training, const char *csv, bool with_target, bool skip,
                  cr_status status, const char *message, uint64_t line, const char *fix) {
  cr_encoder *encoder = encoder_of(training);
  cr_table *table = csv_table(csv);
  size_t rows[16], found = 99;
  assert_int_equal(cr_encoder_usable(encoder, table, with_target, skip, rows, &found), status);
  check_failure(status, message, line, fix);
  cr_table_destroy(table);
  cr_encoder_destroy(encoder);
}

static void whole_rows_are_kept(void **state) {
  (void)state;
  const size_t all[] = {0, 1, 2};
  usable(clean, true, all, 3);
  const size_t with[] = {0, 5, 6}, without[] = {0, 3, 5, 6};
  usable(gaps, true, with, 3);
  usable(gaps, false, without, 4); /* the target's gap does not matter */
}

static void the_first_value_is_named(void **state) {
  (void)state;
  fails(clean, gaps, true, false, CR_ERR_NUMBER, "'n.a.' in column 'b', row 2,", 3,
        "--skip-bad-rows leaves out 4 of 7 rows, --drop b");
  assert_int_equal(cr_last_error()->column, 3);
  assert_non_null(strstr(cr_last_error()->message, "1 other value"));
  fails(clean, gaps, false, false, CR_ERR_NUMBER, "'n.a.'", 3, "leaves out 3 of 7 rows");
  /* The first in the table, though its column stands after another one with a gap. */
  fails(clean, "a,b,y\n1,,cat\n,2,dog\n3,3,dog\n", true, false, CR_ERR_MISSING,
        "row 1 has no value in column 'b'", 2, "--drop b");
  fails(clean, "a,b,y\n1,4,cat\n5,2,\n3,3,dog\n", true, false, CR_ERR_MISSING,
        "row 2 has no value in column 'y'", 3, "leaves out 1 of 3 rows");
  assert_null(strstr(cr_last_error()->fix, "--drop"));
}

static void no_row_left_is_told(void **state) {
  (void)state;
  fails(clean, "a,b,y\n1,,cat\n2,,dog\n,3,dog\n", true, true, CR_ERR_EMPTY, "none of the 3 rows", 0,
        "--drop b");
  fails(clean, "a,b,y\n1,4,\n2,3,\n,3,dog\n", true, true, CR_ERR_EMPTY, "column 'y'", 0,
        "--target NAME");
}

static void targets_that_do_not_fit_are_told(void **state) {
  (void)state;
  fails(clean, "a,b\n1,2\n3,4\n", true, false, CR_ERR_TARGET, "no column 'y'", 0, NULL);
  fails("a,b,y\n1,5,0.5\n2,6,1.5\n3,8,2.5\n", clean, true, false, CR_ERR_NUMBER,
        "'cat' in column 'y', row 1,", 2, NULL);
  const size_t all[] = {0, 1};
  usable("a,b\n1,2\n3,4\n", false, all, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whole_rows_are_kept),
      cmocka_unit_test(the_first_value_is_named),
      cmocka_unit_test(no_row_left_is_told),
      cmocka_unit_test(targets_that_do_not_fit_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
