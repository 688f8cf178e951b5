/*
 * Images bent: where each pixel of the new image comes from in the old one, and what is there.
 * Compiled once for each instruction set; all compute the same bits.
 */
#ifndef TRAIN_WARP_H
#define TRAIN_WARP_H

#include <stddef.h>
#include <stdint.h>

#include "base/level.h"

/* (x, y) of a pixel, counted from the centre, to where it comes from; both in pixels. */
typedef struct cr_warp_map {
  float x_of_x, x_of_y, y_of_x, y_of_y;
  float x, y;       /* of the centre, where that comes from */
  float elasticity; /* times the fields */
} cr_warp_map;

typedef struct cr_warp {
  /*
   * (eq W2) Two fields, uniform in (-1, 1), in rows of both side by side: (height, 2 * width), that
   * for x from the lower half of each word, that for y from the upper.
   */
  void (*fill)(float *fields, size_t height, size_t width, const uint32_t *words);
  /* (eq W1) x, y (height * width): where each pixel comes from. fields: as above, or NULL. */
  void (*place)(const cr_warp_map *map, const float *fields, size_t height, size_t width, float *x,
                float *y);
  /*
   * Each pixel of a channel with its neighbours to the right and below, in the bytes of a word:
   * quads (height * width). `pixels` is that of the channel in the first pixel of the image. What
   * lies past the edge has no meaning.
   */
  void (*quads)(uint32_t *quads, const uint8_t *pixels, size_t height, size_t width,
                size_t channels);
  /*
   * (eq W3) out (count): the image at (x, y), times scale, plus shift. Outside of the image its
   * edge goes on.
   */
  void (*sample)(float *out, const uint32_t *quads, size_t height, size_t width, const float *x,
                 const float *y, size_t count, float scale, float shift);
} cr_warp;

/* That of a level of base/level.h. */
const cr_warp *cr_warp_for(size_t level);

#endif
