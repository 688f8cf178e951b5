#include "train/augment.h"

#include <float.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "support.h"

enum { MOST_BYTES = 64, ROWS = 8 };

/* Byte i of all pictures. */
static uint8_t byte_at(size_t i) {
  return (uint8_t)(i * i * 7 + i * 31 + 5);
}

/* ROWS samples that are all the same picture; rows says where each lies among the table's. */
static uint8_t pictures[ROWS * MOST_BYTES];
static size_t table_rows[ROWS];

static cr_samples picture_samples(cr_image_shape shape) {
  const size_t inputs = shape.height * shape.width * shape.channels;
  assert_true(inputs <= MOST_BYTES);
  for (size_t r = 0; r < ROWS; r++) {
    table_rows[r] = ROWS - 1 - r;
    for (size_t i = 0; i < inputs; i++) pictures[r * inputs + i] = byte_at(i);
  }
  return (cr_samples){.rows = ROWS,
                      .inputs = inputs,
                      .outputs = 1,
                      .bytes = pictures,
                      .byte_rows = table_rows,
                      .byte_scale = 1.0F,
                      .image = shape};
}

/* out (count, inputs): rows `order` of one draw, by a kernel and as thread `thread` of 3. */
static void gather(const cr_samples *samples, const cr_augmentation *augmentation,
                   const cr_kernel *kernel, size_t thread, cr_augment_draw draw,
                   const size_t *order, size_t count, float *out) {
  cr_augmenter *augmenter = NULL;
  assert_int_equal(cr_augmenter_create(augmentation, samples, kernel, 3, &augmenter), CR_OK);
  cr_augmenter_gather(augmenter, &draw, thread, samples, order, count,
                      (cr_matrix){out, count, samples->inputs, samples->inputs});
  cr_augmenter_destroy(augmenter);
}

/*
 * A byte differs from its neighbours by up to 255, so that a place that is off by the rounding of
 * some sums of numbers up to 10 moves a value by that many times as much.
 */
static const double TOLERANCE = 255 * 12 * 10 * 0x1p-24 + 0.00005; /* the latter: of the numbers */

/*
 * (eq W1, W2, W3) The numbers are from an implementation in NumPy: Philox from its paper, the
 * fields by scipy.ndimage.gaussian_filter(mode="constant", truncate=3), the pixels by
 * map_coordinates(order=1, mode="nearest").
 */
static void check_numbers(cr_image_shape shape, const cr_augmentation *augmentation,
                          cr_augment_draw draw, size_t row, const float *expected) {
  const cr_samples samples = picture_samples(shape);
  const cr_kernel *kernel;
  float out[MOST_BYTES];
  for (size_t k = 0; (kernel = cr_kernel_at(k)) != NULL; k++) {
    if (!kernel->supported()) continue;
    gather(&samples, augmentation, kernel, 1, draw, &row, 1, out);
    for (size_t i = 0; i < samples.inputs; i++) assert_close(out[i], expected[i], TOLERANCE);
  }
}

