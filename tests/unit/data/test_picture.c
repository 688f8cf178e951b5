#include "data/picture.h"

#include "base/alloc.h"
#include "support.h"
#include "tables.h"

#define PICTURES TEST_DIR "/unit/data/pictures/"

enum { HEIGHT = 5, WIDTH = 4, MOST = HEIGHT * WIDTH * 4 };

/* Value i of the pictures, as far as their format holds it. */
static uint8_t value_at(size_t i) {
  return (uint8_t)(i * i * 7 + i * 31 + 5);
}

/* Reads a picture; false, and the test is skipped, in a build without its library. */
static bool read_file(const char *name, cr_picture *out) {
  char path[512];
  cr_source source = {.path = path};
  snprintf(path, sizeof path, PICTURES "%s", name);
  assert_int_equal(cr_file_read(path, 1 << 20, &source.bytes, &source.size), CR_OK);
  const cr_status status = cr_picture_read(&source, false, out);
  cr_free(source.bytes);
  if (status == CR_ERR_FORMAT) return false;
  if (status != CR_OK) fail_msg("%s", cr_last_error()->message);
  return true;
}

static void is_value(const char *name, size_t channels, int low, int high) {
  cr_picture p;
  if (!read_file(name, &p)) skip();
  assert_int_equal(p.height, HEIGHT);
  assert_int_equal(p.width, WIDTH);
  assert_int_equal(p.channels, channels);
  for (size_t i = 0; i < HEIGHT * WIDTH * channels; i++) {
    const int value = value_at(i);
    assert_int_equal(p.pixels[i], low == 0 && high == 0 ? value : value > 127 ? high : low);
  }
  cr_free(p.pixels);
}

/* The files were written by Pillow; the interlaced one by hand. */
static void test_png(void **state) {
  (void)state;
  is_value("grey.png", 1, 0, 0);
  is_value("rgb.png", 3, 0, 0);
  is_value("rgba.png", 4, 0, 0);
  is_value("la.png", 2, 0, 0);
  is_value("deep.png", 1, 0, 0);
  is_value("interlaced.png", 1, 0, 0);
  is_value("bits.png", 1, 0, 255);
}

static void test_palette(void **state) {
  (void)state;
  static const uint8_t expected[] = {5,   43,  95,  161, 241, 79,  180, 44,  178, 70,  232, 152,
                                     105, 55,  19,  203, 191, 193, 5,   43,  95,  159, 235, 69,
                                     180, 44,  178, 70,  232, 152, 67,  13,  229, 203, 191, 193,
                                     159, 235, 69,  85,  157, 243, 87,  201, 73,  215, 115, 29,
                                     213, 155, 111, 81,  65,  63,  45,  75,  119, 195, 7,   89};
  cr_picture p;
  if (!read_file("palette.png", &p)) skip();
  assert_int_equal(p.channels, 3);
  assert_memory_equal(p.pixels, expected, sizeof expected);
  cr_free(p.pixels);
}

/* As Pillow decodes them; another libjpeg may round another way, by 1 each. */
static void check_jpeg(const char *name, size_t channels, const int *corners, double sum) {
  cr_picture p;
  if (!read_file(name, &p)) skip();
  assert_int_equal(p.height, 24);
  assert_int_equal(p.width, 20);
  assert_int_equal(p.channels, channels);
  double found = 0;
  const size_t count = 24 * 20 * channels;
  for (size_t i = 0; i < count; i++) found += p.pixels[i];
  for (size_t c = 0; c < channels; c++) {
    assert_close(p.pixels[c], corners[c], 1);
    assert_close(p.pixels[count - channels + c], corners[channels + c], 1);
  }
  assert_close(found, sum, (double)count);
  cr_free(p.pixels);
}

static void test_jpeg(void **state) {
  (void)state;
  static const int grey[] = {0, 255}, color[] = {8, 250, 5, 251, 3, 126},
                   progressive[] = {6, 251, 8, 250, 2, 125};
  check_jpeg("grey.jpg", 1, grey, 63339);
  check_jpeg("rgb.jpg", 3, color, 153755);
  check_jpeg("progressive.jpeg", 3, progressive, 154015);
}

