#include "base/alloc.h"
#include "support.h"
#include "tables.h"
#include "train/augment.h"

static const cr_image_shape small = {28, 28, 1};

static void reads_as(const char *text, cr_image_shape shape, const char *expected) {
  cr_augmentation augmentation;
  char *written = NULL;
  if (cr_augmentation_read(text, shape, &augmentation) != CR_OK)
    fail_msg("%s", cr_last_error()->message);
  assert_int_equal(cr_augmentation_write(&augmentation, &written), CR_OK);
  if (expected)
    assert_string_equal(written, expected);
  else
    assert_null(written);
  cr_free(written);
}

static void test_texts(void **state) {
  (void)state;
  const char *all = "shift=2,rotate=10,scale=0.1,shear=0.1,elastic=34:4";
  reads_as(all, small, all);
  reads_as("elastic=8:2.5,shift=0.5", small, "shift=0.5,elastic=8:2.5");
  reads_as("rotate=180", small, "rotate=180");
  reads_as("rotate=0,elastic=0:4", small, NULL);
  reads_as("elastic=0", small, NULL);
}

/* The same share of an image whatever its size; no field is smoother than 24 pixels. */
static void test_auto(void **state) {
  (void)state;
  cr_augmentation a;
  reads_as("auto", small, "shift=2,rotate=15,scale=0.15,shear=0.15,elastic=34:6");
  reads_as("auto,elastic=0,shift=1", small, "shift=1,rotate=15,scale=0.15,shear=0.15");
  assert_int_equal(cr_augmentation_read("auto", (cr_image_shape){224, 300, 3}, &a), CR_OK);
  assert_close(a.shift, 16, 0);
  assert_close(a.sigma, 24, 0);
  assert_close(a.alpha / a.sigma, 8 * 34 / 6.0, 1e-3);
  assert_int_equal(cr_augmentation_read("auto", (cr_image_shape){1, 1, 1}, &a), CR_OK);
  assert_close(a.sigma, 0.5, 0);
}

static void refused(const char *text, const char *message, const char *fix) {
  cr_augmentation augmentation;
  assert_int_equal(cr_augmentation_read(text, small, &augmentation), CR_ERR_ARGUMENT);
  check_failure(CR_ERR_ARGUMENT, message, 0, fix);
}

static void test_refused(void **state) {
  (void)state;
  refused("", "there is no ''", "--augment auto");
  refused("shfit=2", "there is no 'shfit'", "--augment shift=2");
  refused("blur=2", "there is no 'blur'; there are auto, shift", "--augment auto");
  refused("shift=2,", "there is no ''", "--augment auto");
  refused("shift", "shift takes a number from 0 to 1000", "--augment shift=2");
  refused("shift=-1", "shift takes a number from 0 to 1000", "--augment shift=2");
  refused("shift=1:2", "shift takes a number", NULL);
  refused("rotate=180.5", "rotate takes a number from 0 to 180", "--augment rotate=10");
  refused("scale=nan", "scale takes a number from 0 to 0.9", "--augment scale=0.1");
  refused("shear=1.1", "shear takes a number from 0 to 1", NULL);
  refused("elastic=34", "elastic takes a strength up to 10000 and a deviation from 0.5 to 64",
          "--augment elastic=34:4");
  refused("elastic=34:0.4", "deviation from 0.5 to 64", NULL);
  refused("elastic=34:4:4", "deviation from 0.5 to 64", NULL);
  refused("auto,elastic=20", "deviation from 0.5 to 64", NULL);
  refused("shift=1,shift=2", "has shift twice", NULL);
  refused("shift=1,auto", "there is no 'auto'", NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_texts),
      cmocka_unit_test(test_auto),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
