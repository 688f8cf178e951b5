#include "train/trainer.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "train/defaults.h"
#include "train/descent.h"

/* The loss before the first step is hardly better known from more rows. */
enum { START_ROWS = 10000 };

/* An evaluation goes through the network in blocks of at least this many rows, if there are. */
enum { EVALUATION_ROWS = 256 };

static size_t widest_layer(const cr_net *net) {
  size_t widest = 0;
  for (size_t l = 0; l < net->spec.count; l++)
    widest = cr_size_max(widest, net->spec.layers[l].outputs);
  return widest;
}

static void lay_out(cr_trainer *trainer, cr_arena *arena) {
  const cr_net *net = trainer->net;
  const cr_samples *samples = trainer->samples;
  const size_t batch = trainer->options.batch;
  const size_t room = cr_size_max(batch, cr_size_min(EVALUATION_ROWS, samples->rows));
  cr_batches_lay_out(&trainer->batches, samples, batch, room, arena);
  trainer->room_for_norms = cr_arena_take(arena, widest_layer(net), sizeof(double));
  for (size_t i = 0; i < trainer->optimizer->slots; i++)
    trainer->slots[i] = cr_arena_take(arena, net->parameter_count, sizeof(float));
}

/* Rows on disk that are wanted all at once are refused before there is room for them. */
static cr_status open_batches(cr_trainer *trainer) {
  const cr_status status = cr_batches_open(&trainer->batches);
  if (status != CR_ERR_COMBINATION) return status;
  if (trainer->optimizer->full_batch)
    return cr_fix("--optimizer %s, or more --memory", cr_default_optimizer());
  const size_t usual = cr_default_batch(trainer->optimizer, trainer->samples->rows);
  if (usual >= trainer->options.batch) return cr_fix("more --memory");
  return cr_fix("--batch %zu, or more --memory", usual);
}

static cr_status take_memory(cr_trainer *trainer) {
  cr_arena measured;
  cr_arena_measure(&measured);
  lay_out(trainer, &measured);
  CR_TRY(open_batches(trainer));
  CR_TRY(cr_arena_create(&measured, &trainer->arena));
  lay_out(trainer, &trainer->arena);

  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = trainer->batches.room;
  options.threads = trainer->options.threads;
  options.kernel = trainer->options.kernel;
  options.draws = cr_draws_any(&trainer->target.draws);
  return cr_workspace_create(trainer->net, &options, &trainer->work);
}

static cr_status check_shapes(const cr_net *net, const cr_samples *samples) {
  const size_t outputs = cr_net_outputs(net);
  if (samples->inputs == net->spec.inputs && samples->outputs == outputs) return CR_OK;
  return cr_fail(CR_ERR_SHAPE, "samples of %zu inputs and %zu outputs, the network has %zu and %zu",
                 samples->inputs, samples->outputs, net->spec.inputs, outputs);
}

/* What is the objective's, so that the options show it. */
static void take_from_objective(cr_train_options *options, const cr_target_function *target) {
  options->l1 = target->l1;
  options->l2 = target->l2;
  options->label_smoothing = target->label_smoothing;
  options->dropout = target->draws.dropout;
  options->input_dropout = target->draws.input_dropout;
  options->input_noise = target->draws.input_noise;
}

/*
 * Costs of two steps can be compared only where both are of the same function; and what would do
 * nothing is refused.
 */
static cr_status check_draws(const cr_net *net, const cr_optimizer *optimizer,
                             const cr_draws *draws) {
  const char *name = optimizer->part.name;
  if (draws->dropout > 0.0 && net->spec.count < 2) {
    cr_fail(CR_ERR_COMBINATION, "dropout without hidden layers");
    cr_why("it leaves out hidden units, and there are none");
    return cr_fix("leave out --dropout; --input-dropout leaves out inputs");
  }
  if (!optimizer->full_batch || !cr_draws_any(draws)) return CR_OK;
  cr_fail(CR_ERR_COMBINATION, "dropout or noise with optimizer %s", name);
  cr_why("%s compares the costs of steps, which are drawn anew each time", name);
  return cr_fix("--optimizer %s, or no dropout and no noise", cr_default_optimizer());
}

