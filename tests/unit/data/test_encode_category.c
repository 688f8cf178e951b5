#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "data/encode.h"
#include "tables.h"

/* An encoder of the table, fitted on its first `count` rows. */
static cr_encoder *fitted(const cr_table *table, const cr_prepare_options *options, size_t count,
                          cr_strlist *warnings) {
  static const size_t rows[] = {0, 1, 2, 3, 4, 5, 6, 7};
  cr_encoder *encoder = NULL;
  const cr_status created = cr_encoder_create(table, options, NULL, &encoder);
  if (created != CR_OK) print_error("%s\n", cr_last_error()->message);
  assert_int_equal(created, CR_OK);
  const cr_status status = cr_encoder_fit(encoder, table, rows, count, NULL, warnings);
  if (status != CR_OK) print_error("%s\n", cr_last_error()->message);
  assert_int_equal(status, CR_OK);
  return encoder;
}

static cr_prepare_options options_of(const char *missing) {
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.missing = missing;
  return options;
}

/* The inputs of all rows of a table are those of `want` (rows, width). */
static void check_inputs(const cr_encoder *encoder, const char *csv, const float *want) {
  cr_table *table = csv_table(csv);
  const size_t all = cr_table_rows(table);
  size_t rows[16], count = 0;
  cr_samples *samples = NULL;
  assert_int_equal(cr_encoder_usable(encoder, table, false, false, rows, &count), CR_OK);
  assert_int_equal(count, all);
  assert_int_equal(cr_encoder_samples(encoder, table, rows, count, false, 1, &samples), CR_OK);
  for (size_t i = 0; i < count * encoder->width; i++)
    if (!(samples->x.data[i] == want[i]))
      fail_msg("input %zu is %g, not %g", i, (double)samples->x.data[i], (double)want[i]);
  cr_samples_destroy(samples);
  cr_table_destroy(table);
}

/* The rows after the sixth are not of the training: their fir and their gaps are nothing to it. */
static const char trees[] =
    "tree,size,y\n"
    "oak,1,0.5\nash,,1.5\noak,3,2.5\n,4,3.5\nash,10,4.5\nelm,,5.5\n"
    "fir,900,6.5\n,-7,7.5\n";

static void labels_and_fills_are_those_of_the_training_rows(void **state) {
  (void)state;
  static const struct {
    const char *missing;
    double fill;
  } policies[] = {{NULL, 3.5}, {"auto", 3.5}, {"median", 3.5}, {"mean", 4.5}, {"zero", 0}};
  cr_table *table = csv_table(trees);
  for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
    const cr_prepare_options options = options_of(policies[i].missing);
    cr_encoder *encoder = fitted(table, &options, 6, NULL);
    const cr_input *tree = &encoder->inputs[0], *size = &encoder->inputs[1];
    assert_int_equal(tree->labels.count, 3);
    assert_string_equal(tree->labels.items[0], "ash");
    assert_string_equal(tree->labels.items[1], "elm");
    assert_string_equal(tree->labels.items[2], "oak");
    assert_int_equal(tree->gaps, CR_GAPS_MARKED);
    assert_int_equal(tree->width, 4);
    assert_int_equal(size->gaps, CR_GAPS_MARKED);
    assert_true(size->fill == policies[i].fill);
    assert_true(size->shift == 4.5); /* the mean of 1, 3, 4 and 10: gaps do not count */
    assert_int_equal(encoder->width, 6);
    cr_encoder_destroy(encoder);
  }
  cr_table_destroy(table);
}

