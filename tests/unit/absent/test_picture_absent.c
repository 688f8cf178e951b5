/* A build without libpng and libjpeg: that a file is a picture is seen; what is missing, told. */
#include "data/picture.h"
#include "support.h"

static void refuses(const char *bytes, const char *format, const char *package) {
  const cr_source source = {.path = "p", .bytes = (char *)bytes, .size = strlen(bytes)};
  char message[80];
  cr_picture picture;
  snprintf(message, sizeof message, "a %s picture, which this build cannot read", format);
  assert_string_equal(cr_picture_find(source.bytes, source.size)->name, format);
  for (int measure = 0; measure < 2; measure++) {
    assert_int_equal(cr_picture_read(&source, measure, &picture), CR_ERR_FORMAT);
    assert_string_equal(cr_last_error()->message, message);
    assert_non_null(strstr(cr_last_error()->fix, package));
    assert_null(picture.pixels);
  }
}

static void test_refused(void **state) {
  (void)state;
  refuses("\x89PNG\r\n\x1a\n", "PNG", "install libpng (libpng-dev, ");
  refuses("\xff\xd8\xff\xe0", "JPEG", "install libjpeg-turbo (libjpeg-dev, ");
}

static void test_others(void **state) {
  (void)state;
  const cr_source gif = {.path = "p", .bytes = (char *)"GIF89a", .size = 6};
  cr_picture picture;
  assert_int_equal(cr_picture_read(&gif, false, &picture), CR_ERR_IMAGE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
