#include <assert.h>
#include <math.h>

#include "net/norm.h"
#include "net/pass.h"

/* Sums kept side by side, so that an addition need not wait for the one before it. */
enum { LANES = 8 };

/*
 * (eq L7) Targets as they are learned from, in consecutive rows (y.rows, outputs): y <- (1 - e) y +
 * e/K; a single output stands for two classes.
 */
static const float *targets(const cr_workspace *work, double smoothing, cr_const_matrix y) {
  if (smoothing <= 0.0 && y.stride == y.cols) return y.data;
  const float kept = (float)(1.0 - smoothing);
  const float share = (float)(smoothing / (y.cols > 1 ? (double)y.cols : 2.0));
  for (size_t r = 0; r < y.rows; ++r) {
    const float *restrict from = y.data + r * y.stride;
    float *restrict to = work->wanted + r * y.cols;
    for (size_t k = 0; k < y.cols; ++k) to[k] = kept * from[k] + share;
  }
  return work->wanted;
}

void cr_loss_rows(const cr_workspace *work, const cr_target_function *target, size_t first,
                  const float *y, size_t rows) {
  const cr_loss *loss = cr_loss_for(target->loss, work->kernel->level);
  const size_t last = work->layers - 1, cols = work->outputs[last];
  const float *a = work->a[last] + first * cols;
  if (target->fused) {
    loss->fused_value(work->losses + first, work->z[last] + first * cols, a, y, rows, cols);
  } else {
    loss->value(work->losses + first, a, y, rows, cols);
  }
}

/* The loss of the rows, summed; (eq L8) that of row r counts w_r times. y as of targets. */
static double data_loss(const cr_workspace *work, const cr_target_function *target, const float *y,
                        size_t rows) {
  cr_loss_rows(work, target, 0, y, rows);
  double sum = 0.0;
  for (size_t r = 0; r < rows; ++r) {
    const double times = target->row_weights ? (double)target->row_weights[r] : 1.0;
    sum += times * work->losses[r];
  }
  return sum;
}

/* The loss of the rows, summed, and dz of the last layer. */
static double output_gradient(cr_workspace *work, const cr_target_function *target,
                              cr_const_matrix y) {
  const cr_loss *loss = cr_loss_for(target->loss, work->kernel->level);
  const size_t last = work->layers - 1, rows = y.rows, cols = y.cols;
  const float *z = work->z[last], *a = work->a[last];
  const float *wanted = targets(work, target->label_smoothing, y);
  const float share = target->mean ? 1.0f / (float)rows : 1.0f;
  float *dz = work->dz[last];
  if (target->fused) {
    loss->fused_gradient(dz, a, wanted, share, rows, cols); /* (eq L3, L4) dz = a - y */
  } else {
    loss->gradient(dz, a, wanted, share, rows, cols);              /* (eq B1) da = dJ/da */
    work->activations[last]->backward(dz, z, a, rows, cols, cols); /* (eq B2) dz = J_f^T da */
  }
  for (size_t r = 0; target->row_weights && r < rows; ++r) {
    for (size_t k = 0; k < cols; ++k) dz[r * cols + k] *= target->row_weights[r]; /* (eq L8) */
  }
  return data_loss(work, target, wanted, rows);
}

/* Blocks of a layer's dw on their way to a sink. */
typedef struct delivery {
  const cr_gradient_sink *sink;
  const float *dw; /* (inputs, outputs) */
  size_t first;    /* its place among the parameters */
} delivery;

/* Whole rows of dw: neighbours in memory. */
static void deliver(void *context, size_t row, size_t rows, size_t col, size_t cols) {
  const delivery *d = context;
  const size_t first = row * cols;
  (void)col;
  d->sink->take(d->sink->context, d->dw + first, d->first + first, rows * cols);
}

/*
 * dw and db of layer l from its dz and what it was fed, whose rows may lie apart; `sink` may be
 * NULL.
 */
static void parameter_gradient(const cr_net *net, cr_workspace *work, size_t l,
                               const cr_gradient_sink *sink) {
  const cr_layer_spec *layer = &net->spec.layers[l];
  const cr_view view = net->views[l];
  const cr_const_matrix a_prev = work->fed[l];
  delivery to_sink = {sink, work->gradient + view.weight, view.weight};
  /* (eq B3) dw (in,out) = a_prev^T (in,rows) dz (rows,out); the transpose is a matter of strides */
  const cr_product product = {
      .m = layer->inputs,
      .n = layer->outputs,
      .k = a_prev.rows,
      .a = a_prev.data,
      .a_row = 1,
      .a_col = a_prev.stride,
      .b = work->dz[l],
      .b_row = layer->outputs,
      .b_col = 1,
      .c = work->gradient + view.weight,
      .c_stride = layer->outputs,
      .whole_rows = sink != NULL,
      .finish = sink ? deliver : NULL,
      .context = &to_sink,
  };
  cr_multiply(work->kernel, work->pool, &product);
  /* (eq B4) db (out) = column sums of dz (rows,out) */
  float *db = work->gradient + view.bias;
  work->kernel->column_sums(db, work->dz[l], a_prev.rows, layer->outputs);
  if (sink) sink->take(sink->context, db, view.bias, layer->outputs);
}

static void multiply_by(float *restrict a, const float *restrict b, size_t count) {
  for (size_t i = 0; i < count; ++i) a[i] *= b[i];
}

