#include "train/trainer.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "train/defaults.h"

/* An evaluation goes through the network in blocks of at least this many rows, if there are. */
enum { EVALUATION_ROWS = 256 };

static void lay_out(cr_trainer *trainer, cr_arena *arena) {
  const cr_net *net = trainer->net;
  trainer->x = cr_arena_take(arena, trainer->room, net->spec.inputs * sizeof(float));
  trainer->y = cr_arena_take(arena, trainer->room, trainer->samples->outputs * sizeof(float));
  trainer->order = cr_arena_take(arena, trainer->batch, sizeof(size_t));
  for (size_t i = 0; i < trainer->optimizer->slots; i++)
    trainer->slots[i] = cr_arena_take(arena, net->parameter_count, sizeof(float));
}

static cr_status take_memory(cr_trainer *trainer) {
  cr_arena measured;
  cr_arena_measure(&measured);
  lay_out(trainer, &measured);
  CR_TRY(cr_arena_create(&measured, &trainer->arena));
  lay_out(trainer, &trainer->arena);

  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = trainer->room;
  options.threads = trainer->options.threads;
  return cr_workspace_create(trainer->net, &options, &trainer->work);
}

static cr_status check_shapes(const cr_net *net, const cr_samples *samples) {
  const size_t outputs = cr_net_outputs(net);
  if (samples->inputs == net->spec.inputs && samples->outputs == outputs) return CR_OK;
  return cr_fail(CR_ERR_SHAPE, "samples of %zu inputs and %zu outputs, the network has %zu and %zu",
                 samples->inputs, samples->outputs, net->spec.inputs, outputs);
}

static cr_status set_up(cr_trainer *trainer, const cr_objective *objective,
                        const cr_train_options *options) {
  cr_train_options *resolved = &trainer->options;
  CR_TRY(cr_options_resolve(options, trainer->samples->rows, trainer->samples->inputs, resolved));
  CR_TRY(cr_objective_resolve(trainer->net, objective, &trainer->target));
  resolved->l1 = trainer->target.l1;
  resolved->l2 = trainer->target.l2;
  CR_TRY(cr_optimizer_find(resolved->optimizer, &trainer->optimizer));
  CR_TRY(cr_schedule_find(resolved->schedule, &trainer->schedule));
  cr_hyper_init(&trainer->hyper, trainer->optimizer);
  trainer->batch = resolved->batch;
  trainer->batches = (trainer->samples->rows + trainer->batch - 1) / trainer->batch;
  trainer->room = cr_size_max(trainer->batch, cr_size_min(EVALUATION_ROWS, trainer->samples->rows));
  CR_TRY(take_memory(trainer));
  cr_trainer_restart(trainer, resolved->seed);
  return CR_OK;
}

cr_status cr_trainer_create(cr_net *net, const cr_objective *objective,
                            const cr_train_options *options, const cr_samples *train,
                            cr_trainer **out) {
  *out = NULL;
  CR_TRY(check_shapes(net, train));
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_trainer), &block));
  cr_trainer *trainer = block;
  trainer->net = net;
  trainer->samples = train;
  const cr_status status = set_up(trainer, objective, options);
  if (status == CR_OK)
    *out = trainer;
  else
    cr_trainer_destroy(trainer);
  return status;
}

void cr_trainer_destroy(cr_trainer *trainer) {
  if (!trainer) return;
  cr_workspace_destroy(trainer->work);
  cr_arena_destroy(&trainer->arena);
  cr_free(trainer);
}

static void begin_epoch(cr_trainer *trainer) {
  trainer->in_epoch = 0;
  trainer->loss_sum = 0;
  trainer->loss_rows = 0;
  cr_order_init(&trainer->shuffle, trainer->samples->rows, trainer->seed, CR_STREAM_SHUFFLE,
                (uint32_t)trainer->epoch);
}

void cr_trainer_restart(cr_trainer *trainer, uint64_t seed) {
  for (size_t s = 0; s < trainer->optimizer->slots; s++)
    for (size_t i = 0; i < trainer->net->parameter_count; i++) trainer->slots[s][i] = 0;
  memset(trainer->scalars, 0, sizeof trainer->scalars);
  trainer->seed = seed;
  trainer->epoch = 0;
  trainer->steps = 0;
  begin_epoch(trainer);
}

double cr_trainer_rate(const cr_trainer *trainer) {
  const uint64_t steps = (uint64_t)trainer->options.epochs * trainer->batches;
  const uint64_t t = trainer->steps < steps ? trainer->steps : steps - 1;
  const cr_schedule_state state = {.t = t, .steps = steps, .gamma = trainer->schedule->gamma};
  return trainer->options.learning_rate * trainer->schedule->factor(&state);
}

bool cr_trainer_stopped(const cr_trainer *trainer) {
  return trainer->options.stop && *trainer->options.stop != 0;
}

