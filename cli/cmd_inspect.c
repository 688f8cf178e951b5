/* chainrule inspect: what is in a model file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "errors.h"
#include "grid.h"
#include "network_text.h"
#include "output.h"
#include "record_text.h"

enum { INPUTS_SHOWN = 20, LABELS_SHOWN = 20 };

struct spread {
  double least, most, mean_size;
};

static struct spread spread_of(const cr_matrix *m) {
  struct spread out = {HUGE_VAL, -HUGE_VAL, 0};
  double count = (double)m->rows * (double)m->cols;
  for (size_t r = 0; r < m->rows; r++) {
    for (size_t c = 0; c < m->cols; c++) {
      double value = (double)m->data[r * m->stride + c];
      out.least = fmin(out.least, value);
      out.most = fmax(out.most, value);
      out.mean_size += fabs(value) / count;
    }
  }
  return out;
}

static void show_layers(const struct cli *cli, const cr_net *net) {
  struct grid grid;
  grid_open(&grid, "rlrrrr", REPORT_INDENT);
  const char *const heads[] = {"layer", "", "weights", "mean |w|", "least", "most"};
  for (size_t i = 0; i < 6; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t i = 0; i < cr_net_layer_count(net); i++) {
    const cr_layer *layer = cr_net_layer(net, i);
    if (layer == NULL) break;
    struct spread spread = spread_of(&layer->weight);
    grid_cell(&grid, "%zu", i + 1);
    grid_cell(&grid, "%zu → %zu %s", layer->inputs, layer->outputs, layer->activation);
    grid_cell(&grid, "%zu", layer->inputs * layer->outputs);
    grid_cell(&grid, "%s", number_text(spread.mean_size).s);
    grid_cell(&grid, "%s", number_text(spread.least).s);
    grid_cell(&grid, "%s", number_text(spread.most).s);
  }
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

/* "ISLAND, INLAND, … (5), or no value: an input each" */
static void add_category(const cr_model_input *input, struct text *out) {
  if (input->hashed)
    text_add(out, "category of many values, hashed to 64 inputs");
  else
    text_add(out, "category: ");
  for (size_t k = 0; k < input->label_count && k < LABELS_SHOWN; k++)
    text_add(out, "%s%s", k > 0 ? ", " : "", input->labels[k]);
  if (input->label_count > LABELS_SHOWN) text_add(out, ", … (%zu)", input->label_count);
}

/* "date: days, year, week, ": how they are scaled comes next */
static void add_date(const cr_model_input *input, struct text *out) {
  text_add(out, "date: days, ");
  for (size_t c = 0; c < input->cycle_count; c++) text_add(out, "%s, ", input->cycles[c]);
}

static void add_scaling(const cr_model_input *input, struct text *out) {
  if (input->type == CR_COLUMN_DATE) add_date(input, out);
  if (input->type == CR_COLUMN_IMAGE)
    text_add(out, "%zu×%zu pixels, ", input->height, input->image_width);
  if (input->knot_count > 0) {
    text_add(out, "to a normal distribution, through %zu points from %s to %s", input->knot_count,
             number_text(input->knots[0]).s, number_text(input->knots[input->knot_count - 1]).s);
    return;
  }
  text_add(out, "(value − %s) / %s", number_text(input->shift).s, number_text(input->scale).s);
}

static void add_gaps(const cr_model_input *input, struct text *out) {
  if (input->unseen_refused) text_add(out, "; no others");
  if (input->gaps == CR_GAPS_REFUSED) text_add(out, "; no gaps");
  if (input->keeps_fill) text_add(out, "; gaps: %s", number_text(input->fill).s);
  if (input->fill_text != NULL) text_add(out, "; gaps: %s", input->fill_text);
  if (input->gaps != CR_GAPS_MARKED) return;
  if (input->type == CR_COLUMN_TEXT)
    text_add(out, ", or no value");
  else
    text_add(out, "; gaps: %s, marked", number_text(input->fill).s);
}

