/* chainrule demo symmetry: why weights do not start at zero. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"
#include "demo_data.h"
#include "errors.h"
#include "grid.h"
#include "output.h"

enum { HIDDEN = 3, STEPS = 3000, NEVER = STEPS + 1 };

/* After these many steps W1 is shown. */
enum { SHOWN = 3 };
static const size_t SHOWN_STEPS[SHOWN] = {0, 1000, STEPS};

static const float LEARNING_RATE = 2;

/* One start: what became of it. */
struct start {
  const char *initializer, *activation;
  cr_net *net;
  cr_workspace *work;
  double first_cost, last_cost;
  size_t right;         /* rows with the right label in the end */
  size_t apart[HIDDEN]; /* the first step after which a unit differs from all before it */
  float *w1[SHOWN];     /* (inputs, HIDDEN) after SHOWN_STEPS */
};

static int start_open(const struct cli *cli, const struct demo_data *data, struct start *start) {
  char spec[64];
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = data->rows;
  options.kernel = cli->settings.kernel;
  snprintf(spec, sizeof spec, "%zu-%d:%s-%zu:softmax", data->inputs, HIDDEN, start->activation,
           data->outputs);
  if (cr_net_create(spec, &start->net) != CR_OK ||
      cr_net_initialize(start->net, start->initializer, cli->settings.seed) != CR_OK ||
      cr_workspace_create(start->net, &options, &start->work) != CR_OK) {
    return errors_last(cli);
  }
  for (size_t unit = 0; unit < HIDDEN; unit++) start->apart[unit] = NEVER;
  for (size_t i = 0; i < SHOWN; i++) start->w1[i] = take(data->inputs * HIDDEN, sizeof(float));
  return 0;
}

static void start_close(struct start *start) {
  for (size_t i = 0; i < SHOWN; i++) free(start->w1[i]);
  cr_workspace_destroy(start->work);
  cr_net_destroy(start->net);
}

