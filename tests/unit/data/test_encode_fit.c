#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/encode.h"
#include "tables.h"

/* Figures of a few values in double: some roundings of 1e-16 each. */
#define CLOSE 1e-14

static void close_to(double found, double want) {
  if (!(fabs(found - want) <= CLOSE * fabs(want))) print_error("%.17g, not %.17g\n", found, want);
  assert_true(fabs(found - want) <= CLOSE * fabs(want));
}

static cr_encoder *encoder_of(const cr_table *table, const char *task) {
  cr_prepare_options options;
  cr_encoder *encoder = NULL;
  cr_prepare_options_init(&options);
  options.task = task;
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
  return encoder;
}

/* The last two rows are not of the training: nothing of them may be seen. */
static const char text[] =
    "a,b,y\n"
    "2,10,1.5\n4,10,2.5\n4,11,4.5\n4,10,2.5\n5,10,3.5\n5,10,5.5\n7,10,6.5\n9,10,5.5\n"
    "1000,-500,99\n-3000,700,-99\n";
static const size_t first8[8] = {0, 1, 2, 3, 4, 5, 6, 7};

/* (eq N1) a is 2 4 4 4 5 5 7 9: mean 5, deviation 2. y has the mean 4, and the squares about it are
 * 6.25 2.25 .25 2.25 .25 2.25 6.25 2.25, together 22. */
static void standard_is_mean_and_deviation_of_training(void **state) {
  (void)state;
  cr_table *table = csv_table(text);
  const char *const names[] = {NULL, "auto", "standard"};
  for (size_t i = 0; i < 3; i++) {
    cr_encoder *encoder = encoder_of(table, "auto");
    assert_int_equal(cr_encoder_fit(encoder, table, first8, 8, names[i], NULL), CR_OK);
    close_to(encoder->inputs[0].shift, 5.0);
    close_to(encoder->inputs[0].scale, 2.0);
    close_to(encoder->inputs[1].shift, 10.125);
    close_to(encoder->inputs[1].scale, sqrt(7.0) / 8.0); /* sqrt(1/8 - 1/64) */
    close_to(encoder->target_shift, 4.0);
    close_to(encoder->target_scale, sqrt(22.0 / 8.0));
    cr_encoder_destroy(encoder);
  }
  cr_table_destroy(table);
}

