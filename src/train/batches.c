#include "train/batches.h"

#include "base/size.h"

/* Less than this (some 5 µs) in a part costs more to hand over than it saves. */
enum { VALUES_PER_PART = 1 << 16 };

void cr_batches_lay_out(cr_batches *batches, const cr_samples *samples, size_t size, size_t room,
                        cr_arena *arena) {
  batches->samples = samples;
  batches->size = size;
  batches->count = (samples->rows + size - 1) / size;
  batches->room = room;
  batches->x = cr_arena_take(arena, room, samples->inputs * sizeof *batches->x);
  batches->y = cr_arena_take(arena, room, samples->outputs * sizeof *batches->y);
  batches->order = cr_arena_take(arena, size, sizeof *batches->order);
  batches->next = cr_arena_take(arena, size, sizeof *batches->next);
  batches->weights = NULL;
  if (samples->weights) batches->weights = cr_arena_take(arena, size, sizeof *batches->weights);
}

static bool has_all_rows(const cr_batches *batches) {
  return batches->count == 1;
}

void cr_batches_shuffle(cr_batches *batches, uint64_t seed, size_t epoch) {
  batches->draw = (cr_augment_draw){seed, epoch};
  if (has_all_rows(batches)) return;
  cr_order_init(&batches->shuffle, batches->samples->rows, seed, CR_STREAM_SHUFFLE,
                (uint32_t)epoch);
}

/* A batch to be made, by several threads. */
typedef struct making {
  const cr_batches *batches;
  const cr_kernel *kernel;
  const cr_batch *batch;
  cr_matrix x, y; /* data NULL: nothing to make */
  size_t parts;
} making;

static cr_matrix rows_of(cr_matrix m, size_t first) {
  if (m.data) m.data += first * m.stride;
  return m;
}

static void make_part(void *context, size_t part) {
  const making *m = context;
  const cr_batches *batches = m->batches;
  const size_t rows = m->batch->rows;
  const size_t first = rows * part / m->parts, end = rows * (part + 1) / m->parts;
  const size_t *order = m->batch->order + first;
  cr_matrix x = rows_of(m->x, first);
  if (batches->augmenter) {
    cr_augmenter_gather(batches->augmenter, &batches->draw, part, order, end - first, x);
    x.data = NULL;
  }
  cr_samples_gather(batches->samples, m->kernel->bytes_to_floats, order, end - first, x,
                    rows_of(m->y, first));
}

/* Few rows are made by one thread; but a bent image takes a while. */
static size_t parts_of(const cr_batches *batches, const cr_pool *pool, size_t rows) {
  const size_t worth =
      batches->augmenter ? rows : rows * batches->samples->inputs / VALUES_PER_PART;
  return cr_size_max(cr_size_min(worth, cr_pool_threads(pool)), 1);
}

static cr_const_matrix view(cr_matrix m) {
  return (cr_const_matrix){m.data, m.rows, m.cols, m.stride};
}

/* The rows of batch `index` to order; returns how many. */
static size_t find_rows(const cr_batches *batches, size_t index, size_t *order) {
  const size_t all = batches->samples->rows, first = index * batches->size;
  const size_t rows = first < all ? cr_size_min(batches->size, all - first) : 0;
  for (size_t i = 0; i < rows; i++)
    order[i] = has_all_rows(batches) ? i : (size_t)cr_order_at(&batches->shuffle, first + i);
  return rows;
}

cr_batch cr_batches_take(cr_batches *batches, const cr_kernel *kernel, cr_pool *pool,
                         size_t index) {
  const cr_samples *samples = batches->samples;
  const bool all = has_all_rows(batches);
  const size_t rows = find_rows(batches, index, batches->order);
  const size_t inputs = samples->inputs, outputs = samples->outputs;
  cr_matrix x = {batches->x, rows, inputs, inputs}, y = {batches->y, rows, outputs, outputs};
  cr_batch batch = {rows, batches->order, view(x), view(y), batches->weights};
  for (size_t i = 0; batches->weights && i < rows; i++)
    batches->weights[i] = samples->weights[batches->order[i]];

  /* All rows as they lie in memory need no copy. */
  if (all && samples->x.data) {
    batch.x = samples->x;
    x.data = NULL;
  }
  if (all && samples->y.data) {
    batch.y = samples->y;
    y.data = NULL;
  }
  if (!x.data && !y.data) return batch;
  making m = {batches, kernel, &batch, x, y, parts_of(batches, pool, rows)};
  cr_pool_run(pool, m.parts, make_part, &m);
  cr_samples_ask_for(samples, batches->next, find_rows(batches, index + 1, batches->next));
  return batch;
}
