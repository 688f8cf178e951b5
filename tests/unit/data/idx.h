/* For tests: files in the IDX format. */
#ifndef UNIT_DATA_IDX_H
#define UNIT_DATA_IDX_H

#include <stddef.h>
#include <stdint.h>

enum { IDX_HEADER_MOST = 20 };

/* Writes a header for unsigned bytes and returns its size; out has room for IDX_HEADER_MOST. */
static inline size_t idx_header(uint8_t *out, size_t count, const uint32_t *dimensions) {
  size_t size = 0;
  out[size++] = 0;
  out[size++] = 0;
  out[size++] = 0x08;
  out[size++] = (uint8_t)count;
  for (size_t d = 0; d < count; d++)
    for (int shift = 24; shift >= 0; shift -= 8) out[size++] = (uint8_t)(dimensions[d] >> shift);
  return size;
}

/* Header and elements 1, 2, 3, ...; returns the size. */
static inline size_t idx_file(uint8_t *out, size_t count, const uint32_t *dimensions) {
  size_t size = idx_header(out, count, dimensions), elements = 1;
  for (size_t d = 0; d < count; d++) elements *= dimensions[d];
  for (size_t i = 1; i <= elements; i++) out[size++] = (uint8_t)i;
  return size;
}

#endif
