#include "reading.h"

#include "base/alloc.h"
#include "data/csv.h"

static cr_read_options decimal_comma(void) {
  cr_read_options options = read_options();
  options.decimal = ',';
  return options;
}

static void decimals_may_have_a_comma(void **state) {
  (void)state;
  const cr_read_options options = decimal_comma();
  check_reads("a;b\n1,5;x\n-2,25e1;y,z\n;z\n,5;1,2,3\n", &options,
              "a:n,b:t|1.5,x|-22.5,y,z|_,z|0.5,1,2,3");
  check_reads("a,b\n\"1,5\",7\n\"2,5\",\"8\"\n", &options, "a:n,b:n|1.5,7|2.5,8");
}

/* 1.234 is 1234 to those who write 1,5; the header may hold what it likes. */
static void a_point_is_no_part_of_a_number_then(void **state) {
  (void)state;
  cr_read_options options = decimal_comma();
  check_fails("v1.5;b\n1,5;2\n2;1.23\n", &options,
              (failure){CR_ERR_NUMBER, 3, 2, "'1.23' has a decimal point", "--decimal"});
  check_reads("v1.5;b\n1,5;2\n2;1.234\n", &options, "v1.5:n,b:n|1.5,2|2,!");
  options.header = "yes";
  check_reads("1.5;b\n1,5;2\n", &options, "1.5:n,b:n|1.5,2");
  options.header = "no";
  check_fails("1.5;2\n1,5;2\n", &options,
              (failure){CR_ERR_NUMBER, 1, 1, "'1.5' has a decimal point", NULL});
  check_reads("1.2.2020;2\n3,5;2\n", &options, "x1:t,x2:n|1.2.2020,2|3.5,2");
}

/* Words that were told are gaps, in quotes, too; nothing that has one in it, and no name. */
static void words_may_be_gaps(void **state) {
  (void)state;
  static const char *const gaps[] = {"unknown", "-1", "n. a."};
  cr_read_options options = read_options();
  options.gaps = gaps;
  options.gap_count = 3;
  check_reads(
      "a,unknown,y\n-1,p,1\n2,unknown,2\n-1.5,\"unknown\",3\n 4 , n. a. ,-1\n5,unknown!,6\n",
      &options, "a:n,unknown:t,y:n|_,p,1|2,_,2|-1.5,_,3|4,_,_|5,unknown!,6");
  check_reads("a\n-1\n2\n-1\n", &options, "a:n|_|2|_"); /* no blank line */
  check_reads("sep=,\na,unknown\n1,unknown\n2,3\n", &options, "a:n,unknown:n|1,_|2,3");
  options.header = "no";
  check_reads("unknown,1\n2,-1\n", &options, "x1:n,x2:n|_,1|2,_");
  options.gap_count = 0;
  options.header = "yes";
  check_reads("a\n-1\n2\n", &options, "a:n|-1|2");
}

/* Amounts are written as others write them, and in quotes where a comma would part them. */
static void points_part_thousands_then(void **state) {
  (void)state;
  static const char *const types[] = {"b=number"};
  cr_read_options options = decimal_comma();
  check_reads("a;b\n398.410,92;1.234\n12,5;7 €\n1.000.000;\n", &options,
              "a:n,b:n|398410.91999999998,1234|12.5,7|1000000,_");
  check_reads("a,b\n1.234 €,\"1,5\"\n\"2.000,5 €\",2\n", &options, "a:n,b:n|1234,1.5|2000.5,2");
  options.types = types;
  options.type_count = 1;
  check_reads("a;b\n1;1.234\n2;5,678\n3;9\n", &options, "a:n,b:n|1,1234|2,5.6779999999999999|3,9");
}

/* Lines within quotes count, however they end. */
static void places_stay(void **state) {
  (void)state;
  const cr_read_options options = decimal_comma();
  check_fails("a;b\r\n\"x\r\ny\nz\rw\";2\r\n1;1.5\r\n", &options,
              (failure){CR_ERR_NUMBER, 6, 2, "'1.5' has a decimal point", NULL});
}

/* Every row of a later piece is one of data. */
static void a_later_piece_has_no_header(void **state) {
  (void)state;
  const cr_read_options options = decimal_comma();
  cr_csv_mending mending = {.path = "data.csv",
                            .options = &options,
                            .delimiter = ';',
                            .columns = 2,
                            .first_line = 9,
                            .continues = true};
  cr_strbuf out = {0};
  assert_int_equal(cr_csv_mend("1.5;2\n", 6, &mending, &out), CR_ERR_NUMBER);
  assert_int_equal(cr_last_error()->line, 9);
  out.length = 0;
  mending.continues = false;
  assert_int_equal(cr_csv_mend("1.5;2\n", 6, &mending, &out), CR_OK);
  assert_string_equal(out.text, "1.5;2\n");
  cr_strbuf_free(&out);
}

