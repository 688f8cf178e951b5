#include "check/gradient.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/size.h"
#include "net/pass.h"

/*
 * A unit whose z is less than this share of the terms it was added up from may lie on the other
 * side of its kink in float: rounding moves such a sum by a unit of that share or a few, and 64 of
 * them are room for what the layers below were off.
 */
#define NEAR_KINK (32.0 * (double)FLT_EPSILON)

struct cr_gradient_report {
  cr_gradient_finding *findings;
  size_t count;
  cr_gradient_step steps[CR_GRADIENT_STEPS];
  size_t rows;
  double step;
};

/* The rows that are used, as matrices of both engines. */
typedef struct used_rows {
  size_t count;
  double *x, *y; /* (rows, inputs), (rows, outputs) */
  float *x_float, *y_float;
  float *weights; /* (rows) how often a row counts; NULL: all once */
  cr_arena arena;
} used_rows;

void cr_gradient_options_init_sized(cr_gradient_options *options, size_t size) {
  static const cr_gradient_options defaults = {.step = 1e-5, .sample = 200, .seed = 1};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

static void lay_out_rows(used_rows *u, const cr_gradient_job *job, cr_arena *arena) {
  u->x = cr_arena_take(arena, job->x.rows, job->x.cols * sizeof(double));
  u->y = cr_arena_take(arena, job->x.rows, job->y.cols * sizeof(double));
  u->x_float = cr_arena_take(arena, job->x.rows, job->x.cols * sizeof(float));
  u->y_float = cr_arena_take(arena, job->x.rows, job->y.cols * sizeof(float));
  if (job->target.row_weights) u->weights = cr_arena_take(arena, job->x.rows, sizeof(float));
}

static void copy_row(cr_const_matrix from, size_t row, size_t to, double *out, float *out_float) {
  for (size_t c = 0; c < from.cols; ++c) {
    const float value = from.data[row * from.stride + c];
    out_float[to * from.cols + c] = value;
    out[to * from.cols + c] = (double)value;
  }
}

static void take_row(used_rows *u, const cr_gradient_job *job, size_t row) {
  copy_row(job->x, row, u->count, u->x, u->x_float);
  copy_row(job->y, row, u->count, u->y, u->y_float);
  if (u->weights) u->weights[u->count] = job->target.row_weights[row];
  u->count++;
}

/* What layer l is fed (rows, inputs), as it was drawn. */
static const double *fed(const cr_reference *r, const double *x, size_t l) {
  return r->drawn[l] ? r->drawn[l] : l > 0 ? r->a[l - 1] : x;
}

/* The terms that z of unit `o` is added up from, all counted as positive. */
static double size_of_terms(const cr_reference *r, const double *x, size_t l, size_t row,
                            size_t o) {
  const cr_layer_spec *layer = &r->spec->layers[l];
  const double *w = r->parameters + r->views[l].weight, *a = fed(r, x, l) + row * layer->inputs;
  double terms = fabs(r->parameters[r->views[l].bias + o]);
  for (size_t i = 0; i < layer->inputs; ++i) terms += fabs(a[i] * w[i * layer->outputs + o]);
  return terms;
}

/* Is z of unit `o` so small beside its terms that rounding may carry it over 0? */
static bool is_near_kink(const cr_reference *r, const double *x, size_t l, size_t row, size_t o) {
  const double terms = size_of_terms(r, x, l, row, o);
  const double z = r->z[l][row * r->spec->layers[l].outputs + o];
  return terms > 0.0 && fabs(z) < NEAR_KINK * terms;
}

static bool touches_kink(const cr_reference *r, const double *x, size_t row) {
  for (size_t l = 0; l < r->spec->count; ++l) {
    const cr_layer_spec *layer = &r->spec->layers[l];
    for (size_t o = 0; layer->activation->kink && o < layer->outputs; ++o) {
      if (is_near_kink(r, x, l, row, o)) return true;
    }
  }
  return false;
}

/* All rows but those near a kink, unless there are no others. */
static cr_status choose_rows(const cr_gradient_job *job, used_rows *u) {
  cr_reference *reference = NULL;
  for (size_t row = 0; row < job->x.rows; ++row) take_row(u, job, row);
  CR_TRY(cr_reference_create(job->net, &job->target, job->x.rows, &reference));
  cr_reference_forward(reference, u->x);
  size_t kept = 0;
  for (size_t row = 0; row < job->x.rows; ++row) kept += !touches_kink(reference, u->x, row);
  if (kept > 0 && kept < job->x.rows) {
    /* a row moves up only after it was looked at */
    u->count = 0;
    for (size_t row = 0; row < job->x.rows; ++row) {
      if (!touches_kink(reference, u->x, row)) take_row(u, job, row);
    }
  }
  cr_reference_destroy(reference);
  return CR_OK;
}

/* W1, b1, W2, …, and then what the penalties add to the weights. */
static void name_blocks(const cr_net *net, bool penalty, cr_gradient_finding *findings) {
  const size_t layers = net->spec.count;
  for (size_t l = 0; l < layers; ++l) {
    const cr_layer_spec *layer = &net->spec.layers[l];
    cr_gradient_finding *of[3] = {&findings[2 * l], &findings[2 * l + 1],
                                  penalty ? &findings[2 * layers + l] : NULL};
    for (size_t i = 0; i < 3 && of[i]; ++i) {
      snprintf(of[i]->name, sizeof of[i]->name, "%s%zu%s", i == 1 ? "b" : "W", l + 1,
               i == 2 ? " penalty" : "");
      of[i]->first = i == 1 ? net->views[l].bias : net->views[l].weight;
      of[i]->block = (cr_gradient_block){.name = of[i]->name,
                                         .note = of[i]->note,
                                         .hint = of[i]->hint,
                                         .penalty = i == 2,
                                         .layer = l,
                                         .rows = i == 1 ? 1 : layer->inputs,
                                         .columns = layer->outputs};
      if (i == 2) {
        of[i]->block.engine_error = (double)NAN;
        of[i]->block.engine_tolerance = (double)NAN;
      }
    }
  }
}

static void lay_out_bench(cr_gradient_bench *bench, const cr_spec *spec, cr_arena *arena) {
  const cr_reference *r = bench->reference;
  const size_t last = spec->layers[spec->count - 1].outputs;
  cr_gradient_pairs *pairs = &bench->pairs;
  bench->exact = cr_arena_take(arena, r->parameter_count, sizeof(double));
  bench->penalty = cr_arena_take(arena, r->parameter_count, sizeof(double));
  bench->positive = cr_arena_take(arena, spec->count, sizeof(bool *));
  for (size_t l = 0; l < spec->count; ++l) {
    bool *signs = cr_arena_take(arena, r->rows, spec->layers[l].outputs * sizeof(bool));
    if (bench->positive) bench->positive[l] = signs;
  }
  bench->slopes = cr_arena_take(arena, r->rows, last * sizeof(double));
  bench->slope = cr_arena_take(arena, r->rows, last * sizeof(double));
  bench->wanted = cr_arena_take(arena, r->rows, last * sizeof(double));
  pairs->place = cr_arena_take(arena, pairs->room, sizeof(size_t));
  pairs->exact = cr_arena_take(arena, pairs->room, sizeof(double));
  pairs->found = cr_arena_take(arena, pairs->room, sizeof(double));
}

/* The gradient by the chain rule, and what of it is the penalties'. */
static void run_reference(cr_gradient_bench *bench) {
  cr_reference *r = bench->reference;
  const double l1 = r->target.l1, l2 = r->target.l2;
  r->target.l1 = r->target.l2 = 0.0;
  cr_reference_forward(r, bench->x);
  cr_reference_backward(r, bench->x, bench->y);
  memcpy(bench->exact, r->gradient, r->parameter_count * sizeof(double));
  r->target.l1 = l1;
  r->target.l2 = l2;
  cr_reference_backward(r, bench->x, bench->y);
  for (size_t i = 0; i < r->parameter_count; ++i) {
    bench->penalty[i] = r->gradient[i] - bench->exact[i];
  }
}

/* On which side of their kinks units and outputs are. */
static void note_sides(cr_gradient_bench *bench) {
  const cr_reference *r = bench->reference;
  const size_t last = r->spec->count - 1, out = r->spec->layers[last].outputs;
  const double e = r->target.label_smoothing, classes = out > 1 ? (double)out : 2.0;
  for (size_t l = 0; l <= last; ++l) {
    for (size_t i = 0; i < r->rows * r->spec->layers[l].outputs; ++i) {
      bench->positive[l][i] = r->z[l][i] > 0.0;
    }
  }
  for (size_t i = 0; i < r->rows * out; ++i) {
    bench->wanted[i] = (1.0 - e) * bench->y[i] + e / classes; /* (eq L7) */
  }
  r->target.loss->gradient_ref(bench->slopes, r->a[last], bench->wanted, 1.0, r->rows, out);
}

/* A cost is rounded as it is itself, and as the terms of the outputs it was worked out from. */
static double scale_of(const cr_gradient_bench *bench) {
  const cr_reference *r = bench->reference;
  const size_t last = r->spec->count - 1;
  double scale = fabs(r->cost);
  for (size_t row = 0; row < r->rows; ++row) {
    for (size_t o = 0; o < r->spec->layers[last].outputs; ++o) {
      scale = fmax(scale, size_of_terms(r, bench->x, last, row, o));
    }
  }
  return scale;
}

static cr_status create_bench(const cr_gradient_job *job, const used_rows *rows,
                              cr_gradient_bench *bench, cr_arena *arena) {
  const cr_spec *spec = &job->net->spec;
  *bench = (cr_gradient_bench){.x = rows->x, .y = rows->y, .options = job->options};
  cr_target_function target = job->target;
  target.row_weights = rows->weights;
  CR_TRY(cr_reference_create(job->net, &target, rows->count, &bench->reference));
  for (size_t l = 0; l < spec->count; ++l) {
    const size_t all = (spec->layers[l].inputs + 1) * spec->layers[l].outputs;
    bench->pairs.room = cr_size_max(bench->pairs.room, cr_size_min(all, job->options.sample));
  }
  cr_arena measured;
  cr_arena_measure(&measured);
  lay_out_bench(bench, spec, &measured);
  CR_TRY(cr_arena_create(&measured, arena));
  lay_out_bench(bench, spec, arena);
  run_reference(bench);
  note_sides(bench);
  bench->scale = scale_of(bench);
  if (isfinite(bench->reference->cost)) return CR_OK;
  cr_fail(CR_ERR_NUMBER, "the cost of these rows is %s: there is no gradient to check",
          isnan(bench->reference->cost) ? "not a number" : "infinite");
  return cr_fix("scale the inputs, or begin with smaller weights");
}

static cr_status run(const cr_gradient_job *job, const used_rows *rows,
                     cr_gradient_report *report) {
  cr_gradient_bench bench;
  cr_arena arena = {0};
  const size_t blocks = 2 * job->net->spec.count;
  const size_t inputs = job->x.cols, outputs = job->y.cols;
  cr_status status = create_bench(job, rows, &bench, &arena);
  if (status == CR_OK) {
    for (size_t b = 0; b < report->count; ++b) cr_gradient_judge(&bench, &report->findings[b]);
    cr_gradient_measure_steps(&bench, report->findings, blocks, report->steps);
    status = cr_gradient_compare(
        job, &bench, (cr_const_matrix){rows->x_float, rows->count, inputs, inputs},
        (cr_const_matrix){rows->y_float, rows->count, outputs, outputs}, report->findings, blocks);
  }
  cr_reference_destroy(bench.reference);
  cr_arena_destroy(&arena);
  return status;
}

static cr_status fill(const cr_gradient_job *job, cr_gradient_report *report) {
  const size_t layers = job->net->spec.count;
  const bool penalty = job->target.l1 > 0.0 || job->target.l2 > 0.0;
  void *block = NULL;
  used_rows rows = {0};
  CR_TRY(cr_alloc((penalty ? 3 : 2) * layers, sizeof(cr_gradient_finding), &block));
  report->findings = block;
  report->count = (penalty ? 3 : 2) * layers;
  report->step = job->options.step;
  name_blocks(job->net, penalty, report->findings);
  cr_arena measured;
  cr_arena_measure(&measured);
  lay_out_rows(&rows, job, &measured);
  CR_TRY(cr_arena_create(&measured, &rows.arena));
  lay_out_rows(&rows, job, &rows.arena);
  cr_status status = choose_rows(job, &rows);
  if (status == CR_OK) status = run(job, &rows, report);
  report->rows = rows.count;
  cr_arena_destroy(&rows.arena);
  return status;
}

cr_status cr_gradient_run(const cr_gradient_job *job, cr_gradient_report **out) {
  *out = NULL;
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_gradient_report), &block));
  cr_gradient_report *report = block;
  const cr_status status = fill(job, report);
  if (status != CR_OK) {
    cr_gradient_report_destroy(report);
    return status;
  }
  *out = report;
  return CR_OK;
}

