#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "data/encode.h"
#include "tables.h"

/* Over more than a year, with times; the last two rows are not of the training. */
static const char visits[] =
    "when,x,y\n"
    "2023-07-01 06:00,1,0.5\n2024-07-01 06:00,2,1.5\n,3,2.5\n2024-01-01,4,3.5\n"
    "soon,5,4.5\n,6,5.5\n";

static cr_encoder *fitted(const cr_table *table, const char *missing) {
  static const size_t rows[] = {0, 1, 2, 3};
  static const char *const type = "when=date";
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.types = &type;
  options.type_count = 1;
  options.missing = missing;
  options.skip_bad_rows = true;
  cr_encoder *encoder = NULL;
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
  assert_int_equal(cr_encoder_fit(encoder, table, rows, 4, NULL, NULL), CR_OK);
  return encoder;
}

/* Days by Python's datetime: 19539.25, 19905.25 and 19723; numbers by numpy. */
static void days_and_cycles_are_inputs(void **state) {
  (void)state;
  static const size_t rows[] = {0, 2};
  cr_table *table = csv_table(visits);
  cr_encoder *encoder = fitted(table, "median");
  const cr_input *when = &encoder->inputs[0];
  assert_int_equal(when->type, CR_COLUMN_DATE);
  assert_int_equal(when->cycles, CR_CYCLE_YEAR | CR_CYCLE_WEEK | CR_CYCLE_DAY);
  assert_int_equal(when->width, 8);
  assert_int_equal(when->gaps, CR_GAPS_MARKED);
  assert_true(when->fill == 19723);
  assert_true(fabs(when->shift - 19722.5) < 1e-9);
  assert_true(fabs(when->scale - 149.41929259637) < 1e-9);
  cr_samples *samples = NULL;
  assert_int_equal(cr_encoder_samples(encoder, table, rows, 2, false, 1, &samples), CR_OK);
  static const double expected[2][8] = {
      {-1.2264145869, 0.02151609743622254, -0.9997685019798909, 0.9009688679027733,
       -0.43388373911682265, 1, 0, 0},
      /* the gap is the first of January 2024, a Monday: 4/7 of a week after a Thursday */
      {0.0033462881, 0, 1, -0.43388373911755823, -0.9009688679024191, 0, 1, 1},
  };
  for (size_t i = 0; i < 2; i++)
    for (size_t k = 0; k < 8; k++) {
      const double found = (double)samples->x.data[i * encoder->width + k];
      if (!(fabs(found - expected[i][k]) < 1e-6)) /* of a float */
        fail_msg("row %zu, input %zu is %.9g, not %.9g", i, k, found, expected[i][k]);
    }
  cr_samples_destroy(samples);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void rows_from_memory_are_the_same_bits(void **state) {
  (void)state;
  static const size_t rows[] = {0, 1, 2, 3};
  static const double days[] = {19539.25, 19905.25, 0, 19723};
  cr_table *table = csv_table(visits);
  cr_encoder *encoder = fitted(table, "mean");
  cr_samples *samples = NULL;
  cr_row_scaling scaling;
  assert_int_equal(cr_encoder_samples(encoder, table, rows, 4, false, 1, &samples), CR_OK);
  assert_int_equal(cr_row_scaling_create(encoder, &scaling), CR_OK);
  assert_int_equal(cr_encoder_values(encoder), 2);
  for (size_t i = 0; i < 4; i++) {
    const double values[] = {i == 2 ? (double)NAN : days[i], (double)i + 1};
    float x[9];
    assert_int_equal(cr_encoder_row(encoder, &scaling, values, x), CR_OK);
    assert_memory_equal(x, samples->x.data + i * encoder->width, sizeof x);
  }
  cr_row_scaling_free(&scaling);
  cr_samples_destroy(samples);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void a_text_that_is_no_date_is_a_bad_value(void **state) {
  (void)state;
  size_t rows[6], count = 0;
  cr_table *table = csv_table(visits);
  cr_encoder *encoder = fitted(table, "median");
  assert_int_equal(cr_encoder_usable(encoder, table, false, false, rows, &count), CR_ERR_NUMBER);
  check_failure(CR_ERR_NUMBER, "'soon' in column 'when', row 5, is not a date", 0, NULL);
  assert_int_equal(cr_encoder_usable(encoder, table, false, true, rows, &count), CR_OK);
  assert_int_equal(count, 5);
  assert_int_equal(rows[4], 5);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void cycles_need_to_be_gone_through(void **state) {
  (void)state;
  static const struct {
    const char *from, *to;
    unsigned cycles;
  } cases[] = {
      {"2024-01-01", "2024-01-07", 0},
      {"2024-01-01", "2024-01-08", CR_CYCLE_WEEK},
      {"2024-01-01 00:30", "2024-01-01 23:30", 0},
      {"2024-01-01 00:30", "2024-01-03 23:30", CR_CYCLE_DAY},
      {"2024-01-01", "2025-01-01", CR_CYCLE_WEEK | CR_CYCLE_YEAR},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char csv[200];
    static const size_t rows[] = {0, 1, 2};
    snprintf(csv, sizeof csv, "d,x,y\n%s,1,0.5\n%s,2,1.5\n%s,4,2.5\n", cases[i].from, cases[i].to,
             cases[i].from);
    cr_table *table = csv_table(csv);
    cr_prepare_options options;
    cr_prepare_options_init(&options);
    cr_encoder *encoder = NULL;
    assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
    assert_int_equal(cr_encoder_fit(encoder, table, rows, 3, NULL, NULL), CR_OK);
    if (encoder->inputs[0].cycles != cases[i].cycles)
      fail_msg("case %zu has cycles %u", i, encoder->inputs[0].cycles);
    cr_encoder_destroy(encoder);
    cr_table_destroy(table);
  }
}

/* Days without an order, in a table where the model has none either. */
static void dates_match_texts_or_nothing(void **state) {
  (void)state;
  size_t inputs[2], targets[1];
  cr_table *table = csv_table(visits);
  cr_encoder *encoder = fitted(table, "median");
  cr_table *empty = csv_table("when,x\n,1\n,2\n"), *numbers = csv_table("when,x\n5,1\n6,2\n");
  assert_int_equal(cr_encoder_match(encoder, empty, inputs, targets, NULL), CR_OK);
  assert_int_equal(cr_encoder_match(encoder, numbers, inputs, targets, NULL), CR_ERR_SHAPE);
  check_failure(CR_ERR_SHAPE, "column 'when' holds numbers, this model takes dates there", 0, NULL);
  cr_table_destroy(numbers);
  cr_table_destroy(empty);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void parts_have_names(void **state) {
  (void)state;
  static const char *const names[] = {"when",
                                      "when, sine of the year",
                                      "when, cosine of the year",
                                      "when, sine of the week",
                                      "when, cosine of the week",
                                      "when, sine of the day",
                                      "when, cosine of the day",
                                      "when = no value"};
  cr_table *table = csv_table(visits);
  cr_encoder *encoder = fitted(table, "median");
  for (size_t part = 0; part < 8; part++) {
    cr_strbuf name = {0};
    cr_input_name_part(&encoder->inputs[0], part, &name);
    assert_string_equal(name.text, names[part]);
    cr_strbuf_free(&name);
  }
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(days_and_cycles_are_inputs),
      cmocka_unit_test(rows_from_memory_are_the_same_bits),
      cmocka_unit_test(a_text_that_is_no_date_is_a_bad_value),
      cmocka_unit_test(cycles_need_to_be_gone_through),
      cmocka_unit_test(dates_match_texts_or_nothing),
      cmocka_unit_test(parts_have_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
