/* Made-up images of MNIST's shape and kind: bytes, ten classes, a few labels wrong. */
#ifndef BENCH_IMAGES_H
#define BENCH_IMAGES_H

#include "base/fail.h"

enum { CR_IMAGE_PIXELS = 784, CR_IMAGE_CLASSES = 10 };

/* bytes (rows, CR_IMAGE_PIXELS), classes (rows). */
void cr_images_draw(uint64_t seed, size_t rows, uint8_t *bytes, uint32_t *classes);

#endif
