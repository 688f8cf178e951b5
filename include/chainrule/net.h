/*
 * A feed-forward network: dense layers, forward and backward.
 *
 * Samples are rows. Layer l computes z = a_prev w + b and a = f(z), with w (inputs, outputs), b
 * (1, outputs), and z, a (batch, outputs).
 *
 * What a network hands out (layers, parameters, texts) lives as long as the network; what a
 * workspace hands out is overwritten by its next pass.
 */
#ifndef CHAINRULE_NET_H
#define CHAINRULE_NET_H

#include "chainrule/status.h"

/* A borrowed rows x cols matrix, row-major; row i starts at data + i * stride. */
typedef struct cr_matrix {
  float *data;
  size_t rows, cols, stride;
} cr_matrix;

typedef struct cr_const_matrix {
  const float *data;
  size_t rows, cols, stride;
} cr_const_matrix;

typedef struct cr_net cr_net;             /* layers and their parameters */
typedef struct cr_workspace cr_workspace; /* what forward and backward compute; one per thread */

/*
 * One layer: its sizes, the name of its activation, and views of its parameters. Through them the
 * caller may change the parameters of a network of his own, also where the layer itself is const.
 */
typedef struct cr_layer {
  size_t inputs, outputs;
  const char *activation;
  cr_matrix weight; /* (inputs, outputs) */
  cr_matrix bias;   /* (1, outputs) */
} cr_layer;

/*
 * What is minimised over a batch of n rows: data loss + l2/(2n) sum w^2 + l1/(2n) sum |w|; biases
 * are not penalised. What is drawn at random while learning (dropout, noise) is part of it: it
 * holds for cr_net_backward only, and cr_net_forward computes without.
 */
typedef struct cr_objective {
  size_t struct_size;
  const char *loss;      /* a name of cr_part_at(CR_PART_LOSS, ...) */
  const char *reduction; /* "mean" or "sum" over the rows; a row's outputs are always summed */
  double l1, l2;
  /* e in [0, 1): targets become (1 - e) y + e/K of K outputs; a single output stands for K = 2 */
  double label_smoothing;
  double dropout;           /* share of the hidden units left out, in [0, 1); the rest is widened */
  double input_dropout;     /* the same of the inputs */
  double input_noise;       /* deviation of normal noise added to the inputs */
  uint64_t seed, draw;      /* which units and what noise: the same two numbers give the same */
  const float *row_weights; /* (rows) a row's loss counts so often; NULL: once. Borrowed */
} cr_objective;

typedef struct cr_workspace_options {
  size_t struct_size;
  size_t max_rows;    /* the largest batch it has room for */
  size_t threads;     /* 0: as many as there are processors; results do not depend on it */
  const char *kernel; /* a name of cr_kernel_name(), which forces it; NULL: see there */
  bool draws;         /* room for an objective with dropout or noise */
} cr_workspace_options;

CR_BEGIN

/* "mean" reduction, no penalty, loss "half_squared". */
CR_API void cr_objective_init_sized(cr_objective *objective, size_t size);
static inline void cr_objective_init(cr_objective *objective) {
  cr_objective_init_sized(objective, sizeof *objective);
}

/*
 * Kernel `index` of this build, best first; NULL past the last one. A kernel is the loops that take
 * the time, for one instruction set: "avx512", "avx2", "neon"; "plain" runs everywhere. *supported,
 * if not NULL, tells whether this processor can run it. Results are the same bits on one kernel for
 * any number of threads, and on all kernels but "plain", which rounds its sums otherwise.
 *
 * Where options name no kernel, the environment variable CHAINRULE_KERNEL names it, and where that
 * is not set or empty, it is the best this processor runs. Nothing else of the environment is read.
 * CR_ERR_ARGUMENT from whatever computes for a name that is not known, or cannot be run here.
 */
CR_API const char *cr_kernel_name(size_t index, bool *supported);

/* 1 row, 1 thread, no kernel named. */
CR_API void cr_workspace_options_init_sized(cr_workspace_options *options, size_t size);
static inline void cr_workspace_options_init(cr_workspace_options *options) {
  cr_workspace_options_init_sized(options, sizeof *options);
}