static void test_as_numpy_has_it(void **state) {
  (void)state;
  static const float grey[] = {
      195.4606F, 132.5366F, 153.9924F, 140.1040F, 62.6939F,  69.0265F,  176.4492F, 104.9392F,
      189.0000F, 101.8751F, 111.8655F, 81.5205F,  143.6021F, 126.1696F, 101.9958F, 250.2265F,
      103.2765F, 189.0000F, 144.2343F, 48.8857F,  148.3142F, 207.9895F, 202.7192F, 168.2704F,
      64.8861F,  175.5491F, 244.9042F, 202.4345F, 105.8562F, 45.5434F,  201.9694F, 191.1762F,
      197.5083F, 190.9964F, 187.8237F, 185.5427F, 174.9750F, 195.7773F, 107.9621F, 73.9733F,
      184.0300F, 181.0649F, 171.9254F, 100.4697F, 78.7451F,  205.1201F, 219.8385F, 59.8587F,
      90.0500F,  148.8291F, 212.0153F, 101.3066F, 68.5828F,  63.6851F,  88.9617F,  112.5735F,
      125.5870F, 199.1082F, 127.5734F, 110.1062F, 95.9396F,  147.8507F, 159.1251F};
  static const float color[] = {
      78.3399F,  136.0852F, 87.4780F,  167.6552F, 192.8777F, 107.1567F, 186.0206F, 60.0816F,
      184.8565F, 111.1203F, 210.0023F, 142.3901F, 91.0153F,  109.6902F, 91.0590F,  176.8204F,
      207.3181F, 130.3818F, 166.7828F, 162.3124F, 141.8878F, 55.4597F,  87.8700F,  99.5600F,
      148.7857F, 110.6016F, 95.0832F,  231.6091F, 230.4078F, 231.4930F, 170.2849F, 198.8977F,
      204.2898F, 82.4609F,  46.3676F,  210.3055F, 129.0357F, 47.9307F,  71.3130F,  141.1886F,
      102.8813F, 135.8236F, 108.2468F, 168.7162F, 156.9340F, 83.3468F,  157.1236F, 121.2594F,
      184.7384F, 101.5176F, 121.3507F, 207.4033F, 229.9523F, 33.2092F,  167.7354F, 148.1743F,
      96.2669F,  77.7115F,  84.7311F,  105.7508F};
  const cr_augmentation strong = {
      .shift = 1.5, .rotate = 20, .scale = 0.2, .shear = 0.15, .alpha = 6, .sigma = 1.2};
  const cr_augmentation other = {
      .shift = 0.8, .rotate = 30, .scale = 0.1, .shear = 0.3, .alpha = 3, .sigma = 0.9};
  check_numbers((cr_image_shape){7, 9, 1}, &strong, (cr_augment_draw){0x123456789, 3}, 5, grey);
  check_numbers((cr_image_shape){5, 4, 3}, &other, (cr_augment_draw){2, 0}, 1, color);
}

/* A map that changes nothing, moves by whole pixels, turns by a right angle. */
static void test_map(void **state) {
  (void)state;
  const cr_image_shape shape = {6, 5, 1};
  const double none[6] = {0, 0, 0, 0, 0, 0}, ends[6] = {1, 0, 0, 0, 1, -1};
  const cr_augmentation shift = {.shift = 2}, turn = {.rotate = 90},
                        all = {.rotate = 180, .scale = 0.9, .shear = 1, .shift = 9};
  const cr_warp_map same = cr_augmentation_map(&all, shape, none);
  assert_true(same.x_of_x == 1 && same.x_of_y == 0 && same.y_of_x == 0 && same.y_of_y == 1);
  assert_true(same.x == 2 && same.y == 2.5F);
  const cr_warp_map moved = cr_augmentation_map(&shift, shape, ends);
  assert_true(moved.x_of_x == 1 && moved.x_of_y == 0 && moved.x == 0 && moved.y == 4.5F);
  const cr_warp_map turned = cr_augmentation_map(&turn, shape, ends);
  assert_close(turned.x_of_x, 0, FLT_EPSILON);
  assert_close(turned.x_of_y, 1, FLT_EPSILON);
  assert_close(turned.y_of_x, -1, FLT_EPSILON);
  assert_close(turned.y_of_y, 0, FLT_EPSILON);
}

/* Seed, epoch and row decide, and nothing else does. */
static void test_draws(void **state) {
  (void)state;
  const cr_samples samples = picture_samples((cr_image_shape){7, 9, 1});
  const cr_augmentation a = {.shift = 2, .alpha = 5, .sigma = 2};
  const size_t order[] = {4, 0, 4, 7}, inputs = samples.inputs, bytes = inputs * sizeof(float);
  const cr_augment_draw draw = {1, 2};
  float out[4 * MOST_BYTES], other[4 * MOST_BYTES];
  gather(&samples, &a, cr_kernel_best(), 0, draw, order, 4, out);
  assert_memory_equal(out, out + 2 * inputs, bytes);
  assert_true(memcmp(out, out + inputs, bytes) != 0);
  gather(&samples, &a, cr_kernel_best(), 2, draw, order + 3, 1, other);
  assert_memory_equal(out + 3 * inputs, other, bytes);
  gather(&samples, &a, cr_kernel_best(), 0, (cr_augment_draw){1, 3}, order, 1, other);
  assert_true(memcmp(out, other, bytes) != 0);
  gather(&samples, &a, cr_kernel_best(), 0, (cr_augment_draw){2, 2}, order, 1, other);
  assert_true(memcmp(out, other, bytes) != 0);
  gather(&samples, &a, cr_kernel_best(), 0, (cr_augment_draw){1, 2 | UINT64_C(1) << 32}, order, 1,
         other);
  assert_true(memcmp(out, other, bytes) != 0);
}

