#include "base/alloc.h"
#include "data/csv.h"
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

static void columns_of_amounts_are_numbers(void **state) {
  (void)state;
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"a,y\n\"$1,234.50\",5%\n?,7%\n$3,10%\n", "a:n,y:n|1234.5,5|_,7|3,10"},
      /* plain numbers first, and most of them */
      {"a,y\n1,1\n2,2\n3,3\n4,4\n\"1,234,567\",5\n", "a:n,y:n|1,1|2,2|3,3|4,4|1234567,5"},
      /* a word, two currencies, shares of 1 beside those of 100: nothing is guessed */
      {"a,y\n$1,1\nx,2\n", "a:t,y:n|$1,1|x,2"},
      {"a,y\n$1,1\n€2,2\n", "a:t,y:n|$1,1|€2,2"},
      {"a,y\n50%,1\n0.5,2\n", "a:t,y:n|50%,1|0.5,2"},
      {"a,y\n1,1\n2,2\n3%,2\n", "a:n,y:n|1,1|2,2|!,2"},
      /* which may be decimals, or more than one number */
      {"a,y\n\"1,234\",1\n2,2\n", "a:n,y:n|!,1|2,2"},
      {"a,y\n1 234,1\n5 678,2\n", "a:t,y:n|1 234,1|5 678,2"},
      {"a,y\n(1),1\n(2),2\n", "a:t,y:n|(1),1|(2),2"},
      /* the target has no words to be told by either */
      {"a,y\n1,£5\n2,£6\n", "a:n,y:n|1,5|2,6"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_reads(cases[i].text, NULL, cases[i].expected);
}

static void types_say_what_amounts_are(void **state) {
  (void)state;
  static const char text[] = "a,b,c,y\n$1,5%,\"1,234\",1\n€2,0.5,x,2\n3,(4),1 000,3\n";
  static const char *const numbers[] = {"a=number", "b=number", "c=number"};
  static const char *const others[] = {"a=category", "b=digits", "c=digits"};
  cr_read_options options = read_options();
  options.types = numbers;
  options.type_count = 3;
  check_reads(text, &options, "a:n,b:n,c:n,y:n|1,5,1234,1|2,0.5,!,2|3,-4,1000,3");
  options.types = others;
  check_reads(text, &options, "a:t,b:n,c:n,y:n|$1,!,!,1|€2,0.5,!,2|3,!,!,3");
}

/* Whatever the threads, and wherever its chunks are cut. */
static void amounts_are_the_same_in_chunks(void **state) {
  (void)state;
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "a,b,y\n");
  for (int i = 0; i < 400; i++)
    cr_strbuf_format(&text, "%d,%s%d,%d\n", i, i % 3 ? "$" : "", i, i % 7);
  char *first = NULL;
  static const size_t threads[] = {1, 3};
  for (size_t t = 0; t < 2; t++) {
    cr_pool *pool = NULL;
    cr_table *table = NULL;
    cr_source source = {.path = "data.csv", .bytes = text.text, .size = text.length};
    const cr_read_options options = read_options();
    assert_int_equal(cr_pool_create(threads[t], &pool), CR_OK);
    assert_int_equal(cr_csv_read(&source, &options, pool, t ? 64 : 100000, &table), CR_OK);
    assert_int_equal(table->columns[1].info.type, CR_COLUMN_NUMBER);
    assert_true(cr_table_number(table, 399, 1) == 399.0);
    assert_int_equal(table->columns[1].amounts, CR_AMOUNT_DOLLAR | CR_AMOUNT_CLEAR);
    char *all = render(table);
    if (first) assert_string_equal(all, first);
    cr_free(first);
    first = all;
    cr_table_destroy(table);
    cr_pool_destroy(pool);
  }
  cr_free(first);
  cr_strbuf_free(&text);
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
      cmocka_unit_test(columns_of_amounts_are_numbers),
      cmocka_unit_test(types_say_what_amounts_are),
      cmocka_unit_test(amounts_are_the_same_in_chunks),
      cmocka_unit_test(the_target_can_be_another_column),
      cmocka_unit_test(a_word_among_many_numbers_is_a_mistake),
      cmocka_unit_test(types_may_be_of_columns_that_are_not_there),
      cmocka_unit_test(first_values_know_their_lines),
      cmocka_unit_test(texts_stay_within_the_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
