/*
 * Files that become tables on disk. Text is read in pieces (large_table.c). What is values one
 * after the other goes to a nameless file as it is, which its reader sees as if it were in memory:
 * nobody else can cut that one short while it is mapped.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/hashset.h"
#include "data/large_table.h"
#include "data/large_text.h"

enum { COPIED_AT_ONCE = 1 << 20, HASHED_AT_ONCE = 1 << 22 };

/* Of a plain file, whose size says how many rows there can be; else 0. */
static uint64_t plain_size(const cr_stream *stream, const char *path) {
  struct stat about;
  if (cr_stream_is_compressed(stream) || strcmp(path, "-") == 0) return 0;
  return stat(path, &about) == 0 && S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
}

static cr_status copy_all(cr_stream *stream, char *buffer, const cr_spill *to, size_t *size) {
  size_t got = COPIED_AT_ONCE;
  *size = 0;
  while (got == COPIED_AT_ONCE) {
    CR_TRY(cr_stream_read(stream, buffer, COPIED_AT_ONCE, &got));
    CR_TRY(cr_spill_write(to, buffer, got, *size));
    *size += got;
  }
  return CR_OK;
}

static cr_status read_values(cr_stream *stream, char *buffer, const char *path, bool on_disk,
                             const cr_read_options *options, cr_pool *pool, cr_table **out) {
  cr_large *large = NULL;
  size_t size = 0;
  CR_TRY(cr_large_create(options, &large));
  cr_status status = cr_spill_create(large->values.folder, &large->file);
  if (status == CR_OK) status = copy_all(stream, buffer, &large->file, &size);
  if (status == CR_OK) status = cr_spill_map(&large->file, size + 1); /* and a NUL */
  cr_source source = {.path = path,
                      .bytes = (char *)large->file.bytes,
                      .size = size,
                      .on_disk = on_disk,
                      .compressed = cr_stream_is_compressed(stream),
                      .large = large};
  if (status == CR_OK) status = cr_source_read(&source, options, pool, out);
  cr_large_destroy(source.large); /* unless a table has it */
  return status;
}

/* By what the first bytes are; the stream is closed. */
static cr_status read_by_head(cr_stream *stream, char *buffer, const char *path,
                              const cr_read_options *options, cr_pool *pool, cr_table **out) {
  const bool on_disk = strcmp(path, "-") != 0;
  const char *name = on_disk ? path : "standard input";
  const uint64_t plain = plain_size(stream, path);
  size_t got = 0;
  cr_status status = cr_stream_read(stream, buffer, COPIED_AT_ONCE, &got);
  const bool values = status == CR_OK && cr_head_table_bytes(buffer, got, got) > 0;
  if (status == CR_OK) status = cr_stream_rewind(stream);
  if (status == CR_OK && !values)
    return cr_large_read_text(stream, name, plain, options, pool, out);
  if (status == CR_OK) status = read_values(stream, buffer, name, on_disk, options, pool, out);
  cr_stream_close(stream);
  return status;
}

cr_status cr_large_read(const char *path, const char *head, size_t size,
                        const cr_read_options *options, cr_pool *pool, cr_table **out) {
  const char *folder = cr_spill_folder(options->cache);
  cr_stream *stream;
  void *buffer;
  *out = NULL;
  CR_TRY(cr_stream_open(path, head, size, folder, &stream));
  cr_status status = cr_alloc(COPIED_AT_ONCE, 1, &buffer);
  if (status == CR_OK)
    status = read_by_head(stream, buffer, path, options, pool, out);
  else
    cr_stream_close(stream);
  cr_free(buffer);
  return status;
}

cr_status cr_table_take_large(cr_table *table, cr_source *source) {
  size_t bytes = 0, all = 0;
  if (!source->large) return CR_OK;
  cr_large *large = table->large = source->large;
  source->large = NULL;
  CR_TRY(cr_size_product(table->rows, sizeof(double), &bytes));
  large->stride = cr_large_stride(bytes);
  CR_TRY(cr_size_product(table->column_count, large->stride, &all));
  return cr_spill_reserve(&large->values, all);
}

uint64_t cr_source_hash(const cr_source *source, uint64_t seed) {
  cr_hashing hashing = cr_hashing_start(source->size, seed);
  for (size_t at = 0; at < source->size; at += HASHED_AT_ONCE) {
    const size_t size = cr_size_min(source->size - at, HASHED_AT_ONCE);
    cr_hashing_add(&hashing, source->bytes + at, size);
    if (source->large) cr_spill_rest(&source->large->file);
  }
  return cr_hashing_end(&hashing);
}
