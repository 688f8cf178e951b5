#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "kept_memory.h"

static char folder[64];
static char path[128];

static int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/chainrule_test_file_XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/data.csv", folder);
  counting_start();
  return 0;
}

static int remove_folder(void **state) {
  const int lost = no_memory_is_lost(state);
  remove(path);
  return rmdir(folder) == 0 ? lost : -1;
}

static void put(const char *name, const void *bytes, size_t size) {
  FILE *file = fopen(name, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

static void assert_reads(const void *expected, size_t expected_size) {
  char *bytes = NULL;
  size_t size = 99;
  assert_int_equal(cr_file_read(path, 1 << 20, &bytes, &size), CR_OK);
  assert_int_equal(size, expected_size);
  assert_memory_equal(bytes, expected, expected_size);
  assert_int_equal(bytes[size], 0);
  cr_free(bytes);
}

static void files_of_all_sizes(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 2, 65535, 65536, 65537, 300001};
  static char bytes[300001];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * i / 7);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    put(path, bytes, sizes[i]);
    assert_reads(bytes, sizes[i]);
  }
}

static void no_more_than_the_limit(void **state) {
  (void)state;
  char *bytes = path;
  size_t size = 99;
  put(path, "0123456789", 10);
  assert_int_equal(cr_file_read(path, 9, &bytes, &size), CR_ERR_LIMIT);
  assert_null(bytes);
  assert_int_equal(size, 0);
  assert_string_equal(cr_last_error()->file, path);
  assert_int_equal(cr_file_read(path, 10, &bytes, &size), CR_OK);
  cr_free(bytes);
  assert_int_equal(cr_file_read(path, UINT64_MAX, &bytes, &size), CR_OK);
  cr_free(bytes);
}

static size_t judged_size;

static cr_status judge(const char *name, const char *head, size_t size) {
  judged_size = size;
  return size > 0 && head[0] == 'm' ? CR_OK : cr_fail_at(CR_ERR_MODEL, name, 0, 0, "no m");
}

/* A file of 6 GiB, all hole, is refused by its head; no memory is taken for the rest. */
static void the_head_is_judged_first(void **state) {
  (void)state;
  char *bytes = NULL;
  size_t size = 0;
  put(path, "", 0);
  assert_int_equal(truncate(path, (off_t)6 << 30), 0);
  assert_int_equal(cr_file_read_judged(path, UINT64_MAX, judge, &bytes, &size), CR_ERR_MODEL);
  assert_string_equal(cr_last_error()->file, path);
  assert_null(bytes);
  assert_in_range(judged_size, 16, 65536);
  assert_int_equal(cr_file_read_judged("/dev/zero", UINT64_MAX, judge, &bytes, &size),
                   CR_ERR_MODEL);

  static char large[300000];
  for (size_t i = 0; i < sizeof large; i++) large[i] = (char)('m' + i * i / 7);
  for (size_t length = 1; length <= sizeof large; length += 59999) {
    put(path, large, length);
    assert_int_equal(cr_file_read_judged(path, length, judge, &bytes, &size), CR_OK);
    assert_int_equal(size, length);
    assert_memory_equal(bytes, large, length);
    assert_int_equal(bytes[length], 0);
    cr_free(bytes);
    if (length > 65536)
      assert_int_equal(cr_file_read_judged(path, length - 1, judge, &bytes, &size), CR_ERR_LIMIT);
  }
}

/* Puts a pipe in the place of standard input, with bytes in it and its writing end closed. */
static int feed_standard_input(const char *bytes, size_t size) {
  int ends[2];
  const int kept = dup(STDIN_FILENO);
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], bytes, size), size);
  close(ends[1]);
  dup2(ends[0], STDIN_FILENO);
  close(ends[0]);
  return kept;
}

static void standard_input_is_a_pipe(void **state) {
  (void)state;
  char *bytes = NULL;
  size_t size = 0;
  for (uint64_t limit = 5; limit <= 7; limit++) {
    const int kept = feed_standard_input("1,2\n3\n", 6);
    const cr_status status = cr_file_read("-", limit, &bytes, &size);
    dup2(kept, STDIN_FILENO);
    close(kept);
    assert_int_equal(status, limit < 6 ? CR_ERR_LIMIT : CR_OK);
    if (status != CR_OK) continue;
    assert_int_equal(size, 6);
    assert_string_equal(bytes, "1,2\n3\n");
    cr_free(bytes);
  }
}