/* What is augmented: images, and for a rule that does not mind that each cost is of others. */
static cr_status check_augmented(const cr_trainer *trainer) {
  const char *optimizer = trainer->optimizer->part.name;
  if (!cr_samples_have_bytes(trainer->samples)) {
    cr_fail(CR_ERR_COMBINATION, "--augment with inputs that are not images alone");
    cr_why("pixels are moved, turned and bent; other columns have no places to move to");
    return cr_fix("leave out --augment");
  }
  if (!trainer->optimizer->full_batch) return CR_OK;
  cr_fail(CR_ERR_COMBINATION, "--augment with --optimizer %s", optimizer);
  cr_why("%s compares the costs of steps, and images are drawn anew each time", optimizer);
  return cr_fix("--optimizer %s, or leave out --augment", cr_default_optimizer());
}

static cr_status create_augmenter(cr_trainer *trainer) {
  const char *text = trainer->options.augment;
  cr_augmentation augmentation;
  trainer->options.augment = NULL;
  if (!text) return CR_OK;
  CR_TRY(cr_augmentation_read(text, trainer->samples->image, &augmentation));
  CR_TRY(cr_augmentation_write(&augmentation, &trainer->augment));
  if (!trainer->augment) return CR_OK;
  CR_TRY(check_augmented(trainer));
  trainer->options.augment = trainer->augment;
  CR_TRY(cr_augmenter_create(&augmentation, trainer->samples, trainer->work->kernel,
                             cr_pool_threads(trainer->work->pool), &trainer->augmenter));
  trainer->batches.augmenter = trainer->augmenter;
  return CR_OK;
}

static cr_status set_up(cr_trainer *trainer, const cr_objective *objective,
                        const cr_train_options *options) {
  cr_train_options *resolved = &trainer->options;
  CR_TRY(cr_options_resolve(options, trainer->samples->rows, trainer->samples->inputs, resolved));
  CR_TRY(cr_objective_resolve(trainer->net, objective, &trainer->target));
  take_from_objective(resolved, &trainer->target);
  CR_TRY(cr_optimizer_find(resolved->optimizer, &trainer->optimizer));
  CR_TRY(cr_schedule_find(resolved->schedule, &trainer->schedule));
  CR_TRY(check_draws(trainer->net, trainer->optimizer, &trainer->target.draws));
  trainer->hyper = (cr_hyper){.momentum = resolved->momentum,
                              .dampening = resolved->dampening,
                              .beta1 = resolved->beta1,
                              .beta2 = resolved->beta2,
                              .epsilon = resolved->epsilon,
                              .weight_decay = resolved->weight_decay};
  CR_TRY(take_memory(trainer));
  CR_TRY(create_augmenter(trainer));
  trainer->optimizer = cr_optimizer_for(trainer->optimizer, trainer->work->kernel->level);
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
  cr_batches_close(&trainer->batches);
  cr_augmenter_destroy(trainer->augmenter);
  cr_free(trainer->augment);
  cr_workspace_destroy(trainer->work);
  cr_arena_destroy(&trainer->arena);
  cr_free(trainer);
}

static void begin_epoch(cr_trainer *trainer) {
  trainer->in_epoch = 0;
  trainer->loss_sum = 0;
  trainer->loss_rows = 0;
  trainer->right = 0;
  cr_batches_shuffle(&trainer->batches, trainer->seed, trainer->epoch);
}

void cr_trainer_restart(cr_trainer *trainer, uint64_t seed) {
  for (size_t s = 0; s < trainer->optimizer->slots; s++)
    for (size_t i = 0; i < trainer->net->parameter_count; i++) trainer->slots[s][i] = 0;
  memset(trainer->scalars, 0, sizeof trainer->scalars);
  trainer->seed = seed;
  trainer->epoch = 0;
  trainer->steps = 0;
  trainer->reductions = 0;
  begin_epoch(trainer);
}

