#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "counting_allocator.h"

static char folder[64];
static const char old_text[] = "the old file";
static const char new_text[] = "the new file, of two pieces";
static const cr_piece pieces[] = {{new_text, 12}, {NULL, 0}, {new_text + 12, sizeof new_text - 13}};
enum { PIECES = sizeof pieces / sizeof pieces[0] };

/* --- a folder for each test --- */

static int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/chainrule_test_replace_XXXXXX");
  if (!mkdtemp(folder) || chdir(folder) != 0) return -1;
  counting_start();
  return 0;
}

static size_t count_entries(bool remove_them) {
  size_t count = 0;
  DIR *entries = opendir(folder);
  assert_non_null(entries);
  for (const struct dirent *entry; (entry = readdir(entries));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (remove_them) remove(entry->d_name);
    count++;
  }
  closedir(entries);
  return count;
}

static int remove_folder(void **state) {
  (void)state;
  const size_t live = counting.live;
  counting_stop();
  cr_io_set(NULL);
  count_entries(true);
  return chdir("/") == 0 && rmdir(folder) == 0 && live == 0 ? 0 : -1;
}

static void put(const char *name, const char *text) {
  FILE *file = fopen(name, "wb");
  assert_non_null(file);
  fputs(text, file);
  assert_int_equal(fclose(file), 0);
}

