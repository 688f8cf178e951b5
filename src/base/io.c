#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/size.h"

static const size_t largest_transfer = (size_t)1 << 30; /* some systems refuse 2 GiB and more */

static int system_open(const char *path, int flags, mode_t mode) {
  return open(path, flags, mode);
}

static int system_allocate(int fd, off_t size) {
  const int error = posix_fallocate(fd, 0, size);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

static int system_wait(unsigned milliseconds) {
  const struct timespec pause = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
  return nanosleep(&pause, NULL);
}

static int system_room(int fd, uint64_t *bytes) {
  struct statvfs about;
  if (fstatvfs(fd, &about) != 0) return -1;
  *bytes = (uint64_t)about.f_bavail * about.f_frsize;
  return 0;
}

static const cr_io system_io = {system_open, read,  write,       system_allocate,
                                fsync,       close, rename,      unlink,
                                system_wait, pread, system_room, pwrite};
static const cr_io *current = &system_io;

void cr_io_set(const cr_io *io) {
  current = io ? io : &system_io;
}

const cr_io *cr_io_calls(void) {
  return current;
}

int cr_io_open(const char *path, int flags, mode_t mode) {
  int fd;
  do {
    fd = current->open(path, flags, mode);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

ssize_t cr_io_read(int fd, void *bytes, size_t size) {
  ssize_t got;
  do {
    got = current->read(fd, bytes, cr_size_min(size, largest_transfer));
  } while (got < 0 && errno == EINTR);
  return got;
}

int cr_io_write(int fd, const void *bytes, size_t size) {
  const char *from = bytes;
  while (size > 0) {
    const ssize_t written = current->write(fd, from, cr_size_min(size, largest_transfer));
    if (written < 0 && errno == EINTR) continue;
    if (written == 0) errno = EIO; /* would go on for ever */
    if (written <= 0) return -1;
    from += written;
    size -= (size_t)written;
  }
  return 0;
}

int cr_io_write_at(int fd, const void *bytes, size_t size, uint64_t offset) {
  const char *from = bytes;
  while (size > 0) {
    const ssize_t written =
        current->write_at(fd, from, cr_size_min(size, largest_transfer), (off_t)offset);
    if (written < 0 && errno == EINTR) continue;
    if (written == 0) errno = EIO; /* would go on for ever */
    if (written <= 0) return -1;
    from += written;
    size -= (size_t)written;
    offset += (uint64_t)written;
  }
  return 0;
}

int cr_io_read_at(int fd, void *bytes, size_t size, uint64_t offset) {
  char *to = bytes;
  while (size > 0) {
    const ssize_t got =
        current->read_at(fd, to, cr_size_min(size, largest_transfer), (off_t)offset);
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = EIO; /* bytes that were written are not there any more */
    if (got <= 0) return -1;
    to += got;
    size -= (size_t)got;
    offset += (uint64_t)got;
  }
  return 0;
}

const char *cr_io_reason(int error) {
  static const struct {
    int error;
    const char *text;
  } reasons[] = {
      {ENOENT, "no such file"},
      {EACCES, "permission denied"},
      {EPERM, "not permitted"},
      {EISDIR, "it is a folder, not a file"},
      {ENOTDIR, "a part of the path is not a folder"},
      {ENAMETOOLONG, "the name is too long"},
      {ELOOP, "too many symbolic links"},
      {EROFS, "the file system is read-only"},
      {ENOSPC, "no space is left on the device"},
      {EDQUOT, "the disk quota is used up"},
      {EFBIG, "the file would be too large"},
      {EIO, "input/output error"},
      {EPIPE, "nobody reads the other end"},
      {EMFILE, "this process has too many open files"},
      {ENFILE, "the system has too many open files"},
      {ENXIO, "there is no such device"},
      {EBADF, "it is not open"},
      {ENOMEM, "out of memory"},
  };
  for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
    if (reasons[i].error == error) return reasons[i].text;
  }
  return "the system refuses";
}
