#include "data/row_windows.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/size.h"
#include "base/thread.h"

enum {
  WINDOWS = 2,        /* one in use, one to be read */
  SHARE = 8,          /* parts of the memory: one for measuring, the others for learning */
  ASKED_FOR = 4,      /* blocks ahead of the one that is read: a disk is faster with several */
  MOST_MEASURED = 16, /* blocks of a window to measure: more are read no faster */
};

/* Which blocks come, and in what order. */
typedef struct pass {
  bool shuffled;
  uint64_t seed;  /* shuffled */
  uint32_t epoch; /* shuffled */
  size_t count;   /* even: rows that are wanted */
} pass;

/* How far the reader has come. */
typedef struct place {
  pass pass;
  size_t index; /* of the next window */
  size_t next; /* shuffled: place of the next block in the order; even: the next row, below count */
} place;

typedef enum window_state {
  EMPTY = 0, /* the reader's */
  READ,      /* waits for the caller */
  FAILED,    /* likewise, with an error */
  TAKEN,     /* the caller's */
} window_state;

typedef struct window {
  window_state state;
  cr_row_room room;
  size_t *blocks; /* (per_window) */
  size_t block_count, index;
  bool last; /* of its pass */
  cr_error error;
} window;

/* Reader and caller take the windows in turn. The mutex guards all that changes but their rows. */
struct cr_row_windows {
  const cr_row_store *store; /* borrowed */
  size_t rows, per_window;   /* of the store; blocks of a window */
  bool holds_all;            /* there is one window, and no reader */
  window windows[WINDOWS];
  double waited;

  bool begun;    /* there is a pass */
  pass asked;    /* that of the window to be taken next, */
  bool at_start; /* which is its first */
  size_t taking; /* which one that is */

  place reading;     /* of the window to be read next */
  size_t filling;    /* which one that is */
  bool busy;         /* the reader is at work on it */
  atomic_bool leave; /* it shall leave it: nobody wants it any more */
  bool stop;

  bool started;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
};

/* --- which blocks --- */

static int by_place(const void *a, const void *b) {
  const size_t left = *(const size_t *)a, right = *(const size_t *)b;
  return (left > right) - (left < right);
}

/* In the order of the file: a disk reads so faster, and one window of all is as in memory. */
static void choose_shuffled(const cr_row_windows *w, place *at, window *into) {
  const size_t all = cr_row_store_blocks(w->store);
  cr_order order;
  cr_order_init(&order, all, at->pass.seed, CR_STREAM_BLOCKS, at->pass.epoch);
  while (at->next < all && into->block_count < w->per_window)
    into->blocks[into->block_count++] = (size_t)cr_order_at(&order, at->next++);
  qsort(into->blocks, into->block_count, sizeof *into->blocks, by_place);
  into->last = at->next == all;
}

/* The first i for which cr_size_even(i, count, all) is at least `row`. */
static size_t first_from(size_t row, size_t count, size_t all) {
  if (count == all) return row;
  assert(count <= UINT64_MAX / all); /* some thousand rows are looked at evenly */
  const uint64_t product = (uint64_t)row * count;
  return (size_t)(product / all + (product % all > 0));
}

static void choose_even(const cr_row_windows *w, place *at, window *into) {
  const size_t count = at->pass.count, block_rows = cr_row_store_block_rows(w->store);
  while (at->next < count && into->block_count < w->per_window) {
    const size_t block = cr_size_even(at->next, count, w->rows) / block_rows;
    into->blocks[into->block_count++] = block;
    at->next = first_from((block + 1) * block_rows, count, w->rows);
  }
  into->last = at->next >= count;
}

/* The blocks of the next window. After the last of an epoch comes the first of the next one. */
static void choose_blocks(const cr_row_windows *w, place *at, window *into) {
  into->block_count = 0;
  into->index = at->index++;
  if (!at->pass.shuffled) {
    choose_even(w, at, into);
    return;
  }
  choose_shuffled(w, at, into);
  if (!into->last) return;
  at->pass.epoch++;
  at->index = at->next = 0;
}

/* --- reading --- */

