/* Our side of XOR: a turn is `epochs` epochs over all four rows, from new weights, of 2-3-1. */
#include <chainrule/chainrule.h>
#include <math.h>

#include "turns.h"

static const float x[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
static const float y[4][1] = {{0}, {1}, {1}, {0}};
static const cr_const_matrix inputs = {x[0], 4, 2, 2}, targets = {y[0], 4, 1, 1};

static void check(cr_status status) {
  if (status != CR_OK) turns_fail(cr_last_error()->message);
}

/* Seconds of the epochs alone. */
static double train(cr_net *net, size_t epochs) {
  cr_samples *samples = NULL;
  cr_trainer *trainer = NULL;
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = "half_squared";
  cr_train_options options;
  cr_train_options_init(&options);
  options.optimizer = "gd";
  options.schedule = "constant";
  options.learning_rate = 8;
  options.batch = SIZE_MAX;
  options.epochs = epochs;
  options.threads = 1;
  check(cr_net_initialize(net, NULL, 1));
  check(cr_samples_from_matrices(inputs, targets, &samples));
  check(cr_trainer_create(net, &objective, &options, samples, &trainer));
  double loss = 0;
  const double start = turns_clock();
  for (size_t i = 0; i < epochs; i++) check(cr_trainer_epoch(trainer, &loss));
  const double seconds = turns_clock() - start;
  cr_trainer_destroy(trainer);
  cr_samples_destroy(samples);
  return seconds;
}

/* How far the outputs are from the targets at most. */
static double error(const cr_net *net, cr_workspace *work) {
  float out[4][1] = {{0}};
  check(cr_net_forward(net, work, inputs, (cr_matrix){out[0], 4, 1, 1}));
  double largest = 0;
  for (size_t i = 0; i < 4; i++) largest = fmax(largest, fabs((double)(out[i][0] - y[i][0])));
  return largest;
}

int main(int argc, char **argv) {
  (void)argc;
  const size_t epochs = turns_size(argv, "epochs");
  cr_net *net = NULL;
  cr_workspace *work = NULL;
  check(cr_net_create("2-3:sigmoid-1:sigmoid", &net));
  check(cr_workspace_create(net, NULL, &work));
  turns_ready(cr_version(), cr_workspace_kernel(work));
  while (turns_wait()) turns_answer("cr_trainer_epoch", train(net, epochs));
  printf("{\"error\": %.6f}\n", error(net, work));
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}
