/* Compiled once for each kernel with its flags; CR_KERNEL is its name. */
#include "fma_limit.h"

#if defined(__AVX2__)
#  include <immintrin.h>
#endif

#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64 };
#  define MULTIPLY_ADD(a, b, c) _mm512_fmadd_ps(a, b, c)
#elif defined(__AVX2__)
enum { VECTOR_BYTES = 32 };
#  define MULTIPLY_ADD(a, b, c) _mm256_fmadd_ps(a, b, c)
#else
enum { VECTOR_BYTES = 16 };
#  define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

/* Twelve sums, all in registers, wait for nobody: two units with a latency of four need eight. */
enum { LANES = VECTOR_BYTES / sizeof(float), SUMS = 12, ROUNDS = 100000 };

typedef float vector __attribute__((vector_size(VECTOR_BYTES)));

static void multiply_add(void *context) {
  float *result = context;
  const vector zero = {0}, factor = zero + *result, term = factor * 0.5f;
  vector sum[SUMS];
  for (int i = 0; i < SUMS; i++) sum[i] = factor * (float)i;
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < SUMS; i++) sum[i] = MULTIPLY_ADD(sum[i], factor, term);
  }
  vector total = zero;
  for (int i = 0; i < SUMS; i++) total += sum[i];
  *result = total[0] > 0 ? 0.25f : 0.5f; /* keeps sums finite, and the loop from being left out */
}

#define JOIN_NAMES(a, b) a##b
#define JOIN(a, b) JOIN_NAMES(a, b)
#define QUOTE_NAME(a) #a
#define QUOTE(a) QUOTE_NAME(a)

const fma_limit JOIN(fma_limit_, CR_KERNEL) = {
    .name = QUOTE(CR_KERNEL),
    .flops = 2.0 * LANES * SUMS * ROUNDS,
    .work = multiply_add,
};
