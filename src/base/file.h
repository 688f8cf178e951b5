/* Files. All input and output of the library goes through one table, so that tests can fail it. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/types.h>

#include "base/fail.h"

/* The calls of the system, each as POSIX has it: -1 and errno on failure. */
typedef struct cr_io {
  int (*open)(const char *path, int flags, mode_t mode);
  ssize_t (*read)(int fd, void *bytes, size_t size);
  ssize_t (*write)(int fd, const void *bytes, size_t size);
  int (*allocate)(int fd, off_t size); /* posix_fallocate, but -1 and errno */
  int (*sync)(int fd);
  int (*close)(int fd);
  int (*rename)(const char *from, const char *to);
  int (*unlink)(const char *path);
  int (*wait)(unsigned milliseconds);                                 /* a pause; may end early */
  ssize_t (*read_at)(int fd, void *bytes, size_t size, off_t offset); /* pread; by any thread */
  int (*room)(int fd, uint64_t *bytes); /* free for us in the file system of a file */
  ssize_t (*write_at)(int fd, const void *bytes, size_t size, off_t offset); /* pwrite, likewise */
} cr_io;

/* For tests; NULL puts the system's calls back. */
void cr_io_set(const cr_io *io);

/*
 * Reads all of a file into memory of the caller (cr_free); "-" is standard input. CR_ERR_OPEN (with
 * what lies beside it under a similar name as the fix), CR_ERR_IO (a directory, too), CR_ERR_LIMIT
 * past max_bytes, CR_ERR_BUSY if it changed meanwhile. *out ends in a NUL that *size does not
 * count.
 */
cr_status cr_file_read(const char *path, uint64_t max_bytes, char **out, size_t *size);

/*
 * The same, but the first bytes are judged before the others are read, or memory is taken for them:
 * the first 64 KiB, fewer where a file is shorter or a pipe gives fewer, but 16 if there are as
 * many. A failure is handed up.
 */
typedef cr_status cr_file_judge(const char *path, const char *head, size_t size);
cr_status cr_file_read_judged(const char *path, uint64_t max_bytes, cr_file_judge *judge,
                              char **out, size_t *size);

/*
 * Replaces a file by bytes that came from one or more pieces: a temporary file beside it, written,
 * synced, renamed, directory synced. The old file stays whole until the rename. A lock file beside
 * it is held meanwhile: CR_ERR_BUSY if somebody else holds it for over 2 s. Stale temporary files
 * are removed. A link stays a link. What is no regular file (a pipe, a device) is written as it is,
 * and so is "-", standard output.
 */
typedef struct cr_piece {
  const void *bytes;
  size_t size;
} cr_piece;
cr_status cr_file_replace(const char *path, const cr_piece *pieces, size_t count);

/*
 * The same in steps, for what is not all in memory at once. The lock is held from begin to commit
 * or abandon, which end the writer whatever they return; a writer abandoned leaves the old file as
 * it was. What is no regular file has been written to by then.
 */
typedef struct cr_file_writer cr_file_writer;
cr_status cr_file_begin(const char *path, cr_file_writer **out);
cr_status cr_file_append(cr_file_writer *writer, const void *bytes, size_t size);
cr_status cr_file_commit(cr_file_writer *writer);
void cr_file_abandon(cr_file_writer *writer); /* NULL is fine */

/*
 * Opens a new file in a folder, to write and to read, that has no name: once it is closed, or its
 * process killed, nothing is left of it. CR_ERR_CACHE, with the folder as its file.
 */
cr_status cr_file_nameless(const char *folder, int *fd);

#endif
