/* chainrule demo depth: deep and narrow against shallow and wide, on parity. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"
#include "demo_data.h"
#include "errors.h"
#include "grid.h"
#include "output.h"

enum { STARTS = 10, EPOCHS = 1000, LOOK_EVERY = 20, TIMES_AS_WIDE = 3 };

static const double LEARNING_RATE = 0.01;

static const size_t BITS[] = {4, 8, 16};
enum { BITS_COUNT = sizeof BITS / sizeof BITS[0] };

/* ---- the networks ---- */

/* One hidden layer: "8-128:relu-1:sigmoid". */
static struct text shallow_spec(size_t bits, size_t units, const char *output) {
  struct text spec = {0};
  text_add(&spec, "%zu-%zu:relu-1:%s", bits, units, output);
  return spec;
}

/*
 * The tree of XORs of two: each takes two units and then one, "4-4:relu-2:relu-2:relu-1:relu";
 * `wide` times as many in every hidden layer.
 */
static struct text tree_spec(size_t bits, size_t wide, const char *output) {
  struct text spec = {0};
  text_add(&spec, "%zu", bits);
  for (size_t width = bits; width > 1; width /= 2) {
    text_add(&spec, "-%zu:relu", wide * width);
    if (width > 2) text_add(&spec, "-%zu:relu", wide * width / 2);
  }
  text_add(&spec, "-1:%s", output);
  return spec;
}

static void set_weight(const cr_layer *layer, size_t input, size_t output, float weight) {
  layer->weight.data[input * layer->weight.stride + output] = weight;
}

/* x1 xor x2 = relu(h1 - 2 h2), h1 = relu(x1 + x2), h2 = relu(x1 + x2 - 1): two layers a level. */
static void build_tree(cr_net *net) {
  for (size_t l = 0; l < cr_net_layer_count(net); l += 2) {
    const cr_layer *pairs = cr_net_layer(net, l), *sums = cr_net_layer(net, l + 1);
    for (size_t unit = 0; unit < pairs->outputs; unit++) {
      const size_t left = unit - unit % 2;
      set_weight(pairs, left, unit, 1);
      set_weight(pairs, left + 1, unit, 1);
      pairs->bias.data[unit] = unit % 2 == 0 ? 0 : -1;
      set_weight(sums, unit, unit / 2, unit % 2 == 0 ? 1 : -2);
    }
  }
}

/* With s bits set: relu(s) - 2 relu(s - 1) + 2 relu(s - 2) - ..., up and down as s grows. */
static void build_zigzag(cr_net *net) {
  const cr_layer *counts = cr_net_layer(net, 0), *sum = cr_net_layer(net, 1);
  for (size_t unit = 0; unit < counts->outputs; unit++) {
    for (size_t i = 0; i < counts->inputs; i++) set_weight(counts, i, unit, 1);
    counts->bias.data[unit] = -(float)unit;
    set_weight(sum, unit, 0, unit == 0 ? 1 : unit % 2 == 1 ? -2 : 2);
  }
}

/* A network with all it takes to run it over all rows. */
struct runner {
  cr_net *net;
  cr_workspace *work;
  float *answers; /* (rows, 1) */
};

static int runner_open(const struct cli *cli, const char *spec, size_t rows, struct runner *out) {
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = rows;
  options.kernel = cli->settings.kernel;
  *out = (struct runner){.answers = take(rows, sizeof *out->answers)};
  if (cr_net_create(spec, &out->net) != CR_OK) return errors_last(cli);
  if (cr_workspace_create(out->net, &options, &out->work) != CR_OK) return errors_last(cli);
  return 0;
}

static void runner_close(struct runner *runner) {
  cr_workspace_destroy(runner->work);
  cr_net_destroy(runner->net);
  free(runner->answers);
}

static int runner_run(const struct cli *cli, struct runner *runner, const struct demo_data *data) {
  const cr_matrix answers = {runner->answers, data->rows, 1, 1};
  if (cr_net_forward(runner->net, runner->work, demo_data_x(data), answers) == CR_OK) return 0;
  return errors_last(cli);
}

static int read_parity(const struct cli *cli, size_t bits, struct demo_data *out) {
  char name[32];
  snprintf(name, sizeof name, "@parity:%zu", bits);
  return demo_data_read(cli, name, out);
}

/* Hidden and output units. */
static size_t count_units(const cr_net *net) {
  size_t units = 0;
  for (size_t l = 0; l < cr_net_layer_count(net); l++) units += cr_net_layer(net, l)->outputs;
  return units;
}

