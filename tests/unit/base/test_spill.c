#include "base/spill.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { SIZE = 300001 };

/* What is written at places of it is there, what is not is 0, and it comes back after a rest. */
static void bytes_stay(void **state) {
  (void)state;
  cr_spill spill;
  static unsigned char bytes[SIZE];
  for (size_t i = 0; i < SIZE; i++) bytes[i] = (unsigned char)(i * 7 + i / 251);
  assert_int_equal(cr_spill_create(cr_spill_folder(NULL), &spill), CR_OK);
  assert_true(cr_spill_room(&spill) > 0);
  assert_int_equal(cr_spill_write(&spill, bytes + 1000, SIZE - 1000, SIZE + 1000), CR_OK);
  assert_int_equal(cr_spill_write(&spill, bytes, 1000, SIZE), CR_OK);
  assert_int_equal(cr_spill_map(&spill, 3 * SIZE), CR_OK);
  for (size_t i = 0; i < 3; i++) {
    assert_memory_equal(spill.bytes + SIZE, bytes, SIZE);
    assert_int_equal(spill.bytes[SIZE - 1] | spill.bytes[2 * SIZE], 0);
    if (i == 0)
      cr_spill_rest(&spill);
    else
      cr_spill_rest_part(&spill, SIZE + 11, SIZE - 99);
    spill.bytes[SIZE + 5] = bytes[5] = (unsigned char)i; /* it may be changed */
  }
  cr_spill_free(&spill);
  cr_spill_free(&spill);
}

static void reserved_room_is_0(void **state) {
  (void)state;
  cr_spill spill;
  assert_int_equal(cr_spill_create(cr_spill_folder("/tmp"), &spill), CR_OK);
  assert_int_equal(cr_spill_reserve(&spill, SIZE), CR_OK);
  for (size_t i = 0; i < SIZE; i += 4096) assert_int_equal(spill.bytes[i]++, 0);
  cr_spill_rest(&spill);
  for (size_t i = 0; i < SIZE; i += 4096) assert_int_equal(spill.bytes[i], 1);
  cr_spill_free(&spill);
}

static void the_folder(void **state) {
  (void)state;
  cr_spill spill;
  char *before = getenv("TMPDIR") ? strdup(getenv("TMPDIR")) : NULL;
  setenv("TMPDIR", "/somewhere", 1);
  assert_string_equal(cr_spill_folder("/here"), "/here");
  assert_string_equal(cr_spill_folder(NULL), "/somewhere");
  unsetenv("TMPDIR");
  assert_string_equal(cr_spill_folder(NULL), "/var/tmp");
  if (before) setenv("TMPDIR", before, 1);
  free(before);
  assert_int_equal(cr_spill_create("/no such folder", &spill), CR_ERR_CACHE);
  assert_string_equal(cr_last_error()->file, "/no such folder");
  cr_spill_free(&spill);
}

static ssize_t full_disk(int fd, const void *bytes, size_t size, off_t offset) {
  (void)fd, (void)bytes, (void)size, (void)offset;
  errno = ENOSPC;
  return -1;
}

static int no_room(int fd, off_t size) {
  (void)fd, (void)size;
  errno = ENOSPC;
  return -1;
}

static void a_full_disk(void **state) {
  (void)state;
  const cr_io io = {.write_at = full_disk, .allocate = no_room, .close = close};
  cr_spill spill;
  assert_int_equal(cr_spill_create("/tmp", &spill), CR_OK);
  cr_io_set(&io);
  assert_int_equal(cr_spill_write(&spill, "abc", 3, 0), CR_ERR_CACHE);
  assert_non_null(strstr(cr_last_error()->message, "no space"));
  assert_non_null(strstr(cr_last_error()->fix, "--cache"));
  assert_int_equal(cr_spill_reserve(&spill, SIZE), CR_ERR_CACHE);
  cr_spill_free(&spill);
  cr_io_set(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_stay),
      cmocka_unit_test(reserved_room_is_0),
      cmocka_unit_test(the_folder),
      cmocka_unit_test(a_full_disk),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
