#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/size.h"
#include "check/gradient.h"

/* A slope of a loss with kinks has jumped if it changed by so much; between kinks it is level. */
#define JUMP 1e-6

/* Parameters of a block for each line of the table of steps: enough to see the trend. */
#define STEP_SAMPLE 20

/*
 * How far nudging itself may be wrong is measured: by as much as it changes when the step is
 * doubled, which is three times the error of truncation and as much again as that of rounding. A
 * few times that covers what a single look misses.
 */
#define SAFETY 4.0

double cr_gradient_error(const double *found, const double *exact, size_t count) {
  double apart = 0.0, founds = 0.0, exacts = 0.0;
  for (size_t i = 0; i < count; ++i) {
    apart += (found[i] - exact[i]) * (found[i] - exact[i]);
    founds += found[i] * found[i];
    exacts += exact[i] * exact[i];
  }
  if (!isfinite(apart)) return DBL_MAX;
  /* (eq D2) */
  return apart > 0.0 ? sqrt(apart) / (sqrt(founds) + sqrt(exacts)) : 0.0;
}

/* Is the slope of the loss in some output another one than before? */
static bool loss_jumped(const cr_gradient_bench *bench) {
  const cr_reference *r = bench->reference;
  const size_t last = r->spec->count - 1, cols = r->spec->layers[last].outputs;
  if (!r->target.loss->kink) return false;
  r->target.loss->gradient_ref(bench->slope, r->a[last], bench->wanted, 1.0, r->rows, cols);
  for (size_t i = 0; i < r->rows * cols; ++i) {
    if (fabs(bench->slope[i] - bench->slopes[i]) > JUMP) return true;
  }
  return false;
}

/* Has a unit gone past the kink of its activation, in any row? */
static bool crossed(const cr_gradient_bench *bench) {
  const cr_reference *r = bench->reference;
  for (size_t l = bench->layer; l < r->spec->count; ++l) {
    const cr_layer_spec *layer = &r->spec->layers[l];
    for (size_t i = 0; layer->activation->kink && i < r->rows * layer->outputs; ++i) {
      if ((r->z[l][i] > 0.0) != bench->positive[l][i]) return true;
    }
  }
  return loss_jumped(bench);
}

/* The data loss with one parameter at another value; *kink is set if a kink was crossed. */
static double loss_at(cr_gradient_bench *bench, size_t index, double value, bool *kink) {
  cr_reference *r = bench->reference;
  const double before = r->parameters[index];
  r->parameters[index] = value;
  cr_reference_forward_from(r, bench->x, bench->layer, bench->output);
  r->parameters[index] = before;
  bench->moved = true;
  *kink = *kink || crossed(bench);
  return cr_reference_data_loss(r, bench->y);
}

static double penalty_at(cr_gradient_bench *bench, size_t index, double value) {
  cr_reference *r = bench->reference;
  const double before = r->parameters[index];
  r->parameters[index] = value;
  const double penalty = cr_reference_penalty(r);
  r->parameters[index] = before;
  return penalty;
}

/* Computes afresh what the last nudge left, before another output is nudged. */
static void settle(cr_gradient_bench *bench, size_t layer, size_t output) {
  if (bench->moved && (bench->layer != layer || bench->output != output)) {
    cr_reference_forward_from(bench->reference, bench->x, bench->layer, bench->output);
    bench->moved = false;
  }
  bench->layer = layer;
  bench->output = output;
}

static size_t index_of(const cr_gradient_block *block, size_t place) {
  return place % block->rows * block->columns + place / block->rows;
}

/* One parameter by central differences; false if that crosses a kink. */
static bool nudge(cr_gradient_bench *bench, const cr_gradient_finding *finding, size_t place,
                  double step, double *found) {
  const cr_gradient_block *block = &finding->block;
  const size_t index = finding->first + index_of(block, place);
  const double w = bench->reference->parameters[index], h = step * fmax(1.0, fabs(w));
  const double above = w + h, below = w - h;
  double cost_above, cost_below;
  bool kink = false;
  if (block->penalty) {
    kink = bench->reference->target.l1 > 0.0 && above > 0.0 && below <= 0.0;
    cost_above = penalty_at(bench, index, above);
    cost_below = penalty_at(bench, index, below);
  } else {
    settle(bench, block->layer, place / block->rows);
    cost_above = loss_at(bench, index, above, &kink);
    cost_below = loss_at(bench, index, below, &kink);
  }
  *found = (cost_above - cost_below) / (above - below); /* (eq D1) */
  return !kink;
}

static int by_size(const void *a, const void *b) {
  const size_t left = *(const size_t *)a, right = *(const size_t *)b;
  return (left > right) - (left < right);
}

/* All places of a block, or a sample; ascending, so that an output's are together. */
static size_t choose(const cr_gradient_bench *bench, const cr_gradient_finding *finding,
                     size_t sample, size_t *places) {
  const size_t all = finding->block.rows * finding->block.columns;
  const size_t count = cr_size_min(all, sample);
  cr_order order;
  cr_order_init(&order, all, bench->options.seed, CR_STREAM_DATA, (uint32_t)finding->first);
  for (size_t i = 0; i < count; ++i) {
    places[i] = count < all ? (size_t)cr_order_at(&order, i) : i;
  }
  if (count < all) qsort(places, count, sizeof *places, by_size);
  return count;
}

