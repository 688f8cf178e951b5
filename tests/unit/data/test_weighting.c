#include "data/weighting.h"

#include "counting_allocator.h"
#include "support.h"
#include "tables.h"

/* Weights are products and quotients in double, kept as floats: half a unit in the last place. */
#define FLOAT_CLOSE 1e-6

static const size_t all7[7] = {0, 1, 2, 3, 4, 5, 6};
static const size_t train5[5] = {0, 1, 2, 3, 4}, rest2[2] = {5, 6};

/* Four rows of a, two of b, one of "c,d:e"; the weights add up to 14. */
static const char LETTERS[] = "x,w,y\n1,0,a\n2,1,a\n3,2,a\n4,3,b\n5,4,b\n6,2,\"c,d:e\"\n7,2,a\n";

static cr_prepare_options options_of(const char *weight, const char *classes) {
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.weight = weight;
  options.class_weights = classes;
  return options;
}

typedef struct prepared {
  cr_table *table;
  cr_encoder *encoder;
  cr_samples *samples;
} prepared;

static prepared prepare(const char *csv, const cr_prepare_options *options, const size_t *rows,
                        size_t count) {
  prepared p = {.table = csv_table(csv)};
  assert_int_equal(cr_encoder_create(p.table, options, NULL, &p.encoder), CR_OK);
  const size_t outputs = p.encoder->classes ? p.encoder->labels.count : 1;
  assert_int_equal(cr_encoder_samples(p.encoder, p.table, rows, count, true, outputs, &p.samples),
                   CR_OK);
  return p;
}

static void discard(prepared *p) {
  cr_samples_destroy(p->samples);
  cr_encoder_destroy(p->encoder);
  cr_table_destroy(p->table);
}

static void check_weights(const char *csv, const char *weight, const char *classes,
                          const double expected[7]) {
  const cr_prepare_options options = options_of(weight, classes);
  prepared p = prepare(csv, &options, all7, 7);
  cr_weighting w;
  assert_int_equal(cr_weighting_fit(&options, p.encoder, p.table, all7, p.samples, &w), CR_OK);
  assert_int_equal(cr_weighting_apply(&w, p.table, all7, p.samples), CR_OK);
  double mean = 0;
  for (size_t i = 0; i < 7; i++) {
    assert_close(p.samples->weights[i], expected[i], FLOAT_CLOSE);
    mean += (double)p.samples->weights[i] / 7;
  }
  assert_close(mean, 1, FLOAT_CLOSE);
  cr_weighting_free(&w);
  discard(&p);
}

static void rows_weigh_as_their_column_says(void **state) {
  (void)state;
  check_weights(LETTERS, "w", NULL, (const double[7]){0, 0.5, 1, 1.5, 2, 1, 1});
}

/* (eq N4) As compute_class_weight("balanced") of scikit-learn gives for 4, 2 and 1 rows. */
static void balanced_classes_count_alike(void **state) {
  (void)state;
  const double a = 0.58333333333333337, b = 1.1666666666666667, c = 2.3333333333333335;
  check_weights(LETTERS, NULL, "balanced", (const double[7]){a, a, a, b, b, c, a});
}

/* A list: a counts 2, b 1, the third, with comma and colon in it, 4: 14 together, 2 on average. */
static void a_list_names_classes(void **state) {
  (void)state;
  const double weights[7] = {1, 1, 1, 0.5, 0.5, 2, 1};
  check_weights(LETTERS, NULL, "a:2,c,d:e:4", weights);
  check_weights(LETTERS, NULL, "c,d:e:4,b:1,a:2", weights);
}

/* Labels that are numbers are found however they are written. */
static void a_list_names_numbers(void **state) {
  (void)state;
  check_weights("x,y\n1,0\n2,0\n3,0\n4,1\n5,1\n6,1\n7,0\n", NULL, "1.0:1,0:3e0",
                (const double[7]){1.4, 1.4, 1.4, 7.0 / 15, 7.0 / 15, 7.0 / 15, 1.4});
}

