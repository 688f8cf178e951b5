/* Losses: a row's outputs are summed; mean or sum over rows is the caller's. */
#ifndef PARTS_LOSS_H
#define PARTS_LOSS_H

#include "base/fail.h"
#include "chainrule/parts.h"

/* A loss as an equation has it: of a row, and its derivative in a; a sentence on their letters. */
typedef struct cr_loss_equation {
  const char *formula, *slope, *note;
} cr_loss_equation;

/*
 * a, z, y, da, dz: (rows, cols), consecutive; losses (rows), of each row. `weight` is 1/n for a
 * mean, 1 for a sum; it enters once, here. Where the output's activation is `fused_with`, value and
 * gradient are computed from z and a = f(z): no log of 0, no overflow. Elsewhere a probability
 * under the smallest normal number counts as that number, so that log and quotient stay finite.
 * NaN stays NaN everywhere.
 */
typedef struct cr_loss {
  cr_part part;           /* its name and texts */
  const char *fused_with; /* an activation, or NULL */
  const char *outputs;    /* the activation it makes sense with, or "any" */
  const char *needs; /* why only with that one, as "takes the logarithm of …"; NULL for any */
  double boundary;   /* a single output from here on is predicted to be the second class */
  bool kink;         /* its derivative jumps somewhere */
  /* Where the texts of the part are no equations: of several outputs, of one; else empty. */
  cr_loss_equation equation, single_equation;
  void (*value)(double *losses, const float *a, const float *y, size_t rows, size_t cols);
  void (*gradient)(float *da, const float *a, const float *y, float weight, size_t rows,
                   size_t cols);
  void (*fused_value)(double *losses, const float *z, const float *a, const float *y, size_t rows,
                      size_t cols);
  void (*fused_gradient)(float *dz, const float *a, const float *y, float weight, size_t rows,
                         size_t cols);
  /* The same in double; values are summed over the rows. */
  double (*value_ref)(const double *a, const double *y, size_t rows, size_t cols);
  void (*gradient_ref)(double *da, const double *a, const double *y, double weight, size_t rows,
                       size_t cols);
  double (*fused_value_ref)(const double *z, const double *y, size_t rows, size_t cols);
  void (*fused_gradient_ref)(double *dz, const double *a, const double *y, double weight,
                             size_t rows, size_t cols);
} cr_loss;

const cr_loss *cr_loss_at(size_t index); /* NULL past the last */

/* The same loss compiled for an instruction set: see cr_activation_for. */
const cr_loss *cr_loss_for(const cr_loss *loss, size_t level);

cr_status cr_loss_find(const char *name, const cr_loss **out);

/* Does the loss make sense after an activation of this name? */
bool cr_loss_fits(const cr_loss *loss, const char *activation);

/* The loss that is fused with an activation of this name; half_squared where none is. */
const cr_loss *cr_loss_of_output(const char *activation);

#endif
