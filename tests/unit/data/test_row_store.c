#include "data/row_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kept_memory.h"

/* So wide that a block of 256 KiB holds 65 rows of floats (1001 with the target), 261 of bytes. */
enum { ROWS = 300, INPUTS = 1000, OUTPUTS = 3 };

static float x[ROWS * INPUTS], y[ROWS * OUTPUTS], weights[ROWS];
static uint8_t bytes[ROWS * INPUTS];
static uint32_t classes[ROWS];
static size_t byte_rows[ROWS];

static void make_rows(void) {
  for (size_t i = 0; i < (size_t)ROWS * INPUTS; i++) {
    x[i] = (float)(i * i % 10007) - 5000.5F;
    bytes[i] = (uint8_t)(i * 7 % 251);
  }
  for (size_t i = 0; i < ROWS; i++) {
    byte_rows[i] = ROWS - 1 - i;
    classes[i] = (uint32_t)(i % OUTPUTS);
    weights[i] = (float)i / 8;
    for (size_t o = 0; o < OUTPUTS; o++) y[i * OUTPUTS + o] = (float)(i * 10 + o);
  }
}

/* Rows first..first + count of all: numbers to numbers. */
static cr_samples numbers(size_t first, size_t count) {
  return (cr_samples){.rows = count,
                      .inputs = INPUTS,
                      .outputs = OUTPUTS,
                      .x = {x + first * INPUTS, count, INPUTS, INPUTS},
                      .y = {y + first * OUTPUTS, count, OUTPUTS, OUTPUTS}};
}

/* Images to classes, each row as often as its weight says. */
static cr_samples images(size_t first, size_t count) {
  return (cr_samples){.rows = count,
                      .inputs = INPUTS,
                      .outputs = OUTPUTS,
                      .bytes = bytes,
                      .byte_rows = byte_rows + first,
                      .byte_scale = 0.5F,
                      .byte_shift = -1,
                      .classes = classes + first,
                      .weights = weights + first};
}

typedef cr_samples maker(size_t first, size_t count);

/* All rows in pieces of `piece`. */
static cr_samples *fill(maker *make, size_t piece) {
  cr_row_store *store = NULL;
  cr_samples *samples = NULL;
  make_rows();
  assert_int_equal(cr_row_store_create("/tmp", ROWS, &store), CR_OK);
  for (size_t first = 0; first < ROWS; first += piece) {
    const cr_samples some = make(first, ROWS - first < piece ? ROWS - first : piece);
    assert_int_equal(cr_row_store_append(store, &some), CR_OK);
  }
  assert_int_equal(cr_row_store_finish(&store, 1 << 20, &samples), CR_OK);
  assert_null(store);
  assert_int_equal(samples->rows, ROWS);
  return samples;
}

static void check_numbers(const cr_samples *got, size_t first) {
  assert_memory_equal(got->y.data, y + first * OUTPUTS, got->rows * OUTPUTS * sizeof(float));
  if (!got->x.data) return;
  assert_memory_equal(got->x.data, x + first * INPUTS, got->rows * INPUTS * sizeof(float));
  assert_int_equal(got->x.rows, got->rows);
}

static void check_images(const cr_samples *got, size_t first) {
  assert_memory_equal(got->classes, classes + first, got->rows * sizeof(uint32_t));
  if (!got->bytes) return;
  assert_memory_equal(got->weights, weights + first, got->rows * sizeof(float));
  assert_true(got->byte_scale == 0.5F && got->byte_shift == -1);
  for (size_t i = 0; i < got->rows; i++)
    assert_memory_equal(cr_samples_bytes(got, i), bytes + (ROWS - 1 - first - i) * INPUTS, INPUTS);
}

typedef void checker(const cr_samples *got, size_t first);

