#include "data/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "counting_allocator.h"
#include "tables.h"

static cr_prepare_options defaults(void) {
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  return options;
}

/* An encoder of the whole table with these options. */
static cr_encoder *encoder_of(const cr_table *table, const cr_prepare_options *options) {
  cr_encoder *encoder = NULL;
  const cr_status status = cr_encoder_create(table, options, NULL, &encoder);
  if (status != CR_OK) print_error("%s\n", cr_last_error()->message);
  assert_int_equal(status, CR_OK);
  return encoder;
}

/* Creating an encoder must fail like this. */
static void fails(const char *csv, const cr_prepare_options *options, cr_status status,
                  const char *message, uint64_t line, const char *fix) {
  cr_table *table = csv_table(csv);
  cr_encoder *encoder = NULL;
  assert_int_equal(cr_encoder_create(table, options, NULL, &encoder), status);
  assert_null(encoder);
  check_failure(status, message, line, fix);
  cr_table_destroy(table);
}

static const char flowers[] =
    "sepal,petal,species\n"
    "5.1,1.5,setosa\n"
    "7.0,4.5,versicolor\n"
    "6.5,5.5,virginica\n"
    "4.9,1.4,setosa\n";

static void defaults_are_open(void **state) {
  (void)state;
  const cr_prepare_options options = defaults();
  assert_int_equal(options.struct_size, sizeof options);
  assert_null(options.target);
  assert_string_equal(options.task, "auto");
  assert_string_equal(options.scale, "auto");
  assert_true(options.split[0] == 0 && options.split[1] == 0 && options.split[2] == 0);
  assert_false(options.skip_bad_rows);
  assert_int_equal(options.seed, 1);
}

static void the_last_column_is_the_target(void **state) {
  (void)state;
  cr_table *table = csv_table(flowers);
  const cr_prepare_options options = defaults();
  cr_encoder *encoder = encoder_of(table, &options);
  assert_string_equal(encoder->target, "species");
  assert_true(encoder->named);
  assert_true(encoder->classes);
  assert_int_equal(encoder->input_count, 2);
  assert_int_equal(encoder->width, 2);
  assert_int_equal(encoder->columns, 3);
  assert_int_equal(encoder->target_column, 2);
  assert_string_equal(encoder->inputs[0].name, "sepal");
  assert_string_equal(encoder->inputs[1].name, "petal");
  assert_int_equal(encoder->inputs[1].column, 1);
  assert_true(encoder->inputs[1].shift == 0.0 && encoder->inputs[1].scale == 1.0);
  assert_int_equal(encoder->labels.count, 3);
  assert_string_equal(encoder->labels.items[0], "setosa");
  assert_string_equal(encoder->labels.items[2], "virginica");
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void target_and_drop_choose_columns(void **state) {
  (void)state;
  cr_table *table = csv_table(flowers);
  cr_prepare_options options = defaults();
  const char *const drop[] = {"species"};
  options.drop = drop;
  options.drop_count = 1;
  options.target = "sepal";
  cr_encoder *encoder = encoder_of(table, &options);
  assert_string_equal(encoder->target, "sepal");
  assert_false(encoder->classes);
  assert_int_equal(encoder->input_count, 1);
  assert_string_equal(encoder->inputs[0].name, "petal");
  cr_encoder_destroy(encoder);

  options.target = NULL; /* then it is the last one that is left */
  encoder = encoder_of(table, &options);
  assert_string_equal(encoder->target, "petal");
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void wrong_names_are_told(void **state) {
  (void)state;
  cr_prepare_options options = defaults();
  options.target = "Specis";
  fails(flowers, &options, CR_ERR_COLUMN, "no column 'Specis'", 0, "species");
  options.target = "species";
  const char *const unknown[] = {"petals"}, *const target[] = {"species"};
  options.drop = unknown;
  options.drop_count = 1;
  fails(flowers, &options, CR_ERR_COLUMN, "no column 'petals'", 0, "petal");
  options.drop = target;
  fails(flowers, &options, CR_ERR_COLUMN, "is the target and cannot be dropped", 0, "--target");
  const char *const all[] = {"species", "petal", "sepal"};
  options.target = NULL;
  options.drop = all;
  options.drop_count = 3;
  fails(flowers, &options, CR_ERR_COLUMN, "every column of test.csv is dropped", 0, NULL);
  options.drop_count = 2;
  fails(flowers, &options, CR_ERR_SHAPE, "no inputs", 0, NULL);
  options = defaults();
  options.task = "clustering";
  fails(flowers, &options, CR_ERR_ARGUMENT, "'clustering'", 0, NULL);
}

/* Is a target of offset, offset + 1, …, `values` of them again and again, taken for classes? */
static bool guessed_classes(size_t rows, size_t values, double offset) {
  char text[4096] = "x,y\n";
  size_t length = strlen(text);
  for (size_t i = 0; i < rows; i++) {
    length += (size_t)snprintf(text + length, sizeof text - length, "%zu.5,%g\n", i * i,
                               (double)(i % values) + offset);
  }
  cr_table *table = csv_table(text);
  const cr_prepare_options options = defaults();
  cr_encoder *encoder = encoder_of(table, &options);
  const bool classes = encoder->classes;
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
  return classes;
}

static void few_whole_numbers_are_classes(void **state) {
  (void)state;
  assert_true(guessed_classes(4, 2, 0)); /* XOR: two values need no more rows */
  assert_true(guessed_classes(3, 2, 0));
  assert_true(guessed_classes(40, 20, 0));  /* two rows each */
  assert_false(guessed_classes(39, 20, 0)); /* not two rows each */
  assert_false(guessed_classes(60, 21, 0)); /* too many */
  assert_true(guessed_classes(6, 3, 0));
  assert_false(guessed_classes(5, 3, 0));
  assert_false(guessed_classes(40, 2, 0.25)); /* 0.25, 1.25 */
}

static void a_task_can_be_asked_for(void **state) {
  (void)state;
  const char text[] = "x,y\n1,0\n2,1\n3,0\n5,1\n";
  cr_table *table = csv_table(text);
  cr_prepare_options options = defaults();
  options.task = "regression";
  cr_encoder *encoder = encoder_of(table, &options);
  assert_false(encoder->classes);
  assert_int_equal(encoder->labels.count, 0);
  assert_true(encoder->target_shift == 0.0 && encoder->target_scale == 1.0);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);

  options.task = "classification";
  table = csv_table("x,y\n1,30\n2,31\n3,32\n5,33\n");
  encoder = encoder_of(table, &options);
  assert_true(encoder->classes);
  assert_int_equal(encoder->labels.count, 4);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);

  fails("x,y\n1,0.5\n2,1\n3,0.5\n5,1\n", &options, CR_ERR_TARGET, "not whole", 0, NULL);
  options.task = "regression";
  fails(flowers, &options, CR_ERR_TARGET, "texts such as 'setosa'", 0, "--target");
}

