/*
 * NPZ. No mutation gets past a checksum, so those of stored entries are put right first. What is
 * taken out must have its length and be refused by a smaller limit; a table must come of it or a
 * status that says why not.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "data/zip.h"
#include "require.h"

enum { MOST_BYTES = 1 << 20, CRC_IN_ENTRY = 16, ENTRY_SIZE = 46, HEADER_SIZE = 30 };

/* Where the bytes of a stored entry lie, read anew; 0 if that is not within the file. */
static size_t stored_at(const uint8_t *bytes, size_t size, const cr_zip_entry *entry) {
  if (entry->offset > size || size - entry->offset < HEADER_SIZE) return 0;
  const uint8_t *header = bytes + entry->offset;
  const size_t from = entry->offset + HEADER_SIZE + (size_t)(header[26] | header[27] << 8) +
                      (size_t)(header[28] | header[29] << 8);
  return from <= size && size - from >= entry->size ? from : 0;
}

static void put_checksums_right(uint8_t *bytes, size_t size) {
  const cr_source source = {.path = "fuzz", .bytes = (char *)bytes, .size = size};
  cr_zip zip;
  cr_zip_entry entry;
  bool found = true;
  if (cr_zip_open(&source, &zip) != CR_OK) return;
  for (size_t at = 0; cr_zip_next(&zip, &at, &entry, &found) == CR_OK && found;) {
    const size_t from = entry.method == 0 ? stored_at(bytes, size, &entry) : 0;
    if (from == 0 || entry.size > MOST_BYTES) continue;
    const uLong crc = crc32(0, bytes + from, (uInt)entry.size);
    uint8_t *name = bytes + (entry.name - (const char *)bytes);
    cr_put_little_endian(name - ENTRY_SIZE + CRC_IN_ENTRY, crc, 4);
  }
}

static void take_out(const cr_source *source) {
  cr_zip zip;
  cr_zip_entry entry;
  bool found = true;
  if (cr_zip_open(source, &zip) != CR_OK) return;
  require(zip.directory <= zip.end && zip.end < source->size);
  for (size_t at = 0; cr_zip_next(&zip, &at, &entry, &found) == CR_OK && found;) {
    char *bytes = NULL, *less = NULL;
    require(at > zip.directory && at <= zip.end);
    const cr_status status = cr_zip_extract(&zip, &entry, MOST_BYTES, &bytes);
    require((status == CR_OK) == (bytes != NULL));
    require(status == CR_OK || cr_last_error()->status == status);
    if (!bytes) continue;
    require(entry.size <= MOST_BYTES && bytes[entry.size] == '\0');
    require(crc32(0, (const Bytef *)bytes, (uInt)entry.size) == entry.crc);
    if (entry.size > 0)
      require(cr_zip_extract(&zip, &entry, entry.size - 1, &less) == CR_ERR_LIMIT);
    cr_free(bytes);
  }
}

static void parse(const char *bytes, size_t size) {
  cr_read_options options;
  cr_table *table = NULL;
  cr_read_options_init(&options);
  options.max_bytes = MOST_BYTES;
  const cr_status status = cr_table_parse("fuzz", bytes, size, &options, &table);
  require((status == CR_OK) == (table != NULL));
  require(status == CR_OK || cr_last_error()->status == status);
  if (table) require(table->rows > 0 && table->column_count > 0);
  cr_table_destroy(table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  void *block = NULL;
  if (size == 0 || cr_alloc(size, 1, &block) != CR_OK) return 0;
  memcpy(block, data, size);
  put_checksums_right(block, size);
  const cr_source source = {.path = "fuzz", .bytes = block, .size = size};
  take_out(&source);
  parse(block, size);
  cr_free(block);
  return 0;
}
