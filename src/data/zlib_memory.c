#include "data/zlib_memory.h"

#include "base/alloc.h"

static voidpf allocate(voidpf opaque, uInt items, uInt size) {
  (void)opaque;
  void *block;
  return cr_alloc(items, size, &block) == CR_OK ? block : Z_NULL;
}

static void release(voidpf opaque, voidpf block) {
  (void)opaque;
  cr_free(block);
}

void cr_zlib_use_memory(z_stream *stream) {
  stream->zalloc = allocate;
  stream->zfree = release;
}
