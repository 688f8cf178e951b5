#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/pool.h"
#include "base/processors.h"
#include "counting_allocator.h"

enum { MOST_PARTS = 1000 };

typedef struct job {
  size_t counts[MOST_PARTS]; /* plain: two threads at one part are a race for TSan to see */
  atomic_size_t total;
} job;

static void count_part(void *context, size_t part) {
  job *j = context;
  j->counts[part]++;
  atomic_fetch_add(&j->total, part + 1);
}

static void assert_each_part_once(cr_pool *pool, size_t parts) {
  static job j;
  memset(&j, 0, sizeof j);
  cr_pool_run(pool, parts, count_part, &j);
  for (size_t i = 0; i < MOST_PARTS; i++) assert_int_equal(j.counts[i], i < parts);
  assert_int_equal(j.total, parts * (parts + 1) / 2);
}

static void every_part_runs_once(void **state) {
  (void)state;
  static const size_t threads[] = {1, 2, 3, 7, 16};
  static const size_t parts[] = {0, 1, 2, 3, 5, 16, 17, 100, MOST_PARTS};
  for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
    cr_pool *pool = NULL;
    assert_int_equal(cr_pool_create(threads[t], &pool), CR_OK);
    assert_int_equal(cr_pool_threads(pool), threads[t]);
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
      for (int i = 0; i < 20; i++) assert_each_part_once(pool, parts[p]);
    }
    cr_pool_destroy(pool);
  }
}

/* Late workers of one run meet the next: many short runs, with pauses to fall asleep in. */
static void many_short_runs(void **state) {
  (void)state;
  const struct timespec nap = {.tv_nsec = 200000};
  cr_pool *pool = NULL;
  assert_int_equal(cr_pool_create(4, &pool), CR_OK);
  for (size_t i = 0; i < 5000; i++) {
    assert_each_part_once(pool, 2 + i % 7);
    if (i % 100 == 0) nanosleep(&nap, NULL);
  }
  cr_pool_destroy(pool);
}

typedef struct crowd {
  atomic_size_t arrived;
  size_t expected;
} crowd;

/* Ends only when all parts are under way at once. */
static void wait_for_all(void *context, size_t part) {
  crowd *c = context;
  (void)part;
  atomic_fetch_add(&c->arrived, 1);
  while (atomic_load(&c->arrived) < c->expected) {}
}

static void the_threads_work_at_the_same_time(void **state) {
  (void)state;
  cr_pool *pool = NULL;
  assert_int_equal(cr_pool_create(3, &pool), CR_OK);
  for (int i = 0; i < 20; i++) {
    crowd c = {.expected = 3};
    cr_pool_run(pool, 3, wait_for_all, &c);
    assert_int_equal(c.arrived, 3);
  }
  cr_pool_destroy(pool);
}

static void note_thread(void *context, size_t part) {
  ((pthread_t *)context)[part] = pthread_self();
}

static void without_a_pool_the_caller_does_it_in_order(void **state) {
  (void)state;
  pthread_t ids[10];
  cr_pool *pool = NULL;
  cr_pool_run(NULL, 10, note_thread, ids);
  for (size_t i = 0; i < 10; i++) assert_true(pthread_equal(ids[i], pthread_self()));
  assert_int_equal(cr_pool_threads(NULL), 1);
  assert_int_equal(cr_pool_create(1, &pool), CR_OK);
  assert_null(pool);
  cr_pool_destroy(NULL);
}

static void zero_means_one_thread_per_processor(void **state) {
  (void)state;
  cr_pool *pool = NULL;
  assert_true(cr_processors() >= 1);
  assert_int_equal(cr_pool_create(0, &pool), CR_OK);
  assert_int_equal(cr_pool_threads(pool), cr_processors());
  cr_pool_destroy(pool);
}

static void too_many_are_refused(void **state) {
  (void)state;
  cr_pool *pool = NULL;
  assert_int_equal(cr_pool_create(1025, &pool), CR_ERR_LIMIT);
  assert_int_equal(cr_pool_create(SIZE_MAX, &pool), CR_ERR_LIMIT);
  assert_null(pool);
}

static void running_takes_no_memory(void **state) {
  (void)state;
  cr_pool *pool = NULL;
  counting_start();
  assert_int_equal(cr_pool_create(3, &pool), CR_OK);
  const size_t calls = counting.calls;
  for (int i = 0; i < 100; i++) assert_each_part_once(pool, 10);
  assert_int_equal(counting.calls, calls);
  cr_pool_destroy(pool);
  assert_int_equal(counting.live, 0);
  counting_fail_at(1, true);
  assert_int_equal(cr_pool_create(3, &pool), CR_ERR_MEMORY);
  assert_null(pool);
  counting_stop();
}

typedef struct watch {
  crowd all;
  pthread_t caller;
  atomic_size_t wrong;
} watch;

/* On the workers every signal is blocked; on the caller none is. */
static void look_at_signals(void *context, size_t part) {
  watch *w = context;
  sigset_t blocked;
  wait_for_all(&w->all, part); /* so that every thread has a part */
  pthread_sigmask(SIG_SETMASK, NULL, &blocked);
  const bool worker = !pthread_equal(w->caller, pthread_self());
  if ((sigismember(&blocked, SIGINT) == 1) != worker) atomic_fetch_add(&w->wrong, 1);
  if ((sigismember(&blocked, SIGTERM) == 1) != worker) atomic_fetch_add(&w->wrong, 1);
}

static void signals_go_to_the_caller(void **state) {
  (void)state;
  watch w = {.all = {.expected = 3}, .caller = pthread_self()};
  cr_pool *pool = NULL;
  assert_int_equal(cr_pool_create(3, &pool), CR_OK);
  cr_pool_run(pool, 3, look_at_signals, &w);
  cr_pool_destroy(pool);
  assert_int_equal(w.wrong, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_part_runs_once),
      cmocka_unit_test(many_short_runs),
      cmocka_unit_test(the_threads_work_at_the_same_time),
      cmocka_unit_test(without_a_pool_the_caller_does_it_in_order),
      cmocka_unit_test(zero_means_one_thread_per_processor),
      cmocka_unit_test(too_many_are_refused),
      cmocka_unit_test(running_takes_no_memory),
      cmocka_unit_test(signals_go_to_the_caller),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
