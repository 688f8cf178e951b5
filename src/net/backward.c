#include <math.h>

#include "net/pass.h"

/* Sums kept side by side, so that an addition need not wait for the one before it. */
#define LANES 8

double cr_loss_sum(const cr_net *net, const cr_workspace *work, const cr_target_function *target,
                   cr_const_matrix y) {
  const size_t last = net->spec.count - 1;
  const float *output = target->fused ? work->z[last] : work->a[last];
  double sum = 0.0;
  for (size_t r = 0; r < y.rows; ++r) {
    const float *row = output + r * y.cols, *wanted = y.data + r * y.stride;
    sum += target->fused ? target->loss->fused_value(row, wanted, 1, y.cols)
                         : target->loss->value(row, wanted, 1, y.cols);
  }
  return sum;
}

/* dz of the last layer, row by row since the rows of y may lie apart. */
static void output_gradient(const cr_net *net, cr_workspace *work, const cr_target_function *target,
                            cr_const_matrix y) {
  const size_t last = net->spec.count - 1, cols = y.cols;
  const cr_activation *activation = net->spec.layers[last].activation;
  const float weight = target->mean ? 1.0f / (float)y.rows : 1.0f;
  for (size_t r = 0; r < y.rows; ++r) {
    const float *wanted = y.data + r * y.stride;
    const float *z = work->z[last] + r * cols, *a = work->a[last] + r * cols;
    float *da = work->da + r * cols, *dz = work->dz[last] + r * cols;
    if (target->fused) {
      target->loss->fused_gradient(dz, a, wanted, weight, 1, cols); /* (eq L3, L4) dz = a - y */
    } else {
      target->loss->gradient(da, a, wanted, weight, 1, cols); /* (eq B1) da = dJ/da */
      activation->backward(dz, da, z, a, 1, cols);            /* (eq B2) dz = J_f^T da */
    }
  }
}

/* dw and db of layer l from its dz; a_prev (rows, in) may be strided. */
static void parameter_gradient(const cr_net *net, cr_workspace *work, size_t l,
                               cr_const_matrix a_prev) {
  const cr_layer_spec *layer = &net->spec.layers[l];
  /* (eq B3) dw (in,out) = a_prev^T (in,rows) dz (rows,out); the transpose is a matter of strides */
  const cr_product product = {
      .m = layer->inputs,
      .n = layer->outputs,
      .k = a_prev.rows,
      .a = a_prev.data,
      .a_row = 1,
      .a_col = a_prev.stride,
      .b = work->dz[l],
      .b_stride = layer->outputs,
      .c = work->gradient + net->views[l].weight,
      .c_stride = layer->outputs,
  };
  cr_multiply(work->kernel, work->pool, &product);
  /* (eq B4) db (out) = column sums of dz (rows,out) */
  work->kernel->column_sums(work->gradient + net->views[l].bias, work->dz[l], a_prev.rows,
                            layer->outputs);
}

/* dz of layer l - 1 from that of layer l. */
static void hidden_gradient(const cr_net *net, cr_workspace *work, size_t l) {
  const cr_layer_spec *layer = &net->spec.layers[l], *below = &net->spec.layers[l - 1];
  /* (eq B5) da_prev (rows,in) = dz (rows,out) w^T (out,in) */
  work->kernel->transpose(work->transposed, net->parameters + net->views[l].weight, layer->inputs,
                          layer->outputs);
  const cr_product product = {
      .m = work->rows,
      .n = layer->inputs,
      .k = layer->outputs,
      .a = work->dz[l],
      .a_row = layer->outputs,
      .a_col = 1,
      .b = work->transposed,
      .b_stride = layer->inputs,
      .c = work->da,
      .c_stride = layer->inputs,
  };
  cr_multiply(work->kernel, work->pool, &product);
  /* (eq B2) dz (rows,in) = J_f^T da */
  below->activation->backward(work->dz[l - 1], work->da, work->z[l - 1], work->a[l - 1], work->rows,
                              below->outputs);
}

/* (eq R1) l2/(2n) sum w^2 and l2/n w to the gradient; weights (count), biases are left alone */
static double add_l2(float *restrict dw, const float *restrict w, size_t count, double scale) {
  const float factor = (float)scale;
  for (size_t i = 0; i < count; ++i) dw[i] += factor * w[i];
  double lanes[LANES] = {0}, sum = 0.0;
  for (size_t i = 0; i < count; ++i) lanes[i % LANES] += (double)w[i] * (double)w[i];
  for (size_t i = 0; i < LANES; ++i) sum += lanes[i];
  return 0.5 * scale * sum;
}

/* (eq R2) l1/(2n) sum |w| and l1/(2n) sign(w) to the gradient, with sign(0) = 0 */
static double add_l1(float *restrict dw, const float *restrict w, size_t count, double scale) {
  const float factor = (float)(0.5 * scale);
  for (size_t i = 0; i < count; ++i) {
    dw[i] += (w[i] > 0.0f ? factor : 0.0f) - (w[i] < 0.0f ? factor : 0.0f);
  }
  double lanes[LANES] = {0}, sum = 0.0;
  for (size_t i = 0; i < count; ++i) lanes[i % LANES] += fabs((double)w[i]);
  for (size_t i = 0; i < LANES; ++i) sum += lanes[i];
  return 0.5 * scale * sum;
}

double cr_backward_pass(const cr_net *net, cr_workspace *work, const cr_target_function *target,
                        cr_const_matrix x, cr_const_matrix y) {
  const double n = (double)x.rows;
  cr_forward_pass(net, work, x);
  double cost = cr_loss_sum(net, work, target, y) / (target->mean ? n : 1.0);
  output_gradient(net, work, target, y);
  for (size_t l = net->spec.count; l-- > 0;) {
    parameter_gradient(net, work, l, l > 0 ? cr_workspace_a(work, l - 1) : x);
    if (l > 0) hidden_gradient(net, work, l);
  }
  work->dz_rows = x.rows;
  const size_t weights = net->weight_count;
  if (target->l2 > 0.0) cost += add_l2(work->gradient, net->parameters, weights, target->l2 / n);
  if (target->l1 > 0.0) cost += add_l1(work->gradient, net->parameters, weights, target->l1 / n);
  return cost;
}

cr_status cr_net_backward(const cr_net *net, cr_workspace *work, const cr_objective *objective,
                          cr_const_matrix x, cr_const_matrix y, double *cost) {
  cr_target_function target;
  CR_TRY(cr_pass_check_workspace(net, work));
  CR_TRY(cr_objective_resolve(net, objective, &target));
  if (x.rows == 0 || x.rows > work->max_rows) {
    return cr_fail(CR_ERR_SHAPE, "x has %zu rows, expected 1 to %zu", x.rows, work->max_rows);
  }
  CR_TRY(cr_pass_check_matrix("x", x, x.rows, cr_net_inputs(net)));
  CR_TRY(cr_pass_check_matrix("y", y, x.rows, cr_net_outputs(net)));
  *cost = cr_backward_pass(net, work, &target, x, y);
  return CR_OK;
}
