#include "bench/images.h"

#include "base/rng.h"

enum {
  BAND = CR_IMAGE_PIXELS / CR_IMAGE_CLASSES, /* pixels that are brighter in one class */
  BRIGHTER = 64,
  WRONG = 16, /* one label in so many tells nothing, so that there is always more to learn */
};

/* Image i: noise from 0 to 191, a quarter brighter in the band of its class. */
static void draw_image(uint64_t seed, size_t row, size_t band, uint8_t *bytes) {
  for (size_t i = 0; i < CR_IMAGE_PIXELS; i += sizeof(uint32_t)) {
    const uint64_t index = (row * CR_IMAGE_PIXELS + i) / sizeof(uint32_t);
    const uint32_t word = cr_random_bits(seed, CR_STREAM_DATA, 0, index);
    for (size_t k = 0; k < sizeof word; k++) {
      const size_t noise = (word >> 8 * k & 0xff) * 3 / 4;
      bytes[i + k] = (uint8_t)(noise + ((i + k) / BAND == band ? BRIGHTER : 0));
    }
  }
}

void cr_images_draw(uint64_t seed, size_t rows, uint8_t *bytes, uint32_t *classes) {
  for (size_t row = 0; row < rows; row++) {
    const uint32_t word = cr_random_bits(seed, CR_STREAM_DATA, 1, row);
    const uint32_t band = (word >> 16) % CR_IMAGE_CLASSES;
    const bool wrong = word % WRONG == 0;
    classes[row] = wrong ? (word >> 8) % CR_IMAGE_CLASSES : band;
    draw_image(seed, row, band, bytes + row * CR_IMAGE_PIXELS);
  }
}