static void show_inputs(const struct cli *cli, const cr_model *model, const cr_model_info *info) {
  struct grid grid;
  grid_open(&grid, "ll", REPORT_INDENT);
  for (size_t i = 0; i < info->input_columns && i < INPUTS_SHOWN; i++) {
    const cr_model_input *input = cr_model_input_at(model, i);
    if (input == NULL) break;
    grid_cell(&grid, "%s", input->name);
    struct text about = {0};
    if (input->type == CR_COLUMN_TEXT)
      add_category(input, &about);
    else
      add_scaling(input, &about);
    add_gaps(input, &about);
    grid_cell(&grid, "%s", about.data);
    text_free(&about);
  }
  terminal_line(&cli->out, "inputs", REPORT_INDENT, "%zu, scaled as", info->input_columns);
  grid_print(&grid, &cli->out, false);
  grid_close(&grid);
  if (info->input_columns > INPUTS_SHOWN) {
    terminal_line(&cli->out, "", REPORT_INDENT, "and %zu more (--json has them all)",
                  info->input_columns - INPUTS_SHOWN);
  }
}

/* "2 numbers: a (output × 3.1 + 5), b (output × 0.2 + 1)" */
static void add_numbers(const cr_model *model, const cr_model_info *info, struct text *line) {
  text_add(line, "%zu numbers: ", info->targets);
  for (size_t t = 0; t < info->targets && t < LABELS_SHOWN; t++) {
    double shift = 0, scale = 1;
    const char *name = cr_model_target(model, t, &shift, &scale);
    text_add(line, "%s%s (output × %s + %s)", t > 0 ? ", " : "", name, number_text(scale).s,
             number_text(shift).s);
  }
  if (info->targets > LABELS_SHOWN) text_add(line, ", …");
}

