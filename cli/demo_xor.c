/*
 * chainrule demo xor: the lecture, from what one perceptron cannot do to a network that has learnt
 * the four rows, and one that is exact.
 */
#include <math.h>

#include "command_line.h"
#include "demo_lesson.h"
#include "demo_perceptron.h"
#include "demo_training.h"
#include "errors.h"
#include "grid.h"
#include "output.h"
#include "settings.h"

/* W1 (2, 3), W2 (3, 1), b1, b2: uneven numbers that single precision holds as they are. */
static const float HAND_SET[] = {0.5f,  -0.75f, 1,      1.25f, 0.25f, -0.5f, 1,
                                 -0.5f, 0.75f,  -0.25f, 0.5f,  0,     -0.25f};

/* The same of Goodfellow, Bengio and Courville 2016, section 6.1: 2-2-1. */
static const float EXACT[] = {1, 1, 1, 1, 1, -2, 0, -1, 0};

static int show_perceptron(const struct cli *cli, json_t *more) {
  struct perceptron_run run;
  demo_heading(cli, "1. What one perceptron cannot do");
  demo_say(cli,
           "A perceptron answers 1 where w1 x1 + w2 x2 + b ≥ 0. Its rule adds (y − a) x to the "
           "weights and y − a to b wherever its answer a is not y, until a pass is right. On XOR:");
  const int status = perceptron_open(cli, "@xor", &run);
  if (status == 0) {
    perceptron_show_steps(cli, &run);
    perceptron_show_end(cli, &run);
    demo_say(cli, "It cannot be otherwise. Each row asks something of the weights:");
    perceptron_show_contradiction(cli, &run);
    json_object_set_new(more, "perceptron", perceptron_object(&run));
  }
  perceptron_close(&run);
  return status;
}

static int show_forward(const struct cli *cli, struct lesson *lesson) {
  demo_heading(cli, "2. A hidden layer, and the shapes");
  demo_say(cli,
           "Two inputs, three hidden units, one output: 2-3-1, sigmoid everywhere. A sample is a "
           "row of X; each column of W1 belongs to one hidden unit. The weights are set by hand.");
  int status = lesson_show(lesson, "given");
  demo_heading(cli, "3. Forward: the four rows at once");
  if (status == 0) status = lesson_show(lesson, "forward");
  demo_heading(cli, "4. How wrong it is: the loss");
  if (status == 0) status = lesson_show(lesson, "loss");
  return status;
}

static int show_backward(const struct cli *cli, struct lesson *lesson, json_t *more) {
  json_t *parameters = NULL;
  demo_heading(cli, "5. Backward: the chain rule, matrix by matrix");
  demo_say(cli,
           "From the loss to the first layer, each line from the one before it and from what "
           "forward kept. dW stands for the derivative of the loss in W.");
  int status = lesson_show(lesson, "backward");
  demo_heading(cli, "6. The chain rule for each weight");
  demo_say(cli, "One of them as its chain of factors:");
  if (status == 0) status = lesson_show_weight(lesson, "W1[2,1]");
  demo_say(cli,
           "And all of them. Nudging moves one weight a little up and down and looks how the loss "
           "changes; it knows nothing of the chain rule.");
  if (status == 0) {
    status = lesson_nudge_all(lesson, &parameters);
    json_object_set_new(more, "weights", parameters);
  }
  demo_heading(cli, "7. The update");
  if (status == 0) status = lesson_show(lesson, "update");
  return status;
}

static int show_lecture(const struct cli *cli, const struct demo_data *data, json_t *more) {
  struct lesson lesson;
  json_t *explanation = NULL;
  int status =
      lesson_open(cli, "2-3:sigmoid-1:sigmoid", HAND_SET, "binary_cross_entropy", data, &lesson);
  if (status == 0) status = show_forward(cli, &lesson);
  if (status == 0) status = show_backward(cli, &lesson, more);
  if (status == 0) status = lesson_object(&lesson, &explanation);
  if (status == 0) json_object_set_new(more, "explanation", explanation);
  lesson_close(&lesson);
  return status;
}

/* The largest entry of all derivatives in weights and biases. */
static double largest_derivative(const struct lesson *lesson) {
  static const char *const names[] = {"dW", "db"};
  double largest = 0;
  for (size_t i = 0; i < 2 * cr_net_layer_count(lesson->net); i++) {
    const cr_explain_step *step = lesson_step(lesson, names[i % 2], i / 2);
    for (size_t k = 0; k < step->rows * step->cols; k++) {
      largest = fmax(largest, fabs(step->values[k]));
    }
  }
  return largest;
}

