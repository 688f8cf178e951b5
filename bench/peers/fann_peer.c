/*
 * FANN's side: XOR with its two rules that go through the rows once an epoch, and predictions by
 * fann_run. FANN knows neither ReLU nor softmax: it predicts with sigmoids on the same weights.
 */
#include <floatfann.h>
#include <math.h>

#include "turns.h"

static const float x[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
static const float y[4] = {0, 1, 1, 0};

static struct fann *create(unsigned layers, const unsigned *sizes) {
  struct fann *net = fann_create_standard_array(layers, sizes);
  if (!net) turns_fail("FANN cannot create the net");
  fann_set_activation_function_hidden(net, FANN_SIGMOID);
  fann_set_activation_function_output(net, FANN_SIGMOID);
  return net;
}

/* Seconds of the epochs alone, from weights that are the same each time. */
static double train(struct fann_train_data *data, enum fann_train_enum rule, float rate,
                    size_t epochs, double *error) {
  static const unsigned sizes[] = {2, 3, 1};
  struct fann *net = create(3, sizes);
  srand(1);
  fann_randomize_weights(net, -1, 1);
  fann_set_training_algorithm(net, rule);
  fann_set_learning_rate(net, rate);
  const double start = turns_clock();
  for (size_t i = 0; i < epochs; i++) fann_train_epoch(net, data);
  const double seconds = turns_clock() - start;
  *error = 0;
  for (unsigned i = 0; i < 4; i++)
    *error = fmax(*error, fabs((double)(fann_run(net, data->input[i])[0] - data->output[i][0])));
  fann_destroy(net);
  return seconds;
}

static void learn_xor(char **argv) {
  const size_t epochs = turns_size(argv, "epochs");
  struct fann_train_data *data = fann_create_train(4, 2, 1);
  for (unsigned i = 0; i < 4; i++) {
    memcpy(data->input[i], x[i], sizeof x[i]);
    data->output[i][0] = y[i];
  }
  double error = 0, batch_error = 0;
  turns_ready(FANN_VERSION, "");
  while (turns_wait()) {
    const double incremental = train(data, FANN_TRAIN_INCREMENTAL, 0.7F, epochs, &error);
    const double batch = train(data, FANN_TRAIN_BATCH, 8, epochs, &batch_error);
    turns_answer_two("incremental", incremental, "batch", batch);
  }
  printf("{\"error\": %.6f}\n", error < batch_error ? error : batch_error);
  fann_destroy_train(data);
}

/*
 * The weights of a net of ours, each layer's (inputs, outputs) and then all biases, as FANN orders:
 * neuron by neuron, its inputs and then its bias.
 */
static void set_weights(struct fann *net, const unsigned *sizes, unsigned layers,
                        const float *weights) {
  const float *biases = weights;
  for (unsigned l = 0; l + 1 < layers; l++) biases += sizes[l] * sizes[l + 1];
  fann_type *place = net->weights;
  for (unsigned l = 0; l + 1 < layers; l++) {
    for (unsigned out = 0; out < sizes[l + 1]; out++) {
      for (unsigned in = 0; in < sizes[l]; in++) *place++ = weights[in * sizes[l + 1] + out];
      *place++ = biases[out];
    }
    weights += sizes[l] * sizes[l + 1];
    biases += sizes[l + 1];
  }
}

static void predict(char **argv) {
  enum { LAYERS = 3 };
  unsigned sizes[LAYERS];
  if (sscanf(turns_argument(argv, "net"), "%u-%u-%u", &sizes[0], &sizes[1], &sizes[2]) != LAYERS)
    turns_fail("net=INPUTS-HIDDEN-OUTPUTS");
  const size_t rows = turns_size(argv, "rows"), repeats = turns_size(argv, "repeats");
  struct fann *net = create(LAYERS, sizes);
  const size_t count = (size_t)(sizes[0] + 1) * sizes[1] + (size_t)(sizes[1] + 1) * sizes[2];
  float *weights = turns_read_floats(turns_argument(argv, "weights"), count);
  set_weights(net, sizes, LAYERS, weights);
  float *inputs = turns_read_floats(turns_argument(argv, "inputs"), rows * sizes[0]);
  float *outputs = calloc(rows * sizes[2], sizeof *outputs);
  if (!outputs) turns_fail("no memory");

  turns_ready(FANN_VERSION, "");
  while (turns_wait()) {
    const double start = turns_clock();
    for (size_t i = 0; i < repeats; i++)
      for (size_t row = 0; row < rows; row++)
        memcpy(outputs + row * sizes[2], fann_run(net, inputs + row * sizes[0]),
               sizes[2] * sizeof *outputs);
    turns_answer("fann_run", (turns_clock() - start) / (double)repeats);
  }
  turns_write_floats(turns_argument(argv, "outputs"), outputs, rows * sizes[2]);
  printf("{}\n");
  free(outputs);
  free(inputs);
  free(weights);
  fann_destroy(net);
}

int main(int argc, char **argv) {
  (void)argc;
  if (strcmp(turns_argument(argv, "task"), "xor") == 0)
    learn_xor(argv);
  else
    predict(argv);
}
