#include "data/block_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kept_memory.h"

enum { RECORD = 7, LARGEST = 64 };

/* Byte `b` of record `i`. */
static unsigned char byte_of(size_t i, size_t b) {
  return (unsigned char)(i * 31 + b * 7 + 1);
}

static void create(cr_block_file *file, size_t per_block) {
  assert_int_equal(cr_block_file_create("/tmp", RECORD, per_block, file), CR_OK);
}

static cr_status append(cr_block_file *file, size_t count) {
  for (size_t i = 0; i < count; i++) {
    void *place = NULL;
    const cr_status status = cr_block_file_append(file, &place);
    if (status != CR_OK) return status;
    for (size_t b = 0; b < RECORD; b++) ((unsigned char *)place)[b] = byte_of(i, b);
  }
  return cr_block_file_finish(file);
}

static void check_block(const cr_block_file *file, size_t block) {
  unsigned char bytes[LARGEST * RECORD];
  const size_t records = cr_block_file_records(file, block);
  assert_int_equal(cr_block_file_read(file, block, bytes), CR_OK);
  for (size_t i = 0; i < records; i++)
    for (size_t b = 0; b < RECORD; b++)
      assert_int_equal(bytes[i * RECORD + b], byte_of(block * file->per_block + i, b));
}

static void records_come_back(void **state) {
  (void)state;
  for (size_t per_block = 1; per_block <= 5; per_block++)
    for (size_t count = 0; count <= 11; count++) {
      cr_block_file file;
      size_t seen = 0;
      create(&file, per_block);
      assert_int_equal(append(&file, count), CR_OK);
      assert_int_equal(file.blocks, (count + per_block - 1) / per_block);
      for (size_t b = file.blocks; b-- > 0;) {
        check_block(&file, b);
        seen += cr_block_file_records(&file, b);
      }
      assert_int_equal(seen, count);
      assert_int_equal(cr_block_file_records(&file, file.blocks), 0);
      cr_block_file_free(&file);
    }
}

/* Every byte of the file, changed; and it cut off anywhere. */
static void damage_is_noticed(void **state) {
  (void)state;
  enum { COUNT = 8, PER_BLOCK = 3 };
  cr_block_file file;
  unsigned char bytes[PER_BLOCK * RECORD];
  create(&file, PER_BLOCK);
  assert_int_equal(append(&file, COUNT), CR_OK);
  for (off_t at = 0; at < COUNT * RECORD; at++) {
    const size_t block = (size_t)at / sizeof bytes;
    const unsigned char was = byte_of((size_t)at / RECORD, (size_t)at % RECORD);
    const unsigned char other = (unsigned char)(was ^ 1 << at % 8);
    assert_int_equal(pwrite(file.fd, &other, 1, at), 1);
    for (size_t b = 0; b < file.blocks; b++)
      assert_int_equal(cr_block_file_read(&file, b, bytes), b == block ? CR_ERR_CACHE : CR_OK);
    assert_int_equal(cr_block_file_read(&file, block, bytes), CR_ERR_CACHE);
    assert_string_equal(cr_last_error()->file, "/tmp");
    assert_non_null(strstr(cr_last_error()->message, "not those that were written"));
    assert_int_equal(pwrite(file.fd, &was, 1, at), 1);
  }
  for (off_t size = COUNT * RECORD; size-- > 0;) {
    assert_int_equal(ftruncate(file.fd, size), 0);
    const size_t whole = (size_t)size / sizeof bytes;
    for (size_t b = 0; b < file.blocks; b++)
      assert_int_equal(cr_block_file_read(&file, b, bytes), b < whole ? CR_OK : CR_ERR_CACHE);
  }
  cr_block_file_free(&file);
}

/* Blocks of equal bytes, one in the place of the other: it is the wrong one all the same. */
static void blocks_that_change_places_are_noticed(void **state) {
  (void)state;
  cr_block_file file;
  unsigned char bytes[RECORD];
  create(&file, 1);
  assert_int_equal(append(&file, 2), CR_OK);
  for (off_t block = 0; block < 2; block++) {
    for (size_t b = 0; b < RECORD; b++) bytes[b] = byte_of((size_t)(1 - block), b);
    assert_int_equal(pwrite(file.fd, bytes, RECORD, block * RECORD), RECORD);
  }
  assert_int_equal(cr_block_file_read(&file, 0, bytes), CR_ERR_CACHE);
  assert_int_equal(cr_block_file_read(&file, 1, bytes), CR_ERR_CACHE);
  cr_block_file_free(&file);
}

/* --- faults --- */

static struct { int calls, fail_at, error; } faults;

