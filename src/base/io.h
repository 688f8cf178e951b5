/* What reading and replacing files share: the table of calls, loops over them, words for errno. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include "base/file.h"

/* The calls in use. */
const cr_io *cr_io_calls(void);

/* Opens again after a signal; -1 and errno. */
int cr_io_open(const char *path, int flags, mode_t mode);

/* Reads up to `size` bytes again after a signal; 0 is the end, -1 and errno. */
ssize_t cr_io_read(int fd, void *bytes, size_t size);

/* Writes all of it, in as many calls as it takes; -1 and errno. */
int cr_io_write(int fd, const void *bytes, size_t size);

/* Reads all of `size` bytes from `offset` on; -1 and errno, and EIO where the file ends before. */
int cr_io_read_at(int fd, void *bytes, size_t size, uint64_t offset);

/* Writes all of it at a place, in as many calls as it takes, by any thread; -1 and errno. */
int cr_io_write_at(int fd, const void *bytes, size_t size, uint64_t offset);

/* What an errno means, in lower case. */
const char *cr_io_reason(int error);

/* Adds to a CR_ERR_OPEN the files beside `path` that may have been meant. */
void cr_io_suggest(const char *path);

#endif
