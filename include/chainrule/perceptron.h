/*
 * The perceptron rule: how one threshold unit learns, and how it is seen that it cannot.
 *
 * A unit with weights w and a bias b answers 1 where z = x w + b >= 0, else 0. The rule takes the
 * rows in order and adds (y - answer) x to w and y - answer to b. Where a line (plane, …) can tell
 * the ones from the zeros, it stops after a number of mistakes that has a bound; where none can, it
 * goes round in a circle.
 */
#ifndef CHAINRULE_PERCEPTRON_H
#define CHAINRULE_PERCEPTRON_H

#include "chainrule/net.h"
#include "chainrule/status.h"

typedef struct cr_perceptron cr_perceptron; /* what one run of the rule did */

typedef enum cr_perceptron_end {
  CR_PERCEPTRON_LEARNED = 0, /* a whole pass was right */
  CR_PERCEPTRON_CYCLE = 1,   /* a pass ended with the weights of an earlier one: so it will again */
  CR_PERCEPTRON_PASSES = 2,  /* the passes were over */
} cr_perceptron_end;

/* One row as it was met; lives for the time of the call. */
typedef struct cr_perceptron_step {
  size_t pass, row;      /* both from 0 */
  double z;              /* with the weights before the step */
  bool answer, target;   /* the weights change where they differ */
  const double *weights; /* (inputs + 1) after the step, the bias last */
} cr_perceptron_step;

typedef struct cr_perceptron_options {
  size_t struct_size;
  size_t max_passes; /* from 1 to 10,000 */
  const double
      *start; /* (inputs + 1) weights to begin with, the bias last; NULL: zeros. Borrowed */
  void (*on_step)(void *user, const cr_perceptron_step *step); /* may be NULL */
  void *user;
} cr_perceptron_options;

typedef struct cr_perceptron_summary {
  cr_perceptron_end end;
  size_t inputs;
  size_t passes;   /* that were made, each over all rows */
  size_t mistakes; /* steps that changed the weights */
  /*
   * All numbers were whole and none grew past 2^53, so that nothing was rounded. Only then cycles
   * are looked for: rounding could make one that is none.
   */
  bool exact;
  /* Of a cycle: the weights after `cycle_begin` passes are those after cycle_length passes more. */
  size_t cycle_begin, cycle_length;
} cr_perceptron_summary;

CR_BEGIN

/* 1000 passes from zeros. */
CR_API void cr_perceptron_options_init_sized(cr_perceptron_options *options, size_t size);
static inline void cr_perceptron_options_init(cr_perceptron_options *options) {
  cr_perceptron_options_init_sized(options, sizeof *options);
}

/*
 * Runs the rule over x (rows, inputs) and targets y (rows, 1), 0 or 1, until a pass is right, a
 * cycle closes or the passes are over; each of these is CR_OK. options may be NULL. The caller owns
 * *out. CR_ERR_EMPTY without rows or inputs, CR_ERR_SHAPE if x and y do not fit, CR_ERR_TARGET for
 * another target, CR_ERR_NUMBER for an input or weight that is not finite, CR_ERR_ARGUMENT.
 */
CR_API cr_status cr_perceptron_learn(cr_const_matrix x, cr_const_matrix y,
                                     const cr_perceptron_options *options, cr_perceptron **out);
CR_API void cr_perceptron_destroy(cr_perceptron *perceptron); /* NULL is fine */

CR_API const cr_perceptron_summary *cr_perceptron_get_summary(const cr_perceptron *perceptron);

/*
 * The weights after `passes` passes, from 0, the start, to those of the summary: (inputs + 1), the
 * bias last. NULL past the end. They live as long as the perceptron.
 */
CR_API const double *cr_perceptron_weights(const cr_perceptron *perceptron, size_t passes);

CR_END
#endif
