/* Times a piece of work: warmed up, many runs, and the figures that say how steady they were. */
#ifndef BENCH_TIMER_H
#define BENCH_TIMER_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

enum { TIMER_RUNS = 41 };

/* Seconds for the work done once. */
typedef struct timing {
  double min, median, iqr; /* iqr: between the quartiles */
  size_t runs, repeats;    /* a run does the work so often that the clock can tell it */
} timing;

static inline int timer_compare(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static inline double timer_run(void (*work)(void *), void *context, size_t repeats) {
  const double start = cr_clock_seconds();
  for (size_t i = 0; i < repeats; i++) work(context);
  return (cr_clock_seconds() - start) / (double)repeats;
}

/* A run takes 2 ms or more; those before the repeats are settled are the warming up. */
static inline timing timer_measure(void (*work)(void *), void *context) {
  const double enough = 2e-3;
  timing t = {.runs = TIMER_RUNS, .repeats = 1};
  while (timer_run(work, context, t.repeats) * (double)t.repeats < enough) t.repeats *= 2;
  double seconds[TIMER_RUNS];
  for (size_t i = 0; i < TIMER_RUNS; i++) seconds[i] = timer_run(work, context, t.repeats);
  qsort(seconds, TIMER_RUNS, sizeof seconds[0], timer_compare);
  t.min = seconds[0];
  t.median = seconds[TIMER_RUNS / 2];
  t.iqr = seconds[3 * TIMER_RUNS / 4] - seconds[TIMER_RUNS / 4];
  return t;
}

/* The members of a JSON object, without its braces. */
static inline void timer_print_json(FILE *out, const timing *t) {
  fprintf(out, "\"min\": %.4g, \"median\": %.4g, \"iqr\": %.4g, \"runs\": %zu, \"repeats\": %zu",
          t->min, t->median, t->iqr, t->runs, t->repeats);
}

#endif
