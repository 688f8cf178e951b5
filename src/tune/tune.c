#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/options.h"
#include "train/defaults.h"
#include "train/plan.h"
#include "train/train_table.h"
#include "tune/folds.h"
#include "tune/halving.h"
#include "tune/header.h"
#include "tune/trial_log.h"

/* How long it searches when nothing is said. */
static const double DEFAULT_SECONDS = 60;

/* Of the time, for what comes after the search: measuring all parts, and saving. */
static const double LAST_SHARE = 0.02;

/* Standard errors in half a 95 % interval. */
static const double Z95 = 1.959963984540054;

struct cr_tuning {
  cr_plan plan; /* of what train chooses; settings borrow its texts */
  cr_space space;
  cr_halving halving;
  cr_tuning_summary summary;
  char *searched;
  cr_training *training; /* of the best */
};

/* One search: what it was called with, and what it needs on the way. */
typedef struct search {
  const cr_table *table, *dev, *test;
  cr_prepare_options prepare;
  cr_train_options train;
  cr_tune_options options;
  const cr_tune_listener *listener;
  cr_tuning *tuning;
  cr_folds folds;
  cr_trial_log log;
  double start, deadline;     /* of the clock; INFINITY: none */
  volatile sig_atomic_t stop; /* ends the run at work */
  cr_run run;
  size_t parts, part;     /* of the run, and done of them */
  cr_training *kept;      /* the training of the best, as train would do it */
  cr_contestant *kept_of; /* whose it is */
} search;

