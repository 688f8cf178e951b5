#include "train/warp.h"

#include "support.h"

enum { HEIGHT = 6, WIDTH = 37, PIXELS = HEIGHT * WIDTH };

static uint8_t pixels[PIXELS * 3];

static void make_pixels(void) {
  for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i * 101 + i * i * 13 + 7);
}

/* The level's functions; NULL past the last one, and those this processor cannot run left out. */
static const cr_warp *next_warp(size_t *level) {
  while (*level < CR_LEVEL_COUNT && !cr_level_supported(*level)) ++*level;
  return *level < CR_LEVEL_COUNT ? cr_warp_for((*level)++) : NULL;
}

/* out (height * width): channel `channel` of `channels`, mapped; values as they are. */
static void warp(const cr_warp *w, const cr_warp_map *map, const float *fields, size_t height,
                 size_t width, size_t channels, size_t channel, float *out) {
  static uint32_t quads[PIXELS];
  static float x[PIXELS], y[PIXELS];
  w->place(map, fields, height, width, x, y);
  w->quads(quads, pixels + channel, height, width, channels);
  w->sample(out, quads, height, width, x, y, height * width, 1.0F, 0.0F);
}

static cr_warp_map centered(size_t height, size_t width) {
  return (cr_warp_map){
      .x_of_x = 1, .y_of_y = 1, .x = 0.5F * (float)(width - 1), .y = 0.5F * (float)(height - 1)};
}

/* (eq W3) Every pixel is itself, for every shape and channel, exactly. */
static void test_identity(void **state) {
  (void)state;
  static const size_t shapes[][2] = {{HEIGHT, WIDTH}, {WIDTH, HEIGHT}, {1, 5}, {5, 1}, {1, 1}};
  float out[PIXELS];
  const cr_warp *w;
  make_pixels();
  for (size_t level = 0; (w = next_warp(&level)) != NULL;)
    for (size_t s = 0; s < 5; s++)
      for (size_t channels = 1; channels <= 3; channels += 2)
        for (size_t c = 0; c < channels; c++) {
          const size_t height = shapes[s][0], width = shapes[s][1];
          const cr_warp_map map = centered(height, width);
          warp(w, &map, NULL, height, width, channels, c, out);
          for (size_t i = 0; i < height * width; i++)
            assert_true(out[i] == (float)pixels[i * channels + c]);
        }
}

static size_t clamp(ptrdiff_t at, size_t most) {
  return at < 0 ? 0 : (size_t)at > most ? most : (size_t)at;
}

/* (eq W1) Whole pixels: exact; the edge goes on outside. */
static void test_whole_shift(void **state) {
  (void)state;
  float out[PIXELS];
  const cr_warp *w;
  make_pixels();
  for (size_t level = 0; (w = next_warp(&level)) != NULL;) {
    cr_warp_map map = centered(HEIGHT, WIDTH);
    map.x += 3;
    map.y -= 2;
    warp(w, &map, NULL, HEIGHT, WIDTH, 1, 0, out);
    for (size_t r = 0; r < HEIGHT; r++)
      for (size_t c = 0; c < WIDTH; c++) {
        const size_t from =
            clamp((ptrdiff_t)r - 2, HEIGHT - 1) * WIDTH + clamp((ptrdiff_t)c + 3, WIDTH - 1);
        assert_true(out[r * WIDTH + c] == (float)pixels[from]);
      }
  }
}

/* A right angle turns a square onto itself; the cosine is 0 to rounding. */
static void test_right_angle(void **state) {
  (void)state;
  enum { SIDE = 9 };
  static const double TOLERANCE = 255 * 2 * SIDE * 0x1p-23;
  float out[SIDE * SIDE];
  const cr_warp *w;
  make_pixels();
  for (size_t level = 0; (w = next_warp(&level)) != NULL;) {
    cr_warp_map map = centered(SIDE, SIDE);
    map.x_of_x = map.y_of_y = 4e-8F;
    map.x_of_y = 1;
    map.y_of_x = -1;
    warp(w, &map, NULL, SIDE, SIDE, 1, 0, out);
    for (size_t r = 0; r < SIDE; r++)
      for (size_t c = 0; c < SIDE; c++)
        assert_close(out[r * SIDE + c], pixels[(SIDE - 1 - c) * SIDE + r], TOLERANCE);
  }
}

/* (eq W2) Halves of words, as odd multiples of 2^-16. */
static void test_fill(void **state) {
  (void)state;
  static const uint32_t words[4] = {0, UINT32_C(0xffff0000), UINT32_C(0x80007fff), 0x00010001};
  float fields[8];
  const cr_warp *w;
  for (size_t level = 0; (w = next_warp(&level)) != NULL;) {
    w->fill(fields, 2, 2, words);
    const float expected[8] = {-65535, -65535, -65535, 65535, -1, -65533, 1, -65533};
    for (size_t i = 0; i < 8; i++) assert_true(fields[i] == expected[i] * 0x1p-16F);
  }
}

/* Wherever they are computed, the same bits: nothing is fused. */
static void test_levels_agree(void **state) {
  (void)state;
  static float fields[2 * PIXELS], first[PIXELS], out[PIXELS];
  const cr_warp *w;
  make_pixels();
  for (size_t i = 0; i < 2 * PIXELS; i++) fields[i] = (float)uneven(i, 1);
  const cr_warp_map map = {0.9F, 0.2F, -0.3F, 1.1F, 17.3F, 2.1F, 1.7F};
  for (size_t level = 0, count = 0; (w = next_warp(&level)) != NULL; count++) {
    warp(w, &map, fields, HEIGHT, WIDTH, 3, 1, count ? out : first);
    if (count) assert_memory_equal(out, first, sizeof out);
  }
}

/* Places far outside are the edge's: no number is too large to be one. */
static void test_far_outside(void **state) {
  (void)state;
  float out[PIXELS];
  const cr_warp *w;
  make_pixels();
  for (size_t level = 0; (w = next_warp(&level)) != NULL;) {
    const cr_warp_map map = {.x_of_x = 1e30F, .x = -3e30F, .y = 1e38F};
    warp(w, &map, NULL, HEIGHT, WIDTH, 1, 0, out);
    assert_true(out[0] == (float)pixels[(HEIGHT - 1) * WIDTH]);
    assert_true(out[PIXELS - 1] == (float)pixels[PIXELS - 1]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_identity),     cmocka_unit_test(test_whole_shift),
      cmocka_unit_test(test_right_angle),  cmocka_unit_test(test_fill),
      cmocka_unit_test(test_levels_agree), cmocka_unit_test(test_far_outside),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