/* READ, FAILED, or EMPTY if it was left. */
static window_state fill(cr_row_windows *w, window *into) {
  cr_row_room_clear(&into->room);
  for (size_t i = 0; i < ASKED_FOR && i < into->block_count; i++)
    cr_row_store_ask_for(w->store, into->blocks[i]);
  for (size_t i = 0; i < into->block_count; i++) {
    if (atomic_load(&w->leave)) return EMPTY;
    if (i + ASKED_FOR < into->block_count)
      cr_row_store_ask_for(w->store, into->blocks[i + ASKED_FOR]);
    if (cr_row_room_read(&into->room, w->store, into->blocks[i]) == CR_OK) continue;
    into->error = *cr_last_error();
    return FAILED;
  }
  return READ;
}

static bool has_work(const cr_row_windows *w) {
  const pass *p = &w->reading.pass;
  if (!w->begun || w->windows[w->filling].state != EMPTY) return false;
  return p->shuffled || w->reading.next < p->count;
}

static void *read_ahead(void *argument) {
  cr_row_windows *w = argument;
  pthread_mutex_lock(&w->mutex);
  while (!w->stop) {
    if (!has_work(w)) {
      pthread_cond_wait(&w->changed, &w->mutex);
      continue;
    }
    window *into = &w->windows[w->filling];
    w->filling = (w->filling + 1) % WINDOWS;
    choose_blocks(w, &w->reading, into);
    w->busy = true;
    pthread_mutex_unlock(&w->mutex);
    const window_state state = fill(w, into);
    pthread_mutex_lock(&w->mutex);
    into->state = state;
    w->busy = false;
    pthread_cond_broadcast(&w->changed);
  }
  pthread_mutex_unlock(&w->mutex);
  return NULL;
}

/* --- the caller's side --- */

/* How many bytes of rows may be in memory at once. */
static uint64_t bytes_for(cr_row_use use, uint64_t memory, uint64_t block) {
  const uint64_t measuring = memory / SHARE, most = block * WINDOWS * MOST_MEASURED;
  if (use == CR_ROWS_TO_LEARN) return memory - measuring;
  return measuring < most ? measuring : most;
}

/* How many blocks a window has, one at least; all of them if one window can. */
static void choose_size(cr_row_windows *w, cr_row_use use, uint64_t memory) {
  const size_t all = cr_row_store_blocks(w->store);
  const uint64_t block =
      (uint64_t)cr_row_store_block_rows(w->store) * cr_row_store_row_bytes(w->store);
  const uint64_t bytes = bytes_for(use, memory, block), each = bytes / block / WINDOWS;
  w->holds_all = cr_row_store_bytes(w->store) <= bytes || all <= WINDOWS;
  w->per_window = w->holds_all ? all : cr_size_max((size_t)each, 1); /* each is less than all */
}

static cr_status take_windows(cr_row_windows *w, size_t count) {
  for (size_t i = 0; i < count; i++) {
    void *block = NULL;
    CR_TRY(cr_alloc(w->per_window, sizeof(size_t), &block));
    w->windows[i].blocks = block;
    CR_TRY(cr_row_room_create(w->store, CR_ROWS_WHOLE, w->per_window, &w->windows[i].room));
  }
  return CR_OK;
}

static cr_status start(cr_row_windows *w) {
  if (w->holds_all) return CR_OK;
  const int error = cr_thread_start(&w->thread, read_ahead, w);
  if (error != 0) return cr_fail(CR_ERR_IO, "no thread can be started (error %d)", error);
  w->started = true;
  return CR_OK;
}

cr_status cr_row_windows_create(const cr_samples *samples, cr_row_use use, cr_row_windows **out) {
  void *block = NULL;
  *out = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_row_windows), &block));
  cr_row_windows *w = block;
  w->store = samples->store;
  w->rows = samples->rows;
  choose_size(w, use, samples->memory);
  pthread_mutex_init(&w->mutex, NULL);
  pthread_cond_init(&w->changed, NULL);
  cr_status status = take_windows(w, w->holds_all ? 1 : WINDOWS);
  if (status == CR_OK) status = start(w);
  if (status == CR_OK)
    *out = w;
  else
    cr_row_windows_destroy(w);
  return status;
}

