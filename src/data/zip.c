#include "data/zip.h"

#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/size.h"
#include "data/zlib_memory.h"

enum {
  END_SIZE = 22,   /* of the record that ends an archive, its comment apart */
  ENTRY_SIZE = 46, /* of an entry in the list, its name apart */
  HEADER_SIZE = 30,
  COMMENT_MOST = 65535,
  NAME_SHOWN = 60,
  STORED = 0,
  DEFLATED = 8,
  RAW_WINDOW = -15, /* deflate without a header around it */
  RATIO_MAX = 1032, /* deflate cannot do better: 258 bytes take two bits */
  CHUNK = 1 << 30,  /* zlib counts bytes in 32 bits */
  WHOLE_16 = 0xffff,
};
#define WHOLE_32 UINT32_C(0xffffffff) /* zip64: the size stands elsewhere */

static const unsigned char *at_byte(const cr_zip *zip, size_t at) {
  return (const unsigned char *)zip->source->bytes + at;
}

static size_t word16(const unsigned char *at) {
  return (size_t)cr_little_endian_rest(at, 2);
}

static uint32_t word32(const unsigned char *at) {
  return (uint32_t)cr_little_endian_rest(at, 4);
}

static cr_status fail_zip64(const cr_zip *zip, size_t at) {
  return cr_fail_offset(CR_ERR_FORMAT, zip->source->path, at,
                        "a zip64 archive, of more than 4 GiB or 65,535 entries; save the arrays "
                        "one by one with numpy.save");
}

/* The record that ends the archive lies where its comment just reaches the end of the file. */
static bool find_end(const cr_zip *zip, size_t *at) {
  const size_t size = zip->source->size;
  if (size < END_SIZE) return false;
  const size_t first = size - END_SIZE > COMMENT_MOST ? size - END_SIZE - COMMENT_MOST : 0;
  for (*at = size - END_SIZE;; --*at) {
    const unsigned char *end = at_byte(zip, *at);
    if (memcmp(end, "PK\005\006", 4) == 0 && word16(end + 20) == size - *at - END_SIZE) return true;
    if (*at == first) return false;
  }
}

cr_status cr_zip_open(const cr_source *source, cr_zip *out) {
  *out = (cr_zip){.source = source};
  if (!find_end(out, &out->end)) {
    cr_fail_offset(CR_ERR_NPZ, source->path, source->size,
                   "the archive has no end: it was cut short, or something was appended");
    return cr_fix("download or copy the file again");
  }
  const unsigned char *end = at_byte(out, out->end);
  const size_t size = word32(end + 12), offset = word32(end + 16);
  out->count = word16(end + 10);
  if (size == WHOLE_32 || offset == WHOLE_32 || out->count == WHOLE_16)
    return fail_zip64(out, out->end);
  if (word16(end + 4) || word16(end + 6) || word16(end + 8) != out->count)
    return cr_fail_offset(CR_ERR_FORMAT, source->path, out->end, "a part of a split zip archive");
  if (offset > out->end || size != out->end - offset)
    return cr_fail_offset(CR_ERR_NPZ, source->path, out->end,
                          "the list of entries is said to be %zu bytes at byte %zu; it ends at "
                          "byte %zu",
                          size, offset, out->end);
  out->directory = offset;
  return CR_OK;
}

cr_status cr_zip_next(const cr_zip *zip, size_t *at, cr_zip_entry *out, bool *found) {
  if (*at == 0) *at = zip->directory;
  *found = *at < zip->end;
  if (!*found) return CR_OK;
  const unsigned char *entry = at_byte(zip, *at);
  if (zip->end - *at < ENTRY_SIZE || memcmp(entry, "PK\001\002", 4) != 0)
    return cr_fail_offset(CR_ERR_NPZ, zip->source->path, *at, "no entry of the list at byte %zu",
                          *at);
  const size_t name = word16(entry + 28);
  const size_t rest = name + word16(entry + 30) + word16(entry + 32);
  if (zip->end - *at - ENTRY_SIZE < rest)
    return cr_fail_offset(CR_ERR_NPZ, zip->source->path, *at,
                          "the entry at byte %zu goes past the end of the list", *at);
  *out = (cr_zip_entry){.name = (const char *)entry + ENTRY_SIZE,
                        .name_size = name,
                        .offset = word32(entry + 42),
                        .packed = word32(entry + 20),
                        .size = word32(entry + 24),
                        .method = (unsigned)word16(entry + 10),
                        .encrypted = word16(entry + 8) & 1,
                        .crc = word32(entry + 16)};
  if (out->packed == WHOLE_32 || out->size == WHOLE_32 || out->offset == WHOLE_32)
    return fail_zip64(zip, *at);
  *at += ENTRY_SIZE + rest;
  return CR_OK;
}

/* --- taking out --- */