static void a_folder_is_no_file(void **state) {
  (void)state;
  char *bytes = NULL;
  size_t size = 0;
  char expected[128];
  assert_int_equal(cr_file_read(folder, 100, &bytes, &size), CR_ERR_IO);
  snprintf(expected, sizeof expected, "cannot read %s: it is a folder, not a file", folder);
  assert_string_equal(cr_last_error()->message, expected);
  assert_null(bytes);
}

/* --- faults --- */

static struct {
  int reads;    /* so far */
  int fail_at;  /* the number of the read that fails, from 1 */
  int error;    /* with this */
  bool trickle; /* each read brings one byte */
} faults;

static ssize_t faulty_read(int fd, void *bytes, size_t size) {
  if (++faults.reads == faults.fail_at) {
    errno = faults.error;
    return -1;
  }
  return read(fd, bytes, faults.trickle && size > 1 ? 1 : size);
}

static int faulty_open(const char *name, int flags, mode_t mode) {
  (void)name;
  (void)flags;
  (void)mode;
  errno = faults.error;
  return -1;
}

static int interrupted_open(const char *name, int flags, mode_t mode) {
  if (faults.reads++ == 0) {
    errno = EINTR;
    return -1;
  }
  return open(name, flags, mode);
}

static void signals_and_short_reads_do_no_harm(void **state) {
  (void)state;
  const cr_io io = {.open = interrupted_open, .read = faulty_read, .close = close};
  put(path, "0123456789", 10);
  cr_io_set(&io);
  for (int at = 2; at <= 12; at++) {
    memset(&faults, 0, sizeof faults);
    faults.fail_at = at;
    faults.error = EINTR;
    faults.trickle = true;
    assert_reads("0123456789", 10);
  }
}

static void a_failed_read_is_told(void **state) {
  (void)state;
  const cr_io io = {.open = plain_open, .read = faulty_read, .close = close};
  char *bytes = NULL;
  size_t size = 0;
  put(path, "0123456789", 10);
  cr_io_set(&io);
  for (int at = 1; at <= 11; at++) {
    memset(&faults, 0, sizeof faults);
    faults.fail_at = at;
    faults.error = EIO;
    faults.trickle = true;
    assert_int_equal(cr_file_read(path, 100, &bytes, &size), CR_ERR_IO);
    assert_null(bytes);
    assert_non_null(strstr(cr_last_error()->message, "input/output error"));
  }
}

static void a_failed_open_is_told(void **state) {
  (void)state;
  const cr_io io = {.open = faulty_open};
  char *bytes = NULL;
  size_t size = 0;
  cr_io_set(&io);
  faults.error = EACCES;
  assert_int_equal(cr_file_read(path, 100, &bytes, &size), CR_ERR_OPEN);
  assert_non_null(strstr(cr_last_error()->message, "permission denied"));
  faults.error = EMFILE;
  assert_int_equal(cr_file_read(path, 100, &bytes, &size), CR_ERR_OPEN);
  assert_non_null(strstr(cr_last_error()->message, "too many open files"));
  assert_string_equal(cr_last_error()->fix, "");
}

static void no_memory_is_told(void **state) {
  (void)state;
  char *bytes = NULL;
  size_t size = 0;
  put(path, "0123456789", 10);
  counting_fail_at(1, false);
  assert_int_equal(cr_file_read(path, 100, &bytes, &size), CR_ERR_MEMORY);
  assert_null(bytes);
}

/* Somebody adds a byte while the first ones are read. */
static ssize_t read_and_append(int fd, void *bytes, size_t size) {
  static bool done;
  const ssize_t got = read(fd, bytes, size);
  FILE *file = done ? NULL : fopen(path, "ab");
  done = true;
  if (file) {
    fputs("x", file);
    fclose(file);
  }
  return got;
}

static void a_file_that_changes_is_told(void **state) {
  (void)state;
  char *bytes = NULL;
  size_t size = 0;
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  fputs("a,b\n1,2\n", file);
  fclose(file);
  const cr_io io = {.open = plain_open, .read = read_and_append, .close = close};
  cr_io_set(&io);
  assert_int_equal(cr_file_read(path, 100, &bytes, &size), CR_ERR_BUSY);
  cr_io_set(NULL);
  assert_non_null(strstr(cr_last_error()->message, "data.csv was changed while it was read"));
  assert_null(bytes);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(the_head_is_judged_first), TEST(files_of_all_sizes),
      TEST(no_more_than_the_limit),   TEST(standard_input_is_a_pipe),
      TEST(a_folder_is_no_file),      TEST(signals_and_short_reads_do_no_harm),
      TEST(a_failed_read_is_told),    TEST(a_failed_open_is_told),
      TEST(no_memory_is_told),        TEST(a_file_that_changes_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
