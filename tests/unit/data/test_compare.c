#include <string.h>

#include "chainrule/data.h"
#include "counting_allocator.h"
#include "support.h"
#include "tables.h"

/* Quotients of small whole numbers and one root. */
#define CLOSE 1e-12

/* (eq N3) D as ks_2samp of scipy gives it, the critical distance from the formula in Python. */
static void numbers_by_their_largest_gap(void **state) {
  (void)state;
  cr_table *first = csv_table("x\n1\n2\n2\n3\n5\n8\n13\n");
  cr_table *second = csv_table("x\n10\n3\n3\n4\n8\n9\n2\n11\n20\n");
  cr_comparison *c = NULL;
  assert_int_equal(cr_tables_compare(first, second, &c), CR_OK);
  const cr_difference *d = cr_comparison_at(c, 0);
  assert_string_equal(d->column, "x");
  assert_close(d->distance, 0.31746031746031744, CLOSE);
  assert_close(d->critical, 0.9824428548859495, CLOSE);
  assert_close(d->first_mean, 34.0 / 7, CLOSE);
  assert_close(d->second_mean, 70.0 / 9, CLOSE);
  assert_null(d->text);
  assert_true(isnan(d->first_share) && isnan(d->second_share));
  assert_null(cr_comparison_at(c, 1));
  cr_comparison_destroy(c);
  cr_table_destroy(first);
  cr_table_destroy(second);
}

/* "oak" is 1 of 4 here and 3 of 5 there; three texts and two columns share the chance. */
static void texts_by_the_share_of_one(void **state) {
  (void)state;
  cr_table *first = csv_table("n,kind\n1,oak\n2,ash\n3,ash\n4,\n5,ash\n");
  cr_table *second = csv_table("kind,n,more\noak,1,1\nelm,2,1\noak,3,1\noak,4,2\nash,5,2\n");
  cr_comparison *c = NULL;
  assert_int_equal(cr_tables_compare(first, second, &c), CR_OK);
  const cr_difference *d = cr_comparison_at(c, 0);
  assert_string_equal(d->column, "kind");
  assert_string_equal(d->text, "ash");
  assert_close(d->distance, 0.75 - 0.2, CLOSE);
  assert_close(d->first_share, 0.75, CLOSE);
  assert_close(d->second_share, 0.2, CLOSE);
  assert_close(d->critical, sqrt(-log(0.001 / (2 * 3) / 2) / 2) * sqrt(9.0 / 20), CLOSE);
  assert_true(isnan(d->first_mean));
  d = cr_comparison_at(c, 1);
  assert_string_equal(d->column, "n");
  assert_close(d->distance, 0, CLOSE);
  assert_null(cr_comparison_at(c, 2)); /* "more" is in one of them only */
  cr_comparison_destroy(c);
  cr_table_destroy(first);
  cr_table_destroy(second);
}

static void columns_that_cannot_be_compared_are_left_out(void **state) {
  (void)state;
  cr_table *first = csv_table("a,b,c\n1,x,3\n2,y,4\n3,x,5\n");
  cr_table *second = csv_table("c,b,a\n3,1,\n4,2,\n5,3,\n");
  cr_comparison *c = NULL;
  assert_int_equal(cr_tables_compare(first, second, &c), CR_OK);
  assert_string_equal(cr_comparison_at(c, 0)->column, "c");
  assert_int_equal(cr_comparison_at(c, 0)->place, 2);
  assert_null(cr_comparison_at(c, 1));
  cr_comparison_destroy(c);
  cr_table_destroy(first);
  cr_table_destroy(second);
  cr_comparison_destroy(NULL);
}

/* Means of the images are 0 10 20 and 200 210 220: all of one below all of the other. */
static void images_by_their_mean_byte(void **state) {
  (void)state;
  const uint8_t dark[6] = {0, 0, 5, 15, 20, 20}, light[6] = {200, 200, 210, 210, 220, 220};
  const double labels[3] = {0, 1, 0};
  cr_table *first = image_table(3, 1, 2, dark, NULL, labels);
  cr_table *second = image_table(3, 1, 2, light, NULL, labels);
  cr_comparison *c = NULL;
  assert_int_equal(cr_tables_compare(first, second, &c), CR_OK);
  assert_string_equal(cr_comparison_at(c, 0)->column, "pixels");
  assert_close(cr_comparison_at(c, 0)->distance, 1, CLOSE);
  assert_close(cr_comparison_at(c, 0)->first_mean, 10, CLOSE);
  assert_close(cr_comparison_at(c, 0)->second_mean, 210, CLOSE);
  assert_close(cr_comparison_at(c, 1)->distance, 0, CLOSE);
  cr_comparison_destroy(c);
  cr_table_destroy(first);
  cr_table_destroy(second);
}

