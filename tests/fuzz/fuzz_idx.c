/*
 * IDX. As images alone; and, cut in two where the last byte says, as images and their labels. What
 * is accepted must have used every byte.
 */
#include <stdlib.h>
#include <string.h>

#include "bounded.h"
#include "data/reader.h"
#include "require.h"

static void check_table(const cr_table *table, const uint8_t *data, size_t size) {
  const cr_column *info = &table->columns[0].info;
  require(info->type == CR_COLUMN_IMAGE);
  require(info->width == info->height * info->image_width * info->channels);
  require(table->rows > 0 && info->width > 0);
  const size_t pixels = table->rows * info->width;
  require(pixels + 4 + 4 * (size_t)data[3] == size);
  require(memcmp(cr_table_image(table, 0, 0), data + size - pixels, pixels) == 0);
  require(cr_table_image(table, table->rows, 0) == NULL);
}

static void parse_alone(const uint8_t *data, size_t size) {
  cr_read_options options;
  cr_read_options_init(&options);
  options.max_bytes = 1 << 20;
  cr_table *table = NULL;
  bounded_start();
  const cr_status status = cr_table_parse("fuzz", data, size, &options, &table);
  bounded_require_table(data, size, options.max_bytes);
  require((status == CR_OK) == (table != NULL));
  if (table && strcmp(table->origin.format, "idx") == 0 && !table->origin.compressed)
    check_table(table, data, size);
  cr_table_destroy(table);
}

static void parse_pair(const uint8_t *data, size_t images_size, size_t labels_size) {
  cr_source images, labels;
  const uint64_t most = images_size + labels_size;
  if (memcmp(data, "\0\0", 2) != 0 || memcmp(data + images_size, "\0\0", 2) != 0) return;
  require(cr_source_copy("images", (const char *)data, images_size, most, &images) == CR_OK);
  require(cr_source_copy("labels", (const char *)data + images_size, labels_size, most, &labels) ==
          CR_OK);
  cr_table *table = NULL;
  bounded_start();
  const cr_status status = cr_idx_table(&images, &labels, NULL, &table);
  bounded_require(BOUNDED_ROOM + 16 * most);
  require((status == CR_OK) == (table != NULL));
  if (table) {
    check_table(table, data, images_size);
    require(table->rows + 8 == labels_size);
    for (size_t r = 0; r < table->rows; r++)
      require(cr_table_number(table, r, 1) == (double)data[images_size + 8 + r]);
  }
  cr_table_destroy(table);
  cr_source_free(&images);
  cr_source_free(&labels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  parse_alone(data, size);
  const size_t labels_size = size ? data[size - 1] : 0;
  if (labels_size >= 2 && size >= labels_size + 2)
    parse_pair(data, size - labels_size, labels_size);
  return 0;
}
