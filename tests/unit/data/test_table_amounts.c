#include "reading.h"

static const char text[] =
    "id,Income,Rate,Price\n1,\"$25,126.39\",5%,\"1,234 €\"\n2,$900,,7 €\n3,\"$1,000\",12.5%,0\n";

static void columns_are_named(void **state) {
  (void)state;
  const cr_read_options options = read_options();
  cr_table *table = parse_bytes(text, sizeof text - 1, &options);
  check_table(table,
              "id:n,Income:n,Rate:n,Price:n|1,25126.389999999999,5,1234|2,900,_,7|3,1000,12.5,0");
  assert_string_equal(cr_table_warning(table, 0),
                      "read as numbers, though some are written as $1,234 or 5% is: Income, Rate, "
                      "Price (--type NAME=category keeps the texts)");
  assert_string_equal(cr_table_warning(table, 1),
                      "a comma is taken to part thousands, so that 1,234 is 1234: Price (--decimal "
                      "comma takes it for the beginning of decimals)");
  assert_null(cr_table_warning(table, 2));
  cr_table_destroy(table);
}

static void those_that_are_used_or_were_told(void **state) {
  (void)state;
  static const cr_column_use uses[] = {CR_USE_NUMBER, CR_USE_DROPPED, CR_USE_NUMBER, CR_USE_TEXT};
  cr_read_options options = read_options();
  cr_strlist warnings = {0};
  options.decimal = '.';
  cr_table *table = parse_bytes(text, sizeof text - 1, &options);
  assert_null(cr_table_warning(table, 1)); /* what a comma is was told */
  assert_int_equal(cr_table_warn_amounts(table, uses, &warnings), CR_OK);
  assert_int_equal(warnings.count, 1);
  assert_non_null(strstr(warnings.items[0], "is: Rate (--type"));
  cr_strlist_free(&warnings);
  cr_table_destroy(table);
}

static void plain_numbers_say_nothing(void **state) {
  (void)state;
  static const char plain[] = "a,b\n1,x\n2,y\n";
  cr_table *table = parse_bytes(plain, sizeof plain - 1, NULL);
  assert_null(cr_table_warning(table, 0));
  cr_table_destroy(table);
}

typedef struct comma_case {
  const char *text;
  cr_comma_look look;
} comma_case;

/* Of the first column, which is one of texts. */
static void commas_are_looked_for(void **state) {
  (void)state;
  static const comma_case cases[] = {
      {"Preis;a\n4.493,70 €;1\n;2\n818 €;3\n", CR_COMMAS},
      {"Preis;a\n4.493,70;1\n1.234.567;2\n12,5;3\n", CR_COMMAS},
      {"Preis;a\n4.493,70 €;1\n$ 7,5;2\n", CR_COMMAS_TYPED}, /* of different worth */
      {"Preis;a\n4.493,70 %;1\n7,5;2\nx;3\n", CR_NO_COMMAS}, /* a word */
      {"Preis;a\n4.493,70 €;1\n1.5 €;2\n", CR_NO_COMMAS},    /* a point before decimals */
      {"Preis;a\n$5;1\n€ 6;2\n", CR_NO_COMMAS},              /* a point reads them, too */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const cr_read_options options = read_options();
    cr_table *table = parse_bytes(cases[i].text, strlen(cases[i].text), &options);
    assert_int_equal(cr_table_column(table, 0)->type, CR_COLUMN_TEXT);
    if (cr_table_look_for_commas(table, 0) != cases[i].look)
      fail_msg("%s: %d", cases[i].text, (int)cr_table_look_for_commas(table, 0));
    cr_table_destroy(table);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_are_named),
      cmocka_unit_test(those_that_are_used_or_were_told),
      cmocka_unit_test(plain_numbers_say_nothing),
      cmocka_unit_test(commas_are_looked_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
