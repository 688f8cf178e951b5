#include "bench/job.h"

/* A product for a layer and a batch; `use` is " dw" for dw. */
#define PRODUCT(rows_, outputs_, inputs_, use, form_)                                   \
  {                                                                                     \
    .name = "product " #rows_ "x" #outputs_ "x" #inputs_ use, .create = cr_product_job, \
    .batch = rows_, .outputs = outputs_, .inputs = inputs_, .form = form_               \
  }

#define DIGITS "784-64:relu-10:softmax"
#define WIDE "784-800:relu-10:softmax"
#define DEEP "784-2500:relu-2000:relu-1500:relu-1000:relu-500:relu-10:softmax"

static const cr_task tasks[] = {
    PRODUCT(512, 512, 512, "", CR_FORM_FORWARD),
    PRODUCT(128, 800, 784, "", CR_FORM_FORWARD),
    PRODUCT(128, 800, 784, " dw", CR_FORM_DW),
    PRODUCT(128, 800, 784, " da", CR_FORM_DA),
    PRODUCT(64, 64, 784, "", CR_FORM_FORWARD),
    PRODUCT(64, 64, 784, " dw", CR_FORM_DW),
    PRODUCT(64, 64, 784, " da", CR_FORM_DA),
    PRODUCT(64, 10, 64, "", CR_FORM_FORWARD),
    PRODUCT(32, 10, 784, "", CR_FORM_FORWARD),
    {
        .name = "train 784-64-10 batch 64 sgd",
        .create = cr_epoch_job,
        .batch = 64,
        .network = DIGITS,
        .rows = 60000,
        .optimizer = "gd",
        .learning_rate = 0.01,
    },
    {
        .name = "train 784-800-10 batch 128 adam",
        .create = cr_epoch_job,
        .batch = 128,
        .network = WIDE,
        .rows = 12800,
        .optimizer = "adam",
        .learning_rate = 0.001,
    },
    {
        .name = "train 784-2500-2000-1500-1000-500-10 batch 256 sgd",
        .create = cr_epoch_job,
        .batch = 256,
        .network = DEEP,
        .rows = 2560,
        .optimizer = "gd",
        .learning_rate = 0.01,
    },
    {
        .name = "train xor 2-3-1 10000 epochs",
        .create = cr_xor_job,
        .network = "2-3:sigmoid-1:sigmoid",
        .rows = 4,
        .optimizer = "gd",
        .learning_rate = 0.5,
    },
    {
        .name = "predict 784-64-10 1 row",
        .create = cr_single_job,
        .network = DIGITS,
        .rows = 1,
    },
    {
        .name = "predict 784-64-10 10000 rows",
        .create = cr_rows_job,
        .network = DIGITS,
        .rows = 10000,
    },
};

const cr_task *cr_task_at(size_t index) {
  return index < sizeof tasks / sizeof tasks[0] ? &tasks[index] : NULL;
}

double cr_forward_flops(const cr_net *net) {
  double flops = 0;
  const cr_layer *layer;
  for (size_t l = 0; (layer = cr_net_layer(net, l)) != NULL; l++) {
    flops += 2.0 * (double)layer->inputs * (double)layer->outputs;
  }
  return flops;
}

double cr_step_flops(const cr_net *net) {
  const cr_layer *first = cr_net_layer(net, 0);
  return 3 * cr_forward_flops(net) - 2.0 * (double)first->inputs * (double)first->outputs;
}
