/*
 * The chain rule for one parameter: its gradient row by row, and each row's as the sum over the
 * paths from the parameter to the loss. There may be more paths than atoms, so only the largest are
 * found, layer by layer from the loss down; the rest are counted.
 */
#ifndef EXPLAIN_CHAIN_H
#define EXPLAIN_CHAIN_H

#include "explain/trace.h"

/* A parameter: w[input, unit] of a layer, or its b[unit]. */
typedef struct cr_place {
  size_t layer, input, unit; /* from 0 */
  bool bias;
} cr_place;

/*
 * One path: through unit via[m] of layer layer + m, as its output. Where a layer's outputs mix, it
 * enters by one unit and leaves by another: from[m] and via[m].
 */
typedef struct cr_path {
  size_t *from, *via; /* (layers from its own up) */
  double value;       /* its share of the row's gradient, without the 1/n of a mean */
} cr_path;

/* The paths of one row, largest first. */
typedef struct cr_paths {
  cr_path *items;
  size_t count;
  double all;  /* how many there are, exact up to 2^53 */
  double rest; /* the sum of those that are not listed */
  cr_arena arena;
} cr_paths;

typedef struct cr_chain {
  cr_place place;
  double value, updated;
  double *rows;    /* (rows) each row's gradient, without the 1/n of a mean */
  double data;     /* their mean or sum */
  double penalty;  /* what the penalties add */
  double gradient; /* both: the same as the backward pass found */
  double step;     /* h of the nudge */
  double nudged;   /* (J(w + h) - J(w - h)) / 2h */
  size_t kinks;    /* kinks of activations, and of |w|, that lie between w - h and w + h */
  bool loss_kink;  /* the loss has kinks, and the two numbers differ */
} cr_chain;

/* Finds "W1[2,3]" or "b2[1]", counted from 1, as printed. CR_ERR_ARGUMENT says what there is. */
typedef enum cr_place_order { CR_PLACE_INPUT_UNIT, CR_PLACE_UNIT_INPUT } cr_place_order;
cr_status cr_place_find(const cr_trace *trace, const char *name, cr_place_order order,
                        bool bias_input, cr_place *out);

cr_status cr_chain_create(const cr_trace *trace, cr_place place, cr_chain *out);
void cr_chain_free(cr_chain *chain);

/* Of sample `row` the `top` largest paths; paths that carry nothing are not listed. */
cr_status cr_paths_find(const cr_trace *trace, cr_place place, size_t row, size_t top,
                        cr_paths *out);
void cr_paths_free(cr_paths *paths);

/* What goes into the parameter: the activation below, or 1 of a bias. */
double cr_chain_below(const cr_trace *trace, cr_place place, size_t row);

#endif
