/* The column of images of a table: the bytes of the file itself where they can be taken over. */
#include <string.h>

#include "base/alloc.h"
#include "data/reader.h"

cr_status cr_table_take_images(cr_table *table, cr_source *source, size_t data, size_t count,
                               const size_t *dimensions) {
  cr_stored_column *column = &table->columns[0];
  const size_t size = source->size - data;
  column->info.type = CR_COLUMN_IMAGE;
  column->info.height = count == 2 ? 1 : dimensions[1];
  column->info.image_width = count == 2 ? dimensions[1] : dimensions[2];
  column->info.channels = count == 4 ? dimensions[3] : 1;
  table->rows = dimensions[0];
  column->info.width = size / dimensions[0];
  CR_TRY(cr_table_name(table, 0, "pixels"));
  if (table->large) { /* which has the bytes from now on */
    column->bytes = (const uint8_t *)source->bytes + data;
    return CR_OK;
  }
  if (source->owned) {
    column->bytes_owner = source->bytes;
    column->bytes = (const uint8_t *)source->bytes + data;
    source->bytes = NULL;
    return CR_OK;
  }
  CR_TRY(cr_alloc(size, 1, &column->bytes_owner));
  memcpy(column->bytes_owner, source->bytes + data, size);
  column->bytes = column->bytes_owner;
  return CR_OK;
}