static cr_status fail_entry(const cr_zip *zip, const cr_zip_entry *entry, cr_status status,
                            const char *what) {
  return cr_fail_offset(status, zip->source->path, entry->offset, "the entry %.*s %s",
                        (int)cr_size_min(entry->name_size, NAME_SHOWN), entry->name, what);
}

/* Where the bytes begin: its own header repeats the name, and may have more behind it. */
static cr_status find_bytes(const cr_zip *zip, const cr_zip_entry *entry, size_t *out) {
  const size_t most = zip->directory;
  if (entry->offset > most || most - entry->offset < HEADER_SIZE)
    return fail_entry(zip, entry, CR_ERR_NPZ, "lies outside of the file");
  const unsigned char *header = at_byte(zip, entry->offset);
  const size_t name = word16(header + 26), rest = name + word16(header + 28);
  const size_t room = most - entry->offset - HEADER_SIZE;
  if (memcmp(header, "PK\003\004", 4) != 0 || name != entry->name_size || room < rest ||
      memcmp(header + HEADER_SIZE, entry->name, name) != 0)
    return fail_entry(zip, entry, CR_ERR_NPZ, "has another header than the list says");
  if (room - rest < entry->packed)
    return fail_entry(zip, entry, CR_ERR_NPZ, "goes past the list of entries");
  *out = entry->offset + HEADER_SIZE + rest;
  return CR_OK;
}

static cr_status check_entry(const cr_zip *zip, const cr_zip_entry *entry, uint64_t max_bytes) {
  if (entry->encrypted) return fail_entry(zip, entry, CR_ERR_FORMAT, "is encrypted");
  if (entry->method != STORED && entry->method != DEFLATED)
    return fail_entry(zip, entry, CR_ERR_FORMAT, "is packed by something else than deflate");
  if (entry->size > max_bytes)
    return cr_fail_offset(CR_ERR_LIMIT, zip->source->path, entry->offset,
                          "an entry of %zu bytes; the most is %llu", entry->size,
                          (unsigned long long)max_bytes);
  if (entry->method == STORED && entry->packed != entry->size)
    return fail_entry(zip, entry, CR_ERR_NPZ, "is stored in another number of bytes than it has");
  if (entry->size / RATIO_MAX > entry->packed)
    return fail_entry(zip, entry, CR_ERR_NPZ, "is said to be larger than its bytes can tell");
  return CR_OK;
}

/* All of the packed bytes make all of the others, no less and no more. */
static cr_status inflate_entry(const cr_zip *zip, const cr_zip_entry *entry, size_t from,
                               char *out) {
  z_stream s = {0};
  size_t taken = 0, made = 0;
  cr_zlib_use_memory(&s);
  int code = inflateInit2(&s, RAW_WINDOW);
  if (code != Z_OK) return cr_fail(CR_ERR_MEMORY, "out of memory while inflating");
  do {
    const uInt in = (uInt)cr_size_min(entry->packed - taken, CHUNK);
    const uInt room = (uInt)cr_size_min(entry->size + 1 - made, CHUNK); /* one more would show */
    s.next_in = (z_const Bytef *)at_byte(zip, from + taken);
    s.avail_in = in;
    s.next_out = (Bytef *)out + made;
    s.avail_out = room;
    code = inflate(&s, Z_NO_FLUSH);
    taken += in - s.avail_in;
    made += room - s.avail_out;
  } while (code == Z_OK);
  inflateEnd(&s);
  if (code == Z_MEM_ERROR) return cr_fail(CR_ERR_MEMORY, "out of memory while inflating");
  if (code == Z_STREAM_END && taken == entry->packed && made == entry->size) return CR_OK;
  return fail_entry(zip, entry, CR_ERR_NPZ, "is damaged: it does not inflate to its length");
}

static uint32_t checksum(const char *bytes, size_t size) {
  uLong crc = crc32(0, Z_NULL, 0);
  for (size_t at = 0; at < size; at += CHUNK)
    crc = crc32(crc, (const Bytef *)bytes + at, (uInt)cr_size_min(size - at, CHUNK));
  return (uint32_t)crc;
}

cr_status cr_zip_extract(const cr_zip *zip, const cr_zip_entry *entry, uint64_t max_bytes,
                         char **out) {
  size_t from = 0;
  void *block;
  CR_TRY(check_entry(zip, entry, max_bytes));
  CR_TRY(find_bytes(zip, entry, &from));
  CR_TRY(cr_alloc(entry->size + 1, 1, &block));
  char *bytes = block;
  cr_status status = CR_OK;
  if (entry->method == DEFLATED)
    status = inflate_entry(zip, entry, from, bytes);
  else
    memcpy(bytes, at_byte(zip, from), entry->size);
  bytes[entry->size] = '\0';
  if (status == CR_OK && checksum(bytes, entry->size) != entry->crc)
    status = fail_entry(zip, entry, CR_ERR_NPZ, "is damaged: its checksum is another");
  if (status != CR_OK) {
    cr_free(bytes);
    return status;
  }
  *out = bytes;
  return CR_OK;
}
