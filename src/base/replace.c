#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/io.h"
#include "base/quote.h"
#include "base/size.h"

enum {
  MOST_STEM = 180, /* bytes of the name in that of a helper file: the whole stays under 255 */
  MOST_TRIES = 100,
  LOCK_PAUSE_MS = 20, /* between two tries: 2 s in all, and a lock is held for milliseconds */
};

/* One replacement under way. */
struct cr_file_writer {
  char *path;            /* as the caller gave it, for messages */
  int fd;                /* what is written to */
  bool regular;          /* else it is written as it is, and the rest of this is not used */
  char target[PATH_MAX]; /* links followed */
  char folder[PATH_MAX]; /* ends in "/" */
  char stem[MOST_STEM + 1];
  char *lock, *temporary; /* paths of the helper files */
  int lock_fd;
  bool locked; /* some file systems have no locks */
  bool existed;
  mode_t mode; /* of the old file */
};
typedef struct cr_file_writer replacement;

static cr_status fail_write(const replacement *r, int error, const char *what) {
  cr_fail_at(CR_ERR_IO, r->path, 0, 0, "cannot write %s: %s%s", r->path, what, cr_io_reason(error));
  return r->existed ? cr_why("the old file is as it was") : CR_ERR_IO;
}

static cr_status fail_target(const replacement *r, const char *reason) {
  return cr_fail_at(CR_ERR_OPEN, r->path, 0, 0, "cannot write %s: %s", r->path, reason);
}

static off_t total_size(const cr_piece *pieces, size_t count, bool *fits) {
  uintmax_t total = 0;
  *fits = true;
  for (size_t i = 0; i < count; i++) {
    total += pieces[i].size;
    if (total < pieces[i].size || total > INT64_MAX) *fits = false;
  }
  return (off_t)total;
}

static int sync_again(int fd) {
  int result;
  do { /* never after EIO: the pages that failed may be gone, and a second call say yes */
    result = cr_io_calls()->sync(fd);
  } while (result != 0 && errno == EINTR);
  return result;
}

/* After EINTR the descriptor is closed all the same. */
static int close_once(int fd) {
  return cr_io_calls()->close(fd) == 0 || errno == EINTR ? 0 : -1;
}

/* --- where it goes --- */

/* Cuts target into folder and stem. */
static cr_status split_target(replacement *r) {
  const char *slash = strrchr(r->target, '/');
  const char *name = slash ? slash + 1 : r->target;
  const size_t length = slash ? (size_t)(slash - r->target) + 1 : 0;
  if (name[0] == '\0') {
    return fail_target(r, "this names no file");
  }
  memcpy(r->folder, length == 0 ? "./" : r->target, length == 0 ? 2 : length);
  r->folder[length == 0 ? 2 : length] = '\0';
  snprintf(r->stem, sizeof r->stem, "%.*s", MOST_STEM, name);
  return CR_OK;
}

/* Follows the links of a file that is there; a link to nothing is refused. */
static cr_status find_target(replacement *r, const struct stat *about) {
  struct stat link;
  r->existed = about != NULL;
  if (about) {
    r->mode = about->st_mode & 07777;
    if (!realpath(r->path, r->target)) return fail_target(r, cr_io_reason(errno));
    if (faccessat(AT_FDCWD, r->target, W_OK, AT_EACCESS) != 0) {
      return fail_target(r, cr_io_reason(errno));
    }
  } else {
    if (lstat(r->path, &link) == 0 && S_ISLNK(link.st_mode)) {
      return fail_target(r, "this is a link to a file that is not there");
    }
    if (strlen(r->path) >= sizeof r->target) return fail_target(r, cr_io_reason(ENAMETOOLONG));
    memcpy(r->target, r->path, strlen(r->path) + 1);
  }
  return split_target(r);
}

/* --- the lock --- */

static cr_status fail_create(const replacement *r, int error) {
  cr_strbuf command = {0};
  if (error == ENOENT) {
    cr_strbuf_format(&command, "mkdir -p ");
    cr_quote_path(&command, r->folder);
  }
  cr_fail_at(CR_ERR_OPEN, r->path, 0, 0, "cannot write %s: %s", r->path,
             error == ENOENT ? "there is no such folder" : cr_io_reason(error));
  return cr_fix_command(&command);
}

