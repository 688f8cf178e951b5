/*
 * A file that is read from its beginning to its end, some bytes at a time, and again if need be:
 * plain or compressed, or standard input, which is kept on disk as far as it came.
 */
#ifndef DATA_STREAM_H
#define DATA_STREAM_H

#include "base/fail.h"

typedef struct cr_stream cr_stream;

/*
 * `path` outlives the stream; "-" is standard input, of which head[0..size) has been read before,
 * and whose bytes go to a nameless file in `folder`, as do those of a pipe. CR_ERR_OPEN, CR_ERR_IO,
 * CR_ERR_CACHE.
 */
cr_status cr_stream_open(const char *path, const char *head, size_t size, const char *folder,
                         cr_stream **out);
void cr_stream_close(cr_stream *stream); /* NULL is fine */

/* Is it gzip? */
bool cr_stream_is_compressed(const cr_stream *stream);

/*
 * The next bytes, inflated: as many as there is room for, fewer at the end; *got is 0 after it.
 * CR_ERR_IO, also for a file that was changed since it was opened; CR_ERR_GZIP, CR_ERR_CACHE.
 */
cr_status cr_stream_read(cr_stream *stream, char *out, size_t room, size_t *got);

/* Back to the beginning. */
cr_status cr_stream_rewind(cr_stream *stream);

/* Of all bytes, once the end was reached: cr_fingerprint. */
uint64_t cr_stream_fingerprint(const cr_stream *stream);

#endif