static int show_exact(const struct cli *cli, const struct demo_data *data, json_t *more) {
  struct lesson lesson;
  demo_heading(cli, "9. Weights that are exact");
  demo_say(cli,
           "Two ReLU units and a linear output are enough (Goodfellow, Bengio and Courville 2016, "
           "section 6.1). The hidden layer moves the two rows that want a 1 to one and the same "
           "place, (1, 0); after that a line is enough.");
  int status = lesson_open(cli, "2-2:relu-1:linear", EXACT, "squared", data, &lesson);
  if (status == 0) status = lesson_show(&lesson, "given");
  if (status == 0) status = lesson_show(&lesson, "forward");
  if (status == 0) {
    const cr_explain_step *answers = lesson_step(&lesson, "A", 1);
    json_t *array = json_array();
    for (size_t r = 0; r < answers->rows; r++) {
      json_array_append_new(array, output_number(answers->values[r]));
    }
    json_object_set_new(more, "exact", array);
    demo_result(cli, "exact", "0, 1, 1, 0 are asked for; it says %g, %g, %g, %g",
                answers->values[0], answers->values[1], answers->values[2], answers->values[3]);
    demo_result(cli, "", "the loss is %g, and the largest derivative of all weights %g",
                lesson_step(&lesson, "data_loss", SIZE_MAX)->values[0],
                largest_derivative(&lesson));
  }
  lesson_close(&lesson);
  return status;
}

static void show_row(struct grid *grid, const cr_table *table, const cr_predictions *predictions,
                     const cr_model_info *info, size_t row) {
  size_t target = 0;
  cr_table_find(table, info->target, &target);
  for (size_t c = 0; c < cr_table_columns(table); c++) {
    if (c != target) grid_cell(grid, "%s", number_text(cr_table_number(table, row, c)).s);
  }
  grid_cell(grid, "%s", number_text(cr_table_number(table, row, target)).s);
  size_t outputs = info->classes > 0 ? info->classes : 1;
  grid_cell(grid, "%s", figure_text(cr_predictions_value(predictions, row, outputs - 1)).s);
}

static int show_outputs(const struct training *training) {
  const cr_table *table = training->table;
  cr_predictions *predictions = NULL;
  cr_model *model = cr_training_model(training->run);
  struct grid grid;
  const cr_model_info *info = cr_model_get_info(model);
  const cr_apply_options apply = settings_apply(&training->cli->settings);
  if (cr_model_predict(model, table, &apply, &predictions) != CR_OK) {
    return errors_last(training->cli);
  }
  grid_open(&grid, "rrrr", REPORT_INDENT);
  const char *const heads[] = {"a", "b", "a xor b", "the network says"};
  for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t row = 0; row < cr_table_rows(table); row++) {
    show_row(&grid, table, predictions, info, row);
  }
  grid_print(&grid, &training->cli->out, true);
  grid_close(&grid);
  cr_predictions_destroy(predictions);
  return 0;
}

static int show_learnt(const struct training *training) {
  struct demo_data data = {0};
  int status = show_outputs(training);
  if (status == 0) status = demo_data_read(training->cli, "@xor", &data);
  if (status == 0) status = show_exact(training->cli, &data, NULL);
  demo_data_free(&data);
  return status;
}

/* Up to the training; with --json also what comes after it, since it all goes into one object. */
static int show_before(const struct cli *cli, json_t *more) {
  struct demo_data data = {0};
  demo_say(cli,
           "Is exactly one of two bits set? The smallest problem that needs a hidden layer, from "
           "beginning to end.");
  int status = demo_data_read(cli, "@xor", &data);
  if (status == 0) status = show_perceptron(cli, more);
  if (status == 0) status = show_lecture(cli, &data, more);
  if (status == 0 && cli->settings.json) status = show_exact(cli, &data, more);
  demo_heading(cli, "8. Training: the four rows learnt, and local minima");
  demo_data_free(&data);
  return status;
}

int demo_xor(struct cli *cli) {
  json_t *more = json_object();
  const struct trained_demo demo = {
      .name = "xor",
      .data = "@xor",
      .then = "logistic",
      .before = show_before,
      .intro =
          "The same steps many times, from random weights. Some starts end in a local minimum, so "
          "five are made and the best is kept.",
      .layers = "3",
      .activation = "sigmoid",
      .restarts = 5,
      .seed = 14, /* with it not all of the starts learn it */
      .show = show_learnt,
      .more = more,
  };
  const int status = demo_train(cli, &demo);
  json_decref(more);
  return status;
}
