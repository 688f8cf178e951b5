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

typedef struct point_case {
  const char *head, *value, *last; /* ten rows of the value, and one more */
  size_t pointed;
  const char *warning; /* what it has; NULL: there is none */
} point_case;

#define BY_SIGN "points may part thousands: P (--decimal comma reads 1.234 as 1234)"
#define BY_TYPE \
  "points may part thousands: P (--decimal comma with --type NAME=number reads 1.234 as 1234)"

static void points_may_part_thousands(void **state) {
  (void)state;
  static const point_case cases[] = {
      {"a;P\n", "1;1.389\n", "2;818\n", 10, BY_TYPE},
      {"a;P\n", "1;1.389\n", "2;818.5\n", 0, NULL},      /* decimals */
      {"a;P\n", "1;1.389\n", "2;1234.567\n", 0, NULL},   /* too many before it */
      {"a;P\n", "1;0.389\n", "2;818\n", 0, NULL},        /* no group begins with a 0 */
      {"a;P\n", "1;1.389e1\n", "2;818\n", 0, NULL},      /* nor has it an exponent */
      {"a;P\n", "1;818\n", "2;1.389\n", 1, NULL},        /* one may be anything */
      {"a,P\n", "1,1.389\n", "2,818\n", 0, NULL},        /* commas part columns */
      {"a;P\n", "1;818 €\n", "2;1.389 €\n", 1, BY_SIGN}, /* with a sign one is enough */
      {"a,P\n", "1,€ 818\n", "2,€ 1.389\n", 1, BY_SIGN},
      {"a,P\n", "1,$818.50\n", "2,$1.389\n", 0, NULL},
      {"a,P\n", "1,818 %\n", "2,1.389 %\n", 1, NULL}, /* a share is seldom above 1000 % */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const cr_read_options options = read_options();
    const char *found = NULL;
    cr_strbuf file = {0};
    cr_strbuf_format(&file, "%s", cases[i].head);
    for (size_t row = 0; row < 10; row++) cr_strbuf_format(&file, "%s", cases[i].value);
    cr_strbuf_format(&file, "%s", cases[i].last);
    cr_table *table = parse_bytes(file.text, file.length, &options);
    for (size_t w = 0; cr_table_warning(table, w); w++)
      if (strncmp(cr_table_warning(table, w), "points", 6) == 0) found = cr_table_warning(table, w);
    if (table->columns[1].pointed != cases[i].pointed)
      fail_msg("case %zu: %zu", i, table->columns[1].pointed);
    if (!found != !cases[i].warning) fail_msg("case %zu: %s", i, found ? found : "no warning");
    if (found) assert_string_equal(found, cases[i].warning);
    cr_table_destroy(table);
    cr_strbuf_free(&file);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_are_named),
      cmocka_unit_test(those_that_are_used_or_were_told),
      cmocka_unit_test(plain_numbers_say_nothing),
      cmocka_unit_test(commas_are_looked_for),
      cmocka_unit_test(points_may_part_thousands),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