void cr_row_windows_destroy(cr_row_windows *windows) {
  if (!windows) return;
  pthread_mutex_lock(&windows->mutex);
  windows->stop = true;
  atomic_store(&windows->leave, true);
  pthread_cond_broadcast(&windows->changed);
  pthread_mutex_unlock(&windows->mutex);
  if (windows->started) pthread_join(windows->thread, NULL);
  pthread_cond_destroy(&windows->changed);
  pthread_mutex_destroy(&windows->mutex);
  for (size_t i = 0; i < WINDOWS; i++) {
    cr_free(windows->windows[i].blocks);
    cr_row_room_free(&windows->windows[i].room);
  }
  cr_free(windows);
}

bool cr_row_windows_hold_all(const cr_row_windows *windows) {
  return windows->holds_all;
}

double cr_row_windows_waited(const cr_row_windows *windows) {
  return windows->waited;
}

/* Was this pass to begin with the next window anyhow? */
static bool comes_next(const cr_row_windows *w, const pass *p) {
  const pass *a = &w->asked;
  return w->begun && w->at_start && w->windows[w->taking].state != FAILED && p->shuffled &&
         a->shuffled && a->seed == p->seed && a->epoch == p->epoch;
}

static void begin(cr_row_windows *w, pass p) {
  pthread_mutex_lock(&w->mutex);
  if (!w->holds_all && !comes_next(w, &p)) {
    atomic_store(&w->leave, true);
    while (w->busy) pthread_cond_wait(&w->changed, &w->mutex);
    atomic_store(&w->leave, false);
    for (size_t i = 0; i < WINDOWS; i++) w->windows[i].state = EMPTY;
    w->reading = (place){.pass = p};
    w->filling = w->taking = 0;
    pthread_cond_broadcast(&w->changed);
  }
  w->asked = p;
  w->begun = w->at_start = true;
  pthread_mutex_unlock(&w->mutex);
}

void cr_row_windows_shuffle(cr_row_windows *windows, uint64_t seed, uint32_t epoch) {
  begin(windows, (pass){.shuffled = true, .seed = seed, .epoch = epoch});
}

void cr_row_windows_even(cr_row_windows *windows, size_t count) {
  assert(count > 0 && count <= windows->rows);
  begin(windows, (pass){.count = count});
}

static void show(const window *from, cr_row_window *out) {
  *out = (cr_row_window){&from->room.samples, from->blocks, from->block_count, from->index};
}

/* The one window of all blocks: read when it is first wanted, and kept. */
static cr_status next_of_one(cr_row_windows *w, cr_row_window *out) {
  window *only = &w->windows[0];
  if (only->state == EMPTY) {
    const double start_time = cr_clock_seconds();
    only->block_count = w->per_window;
    for (size_t i = 0; i < w->per_window; i++) only->blocks[i] = i;
    const window_state state = fill(w, only);
    w->waited += cr_clock_seconds() - start_time;
    if (state == FAILED) return only->error.status;
    only->state = TAKEN;
  }
  show(only, out);
  return CR_OK;
}

/* Gives back the window before, and waits until the reader is done with the next one. */
static window *wait_for_next(cr_row_windows *w) {
  window *before = &w->windows[(w->taking + WINDOWS - 1) % WINDOWS];
  window *next = &w->windows[w->taking];
  if (before->state == TAKEN) {
    before->state = EMPTY;
    pthread_cond_broadcast(&w->changed);
  }
  if (next->state != EMPTY) return next;
  const double start_time = cr_clock_seconds();
  while (next->state == EMPTY) pthread_cond_wait(&w->changed, &w->mutex);
  w->waited += cr_clock_seconds() - start_time;
  return next;
}

cr_status cr_row_windows_next(cr_row_windows *windows, cr_row_window *out) {
  cr_row_windows *w = windows;
  assert(w->begun);
  if (w->holds_all) return next_of_one(w, out);
  pthread_mutex_lock(&w->mutex);
  window *next = wait_for_next(w);
  cr_status status = CR_OK;
  if (next->state == FAILED) {
    cr_error_restore(&next->error);
    status = next->error.status;
  } else {
    next->state = TAKEN;
    w->taking = (w->taking + 1) % WINDOWS;
    w->at_start = next->last;
    w->asked.epoch += next->last;
    show(next, out);
  }
  pthread_mutex_unlock(&w->mutex);
  return status;
}
