#include <assert.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/options.h"
#include "data/large_table.h"
#include "model/trained.h"
#include "train/audit.h"
#include "train/linear.h"
#include "train/plan.h"
#include "train/portions.h"
#include "train/record.h"
#include "train/train_table.h"

/* Of more rows than this the noise averages out as they are. */
enum { FEW_ROWS = 1000 };

struct cr_training {
  cr_model *model;
  cr_plan plan;
  cr_train_options options; /* resolved; texts are the plan's, the one below or static */
  char *augment;            /* or NULL */
  cr_portions portions;
  cr_metrics metrics[CR_PORTION_COUNT];
  cr_metrics linear[CR_PORTION_COUNT]; /* of the linear model; n 0: there is none */
  cr_training_summary summary;
  cr_strlist warnings;
  cr_column_use *uses; /* (columns) of the table */
  size_t columns;
};

/* One training: what it was called with, and what it makes on the way to a model. */
typedef struct job {
  const cr_train_call *call;
  cr_prepare_options prepare;
  cr_train_options options;
  cr_encoder *encoder;
  cr_net *net;
  cr_trainer *trainer;
  double trainer_start; /* when it was made */
  cr_training *training;
} job;

/* The model's record is JSON, whose readers know whole numbers up to 2^63 - 1. */
static cr_status check_seed(uint64_t seed) {
  if (seed <= INT64_MAX) return CR_OK;
  return cr_fail(CR_ERR_ARGUMENT, "seed %llu, expected at most %lld", (unsigned long long)seed,
                 (long long)INT64_MAX);
}

static cr_status choose_rows(job *j) {
  const cr_train_call *call = j->call;
  cr_portions *portions = &j->training->portions;
  if (call->rows) return cr_portions_take(call->table, call->dev, call->rows, portions);
  bool decides;
  CR_TRY(cr_options_need_dev(&j->options, &decides));
  return cr_portions_choose(call->table, call->dev, call->test, &j->prepare, j->encoder, decides,
                            portions);
}

/* With more rows on disk than fit in memory the model depends on how many do. */
static void note_memory(job *j) {
  const cr_portions *portions = &j->training->portions;
  for (size_t p = CR_PORTION_COUNT; p-- > 0;) {
    const cr_large *large = portions->tables[p]->large;
    if (large) j->training->summary.memory = large->memory;
  }
}

/* The rows of each part, prepared as the training part alone says, and a plan for their network. */
static cr_status prepare_parts(job *j) {
  const cr_train_call *call = j->call;
  cr_training *training = j->training;
  cr_portions *portions = &training->portions;
  CR_TRY(cr_encoder_create(call->table, &j->prepare, &training->warnings, &j->encoder));
  CR_TRY(choose_rows(j));
  note_memory(j);
  CR_TRY(cr_encoder_fit(j->encoder, call->table, portions->rows.rows[CR_PORTION_TRAIN],
                        portions->rows.count[CR_PORTION_TRAIN], j->prepare.scale,
                        &training->warnings));
  training->uses = j->encoder->uses;
  training->columns = j->call->table->column_count;
  j->encoder->uses = NULL;
  CR_TRY(cr_plan_create(j->encoder, portions->rows.count[CR_PORTION_TRAIN], &j->options,
                        &training->plan));
  CR_TRY(cr_portions_encode(portions, j->encoder, training->plan.outputs, &j->prepare,
                            j->options.threads));
  if (!call->rows) CR_TRY(cr_portions_warn_new(portions, j->encoder, &training->warnings));
  const cr_audit audit = {.encoder = j->encoder, .portions = portions, .prepare = &j->prepare};
  return call->rows ? CR_OK : cr_audit_run(&audit, &training->warnings);
}

/* The trainer's text of it, for as long as the training lives. */
static cr_status keep_augment(cr_training *training, const char *text) {
  training->options.augment = NULL;
  if (!text) return CR_OK;
  CR_TRY(cr_copy_text(text, &training->augment));
  training->options.augment = training->augment;
  return CR_OK;
}

/*
 * The objective needs it before there is a trainer. Where nothing is held out, all is learnt. Where
 * no dev part says which epoch is the best, twice as much keeps the noise of few rows from being
 * learnt.
 */