static bool same_bits(float a, float b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

/* Are all weights into two hidden units, and out of them, the same bits? */
static bool same_units(const struct start *start, size_t a, size_t b) {
  const cr_layer *first = cr_net_layer(start->net, 0), *second = cr_net_layer(start->net, 1);
  bool same = same_bits(first->bias.data[a], first->bias.data[b]);
  for (size_t i = 0; i < first->inputs; i++) {
    const float *row = first->weight.data + i * first->weight.stride;
    same &= same_bits(row[a], row[b]);
  }
  for (size_t o = 0; o < second->outputs; o++) {
    const size_t stride = second->weight.stride;
    same &= same_bits(second->weight.data[a * stride + o], second->weight.data[b * stride + o]);
  }
  return same;
}

static bool same_as_earlier(const struct start *start, size_t unit) {
  for (size_t earlier = 0; earlier < unit; earlier++) {
    if (same_units(start, earlier, unit)) return true;
  }
  return false;
}

/* Keeps what is to be seen after so many steps. */
static void look(struct start *start, size_t step) {
  const cr_layer *layer = cr_net_layer(start->net, 0);
  const size_t size = layer->inputs * layer->outputs * sizeof(float);
  for (size_t i = 0; i < SHOWN; i++) {
    if (SHOWN_STEPS[i] == step) memcpy(start->w1[i], layer->weight.data, size);
  }
  for (size_t unit = 1; unit < HIDDEN; unit++) {
    if (start->apart[unit] == NEVER && !same_as_earlier(start, unit)) start->apart[unit] = step;
  }
}

static size_t largest(const float *row, size_t count) {
  size_t best = 0;
  for (size_t i = 1; i < count; i++) {
    if (row[i] > row[best]) best = i;
  }
  return best;
}

/* Rows whose largest output is that of their label, as of the last pass. */
static size_t count_right(const struct start *start, const struct demo_data *data) {
  const cr_const_matrix a = cr_workspace_a(start->work, 1);
  size_t right = 0;
  for (size_t r = 0; r < data->rows; r++) {
    right += data->y[r * data->outputs + largest(a.data + r * a.stride, data->outputs)] > 0;
  }
  return right;
}

static int descend(const struct cli *cli, const struct demo_data *data, struct start *start) {
  const size_t count = cr_net_parameter_count(start->net);
  float *w = cr_net_parameters(start->net);
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = "cross_entropy";
  for (size_t step = 0; step <= STEPS; step++) {
    look(start, step);
    if (cr_net_backward(start->net, start->work, &objective, demo_data_x(data), demo_data_y(data),
                        &start->last_cost) != CR_OK) {
      return errors_last(cli);
    }
    if (step == 0) start->first_cost = start->last_cost;
    const float *gradient = cr_workspace_gradient(start->work);
    for (size_t i = 0; i < count && step < STEPS; i++) w[i] -= LEARNING_RATE * gradient[i];
  }
  start->right = count_right(start, data);
  return 0;
}

static void show_columns(const struct cli *cli, const struct start *start) {
  const size_t inputs = cr_net_inputs(start->net);
  struct grid grid;
  if (!demo_talks(cli)) return;
  grid_open(&grid, "rlrrr", 2);
  grid_cell(&grid, "step");
  grid_cell(&grid, "W1");
  for (size_t unit = 0; unit < HIDDEN; unit++) grid_cell(&grid, "unit %zu", unit + 1);
  for (size_t i = 0; i < SHOWN * inputs; i++) {
    const float *row = start->w1[i / inputs] + i % inputs * HIDDEN;
    grid_cell(&grid, "%zu", SHOWN_STEPS[i / inputs]);
    grid_cell(&grid, "x%zu", i % inputs + 1);
    for (size_t unit = 0; unit < HIDDEN; unit++) grid_cell(&grid, "%.3f", (double)row[unit]);
  }
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

/* "1, 2, 3": the first unit, and those that stayed the same as one before them. */
static size_t list_same(const struct start *start, struct text *out) {
  size_t count = 0;
  for (size_t unit = 0; unit < HIDDEN; unit++) {
    if (start->apart[unit] != NEVER) continue;
    text_add(out, "%s%zu", count > 0 ? ", " : "", unit + 1);
    count++;
  }
  return count;
}

static void show_start(const struct cli *cli, const struct demo_data *data,
                       const struct start *start) {
  struct text same = {0};
  show_columns(cli, start);
  if (list_same(start, &same) > 1) {
    demo_result(cli, start->initializer, "units %s are the same, bit for bit, after every step",
                same.data);
  } else {
    demo_result(cli, start->initializer, "no two units are the same, from step %zu to the last",
                start->apart[HIDDEN - 1]);
  }
  demo_result(cli, "", "cost %.3f, after %d steps %.3f; %zu of %zu rows right", start->first_cost,
              STEPS, start->last_cost, start->right, data->rows);
  text_free(&same);
}

static json_t *start_object(const struct start *start) {
  json_t *object = json_object(), *apart = json_array(), *w1 = json_array();
  for (size_t unit = 0; unit < HIDDEN; unit++) {
    const size_t step = start->apart[unit];
    json_array_append_new(apart, step == NEVER ? json_null() : output_count(step));
  }
  for (size_t i = 0; i < cr_net_inputs(start->net); i++) {
    json_t *row = json_array();
    for (size_t unit = 0; unit < HIDDEN; unit++) {
      json_array_append_new(row, output_number((double)start->w1[SHOWN - 1][i * HIDDEN + unit]));
    }
    json_array_append_new(w1, row);
  }
  json_object_set_new(object, "initializer", json_string(start->initializer));
  json_object_set_new(object, "activation", json_string(start->activation));
  json_object_set_new(object, "first_cost", output_number(start->first_cost));
  json_object_set_new(object, "last_cost", output_number(start->last_cost));
  json_object_set_new(object, "rows_right", output_count(start->right));
  json_object_set_new(object, "apart_after_step", apart);
  json_object_set_new(object, "w1", w1);
  return object;
}

/* Runs one start and shows it; with tanh only whether its W1 has moved at all. */
static int run_start(const struct cli *cli, const struct demo_data *data, const char *initializer,
                     const char *activation, json_t *starts) {
  struct start start = {.initializer = initializer, .activation = activation};
  int status = start_open(cli, data, &start);
  if (status == 0) status = descend(cli, data, &start);
  if (status == 0) json_array_append_new(starts, start_object(&start));
  if (status == 0 && strcmp(activation, "tanh") != 0) {
    show_start(cli, data, &start);
  } else if (status == 0) {
    float most = 0;
    for (size_t i = 0; i < data->inputs * HIDDEN; i++) {
      most = fmaxf(most, fabsf(start.w1[SHOWN - 1][i]));
    }
    demo_result(cli, "zero", "with tanh: the largest |w| in W1 after %d steps is %g", STEPS,
                (double)most);
  }
  start_close(&start);
  return status;
}

static int show_all(const struct cli *cli, const struct demo_data *data, json_t *starts) {
  demo_heading(cli, "1. From zero weights");
  int status = run_start(cli, data, "zero", "sigmoid", starts);
  demo_heading(cli, "2. From small random weights, 0.01 N(0, 1)");
  if (status == 0) status = run_start(cli, data, "small", "sigmoid", starts);
  demo_heading(cli, "3. Why");
  demo_say(
      cli,
      "Units with the same weights in and out compute the same, get the same gradient and make "
      "the same step, so nothing ever tells them apart, and the layer is worth one unit. "
      "Weights that differ at random, by however little, get gradients that differ, and each "
      "unit goes its own way.");
  demo_say(
      cli,
      "From zeros it can be worse: a sigmoid is one half at 0, which is what moved W2 and then "
      "W1; tanh and relu are 0 there, so that dW2 = A1ᵀ dZ2 = 0, and dW1 = 0 as long as W2 is "
      "0.");
  if (status == 0) status = run_start(cli, data, "zero", "tanh", starts);
  return status;
}

int demo_symmetry(struct cli *cli) {
  struct demo_data data = {0};
  int status = demo_refuse_output(cli, "symmetry");
  if (status == 0) status = demo_data_read(cli, "@spiral", &data);
  if (status != 0) return status;
  json_t *object = demo_object("symmetry"), *starts = json_array();
  demo_say(
      cli,
      "A network 2 → %d sigmoid → 3 softmax on @spiral, %d steps of gradient descent, rate %g, "
      "all rows in each step: once from zeros, once from small random weights. Each column of "
      "W1 holds what one hidden unit makes of the inputs.",
      HIDDEN, STEPS, (double)LEARNING_RATE);
  status = show_all(cli, &data, starts);
  json_object_set_new(object, "steps", output_count(STEPS));
  json_object_set_new(object, "starts", starts);
  if (status == 0 && cli->settings.json) output_json(json_incref(object));
  json_decref(object);
  demo_data_free(&data);
  if (status != 0) return status;
  demo_try(cli, (const char *const[]){"train @spiral --init zero", "demo depth", NULL});
  return 0;
}