/* Two blocks at a time, from the front; then one alone, the last. */
static void check_all(const cr_samples *samples, cr_row_parts parts, checker *check) {
  const cr_row_store *store = samples->store;
  const size_t blocks = cr_row_store_blocks(store);
  cr_row_room room;
  size_t first = 0;
  assert_int_equal(cr_row_room_create(store, parts, 2, &room), CR_OK);
  for (size_t b = 0; b < blocks; b += 2) {
    cr_row_room_clear(&room);
    for (size_t i = b; i < blocks && i < b + 2; i++)
      assert_int_equal(cr_row_room_read(&room, store, i), CR_OK);
    check(&room.samples, first);
    first += room.samples.rows;
  }
  assert_int_equal(first, ROWS);
  cr_row_room_clear(&room);
  assert_int_equal(cr_row_room_read(&room, store, blocks - 1), CR_OK);
  check(&room.samples, (blocks - 1) * cr_row_store_block_rows(store));
  cr_row_room_free(&room);
}

static void rows_come_back(void **state) {
  (void)state;
  static const size_t pieces[] = {1, 7, 65, 66, 299, 300};
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    cr_samples *samples = fill(numbers, pieces[i]);
    assert_int_equal(cr_row_store_row_bytes(samples->store), 4 * (INPUTS + OUTPUTS));
    assert_int_equal(cr_row_store_bytes(samples->store), ROWS * 4 * (INPUTS + OUTPUTS));
    assert_int_equal(cr_row_store_blocks(samples->store), 5);
    assert_false(cr_samples_have_classes(samples));
    check_all(samples, CR_ROWS_WHOLE, check_numbers);
    check_all(samples, CR_ROWS_TARGETS, check_numbers);
    cr_samples_destroy(samples);

    samples = fill(images, pieces[i]);
    assert_int_equal(cr_row_store_row_bytes(samples->store), INPUTS + 4 + 4);
    assert_int_equal(cr_row_store_blocks(samples->store), 2);
    assert_true(cr_samples_have_classes(samples));
    check_all(samples, CR_ROWS_WHOLE, check_images);
    check_all(samples, CR_ROWS_TARGETS, check_images);
    cr_samples_destroy(samples);
  }
}

static void rows_of_another_kind_are_refused(void **state) {
  (void)state;
  cr_row_store *store = NULL;
  make_rows();
  assert_int_equal(cr_row_store_create("/tmp", 0, &store), CR_OK);
  const cr_samples first = images(0, 5);
  assert_int_equal(cr_row_store_append(store, &first), CR_OK);
  cr_samples other[7];
  for (size_t i = 0; i < 7; i++) other[i] = images(5, 5);
  other[0] = numbers(5, 5);
  other[1].inputs--;
  other[2].outputs++;
  other[3].byte_scale = 1;
  other[4].byte_shift = 0;
  other[5].weights = NULL;
  other[6].classes = NULL;
  for (size_t i = 0; i < 7; i++)
    assert_int_equal(cr_row_store_append(store, &other[i]), CR_ERR_SHAPE);
  cr_row_store_destroy(store);
}

static void no_rows_are_told(void **state) {
  (void)state;
  cr_row_store *store = NULL;
  cr_samples *samples = NULL;
  assert_int_equal(cr_row_store_create(NULL, 0, &store), CR_OK);
  assert_int_equal(cr_row_store_finish(&store, 0, &samples), CR_ERR_EMPTY);
  assert_null(samples);
  assert_non_null(store); /* still the caller's */
  cr_row_store_destroy(store);
  cr_row_store_destroy(NULL);
}

/* --- faults --- */

static int little_room(int fd, uint64_t *free_bytes) {
  (void)fd;
  *free_bytes = 50000;
  return 0;
}

static int writes_left;

static ssize_t full_write(int fd, const void *from, size_t size) {
  if (writes_left-- > 0) return write(fd, from, size);
  errno = ENOSPC;
  return -1;
}

static const cr_io faulty = {.open = plain_open,
                             .unlink = unlink,
                             .close = close,
                             .write = full_write,
                             .read_at = pread,
                             .room = little_room};