static cr_status choose_l2(job *j) {
  const cr_portions *portions = &j->training->portions;
  const cr_samples *samples = portions->samples[CR_PORTION_TRAIN];
  const bool twice = !portions->samples[CR_PORTION_DEV] && samples->rows < FEW_ROWS;
  const double times = portions->same_rows ? 0 : twice ? 2 : 1;
  cr_train_options resolved;
  CR_TRY(cr_options_resolve(&j->options, samples->rows, samples->inputs, &resolved));
  if (isnan(j->options.l2)) j->options.l2 = times * resolved.l2;
  return CR_OK;
}

static cr_status create_trainer(job *j) {
  const cr_plan *plan = &j->training->plan;
  cr_objective objective;
  CR_TRY(choose_l2(j));
  cr_objective_init(&objective);
  objective.loss = plan->loss;
  objective.l1 = j->options.l1;
  objective.l2 = j->options.l2;
  objective.label_smoothing = j->options.label_smoothing;
  objective.dropout = j->options.dropout;
  objective.input_dropout = j->options.input_dropout;
  objective.input_noise = j->options.input_noise;
  CR_TRY(cr_net_create(plan->spec, &j->net));
  j->trainer_start = cr_clock_seconds();
  CR_TRY(cr_trainer_create(j->net, &objective, &j->options,
                           j->training->portions.samples[CR_PORTION_TRAIN], &j->trainer));
  cr_train_options *resolved = &j->training->options;
  *resolved = j->trainer->options;
  resolved->layers = plan->layers;
  resolved->activation = plan->activation;
  resolved->output = plan->output;
  resolved->loss = plan->loss;
  resolved->initializer = plan->initializer;
  CR_TRY(keep_augment(j->training, resolved->augment));
  if (j->training->portions.samples[CR_PORTION_DEV]) return CR_OK;
  if (cr_schedule_heeds_loss(j->trainer->schedule)) return CR_OK; /* it falls by the patience */
  resolved->patience = 0;
  if (j->options.patience == 0) return CR_OK;
  return cr_strlist_add(&j->training->warnings, "without a dev part there is no early stopping");
}

/* Network and encoder become the model, and what is known before the first step is noted. */
static cr_status create_model(job *j) {
  cr_training *training = j->training;
  CR_TRY(cr_model_create(j->net, j->encoder, training->plan.loss, &training->model));
  for (size_t p = 0; p < CR_PORTION_COUNT; p++)
    training->metrics[p].n = training->portions.rows.count[p];
  training->summary = (cr_training_summary){
      .restarts = training->options.restarts,
      .skipped_rows = training->portions.skipped,
      .same_rows = training->portions.same_rows,
      .start_loss = (double)NAN,
      .expected_start_loss = cr_plan_start_loss(&training->plan),
  };
  memcpy(training->summary.shares, training->portions.shares, sizeof training->summary.shares);
  return CR_OK;
}

static cr_status measure_portion(job *j, size_t portion, const volatile sig_atomic_t *stop) {
  const cr_samples *samples = j->training->portions.samples[portion];
  cr_metrics *metrics = &j->training->metrics[portion];
  if (!samples) return CR_OK;
  CR_TRY(cr_trainer_measure(j->trainer, samples, j->encoder, stop, metrics));
  return cr_metrics_baseline(j->encoder, samples, metrics);
}

/*
 * Who has stopped the training does not wait for the figures of its largest part, unless they are
 * all there are.
 */
static cr_status measure(job *j) {
  cr_samples *const *samples = j->training->portions.samples;
  const bool others = samples[CR_PORTION_DEV] || samples[CR_PORTION_TEST];
  CR_TRY(measure_portion(j, CR_PORTION_DEV, NULL));
  if (j->call->dev_only && samples[CR_PORTION_DEV]) return CR_OK;
  CR_TRY(measure_portion(j, CR_PORTION_TEST, NULL));
  const cr_status status = measure_portion(j, CR_PORTION_TRAIN, others ? j->options.stop : NULL);
  return status == CR_ERR_INTERRUPTED ? CR_OK : status;
}

