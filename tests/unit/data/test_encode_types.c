#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "data/encode.h"
#include "tables.h"

static const char csv[] = "a,word,b=c,y\n1,x,4,0\n2,y,5,1\n3,x,6,0\n4,y,7,1\n";

static cr_status create(const char *type, const char *missing, cr_encoder **out) {
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.types = &type;
  options.type_count = type != NULL;
  options.missing = missing;
  cr_table *table = csv_table(csv);
  const cr_status status = cr_encoder_create(table, &options, NULL, out);
  cr_table_destroy(table);
  return status;
}

static void types_are_what_is_said(void **state) {
  (void)state;
  cr_encoder *encoder = NULL;
  assert_int_equal(create("a=category", NULL, &encoder), CR_OK);
  assert_int_equal(encoder->inputs[0].type, CR_COLUMN_TEXT);
  cr_encoder_destroy(encoder);
  assert_int_equal(create("a=number", NULL, &encoder), CR_OK);
  assert_int_equal(encoder->inputs[0].type, CR_COLUMN_NUMBER);
  assert_int_equal(encoder->inputs[1].type, CR_COLUMN_TEXT); /* as it looks */
  cr_encoder_destroy(encoder);
  assert_int_equal(create("b=c=skip", NULL, &encoder), CR_OK);
  assert_int_equal(encoder->input_count, 2);
  cr_encoder_destroy(encoder);
}

/* Of a target it says the task, as far as --task leaves it open. */
static void the_target_has_one_too(void **state) {
  (void)state;
  cr_encoder *encoder = NULL;
  assert_int_equal(create("y=category", NULL, &encoder), CR_OK);
  assert_true(encoder->classes);
  cr_encoder_destroy(encoder);
  assert_int_equal(create("y=number", NULL, &encoder), CR_OK);
  assert_false(encoder->classes);
  cr_encoder_destroy(encoder);
}

static void fails(const char *type, const char *missing, cr_status status, const char *message) {
  cr_encoder *encoder = NULL;
  assert_int_equal(create(type, missing, &encoder), status);
  assert_null(encoder);
  check_failure(status, message, status == CR_ERR_NUMBER ? 2 : 0, NULL);
}

static void what_cannot_be_is_refused(void **state) {
  (void)state;
  fails("a", NULL, CR_ERR_ARGUMENT, "the type 'a' is not of the form");
  fails("a=time", NULL, CR_ERR_ARGUMENT, "'a=time'");
  fails("a=date", NULL, CR_ERR_COLUMN, "column 'a' holds numbers, not dates");
  fails("=number", NULL, CR_ERR_COLUMN, "no column ''");
  fails("c=number", NULL, CR_ERR_COLUMN, "no column 'c'");
  fails("word=number", NULL, CR_ERR_NUMBER, "'x' in column 'word', row 1, is not a number");
  fails("y=dmy", NULL, CR_ERR_COLUMN, "column 'y' is the target, which cannot be a dmy");
  fails(NULL, "often", CR_ERR_ARGUMENT, "missing is 'often'");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(types_are_what_is_said),
      cmocka_unit_test(the_target_has_one_too),
      cmocka_unit_test(what_cannot_be_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