/*
 * The upper half of a row's number counts as well. All rows have their place among addresses, and
 * the two that are used one in memory.
 */
static void test_more_rows_than_32_bits(void **state) {
  (void)state;
  enum { SIDE = 8 };
  const size_t rows[] = {4, 4 + (SIZE_MAX >> 32) + 1};
  const size_t size = (rows[1] + 1) * SIDE;
  const cr_augmentation shift = {.shift = 3};
  float out[2 * SIDE];
  uint8_t *bytes =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (bytes == MAP_FAILED) skip(); /* a limit of addresses */
  for (size_t i = 0; i < SIDE; i++)
    bytes[rows[0] * SIDE + i] = bytes[rows[1] * SIDE + i] = byte_at(i);
  const cr_samples samples = {.rows = rows[1] + 1,
                              .inputs = SIDE,
                              .outputs = 1,
                              .bytes = bytes,
                              .byte_scale = 1.0F,
                              .image = {1, SIDE, 1}};
  gather(&samples, &shift, cr_kernel_best(), 0, (cr_augment_draw){1, 2}, rows, 2, out);
  assert_true(memcmp(out, out + SIDE, SIDE * sizeof *out) != 0);
  munmap(bytes, size);
}

/* What changes nothing gives the very floats that the bytes give. */
static void test_nothing_to_do(void **state) {
  (void)state;
  cr_samples samples = picture_samples((cr_image_shape){7, 3, 3});
  for (size_t r = 0; r < ROWS; r++) pictures[r * samples.inputs + 1] = (uint8_t)r;
  samples.byte_scale = 0.01278F;
  samples.byte_shift = -0.4242F;
  const cr_augmentation none = {0};
  const cr_kernel *kernel;
  const size_t order[] = {3, 1};
  float out[2 * MOST_BYTES], expected[2 * MOST_BYTES];
  for (size_t k = 0; (kernel = cr_kernel_at(k)) != NULL; k++) {
    if (!kernel->supported()) continue;
    gather(&samples, &none, kernel, 0, (cr_augment_draw){1, 1}, order, 2, out);
    cr_samples_gather(&samples, kernel->bytes_to_floats, order, 2,
                      (cr_matrix){expected, 2, samples.inputs, samples.inputs}, (cr_matrix){0});
    assert_memory_equal(out, expected, 2 * samples.inputs * sizeof(float));
  }
}

static void test_too_large(void **state) {
  (void)state;
  cr_samples samples = {.rows = 1, .image = {1, 2049, 1}};
  cr_augmenter *augmenter = NULL;
  const cr_augmentation elastic = {.alpha = 1, .sigma = 1}, shift = {.shift = 1};
  assert_int_equal(cr_augmenter_create(&elastic, &samples, cr_kernel_best(), 1, &augmenter),
                   CR_ERR_LIMIT);
  assert_null(augmenter);
  assert_int_equal(cr_augmenter_create(&shift, &samples, cr_kernel_best(), 1, &augmenter), CR_OK);
  cr_augmenter_destroy(augmenter);
  samples.image.height = 16385;
  assert_int_equal(cr_augmenter_create(&shift, &samples, cr_kernel_best(), 1, &augmenter),
                   CR_ERR_LIMIT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_as_numpy_has_it), cmocka_unit_test(test_map),
      cmocka_unit_test(test_draws),           cmocka_unit_test(test_nothing_to_do),
      cmocka_unit_test(test_too_large),       cmocka_unit_test(test_more_rows_than_32_bits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
