#include "train/early_stop.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

/* What counts as progress for the patience: less would let rounding noise go on for ever. */
static const double LEAST_PROGRESS = 1e-4;

cr_status cr_early_stop_create(size_t count, size_t patience, cr_early_stop *out) {
  *out = (cr_early_stop){.count = count, .patience = patience};
  void *block = NULL;
  CR_TRY(cr_alloc(count, sizeof *out->best, &block));
  out->best = block;
  cr_early_stop_reset(out);
  return CR_OK;
}

void cr_early_stop_free(cr_early_stop *stop) {
  cr_free(stop->best);
  stop->best = NULL;
}

void cr_early_stop_reset(cr_early_stop *stop) {
  stop->best_epoch = stop->progress_epoch = 0;
  stop->best_loss = stop->bar = stop->progress_loss = (double)INFINITY;
}

bool cr_early_stop_update(cr_early_stop *stop, size_t epoch, double loss, const float *parameters) {
  if (!(loss < stop->bar)) return false; /* NAN is never better */
  stop->best_loss = stop->bar = loss;
  stop->best_epoch = epoch;
  memcpy(stop->best, parameters, stop->count * sizeof *parameters);
  if (!(loss > (1 - LEAST_PROGRESS) * stop->progress_loss)) {
    stop->progress_loss = loss;
    stop->progress_epoch = epoch;
  }
  return true;
}

void cr_early_stop_settle(cr_early_stop *stop, double bar) {
  stop->bar = stop->progress_loss = bar;
}

bool cr_early_stop_over(const cr_early_stop *stop, size_t epoch) {
  return stop->patience > 0 && epoch - stop->progress_epoch >= stop->patience;
}

void cr_early_stop_restore(const cr_early_stop *stop, float *parameters) {
  if (isfinite(stop->best_loss)) memcpy(parameters, stop->best, stop->count * sizeof *parameters);
}
