/* A model at work on one row at a time, from memory to memory. */
#include "model/predictor.h"

#include "base/alloc.h"
#include "model/values.h"

struct cr_predictor {
  const cr_model *model; /* borrowed */
  cr_workspace *work;
  cr_row_scaling scaling;
  float *x, *y;          /* (inputs), (outputs) */
  size_t inputs, values; /* how many go in and come out */
};

static cr_status take_memory(cr_predictor *predictor, const char *kernel) {
  const cr_net *net = predictor->model->net;
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.kernel = kernel;
  CR_TRY(cr_workspace_create(net, &options, &predictor->work));
  CR_TRY(cr_row_scaling_create(predictor->model->encoder, &predictor->scaling));
  void *block = NULL;
  CR_TRY(cr_alloc(cr_net_inputs(net), sizeof *predictor->x, &block));
  predictor->x = block;
  CR_TRY(cr_alloc(cr_net_outputs(net), sizeof *predictor->y, &block));
  predictor->y = block;
  return CR_OK;
}

cr_status cr_predictor_create_on(const cr_model *model, const char *kernel, cr_predictor **out) {
  void *block = NULL;
  *out = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_predictor), &block));
  cr_predictor *predictor = block;
  predictor->model = model;
  predictor->inputs = cr_encoder_values(model->encoder);
  predictor->values = cr_value_count(model);
  const cr_status status = take_memory(predictor, kernel);
  if (status == CR_OK)
    *out = predictor;
  else
    cr_predictor_destroy(predictor);
  return status;
}

cr_status cr_predictor_create(const cr_model *model, cr_predictor **out) {
  return cr_predictor_create_on(model, NULL, out);
}

void cr_predictor_destroy(cr_predictor *predictor) {
  if (!predictor) return;
  cr_workspace_destroy(predictor->work);
  cr_row_scaling_free(&predictor->scaling);
  cr_free(predictor->x);
  cr_free(predictor->y);
  cr_free(predictor);
}

static cr_status check_count(const char *what, size_t found, size_t expected) {
  if (found == expected) return CR_OK;
  return cr_fail(CR_ERR_SHAPE, "found %zu %s%s, this model has %zu", found, what,
                 found == 1 ? "" : "s", expected);
}

cr_status cr_predictor_run(cr_predictor *predictor, const double *inputs, size_t input_count,
                           double *values, size_t value_count) {
  const cr_net *net = predictor->model->net;
  const size_t width = cr_net_inputs(net), outputs = cr_net_outputs(net);
  CR_TRY(check_count("input", input_count, predictor->inputs));
  CR_TRY(check_count("output value", value_count, predictor->values));
  CR_TRY(cr_encoder_row(predictor->model->encoder, &predictor->scaling, inputs, predictor->x));
  CR_TRY(cr_net_forward(net, predictor->work, (cr_const_matrix){predictor->x, 1, width, width},
                        (cr_matrix){predictor->y, 1, outputs, outputs}));
  cr_values_of(predictor->model, predictor->y, values);
  return cr_values_check(values, value_count, NULL, 0);
}
