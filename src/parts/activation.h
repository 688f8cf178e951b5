/* Activations: value and derivative stand in one row of one table. */
#ifndef PARTS_ACTIVATION_H
#define PARTS_ACTIVATION_H

#include "base/fail.h"
#include "chainrule/parts.h"

/* z, a, da, dz: (rows, cols), consecutive. dz = J^T da row by row: softmax is no special case. */
typedef struct cr_activation {
  cr_part part;            /* its name and texts */
  const char *initializer; /* the one that keeps the variance through it */
  void (*forward)(float *a, const float *z, size_t rows, size_t cols);
  /* Both NULL where there is no derivative to go by: it cannot be learnt by descent. */
  void (*backward)(float *dz, const float *da, const float *z, const float *a, size_t rows,
                   size_t cols);
  void (*forward_ref)(double *a, const double *z, size_t rows, size_t cols);
  void (*backward_ref)(double *dz, const double *da, const double *z, const double *a, size_t rows,
                       size_t cols);
  bool kink; /* its derivative jumps at z = 0 */
} cr_activation;

const cr_activation *cr_activation_at(size_t index); /* NULL past the last */

/* CR_ERR_ARGUMENT names the ones there are. */
cr_status cr_activation_find(const char *name, const cr_activation **out);

#endif
