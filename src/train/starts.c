#include "train/starts.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

/* A start is as good as the best if its loss, where there is no accuracy, is this close to it. */
static const double SAME_LOSS = 0.01;

typedef struct outcome {
  bool diverged;
  double loss, accuracy; /* accuracy NAN for numbers */
} outcome;

typedef struct run {
  cr_trainer *trainer;
  const char *initializer;
  cr_fit_plan plan;
  outcome *outcomes; /* (restarts) */
  float *weights;    /* (parameters) of the best start */
  size_t best;
  cr_error error; /* of a start that diverged */
} run;

/* Seeds of the starts: any two differ, in the weights and in the order of the rows. */
static uint64_t start_seed(uint64_t seed, size_t start) {
  if (start == 0) return seed;
  const uint64_t high = cr_random_bits(seed, CR_STREAM_WEIGHTS, UINT32_MAX, 2 * start);
  return high << 32 | cr_random_bits(seed, CR_STREAM_WEIGHTS, UINT32_MAX, 2 * start + 1);
}

static bool is_better(const outcome *a, const outcome *b) {
  return a->diverged == b->diverged ? a->loss < b->loss : b->diverged;
}

static bool is_as_good(const outcome *a, const outcome *best) {
  if (a->diverged != best->diverged) return false;
  if (!isnan(best->accuracy)) return a->accuracy >= best->accuracy;
  return a->loss <= (1 + SAME_LOSS) * best->loss;
}

/* Figures of a start's weights; a start that was cut short has only the loss of its fit. */
static cr_status judge(run *r, cr_status ended, const cr_fit_result *result, outcome *out) {
  cr_trainer *trainer = r->trainer;
  cr_metrics metrics;
  const cr_status status = cr_trainer_measure(trainer, r->plan.dev ? r->plan.dev : trainer->samples,
                                              r->plan.encoder, trainer->options.stop, &metrics);
  if (status != CR_OK && status != CR_ERR_INTERRUPTED) return status;
  if (status == CR_ERR_INTERRUPTED) metrics.loss = result->loss;
  *out = (outcome){ended == CR_ERR_DIVERGED, metrics.loss, metrics.accuracy};
  return CR_OK;
}

/* One start, from its first weights to its figures; *status is how its fit ended. */
static cr_status run_start(run *r, size_t start, cr_starts *out, cr_status *status) {
  cr_trainer *trainer = r->trainer;
  cr_net *net = trainer->net;
  const uint64_t seed = start_seed(trainer->options.seed, start);
  cr_fit_result result;
  CR_TRY(cr_net_initialize(net, r->initializer, seed));
  cr_trainer_restart(trainer, seed);
  r->plan.restart = start;
  *status = cr_fit_run(trainer, &r->plan, &result);
  if (*status != CR_OK && *status != CR_ERR_DIVERGED && *status != CR_ERR_INTERRUPTED)
    return *status;
  if (*status != CR_OK) r->error = *cr_last_error();

  CR_TRY(judge(r, *status, &result, &r->outcomes[start]));
  out->run++;
  out->diverged += *status == CR_ERR_DIVERGED;
  if (start == 0 || is_better(&r->outcomes[start], &r->outcomes[r->best])) {
    r->best = start;
    out->best = result;
    memcpy(r->weights, net->parameters, net->parameter_count * sizeof *r->weights);
  }
  return CR_OK;
}

static cr_status run_all(run *r, cr_starts *out) {
  cr_status status = CR_OK;
  for (size_t i = 0; i < r->plan.restarts && status != CR_ERR_INTERRUPTED; i++)
    CR_TRY(run_start(r, i, out, &status));
  for (size_t i = 0; i < out->run; i++)
    out->learned += is_as_good(&r->outcomes[i], &r->outcomes[r->best]);
  const cr_net *net = r->trainer->net;
  memcpy(net->parameters, r->weights, net->parameter_count * sizeof *r->weights);
  if (status != CR_ERR_INTERRUPTED) status = out->diverged == out->run ? CR_ERR_DIVERGED : CR_OK;
  if (status != CR_OK) cr_error_restore(&r->error);
  return status;
}

cr_status cr_starts_run(cr_trainer *trainer, const char *initializer, const cr_fit_plan *plan,
                        cr_starts *out) {
  run r = {.trainer = trainer, .initializer = initializer, .plan = *plan};
  r.plan.restarts = trainer->options.restarts;
  *out = (cr_starts){0};
  void *outcomes = NULL, *weights = NULL;
  cr_status status = cr_alloc(r.plan.restarts, sizeof(outcome), &outcomes);
  if (status == CR_OK) status = cr_alloc(trainer->net->parameter_count, sizeof(float), &weights);
  r.outcomes = outcomes;
  r.weights = weights;
  if (status == CR_OK) status = run_all(&r, out);
  cr_free(outcomes);
  cr_free(weights);
  return status;
}
