#include "base/alloc.h"
#include "base/options.h"
#include "base/size.h"
#include "net/network.h"

void cr_workspace_options_init_sized(cr_workspace_options *options, size_t size) {
  static const cr_workspace_options defaults = {.max_rows = 1, .threads = 1};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

/* (max_rows, width) floats; a width is at most 2^24, so that the size of a row does not wrap. */
static float *take_matrix(cr_arena *arena, size_t rows, size_t width) {
  return cr_arena_take(arena, rows, width * sizeof(float));
}

/* Run twice: over an arena that only measures, where all pointers are NULL, and over the real. */
static void workspace_layout(cr_workspace *work, const cr_net *net, cr_arena *arena) {
  const size_t layers = net->spec.count;
  work->outputs = cr_arena_take(arena, layers, sizeof *work->outputs);
  work->activations = cr_arena_take(arena, layers, sizeof *work->activations);
  work->z = cr_arena_take(arena, layers, sizeof *work->z);
  work->a = cr_arena_take(arena, layers, sizeof *work->a);
  work->dz = cr_arena_take(arena, layers, sizeof *work->dz);
  work->fed = cr_arena_take(arena, layers, sizeof *work->fed);
  work->mask = cr_arena_take(arena, layers, sizeof *work->mask);
  work->masked = cr_arena_take(arena, layers, sizeof *work->masked);
  size_t widest = 0;
  for (size_t l = 0; l < layers; ++l) {
    const cr_layer_spec *layer = &net->spec.layers[l];
    float *z = take_matrix(arena, work->max_rows, layer->outputs);
    float *a = take_matrix(arena, work->max_rows, layer->outputs);
    float *dz = take_matrix(arena, work->max_rows, layer->outputs);
    float *mask = work->draws ? take_matrix(arena, work->max_rows, layer->inputs) : NULL;
    float *masked = work->draws ? take_matrix(arena, work->max_rows, layer->inputs) : NULL;
    widest = cr_size_max(widest, layer->outputs);
    if (!work->z) continue;
    work->z[l] = z;
    work->a[l] = a;
    work->dz[l] = dz;
    work->mask[l] = mask;
    work->masked[l] = masked;
    work->outputs[l] = layer->outputs;
    work->activations[l] = cr_activation_for(layer->activation, work->kernel->level);
  }
  work->wanted = take_matrix(arena, work->max_rows, net->spec.layers[layers - 1].outputs);
  work->losses = cr_arena_take(arena, work->max_rows, sizeof *work->losses);
  work->gradient = cr_arena_take(arena, net->parameter_count, sizeof *work->gradient);
}

static cr_status workspace_fill(cr_workspace *work, const cr_net *net,
                                const cr_workspace_options *options) {
  work->max_rows = options->max_rows;
  work->layers = net->spec.count;
  work->inputs = net->spec.inputs;
  work->draws = options->draws;
  CR_TRY(cr_kernel_find(options->kernel, &work->kernel));
  CR_TRY(cr_pool_create(options->threads, &work->pool));
  cr_arena measured;
  cr_arena_measure(&measured);
  workspace_layout(work, net, &measured);
  CR_TRY(cr_arena_create(&measured, &work->arena));
  workspace_layout(work, net, &work->arena);
  return CR_OK;
}

cr_status cr_workspace_create(const cr_net *net, const cr_workspace_options *options,
                              cr_workspace **out) {
  *out = NULL;
  cr_workspace_options o;
  cr_workspace_options_init(&o);
  CR_TRY(cr_options_copy(&o, sizeof o, options, "cr_workspace_options_init"));
  if (o.max_rows == 0) {
    return cr_fail(CR_ERR_ARGUMENT, "max_rows is 0, expected at least 1");
  }
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_workspace), &block));
  cr_workspace *work = block;
  const cr_status status = workspace_fill(work, net, &o);
  if (status != CR_OK) {
    cr_workspace_destroy(work);
    return status;
  }
  *out = work;
  return CR_OK;
}

void cr_workspace_destroy(cr_workspace *work) {
  if (!work) return;
  cr_pool_destroy(work->pool);
  cr_arena_destroy(&work->arena);
  cr_free(work);
}

const char *cr_workspace_kernel(const cr_workspace *work) {
  return work->kernel->name;
}

const float *cr_workspace_gradient(const cr_workspace *work) {
  return work->gradient;
}

static cr_const_matrix layer_matrix(const cr_workspace *work, float *const *matrices, size_t index,
                                    size_t rows) {
  if (index >= work->layers || rows == 0) return (cr_const_matrix){0};
  const size_t cols = work->outputs[index];
  return (cr_const_matrix){matrices[index], rows, cols, cols};
}

cr_const_matrix cr_workspace_z(const cr_workspace *work, size_t index) {
  return layer_matrix(work, work->z, index, work->rows);
}

cr_const_matrix cr_workspace_a(const cr_workspace *work, size_t index) {
  return layer_matrix(work, work->a, index, work->rows);
}

cr_const_matrix cr_workspace_dz(const cr_workspace *work, size_t index) {
  return layer_matrix(work, work->dz, index, work->dz_rows);
}
