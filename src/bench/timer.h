/* Times a piece of work: warmed up, many runs, and the figures that say how steady they were. */
#ifndef BENCH_TIMER_H
#define BENCH_TIMER_H

#include <signal.h>

#include "base/fail.h"

enum {
  CR_TIMER_LEAST_RUNS = 3,  /* however long one takes */
  CR_TIMER_GOOD_RUNS = 20,  /* where four times the time is enough for them */
  CR_TIMER_MOST_RUNS = 500, /* runs get longer where the time is longer than these */
};

typedef struct cr_timer {
  double seconds;                    /* to spend on the runs */
  const volatile sig_atomic_t *stop; /* as in cr_bench_options */
} cr_timer;

typedef cr_status cr_timed_work(void *context);

/* Seconds for the work done once. */
typedef struct cr_timing {
  double min, median, iqr; /* iqr: between the quartiles */
  double busy;             /* processors at work for it in the shortest run, on average */
  size_t runs, repeats;    /* a run does the work so often that the clock can tell it */
} cr_timing;

/* Hands up what the work fails with; CR_ERR_INTERRUPTED if stopped. */
cr_status cr_timer_measure(const cr_timer *timer, cr_timed_work *work, void *context,
                           cr_timing *out);

#endif
