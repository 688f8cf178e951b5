#include "train/augment.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/rng.h"
#include "base/size.h"

/* Numbers of an image that make its map; they are of a group of words of their own. */
enum { NUMBERS = 6 };

/* The Gaussian ends at so many deviations: 0.3 % of it lie beyond. */
enum { DEVIATIONS = 3 };

/* The longest sides: of a field, for its matrices grow with the square; and of any image. */
enum { ELASTIC_SIDE = 2048, LARGEST_SIDE = 16384 };

/* What a thread works in. */
typedef struct augment_room {
  uint32_t *words, *quads;
  float *x, *y, *channel;  /* (pixels) each */
  float *fields, *between; /* (height, 2 * width); only where it is elastic */
} augment_room;

struct cr_augmenter {
  cr_augmentation augmentation;
  const cr_samples *samples; /* borrowed */
  const cr_kernel *kernel;
  const cr_warp *warp;
  cr_image_shape shape;
  size_t pixels, groups; /* of an image: pixels of a channel, groups of random words */
  bool elastic;
  float *across, *down; /* (width, width), (height, height): the Gaussian, as matrices */
  augment_room *rooms;  /* (threads) */
  size_t threads;
  cr_arena arena;
};

#define ROW(level) extern const cr_warp cr_warp_##level;
CR_LEVELS(ROW)
#undef ROW

const cr_warp *cr_warp_for(size_t level) {
#define ROW(name) [CR_LEVEL_##name] = &cr_warp_##name,
  static const cr_warp *const warps[] = {CR_LEVELS(ROW)};
#undef ROW
  return warps[level];
}

static void lay_out_room(const cr_augmenter *a, augment_room *room, cr_arena *arena) {
  const size_t fields = a->elastic ? 2 * a->pixels : 0;
  room->words = cr_arena_take(arena, a->groups, CR_GROUP_WORDS * sizeof(uint32_t));
  room->quads = cr_arena_take(arena, a->pixels, sizeof(uint32_t));
  room->x = cr_arena_take(arena, a->pixels, sizeof(float));
  room->y = cr_arena_take(arena, a->pixels, sizeof(float));
  room->channel = cr_arena_take(arena, a->pixels, sizeof(float));
  room->fields = cr_arena_take(arena, fields, sizeof(float));
  room->between = cr_arena_take(arena, fields, sizeof(float));
}

static void lay_out(cr_augmenter *a, cr_arena *arena) {
  const size_t across = a->elastic ? a->shape.width : 0, down = a->elastic ? a->shape.height : 0;
  a->across = cr_arena_take(arena, across * across, sizeof *a->across);
  a->down = cr_arena_take(arena, down * down, sizeof *a->down);
  a->rooms = cr_arena_take(arena, a->threads, sizeof *a->rooms);
  for (size_t t = 0; t < a->threads; t++) {
    augment_room measured;
    lay_out_room(a, a->rooms ? &a->rooms[t] : &measured, arena);
  }
}

/*
 * (eq W2) The Gaussian as a matrix (size, size): a row times it is the row smoothed. It is cut off,
 * and its sum is 1 where it lies within the image.
 */
static void make_gaussian(float *matrix, size_t size, double sigma) {
  const size_t radius = (size_t)(DEVIATIONS * sigma + 0.5);
  double sum = 1.0;
  for (size_t k = 1; k <= radius; k++) sum += 2.0 * exp(-0.5 * (double)(k * k) / (sigma * sigma));
  for (size_t i = 0; i < size; i++)
    for (size_t j = 0; j < size; j++) {
      const size_t k = i < j ? j - i : i - j;
      if (k > radius) continue;
      matrix[i * size + j] = (float)(exp(-0.5 * (double)(k * k) / (sigma * sigma)) / sum);
    }
}

static cr_status check_size(const cr_augmenter *a) {
  const size_t most = a->elastic ? ELASTIC_SIDE : LARGEST_SIDE;
  const cr_image_shape *shape = &a->shape;
  if (shape->height <= most && shape->width <= most) return CR_OK;
  cr_fail(CR_ERR_LIMIT, "--augment%s with images of %zu x %zu pixels; the most is %zu x %zu",
          a->elastic ? " elastic" : "", shape->width, shape->height, most, most);
  return a->elastic ? cr_fix("leave out elastic, or use smaller images")
                    : cr_fix("use smaller images");
}

static cr_status take_room(cr_augmenter *a) {
  CR_TRY(check_size(a));
  a->pixels = a->shape.height * a->shape.width;
  a->groups = 1 + (a->elastic ? (a->pixels + CR_GROUP_WORDS - 1) / CR_GROUP_WORDS : 0);
  cr_arena measured;
  cr_arena_measure(&measured);
  lay_out(a, &measured);
  CR_TRY(cr_arena_create(&measured, &a->arena));
  lay_out(a, &a->arena);
  if (!a->elastic) return CR_OK;
  make_gaussian(a->across, a->shape.width, a->augmentation.sigma);
  make_gaussian(a->down, a->shape.height, a->augmentation.sigma);
  return CR_OK;
}

cr_status cr_augmenter_create(const cr_augmentation *augmentation, const cr_samples *samples,
                              const cr_kernel *kernel, size_t threads, cr_augmenter **out) {
  *out = NULL;
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_augmenter), &block));
  cr_augmenter *a = block;
  a->augmentation = *augmentation;
  a->samples = samples;
  a->shape = samples->image;
  a->elastic = augmentation->alpha > 0.0;
  a->kernel = kernel;
  a->warp = cr_warp_for(kernel->level);
  a->threads = threads;
  const cr_status status = take_room(a);
  if (status == CR_OK)
    *out = a;
  else
    cr_augmenter_destroy(a);
  return status;
}

