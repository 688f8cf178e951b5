/* chainrule demo perceptron: the rule that stops where it can, and goes round where it cannot. */
#include "demo_perceptron.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"
#include "errors.h"
#include "grid.h"
#include "output.h"

/* Keeps a step with a copy of its weights. */
static void keep_step(void *user, const cr_perceptron_step *step) {
  struct perceptron_run *run = user;
  const size_t width = run->data.inputs + 1, count = run->step_count + 1;
  run->steps = take_more(run->steps, count, sizeof *run->steps);
  run->weights = take_more(run->weights, count * width, sizeof *run->weights);
  run->steps[count - 1] = *step;
  memcpy(run->weights + (count - 1) * width, step->weights, width * sizeof *run->weights);
  run->step_count = count;
}

int perceptron_open(const struct cli *cli, const char *name, struct perceptron_run *out) {
  *out = (struct perceptron_run){.name = name};
  const int status = demo_data_read(cli, name, &out->data);
  if (status != 0) return status;
  cr_perceptron_options options;
  cr_perceptron_options_init(&options);
  options.on_step = keep_step;
  options.user = out;
  const cr_const_matrix x = demo_data_x(&out->data), y = demo_data_y(&out->data);
  if (cr_perceptron_learn(x, y, &options, &out->perceptron) == CR_OK) return 0;
  return errors_last(cli);
}

void perceptron_close(struct perceptron_run *run) {
  cr_perceptron_destroy(run->perceptron);
  demo_data_free(&run->data);
  free(run->steps);
  free(run->weights);
}

/* "2, 1, -3" */
static struct text numbers_text(const double *numbers, size_t count) {
  struct text out = {0};
  for (size_t i = 0; i < count; i++) text_add(&out, "%s%g", i > 0 ? ", " : "", numbers[i]);
  return out;
}

static void step_cells(struct grid *grid, const struct perceptron_run *run, size_t index) {
  const cr_perceptron_step *step = &run->steps[index];
  const size_t inputs = run->data.inputs;
  struct text x = {0};
  for (size_t i = 0; i < inputs; i++) {
    text_add(&x, "%s%g", i > 0 ? " " : "", (double)run->data.x[step->row * inputs + i]);
  }
  struct text weights = numbers_text(run->weights + index * (inputs + 1), inputs + 1);
  grid_cell(grid, "%zu", step->pass + 1);
  grid_cell(grid, "%zu", step->row + 1);
  grid_cell(grid, "%s", x.data);
  grid_cell(grid, "%d", step->target);
  grid_cell(grid, "%g", step->z);
  grid_cell(grid, "%d", step->answer);
  grid_cell(grid, "%s", step->answer == step->target ? "right" : weights.data);
  text_free(&x);
  text_free(&weights);
}

void perceptron_show_steps(const struct cli *cli, const struct perceptron_run *run) {
  const cr_perceptron_summary *summary = cr_perceptron_get_summary(run->perceptron);
  const bool cycle = summary->end == CR_PERCEPTRON_CYCLE;
  const char *const heads[] = {"pass", "row", "x", "y", "z", "a", "w1, w2, b"};
  struct grid grid;
  if (!demo_talks(cli)) return;
  grid_open(&grid, "rrlrrrl", 2);
  for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t i = 0; i < run->step_count; i++) {
    const cr_perceptron_step *step = &run->steps[i];
    if (cycle || step->answer != step->target) step_cells(&grid, run, i);
  }
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

void perceptron_show_end(const struct cli *cli, const struct perceptron_run *run) {
  const cr_perceptron_summary *summary = cr_perceptron_get_summary(run->perceptron);
  struct text label = {0};
  for (const char *c = run->name + 1; *c != '\0'; c++) text_add(&label, "%c", *c - 'a' + 'A');
  const double *last = cr_perceptron_weights(run->perceptron, summary->passes);
  struct text weights = numbers_text(last, summary->inputs + 1);
  if (summary->end == CR_PERCEPTRON_LEARNED) {
    demo_result(cli, label.data,
                "learnt: pass %zu is all right, after %zu mistakes, with w1, w2, b = %s",
                summary->passes, summary->mistakes, weights.data);
  } else if (summary->end == CR_PERCEPTRON_CYCLE) {
    demo_result(cli, label.data,
                "never learnt: after pass %zu the weights are %s, as they were after pass %zu, and "
                "so it goes on for ever",
                summary->passes, weights.data, summary->cycle_begin);
  } else {
    demo_result(cli, label.data, "not learnt in %zu passes", summary->passes);
  }
  text_free(&label);
  text_free(&weights);
}

