/* The explanation inside: the numbers, the words, and what is asked of one weight. */
#ifndef EXPLAIN_EXPLANATION_H
#define EXPLAIN_EXPLANATION_H

#include "explain/chain.h"
#include "explain/script.h"

struct cr_explanation {
  cr_trace *trace;
  cr_script script; /* with the default digits: the steps, and the layout of later ones */
  bool has_weight;  /* else the whole step is explained */
  cr_chain chain;   /* of the weight */
  size_t top;
  char *rendered; /* of the last call */
};

/* Options over their defaults, checked; the rows are among the `available` ones. */
cr_status cr_explain_options_check(const cr_explain_options *given, size_t available,
                                   cr_explain_options *out);

/* CR_ERR_LIMIT: numbers of all rows in all layers, and parameters, are as many as a case's. */
cr_status cr_explain_check_size(const cr_net *net, size_t rows);

/*
 * Puts rows (of none chosen the first `otherwise`) and rate into an input, and makes the trace: of
 * the targets as they are, of rows that count alike, and with nothing drawn at random.
 */
cr_status cr_explain_trace(cr_trace_input *input, const cr_explain_options *options, double rate,
                           size_t otherwise, cr_trace **out);

/* A matrix as doubles, without gaps; the caller frees *out. */
cr_status cr_explain_widen(cr_const_matrix m, double **out);

/* An explanation of a trace, which it takes over in any case. */
cr_status cr_explanation_create(cr_trace *trace, const cr_explain_options *options,
                                cr_explanation **out);

#endif
