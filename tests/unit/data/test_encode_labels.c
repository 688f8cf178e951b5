#include "counting_allocator.h"
#include "data/encode_parts.h"
#include "support.h"
#include "tables.h"

static const char TREES[] = "h,tall,w,old\n9,1,2,0\n8,1,3,1\n3,0,4,1\n2,0,1,0\n";
static const char *const tall_old[] = {"old", "tall"};

static cr_prepare_options options_of(const char *const *targets, size_t count) {
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.targets = targets;
  options.target_count = count;
  return options;
}

static cr_encoder *encoder_of(const char *csv, const cr_prepare_options *options) {
  cr_table *table = csv_table(csv);
  cr_encoder *encoder = NULL;
  assert_int_equal(cr_encoder_create(table, options, NULL, &encoder), CR_OK);
  cr_table_destroy(table);
  return encoder;
}

/* Labels in the order they are named; what is left are the inputs. */
static void columns_become_labels(void **state) {
  (void)state;
  const cr_prepare_options options = options_of(tall_old, 2);
  cr_encoder *encoder = encoder_of(TREES, &options);
  assert_true(encoder->multilabel && !encoder->classes);
  assert_string_equal(cr_encoder_task(encoder), "multilabel");
  assert_int_equal(cr_encoder_target_count(encoder), 2);
  assert_string_equal(encoder->target, "old,tall");
  assert_string_equal(encoder->labels.items[0], "old");
  assert_int_equal(encoder->label_columns[0], 3);
  assert_int_equal(encoder->label_columns[1], 1);
  assert_int_equal(encoder->input_count, 2);
  assert_string_equal(encoder->inputs[1].name, "w");
  cr_encoder_destroy(encoder);
}

/* In another order, and between other columns. */
static void samples_hold_0_and_1(void **state) {
  (void)state;
  const cr_prepare_options options = options_of(tall_old, 2);
  cr_encoder *encoder = encoder_of(TREES, &options);
  cr_table *table = csv_table("tall,h,old,w\n1,0,0,0\n0,0,1,0\n1,1,1,1\n");
  const size_t rows[2] = {2, 1};
  cr_samples *samples = NULL;
  assert_int_equal(cr_encoder_samples(encoder, table, rows, 2, true, 2, &samples), CR_OK);
  const float y[4] = {1, 1, 1, 0};
  assert_int_equal(samples->y.cols, 2);
  assert_memory_equal(samples->y.data, y, sizeof y);
  cr_samples_destroy(samples);
  assert_int_equal(cr_encoder_samples(encoder, table, rows, 2, true, 1, &samples), CR_ERR_SHAPE);
  check_failure(CR_ERR_SHAPE, "1 output for 2 labels", 0, NULL);
  cr_table_destroy(table);

  table = csv_table("tall,h,old,w\n1,0,0,0\n0,0,2,0\n");
  assert_int_equal(cr_encoder_samples(encoder, table, (size_t[]){0, 1}, 2, true, 2, &samples),
                   CR_ERR_TARGET);
  check_failure(CR_ERR_TARGET, "2 in column 'old', row 2, expected 0 or 1", 0, NULL);
  cr_table_destroy(table);

  table = csv_table("tall,h,w\n1,0,0\n0,0,2\n");
  size_t usable[2], count = 0;
  assert_int_equal(cr_encoder_usable(encoder, table, true, false, usable, &count), CR_ERR_TARGET);
  check_failure(CR_ERR_TARGET, "has no column 'old', one of the targets", 0, NULL);
  assert_int_equal(cr_encoder_usable(encoder, table, false, false, usable, &count), CR_OK);
  cr_table_destroy(table);
  cr_encoder_destroy(encoder);
}

/* Without names: all columns, those but the targets at the end, or the inputs and then targets. */
static void columns_without_names(void **state) {
  (void)state;
  static const char *const last[] = {"x3", "x4"};
  const cr_prepare_options options = options_of(last, 2);
  cr_encoder *encoder = encoder_of("9,2,1,0\n8,3,1,1\n3,4,0,1\n2,1,0,0\n", &options);
  size_t inputs[2], targets[2];
  static const struct {
    const char *csv;
    size_t target;
    cr_status status;
  } cases[] = {
      {"1,2,0,1\n2,1,0,1\n", 2, CR_OK},
      {"1,2\n2,1\n", SIZE_MAX, CR_OK},
      {"1,2,0\n2,1,0\n", 0, CR_ERR_SHAPE},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cr_table *table = csv_table(cases[i].csv);
    const cr_status status = cr_encoder_match(encoder, table, inputs, targets, NULL);
    assert_int_equal(status, cases[i].status);
    if (status == CR_OK) assert_true(targets[0] == cases[i].target);
    cr_table_destroy(table);
  }
  cr_encoder_destroy(encoder);
}

static void refuses(const char *csv, const char *const *targets, size_t count, const char *drop,
                    const char *task, cr_status status, const char *message) {
  cr_prepare_options options = options_of(targets, count);
  cr_encoder *encoder = NULL;
  cr_table *table = csv_table(csv);
  if (drop != NULL) options.drop = &drop;
  options.drop_count = drop != NULL;
  if (task != NULL) options.task = task;
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), status);
  check_failure(status, message, 0, NULL);
  assert_null(encoder);
  cr_table_destroy(table);
}

