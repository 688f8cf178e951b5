#if defined(__linux__)
#  define _GNU_SOURCE /* O_TMPFILE */
#endif
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/io.h"
#include "base/strbuf.h"

#if defined(O_TMPFILE)
static const int no_name = O_TMPFILE; /* not every file system has it */
#else
static const int no_name = 0;
#endif

enum { MOST_TRIES = 100 };

/* A name nobody else has, gone as soon as the file is there; -1 and errno. */
static int open_and_unlink(const char *path) {
  const int fd = cr_io_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0) cr_io_calls()->unlink(path);
  return fd;
}

static cr_status open_named(const char *folder, int *fd) {
  *fd = -1;
  for (int i = 0; i < MOST_TRIES && *fd < 0; i++) {
    struct timespec now = {0};
    cr_strbuf name = {0};
    char *path = NULL;
    clock_gettime(CLOCK_REALTIME, &now);
    cr_strbuf_format(&name, "%s/.chainrule.%ld.%lx%02x", folder, (long)getpid(),
                     (unsigned long)now.tv_nsec, (unsigned)i);
    CR_TRY(cr_strbuf_take(&name, &path));
    *fd = open_and_unlink(path);
    const int error = errno;
    cr_free(path);
    errno = error;
    if (*fd < 0 && errno != EEXIST) break;
  }
  return CR_OK;
}

cr_status cr_file_nameless(const char *folder, int *fd) {
  *fd = no_name != 0 ? cr_io_open(folder, no_name | O_RDWR | O_CLOEXEC, 0600) : -1;
  if (*fd < 0) CR_TRY(open_named(folder, fd));
  if (*fd >= 0) return CR_OK;
  const int error = errno;
  cr_fail_at(CR_ERR_CACHE, folder, 0, 0, "cannot write in the folder %s: %s", folder,
             error == ENOENT ? "there is no such folder" : cr_io_reason(error));
  if (error == EMFILE) return cr_fix("ulimit -n 256");
  cr_why("rows that do not fit into memory lie in a file there while they are learnt");
  return cr_fix("--cache DIR, a folder on a disk with room");
}
