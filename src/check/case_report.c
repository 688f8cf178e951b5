#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/number.h"
#include "base/options.h"
#include "chainrule/check.h"
#include "check/case_engine.h"

/* The reference adds up in double, whose own errors are near 1e-15: a thousand times room. */
#define TOLERANCE_FLOAT64 1e-12

/*
 * The tolerance of float32. A float computation gives the exact result of slightly different
 * numbers: a sum of n terms that of terms nudged by about sqrt(n) units of rounding (Higham and
 * Mary 2019; n units at worst). So how far rounding may carry a quantity is measured: the reference
 * runs TRIALS times more with every input, target, parameter and activation nudged up or down by
 * one such unit. The largest change of a quantity, at least one unit of its largest number, times
 * sqrt(n), times a factor for what a few trials miss, is its tolerance. n counts the terms of all
 * sums on the way: inputs and bias of each layer forward, outputs back, rows for dW; once more for
 * each step of descent. Never more than LOOSEST: where rounding carries further than that, a float
 * shows nothing.
 */
#define TRIALS 4
#define SAFETY 2.0
#define LOOSEST 1e-3

typedef struct verdict {
  char name[CR_CASE_NAME];
  char note[CR_CASE_NAME + 64];
  cr_quantity quantity; /* its texts are the two above */
} verdict;

struct cr_case_report {
  char *name;
  verdict *verdicts;
  size_t count;
  bool ok;
};

/* Arrays as long as the expected values, and nudged copies of what goes in. */
typedef struct bench {
  double *found64, *found32;  /* (values) */
  double *nudged, *deviation; /* (values) */
  double *x, *y, *parameters;
} bench;

static void bench_layout(bench *b, const cr_case *c, cr_arena *arena) {
  b->found64 = cr_arena_take(arena, c->values.count, sizeof(double));
  b->found32 = cr_arena_take(arena, c->values.count, sizeof(double));
  b->nudged = cr_arena_take(arena, c->values.count, sizeof(double));
  b->deviation = cr_arena_take(arena, c->values.count, sizeof(double));
  b->x = cr_arena_take(arena, c->x.count, sizeof(double));
  b->y = cr_arena_take(arena, c->y.count, sizeof(double));
  b->parameters = cr_arena_take(arena, c->parameters.count, sizeof(double));
}

/* The error of a number, relative where it is above 1; what is no number is as wrong as can be. */
static double error_of(double found, double expected) {
  const double error = fabs(found - expected) / fmax(1.0, fabs(expected));
  return isfinite(error) ? error : DBL_MAX;
}

static void nudge(const cr_case_numbers *from, uint32_t lane, double *to) {
  memcpy(to, from->values, from->count * sizeof *to);
  cr_case_nudge(to, from->count, lane);
}

static void run_nudged(const cr_case *c, cr_case_engine *engine, bench *b) {
  for (uint32_t trial = 0; trial < TRIALS; ++trial) {
    /* lanes from the top down; those from 0 up are the engine's */
    nudge(&c->x, UINT32_MAX - 3 * trial, b->x);
    nudge(&c->y, UINT32_MAX - 3 * trial - 1, b->y);
    nudge(&c->parameters, UINT32_MAX - 3 * trial - 2, b->parameters);
    cr_case_run(c, engine, b->parameters, b->nudged);
    for (size_t i = 0; i < c->values.count; ++i) {
      b->deviation[i] = fmax(b->deviation[i], error_of(b->nudged[i], b->found64[i]));
    }
  }
}

static cr_status run_float64(const cr_case *c, bench *b) {
  cr_case_engine *engine = NULL;
  CR_TRY(cr_case_engine_float64(c, c->x.values, c->y.values, false, &engine));
  cr_case_run(c, engine, c->parameters.values, b->found64);
  engine->destroy(engine);
  CR_TRY(cr_case_engine_float64(c, b->x, b->y, true, &engine));
  run_nudged(c, engine, b);
  engine->destroy(engine);
  return CR_OK;
}

static cr_status run_float32(const cr_case *c, const cr_case_options *options, bench *b) {
  cr_case_engine *engine = NULL;
  CR_TRY(cr_case_engine_float32(c, options->kernel, &engine));
  cr_case_run(c, engine, c->parameters.values, b->found32);
  engine->destroy(engine);
  return CR_OK;
}

static double tolerance_float32(const cr_case *c, const cr_case_expected *e, const bench *b) {
  double terms = (double)c->rows, deviation = 0.0, largest = 0.0;
  for (size_t l = 0; l < c->net->spec.count; ++l) {
    terms += (double)(c->net->spec.layers[l].inputs + 1 + c->net->spec.layers[l].outputs);
  }
  if (e->phase == CR_CASE_AFTER_1) terms *= 2.0;
  if (e->phase >= CR_CASE_AFTER_10) terms *= CR_CASE_STEPS + 1.0;
  for (size_t i = 0; i < e->count; ++i) {
    deviation = fmax(deviation, b->deviation[e->offset + i]);
    largest = fmax(largest, fabs(b->found64[e->offset + i]));
  }
  deviation = fmax(deviation, CR_CASE_UNIT * fmin(largest, 1.0));
  return fmin(SAFETY * sqrt(terms) * deviation, LOOSEST);
}

static void write_worst(verdict *v, const cr_case_expected *e, size_t worst, double found,
                        double expected) {
  char place[64] = "", a[32], b[32];
  if (e->count > 1 && e->cols < e->count) {
    snprintf(place, sizeof place, "row %zu, column %zu: ", worst / e->cols + 1,
             worst % e->cols + 1);
  } else if (e->cols > 0) {
    snprintf(place, sizeof place, "entry %zu: ", worst + 1);
  }
  cr_format_number(found, a);
  cr_format_number(expected, b);
  snprintf(v->note, sizeof v->note, "%sfound %s, expected %s", place, a, b);
}

