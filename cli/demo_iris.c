/* chainrule demo iris: flowers, and which kinds are taken for each other. */
#include "demo_training.h"
#include "evaluation_text.h"

static int show_confusion(const struct training *training) {
  struct held_out test = {0};
  const int status = held_out_open(training, &test);
  if (status == 0) {
    evaluation_show_confusion(training->cli, cr_training_model(training->run), test.evaluation);
  }
  held_out_close(&test);
  return status;
}

int demo_iris(struct cli *cli) {
  const struct trained_demo demo = {
      .name = "iris",
      .data = "@iris",
      .then = "spiral",
      .intro = "A network learns to tell three kinds of iris apart from four measurements.",
      .show = show_confusion,
  };
  return demo_train(cli, &demo);
}
