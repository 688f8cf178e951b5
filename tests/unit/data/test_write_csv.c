#include "reading.h"

#include "writing.h"

static void rows_and_names_come_back(void **state) {
  (void)state;
  const cr_write_options csv = write_options("csv"), tsv = write_options("tsv");
  check_rewrites("a;b\n1.50;x\n-2e3;y\n", &csv, "a,b\n1.5,x\n-2000,y\n");
  check_rewrites("a;b\n1.50;x\n-2e3;y\n", &tsv, "a\tb\n1.5\tx\n-2000\ty\n");
}

/* RFC 4180, section 2; and what this reader would cut off, or take for another delimiter. */
static void texts_are_quoted_where_they_must_be(void **state) {
  (void)state;
  const cr_write_options csv = write_options("csv");
  check_rewrites("a,b\n\"1,2\",x\n\"say \"\"so\"\"\",y\n\"two\nlines\",z\n", &csv,
                 "a,b\n\"1,2\",x\n\"say \"\"so\"\"\",y\n\"two\nlines\",z\n");
  check_rewrites("a,b\n\" x\",p\n\"x \",q\n\"x;y\",r\nü,s\n", &csv,
                 "a,b\n\" x\",p\n\"x \",q\n\"x;y\",r\nü,s\n");
  check_rewrites("\"\"\"\",b\n1,2\n", &csv, "\"\"\"\",b\n1,2\n");
}

/* Read again, these would be refused as bzip2 and PDF, or taken for LIBSVM. */
static void a_file_never_begins_like_one_of_another_format(void **state) {
  (void)state;
  const cr_write_options tsv = write_options("tsv");
  cr_write_options csv = write_options("csv");
  check_rewrites("\"BZh91AY\",b\nx,y\n", &csv, "\"BZh91AY\",b\nx,y\n");
  check_rewrites("BZh,BZh91AY\nx,y\n", &csv, "BZh,BZh91AY\nx,y\n");
  check_rewrites("\"6 1:2\",b\n1,2\n", &tsv, "\"6 1:2\"\tb\n1\t2\n");
  csv.no_header = true;
  check_rewrites("a,b\n%PDF-,x\n%PDF-,y\n", &csv, "\"%PDF-\",x\n%PDF-,y\n");
  check_rewrites("a\n[\n{\n[\n", &csv, "\"[\"\n{\n[\n");
  check_rewrites("a\nsep=;\nx\n", &csv, "\"sep=;\"\nx\n");
}

static void gaps_are_empty_cells(void **state) {
  (void)state;
  const cr_write_options csv = write_options("csv");
  check_rewrites("a,b\n1,x\nNA,?\n3,y\n", &csv, "a,b\n1,x\n,\n3,y\n");
  check_rewrites("a\n1\n\n3\nNA\n", &csv, "a\n1\n\"\"\n3\n\"\"\n");
}

static void names_can_be_left_out(void **state) {
  (void)state;
  cr_write_options options = write_options("csv");
  options.no_header = true;
  check_rewrites("a,b\n1,2\n", &options, "1,2\n");
}

static void columns_and_rows_are_chosen(void **state) {
  (void)state;
  cr_write_options options = write_options("csv");
  static const char *const drop[] = {"b"};
  static const size_t rows[] = {2, 0};
  options.drop = drop;
  options.drop_count = 1;
  options.rows = rows;
  options.row_count = 2;
  check_rewrites("a,b,c\n1,2,3\n4,5,6\n7,8,9\n", &options, "a,c\n7,9\n1,3\n");
}

static void texts_can_be_codes(void **state) {
  (void)state;
  cr_write_options options = write_options("csv");
  options.codes = true;
  check_rewrites("a,b\n1,y\n2,x\n3,\n4,y\n", &options, "a,b\n1,1\n2,0\n3,\n4,1\n");
}

static void images_are_a_column_a_byte(void **state) {
  (void)state;
  static const char idx[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 0, (char)255, 10};
  const cr_write_options csv = write_options("csv");
  cr_table *table = parse_bytes(idx, sizeof idx, NULL);
  check_text(table, &csv, "pixel1,pixel2\n7,0\n255,10\n");
  cr_table_destroy(table);
}

/* The table has not kept the text, so that nothing can stand there. */
static void what_is_not_kept_is_refused(void **state) {
  (void)state;
  cr_write_options options = write_options("csv");
  const char *text = "a,b\n1,2\n2,2\nthree,2\n4,2\n";
  check_refused(text, &options, CR_ERR_NUMBER, "'three' in column 'a', row 3", "--skip-bad-rows");
  options.skip_bad_rows = true;
  check_rewrites(text, &options, "a,b\n1,2\n2,2\n4,2\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_and_names_come_back),
      cmocka_unit_test(texts_are_quoted_where_they_must_be),
      cmocka_unit_test(a_file_never_begins_like_one_of_another_format),
      cmocka_unit_test(gaps_are_empty_cells),
      cmocka_unit_test(names_can_be_left_out),
      cmocka_unit_test(columns_and_rows_are_chosen),
      cmocka_unit_test(texts_can_be_codes),
      cmocka_unit_test(images_are_a_column_a_byte),
      cmocka_unit_test(what_is_not_kept_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
