/* The numbers of one gradient-descent step over some rows, all of them in double. */
#ifndef EXPLAIN_TRACE_H
#define EXPLAIN_TRACE_H

#include "base/strbuf.h"
#include "data/encode.h"
#include "net/network.h"
#include "ref/reference.h"

/* A sum over samples is shown term by term up to so many samples and entries a side. */
#define CR_TRACE_TERMS 4
#define CR_TRACE_SIDE 6

/* What the outputs stand for. */
typedef enum cr_answer {
  CR_ANSWER_OUTPUTS, /* nothing but themselves */
  CR_ANSWER_NUMBERS, /* a number each, in its own unit: a · scale + shift */
  CR_ANSWER_CLASS,   /* one of the labels; a single output is for the second of two */
  CR_ANSWER_LABELS,  /* any of the labels, each from 0.5 on */
} cr_answer;

/* What a person calls the inputs and outputs; texts are clean. */
typedef struct cr_trace_names {
  char *title;       /* the case's name, or the files */
  bool unnumbered;   /* the rows are of no data: a sample of its own */
  cr_strlist inputs; /* one a column of the table; empty: not known */
  cr_strlist raw;    /* its value in each row, row by row; empty: as it goes in */
  cr_strlist labels; /* one a class; empty: a number */
  cr_strlist wanted; /* the target of each row; empty: Y says it */
  char *trained;     /* the optimiser of the training, or NULL */
  char *left_out;    /* what of the training is not in these numbers, or NULL */
  char *lacking;     /* why there is no target, a sentence, or NULL */
} cr_trace_names;

typedef struct cr_trace {
  cr_net *net; /* owned: the reference borrows its specification */
  cr_target_function target;
  cr_trace_names names;
  cr_answer answer;
  bool scores;     /* a class is the highest of outputs that are no probabilities */
  bool has_target; /* else only the way forward is worked out */
  size_t rows;
  size_t *row_numbers; /* (rows) in the data, from 0 */
  double learning_rate;
  cr_reference *at;    /* after forward and backward, before the step */
  cr_reference *probe; /* to try other parameters */
  cr_arena arena;      /* holds what follows */
  double *x, *y;       /* (rows, inputs), (rows, outputs) */
  double *shifts;      /* (outputs) of numbers that are the answer; else 0, ... */
  double *scales;      /* (outputs) ... and 1 */
  double *answers;     /* (rows, outputs) those numbers */
  bool *mixes;         /* (layers) an output moves with other z than its own: softmax */
  double **slope;      /* per layer (rows, outputs) f'(z); meaningless where it mixes */
  double *data;        /* (weights) gradient without the penalties */
  double **terms;      /* per layer (rows, inputs, outputs) a_r^T dz_r; NULL where not shown */
  double *after;       /* (parameters) after the step */
  double *shares;      /* (rows, outputs) of the loss */
  double *row_loss;    /* (rows) */
  bool has_shares;     /* the shares of a row add up to its loss */
  double data_loss, cost, penalty1, penalty2, data_loss_after, cost_after;
} cr_trace;

/* What a trace is made from. */
typedef struct cr_trace_input {
  const cr_net *net; /* copied */
  cr_target_function target;
  const double *parameters; /* (parameter_count); NULL: the network's */
  const double *x, *y;      /* of all rows; y NULL: no target */
  const size_t *rows;       /* those taken; NULL: all of the first `count` */
  size_t count;
  double learning_rate;
  cr_answer answer;
  bool scores;
  const cr_encoder *numbers; /* whose targets they are, with their units; NULL: as they are */
} cr_trace_input;

/* Works everything out. `names` are left empty. On failure there is nothing to free. */
cr_status cr_trace_create(const cr_trace_input *input, cr_trace **out);
void cr_trace_destroy(cr_trace *trace);

/* Sizes of layer l, and what goes into it: x or the activation below (rows, inputs). */
size_t cr_trace_inputs(const cr_trace *trace, size_t l);
size_t cr_trace_outputs(const cr_trace *trace, size_t l);
const double *cr_trace_below(const cr_trace *trace, size_t l);

/* The factor of a mean, 1/n, or 1 of a sum. */
double cr_trace_share(const cr_trace *trace);

/* da_i/dz_j of layer l in a row: out[j * outputs + i]; out has room for outputs (outputs + 2). */
void cr_trace_jacobian(const cr_trace *trace, size_t l, size_t row, double *out);

/* One of them, da_i/dz_j; `scratch` has room for 2 outputs. */
double cr_trace_slope(const cr_trace *trace, size_t l, size_t row, size_t j, size_t i,
                      double *scratch);

#endif
