#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include "data/encode.h"
#include "tables.h"

/* Only `a` and `word` have gaps in the first six rows, of which the last two are no training. */
static const char csv[] =
    "a,b,word,day,y\n"
    "1,1,x,2024-01-01,0\n,2,y,2024-01-02,1.5\n1,3,,2024-01-05,2\n7,4,y,2024-01-09,3\n"
    ",,x,,4\n4,1,z,2024-02-01,5\n";

typedef struct told {
  const char *missing, *unseen, *scale;
  const char *gaps[3];
  size_t gap_count;
} told;

static cr_status fit(const told *t, const cr_table *table, cr_encoder **out) {
  static const size_t rows[] = {0, 1, 2, 3};
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.missing = t->missing;
  options.unseen = t->unseen;
  options.gaps = t->gaps;
  options.gap_count = t->gap_count;
  options.scales = &t->scale;
  options.scale_count = t->scale != NULL;
  CR_TRY(cr_encoder_create(table, &options, NULL, out));
  return cr_encoder_fit(*out, table, rows, 4, NULL, NULL);
}

static cr_encoder *fitted(const told *t, const cr_table *table) {
  cr_encoder *encoder = NULL;
  const cr_status status = fit(t, table, &encoder);
  if (status != CR_OK) print_error("%s\n", cr_last_error()->message);
  assert_int_equal(status, CR_OK);
  return encoder;
}

static void each_column_has_its_policy(void **state) {
  (void)state;
  cr_table *table = csv_table(csv);
  const told t = {
      .missing = "mean", .gaps = {"a=mode", "word=mode", "day=2023-12-31"}, .gap_count = 3};
  cr_encoder *encoder = fitted(&t, table);
  const cr_input *a = &encoder->inputs[0], *b = &encoder->inputs[1], *word = &encoder->inputs[2],
                 *day = &encoder->inputs[3];
  assert_int_equal(a->gaps, CR_GAPS_MARKED);
  assert_true(a->fill == 1 && !a->keeps_fill);
  assert_int_equal(b->gaps, CR_GAPS_FILLED);
  assert_true(b->keeps_fill && b->fill == 2.5 && b->width == 1);
  assert_int_equal(word->gaps, CR_GAPS_FILLED);
  assert_string_equal(word->fill_text, "y");
  assert_int_equal(word->width, 2);
  assert_true(day->keeps_fill && day->fill == 19722);
  static const size_t row = 4;
  cr_samples *samples = NULL;
  assert_int_equal(cr_encoder_samples(encoder, table, &row, 1, false, 1, &samples), CR_OK);
  const float *x = samples->x.data;
  assert_true(x[1] == 1.0F);                 /* a is marked */
  assert_true(fabsf(x[2]) < 1e-6F);          /* b has its mean */
  assert_true(x[3] == 1.0F && x[4] == 0.0F); /* the word is there */
  assert_true(x[5] == (float)((19722 - day->shift) / day->scale));
  cr_samples_destroy(samples);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

/* A category has no median: the word has to be one of its values. */
static void a_word_is_a_value(void **state) {
  (void)state;
  cr_table *table = csv_table(csv);
  const told t = {.gaps = {"word=median"}, .gap_count = 1};
  cr_encoder *encoder = NULL;
  assert_int_equal(fit(&t, table, &encoder), CR_ERR_COLUMN);
  assert_non_null(strstr(cr_last_error()->message, "'median' for the gaps of column 'word'"));
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

/* Nothing told: nothing more is kept than models of older formats have. */
static void what_is_not_told_is_not_kept(void **state) {
  (void)state;
  static const told ways[] = {{.missing = NULL}, {.missing = "auto"}};
  cr_table *table = csv_table(csv);
  for (size_t w = 0; w < 2; w++) {
    cr_encoder *encoder = fitted(&ways[w], table);
    for (size_t i = 0; i < encoder->input_count; i++) {
      assert_false(encoder->inputs[i].keeps_fill || encoder->inputs[i].fill_text ||
                   encoder->inputs[i].unseen_refused || encoder->inputs[i].knots);
    }
    cr_encoder_destroy(encoder);
  }
  cr_table_destroy(table);
}

static void unseen_values_may_be_refused(void **state) {
  (void)state;
  size_t rows[6], count = 0;
  static const size_t sixth = 5;
  cr_table *table = csv_table(csv);
  const told t = {.unseen = "error"};
  cr_encoder *encoder = fitted(&t, table);
  cr_samples *samples = NULL;
  assert_true(encoder->inputs[2].unseen_refused);
  assert_int_equal(cr_encoder_usable(encoder, table, false, false, rows, &count), CR_ERR_NUMBER);
  check_failure(CR_ERR_NUMBER, "'z' in column 'word', row 6, is a value that no training row had",
                0, "--skip-bad-rows");
  assert_int_equal(cr_encoder_usable(encoder, table, false, true, rows, &count), CR_OK);
  assert_int_equal(count, 4); /* without gaps in columns that had none, and without the sixth */
  assert_int_equal(cr_encoder_samples(encoder, table, &sixth, 1, false, 1, &samples),
                   CR_ERR_NUMBER);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void scales_are_by_column(void **state) {
  (void)state;
  cr_table *table = csv_table(csv);
  const told t = {.scale = "b=minmax"};
  cr_encoder *encoder = fitted(&t, table);
  assert_true(encoder->inputs[1].shift == 1 && encoder->inputs[1].scale == 3);
  assert_true(encoder->inputs[0].shift == 3);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void what_cannot_be_is_refused(void **state) {
  (void)state;
  static const struct {
    told t;
    cr_status status;
    const char *message;
  } cases[] = {
      {{.missing = "often"}, CR_ERR_ARGUMENT, "missing is 'often'"},
      {{.unseen = "maybe"}, CR_ERR_ARGUMENT, "unseen is 'maybe'"},
      {{.gaps = {"a=often"}, .gap_count = 1},
       CR_ERR_ARGUMENT,
       "'often' for the gaps of column 'a'"},
      {{.gaps = {"day=7"}, .gap_count = 1}, CR_ERR_ARGUMENT, "error or a date"},
      {{.gaps = {"word=z"}, .gap_count = 1}, CR_ERR_COLUMN, "'z' for the gaps of column 'word'"},
      {{.gaps = {"q=mean"}, .gap_count = 1}, CR_ERR_COLUMN, "no column 'q'"},
      {{.gaps = {"y=mean"}, .gap_count = 1}, CR_ERR_COLUMN, "column 'y' is no input"},
      {{.scale = "word=robust"}, CR_ERR_COLUMN, "column 'word' is a category, which has no scale"},
      {{.scale = "a=log"}, CR_ERR_ARGUMENT, "the scale is 'log'"},
      {{.gaps = {"a=error"}, .gap_count = 1}, CR_ERR_MISSING, ""},
  };
  cr_table *table = csv_table(csv);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cr_encoder *encoder = NULL;
    const cr_status status = fit(&cases[i].t, table, &encoder);
    if (status != cases[i].status || !strstr(cr_last_error()->message, cases[i].message))
      fail_msg("case %zu: %d, %s", i, (int)status, cr_last_error()->message);
    cr_encoder_destroy(encoder);
  }
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_column_has_its_policy),
      cmocka_unit_test(a_word_is_a_value),
      cmocka_unit_test(what_is_not_told_is_not_kept),
      cmocka_unit_test(unseen_values_may_be_refused),
      cmocka_unit_test(scales_are_by_column),
      cmocka_unit_test(what_cannot_be_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
