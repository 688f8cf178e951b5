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
    {CR_PART_LOSS, "mae", "half_squared"}, /* ours for numbers */
    {CR_PART_LOSS, "l1", "half_squared"},
    {CR_PART_LOSS, "huber", "half_squared"},
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
    {CR_PART_OPTIMIZER, "nesterov", "momentum"},
    {CR_PART_OPTIMIZER, "adamw", "adam"},
    {CR_PART_OPTIMIZER, "nadam", "adam"},
    {CR_PART_OPTIMIZER, "rmsprop", "adam"},
    {CR_PART_OPTIMIZER, "adagrad", "adam"},
    {CR_PART_ACTIVATION, "identity", "linear"},
    {CR_PART_ACTIVATION, "none", "linear"},
    {CR_PART_ACTIVATION, "logistic", "sigmoid"},
    {CR_PART_ACTIVATION, "leaky_relu", "relu"},
    {CR_PART_ACTIVATION, "rectifier", "relu"},
    {CR_PART_ACTIVATION, "elu", "relu"},
    {CR_PART_ACTIVATION, "gelu", "relu"},
    {CR_PART_ACTIVATION, "swish", "relu"},
    {CR_PART_INITIALIZER, "zeros", "zero"},
    {CR_PART_INITIALIZER, "normal", "xavier"},
    {CR_PART_INITIALIZER, "uniform", "xavier"},
    {CR_PART_INITIALIZER, "xavier_normal", "xavier"},
    {CR_PART_INITIALIZER, "xavier_uniform", "xavier"},
    {CR_PART_INITIALIZER, "glorot", "xavier"},
    {CR_PART_INITIALIZER, "glorot_normal", "xavier"},
    {CR_PART_INITIALIZER, "glorot_uniform", "xavier"},
    {CR_PART_INITIALIZER, "he_normal", "he"},
    {CR_PART_INITIALIZER, "he_uniform", "he"},
    {CR_PART_INITIALIZER, "kaiming", "he"},
    {CR_PART_INITIALIZER, "kaiming_normal", "he"},
    {CR_PART_SCHEDULE, "none", "constant"},
    {CR_PART_SCHEDULE, "onecycle", "one_cycle"},
    {CR_PART_SCHEDULE, "cosine", "one_cycle"},
};

const char *other_name(cr_part_kind kind, const char *word) {
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (names[i].kind == kind && strcasecmp(names[i].elsewhere, word) == 0) return names[i].here;
  }
  return NULL;
}
