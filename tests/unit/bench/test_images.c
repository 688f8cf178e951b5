#include "bench/images.h"

#include "support.h"

enum { ROWS = 500 };

static uint8_t bytes[ROWS * CR_IMAGE_PIXELS], again[ROWS * CR_IMAGE_PIXELS];
static uint32_t classes[ROWS], classes_again[ROWS];

/* The band of 78 pixels that is brightest on average. */
static size_t brightest(const uint8_t *image) {
  size_t best = 0, most = 0;
  for (size_t band = 0; band < CR_IMAGE_CLASSES; band++) {
    size_t sum = 0;
    for (size_t i = 0; i < 78; i++) sum += image[band * 78 + i];
    if (sum > most) {
      most = sum;
      best = band;
    }
  }
  return best;
}

/* Nearly all labels can be told from the images, and every class is there. */
static void test_can_be_learnt(void **state) {
  (void)state;
  size_t seen[CR_IMAGE_CLASSES] = {0}, right = 0;
  cr_images_draw(1, ROWS, bytes, classes);
  for (size_t row = 0; row < ROWS; row++) {
    assert_true(classes[row] < CR_IMAGE_CLASSES);
    seen[classes[row]]++;
    right += brightest(bytes + row * CR_IMAGE_PIXELS) == classes[row];
  }
  /* 1 in 16 is drawn anew: 15/16 + 1/160 of them are right, 472 of 500 with a deviation of 5 */
  assert_true(right > 445 && right < ROWS);
  for (size_t k = 0; k < CR_IMAGE_CLASSES; k++) assert_true(seen[k] > 0);
}

static void test_seed(void **state) {
  (void)state;
  cr_images_draw(1, ROWS, bytes, classes);
  cr_images_draw(1, ROWS, again, classes_again);
  assert_memory_equal(bytes, again, sizeof bytes);
  assert_memory_equal(classes, classes_again, sizeof classes);
  cr_images_draw(2, ROWS, again, classes_again);
  assert_memory_not_equal(bytes, again, sizeof bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_can_be_learnt),
      cmocka_unit_test(test_seed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