/* "w1 + w2 + 2 b", appended: `coefficients` (inputs + 1), that of b last. */
static void add_sum(struct text *out, const double *coefficients, size_t inputs) {
  const size_t before = out->length;
  for (size_t i = 0; i <= inputs; i++) {
    if (fabs(coefficients[i]) <= 0) continue;
    text_add(out, "%s", out->length > before ? " + " : "");
    if (coefficients[i] != 1) text_add(out, "%g ", coefficients[i]);
    if (i < inputs) {
      text_add(out, "w%zu", i + 1);
    } else {
      text_add(out, "b");
    }
  }
}

/* The left side of what a row asks for, x and 1 for the bias: out (inputs + 1). */
static void row_coefficients(const struct perceptron_run *run, size_t row, double *out) {
  const size_t inputs = run->data.inputs;
  for (size_t i = 0; i < inputs; i++) out[i] = (double)run->data.x[row * inputs + i];
  out[inputs] = 1;
}

/* What the rows of one target ask for, added up: sums (inputs + 1). */
static void add_rows(const struct perceptron_run *run, bool target, double *sums) {
  const size_t width = run->data.inputs + 1;
  double *row = take(width, sizeof *row);
  memset(sums, 0, width * sizeof *sums);
  for (size_t r = 0; r < run->data.rows; r++) {
    if ((run->data.y[r] > 0) != target) continue;
    row_coefficients(run, r, row);
    for (size_t i = 0; i < width; i++) sums[i] += row[i];
  }
  free(row);
}

/* "2 and 3": the rows of one target, counted from 1, appended. */
static void add_row_numbers(struct text *out, const struct perceptron_run *run, bool target) {
  const size_t before = out->length;
  for (size_t r = 0; r < run->data.rows; r++) {
    if ((run->data.y[r] > 0) != target) continue;
    text_add(out, "%s%zu", out->length > before ? " and " : "", r + 1);
  }
}

static void show_inequalities(const struct cli *cli, const struct perceptron_run *run) {
  const size_t inputs = run->data.inputs;
  double *left = take(inputs + 1, sizeof *left);
  struct grid grid;
  grid_open(&grid, "rlrrl", 2);
  const char *const heads[] = {"row", "x", "y", "asks for", ""};
  for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t r = 0; r < run->data.rows; r++) {
    struct text x = {0}, sum = {0};
    const bool target = run->data.y[r] > 0;
    for (size_t i = 0; i < inputs; i++) {
      text_add(&x, "%s%g", i > 0 ? " " : "", (double)run->data.x[r * inputs + i]);
    }
    row_coefficients(run, r, left);
    add_sum(&sum, left, inputs);
    grid_cell(&grid, "%zu", r + 1);
    grid_cell(&grid, "%s", x.data);
    grid_cell(&grid, "%d", target);
    grid_cell(&grid, "%s", sum.data);
    grid_cell(&grid, "%s", target ? "≥ 0" : "< 0");
    text_free(&x);
    text_free(&sum);
  }
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
  free(left);
}

/* Are the two sums one and the same? Then no weights make one of them >= 0 and the other < 0. */
static bool is_contradiction(const struct perceptron_run *run) {
  const size_t width = run->data.inputs + 1;
  double *ones = take(width, sizeof *ones), *zeros = take(width, sizeof *zeros);
  add_rows(run, true, ones);
  add_rows(run, false, zeros);
  bool same = true;
  for (size_t i = 0; i < width; i++) same &= fabs(ones[i] - zeros[i]) <= 0;
  free(ones);
  free(zeros);
  return same;
}

void perceptron_show_contradiction(const struct cli *cli, const struct perceptron_run *run) {
  if (!demo_talks(cli)) return;
  double *sums = take(run->data.inputs + 1, sizeof *sums);
  struct text sum = {0}, ones = {0}, zeros = {0};
  show_inequalities(cli, run);
  add_rows(run, true, sums);
  add_sum(&sum, sums, run->data.inputs);
  add_row_numbers(&ones, run, true);
  add_row_numbers(&zeros, run, false);
  if (is_contradiction(run)) {
    demo_say(cli,
             "Rows %s added up: %s ≥ 0. Rows %s added up: %s < 0. It is the same sum, and no "
             "weights make it both.",
             ones.data, sum.data, zeros.data, sum.data);
  }
  text_free(&sum);
  text_free(&ones);
  text_free(&zeros);
  free(sums);
}

