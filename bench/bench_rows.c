/*
 * Rows on disk against rows in memory: bench_rows [ROWS [INPUTS [MB]]] trains an epoch of two
 * networks over made-up rows in a store, of which MB may be in memory: with a cold page cache, a
 * warm one, and then with all rows in memory. It says how long was waited for the disk, and how
 * fast that is without anybody computing.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "data/row_cursor.h"
#include "data/row_windows.h"
#include "train/trainer.h"

enum { AT_ONCE = 1000, BATCH = 1000 };

static void check(cr_status status) {
  if (status == CR_OK) return;
  fprintf(stderr, "%s\n", cr_last_error()->message);
  exit(1);
}

/* Row `i`: x (inputs) in -1 to 1, and a target that follows from it. */
static float make_row(uint64_t i, size_t inputs, float *x) {
  uint64_t state = i * UINT64_C(0x9e3779b97f4a7c15) + 1;
  for (size_t j = 0; j < inputs; j++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    x[j] = (float)(int32_t)(state >> 32) * 0x1p-31F;
  }
  return x[0] * x[1] + 0.5F * x[inputs - 1];
}

/* Rows first.. of (count, inputs). */
static void make_rows(uint64_t first, size_t count, size_t inputs, float *x, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = make_row(first + i, inputs, x + i * inputs);
}

static cr_samples of(float *x, float *y, size_t rows, size_t inputs) {
  return (cr_samples){.rows = rows,
                      .inputs = inputs,
                      .outputs = 1,
                      .x = {x, rows, inputs, inputs},
                      .y = {y, rows, 1, 1}};
}

static cr_samples *write_store(size_t rows, size_t inputs, uint64_t memory) {
  static float y[AT_ONCE];
  float *x = calloc(AT_ONCE * inputs, sizeof *x);
  cr_row_store *store = NULL;
  cr_samples *samples = NULL;
  double seconds = 0;
  check(cr_row_store_create(NULL, rows, &store));
  for (size_t done = 0; done < rows; done += AT_ONCE) {
    const size_t count = rows - done < AT_ONCE ? rows - done : AT_ONCE;
    make_rows(done, count, inputs, x, y);
    const cr_samples some = of(x, y, count, inputs);
    const double start = cr_clock_seconds();
    check(cr_row_store_append(store, &some));
    seconds += cr_clock_seconds() - start;
  }
  check(cr_row_store_finish(&store, memory, &samples));
  const double bytes = (double)cr_row_store_bytes(samples->store);
  printf("written    %.2f GB in %.1f s: %.2f GB/s\n", bytes / 1e9, seconds, bytes / 1e9 / seconds);
  free(x);
  return samples;
}

/* Forgets what the system has in memory of the files without a name. */
static void cool(void) {
  DIR *files = opendir("/proc/self/fd");
  if (!files) return;
  for (const struct dirent *file; (file = readdir(files));) {
    const int fd = atoi(file->d_name);
    if (fd < 3 || fd == dirfd(files)) continue;
    fdatasync(fd);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  }
  closedir(files);
}

/* The most memory that the process has had, in MB. */
static double peak(void) {
  char line[256];
  double kilobytes = 0;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "VmHWM: %lf", &kilobytes);
  if (file) fclose(file);
  return kilobytes / 1e3;
}

/* Every window of an epoch, and nobody computes. */
static void read_all(const cr_samples *samples, const char *cache) {
  cr_row_windows *windows = NULL;
  cr_row_window window;
  const double start = cr_clock_seconds(), busy = cr_clock_processor_seconds();
  check(cr_row_windows_create(samples, CR_ROWS_TO_LEARN, &windows));
  cr_row_windows_shuffle(windows, 1, 0);
  for (size_t rows = 0; rows < samples->rows; rows += window.samples->rows)
    check(cr_row_windows_next(windows, &window));
  const double seconds = cr_clock_seconds() - start;
  cr_row_windows_destroy(windows);
  const double gigabytes = (double)cr_row_store_bytes(samples->store) / 1e9;
  printf("reading    %-6s %7.2f s  %5.2f GB/s, processors %.2f s\n", cache, seconds,
         gigabytes / seconds, cr_clock_processor_seconds() - busy);
}