/* What the network is worth, beside what a linear model reaches. */
static cr_status compare(job *j) {
  cr_training *training = j->training;
  const cr_linear_task task = {.encoder = j->encoder,
                               .portions = &training->portions,
                               .plan = &training->plan,
                               .options = &training->options};
  return j->options.linear_baseline ? cr_linear_baseline(&task, training->linear) : CR_OK;
}

static void summarize(cr_training_summary *summary, const cr_starts *starts, cr_status ended) {
  summary->epochs_run = starts->best.epochs_run;
  summary->best_epoch = starts->best.best_epoch;
  summary->restarts = starts->run;
  summary->restarts_learned = starts->learned;
  summary->start_loss = starts->best.start_loss;
  /* The best start may have been over before a later one was interrupted. */
  summary->reason = ended == CR_ERR_INTERRUPTED ? "interrupted" : starts->best.reason;
}

/* What rows on disk have cost. */
static void note_disk(job *j) {
  cr_training_summary *summary = &j->training->summary;
  const double seconds = cr_clock_seconds() - j->trainer_start;
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    const cr_samples *samples = j->training->portions.samples[p];
    if (samples) summary->disk_bytes += cr_samples_disk_bytes(samples);
  }
  if (summary->disk_bytes > 0) summary->waited = cr_trainer_waited(j->trainer) / seconds;
}

/* The model's record of how it came about. */
static cr_status record(job *j) {
  cr_training *training = j->training;
  const cr_record what = {.options = &training->options,
                          .prepare = &j->prepare,
                          .plan = &training->plan,
                          .portions = &training->portions,
                          .summary = &training->summary,
                          .metrics = training->metrics,
                          .linear = training->linear};
  char *json = NULL;
  CR_TRY(cr_record_write(&what, &json));
  const cr_status status = cr_model_set_training(training->model, json);
  cr_free(json);
  return status;
}

/* Ends as the starts did, with the best model there is. */
static cr_status finish(job *j, const cr_starts *starts, cr_status ended) {
  const cr_error error = *cr_last_error();
  summarize(&j->training->summary, starts, ended);
  if (ended == CR_OK && starts->diverged > 0)
    CR_TRY(cr_strlist_format(&j->training->warnings, "%zu of %zu starts diverged", starts->diverged,
                             starts->run));
  CR_TRY(measure(j));
  note_disk(j);
  if (ended == CR_OK) CR_TRY(compare(j));
  CR_TRY(record(j));
  if (ended != CR_OK) cr_error_restore(&error);
  return ended;
}

/* Has it ended with weights to keep? */
static bool is_end(cr_status status) {
  return status == CR_OK || status == CR_ERR_DIVERGED || status == CR_ERR_INTERRUPTED;
}

static cr_status descend_by_starts(void *context, cr_trainer *trainer, const char *initializer,
                                   const cr_fit_plan *plan, cr_starts *out) {
  (void)context;
  return cr_starts_run(trainer, initializer, plan, out);
}

cr_status cr_descend_by_recall(void *context, cr_trainer *trainer, const char *initializer,
                               const cr_fit_plan *plan, cr_starts *out) {
  (void)initializer, (void)plan;
  const cr_training *learned = context;
  const cr_training_summary *summary = &learned->summary;
  cr_net *net = trainer->net, *from = cr_model_net(learned->model);
  assert(net->parameter_count == from->parameter_count);
  memcpy(net->parameters, from->parameters, net->parameter_count * sizeof *net->parameters);
  *out = (cr_starts){.best = {.epochs_run = summary->epochs_run,
                              .best_epoch = summary->best_epoch,
                              .start_loss = summary->start_loss,
                              .reason = summary->reason},
                     .run = summary->restarts,
                     .learned = summary->restarts_learned};
  return CR_OK;
}

