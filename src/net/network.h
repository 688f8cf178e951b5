/* The network inside: specification, one block of parameters, views of it. */
#ifndef NET_NETWORK_H
#define NET_NETWORK_H

#include "base/arena.h"
#include "base/pool.h"
#include "chainrule/net.h"
#include "kernel/kernels.h"
#include "net/draws.h"
#include "net/spec.h"
#include "parts/loss.h"

/* Where a layer's parameters lie in the block: weights first, biases last, so decay is a prefix. */
typedef struct cr_view {
  size_t weight; /* offset of w (inputs, outputs), row-major */
  size_t bias;   /* offset of b (outputs) */
} cr_view;

struct cr_net {
  cr_spec spec;
  char *text;        /* the specification in canonical form */
  cr_arena arena;    /* holds the three below */
  float *parameters; /* (parameter_count), 64-byte aligned */
  cr_view *views;    /* (layers) */
  cr_layer *layers;  /* (layers), as cr_net_layer shows them */
  size_t weight_count, parameter_count;
};

/* Objective with its parts looked up. */
typedef struct cr_target_function {
  const cr_loss *loss;
  bool fused; /* the loss takes z of the last layer */
  bool mean;
  double l1, l2;
  double label_smoothing;
  cr_draws draws;
  const float *row_weights; /* (rows) or NULL; borrowed */
} cr_target_function;

cr_status cr_objective_resolve(const cr_net *net, const cr_objective *objective,
                               cr_target_function *out);

struct cr_workspace {
  cr_arena arena;
  const cr_kernel *kernel;
  cr_pool *pool;
  size_t max_rows;
  size_t rows;           /* of the last pass */
  size_t dz_rows;        /* the same if it went backward, else 0 */
  size_t inputs, layers; /* of the network it was made for */
  float *gradient;       /* (parameter_count) */
  float **z, **a;        /* per layer (max_rows, outputs) */
  float **dz;            /* per layer (max_rows, outputs) */
  float *wanted;         /* (max_rows, outputs) targets, where they are not taken as they are */
  double *losses;        /* (max_rows) of each row */
  cr_const_matrix *fed;  /* per layer: what it took as input in the last pass */
  bool draws;            /* has room for the next two: */
  float **mask;          /* per layer (max_rows, inputs) */
  float **masked;        /* per layer (max_rows, inputs): its input, drawn */
  size_t *outputs;       /* per layer */
  const cr_activation **activations; /* per layer, of the kernel's level */
};

/* x (rows, inputs), rows <= max_rows: fills z and a of every layer. */
void cr_forward_pass(const cr_net *net, cr_workspace *work, cr_const_matrix x);

/*
 * The same for rows [first, first + x.rows) of the workspace alone, x (x.rows, inputs), by the
 * calling thread; no pass is noted. Threads may do so at once, each for rows of its own.
 */
void cr_forward_rows(const cr_net *net, const cr_workspace *work, size_t first, cr_const_matrix x);

/*
 * After cr_forward_rows on the same rows: their data losses, not weighted, with targets as they
 * are, y (rows, outputs), consecutive; to work->losses from `first` on.
 */
void cr_loss_rows(const cr_workspace *work, const cr_target_function *target, size_t first,
                  const float *y, size_t rows);

typedef struct cr_pass_cost {
  double loss; /* of the rows, summed, as it was learned from: drawn, smoothed and weighted */
  double cost; /* what is minimised, penalties and all */
} cr_pass_cost;

/* As cr_net_backward, with the objective resolved; nothing is checked. */
cr_pass_cost cr_backward_pass(const cr_net *net, cr_workspace *work,
                              const cr_target_function *target, cr_const_matrix x,
                              cr_const_matrix y);

/* Where a gradient goes, range by range. */
typedef struct cr_gradient_sink {
  /*
   * g (count): the gradient at the parameters [first, first + count), which no product needs any
   * more. Called from several threads at once, for each place once.
   */
  void (*take)(void *context, const float *g, size_t first, size_t count);
  void *context;
} cr_gradient_sink;

/*
 * As cr_backward_pass for an objective without penalties, but the gradient goes to the sink as soon
 * as a range of it is known; nothing of it if the cost is not finite.
 */
cr_pass_cost cr_descent_pass(const cr_net *net, cr_workspace *work,
                             const cr_target_function *target, cr_const_matrix x, cr_const_matrix y,
                             const cr_gradient_sink *sink);

#endif
