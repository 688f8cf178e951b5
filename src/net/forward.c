#include <string.h>

#include "base/size.h"
#include "net/pass.h"

/* So many inputs (4 MB) do not stay in a core's own caches between their making and their use. */
enum { FAR_VALUES = 1 << 20 };

cr_status cr_pass_check_workspace(const cr_net *net, const cr_workspace *work) {
  bool fits = work->layers == net->spec.count && work->inputs == net->spec.inputs;
  for (size_t l = 0; fits && l < work->layers; ++l) {
    fits = work->outputs[l] == net->spec.layers[l].outputs;
  }
  return fits ? CR_OK
              : cr_fail(CR_ERR_SHAPE, "the workspace was made for another network than %.200s",
                        net->text);
}

cr_status cr_pass_check_matrix(const char *name, cr_const_matrix m, size_t rows, size_t cols) {
  if (m.rows != rows) {
    return cr_fail(CR_ERR_SHAPE, "%s has %zu rows, expected %zu", name, m.rows, rows);
  }
  if (m.cols != cols) {
    return cr_fail(CR_ERR_SHAPE, "%s has %zu columns, expected %zu", name, m.cols, cols);
  }
  if (m.stride < cols) {
    return cr_fail(CR_ERR_SHAPE, "%s has rows %zu apart, expected at least %zu", name, m.stride,
                   cols);
  }
  return m.data || rows == 0 ? CR_OK : cr_fail(CR_ERR_SHAPE, "%s has no data", name);
}

/* Entries of z on their way to a. */
typedef struct activating {
  const cr_activation *activation;
  const float *z; /* (rows, outputs) */
  float *a;       /* (rows, outputs) */
  size_t outputs;
} activating;

/* (eq F2) a (rows,out) = f(z), for a block of z that has just been computed */
static void activate(void *context, size_t row, size_t rows, size_t col, size_t cols) {
  const activating *f = context;
  const size_t first = row * f->outputs + col;
  f->activation->forward(f->a + first, f->z + first, rows, cols, f->outputs);
}

/* Rows [first, first + fed.rows) of z and a of layer l. `far`: fed is in no cache. */
static void run_layer(const cr_net *net, const cr_workspace *work, cr_pool *pool, size_t l,
                      size_t first, cr_const_matrix fed, bool far) {
  const cr_layer_spec *layer = &net->spec.layers[l];
  float *z = work->z[l] + first * layer->outputs, *a = work->a[l] + first * layer->outputs;
  activating f = {work->activations[l], z, a, layer->outputs};
  const bool at_once = !f.activation->rowwise;
  /* (eq F1) z (rows,out) = a_prev (rows,in) w (in,out) + b (out) */
  const cr_product product = {
      .m = fed.rows,
      .n = layer->outputs,
      .k = layer->inputs,
      .a = fed.data,
      .a_row = fed.stride,
      .a_col = 1,
      .b = net->parameters + net->views[l].weight,
      .b_row = layer->outputs,
      .b_col = 1,
      .bias = net->parameters + net->views[l].bias,
      .c = z,
      .c_stride = layer->outputs,
      .a_far = far,
      .finish = at_once ? activate : NULL,
      .context = &f,
  };
  cr_multiply(work->kernel, pool, &product);
  if (!at_once) activate(&f, 0, fed.rows, 0, layer->outputs);
}

static void pass_layer(const cr_net *net, cr_workspace *work, size_t l, cr_const_matrix fed,
                       bool far) {
  run_layer(net, work, work->pool, l, 0, fed, far);
  work->fed[l] = fed;
}

void cr_pass_layer(const cr_net *net, cr_workspace *work, size_t l, cr_const_matrix fed) {
  pass_layer(net, work, l, fed, false);
}

static void run_all(const cr_net *net, cr_workspace *work, cr_const_matrix x, bool far) {
  work->rows = x.rows;
  work->dz_rows = 0;
  for (size_t l = 0; l < net->spec.count; ++l) {
    pass_layer(net, work, l, l > 0 ? cr_workspace_a(work, l - 1) : x, far && l == 0);
  }
}

void cr_forward_pass(const cr_net *net, cr_workspace *work, cr_const_matrix x) {
  run_all(net, work, x, false);
}

void cr_forward_rows(const cr_net *net, const cr_workspace *work, size_t first, cr_const_matrix x) {
  cr_const_matrix fed = x;
  for (size_t l = 0; l < net->spec.count; ++l) {
    run_layer(net, work, NULL, l, first, fed, false);
    const size_t outputs = net->spec.layers[l].outputs;
    fed = (cr_const_matrix){work->a[l] + first * outputs, x.rows, outputs, outputs};
  }
}

cr_status cr_net_forward(const cr_net *net, cr_workspace *work, cr_const_matrix x, cr_matrix y) {
  const size_t last = net->spec.count - 1, outputs = cr_net_outputs(net);
  CR_TRY(cr_pass_check_workspace(net, work));
  CR_TRY(cr_pass_check_matrix("x", x, x.rows, cr_net_inputs(net)));
  const cr_const_matrix target = {y.data, y.rows, y.cols, y.stride};
  CR_TRY(cr_pass_check_matrix("y", target, x.rows, outputs));
  for (size_t first = 0; first < x.rows; first += work->max_rows) {
    const size_t rows = cr_size_min(work->max_rows, x.rows - first);
    const cr_const_matrix block = {x.data + first * x.stride, rows, x.cols, x.stride};
    run_all(net, work, block, x.rows * x.cols >= FAR_VALUES);
    for (size_t r = 0; r < rows; ++r) {
      memcpy(y.data + (first + r) * y.stride, work->a[last] + r * outputs,
             outputs * sizeof *y.data);
    }
  }
  return CR_OK;
}
