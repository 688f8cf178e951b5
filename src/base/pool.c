#include "base/pool.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/processors.h"
#include "base/size.h"
#include "base/thread.h"

enum {
  MOST_THREADS = 1024,
  SPINS = 2000, /* some 50 µs: waking a sleeper costs as much, and gaps in a step are as long */
};

/*
 * A run is published by `left`: the parts nobody has taken yet. Who takes one off it owns a part,
 * and until that part is done the run cannot end, so that the fields above it stand still. A worker
 * that comes late finds 0 left and touches nothing; the caller does not wait for it.
 */
struct cr_pool {
  cr_pool_task *task;
  void *context;
  size_t parts;
  atomic_size_t left;    /* parts not yet taken */
  atomic_size_t pending; /* parts not yet done */

  pthread_mutex_t mutex; /* for sleeping only */
  pthread_cond_t work;   /* left > 0 or stop */
  pthread_cond_t done;   /* pending == 0 */
  atomic_size_t sleepers;
  atomic_bool caller_sleeps;
  atomic_bool stop;

  size_t workers;
  pthread_t ids[];
};

/* Takes one part of the run; false if none is left. */
static bool take_part(cr_pool *pool, size_t *part) {
  size_t left = atomic_load(&pool->left);
  while (left > 0) {
    if (atomic_compare_exchange_weak(&pool->left, &left, left - 1)) {
      *part = pool->parts - left;
      return true;
    }
  }
  return false;
}

static void work(cr_pool *pool) {
  size_t part = 0;
  while (take_part(pool, &part)) {
    pool->task(pool->context, part);
    if (atomic_fetch_sub(&pool->pending, 1) > 1 || !atomic_load(&pool->caller_sleeps)) continue;
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_signal(&pool->done);
    pthread_mutex_unlock(&pool->mutex);
  }
}

static inline void pause_processor(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static bool has_work(cr_pool *pool) {
  return atomic_load(&pool->left) > 0 || atomic_load(&pool->stop);
}

/*
 * A sleeper counts itself before it looks for work, and the caller publishes work before it looks
 * for sleepers (all sequentially consistent): one of them sees the other.
 */
static void wait_for_work(cr_pool *pool) {
  for (int i = 0; i < SPINS; i++) {
    if (has_work(pool)) return;
    pause_processor();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleepers, 1);
  while (!has_work(pool)) pthread_cond_wait(&pool->work, &pool->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
}

static void *worker(void *argument) {
  cr_pool *pool = argument;
  while (!atomic_load(&pool->stop)) {
    wait_for_work(pool);
    work(pool);
  }
  return NULL;
}

static void wake(cr_pool *pool, size_t wanted) {
  if (wanted == 0 || atomic_load(&pool->sleepers) == 0) return;
  pthread_mutex_lock(&pool->mutex);
  if (wanted >= atomic_load(&pool->sleepers)) {
    pthread_cond_broadcast(&pool->work);
  } else {
    for (size_t i = 0; i < wanted; i++) pthread_cond_signal(&pool->work);
  }
  pthread_mutex_unlock(&pool->mutex);
}

/* The same as for a worker: the caller says that it sleeps before it looks at what is pending. */
static void wait_until_done(cr_pool *pool) {
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load(&pool->pending) == 0) return;
    pause_processor();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->caller_sleeps, true);
  while (atomic_load(&pool->pending) > 0) pthread_cond_wait(&pool->done, &pool->mutex);
  atomic_store(&pool->caller_sleeps, false);
  pthread_mutex_unlock(&pool->mutex);
}

void cr_pool_run(cr_pool *pool, size_t parts, cr_pool_task *task, void *context) {
  if (!pool || parts <= 1) {
    for (size_t part = 0; part < parts; part++) task(context, part);
    return;
  }
  assert(atomic_load(&pool->pending) == 0); /* one run at a time, and none from within a task */
  pool->task = task;
  pool->context = context;
  pool->parts = parts;
  atomic_store(&pool->pending, parts);
  atomic_store(&pool->left, parts);
  wake(pool, parts - 1);
  work(pool);
  wait_until_done(pool);
}

/* Starts as many as can be had. */
static int start_workers(cr_pool *pool, size_t wanted) {
  int error = 0;
  while (pool->workers < wanted && error == 0) {
    error = cr_thread_start(&pool->ids[pool->workers], worker, pool);
    pool->workers += error == 0;
  }
  return error;
}

cr_status cr_pool_create(size_t threads, cr_pool **out) {
  *out = NULL;
  if (threads > MOST_THREADS) {
    return cr_fail(CR_ERR_LIMIT, "%zu threads were asked for, at most %d are possible", threads,
                   MOST_THREADS);
  }
  const size_t wanted = threads == 0 ? cr_size_min(cr_processors(), MOST_THREADS) : threads;
  if (wanted == 1) return CR_OK;

  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_pool) + (wanted - 1) * sizeof(pthread_t), &block));
  cr_pool *pool = block;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->work, NULL);
  pthread_cond_init(&pool->done, NULL);
  const int error = start_workers(pool, wanted - 1);
  if (pool->workers == 0) {
    cr_pool_destroy(pool);
    cr_fail(CR_ERR_IO, "no thread can be started: %s",
            error == EAGAIN ? "this process has all the threads or memory it may have"
                            : cr_io_reason(error));
    return cr_fix("--threads 1");
  }
  *out = pool;
  return CR_OK;
}

void cr_pool_destroy(cr_pool *pool) {
  if (!pool) return;
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->stop, true);
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->mutex);
  for (size_t i = 0; i < pool->workers; i++) pthread_join(pool->ids[i], NULL);
  pthread_cond_destroy(&pool->done);
  pthread_cond_destroy(&pool->work);
  pthread_mutex_destroy(&pool->mutex);
  cr_free(pool);
}

size_t cr_pool_threads(const cr_pool *pool) {
  return pool ? pool->workers + 1 : 1;
}
