/* Small pictures made of characters: sparklines and grey images. */
#ifndef CLI_PICTURE_H
#define CLI_PICTURE_H

#include "terminal.h"

/*
 * Appends one block character for each of `cells` stretches of values[0..count), by their mean,
 * from the lowest to the highest. Fewer cells when there are fewer values.
 */
void picture_sparkline(struct text *out, const double *values, size_t count, size_t cells);

/* Appends one block character for each of counts[0..count), from 0 to the highest. */
void picture_histogram(struct text *out, const double *counts, size_t count);

/* A grey image: `pixels` (height, width) bytes, black 0, white at `white`. */
struct picture {
  const uint8_t *pixels;
  size_t height, width;
  double white;
  const char *captions[2]; /* two lines under it */
};

/* Draws pictures side by side, as many in a row as fit; two columns a pixel. */
void picture_draw(const struct terminal *terminal, const struct picture *pictures, size_t count);

#endif
