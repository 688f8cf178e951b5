/* The most multiply-adds a processor can do: loops over registers, one for each kernel. */
#ifndef BENCH_FMA_LIMIT_H
#define BENCH_FMA_LIMIT_H

typedef struct fma_limit {
  const char *name;     /* of the kernel whose instructions it uses */
  double flops;         /* done by one call of work */
  void (*work)(void *); /* for timer_measure; the context is a float that takes the result */
} fma_limit;

extern const fma_limit fma_limit_plain;
extern const fma_limit fma_limit_avx2;
extern const fma_limit fma_limit_avx512;

#endif
