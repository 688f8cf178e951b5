/* Files replaced where another writer, the disk, a signal or memory stands in the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "replacing.h"

/* --- the lock --- */

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

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
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
