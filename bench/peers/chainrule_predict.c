/*
 * Our side of the predictions: `rows` rows at once by cr_net_forward, and a single one also by
 * cr_predictor_run, which takes the image as it is in the file and returns what it means.
 * A turn does each `repeats` times.
 */
#include <chainrule/chainrule.h>

#include "turns.h"

/* A batch in a workspace of this many rows stays in the caches of one core. */
enum { BLOCK_ROWS = 256 };

typedef struct prediction {
  cr_net *net;
  cr_workspace *work;
  cr_predictor *predictor;
  cr_const_matrix x; /* (rows, inputs), from 0 to 1 */
  cr_matrix y;       /* (rows, outputs) */
  double *pixels;    /* (inputs): the first row, from 0 to 255 */
  double *values;    /* (outputs) */
} prediction;

static void check(cr_status status) {
  if (status != CR_OK) turns_fail(cr_last_error()->message);
}

static void *take(size_t count, size_t size) {
  void *block = calloc(count, size);
  if (!block) turns_fail("no memory");
  return block;
}

static cr_net *read_net(char **argv) {
  cr_net *net = NULL;
  check(cr_net_create(turns_argument(argv, "spec"), &net));
  const size_t count = cr_net_parameter_count(net);
  float *weights = turns_read_floats(turns_argument(argv, "weights"), count);
  memcpy(cr_net_parameters(net), weights, count * sizeof *weights);
  free(weights);
  return net;
}

/* A model that takes bytes and divides them by 255. */
static cr_model *make_model(const cr_net *net) {
  const size_t inputs = cr_net_inputs(net), outputs = cr_net_outputs(net);
  double *shifts = take(inputs, sizeof *shifts), *scales = take(inputs, sizeof *scales);
  for (size_t i = 0; i < inputs; i++) scales[i] = 255;
  static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  if (outputs != sizeof digits / sizeof digits[0]) turns_fail("the net has no ten outputs");
  cr_model_options options;
  cr_model_options_init(&options);
  options.labels = digits;
  options.label_count = outputs;
  options.shifts = shifts;
  options.scales = scales;
  cr_model *model = NULL;
  check(cr_model_from_net(net, &options, &model));
  free(shifts);
  free(scales);
  return model;
}

static double time_forward(const prediction *p, size_t repeats) {
  const double start = turns_clock();
  for (size_t i = 0; i < repeats; i++) check(cr_net_forward(p->net, p->work, p->x, p->y));
  return (turns_clock() - start) / (double)repeats;
}

static double time_predictor(const prediction *p, size_t repeats) {
  const double start = turns_clock();
  for (size_t i = 0; i < repeats; i++)
    check(cr_predictor_run(p->predictor, p->pixels, p->x.cols, p->values, p->y.cols));
  return (turns_clock() - start) / (double)repeats;
}

int main(int argc, char **argv) {
  (void)argc;
  const size_t rows = turns_size(argv, "rows"), repeats = turns_size(argv, "repeats");
  prediction p = {.net = read_net(argv)};
  const size_t inputs = cr_net_inputs(p.net), outputs = cr_net_outputs(p.net);
  float *x = turns_read_floats(turns_argument(argv, "inputs"), rows * inputs);
  float *y = take(rows * outputs, sizeof *y);
  p.x = (cr_const_matrix){x, rows, inputs, inputs};
  p.y = (cr_matrix){y, rows, outputs, outputs};
  p.pixels = take(inputs, sizeof *p.pixels);
  p.values = take(outputs, sizeof *p.values);
  for (size_t i = 0; i < inputs; i++) p.pixels[i] = (double)(x[i] * 255);

  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = rows < BLOCK_ROWS ? rows : BLOCK_ROWS;
  check(cr_workspace_create(p.net, &options, &p.work));
  cr_model *model = make_model(p.net);
  check(cr_predictor_create(model, &p.predictor));

  turns_ready(cr_version(), cr_workspace_kernel(p.work));
  while (turns_wait()) {
    const double forward = time_forward(&p, repeats);
    if (rows > 1)
      turns_answer("cr_net_forward", forward);
    else
      turns_answer_two("cr_net_forward", forward, "cr_predictor_run", time_predictor(&p, repeats));
  }
  turns_write_floats(turns_argument(argv, "outputs"), y, rows * outputs);
  printf("{}\n");

  cr_predictor_destroy(p.predictor);
  cr_model_destroy(model);
  cr_workspace_destroy(p.work);
  free(p.values);
  free(p.pixels);
  free(y);
  free(x);
  cr_net_destroy(p.net);
}
