#include "data/row_cursor.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"

cr_status cr_row_cursor_open(const cr_samples *samples, size_t count, cr_row_cursor *out) {
  *out = (cr_row_cursor){
      .block_rows = cr_row_store_block_rows(samples->store), .rows = samples->rows, .count = count};
  CR_TRY(cr_row_windows_create(samples, CR_ROWS_TO_MEASURE, &out->windows));
  cr_row_windows_even(out->windows, count);
  return CR_OK;
}

void cr_row_cursor_close(cr_row_cursor *cursor) {
  cr_row_windows_destroy(cursor->windows);
  *cursor = (cr_row_cursor){0};
}

/* Is the block in the window, at or behind the one we are at? Goes there. */
static bool reach(cr_row_cursor *c, size_t block) {
  const cr_row_window *w = &c->window;
  while (c->block < w->block_count && w->blocks[c->block] < block) c->block++;
  return c->block < w->block_count && w->blocks[c->block] == block;
}

cr_status cr_row_cursor_next(cr_row_cursor *cursor, size_t most, size_t *order, size_t *got,
                             const cr_samples **samples) {
  cr_row_cursor *c = cursor;
  assert(most > 0);
  for (*got = 0; *got < most && c->next < c->count; c->next++) {
    const size_t row = cr_size_even(c->next, c->count, c->rows), block = row / c->block_rows;
    if (!reach(c, block)) {
      if (*got > 0) break;
      CR_TRY(cr_row_windows_next(c->windows, &c->window));
      c->block = 0;
      const bool there = reach(c, block);
      assert(there);
      (void)there;
    }
    order[(*got)++] = c->block * c->block_rows + row % c->block_rows;
  }
  *samples = c->window.samples;
  return CR_OK;
}

/* --- copies --- */

static cr_status take(size_t rows, size_t size, bool wanted, void **out) {
  size_t bytes = 0;
  *out = NULL;
  if (!wanted) return CR_OK;
  CR_TRY(cr_size_product(rows, size, &bytes));
  return cr_alloc(bytes, 1, out);
}

/* Arrays for `count` rows, of the kinds that `like` has. */
static cr_status take_arrays(cr_samples *out, const cr_samples *like, size_t count) {
  const size_t inputs = like->inputs, outputs = like->outputs;
  void *block = NULL;
  *out = *like;
  out->rows = count;
  out->weights = NULL;
  out->classes = NULL;
  CR_TRY(take(count, inputs, like->bytes != NULL, &block));
  out->bytes = out->owned_bytes = block;
  CR_TRY(take(count, inputs * sizeof(float), like->x.data != NULL, &block));
  out->owned_x = block;
  out->x = (cr_const_matrix){block, block ? count : 0, inputs, inputs};
  CR_TRY(take(count, outputs * sizeof(float), like->y.data != NULL, &block));
  out->owned_y = block;
  out->y = (cr_const_matrix){block, block ? count : 0, outputs, outputs};
  CR_TRY(take(count, sizeof(uint32_t), like->classes != NULL, &block));
  out->classes = block;
  CR_TRY(take(count, sizeof(float), like->weights != NULL, &block));
  out->weights = block;
  return CR_OK;
}

/* Row `from` of `all` becomes row `to`. */
static void copy_row(cr_samples *out, size_t to, const cr_samples *all, size_t from) {
  const size_t inputs = out->inputs, outputs = out->outputs;
  if (out->owned_bytes) memcpy(out->owned_bytes + to * inputs, cr_samples_bytes(all, from), inputs);
  if (out->owned_x)
    memcpy(out->owned_x + to * inputs, all->x.data + from * inputs, inputs * sizeof(float));
  if (out->owned_y)
    memcpy(out->owned_y + to * outputs, all->y.data + from * outputs, outputs * sizeof(float));
  if (out->classes) out->classes[to] = all->classes[from];
  if (out->weights) out->weights[to] = all->weights[from];
}

static cr_status copy_rows(cr_row_cursor *cursor, cr_samples *out) {
  enum { AT_ONCE = 64 };
  size_t order[AT_ONCE], got = 0;
  for (size_t done = 0; done < cursor->count; done += got) {
    const cr_samples *from = NULL;
    CR_TRY(cr_row_cursor_next(cursor, AT_ONCE, order, &got, &from));
    if (done == 0) CR_TRY(take_arrays(out, from, cursor->count));
    for (size_t i = 0; i < got; i++) copy_row(out, done + i, from, order[i]);
  }
  return CR_OK;
}

cr_status cr_row_store_even(const cr_samples *samples, size_t count, cr_samples **out) {
  cr_row_cursor cursor;
  void *block = NULL;
  *out = NULL;
  CR_TRY(cr_row_cursor_open(samples, count, &cursor));
  cr_status status = cr_alloc(1, sizeof(cr_samples), &block);
  if (status == CR_OK) status = copy_rows(&cursor, block);
  cr_row_cursor_close(&cursor);
  if (status == CR_OK)
    *out = block;
  else
    cr_samples_destroy(block);
  return status;
}

/* --- targets --- */

cr_status cr_target_pieces_open(const cr_samples *samples, cr_target_pieces *out) {
  *out = (cr_target_pieces){.samples = samples};
  if (!samples->store) return CR_OK;
  return cr_row_room_create(samples->store, CR_ROWS_TARGETS, 1, &out->room);
}

void cr_target_pieces_close(cr_target_pieces *pieces) {
  cr_row_room_free(&pieces->room);
  *pieces = (cr_target_pieces){0};
}

cr_status cr_target_pieces_next(cr_target_pieces *pieces, const cr_samples **out) {
  const cr_row_store *store = pieces->samples->store;
  const size_t count = store ? cr_row_store_blocks(store) : 1, piece = pieces->next;
  *out = NULL;
  if (piece == count) return CR_OK;
  if (store) {
    cr_row_room_clear(&pieces->room);
    CR_TRY(cr_row_room_read(&pieces->room, store, piece));
  }
  *out = store ? &pieces->room.samples : pieces->samples;
  pieces->next++;
  return CR_OK;
}
