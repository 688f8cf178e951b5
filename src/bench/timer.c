#include "bench/timer.h"

#include <stdlib.h>

#include "base/clock.h"

/* A run takes at least so long that neither the clock nor a call counts. */
static const double SHORTEST_RUN = 1e-3;

/* So many times as long as asked for may go into a good number of runs. */
static const double PATIENCE = 4;

/* Seconds by the clock, and of processors at work. */
typedef struct spell {
  double seconds, worked;
} spell;

static int compare(const void *a, const void *b) {
  const double x = ((const spell *)a)->seconds, y = ((const spell *)b)->seconds;
  return (x > y) - (x < y);
}

/* One run: the work `repeats` times. */
static cr_status run(const cr_timer *timer, cr_timed_work *work, void *context, size_t repeats,
                     spell *out) {
  const double worked = cr_clock_processor_seconds(), start = cr_clock_seconds();
  for (size_t i = 0; i < repeats; i++) {
    if (timer->stop && *timer->stop != 0) return cr_fail(CR_ERR_INTERRUPTED, "interrupted");
    CR_TRY(work(context));
  }
  out->seconds = cr_clock_seconds() - start;
  out->worked = cr_clock_processor_seconds() - worked;
  return CR_OK;
}

static bool is_enough(const cr_timer *timer, size_t runs, double spent) {
  if (runs < CR_TIMER_LEAST_RUNS) return false;
  if (runs < CR_TIMER_GOOD_RUNS) return spent >= PATIENCE * timer->seconds;
  return runs == CR_TIMER_MOST_RUNS || spent >= timer->seconds;
}

/* How often a run repeats the work; to find that out warms up. */
static cr_status settle(const cr_timer *timer, cr_timed_work *work, void *context, size_t *out) {
  const double share = timer->seconds / CR_TIMER_MOST_RUNS;
  const double enough = share > SHORTEST_RUN ? share : SHORTEST_RUN;
  spell now;
  for (*out = 1;; *out *= 2) {
    CR_TRY(run(timer, work, context, *out, &now));
    if (now.seconds >= enough) return CR_OK;
  }
}

cr_status cr_timer_measure(const cr_timer *timer, cr_timed_work *work, void *context,
                           cr_timing *out) {
  spell spells[CR_TIMER_MOST_RUNS];
  double spent = 0;
  size_t runs = 0, repeats = 1;
  CR_TRY(settle(timer, work, context, &repeats));
  while (!is_enough(timer, runs, spent)) {
    CR_TRY(run(timer, work, context, repeats, &spells[runs]));
    spent += spells[runs++].seconds;
  }
  qsort(spells, runs, sizeof spells[0], compare);
  const double times = (double)repeats;
  const double between = spells[3 * runs / 4].seconds - spells[runs / 4].seconds;
  *out = (cr_timing){.min = spells[0].seconds / times,
                     .median = spells[runs / 2].seconds / times,
                     .iqr = between / times,
                     .busy = spells[0].worked / spells[0].seconds,
                     .runs = runs,
                     .repeats = repeats};
  return CR_OK;
}