void cr_tune_options_init_sized(cr_tune_options *options, size_t size) {
  static const cr_tune_options defaults = {.seconds = 0};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

/* --- what is told --- */

static void tell(search *s, cr_tune_event_kind kind, double share, bool improved) {
  if (!s->listener || !s->listener->on_event) return;
  cr_tuning *tuning = s->tuning;
  const cr_contestant *best = cr_halving_best(&tuning->halving);
  const cr_contestant *defaults = tuning->halving.count ? tuning->halving.contestants[0] : NULL;
  tuning->summary.seconds = cr_clock_seconds() - s->start;
  const cr_tune_event event = {
      .kind = kind,
      .trial = s->run.contestant ? &s->run.contestant->trial : NULL,
      .rung = s->run.rung,
      .rungs = tuning->halving.rungs,
      .epochs = s->run.epochs,
      .share = share,
      .best = best ? &best->trial : NULL,
      .defaults = defaults ? &defaults->trial : NULL,
      .improved = improved,
      .seconds = tuning->summary.seconds,
      .limit = s->options.seconds,
      .most = s->options.trials,
      .summary = &tuning->summary,
  };
  s->listener->on_event(s->listener->user, &event);
}

static bool is_interrupted(const search *s) {
  return s->train.stop && *s->train.stop != 0;
}

/* Looks at clock and user after each batch: so one long run cannot outlast the time. */
static void watch_training(void *user, const cr_event *event) {
  search *s = user;
  if (is_interrupted(s) || cr_clock_seconds() >= s->deadline) s->stop = 1;
  if (event->kind != CR_EVENT_BATCH) return;
  const double epoch = (double)event->epoch + (double)event->batch / (double)event->batches;
  const double start = ((double)event->restart + epoch / (double)event->epochs);
  const double share = start / (double)event->restarts;
  tell(s, CR_TUNE_EVENT_STEP, ((double)s->part + share) / (double)s->parts, false);
}

/* --- one run --- */

static cr_train_options options_of(search *s, const cr_contestant *c, size_t epochs) {
  cr_train_options options = s->train;
  cr_settings_apply(&c->settings, &options);
  if (s->train.batch == SIZE_MAX) options.batch = SIZE_MAX; /* all, whatever the fold */
  options.epochs = epochs;
  options.linear_baseline = false;
  options.stop = &s->stop;
  return options;
}

static cr_status train_on(search *s, const cr_run *run, const cr_split *rows, cr_training **out) {
  const cr_train_options options = options_of(s, run->contestant, run->epochs);
  const cr_listener listener = {watch_training, s};
  const cr_train_call call = {.table = s->table,
                              .dev = s->folds.dev,
                              .prepare = &s->prepare,
                              .options = &options,
                              .listeners = &listener,
                              .listener_count = 1,
                              .rows = rows,
                              .dev_only = true};
  return cr_train_run(&call, out);
}

/*
 * The figures of a training's dev part, or without one of the rows it learnt from. The error of an
 * accuracy is that of its interval, which is not 0 where all rows are right.
 */
static void take_figures(search *s, const cr_training *training, cr_status ended,
                         cr_run_result *result) {
  const cr_metrics *metrics = cr_training_metrics(training, CR_PORTION_DEV);
  const bool unseen = metrics->n > 0;
  if (!unseen) metrics = cr_training_metrics(training, CR_PORTION_TRAIN);
  const bool classes = !isnan(metrics->accuracy);
  s->tuning->summary.classes = classes;
  result->losses[result->count] = ended == CR_ERR_DIVERGED ? (double)INFINITY : metrics->loss;
  result->scores[result->count++] = classes ? metrics->accuracy : metrics->r2;
  if (classes && unseen)
    result->score_error = (metrics->accuracy_high - metrics->accuracy_low) / (2 * Z95);
}

/* Trains on each fold; one that diverges speaks for all. */
static cr_status run_folds(search *s, const cr_run *run, cr_run_result *result) {
  cr_status status = CR_OK;
  for (size_t f = 0; f < s->folds.count && status == CR_OK; f++, s->part++) {
    cr_training *training = NULL;
    status = train_on(s, run, &s->folds.folds[f], &training);
    if (training) take_figures(s, training, status, result);
    cr_training_destroy(training);
  }
  return status;
}

/*
 * One run. Where it is as long as a training, that of the whole training part comes first: its
 * model is the one to keep should these settings be the best, and *candidate is the caller's. On
 * CR_ERR_INTERRUPTED there may be one, too.
 */
static cr_status run_trial(search *s, const cr_run *run, cr_run_result *result,
                           cr_training **candidate) {
  const bool folds = s->folds.count > 1;
  const bool complete = run->rung + 1 == s->tuning->halving.rungs;
  const double start = cr_clock_seconds();
  cr_status status = CR_OK;
  *result = (cr_run_result){.score_error = (double)NAN};
  *candidate = NULL;
  s->run = *run;
  s->part = 0;
  s->parts = (folds ? s->folds.count : 0) + (complete || !folds);
  if (complete || !folds) {
    status = train_on(s, run, &s->folds.whole, candidate);
    if (*candidate) take_figures(s, *candidate, status, result);
    s->part++;
  }
  if (folds && status == CR_OK) {
    result->count = 0;
    status = run_folds(s, run, result);
  }
  result->seconds = cr_clock_seconds() - start;
  if (status != CR_ERR_DIVERGED) return status;
  result->count = s->folds.count;
  for (size_t f = 0; f < result->count; f++) {
    result->losses[f] = (double)INFINITY;
    result->scores[f] = (double)NAN;
  }
  return CR_OK;
}

static void keep(search *s, cr_contestant *c, cr_training *training) {
  cr_training_destroy(s->kept);
  s->kept = training;
  s->kept_of = c;
}

/* --- the search --- */

/* The runs that the log has, in their order; each decides what the next one is. */
static cr_status recall(search *s) {
  cr_halving *halving = &s->tuning->halving;
  while (cr_trial_log_more(&s->log)) {
    cr_run run;
    cr_run_result result;
    bool exhausted;
    CR_TRY(cr_halving_next(halving, SIZE_MAX, &run, &exhausted));
    CR_TRY(cr_trial_log_read(&s->log, &run, s->folds.count, &result));
    cr_halving_note(halving, &run, &result);
    s->tuning->summary.recalled++;
  }
  return CR_OK;
}

/* The log has figures but no weights: those of the best so far are learnt again. */
static cr_status relearn(search *s) {
  cr_contestant *best = cr_halving_best(&s->tuning->halving);
  cr_training *training = NULL;
  if (!best) return CR_OK;
  const double deadline = s->deadline;
  s->run = (cr_run){best, s->tuning->halving.rungs - 1, best->trial.epochs};
  s->part = 0;
  s->parts = 1;
  s->deadline = (double)INFINITY;
  const cr_status status = train_on(s, &s->run, &s->folds.whole, &training);
  s->deadline = deadline;
  if (status != CR_OK) {
    cr_training_destroy(training);
    return status;
  }
  cr_run_result again = {0};
  take_figures(s, training, status, &again);
  keep(s, best, training);
  return CR_OK;
}

/* A run that was stopped counts for nothing, but what was learnt so far may be all there is. */
static void end_early(search *s, const cr_run *run, const cr_run_result *result,
                      cr_training *candidate) {
  s->tuning->summary.reason = is_interrupted(s) ? "interrupted" : "time";
  if (s->kept || !candidate) {
    cr_training_destroy(candidate);
    return;
  }
  keep(s, run->contestant, candidate);
  if (result->count == 0) return;
  run->contestant->trial.loss = result->losses[0];
  run->contestant->trial.score = result->scores[0];
}

/* One run more; summary.reason is set when it was the last. */
static cr_status go_on(search *s) {
  cr_tuning *tuning = s->tuning;
  cr_run run;
  cr_run_result result;
  cr_training *candidate = NULL;
  bool exhausted;
  const size_t most = s->options.trials ? s->options.trials : SIZE_MAX;
  CR_TRY(cr_halving_next(&tuning->halving, most, &run, &exhausted));
  if (!run.contestant) {
    tuning->summary.reason = exhausted ? "exhausted" : "trials";
    return CR_OK;
  }
  cr_status status = run_trial(s, &run, &result, &candidate);
  if (status == CR_ERR_INTERRUPTED) {
    end_early(s, &run, &result, candidate);
    return CR_OK;
  }
  if (status == CR_OK) status = cr_trial_log_add(&s->log, &run, &result);
  if (status == CR_OK) cr_halving_note(&tuning->halving, &run, &result);
  const bool improved = status == CR_OK && cr_halving_best(&tuning->halving) == run.contestant &&
                        run.contestant->trial.complete;
  if (improved)
    keep(s, run.contestant, candidate);
  else
    cr_training_destroy(candidate);
  if (status == CR_OK) tell(s, CR_TUNE_EVENT_RUN, 1, improved);
  return status;
}

static cr_status search_on(search *s) {
  cr_tuning_summary *summary = &s->tuning->summary;
  while (!summary->reason) {
    if (is_interrupted(s))
      summary->reason = "interrupted";
    else if (s->kept && cr_clock_seconds() >= s->deadline)
      summary->reason = "time";
    else
      CR_TRY(go_on(s));
  }
  return CR_OK;
}

/* --- beginning and end --- */

/* What train chooses, and with it the space. */
static cr_status plan_space(search *s, const cr_encoder *encoder) {
  cr_tuning *tuning = s->tuning;
  const size_t rows = s->folds.whole.count[CR_PORTION_TRAIN];
  cr_train_options resolved;
  CR_TRY(cr_plan_create(encoder, rows, &s->train, &tuning->plan));
  CR_TRY(cr_options_resolve(&s->train, rows, encoder->width, &resolved));
  const cr_settings defaults = {.given_layers = tuning->plan.layers,
                                .activation = tuning->plan.activation,
                                .rate = resolved.learning_rate,
                                .batch = resolved.batch,
                                .l2 = s->table->origin.complete && !s->dev ? 0 : resolved.l2,
                                .dropout = s->train.dropout};
  CR_TRY(cr_space_create(&defaults, &s->train, s->options.search, rows, &tuning->space));
  cr_halving_create(&tuning->space, s->train.epochs, rows, &tuning->halving);
  cr_strbuf names = {0};
  cr_space_names(&tuning->space, &names);
  const cr_status status = cr_strbuf_take(&names, &tuning->searched);
  tuning->summary.searched = tuning->searched;
  return status;
}

static cr_status share_out(search *s, const cr_encoder *encoder) {
  cr_portions portions;
  CR_TRY(cr_portions_choose(s->table, s->dev, s->test, &s->prepare, encoder, true, &portions));
  const cr_status status =
      cr_folds_create(&portions, encoder, s->options.folds, s->prepare.seed, &s->folds);
  cr_portions_free(&portions);
  cr_tuning_summary *summary = &s->tuning->summary;
  summary->folds = s->folds.count;
  summary->train_rows = s->folds.whole.count[CR_PORTION_TRAIN];
  summary->dev_rows = s->folds.whole.count[CR_PORTION_DEV];
  return status;
}

/* The rows are shared out as train does it; the columns are those it would use. */
static cr_status prepare(search *s) {
  cr_strlist warnings = {0};
  cr_encoder *encoder = NULL;
  cr_status status = cr_encoder_create(s->table, &s->prepare, &warnings, &encoder);
  if (status == CR_OK) status = share_out(s, encoder);
  if (status == CR_OK)
    status = cr_encoder_fit(encoder, s->table, s->folds.whole.rows[CR_PORTION_TRAIN],
                            s->folds.whole.count[CR_PORTION_TRAIN], s->prepare.scale, &warnings);
  if (status == CR_OK) status = plan_space(s, encoder);
  cr_encoder_destroy(encoder);
  cr_strlist_free(&warnings);
  return status;
}

static cr_status open_log(search *s) {
  char *header = NULL;
  CR_TRY(cr_tune_header(s->table, &s->folds, s->tuning->searched, &s->prepare, &s->train, &header));
  const cr_status status = cr_trial_log_open(s->options.log, header, &s->log);
  cr_free(header);
  return status;
}

/* By how much the best is better than what train chooses, fold by fold: they are the same folds. */
static void compare(cr_tuning *tuning, const cr_contestant *best) {
  const cr_contestant *defaults = tuning->halving.contestants[0];
  double gains[CR_TUNE_MOST_FOLDS];
  cr_tuning_summary *summary = &tuning->summary;
  summary->improved = best != defaults;
  summary->gain = 0;
  summary->gain_error = (double)NAN;
  if (!summary->improved) return;
  for (size_t f = 0; f < best->last.count; f++)
    gains[f] = defaults->last.losses[f] - best->last.losses[f];
  cr_mean(gains, best->last.count, &summary->gain, &summary->gain_error);
}

/* The test part is measured here, and nowhere else. */
static cr_status finish(search *s) {
  cr_tuning *tuning = s->tuning;
  cr_tuning_summary *summary = &tuning->summary;
  const bool interrupted = strcmp(summary->reason, "interrupted") == 0;
  if (!s->kept && interrupted)
    return cr_fail(CR_ERR_INTERRUPTED, "interrupted before anything was learnt");
  if (!s->kept) {
    cr_fail(CR_ERR_DIVERGED, "every one of %zu trials diverged", tuning->halving.count);
    return cr_fix("leave the rate to the search, or --learning-rate with a smaller one");
  }
  cr_train_options options = options_of(s, s->kept_of, s->run.epochs);
  options.epochs = cr_training_options(s->kept)->epochs;
  options.linear_baseline = s->train.linear_baseline;
  options.stop = s->train.stop;
  const cr_train_call call = {.table = s->table,
                              .dev = s->dev,
                              .test = s->test,
                              .prepare = &s->prepare,
                              .options = &options,
                              .descent = cr_descend_by_recall,
                              .context = s->kept};
  CR_TRY(cr_train_run(&call, &tuning->training));
  cr_training_set_seconds(tuning->training, cr_training_get_summary(s->kept)->seconds);
  if (s->kept_of->rungs_done > 0) {
    cr_halving_forget_unrun(&tuning->halving);
    compare(tuning, s->kept_of);
  }
  summary->trials = tuning->halving.count;
  summary->runs = tuning->halving.runs;
  return interrupted ? cr_fail(CR_ERR_INTERRUPTED, "interrupted after %zu runs", summary->runs)
                     : CR_OK;
}

static cr_status work(search *s) {
  CR_TRY(prepare(s));
  CR_TRY(open_log(s));
  CR_TRY(recall(s));
  tell(s, CR_TUNE_EVENT_START, 0, false);
  const cr_status status = relearn(s);
  if (status != CR_OK) return status;
  CR_TRY(search_on(s));
  return finish(s);
}

/* Time enough without a limit; a limit of trials is one, too. */
static cr_status check_options(search *s) {
  const double seconds = s->options.seconds;
  if (!(seconds >= 0) || isinf(seconds))
    return cr_fail(CR_ERR_ARGUMENT, "--time %g: expected a number of seconds", seconds);
  if (s->train.seed > INT64_MAX || s->prepare.seed > INT64_MAX)
    return cr_fail(CR_ERR_ARGUMENT, "a seed is over %lld", (long long)INT64_MAX);
  if (seconds <= 0 && s->options.trials == 0) s->options.seconds = DEFAULT_SECONDS;
  s->deadline =
      s->options.seconds > 0 ? s->start + (1 - LAST_SHARE) * s->options.seconds : (double)INFINITY;
  return CR_OK;
}

/* Who must see all rows in each step sees those of each fold. */
static cr_status check_optimizer(cr_train_options *train) {
  const cr_optimizer *optimizer = NULL;
  const char *name = train->optimizer ? train->optimizer : cr_default_optimizer();
  CR_TRY(cr_optimizer_find(name, &optimizer));
  if (optimizer->full_batch && train->batch == 0) train->batch = SIZE_MAX;
  return CR_OK;
}

cr_status cr_tune(const cr_table *table, const cr_table *dev, const cr_table *test,
                  const cr_prepare_options *prepare, const cr_train_options *train,
                  const cr_tune_options *options, const cr_tune_listener *listener,
                  cr_tuning **out) {
  *out = NULL;
  search s = {.table = table, .dev = dev, .test = test, .listener = listener};
  void *block = NULL;
  s.start = cr_clock_seconds();
  s.log.file = -1;
  cr_prepare_options_init(&s.prepare);
  cr_train_options_init(&s.train);
  cr_tune_options_init(&s.options);
  CR_TRY(cr_options_copy(&s.prepare, sizeof s.prepare, prepare, "cr_prepare_options_init"));
  CR_TRY(cr_options_copy(&s.train, sizeof s.train, train, "cr_train_options_init"));
  CR_TRY(cr_options_copy(&s.options, sizeof s.options, options, "cr_tune_options_init"));
  CR_TRY(check_options(&s));
  CR_TRY(check_optimizer(&s.train));
  CR_TRY(cr_alloc(1, sizeof(cr_tuning), &block));
  s.tuning = block;
  const cr_status status = work(&s);
  cr_training_destroy(s.kept);
  cr_folds_free(&s.folds);
  cr_trial_log_close(&s.log);
  s.tuning->summary.seconds = cr_clock_seconds() - s.start;
  if (s.tuning->training && (status == CR_OK || status == CR_ERR_INTERRUPTED))
    *out = s.tuning;
  else
    cr_tuning_destroy(s.tuning);
  return status;
}

void cr_tuning_destroy(cr_tuning *tuning) {
  if (!tuning) return;
  cr_training_destroy(tuning->training);
  cr_halving_free(&tuning->halving);
  cr_plan_free(&tuning->plan);
  cr_free(tuning->searched);
  cr_free(tuning);
}

const cr_tuning_summary *cr_tuning_get_summary(const cr_tuning *tuning) {
  return &tuning->summary;
}

const cr_trial *cr_tuning_trial(const cr_tuning *tuning, size_t index) {
  return index < tuning->halving.count ? &tuning->halving.contestants[index]->trial : NULL;
}

const cr_trial *cr_tuning_best(const cr_tuning *tuning) {
  const cr_contestant *best = cr_halving_best(&tuning->halving);
  return best ? &best->trial : cr_tuning_trial(tuning, 0);
}

cr_training *cr_tuning_training(cr_tuning *tuning) {
  return tuning->training;
}

cr_training *cr_tuning_take_training(cr_tuning *tuning) {
  cr_training *training = tuning->training;
  tuning->training = NULL;
  return training;
}
