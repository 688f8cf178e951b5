#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "counting_allocator.h"
#include "data/encode.h"
#include "tables.h"

static cr_encoder *encoder_of(const cr_table *table) {
  cr_prepare_options options;
  cr_encoder *encoder = NULL;
  cr_prepare_options_init(&options);
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
  return encoder;
}

static cr_encoder *encoder_of_text(const char *csv) {
  cr_table *table = csv_table(csv);
  cr_encoder *encoder = encoder_of(table);
  cr_table_destroy(table);
  return encoder;
}

static const size_t rows3[3] = {2, 0, 1};

/* (a - 1) / 4 and (b + 2) / 0.5 are exact in float, in the columns' order of the encoder. */
static void numbers_are_scaled_in_the_order_of_the_encoder(void **state) {
  (void)state;
  cr_encoder *encoder = encoder_of_text("a,b,y\n1,5,0.5\n2,6,1.5\n3,8,2.5\n");
  encoder->inputs[0].shift = 1;
  encoder->inputs[0].scale = 4;
  encoder->inputs[1].shift = -2;
  encoder->inputs[1].scale = 0.5;
  encoder->target_shift = 3;
  encoder->target_scale = 2;
  cr_table *table = csv_table("b,y,a\n5,7,9\n6,3,1\n-2,0,-3\n");
  cr_samples *samples = NULL;
  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, true, 1, &samples), CR_OK);
  const float x[6] = {-1, 0, 2, 14, 0, 16}, y[3] = {-1.5f, 2, 0};
  assert_int_equal(samples->x.rows, 3);
  assert_int_equal(samples->x.stride, 2);
  assert_memory_equal(samples->x.data, x, sizeof x);
  assert_memory_equal(samples->y.data, y, sizeof y);
  assert_null(samples->classes);
  cr_samples_destroy(samples);

  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, false, 1, &samples), CR_OK);
  assert_null(samples->y.data);
  cr_samples_destroy(samples);
  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, true, 2, &samples), CR_ERR_SHAPE);
  cr_table_destroy(table);
  cr_encoder_destroy(encoder);
}

static void check_classes(const cr_encoder *encoder, const char *csv, uint32_t a, uint32_t b,
                          uint32_t c) {
  cr_table *table = csv_table(csv);
  cr_samples *samples = NULL;
  const size_t rows[3] = {0, 1, 2};
  assert_int_equal(
      cr_encoder_samples(encoder, table, rows, 3, true, encoder->labels.count, &samples), CR_OK);
  assert_int_equal(samples->classes[0], a);
  assert_int_equal(samples->classes[1], b);
  assert_int_equal(samples->classes[2], c);
  assert_null(samples->y.data);
  cr_samples_destroy(samples);
  uint32_t turned[3] = {77, 77, 77};
  assert_int_equal(cr_encoder_classes(encoder, table, rows3, 3, turned), CR_OK);
  assert_int_equal(turned[0], c);
  assert_int_equal(turned[1], a);
  assert_int_equal(turned[2], b);
  cr_table_destroy(table);
}

static void labels_become_their_place(void **state) {
  (void)state;
  cr_encoder *encoder = encoder_of_text("x,y\n1,dog\n2,cat\n3,eel\n4,5\n");
  check_classes(encoder, "x,y\n1,eel\n2,cat\n3,dog\n", 3, 1, 2); /* 5 cat dog eel */
  check_classes(encoder, "x,y\n1,5.0\n2,cat\n3,5\n", 0, 1, 0);
  check_classes(encoder, "x,y\n1,5\n2,5.0\n3,5\n", 0, 0, 0); /* here a column of numbers */
  cr_encoder_destroy(encoder);
  encoder = encoder_of_text("x,y\n1,10\n2,9\n3,-1\n4,10\n5,9\n6,-1\n");
  check_classes(encoder, "x,y\n1,9\n2,-1\n3,10\n", 1, 0, 2);
  cr_encoder_destroy(encoder);
}

