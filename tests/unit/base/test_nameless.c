#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kept_memory.h"

static char folder[64];

static int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/chainrule_test_nameless_XXXXXX");
  if (!mkdtemp(folder)) return -1;
  counting_start();
  return 0;
}

static int remove_folder(void **state) {
  const int lost = no_memory_is_lost(state);
  return rmdir(folder) == 0 ? lost : -1;
}

static size_t count_entries(void) {
  size_t count = 0;
  DIR *entries = opendir(folder);
  assert_non_null(entries);
  while (readdir(entries)) count++;
  closedir(entries);
  return count - 2; /* without . and .. */
}

/* Written and read back; open or closed, the folder shows nothing of it. */
static void check_usable(void) {
  int fd = -1;
  char text[6] = "";
  struct stat about;
  assert_int_equal(cr_file_nameless(folder, &fd), CR_OK);
  assert_int_equal(write(fd, "there", 5), 5);
  assert_int_equal(pread(fd, text, 5, 0), 5);
  assert_string_equal(text, "there");
  assert_int_equal(fstat(fd, &about), 0);
  assert_int_equal(about.st_nlink, 0);
  assert_int_equal(about.st_mode & 07777, 0600); /* nobody else's */
  assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  assert_int_equal(count_entries(), 0);
  assert_int_equal(close(fd), 0);
}

static void nothing_is_left_of_it(void **state) {
  (void)state;
  check_usable();
}

static int opens;

/* As of a file system that cannot do without names: refuses to open what is a folder. */
static int open_files(const char *name, int flags, mode_t mode) {
  struct stat about;
  opens++;
  if (stat(name, &about) == 0 && S_ISDIR(about.st_mode)) {
    errno = EOPNOTSUPP;
    return -1;
  }
  return open(name, flags, mode);
}

static void a_name_is_taken_away_at_once(void **state) {
  (void)state;
  const cr_io io = {.open = open_files, .unlink = unlink};
  cr_io_set(&io);
  opens = 0;
  check_usable();
  assert_in_range(opens, 1, 2);
}

static int open_taken(const char *name, int flags, mode_t mode) {
  (void)name, (void)flags, (void)mode;
  opens++;
  errno = EEXIST;
  return -1;
}

static void it_does_not_try_for_ever(void **state) {
  (void)state;
  const cr_io io = {.open = open_taken, .unlink = unlink};
  int fd = 0;
  cr_io_set(&io);
  opens = 0;
  assert_int_equal(cr_file_nameless(folder, &fd), CR_ERR_CACHE);
  assert_in_range(opens, 10, 1000);
}

static void what_is_no_folder_is_told(void **state) {
  (void)state;
  char missing[128], expected[192];
  int fd = 0;
  snprintf(missing, sizeof missing, "%s/nothing/there", folder);
  assert_int_equal(cr_file_nameless(missing, &fd), CR_ERR_CACHE);
  snprintf(expected, sizeof expected, "cannot write in the folder %s: there is no such folder",
           missing);
  assert_string_equal(cr_last_error()->message, expected);
  assert_string_equal(cr_last_error()->file, missing);
  assert_non_null(strstr(cr_last_error()->fix, "--cache"));
  assert_int_equal(cr_file_nameless("/proc/version", &fd), CR_ERR_CACHE);
  assert_non_null(strstr(cr_last_error()->message, "not a folder"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(nothing_is_left_of_it),
      TEST(a_name_is_taken_away_at_once),
      TEST(it_does_not_try_for_ever),
      TEST(what_is_no_folder_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
