#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PICTURE_GAP = 3, PICTURE_INDENT = 2, UNBROKEN_WIDTH = 80 };

/* Grey levels 232 to 255 of the 256-colour palette run from black to white. */
enum { GREY_FIRST = 232, GREY_LEVELS = 24 };

/* A bar as high as a share from 0 to 1; the highest one for what is no number. */
static void add_bar(struct text *out, double height) {
  static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const size_t level = isfinite(height) ? (size_t)lround(7 * height) : 7;
  text_add(out, "%s", blocks[level > 7 ? 7 : level]);
}

void picture_histogram(struct text *out, const double *counts, size_t count) {
  double high = 0;
  for (size_t i = 0; i < count; i++) high = fmax(high, counts[i]);
  for (size_t i = 0; i < count; i++) add_bar(out, high > 0 ? counts[i] / high : 0);
}

void picture_sparkline(struct text *out, const double *values, size_t count, size_t cells) {
  if (cells > count) cells = count;
  double *means = take(cells, sizeof *means);
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (size_t c = 0; c < cells; c++) {
    size_t first = c * count / cells, last = (c + 1) * count / cells;
    for (size_t i = first; i < last; i++) means[c] += values[i] / (double)(last - first);
    if (means[c] < low) low = means[c];
    if (means[c] > high) high = means[c];
  }
  for (size_t c = 0; c < cells; c++) {
    add_bar(out, high > low ? (means[c] - low) / (high - low) : 0);
  }
  free(means);
}

static void draw_pixel(const struct terminal *terminal, double share) {
  static const char *const shades[] = {" ", "░", "▒", "▓", "█"};
  share = share < 0 ? 0 : share > 1 ? 1 : share;
  const char *shade = shades[lround(share * 4)];
  if (terminal->color) {
    int level = GREY_FIRST + (int)lround(share * (GREY_LEVELS - 1));
    fprintf(terminal->stream, "\x1b[48;5;%dm\x1b[38;5;%dm", level, level);
  }
  terminal_print(terminal, "%s%s", shade, shade);
}

static void draw_gap(const struct terminal *terminal, size_t index) {
  fprintf(terminal->stream, "%*s", index == 0 ? PICTURE_INDENT : PICTURE_GAP, "");
}

static void draw_row(const struct terminal *terminal, const struct picture *pictures, size_t count,
                     size_t row) {
  for (size_t i = 0; i < count; i++) {
    const struct picture *p = &pictures[i];
    draw_gap(terminal, i);
    for (size_t x = 0; x < p->width; x++) {
      draw_pixel(terminal, p->pixels[row * p->width + x] / p->white);
    }
    if (terminal->color) fputs("\x1b[0m", terminal->stream);
  }
  fputc('\n', terminal->stream);
}

static void draw_captions(const struct terminal *terminal, const struct picture *pictures,
                          size_t count, size_t line) {
  for (size_t i = 0; i < count; i++) {
    size_t room = 2 * pictures[i].width;
    size_t columns = terminal_columns(terminal, pictures[i].captions[line]);
    draw_gap(terminal, i);
    terminal_print(terminal, "%s", pictures[i].captions[line]);
    if (i + 1 < count && columns < room) {
      fprintf(terminal->stream, "%*s", (int)(room - columns), "");
    }
  }
  fputc('\n', terminal->stream);
}

void picture_draw(const struct terminal *terminal, const struct picture *pictures, size_t count) {
  if (count == 0) return;
  size_t width = terminal->width > 0 ? terminal->width : UNBROKEN_WIDTH;
  size_t each = 2 * pictures[0].width + PICTURE_GAP;
  size_t fitting = (width - 1) / each;
  if (fitting == 0) fitting = 1;
  for (size_t first = 0; first < count; first += fitting) {
    size_t n = count - first < fitting ? count - first : fitting;
    for (size_t row = 0; row < pictures[0].height; row++) {
      draw_row(terminal, pictures + first, n, row);
    }
    for (size_t line = 0; line < 2; line++) {
      draw_captions(terminal, pictures + first, n, line);
    }
  }
}