static cr_status work(job *j) {
  cr_training *training = j->training;
  cr_starts starts = {0};
  CR_TRY(prepare_parts(j));
  CR_TRY(create_trainer(j));
  CR_TRY(create_model(j));
  const cr_fit_plan plan = {.dev = training->portions.samples[CR_PORTION_DEV],
                            .encoder = j->encoder,
                            .listeners = j->call->listeners,
                            .listener_count = j->call->listener_count,
                            .training = training};
  cr_descent *const descent = j->call->descent ? j->call->descent : descend_by_starts;
  const cr_status ended =
      descent(j->call->context, j->trainer, training->plan.initializer, &plan, &starts);
  return is_end(ended) ? finish(j, &starts, ended) : ended;
}

/* Gives back what is not the training's: a model owns its network and encoder. */
static void clean_up(job *j) {
  cr_trainer_destroy(j->trainer);
  if (!j->training->model) {
    cr_net_destroy(j->net);
    cr_encoder_destroy(j->encoder);
  }
  cr_portions_drop_samples(&j->training->portions);
}

cr_status cr_train_run(const cr_train_call *call, cr_training **out) {
  *out = NULL;
  job j = {.call = call};
  const double start = cr_clock_seconds();
  void *block = NULL;
  cr_prepare_options_init(&j.prepare);
  cr_train_options_init(&j.options);
  CR_TRY(cr_options_copy(&j.prepare, sizeof j.prepare, call->prepare, "cr_prepare_options_init"));
  CR_TRY(cr_options_copy(&j.options, sizeof j.options, call->options, "cr_train_options_init"));
  CR_TRY(check_seed(j.options.seed));
  CR_TRY(check_seed(j.prepare.seed));
  CR_TRY(cr_alloc(1, sizeof(cr_training), &block));
  j.training = block;
  const cr_status status = work(&j);
  clean_up(&j);
  j.training->summary.seconds = cr_clock_seconds() - start;
  if (is_end(status))
    *out = j.training;
  else
    cr_training_destroy(j.training);
  return status;
}

cr_status cr_train_table(const cr_table *table, const cr_table *dev, const cr_table *test,
                         const cr_prepare_options *prepare, const cr_train_options *options,
                         const cr_listener *listeners, size_t listener_count, cr_training **out) {
  const cr_train_call call = {.table = table,
                              .dev = dev,
                              .test = test,
                              .prepare = prepare,
                              .options = options,
                              .listeners = listeners,
                              .listener_count = listener_count};
  return cr_train_run(&call, out);
}

void cr_training_set_seconds(cr_training *training, double seconds) {
  training->summary.seconds = seconds;
}

void cr_training_destroy(cr_training *training) {
  if (!training) return;
  cr_model_destroy(training->model);
  cr_plan_free(&training->plan);
  cr_free(training->augment);
  cr_portions_free(&training->portions);
  cr_strlist_free(&training->warnings);
  cr_free(training->uses);
  cr_free(training);
}

cr_model *cr_training_model(cr_training *training) {
  return training->model;
}

/* It has no reason to have stopped while it runs. */
cr_model *cr_training_take_model(cr_training *training) {
  if (!training->summary.reason) return NULL;
  cr_model *model = training->model;
  training->model = NULL;
  return model;
}

const cr_train_options *cr_training_options(const cr_training *training) {
  return &training->options;
}

const cr_metrics *cr_training_metrics(const cr_training *training, size_t portion) {
  return portion < CR_PORTION_COUNT ? &training->metrics[portion] : NULL;
}

const cr_metrics *cr_training_linear(const cr_training *training, size_t portion) {
  return portion < CR_PORTION_COUNT ? &training->linear[portion] : NULL;
}

const size_t *cr_training_rows(const cr_training *training, size_t portion, size_t *count) {
  const cr_portions *portions = &training->portions;
  const bool own = portion < CR_PORTION_COUNT && portions->tables[portion] == portions->tables[0];
  *count = own ? portions->rows.count[portion] : 0;
  return own ? portions->rows.rows[portion] : NULL;
}

const cr_training_summary *cr_training_get_summary(const cr_training *training) {
  return &training->summary;
}

const char *cr_training_warning(const cr_training *training, size_t index) {
  return index < training->warnings.count ? training->warnings.items[index] : NULL;
}

cr_column_use cr_training_column_use(const cr_training *training, size_t column) {
  return column < training->columns ? training->uses[column] : CR_USE_DROPPED;
}
