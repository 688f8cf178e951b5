/*
 * For tests of what takes memory and opens files: nothing that was allocated may be left behind,
 * and the calls of the system are themselves again. As setup and teardown of a test, or in them.
 */
#ifndef KEPT_MEMORY_H
#define KEPT_MEMORY_H

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/file.h"
#include "counting_allocator.h"

static inline int count_memory(void **state) {
  (void)state;
  counting_start();
  return 0;
}

static inline int no_memory_is_lost(void **state) {
  (void)state;
  const size_t live = counting.live;
  counting_stop();
  cr_io_set(NULL);
  return live == 0 ? 0 : -1;
}

/* `read_at` for a cr_io: it reads so often, and fails from then on. */
static atomic_int reads_left;

static inline ssize_t failing_read(int fd, void *bytes, size_t size, off_t offset) {
  if (atomic_fetch_sub(&reads_left, 1) > 0) return pread(fd, bytes, size, offset);
  errno = EIO;
  return -1;
}

/* `open` for a cr_io: the system's own takes its last argument otherwise. */
static inline int plain_open(const char *path, int flags, mode_t mode) {
  return open(path, flags, mode);
}

#endif