double cr_trainer_rate(const cr_trainer *trainer) {
  const uint64_t steps = (uint64_t)trainer->options.epochs * trainer->batches.count;
  const uint64_t t = trainer->steps < steps ? trainer->steps : steps - 1;
  const cr_train_options *o = &trainer->options;
  const cr_schedule_state state = {
      .t = t, .steps = steps, .gamma = o->gamma, .reductions = trainer->reductions};
  return o->learning_rate * trainer->schedule->factor(&state) *
         cr_warm_up_factor(t, steps, o->warm_up);
}

bool cr_trainer_stopped(const cr_trainer *trainer) {
  return trainer->options.stop && *trainer->options.stop != 0;
}

double cr_trainer_epoch_loss(const cr_trainer *trainer) {
  return trainer->loss_rows ? trainer->loss_sum / (double)trainer->loss_rows : (double)NAN;
}

double cr_trainer_epoch_score(const cr_trainer *trainer) {
  if (!trainer->batches.classes || trainer->loss_rows == 0) return (double)NAN;
  return (double)trainer->right / (double)trainer->loss_rows;
}

size_t cr_trainer_epochs_done(const cr_trainer *trainer) {
  return trainer->epoch;
}

/* Rows of the batch that has just gone backward whose class came out, with what was drawn. */
static size_t count_right(const cr_trainer *trainer, const cr_batch *batch) {
  const size_t outputs = trainer->samples->outputs;
  const float *a = trainer->work->a[trainer->work->layers - 1];
  size_t right = 0;
  for (size_t i = 0; batch->classes && i < batch->rows; i++)
    right +=
        cr_predicted_class(trainer->target.loss, a + i * outputs, outputs) == batch->classes[i];
  return right;
}

double cr_trainer_waited(const cr_trainer *trainer) {
  return trainer->waited + cr_batches_waited(&trainer->batches);
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

cr_status cr_trainer_step(cr_trainer *trainer, double *cost) {
  if (trainer->in_epoch == trainer->batches.count) begin_epoch(trainer);
  cr_batch batch;
  CR_TRY(cr_batches_take(&trainer->batches, trainer->work->kernel, trainer->work->pool, &batch));
  const cr_pass_cost pass = cr_descend(trainer, &batch);
  *cost = pass.cost;
  if (!isfinite(*cost))
    return cr_trainer_diverged(trainer, trainer->epoch + 1, trainer->in_epoch + 1,
                               isnan(*cost) ? "loss is nan" : "loss is infinite");

  trainer->loss_sum += pass.loss;
  trainer->right += count_right(trainer, &batch);
  trainer->loss_rows += batch.rows;
  trainer->steps++;
  if (++trainer->in_epoch == trainer->batches.count) trainer->epoch++;
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

static cr_measurement measurement_of(cr_trainer *trainer, const cr_samples *samples) {
  const size_t inputs = trainer->samples->inputs, outputs = trainer->samples->outputs;
  const cr_batches *batches = &trainer->batches;
  return (cr_measurement){
      .net = trainer->net,
      .work = trainer->work,
      .target = &trainer->target,
      .samples = samples,
      .waited = &trainer->waited,
      .x = {batches->x, batches->room, inputs, inputs},
      .y = {batches->y, batches->room, outputs, outputs},
  };
}

cr_status cr_trainer_measure(cr_trainer *trainer, const cr_samples *samples,
                             const cr_encoder *encoder, const volatile sig_atomic_t *stop,
                             cr_metrics *out) {
  cr_measurement measurement = measurement_of(trainer, samples);
  measurement.encoder = encoder;
  measurement.stop = stop;
  return cr_evaluate_samples(&measurement, out);
}

cr_status cr_trainer_start_loss(cr_trainer *trainer, double *loss) {
  cr_metrics metrics;
  cr_measurement measurement = measurement_of(trainer, trainer->samples);
  measurement.most_rows = START_ROWS;
  measurement.stop = trainer->options.stop;
  CR_TRY(cr_evaluate_samples(&measurement, &metrics));
  *loss = metrics.loss;
  return CR_OK;
}
