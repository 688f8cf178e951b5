#include "data/row_store.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "base/spill.h"
#include "data/block_file.h"

/* Long enough that a disk reads at its full rate, short enough that a window holds many. */
enum { BLOCK_BYTES = 1 << 18 };

struct cr_row_store {
  char *folder;
  uint64_t expected;     /* rows; 0: not known */
  cr_samples form;       /* what rows are like: what its arrays would be is in the flags */
  bool started;          /* form and files are there */
  bool bytes, classes;   /* inputs are image bytes; targets are classes */
  bool numbers, weights; /* targets are numbers; rows have weights */
  size_t block_rows;
  uint64_t rows;
  cr_block_file inputs, targets, weight; /* records: a row of each; the last two may be left out */
};

cr_status cr_row_store_create(const char *folder, uint64_t expected, cr_row_store **out) {
  void *block = NULL;
  *out = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_row_store), &block));
  cr_row_store *store = block;
  store->expected = expected;
  const cr_status status = cr_copy_text(cr_spill_folder(folder), &store->folder);
  if (status == CR_OK)
    *out = store;
  else
    cr_row_store_destroy(store);
  return status;
}

void cr_row_store_destroy(cr_row_store *store) {
  if (!store) return;
  cr_block_file_free(&store->inputs);
  cr_block_file_free(&store->targets);
  cr_block_file_free(&store->weight);
  cr_free(store->folder);
  cr_free(store);
}

/* --- what rows are like --- */

static size_t input_bytes(const cr_row_store *s) {
  return s->form.inputs * (s->bytes ? 1 : sizeof(float));
}

static size_t target_bytes(const cr_row_store *s) {
  if (s->classes) return sizeof(uint32_t);
  return s->numbers ? s->form.outputs * sizeof(float) : 0;
}

static size_t weight_bytes(const cr_row_store *s) {
  return s->weights ? sizeof(float) : 0;
}

size_t cr_row_store_row_bytes(const cr_row_store *store) {
  return input_bytes(store) + target_bytes(store) + weight_bytes(store);
}

/* All of the first samples but their rows and arrays. */
static void take_form(cr_row_store *s, const cr_samples *samples) {
  s->form = *samples;
  s->form.rows = 0;
  s->form.x = s->form.y = (cr_const_matrix){0};
  s->form.owned_x = s->form.owned_y = NULL;
  s->form.bytes = s->form.owned_bytes = NULL;
  s->form.byte_rows = NULL;
  s->form.classes = NULL;
  s->form.weights = NULL;
  s->bytes = samples->bytes != NULL;
  s->classes = samples->classes != NULL;
  s->numbers = samples->y.data != NULL;
  s->weights = samples->weights != NULL;
}

static bool has_form(const cr_row_store *s, const cr_samples *samples) {
  return s->form.inputs == samples->inputs && s->form.outputs == samples->outputs &&
         s->bytes == (samples->bytes != NULL) && s->classes == (samples->classes != NULL) &&
         s->numbers == (samples->y.data != NULL) && s->weights == (samples->weights != NULL) &&
         !(s->form.byte_scale < samples->byte_scale) &&
         !(s->form.byte_scale > samples->byte_scale) &&
         !(s->form.byte_shift < samples->byte_shift) && !(s->form.byte_shift > samples->byte_shift);
}

/* --- writing --- */

/* Better said before an hour of reading than after it. */
static cr_status check_room(const cr_row_store *s) {
  const uint64_t row = cr_row_store_row_bytes(s), room = cr_block_file_room(&s->inputs);
  if (s->expected <= room / row) return CR_OK;
  cr_fail_at(CR_ERR_CACHE, s->folder, 0, 0,
             "%llu rows take %.1f GB on disk, the folder %s has room for %.1f GB",
             (unsigned long long)s->expected, (double)s->expected * (double)row / 1e9, s->folder,
             (double)room / 1e9);
  cr_why("rows that do not fit into memory lie in a file there while they are learnt");
  return cr_fix("--cache DIR, a folder on a disk with more room");
}

static cr_status start(cr_row_store *s, const cr_samples *samples) {
  take_form(s, samples);
  s->block_rows = cr_size_max(BLOCK_BYTES / cr_row_store_row_bytes(s), 1);
  CR_TRY(cr_block_file_create(s->folder, input_bytes(s), s->block_rows, &s->inputs));
  if (target_bytes(s) > 0)
    CR_TRY(cr_block_file_create(s->folder, target_bytes(s), s->block_rows, &s->targets));
  if (weight_bytes(s) > 0)
    CR_TRY(cr_block_file_create(s->folder, weight_bytes(s), s->block_rows, &s->weight));
  s->started = true;
  return check_room(s);
}

static cr_status put(cr_block_file *file, const void *bytes, size_t size) {
  void *place = NULL;
  CR_TRY(cr_block_file_append(file, &place));
  memcpy(place, bytes, size);
  return CR_OK;
}

static cr_status append_row(cr_row_store *s, const cr_samples *samples, size_t row) {
  const void *inputs = s->bytes ? (const void *)(cr_samples_bytes(samples, row))
                                : (const void *)(samples->x.data + row * samples->x.stride);
  CR_TRY(put(&s->inputs, inputs, input_bytes(s)));
  if (s->classes) CR_TRY(put(&s->targets, &samples->classes[row], sizeof(uint32_t)));
  if (s->numbers)
    CR_TRY(put(&s->targets, samples->y.data + row * samples->y.stride, target_bytes(s)));
  if (s->weights) CR_TRY(put(&s->weight, &samples->weights[row], sizeof(float)));
  s->rows++;
  return CR_OK;
}

