#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/size.h"

enum { LEAST_ROOM = 64 * 1024, HEAD_LEAST = 16 };

typedef struct contents {
  void *bytes;
  size_t size, capacity;
} contents;

static cr_status fail_open(const char *path, int error) {
  cr_fail_at(CR_ERR_OPEN, path, 0, 0, "cannot read %s: %s", path, cr_io_reason(error));
  if (error == ENOENT) cr_io_suggest(path);
  if (error == EACCES)
    return cr_fix("chmod u+r, if it is yours, or copy it as one who may read it");
  return CR_ERR_OPEN;
}

static cr_status fail_read(const char *path, int error) {
  cr_fail_at(CR_ERR_IO, path, 0, 0, "cannot read %s: %s", path, cr_io_reason(error));
  if (error == EISDIR) return cr_fix("name a file in that folder");
  return CR_ERR_IO;
}

static cr_status fail_limit(const char *path, uint64_t max_bytes) {
  return cr_fail_at(CR_ERR_LIMIT, path, 0, 0, "%s is larger than the limit of %llu bytes", path,
                    (unsigned long long)max_bytes);
}

/* Room for a file of known size at once, and one byte more, where the end shows. */
static cr_status make_first_room(const char *path, int fd, size_t limit, contents *file) {
  struct stat about;
  size_t room = LEAST_ROOM;
  if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0) {
    if ((uintmax_t)about.st_size > limit) return fail_limit(path, limit);
    room = (size_t)about.st_size + 2;
  }
  return cr_grow(&file->bytes, file->size, room, 1, &file->capacity);
}

/* Reads what there is, but leaves room for a NUL; *got is 0 at the end. */
static cr_status read_some(const char *path, int fd, contents *file, size_t *got) {
  const ssize_t count =
      cr_io_read(fd, (char *)file->bytes + file->size, file->capacity - file->size - 1);
  if (count < 0) return fail_read(path, errno);
  file->size += *got = (size_t)count;
  return CR_OK;
}

static cr_status judge_head(const char *path, int fd, cr_file_judge *judge, contents *file) {
  CR_TRY(cr_grow(&file->bytes, 0, LEAST_ROOM, 1, &file->capacity));
  for (size_t got = 1; got > 0 && file->size < HEAD_LEAST;) CR_TRY(read_some(path, fd, file, &got));
  return judge(path, file->bytes, file->size);
}

/* Reads to the end of a file, a pipe or a terminal. */
static cr_status read_all(const char *path, int fd, size_t limit, contents *file) {
  CR_TRY(make_first_room(path, fd, limit, file));
  for (size_t got = 1; got > 0;) {
    if (file->size > limit) return fail_limit(path, limit);
    CR_TRY(cr_grow_within(&file->bytes, file->size, file->size + 2, limit + 2, 1, &file->capacity));
    CR_TRY(read_some(path, fd, file, &got));
  }
  ((char *)file->bytes)[file->size] = '\0';
  return CR_OK;
}

/* Half of an old file and half of a new one are neither. */
static cr_status check_unchanged(const char *path, int fd, const struct stat *before) {
  struct stat after;
  if (!S_ISREG(before->st_mode) || fstat(fd, &after) != 0) return CR_OK;
  if (before->st_size == after.st_size && before->st_mtim.tv_sec == after.st_mtim.tv_sec &&
      before->st_mtim.tv_nsec == after.st_mtim.tv_nsec)
    return CR_OK;
  cr_fail_at(CR_ERR_BUSY, path, 0, 0, "%s was changed while it was read", path);
  return cr_fix("wait until it is written, or read a copy of it");
}

cr_status cr_file_read(const char *path, uint64_t max_bytes, char **out, size_t *size) {
  return cr_file_read_judged(path, max_bytes, NULL, out, size);
}

cr_status cr_file_read_judged(const char *path, uint64_t max_bytes, cr_file_judge *judge,
                              char **out, size_t *size) {
  const bool standard_input = strcmp(path, "-") == 0;
  const char *name = standard_input ? "standard input" : path;
  const size_t limit = max_bytes < SIZE_MAX / 4 ? (size_t)max_bytes : SIZE_MAX / 4;
  contents file = {0};
  *out = NULL;
  *size = 0;

  const int fd =
      standard_input ? STDIN_FILENO : cr_io_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
  if (fd < 0) return fail_open(path, errno);
  struct stat before = {0};
  if (fstat(fd, &before) != 0) before.st_mode = 0; /* it is no regular file, then */
  cr_status status = judge ? judge_head(name, fd, judge, &file) : CR_OK;
  if (status == CR_OK) status = read_all(name, fd, limit, &file);
  if (status == CR_OK) status = check_unchanged(name, fd, &before);
  if (!standard_input) cr_io_calls()->close(fd); /* nothing was written: nothing can be lost */
  if (status != CR_OK) {
    cr_free(file.bytes);
    return status;
  }
  *out = file.bytes;
  *size = file.size;
  return CR_OK;
}
