#include "reading.h"

static void columns_are_numbers_or_text(void **state) {
  (void)state;
  static const struct {
    const char *text, *expected;
  } cases[] = {
      /* the target is text as soon as it has a word */
      {"a,y\n1,1\n2,2\n3,b\n", "a:n,y:t|1,1|2,2|3,b"},
      /* another column is text if at least half of what it holds are words */
      {"a,b,y\n1,p,1\nq,q,2\nNA,,3\n", "a:t,b:t,y:n|1,p,1|q,q,2|_,_,3"},
      {"a,b,y\n1,p,1\n2,2,2\nq,3,3\n", "a:n,b:n,y:n|1,!,1|2,2,2|!,3,3"},
      /* what has the form of a number is no word */
      {"a,y\ninf,1\n1e999,2\n", "a:n,y:n|!,1|!,2"},
      {"a,y\n7,1\n4e38,2\n-1e39,3\n", "a:n,y:n|7,1|!,2|!,3"}, /* floats end at 3.4e38 */
      {"a;y\n1,5;2,5\n2,5;3,5\n", "a:n,y:n|!,!|!,!"},
      /* nothing at all */
      {"a,y\nNA,\n,1\n", "a:n,y:n|_,_|_,1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_reads(cases[i].text, NULL, cases[i].expected);
}

static void the_target_can_be_another_column(void **state) {
  (void)state;
  cr_read_options options = read_options();
  static const char text[] = "a,b\n1,1\n2,2\n3,3\nx,y\n";
  check_reads(text, &options, "a:n,b:t|1,1|2,2|3,3|!,y");
  options.target = "a";
  check_reads(text, &options, "a:t,b:n|1,1|2,2|3,3|x,!");
  options.target = "nobody";
  check_reads(text, &options, "a:n,b:n|1,1|2,2|3,3|!,!");
}

/* A target of `numbers` different numbers and a last row with a word. */
static cr_table *target_with_a_word(int numbers) {
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "a,y\n");
  for (int i = 0; i < numbers; i++) cr_strbuf_format(&text, "0,%d\n", i);
  cr_strbuf_format(&text, "0,broken\n");
  cr_table *table = parse_bytes(text.text, text.length, NULL);
  cr_strbuf_free(&text);
  return table;
}

static void a_word_among_many_numbers_is_a_mistake(void **state) {
  (void)state;
  const cr_column *info;
  cr_table *table = target_with_a_word(19);
  info = cr_table_column(table, 1);
  assert_non_null(info);
  assert_int_equal(info->type, CR_COLUMN_TEXT);
  assert_int_equal(info->distinct, 20);
  assert_int_equal(info->bad, 0);
  cr_table_destroy(table);

  table = target_with_a_word(20);
  info = cr_table_column(table, 1);
  assert_non_null(info);
  assert_int_equal(info->type, CR_COLUMN_NUMBER);
  assert_int_equal(info->bad, 1);
  assert_int_equal(info->distinct, 20);
  assert_int_equal(cr_table_fail_bad(table, 1), CR_ERR_NUMBER);
  check_error("data.csv", (failure){CR_ERR_NUMBER, 22, 2, "'broken' in column 'y', row 21", NULL});
  cr_table_destroy(table);
}

static void first_values_know_their_lines(void **state) {
  (void)state;
  static const char text[] = "a,\"b\n2\",t\n1,2,u\n2,?,v\n\"\n\",5,\n3,,w\n4,8,u\n5,x,\n";
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  check_table(table, "a:n,b\n2:n,t:t|1,2,u|2,_,v|!,5,_|3,_,w|4,8,u|5,!,_");
  const cr_column *info = cr_table_column(table, 1);
  assert_non_null(info);
  assert_int_equal(info->missing, 2);
  assert_int_equal(info->bad, 1);
  cr_table_fail_missing(table, 1);
  check_error("data.csv", (failure){CR_ERR_MISSING, 4, 2, "row 2 has no value", "2 of 6 rows"});
  cr_table_fail_bad(table, 1);
  check_error("data.csv", (failure){CR_ERR_NUMBER, 9, 2, "'x' in column 'b?2', row 6", NULL});
  cr_table_fail_bad(table, 0);
  check_error("data.csv", (failure){CR_ERR_NUMBER, 5, 1, "row 3, is not a number", "--drop a"});
  cr_table_fail_missing(table, 2);
  check_error("data.csv", (failure){CR_ERR_MISSING, 6, 3, "row 3 has no value", NULL});
  assert_int_equal(table->columns[2].first_bad.line, 3); /* of texts it is the first word */
  assert_string_equal(table->columns[2].first_bad.text, "u");
  cr_table_destroy(table);
}

/* What different texts take is counted, not their places alone: here 20,000 take over 2 MB. */
static void texts_stay_within_the_memory(void **state) {
  (void)state;
  enum { TEXTS = 20000 };
  cr_read_options options = read_options();
  cr_strbuf same = {0}, other = {0};
  options.max_bytes = 1 << 20;
  cr_strbuf_format(&same, "word,y\n");
  cr_strbuf_format(&other, "word,y\n");
  for (size_t i = 0; i < TEXTS; i++) {
    cr_strbuf_format(&same, "t%zu,1\n", i % 10);
    cr_strbuf_format(&other, "t%zu,1\n", i);
  }
  cr_table *table = parse_bytes(same.text, same.length, &options);
  assert_int_equal(cr_table_rows(table), TEXTS);
  cr_table_destroy(table);
  check_fails(other.text, &options, (failure){CR_ERR_LIMIT, 0, 0, "memory", NULL});
  cr_strbuf_free(&same);
  cr_strbuf_free(&other);
}

/* What is said of columns that are not there is nothing, if that is wanted; with names alone. */
static void types_may_be_of_columns_that_are_not_there(void **state) {
  (void)state;
  static const char *const types[] = {"b=category", "c=category", "x2=category"};
  cr_read_options options = read_options();
  options.types = types;
  options.type_count = 3;
  options.types_if_there = true;
  check_reads("a,b\n1,007\n2,7\n3,7\n", &options, "a:n,b:t|1,007|2,7|3,7");
  options.header = "no";
  check_reads("1,007\n2,7\n3,7\n", &options, "x1:n,x2:n|1,7|2,7|3,7");
  options.types_if_there = false;
  cr_table *table;
  assert_int_equal(cr_table_parse("data.csv", "1,7\n2,7\n", 8, &options, &table), CR_ERR_COLUMN);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_are_numbers_or_text),
      cmocka_unit_test(the_target_can_be_another_column),
      cmocka_unit_test(a_word_among_many_numbers_is_a_mistake),
      cmocka_unit_test(types_may_be_of_columns_that_are_not_there),
      cmocka_unit_test(first_values_know_their_lines),
      cmocka_unit_test(texts_stay_within_the_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
