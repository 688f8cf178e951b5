/*
 * Images shifted, turned, scaled, slanted and bent at random, anew in each epoch, so that a network
 * learns from more of them than there are.
 */
#ifndef TRAIN_AUGMENT_H
#define TRAIN_AUGMENT_H

#include "data/samples.h"
#include "kernel/kernels.h"
#include "train/warp.h"

/* How far: each number is drawn from minus to plus so much. All 0: not at all. */
typedef struct cr_augmentation {
  double shift;        /* pixels, along x and y each */
  double rotate;       /* degrees */
  double scale;        /* share, along x and y each */
  double shear;        /* pixels to the side for each pixel of height */
  double alpha, sigma; /* elastic (Simard and others 2003): strength, and how smooth; in pixels */
} cr_augmentation;

/*
 * Reads "shift=2,rotate=10,scale=0.1,shear=0.1,elastic=34:4", or some of these; "auto" stands for
 * those that suit the size of the images, and what follows it goes before. CR_ERR_ARGUMENT.
 */
cr_status cr_augmentation_read(const char *text, cr_image_shape shape, cr_augmentation *out);

/* The same text in one form; the caller's (cr_free). NULL where there is none. */
cr_status cr_augmentation_write(const cr_augmentation *augmentation, char **out);

/* Draws from images of one shape; holds the room that this takes. */
typedef struct cr_augmenter cr_augmenter;

/* For so many threads. CR_ERR_COMBINATION if the samples are not images alone. */
cr_status cr_augmenter_create(const cr_augmentation *augmentation, const cr_samples *samples,
                              const cr_kernel *kernel, size_t threads, cr_augmenter **out);
void cr_augmenter_destroy(cr_augmenter *augmenter); /* NULL is fine */
size_t cr_augmenter_threads(const cr_augmenter *augmenter);

/* Which draw it is: alone decides, with the row, what comes out. */
typedef struct cr_augment_draw {
  uint64_t seed, epoch;
} cr_augment_draw;

/*
 * out (count rows of inputs floats, `stride` apart): rows order[0..count) of samples in memory, as
 * those of its creation are, as the network takes them, each bent in its own way. `thread`
 * (< threads) has its own room: one call at a time for it.
 */
void cr_augmenter_gather(const cr_augmenter *augmenter, const cr_augment_draw *draw, size_t thread,
                         const cr_samples *samples, const size_t *order, size_t count,
                         cr_matrix out);

/* (eq W1) The map that six numbers from -1 to 1 give, for images of this shape. */
cr_warp_map cr_augmentation_map(const cr_augmentation *augmentation, cr_image_shape shape,
                                const double numbers[6]);

#endif