static void train(const char *spec, const cr_samples *samples, const char *where, size_t threads) {
  cr_net *net = NULL;
  cr_trainer *trainer = NULL;
  cr_objective objective;
  cr_train_options options;
  double loss = 0;
  cr_objective_init(&objective);
  cr_train_options_init(&options);
  options.batch = BATCH;
  options.threads = threads;
  check(cr_net_create(spec, &net));
  check(cr_net_initialize(net, NULL, 1));
  const double start = cr_clock_seconds(), busy = cr_clock_processor_seconds();
  check(cr_trainer_create(net, &objective, &options, samples, &trainer));
  check(cr_trainer_epoch(trainer, &loss));
  const double seconds = cr_clock_seconds() - start;
  printf("%-34s %-6s %7.2f s, waited %5.2f %%, processors %.2f s, loss %.6f, peak %.0f MB\n", spec,
         where, seconds, 100 * cr_trainer_waited(trainer) / seconds,
         cr_clock_processor_seconds() - busy, loss, peak());
  cr_trainer_destroy(trainer);
  cr_net_destroy(net);
}

static void measure(const cr_samples *samples, const char *where) {
  cr_net *net = NULL;
  cr_trainer *trainer = NULL;
  cr_objective objective;
  cr_train_options options;
  cr_metrics metrics;
  char spec[64];
  cr_objective_init(&objective);
  cr_train_options_init(&options);
  options.batch = BATCH;
  snprintf(spec, sizeof spec, "%zu-64:relu-1:linear", samples->inputs);
  check(cr_net_create(spec, &net));
  check(cr_net_initialize(net, NULL, 1));
  check(cr_trainer_create(net, &objective, &options, samples, &trainer));
  const double start = cr_clock_seconds(), busy = cr_clock_processor_seconds();
  check(cr_trainer_measure(trainer, samples, NULL, NULL, &metrics));
  printf("measuring  %-6s %7.2f s, processors %.2f s, loss %.6f\n", where,
         cr_clock_seconds() - start, cr_clock_processor_seconds() - busy, metrics.loss);
  cr_trainer_destroy(trainer);
  cr_net_destroy(net);
}

int main(int count, char **arguments) {
  const size_t rows = count > 1 ? (size_t)atoll(arguments[1]) : 5000000;
  const size_t inputs = count > 2 ? (size_t)atoll(arguments[2]) : 100;
  const uint64_t memory = (count > 3 ? (uint64_t)atoll(arguments[3]) : 147) * 1000000;
  const size_t threads = count > 4 ? (size_t)atoll(arguments[4]) : 0;
  const char *const hidden[] = {"128:relu-64:relu", "64:relu"};
  setvbuf(stdout, NULL, _IOLBF, 0);
  cr_samples *stored = write_store(rows, inputs, memory);
  cool();
  read_all(stored, "cold");
  read_all(stored, "warm");
  char specs[2][64];
  for (size_t i = 0; i < 2; i++) {
    snprintf(specs[i], sizeof specs[i], "%zu-%s-1:linear", inputs, hidden[i]);
    cool();
    train(specs[i], stored, "cold", threads);
    train(specs[i], stored, "warm", threads);
  }
  cool();
  measure(stored, "cold");
  measure(stored, "warm");
  float *x = calloc(rows * inputs, sizeof *x), *y = calloc(rows, sizeof *y);
  if (!x || !y) return 1;
  make_rows(0, rows, inputs, x, y);
  const cr_samples in_memory = of(x, y, rows, inputs);
  measure(&in_memory, "memory");
  for (size_t i = 0; i < 2; i++) {
    train(specs[i], &in_memory, "memory", threads);
    train(specs[i], stored, "warm", threads);
  }
  cr_samples_destroy(stored);
  free(x);
  free(y);
  return 0;
}