void cr_gradient_nudge(cr_gradient_bench *bench, const cr_gradient_finding *finding, double step,
                       size_t sample) {
  cr_gradient_pairs *pairs = &bench->pairs;
  const double *exact = (finding->block.penalty ? bench->penalty : bench->exact) + finding->first;
  const size_t count = choose(bench, finding, sample, pairs->place);
  pairs->count = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t place = pairs->place[i], at = pairs->count;
    if (!nudge(bench, finding, place, step, &pairs->found[at])) continue;
    pairs->exact[at] = exact[index_of(&finding->block, place)];
    pairs->place[at] = place;
    pairs->count++;
  }
  pairs->kinks = count - pairs->count;
}

/* What nudging may be wrong by, in the same measure as the error of its pairs. */
static double doubt(cr_gradient_bench *bench, const cr_gradient_finding *finding) {
  const cr_gradient_pairs *pairs = &bench->pairs;
  const double step = bench->options.step;
  double changes = 0.0, founds = 0.0, exacts = 0.0;
  for (size_t i = 0; i < pairs->count; ++i) {
    double wide = pairs->found[i];
    if (!nudge(bench, finding, pairs->place[i], 2.0 * step, &wide)) wide = pairs->found[i];
    changes += (wide - pairs->found[i]) * (wide - pairs->found[i]);
    founds += pairs->found[i] * pairs->found[i];
    exacts += pairs->exact[i] * pairs->exact[i];
  }
  const double rounding = sqrt((double)pairs->count) * DBL_EPSILON / 2.0 * bench->scale / step;
  return SAFETY * (sqrt(changes) + rounding) / (sqrt(founds) + sqrt(exacts)); /* (eq D3) */
}

static void note_worst(const cr_gradient_pairs *pairs, cr_gradient_block *block) {
  size_t worst = 0;
  for (size_t i = 1; i < pairs->count; ++i) {
    const double apart = fabs(pairs->found[i] - pairs->exact[i]);
    if (apart > fabs(pairs->found[worst] - pairs->exact[worst]) || isnan(apart)) worst = i;
  }
  block->worst = (cr_gradient_entry){.row = pairs->place[worst] % block->rows,
                                     .column = pairs->place[worst] / block->rows,
                                     .exact = pairs->exact[worst],
                                     .found = pairs->found[worst]};
}

void cr_gradient_judge(cr_gradient_bench *bench, cr_gradient_finding *finding) {
  cr_gradient_block *block = &finding->block;
  const cr_gradient_pairs *pairs = &bench->pairs;
  cr_gradient_nudge(bench, finding, bench->options.step, bench->options.sample);
  block->checked = pairs->count;
  block->kinks = pairs->kinks;
  block->ok = true;
  block->verdict = "ok";
  block->tolerance = CR_GRADIENT_RIGHT;
  block->error = (double)NAN;
  if (pairs->count == 0) {
    block->verdict = "kinks";
    return;
  }
  note_worst(pairs, block);
  block->error = cr_gradient_error(pairs->found, pairs->exact, pairs->count);
  if (block->error <= CR_GRADIENT_RIGHT) return;
  block->tolerance = fmax(CR_GRADIENT_RIGHT, doubt(bench, finding));
  block->ok = block->error <= block->tolerance;
  if (block->ok && block->error <= CR_GRADIENT_WRONG) return;
  block->verdict = block->ok                          ? "too small"
                   : block->error > CR_GRADIENT_WRONG ? "wrong"
                                                      : "suspicious";
  if (block->ok) return;
  cr_gradient_explain(finding, &block->worst, "chain rule", "nudging", bench->reference->rows);
}

void cr_gradient_measure_steps(cr_gradient_bench *bench, const cr_gradient_finding *findings,
                               size_t count, cr_gradient_step *out) {
  static const double steps[CR_GRADIENT_STEPS] = {1e-3, 1e-5, 1e-7, 1e-9, 1e-11};
  const cr_gradient_pairs *pairs = &bench->pairs;
  for (size_t s = 0; s < CR_GRADIENT_STEPS; ++s) {
    double apart = 0.0, founds = 0.0, exacts = 0.0;
    for (size_t b = 0; b < count; ++b) {
      if (findings[b].block.penalty) continue;
      cr_gradient_nudge(bench, &findings[b], steps[s],
                        cr_size_min(STEP_SAMPLE, bench->options.sample));
      for (size_t i = 0; i < pairs->count; ++i) {
        const double error = pairs->found[i] - pairs->exact[i];
        apart += error * error;
        founds += pairs->found[i] * pairs->found[i];
        exacts += pairs->exact[i] * pairs->exact[i];
      }
    }
    out[s].step = steps[s];
    /* (eq D2) */
    out[s].error = founds + exacts > 0.0 ? sqrt(apart) / (sqrt(founds) + sqrt(exacts)) : 0.0;
  }
}
