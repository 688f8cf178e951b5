/* What lies beside a table on disk, and the giving back of what it has. */
#include "base/alloc.h"
#include "base/size.h"
#include "data/large_table.h"

cr_status cr_large_create(const cr_read_options *options, cr_large **out) {
  void *block;
  *out = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_large), &block));
  cr_large *large = block;
  large->memory = cr_memory_of(options);
  const cr_status status = cr_spill_create(cr_spill_folder(options->cache), &large->values);
  if (status == CR_OK)
    *out = large;
  else
    cr_free(large);
  return status;
}

void cr_large_destroy(cr_large *large) {
  if (!large) return;
  cr_spill_free(&large->values);
  cr_spill_free(&large->file);
  cr_free(large);
}

void cr_large_detach(cr_table *table) {
  if (!table->large) return;
  for (size_t c = 0; c < table->column_count; c++) {
    table->columns[c].numbers = NULL;
    table->columns[c].codes = NULL;
  }
  table->row_numbers = NULL;
  cr_large_destroy(table->large);
  table->large = NULL;
}

cr_status cr_large_block_create(const cr_table *table, size_t count, size_t size,
                                cr_large_block *out) {
  size_t bytes = 0;
  *out = (cr_large_block){0};
  CR_TRY(cr_size_product(count, size, &bytes));
  if (!table || !table->large || bytes == 0) return cr_alloc(count, size, &out->bytes);
  CR_TRY(cr_spill_create(table->large->values.folder, &out->spill));
  const cr_status status = cr_spill_reserve(&out->spill, bytes);
  out->bytes = out->spill.bytes;
  if (status != CR_OK) cr_large_block_free(out);
  return status;
}

void cr_large_block_free(cr_large_block *block) {
  if (block->spill.folder)
    cr_spill_free(&block->spill);
  else
    cr_free(block->bytes);
  *block = (cr_large_block){0};
}

void cr_large_block_rest(const cr_large_block *block, size_t row) {
  enum { ROWS = 1 << 16 };
  if (row % ROWS == 0 && block->spill.folder) cr_spill_rest(&block->spill);
}
