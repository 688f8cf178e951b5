#include "other_names.h"

#include <stddef.h>
#include <strings.h>

static const struct {
  cr_part_kind kind;
  const char *elsewhere, *here;
} names[] = {
    {CR_PART_LOSS, "mse", "half_squared"},
    {CR_PART_LOSS, "l2", "half_squared"},
    {CR_PART_LOSS, "mean_squared_error", "squared"},
    {CR_PART_LOSS, "squared_error", "squared"},
    {CR_PART_LOSS, "sse", "squared"},
    {CR_PART_LOSS, "mae", "huber"}, /* the one that few outliers do not lead */
    {CR_PART_LOSS, "l1", "huber"},
    {CR_PART_LOSS, "smooth_l1", "huber"},
    {CR_PART_LOSS, "svm", "hinge"},
    {CR_PART_LOSS, "bce", "binary_cross_entropy"},
    {CR_PART_LOSS, "logloss", "binary_cross_entropy"},
    {CR_PART_LOSS, "log_loss", "binary_cross_entropy"},
    {CR_PART_LOSS, "binary_crossentropy", "binary_cross_entropy"},
    {CR_PART_LOSS, "ce", "cross_entropy"},
    {CR_PART_LOSS, "nll", "cross_entropy"},
    {CR_PART_LOSS, "categorical_crossentropy", "cross_entropy"},
    {CR_PART_LOSS, "sparse_categorical_crossentropy", "cross_entropy"},
    {CR_PART_LOSS, "softmax", "cross_entropy"},
    {CR_PART_OPTIMIZER, "sgd", "gd"},
    {CR_PART_OPTIMIZER, "gradient_descent", "gd"},
    {CR_PART_OPTIMIZER, "nadam", "adam"},
    {CR_PART_OPTIMIZER, "nag", "nesterov"},
    {CR_PART_OPTIMIZER, "irprop", "rprop"},
    {CR_PART_OPTIMIZER, "bfgs", "lbfgs"},
    {CR_PART_OPTIMIZER, "l-bfgs", "lbfgs"},
    {CR_PART_ACTIVATION, "identity", "linear"},
    {CR_PART_ACTIVATION, "none", "linear"},
    {CR_PART_ACTIVATION, "logistic", "sigmoid"},
    {CR_PART_ACTIVATION, "rectifier", "relu"},
    {CR_PART_ACTIVATION, "swish", "silu"},
    {CR_PART_ACTIVATION, "leakyrelu", "leaky_relu"},
    {CR_PART_ACTIVATION, "heaviside", "step"},
    {CR_PART_ACTIVATION, "threshold", "step"},
    {CR_PART_INITIALIZER, "zeros", "zero"},
    {CR_PART_INITIALIZER, "normal", "xavier"},
    {CR_PART_INITIALIZER, "uniform", "xavier"},
    {CR_PART_INITIALIZER, "xavier_normal", "glorot"},
    {CR_PART_INITIALIZER, "xavier_uniform", "glorot"},
    {CR_PART_INITIALIZER, "glorot_normal", "glorot"},
    {CR_PART_INITIALIZER, "glorot_uniform", "glorot"},
    {CR_PART_INITIALIZER, "he_normal", "he"},
    {CR_PART_INITIALIZER, "he_uniform", "he"},
    {CR_PART_INITIALIZER, "kaiming", "he"},
    {CR_PART_INITIALIZER, "kaiming_normal", "he"},
    {CR_PART_INITIALIZER, "lecun_normal", "lecun"},
    {CR_PART_SCHEDULE, "none", "constant"},
    {CR_PART_SCHEDULE, "onecycle", "one_cycle"},
    {CR_PART_SCHEDULE, "cosine_annealing", "cosine"},
    {CR_PART_SCHEDULE, "reduce_on_plateau", "plateau"},
};

const char *other_name(cr_part_kind kind, const char *word) {
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (names[i].kind == kind && strcasecmp(names[i].elsewhere, word) == 0) return names[i].here;
  }
  return NULL;
}

static const struct {
  const char *elsewhere, *here;
} options[] = {
    {"learning-rate", "lr"},
    {"learning_rate", "lr"},
    {"alpha", "lr"},
    {"eta", "lr"},
    {"hidden", "layers"},
    {"hidden-layers", "layers"},
    {"hidden_layer_sizes", "layers"},
    {"units", "layers"},
    {"neurons", "layers"},
    {"batch-size", "batch"},
    {"batch_size", "batch"},
    {"max-iter", "epochs"},
    {"iterations", "epochs"},
    {"momentum", "optimizer"},
    {"solver", "optimizer"},
    {"weight-decay", "l2"},
    {"weight_decay", "l2"},
    {"label", "target"},
    {"random-state", "seed"},
    {"test-size", "split"},
    {"sep", "delimiter"},
};

const char *other_option(const char *word) {
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    if (strcasecmp(options[i].elsewhere, word) == 0) return options[i].here;
  }
  return NULL;
}
