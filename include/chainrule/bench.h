/*
 * How fast is this machine, and how near to its limit does the library come? The limit is what one
 * thread does of multiply-adds that wait for nothing; products, epochs of training and predictions
 * are measured in the same call, as users run them.
 *
 * What a bench hands out, texts too, lives as long as it does. An event lives for the time of the
 * call.
 */
#ifndef CHAINRULE_BENCH_H
#define CHAINRULE_BENCH_H

#include <signal.h>

#include "chainrule/net.h"

typedef struct cr_bench cr_bench; /* what was measured */

/* What to measure, and how long; cr_bench_options_init sets it up. */
typedef struct cr_bench_options {
  size_t struct_size;
  const char *only; /* the name of a row, or a part of the names of several: "train"; NULL: all */
  size_t threads;   /* 0: as many as there are processors */
  double seconds;   /* for the runs of a row; up to four times that where few fill it */
  uint64_t seed;    /* of weights, rows and their order; at most 2^63 - 1 */
  const volatile sig_atomic_t *stop; /* once it is not 0, ends after the work at hand; or NULL */
  const char *kernel;                /* of cr_kernel_name(); NULL: see there */
} cr_bench_options;

/* One row of the table. Times are seconds of a run: a product, an epoch, a prediction. */
typedef struct cr_bench_row {
  const char *name; /* "train 784-64-10 batch 64 sgd" */
  size_t rows;      /* samples that a run goes through; 0 for a product */
  double flops;     /* of a run: 2 for each weight and sample a product goes through */
  size_t runs;      /* measured after some to warm up; */
  size_t repeats;   /* for each of them, short work was done so often on end */
  double seconds;   /* the shortest run */
  double busy;      /* processors at work for it then, on average; for one thread 1 is all */
  double median;    /* the one in the middle */
  double iqr;       /* between the quartiles */
  double gflops;    /* flops / seconds, in 1e9 */
  double share;     /* of the limit of all threads that have a processor */
} cr_bench_row;

typedef struct cr_bench_summary {
  double limit_gflops; /* of one thread: multiply-adds in registers, as the kernel does them */
  const char *kernel;  /* that computed, of cr_kernel_name() */
  size_t threads;      /* that were at work */
  size_t processors;   /* that this process may use */
} cr_bench_summary;

/* A row is about to be measured. */
typedef struct cr_bench_event {
  const char *name;
  size_t index, count; /* which one, from 0, and how many there will be */
} cr_bench_event;

/* Called in the thread that measures, between the rows. */
typedef struct cr_bench_listener {
  void (*on_event)(void *user, const cr_bench_event *event);
  void *user;
} cr_bench_listener;

CR_BEGIN

/* All rows, 1 thread, half a second for each, seed 1. */
CR_API void cr_bench_options_init_sized(cr_bench_options *options, size_t size);
static inline void cr_bench_options_init(cr_bench_options *options) {
  cr_bench_options_init_sized(options, sizeof *options);
}

/*
 * Measures. What was timed has to be right, too: products and predictions against double precision,
 * a training by what it learns; else CR_ERR_CHECK. CR_ERR_ARGUMENT if `only` is in no name,
 * CR_ERR_MEMORY: one training holds 60,000 images. CR_ERR_INTERRUPTED comes with the rows that were
 * done, or with *out NULL if there was none. `options` and `listener` may be NULL. The caller owns
 * *out.
 */
CR_API cr_status cr_bench_run(const cr_bench_options *options, const cr_bench_listener *listener,
                              cr_bench **out);
CR_API void cr_bench_destroy(cr_bench *bench); /* NULL is fine */

CR_API const cr_bench_summary *cr_bench_get_summary(const cr_bench *bench);

/* Row `index`, counted from 0, of those that were measured; NULL past the last one. */
CR_API const cr_bench_row *cr_bench_row_at(const cr_bench *bench, size_t index);

/* Name `index` of all rows there are; NULL past the last one. */
CR_API const char *cr_bench_name_at(size_t index);

CR_END
#endif