/* Over white, and in grey; the numbers are from NumPy. */
static void test_fit(void **state) {
  (void)state;
  static const uint8_t color[] = {97,  121, 154, 252, 218, 241, 211, 141, 250, 106, 57,  21,
                                  253, 254, 209, 212, 229, 250, 237, 206, 235, 253, 249, 245,
                                  235, 216, 207, 240, 250, 179, 178, 246, 123, 234, 250, 239,
                                  242, 223, 209, 180, 179, 184, 215, 234, 168, 243, 217, 239,
                                  204, 124, 57,  219, 204, 194, 136, 156, 189, 204, 222, 244};
  static const uint8_t grey[] = {118, 231, 174, 68,  249, 226, 219, 250, 221, 239,
                                 212, 244, 227, 180, 221, 227, 140, 207, 154, 219};
  uint8_t pixels[MOST], out[MOST];
  cr_picture p = {.height = HEIGHT, .width = WIDTH, .channels = 4, .pixels = pixels};
  for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = value_at(i);
  assert_int_equal(cr_picture_fit(&p, HEIGHT, WIDTH, 3, out), CR_OK);
  assert_memory_equal(out, color, sizeof color);
  assert_int_equal(cr_picture_fit(&p, HEIGHT, WIDTH, 1, out), CR_OK);
  assert_memory_equal(out, grey, sizeof grey);
  p.channels = 1; /* grey in colours; and to one pixel, the mean of the first two */
  assert_int_equal(cr_picture_fit(&p, HEIGHT, WIDTH, 3, out), CR_OK);
  for (size_t i = 0; i < HEIGHT * WIDTH * 3; i++) assert_int_equal(out[i], pixels[i / 3]);
  p.height = 1, p.width = 2;
  assert_int_equal(cr_picture_fit(&p, 1, 1, 3, out), CR_OK);
  for (size_t i = 0; i < 3; i++) assert_int_equal(out[i], (pixels[0] + pixels[1] + 1) / 2);
}

/* A file, or the first bytes of one, fails so; nothing of it stays behind. */
static void fails(const char *name, size_t cut, cr_status want, const char *what) {
  char path[512];
  cr_source source = {.path = path};
  cr_picture p;
  snprintf(path, sizeof path, PICTURES "%s", name);
  assert_int_equal(cr_file_read(path, 1 << 20, &source.bytes, &source.size), CR_OK);
  if (cut > 0) source.size = cut;
  const cr_status status = cr_picture_read(&source, false, &p);
  if (status != CR_ERR_FORMAT || want == CR_ERR_FORMAT) {
    assert_int_equal(status, want);
    check_failure(want, what, 0, NULL);
    assert_string_equal(cr_last_error()->file, path);
  }
  assert_null(p.pixels);
  cr_free(source.bytes);
}

static void test_broken(void **state) {
  (void)state;
  for (size_t cut = 8; cut < 133; cut++)
    fails("rgb.png", cut, CR_ERR_IMAGE, "this PNG picture cannot be read: the file ends too soon");
  fails("rgb.png", 5, CR_ERR_IMAGE, "PNG");
  for (size_t cut = 3; cut < 775; cut += 7) fails("rgb.jpg", cut, CR_ERR_IMAGE, "JPEG picture");
  for (size_t cut = 3; cut < 608; cut += 7) fails("progressive.jpeg", cut, CR_ERR_IMAGE, "JPEG");
  fails("cmyk.jpg", 0, CR_ERR_IMAGE, "CMYK");
  fails("huge.png", 0, CR_ERR_LIMIT, "a picture of 16384 x 16384 pixels");
}

/* Bytes asked for, all together. */
static size_t asked;

static void *count_bytes(void *user, size_t size) {
  (void)user;
  asked += size;
  return malloc(size);
}

static void release(void *user, void *block) {
  (void)user;
  free(block);
}

/* 20 texts that inflate to 400,000 bytes each are passed over. */
static void test_bomb(void **state) {
  (void)state;
  const cr_allocator allocator = {count_bytes, release, NULL};
  cr_picture p = {0};
  cr_set_allocator(&allocator);
  const bool read = read_file("texts.png", &p);
  cr_free(p.pixels);
  cr_set_allocator(NULL);
  if (!read) skip();
  assert_true(asked > 0 && asked < 400000);
}

static void check_options(const char *size, const char *channels, cr_status want) {
  cr_read_options options;
  cr_picture shape;
  cr_read_options_init(&options);
  options.image_size = size;
  options.image_channels = channels;
  assert_int_equal(cr_picture_options(&options, &shape), want);
}

static void test_options(void **state) {
  (void)state;
  cr_read_options options;
  cr_picture shape;
  cr_read_options_init(&options);
  options.image_size = "28x20";
  options.image_channels = "color";
  assert_int_equal(cr_picture_options(&options, &shape), CR_OK);
  assert_int_equal(shape.width, 28);
  assert_int_equal(shape.height, 20);
  assert_int_equal(shape.channels, 3);
  check_options(NULL, NULL, CR_OK);
  check_options("16384x4096", "grey", CR_OK);
  static const char *const wrong[] = {"",        "28",        "28x",     "x28",  "0x1",    "1x0",
                                      "16385x1", "8193x8193", "28x20x3", "-1x2", "28 x 20"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    check_options(wrong[i], NULL, CR_ERR_ARGUMENT);
  check_options(NULL, "red", CR_ERR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_png),     cmocka_unit_test(test_palette), cmocka_unit_test(test_jpeg),
      cmocka_unit_test(test_fit),     cmocka_unit_test(test_broken),  cmocka_unit_test(test_bomb),
      cmocka_unit_test(test_options),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