static void unknown_labels_are_named(void **state) {
  (void)state;
  cr_samples *samples = NULL;
  cr_encoder *encoder = encoder_of_text("x,y\n1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n7,g\n");
  cr_table *table = csv_table("x,y\n1,b\n2,c\n3,zebra\n");
  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, true, 7, &samples), CR_ERR_TARGET);
  check_failure(CR_ERR_TARGET, "row 3 has the label 'zebra'; known are a, b, c, d, e and 2 more", 0,
                NULL);
  assert_null(samples);
  uint32_t classes[3];
  assert_int_equal(cr_encoder_classes(encoder, table, rows3, 3, classes), CR_ERR_TARGET);
  assert_int_equal(cr_encoder_classes(encoder, table, rows3 + 1, 2, classes), CR_OK);
  assert_int_equal(classes[0], 1);
  assert_int_equal(classes[1], 2);
  cr_table_destroy(table);
  table = csv_table("x,z\n1,b\n2,c\n");
  assert_int_equal(cr_encoder_classes(encoder, table, rows3 + 1, 2, classes), CR_ERR_TARGET);
  check_failure(CR_ERR_TARGET, "test.csv has no column 'y', the target", 0, NULL);
  cr_table_destroy(table);
  cr_encoder_destroy(encoder);

  encoder = encoder_of_text("x,y\n1,0\n2,1\n3,0\n");
  table = csv_table("x,y\n1,0\n2,1\n3,2\n");
  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, true, 1, &samples), CR_ERR_TARGET);
  check_failure(CR_ERR_TARGET, "row 3 has the label '2'; known are 0, 1", 0, NULL);
  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, true, 3, &samples), CR_ERR_SHAPE);
  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, false, 2, &samples), CR_OK);
  cr_samples_destroy(samples);
  cr_table_destroy(table);
  cr_encoder_destroy(encoder);
}

static void what_no_float_holds_is_named(void **state) {
  (void)state;
  cr_samples *samples = NULL;
  cr_encoder *encoder = encoder_of_text("x,y\n1,0\n2,1\n3,0\n");
  cr_table *table = csv_table("x,y\n1,0\n1e30,1\n3,0\n");
  encoder->inputs[0].scale = 1e-10;
  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, true, 2, &samples), CR_ERR_NUMBER);
  check_failure(CR_ERR_NUMBER, "1e+30 in column 'x', row 2, is too large", 0, NULL);
  assert_null(samples);
  cr_table_destroy(table);
  cr_encoder_destroy(encoder);
}

static const uint8_t pixels[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255};
static const double labels[3] = {0, 1, 0};

static void images_stay_bytes(void **state) {
  (void)state;
  cr_samples *samples = NULL;
  cr_table *table = image_table(3, 2, 2, pixels, NULL, labels);
  cr_encoder *encoder = encoder_of(table);
  encoder->inputs[0].shift = 16;
  encoder->inputs[0].scale = 8;
  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, true, 2, &samples), CR_OK);
  assert_ptr_equal(samples->bytes, table->columns[0].bytes);
  assert_memory_equal(samples->byte_rows, rows3, sizeof rows3);
  assert_null(samples->x.data);
  assert_int_equal(samples->inputs, 4);
  assert_true(samples->byte_scale == 0.125f && samples->byte_shift == -2.0f);
  assert_int_equal(samples->classes[2], 1);
  cr_samples_destroy(samples);
  encoder->inputs[0].scale = 1e-60;
  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, true, 2, &samples), CR_ERR_NUMBER);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void images_beside_numbers_become_floats(void **state) {
  (void)state;
  const double more[3] = {0.5, -1, 2};
  cr_samples *samples = NULL;
  cr_table *table = image_table(3, 2, 2, pixels, more, labels);
  cr_encoder *encoder = encoder_of(table);
  encoder->inputs[0].shift = 1;
  encoder->inputs[0].scale = 2;
  assert_int_equal(encoder->width, 5);
  assert_int_equal(cr_encoder_samples(encoder, table, rows3, 3, true, 2, &samples), CR_OK);
  const float x[15] = {3.5f, 4, 4.5f, 127, 2, -0.5f, 0, 0.5f, 1, 0.5f, 1.5f, 2, 2.5f, 3, -1};
  assert_null(samples->bytes);
  assert_memory_equal(samples->x.data, x, sizeof x);
  cr_samples_destroy(samples);
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
}

static void memory_running_out_leaves_nothing(void **state) {
  (void)state;
  counting_start();
  cr_table *table = csv_table("x,y\n1,cat\n2,dog\n3,cat\n");
  cr_encoder *encoder = encoder_of(table);
  const size_t before = counting.live;
  size_t refused = 0;
  for (cr_status status = CR_ERR_MEMORY; status != CR_OK; refused++) {
    cr_samples *samples = NULL;
    counting_fail_at(refused + 1, false);
    status = cr_encoder_samples(encoder, table, rows3, 3, true, 2, &samples);
    assert_true(status == CR_OK || (status == CR_ERR_MEMORY && samples == NULL));
    cr_samples_destroy(samples);
    assert_int_equal(counting.live, before);
  }
  cr_encoder_destroy(encoder);
  cr_table_destroy(table);
  counting_stop();
  assert_true(refused > 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_scaled_in_the_order_of_the_encoder),
      cmocka_unit_test(labels_become_their_place),
      cmocka_unit_test(unknown_labels_are_named),
      cmocka_unit_test(what_no_float_holds_is_named),
      cmocka_unit_test(images_stay_bytes),
      cmocka_unit_test(images_beside_numbers_become_floats),
      cmocka_unit_test(memory_running_out_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
