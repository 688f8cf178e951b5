/* Where bytes of a file to be written go: a piece at a time, through gzip if it is to be. */
#ifndef DATA_SINK_H
#define DATA_SINK_H

#include "base/file.h"
#include "base/strbuf.h"

typedef struct cr_sink cr_sink;

/* To a file that is replaced by cr_file_begin and its like. */
cr_status cr_sink_open(const char *path, bool gzip, cr_sink **out);

/* To memory of the caller's, appended. */
cr_status cr_sink_open_memory(cr_strbuf *memory, bool gzip, cr_sink **out);

cr_status cr_sink_add(cr_sink *sink, const void *bytes, size_t size);
cr_status cr_sink_text(cr_sink *sink, const char *text);

/* A number in the shortest form that is read back as the same. */
cr_status cr_sink_number(cr_sink *sink, double value);

/* Both end the sink, whatever they return; abandoned, the old file is as it was. NULL is fine. */
cr_status cr_sink_commit(cr_sink *sink);
void cr_sink_abandon(cr_sink *sink);

#endif
