#include "check/case_engine.h"

#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "base/size.h"
#include "ref/reference.h"

#define NUDGE_SEED 1

void cr_case_nudge(double *values, size_t count, uint32_t lane) {
  for (size_t i = 0; i < count; ++i) {
    const bool up = cr_random_bits(NUDGE_SEED, CR_STREAM_DATA, lane, i) & 1;
    values[i] *= up ? 1.0 + CR_CASE_UNIT : 1.0 - CR_CASE_UNIT;
  }
}

typedef struct float64_engine {
  cr_case_engine base;
  const double *x, *y;
  cr_reference *reference;
  bool nudged;
  uint32_t lane; /* of the next nudge */
  double data_loss, cost;
} float64_engine;

static void float64_start(cr_case_engine *engine, const double *parameters) {
  cr_reference_restart(((float64_engine *)engine)->reference, parameters);
}

static double float64_pass(cr_case_engine *engine) {
  float64_engine *e = (float64_engine *)engine;
  cr_reference_forward(e->reference, e->x);
  e->data_loss = cr_reference_data_loss(e->reference, e->y);
  e->cost = cr_reference_cost(e->reference, e->y);
  for (size_t l = 0; e->nudged && l < e->reference->spec->count; ++l) {
    cr_case_nudge(e->reference->a[l], e->reference->rows * e->reference->spec->layers[l].outputs,
                  e->lane++);
  }
  cr_reference_backward(e->reference, e->x, e->y);
  return e->cost;
}

static void float64_step(cr_case_engine *engine, const cr_optimizer *optimizer,
                         const cr_hyper *hyper, uint64_t t) {
  cr_reference_step(((float64_engine *)engine)->reference, optimizer, hyper, t);
}

static void float64_copy(const cr_case_engine *engine, cr_case_kind kind, size_t layer,
                         size_t count, double *out) {
  const float64_engine *e = (const float64_engine *)engine;
  const cr_reference *r = e->reference;
  const double *const arrays[] = {
      [CR_CASE_Z] = r->z[layer],
      [CR_CASE_A] = r->a[layer],
      [CR_CASE_DZ] = r->dz[layer],
      [CR_CASE_DW] = r->gradient + r->views[layer].weight,
      [CR_CASE_DB] = r->gradient + r->views[layer].bias,
      [CR_CASE_W] = r->parameters + r->views[layer].weight,
      [CR_CASE_B] = r->parameters + r->views[layer].bias,
      [CR_CASE_DATA_LOSS] = &e->data_loss,
      [CR_CASE_COST] = &e->cost,
  };
  memcpy(out, arrays[kind], count * sizeof *out);
}

static void float64_destroy(cr_case_engine *engine) {
  cr_reference_destroy(((float64_engine *)engine)->reference);
  cr_free(engine);
}

cr_status cr_case_engine_float64(const cr_case *c, const double *x, const double *y, bool nudged,
                                 cr_case_engine **out) {
  *out = NULL;
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(float64_engine), &block));
  float64_engine *e = block;
  e->base = (cr_case_engine){"float64",    float64_start, float64_pass,
                             float64_step, float64_copy,  float64_destroy};
  e->x = x;
  e->y = y;
  e->nudged = nudged;
  cr_status status = cr_reference_create(c->net, &c->target, c->rows, &e->reference);
  for (size_t m = 0; m < c->method_count && status == CR_OK; ++m) {
    const cr_optimizer *optimizer = c->methods[m].optimizer;
    if (optimizer) status = cr_reference_prepare(e->reference, optimizer);
  }
  if (status != CR_OK) {
    float64_destroy(&e->base);
    return status;
  }
  *out = &e->base;
  return CR_OK;
}

typedef struct float32_engine {
  cr_case_engine base;
  cr_net *net; /* borrowed from the case; its parameters are ours to change */
  cr_target_function target;
  cr_workspace *work;
  cr_arena arena;
  float *x, *y;
  size_t slots;                        /* the most that an optimiser of the case has */
  float *slot[CR_OPTIMIZER_MAX_SLOTS]; /* (parameters) each */
  double scalars[CR_OPTIMIZER_MAX_SCALARS];
  cr_const_matrix x_view, y_view;
  double data_loss, cost;
} float32_engine;

static void float32_start(cr_case_engine *engine, const double *parameters) {
  float32_engine *e = (float32_engine *)engine;
  const size_t count = e->net->parameter_count;
  for (size_t i = 0; i < count; ++i) e->net->parameters[i] = (float)parameters[i];
  for (size_t i = 0; i < e->slots; ++i) memset(e->slot[i], 0, count * sizeof *e->slot[i]);
  memset(e->scalars, 0, sizeof e->scalars);
}

static double float32_pass(cr_case_engine *engine) {
  float32_engine *e = (float32_engine *)engine;
  const cr_pass_cost pass = cr_backward_pass(e->net, e->work, &e->target, e->x_view, e->y_view);
  e->cost = pass.cost;
  e->data_loss = e->target.mean ? pass.loss / (double)e->x_view.rows : pass.loss;
  return e->cost;
}

static void float32_step(cr_case_engine *engine, const cr_optimizer *optimizer,
                         const cr_hyper *hyper, uint64_t t) {
  float32_engine *e = (float32_engine *)engine;
  const cr_step step = {.hyper = hyper,
                        .count = e->net->parameter_count,
                        .weights = e->net->weight_count,
                        .t = t,
                        .cost = e->cost,
                        .scalars = e->scalars};
  optimizer->step(e->net->parameters, e->slot, e->work->gradient, &step);
}