/* (eq N2) */
static void minmax_and_none(void **state) {
  (void)state;
  cr_table *table = csv_table(text);
  cr_encoder *encoder = encoder_of(table, "auto");
  assert_int_equal(cr_encoder_fit(encoder, table, first8, 8, "minmax", NULL), CR_OK);
  close_to(encoder->inputs[0].shift, 2.0);
  close_to(encoder->inputs[0].scale, 7.0);
  close_to(encoder->target_shift, 4.0); /* a target is standardised all the same */
  cr_encoder_destroy(encoder);

  encoder = encoder_of(table, "auto");
  assert_int_equal(cr_encoder_fit(encoder, table, first8, 8, "none", NULL), CR_OK);
  assert_true(encoder->inputs[0].shift == 0.0 && encoder->inputs[0].scale == 1.0);
  assert_true(encoder->target_shift == 0.0 && encoder->target_scale == 1.0);
  cr_encoder_destroy(encoder);

  encoder = encoder_of(table, "auto");
  assert_int_equal(cr_encoder_fit(encoder, table, first8, 8, "log", NULL), CR_ERR_ARGUMENT);
  assert_int_equal(cr_encoder_fit(encoder, table, first8, 0, NULL, NULL), CR_ERR_EMPTY);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

/* One pass over sum x^2 would lose all of these digits. */
static void large_values_near_each_other_keep_their_digits(void **state) {
  (void)state;
  cr_table *table = csv_table("a,y\n100000000,0\n100000001,1\n100000002,0\n");
  cr_encoder *encoder = encoder_of(table, "auto");
  assert_int_equal(cr_encoder_fit(encoder, table, first8, 3, NULL, NULL), CR_OK);
  assert_true(encoder->inputs[0].shift == 100000001.0);
  close_to(encoder->inputs[0].scale, sqrt(2.0 / 3.0));
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void constant_columns_are_left_out(void **state) {
  (void)state;
  cr_table *table = csv_table("k,a,m,b,y\n3,1,0.1,4,0\n3,2,0.1,6,1\n3,4,0.1,9,0\n8,4,0.1,9,1\n");
  cr_encoder *encoder = encoder_of(table, "auto");
  cr_strlist warnings = {0};
  assert_int_equal(encoder->width, 4);
  assert_int_equal(cr_encoder_fit(encoder, table, first8, 3, NULL, &warnings), CR_OK);
  assert_int_equal(encoder->input_count, 2);
  assert_int_equal(encoder->width, 2);
  assert_string_equal(encoder->inputs[0].name, "a");
  assert_string_equal(encoder->inputs[1].name, "b");
  assert_int_equal(encoder->inputs[1].column, 3);
  assert_int_equal(warnings.count, 1);
  assert_string_equal(warnings.items[0], "left out columns with one value only: k, m");
  cr_strlist_free(&warnings);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);

  table = csv_table("k,m,y\n3,1,0\n3,1,1\n3,1,0\n");
  encoder = encoder_of(table, "auto");
  assert_int_equal(cr_encoder_fit(encoder, table, first8, 3, NULL, NULL), CR_ERR_SHAPE);
  check_failure(CR_ERR_SHAPE, "(k, m)", 0, NULL);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void a_target_constant_in_training_is_refused(void **state) {
  (void)state;
  cr_table *table = csv_table("a,y\n1,0.5\n2,0.5\n3,0.5\n4,1.5\n");
  cr_encoder *encoder = encoder_of(table, "auto");
  assert_int_equal(cr_encoder_fit(encoder, table, first8, 3, NULL, NULL), CR_ERR_TARGET);
  check_failure(CR_ERR_TARGET, "column 'y' is 0.5", 0, NULL);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

/* A reader may refuse such values; where they come all the same, no infinity may come of them. */
static void what_cannot_be_scaled_is_told(void **state) {
  (void)state;
  const double wrong[2][3] = {{1e300, -1e300, 2e300},    /* squares overflow */
                              {1e-300, 2e-300, 3e-300}}; /* and vanish */
  for (size_t i = 0; i < 2; i++) {
    cr_table *table = csv_table("a,y\n1,0\n2,1\n3,0\n");
    memcpy(table->columns[0].numbers, wrong[i], sizeof wrong[i]);
    cr_encoder *encoder = encoder_of(table, "auto");
    assert_int_equal(cr_encoder_fit(encoder, table, first8, 3, NULL, NULL), CR_ERR_NUMBER);
    check_failure(CR_ERR_NUMBER, "column 'a' cannot be scaled", 0, "--drop");
    cr_encoder_destroy(encoder);
    cr_table_destroy(table);
  }
}

/* All pixels of the training rows at once: 1 2 3 4 and 0 0 0 6 have mean 2 and squares 34. */
static void images_have_one_scale(void **state) {
  (void)state;
  const uint8_t pixels[12] = {1, 2, 3, 4, 255, 255, 255, 255, 0, 0, 0, 6};
  const double labels[3] = {0, 1, 1};
  const size_t rows[2] = {0, 2};
  cr_table *table = image_table(3, 2, 2, pixels, NULL, labels);
  cr_encoder *encoder = encoder_of(table, "auto");
  assert_int_equal(cr_encoder_fit(encoder, table, rows, 2, NULL, NULL), CR_OK);
  close_to(encoder->inputs[0].shift, 2.0);
  close_to(encoder->inputs[0].scale, sqrt(34.0 / 8.0));
  cr_encoder_destroy(encoder);
  encoder = encoder_of(table, "auto");
  assert_int_equal(cr_encoder_fit(encoder, table, rows, 2, "minmax", NULL), CR_OK);
  assert_true(encoder->inputs[0].shift == 0.0 && encoder->inputs[0].scale == 6.0);
  cr_encoder_destroy(encoder);
  encoder = encoder_of(table, "auto");
  assert_int_equal(cr_encoder_fit(encoder, table, rows, 0, NULL, NULL), CR_ERR_EMPTY);
  const size_t white[1] = {1};
  assert_int_equal(cr_encoder_fit(encoder, table, white, 1, NULL, NULL), CR_ERR_SHAPE);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

/* One scale, whether the rows were counted or the others taken away, in any order or repeated. */
static void images_are_counted_either_way(void **state) {
  (void)state;
  enum { ROWS = 9, PIXELS = 25 };
  uint8_t pixels[ROWS * PIXELS];
  const double labels[ROWS] = {0, 1, 0, 1, 0, 1, 0, 1, 0};
  const size_t some[2] = {7, 2}, most[6] = {8, 0, 7, 2, 3, 5},
               all[ROWS] = {4, 1, 6, 8, 0, 7, 2, 3, 5};
  const size_t twice[8] = {8, 0, 7, 2, 3, 5, 0, 0};
  const struct {
    const size_t *rows;
    size_t count;
  } cases[] = {{some, 2}, {most, 6}, {all, ROWS}, {twice, 8}};
  for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i % 25 < 10 ? 0 : i * i % 251);
  cr_table *table = image_table(ROWS, 5, 5, pixels, NULL, labels);
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    cr_encoder *encoder = encoder_of(table, "auto");
    double sum = 0, squares = 0;
    const double n = (double)(cases[c].count * PIXELS);
    assert_int_equal(cr_encoder_fit(encoder, table, cases[c].rows, cases[c].count, NULL, NULL),
                     CR_OK);
    for (size_t i = 0; i < cases[c].count; i++)
      for (size_t p = 0; p < PIXELS; p++) sum += pixels[cases[c].rows[i] * PIXELS + p];
    for (size_t i = 0; i < cases[c].count; i++)
      for (size_t p = 0; p < PIXELS; p++) {
        const double apart = pixels[cases[c].rows[i] * PIXELS + p] - sum / n;
        squares += apart * apart;
      }
    assert_true(encoder->inputs[0].shift == sum / n);
    close_to(encoder->inputs[0].scale, sqrt(squares / n));
    cr_encoder_destroy(encoder);
  }
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(standard_is_mean_and_deviation_of_training),
      cmocka_unit_test(minmax_and_none),
      cmocka_unit_test(large_values_near_each_other_keep_their_digits),
      cmocka_unit_test(constant_columns_are_left_out),
      cmocka_unit_test(a_target_constant_in_training_is_refused),
      cmocka_unit_test(what_cannot_be_scaled_is_told),
      cmocka_unit_test(images_have_one_scale),
      cmocka_unit_test(images_are_counted_either_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
