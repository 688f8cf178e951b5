/*
 * chainrule demo logistic: the same regression as a loop over samples and as matrices, how long
 * each takes, and the line it learns; then what broadcasting is.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"
#include "demo_broadcasting.h"
#include "demo_lesson.h"
#include "errors.h"
#include "grid.h"
#include "logistic.h"
#include "output.h"
#include "progress.h"

enum { POINTS = 100000, STEPS = 200, TURNS = 6, RACES = 3 };
enum { MAP_WIDTH = 48, MAP_HEIGHT = 20, MAP_INDENT = 2, MAP_POINTS = 100 };

static const float LEARNING_RATE = 5;

/* What the points are made with, and where the gradients are taken: w1, w2, b. */
static const double TRUE_WEIGHTS[3] = {4, -3, 1};
static const float START_WEIGHTS[3] = {0.5f, -1, 0.25f};

/*
 * Points spread evenly over the square from -1 to 1, each with a label drawn by its probability.
 * The multiples of these three numbers, less their whole parts, fill a cube evenly: powers of 1/g,
 * where g^4 = g + 1.
 */
static void make_points(struct samples *samples) {
  static const double spread[3] = {0.8191725133961645, 0.6710436067037893, 0.5497004779019703};
  for (size_t i = 0; i < samples->rows; i++) {
    double u[3], z = TRUE_WEIGHTS[2];
    for (size_t k = 0; k < 3; k++) u[k] = fmod((double)(i + 1) * spread[k], 1);
    for (size_t k = 0; k < 2; k++) {
      samples->x[2 * i + k] = (float)(2 * u[k] - 1);
      z += TRUE_WEIGHTS[k] * (double)samples->x[2 * i + k];
    }
    samples->y[i] = u[2] < 1 / (1 + exp(-z)) ? 1 : 0;
  }
}

/* Uneven numbers, where only the time matters. */
static void make_wide(struct samples *samples) {
  const size_t inputs = samples->inputs, outputs = samples->outputs;
  for (size_t i = 0; i < samples->rows * inputs; i++) {
    samples->x[i] = (float)(fmod((double)(i + 1) * 0.8191725133961645, 1) - 0.5);
  }
  for (size_t i = 0; i < samples->rows * outputs; i++) {
    samples->y[i] = samples->x[i / outputs * inputs + i % outputs] > 0;
  }
}

/* ---- 1 and 2: four samples ---- */