/* Entries of da on their way to dz. */
typedef struct deriving {
  const cr_activation *activation;
  const float *z, *a, *mask; /* (rows, outputs); mask NULL: nothing was left out */
  float *d;                  /* (rows, outputs): da, which becomes dz */
  size_t outputs;
} deriving;

/* A block of da that has just been computed. */
static void derive(void *context, size_t row, size_t rows, size_t col, size_t cols) {
  const deriving *f = context;
  const size_t stride = f->outputs, first = row * stride + col;
  /* (eq R3) the next layer was fed a * mask, so da is widened and left out alike */
  for (size_t r = 0; f->mask && r < rows; ++r) {
    multiply_by(f->d + first + r * stride, f->mask + first + r * stride, cols);
  }
  /* (eq B2) dz = J_f^T da */
  f->activation->backward(f->d + first, f->z + first, f->a + first, rows, cols, stride);
}

/* dz of layer l - 1 from that of layer l. */
static void hidden_gradient(const cr_net *net, cr_workspace *work, const cr_target_function *target,
                            size_t l) {
  const cr_layer_spec *layer = &net->spec.layers[l];
  deriving f = {.activation = work->activations[l - 1],
                .z = work->z[l - 1],
                .a = work->a[l - 1],
                .mask = target->draws.dropout > 0.0 ? work->mask[l] : NULL,
                .d = work->dz[l - 1],
                .outputs = layer->inputs};
  const bool at_once = !f.activation->rowwise;
  /* (eq B5) da_prev (rows,in) = dz (rows,out) w^T (out,in), the transpose by strides again */
  const cr_product product = {
      .m = work->rows,
      .n = layer->inputs,
      .k = layer->outputs,
      .a = work->dz[l],
      .a_row = layer->outputs,
      .a_col = 1,
      .b = net->parameters + net->views[l].weight,
      .b_row = 1,
      .b_col = layer->outputs,
      .c = f.d,
      .c_stride = layer->inputs,
      .finish = at_once ? derive : NULL,
      .context = &f,
  };
  cr_multiply(work->kernel, work->pool, &product);
  if (!at_once) derive(&f, 0, work->rows, 0, layer->inputs);
}

/* (eq R1) l2/(2n) sum w^2 and l2/n w to the gradient; weights (count), biases are left alone */
static double add_l2(float *restrict dw, const float *restrict w, size_t count, double scale) {
  const float factor = (float)scale;
  for (size_t i = 0; i < count; ++i) dw[i] += factor * w[i];
  return 0.5 * scale * cr_square_sum(w, count);
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

/* Forward to the cost, without penalties, and to dz of the last layer. */
static cr_pass_cost run_to_cost(const cr_net *net, cr_workspace *work,
                                const cr_target_function *target, cr_const_matrix x,
                                cr_const_matrix y) {
  if (cr_draws_any(&target->draws)) {
    cr_pass_forward_drawn(net, work, &target->draws, x);
  } else {
    cr_forward_pass(net, work, x);
  }
  const double loss = output_gradient(work, target, y);
  return (cr_pass_cost){loss, target->mean ? loss / (double)x.rows : loss};
}

/* From dz of the last layer back to the first; `sink` may be NULL. */
static void run_back(const cr_net *net, cr_workspace *work, const cr_target_function *target,
                     const cr_gradient_sink *sink) {
  for (size_t l = net->spec.count; l-- > 0;) {
    if (l > 0) hidden_gradient(net, work, target, l); /* with w as it was, before the sink has dw */
    parameter_gradient(net, work, l, sink);
  }
  work->dz_rows = work->rows;
}

cr_pass_cost cr_backward_pass(const cr_net *net, cr_workspace *work,
                              const cr_target_function *target, cr_const_matrix x,
                              cr_const_matrix y) {
  const double n = (double)x.rows;
  const size_t weights = net->weight_count;
  cr_pass_cost pass = run_to_cost(net, work, target, x, y);
  run_back(net, work, target, NULL);
  if (target->l2 > 0.0)
    pass.cost += add_l2(work->gradient, net->parameters, weights, target->l2 / n);
  if (target->l1 > 0.0)
    pass.cost += add_l1(work->gradient, net->parameters, weights, target->l1 / n);
  return pass;
}

cr_pass_cost cr_descent_pass(const cr_net *net, cr_workspace *work,
                             const cr_target_function *target, cr_const_matrix x, cr_const_matrix y,
                             const cr_gradient_sink *sink) {
  assert(target->l1 <= 0.0 && target->l2 <= 0.0);
  const cr_pass_cost pass = run_to_cost(net, work, target, x, y);
  if (isfinite(pass.cost)) run_back(net, work, target, sink);
  return pass;
}

static cr_status check_draws(const cr_workspace *work, const cr_target_function *target) {
  if (work->draws || !cr_draws_any(&target->draws)) return CR_OK;
  cr_fail(CR_ERR_ARGUMENT, "the workspace has no room for dropout or noise");
  return cr_fix("set draws in the options of the workspace");
}

static cr_status check_row_weights(const float *weights, size_t rows) {
  for (size_t r = 0; weights && r < rows; ++r) {
    if (weights[r] >= 0.0f && isfinite(weights[r])) continue;
    return cr_fail(CR_ERR_ARGUMENT, "row_weights[%zu] is %g, expected a number from 0", r,
                   (double)weights[r]);
  }
  return CR_OK;
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
  CR_TRY(check_draws(work, &target));
  CR_TRY(check_row_weights(target.row_weights, x.rows));
  *cost = cr_backward_pass(net, work, &target, x, y).cost;
  return CR_OK;
}
