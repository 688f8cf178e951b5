#include "reading.h"

static const char text[] = "a,b,y\n1,x,p\n,x,\nq,3,r\n4,y,p\n";

static void values_are_read_by_row_and_column(void **state) {
  (void)state;
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  check_table(table, "a:n,b:t,y:t|1,x,p|_,x,_|!,3,r|4,y,p");
  assert_int_equal(cr_table_rows(table), 4);
  assert_int_equal(cr_table_columns(table), 3);
  assert_true(cr_table_number(table, 3, 0) == 4);
  assert_true(isnan(cr_table_number(table, 1, 0)) && isnan(cr_table_number(table, 2, 0)));
  assert_string_equal(cr_table_text(table, 2, 2), "r");
  assert_null(cr_table_text(table, 1, 2));
  /* A wrong type or place. */
  assert_true(isnan(cr_table_number(table, 0, 1)));
  assert_true(isnan(cr_table_number(table, 4, 0)));
  assert_true(isnan(cr_table_number(table, 0, 3)));
  assert_null(cr_table_text(table, 0, 0));
  assert_null(cr_table_text(table, 4, 1));
  assert_null(cr_table_text(table, 0, 3));
  assert_null(cr_table_image(table, 0, 0));
  assert_null(cr_table_column(table, 3));
  cr_table_destroy(table);
  cr_table_destroy(NULL);
}

static void columns_are_found_by_name(void **state) {
  (void)state;
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL);
  size_t column = 7;
  assert_true(cr_table_find(table, "b", &column));
  assert_int_equal(column, 1);
  assert_false(cr_table_find(table, "B", &column));
  assert_false(cr_table_find(table, "", &column));
  assert_int_equal(column, 1);
  cr_table_destroy(table);
}

static void missing_and_bad_are_told_apart(void **state) {
  (void)state;
  assert_true(isnan(cr_number_missing()) && isnan(cr_number_bad()));
  assert_true(cr_number_is_bad(cr_number_bad()));
  assert_false(cr_number_is_bad(cr_number_missing()));
  assert_false(cr_number_is_bad((double)NAN));
  assert_false(cr_number_is_bad(1));
}

/* Many names, some of them changed: each finds its column, and nothing else does. */
static void an_index_follows_the_names(void **state) {
  (void)state;
  enum { COLUMNS = 1000 };
  cr_table *table = NULL;
  size_t column = 77;
  assert_int_equal(cr_table_create("memory", "memory", COLUMNS, &table), CR_OK);
  assert_false(cr_table_find(table, "x1", &column));
  assert_int_equal(cr_table_number_names(table), CR_OK);
  for (size_t c = 0; c < COLUMNS; c += 7) {
    char name[16];
    snprintf(name, sizeof name, "new %zu", c);
    assert_int_equal(cr_table_name(table, c, name), CR_OK);
  }
  for (size_t c = 0; c < COLUMNS; c++) {
    char former[16], name[16];
    snprintf(former, sizeof former, "x%zu", c + 1);
    snprintf(name, sizeof name, "new %zu", c);
    assert_int_equal(cr_table_find(table, former, &column), c % 7 != 0);
    if (c % 7 != 0) assert_int_equal(column, c);
    column = 77777;
    assert_int_equal(cr_table_find(table, name, &column), c % 7 == 0);
    assert_int_equal(column, c % 7 == 0 ? c : 77777);
  }
  /* A name that is given up may be taken by another column. */
  assert_int_equal(cr_table_name(table, 5, "x1"), CR_OK);
  assert_true(cr_table_find(table, "x1", &column));
  assert_int_equal(column, 5);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_read_by_row_and_column),
      cmocka_unit_test(columns_are_found_by_name),
      cmocka_unit_test(missing_and_bad_are_told_apart),
      cmocka_unit_test(an_index_follows_the_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
