#include "reading.h"

#include "counting_allocator.h"
#include "idx.h"

static void a_matrix_becomes_a_table(void **state) {
  (void)state;
  /* Rows of a stride of 4: what lies between is not data. */
  const float values[] = {1, 2.5f, NAN, 99, INFINITY, -4, 6, 99};
  static const char *const names[] = {"a", "b", "c"};
  const cr_const_matrix m = {.data = values, .rows = 2, .cols = 3, .stride = 4};
  cr_table *table = NULL;
  assert_int_equal(cr_table_from_matrix(m, names, &table), CR_OK);
  check_table(table, "a:n,b:n,c:n|1,2.5,_|!,-4,6");
  assert_true(table->origin.has_header);
  assert_string_equal(table->origin.format, "memory");
  assert_int_equal(table->columns[0].info.bad, 1);
  assert_int_equal(table->columns[0].first_bad.row, 1);
  assert_int_equal(table->columns[2].info.missing, 1);
  cr_table_destroy(table);
  assert_int_equal(cr_table_from_matrix(m, NULL, &table), CR_OK);
  check_table(table, "x1:n,x2:n,x3:n|1,2.5,_|!,-4,6");
  assert_false(table->origin.has_header);
  cr_table_destroy(table);
}

static void a_matrix_has_something_in_it(void **state) {
  (void)state;
  const float value = 1;
  cr_table *table = NULL;
  cr_const_matrix m = {.data = &value, .rows = 1, .cols = 1, .stride = 0};
  assert_int_equal(cr_table_from_matrix(m, NULL, &table), CR_ERR_ARGUMENT);
  m = (cr_const_matrix){.data = NULL, .rows = 1, .cols = 1, .stride = 1};
  assert_int_equal(cr_table_from_matrix(m, NULL, &table), CR_ERR_ARGUMENT);
  m = (cr_const_matrix){.data = &value, .rows = 0, .cols = 1, .stride = 1};
  assert_int_equal(cr_table_from_matrix(m, NULL, &table), CR_ERR_EMPTY);
  assert_null(table);
}

static const char text[] = "a,b,y\n1,x,p\n,x,\nq,3,r\n4,y,p\n";

static void rows_are_copied_in_any_order(void **state) {
  (void)state;
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL), *some = NULL;
  assert_int_equal(cr_table_select(table, (const size_t[]){3, 2, 1, 3}, 4, &some), CR_OK);
  check_table(some, "a:n,b:t,y:t|4,y,p|!,3,r|_,x,_|4,y,p");
  assert_string_equal(some->origin.format, "csv");
  assert_true(some->origin.has_header);
  assert_int_not_equal(some->origin.fingerprint, table->origin.fingerprint);
  cr_table_destroy(some);
  assert_int_equal(cr_table_select(table, (const size_t[]){0, 3}, 2, &some), CR_OK);
  cr_table_destroy(table); /* the copy does not need it */
  check_table(some, "a:n,b:t,y:t|1,x,p|4,y,p");
  assert_int_equal(some->columns[0].info.bad, 0);
  assert_int_equal(some->columns[2].info.distinct, 1); /* "r" is gone */
  assert_string_equal(some->origin.path, "data.csv");
  cr_table_destroy(some);
}

static void places_are_kept(void **state) {
  (void)state;
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL), *some = NULL;
  assert_int_equal(cr_table_select(table, (const size_t[]){3, 2, 1}, 3, &some), CR_OK);
  cr_table_fail_bad(some, 0);
  check_error("data.csv", (failure){CR_ERR_NUMBER, 4, 1, "'q' in column 'a', row 3", NULL});
  cr_table_fail_missing(some, 2);
  check_error("data.csv", (failure){CR_ERR_MISSING, 3, 3, "row 2 has no value", NULL});
  cr_table_destroy(some);
  cr_table_destroy(table);
}

static void images_are_copied(void **state) {
  (void)state;
  uint8_t bytes[64];
  const size_t size = idx_file(bytes, 3, (const uint32_t[]){3, 1, 2});
  cr_table *table = parse_bytes((const char *)bytes, size, NULL), *some = NULL;
  assert_int_equal(cr_table_select(table, (const size_t[]){2, 0}, 2, &some), CR_OK);
  cr_table_destroy(table);
  check_table(some, "pixels:i|0506|0102");
  assert_int_equal(some->columns[0].info.image_width, 2);
  assert_true(some->columns[0].info.maximum == 6);
  cr_table_destroy(some);
}

