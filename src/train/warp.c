#include "train/warp.h"

/* (eq W2) Halves of a word, 0 to 65535, to odd multiples of 2^-16. */
static inline float uniform_of_half(uint32_t half) {
  return (float)((int32_t)half * 2 - 65535) * 0x1p-16f;
}

static void fill(float *fields, size_t height, size_t width, const uint32_t *words) {
  for (size_t row = 0; row < height; row++) {
    float *restrict x = fields + row * 2 * width, *restrict y = x + width;
    const uint32_t *restrict word = words + row * width;
    for (size_t i = 0; i < width; i++) {
      x[i] = uniform_of_half(word[i] & 0xffff);
      y[i] = uniform_of_half(word[i] >> 16);
    }
  }
}

static void place_row(const cr_warp_map *map, float row, size_t width, float *restrict x,
                      float *restrict y) {
  const float middle = 0.5f * (float)(width - 1);
  const float x_there = map->x_of_y * row + map->x, y_there = map->y_of_y * row + map->y;
  for (size_t i = 0; i < width; i++) {
    const float column = (float)(int32_t)i - middle;
    x[i] = map->x_of_x * column + x_there;
    y[i] = map->y_of_x * column + y_there;
  }
}

static void bend_row(const float *fields, size_t width, float elasticity, float *restrict x,
                     float *restrict y) {
  const float *restrict dx = fields, *restrict dy = fields + width;
  for (size_t i = 0; i < width; i++) {
    x[i] += elasticity * dx[i];
    y[i] += elasticity * dy[i];
  }
}

static void place(const cr_warp_map *map, const float *fields, size_t height, size_t width,
                  float *x, float *y) {
  const float middle = 0.5f * (float)(height - 1);
  for (size_t row = 0; row < height; row++) {
    const size_t at = row * width;
    place_row(map, (float)row - middle, width, x + at, y + at);
    if (fields) bend_row(fields + 2 * at, width, map->elasticity, x + at, y + at);
  }
}

/*
 * At the last column and row the neighbours are those of another row, or 0: there sample() has a
 * share of 0 for them.
 */
static inline void quads_of(uint32_t *restrict to, const uint8_t *restrict pixels, size_t count,
                            size_t width, size_t channels) {
  const size_t under = width * channels;
  const size_t inner = count > width ? count - width - 1 : 0;
  for (size_t i = 0; i < inner; i++) {
    const size_t here = i * channels, right = here + channels;
    to[i] = (uint32_t)pixels[here] | (uint32_t)pixels[right] << 8 |
            (uint32_t)pixels[here + under] << 16 | (uint32_t)pixels[right + under] << 24;
  }
  for (size_t i = inner; i < count; i++) {
    const uint32_t right = i + 1 < count ? pixels[(i + 1) * channels] : 0;
    const uint32_t below = i + width < count ? pixels[(i + width) * channels] : 0;
    to[i] = (uint32_t)pixels[i * channels] | right << 8 | below << 16;
  }
}

/* One channel has a loop of its own, which is one over vectors. */
static void quads(uint32_t *quads, const uint8_t *pixels, size_t height, size_t width,
                  size_t channels) {
  if (channels == 1)
    quads_of(quads, pixels, height * width, width, 1);
  else
    quads_of(quads, pixels, height * width, width, channels);
}

/* Into the image: outside of it its edge goes on. */
static inline float within(float at, float most) {
  const float above = at > 0.0f ? at : 0.0f;
  return above < most ? above : most;
}

static inline float byte_of(uint32_t quad, int byte) {
  return (float)(int32_t)(quad >> (8 * byte) & 0xff);
}

static void sample(float *restrict out, const uint32_t *restrict quads, size_t height, size_t width,
                   const float *restrict x, const float *restrict y, size_t count, float scale,
                   float shift) {
  const float right = (float)(width - 1), bottom = (float)(height - 1);
  const int32_t stride = (int32_t)width;
  for (size_t i = 0; i < count; i++) {
    const float at_x = within(x[i], right), at_y = within(y[i], bottom);
    const int32_t column = (int32_t)at_x, row = (int32_t)at_y;
    const float part_x = at_x - (float)column, part_y = at_y - (float)row;
    const uint32_t quad = quads[row * stride + column];
    const float left = byte_of(quad, 0), below = byte_of(quad, 2);
    const float upper = left + part_x * (byte_of(quad, 1) - left);
    const float lower = below + part_x * (byte_of(quad, 3) - below);
    out[i] = (upper + part_y * (lower - upper)) * scale + shift;
  }
}

const cr_warp CR_VARIANT(cr_warp) = {
    .fill = fill, .place = place, .quads = quads, .sample = sample};