/* Rows times classes: 0 .5 1 1.5 2 1 1 times 2 2 2 1 1 4 2 is 12.5 together. */
static void both_multiply(void **state) {
  (void)state;
  const double s = 7 / 12.5;
  check_weights(LETTERS, "w", "a:2,c,d:e:4",
                (const double[7]){0, s, 2 * s, 1.5 * s, 2 * s, 4 * s, 2 * s});
}

/* The scale is that of the training part: 10 over five rows; the others' weights are halved too. */
static void other_parts_have_the_same_scale(void **state) {
  (void)state;
  const cr_prepare_options options = options_of("w", NULL);
  prepared p = prepare(LETTERS, &options, train5, 5);
  cr_weighting w;
  assert_int_equal(cr_weighting_fit(&options, p.encoder, p.table, train5, p.samples, &w), CR_OK);
  cr_samples *rest = NULL;
  assert_int_equal(cr_encoder_samples(p.encoder, p.table, rest2, 2, true, 3, &rest), CR_OK);
  assert_int_equal(cr_weighting_apply(&w, p.table, rest2, rest), CR_OK);
  assert_close(rest->weights[0], 1, FLOAT_CLOSE);
  cr_samples_destroy(rest);

  cr_table *without = csv_table("x,y\n1,a\n2,b\n");
  assert_int_equal(cr_encoder_samples(p.encoder, without, train5, 2, true, 3, &rest), CR_OK);
  assert_int_equal(cr_weighting_apply(&w, without, train5, rest), CR_OK);
  assert_null(rest->weights); /* its rows count once */
  cr_samples_destroy(rest);
  cr_table_destroy(without);
  cr_weighting_free(&w);
  discard(&p);
}

static void refuses(const char *csv, const char *weight, const char *classes, cr_status status,
                    const char *message) {
  const cr_prepare_options options = options_of(weight, classes);
  prepared p = prepare(csv, &options, all7, 7);
  cr_weighting w;
  assert_int_equal(cr_weighting_fit(&options, p.encoder, p.table, all7, p.samples, &w), status);
  check_failure(status, message, 0, NULL);
  discard(&p);
}

static void wrong_lists_are_refused(void **state) {
  (void)state;
  const cr_status argument = CR_ERR_ARGUMENT;
  refuses(LETTERS, NULL, "z:1", argument, "the label 'z'; there are a, b, c,d:e");
  refuses(LETTERS, NULL, "a:1,z:1", argument, "the label 'z'");
  refuses(LETTERS, NULL, "a:1,a:2", argument, "the label 'a' twice");
  refuses(LETTERS, NULL, "equal", argument, "is not balanced or a list");
  refuses(LETTERS, NULL, "", argument, "is not balanced or a list");
  refuses(LETTERS, NULL, "a", argument, "is not balanced or a list");
  refuses(LETTERS, NULL, "a:", argument, "is not balanced or a list");
  refuses(LETTERS, NULL, ":1", argument, "is not balanced or a list");
  refuses(LETTERS, NULL, "a:1,", argument, "is not balanced or a list");
  refuses(LETTERS, NULL, "a:-1", argument, "is not balanced or a list");
  refuses(LETTERS, NULL, "a:nan", argument, "is not balanced or a list");
  refuses(LETTERS, NULL, "a:0,b:0,c,d:e:0", CR_ERR_NUMBER, "is 0 for every training row");
  refuses("x,y\n1,.5\n2,1\n3,2\n4,3\n5,4\n6,5\n7,6\n", NULL, "balanced", CR_ERR_COMBINATION,
          "weights of classes with numbers in column 'y'");
}