static void float32_copy(const cr_case_engine *engine, cr_case_kind kind, size_t layer,
                         size_t count, double *out) {
  const float32_engine *e = (const float32_engine *)engine;
  const cr_view *view = &e->net->views[layer];
  const float *const arrays[] = {
      [CR_CASE_Z] = e->work->z[layer],
      [CR_CASE_A] = e->work->a[layer],
      [CR_CASE_DZ] = e->work->dz[layer],
      [CR_CASE_DW] = e->work->gradient + view->weight,
      [CR_CASE_DB] = e->work->gradient + view->bias,
      [CR_CASE_W] = e->net->parameters + view->weight,
      [CR_CASE_B] = e->net->parameters + view->bias,
      [CR_CASE_DATA_LOSS] = NULL, /* sums are kept in double */
      [CR_CASE_COST] = NULL,
  };
  if (!arrays[kind]) {
    *out = kind == CR_CASE_COST ? e->cost : e->data_loss;
    return;
  }
  for (size_t i = 0; i < count; ++i) out[i] = (double)arrays[kind][i];
}

static void float32_destroy(cr_case_engine *engine) {
  float32_engine *e = (float32_engine *)engine;
  cr_workspace_destroy(e->work);
  cr_arena_destroy(&e->arena);
  cr_free(e);
}

/* Run twice: to measure, and to hand out. */
static void float32_layout(float32_engine *e, const cr_case *c, cr_arena *arena) {
  e->x = cr_arena_take(arena, c->x.count, sizeof *e->x);
  e->y = cr_arena_take(arena, c->y.count, sizeof *e->y);
  for (size_t i = 0; i < e->slots; ++i) {
    e->slot[i] = cr_arena_take(arena, c->net->parameter_count, sizeof *e->slot[i]);
  }
}

static cr_status float32_fill(float32_engine *e, const cr_case *c, const char *kernel) {
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = c->rows;
  options.kernel = kernel;
  CR_TRY(cr_workspace_create(c->net, &options, &e->work));
  for (size_t m = 0; m < c->method_count; ++m) {
    const cr_optimizer *optimizer = c->methods[m].optimizer;
    if (optimizer) e->slots = cr_size_max(e->slots, optimizer->slots);
  }
  cr_arena measured;
  cr_arena_measure(&measured);
  float32_layout(e, c, &measured);
  CR_TRY(cr_arena_create(&measured, &e->arena));
  float32_layout(e, c, &e->arena);
  for (size_t i = 0; i < c->x.count; ++i) e->x[i] = (float)c->x.values[i];
  for (size_t i = 0; i < c->y.count; ++i) e->y[i] = (float)c->y.values[i];
  const size_t inputs = cr_net_inputs(c->net), outputs = cr_net_outputs(c->net);
  e->x_view = (cr_const_matrix){e->x, c->rows, inputs, inputs};
  e->y_view = (cr_const_matrix){e->y, c->rows, outputs, outputs};
  return CR_OK;
}

cr_status cr_case_engine_float32(const cr_case *c, const char *kernel, cr_case_engine **out) {
  *out = NULL;
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(float32_engine), &block));
  float32_engine *e = block;
  e->base = (cr_case_engine){"float32",    float32_start, float32_pass,
                             float32_step, float32_copy,  float32_destroy};
  e->net = c->net;
  e->target = c->target;
  const cr_status status = float32_fill(e, c, kernel);
  if (status != CR_OK) {
    float32_destroy(&e->base);
    return status;
  }
  *out = &e->base;
  return CR_OK;
}

/* Takes down what is expected at this phase. */
static void collect(const cr_case *c, const cr_case_engine *engine, size_t phase,
                    const double *costs, double *out) {
  for (size_t i = 0; i < c->expected_count; ++i) {
    const cr_case_expected *e = &c->expected[i];
    if (e->phase != phase) continue;
    if (e->kind == CR_CASE_COSTS) {
      memcpy(out + e->offset, costs, e->count * sizeof *out);
    } else {
      engine->copy(engine, e->kind, e->layer, e->count, out + e->offset);
    }
  }
}

void cr_case_run(const cr_case *c, cr_case_engine *engine, const double *parameters, double *out) {
  const cr_optimizer *descent = cr_optimizer_at(0);
  cr_hyper hyper;
  cr_hyper_init(&hyper, descent);
  hyper.learning_rate = c->learning_rate;
  engine->start(engine, parameters);
  engine->pass(engine);
  collect(c, engine, CR_CASE_FIRST, NULL, out);
  engine->step(engine, descent, &hyper, 1);
  collect(c, engine, CR_CASE_AFTER_1, NULL, out);
  for (size_t m = 0; m < c->method_count; ++m) {
    const cr_case_method *method = &c->methods[m];
    if (!method->optimizer) continue;
    double costs[CR_CASE_STEPS + 1];
    engine->start(engine, parameters);
    for (size_t t = 0; t < CR_CASE_STEPS; ++t) {
      costs[t] = engine->pass(engine);
      engine->step(engine, method->optimizer, &method->hyper, t + 1);
    }
    costs[CR_CASE_STEPS] = engine->pass(engine);
    collect(c, engine, CR_CASE_AFTER_10 + m, costs, out);
  }
}
