/*
 * Is a gradient right? The reference's against central differences of its own cost, and that of the
 * engine that trains against the reference's.
 */
#ifndef CHECK_GRADIENT_H
#define CHECK_GRADIENT_H

#include "chainrule/check.h"
#include "ref/reference.h"

enum { CR_GRADIENT_STEPS = 5, CR_GRADIENT_TEXT = 192, CR_GRADIENT_NAME = 32 };

/* Errors (eq D2): right below the first, wrong above the last. */
#define CR_GRADIENT_RIGHT 1e-7
#define CR_GRADIENT_WRONG 1e-3

/* What is checked. All is borrowed; a test hands in a network, a loss or a kernel with a fault. */
typedef struct cr_gradient_job {
  const cr_net *net;
  cr_target_function target;
  cr_workspace *work;   /* of the engine that trains */
  cr_const_matrix x, y; /* (rows, inputs), (rows, outputs) */
  cr_gradient_options options;
} cr_gradient_job;

cr_status cr_gradient_run(const cr_gradient_job *job, cr_gradient_report **out);

/* A block as it is found out about: its texts are the three arrays. */
typedef struct cr_gradient_finding {
  cr_gradient_block block;
  char name[CR_GRADIENT_NAME], note[CR_GRADIENT_TEXT], hint[CR_GRADIENT_TEXT];
  size_t first; /* of its parameters, in the network's one block */
} cr_gradient_finding;

/* Some parameters of a block, each by the chain rule and by nudging. */
typedef struct cr_gradient_pairs {
  size_t count, kinks, room;
  size_t *place;         /* (room) within the block, by column, then by row */
  double *exact, *found; /* (room) */
} cr_gradient_pairs;

/* What nudging needs. */
typedef struct cr_gradient_bench {
  cr_reference *reference; /* forward and backward were run */
  const double *x, *y;     /* (rows, inputs), (rows, outputs) */
  double *exact;           /* (parameters) the data part of its gradient, by the chain rule */
  double *penalty;         /* (parameters) what l1 and l2 add */
  bool **positive;         /* per layer (rows, outputs): z > 0 */
  /* of the last layer (rows, outputs): smoothed targets, da as it was, and a scratch */
  double *wanted, *slopes, *slope;
  double scale; /* of what is rounded on the way to the cost */
  cr_gradient_pairs pairs;
  bool moved; /* column `output` of z in `layer`, and what follows, are of a nudged parameter */
  size_t layer, output;
  cr_gradient_options options;
} cr_gradient_bench;

/* (eq D1) Nudges the parameters of a block, or a sample of them; fills bench->pairs. */
void cr_gradient_nudge(cr_gradient_bench *bench, const cr_gradient_finding *finding, double step,
                       size_t sample);

/* Nudges a block and judges it; the same for all blocks together at several steps. */
void cr_gradient_judge(cr_gradient_bench *bench, cr_gradient_finding *finding);
void cr_gradient_measure_steps(cr_gradient_bench *bench, const cr_gradient_finding *findings,
                               size_t count, cr_gradient_step *out);

/*
 * Compares the engine that trains with the reference, block by block; of the findings the first
 * `count`, which are the data's. x, y: the same rows as the bench's.
 */
cr_status cr_gradient_compare(const cr_gradient_job *job, cr_gradient_bench *bench,
                              cr_const_matrix x, cr_const_matrix y, cr_gradient_finding *findings,
                              size_t count);

/* (eq D2) ||found - exact|| / (||found|| + ||exact||); 0 where both are 0, DBL_MAX for no number */
double cr_gradient_error(const double *found, const double *exact, size_t count);

/* The note and the hint of a block that is not ok; `by` is what found the other number. */
void cr_gradient_explain(cr_gradient_finding *finding, const cr_gradient_entry *entry,
                         const char *exact_by, const char *found_by, size_t rows);

#endif