/* A table of `columns` columns of numbers: uneven ones, moved by `shift` in the first. */
static cr_table *spread_table(size_t rows, size_t columns, size_t offset, double shift) {
  float *values = calloc(rows * columns, sizeof *values);
  assert_non_null(values);
  for (size_t i = 0; i < rows * columns; i++)
    values[i] = (float)(uneven(offset + i * 7919, 1) + (i % columns == 0 ? shift : 0));
  cr_table *table = NULL;
  assert_int_equal(
      cr_table_from_matrix((cr_const_matrix){values, rows, columns, columns}, NULL, &table), CR_OK);
  free(values);
  return table;
}

/* More rows than are looked at: a shift of a tenth of the range is seen, and nothing else. */
static void many_rows_are_drawn_from(void **state) {
  (void)state;
  cr_table *first = spread_table(20000, 3, 0, 0), *second = spread_table(12000, 3, 5, 0.2);
  cr_comparison *c = NULL, *again = NULL;
  assert_int_equal(cr_tables_compare(first, second, &c), CR_OK);
  assert_int_equal(cr_tables_compare(first, second, &again), CR_OK);
  const cr_difference *d = cr_comparison_at(c, 0);
  assert_string_equal(d->column, "x1");
  /* 0.1 but for the draw, whose own distance from the whole is below the critical one */
  assert_true(d->distance > d->critical && fabs(d->distance - 0.1) < d->critical);
  assert_close(d->critical, sqrt(-log(0.001 / 3 / 2) / 2) * sqrt(2.0 / 5000), CLOSE);
  for (size_t i = 1; i < 3; i++) {
    d = cr_comparison_at(c, i);
    assert_true(d->distance < d->critical);
    assert_true(d->distance <= cr_comparison_at(c, i - 1)->distance);
    assert_true(d->distance == cr_comparison_at(again, i)->distance);
  }
  cr_comparison_destroy(c);
  cr_comparison_destroy(again);
  cr_table_destroy(first);
  cr_table_destroy(second);
}

/* Without names columns belong together by their places. */
static void columns_without_names(void **state) {
  (void)state;
  cr_table *first = csv_table("1,2\n2,4\n3,2\n"), *second = csv_table("1,2,9\n2,4,9\n3,2,9\n");
  cr_comparison *c = NULL;
  assert_int_equal(cr_tables_compare(first, second, &c), CR_OK);
  assert_int_equal(cr_comparison_at(c, 0)->place, 0);
  assert_int_equal(cr_comparison_at(c, 1)->place, 1);
  assert_null(cr_comparison_at(c, 2));
  cr_comparison_destroy(c);
  cr_table_destroy(first);
  cr_table_destroy(second);
}

static void out_of_memory(void **state) {
  (void)state;
  cr_table *first = csv_table("n,kind\n1,oak\n2,ash\n"), *second = csv_table("n,kind\n1,a\n2,b\n");
  for (size_t call = 1;; call++) {
    cr_comparison *c = NULL;
    counting_start();
    counting_fail_at(call, false);
    const cr_status status = cr_tables_compare(first, second, &c);
    cr_comparison_destroy(c);
    const bool refused = counting.refused > 0;
    assert_int_equal(counting.live, 0);
    counting_stop();
    assert_int_equal(status, refused ? CR_ERR_MEMORY : CR_OK);
    if (!refused) break;
  }
  cr_table_destroy(first);
  cr_table_destroy(second);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_by_their_largest_gap),
      cmocka_unit_test(texts_by_the_share_of_one),
      cmocka_unit_test(columns_that_cannot_be_compared_are_left_out),
      cmocka_unit_test(images_by_their_mean_byte),
      cmocka_unit_test(many_rows_are_drawn_from),
      cmocka_unit_test(columns_without_names),
      cmocka_unit_test(out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