static bool fails(void) {
  if (++faults.calls != faults.fail_at) return false;
  errno = faults.error;
  return true;
}

static ssize_t trickling_read(int fd, void *bytes, size_t size, off_t offset) {
  return fails() ? -1 : pread(fd, bytes, size > 2 ? 2 : size, offset);
}

static ssize_t trickling_write(int fd, const void *bytes, size_t size) {
  return fails() ? -1 : write(fd, bytes, size > 5 ? 5 : size);
}

static int full_room(int fd, uint64_t *bytes) {
  (void)fd;
  *bytes = 12345;
  return fails() ? -1 : 0;
}

static const cr_io faulty = {.open = plain_open,
                             .unlink = unlink,
                             .close = close,
                             .write = trickling_write,
                             .read_at = trickling_read,
                             .room = full_room};

/* As `error` at call `fail_at`, from 1, of those that are counted. */
static void set_fault(int fail_at, int error) {
  faults.calls = 0;
  faults.fail_at = fail_at;
  faults.error = error;
}

static void signals_and_short_transfers_do_no_harm(void **state) {
  (void)state;
  cr_io_set(&faulty);
  for (int at = 1; at <= 12; at++) {
    cr_block_file file;
    create(&file, 4);
    set_fault(at, EINTR);
    assert_int_equal(append(&file, 6), CR_OK);
    set_fault(at, EINTR);
    for (size_t b = 0; b < file.blocks; b++) check_block(&file, b);
    cr_block_file_free(&file);
  }
}

static void a_full_disk_is_told(void **state) {
  (void)state;
  cr_io_set(&faulty);
  for (int at = 1; at <= 9; at++) { /* 6 records of 7 bytes, in blocks of 28 and 14, 5 at a time */
    cr_block_file file;
    create(&file, 4);
    set_fault(at, ENOSPC);
    assert_int_equal(append(&file, 6), CR_ERR_CACHE);
    assert_string_equal(cr_last_error()->message,
                        "cannot write rows in the folder /tmp: no space is left on the device");
    assert_non_null(strstr(cr_last_error()->fix, "--cache DIR"));
    cr_block_file_free(&file);
  }
}

static void a_read_that_fails_is_told(void **state) {
  (void)state;
  unsigned char bytes[4 * RECORD];
  cr_block_file file;
  create(&file, 4);
  assert_int_equal(append(&file, 6), CR_OK);
  cr_io_set(&faulty);
  for (int at = 1; at <= 7; at++) {
    set_fault(at, EIO);
    assert_int_equal(cr_block_file_read(&file, 1, bytes), CR_ERR_CACHE);
    assert_string_equal(cr_last_error()->message,
                        "rows in the folder /tmp, block 2 of 2: input/output error");
  }
  cr_block_file_free(&file);
}

static void room_is_asked_for(void **state) {
  (void)state;
  cr_block_file file;
  create(&file, 4);
  assert_true(cr_block_file_room(&file) > 0);
  cr_io_set(&faulty);
  set_fault(2, EIO);
  assert_int_equal(cr_block_file_room(&file), 12345);
  assert_true(cr_block_file_room(&file) == UINT64_MAX);
  cr_block_file_free(&file);
}

/* Whatever allocation is refused: told, nothing lost. */
static void no_memory_is_told(void **state) {
  (void)state;
  for (size_t at = 1;; at++) {
    cr_block_file file;
    counting_fail_at(at, false);
    cr_status status = cr_block_file_create("/tmp", RECORD, 2, &file);
    if (status == CR_OK) status = append(&file, 9);
    const bool refused = counting.refused > 0;
    counting_fail_at(0, false);
    assert_int_equal(status, refused ? CR_ERR_MEMORY : CR_OK);
    cr_block_file_free(&file);
    if (!refused) return;
  }
}

static void a_folder_that_is_not_there(void **state) {
  (void)state;
  cr_block_file file;
  assert_int_equal(cr_block_file_create("/tmp/nobody/here", 1, 1, &file), CR_ERR_CACHE);
  assert_int_equal(cr_block_file_create("/tmp", SIZE_MAX / 2, 3, &file), CR_ERR_LIMIT);
  cr_block_file_free(&file);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, count_memory, no_memory_is_lost)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(records_come_back),
      TEST(damage_is_noticed),
      TEST(blocks_that_change_places_are_noticed),
      TEST(signals_and_short_transfers_do_no_harm),
      TEST(a_full_disk_is_told),
      TEST(a_read_that_fails_is_told),
      TEST(room_is_asked_for),
      TEST(no_memory_is_told),
      TEST(a_folder_that_is_not_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
