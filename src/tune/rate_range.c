/* The rate-range test (Smith 2017): how the loss answers to a rate that climbs step by step. */
#include <math.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
#include "data/row_cursor.h"
#include "kernel/kernels.h"
#include "train/train_table.h"
#include "tune/halving.h"
#include "tune/space.h"

/* From so little that nothing moves to so much that everything breaks. */
static const double LOWEST_RATE = 1e-7, HIGHEST_RATE = 10;

enum { STEPS = 100, PROBE_ROWS = 512 };

/* The loss has exploded at so many times the lowest. */
static const double EXPLOSION = 4;

/* Below this a loss is as good as 0, and its multiples say nothing. */
static const double LEAST_LOSS = 1e-6;

/* A fall by less than this share of the loss at the start is no fall. */
static const double LEAST_FALL = 0.01;

/* A rise from the lowest loss by less than this share of the fall is still the same valley. */
static const double LEAST_RISE = 0.25;

/* At so many times less than the rate where it falls steepest, the loss hardly falls. */
static const double HARDLY_FALLS = 3;

struct cr_rate_range {
  cr_rate_point points[STEPS];
  size_t count;
  cr_rate_summary summary;
};

/*
 * The rows whose loss makes the curve: the same ones after every step. The costs of the batches
 * themselves differ more from batch to batch than a step at a low rate moves them.
 */
typedef struct probe {
  size_t rows;
  float *x, *y; /* (rows, inputs), (rows, outputs) */
  cr_samples *samples;
} probe;

static void probe_free(probe *p) {
  cr_samples_destroy(p->samples);
  cr_free(p->x);
  cr_free(p->y);
}

/* Rows spread evenly over the training part, whose order may be that of the classes. */
static void gather(const cr_trainer *trainer, const probe *p) {
  const cr_samples *from = trainer->samples;
  const size_t inputs = from->inputs, outputs = from->outputs;
  for (size_t i = 0; i < p->rows; i++) {
    const size_t row = (size_t)((double)i * (double)from->rows / (double)p->rows);
    cr_samples_gather(from, trainer->work->kernel->bytes_to_floats, &row, 1,
                      (cr_matrix){p->x + i * inputs, 1, inputs, inputs},
                      (cr_matrix){p->y + i * outputs, 1, outputs, outputs});
  }
}

/* From a store; each counts once, as in memory. */
static cr_status copy_from_store(const cr_samples *from, probe *out) {
  CR_TRY(cr_row_store_even(from, out->rows, &out->samples));
  cr_free(out->samples->weights);
  out->samples->weights = NULL;
  return CR_OK;
}

static cr_status probe_create(const cr_trainer *trainer, probe *out) {
  const size_t inputs = trainer->samples->inputs, outputs = trainer->samples->outputs;
  void *x = NULL, *y = NULL;
  *out = (probe){.rows = cr_size_min(PROBE_ROWS, trainer->samples->rows)};
  if (trainer->samples->store) return copy_from_store(trainer->samples, out);
  size_t x_count = 0, y_count = 0;
  CR_TRY(cr_size_product(out->rows, inputs, &x_count));
  CR_TRY(cr_size_product(out->rows, outputs, &y_count));
  cr_status status = cr_alloc(x_count, sizeof(float), &x);
  if (status == CR_OK) status = cr_alloc(y_count, sizeof(float), &y);
  out->x = x;
  out->y = y;
  if (status == CR_OK) {
    gather(trainer, out);
    status = cr_samples_from_matrices((cr_const_matrix){out->x, out->rows, inputs, inputs},
                                      (cr_const_matrix){out->y, out->rows, outputs, outputs},
                                      &out->samples);
  }
  if (status != CR_OK) probe_free(out);
  return status;
}

static double rate_at(size_t step) {
  return LOWEST_RATE * pow(HIGHEST_RATE / LOWEST_RATE, (double)step / (STEPS - 1));
}

/* One step at a rate, and the loss after it; CR_ERR_DIVERGED where the step has no cost. */
static cr_status take_step(cr_trainer *trainer, const probe *p, cr_rate_range *range) {
  cr_rate_point *point = &range->points[range->count];
  double cost;
  cr_metrics metrics;
  point->rate = trainer->options.learning_rate = rate_at(range->count);
  CR_TRY(cr_trainer_step(trainer, &cost));
  CR_TRY(cr_trainer_measure(trainer, p->samples, NULL, NULL, &metrics));
  point->loss = metrics.loss;
  if (isfinite(point->loss)) range->count++;
  return isfinite(point->loss) ? CR_OK : CR_ERR_DIVERGED;
}

static cr_status climb(cr_trainer *trainer, const probe *p, cr_rate_range *range) {
  double lowest = (double)INFINITY;
  while (range->count < STEPS && !range->summary.exploded) {
    if (cr_trainer_stopped(trainer))
      return cr_fail(CR_ERR_INTERRUPTED, "interrupted at step %zu of %d", range->count, STEPS);
    const cr_status status = take_step(trainer, p, range);
    if (status != CR_OK && status != CR_ERR_DIVERGED) return status;
    const double loss = status == CR_OK ? range->points[range->count - 1].loss : (double)INFINITY;
    range->summary.exploded = loss > EXPLOSION * fmax(lowest, LEAST_LOSS);
    lowest = fmin(lowest, loss);
  }
  return CR_OK;
}