static void rows_cut_short_get_gaps(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.pad_bad_rows = true;
  check_reads("a,b,c\n1\n4,5\n7,8,9\n1,2,3,,\n", &options, "a:n,b:n,c:n|1,_,_|4,5,_|7,8,9|1,2,3");
  check_fails("a,b,\n1,2,\n3,4\n", &options,
              (failure){CR_ERR_CSV, 1, 3, "column 3 has no name", "--dedup-names to call it x3"});
  options.dedup_names = true;
  check_reads("a,b,\n1,2,\n3,4\n", &options, "a:n,b:n,x3:n|1,2,_|3,4,_");
  check_fails("a,b\n1,2\n3,4,5\n", &options,
              (failure){CR_ERR_RAGGED, 3, 0, "this one has 3 values", "--bad-rows skip"});
  check_fails("a,b\n1,2\n\n3,4\n", &options, (failure){CR_ERR_RAGGED, 3, 0, "it is blank", NULL});
  options.skip_bad_rows = true;
  check_reads("a,b\n1,2\n\n3\n4,5,6\n", &options, "a:n,b:n|1,2|3,_");
}

/* What ends every line is no column; one value there makes it one. */
static void delimiters_may_end_the_rows(void **state) {
  (void)state;
  cr_read_options options = read_options();
  check_reads("a,b,\n1,2,\n3,4,\n", NULL, "a:n,b:n|1,2|3,4");
  check_reads("a;;\n1;;\r\n\n2; ; \n", &options, "a:n|1|_|2");
  check_reads("1,2,\n3,,\n5,6,", NULL, "x1:n,x2:n|1,2|3,_|5,6");
  check_reads("a\tb\t\n1\t2\t\n", NULL, "a:n,b:n|1,2");
  check_fails("a,b,\n1,2,\n3,4,5\n", NULL,
              (failure){CR_ERR_CSV, 1, 3, "column 3 has no name", "--dedup-names"});
  check_fails("a,b,\n1,2,\n3,4,\"\"\n", NULL, (failure){CR_ERR_CSV, 1, 3, "no name", NULL});
  check_reads("a,b,c\n1,2,\n3,4,\n", NULL, "a:n,b:n,c:n|1,2,_|3,4,_");
  options.lenient_quotes = true;
  check_reads("\"a\n\"b,\n\"c\n\"d,\n", &options, "\"a:t|\"b|\"c|\"d");
}

/* The first 64 KiB say whether there is one. */
static void a_late_last_value_is_told(void **state) {
  (void)state;
  enum { ROWS = 20000 };
  cr_strbuf text = {0};
  for (size_t r = 0; r < ROWS; r++) cr_strbuf_add(&text, "1,2,\n", 5);
  cr_strbuf_add(&text, "1,2,3\n", 6);
  check_fails(text.text, NULL,
              (failure){CR_ERR_RAGGED, ROWS + 1, 0, "this one has 3 values, the first row has 2",
                        "give each of 3 columns a name in the first line"});
  assert_non_null(strstr(cr_last_error()->why, "nothing follows the last delimiters"));
  cr_strbuf_free(&text);
}

static void blanks_may_align_the_values(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.delimiter = ' ';
  check_reads("a   b\n  1    2.5  \n10\t 3 \r\n", &options, "a:n,b:n|1,2.5|10,3");
  check_reads(" 1  \"two  words\"   x\n  2 ? y", &options, "x1:n,x2:t,x3:t|1,two  words,x|2,_,y");
  check_fails("a b\n1  2\n 1  2  3\n", &options,
              (failure){CR_ERR_RAGGED, 3, 0, "this one has 3 values", NULL});
}

static void quotes_may_stand_where_none_belong(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.lenient_quotes = true;
  check_reads("a,b\n3\" nail,1\n\"x\"y,2\n\"good, \"\"old\"\"\",3\n\"open,4\n", &options,
              "a:t,b:n|3\" nail,1|\"x\"y,2|good, \"old\",3|\"open,4");
  check_reads("a,b\n\"two\nlines\",1\nx \"y\" z,2\n", &options, "a:t,b:n|two\nlines,1|x \"y\" z,2");
}