static void assert_content(const char *name, const char *expected) {
  char text[256] = "";
  FILE *file = fopen(name, "rb");
  assert_non_null(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  assert_string_equal(text, expected);
}

static mode_t mode_of(const char *name) {
  struct stat about;
  assert_int_equal(stat(name, &about), 0);
  return about.st_mode & 07777;
}

static cr_status replace(const char *name) {
  return cr_file_replace(name, pieces, PIECES);
}

/* --- what works --- */

static void a_new_file_obeys_the_mask(void **state) {
  (void)state;
  const mode_t mask = umask(027);
  assert_int_equal(replace("model"), CR_OK);
  umask(mask);
  assert_content("model", new_text);
  assert_int_equal(mode_of("model"), 0640);
  assert_int_equal(count_entries(false), 1); /* neither a lock nor a temporary file */
}

static void an_old_file_is_replaced_and_its_mode_kept(void **state) {
  (void)state;
  static const mode_t modes[] = {0600, 0644, 0664, 0666};
  for (size_t i = 0; i < 4; i++) {
    put("model", old_text);
    assert_int_equal(chmod("model", modes[i]), 0);
    assert_int_equal(replace("model"), CR_OK);
    assert_content("model", new_text);
    assert_int_equal(mode_of("model"), modes[i]);
  }
  assert_int_equal(count_entries(false), 1);
}

static void no_pieces_give_an_empty_file(void **state) {
  (void)state;
  put("model", old_text);
  assert_int_equal(cr_file_replace("model", NULL, 0), CR_OK);
  assert_content("model", "");
}

static void a_full_path_and_a_long_name_work(void **state) {
  (void)state;
  char path[512];
  const int length = snprintf(path, sizeof path, "%s/", folder);
  memset(path + length, 'm', 255);
  path[length + 255] = '\0';
  assert_int_equal(replace(path), CR_OK);
  assert_content(path, new_text);
  assert_int_equal(count_entries(false), 1);
}

static void a_link_stays_a_link(void **state) {
  (void)state;
  struct stat about;
  put("model-7", old_text);
  assert_int_equal(symlink("model-7", "model"), 0);
  assert_int_equal(replace("model"), CR_OK);
  assert_int_equal(lstat("model", &about), 0);
  assert_true(S_ISLNK(about.st_mode));
  assert_content("model-7", new_text);
  assert_int_equal(count_entries(false), 2);
}

static void stale_temporary_files_go_and_others_stay(void **state) {
  (void)state;
  put(".model.tmp.4711.0a1b2c", "stale");
  put(".model.tmp.4711.0a1b2c.txt", "not ours");
  put(".model.tmp.x.0a", "not ours");
  put(".other.tmp.4711.0a", "of another file");
  assert_int_equal(replace("model"), CR_OK);
  assert_int_equal(access(".model.tmp.4711.0a1b2c", F_OK), -1);
  assert_int_equal(count_entries(false), 4);
}

/* --- what is no regular file --- */

static void a_pipe_is_written_as_it_is(void **state) {
  (void)state;
  char text[64] = "";
  assert_int_equal(mkfifo("pipe", 0600), 0);
  const int reader = open("pipe", O_RDONLY | O_NONBLOCK);
  assert_true(reader >= 0);
  assert_int_equal(replace("pipe"), CR_OK);
  assert_int_equal(read(reader, text, sizeof text), strlen(new_text));
  assert_string_equal(text, new_text);
  close(reader);
  assert_int_equal(replace("/dev/null"), CR_OK);
}

static void standard_output_is_written_as_it_is(void **state) {
  (void)state;
  static const char *const names[] = {"-", "/dev/stdout"};
  for (size_t i = 0; i < 2; i++) {
    fflush(stdout);
    const int kept = dup(STDOUT_FILENO);
    const int file = open("output", O_RDWR | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDOUT_FILENO);
    const cr_status status = replace(names[i]);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(file);
    assert_int_equal(status, CR_OK);
    assert_content("output", new_text);
  }
  assert_int_equal(count_entries(false), 1);
}

static void a_full_device_is_told(void **state) {
  (void)state;
  if (access("/dev/full", W_OK) != 0) skip();
  assert_int_equal(replace("/dev/full"), CR_ERR_IO);
  assert_string_equal(cr_last_error()->message,
                      "cannot write /dev/full: no space is left on the device");
}

static void paths_that_name_no_file(void **state) {
  (void)state;
  assert_int_equal(replace(folder), CR_ERR_OPEN);
  assert_int_equal(replace(""), CR_ERR_OPEN);
  assert_int_equal(replace("new/"), CR_ERR_OPEN);
  assert_int_equal(symlink("nowhere", "link"), 0);
  assert_int_equal(replace("link"), CR_ERR_OPEN);
  assert_int_equal(replace("new/model"), CR_ERR_OPEN);
  assert_string_equal(cr_last_error()->message, "cannot write new/model: there is no such folder");
  assert_string_equal(cr_last_error()->fix, "mkdir -p new/");
  replace("it's $(new)/model");
  assert_string_equal(cr_last_error()->fix, "mkdir -p 'it'\\''s $(new)/'");
  replace("-new/model");
  assert_string_equal(cr_last_error()->fix, "mkdir -p ./-new/");
  assert_int_equal(count_entries(false), 1);
}

static void a_protected_file_is_not_replaced(void **state) {
  (void)state;
  put("model", old_text);
  assert_int_equal(chmod("model", 0444), 0);
  if (access("model", W_OK) == 0) skip(); /* root may write everything */
  assert_int_equal(replace("model"), CR_ERR_OPEN);
  assert_content("model", old_text);
}

/* --- the lock --- */

static int plain_open(const char *path, int flags, mode_t mode) {
  return open(path, flags, mode);
}

static int plain_allocate(int fd, off_t size) {
  return posix_fallocate(fd, 0, size) == 0 ? 0 : -1;
}

/* A lock that somebody else holds, and what we waited for it; no test spends that time. */
static struct {
  int fd;
  unsigned waited, release_at; /* milliseconds; 0: never */
} held;

static int wait_for_lock(unsigned milliseconds) {
  held.waited += milliseconds;
  if (held.release_at > 0 && held.waited >= held.release_at) {
    unlink(".model.lock");
    close(held.fd);
    held.release_at = 0;
  }
  return 0;
}

static const cr_io waiting_io = {.open = plain_open,
                                 .read = read,
                                 .write = write,
                                 .allocate = plain_allocate,
                                 .sync = fsync,
                                 .close = close,
                                 .rename = rename,
                                 .unlink = unlink,
                                 .wait = wait_for_lock};

static int hold_lock(unsigned release_at) {
  held.fd = open(".model.lock", O_RDWR | O_CREAT, 0600);
  held.waited = 0;
  held.release_at = release_at;
  cr_io_set(&waiting_io);
  assert_int_equal(flock(held.fd, LOCK_EX), 0);
  return held.fd;
}

static void a_writer_that_is_soon_done_is_waited_for(void **state) {
  (void)state;
  put("model", old_text);
  hold_lock(100);
  assert_int_equal(replace("model"), CR_OK);
  assert_in_range(held.waited, 100, 200);
  assert_content("model", new_text);
  assert_int_equal(count_entries(false), 1);
}

static void a_second_writer_is_refused(void **state) {
  (void)state;
  put("model", old_text);
  const int lock = hold_lock(0);
  put(".model.tmp.1.a", "of the one who holds the lock");
  assert_int_equal(replace("model"), CR_ERR_BUSY);
  assert_string_equal(cr_last_error()->message, "another process is writing model");
  assert_in_range(held.waited, 2000, 2100);
  assert_content("model", old_text);
  assert_int_equal(count_entries(false), 3);
  close(lock);
  assert_int_equal(replace("model"), CR_OK); /* a lock file that nobody holds is no obstacle */
  assert_content("model", new_text);
  assert_int_equal(count_entries(false), 1);
}

static int opens;

/* Between our opening of the lock file and our locking it, its holder removes it and is done. */
static int open_removed(const char *path, int flags, mode_t mode) {
  const int fd = open(path, flags, mode);
  if (opens++ == 0) unlink(".model.lock");
  return fd;
}

static void a_lock_file_that_was_removed_does_not_count(void **state) {
  (void)state;
  const cr_io io = {.open = open_removed,
                    .read = read,
                    .write = write,
                    .allocate = NULL,
                    .sync = fsync,
                    .close = close,
                    .rename = rename,
                    .unlink = unlink};
  opens = 0;
  cr_io_set(&io);
  assert_int_equal(cr_file_replace("model", NULL, 0), CR_OK);
  assert_int_equal(opens, 4); /* the lock twice, the temporary file, the folder */
  assert_int_equal(count_entries(false), 1);
}

/* --- faults: the n-th call of all fails --- */

typedef enum fault { FAULT_NONE, FAULT_ERROR, FAULT_SHORT, FAULT_KILL } fault;

static struct {
  int calls, fail_at, error;
  fault kind;
  bool hit; /* the call was made */
} faults;

/* Is this the call that fails? */
static bool strikes(void) {
  if (++faults.calls != faults.fail_at) return false;
  faults.hit = true;
  if (faults.kind == FAULT_KILL) raise(SIGKILL);
  errno = faults.error;
  return faults.kind == FAULT_ERROR;
}

static int faulty_open(const char *path, int flags, mode_t mode) {
  return strikes() ? -1 : open(path, flags, mode);
}

static ssize_t faulty_write(int fd, const void *bytes, size_t size) {
  if (strikes()) return -1;
  return write(fd, bytes, faults.kind == FAULT_SHORT && size > 1 ? 1 : size);
}

static int faulty_allocate(int fd, off_t size) {
  if (strikes()) return -1;
  return posix_fallocate(fd, 0, size) == 0 ? 0 : -1;
}

static int faulty_sync(int fd) {
  return strikes() ? -1 : fsync(fd);
}

/* The descriptor is closed even where close says no. */
static int faulty_close(int fd) {
  const bool fails = strikes();
  const int error = errno;
  close(fd);
  errno = error;
  return fails ? -1 : 0;
}

static int faulty_rename(const char *from, const char *to) {
  return strikes() ? -1 : rename(from, to);
}

static const cr_io faulty_io = {.open = faulty_open,
                                .read = read,
                                .write = faulty_write,
                                .allocate = faulty_allocate,
                                .sync = faulty_sync,
                                .close = faulty_close,
                                .rename = faulty_rename,
                                .unlink = unlink};

static void set_fault(int at, fault kind, int error) {
  memset(&faults, 0, sizeof faults);
  faults.fail_at = at;
  faults.kind = kind;
  faults.error = error;
}

/*
 * The calls in their order: open lock, open temporary, allocate, write, write, sync, close, rename,
 * open folder, sync, close. From the rename on the new file is in place.
 */
enum { RENAME_CALL = 8, FOLDER_SYNC_CALL = 10, CALLS = 11 };

static void every_call_that_fails_leaves_old_or_new(void **state) {
  (void)state;
  static const int errors[] = {EIO, ENOSPC, EACCES, EMFILE, EDQUOT};
  cr_io_set(&faulty_io);
  for (size_t e = 0; e < sizeof errors / sizeof errors[0]; e++) {
    for (int at = 1; at <= CALLS; at++) {
      put("model", old_text);
      set_fault(at, FAULT_ERROR, errors[e]);
      const cr_status status = replace("model");
      assert_true(faults.hit);
      const bool folder_closed = at == CALLS; /* nothing depends on that any more */
      assert_int_equal(status == CR_OK, folder_closed);
      if (status != CR_OK) {
        assert_true(status == CR_ERR_IO || status == CR_ERR_OPEN);
        assert_true(strlen(cr_last_error()->message) > 0);
        assert_int_equal(cr_last_error()->status, status);
      }
      assert_content("model", at <= RENAME_CALL ? old_text : new_text);
      assert_int_equal(count_entries(false), 1);
    }
  }
  set_fault(CALLS + 1, FAULT_ERROR, EIO);
  assert_int_equal(replace("model"), CR_OK);
  assert_false(faults.hit);
}

static void a_new_file_that_fails_is_not_there(void **state) {
  (void)state;
  cr_io_set(&faulty_io);
  for (int at = 1; at <= RENAME_CALL; at++) {
    set_fault(at, FAULT_ERROR, EIO);
    assert_true(replace("model") != CR_OK);
    assert_int_equal(count_entries(false), 0);
  }
}

static void a_failed_sync_is_not_tried_again(void **state) {
  (void)state;
  cr_io_set(&faulty_io);
  put("model", old_text);
  set_fault(6, FAULT_ERROR, EIO);
  assert_int_equal(replace("model"), CR_ERR_IO);
  assert_int_equal(faults.calls, 7); /* only the close follows */
  assert_string_equal(cr_last_error()->message, "cannot write model: input/output error");
  assert_string_equal(cr_last_error()->why, "the old file is as it was");
}

static void signals_do_no_harm(void **state) {
  (void)state;
  cr_io_set(&faulty_io);
  for (int at = 1; at <= CALLS; at++) {
    if (at == RENAME_CALL) continue; /* rename knows no EINTR */
    put("model", old_text);
    set_fault(at, FAULT_ERROR, EINTR);
    assert_int_equal(replace("model"), CR_OK);
    assert_true(faults.hit);
    assert_content("model", new_text);
    assert_int_equal(count_entries(false), 1);
  }
}

static void short_writes_add_up(void **state) {
  (void)state;
  cr_io_set(&faulty_io);
  set_fault(0, FAULT_SHORT, 0);
  assert_int_equal(replace("model"), CR_OK);
  assert_content("model", new_text);
  assert_true(faults.calls > (int)strlen(new_text));
}

static void what_a_file_system_cannot_do_is_done_without(void **state) {
  (void)state;
  static const int errors[] = {EOPNOTSUPP, EINVAL, ENOSYS};
  cr_io_set(&faulty_io);
  for (size_t e = 0; e < 3; e++) {
    set_fault(3, FAULT_ERROR, errors[e]);
    assert_int_equal(replace("model"), CR_OK);
    assert_true(faults.hit);
  }
  set_fault(FOLDER_SYNC_CALL, FAULT_ERROR, EINVAL);
  assert_int_equal(replace("model"), CR_OK);
}

static ssize_t write_nothing(int fd, const void *bytes, size_t size) {
  (void)fd;
  (void)bytes;
  (void)size;
  return 0;
}

static void a_write_that_makes_no_progress_ends(void **state) {
  (void)state;
  cr_io io = faulty_io;
  io.write = write_nothing;
  set_fault(0, FAULT_NONE, 0);
  cr_io_set(&io);
  assert_int_equal(replace("model"), CR_ERR_IO);
  assert_int_equal(count_entries(false), 0);
}

/* kill -9 at every call: the old file or the new one, whole; and the next writer clears up. */
static void a_killed_writer_leaves_old_or_new(void **state) {
  (void)state;
  cr_io_set(&faulty_io);
  for (int at = 1; at <= CALLS; at++) {
    int result = 0;
    put("model", old_text);
    set_fault(at, FAULT_KILL, 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
      (void)replace("model");
      _exit(0);
    }
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFSIGNALED(result) && WTERMSIG(result) == SIGKILL);
    assert_content("model", at <= RENAME_CALL ? old_text : new_text);

    set_fault(0, FAULT_NONE, 0);
    assert_int_equal(replace("model"), CR_OK);
    assert_content("model", new_text);
    assert_int_equal(count_entries(false), 1);
  }
}