/* Whether the file that is locked is still the one of that name, not one removed meanwhile. */
static bool is_current(const replacement *r) {
  struct stat held, named;
  return fstat(r->lock_fd, &held) == 0 && stat(r->lock, &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/*
 * The lock file is removed by its holder, while the lock is held; so who gets the lock of a file
 * that has been removed meanwhile (is_current) tries again with the new one.
 */
static cr_status take_lock(replacement *r) {
  for (int i = 0; i < MOST_TRIES; i++) {
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    r->lock_fd = cr_io_open(r->lock, flags, 0666);
    if (r->lock_fd < 0) return fail_create(r, errno);
    if (flock(r->lock_fd, LOCK_EX | LOCK_NB) == 0) {
      r->locked = true;
      if (is_current(r)) return CR_OK;
      r->locked = false;
    } else if (errno == EWOULDBLOCK) {
      cr_io_calls()->wait(LOCK_PAUSE_MS);
    } else if (errno != EINTR) {
      return CR_OK; /* no locks here (some network file systems): go on without */
    }
    close(r->lock_fd);
    r->lock_fd = -1;
  }
  cr_fail_at(CR_ERR_BUSY, r->path, 0, 0, "another process is writing %s", r->path);
  return cr_fix("wait until it is done, or write to another file");
}

static void release_lock(replacement *r) {
  if (r->lock_fd < 0) return;
  unlink(r->lock);
  close(r->lock_fd);
}

/* --- temporary files --- */

/* Is this ".STEM.tmp.DIGITS.HEX", a name that open_temporary makes? */
static bool is_temporary_name(const char *name, const char *prefix) {
  const size_t length = strlen(prefix);
  if (strncmp(name, prefix, length) != 0) return false;
  const char *digits = name + length;
  const size_t process = strspn(digits, "0123456789");
  if (process == 0 || digits[process] != '.') return false;
  const char *random = digits + process + 1;
  return random[0] != '\0' && random[strspn(random, "0123456789abcdef")] == '\0';
}

/* What a process that was killed has left; while we hold the lock nobody is at work on one. */
static void remove_stale(const replacement *r) {
  char prefix[MOST_STEM + 16];
  char path[PATH_MAX];
  DIR *entries = opendir(r->folder);
  if (!entries) return;
  snprintf(prefix, sizeof prefix, ".%s.tmp.", r->stem);
  for (const struct dirent *entry; (entry = readdir(entries));) {
    if (!is_temporary_name(entry->d_name, prefix)) continue;
    const int length = snprintf(path, sizeof path, "%s%s", r->folder, entry->d_name);
    if (length > 0 && (size_t)length < sizeof path) unlink(path);
  }
  closedir(entries);
}

/* A new file gets what the process's mask leaves of 0666; one that replaces is private at first. */
static cr_status open_temporary(replacement *r) {
  const mode_t mode = r->existed ? 0600 : 0666;
  for (int i = 0; i < MOST_TRIES; i++) {
    struct timespec now = {0};
    cr_strbuf name = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    cr_strbuf_format(&name, "%s.%s.tmp.%ld.%lx%02x", r->folder, r->stem, (long)getpid(),
                     (unsigned long)now.tv_nsec, (unsigned)i);
    cr_free(r->temporary);
    r->temporary = NULL;
    CR_TRY(cr_strbuf_take(&name, &r->temporary));
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    r->fd = cr_io_open(r->temporary, flags, mode);
    if (r->fd >= 0) return CR_OK;
    if (errno != EEXIST) break;
  }
  const cr_status status = fail_create(r, errno);
  cr_free(r->temporary);
  r->temporary = NULL;
  return status;
}

/* Some file systems cannot reserve: the write will tell. */
static int reserve(int fd, off_t size) {
  int result;
  if (size == 0) return 0;
  do {
    result = cr_io_calls()->allocate(fd, size);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return 0;
  return errno == EOPNOTSUPP || errno == EINVAL || errno == ENOSYS ? 0 : -1;
}

/* Room for all of it, where its size is known: a full disk is told before anything is written. */
static cr_status reserve_pieces(const replacement *r, const cr_piece *pieces, size_t count) {
  bool fits = true;
  const off_t size = total_size(pieces, count, &fits);
  if (!r->regular || (fits && reserve(r->fd, size) == 0)) return CR_OK;
  return fail_write(r, fits ? errno : EFBIG, "");
}

static cr_status settle(const replacement *r) {
  if (r->existed && fchmod(r->fd, r->mode) != 0) {
    return fail_write(r, errno, "its mode cannot be set: ");
  }
  if (sync_again(r->fd) != 0) return fail_write(r, errno, "");
  return CR_OK;
}

/* The new name reaches the device, too. */
static cr_status sync_folder(const replacement *r) {
  const int fd = cr_io_open(r->folder, O_RDONLY | O_CLOEXEC, 0);
  const bool fine = fd >= 0 && (sync_again(fd) == 0 || errno == EINVAL);
  const int error = errno;
  if (fd >= 0) close_once(fd);
  if (fine) return CR_OK;
  cr_fail_at(CR_ERR_IO, r->path, 0, 0, "cannot sync the folder of %s: %s", r->path,
             cr_io_reason(error));
  return cr_why("the new file is in place, but a power cut now might bring back the old one");
}

static cr_status begin_regular(replacement *r, const struct stat *about) {
  cr_strbuf lock = {0};
  r->regular = true;
  CR_TRY(find_target(r, about));
  cr_strbuf_format(&lock, "%s.%s.lock", r->folder, r->stem);
  CR_TRY(cr_strbuf_take(&lock, &r->lock));
  CR_TRY(take_lock(r));
  if (r->locked) remove_stale(r);
  return open_temporary(r);
}

static cr_status commit_regular(replacement *r) {
  cr_status status = settle(r);
  const int closed = close_once(r->fd);
  r->fd = -1;
  if (closed != 0 && status == CR_OK) status = fail_write(r, errno, "");
  if (status == CR_OK && cr_io_calls()->rename(r->temporary, r->target) != 0) {
    status = fail_write(r, errno, "it cannot be renamed: ");
  }
  CR_TRY(status);
  cr_free(r->temporary); /* it is no more: nothing to remove */
  r->temporary = NULL;
  return sync_folder(r);
}

/* --- what cannot be replaced: terminals, pipes, devices --- */

static cr_status fail_through(const replacement *r, cr_status status) {
  return cr_fail_at(status, r->path, 0, 0, "cannot write %s: %s", r->path, cr_io_reason(errno));
}

static cr_status begin_through(replacement *r) {
  r->fd = cr_io_open(r->path, O_WRONLY | O_CLOEXEC | O_NOCTTY, 0);
  return r->fd >= 0 ? CR_OK : fail_through(r, CR_ERR_OPEN);
}

/* --- in steps --- */

static cr_status begin(replacement *r) {
  struct stat about;
  if (strcmp(r->path, "-") == 0 || strcmp(r->path, "/dev/stdout") == 0) {
    r->fd = STDOUT_FILENO;
    return CR_OK;
  }
  if (stat(r->path, &about) != 0) return begin_regular(r, NULL);
  if (S_ISREG(about.st_mode)) return begin_regular(r, &about);
  if (!S_ISDIR(about.st_mode)) return begin_through(r);
  errno = EISDIR;
  return fail_through(r, CR_ERR_OPEN);
}

cr_status cr_file_begin(const char *path, cr_file_writer **out) {
  void *block;
  CR_TRY(cr_alloc(1, sizeof(replacement), &block));
  replacement *r = block;
  r->fd = r->lock_fd = -1;
  cr_status status = cr_copy_text(path, &r->path);
  if (status == CR_OK) status = begin(r);
  if (status != CR_OK) {
    cr_file_abandon(r);
    return status;
  }
  *out = r;
  return CR_OK;
}

cr_status cr_file_append(cr_file_writer *r, const void *bytes, size_t size) {
  if (cr_io_write(r->fd, bytes, size) == 0) return CR_OK;
  return r->regular ? fail_write(r, errno, "") : fail_through(r, CR_ERR_IO);
}

/* Standard output stays open: it is not ours. */
static cr_status commit_through(replacement *r) {
  const int closed = r->fd == STDOUT_FILENO ? 0 : close_once(r->fd);
  r->fd = -1;
  return closed == 0 ? CR_OK : fail_through(r, CR_ERR_IO);
}

cr_status cr_file_commit(cr_file_writer *r) {
  const cr_status status = r->regular ? commit_regular(r) : commit_through(r);
  cr_file_abandon(r);
  return status;
}

void cr_file_abandon(cr_file_writer *r) {
  if (!r) return;
  if (r->fd >= 0 && r->fd != STDOUT_FILENO) close_once(r->fd);
  if (r->temporary) cr_io_calls()->unlink(r->temporary);
  release_lock(r);
  cr_free(r->temporary);
  cr_free(r->lock);
  cr_free(r->path);
  cr_free(r);
}

cr_status cr_file_replace(const char *path, const cr_piece *pieces, size_t count) {
  cr_file_writer *writer;
  CR_TRY(cr_file_begin(path, &writer));
  cr_status status = reserve_pieces(writer, pieces, count);
  for (size_t i = 0; i < count && status == CR_OK; i++) {
    status = cr_file_append(writer, pieces[i].bytes, pieces[i].size);
  }
  if (status == CR_OK) return cr_file_commit(writer);
  cr_file_abandon(writer);
  return status;
}
