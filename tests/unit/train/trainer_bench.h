/* A trainer of seven rows of two numbers. */
#ifndef TRAINER_BENCH_H
#define TRAINER_BENCH_H

#include "support.h"
#include "train/trainer.h"

enum { ROWS = 7, INPUTS = 2 };

/* Uneven inputs, and targets that are 0.5 x1 - 0.25 x2 + 0.1. */
static float inputs[ROWS][INPUTS], targets[ROWS];

static inline cr_samples *make_samples(void) {
  for (size_t i = 0; i < ROWS; i++) {
    inputs[i][0] = (float)uneven(2 * i, 1.0);
    inputs[i][1] = (float)uneven(2 * i + 1, 2.0);
    targets[i] = 0.5F * inputs[i][0] - 0.25F * inputs[i][1] + 0.1F;
  }
  cr_samples *samples = NULL;
  assert_int_equal(cr_samples_from_matrices((cr_const_matrix){inputs[0], ROWS, INPUTS, INPUTS},
                                            (cr_const_matrix){targets, ROWS, 1, 1}, &samples),
                   CR_OK);
  return samples;
}

typedef struct bench {
  cr_net *net;
  cr_samples *samples;
  cr_trainer *trainer;
} bench;

static inline bench set_up(const char *spec, const cr_objective *objective,
                           const cr_train_options *options) {
  bench b = {.samples = make_samples()};
  assert_int_equal(cr_net_create(spec, &b.net), CR_OK);
  assert_int_equal(cr_net_initialize(b.net, NULL, 3), CR_OK);
  if (cr_trainer_create(b.net, objective, options, b.samples, &b.trainer) != CR_OK)
    fail_msg("%s", cr_last_error()->message);
  return b;
}

static inline void tear_down(bench *b) {
  cr_trainer_destroy(b->trainer);
  cr_samples_destroy(b->samples);
  cr_net_destroy(b->net);
}

static inline cr_objective half_squared(void) {
  cr_objective objective;
  cr_objective_init(&objective);
  return objective;
}

static inline cr_train_options plain(double rate, size_t batch) {
  cr_train_options options;
  cr_train_options_init(&options);
  options.optimizer = "gd";
  options.schedule = "constant";
  options.learning_rate = rate;
  options.batch = batch;
  options.epochs = 3;
  return options;
}

#endif
