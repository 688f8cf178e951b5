#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "check/case_engine.h"
#include "check/gradient.h"

/*
 * As for a case file (case_report.c): a float computation gives the exact result of numbers nudged
 * by about sqrt(n) units of rounding. How far a unit carries a block is measured, TRIALS times, by
 * the reference with every input, target, parameter and activation nudged; n counts the terms of
 * all sums on the way; SAFETY is for what a few trials miss.
 */
#define TRIALS 4
#define SAFETY 2.0

typedef struct rounding {
  const cr_gradient_bench *bench;
  cr_reference *reference;    /* the one that is nudged */
  double *x, *y, *parameters; /* nudged copies */
  double *exact;              /* (parameters) data and penalty */
  double *found;              /* (parameters) of the engine */
  cr_arena arena;
} rounding;

static void lay_out(rounding *r, cr_arena *arena) {
  const cr_reference *reference = r->bench->reference;
  const cr_spec *spec = reference->spec;
  const size_t outputs = spec->layers[spec->count - 1].outputs, count = reference->parameter_count;
  r->x = cr_arena_take(arena, reference->rows, spec->inputs * sizeof(double));
  r->y = cr_arena_take(arena, reference->rows, outputs * sizeof(double));
  r->parameters = cr_arena_take(arena, count, sizeof(double));
  r->exact = cr_arena_take(arena, count, sizeof(double));
  r->found = cr_arena_take(arena, count, sizeof(double));
}

static size_t size_of(const cr_gradient_block *block) {
  return block->rows * block->columns;
}

/* A pass of the reference in which everything is off by a unit of rounding. */
static void run_nudged(rounding *r, uint32_t trial) {
  const cr_reference *from = r->bench->reference;
  cr_reference *to = r->reference;
  const size_t last = from->spec->count - 1;
  const size_t xs = from->rows * from->spec->inputs;
  const size_t ys = from->rows * from->spec->layers[last].outputs;
  uint32_t lane = trial * (uint32_t)(from->spec->count + 3);
  memcpy(r->x, r->bench->x, xs * sizeof(double));
  memcpy(r->y, r->bench->y, ys * sizeof(double));
  memcpy(r->parameters, from->parameters, from->parameter_count * sizeof(double));
  cr_case_nudge(r->x, xs, lane++);
  cr_case_nudge(r->y, ys, lane++);
  cr_case_nudge(r->parameters, from->parameter_count, lane++);
  cr_reference_restart(to, r->parameters);
  cr_reference_forward(to, r->x);
  for (size_t l = 0; l <= last; ++l) {
    cr_case_nudge(to->a[l], to->rows * to->spec->layers[l].outputs, lane++);
  }
  cr_reference_backward(to, r->x, r->y);
}

static double terms_of(const cr_reference *reference) {
  double terms = (double)reference->rows;
  for (size_t l = 0; l < reference->spec->count; ++l) {
    const cr_layer_spec *layer = &reference->spec->layers[l];
    terms += (double)(layer->inputs + 1 + layer->outputs);
  }
  return terms;
}

static void note_worst(const rounding *r, const cr_gradient_finding *finding,
                       cr_gradient_entry *out) {
  const double *exact = r->exact + finding->first, *found = r->found + finding->first;
  size_t worst = 0;
  for (size_t i = 1; i < size_of(&finding->block); ++i) {
    const double apart = fabs(found[i] - exact[i]);
    if (apart > fabs(found[worst] - exact[worst]) || isnan(apart)) worst = i;
  }
  *out = (cr_gradient_entry){.row = worst / finding->block.columns,
                             .column = worst % finding->block.columns,
                             .exact = exact[worst],
                             .found = found[worst]};
}

/* Beyond its tolerance a block is not ok; a block that nudging found wrong keeps that note. */
static void judge(const rounding *r, cr_gradient_finding *finding) {
  cr_gradient_block *block = &finding->block;
  const size_t count = size_of(block);
  block->engine_error =
      cr_gradient_error(r->found + finding->first, r->exact + finding->first, count);
  block->engine_tolerance =
      SAFETY * sqrt(terms_of(r->reference)) * fmax(block->engine_tolerance, CR_CASE_UNIT);
  note_worst(r, finding, &block->engine_worst);
  if (!block->ok) return;
  if (block->engine_error <= block->engine_tolerance) {
    if (block->engine_error > CR_GRADIENT_WRONG) block->verdict = "too small";
    return;
  }
  block->ok = false;
  block->verdict = block->engine_error > CR_GRADIENT_WRONG ? "wrong" : "suspicious";
  cr_gradient_explain(finding, &block->engine_worst, "chain rule", "engine", r->reference->rows);
}

static cr_status set_up(const cr_gradient_job *job, rounding *r) {
  cr_arena measured;
  cr_arena_measure(&measured);
  lay_out(r, &measured);
  CR_TRY(cr_arena_create(&measured, &r->arena));
  lay_out(r, &r->arena);
  const cr_reference *from = r->bench->reference;
  return cr_reference_create(job->net, &from->target, from->rows, &r->reference);
}

cr_status cr_gradient_compare(const cr_gradient_job *job, cr_gradient_bench *bench,
                              cr_const_matrix x, cr_const_matrix y, cr_gradient_finding *findings,
                              size_t count) {
  rounding r = {.bench = bench};
  const cr_status status = set_up(job, &r);
  if (status == CR_OK) {
    cr_backward_pass(job->net, job->work, &bench->reference->target, x, y);
    for (size_t i = 0; i < bench->reference->parameter_count; ++i) {
      r.exact[i] = bench->exact[i] + bench->penalty[i];
      r.found[i] = (double)job->work->gradient[i];
    }
    for (uint32_t trial = 0; trial < TRIALS; ++trial) {
      run_nudged(&r, trial);
      for (size_t b = 0; b < count; ++b) {
        cr_gradient_block *block = &findings[b].block;
        const double error = cr_gradient_error(r.reference->gradient + findings[b].first,
                                               r.exact + findings[b].first, size_of(block));
        block->engine_tolerance = fmax(block->engine_tolerance, error);
      }
    }
    for (size_t b = 0; b < count; ++b) judge(&r, &findings[b]);
  }
  cr_reference_destroy(r.reference);
  cr_arena_destroy(&r.arena);
  return status;
}
