#include "train/fit.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/size.h"
#include "train/early_stop.h"

/* Past these a run has diverged, though its numbers are still finite. */
static const double LOSS_GROWTH = 1e4; /* times the loss at the start, or 1 if that is less */

/* Such weights alone may be right: only where the loss is worse than at the start, they are not. */
static const float LARGEST_WEIGHT = 1e6F;
static const double SAME_LOSS = 0.05; /* the start loss, of some rows alone, strays by less */

typedef struct cr_fitting {
  cr_trainer *trainer;
  const cr_fit_plan *plan;
  cr_early_stop stop;
  cr_event event; /* what is known now; sent again and again */
  cr_norms norms;
  double start_time;
  size_t settled_epoch;         /* the first whose weights are not of large steps; 0: none */
  size_t reduced_epoch;         /* when the rate was last reduced */
  double start_loss, last_loss; /* last_loss: of the last evaluation */
  double first_loss;            /* as evaluated before the first step */
  bool started;                 /* CR_EVENT_START was sent */
} cr_fitting;

static bool keeps_best(const cr_fitting *fit) {
  return strcmp(fit->trainer->options.keep, "best") == 0;
}

static void tell(cr_fitting *fit, cr_event_kind kind) {
  const cr_norms *norms = fit->trainer->norms;
  fit->event.kind = kind;
  fit->event.seconds = cr_clock_seconds() - fit->start_time;
  if (norms && norms->known) {
    fit->event.gradient_norms = norms->gradient;
    fit->event.weight_norms = norms->weight;
    fit->event.update_norms = norms->update;
  }
  for (size_t i = 0; i < fit->plan->listener_count; i++) {
    const cr_listener *listener = &fit->plan->listeners[i];
    if (listener->on_event) listener->on_event(listener->user, &fit->event);
  }
}

/*
 * Evaluates the network on the dev part, or without one on the training rows: the loss that decides
 * which epoch is the best. Where the last one is kept anyhow, the loss as it was trained will do.
 */
static cr_status evaluate(cr_fitting *fit, size_t epoch, const volatile sig_atomic_t *stop,
                          bool *improved) {
  cr_trainer *trainer = fit->trainer;
  const cr_fit_plan *plan = fit->plan;
  cr_metrics metrics = {.loss = fit->event.train_loss};
  if (plan->dev || keeps_best(fit))
    CR_TRY(cr_trainer_measure(trainer, plan->dev ? plan->dev : trainer->samples, plan->encoder,
                              stop, &metrics));
  if (plan->dev) {
    fit->event.dev_loss = metrics.loss;
    fit->event.dev_score = isnan(metrics.accuracy) ? metrics.r2 : metrics.accuracy;
  }
  fit->last_loss = metrics.loss;
  if (epoch == 0) fit->first_loss = metrics.loss;
  if (epoch > 0 && epoch == fit->settled_epoch) cr_early_stop_settle(&fit->stop, fit->first_loss);
  *improved = cr_early_stop_update(&fit->stop, epoch, metrics.loss, trainer->net->parameters);
  fit->event.best_epoch = fit->stop.best_epoch;
  return CR_OK;
}

/* The network before its first step is epoch 0: what is kept should the first epoch diverge. */
static cr_status begin(cr_fitting *fit) {
  cr_trainer *trainer = fit->trainer;
  bool improved;
  CR_TRY(cr_trainer_start_loss(trainer, &fit->start_loss));
  fit->event.train_loss = fit->start_loss;
  CR_TRY(evaluate(fit, trainer->epoch, trainer->options.stop, &improved));
  fit->event.learning_rate = cr_trainer_rate(trainer);
  fit->started = true;
  tell(fit, CR_EVENT_START);
  return CR_OK;
}

/* Has the epoch just done left the loss or the weights beyond all sense? */
static cr_status check_sane(const cr_fitting *fit) {
  const cr_trainer *trainer = fit->trainer;
  const cr_net *net = trainer->net;
  const char *what = NULL;
  if (fit->event.train_loss > LOSS_GROWTH * fmax(1, fit->start_loss))
    what = "the loss grows without end";
  for (size_t i = 0; i < net->parameter_count && !what; i++)
    if (!isfinite(net->parameters[i])) what = "a weight is not finite";
  const bool worse = fit->event.train_loss > (1 + SAME_LOSS) * fit->start_loss;
  for (size_t i = 0; i < net->weight_count && !what && worse; i++)
    if (fabsf(net->parameters[i]) > LARGEST_WEIGHT) what = "the weights grow without end";
  return what ? cr_trainer_diverged(trainer, fit->event.epoch + 1, trainer->in_epoch, what) : CR_OK;
}

/*
 * A loss that gets no better tells the schedule, which may reduce the rate: after half the
 * patience, so that as long again is left to get better.
 */
static void reduce(cr_fitting *fit) {
  const size_t wait = cr_size_max(fit->trainer->options.patience / 2, 1);
  const size_t epoch = fit->event.epoch;
  const size_t since = cr_size_max(fit->stop.progress_epoch, fit->reduced_epoch);
  if (epoch - since < wait) return;
  fit->trainer->reductions++;
  fit->reduced_epoch = epoch;
}

