#include "reading.h"

static cr_table *parse_text(const char *text) {
  return parse_bytes(text, strlen(text), NULL);
}

static void one_value_and_how_many_others(void **state) {
  (void)state;
  cr_table *table = parse_text("a,my col,c,y\n1,2,,1\n,x,,2\n,3,?,3\n4,y,4,4\n5,4,5,5\n");
  assert_int_equal(cr_table_fail_missing(table, 0), CR_ERR_MISSING);
  assert_string_equal(cr_last_error()->message,
                      "row 2 has no value in column 'a', and in 1 other row");
  assert_string_equal(cr_last_error()->fix,
                      "--skip-bad-rows to leave out 2 of 5 rows, or --drop a to leave out the "
                      "column");
  assert_int_equal(cr_table_fail_missing(table, 2), CR_ERR_MISSING);
  check_error("data.csv", (failure){CR_ERR_MISSING, 2, 3, "and in 2 other rows", NULL});
  assert_int_equal(cr_table_fail_bad(table, 1), CR_ERR_NUMBER);
  check_error("data.csv",
              (failure){CR_ERR_NUMBER, 3, 2,
                        "'x' in column 'my col', row 2, is not a number, nor is 1 other value",
                        "--drop 'my col'"});
  cr_table_destroy(table);
}

static void a_reason_where_one_is_known(void **state) {
  (void)state;
  cr_table *table = parse_text("a;y\n1,5;1\n2,5;2\n");
  cr_table_fail_bad(table, 0);
  check_error("data.csv", (failure){CR_ERR_NUMBER, 2, 1, "'1,5'", "--decimal comma"});
  cr_table_destroy(table);
  table = parse_text("a,y\n1e300,1\n2,2\n");
  cr_table_fail_bad(table, 0);
  assert_non_null(strstr(cr_last_error()->why, "too large"));
  cr_table_destroy(table);
  table = parse_text("a,y\ninf,1\n2,2\n");
  cr_table_fail_bad(table, 0);
  assert_string_equal(cr_last_error()->why, "");
  cr_table_destroy(table);
}

/* Where commas separate the columns, a command that replaces them all would ruin the file. */
static void no_command_replaces_separators(void **state) {
  (void)state;
  cr_table *table = parse_text("a,y\n\"1,000\",1\n2,2\n");
  cr_table_fail_bad(table, 0);
  assert_string_equal(cr_last_error()->fix,
                      "--type a=number if it parts thousands, --decimal comma if it begins "
                      "decimals");
  cr_table_destroy(table);
  table = parse_text("a,y\n\"1,5\",1\n2,2\n");
  cr_table_fail_bad(table, 0);
  assert_string_equal(cr_last_error()->fix,
                      "thousands without a comma, or --decimal comma if it begins the decimals");
  cr_table_destroy(table);
}

/* A sign that stands alone among numbers is no reason to read it without a word. */
static void amounts_name_what_reads_them(void **state) {
  (void)state;
  cr_table *table = parse_text("a b,y\n1,1\n2,2\n3,3\n5%,3\n");
  assert_int_equal(cr_table_fail_bad(table, 0), CR_ERR_NUMBER);
  check_error("data.csv", (failure){CR_ERR_NUMBER, 5, 1, "'5%' in column 'a b', row 4", NULL});
  assert_string_equal(cr_last_error()->fix, "--type 'a b'=number reads it so");
  cr_table_destroy(table);
  cr_read_options options = read_options();
  options.decimal = ',';
  static const char text[] = "a;y\n1,5;1\n1.234;2\n3;3\n";
  table = parse_bytes(text, sizeof text - 1, &options);
  assert_int_equal(cr_table_fail_bad(table, 0), CR_ERR_NUMBER);
  check_error("data.csv", (failure){CR_ERR_NUMBER, 3, 1, "'1.234' in column 'a', row 2",
                                    "--type a=number if it parts thousands, no --decimal"});
  cr_table_destroy(table);
}

/* Paths and names go into commands for a shell. */
static void commands_are_quoted(void **state) {
  (void)state;
  cr_table *table = parse_text("a $(x);y\n1.5;1\nno;2\n;3\n4;4\n");
  cr_table_fail_missing(table, 0);
  assert_non_null(strstr(cr_last_error()->fix, "or --drop 'a $(x)' to leave out"));
  cr_table_destroy(table);
  static const char latin[] = "a,y\n\xff,1\n";
  assert_int_equal(cr_table_parse("a;b.csv", latin, sizeof latin - 1, NULL, &table), CR_ERR_CSV);
  assert_string_equal(cr_last_error()->fix, "iconv -f WINDOWS-1252 -t UTF-8 'a;b.csv' > utf8.csv");
}

static void a_long_value_is_cut(void **state) {
  (void)state;
  cr_table *table = parse_text(
      "a,y\n1,1\n2,2\nThis sentence is longer than what a message wants to show of it,3\n");
  cr_table_fail_bad(table, 0);
  check_error("data.csv", (failure){CR_ERR_NUMBER, 4, 1,
                                    "'This sentence is longer than what a message wan' in", NULL});
  cr_table_destroy(table);
}

static void a_wrong_name_is_answered_with_the_nearest(void **state) {
  (void)state;
  cr_table *table = parse_text("sepal,petal,species\n1,2,3\n");
  assert_int_equal(cr_table_fail_column(table, "Speces"), CR_ERR_COLUMN);
  check_error("data.csv", (failure){CR_ERR_COLUMN, 0, 0,
                                    "no column 'Speces'; columns are sepal, petal, species",
                                    "the nearest name is species"});
  cr_table_fail_column(table, "qqq");
  assert_string_equal(cr_last_error()->fix, "");
  cr_table_destroy(table);
  table = parse_text("1,2,3,4,5,6,7,8,9,10,11\n");
  cr_table_fail_column(table, "price");
  check_error("data.csv",
              (failure){CR_ERR_COLUMN, 0, 0, "x1, x2, x3, x4, x5, x6, x7, x8, …, x11", NULL});
  assert_non_null(strstr(cr_last_error()->why, "no header line"));
  cr_table_destroy(table);
  table = parse_text("1,2,3,4,5,6,7,8,9\n");
  cr_table_fail_column(table, "price");
  assert_non_null(strstr(cr_last_error()->message, "x7, x8, x9"));
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_value_and_how_many_others),
      cmocka_unit_test(a_reason_where_one_is_known),
      cmocka_unit_test(no_command_replaces_separators),
      cmocka_unit_test(amounts_name_what_reads_them),
      cmocka_unit_test(commands_are_quoted),
      cmocka_unit_test(a_long_value_is_cut),
      cmocka_unit_test(a_wrong_name_is_answered_with_the_nearest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
