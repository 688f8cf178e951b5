/* Memory of zlib's streams: that of the library, so that its failures can be tested. */
#ifndef DATA_ZLIB_MEMORY_H
#define DATA_ZLIB_MEMORY_H

#include <zlib.h>

/* Before inflateInit2 or deflateInit2, which answer Z_MEM_ERROR where cr_alloc fails. */
void cr_zlib_use_memory(z_stream *stream);

#endif
