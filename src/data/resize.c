/* Pictures made smaller and larger, in whole numbers: the same bytes everywhere. */
#include "base/alloc.h"
#include "data/picture.h"

/*
 * What each pixel of a shorter or longer side is made of: `count` pixels of the old side from
 * `first` on, with weights that add up to `total`.
 */
typedef struct axis {
  uint32_t *first, *count; /* (size) */
  uint32_t *weights;       /* (size, most) */
  size_t size, most;
  uint32_t total;
} axis;

/*
 * Pixel o of the new side covers [o in, (o + 1) in) of the old one, if both are counted in parts of
 * which a pixel of the old side has `size`.
 */
static void average(axis *a, size_t in) {
  a->total = (uint32_t)in;
  for (size_t o = 0; o < a->size; o++) {
    const size_t start = o * in, end = start + in, first = start / a->size;
    a->first[o] = (uint32_t)first;
    for (size_t i = first; i * a->size < end; i++) {
      const size_t from = i * a->size > start ? i * a->size : start;
      const size_t to = (i + 1) * a->size < end ? (i + 1) * a->size : end;
      a->weights[o * a->most + a->count[o]++] = (uint32_t)(to - from);
    }
  }
}

/* Between the centres of two pixels; before the first and after the last there is no other. */
static void interpolate(axis *a, size_t in) {
  const size_t whole = 2 * a->size;
  a->total = (uint32_t)whole;
  for (size_t o = 0; o < a->size; o++) {
    const size_t twice = (2 * o + 1) * in; /* the centre, in parts of 1 / whole */
    const size_t at = twice > a->size ? twice - a->size : 0;
    const size_t first = at / whole, part = first + 1 < in ? at % whole : 0;
    a->first[o] = (uint32_t)first;
    a->weights[o * a->most] = (uint32_t)(whole - part);
    a->weights[o * a->most + 1] = (uint32_t)part;
    a->count[o] = part > 0 ? 2 : 1;
  }
}

static void axis_free(axis *a) {
  cr_free(a->first);
  cr_free(a->count);
  cr_free(a->weights);
}

static cr_status take(size_t count, uint32_t **out) {
  void *block = NULL;
  CR_TRY(cr_alloc(count, sizeof(uint32_t), &block));
  *out = block;
  return CR_OK;
}

static cr_status axis_create(size_t in, size_t size, axis *a) {
  *a = (axis){.size = size, .most = size > in ? 2 : in / size + 2};
  CR_TRY(take(size, &a->first));
  CR_TRY(take(size, &a->count));
  CR_TRY(take(size * a->most, &a->weights));
  if (size > in)
    interpolate(a, in);
  else
    average(a, in);
  return CR_OK;
}

/* row (width, channels): a row of the old picture on the new width, times the total of x. */
static void across(const axis *x, size_t channels, const uint8_t *in, uint32_t *row) {
  for (size_t o = 0; o < x->size; o++) {
    const uint8_t *from = in + x->first[o] * channels;
    const uint32_t *weights = x->weights + o * x->most;
    for (size_t c = 0; c < channels; c++) {
      uint32_t sum = 0;
      for (size_t i = 0; i < x->count[o]; i++) sum += weights[i] * from[i * channels + c];
      row[o * channels + c] = sum;
    }
  }
}

static void down(const cr_resizing *s, const axis *x, const axis *y, const uint8_t *in,
                 uint32_t *row, uint64_t *sums, uint8_t *out) {
  const size_t values = s->width * s->channels;
  const uint64_t total = (uint64_t)x->total * y->total;
  for (size_t o = 0; o < s->height; o++) {
    for (size_t v = 0; v < values; v++) sums[v] = total / 2; /* to round */
    for (size_t i = 0; i < y->count[o]; i++) {
      across(x, s->channels, in + (y->first[o] + i) * s->in_width * s->channels, row);
      const uint64_t weight = y->weights[o * y->most + i];
      for (size_t v = 0; v < values; v++) sums[v] += weight * row[v];
    }
    for (size_t v = 0; v < values; v++) out[o * values + v] = (uint8_t)(sums[v] / total);
  }
}

cr_status cr_resize(const cr_resizing *sizes, const uint8_t *in, uint8_t *out) {
  const size_t values = sizes->width * sizes->channels;
  axis x = {0}, y = {0};
  uint32_t *row = NULL;
  void *sums = NULL;
  cr_status status = axis_create(sizes->in_width, sizes->width, &x);
  if (status == CR_OK) status = axis_create(sizes->in_height, sizes->height, &y);
  if (status == CR_OK) status = take(values, &row);
  if (status == CR_OK) status = cr_alloc(values, sizeof(uint64_t), &sums);
  if (status == CR_OK) down(sizes, &x, &y, in, row, sums, out);
  cr_free(sums);
  cr_free(row);
  axis_free(&x);
  axis_free(&y);
  return status;
}