/* ---- 1: what is needed ---- */

static void show_needed(const struct cli *cli) {
  struct grid grid;
  demo_say(cli,
           "Parity: is the number of ones among N bits odd? That of two bits is XOR. Which does it "
           "with less: one wide layer, or many narrow ones?");
  demo_heading(cli, "1. What it takes");
  demo_say(
      cli,
      "One hidden layer whose units each know one row needs a unit for every odd row, 2^(N−1), and "
      "the output. XORs of two, put together as a tree, need 3 (N−1) units with the output among "
      "them, in more layers.");
  if (!demo_talks(cli)) return;
  grid_open(&grid, "rrrr", 2);
  const char *const heads[] = {"N", "one layer", "tree", "its layers"};
  for (size_t i = 0; i < 4; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t i = 0; i < BITS_COUNT; i++) {
    size_t layers = 0;
    for (size_t width = BITS[i]; width > 1; width /= 2) layers += 2;
    grid_cell(&grid, "%zu", BITS[i]);
    grid_cell(&grid, "%zu", ((size_t)1 << (BITS[i] - 1)) + 1);
    grid_cell(&grid, "%zu", 3 * (BITS[i] - 1));
    grid_cell(&grid, "%zu", layers);
  }
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
  demo_say(cli,
           "That holds for units that know rows. Parity depends only on how many bits are "
           "set, and weighted sums can count: with ReLU, one layer of N units and the output are "
           "enough, too.");
}

/* ---- 2: built by hand ---- */

struct built {
  size_t bits, units, parameters, rows, exact; /* exact: rows whose answer is the very target */
  const char *kind;
};

static int build_one(const struct cli *cli, const struct demo_data *data, const char *spec,
                     void (*build)(cr_net *net), struct built *out) {
  struct runner runner;
  int status = runner_open(cli, spec, data->rows, &runner);
  if (status == 0) {
    build(runner.net);
    status = runner_run(cli, &runner, data);
  }
  if (status == 0) {
    out->rows = data->rows;
    out->units = count_units(runner.net);
    out->parameters = cr_net_parameter_count(runner.net);
    for (size_t r = 0; r < data->rows; r++) {
      out->exact += fabsf(runner.answers[r] - data->y[r]) <= 0;
    }
  }
  runner_close(&runner);
  return status;
}

/* The tree and the zigzag of each size. */
static int build_all(const struct cli *cli, struct built built[2 * BITS_COUNT]) {
  int status = 0;
  for (size_t i = 0; i < BITS_COUNT && status == 0; i++) {
    struct demo_data data = {0};
    struct text tree = tree_spec(BITS[i], 1, "relu");
    struct text zigzag = shallow_spec(BITS[i], BITS[i], "linear");
    built[2 * i] = (struct built){.bits = BITS[i], .kind = "tree"};
    built[2 * i + 1] = (struct built){.bits = BITS[i], .kind = "counting"};
    status = read_parity(cli, BITS[i], &data);
    if (status == 0) status = build_one(cli, &data, tree.data, build_tree, &built[2 * i]);
    if (status == 0) status = build_one(cli, &data, zigzag.data, build_zigzag, &built[2 * i + 1]);
    text_free(&tree);
    text_free(&zigzag);
    demo_data_free(&data);
  }
  return status;
}

static int show_built(const struct cli *cli, json_t *object) {
  struct built built[2 * BITS_COUNT];
  json_t *array = json_array();
  json_object_set_new(object, "built", array);
  const int status = build_all(cli, built);
  if (status != 0) return status;
  demo_heading(cli, "2. Built by hand: they can");
  demo_say(
      cli,
      "x1 xor x2 = relu(h1 − 2 h2) with h1 = relu(x1 + x2) and h2 = relu(x1 + x2 − 1). The tree "
      "uses nothing else. The one that counts takes the sum s of all bits: "
      "relu(s) − 2 relu(s − 1) + 2 relu(s − 2) − … goes 0, 1, 0, 1 as s grows.");
  struct grid grid;
  grid_open(&grid, "rlrrr", 2);
  const char *const heads[] = {"N", "network", "units", "parameters", "exact"};
  for (size_t i = 0; i < 5; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t i = 0; i < 2 * BITS_COUNT; i++) {
    const struct built *b = &built[i];
    json_t *row = json_object();
    grid_cell(&grid, "%zu", b->bits);
    grid_cell(&grid, "%s", b->kind);
    grid_cell(&grid, "%zu", b->units);
    grid_cell(&grid, "%zu", b->parameters);
    grid_cell(&grid, "%zu/%zu", b->exact, b->rows);
    json_object_set_new(row, "bits", output_count(b->bits));
    json_object_set_new(row, "network", json_string(b->kind));
    json_object_set_new(row, "units", output_count(b->units));
    json_object_set_new(row, "parameters", output_count(b->parameters));
    json_object_set_new(row, "rows", output_count(b->rows));
    json_object_set_new(row, "exact", output_count(b->exact));
    json_array_append_new(array, row);
  }
  if (!cli->settings.json) grid_print(&grid, &cli->out, true);
  grid_close(&grid);
  return 0;
}

