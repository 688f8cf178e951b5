#include "reading.h"

#include <stdlib.h>

#include "data/csv.h"

static void lines_may_end_in_any_way(void **state) {
  (void)state;
  static const char *const texts[] = {
      "a,b\n1,2\n3,4\n",
      "a,b\n1,2\n3,4",
      "a,b\r\n1,2\r\n3,4\r\n",
      "a,b\r1,2\r3,4\r",
      "a,b\r1,2\r3,4",
      "a,b\r\n1,2\n3,4\r",
      "a,b\n1,2\n3,4\n\n\n",
      "a,b\n1,2\n3,4\n  \n \t",
      "a,b\r\n1,2\r\n3,4\r\n\r\n",
      ("\xef\xbb\xbf"
       "a,b\n1,2\n3,4"),
      "a , b\n 1,2\t\n3,\t4\n",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    check_reads(texts[i], NULL, "a:n,b:n|1,2|3,4");
}

static void mixed_line_ends_are_a_warning(void **state) {
  (void)state;
  static const char text[] = "a,b\r\n1,2\n3,4\r";
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  assert_string_equal(cr_table_warning(table, 0), "lines end in different ways: LF CRLF CR");
  assert_null(cr_table_warning(table, 1));
  cr_table_destroy(table);
  /* Line ends inside quotes are data. */
  static const char quoted[] = "a,b\r\n1,\"x\ny\"\r\n2,\"x\rz\"\r\n";
  table = parse_bytes(quoted, sizeof quoted - 1, NULL);
  check_table(table, "a:n,b:t|1,x\ny|2,x\rz");
  assert_null(cr_table_warning(table, 0));
  cr_table_destroy(table);
}

static void quotes_hold_anything(void **state) {
  (void)state;
  check_reads("a,b\n1,\"x,y\"\n2,\"p\"\"q\"\n3,\"\"\"\"\n4,\" r \"\n", NULL,
              "a:n,b:t|1,x,y|2,p\"q|3,\"|4, r ");
  check_reads("\"a\",\"b\"\n\"1\",\"2.5\"\n\"\",\"NA\"\n", NULL, "a:n,b:n|1,2.5|_,_");
  check_reads("\"a\n1\",b\n1,2\n", NULL, "a\n1:n,b:n|1,2");
  check_reads("\"a\"\"\",b\n1,2\n", NULL, "a\":n,b:n|1,2");
}

static void quotes_are_strict(void **state) {
  (void)state;
  static const struct {
    const char *text;
    failure expected;
  } cases[] = {
      {"a,b\n1,\"x\n2,3\n", {CR_ERR_CSV, 2, 2, "opened and never closed", "close it"}},
      {"a,b\n\"x\ny\",\"z\n", {CR_ERR_CSV, 3, 2, "opened and never closed", NULL}},
      {"a,b\n1,\"", {CR_ERR_CSV, 2, 2, "opened and never closed", NULL}},
      {"a,b\n1,\"x\"\"", {CR_ERR_CSV, 2, 2, "opened and never closed", NULL}},
      {"a,b\n1,\"x\"y\n", {CR_ERR_CSV, 2, 2, "text after the quote", "double"}},
      {"a,b\n1,\"x\" \n", {CR_ERR_CSV, 2, 2, "text after the quote", NULL}},
      {"a,b\n\"p\nq\"r,1\n", {CR_ERR_CSV, 2, 1, "text after the quote", NULL}},
      {"a,b\n1,3\" nail\n", {CR_ERR_CSV, 2, 2, "a quote inside a value", "double the quote"}},
      {"a,b\n1,2\n1, \"x\"\n", {CR_ERR_CSV, 3, 2, "a quote inside a value", "remove the blanks"}},
      {"a\"b\n", {CR_ERR_CSV, 1, 1, "a quote inside a value", NULL}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_fails(cases[i].text, NULL, cases[i].expected);
}

/* head, then a byte `count` times, then tail. */
static char *repeated(const char *head, char byte, size_t count, const char *tail, size_t *size) {
  *size = strlen(head) + count + strlen(tail);
  char *text = malloc(*size + 1);
  assert_non_null(text);
  memcpy(text, head, strlen(head));
  memset(text + strlen(head), byte, count);
  memcpy(text + strlen(head) + count, tail, strlen(tail) + 1);
  return text;
}

static void a_value_has_a_limit(void **state) {
  (void)state;
  size_t size;
  char *text = repeated("a,b\n1,", 'x', CR_CSV_CELL_MAX, "\n", &size);
  cr_table *table = parse_bytes(text, size, NULL);
  assert_int_equal(strlen(cr_table_text(table, 0, 1)), CR_CSV_CELL_MAX);
  cr_table_destroy(table);
  free(text);
  text = repeated("a,b\n1,", 'x', CR_CSV_CELL_MAX + 1, "\n", &size);
  check_fails_bytes(text, size, NULL, (failure){CR_ERR_LIMIT, 2, 2, "1048577 bytes", NULL});
  free(text);
  text = repeated("a,b\n1,\"", '\n', CR_CSV_CELL_MAX + 1, "\"\n", &size);
  check_fails_bytes(text, size, NULL, (failure){CR_ERR_LIMIT, 2, 2, "1048577 bytes", NULL});
  free(text);
}

static void a_line_has_limits(void **state) {
  (void)state;
  size_t size;
  char *text = repeated("", ',', CR_CSV_COLUMNS_MAX, "\n1\n", &size);
  check_fails_bytes(text, size, NULL, (failure){CR_ERR_LIMIT, 1, 1000001, "1000000 values", NULL});
  free(text);
  /* 64 MiB of short values of which none is too long: blanks are left out of a value. */
  text = repeated("a,b\n1,", ' ', CR_CSV_LINE_MAX, "\n", &size);
  check_fails_bytes(text, size, NULL, (failure){CR_ERR_LIMIT, 2, 2, "67108864 bytes", NULL});
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_may_end_in_any_way), cmocka_unit_test(mixed_line_ends_are_a_warning),
      cmocka_unit_test(quotes_hold_anything),     cmocka_unit_test(quotes_are_strict),
      cmocka_unit_test(a_value_has_a_limit),      cmocka_unit_test(a_line_has_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
