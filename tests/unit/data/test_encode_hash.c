#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#include "data/encode_parts.h"
#include "tables.h"

/* Worked out in Python from docs/reference/model-format.md. */
static void codes_are_those_of_the_format(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint32_t code;
  } cases[] = {
      {"", 76070},
      {"a", 183899},
      {"Rome", 85246},
      {"M\xc3\xbcnchen", 76076},
      {"shop125", 241498},
      {"1234", 103082},
      {"01234.0", 103082},
      {"0.5", 34970},
      {"a text that is longer than thirty-two bytes", 259618},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(cr_hash_code(cases[i].text), cases[i].code);
  assert_int_equal(cr_hash_code_of_number(1234), 103082);
  assert_int_equal(cr_hash_code_of_number(-0.0), cr_hash_code("0"));
}

/* 100 values in 600 rows, each six times, and gaps; a column of numbers that is declared. */
static cr_table *many(void) {
  cr_strbuf text = {0};
  char *csv = NULL;
  cr_strbuf_format(&text, "w,n,y\n");
  for (size_t i = 0; i < 600; i++) {
    if (i % 50 == 7)
      cr_strbuf_format(&text, ",,%zu.5\n", i % 13);
    else
      cr_strbuf_format(&text, "w%zu,%zu.25,%zu.5\n", i % 100, i % 90, i % 13);
  }
  assert_int_equal(cr_strbuf_take(&text, &csv), CR_OK);
  cr_table *table = csv_table(csv);
  free(csv);
  return table;
}

static cr_encoder *fitted(const cr_table *table, const char *const *gaps, size_t gap_count,
                          size_t *rows) {
  static const char *const type = "n=category";
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.types = &type;
  options.type_count = 1;
  options.gaps = gaps;
  options.gap_count = gap_count;
  options.unseen = "error"; /* of hashed values none is unseen */
  cr_encoder *encoder = NULL;
  for (size_t i = 0; i < 600; i++) rows[i] = i;
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
  assert_int_equal(cr_encoder_fit(encoder, table, rows, 600, NULL, NULL), CR_OK);
  return encoder;
}

/* The inputs of a column that are 1, as bits. */
static uint64_t ones(const float *x, size_t count) {
  uint64_t bits = 0;
  for (size_t i = 0; i < count; i++) {
    assert_true(x[i] == 0.0F || x[i] == 1.0F);
    if (x[i] == 1.0F) bits |= UINT64_C(1) << i;
  }
  return bits;
}

static uint64_t bits_of(uint32_t code) {
  return UINT64_C(1) << (code & 63) | UINT64_C(1) << (code >> 6 & 63) |
         UINT64_C(1) << (code >> 12 & 63);
}

static void values_share_inputs(void **state) {
  (void)state;
  size_t rows[600];
  cr_table *table = many();
  cr_encoder *encoder = fitted(table, NULL, 0, rows);
  for (size_t i = 0; i < 2; i++) {
    assert_true(encoder->inputs[i].hashed && !encoder->inputs[i].unseen_refused);
    assert_int_equal(encoder->inputs[i].labels.count, 0);
    assert_int_equal(encoder->inputs[i].gaps, CR_GAPS_MARKED);
    assert_int_equal(encoder->inputs[i].width, 65);
  }
  cr_samples *samples = NULL;
  cr_row_scaling scaling;
  assert_int_equal(cr_encoder_samples(encoder, table, rows, 600, false, 1, &samples), CR_OK);
  assert_int_equal(cr_row_scaling_create(encoder, &scaling), CR_OK);
  for (size_t r = 0; r < 600; r++) {
    const bool gap = r % 50 == 7;
    char word[16], number[16];
    double values[2];
    float x[130];
    snprintf(word, sizeof word, "w%zu", r % 100);
    snprintf(number, sizeof number, "%zu.25", r % 90);
    const float *row = samples->x.data + r * encoder->width;
    assert_true(ones(row, 64) == (gap ? 0 : bits_of(cr_hash_code(word))));
    assert_true(ones(row + 65, 64) == (gap ? 0 : bits_of(cr_hash_code(number))));
    assert_true(row[64] == (gap ? 1.0F : 0.0F) && row[129] == row[64]);
    assert_int_equal(cr_input_value(&encoder->inputs[0], gap ? NULL : word, &values[0]), CR_OK);
    assert_int_equal(cr_input_value(&encoder->inputs[1], gap ? NULL : number, &values[1]), CR_OK);
    assert_int_equal(cr_encoder_row(encoder, &scaling, values, x), CR_OK);
    assert_memory_equal(x, row, sizeof x);
  }
  const double wrong[] = {262144, 0};
  float x[130];
  assert_int_equal(cr_encoder_row(encoder, &scaling, wrong, x), CR_ERR_NUMBER);
  check_failure(CR_ERR_NUMBER, "262144 for input 'w', expected the code of a value", 0, NULL);
  cr_row_scaling_free(&scaling);
  cr_samples_destroy(samples);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void gaps_may_be_a_value(void **state) {
  (void)state;
  static const char *const gaps[] = {"w=mode", "n=elsewhere"};
  size_t rows[600];
  cr_table *table = many();
  cr_encoder *encoder = fitted(table, gaps, 2, rows);
  cr_samples *samples = NULL;
  assert_int_equal(encoder->width, 128);
  assert_string_equal(encoder->inputs[0].fill_text, "w0"); /* the first of equals */
  assert_int_equal(cr_encoder_samples(encoder, table, rows, 600, false, 1, &samples), CR_OK);
  const float *row = samples->x.data + 7 * encoder->width;
  assert_true(ones(row, 64) == bits_of(cr_hash_code("w0")));
  assert_true(ones(row + 64, 64) == bits_of(cr_hash_code("elsewhere")));
  cr_samples_destroy(samples);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(codes_are_those_of_the_format),
      cmocka_unit_test(values_share_inputs),
      cmocka_unit_test(gaps_may_be_a_value),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