static void numbers_as_labels_are_in_numeric_order(void **state) {
  (void)state;
  cr_table *table =
      csv_table("x,y\n1,10\n2,9\n3,-1\n4,-0\n5,10\n6,9\n7,-1\n8,0\n9,2\n1,2\n1,1e3\n2,1000\n");
  const cr_prepare_options options = defaults();
  cr_encoder *encoder = encoder_of(table, &options);
  const char *const want[] = {"-1", "0", "2", "9", "10", "1000"};
  assert_int_equal(encoder->labels.count, 6);
  for (size_t k = 0; k < 6; k++) assert_string_equal(encoder->labels.items[k], want[k]);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void texts_as_labels_are_in_the_order_of_their_bytes(void **state) {
  (void)state;
  cr_table *table = csv_table("x,y\n1,b\n2,a10\n3,Z\n4,a9\n5,\xc3\xa9\n");
  const cr_prepare_options options = defaults();
  cr_encoder *encoder = encoder_of(table, &options);
  const char *const want[] = {"Z", "a10", "a9", "b", "\xc3\xa9"};
  assert_int_equal(encoder->labels.count, 5);
  for (size_t k = 0; k < 5; k++) assert_string_equal(encoder->labels.items[k], want[k]);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void labels_by_the_format_are_classes(void **state) {
  (void)state;
  const uint8_t pixels[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const double labels[3] = {7, 3, 5}; /* each once: only the format says that they are classes */
  cr_table *table = image_table(3, 2, 2, pixels, NULL, labels);
  const cr_prepare_options options = defaults();
  cr_encoder *encoder = encoder_of(table, &options);
  assert_true(encoder->classes);
  assert_true(encoder->named);
  assert_int_equal(encoder->labels.count, 3);
  assert_string_equal(encoder->labels.items[0], "3");
  assert_int_equal(encoder->width, 4);
  assert_int_equal(encoder->inputs[0].type, CR_COLUMN_IMAGE);
  assert_int_equal(encoder->inputs[0].height, 2);
  cr_encoder_destroy(encoder);

  cr_prepare_options wrong = defaults();
  wrong.target = "pixels";
  assert_int_equal(cr_encoder_create(table, &wrong, NULL, &encoder), CR_ERR_TARGET);
  cr_table_destroy(table);
}

static void targets_that_teach_nothing_are_refused(void **state) {
  (void)state;
  const cr_prepare_options options = defaults();
  fails("x,y\n1,cat\n2,cat\n", &options, CR_ERR_TARGET, "every row has the label 'cat'", 0,
        "--target");
  fails("x,y\n1,3\n2,3\n", &options, CR_ERR_TARGET, "every row has the label '3'", 0, "--target");
  fails("x,y\n1,0.5\n2,0.5\n", &options, CR_ERR_TARGET, "column 'y' is 0.5 in every row", 0,
        "--target");
  /* Only among the rows that can be used there is one label. */
  cr_prepare_options skip = defaults();
  skip.skip_bad_rows = true;
  fails("x,y\n1,cat\n,dog\n3,cat\n", &skip, CR_ERR_TARGET, "the label 'cat'", 0, NULL);
  fails("x,y\n1,1\n2,1.0\n,cat\n3,2\n", &skip, CR_ERR_TARGET,
        "the labels '1' and '1.0', which are the same number", 0, "write them alike");
}

static void too_many_labels_are_refused(void **state) {
  (void)state;
  enum { ROWS = 1001 };
  char *text = malloc(ROWS * 16 + 8);
  size_t length = (size_t)snprintf(text, 8, "x,y\n");
  for (size_t i = 0; i < ROWS; i++)
    length += (size_t)snprintf(text + length, 16, "%zu,w%zu\n", i % 7, i);
  const cr_prepare_options options = defaults();
  fails(text, &options, CR_ERR_TARGET, "more than 1000 different labels", 0, "--target");
  assert_string_equal(cr_last_error()->file, "test.csv");
  assert_int_equal(cr_last_error()->column, 2);
  free(text);
}

static void gaps_in_the_target_are_told(void **state) {
  (void)state;
  const cr_prepare_options options = defaults();
  fails("x,y\n1,cat\n2,\n3,dog\n", &options, CR_ERR_MISSING, "'y'", 3, "--skip-bad-rows");
  assert_null(strstr(cr_last_error()->fix, "--drop")); /* the target cannot be left out */
  cr_prepare_options skip = defaults();
  skip.skip_bad_rows = true;
  cr_table *table = csv_table("x,y\n1,cat\n2,\n3,dog\n");
  cr_encoder *encoder = encoder_of(table, &skip);
  assert_int_equal(encoder->labels.count, 2);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

/* What they are learnt as shows in the training rows: test_encode_category.c. */
static void texts_are_inputs(void **state) {
  (void)state;
  const cr_prepare_options options = defaults();
  cr_table *table = csv_table("size,color,shape of it,y\n1,red,round,0\n2,blue,square,1\n");
  cr_encoder *encoder = encoder_of(table, &options);
  assert_int_equal(encoder->input_count, 3);
  assert_int_equal(encoder->inputs[1].type, CR_COLUMN_TEXT);
  assert_int_equal(encoder->inputs[1].labels.count, 0);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void a_name_in_a_command_is_quoted(void **state) {
  (void)state;
  cr_prepare_options target = defaults();
  const char *const dropped[] = {"it's"};
  target.target = "it's";
  target.drop = dropped;
  target.drop_count = 1;
  fails("x,it's\n1,0\n2,1\n", &target, CR_ERR_COLUMN, "cannot be dropped", 0,
        "leave out --drop 'it'\\''s', or choose another --target");
}

static void a_column_that_numbers_the_rows_is_told(void **state) {
  (void)state;
  char text[1024] = "id,x,y\n";
  size_t length = strlen(text);
  for (size_t i = 0; i < 30; i++)
    length += (size_t)snprintf(text + length, sizeof text - length, "%zu,%zu,%zu\n", 100 + i, i * i,
                               i % 2);
  cr_table *table = csv_table(text);
  const cr_prepare_options options = defaults();
  cr_strlist warnings = {0};
  cr_encoder *encoder = NULL;
  assert_int_equal(cr_encoder_create(table, &options, &warnings, &encoder), CR_OK);
  assert_int_equal(warnings.count, 1);
  assert_non_null(strstr(warnings.items[0], "'id'"));
  cr_strlist_free(&warnings);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void memory_running_out_leaves_nothing(void **state) {
  (void)state;
  counting_start();
  cr_table *table = csv_table(flowers);
  const cr_prepare_options options = defaults();
  const size_t before = counting.live;
  size_t refused = 0;
  for (cr_status status = CR_ERR_MEMORY; status != CR_OK; refused++) {
    cr_encoder *encoder = NULL;
    counting_fail_at(refused + 1, false);
    status = cr_encoder_create(table, &options, NULL, &encoder);
    assert_true(status == CR_OK || (status == CR_ERR_MEMORY && encoder == NULL));
    cr_encoder_destroy(encoder);
    assert_int_equal(counting.live, before);
  }
  counting_reset();
  cr_table_destroy(table);
  assert_int_equal(counting.live, 0);
  counting_stop();
  assert_true(refused > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(defaults_are_open),
      cmocka_unit_test(the_last_column_is_the_target),
      cmocka_unit_test(target_and_drop_choose_columns),
      cmocka_unit_test(wrong_names_are_told),
      cmocka_unit_test(few_whole_numbers_are_classes),
      cmocka_unit_test(a_task_can_be_asked_for),
      cmocka_unit_test(numbers_as_labels_are_in_numeric_order),
      cmocka_unit_test(texts_as_labels_are_in_the_order_of_their_bytes),
      cmocka_unit_test(labels_by_the_format_are_classes),
      cmocka_unit_test(targets_that_teach_nothing_are_refused),
      cmocka_unit_test(too_many_labels_are_refused),
      cmocka_unit_test(gaps_in_the_target_are_told),
      cmocka_unit_test(texts_are_inputs),
      cmocka_unit_test(a_name_in_a_command_is_quoted),
      cmocka_unit_test(a_column_that_numbers_the_rows_is_told),
      cmocka_unit_test(memory_running_out_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