static void show_loop(const struct cli *cli, const struct samples *four,
                      const struct result *result) {
  static const char *const heads[] = {"i", "x1",   "x2", "y",     "z",
                                      "a", "cost", "dz", "x1 dz", "x2 dz"};
  struct grid grid;
  if (!demo_talks(cli)) return;
  grid_open(&grid, "rrrrrrrrrr", 2);
  for (size_t i = 0; i < 10; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t i = 0; i < four->rows; i++) {
    const struct terms t = sample_terms(four, i, 0, START_WEIGHTS);
    const float *x = four->x + 2 * i;
    grid_cell(&grid, "%zu", i + 1);
    for (size_t k = 0; k < 2; k++) grid_cell(&grid, "%g", (double)x[k]);
    grid_cell(&grid, "%g", (double)four->y[i]);
    grid_cell(&grid, "%.2f", (double)t.z);
    grid_cell(&grid, "%.4f", (double)t.a);
    grid_cell(&grid, "%.4f", (double)t.cost);
    grid_cell(&grid, "%.4f", (double)t.dz);
    for (size_t k = 0; k < 2; k++) grid_cell(&grid, "%.4f", (double)(x[k] * t.dz));
  }
  const double sums[] = {result->cost, result->gradient[2], result->gradient[0],
                         result->gradient[1]};
  grid_cell(&grid, "/4");
  for (size_t i = 1; i < 6; i++) grid_cell(&grid, "%s", i == 5 ? "mean" : "");
  for (size_t i = 0; i < 4; i++) grid_cell(&grid, "%.4f", sums[i]);
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

/* The same as explain writes it, in double. */
static int show_matrices(const struct cli *cli, const struct samples *four) {
  const struct demo_data data = {four->rows, 2, 1, four->x, four->y};
  struct lesson lesson;
  demo_heading(cli, "2. The same four as matrices");
  int status =
      lesson_open(cli, "2-1:sigmoid", START_WEIGHTS, "binary_cross_entropy", &data, &lesson);
  if (status == 0) status = lesson_show(&lesson, "forward");
  if (status == 0) status = lesson_show(&lesson, "loss");
  if (status == 0) status = lesson_show(&lesson, "backward");
  lesson_close(&lesson);
  return status;
}

/* What the engine that trains makes of them, beside the loop. */
static int compare_four(const struct cli *cli, const struct samples *four,
                        const struct result *loop, json_t *object) {
  double gradient[3];
  struct result matrices = {0, gradient};
  struct units units;
  int status = units_open(cli, four, &units);
  if (status == 0) {
    memcpy(cr_net_parameters(units.net), START_WEIGHTS, sizeof START_WEIGHTS);
    status = as_matrices(cli, &units, four, &matrices);
  }
  if (status == 0) {
    json_object_set_new(object, "four_difference",
                        output_number(largest_difference(four, loop, &matrices)));
  }
  units_close(&units);
  return status;
}

static int show_four(const struct cli *cli, json_t *object) {
  float x[8] = {1, 2, 2, 0.5f, -1, 1, 0.5f, -1.5f}, y[4] = {1, 1, 0, 0};
  double gradient[3];
  const struct samples four = {4, 2, 1, x, y};
  struct result loop = {0, gradient};
  loop_over_samples(&four, START_WEIGHTS, &loop);
  demo_heading(cli, "1. Four samples, one after the other");
  demo_say(cli,
           "w1 = 0.5, w2 = −1, b = 0.25. For each sample: z = w1 x1 + w2 x2 + b, a = 1 / (1 + "
           "e^−z), cost = −(y ln a + (1 − y) ln(1 − a)), dz = a − y. The means of x1 dz, x2 dz and "
           "dz are the gradient.");
  show_loop(cli, &four, &loop);
  const int status = show_matrices(cli, &four);
  return status == 0 ? compare_four(cli, &four, &loop, object) : status;
}

/* ---- 3: many samples ---- */

/* The same samples both ways: what comes out, and how long it takes. */
struct race {
  struct samples samples;
  struct result loop, matrices;
  double loop_seconds, matrices_seconds;
};

/* The weights of the small example, repeated. */
static void set_weights(struct units *units) {
  const cr_layer *layer = cr_net_layer(units->net, 0);
  const size_t outputs = layer->outputs, weights = layer->inputs * outputs;
  float *w = cr_net_parameters(units->net);
  for (size_t k = 0; k < weights; k++) w[k] = START_WEIGHTS[k / outputs % 2];
  for (size_t k = 0; k < outputs; k++) w[weights + k] = START_WEIGHTS[2];
}

/* Takes the fastest of some turns: what else the machine does can only slow them down. */
static int race_run(const struct cli *cli, struct race *race) {
  const struct samples *samples = &race->samples;
  struct units units;
  race->loop.gradient = take(parameter_count(samples), sizeof(double));
  race->matrices.gradient = take(parameter_count(samples), sizeof(double));
  race->loop_seconds = race->matrices_seconds = HUGE_VAL;
  int status = units_open(cli, samples, &units);
  if (status == 0) set_weights(&units);
  for (size_t i = 0; i < TURNS && status == 0; i++) {
    const double start = progress_clock();
    loop_over_samples(samples, cr_net_parameters(units.net), &race->loop);
    const double between = progress_clock();
    status = as_matrices(cli, &units, samples, &race->matrices);
    const double end = progress_clock();
    race->loop_seconds = fmin(race->loop_seconds, between - start);
    race->matrices_seconds = fmin(race->matrices_seconds, end - between);
  }
  units_close(&units);
  return status;
}

static void race_close(struct race *race) {
  free(race->loop.gradient);
  free(race->matrices.gradient);
  samples_close(&race->samples);
}

static json_t *race_object(const struct race *race) {
  json_t *object = json_object();
  json_object_set_new(object, "samples", output_count(race->samples.rows));
  json_object_set_new(object, "inputs", output_count(race->samples.inputs));
  json_object_set_new(object, "units", output_count(race->samples.outputs));
  json_object_set_new(object, "loop_seconds", output_number(race->loop_seconds));
  json_object_set_new(object, "matrices_seconds", output_number(race->matrices_seconds));
  json_object_set_new(object, "loop_cost", output_number(race->loop.cost));
  json_object_set_new(object, "matrices_cost", output_number(race->matrices.cost));
  json_object_set_new(
      object, "largest_difference",
      output_number(largest_difference(&race->samples, &race->loop, &race->matrices)));
  return object;
}

static void show_numbers(const struct cli *cli, const struct race *race) {
  static const char *const names[] = {"loop", "matrices"};
  const struct result *results[] = {&race->loop, &race->matrices};
  struct grid grid;
  if (!demo_talks(cli)) return;
  grid_open(&grid, "lrrrr", 2);
  const char *const heads[] = {"", "cost", "dw1", "dw2", "db"};
  for (size_t i = 0; i < 5; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t i = 0; i < 2; i++) {
    grid_cell(&grid, "%s", names[i]);
    grid_cell(&grid, "%.6f", results[i]->cost);
    for (size_t j = 0; j < 3; j++) grid_cell(&grid, "%.6f", results[i]->gradient[j]);
  }
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

static void show_times(const struct cli *cli, const struct race *races) {
  static const char *const heads[] = {
      "inputs", "units", "loop", "matrices", "ratio", "samples", "largest difference"};
  struct grid grid;
  if (cli->settings.json) return;
  grid_open(&grid, "rrrrrrr", 2);
  for (size_t i = 0; i < 7; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t i = 0; i < RACES; i++) {
    const struct race *race = &races[i];
    const struct samples *samples = &race->samples;
    grid_cell(&grid, "%zu", samples->inputs);
    grid_cell(&grid, "%zu", samples->outputs);
    grid_cell(&grid, "%s", seconds_text(race->loop_seconds).s);
    grid_cell(&grid, "%s", seconds_text(race->matrices_seconds).s);
    grid_cell(&grid, "%.1f", race->loop_seconds / race->matrices_seconds);
    grid_cell(&grid, "%zu", samples->rows);
    grid_cell(&grid, "%.0e", largest_difference(samples, &race->loop, &race->matrices));
  }
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

static void show_races(const struct cli *cli, const struct race *races, json_t *object) {
  json_t *array = json_array();
  show_numbers(cli, &races[0]);
  demo_say(cli, "The last digits differ by the order in which single precision adds up.");
  show_times(cli, races);
  demo_say(cli,
           "Both are machine code on one thread. With two inputs there is so little to do for each "
           "sample that a compiled loop needs no help. The wider the layer, the more "
           "of the time goes into the products; as matrices they take many numbers in each step, "
           "wait for none, and use each one often while it is at hand.");
  for (size_t i = 0; i < RACES; i++) json_array_append_new(array, race_object(&races[i]));
  json_object_set_new(object, "races", array);
}

/* The points, and wider layers that are only there to see how long they take. */
static int show_many(const struct cli *cli, json_t *object) {
  static const size_t sizes[RACES][3] = {{POINTS, 2, 1}, {10000, 200, 1}, {1000, 200, 64}};
  struct race races[RACES] = {0};
  int status = 0;
  demo_heading(cli, "3. Many samples: the same numbers, and how long they take");
  for (size_t i = 0; i < RACES && status == 0; i++) {
    samples_open(&races[i].samples, sizes[i][0], sizes[i][1], sizes[i][2]);
    (i == 0 ? make_points : make_wide)(&races[i].samples);
    status = race_run(cli, &races[i]);
  }
  if (status == 0) show_races(cli, races, object);
  for (size_t i = 0; i < RACES; i++) race_close(&races[i]);
  return status;
}

/* ---- 4: it learns ---- */

/* The side of the line that a place of the map is on; the line itself lies between. */
static bool side_of(const float w[3], size_t row, size_t column, size_t width) {
  const double x1 = 2 * ((double)column + 0.5) / (double)width - 1;
  const double x2 = 1 - 2 * ((double)row + 0.5) / MAP_HEIGHT;
  return (double)w[0] * x1 + (double)w[1] * x2 + (double)w[2] >= 0;
}

/* What stands there: a sample by its label, the line, or the side. */
static void fill_map(char *map, size_t width, const struct samples *samples, const float w[3]) {
  for (size_t i = 0; i < MAP_HEIGHT * width; i++) {
    const size_t row = i / width, column = i % width;
    const bool side = side_of(w, row, column, width);
    const bool edge = (column > 0 && side != side_of(w, row, column - 1, width)) ||
                      (row > 0 && side != side_of(w, row - 1, column, width));
    map[i] = edge ? '*' : side ? '.' : ' ';
  }
  for (size_t i = 0; i < MAP_POINTS; i++) {
    const double across = ((double)samples->x[2 * i] + 1) / 2;
    const double down = (1 - (double)samples->x[2 * i + 1]) / 2;
    const size_t column = (size_t)(across * (double)width), row = (size_t)(down * MAP_HEIGHT);
    if (column >= width || row >= MAP_HEIGHT) continue;
    map[row * width + column] = samples->y[i] > 0 ? '1' : '0';
  }
}

static void show_map(const struct cli *cli, const struct samples *samples, const float w[3]) {
  if (cli->settings.json) return;
  const size_t room = cli->out.width > 0 ? cli->out.width - MAP_INDENT - 1 : MAP_WIDTH;
  const size_t width = room < MAP_WIDTH ? room : MAP_WIDTH;
  char *map = take(MAP_HEIGHT * width, 1);
  fill_map(map, width, samples, w);
  for (size_t row = 0; row < MAP_HEIGHT; row++) {
    terminal_print(&cli->out, "%*s%.*s\n", MAP_INDENT, "", (int)width, map + row * width);
  }
  free(map);
}

/* The share of samples on the right side of a line. */
static double accuracy_of(const struct samples *samples, const double w[3]) {
  size_t right = 0;
  for (size_t i = 0; i < samples->rows; i++) {
    const float *x = samples->x + 2 * i;
    const double z = w[0] * (double)x[0] + w[1] * (double)x[1] + w[2];
    right += (z >= 0) == (samples->y[i] > 0);
  }
  return (double)right / (double)samples->rows;
}

static void show_learnt(const struct cli *cli, const struct samples *samples, const float w[3],
                        double first, double last, json_t *object) {
  const double learnt[3] = {(double)w[0], (double)w[1], (double)w[2]};
  const double accuracy = accuracy_of(samples, learnt), best = accuracy_of(samples, TRUE_WEIGHTS);
  demo_result(cli, "cost", "%.4f at zero weights, %.4f after %d steps", first, last, STEPS);
  demo_result(cli, "learnt", "w1 = %.2f, w2 = %.2f, b = %.2f; the points were made with %g, %g, %g",
              learnt[0], learnt[1], learnt[2], TRUE_WEIGHTS[0], TRUE_WEIGHTS[1], TRUE_WEIGHTS[2]);
  demo_result(cli, "right", "%s of the samples; the line they were made with has %s",
              percent_text(accuracy).s, percent_text(best).s);
  demo_say(cli,
           "The plane, x1 to the right and x2 upwards, the first %d samples as 0 and 1, "
           "and the line (*) where a is one half; dots fill the side where it is more:",
           MAP_POINTS);
  show_map(cli, samples, w);
  json_t *weights = json_array();
  for (size_t i = 0; i < 3; i++) json_array_append_new(weights, output_number(learnt[i]));
  json_object_set_new(object, "steps", output_count(STEPS));
  json_object_set_new(object, "first_cost", output_number(first));
  json_object_set_new(object, "last_cost", output_number(last));
  json_object_set_new(object, "weights", weights);
  json_object_set_new(object, "accuracy", output_number(accuracy));
  json_object_set_new(object, "accuracy_of_true_weights", output_number(best));
}

static int descend(const struct cli *cli, const struct units *units, const struct samples *samples,
                   json_t *object) {
  double gradient[3], first = 0;
  struct result result = {0, gradient};
  float *w = cr_net_parameters(units->net); /* zeros */
  for (size_t step = 0; step <= STEPS; step++) {
    const int status = as_matrices(cli, units, samples, &result);
    if (status != 0) return status;
    if (step == 0) first = result.cost;
    for (size_t i = 0; i < 3 && step < STEPS; i++) {
      w[i] -= LEARNING_RATE * (float)result.gradient[i]; /* (eq U1) */
    }
  }
  show_learnt(cli, samples, w, first, result.cost, object);
  return 0;
}

static int show_learning(const struct cli *cli, json_t *object) {
  struct samples points;
  struct units units;
  demo_heading(cli, "4. It learns");
  demo_say(
      cli,
      "%d times W ← W − %g dW, b ← b − %g db, all samples in each step, from zero weights: for "
      "one unit they are as good a start as any.",
      STEPS, (double)LEARNING_RATE, (double)LEARNING_RATE);
  samples_open(&points, POINTS, 2, 1);
  make_points(&points);
  int status = units_open(cli, &points, &units);
  if (status == 0) status = descend(cli, &units, &points, object);
  units_close(&units);
  samples_close(&points);
  return status;
}

int demo_logistic(struct cli *cli) {
  int status = demo_refuse_output(cli, "logistic");
  if (status != 0) return status;
  json_t *object = demo_object("logistic");
  demo_say(cli,
           "Logistic regression: one sigmoid unit, two inputs. First as a loop over samples, then "
           "as matrices.");
  status = show_four(cli, object);
  if (status == 0) status = show_many(cli, object);
  if (status == 0) status = show_learning(cli, object);
  if (status == 0) broadcasting_show(cli, object);
  if (status == 0 && cli->settings.json) output_json(json_incref(object));
  json_decref(object);
  if (status != 0) return status;
  demo_try(cli, (const char *const[]){"train @or --layers ''", "demo symmetry", NULL});
  return 0;
}
