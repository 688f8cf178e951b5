/* Compiled once for each instruction set (CMakeLists.txt). */
#include "bench/fma_limit.h"

#include "kernel/vector.h"

/*
 * Sums, all in registers, that wait for nobody: two units with a latency of four need eight, and
 * four of them sixteen, where there are so many registers.
 */
enum { SUMS = TALLEST_OF_2 > 6 ? 16 : 12, ROUNDS = 100000 };

/* Each sum gets a share of itself that is too small to change it, so that all stay finite. */
static cr_status multiply_add(void *context) {
  float *result = context;
  const float first = *result, share = first * 0x1p-60f;
  const vector zero = {0};
  vector sum[SUMS];
  UNROLL for (int i = 0; i < SUMS; i++) sum[i] = zero + first * (float)(i + 1);
  for (int round = 0; round < ROUNDS; round++) {
    UNROLL for (int i = 0; i < SUMS; i++) {
      sum[i] = vector_multiply_add(share, sum[i], sum[i]);
    }
  }
  vector total = zero;
  UNROLL for (int i = 0; i < SUMS; i++) total += sum[i];
  *result = total[0] > 0 ? 0.25f : 0.5f; /* keeps the loop from being left out */
  return CR_OK;
}

const cr_fma_limit CR_VARIANT(cr_fma_limit) = {
    .flops = 2.0 * LANES * SUMS * ROUNDS,
    .work = multiply_add,
};
