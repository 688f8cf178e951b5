#include "reading.h"

#include "gzip.h"
#include "support.h"

static void rows_are_filled_up_with_zeros(void **state) {
  (void)state;
  check_reads("1 1:0.5 3:-2\n-1 2:1e3\n", NULL, "x1:n,x2:n,x3:n,label:n|0.5,0,-2,1|0,1000,0,-1");
  check_reads("2.5 2:1", NULL, "x1:n,x2:n,label:n|0,1,2.5");
  check_reads("7\n8 1:1\n9\n", NULL, "x1:n,label:n|0,7|1,8|0,9");
  cr_table *table = parse_bytes("1 1:2\n", 6, NULL);
  assert_string_equal(cr_table_get_origin(table)->format, "libsvm");
  assert_true(cr_table_get_origin(table)->has_header); /* columns are found by their indices */
  cr_table_destroy(table);
}

static void blanks_remarks_and_line_ends(void **state) {
  (void)state;
  check_reads("# made by hand\n\n  1  1:2\t2:3  # one\r\n#\r\r\n2 1:4 2:5#two\r3 1:6 2:7 ", NULL,
              "x1:n,x2:n,label:n|2,3,1|4,5,2|6,7,3");
  check_reads(
      "\xef\xbb\xbf"
      "1 1:2\n",
      NULL, "x1:n,label:n|2,1");
}

/* Tables of numbers with a colon somewhere stay CSV. */
static void other_texts_are_left_to_csv(void **state) {
  (void)state;
  static const char *const texts[] = {"",           "1\n2\n",  "a 1:2",  "1 2 3",    "1,2\n3,4",
                                      "1 a:2",      "1 2:",    "1 :2",   "x\n1 1:2", "time 12:30",
                                      "# remark\n", "1 2 3:4", "1,x 1:2"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    assert_false(cr_libsvm_reader.sniff(texts[i], strlen(texts[i])));
  assert_true(cr_libsvm_reader.sniff("1 1:2", 5));
  assert_true(cr_libsvm_reader.sniff("1,2 1:2", 7));
  assert_true(cr_libsvm_reader.sniff("1 qid:2", 7));
  assert_true(cr_libsvm_reader.sniff("#\n1\n2 0:x", 9));
}

static void what_breaks_a_rule_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;
    failure want;
  } cases[] = {
      {"1 1:2\n2 2:1 2:3\n", {CR_ERR_LIBSVM, 2, 3, "found '2:3'; expected an index above", NULL}},
      {"1 1:2\n2 3:1 2:3\n", {CR_ERR_LIBSVM, 2, 3, "an index above the one before", NULL}},
      {"1 0:2\n", {CR_ERR_LIBSVM, 1, 2, "an index from 1 on", NULL}},
      {"1 1:2\n\nx 1:2\n", {CR_ERR_LIBSVM, 3, 1, "found 'x'; expected a number as", NULL}},
      {"1 1:2\n1e39 1:2\n", {CR_ERR_LIBSVM, 2, 1, "a number as the label", NULL}},
      {"1 1:2 5\n", {CR_ERR_LIBSVM, 1, 3, "found '5'; expected index:value", NULL}},
      {"1 1:2 3:\n", {CR_ERR_LIBSVM, 1, 3, "a number of at most 3.4e38", NULL}},
      {"1 1:2 3:nan\n", {CR_ERR_LIBSVM, 1, 3, "found '3:nan'", NULL}},
      {"1 1:inf\n", {CR_ERR_LIBSVM, 1, 2, "found '1:inf'", NULL}},
      {"1 1:1e39\n", {CR_ERR_LIBSVM, 1, 2, "found '1:1e39'", NULL}},
      {"1 1:2:3\n", {CR_ERR_LIBSVM, 1, 2, "found '1:2:3'", NULL}},
      {"1 1:2 -3:1\n", {CR_ERR_LIBSVM, 1, 3, "an index from 1 on", NULL}},
      {"1 1:2 +3:1\n", {CR_ERR_LIBSVM, 1, 3, "an index from 1 on", NULL}},
      {"1 1:2 a\x80:1\n", {CR_ERR_LIBSVM, 1, 3, "found 'a?:1'", NULL}},
      {"1 1:2 1000001:1\n", {CR_ERR_LIMIT, 1, 3, "at most 1000000", NULL}},
      {"1 1:2 99999999999999999999:1\n", {CR_ERR_LIBSVM, 1, 3, "an index from 1", NULL}},
      {"1,2 1:2\n", {CR_ERR_LIBSVM, 1, 1, "found '1,2'", NULL}},
      {"1 qid:3 1:2\n", {CR_ERR_FORMAT, 1, 2, "found 'qid:3'", "leave out the qid"}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_fails(cases[i].text, NULL, cases[i].want);
  check_fails_bytes("1 1:2\n#\0\n", 9, NULL,
                    (failure){CR_ERR_LIBSVM, 0, 0, "a NUL byte at offset 7", NULL});
}

/* Where less than a quarter is there: only the columns that a row names, by their indices. */
static void few_values_are_kept_alone(void **state) {
  (void)state;
  cr_table *table = parse_bytes("1 3:0.5 1000000:-2\n-1 7:4 9:0\n2\n", 32, NULL);
  check_table(table, "x3:n,x7:n,x1000000:n,label:n|0.5,0,-2,1|0,4,0,-1|0,0,0,2");
  assert_int_equal(cr_sparse_entries(table->sparse), 3);
  const cr_column *x3 = cr_table_column(table, 0), *last = cr_table_column(table, 2);
  assert_close(x3->mean, 0.5 / 3, 1e-16);
  assert_close(x3->deviation, sqrt(0.25 / 3 - 0.25 / 9), 1e-16);
  assert_true(x3->minimum == 0.0 && x3->maximum == 0.5 && !x3->integer && x3->distinct == 2);
  assert_true(last->minimum == -2.0 && last->maximum == 0.0 && last->integer);
  size_t column = 0;
  assert_true(cr_table_find(table, "x7", &column) && column == 1);
  assert_false(cr_table_find(table, "x8", &column));
  cr_table_destroy(table);
  check_reads("1 3:1\n2 1:1 2:1\n3 3:1\n", NULL, "x1:n,x2:n,x3:n,label:n|0,0,1,1|1,1,0,2|0,0,1,3");
  check_reads("1 1:0\n2 2:0\n", NULL, "x1:n,x2:n,label:n|0,0,1|0,0,2");
}

/* The same rows, and those that differ in a column, a value or the label alone. */
static void copies_are_found_without_zeros(void **state) {
  (void)state;
  static const char text[] =
      "1 2:1 90:2\n1 2:1 91:2\n1 2:1 90:3\n2 2:1 90:2\n1 90:2\n1 2:1 90:2\n1 1:0 2:1 90:2\n";
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  assert_non_null(table->sparse);
  assert_string_equal(cr_table_warning(table, 0), "2 rows are copies of earlier rows");
  cr_table_destroy(table);
}

static void memory_has_a_limit(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.max_bytes = 1 << 20;
  char *text = calloc(1, 1 << 20);
  size_t size = 0;
  for (size_t r = 0; r < 700; r++) { /* a quarter of 700 x 1000 numbers is there: 5.6 MB */
    size += (size_t)sprintf(text + size, "1");
    for (size_t c = 0; c < 1000; c += 4) size += (size_t)sprintf(text + size, " %zu:1", c + 1);
    size += (size_t)sprintf(text + size, r % 2 ? " 1000:1\n" : "\n");
  }
  check_fails_bytes(text, size, &options,
                    (failure){CR_ERR_LIMIT, 0, 0, "700 rows of 1000 columns", NULL});
  size = 0;
  for (size_t r = 0; r < 9; r++) { /* 9000 columns, each with one value */
    size += (size_t)sprintf(text + size, "1");
    for (size_t c = 0; c < 1000; c++)
      size += (size_t)sprintf(text + size, " %zu:1", 1000 * r + c + 1);
    size += (size_t)sprintf(text + size, "\n");
  }
  check_fails_bytes(text, size, &options,
                    (failure){CR_ERR_LIMIT, 0, 0, "9000 values in 9 rows", NULL});
  free(text);
  cr_table *table = parse_bytes("1 1000000:1\n", 12, &options);
  check_table(table, "x1000000:n,label:n|1,1");
  cr_table_destroy(table);
}

static void columns_may_be_counted_beforehand(void **state) {
  (void)state;
  cr_read_options options = read_options();
  options.features = 3;
  check_reads("1 1:2\n", &options, "x1:n,x2:n,x3:n,label:n|2,0,0,1");
  check_reads("1 3:2\n", &options, "x1:n,x2:n,x3:n,label:n|0,0,2,1");
  check_fails("1 4:2\n", &options, (failure){CR_ERR_LIMIT, 1, 2, "an index of at most 3", NULL});
  check_fails("a,b\n1,2\n", &options, (failure){CR_ERR_ARGUMENT, 0, 0, "this is csv", NULL});
  options.features = 1000001;
  cr_table *table = NULL;
  assert_int_equal(cr_table_parse("x", "1 1:2\n", 6, &options, &table), CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->message, "the most is 1000000"));
}

