/* Forward with what is drawn while learning: noise on the inputs, units left out. */
#include "base/size.h"
#include "net/pass.h"

/* Fewer draws (some 10 µs) in a part cost more to hand over than they save. */
enum { DRAWS_PER_PART = 1 << 14 };

/* What is drawn for the input of a layer, by several threads. */
typedef struct drawing {
  cr_workspace *work;
  const cr_draws *draws;
  size_t layer;
  cr_const_matrix a_prev; /* (rows, inputs) */
  bool noisy, masks;
  size_t parts;
} drawing;

/* (eq R4, R3) Row r of what the layer is fed: a_prev with noise, less what is left out. */
static void draw_row(const drawing *d, size_t r) {
  const size_t cols = d->a_prev.cols;
  const cr_kernel *kernel = d->work->kernel;
  const float *restrict from = d->a_prev.data + r * d->a_prev.stride;
  float *restrict to = d->work->masked[d->layer] + r * cols;
  if (d->noisy) cr_draws_noise(d->draws, kernel, r, cols, to);
  for (size_t i = 0; i < cols; ++i) to[i] = d->noisy ? from[i] + to[i] : from[i];
  if (!d->masks) return;
  float *restrict mask = d->work->mask[d->layer] + r * cols;
  cr_draws_mask(d->draws, kernel, d->layer, r, cols, mask);
  for (size_t i = 0; i < cols; ++i) to[i] *= mask[i];
}

static void draw_part(void *context, size_t part) {
  const drawing *d = context;
  const size_t rows = d->a_prev.rows, end = rows * (part + 1) / d->parts;
  for (size_t r = rows * part / d->parts; r < end; ++r) draw_row(d, r);
}

/* What layer l is fed: a_prev itself where nothing is drawn. */
static cr_const_matrix draw_input(cr_workspace *work, const cr_draws *draws, size_t l,
                                  cr_const_matrix a_prev) {
  const size_t rows = a_prev.rows, cols = a_prev.cols;
  const size_t parts = cr_size_min(rows * cols / DRAWS_PER_PART, cr_pool_threads(work->pool));
  drawing d = {.work = work,
               .draws = draws,
               .layer = l,
               .a_prev = a_prev,
               .noisy = l == 0 && draws->input_noise > 0.0,
               .masks = cr_draws_share(draws, l) > 0.0,
               .parts = cr_size_max(parts, 1)};
  if (!d.noisy && !d.masks) return a_prev;
  cr_pool_run(work->pool, d.parts, draw_part, &d);
  return (cr_const_matrix){work->masked[l], rows, cols, cols};
}

void cr_pass_forward_drawn(const cr_net *net, cr_workspace *work, const cr_draws *draws,
                           cr_const_matrix x) {
  work->rows = x.rows;
  work->dz_rows = 0;
  for (size_t l = 0; l < net->spec.count; ++l) {
    const cr_const_matrix a_prev = l > 0 ? cr_workspace_a(work, l - 1) : x;
    cr_pass_layer(net, work, l, draw_input(work, draws, l, a_prev));
  }
}
