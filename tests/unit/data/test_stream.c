#include "data/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <sys/stat.h>

#include "data/hashset.h"
#include "folder.h"
#include "gzip.h"
#include "tables.h"

enum { SIZE = 3 * CR_FINGERPRINT_PIECE + 12345 };
static char text[SIZE], back[SIZE + 1];

static int fill_text(void **state) {
  for (size_t i = 0; i < SIZE; i++) text[i] = (char)('a' + (i * i + i / 7) % 26);
  return make_folder(state);
}

/* All of a stream, `step` bytes at a time. */
static size_t read_all(cr_stream *stream, size_t step) {
  size_t size = 0, got = 1;
  while (got > 0) {
    const size_t room = sizeof back - size < step ? sizeof back - size : step;
    assert_int_equal(cr_stream_read(stream, back + size, room, &got), CR_OK);
    size += got;
  }
  return size;
}

static void check_whole(const char *name, bool compressed) {
  static const size_t steps[] = {SIZE + 1, 70001, CR_FINGERPRINT_PIECE};
  cr_stream *stream = NULL;
  assert_int_equal(cr_stream_open(in_folder(name), NULL, 0, folder, &stream), CR_OK);
  assert_true(cr_stream_is_compressed(stream) == compressed);
  for (size_t i = 0; i < 3; i++) {
    memset(back, 0, sizeof back);
    assert_int_equal(read_all(stream, steps[i]), SIZE);
    assert_memory_equal(back, text, SIZE);
    assert_true(cr_stream_fingerprint(stream) == cr_fingerprint(text, SIZE, 0));
    assert_int_equal(cr_stream_rewind(stream), CR_OK);
  }
  cr_stream_close(stream);
}

/* The fingerprint of a small file is the hash of its bytes, of a larger one that of its pieces. */
static void plain_files(void **state) {
  (void)state;
  assert_true(cr_fingerprint(text, 1000, 0) == cr_hash_bytes(text, 1000, 0));
  assert_true(cr_fingerprint(text, SIZE, 0) ==
              cr_fingerprint(text + CR_FINGERPRINT_PIECE, SIZE - CR_FINGERPRINT_PIECE,
                             cr_hash_bytes(text, CR_FINGERPRINT_PIECE, 0)));
  write_file("plain", text, SIZE);
  check_whole("plain", false);
}

static void compressed_files(void **state) {
  (void)state;
  size_t size = 0, second = 0;
  char *whole = gzip_bytes(text, SIZE, &size);
  write_file("whole.gz", whole, size);
  check_whole("whole.gz", true);
  /* Two members, one after the other. */
  char *rest = gzip_bytes(text + 1000, SIZE - 1000, &second);
  free(whole);
  whole = gzip_bytes(text, 1000, &size);
  char *both = malloc(size + second);
  memcpy(both, whole, size);
  memcpy(both + size, rest, second);
  write_file("both.gz", both, size + second);
  check_whole("both.gz", true);
  free(whole);
  free(rest);
  free(both);
}

static cr_status read_damaged(const char *bytes, size_t size) {
  cr_stream *stream = NULL;
  size_t got = 1;
  write_file("damaged.gz", bytes, size);
  cr_status status = cr_stream_open(in_folder("damaged.gz"), NULL, 0, folder, &stream);
  while (status == CR_OK && got > 0) status = cr_stream_read(stream, back, sizeof back, &got);
  cr_stream_close(stream);
  return status;
}

static void damaged_files(void **state) {
  (void)state;
  size_t size = 0;
  char *whole = gzip_bytes(text, 5000, &size);
  assert_int_equal(read_damaged(whole, size), CR_OK);
  static const size_t cuts[] = {1, 4, 9, 100};
  for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
    assert_int_equal(read_damaged(whole, size - cuts[i]), CR_ERR_GZIP);
    check_failure(CR_ERR_GZIP, "cut short", 0, "again");
  }
  char *more = malloc(size + 3);
  memcpy(more, whole, size);
  memcpy(more + size, "abc", 3);
  assert_int_equal(read_damaged(more, size + 3), CR_ERR_GZIP);
  check_failure(CR_ERR_GZIP, "not gzip follow", 0, NULL);
  more[size / 2] = (char)(more[size / 2] ^ 0x55);
  assert_int_equal(read_damaged(more, size), CR_ERR_GZIP);
  free(whole);
  free(more);
}

/* A file is not what it was when the reading began. */
static void changed_files(void **state) {
  (void)state;
  cr_stream *stream = NULL;
  size_t got = 0;
  write_file("changed", text, 1000);
  assert_int_equal(cr_stream_open(in_folder("changed"), NULL, 0, folder, &stream), CR_OK);
  write_file("changed", text, 1001);
  assert_int_equal(cr_stream_read(stream, back, sizeof back, &got), CR_ERR_IO);
  check_failure(CR_ERR_IO, "changed while it was read", 0, NULL);
  cr_stream_close(stream);
  /* Longer, and as old as before. */
  struct stat about;
  assert_int_equal(cr_stream_open(in_folder("changed"), NULL, 0, folder, &stream), CR_OK);
  assert_int_equal(stat(in_folder("changed"), &about), 0);
  write_file("changed", text, 1002);
  const struct timespec times[] = {about.st_atim, about.st_mtim};
  assert_int_equal(utimensat(AT_FDCWD, in_folder("changed"), times, 0), 0);
  assert_int_equal(cr_stream_read(stream, back, sizeof back, &got), CR_ERR_IO);
  check_failure(CR_ERR_IO, "changed while it was read", 0, NULL);
  cr_stream_close(stream);
  assert_int_equal(cr_stream_open(in_folder("none"), NULL, 0, folder, &stream), CR_ERR_OPEN);
  assert_null(stream);
}

/* What comes through a pipe can be read again, and what was read of it before is not lost. */
static void pipes(void **state) {
  (void)state;
  int ends[2];
  cr_stream *stream = NULL;
  assert_int_equal(pipe(ends), 0);
  const int input = dup(STDIN_FILENO);
  dup2(ends[0], STDIN_FILENO);
  assert_int_equal(write(ends[1], text + 500, 20000), 20000);
  close(ends[1]);
  assert_int_equal(cr_stream_open("-", text, 500, folder, &stream), CR_OK);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(read_all(stream, 999), 20500);
    assert_memory_equal(back, text, 20500);
    assert_int_equal(cr_stream_rewind(stream), CR_OK);
  }
  cr_stream_close(stream);
  dup2(input, STDIN_FILENO);
  close(input);
  close(ends[0]);
  assert_int_equal(cr_stream_open("-", "", 0, in_folder("none"), &stream), CR_ERR_CACHE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_files),   cmocka_unit_test(compressed_files),
      cmocka_unit_test(damaged_files), cmocka_unit_test(changed_files),
      cmocka_unit_test(pipes),
  };
  return cmocka_run_group_tests(tests, fill_text, remove_folder);
}
