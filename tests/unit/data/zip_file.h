/* For tests: zip archives, made by hand. */
#ifndef UNIT_DATA_ZIP_FILE_H
#define UNIT_DATA_ZIP_FILE_H

#include <stddef.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"

enum { ZIP_ROOM = 1 << 16 };

typedef struct zip_file {
  unsigned char bytes[ZIP_ROOM], list[ZIP_ROOM];
  size_t size, list_size, count;
} zip_file;

static inline void zip_words(unsigned char *at, size_t *size, const char *form, ...) {
  va_list list;
  va_start(list, form);
  for (; *form; form++) {
    const size_t width = (size_t)(*form - '0');
    cr_put_little_endian(at + *size, va_arg(list, size_t), width);
    *size += width;
  }
  va_end(list);
}

static inline void zip_add(unsigned char *at, size_t *size, const void *bytes, size_t count) {
  memcpy(at + *size, bytes, count);
  *size += count;
}

static inline size_t zip_deflate(const void *bytes, size_t size, unsigned char *out) {
  z_stream s = {0};
  assert_int_equal(deflateInit2(&s, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
  s.next_in = (z_const Bytef *)bytes;
  s.avail_in = (uInt)size;
  s.next_out = out;
  s.avail_out = ZIP_ROOM;
  assert_int_equal(deflate(&s, Z_FINISH), Z_STREAM_END);
  const size_t made = ZIP_ROOM - s.avail_out;
  deflateEnd(&s);
  return made;
}

/* As numpy has it: the header before the bytes has their sizes in a zip64 field behind the name. */
static inline void zip_entry(zip_file *zip, const char *name, const void *bytes, size_t size,
                             bool packed) {
  static unsigned char room[ZIP_ROOM];
  const size_t length = strlen(name), offset = zip->size, all = UINT32_MAX;
  const size_t crc = crc32(0, bytes, (uInt)size), method = packed ? 8 : 0;
  const size_t stored = packed ? zip_deflate(bytes, size, room) : size;
  zip_words(zip->bytes, &zip->size, "4222224442", (size_t)0x04034b50, (size_t)45, (size_t)0, method,
            (size_t)0, (size_t)0, crc, all, all, length);
  zip_words(zip->bytes, &zip->size, "2", (size_t)20);
  zip_add(zip->bytes, &zip->size, name, length);
  zip_words(zip->bytes, &zip->size, "2288", (size_t)1, (size_t)16, size, stored);
  zip_add(zip->bytes, &zip->size, packed ? room : bytes, stored);
  zip_words(zip->list, &zip->list_size, "422222244422222", (size_t)0x02014b50, (size_t)45,
            (size_t)45, (size_t)0, method, (size_t)0, (size_t)0, crc, stored, size, length,
            (size_t)0, (size_t)0, (size_t)0, (size_t)0);
  zip_words(zip->list, &zip->list_size, "44", (size_t)0, offset);
  zip_add(zip->list, &zip->list_size, name, length);
  zip->count++;
}

/* Puts the list behind the entries; the place of the record that ends it. */
static inline size_t zip_end(zip_file *zip) {
  const size_t directory = zip->size;
  zip_add(zip->bytes, &zip->size, zip->list, zip->list_size);
  const size_t end = zip->size;
  zip_words(zip->bytes, &zip->size, "42222442", (size_t)0x06054b50, (size_t)0, (size_t)0,
            zip->count, zip->count, zip->list_size, directory, (size_t)0);
  return end;
}

#endif
