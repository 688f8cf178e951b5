#include "reading.h"

static void a_table_knows_where_it_came_from(void **state) {
  (void)state;
  static const char text[] = "a;b\n1;2\n";
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  const cr_table_origin *origin = cr_table_get_origin(table);
  assert_string_equal(origin->path, "data.csv");
  assert_string_equal(origin->format, "csv");
  assert_int_equal(origin->delimiter, ';');
  assert_true(origin->has_header);
  assert_false(origin->compressed);
  assert_false(origin->complete);
  assert_int_equal(origin->skipped_rows, 0);
  cr_table_destroy(table);
}

static void the_same_bytes_have_the_same_fingerprint(void **state) {
  (void)state;
  static const char *const texts[] = {"a,b\n1,2\n", "a,b\n1,2\n", "a,b\n1,3\n", "a,b\n1,2"};
  uint64_t found[4];
  for (size_t i = 0; i < 4; i++) {
    cr_table *table = parse_bytes(texts[i], strlen(texts[i]), NULL);
    const cr_table_origin *origin = cr_table_get_origin(table);
    found[i] = origin->fingerprint;
    cr_table_destroy(table);
  }
  assert_int_equal(found[0], found[1]);
  assert_int_not_equal(found[0], found[2]);
  assert_int_not_equal(found[0], found[3]);
}

static void one_column_may_have_gaps(void **state) {
  (void)state;
  check_reads("y\n1\n\n2\n\n\n", NULL, "y:n|1|_|2");
  check_reads("y\n1\n\"\"\n2\n\"\"\n", NULL, "y:n|1|_|2|_");
}

static void a_file_without_rows_is_refused(void **state) {
  (void)state;
  check_fails("", NULL, (failure){CR_ERR_EMPTY, 0, 0, "the file is empty", NULL});
  check_fails("\n", NULL, (failure){CR_ERR_EMPTY, 0, 0, "blank lines only", NULL});
  check_fails("  \n\t\r\n\n", NULL, (failure){CR_ERR_EMPTY, 0, 0, "blank lines only", NULL});
  check_fails("\xef\xbb\xbf", NULL, (failure){CR_ERR_EMPTY, 0, 0, "blank lines only", NULL});
  check_fails("a,b\n", NULL, (failure){CR_ERR_EMPTY, 0, 0, "a header and no rows", NULL});
  check_fails("a,b\n\n\n", NULL, (failure){CR_ERR_EMPTY, 0, 0, "a header and no rows", NULL});
}

static void names_are_there_and_differ(void **state) {
  (void)state;
  cr_read_options options = read_options();
  check_fails("a,b,a\n1,2,3\n", NULL,
              (failure){CR_ERR_CSV, 1, 3, "columns 1 and 3 are both called 'a'", "line 1"});
  check_fails("a,\"b\n\",\"a\"\n1,2,3\n", NULL, (failure){CR_ERR_CSV, 2, 3, "1 and 3", "line 2"});
  check_fails("a,,b\n0,1,2\n", NULL,
              (failure){CR_ERR_CSV, 1, 2, "column 2 has no name", "--header no"});
  check_fails("report,,\n,,\na,b,c\n1,2,3\n", NULL,
              (failure){CR_ERR_CSV, 1, 2, "column 2 has no name", "tail -n +3 "});
  options.header = "yes";
  check_fails("1,\n0,1\n", &options, (failure){CR_ERR_CSV, 1, 2, "column 2 has no name", NULL});
}

/* As pandas and R write the numbers or names of the rows. */
static void the_first_column_may_have_no_name(void **state) {
  (void)state;
  check_reads(",a,b\n0,1,2\n", NULL, "x1:n,a:n,b:n|0,1,2");
  check_reads("\"\",\"x1\",\"x1.2\"\n\"i\",1,2\n", NULL, "x1.3:t,x1:n,x1.2:n|i,1,2");
  check_reads(",0,1,2,3\n0,5,6,7,8\n", NULL, "x1:n,0:n,1:n,2:n,3:n|0,5,6,7,8");
}

/* Excel's word for its delimiter is no row, and places count its line. */
static void a_first_line_may_name_the_delimiter(void **state) {
  (void)state;
  cr_read_options options = read_options();
  check_reads("sep=;\r\na;b,c\r\n1;2\r\n", NULL, "a:n,b,c:n|1,2");
  check_reads("\xef\xbb\xbfsep=|\na|b\n1|2\n", NULL, "a:n,b:n|1,2");
  check_reads("sep=a\n1\n", NULL, "sep=a:n|1"); /* no delimiter */
  check_fails("sep=;\na;b\n1;2\n1\n", NULL,
              (failure){CR_ERR_RAGGED, 4, 0, "1 of 2 rows differs", NULL});
  check_fails("sep=;\n", NULL, (failure){CR_ERR_EMPTY, 0, 0, "", NULL});
  options.delimiter = ',';
  check_reads("sep=;\na,b\n1,2\n", &options, "a:n,b:n|1,2");
  options.delimiter = 0;
  options.decimal = ',';
  check_reads("sep=;\na;b\n1,5;2\n", &options, "a:n,b:n|1.5,2");
}

static void copies_of_rows_are_counted(void **state) {
  (void)state;
  static const struct {
    const char *text, *warning;
  } cases[] = {
      {"a,y\n1,u\n2,u\n1,v\n", NULL},
      {"a,y\n1,u\n2,u\n1.0,u\n", "1 row is a copy of an earlier row"},
      {"a,y\n1,u\n1,u\n1,u\n,v\nNA,v\n0,v\n-0,v\n", "4 rows are copies of earlier rows"},
      {"a,y\n1,4\n2,4\n3,4\nx,4\n?,4\n", NULL}, /* bad is not missing */
      {"a;y\n1,5;u\n2,5;u\n3;u\n4;u\n", NULL},  /* nor are bad values the same */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cr_table *table = parse_bytes(cases[i].text, strlen(cases[i].text), NULL);
    const char *warning = cr_table_warning(table, 0);
    if (cases[i].warning)
      assert_string_equal(warning, cases[i].warning);
    else
      assert_null(warning);
    cr_table_destroy(table);
  }
}

static void labels_belong_to_images(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.labels = "labels";
  check_fails("a,b\n1,2\n", &options, (failure){CR_ERR_ARGUMENT, 0, 0, "IDX images", NULL});
}

static void names_can_be_made_unlike(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.dedup_names = true;
  check_reads("a,a,,a.2,a\n1,2,3,4,5\n", &options, "a:n,a.2:n,x3:n,a.2.2:n,a.3:n|1,2,3,4,5");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_can_be_made_unlike),
      cmocka_unit_test(a_table_knows_where_it_came_from),
      cmocka_unit_test(the_same_bytes_have_the_same_fingerprint),
      cmocka_unit_test(one_column_may_have_gaps),
      cmocka_unit_test(a_file_without_rows_is_refused),
      cmocka_unit_test(names_are_there_and_differ),
      cmocka_unit_test(the_first_column_may_have_no_name),
      cmocka_unit_test(a_first_line_may_name_the_delimiter),
      cmocka_unit_test(copies_of_rows_are_counted),
      cmocka_unit_test(labels_belong_to_images),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
