#include "reading.h"

#include <stdlib.h>

#include "data/csv.h"

static char guess(const char *text) {
  return cr_csv_guess_delimiter(text, strlen(text));
}

static void the_delimiter_is_the_one_rows_agree_on(void **state) {
  (void)state;
  static const struct {
    const char *text;
    char delimiter;
  } cases[] = {
      {"a,b\n1,2\n", ','},
      {"a;b\n1;2\n", ';'},
      {"a\tb\n1\t2\n", '\t'},
      {"a|b\n1|2\n", '|'},
      {"a\n1\n2\n", ','},                           /* one column */
      {"a;b\n1,5;2,5\n2,5;3,5\n1;2\n", ';'},        /* decimal commas */
      {"a,b;c\n1,2;3\n", ','},                      /* both agree: comma first */
      {"a,b\nx;y,1\nz,2\nu;v;w,3\n", ','},          /* the others stand in texts */
      {"a;b\n\"x,y\";1\n\"p,q,r\";2\n", ';'},       /* commas inside quotes */
      {"a|b\n\"1\n2\"|3\n\"4\"\"|\n\"|5\n", '|'},   /* lines and doubled quotes inside quotes */
      {"Report, 2024\na;b;c\n1;2;3\n4;5;6\n", ';'}, /* a title */
      {"a;b;c\n1;2\n3;4;5\n6;7;8\n9;1;2\n", ';'},   /* a ragged row */
      {"a;b\r1;2\r", ';'},
      {"\n\na;b\n1;2\n", ';'},
      {"", ','},
      {"x", ','},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (guess(cases[i].text) != cases[i].delimiter) fail_msg("case %zu: %s", i, cases[i].text);
}

/* Only the first 64 KiB count, and the line that their end cuts does not. */
static void the_start_of_a_long_file_decides(void **state) {
  (void)state;
  const size_t size = 200000;
  char *text = malloc(size + 1);
  assert_non_null(text);
  for (size_t i = 0; i < size; i++) text[i] = i < 65536 + 3 ? "1;2\n"[i % 4] : "1,2\n"[i % 4];
  text[size] = '\0';
  assert_int_equal(guess(text), ';');
  free(text);
}

static void a_delimiter_can_be_given(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.delimiter = ';';
  check_reads("a,b;c\n1,2;3\n", &options, "a,b:n,c:n|!,3");
  options.delimiter = ' ';
  check_reads("a b\n1 2\n3 4\n", &options, "a:n,b:n|1,2|3,4");
  options.delimiter = '"';
  cr_table *table = NULL;
  assert_int_equal(cr_table_parse("x", "a", 1, &options, &table), CR_ERR_ARGUMENT);
  options.delimiter = '1';
  assert_int_equal(cr_table_parse("x", "a", 1, &options, &table), CR_ERR_ARGUMENT);
  options.delimiter = '\n';
  assert_int_equal(cr_table_parse("x", "a", 1, &options, &table), CR_ERR_ARGUMENT);
  options.delimiter = '\xc3';
  assert_int_equal(cr_table_parse("x", "a", 1, &options, &table), CR_ERR_ARGUMENT);
}

static void a_header_is_told_from_the_rows_below(void **state) {
  (void)state;
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"a,b\n1,2\n", "a:n,b:n|1,2"},
      {"a,b\nx,2\n", "a:t,b:n|x,2"},
      {"a,b\nx,y\nz,3\nx,y\n", "a:t,b:t|x,y|z,3|x,y"}, /* the number comes late */
      {"a,b\n?,\n1,2\n", "a:n,b:n|_,_|1,2"},
      {"1,2\n3,4\n", "x1:n,x2:n|1,2|3,4"},
      {"a,2\nb,3\n", "x1:t,x2:n|a,2|b,3"},
      {"inf,2\n1,3\n", "x1:n,x2:n|!,2|1,3"},
      {"NA,a\n1,b\n", "x1:n,x2:t|_,a|1,b"},   /* what is missing is no name */
      {"a,b\nx,y\nz,y\n", "a:t,b:t|x,y|z,y"}, /* texts: a first row that never comes again */
      {"a,b\nx,y\nx,b\n", "x1:t,x2:t|a,b|x,y|x,b"},
      {"a,a\nx,y\nx,z\n", "x1:t,x2:t|a,a|x,y|x,z"},
      {"a;b\n1,5;2,5\n", "a:n,b:n|!,!"},
      {"5\n6\n", "x1:n|5|6"},
      {"y\n5\n6\n", "y:n|5|6"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_reads(cases[i].text, NULL, cases[i].expected);
}

/* Whole numbers are names beside a word above numbers, or if they count columns as pandas does. */
static void names_may_be_numbers(void **state) {
  (void)state;
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"0,1,y\n1.5,2,0\n2,?,1\n", "0:n,1:n,y:n|1.5,2,0|2,_,1"},
      {"2019,2020,y\n1,2,\n1,2,3\n", "2019:n,2020:n,y:n|1,2,_|1,2,3"},
      {"7,7,y\n1,2,0\n", "x1:n,x2:n,x3:t|7,7,y|1,2,0"},     /* names differ */
      {"1.5,2,y\n1,2,0\n", "x1:n,x2:n,x3:t|1.5,2,y|1,2,0"}, /* a fraction is none */
      {"1,NA,y\n1,2,0\n", "x1:n,x2:n,x3:t|1,_,y|1,2,0"},
      {"5,y,z\n1,,0\n1,a,b\n", "x1:n,x2:t,x3:t|5,y,z|1,_,0|1,a,b"}, /* other words below */
      {"0,1,2,y\n1,2,3,a\n1,2,3,b\n", "0:n,1:n,2:n,y:t|1,2,3,a|1,2,3,b"},
      {"0,1,2,y\n1,2,3,a\n1,2,3,y\n", "x1:n,x2:n,x3:n,x4:t|0,1,2,y|1,2,3,a|1,2,3,y"},
      {"0,1,y\n1,2,a\n1,2,b\n", "x1:n,x2:n,x3:t|0,1,y|1,2,a|1,2,b"}, /* too few to be sure */
      {"1,2,3,y\n1,2,3,a\n", "x1:n,x2:n,x3:n,x4:t|1,2,3,y|1,2,3,a"},
      {",2019,2020\n0,1,2\n1,3,4\n", "x1:n,2019:n,2020:n|0,1,2|1,3,4"}, /* the index of pandas */
      {",\n0,8\n1,9\n", "x1:n,x2:n|_,_|0,8|1,9"},
      {",0\n0,8\n1,9\n", "x1:n,0:n|0,8|1,9"},
      {",5,6\n1,1,2\n2,3,4\n", "x1:n,x2:n,x3:n|_,5,6|1,1,2|2,3,4"}, /* not from 0: a gap */
      {",5,6\n0,1,2\n5,3,4\n", "x1:n,x2:n,x3:n|_,5,6|0,1,2|5,3,4"},
      {",5,5\n0,1,2\n1,3,4\n", "x1:n,x2:n,x3:n|_,5,5|0,1,2|1,3,4"},
      {",1.5,6\n0,1,2\n1,3,4\n", "x1:n,x2:n,x3:n|_,1.5,6|0,1,2|1,3,4"},
      {"0,1,2,3\n4,5,6,7\n", "0:n,1:n,2:n,3:n|4,5,6,7"},
      {"0,1,2\n4,5,6\n", "x1:n,x2:n,x3:n|0,1,2|4,5,6"},
      {"0,1,2,4\n4,5,6,7\n", "x1:n,x2:n,x3:n,x4:n|0,1,2,4|4,5,6,7"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_reads(cases[i].text, NULL, cases[i].expected);
}

static void a_header_can_be_told(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.header = "yes";
  check_reads("1,2\n3,4\n", &options, "1:n,2:n|3,4");
  options.header = "no";
  check_reads("a,b\n3,4\n5,6\n", &options, "x1:n,x2:t|!,b|3,4|5,6");
  options.header = NULL;
  check_reads("a,b\n3,4\n", &options, "a:n,b:n|3,4");
  cr_table *table = NULL;
  options.header = "maybe";
  assert_int_equal(cr_table_parse("x", "a", 1, &options, &table), CR_ERR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_delimiter_is_the_one_rows_agree_on),
      cmocka_unit_test(the_start_of_a_long_file_decides),
      cmocka_unit_test(a_delimiter_can_be_given),
      cmocka_unit_test(a_header_is_told_from_the_rows_below),
      cmocka_unit_test(names_may_be_numbers),
      cmocka_unit_test(a_header_can_be_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