static void other_bytes_have_another_fingerprint(void **state) {
  (void)state;
  static const char *const texts[] = {"1 2:3\n", "1 2:4\n", "1 20:4\n"};
  uint64_t found[3];
  for (size_t i = 0; i < 3; i++) {
    cr_table *table = parse_bytes(texts[i], strlen(texts[i]), NULL);
    found[i] = table->origin.fingerprint;
    cr_table_destroy(table);
  }
  assert_true(found[0] != found[1] && found[1] != found[2]);
}

static void compressed_and_without_labels(void **state) {
  (void)state;
  size_t size;
  char *packed = gzip_bytes("1 1:2\n", 6, &size);
  cr_table *table = parse_bytes(packed, size, NULL);
  check_table(table, "x1:n,label:n|2,1");
  assert_true(cr_table_get_origin(table)->compressed);
  cr_table_destroy(table);
  free(packed);
  cr_read_options options = read_options();
  options.labels = "y.npy";
  check_fails("1 1:2\n", &options, (failure){CR_ERR_ARGUMENT, 0, 0, "this is LIBSVM", NULL});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_are_filled_up_with_zeros),
      cmocka_unit_test(blanks_remarks_and_line_ends),
      cmocka_unit_test(other_texts_are_left_to_csv),
      cmocka_unit_test(what_breaks_a_rule_is_refused),
      cmocka_unit_test(few_values_are_kept_alone),
      cmocka_unit_test(copies_are_found_without_zeros),
      cmocka_unit_test(memory_has_a_limit),
      cmocka_unit_test(columns_may_be_counted_beforehand),
      cmocka_unit_test(other_bytes_have_another_fingerprint),
      cmocka_unit_test(compressed_and_without_labels),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
