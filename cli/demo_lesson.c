#include "demo_lesson.h"

#include <string.h>

#include "demo.h"
#include "errors.h"
#include "grid.h"
#include "output.h"

enum { UNBROKEN_WIDTH = 80, DIGITS = 4 };

/* A power of two, so that most of what it is added to is not rounded. */
static const float NUDGE = 1.0f / 1024;

static int explain(const struct lesson *lesson, const cr_explain_options *options,
                   cr_explanation **out) {
  const cr_const_matrix x = demo_data_x(lesson->data), y = demo_data_y(lesson->data);
  if (cr_explain_net(lesson->net, &lesson->objective, x, y, options, out) == CR_OK) return 0;
  return errors_last(lesson->cli);
}

int lesson_open(const struct cli *cli, const char *spec, const float *parameters, const char *loss,
                const struct demo_data *data, struct lesson *out) {
  *out = (struct lesson){.cli = cli, .data = data};
  cr_objective_init(&out->objective);
  out->objective.loss = loss;
  cr_explain_options_init(&out->options);
  out->options.learning_rate = 1;
  if (cr_net_create(spec, &out->net) != CR_OK) return errors_last(cli);
  memcpy(cr_net_parameters(out->net), parameters,
         cr_net_parameter_count(out->net) * sizeof *parameters);
  return explain(out, &out->options, &out->explanation);
}

void lesson_close(struct lesson *lesson) {
  cr_explanation_destroy(lesson->explanation);
  cr_net_destroy(lesson->net);
}

static int show_section(const struct cli *cli, cr_explanation *explanation, const char *section) {
  cr_render_options options;
  const char *text = NULL;
  cr_render_options_init(&options);
  options.section = section;
  options.digits = DIGITS;
  options.width = cli->out.width > 0 ? cli->out.width : UNBROKEN_WIDTH;
  options.ascii = !cli->out.utf8;
  options.unlabelled = true;
  if (cr_explanation_render(explanation, &options, &text) != CR_OK) return errors_last(cli);
  terminal_print(&cli->out, "%s", text);
  return 0;
}

int lesson_show(struct lesson *lesson, const char *section) {
  if (!demo_talks(lesson->cli)) return 0;
  return show_section(lesson->cli, lesson->explanation, section);
}

int lesson_show_weight(struct lesson *lesson, const char *weight) {
  if (!demo_talks(lesson->cli)) return 0;
  cr_explain_options options = lesson->options;
  cr_explanation *explanation = NULL;
  options.weight = weight;
  int status = explain(lesson, &options, &explanation);
  if (status == 0) status = show_section(lesson->cli, explanation, "weight");
  cr_explanation_destroy(explanation);
  return status;
}

static const cr_explain_step *find_step(const cr_explanation *explanation, const char *name,
                                        size_t layer) {
  const cr_explain_step *step = NULL;
  for (size_t i = 0; (step = cr_explanation_step(explanation, i)) != NULL; i++) {
    if (strcmp(step->name, name) == 0 && step->layer == layer) return step;
  }
  return NULL;
}

const cr_explain_step *lesson_step(const struct lesson *lesson, const char *name, size_t layer) {
  return find_step(lesson->explanation, name, layer);
}

/* The loss with the parameters as they are now. */
static int loss_now(const struct lesson *lesson, double *out) {
  cr_explanation *explanation = NULL;
  const int status = explain(lesson, &lesson->options, &explanation);
  if (status == 0) {
    const cr_explain_step *loss = find_step(explanation, "data_loss", SIZE_MAX);
    if (loss != NULL) *out = loss->values[0];
  }
  cr_explanation_destroy(explanation);
  return status;
}

/* (eq D1) With the distance that the parameter really moved, which is rounded to single. */
static int nudge(const struct lesson *lesson, float *parameter, double *out) {
  const float before = *parameter, above = before + NUDGE, below = before - NUDGE;
  double upper = 0, lower = 0;
  *parameter = above;
  int status = loss_now(lesson, &upper);
  *parameter = below;
  if (status == 0) status = loss_now(lesson, &lower);
  *parameter = before;
  *out = (upper - lower) / ((double)above - (double)below);
  return status;
}

/* What the table is made of: one parameter. */
struct nudged {
  struct short_text name;
  double value, derivative, by_nudging;
};

static void add_nudged(struct grid *grid, json_t *array, const struct nudged *n) {
  json_t *object = json_object();
  json_object_set_new(object, "name", json_string(n->name.s));
  json_object_set_new(object, "value", output_number(n->value));
  json_object_set_new(object, "chain_rule", output_number(n->derivative));
  json_object_set_new(object, "nudging", output_number(n->by_nudging));
  json_array_append_new(array, object);
  grid_cell(grid, "%s", n->name.s);
  grid_cell(grid, "%g", n->value);
  grid_cell(grid, "%.6f", n->derivative);
  grid_cell(grid, "%.6f", n->by_nudging);
}

/* The parameters of one matrix, "dW" or "db" of a layer. */
static int nudge_matrix(struct lesson *lesson, size_t layer, const char *name, cr_matrix matrix,
                        struct grid *grid, json_t *array) {
  const cr_explain_step *step = lesson_step(lesson, name, layer);
  for (size_t i = 0; step != NULL && i < matrix.rows * matrix.cols; i++) {
    struct nudged n = {.value = (double)matrix.data[i], .derivative = step->values[i]};
    if (name[1] == 'b') {
      snprintf(n.name.s, sizeof n.name.s, "b%zu[%zu]", layer + 1, i + 1);
    } else {
      snprintf(n.name.s, sizeof n.name.s, "W%zu[%zu,%zu]", layer + 1, i / matrix.cols + 1,
               i % matrix.cols + 1);
    }
    const int status = nudge(lesson, &matrix.data[i], &n.by_nudging);
    if (status != 0) return status;
    add_nudged(grid, array, &n);
  }
  return 0;
}

int lesson_nudge_all(struct lesson *lesson, json_t **out) {
  static const char *const heads[] = {"", "value", "chain rule", "nudging"};
  struct grid grid;
  int status = 0;
  json_t *array = json_array();
  grid_open(&grid, "lrrr", 2);
  for (size_t i = 0; i < 4; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t l = 0; l < cr_net_layer_count(lesson->net) && status == 0; l++) {
    const cr_layer *layer = cr_net_layer(lesson->net, l);
    status = nudge_matrix(lesson, l, "dW", layer->weight, &grid, array);
    if (status == 0) status = nudge_matrix(lesson, l, "db", layer->bias, &grid, array);
  }
  if (status == 0 && demo_talks(lesson->cli)) grid_print(&grid, &lesson->cli->out, true);
  grid_close(&grid);
  *out = array;
  return status;
}

int lesson_object(struct lesson *lesson, json_t **out) {
  cr_render_options options;
  const char *text = NULL;
  cr_render_options_init(&options);
  options.format = "json";
  if (cr_explanation_render(lesson->explanation, &options, &text) != CR_OK) {
    return errors_last(lesson->cli);
  }
  *out = json_loads(text, 0, NULL);
  return 0;
}
