/*
 * NPY. What is accepted must have used every byte, and its whole numbers must be those that a
 * second, simpler reading of the elements finds. What is taken of memory is bounded by the limit of
 * a table, whatever the header says. What a head is refused for, the whole is refused for, too.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bounded.h"
#include "data/npy.h"
#include "require.h"

enum { MOST_BYTES = 1 << 20 };

/* A whole number from its bytes, one by one. */
static double whole(const uint8_t *at, const cr_npy_header *h) {
  const size_t size = h->type->size;
  uint64_t word = 0;
  for (size_t i = 0; i < size; i++)
    word |= (uint64_t)at[i] << 8 * (h->big_endian ? size - 1 - i : i);
  const uint64_t sign = (uint64_t)1 << (8 * size - 1);
  if (h->type->name[0] != 'i' || !(word & sign)) return (double)word;
  return -(double)((~word & (sign | (sign - 1))) + 1);
}

static void check_numbers(const cr_table *table, const uint8_t *data, const cr_npy_header *h) {
  const size_t columns = h->count == 1 ? 1 : h->dimensions[1];
  require(table->column_count == columns);
  for (size_t r = 0; r < table->rows; r++)
    for (size_t c = 0; c < columns; c++) {
      const size_t element = h->fortran_order ? c * table->rows + r : r * columns + c;
      const double value = cr_table_number(table, r, c);
      require(!isinf(value));
      if (h->type->whole) require(value == whole(data + h->data + element * h->type->size, h));
    }
}

static void check_images(const cr_table *table, const uint8_t *data, const cr_npy_header *h) {
  const cr_column *info = &table->columns[0].info;
  require(info->type == CR_COLUMN_IMAGE && table->column_count == 1);
  require(info->width == info->height * info->image_width * info->channels);
  require(table->rows * info->width == h->elements);
  if (!h->fortran_order)
    require(memcmp(cr_table_image(table, 0, 0), data + h->data, h->elements) == 0);
  require(cr_table_image(table, 0, 0)[0] == data[h->data]);
  require(cr_table_image(table, table->rows - 1, 0)[info->width - 1] ==
          data[h->data + h->elements - 1]);
}

static void parse(const uint8_t *data, size_t size) {
  cr_read_options options;
  cr_read_options_init(&options);
  options.max_bytes = MOST_BYTES;
  cr_table *table = NULL;
  bounded_start();
  const cr_status status = cr_table_parse("fuzz", data, size, &options, &table);
  bounded_require_table(data, size, MOST_BYTES);
  require((status == CR_OK) == (table != NULL));
  require(status == CR_OK || cr_last_error()->status == status);
  if (table && strcmp(table->origin.format, "npy") == 0 && !table->origin.compressed) {
    const cr_source source = {.path = "fuzz", .bytes = (char *)data, .size = size};
    cr_npy_header h;
    require(cr_npy_read_header(&source, &h) == CR_OK);
    require(h.data + h.elements * h.type->size == size && table->rows == h.dimensions[0]);
    if (h.count > 2)
      check_images(table, data, &h);
    else
      check_numbers(table, data, &h);
  }
  cr_table_destroy(table);
}

/* What the head of a file is refused for, the whole of it is refused for, too. */
static void judge(const uint8_t *data, size_t size) {
  const cr_source source = {.path = "fuzz", .bytes = (char *)data, .size = size};
  cr_npy_header h;
  if (size < 16 || cr_npy_judge(&source) == CR_OK) return;
  require(cr_npy_read_header(&source, &h) != CR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  parse(data, size);
  judge(data, size);
  return 0;
}
