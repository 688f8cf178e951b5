#include "train/batches.h"

#include "base/size.h"

enum {
  /* Less than this (some 5 µs) in a part costs more to hand over than it saves. */
  VALUES_PER_PART = 1 << 16,
  /* Those before it make the order of the blocks. */
  FIRST_BITS = 16,
};

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
  batches->classes = NULL;
  if (cr_samples_have_classes(samples))
    batches->classes = cr_arena_take(arena, size, sizeof *batches->classes);
  batches->weights = NULL;
  if (cr_samples_have_weights(samples))
    batches->weights = cr_arena_take(arena, size, sizeof *batches->weights);
}

static cr_status check_memory(const cr_batches *batches) {
  const cr_samples *samples = batches->samples;
  const double bytes =
      (double)batches->size * (double)(samples->inputs + samples->outputs) * sizeof(float);
  if (cr_row_windows_hold_all(batches->windows) || bytes <= (double)samples->memory) return CR_OK;
  cr_fail(CR_ERR_COMBINATION, "batches of %zu rows, which take %.3g MB, with rows on disk",
          batches->size, bytes / 1e6);
  return cr_why("rows may take up to %.3g MB of memory", (double)samples->memory / 1e6);
}

cr_status cr_batches_open(cr_batches *batches) {
  if (!batches->samples->store) return CR_OK;
  CR_TRY(cr_row_windows_create(batches->samples, CR_ROWS_TO_LEARN, &batches->windows));
  return check_memory(batches);
}

void cr_batches_close(cr_batches *batches) {
  cr_row_windows_destroy(batches->windows);
  batches->windows = NULL;
}

static bool has_all_rows(const cr_batches *batches) {
  return batches->count == 1;
}

/* The first window has the seed itself, so that one of all rows is shuffled as rows in memory. */
static uint64_t seed_of_window(uint64_t seed, size_t epoch, size_t index) {
  if (index == 0) return seed;
  const uint64_t first = FIRST_BITS + 2 * (uint64_t)index;
  const uint64_t high = cr_random_bits(seed, CR_STREAM_BLOCKS, (uint32_t)epoch, first);
  return high << 32 | cr_random_bits(seed, CR_STREAM_BLOCKS, (uint32_t)epoch, first + 1);
}

static void begin_source(cr_batches *batches, const cr_samples *source, size_t window) {
  const uint64_t seed = seed_of_window(batches->seed, batches->epoch, window);
  batches->source = source;
  batches->taken = 0;
  batches->draw = (cr_augment_draw){seed, batches->epoch};
  cr_order_init(&batches->shuffle, source->rows, seed, CR_STREAM_SHUFFLE, (uint32_t)batches->epoch);
}

void cr_batches_shuffle(cr_batches *batches, uint64_t seed, size_t epoch) {
  batches->seed = seed;
  batches->epoch = epoch;
  batches->source = NULL;
  batches->given = 0;
  if (batches->windows)
    cr_row_windows_shuffle(batches->windows, seed, (uint32_t)epoch);
  else
    begin_source(batches, batches->samples, 0);
}

/* Rows in memory, and not all of them taken. */
static cr_status find_source(cr_batches *batches) {
  cr_row_window window;
  if (batches->source && batches->taken < batches->source->rows) return CR_OK;
  CR_TRY(cr_row_windows_next(batches->windows, &window));
  begin_source(batches, window.samples, window.index);
  return CR_OK;
}

/* A batch, or as much of it as comes from one source, to be made by several threads. */
typedef struct making {
  const cr_batches *batches;
  const cr_kernel *kernel;
  size_t rows;    /* of batches->order */
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
  const size_t first = m->rows * part / m->parts, end = m->rows * (part + 1) / m->parts;
  const size_t *order = batches->order + first;
  cr_matrix x = rows_of(m->x, first);
  if (batches->augmenter) {
    cr_augmenter_gather(batches->augmenter, &batches->draw, part, batches->source, order,
                        end - first, x);
    x.data = NULL;
  }
  cr_samples_gather(batches->source, m->kernel->bytes_to_floats, order, end - first, x,
                    rows_of(m->y, first));
}

/* Few rows are made by one thread; but a bent image takes a while. */
static size_t parts_of(const cr_batches *batches, const cr_pool *pool, size_t rows) {
  const size_t worth =
      batches->augmenter ? rows : rows * batches->samples->inputs / VALUES_PER_PART;
  return cr_size_max(cr_size_min(worth, cr_pool_threads(pool)), 1);
}

/* The next rows of the source, at most `most`, to order; returns how many. */
static size_t find_rows(const cr_batches *batches, size_t most, size_t *order) {
  const size_t rows = cr_size_min(most, batches->source->rows - batches->taken);
  for (size_t i = 0; i < rows; i++) {
    const size_t at = batches->taken + i;
    order[i] = has_all_rows(batches) ? at : (size_t)cr_order_at(&batches->shuffle, at);
  }
  return rows;
}

/* Makes rows from..to of the batch, as far as one source goes; returns how far. */
static size_t make_rows(cr_batches *batches, const cr_kernel *kernel, cr_pool *pool, size_t from,
                        size_t to, cr_matrix x, cr_matrix y) {
  const cr_samples *source = batches->source;
  const size_t rows = find_rows(batches, to - from, batches->order);
  for (size_t i = 0; batches->classes && i < rows; i++)
    batches->classes[from + i] = source->classes[batches->order[i]];
  for (size_t i = 0; batches->weights && i < rows; i++)
    batches->weights[from + i] = source->weights[batches->order[i]];
  if (x.data || y.data) {
    making m = {batches,          kernel,           rows,
                rows_of(x, from), rows_of(y, from), parts_of(batches, pool, rows)};
    cr_pool_run(pool, m.parts, make_part, &m);
  }
  batches->taken += rows;
  return from + rows;
}

static cr_const_matrix view(cr_matrix m) {
  return (cr_const_matrix){m.data, m.rows, m.cols, m.stride};
}

/* How many rows are left in the epoch, at most those of a batch. */
static size_t rows_left(const cr_batches *batches) {
  return cr_size_min(batches->size, batches->samples->rows - batches->given);
}

cr_status cr_batches_take(cr_batches *batches, const cr_kernel *kernel, cr_pool *pool,
                          cr_batch *out) {
  const size_t inputs = batches->samples->inputs, outputs = batches->samples->outputs;
  const size_t rows = rows_left(batches);
  cr_matrix x = {batches->x, rows, inputs, inputs}, y = {batches->y, rows, outputs, outputs};
  CR_TRY(find_source(batches));
  *out = (cr_batch){rows, view(x), view(y), batches->classes, batches->weights};
  /* All rows as they lie in memory need no copy. */
  if (has_all_rows(batches) && batches->source->rows == rows) {
    if (batches->source->x.data) {
      out->x = batches->source->x;
      x.data = NULL;
    }
    if (batches->source->y.data) {
      out->y = batches->source->y;
      y.data = NULL;
    }
  }
  for (size_t done = 0; done < rows;) {
    CR_TRY(find_source(batches));
    done = make_rows(batches, kernel, pool, done, rows, x, y);
  }
  batches->given += rows;
  cr_samples_ask_for(batches->source, batches->next,
                     find_rows(batches, batches->size, batches->next));
  return CR_OK;
}

double cr_batches_waited(const cr_batches *batches) {
  return batches->windows ? cr_row_windows_waited(batches->windows) : 0.0;
}