/* One epoch; somebody may stop it after any batch, or while it is evaluated. */
static cr_status run_epoch(cr_fitting *fit) {
  cr_trainer *trainer = fit->trainer;
  const size_t epoch = trainer->epoch;
  while (trainer->epoch == epoch && !cr_trainer_stopped(trainer)) {
    double cost;
    fit->event.learning_rate = cr_trainer_rate(trainer);
    CR_TRY(cr_trainer_step(trainer, &cost));
    fit->event.batch = trainer->in_epoch;
    fit->event.train_loss = cr_trainer_epoch_loss(trainer);
    fit->event.train_score = cr_trainer_epoch_score(trainer);
    tell(fit, CR_EVENT_BATCH);
  }
  CR_TRY(check_sane(fit));
  const bool has_best = fit->stop.best_epoch > 0 && keeps_best(fit);
  bool improved;
  CR_TRY(evaluate(fit, epoch + 1, has_best ? trainer->options.stop : NULL, &improved));
  fit->event.epoch = epoch + 1;
  reduce(fit);
  tell(fit, CR_EVENT_EPOCH);
  if (improved) tell(fit, CR_EVENT_IMPROVED);
  return CR_OK;
}

static cr_status run(cr_fitting *fit) {
  const cr_trainer *trainer = fit->trainer;
  CR_TRY(begin(fit));
  while (trainer->epoch < trainer->options.epochs) {
    if (cr_trainer_stopped(trainer)) return CR_ERR_INTERRUPTED;
    CR_TRY(run_epoch(fit));
    if (fit->plan->dev && cr_early_stop_over(&fit->stop, fit->event.epoch)) {
      fit->event.reason = "patience";
      return CR_OK;
    }
  }
  fit->event.reason = "epochs";
  return CR_OK;
}

/* Notes where it was stopped: in the epoch that was not done, or after the last one. */
static void note_interrupted(cr_fitting *fit) {
  const cr_trainer *trainer = fit->trainer;
  const size_t epoch = trainer->epoch + (trainer->in_epoch < trainer->batches.count);
  fit->event.reason = "interrupted";
  if (trainer->steps == 0)
    cr_fail(CR_ERR_INTERRUPTED, "interrupted before the first step");
  else
    cr_fail(CR_ERR_INTERRUPTED,
            "interrupted in epoch %zu, batch %zu: kept the weights of epoch %zu", epoch,
            trainer->in_epoch, fit->event.best_epoch);
}

/* Leaves the network with the weights to keep: the last ones only if asked for and of any use. */
static cr_status keep(cr_fitting *fit, cr_status status) {
  if (status == CR_ERR_DIVERGED) {
    fit->event.reason = "diverged";
    cr_why("a learning rate of %g is too large here; kept the best weights (epoch %zu)",
           fit->trainer->options.learning_rate, fit->stop.best_epoch);
  }
  if (status == CR_ERR_DIVERGED || keeps_best(fit)) {
    cr_early_stop_restore(&fit->stop, fit->trainer->net->parameters);
    fit->last_loss = fit->stop.best_loss;
  } else {
    fit->event.best_epoch = fit->event.epoch;
  }
  if (status == CR_ERR_INTERRUPTED) note_interrupted(fit);
  if (fit->event.reason && fit->started) tell(fit, CR_EVENT_STOP);
  return status;
}

/*
 * Where the rate comes down, epochs at a high one compete no longer: of many that jump about, the
 * lowest loss on a small dev part is luck.
 */
static size_t find_settled(const cr_trainer *trainer) {
  const cr_train_options *o = &trainer->options;
  const cr_schedule_state state = {.steps = (uint64_t)o->epochs * trainer->batches.count,
                                   .gamma = o->gamma};
  return cr_schedule_settles(trainer->schedule, &state, o->epochs);
}

/* Nobody who does not listen pays for the norms. */
static cr_status watch_norms(cr_fitting *fit) {
  if (fit->plan->listener_count == 0) return CR_OK;
  CR_TRY(cr_norms_create(fit->trainer->net, &fit->norms));
  fit->trainer->norms = &fit->norms;
  return CR_OK;
}

cr_status cr_fit_run(cr_trainer *trainer, const cr_fit_plan *plan, cr_fit_result *out) {
  cr_fitting fit = {
      .trainer = trainer, .plan = plan, .start_loss = (double)NAN, .last_loss = (double)INFINITY};
  fit.start_time = cr_clock_seconds();
  fit.settled_epoch = trainer->epoch == 0 ? find_settled(trainer) : 0;
  fit.event = (cr_event){.restart = plan->restart,
                         .restarts = plan->restarts,
                         .epoch = trainer->epoch,
                         .epochs = trainer->options.epochs,
                         .batches = trainer->batches.count,
                         .dev_loss = (double)NAN,
                         .dev_score = (double)NAN,
                         .train_score = (double)NAN,
                         .layers = trainer->net->spec.count,
                         .training = plan->training};
  CR_TRY(cr_early_stop_create(trainer->net->parameter_count, trainer->options.patience, &fit.stop));
  cr_status status = watch_norms(&fit);
  if (status == CR_OK) status = keep(&fit, run(&fit));
  trainer->norms = NULL;
  cr_norms_free(&fit.norms);
  cr_early_stop_free(&fit.stop);
  *out = (cr_fit_result){.epochs_run = fit.event.epoch,
                         .best_epoch = fit.event.best_epoch,
                         .start_loss = fit.start_loss,
                         .loss = fit.last_loss,
                         .reason = fit.event.reason};
  return status;
}

cr_status cr_fit(cr_trainer *trainer, const cr_samples *dev, const cr_listener *listeners,
                 size_t listener_count) {
  const cr_fit_plan plan = {
      .dev = dev, .listeners = listeners, .listener_count = listener_count, .restarts = 1};
  cr_fit_result result;
  return cr_fit_run(trainer, &plan, &result);
}