static void missing_room_is_told_before_a_row_is_written(void **state) {
  (void)state;
  cr_row_store *store = NULL;
  make_rows();
  cr_io_set(&faulty);
  writes_left = 0;
  const cr_samples some = numbers(0, 5); /* rows of 4012 bytes: 12 of them fit into 50,000 */
  assert_int_equal(cr_row_store_create("/tmp", 12, &store), CR_OK);
  assert_int_equal(cr_row_store_append(store, &some), CR_OK);
  cr_row_store_destroy(store);
  assert_int_equal(cr_row_store_create("/tmp", 13, &store), CR_OK);
  assert_int_equal(cr_row_store_append(store, &some), CR_ERR_CACHE);
  cr_row_store_destroy(store);
  assert_int_equal(cr_row_store_create("/tmp", 5000000, &store), CR_OK);
  assert_int_equal(cr_row_store_append(store, &some), CR_ERR_CACHE);
  assert_string_equal(cr_last_error()->message,
                      "5000000 rows take 20.1 GB on disk, the folder /tmp has room for 0.0 GB");
  assert_non_null(strstr(cr_last_error()->fix, "--cache DIR"));
  cr_row_store_destroy(store);
}

/* At each of the writes: five blocks of inputs, five of targets. */
static void a_full_disk_is_told(void **state) {
  (void)state;
  make_rows();
  cr_io_set(&faulty);
  const cr_samples all = numbers(0, ROWS);
  for (int before = 0; before <= 10; before++) {
    cr_row_store *store = NULL;
    cr_samples *samples = NULL;
    writes_left = before;
    assert_int_equal(cr_row_store_create("/tmp", 0, &store), CR_OK);
    cr_status status = cr_row_store_append(store, &all);
    if (status == CR_OK) status = cr_row_store_finish(&store, 0, &samples);
    assert_int_equal(status, before < 10 ? CR_ERR_CACHE : CR_OK);
    cr_samples_destroy(samples);
    cr_row_store_destroy(store);
  }
}

static void no_memory_is_told(void **state) {
  (void)state;
  make_rows();
  const cr_samples all = images(0, ROWS);
  for (size_t at = 1;; at++) {
    cr_row_store *store = NULL;
    cr_samples *samples = NULL;
    cr_row_room room = {0};
    counting_fail_at(at, false);
    cr_status status = cr_row_store_create("/tmp", 0, &store);
    if (status == CR_OK) status = cr_row_store_append(store, &all);
    if (status == CR_OK) status = cr_row_store_finish(&store, 0, &samples);
    if (status == CR_OK) status = cr_row_room_create(samples->store, CR_ROWS_WHOLE, 1, &room);
    const bool refused = counting.refused > 0;
    counting_fail_at(0, false);
    assert_int_equal(status, refused ? CR_ERR_MEMORY : CR_OK);
    cr_row_room_free(&room);
    cr_samples_destroy(samples);
    cr_row_store_destroy(store);
    if (!refused) return;
  }
}

/* Where the environment says, unless the caller does. */
static void the_folder_is_that_of_the_caller(void **state) {
  (void)state;
  cr_row_store *store = NULL;
  make_rows();
  const cr_samples some = numbers(0, 5);
  assert_int_equal(setenv("TMPDIR", "/nobody/here", 1), 0);
  assert_int_equal(cr_row_store_create(NULL, 0, &store), CR_OK);
  assert_int_equal(cr_row_store_append(store, &some), CR_ERR_CACHE);
  assert_string_equal(cr_last_error()->file, "/nobody/here");
  cr_row_store_destroy(store);
  assert_int_equal(cr_row_store_create("/tmp", 0, &store), CR_OK);
  assert_int_equal(cr_row_store_append(store, &some), CR_OK);
  cr_row_store_destroy(store);
  assert_int_equal(unsetenv("TMPDIR"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, count_memory, no_memory_is_lost)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(rows_come_back),
      TEST(rows_of_another_kind_are_refused),
      TEST(no_rows_are_told),
      TEST(missing_room_is_told_before_a_row_is_written),
      TEST(a_full_disk_is_told),
      TEST(no_memory_is_told),
      TEST(the_folder_is_that_of_the_caller),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
