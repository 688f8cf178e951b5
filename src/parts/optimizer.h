/* Optimisers: one pass over flat arrays. One file each, ending in one const object. */
#ifndef PARTS_OPTIMIZER_H
#define PARTS_OPTIMIZER_H

#include "base/fail.h"
#include "chainrule/parts.h"

#define CR_OPTIMIZER_MAX_SLOTS 24
#define CR_OPTIMIZER_MAX_SCALARS 16

/* Settings; an optimiser looks only at those that its rule has. */
typedef struct cr_hyper {
  double learning_rate;
  double momentum, dampening;   /* momentum, nesterov */
  double beta1, beta2, epsilon; /* adam and its kin; epsilon is outside the root */
  double weight_decay;          /* of weights and biases, as each optimiser defines it */
} cr_hyper;

/* What one step is told beside the arrays; what local optimisers do not heed may be left out. */
typedef struct cr_step {
  const cr_hyper *hyper;
  size_t count;        /* parameters */
  size_t weights;      /* of them weights, which come first; the rest are biases */
  uint64_t t;          /* counts from 1 */
  double cost;         /* at w, where g was taken */
  double *scalars;     /* (scalars) state that is one number each, zero at the start */
  double seen1, seen2; /* 1 - beta1^t, 1 - beta2^t of cr_step_prepare; 0: the step works them out */
} cr_step;

typedef struct cr_optimizer {
  cr_part part;   /* its name and texts */
  size_t slots;   /* arrays of state, each of the parameters' size, zero at the start */
  size_t scalars; /* numbers of state */
  /*
   * A parameter's step depends on nothing but its own w, g and slots, the settings and t: it may be
   * made in ranges of parameters, in any order, with arrays and count of the range.
   */
  bool local;
  bool full_batch;      /* compares costs of steps, so each must see all rows */
  bool rate_once;       /* the rate is that of the first step; later ones find their own lengths */
  double learning_rate; /* a rate that is a fair first try */
  cr_hyper defaults;    /* its other settings when nobody says otherwise */
  /* One step. w, g, slot[i]: (count). */
  void (*step)(float *w, float *const *slot, const float *g, const cr_step *step);
  void (*step_ref)(double *w, double *const *slot, const double *g, const cr_step *step);
} cr_optimizer;

/* The settings it has when nobody says otherwise. */
void cr_hyper_init(cr_hyper *hyper, const cr_optimizer *optimizer);

/* Works out, once for all ranges of a step, what depends on its settings and t alone. */
void cr_step_prepare(cr_step *step);

const cr_optimizer *cr_optimizer_at(size_t index); /* NULL past the last */

/* The same optimiser compiled for an instruction set: see cr_activation_for. */
const cr_optimizer *cr_optimizer_for(const cr_optimizer *optimizer, size_t level);

cr_status cr_optimizer_find(const char *name, const cr_optimizer **out);

#endif