static cr_status set_up(const cr_net *net, const cr_objective *objective,
                        const cr_gradient_options *options, cr_gradient_job *job) {
  cr_gradient_options *o = &job->options;
  cr_gradient_options_init(o);
  CR_TRY(cr_options_copy(o, sizeof *o, options, "cr_gradient_options_init"));
  if (o->sample == 0) o->sample = SIZE_MAX;
  if (!(o->step > 0.0) || !(o->step <= 0.1)) {
    return cr_fail(CR_ERR_ARGUMENT, "step is %g, expected a number above 0, and at most 0.1",
                   o->step);
  }
  CR_TRY(cr_objective_resolve(net, objective, &job->target));
  if (job->x.rows == 0) return cr_fail(CR_ERR_SHAPE, "x has 0 rows, expected at least 1");
  CR_TRY(cr_pass_check_matrix("x", job->x, job->x.rows, cr_net_inputs(net)));
  return cr_pass_check_matrix("y", job->y, job->x.rows, cr_net_outputs(net));
}

cr_status cr_check_gradients(const cr_net *net, const cr_objective *objective, cr_const_matrix x,
                             cr_const_matrix y, const cr_gradient_options *options,
                             cr_gradient_report **out) {
  *out = NULL;
  cr_gradient_job job = {.net = net, .x = x, .y = y};
  CR_TRY(set_up(net, objective, options, &job));
  cr_workspace_options work;
  cr_workspace_options_init(&work);
  work.max_rows = x.rows;
  work.kernel = job.options.kernel;
  work.draws = cr_draws_any(&job.target.draws);
  CR_TRY(cr_workspace_create(net, &work, &job.work));
  const cr_status status = cr_gradient_run(&job, out);
  cr_workspace_destroy(job.work);
  return status;
}

void cr_gradient_report_destroy(cr_gradient_report *report) {
  if (!report) return;
  cr_free(report->findings);
  cr_free(report);
}

bool cr_gradient_report_ok(const cr_gradient_report *report) {
  bool ok = true;
  for (size_t i = 0; i < report->count; ++i) ok = ok && report->findings[i].block.ok;
  return ok;
}

size_t cr_gradient_report_rows(const cr_gradient_report *report) {
  return report->rows;
}

double cr_gradient_report_used_step(const cr_gradient_report *report) {
  return report->step;
}

const cr_gradient_block *cr_gradient_report_at(const cr_gradient_report *report, size_t index) {
  return index < report->count ? &report->findings[index].block : NULL;
}

const cr_gradient_step *cr_gradient_report_step(const cr_gradient_report *report, size_t index) {
  return index < CR_GRADIENT_STEPS ? &report->steps[index] : NULL;
}