double cr_trainer_epoch_loss(const cr_trainer *trainer) {
  return trainer->loss_rows ? trainer->loss_sum / (double)trainer->loss_rows : (double)NAN;
}

size_t cr_trainer_epochs_done(const cr_trainer *trainer) {
  return trainer->epoch;
}

/* Rows of the next batch, in the epoch's order; the last batch of an epoch may be smaller. */
static size_t draw_batch(cr_trainer *trainer) {
  const size_t first = trainer->in_epoch * trainer->batch;
  const size_t count = cr_size_min(trainer->batch, trainer->samples->rows - first);
  for (size_t i = 0; i < count; i++)
    trainer->order[i] = (size_t)cr_order_at(&trainer->shuffle, first + i);
  return count;
}

/* The data loss of the batch that has just gone backward: its cost, without a penalty in it. */
static double batch_loss(const cr_trainer *trainer, double cost, cr_const_matrix y) {
  const cr_target_function *target = &trainer->target;
  if (target->l1 > 0 || target->l2 > 0) return cr_loss_sum(trainer->net, trainer->work, target, y);
  return target->mean ? cost * (double)y.rows : cost;
}

cr_status cr_trainer_diverged(const cr_trainer *trainer, size_t epoch, size_t batch,
                              const char *what) {
  const double rate = trainer->options.learning_rate;
  const double fair =
      cr_default_rate(trainer->optimizer, trainer->schedule, trainer->samples->inputs);
  cr_fail(CR_ERR_DIVERGED, "training diverged at epoch %zu, batch %zu: %s", epoch, batch, what);
  cr_why("a learning rate of %g is too large here", rate);
  return cr_fix("--lr %g", rate > 10 * fair ? fair : rate / 10);
}

static void descend(cr_trainer *trainer, double cost) {
  cr_net *net = trainer->net;
  trainer->hyper.learning_rate = cr_trainer_rate(trainer);
  const cr_step step = {.hyper = &trainer->hyper,
                        .count = net->parameter_count,
                        .weights = net->weight_count,
                        .t = trainer->steps + 1,
                        .cost = cost,
                        .scalars = trainer->scalars};
  trainer->optimizer->step(net->parameters, trainer->slots, trainer->work->gradient, &step);
}

cr_status cr_trainer_step(cr_trainer *trainer, double *cost) {
  if (trainer->in_epoch == trainer->batches) begin_epoch(trainer);
  const size_t rows = draw_batch(trainer);
  const size_t inputs = trainer->samples->inputs, outputs = trainer->samples->outputs;
  cr_samples_gather(trainer->samples, trainer->work->kernel->bytes_to_floats, trainer->order, rows,
                    (cr_matrix){trainer->x, rows, inputs, inputs},
                    (cr_matrix){trainer->y, rows, outputs, outputs});
  const cr_const_matrix x = {trainer->x, rows, inputs, inputs};
  const cr_const_matrix y = {trainer->y, rows, outputs, outputs};
  *cost = cr_backward_pass(trainer->net, trainer->work, &trainer->target, x, y);
  if (!isfinite(*cost))
    return cr_trainer_diverged(trainer, trainer->epoch + 1, trainer->in_epoch + 1,
                               isnan(*cost) ? "loss is nan" : "loss is infinite");

  descend(trainer, *cost);
  trainer->loss_sum += batch_loss(trainer, *cost, y);
  trainer->loss_rows += rows;
  trainer->steps++;
  if (++trainer->in_epoch == trainer->batches) trainer->epoch++;
  return CR_OK;
}

cr_status cr_trainer_epoch(cr_trainer *trainer, double *loss) {
  const size_t epoch = trainer->epoch;
  while (trainer->epoch == epoch) {
    double cost;
    CR_TRY(cr_trainer_step(trainer, &cost));
    if (cr_trainer_stopped(trainer) && trainer->epoch == epoch)
      return cr_fail(CR_ERR_INTERRUPTED, "interrupted at epoch %zu, batch %zu", epoch + 1,
                     trainer->in_epoch);
  }
  *loss = cr_trainer_epoch_loss(trainer);
  return CR_OK;
}

cr_status cr_trainer_measure(cr_trainer *trainer, const cr_samples *samples,
                             const cr_encoder *encoder, const volatile sig_atomic_t *stop,
                             cr_metrics *out) {
  const size_t inputs = trainer->samples->inputs, outputs = trainer->samples->outputs;
  const cr_measurement measurement = {
      .net = trainer->net,
      .work = trainer->work,
      .target = &trainer->target,
      .encoder = encoder,
      .samples = samples,
      .x = {trainer->x, trainer->room, inputs, inputs},
      .y = {trainer->y, trainer->room, outputs, outputs},
      .stop = stop,
  };
  return cr_evaluate_samples(&measurement, out);
}