static void rows_must_be_there(void **state) {
  (void)state;
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL), *some = NULL;
  assert_int_equal(cr_table_select(table, (const size_t[]){0, 4}, 2, &some), CR_ERR_ARGUMENT);
  assert_int_equal(cr_table_select(table, NULL, 0, &some), CR_ERR_EMPTY);
  assert_null(some);
  cr_table_destroy(table);
  assert_int_equal(cr_table_read("@xor", NULL, &table), CR_OK);
  assert_int_equal(cr_table_select(table, (const size_t[]){0, 1}, 2, &some), CR_OK);
  assert_false(some->origin.complete);
  assert_true(some->columns[2].is_label);
  cr_table_destroy(some);
  cr_table_destroy(table);
}

static void memory_may_run_out_for_a_matrix(void **state) {
  (void)state;
  const float values[] = {1, 2};
  static const char *const names[] = {"a", "b"};
  const cr_const_matrix m = {.data = values, .rows = 1, .cols = 2, .stride = 2};
  cr_table *table = NULL;
  counting_start();
  assert_int_equal(cr_table_from_matrix(m, names, &table), CR_OK);
  cr_table_destroy(table);
  table = NULL;
  const size_t calls = counting.calls;
  for (size_t n = 1; n <= calls; n++) {
    counting_fail_at(n, false);
    assert_int_equal(cr_table_from_matrix(m, names, &table), CR_ERR_MEMORY);
    assert_null(table);
    assert_int_equal(counting.live, 0);
  }
  counting_stop();
}

static void memory_may_run_out(void **state) {
  (void)state;
  counting_start();
  cr_table *table = parse_bytes(text, sizeof text - 1, NULL), *some = NULL;
  const size_t live = counting.live;
  counting_reset();
  assert_int_equal(cr_table_select(table, (const size_t[]){3, 2}, 2, &some), CR_OK);
  cr_table_destroy(some);
  const size_t calls = counting.calls;
  for (size_t n = 1; n <= calls; n++) {
    some = NULL;
    counting_fail_at(n, false);
    assert_int_equal(cr_table_select(table, (const size_t[]){3, 2}, 2, &some), CR_ERR_MEMORY);
    assert_null(some);
    assert_int_equal(counting.live, live);
  }
  cr_table_destroy(table);
  assert_int_equal(counting.live, 0);
  counting_stop();
}

static void refuses_names(const char *const *names, const char *message) {
  const float values[] = {1, 2, 3};
  cr_table *table = NULL;
  const cr_const_matrix m = {.data = values, .rows = 1, .cols = 3, .stride = 3};
  assert_int_equal(cr_table_from_matrix(m, names, &table), CR_ERR_ARGUMENT);
  assert_null(table);
  assert_string_equal(cr_last_error()->message, message);
}

static void a_matrix_has_names_as_a_header_has(void **state) {
  (void)state;
  refuses_names((const char *const[]){"a", NULL, "c"}, "names[1] is empty");
  refuses_names((const char *const[]){"a", "b", ""}, "names[2] is empty");
  refuses_names((const char *const[]){"\xff", "b", "c"}, "names[0] is not UTF-8");
  refuses_names((const char *const[]){"a", "b", "a"}, "names[0] and names[2] are both 'a'");
}

static void a_matrix_lies_in_memory(void **state) {
  (void)state;
  const float value = 1;
  cr_table *table = NULL;
  cr_const_matrix m = {.data = &value, .rows = 3, .cols = 1, .stride = SIZE_MAX / 2 + 1};
  assert_int_equal(cr_table_from_matrix(m, NULL, &table), CR_ERR_ARGUMENT);
  m.stride = SIZE_MAX / 2 / sizeof(float) + 1;
  assert_int_equal(cr_table_from_matrix(m, NULL, &table), CR_ERR_ARGUMENT);
  assert_null(table);
  m.rows = 1; /* nothing lies a stride further */
  assert_int_equal(cr_table_from_matrix(m, NULL, &table), CR_OK);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_matrix_becomes_a_table),
      cmocka_unit_test(a_matrix_has_something_in_it),
      cmocka_unit_test(rows_are_copied_in_any_order),
      cmocka_unit_test(places_are_kept),
      cmocka_unit_test(images_are_copied),
      cmocka_unit_test(rows_must_be_there),
      cmocka_unit_test(memory_may_run_out_for_a_matrix),
      cmocka_unit_test(memory_may_run_out),
      cmocka_unit_test(a_matrix_has_names_as_a_header_has),
      cmocka_unit_test(a_matrix_lies_in_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
