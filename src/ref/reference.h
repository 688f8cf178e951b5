/*
 * The oracle: the same mathematics in double, naive, one equation a line, no kernel, no thread.
 */
#ifndef REF_REFERENCE_H
#define REF_REFERENCE_H

#include "net/network.h"
#include "parts/optimizer.h"

typedef struct cr_reference {
  const cr_spec *spec; /* borrowed */
  cr_target_function target;
  cr_arena arena;
  size_t rows;
  size_t parameter_count, weight_count;
  double *parameters, *gradient; /* (parameter_count), laid out as in cr_net */
  cr_view *views;
  double **z, **a, **da, **dz; /* per layer (rows, outputs) */
  double **drawn;              /* per layer (rows, inputs) its input; NULL: as it is */
  float **mask;                /* per layer (rows, inputs); NULL: nothing is left out */
  float *noise;                /* (inputs) */
  double *wanted;              /* (outputs) smoothed targets of a row */
  double cost;                 /* of the last backward */
  /* state of an optimiser: what cr_reference_prepare has made room for */
  cr_arena state;
  size_t slots;
  double *slot[CR_OPTIMIZER_MAX_SLOTS]; /* (parameter_count) each */
  double scalars[CR_OPTIMIZER_MAX_SCALARS];
} cr_reference;

/* For `rows` samples; parameters start as a copy of the network's. */
cr_status cr_reference_create(const cr_net *net, const cr_target_function *target, size_t rows,
                              cr_reference **out);
void cr_reference_destroy(cr_reference *reference);

/* x (rows, inputs), y (rows, outputs), consecutive. Cost: data loss and penalty together. */
void cr_reference_forward(cr_reference *reference, const double *x);
double cr_reference_data_loss(const cr_reference *reference, const double *y);
double cr_reference_penalty(const cr_reference *reference);
double cr_reference_cost(const cr_reference *reference, const double *y);
void cr_reference_backward(cr_reference *reference, const double *x, const double *y);

/*
 * The same as cr_reference_forward, to the last bit, where since the last one on this x only
 * parameters of one output of one layer have changed: computes what can differ.
 */
void cr_reference_forward_from(cr_reference *reference, const double *x, size_t layer,
                               size_t output);

/* Makes room for the state of an optimiser, which its steps need, and zeroes all state. */
cr_status cr_reference_prepare(cr_reference *reference, const cr_optimizer *optimizer);

/* (eq U2) Shortens the gradient; (eq R5) scales the weights into each unit back. */
void cr_reference_clip(cr_reference *reference, double most);
void cr_reference_max_norm(cr_reference *reference, double most);

/* One step of an optimiser with the gradient and cost of the last backward; t counts from 1. */
void cr_reference_step(cr_reference *reference, const cr_optimizer *optimizer,
                       const cr_hyper *hyper, uint64_t t);

/* Starts over: parameters (parameter_count) are copied, the state of the optimiser is 0. */
void cr_reference_restart(cr_reference *reference, const double *parameters);

/* (eq D1) Gradient by central differences in every parameter, for tests: out (parameter_count). */
void cr_reference_nudge(cr_reference *reference, const double *x, const double *y, double step,
                        double *out);

#endif