static json_t *numbers_array(const double *numbers, size_t count) {
  json_t *array = json_array();
  for (size_t i = 0; i < count; i++) json_array_append_new(array, output_number(numbers[i]));
  return array;
}

static json_t *inequalities_array(const struct perceptron_run *run) {
  const size_t width = run->data.inputs + 1;
  double *left = take(width, sizeof *left);
  json_t *array = json_array();
  for (size_t r = 0; r < run->data.rows; r++) {
    json_t *object = json_object();
    row_coefficients(run, r, left);
    json_object_set_new(object, "row", output_count(r));
    json_object_set_new(object, "coefficients", numbers_array(left, width));
    json_object_set_new(object, "relation", json_string(run->data.y[r] > 0 ? ">=" : "<"));
    json_array_append_new(array, object);
  }
  free(left);
  return array;
}

json_t *perceptron_object(const struct perceptron_run *run) {
  static const char *const ends[] = {
      [CR_PERCEPTRON_LEARNED] = "learned",
      [CR_PERCEPTRON_CYCLE] = "cycle",
      [CR_PERCEPTRON_PASSES] = "passes",
  };
  const cr_perceptron_summary *summary = cr_perceptron_get_summary(run->perceptron);
  json_t *object = json_object(), *states = json_array();
  json_object_set_new(object, "data", json_string(run->name));
  json_object_set_new(object, "end", json_string(ends[summary->end]));
  json_object_set_new(object, "passes", output_count(summary->passes));
  json_object_set_new(object, "mistakes", output_count(summary->mistakes));
  for (size_t i = 0; i <= summary->passes; i++) {
    const double *weights = cr_perceptron_weights(run->perceptron, i);
    json_array_append_new(states, numbers_array(weights, summary->inputs + 1));
  }
  json_object_set_new(object, "states", states);
  json_object_set_new(object, "inequalities", inequalities_array(run));
  json_object_set_new(object, "contradiction", json_boolean(is_contradiction(run)));
  if (summary->end == CR_PERCEPTRON_CYCLE) {
    json_object_set_new(object, "cycle_begin", output_count(summary->cycle_begin));
    json_object_set_new(object, "cycle_length", output_count(summary->cycle_length));
  }
  return object;
}

static int show_run(const struct cli *cli, const char *name, json_t *sets) {
  struct perceptron_run run;
  const int status = perceptron_open(cli, name, &run);
  if (status == 0) {
    perceptron_show_steps(cli, &run);
    perceptron_show_end(cli, &run);
    if (strcmp(name, "@xor") == 0) {
      demo_heading(cli, "4. Why not: four inequalities");
      perceptron_show_contradiction(cli, &run);
    }
    json_array_append_new(sets, perceptron_object(&run));
  }
  perceptron_close(&run);
  return status;
}

static void introduce(const struct cli *cli) {
  demo_say(cli,
           "One unit with a threshold: z = w1 x1 + w2 x2 + b, and its answer a is 1 where z ≥ 0, "
           "else 0. A small step of a weight leaves a as it is, so there is no derivative to "
           "follow. The perceptron rule (Rosenblatt 1958) does without: it takes the rows in turn, "
           "and where a is not the target y it adds (y − a) x to the weights and y − a to b.");
  demo_heading(cli, "1. AND: every row that changed the weights");
  demo_say(cli, "All weights begin at 0; those in the table are the ones after the row.");
}

int demo_perceptron(struct cli *cli) {
  int status = demo_refuse_output(cli, "perceptron");
  if (status != 0) return status;
  json_t *sets = json_array();
  introduce(cli);
  status = show_run(cli, "@and", sets);
  demo_heading(cli, "2. OR");
  if (status == 0) status = show_run(cli, "@or", sets);
  demo_heading(cli, "3. XOR: is exactly one of the two set?");
  if (status == 0) status = show_run(cli, "@xor", sets);
  if (status == 0 && cli->settings.json) {
    json_t *object = demo_object("perceptron");
    json_object_set_new(object, "sets", json_incref(sets));
    output_json(object);
  }
  json_decref(sets);
  if (status != 0) return status;
  demo_say(
      cli,
      "AND and OR can be parted by a line, XOR cannot. Where there is a line, the rule makes at "
      "most (R/g)² mistakes, where R is the length of the longest (x, 1) and g the room beside "
      "the line (Novikoff 1962): for AND the line 2 x1 + 2 x2 − 3 = 0 has R² = 3, g² = 1/17, "
      "so at most 51. What XOR needs is a second layer.");
  demo_try(cli, (const char *const[]){"demo xor", NULL});
  return 0;
}
