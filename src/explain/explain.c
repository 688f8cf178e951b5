/* What can be explained by itself: a case, a network. */
#include "chainrule/explain.h"

#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/size.h"
#include "check/case.h"
#include "explain/explanation.h"

static const double RATE = 0.1; /* where nobody names one */

cr_status cr_explain_check_size(const cr_net *net, size_t rows) {
  size_t widths = net->spec.inputs, numbers = 0;
  for (size_t l = 0; l < net->spec.count; l++) widths += net->spec.layers[l].outputs;
  if (cr_size_product(widths, rows, &numbers) == CR_OK && numbers <= CR_CASE_MAX_COMPUTED &&
      net->parameter_count <= CR_CASE_MAX_COMPUTED)
    return CR_OK;
  cr_fail(CR_ERR_LIMIT,
          "%zu rows of this network are more numbers than an explanation may have: %zu", rows,
          (size_t)CR_CASE_MAX_COMPUTED);
  return cr_fix("choose fewer rows: --row 1");
}

cr_status cr_explain_trace(cr_trace_input *input, const cr_explain_options *options, double rate,
                           size_t otherwise, cr_trace **out) {
  input->rows = options->rows;
  input->count = options->rows ? options->row_count : otherwise;
  input->learning_rate = options->learning_rate > 0.0 ? options->learning_rate
                         : rate > 0.0                 ? rate
                                                      : RATE;
  CR_TRY(cr_explain_check_size(input->net, input->count));
  input->target.draws = (cr_draws){.dropout = 0.0};
  input->target.label_smoothing = 0.0;
  input->target.row_weights = NULL;
  return cr_trace_create(input, out);
}

/* --- a case ----------------------------------------------------------------------------------- */

static cr_status explain_case(const cr_case *c, const cr_explain_options *options,
                              cr_explanation **out) {
  cr_explain_options o;
  cr_trace *trace = NULL;
  CR_TRY(cr_explain_options_check(options, c->rows, &o));
  cr_trace_input input = {.net = c->net,
                          .target = c->target,
                          .parameters = c->parameters.values,
                          .x = c->x.values,
                          .y = c->y.values};
  CR_TRY(cr_explain_trace(&input, &o, c->learning_rate, c->rows, &trace));
  cr_status status =
      cr_document_clean(c->name && c->name[0] ? c->name : c->file, &trace->names.title);
  if (status == CR_OK) return cr_explanation_create(trace, &o, out);
  cr_trace_destroy(trace);
  return status;
}

cr_status cr_explain_case_text(const char *name, const char *text, size_t size,
                               const cr_explain_options *options, cr_explanation **out) {
  cr_case c;
  *out = NULL;
  CR_TRY(cr_case_parse(name, text, size, &c));
  const cr_status status = explain_case(&c, options, out);
  cr_case_free(&c);
  return status;
}

cr_status cr_explain_case(const char *path, const cr_explain_options *options,
                          cr_explanation **out) {
  char *text = NULL;
  size_t size = 0;
  *out = NULL;
  CR_TRY(cr_file_read(path, CR_CASE_MAX_BYTES, &text, &size));
  const cr_status status = cr_explain_case_text(path, text, size, options, out);
  cr_free(text);
  return status;
}

/* --- a network -------------------------------------------------------------------------------- */

static cr_status check_matrix(const char *name, cr_const_matrix m, size_t rows, size_t cols) {
  if (m.data && m.rows == rows && m.cols == cols && m.stride >= cols && rows > 0) return CR_OK;
  return cr_fail(CR_ERR_SHAPE, "%s is %zu×%zu, expected %zu×%zu", name, m.rows, m.cols, rows, cols);
}

cr_status cr_explain_widen(cr_const_matrix m, double **out) {
  size_t count = 0;
  void *block = NULL;
  CR_TRY(cr_size_product(m.rows, m.cols, &count));
  CR_TRY(cr_alloc(count, sizeof **out, &block));
  *out = block;
  for (size_t r = 0; r < m.rows; r++) {
    for (size_t c = 0; c < m.cols; c++) (*out)[r * m.cols + c] = (double)m.data[r * m.stride + c];
  }
  return CR_OK;
}

static cr_status resolve(const cr_net *net, const cr_objective *objective,
                         cr_target_function *out) {
  cr_objective o;
  if (objective) return cr_objective_resolve(net, objective, out);
  cr_objective_init(&o);
  o.loss =
      cr_loss_of_output(net->spec.layers[net->spec.count - 1].activation->part.name)->part.name;
  return cr_objective_resolve(net, &o, out);
}

cr_status cr_explain_net(const cr_net *net, const cr_objective *objective, cr_const_matrix x,
                         cr_const_matrix y, const cr_explain_options *options,
                         cr_explanation **out) {
  cr_explain_options o;
  cr_trace *trace = NULL;
  double *x_values = NULL, *y_values = NULL;
  cr_trace_input input = {.net = net};
  *out = NULL;
  CR_TRY(check_matrix("x", x, x.rows, cr_net_inputs(net)));
  CR_TRY(check_matrix("y", y, x.rows, cr_net_outputs(net)));
  CR_TRY(cr_explain_options_check(options, x.rows, &o));
  CR_TRY(resolve(net, objective, &input.target));
  cr_status status = cr_explain_widen(x, &x_values);
  if (status == CR_OK) status = cr_explain_widen(y, &y_values);
  input.x = x_values;
  input.y = y_values;
  if (status == CR_OK) status = cr_explain_trace(&input, &o, 0.0, x.rows, &trace);
  if (status == CR_OK) status = cr_copy_text(cr_net_spec(net), &trace->names.title);
  cr_free(x_values);
  cr_free(y_values);
  if (status == CR_OK) return cr_explanation_create(trace, &o, out);
  cr_trace_destroy(trace);
  return status;
}