cr_status cr_row_store_append(cr_row_store *store, const cr_samples *samples) {
  assert(samples->store == NULL);
  if (!store->started) CR_TRY(start(store, samples));
  if (!has_form(store, samples))
    return cr_fail(CR_ERR_SHAPE, "samples of another kind than those that the store has");
  for (size_t i = 0; i < samples->rows; i++) CR_TRY(append_row(store, samples, i));
  return CR_OK;
}

cr_status cr_row_store_finish(cr_row_store **store, uint64_t memory, cr_samples **out) {
  cr_row_store *s = *store;
  void *block = NULL;
  *out = NULL;
  if (s->rows == 0) return cr_fail(CR_ERR_EMPTY, "no rows were put into the store");
  if (s->rows > SIZE_MAX) return cr_fail(CR_ERR_LIMIT, "more rows than this machine can count");
  CR_TRY(cr_block_file_finish(&s->inputs));
  if (target_bytes(s) > 0) CR_TRY(cr_block_file_finish(&s->targets));
  if (weight_bytes(s) > 0) CR_TRY(cr_block_file_finish(&s->weight));
  CR_TRY(cr_alloc(1, sizeof(cr_samples), &block));
  cr_samples *samples = block;
  *samples = s->form;
  samples->rows = (size_t)s->rows;
  samples->store = s;
  samples->memory = memory;
  *store = NULL;
  *out = samples;
  return CR_OK;
}

/* --- reading --- */

size_t cr_row_store_block_rows(const cr_row_store *store) {
  return store->block_rows;
}

size_t cr_row_store_blocks(const cr_row_store *store) {
  return store->inputs.blocks;
}

uint64_t cr_row_store_bytes(const cr_row_store *store) {
  return store->rows * cr_row_store_row_bytes(store);
}

bool cr_row_store_has_bytes(const cr_row_store *store) {
  return store->bytes;
}

bool cr_row_store_has_classes(const cr_row_store *store) {
  return store->classes;
}

bool cr_row_store_has_numbers(const cr_row_store *store) {
  return store->numbers;
}

bool cr_row_store_has_weights(const cr_row_store *store) {
  return store->weights;
}

static cr_status take(size_t rows, size_t size, void **out) {
  size_t bytes = 0;
  CR_TRY(cr_size_product(rows, size, &bytes));
  return cr_alloc(bytes, 1, out);
}

/* The room's samples: its arrays, under the names that say what they are. */
static void show(const cr_row_store *s, cr_row_room *room) {
  const size_t inputs = s->form.inputs, outputs = s->form.outputs;
  room->samples = s->form;
  if (room->inputs && s->bytes) room->samples.bytes = room->inputs;
  if (room->inputs && !s->bytes)
    room->samples.x = (cr_const_matrix){room->inputs, 0, inputs, inputs};
  if (s->classes) room->samples.classes = room->targets;
  if (s->numbers) room->samples.y = (cr_const_matrix){room->targets, 0, outputs, outputs};
  room->samples.weights = room->weights;
}

cr_status cr_row_room_create(const cr_row_store *store, cr_row_parts parts, size_t blocks,
                             cr_row_room *out) {
  cr_status status = CR_OK;
  *out = (cr_row_room){0};
  CR_TRY(cr_size_product(blocks, store->block_rows, &out->capacity));
  out->capacity = cr_size_min(out->capacity, (size_t)store->rows);
  if (parts == CR_ROWS_WHOLE) status = take(out->capacity, input_bytes(store), &out->inputs);
  if (status == CR_OK) status = take(out->capacity, target_bytes(store), &out->targets);
  if (status == CR_OK && parts == CR_ROWS_WHOLE)
    status = take(out->capacity, weight_bytes(store), &out->weights);
  if (status == CR_OK)
    show(store, out);
  else
    cr_row_room_free(out);
  return status;
}

void cr_row_room_free(cr_row_room *room) {
  cr_free(room->inputs);
  cr_free(room->targets);
  cr_free(room->weights);
  *room = (cr_row_room){0};
}

static void set_rows(cr_samples *samples, size_t rows) {
  samples->rows = rows;
  if (samples->x.data) samples->x.rows = rows;
  if (samples->y.data) samples->y.rows = rows;
}

void cr_row_room_clear(cr_row_room *room) {
  set_rows(&room->samples, 0);
}

/* Behind the first `rows` records of an array; one that is not there is left out. */
static cr_status read_behind(void *array, size_t rows, const cr_block_file *file, size_t block) {
  if (!array) return CR_OK;
  return cr_block_file_read(file, block, (unsigned char *)array + rows * file->record);
}

cr_status cr_row_room_read(cr_row_room *room, const cr_row_store *store, size_t block) {
  const size_t rows = room->samples.rows, more = cr_block_file_records(&store->inputs, block);
  assert(more > 0 && more <= room->capacity - rows);
  CR_TRY(read_behind(room->inputs, rows, &store->inputs, block));
  CR_TRY(read_behind(room->targets, rows, &store->targets, block));
  CR_TRY(read_behind(room->weights, rows, &store->weight, block));
  set_rows(&room->samples, rows + more);
  return CR_OK;
}

void cr_row_store_ask_for(const cr_row_store *store, size_t block) {
  cr_block_file_ask_for(&store->inputs, block);
}
