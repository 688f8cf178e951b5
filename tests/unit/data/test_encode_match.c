#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/encode.h"
#include "tables.h"

static const char training[] = "a,b,c,y\n1,5,2,0\n2,4,1,1\n4,4,8,0\n3,9,7,1\n";

static cr_encoder *encoder_of(const cr_table *table, const char *target, const char *drop) {
  cr_prepare_options options;
  cr_encoder *encoder = NULL;
  const char *const dropped[] = {drop};
  cr_prepare_options_init(&options);
  options.target = target;
  options.drop = dropped;
  options.drop_count = drop != NULL ? 1 : 0;
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
  return encoder;
}

static cr_encoder *encoder_of_text(const char *csv, const char *target, const char *drop) {
  cr_table *table = csv_table(csv);
  cr_encoder *encoder = encoder_of(table, target, drop);
  cr_table_destroy(table);
  return encoder;
}

/* Matches, and checks which columns were found; target SIZE_MAX: none. warning NULL: none. */
static void matches(const cr_encoder *encoder, const char *csv, const size_t *want, size_t target,
                    const char *warning) {
  cr_table *table = csv_table(csv);
  size_t inputs[8], found = 77;
  cr_strlist warnings = {0};
  assert_int_equal(cr_encoder_match(encoder, table, inputs, &found, &warnings), CR_OK);
  assert_memory_equal(inputs, want, encoder->input_count * sizeof *want);
  assert_int_equal(found, target);
  assert_int_equal(warnings.count, warning != NULL ? 1 : 0);
  if (warning != NULL) assert_string_equal(warnings.items[0], warning);
  cr_strlist_free(&warnings);
  cr_table_destroy(table);
}

static void fails(const cr_encoder *encoder, const char *csv, cr_status status, const char *message,
                  uint64_t line, const char *fix) {
  cr_table *table = csv_table(csv);
  size_t inputs[8], target;
  assert_int_equal(cr_encoder_match(encoder, table, inputs, &target, NULL), status);
  check_failure(status, message, line, fix);
  cr_table_destroy(table);
}

static void names_decide_whatever_the_order(void **state) {
  (void)state;
  cr_encoder *encoder = encoder_of_text(training, NULL, NULL);
  const size_t same[] = {0, 1, 2}, turned[] = {3, 0, 1}, more[] = {1, 2, 4};
  matches(encoder, training, same, 3, NULL);
  matches(encoder, "b,c,y,a\n1,2,0,3\n4,5,1,6\n", turned, 2, NULL);
  matches(encoder, "a,b,c\n1,2,3\n4,5,6\n", same, SIZE_MAX, NULL);
  matches(encoder, "id,a,b,note,c\n9,1,2,8,3\n7,4,5,6,6\n", more, SIZE_MAX,
          "ignored columns: id, note");
  matches(encoder, "id,a,b,y,c\n9,1,2,0,3\n7,4,5,1,6\n", more, 3, "ignored column: id");
  cr_encoder_destroy(encoder);
}

static void missing_columns_are_named(void **state) {
  (void)state;
  cr_encoder *encoder = encoder_of_text(training, NULL, NULL);
  fails(encoder, "c,y,a\n1,2,3\n4,5,6\n", CR_ERR_SHAPE,
        "this model takes 3 inputs, test.csv lacks b", 0, "--drop b");
  fails(encoder, "y,a\n1,2\n4,5\n", CR_ERR_SHAPE, "lacks b, c", 0, "--drop b --drop c");
  fails(encoder, "k,l\n1,2\n4,5\n", CR_ERR_SHAPE, "lacks a, b, c", 0, "name the columns");
  cr_encoder_destroy(encoder);
}

static void texts_where_numbers_were_are_refused(void **state) {
  (void)state;
  cr_encoder *encoder = encoder_of_text(training, NULL, NULL);
  fails(encoder, "a,b,c,y\n1,low,3,0\n2,high,6,1\n", CR_ERR_NUMBER, "'low' in column 'b', row 1,",
        2, NULL);
  assert_int_equal(cr_last_error()->column, 2);
  cr_encoder_destroy(encoder);
}

/* Without a header on either side: x1 … x4. */
static void places_decide_without_names(void **state) {
  (void)state;
  cr_encoder *encoder = encoder_of_text("1,5,2,0\n2,4,1,1\n4,4,8,0\n3,9,7,1\n", NULL, NULL);
  assert_false(encoder->named);
  const size_t same[] = {0, 1, 2};
  matches(encoder, "1,5,2,0\n2,4,1,1\n", same, 3, NULL);
  matches(encoder, "1,5,2\n2,4,1\n", same, SIZE_MAX, NULL);
  fails(encoder, "1,5\n2,4\n", CR_ERR_SHAPE, "takes 3 inputs, test.csv has 2 columns", 0,
        "3 columns, or 4 with 'x4' at the end");
  fails(encoder, "1,5,2,0,1\n2,4,1,1,1\n", CR_ERR_SHAPE, "has 5 columns", 0, NULL);
  cr_encoder_destroy(encoder);
}

