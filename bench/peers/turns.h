/*
 * A peer's side of bench_peers.py: it says that it is ready, then does its task once for each line
 * "turn" on its standard input and answers how long that took, one JSON object a line. Any other
 * line, or the end of the input, is the end. bench/peers/turns.py is the same for Python.
 */
#ifndef BENCH_PEERS_TURNS_H
#define BENCH_PEERS_TURNS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline double turns_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static inline void turns_fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(EXIT_FAILURE);
}

/* Arguments are NAME=VALUE; one that is missing ends the program. */
static inline const char *turns_argument(char **argv, const char *name) {
  const size_t length = strlen(name);
  for (char **argument = argv + 1; *argument; argument++)
    if (strncmp(*argument, name, length) == 0 && (*argument)[length] == '=')
      return *argument + length + 1;
  fprintf(stderr, "there is no argument %s=…\n", name);
  exit(EXIT_FAILURE);
}

static inline size_t turns_size(char **argv, const char *name) {
  return strtoul(turns_argument(argv, name), NULL, 10);
}

/* `detail` says how this build computes, or is empty. */
static inline void turns_ready(const char *version, const char *detail) {
  printf("{\"version\": \"%s\", \"detail\": \"%s\"}\n", version, detail);
  fflush(stdout);
}

static inline bool turns_wait(void) {
  char line[16];
  return fgets(line, sizeof line, stdin) && strcmp(line, "turn\n") == 0;
}

/* One way of doing the task and the seconds it took; a line names one way or two. */
static inline void turns_answer(const char *way, double seconds) {
  printf("{\"%s\": %.9g}\n", way, seconds);
  fflush(stdout);
}

static inline void turns_answer_two(const char *one, double seconds, const char *other,
                                    double others) {
  printf("{\"%s\": %.9g, \"%s\": %.9g}\n", one, seconds, other, others);
  fflush(stdout);
}

/* The floats of a file, `size` of them; the caller frees them. */
static inline float *turns_read_floats(const char *path, size_t size) {
  float *floats = calloc(size, sizeof *floats);
  FILE *file = fopen(path, "rb");
  if (!floats || !file || fread(floats, sizeof *floats, size, file) != size) turns_fail(path);
  fclose(file);
  return floats;
}

static inline void turns_write_floats(const char *path, const float *floats, size_t size) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(floats, sizeof *floats, size, file) != size || fclose(file) != 0)
    turns_fail(path);
}

#endif