/* ---- 3: trained from random weights ---- */

struct trained {
  const char *kind;
  struct text spec;
  size_t bits, units, parameters, rows;
  size_t learned, best; /* starts that got every row right, and the most rows that one did */
  size_t epochs;        /* of those, added up */
};

static size_t count_right(const struct runner *runner, const struct demo_data *data) {
  size_t right = 0;
  for (size_t r = 0; r < data->rows; r++) {
    right += (runner->answers[r] > 0.5f) == (data->y[r] > 0.5f);
  }
  return right;
}

/* Trains until all rows are right or the epochs are over. */
static int train_until_right(const struct cli *cli, struct runner *runner, cr_trainer *trainer,
                             const struct demo_data *data, struct trained *out) {
  size_t right = 0, epoch = 0;
  while (epoch < EPOCHS && right < data->rows) {
    double loss;
    for (size_t i = 0; i < LOOK_EVERY; i++, epoch++) {
      if (cr_trainer_epoch(trainer, &loss) != CR_OK) return errors_last(cli);
    }
    const int status = runner_run(cli, runner, data);
    if (status != 0) return status;
    right = count_right(runner, data);
  }
  if (right > out->best) out->best = right;
  if (right == data->rows) {
    out->learned++;
    out->epochs += epoch;
  }
  return 0;
}

static int train_start(const struct cli *cli, struct runner *runner, const cr_samples *samples,
                       const struct demo_data *data, size_t start, struct trained *out) {
  cr_trainer *trainer = NULL;
  cr_objective objective;
  cr_train_options options;
  cr_objective_init(&objective);
  cr_train_options_init(&options);
  objective.loss = "binary_cross_entropy";
  options.optimizer = "adam";
  options.schedule = "constant";
  options.learning_rate = LEARNING_RATE;
  options.batch = SIZE_MAX;
  options.epochs = EPOCHS;
  options.threads = 1;
  options.kernel = cli->settings.kernel;
  if (cr_net_initialize(runner->net, NULL, cli->settings.seed + start) != CR_OK ||
      cr_trainer_create(runner->net, &objective, &options, samples, &trainer) != CR_OK) {
    return errors_last(cli);
  }
  const int status = train_until_right(cli, runner, trainer, data, out);
  cr_trainer_destroy(trainer);
  return status;
}

static int train_one(const struct cli *cli, const struct demo_data *data, struct trained *out) {
  cr_samples *samples = NULL;
  struct runner runner = {0};
  int status = 0;
  if (cr_samples_from_matrices(demo_data_x(data), demo_data_y(data), &samples) != CR_OK) {
    return errors_last(cli);
  }
  status = runner_open(cli, out->spec.data, data->rows, &runner);
  for (size_t start = 0; start < STARTS && status == 0; start++) {
    status = train_start(cli, &runner, samples, data, start, out);
  }
  if (status == 0) {
    out->rows = data->rows;
    out->units = count_units(runner.net);
    out->parameters = cr_net_parameter_count(runner.net);
  }
  runner_close(&runner);
  cr_samples_destroy(samples);
  return status;
}

enum { KINDS = 4, TRAINED_SIZES = 2 }; /* the last size would take too long */