static void gaps_and_unseen_values_as_they_go_in(void **state) {
  (void)state;
  cr_table *table = csv_table(trees);
  const cr_prepare_options options = options_of("mean");
  cr_encoder *encoder = fitted(table, &options, 6, NULL);
  encoder->inputs[1].scale = 0.5;
  const float want[] = {
      0, 0, 1, 0, 1,  0, /* oak */
      0, 0, 0, 1, 0,  1, /* no value, the mean */
      0, 0, 0, 0, 3,  0, /* fir is none of them */
      1, 0, 0, 0, -1, 0,
  };
  check_inputs(encoder, "size,tree\n5,oak\n,\n6,fir\n4,ash\n", want);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

/* Texts that read as numbers are found where the whole column reads so. */
static void labels_are_found_among_numbers(void **state) {
  (void)state;
  const cr_prepare_options options = options_of(NULL);
  cr_table *table = csv_table("c,y\nx,0.5\n2,1.5\ny,2.5\nx,3.5\n2,4.5\ny,5.5\n");
  cr_encoder *encoder = fitted(table, &options, 6, NULL);
  const float want[] = {1, 0, 0, 0, 0, 0, 1, 0, 0};
  check_inputs(encoder, "c\n2.0\n3\n2\n", want);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void numbers_can_be_a_category(void **state) {
  (void)state;
  const char *const types[] = {"zip=category"};
  cr_prepare_options options = options_of(NULL);
  options.types = types;
  options.type_count = 1;
  cr_table *table = csv_table("zip,y\n700,0.5\n9,1.5\n-3.5,2.5\n9,3.5\n0,4.5\n-0,5.5\n");
  cr_encoder *encoder = fitted(table, &options, 6, NULL);
  const cr_input *zip = &encoder->inputs[0];
  assert_int_equal(zip->labels.count, 4);
  assert_string_equal(zip->labels.items[0], "-3.5");
  assert_string_equal(zip->labels.items[1], "0");
  assert_string_equal(zip->labels.items[3], "700");
  const float want[] = {0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0};
  check_inputs(encoder, "zip\n7e2\n0\n8\n", want);
  const float of_words[] = {0, 0, 1, 0, 0, 0, 0, 0};
  check_inputs(encoder, "zip\n9.0\nabc\n", of_words);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

/* `count` rows with the texts w0, w1, … of which there are `distinct`, then a number. */
static cr_table *table_of_words(size_t count, size_t distinct) {
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "w,a,y\n");
  for (size_t i = 0; i < count; i++)
    cr_strbuf_format(&text, "w%zu,%zu,%zu.5\n", i % distinct, i % 5, i);
  cr_table *table = csv_table(text.text);
  cr_strbuf_free(&text);
  return table;
}

static cr_status fit_words(size_t count, size_t distinct, bool declared, size_t *labels,
                           cr_strlist *warnings) {
  static const char *const types[] = {"w=category"};
  cr_prepare_options options = options_of(NULL);
  options.types = types;
  options.type_count = declared;
  cr_table *table = table_of_words(count, distinct);
  cr_encoder *encoder = NULL;
  size_t rows[260];
  for (size_t i = 0; i < count; i++) rows[i] = i;
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
  const cr_status status = cr_encoder_fit(encoder, table, rows, count, NULL, warnings);
  *labels = encoder->input_count == 2 ? encoder->inputs[0].labels.count : 0;
  if (encoder->input_count == 2 && encoder->inputs[0].hashed) *labels = SIZE_MAX;
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
  return status;
}

static void texts_of_many_values_are_left_out(void **state) {
  (void)state;
  cr_strlist warnings = {0};
  size_t labels = 0;
  assert_int_equal(fit_words(200, 64, false, &labels, &warnings), CR_OK);
  assert_int_equal(labels, 64);
  assert_int_equal(warnings.count, 0);
  assert_int_equal(fit_words(200, 65, false, &labels, &warnings), CR_OK);
  assert_int_equal(labels, 0);
  assert_string_equal(warnings.items[0],
                      "left out column of texts with too many different values for a category: w "
                      "(--type NAME=category takes it in)");
  assert_int_equal(fit_words(20, 11, false, &labels, NULL), CR_OK);
  assert_int_equal(labels, 0); /* nearly one a row */
  assert_int_equal(fit_words(20, 11, true, &labels, NULL), CR_OK);
  assert_int_equal(labels, 11);
  assert_int_equal(fit_words(200, 65, true, &labels, NULL), CR_OK);
  assert_true(labels == SIZE_MAX); /* hashed, as it was told */
  assert_int_equal(fit_words(256, 65, false, &labels, NULL), CR_OK);
  assert_int_equal(labels, 0);
  assert_int_equal(fit_words(260, 65, false, &labels, NULL), CR_OK);
  assert_true(labels == SIZE_MAX); /* each is there four times */
  cr_strlist_free(&warnings);
}

static void columns_without_a_choice_are_left_out(void **state) {
  (void)state;
  cr_strlist warnings = {0};
  const cr_prepare_options options = options_of(NULL);
  cr_table *table =
      csv_table("one,none,some,a,y\nx,,x,1,0.5\nx,,,2,1.5\nx,,x,3,2.5\nx,,x,4,3.5\ny,5,y,5,4.5\n");
  cr_encoder *encoder = fitted(table, &options, 4, &warnings);
  assert_int_equal(encoder->input_count, 2);
  assert_string_equal(encoder->inputs[0].name, "some"); /* there, or not */
  assert_int_equal(encoder->inputs[0].width, 2);
  assert_string_equal(warnings.items[0], "left out columns with one value only: one, none");
  cr_strlist_free(&warnings);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

/* What --skip-bad-rows leaves out is not marked, unless it is asked for by name. */
static void rows_with_gaps_are_left_out_on_demand(void **state) {
  (void)state;
  static const struct {
    const char *missing;
    size_t rows;
  } cases[] = {{NULL, 4}, {"error", 4}, {"median", 8}};
  cr_table *table = csv_table(trees);
  for (size_t i = 0; i < 3; i++) {
    cr_prepare_options options = options_of(cases[i].missing);
    cr_encoder *encoder = NULL;
    size_t rows[8], count = 0;
    options.skip_bad_rows = true;
    assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
    assert_int_equal(cr_encoder_usable(encoder, table, true, true, rows, &count), CR_OK);
    assert_int_equal(count, cases[i].rows);
    cr_encoder_destroy(encoder);
  }
  cr_table_destroy(table);
}

/* Row by row from memory, and from a table: the same bits. */
static void rows_from_memory_are_the_same(void **state) {
  (void)state;
  cr_table *table = csv_table(trees);
  const cr_prepare_options options = options_of(NULL);
  cr_encoder *encoder = fitted(table, &options, 6, NULL);
  cr_row_scaling scaling;
  const double values[4][2] = {
      {2, 0.1}, {(double)NAN, (double)NAN}, {-1, 1e7}, {0, -3.25}}; /* oak, nothing, fir, ash */
  float x[24];
  assert_int_equal(cr_encoder_values(encoder), 2);
  assert_false(cr_encoder_is_plain(encoder));
  assert_int_equal(cr_row_scaling_create(encoder, &scaling), CR_OK);
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(cr_encoder_row(encoder, &scaling, values[i], x + 6 * i), CR_OK);
  check_inputs(encoder, "tree,size\noak,0.1\n,\nfir,1e7\nash,-3.25\n", x);
  const double wrong[][2] = {
      {3, 1}, {-2, 1}, {0.5, 1}, {(double)INFINITY, 1}, {0, 1e40}, {0, (double)INFINITY}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_int_equal(cr_encoder_row(encoder, &scaling, wrong[i], x), CR_ERR_NUMBER);
  cr_row_scaling_free(&scaling);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void what_is_new_is_told(void **state) {
  (void)state;
  cr_strlist warnings = {0};
  const cr_prepare_options options = options_of(NULL);
  cr_table *table = csv_table("c,a,y\nx,1,0.5\ny,2,1.5\nx,3,2.5\ny,6,3.5\n");
  cr_table *fresh = csv_table("c,a\nz,\nz,2\n,3\nx,4\n");
  cr_encoder *encoder = fitted(table, &options, 4, NULL);
  const size_t rows[] = {0, 1, 2, 3};
  assert_int_equal(cr_encoder_warn_new(encoder, table, rows, 4, &warnings), CR_OK);
  assert_int_equal(warnings.count, 0);
  assert_int_equal(cr_encoder_warn_new(encoder, fresh, rows, 4, &warnings), CR_OK);
  assert_int_equal(warnings.count, 3);
  assert_non_null(strstr(warnings.items[0], "'c' has no value in 1 of 4 rows"));
  assert_non_null(strstr(warnings.items[1], "'c' has a value in 2 of 4 rows that no training"));
  assert_non_null(strstr(warnings.items[2], "taken as 3"));
  cr_strlist_free(&warnings);
  assert_int_equal(cr_encoder_warn_new(encoder, fresh, rows + 3, 1, &warnings), CR_OK);
  assert_int_equal(warnings.count, 0);
  cr_encoder_destroy(encoder);
  cr_table_destroy(fresh);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(labels_and_fills_are_those_of_the_training_rows),
      cmocka_unit_test(gaps_and_unseen_values_as_they_go_in),
      cmocka_unit_test(labels_are_found_among_numbers),
      cmocka_unit_test(numbers_can_be_a_category),
      cmocka_unit_test(texts_of_many_values_are_left_out),
      cmocka_unit_test(columns_without_a_choice_are_left_out),
      cmocka_unit_test(rows_with_gaps_are_left_out_on_demand),
      cmocka_unit_test(rows_from_memory_are_the_same),
      cmocka_unit_test(what_is_new_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
