#include "reading.h"

static void other_encodings_are_named(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t size;
    const char *encoding;
  } cases[] = {
      {"\xff\xfe"
       "a\0,\0b\0",
       8, "UTF-16LE"},
      {"\xfe\xff\0a\0,\0b", 8, "UTF-16BE"},
      {"\xff\xfe\0\0"
       "a\0\0\0",
       8, "UTF-32LE"},
      {"\0\0\xfe\xff\0\0\0a", 8, "UTF-32BE"},
      {"\xff\xfe", 2, "UTF-16LE"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_fails_bytes(cases[i].bytes, cases[i].size, NULL,
                      (failure){CR_ERR_CSV, 0, 0, cases[i].encoding, "iconv -f UTF-"});
}

static void a_nul_byte_is_no_text(void **state) {
  (void)state;
  check_fails_bytes("a,b\n1,\0002\n", 9, NULL,
                    (failure){CR_ERR_CSV, 2, 0, "NUL byte at offset 6", NULL});
  check_fails_bytes(
      "\xef\xbb\xbf"
      "a\r\nb\0",
      8, NULL, (failure){CR_ERR_CSV, 2, 0, "NUL byte at offset 7", NULL});
}

static void text_is_utf8(void **state) {
  (void)state;
  check_reads("Größe,b\n1,Δ\n2,日本\n", NULL, "Größe:n,b:t|1,Δ|2,日本");
  check_fails("a,b\n1,x\n2,caf\xe9\n", NULL,
              (failure){CR_ERR_CSV, 3, 0, "byte 0xe9 at offset 13", "WINDOWS-1252"});
  check_fails("\xe4,b\r1,x\r", NULL, (failure){CR_ERR_CSV, 1, 0, "byte 0xe4 at offset 0", NULL});
  check_fails("a,b\r\r1,\xc3", NULL, (failure){CR_ERR_CSV, 3, 0, "byte 0xc3 at offset 7", NULL});
}

static void rows_of_another_length_are_counted(void **state) {
  (void)state;
  check_fails("a,b,c\n1,2,3\n4,5\n6,7,8\n9,10,11,12\n13,14,15\n", NULL,
              (failure){CR_ERR_RAGGED, 3, 0,
                        "2 of 5 rows differ in length: this one has 2 values, the first row has 3",
                        "--bad-rows skip to leave out 2 of 5"});
  check_fails("a,b\n1,2\n\n3,4\n", NULL,
              (failure){CR_ERR_RAGGED, 3, 0, "1 of 3 rows differs in length: this one has none",
                        "--bad-rows skip"});
  check_fails("\na,b\n1,2\n3,4", NULL, (failure){CR_ERR_RAGGED, 1, 0, "(it is blank)", NULL});
  check_fails("a,b\n1,\"x\ny\"\n3\n5,6\n", NULL,
              (failure){CR_ERR_RAGGED, 4, 0, "this one has 1 value,", NULL});
  /* A title above the data: leaving out all rows but one would not help. */
  check_fails(
      "Sales of May\na,b\n1,2\n3,4\n", NULL,
      (failure){CR_ERR_RAGGED, 2, 0, "3 of 3 rows differ in length", "tail -n +2 data.csv"});
  check_fails("1,2\n3\n4,5\n", NULL, /* no header: each row counts */
              (failure){CR_ERR_RAGGED, 2, 0, "1 of 3 rows", "--bad-rows skip to leave out 1 of 3"});
}

static void rows_of_another_length_can_be_left_out(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.skip_bad_rows = true;
  static const char text[] = "a,b,c\n1,2,3\n4,5\n\n6,7,8\n9,10,11,12\nx\n13,y,14\n";
  cr_table *table = parse_bytes(text, sizeof text - 1, &options);
  check_table(table, "a:n,b:n,c:n|1,2,3|6,7,8|13,!,14");
  const cr_table_origin *origin = cr_table_get_origin(table);
  assert_int_equal(origin->skipped_rows, 4);
  assert_int_equal(cr_table_fail_bad(table, 1), CR_ERR_NUMBER);
  check_error("data.csv", (failure){CR_ERR_NUMBER, 8, 2, "'y' in column 'b', row 7", NULL});
  const size_t numbers[] = {0, 3, 6}, last_first[] = {2, 0};
  for (size_t r = 0; r < 3; r++) assert_int_equal(cr_table_row_number(table, r), numbers[r]);
  assert_true(cr_table_row_number(table, 3) == SIZE_MAX);
  cr_table *some = NULL;
  assert_int_equal(cr_table_select(table, last_first, 2, &some), CR_OK);
  cr_table_destroy(table);
  assert_int_equal(cr_table_row_number(some, 0), 6);
  assert_int_equal(cr_table_row_number(some, 1), 0);
  assert_int_equal(cr_table_get_origin(some)->skipped_rows, 0);
  cr_table_destroy(some);
  check_fails("a,b\n1\n2\n", &options, (failure){CR_ERR_EMPTY, 0, 0, "a header and no rows", NULL});
}

static void rows_are_numbered_from_the_header(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.skip_bad_rows = true;
  cr_table *table = parse_bytes("\n\na,b\n1\n2,3\n", 12, &options);
  assert_int_equal(cr_table_rows(table), 1);
  assert_int_equal(cr_table_row_number(table, 0), 1);
  cr_table_destroy(table);
  table = parse_bytes("1,2\n1\n2,3\n", 10, &options); /* no header */
  assert_int_equal(cr_table_row_number(table, 0), 0);
  assert_int_equal(cr_table_row_number(table, 1), 2);
  cr_table_destroy(table);
  table = parse_bytes("a,b\n1,2\n2,3\n", 12, &options); /* nothing to leave out */
  assert_int_equal(cr_table_row_number(table, 1), 1);
  assert_true(cr_table_row_number(table, 2) == SIZE_MAX);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(other_encodings_are_named),
      cmocka_unit_test(a_nul_byte_is_no_text),
      cmocka_unit_test(text_is_utf8),
      cmocka_unit_test(rows_of_another_length_are_counted),
      cmocka_unit_test(rows_of_another_length_can_be_left_out),
      cmocka_unit_test(rows_are_numbered_from_the_header),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