static void what_cannot_be_labels(void **state) {
  (void)state;
  static const char *const missing[] = {"tall", "odl"}, *const twice[] = {"tall", "tall"};
  static const char *const number[] = {"tall", "w"};
  refuses(TREES, missing, 2, NULL, NULL, CR_ERR_COLUMN, "no column 'odl'");
  refuses(TREES, twice, 2, NULL, NULL, CR_ERR_ARGUMENT, "'tall' is a target twice");
  refuses(TREES, tall_old, 2, "old", NULL, CR_ERR_COLUMN, "'old' is one of the targets");
  refuses(TREES, number, 2, NULL, "multilabel", CR_ERR_TARGET,
          "2 in column 'w', row 1, expected 0 or 1");
  refuses(TREES, tall_old, 2, NULL, "classification", CR_ERR_COMBINATION, "2 targets with task");
  refuses("h,tall,old\n9,1,1\n8,0,1\n", tall_old, 2, NULL, NULL, CR_ERR_TARGET,
          "column 'old' is 1 in every row");
  refuses("h,tall,old\n9,1,yes\n8,0,no\n", tall_old, 2, NULL, NULL, CR_ERR_NUMBER,
          "'yes' in column 'old', row 1, is not a number");
  refuses("h,tall,old\n9,1,1\n8,0,\n7,0,0\n", tall_old, 2, NULL, NULL, CR_ERR_MISSING, NULL);
  refuses("tall,old\n1,1\n0,0\n", tall_old, 2, NULL, NULL, CR_ERR_SHAPE, "has no inputs");
}

static void a_list_of_one_is_a_target(void **state) {
  (void)state;
  cr_prepare_options options = options_of(tall_old, 1);
  cr_encoder *encoder = encoder_of(TREES, &options);
  assert_true(encoder->classes && !encoder->multilabel);
  assert_string_equal(encoder->target, "old");
  cr_encoder_destroy(encoder);
  options.target = "tall";
  cr_table *table = csv_table(TREES);
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_ERR_ARGUMENT);
  cr_table_destroy(table);
}

static void out_of_memory(void **state) {
  (void)state;
  const cr_prepare_options options = options_of(tall_old, 2);
  cr_table *table = csv_table(TREES);
  for (size_t call = 1;; call++) {
    cr_encoder *encoder = NULL;
    counting_start();
    counting_fail_at(call, false);
    const cr_status status = cr_encoder_create(table, &options, NULL, &encoder);
    cr_encoder_destroy(encoder);
    const bool refused = counting.refused > 0;
    assert_int_equal(counting.live, 0);
    counting_stop();
    assert_int_equal(status, refused ? CR_ERR_MEMORY : CR_OK);
    if (!refused) break;
  }
  cr_table_destroy(table);
}

/* Columns of other numbers, or those of which the task says so; each has a scale of its own. */
static void several_numbers(void **state) {
  (void)state;
  static const char *const names[] = {"b", "c"};
  static const char csv[] = "a,b,c\n1,2,100\n5,4,300\n2,6,800\n7,9,900\n";
  static const size_t rows[] = {0, 1, 2};
  cr_prepare_options options = options_of(names, 2);
  cr_encoder *encoder = encoder_of(csv, &options);
  assert_false(encoder->multilabel || encoder->classes);
  assert_string_equal(cr_encoder_task(encoder), "regression");
  assert_string_equal(encoder->target, "b,c");
  assert_int_equal(cr_encoder_target_count(encoder), 2);
  cr_table *table = csv_table(csv);
  cr_samples *samples = NULL;
  assert_int_equal(cr_encoder_fit(encoder, table, rows, 3, NULL, NULL), CR_OK);
  assert_true(cr_encoder_target_shift(encoder, 0) == 4 &&
              cr_encoder_target_shift(encoder, 1) == 400);
  /* numpy: the deviations of 2, 4, 6 and of 100, 300, 800 */
  assert_true(fabs(cr_encoder_target_scale(encoder, 0) - 1.632993161855452) < 1e-14);
  assert_true(fabs(cr_encoder_target_scale(encoder, 1) - 294.3920288775949) < 1e-11);
  assert_int_equal(cr_encoder_samples(encoder, table, rows, 3, true, 1, &samples), CR_ERR_SHAPE);
  assert_int_equal(cr_encoder_samples(encoder, table, rows, 3, true, 2, &samples), CR_OK);
  assert_true(fabsf(samples->y.data[0] + 1.2247449F) < 1e-6F); /* (2 - 4) / 1.63299 */
  assert_true(fabsf(samples->y.data[5] - 1.3587324F) < 1e-6F); /* (800 - 400) / 294.392 */
  cr_samples_destroy(samples);
  cr_table_destroy(table);
  cr_encoder_destroy(encoder);
  options.task = "regression";
  encoder = encoder_of("a,b,c\n1,0,1\n5,1,0\n2,0,0\n", &options);
  assert_false(encoder->multilabel);
  cr_encoder_destroy(encoder);
  refuses("a,b,c\n1,2,5\n2,3,5\n", names, 2, NULL, NULL, CR_ERR_TARGET,
          "column 'c' is 5 in every row");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_become_labels), cmocka_unit_test(samples_hold_0_and_1),
      cmocka_unit_test(columns_without_names), cmocka_unit_test(what_cannot_be_labels),
      cmocka_unit_test(several_numbers),       cmocka_unit_test(a_list_of_one_is_a_target),
      cmocka_unit_test(out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
