/* The text of a file that is larger than memory, some whole rows at a time. */
#ifndef DATA_LARGE_TEXT_H
#define DATA_LARGE_TEXT_H

#include "data/reader.h"
#include "data/stream.h"

typedef struct cr_large_text {
  cr_stream *stream; /* owned */
  char *bytes;       /* (filled) of the file, not yet read; room for a NUL */
  size_t filled, room;
  bool end; /* of the file is in the bytes */
} cr_large_text;

/* Room for a piece of text, as much as goes with all the memory there may be. CR_ERR_MEMORY. */
cr_status cr_large_text_take(cr_large_text *text, uint64_t memory);
void cr_large_text_free(cr_large_text *text); /* all 0 is fine */

/* How many of the bytes are whole rows: a longer text is read until there is one. */
cr_status cr_large_text_rows(cr_large_text *text, size_t *size);

/* The first bytes were read. */
void cr_large_text_drop(cr_large_text *text, size_t size);

/* More room than there was. */
cr_status cr_large_text_widen(cr_large_text *text);

/* Back to the beginning of the file. */
cr_status cr_large_text_rewind(cr_large_text *text);

/*
 * large_table.c. Reads CSV from the beginning of a stream, which is closed, into a table on disk;
 * `size` is that of a plain file, else 0. As cr_large_read.
 */
cr_status cr_large_read_text(cr_stream *stream, const char *path, uint64_t size,
                             const cr_read_options *options, cr_pool *pool, cr_table **out);

/*
 * large_judge.c. The reading of the text has failed with `status`: goes through all of it once more
 * for what would be told of it in memory, and fails with that instead.
 */
cr_status cr_large_judge(cr_large_text *text, const char *path, const cr_read_options *options,
                         cr_status status);

#endif