void cr_augmenter_destroy(cr_augmenter *augmenter) {
  if (!augmenter) return;
  cr_arena_destroy(&augmenter->arena);
  cr_free(augmenter);
}

size_t cr_augmenter_threads(const cr_augmenter *augmenter) {
  return augmenter->threads;
}

/*
 * (eq W1) The image is scaled, slanted, turned and moved, so what is at q afterwards came from
 * S^-1 K^-1 R^-1 (q - t), counted from the centre.
 */
cr_warp_map cr_augmentation_map(const cr_augmentation *augmentation, cr_image_shape shape,
                                const double numbers[NUMBERS]) {
  static const double degree = 0.017453292519943295;
  const double angle = augmentation->rotate * numbers[0] * degree;
  const double shear = augmentation->shear * numbers[1];
  const double x_scale = 1.0 + augmentation->scale * numbers[2];
  const double y_scale = 1.0 + augmentation->scale * numbers[3];
  const double x_shift = augmentation->shift * numbers[4];
  const double y_shift = augmentation->shift * numbers[5];
  const double cosine = cos(angle), sine = sin(angle);
  const double xx = (cosine + shear * sine) / x_scale, xy = (sine - shear * cosine) / x_scale;
  const double yx = -sine / y_scale, yy = cosine / y_scale;
  return (cr_warp_map){
      .x_of_x = (float)xx,
      .x_of_y = (float)xy,
      .y_of_x = (float)yx,
      .y_of_y = (float)yy,
      .x = (float)(0.5 * (double)(shape.width - 1) - xx * x_shift - xy * y_shift),
      .y = (float)(0.5 * (double)(shape.height - 1) - yx * x_shift - yy * y_shift),
      .elasticity = (float)augmentation->alpha,
  };
}

/* Random words of an image: a key for each seed and epoch, the counter is the row's. */
static void draw_words(const cr_augmenter *a, const uint32_t key[2], size_t row, uint32_t *words) {
  const uint64_t number = row;
  const uint32_t counter[4] = {0, (uint32_t)number, (uint32_t)(number >> 32), CR_STREAM_AUGMENT};
  a->kernel->random_words(words, a->groups, counter, key);
}

static void find_key(const cr_augment_draw *draw, uint32_t key[2]) {
  const uint32_t seed[2] = {(uint32_t)draw->seed, (uint32_t)(draw->seed >> 32)};
  const uint32_t epoch[4] = {(uint32_t)draw->epoch, (uint32_t)(draw->epoch >> 32), 0,
                             CR_STREAM_AUGMENT};
  uint32_t block[4];
  cr_philox(epoch, seed, block);
  memcpy(key, block, 2 * sizeof *key);
}

/*
 * (eq W2) The fields, smoothed: two products with the Gaussian, since it is one along x times one
 * along y. What lies outside of a field is 0, and so is what the matrices do not have.
 */
static void make_fields(const cr_augmenter *a, const augment_room *room) {
  const size_t height = a->shape.height, width = a->shape.width;
  const cr_product across = {.m = 2 * height,
                             .n = width,
                             .k = width,
                             .a = room->fields,
                             .a_row = width,
                             .a_col = 1,
                             .b = a->across,
                             .b_row = width,
                             .b_col = 1,
                             .c = room->between,
                             .c_stride = width};
  const cr_product down = {.m = height,
                           .n = 2 * width,
                           .k = height,
                           .a = a->down,
                           .a_row = height,
                           .a_col = 1,
                           .b = room->between,
                           .b_row = 2 * width,
                           .b_col = 1,
                           .c = room->fields,
                           .c_stride = 2 * width};
  a->warp->fill(room->fields, height, width, room->words + CR_GROUP_WORDS);
  a->kernel->multiply(&across, 0, across.m, 0, across.n);
  a->kernel->multiply(&down, 0, down.m, 0, down.n);
}

static void sample_channels(const cr_augmenter *a, const augment_room *room, const uint8_t *pixels,
                            float *out) {
  const cr_samples *samples = a->samples;
  const size_t channels = a->shape.channels, height = a->shape.height, width = a->shape.width;
  for (size_t c = 0; c < channels; c++) {
    float *to = channels == 1 ? out : room->channel;
    a->warp->quads(room->quads, pixels + c, height, width, channels);
    a->warp->sample(to, room->quads, height, width, room->x, room->y, a->pixels,
                    samples->byte_scale, samples->byte_shift);
    for (size_t i = 0; channels > 1 && i < a->pixels; i++) out[i * channels + c] = to[i];
  }
}

void cr_augmenter_gather(const cr_augmenter *a, const cr_augment_draw *draw, size_t thread,
                         const cr_samples *samples, const size_t *order, size_t count,
                         cr_matrix out) {
  const augment_room *room = &a->rooms[thread];
  uint32_t key[2];
  find_key(draw, key);
  for (size_t i = 0; i < count; i++) {
    double numbers[NUMBERS];
    draw_words(a, key, order[i], room->words);
    for (size_t n = 0; n < NUMBERS; n++) numbers[n] = (room->words[n] + 0.5) * 0x1p-31 - 1.0;
    const cr_warp_map map = cr_augmentation_map(&a->augmentation, a->shape, numbers);
    if (a->elastic) make_fields(a, room);
    a->warp->place(&map, a->elastic ? room->fields : NULL, a->shape.height, a->shape.width, room->x,
                   room->y);
    sample_channels(a, room, cr_samples_bytes(samples, order[i]), out.data + i * out.stride);
  }
}
