/* Compiled once for each instruction set (CMakeLists.txt). */
#include "bench/fma_limit.h"

#include "kernel/vector.h"

/* Twelve sums, all in registers, wait for nobody: two units with a latency of four need eight. */
enum { SUMS = 12, ROUNDS = 100000 };

static cr_status multiply_add(void *context) {
  float *result = context;
  const float factor = *result;
  const vector zero = {0}, term = zero + 0.5f * factor;
  vector sum[SUMS];
  UNROLL for (int i = 0; i < SUMS; i++) sum[i] = zero + factor * (float)i;
  for (int round = 0; round < ROUNDS; round++) {
    UNROLL for (int i = 0; i < SUMS; i++) sum[i] = vector_multiply_add(factor, sum[i], term);
  }
  vector total = zero;
  UNROLL for (int i = 0; i < SUMS; i++) total += sum[i];
  *result = total[0] > 0 ? 0.25f : 0.5f; /* keeps sums finite, and the loop from being left out */
  return CR_OK;
}

const cr_fma_limit CR_VARIANT(cr_fma_limit) = {
    .flops = 2.0 * LANES * SUMS * ROUNDS,
    .work = multiply_add,
};