/* A cr_descent: the climb instead of a training, and then the weights of the start again. */
static cr_status descend(void *context, cr_trainer *trainer, const char *initializer,
                         const cr_fit_plan *plan, cr_starts *out) {
  cr_rate_range *range = context;
  const uint64_t seed = trainer->options.seed;
  (void)plan;
  range->summary.chosen = trainer->options.learning_rate;
  range->summary.batch = trainer->batches.size;
  range->summary.optimizer = trainer->optimizer->part.name;
  trainer->options.warm_up = 0;
  CR_TRY(cr_schedule_find("constant", &trainer->schedule));
  CR_TRY(cr_net_initialize(trainer->net, initializer, seed));
  cr_trainer_restart(trainer, seed);
  probe p;
  CR_TRY(probe_create(trainer, &p));
  const cr_status status = climb(trainer, &p, range);
  probe_free(&p);
  *out = (cr_starts){.best = {.reason = "epochs"}, .run = 1};
  return status == CR_OK ? cr_net_initialize(trainer->net, initializer, seed) : status;
}

/* The mean over a step and its neighbours. */
static double smooth(const cr_rate_range *range, size_t i) {
  const size_t first = i > 2 ? i - 2 : 0, last = cr_size_min(i + 2, range->count - 1);
  double sum = 0;
  for (size_t k = first; k <= last; k++) sum += range->points[k].loss;
  return sum / (double)(last - first + 1);
}

/*
 * The bottom of the first valley of the smooth loss: what comes after a rise by a quarter of the
 * fall is the luck of a network that was thrown about. 0 if it never fell.
 */
static size_t find_bottom(const cr_rate_range *range) {
  size_t bottom = 0;
  for (size_t i = 1; i < range->count; i++) {
    const double lowest = smooth(range, bottom), fall = smooth(range, 0) - lowest;
    if (smooth(range, i) < lowest) bottom = i;
    if (fall > LEAST_FALL * smooth(range, 0) && smooth(range, i) > lowest + LEAST_RISE * fall)
      break;
  }
  return bottom;
}

/*
 * The curve shows what a hundred steps do, not where a training of thousands ends: no multiple of
 * its rates serves everywhere, while the choice of train nearly always does. So that choice stays,
 * unless the loss hardly fell at it yet, or had exploded (docs/explanation/tuning.md has figures).
 */
static double nearest_to_choice(const cr_rate_range *range) {
  const cr_rate_summary *summary = &range->summary;
  const double least = summary->steepest / HARDLY_FALLS;
  const double most = range->points[range->count - 1].rate;
  if (summary->chosen < least) return cr_rounded(least, 2);
  return summary->exploded && summary->chosen > most ? cr_rounded(most, 2) : summary->chosen;
}

/* Where it falls steepest on the way to the bottom, and what that says of the choice. */
static void suggest(cr_rate_range *range) {
  const size_t bottom = range->count ? find_bottom(range) : 0;
  size_t steepest = 0;
  double slope = 0;
  range->summary.steepest = range->summary.lowest = range->summary.suggested = (double)NAN;
  for (size_t i = 1; i <= bottom; i++) {
    const double here = smooth(range, i) - smooth(range, i - 1);
    if (here < slope) steepest = i;
    slope = fmin(slope, here);
  }
  if (steepest == 0) return;
  const double start = smooth(range, 0);
  if (!(start - smooth(range, bottom) > LEAST_FALL * start)) return;
  range->summary.steepest = range->points[steepest].rate;
  range->summary.lowest = range->points[bottom].rate;
  range->summary.suggested = nearest_to_choice(range);
}

cr_status cr_rate_range_run(const cr_table *table, const cr_table *dev, const cr_table *test,
                            const cr_prepare_options *prepare, const cr_train_options *train,
                            cr_rate_range **out) {
  void *block = NULL;
  cr_training *training = NULL;
  *out = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_rate_range), &block));
  cr_rate_range *range = block;
  const cr_train_call call = {.table = table,
                              .dev = dev,
                              .test = test,
                              .prepare = prepare,
                              .options = train,
                              .dev_only = true,
                              .descent = descend,
                              .context = range};
  const cr_status status = cr_train_run(&call, &training);
  cr_training_destroy(training);
  if (status != CR_OK) {
    cr_free(range);
    return status;
  }
  suggest(range);
  *out = range;
  return CR_OK;
}

void cr_rate_range_destroy(cr_rate_range *range) {
  cr_free(range);
}

const cr_rate_point *cr_rate_range_at(const cr_rate_range *range, size_t index) {
  return index < range->count ? &range->points[index] : NULL;
}

const cr_rate_summary *cr_rate_range_get_summary(const cr_rate_range *range) {
  return &range->summary;
}