static void no_memory_leaves_the_old_file(void **state) {
  (void)state;
  size_t n = 1;
  for (;; n++) {
    put("model", old_text);
    counting_fail_at(n, true);
    const cr_status status = replace("model");
    const bool refused = counting.refused > 0;
    counting_reset();
    assert_int_equal(counting.live, 0);
    assert_int_equal(count_entries(false), 1);
    if (!refused) break;
    assert_int_equal(status, CR_ERR_MEMORY);
    assert_content("model", old_text);
  }
  assert_true(n > 2); /* something was refused */
  assert_content("model", new_text);
}

/* --- in steps --- */

static void a_file_grows_in_steps_beside_the_old_one(void **state) {
  (void)state;
  cr_file_writer *writer = NULL;
  put("model", old_text);
  assert_int_equal(cr_file_begin("model", &writer), CR_OK);
  assert_int_equal(cr_file_append(writer, new_text, 12), CR_OK);
  assert_content("model", old_text);
  assert_int_equal(cr_file_append(writer, new_text + 12, strlen(new_text) - 12), CR_OK);
  assert_content("model", old_text);
  assert_int_equal(cr_file_commit(writer), CR_OK);
  assert_content("model", new_text);
  assert_int_equal(count_entries(false), 1);
}

static void a_writer_that_is_abandoned_changes_nothing(void **state) {
  (void)state;
  cr_file_writer *writer = NULL;
  put("model", old_text);
  assert_int_equal(cr_file_begin("model", &writer), CR_OK);
  assert_int_equal(cr_file_append(writer, new_text, 12), CR_OK);
  cr_file_abandon(writer);
  cr_file_abandon(NULL);
  assert_content("model", old_text);
  assert_int_equal(count_entries(false), 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(a_new_file_obeys_the_mask),
      TEST(a_file_grows_in_steps_beside_the_old_one),
      TEST(a_writer_that_is_abandoned_changes_nothing),
      TEST(an_old_file_is_replaced_and_its_mode_kept),
      TEST(no_pieces_give_an_empty_file),
      TEST(a_full_path_and_a_long_name_work),
      TEST(a_link_stays_a_link),
      TEST(stale_temporary_files_go_and_others_stay),
      TEST(a_pipe_is_written_as_it_is),
      TEST(standard_output_is_written_as_it_is),
      TEST(a_full_device_is_told),
      TEST(paths_that_name_no_file),
      TEST(a_protected_file_is_not_replaced),
      TEST(a_writer_that_is_soon_done_is_waited_for),
      TEST(a_second_writer_is_refused),
      TEST(a_lock_file_that_was_removed_does_not_count),
      TEST(every_call_that_fails_leaves_old_or_new),
      TEST(a_new_file_that_fails_is_not_there),
      TEST(a_failed_sync_is_not_tried_again),
      TEST(signals_do_no_harm),
      TEST(short_writes_add_up),
      TEST(what_a_file_system_cannot_do_is_done_without),
      TEST(a_write_that_makes_no_progress_ends),
      TEST(a_killed_writer_leaves_old_or_new),
      TEST(no_memory_leaves_the_old_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