static void wrong_columns_are_refused(void **state) {
  (void)state;
  refuses("x,w,y\n1,0,a\n2,0,b\n3,0,a\n4,0,b\n5,0,a\n6,0,b\n7,0,a\n", "w", NULL, CR_ERR_NUMBER,
          "the weight is 0 for every training row");
  refuses("x,w,y\n1,1,a\n2,1,b\n3,1,a\n4,1,b\n5,1,a\n6,-2,b\n7,1,a\n", "w", NULL, CR_ERR_NUMBER,
          "the weight -2 in column 'w', row 6, is below 0");
  refuses("x,w,y\n1,1e-320,a\n2,0,b\n3,0,a\n4,0,b\n5,0,a\n6,0,b\n7,0,a\n", "w", NULL, CR_ERR_NUMBER,
          "cannot be scaled");
}

static void usable_rows_have_a_weight(void **state) {
  (void)state;
  cr_table *table = csv_table("x,w,y\n1,1,a\n2,,b\n3,-1,a\n4,zz,b\n5,0,b\n");
  size_t rows[5] = {0, 1, 2, 3, 4}, count = 5;
  assert_int_equal(cr_weighting_usable("w", table, true, rows, &count), CR_OK);
  assert_int_equal(count, 2);
  assert_int_equal(rows[1], 4);

  size_t missing = 1, negative = 2, bad = 3, one = 1;
  assert_int_equal(cr_weighting_usable("w", table, false, &missing, &one), CR_ERR_MISSING);
  assert_int_equal(cr_weighting_usable("w", table, false, &negative, &one), CR_ERR_NUMBER);
  check_failure(CR_ERR_NUMBER, "row 3, is below 0", 0, "--skip-bad-rows");
  assert_int_equal(cr_weighting_usable("w", table, false, &bad, &one), CR_ERR_NUMBER);
  assert_int_equal(cr_weighting_usable("y", table, true, rows, &count), CR_ERR_NUMBER);
  check_failure(CR_ERR_NUMBER, "column 'y' holds texts, a weight is a number", 0, NULL);
  assert_int_equal(cr_weighting_usable("no such", table, false, rows, &count), CR_OK);
  assert_int_equal(count, 2);
  cr_table_destroy(table);
}

/* The column is no input, cannot be the target, and has to be there. */
static void the_weight_is_no_input(void **state) {
  (void)state;
  cr_prepare_options options = options_of("w", NULL);
  prepared p = prepare(LETTERS, &options, all7, 7);
  assert_int_equal(p.encoder->input_count, 1);
  assert_string_equal(p.encoder->inputs[0].name, "x");
  discard(&p);

  cr_table *table = csv_table(LETTERS);
  cr_encoder *encoder = NULL;
  options.target = "w";
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_ERR_COLUMN);
  check_failure(CR_ERR_COLUMN, "is the target and cannot be the weight", 0, NULL);
  options = options_of("times", NULL);
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_ERR_COLUMN);
  cr_table_destroy(table);
}

static void out_of_memory(void **state) {
  (void)state;
  const cr_prepare_options options = options_of("w", "a:2,b:3");
  prepared p = prepare(LETTERS, &options, all7, 7);
  for (size_t call = 1;; call++) {
    cr_weighting w;
    counting_start();
    counting_fail_at(call, false);
    const cr_status status = cr_weighting_fit(&options, p.encoder, p.table, all7, p.samples, &w);
    if (status == CR_OK) cr_weighting_free(&w);
    const bool refused = counting.refused > 0;
    assert_int_equal(counting.live, 0);
    counting_stop();
    if (!refused) {
      assert_int_equal(status, CR_OK);
      break;
    }
    assert_int_equal(status, CR_ERR_MEMORY);
  }
  discard(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_weigh_as_their_column_says),
      cmocka_unit_test(balanced_classes_count_alike),
      cmocka_unit_test(a_list_names_classes),
      cmocka_unit_test(a_list_names_numbers),
      cmocka_unit_test(both_multiply),
      cmocka_unit_test(other_parts_have_the_same_scale),
      cmocka_unit_test(wrong_lists_are_refused),
      cmocka_unit_test(wrong_columns_are_refused),
      cmocka_unit_test(usable_rows_have_a_weight),
      cmocka_unit_test(the_weight_is_no_input),
      cmocka_unit_test(out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