static int train_all(const struct cli *cli, struct trained trained[TRAINED_SIZES * KINDS]) {
  int status = 0;
  for (size_t i = 0; i < TRAINED_SIZES && status == 0; i++) {
    const size_t bits = BITS[i];
    struct demo_data data = {0};
    struct trained *t = trained + i * KINDS;
    t[0] = (struct trained){.kind = "wide, 2^(N−1)",
                            .spec = shallow_spec(bits, (size_t)1 << (bits - 1), "sigmoid")};
    t[1] = (struct trained){.kind = "wide, N", .spec = shallow_spec(bits, bits, "sigmoid")};
    t[2] = (struct trained){.kind = "tree", .spec = tree_spec(bits, 1, "sigmoid")};
    t[3] =
        (struct trained){.kind = "tree, 3 fold", .spec = tree_spec(bits, TIMES_AS_WIDE, "sigmoid")};
    status = read_parity(cli, bits, &data);
    for (size_t k = 0; k < KINDS && status == 0; k++) {
      t[k].bits = bits;
      status = train_one(cli, &data, &t[k]);
    }
    demo_data_free(&data);
  }
  return status;
}

static void add_trained(struct grid *grid, const struct trained *t) {
  grid_cell(grid, "%zu", t->bits);
  grid_cell(grid, "%s", t->kind);
  grid_cell(grid, "%zu/%d", t->learned, STARTS);
  grid_cell(grid, "%zu/%zu", t->best, t->rows);
  grid_cell(grid, "%zu", t->units);
  grid_cell(grid, "%zu", t->parameters);
  if (t->learned > 0) {
    grid_cell(grid, "%zu", t->epochs / t->learned);
  } else {
    grid_cell(grid, "-");
  }
}

static json_t *trained_object(const struct trained *t) {
  json_t *object = json_object();
  json_object_set_new(object, "bits", output_count(t->bits));
  json_object_set_new(object, "network", json_string(t->spec.data));
  json_object_set_new(object, "units", output_count(t->units));
  json_object_set_new(object, "parameters", output_count(t->parameters));
  json_object_set_new(object, "starts", output_count(STARTS));
  json_object_set_new(object, "learned", output_count(t->learned));
  json_object_set_new(object, "rows", output_count(t->rows));
  json_object_set_new(object, "best_rows_right", output_count(t->best));
  json_object_set_new(object, "mean_epochs",
                      t->learned > 0 ? output_count(t->epochs / t->learned) : json_null());
  return object;
}

static int show_trained(const struct cli *cli, json_t *object) {
  struct trained trained[TRAINED_SIZES * KINDS] = {0};
  json_t *array = json_array();
  json_object_set_new(object, "trained", array);
  demo_heading(cli, "3. Trained from random weights: do they?");
  demo_say(
      cli,
      "%d starts each, Adam with rate %g on all rows, at most %d epochs. wide: one layer of so "
      "many units; 3 fold: three times as many units in every layer.",
      STARTS, LEARNING_RATE, EPOCHS);
  const int status = train_all(cli, trained);
  struct grid grid;
  grid_open(&grid, "rlrrrrr", 2);
  const char *const heads[] = {"N", "network", "learnt", "best", "units", "parameters", "epochs"};
  for (size_t i = 0; i < 7; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t i = 0; i < TRAINED_SIZES * KINDS && status == 0; i++) {
    add_trained(&grid, &trained[i]);
    json_array_append_new(array, trained_object(&trained[i]));
  }
  size_t shown = 0; /* columns: a narrow terminal has no room for the last ones */
  if (status == 0 && !cli->settings.json) shown = grid_print(&grid, &cli->out, true);
  grid_close(&grid);
  for (size_t i = 0; i < TRAINED_SIZES * KINDS; i++) text_free(&trained[i].spec);
  if (status != 0) return status;
  demo_say(cli,
           "learnt: starts that got every row right; best: the most rows that one start did%s.",
           shown == 7 ? "; epochs: the mean of those that learnt" : "");
  demo_say(cli,
           "What a network can represent and what descent finds are two things. The exact weights "
           "exist in the tree and in the layer of N units, but few starts lead there, if any: with "
           "hardly a unit to spare, one that dies or doubles another cannot be replaced. Room to "
           "spare helps in either shape. Depth saves weights where a problem is made of parts, but "
           "not the trouble of training.");
  return 0;
}

int demo_depth(struct cli *cli) {
  int status = demo_refuse_output(cli, "depth");
  if (status != 0) return status;
  json_t *object = demo_object("depth");
  show_needed(cli);
  status = show_built(cli, object);
  if (status == 0) status = show_trained(cli, object);
  if (status == 0 && cli->settings.json) output_json(json_incref(object));
  json_decref(object);
  if (status != 0) return status;
  demo_try(cli, (const char *const[]){"train @parity:8 --layers 16,16,16",
                                      "train @parity:8 --layers 128", NULL});
  return 0;
}
