/* Networks with uneven numbers, and traces of them. */
#ifndef EXPLAIN_FIXTURE_H
#define EXPLAIN_FIXTURE_H

#include "explain/trace.h"
#include "support.h"

enum { FIXTURE_ROWS = 3 };

typedef struct fixture {
  cr_net *net;
  float x[FIXTURE_ROWS * 16], y[FIXTURE_ROWS * 16];
  cr_const_matrix x_view, y_view;
} fixture;

/* At most 16 inputs and outputs. */
static inline void fixture_create(const char *spec, fixture *f) {
  assert_int_equal(cr_net_create(spec, &f->net), CR_OK);
  const size_t in = cr_net_inputs(f->net), out = cr_net_outputs(f->net);
  float *parameters = cr_net_parameters(f->net);
  for (size_t i = 0; i < cr_net_parameter_count(f->net); i++) parameters[i] = (float)uneven(i, 1.3);
  for (size_t i = 0; i < FIXTURE_ROWS * in; i++) f->x[i] = (float)uneven(i + 7, 2.0);
  for (size_t i = 0; i < FIXTURE_ROWS * out; i++) f->y[i] = i % out == i / out % out;
  f->x_view = (cr_const_matrix){f->x, FIXTURE_ROWS, in, in};
  f->y_view = (cr_const_matrix){f->y, FIXTURE_ROWS, out, out};
}

static inline cr_trace *fixture_trace(const fixture *f, const cr_objective *objective) {
  double x[FIXTURE_ROWS * 16], y[FIXTURE_ROWS * 16];
  cr_trace *trace = NULL;
  cr_trace_input input = {
      .net = f->net, .x = x, .y = y, .count = FIXTURE_ROWS, .learning_rate = 0.3};
  assert_int_equal(cr_objective_resolve(f->net, objective, &input.target), CR_OK);
  for (size_t i = 0; i < FIXTURE_ROWS * 16; i++) x[i] = (double)f->x[i], y[i] = (double)f->y[i];
  assert_int_equal(cr_trace_create(&input, &trace), CR_OK);
  return trace;
}

#endif
