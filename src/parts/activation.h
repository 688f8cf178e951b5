/* Activations: value and derivative stand in one row of one table. */
#ifndef PARTS_ACTIVATION_H
#define PARTS_ACTIVATION_H

#include "base/fail.h"
#include "chainrule/parts.h"

/*
 * The functions in float take blocks of a larger matrix: `rows` rows of `cols` numbers, row i at
 * + i * stride in each array. Where stride is cols that is one run of numbers, which is fastest.
 */
typedef struct cr_activation {
  cr_part part;            /* its name and texts */
  const char *initializer; /* the one that keeps the variance through it */
  /* a and z do not overlap. */
  void (*forward)(float *a, const float *z, size_t rows, size_t cols, size_t stride);
  /*
   * dz = J^T da row by row, in place: d is da and becomes dz. This one and its reference are NULL
   * where there is no derivative to go by: it cannot be learnt by descent.
   */
  void (*backward)(float *d, const float *z, const float *a, size_t rows, size_t cols,
                   size_t stride);
  /* The same in double, as the books have it: rows consecutive, dz apart from da. */
  void (*forward_ref)(double *a, const double *z, size_t rows, size_t cols);
  void (*backward_ref)(double *dz, const double *da, const double *z, const double *a, size_t rows,
                       size_t cols);
  bool kink;    /* its derivative jumps at z = 0 */
  bool rowwise; /* an entry depends on its whole row: a block must have whole rows */
} cr_activation;

const cr_activation *cr_activation_at(size_t index); /* NULL past the last */

/*
 * The same activation compiled for an instruction set: a level of base/level.h, which the processor
 * must support. Its bits are the same for all; what at and find give runs everywhere. One that is
 * not in the table is handed back.
 */
const cr_activation *cr_activation_for(const cr_activation *activation, size_t level);

/* CR_ERR_ARGUMENT names the ones there are. */
cr_status cr_activation_find(const char *name, const cr_activation **out);

#endif