/*
 * Builds a network from sizes and activations, as "784-64:relu-10:softmax": inputs, then each
 * layer's outputs and activation. All parameters are 0 until cr_net_initialize or the caller sets
 * them. CR_ERR_ARGUMENT names what cannot be read in `spec`; CR_ERR_LIMIT over 1024 layers, a width
 * of 2^24 or 2^33 weights. The caller owns *out.
 */
CR_API cr_status cr_net_create(const char *spec, cr_net **out);
CR_API void cr_net_destroy(cr_net *net); /* NULL is fine */

/*
 * Draws the weights and zeroes the biases. `initializer` is a name of CR_PART_INITIALIZER, or NULL:
 * for each layer the one that suits its activation ("he" for relu and its kin, "lecun" for selu,
 * "xavier" for the others). The same seed gives the same weights.
 */
CR_API cr_status cr_net_initialize(cr_net *net, const char *initializer, uint64_t seed);

CR_API size_t cr_net_inputs(const cr_net *net);
CR_API size_t cr_net_outputs(const cr_net *net);
CR_API size_t cr_net_layer_count(const cr_net *net);
CR_API size_t cr_net_parameter_count(const cr_net *net);

/* The specification it was built from, in canonical form. */
CR_API const char *cr_net_spec(const cr_net *net);

/* Layer `index`, counted from 0 after the inputs; NULL past the last one. */
CR_API const cr_layer *cr_net_layer(const cr_net *net, size_t index);

/*
 * All parameters in one block of cr_net_parameter_count() floats: each layer's weights in order,
 * row-major, then each layer's biases. A gradient has the same layout.
 */
CR_API float *cr_net_parameters(cr_net *net);

/* Takes all memory that forward and backward need for this network; steps take none. */
CR_API cr_status cr_workspace_create(const cr_net *net, const cr_workspace_options *options,
                                     cr_workspace **out);
CR_API void cr_workspace_destroy(cr_workspace *work); /* NULL is fine */

/*
 * y = net(x).  x: (rows, inputs), y: (rows, outputs), rows of any number: more than the workspace
 * has room for are done in blocks of so many. One by one takes several times as long, so for many
 * rows give it room for some dozens. CR_ERR_SHAPE if they do not fit. A row's result does not
 * depend on the other rows. Safe from several threads with a workspace each, while nobody changes
 * `net`.
 */
CR_API cr_status cr_net_forward(const cr_net *net, cr_workspace *work, cr_const_matrix x,
                                cr_matrix y);

/*
 * Forward and backward over one batch: the cost goes to *cost, its gradient to
 * cr_workspace_gradient(). x: (rows, inputs), y: (rows, outputs) targets, rows <= max_rows.
 * CR_ERR_SHAPE if they do not fit, CR_ERR_COMBINATION if loss and output do not go together,
 * CR_ERR_ARGUMENT for a number out of its range, and where something is drawn but the workspace has
 * no room for it (cr_workspace_options.draws).
 */
CR_API cr_status cr_net_backward(const cr_net *net, cr_workspace *work,
                                 const cr_objective *objective, cr_const_matrix x,
                                 cr_const_matrix y, double *cost);

/* The name of the kernel it computes with. */
CR_API const char *cr_workspace_kernel(const cr_workspace *work);

/* The gradient of the last backward, laid out as cr_net_parameters(). */
CR_API const float *cr_workspace_gradient(const cr_workspace *work);

/*
 * Layer `index` in the last pass: z, a and dz, each (rows, outputs). z and a are empty (no rows, no
 * data) before any pass, dz unless the last pass went backward; so are all past the last layer.
 */
CR_API cr_const_matrix cr_workspace_z(const cr_workspace *work, size_t index);
CR_API cr_const_matrix cr_workspace_a(const cr_workspace *work, size_t index);
CR_API cr_const_matrix cr_workspace_dz(const cr_workspace *work, size_t index);

CR_END
#endif