static void show_target(const struct cli *cli, const cr_model *model, const cr_model_info *info) {
  struct text line = {0};
  if (info->targets > 1 && info->labels == 0) {
    add_numbers(model, info, &line);
  } else if (info->labels == 0) {
    text_add(&line, "%s, a number: output × %s + %s", info->target,
             number_text(info->target_scale).s, number_text(info->target_shift).s);
  } else if (info->classes > 0) {
    text_add(&line, "%s, %zu classes: ", info->target, info->classes);
  } else {
    text_add(&line, "%zu labels, each 0 or 1: ", info->labels);
  }
  for (size_t c = 0; c < info->labels && c < LABELS_SHOWN; c++) {
    text_add(&line, "%s%s", c > 0 ? ", " : "", cr_model_label(model, c));
  }
  if (info->labels > LABELS_SHOWN) text_add(&line, ", …");
  terminal_line(&cli->out, "target", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

static void show(const struct cli *cli, cr_model *model, const cr_model_info *info) {
  const cr_net *net = cr_model_net(model);
  struct text line = {0};
  network_text(net, &line);
  terminal_line(&cli->out, "model", REPORT_INDENT, "%s · %s of %s", cli->settings.operands[0],
                info->task, info->target);
  terminal_line(&cli->out, "sha256", REPORT_INDENT, "%s", info->sha256);
  show_inputs(cli, model, info);
  show_target(cli, model, info);
  terminal_line(&cli->out, "network", REPORT_INDENT, "%s · %zu parameters · %s", line.data,
                cr_net_parameter_count(net), info->loss);
  show_layers(cli, net);
  record_show(cli, info->training);
  text_free(&line);
}

static json_t *input_object(const cr_model *model, size_t index) {
  json_t *object = json_object();
  const cr_model_input *input = cr_model_input_at(model, index);
  if (input == NULL) return object;
  static const char *const types[] = {[CR_COLUMN_NUMBER] = "number",
                                      [CR_COLUMN_TEXT] = "category",
                                      [CR_COLUMN_IMAGE] = "image",
                                      [CR_COLUMN_DATE] = "date"};
  static const char *const gaps[] = {[CR_GAPS_MARKED] = "marked", [CR_GAPS_REFUSED] = "refused"};
  json_object_set_new(object, "name", output_text(input->name));
  json_object_set_new(object, "type", json_string(types[input->type]));
  json_object_set_new(object, "width", output_count(input->width));
  json_object_set_new(object, "shift", output_number(input->shift));
  json_object_set_new(object, "scale", output_number(input->scale));
  if (input->gaps != CR_GAPS_FILLED)
    json_object_set_new(object, "gaps", json_string(gaps[input->gaps]));
  if (input->keeps_fill || (input->gaps == CR_GAPS_MARKED && input->type != CR_COLUMN_TEXT))
    json_object_set_new(object, "fill", output_number(input->fill));
  if (input->fill_text != NULL) json_object_set_new(object, "fill", output_text(input->fill_text));
  if (input->unseen_refused) json_object_set_new(object, "unseen", json_string("refused"));
  if (input->hashed) json_object_set_new(object, "hashed", json_true());
  if (input->knot_count > 0) {
    json_t *knots = json_array();
    for (size_t i = 0; i < input->knot_count; i++)
      json_array_append_new(knots, json_pack("[ff]", input->knots[i], input->images[i]));
    json_object_set_new(object, "knots", knots);
  }
  if (input->type == CR_COLUMN_DATE) {
    json_t *cycles = json_array();
    for (size_t c = 0; c < input->cycle_count; c++)
      json_array_append_new(cycles, json_string(input->cycles[c]));
    json_object_set_new(object, "cycles", cycles);
  }
  if (input->type == CR_COLUMN_TEXT && !input->hashed) {
    json_t *labels = json_array();
    for (size_t k = 0; k < input->label_count; k++)
      json_array_append_new(labels, output_text(input->labels[k]));
    json_object_set_new(object, "labels", labels);
  }
  return object;
}

static json_t *model_object(const struct cli *cli, cr_model *model, const cr_model_info *info) {
  json_t *object = output_object("inspect"), *inputs = json_array(), *labels = json_array();
  json_object_set_new(object, "model", output_text(cli->settings.operands[0]));
  json_object_set_new(object, "sha256", json_string(info->sha256));
  json_object_set_new(object, "network", json_string(info->network));
  network_json(cr_model_net(model), object);
  json_object_set_new(object, "loss", json_string(info->loss));
  json_object_set_new(object, "task", json_string(info->task));
  json_object_set_new(object, "target", output_text(info->target));
  for (size_t i = 0; i < info->input_columns; i++) {
    json_array_append_new(inputs, input_object(model, i));
  }
  json_object_set_new(object, "inputs", inputs);
  for (size_t c = 0; c < info->labels; c++) {
    json_array_append_new(labels, output_text(cr_model_label(model, c)));
  }
  json_object_set_new(object, "labels", labels);
  json_object_set_new(object, "targets", output_targets(model));
  if (info->labels == 0 && info->targets == 1) {
    json_object_set_new(object, "target_shift", output_number(info->target_shift));
    json_object_set_new(object, "target_scale", output_number(info->target_scale));
  }
  json_t *training = json_loads(info->training, 0, NULL);
  json_object_set_new(object, "training", training != NULL ? training : json_object());
  return object;
}

static int run(struct cli *cli) {
  cr_model *model = NULL;
  if (cr_model_load(cli->settings.operands[0], &model) != CR_OK) return errors_last(cli);
  const cr_model_info *info = cr_model_get_info(model);
  if (cli->settings.json) {
    output_json(model_object(cli, model, info));
  } else {
    show(cli, model, info);
  }
  struct text words = {0};
  text_add_path(&words, cli->settings.operands[0]);
  output_next(cli, "predict %s DATA", words.data);
  text_free(&words);
  cr_model_destroy(model);
  return 0;
}

static const struct option options[] = {{0}};

static const char *const examples[] = {
    "chainrule inspect iris.safetensors", "",   "chainrule inspect iris.safetensors --json",
    "every figure, for programs",         NULL,
};

const struct command command_inspect = {
    .name = "inspect",
    .group = "UNDERSTAND",
    .summary = "what is in a model file",
    .operands = "MODEL",
    .operands_least = 1,
    .operands_most = 1,
    .about =
        "Shows what MODEL takes and how it scales it, what it predicts, its layers and the "
        "size of their weights, and how it was trained. Layers are counted from 1; in JSON "
        "and in C from 0.",
    .examples = examples,
    .options = options,
    .run = run,
};