static void judge(const cr_case *c, const cr_case_expected *e, const char *engine,
                  const double *found, double tolerance, verdict *v) {
  const double *expected = c->values.values + e->offset;
  size_t worst = 0;
  found += e->offset;
  for (size_t i = 1; i < e->count; ++i) {
    if (error_of(found[i], expected[i]) > error_of(found[worst], expected[worst])) worst = i;
  }
  const double error = error_of(found[worst], expected[worst]);
  memcpy(v->name, e->name, sizeof v->name);
  v->quantity = (cr_quantity){.name = v->name,
                              .note = v->note,
                              .engine = engine,
                              .max_error = error,
                              .tolerance = tolerance,
                              .checked = true,
                              .ok = error <= tolerance};
  if (!v->quantity.ok) write_worst(v, e, worst, found[worst], expected[worst]);
}

static bool is_unknown(const cr_case *c, const cr_case_expected *e) {
  return e->phase >= CR_CASE_AFTER_10 && !c->methods[e->phase - CR_CASE_AFTER_10].optimizer;
}

static void write_unknown(const cr_case_method *method, const char *engine, verdict *v) {
  snprintf(v->name, sizeof v->name, "after_10.%.100s", method->key);
  memcpy(v->note, method->note, sizeof method->note);
  v->quantity = (cr_quantity){.name = v->name, .note = v->note, .engine = engine, .ok = true};
}

/* Each quantity in both engines, side by side; then the optimisers that are not there. */
static cr_status write_verdicts(const cr_case *c, const bench *b, cr_case_report *report) {
  void *verdicts = NULL;
  size_t checked = 0;
  CR_TRY(cr_alloc(2 * (c->expected_count + c->method_count), sizeof(verdict), &verdicts));
  report->verdicts = verdicts;
  verdict *v = report->verdicts;
  report->ok = true;
  for (size_t i = 0; i < c->expected_count; ++i) {
    const cr_case_expected *e = &c->expected[i];
    if (is_unknown(c, e)) continue;
    const double float64 = fmax(TOLERANCE_FLOAT64, c->tolerance);
    const double float32 = fmax(tolerance_float32(c, e, b), c->tolerance);
    judge(c, e, "float64", b->found64, float64, v++);
    judge(c, e, "float32", b->found32, float32, v++);
    report->ok = report->ok && v[-2].quantity.ok && v[-1].quantity.ok;
    checked++;
  }
  report->ok = report->ok && checked > 0;
  for (size_t m = 0; m < c->method_count; ++m) {
    if (c->methods[m].optimizer) continue;
    write_unknown(&c->methods[m], "float64", v++);
    write_unknown(&c->methods[m], "float32", v++);
  }
  report->count = (size_t)(v - report->verdicts);
  return CR_OK;
}

static cr_status fill_report(cr_case *c, const cr_case_options *options, bench *b, cr_arena *arena,
                             cr_case_report *report) {
  cr_arena measured;
  cr_arena_measure(&measured);
  bench_layout(b, c, &measured);
  CR_TRY(cr_arena_create(&measured, arena));
  bench_layout(b, c, arena);
  CR_TRY(run_float64(c, b));
  CR_TRY(run_float32(c, options, b));
  CR_TRY(write_verdicts(c, b, report));
  return cr_copy_text(c->name, &report->name);
}

static cr_status fail_nothing(const cr_case *c) {
  cr_fail_at(CR_ERR_CASE, c->file, 0, 0, "nothing to check: no expected value is given");
  return cr_fix("add one of Z, A, data_loss, cost, dZ, dW, db, after_1, after_10");
}

static cr_status check_case(cr_case *c, const cr_case_options *options, cr_case_report **out) {
  void *block = NULL;
  if (c->expected_count == 0) return fail_nothing(c);
  CR_TRY(cr_alloc(1, sizeof(cr_case_report), &block));
  cr_case_report *report = block;
  bench b = {0};
  cr_arena arena = {0};
  const cr_status status = fill_report(c, options, &b, &arena, report);
  cr_arena_destroy(&arena);
  if (status != CR_OK) {
    cr_case_report_destroy(report);
    return status;
  }
  *out = report;
  return CR_OK;
}

void cr_case_options_init_sized(cr_case_options *options, size_t size) {
  static const cr_case_options defaults = {.kernel = NULL};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

cr_status cr_check_case_text(const char *name, const char *text, size_t size,
                             const cr_case_options *options, cr_case_report **out) {
  cr_case c;
  cr_case_options o;
  *out = NULL;
  cr_case_options_init(&o);
  CR_TRY(cr_options_copy(&o, sizeof o, options, "cr_case_options_init"));
  CR_TRY(cr_case_parse(name, text, size, &c));
  const cr_status status = check_case(&c, &o, out);
  cr_case_free(&c);
  return status;
}

cr_status cr_check_case(const char *path, const cr_case_options *options, cr_case_report **out) {
  char *text = NULL;
  size_t size = 0;
  *out = NULL;
  CR_TRY(cr_file_read(path, CR_CASE_MAX_BYTES, &text, &size));
  const cr_status status = cr_check_case_text(path, text, size, options, out);
  cr_free(text);
  return status;
}

void cr_case_report_destroy(cr_case_report *report) {
  if (!report) return;
  cr_free(report->name);
  cr_free(report->verdicts);
  cr_free(report);
}

bool cr_case_report_ok(const cr_case_report *report) {
  return report->ok;
}

const char *cr_case_report_name(const cr_case_report *report) {
  return report->name;
}

const cr_quantity *cr_case_report_at(const cr_case_report *report, size_t index) {
  return index < report->count ? &report->verdicts[index].quantity : NULL;
}
