/*
 * Reads a CSV file as often as it is told: a line on standard input is a number of threads, the
 * answer the seconds of processor time and of the clock that reading took, and the table's size.
 * usage: bench_csv FILE; bench/csv/bench_csv.py talks to it in turn with others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "chainrule/data.h"

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static cr_status read_once(const char *path, size_t threads) {
  cr_read_options options;
  cr_table *table;
  cr_read_options_init(&options);
  options.threads = threads;
  const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
  const cr_status status = cr_table_read(path, &options, &table);
  if (status != CR_OK) return status;
  printf("%.9f %.9f %zu %zu\n", seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
         seconds(CLOCK_MONOTONIC) - wall, cr_table_rows(table), cr_table_columns(table));
  fflush(stdout);
  cr_table_destroy(table);
  return CR_OK;
}

int main(int count, char **arguments) {
  char line[32];
  if (count != 2) {
    fprintf(stderr, "usage: bench_csv FILE\n");
    return 2;
  }
  while (fgets(line, sizeof line, stdin)) {
    if (read_once(arguments[1], strtoul(line, NULL, 10)) == CR_OK) continue;
    fprintf(stderr, "%s\n", cr_last_error()->message);
    return 1;
  }
  return 0;
}