/* What is not asked for stays an error, in its place. */
static void other_errors_keep_their_place(void **state) {
  (void)state;
  const cr_read_options options = decimal_comma();
  check_fails("a;b\n\"x\ny\";1\nz\"z;2\n", &options,
              (failure){CR_ERR_CSV, 4, 1, "a quote inside a value", NULL});
  check_fails("a;b\n1;1\n\"z;2\n", &options,
              (failure){CR_ERR_CSV, 3, 1, "opened and never closed", NULL});
  check_fails("a;b\n1;1\n\"z\"z;2\n", &options,
              (failure){CR_ERR_CSV, 3, 1, "text after the quote", NULL});
  check_fails("a;b\r\n1;1\r2;1;\n", &options, (failure){CR_ERR_RAGGED, 3, 0, "3 values", NULL});
  check_fails_bytes("a;b\n\xff;1\n", 8, &options,
                    (failure){CR_ERR_CSV, 2, 0, "byte 0xff at offset 4 is not UTF-8", NULL});
}

/* A row of one byte must not become a million of them for each. */
static void padding_has_a_limit(void **state) {
  (void)state;
  enum { COLUMNS = 100000, ROWS = 2000 };
  cr_read_options options = read_options();
  options.pad_bad_rows = true;
  options.max_bytes = 4 << 20;
  cr_strbuf text = {0};
  for (size_t c = 0; c < COLUMNS; c++) cr_strbuf_format(&text, "%sc%zu", c ? "," : "", c);
  cr_strbuf_add(&text, "\n", 1);
  for (size_t r = 0; r < ROWS; r++) cr_strbuf_add(&text, "1\n", 2);
  check_fails(text.text, &options, (failure){CR_ERR_LIMIT, 0, 0, "memory", NULL});
  cr_strbuf_free(&text);
}

/* The text itself is as it was where nothing is wrong with it. */
static void good_text_stays_as_it_is(void **state) {
  (void)state;
  static const char text[] = "a,b\r\n1,\"x,\"\"y\"\"\nz\"\r2,w\n\n";
  cr_read_options options = read_options();
  options.pad_bad_rows = options.lenient_quotes = true;
  const cr_csv_mending mending = {
      .path = "x", .options = &options, .delimiter = ',', .first_line = 1};
  cr_strbuf out = {0};
  options.max_bytes = 1000;
  assert_int_equal(cr_csv_mend(text, strlen(text), &mending, &out), CR_OK);
  assert_string_equal(out.text, text);
  cr_strbuf_free(&out);
}

/* Pieces of a file are mended as the whole is. */
static void pieces_give_the_rows_of_the_whole(void **state) {
  (void)state;
  static const char head[] = "a;b;c\n1,5;x;3\n", rest[] = "2;y\n\"3,25\";z;5,5\n";
  cr_read_options options = decimal_comma();
  options.pad_bad_rows = true;
  options.max_bytes = 1000;
  cr_csv_pieces pieces;
  cr_table *table = NULL;
  assert_int_equal(cr_csv_pieces_open("x.csv", head, strlen(head), &options, &pieces), CR_OK);
  assert_int_equal(cr_csv_pieces_read(&pieces, head, strlen(head), NULL, &table), CR_OK);
  check_table(table, "a:n,b:t,c:n|1.5,x,3");
  cr_table_destroy(table);
  assert_int_equal(cr_csv_pieces_read(&pieces, rest, strlen(rest), NULL, &table), CR_OK);
  check_table(table, "a:n,b:t,c:n|2,y,_|3.25,z,5.5");
  cr_table_destroy(table);
  cr_csv_pieces_close(&pieces);
  options.lenient_quotes = true;
  assert_int_equal(cr_csv_pieces_open("x.csv", head, strlen(head), &options, &pieces),
                   CR_ERR_COMBINATION);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decimals_may_have_a_comma),
      cmocka_unit_test(a_point_is_no_part_of_a_number_then),
      cmocka_unit_test(points_part_thousands_then),
      cmocka_unit_test(words_may_be_gaps),
      cmocka_unit_test(places_stay),
      cmocka_unit_test(a_later_piece_has_no_header),
      cmocka_unit_test(rows_cut_short_get_gaps),
      cmocka_unit_test(delimiters_may_end_the_rows),
      cmocka_unit_test(a_late_last_value_is_told),
      cmocka_unit_test(blanks_may_align_the_values),
      cmocka_unit_test(quotes_may_stand_where_none_belong),
      cmocka_unit_test(other_errors_keep_their_place),
      cmocka_unit_test(padding_has_a_limit),
      cmocka_unit_test(good_text_stays_as_it_is),
      cmocka_unit_test(pieces_give_the_rows_of_the_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
