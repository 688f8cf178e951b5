/* Files in memory, and which reader takes them. */
#include <string.h>

#include "base/alloc.h"
#include "data/hashset.h"
#include "data/reader.h"

bool cr_is_gzip(const char *bytes, size_t size) {
  return size >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0;
}

cr_status cr_source_load(const char *path, uint64_t max_bytes, cr_file_judge *judge,
                         cr_source *out) {
  const bool on_disk = strcmp(path, "-") != 0;
  *out = (cr_source){.path = on_disk ? path : "standard input", .on_disk = on_disk, .owned = true};
  CR_TRY(cr_file_read_judged(path, max_bytes, judge, &out->bytes, &out->size));
  if (!cr_is_gzip(out->bytes, out->size)) return CR_OK;
  char *inflated;
  size_t size;
  const cr_status status =
      cr_inflate(out->path, out->bytes, out->size, max_bytes, &inflated, &size);
  cr_source_free(out);
  if (status != CR_OK) return status;
  out->bytes = inflated;
  out->size = size;
  out->compressed = true;
  return CR_OK;
}

cr_status cr_source_copy(const char *name, const char *bytes, size_t size, uint64_t max_bytes,
                         cr_source *out) {
  *out = (cr_source){.path = name, .owned = true};
  if (size > max_bytes)
    return cr_fail_at(CR_ERR_LIMIT, name, 0, 0, "%zu bytes; the most is %llu", size,
                      (unsigned long long)max_bytes);
  if (cr_is_gzip(bytes, size)) {
    out->compressed = true;
    return cr_inflate(name, bytes, size, max_bytes, &out->bytes, &out->size);
  }
  void *copy;
  CR_TRY(cr_alloc(size + 1, 1, &copy));
  if (size) memcpy(copy, bytes, size);
  out->bytes = copy;
  out->size = size;
  return CR_OK;
}

void cr_source_free(cr_source *source) {
  if (source->owned) cr_free(source->bytes);
  source->bytes = NULL;
  source->size = 0;
}

void cr_table_note_source(cr_table *table, const cr_source *source, const cr_source *labels) {
  uint64_t hash = cr_source_hash(source, 0);
  if (labels) hash = cr_hash_bytes(labels->bytes, labels->size, hash);
  table->origin.fingerprint = hash;
  table->origin.compressed = source->compressed;
}
