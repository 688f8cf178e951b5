/* Learns XOR: build a network, train it, predict. */
#include <chainrule/chainrule.h>
#include <stdio.h>

static const float x[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
static const float y[4][1] = {{0}, {1}, {1}, {0}};

int main(void) {
  const cr_const_matrix inputs = {x[0], 4, 2, 2}, targets = {y[0], 4, 1, 1};
  cr_net *net = NULL;
  cr_samples *samples = NULL;
  cr_trainer *trainer = NULL;
  cr_workspace *work = NULL;

  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = "binary_cross_entropy";
  cr_train_options options;
  cr_train_options_init(&options);
  options.optimizer = "adam";
  options.learning_rate = 0.05;
  options.epochs = 2000;

  float out[4][1] = {{0}};
  if (cr_net_create("2-3:tanh-1:sigmoid", &net) || cr_net_initialize(net, NULL, 1) ||
      cr_samples_from_matrices(inputs, targets, &samples) ||
      cr_trainer_create(net, &objective, &options, samples, &trainer) ||
      cr_fit(trainer, NULL, NULL, 0) || cr_workspace_create(net, NULL, &work) ||
      cr_net_forward(net, work, inputs, (cr_matrix){out[0], 4, 1, 1}))
    fprintf(stderr, "error: %s\n", cr_last_error()->message);
  for (int i = 0; i < 4; i++) printf("%g xor %g = %.3f\n", x[i][0], x[i][1], out[i][0]);

  cr_workspace_destroy(work);
  cr_trainer_destroy(trainer);
  cr_samples_destroy(samples);
  cr_net_destroy(net);
}
