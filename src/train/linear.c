#include "train/linear.h"

#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/encode_parts.h"
#include "data/row_cursor.h"
#include "train/trainer.h"

/* More rows change its figures less than chance does, and cost more than they tell. */
enum { MOST_ROWS = 10000 };

/* Full batches end near the minimum after so many steps, ... */
enum { STEPS = 50 };

/* ... but over more products a step than this they take too long, and small batches do. */
static const uint64_t MOST_PRODUCTS = 10000000;

enum { SMALL_BATCH = 128, SMALL_STEPS = 250 };

/* Each step then learns most from new rows: images can be so many, they are not copied. */
enum { MOST_IMAGES = SMALL_BATCH * SMALL_STEPS };

typedef struct linear {
  const cr_linear_task *task;
  bool small_batches;
  size_t *rows; /* (count) of the training table; NULL: they are on disk */
  size_t count;
  cr_plan plan;
  cr_samples *samples;
  cr_net *net;
  cr_trainer *trainer;
} linear;

static const cr_samples *all_samples(const linear *l) {
  return l->task->portions->samples[CR_PORTION_TRAIN];
}

static void choose_count(linear *l) {
  const cr_encoder *encoder = l->task->encoder;
  const size_t available = all_samples(l)->rows;
  const uint64_t weights = (uint64_t)encoder->width * l->task->plan->outputs;
  l->count = cr_size_min(available, MOST_ROWS);
  l->small_batches = l->count > MOST_PRODUCTS / weights;
  if (l->small_batches && cr_encoder_keeps_bytes(encoder))
    l->count = cr_size_min(available, MOST_IMAGES);
}

/* Row `i` of the chosen ones among all training rows: from the first to the last, in even steps. */
static size_t place(const linear *l, size_t i) {
  return cr_size_even(i, l->count, all_samples(l)->rows);
}

/* They count as often as they do for the network. */
static cr_status copy_weights(linear *l) {
  const float *weights = all_samples(l)->weights;
  void *block = NULL;
  if (!weights) return CR_OK;
  CR_TRY(cr_alloc(l->count, sizeof(float), &block));
  l->samples->weights = block;
  for (size_t i = 0; i < l->count; i++) l->samples->weights[i] = weights[place(l, i)];
  return CR_OK;
}

static cr_status choose_samples(linear *l) {
  const cr_portions *portions = l->task->portions;
  void *block = NULL;
  if (all_samples(l)->store) return cr_row_store_even(all_samples(l), l->count, &l->samples);
  CR_TRY(cr_alloc(l->count, sizeof(size_t), &block));
  l->rows = block;
  for (size_t i = 0; i < l->count; i++)
    l->rows[i] = portions->rows.rows[CR_PORTION_TRAIN][place(l, i)];
  CR_TRY(cr_encoder_samples(l->task->encoder, portions->tables[CR_PORTION_TRAIN], l->rows, l->count,
                            true, l->plan.outputs, &l->samples));
  return copy_weights(l);
}

/*
 * The output and loss that go with the task; but where the network's output has another width than
 * that, its own, so that both have the same targets.
 */
static cr_status choose_plan(linear *l) {
  const cr_plan *network = l->task->plan;
  cr_train_options open;
  cr_train_options_init(&open);
  open.layers = "";
  CR_TRY(cr_plan_create(l->task->encoder, l->count, &open, &l->plan));
  if (l->plan.outputs == network->outputs) return CR_OK;
  cr_plan_free(&l->plan);
  open.output = network->output;
  open.loss = network->loss;
  return cr_plan_create(l->task->encoder, l->count, &open, &l->plan);
}

/*
 * Half the squares of the weights count as much as the loss of a single row: the weight decay that
 * logistic regression is mostly given. Small batches stop early, which serves the same end.
 */
static void choose_descent(const linear *l, cr_train_options *options, cr_objective *objective) {
  if (l->small_batches) {
    options->optimizer = "adam";
    options->batch = SMALL_BATCH;
    options->epochs = cr_size_max(1, SMALL_STEPS / ((l->count - 1) / SMALL_BATCH + 1));
  } else {
    objective->l2 = 1;
    options->optimizer = "lbfgs";
    options->batch = l->count;
    options->epochs = STEPS;
  }
}

static cr_status create_trainer(linear *l) {
  const cr_train_options *network = l->task->options;
  cr_objective objective;
  cr_train_options options;
  cr_objective_init(&objective);
  cr_train_options_init(&options);
  objective.loss = l->plan.loss;
  options.seed = network->seed;
  options.threads = network->threads;
  options.kernel = network->kernel;
  options.stop = network->stop;
  CR_TRY(choose_samples(l));
  CR_TRY(cr_net_create(l->plan.spec, &l->net));
  /* with nothing between inputs and outputs there is no symmetry to break */
  CR_TRY(cr_net_initialize(l->net, "zero", options.seed));
  choose_descent(l, &options, &objective);
  return cr_trainer_create(l->net, &objective, &options, l->samples, &l->trainer);
}

static cr_status measure(const linear *l, cr_metrics *out) {
  cr_metrics metrics[CR_PORTION_COUNT] = {{0}};
  const cr_linear_task *task = l->task;
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    const cr_samples *samples = task->portions->samples[p];
    if (!samples) continue;
    CR_TRY(
        cr_trainer_measure(l->trainer, samples, task->encoder, task->options->stop, &metrics[p]));
    CR_TRY(cr_metrics_baseline(task->encoder, samples, &metrics[p]));
  }
  memcpy(out, metrics, sizeof metrics);
  return CR_OK;
}

static cr_status run(linear *l, cr_metrics *out) {
  double loss;
  choose_count(l);
  CR_TRY(choose_plan(l));
  CR_TRY(create_trainer(l));
  while (cr_trainer_epochs_done(l->trainer) < l->trainer->options.epochs)
    CR_TRY(cr_trainer_epoch(l->trainer, &loss));
  return measure(l, out);
}

cr_status cr_linear_baseline(const cr_linear_task *task, cr_metrics *out) {
  linear l = {.task = task};
  if (task->plan->layers[0] == '\0') return CR_OK;
  const cr_status status = run(&l, out);
  cr_trainer_destroy(l.trainer);
  cr_net_destroy(l.net);
  cr_samples_destroy(l.samples);
  cr_plan_free(&l.plan);
  cr_free(l.rows);
  return status == CR_ERR_INTERRUPTED || status == CR_ERR_DIVERGED ? CR_OK : status;
}