/* The target first, a column dropped: the places are those of the training table. */
static void places_are_those_of_the_training(void **state) {
  (void)state;
  const char text[] = "0,5,2,7\n1,4,1,8\n0,4,8,7\n1,9,7,9\n";
  cr_encoder *encoder = encoder_of_text(text, "x1", "x3");
  const size_t want[] = {1, 3}, alone[] = {0, 1};
  matches(encoder, text, want, 0, "ignored column: x3");
  matches(encoder, "5,7\n4,8\n", alone, SIZE_MAX, NULL);
  cr_encoder_destroy(encoder);

  encoder = encoder_of_text(text, NULL, "x2"); /* target last, and not in the new table */
  const size_t rest[] = {0, 2};
  matches(encoder, "0,5,2\n1,4,1\n", rest, SIZE_MAX, "ignored column: x2");

  /* Places that a file got wrong are not followed out of the table. */
  encoder->inputs[1].column = 50;
  matches(encoder, "0,5\n1,4\n", alone, SIZE_MAX, NULL);
  fails(encoder, text, CR_ERR_SHAPE, "has 4 columns", 0, NULL);
  cr_encoder_destroy(encoder);
}

static void names_on_one_side_only_are_told(void **state) {
  (void)state;
  cr_encoder *encoder = encoder_of_text(training, NULL, NULL);
  const size_t same[] = {0, 1, 2};
  matches(encoder, "1,5,2\n2,4,1\n", same, SIZE_MAX,
          "columns are matched by their places: test.csv has no header line");
  cr_encoder_destroy(encoder);
}

static void images_must_have_the_same_size(void **state) {
  (void)state;
  const uint8_t pixels[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const double labels[2] = {0, 1};
  size_t inputs[1], target;
  cr_table *table = image_table(2, 2, 3, pixels, NULL, labels);
  cr_table *other = image_table(2, 3, 2, pixels, NULL, labels);
  cr_encoder *encoder = encoder_of(table, NULL, NULL);
  assert_int_equal(cr_encoder_match(encoder, table, inputs, &target, NULL), CR_OK);
  assert_int_equal(inputs[0], 0);
  assert_int_equal(target, 1);
  assert_int_equal(cr_encoder_match(encoder, other, inputs, &target, NULL), CR_ERR_SHAPE);
  check_failure(CR_ERR_SHAPE, "images of 2 × 3 with 1 channel, those of images are 3 × 2", 0, NULL);
  fails(encoder, "pixels,label\n1,0\n2,1\n", CR_ERR_SHAPE, "holds numbers, this model takes images",
        0, NULL);
  cr_encoder_destroy(encoder);
  cr_table_destroy(other);
  cr_table_destroy(table);
}

/* Names from files go into commands for a shell. */
static void commands_are_quoted(void **state) {
  (void)state;
  cr_encoder *encoder =
      encoder_of_text("it's $(rm x),-n,c,y\n1,5,2,0\n2,4,1,1\n4,4,8,0\n", NULL, NULL);
  fails(encoder, "c,y\n1,2\n4,5\n", CR_ERR_SHAPE, "lacks it's $(rm x), -n", 0,
        "--drop 'it'\\''s $(rm x)' --drop -n");
  cr_encoder_destroy(encoder);
  /* --drop takes a list: no command can name this column. */
  encoder = encoder_of_text("\"b,c\",d,y\n1,5,0\n2,4,1\n4,4,0\n", NULL, NULL);
  fails(encoder, "d,y\n1,2\n4,5\n", CR_ERR_SHAPE, "lacks b,c", 0, "name the columns");
  assert_null(strstr(cr_last_error()->fix, "--drop"));
  cr_encoder_destroy(encoder);
}

static void long_lists_are_cut(void **state) {
  (void)state;
  cr_encoder *encoder = encoder_of_text("a,b,y\n1,5,0\n2,4,1\n4,4,0\n", NULL, NULL);
  const size_t want[] = {0, 1};
  matches(encoder, "a,b,c,d,e,f,g,h,i,y\n1,2,3,4,5,6,7,8,9,0\n", want, 9,
          "ignored columns: c, d, e, f, g and 2 more");
  cr_encoder_destroy(encoder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_decide_whatever_the_order),
      cmocka_unit_test(missing_columns_are_named),
      cmocka_unit_test(texts_where_numbers_were_are_refused),
      cmocka_unit_test(places_decide_without_names),
      cmocka_unit_test(places_are_those_of_the_training),
      cmocka_unit_test(names_on_one_side_only_are_told),
      cmocka_unit_test(images_must_have_the_same_size),
      cmocka_unit_test(commands_are_quoted),
      cmocka_unit_test(long_lists_are_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
