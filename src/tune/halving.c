#include "tune/halving.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "train/defaults.h"

/* Draws that are tried before the space counts as used up. */
enum { MOST_ATTEMPTS = 64 };

/* Epochs of a whole training with these settings. */
static size_t whole_epochs(const cr_halving *halving, const cr_settings *settings) {
  if (halving->epochs) return halving->epochs;
  return cr_default_epochs(halving->rows, settings->batch);
}

/* Epochs of a run at a rung: the whole, a third of it, a ninth; at least one. */
static size_t rung_epochs(const cr_halving *halving, const cr_settings *settings, size_t rung) {
  size_t parts = 1;
  for (size_t r = rung + 1; r < halving->rungs; r++) parts *= CR_HALVING_RATE;
  return cr_size_max(1, (whole_epochs(halving, settings) + parts / 2) / parts);
}

void cr_halving_create(const cr_space *space, size_t epochs, size_t rows, cr_halving *out) {
  *out = (cr_halving){.space = space, .epochs = epochs, .rows = rows};
  const bool short_enough = whole_epochs(out, &space->defaults) < CR_HALVING_RATE;
  out->rungs = short_enough ? 1 : CR_HALVING_RUNGS;
}

void cr_halving_free(cr_halving *halving) {
  for (size_t i = 0; i < halving->count; i++) cr_free(halving->contestants[i]);
  cr_free(halving->contestants);
  *halving = (cr_halving){0};
}

static cr_status add_contestant(cr_halving *halving, const cr_settings *settings,
                                cr_contestant **out) {
  void *list = halving->contestants, *block = NULL;
  CR_TRY(cr_grow(&list, halving->count, halving->count + 1, sizeof *halving->contestants,
                 &halving->capacity));
  halving->contestants = list;
  CR_TRY(cr_alloc(1, sizeof(cr_contestant), &block));
  cr_contestant *c = block;
  c->settings = *settings;
  c->trial = (cr_trial){.number = halving->count,
                        .layers = cr_settings_layers(&c->settings),
                        .activation = settings->activation,
                        .learning_rate = settings->rate,
                        .batch = settings->batch,
                        .l2 = settings->l2,
                        .dropout = settings->dropout,
                        .loss = (double)NAN,
                        .score = (double)NAN,
                        .loss_error = (double)NAN,
                        .score_error = (double)NAN};
  halving->contestants[halving->count++] = c;
  *out = c;
  return CR_OK;
}

/* Has it run at this rung? The first contestant only did at the last one. */
static bool has_run(const cr_contestant *c, size_t rung) {
  return c->rungs_done > rung && (c->trial.number > 0 || rung + 1 == c->rungs_done);
}

/* Of equals the earlier one is better. */
static bool is_better(const cr_contestant *a, const cr_contestant *b, size_t rung) {
  if (a->losses[rung] == b->losses[rung]) return a->trial.number < b->trial.number;
  return a->losses[rung] < b->losses[rung];
}

/*
 * The best at a rung who has not gone on from there, if in the best third of all that ran there.
 * The third is rounded up: a new best always goes on, however few there are.
 */
static cr_contestant *promotable(const cr_halving *halving, size_t rung) {
  cr_contestant *best = NULL;
  size_t ran = 0, better = 0;
  for (size_t i = 0; i < halving->count; i++) {
    cr_contestant *c = halving->contestants[i];
    if (!has_run(c, rung)) continue;
    ran++;
    const bool waits = c->rungs_done == rung + 1 && isfinite(c->losses[rung]);
    if (waits && (!best || is_better(c, best, rung))) best = c;
  }
  for (size_t i = 0; i < halving->count && best; i++) {
    const cr_contestant *c = halving->contestants[i];
    if (c != best && has_run(c, rung) && is_better(c, best, rung)) better++;
  }
  return better < (ran + CR_HALVING_RATE - 1) / CR_HALVING_RATE ? best : NULL;
}

static bool is_known(const cr_halving *halving, const cr_settings *settings) {
  for (size_t i = 0; i < halving->count; i++)
    if (cr_settings_equal(&halving->contestants[i]->settings, settings)) return true;
  return false;
}

static cr_status draw_new(cr_halving *halving, cr_contestant **out) {
  cr_settings settings;
  for (size_t attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    cr_space_draw(halving->space, halving->count, attempt, &settings);
    if (!is_known(halving, &settings)) return add_contestant(halving, &settings, out);
  }
  return CR_OK;
}

cr_status cr_halving_next(cr_halving *halving, size_t most, cr_run *out, bool *exhausted) {
  *out = (cr_run){0};
  *exhausted = false;
  if (halving->count == 0) {
    CR_TRY(add_contestant(halving, &halving->space->defaults, &out->contestant));
    out->rung = halving->rungs - 1;
  }
  for (size_t rung = halving->rungs - 1; rung-- > 0 && !out->contestant;) {
    out->contestant = promotable(halving, rung);
    out->rung = rung + 1;
  }
  if (!out->contestant) {
    out->rung = 0;
    if (halving->count >= most) return CR_OK;
    CR_TRY(draw_new(halving, &out->contestant));
    *exhausted = !out->contestant;
    if (*exhausted) return CR_OK;
  }
  out->epochs = rung_epochs(halving, &out->contestant->settings, out->rung);
  return CR_OK;
}

void cr_halving_forget_unrun(cr_halving *halving) {
  if (halving->count == 0 || halving->contestants[halving->count - 1]->rungs_done > 0) return;
  cr_free(halving->contestants[--halving->count]);
}

void cr_mean(const double *values, size_t count, double *mean, double *error) {
  double sum = 0, squares = 0;
  for (size_t i = 0; i < count; i++) sum += values[i];
  *mean = sum / (double)count;
  for (size_t i = 0; i < count; i++) squares += (values[i] - *mean) * (values[i] - *mean);
  *error = count > 1 ? sqrt(squares / (double)(count - 1) / (double)count) : (double)NAN;
}

void cr_halving_note(cr_halving *halving, const cr_run *run, const cr_run_result *result) {
  cr_contestant *c = run->contestant;
  cr_trial *trial = &c->trial;
  cr_mean(result->losses, result->count, &trial->loss, &trial->loss_error);
  cr_mean(result->scores, result->count, &trial->score, &trial->score_error);
  if (result->count == 1) trial->score_error = result->score_error;
  trial->diverged = !isfinite(trial->loss);
  trial->epochs = run->epochs;
  trial->complete = run->rung + 1 == halving->rungs;
  trial->seconds += result->seconds;
  c->last = *result;
  c->losses[run->rung] = trial->loss;
  c->rungs_done = run->rung + 1;
  halving->runs++;
}

cr_contestant *cr_halving_best(const cr_halving *halving) {
  cr_contestant *best = NULL;
  for (size_t i = 0; i < halving->count; i++) {
    cr_contestant *c = halving->contestants[i];
    if (!c->trial.complete || c->trial.diverged) continue;
    if (!best || c->trial.loss < best->trial.loss) best = c;
  }
  return best;
}
