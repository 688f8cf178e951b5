/* The explanation inside: the numbers, the words, and what is asked of one weight. */
#ifndef EXPLAIN_EXPLANATION_H
#define EXPLAIN_EXPLANATION_H

#include "explain/script.h"

struct cr_explanation {
  cr_trace *trace;
  cr_script script; /* with the default digits: the steps, and the layout of later ones */
  char *weight;     /* NULL: the whole step */
  size_t top;
  char *rendered; /* of the last call */
};

/*
 * Options over their defaults, checked. `file` names what the rows are of; of a table that has
 * `available` rows the first is taken where none are chosen (`one`), else all.
 */
cr_status cr_explain_options_check(const cr_explain_options *given, size_t available,
                                   cr_explain_options *out);

/* An explanation of a trace, which it takes over in any case. */
cr_status cr_explanation_create(cr_trace *trace, const cr_explain_options *options,
                                cr_explanation **out);

#endif
