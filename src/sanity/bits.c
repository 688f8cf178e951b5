/* Tests of bits: a training repeated, a model saved, units that must stay alike. */
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "sanity/list.h"

enum { BIT_ROWS = 64, BIT_STEPS = 5 };

static bool same_bits(const float *a, const float *b, size_t count) {
  return memcmp(a, b, count * sizeof *a) == 0;
}

static cr_status take_steps(cr_trainer *trainer, size_t steps) {
  for (size_t i = 0; i < steps; ++i) {
    double cost;
    CR_TRY(cr_trainer_step(trainer, &cost));
  }
  return CR_OK;
}

/* A network after a few steps. */
static cr_status train_a_little(const cr_subject *s, const cr_objective *objective,
                                const cr_samples *samples, const cr_train_options *options,
                                bool zero, cr_net **out) {
  cr_trainer *trainer = NULL;
  CR_TRY(cr_subject_network(s, s->seed, out));
  if (zero) memset((*out)->parameters, 0, (*out)->parameter_count * sizeof(float));
  cr_status status = cr_trainer_create(*out, objective, options, samples, &trainer);
  if (status == CR_OK) status = take_steps(trainer, BIT_STEPS);
  cr_trainer_destroy(trainer);
  return status;
}

/* Steps that diverge are the same steps all the same; what is compared is the weights before. */
static bool is_over(cr_status status) {
  return status != CR_OK && status != CR_ERR_DIVERGED;
}

cr_status cr_sanity_same_seed(const cr_subject *s, cr_finding *out) {
  static const size_t threads[2] = {1, 3};
  cr_net *nets[2] = {NULL, NULL};
  cr_samples *samples = NULL;
  cr_train_options options = s->options;
  cr_status status = cr_subject_samples(s, 0, cr_size_min(BIT_ROWS, s->count), &samples);
  for (size_t i = 0; i < 2 && !is_over(status); ++i) {
    options.threads = threads[i];
    status = train_a_little(s, &s->objective, samples, &options, false, &nets[i]);
  }
  if (!is_over(status)) {
    const size_t count = nets[0]->parameter_count;
    const bool same = same_bits(nets[0]->parameters, nets[1]->parameters, count);
    status =
        cr_found(out, same ? "ok" : "fail",
                 same ? "%zu weights alike after %d steps, with 1 thread and with 3"
                      : "%zu weights are not all alike after %d steps with 1 thread and with 3",
                 count, BIT_STEPS);
    if (!same) cr_advise(out, "please report this: it is a bug in chainrule");
  }
  cr_samples_destroy(samples);
  for (size_t i = 0; i < 2; ++i) cr_net_destroy(nets[i]);
  return status;
}

/* Do both networks answer the same, to the last bit? */
static cr_status compare_answers(const cr_subject *s, const cr_net *other, bool *same) {
  const cr_net *net = s->model->net;
  cr_subject_pass first = {0}, second = {0};
  cr_samples *samples = NULL;
  CR_TRY(cr_subject_samples(s, 0, cr_size_min(BIT_ROWS, s->count), &samples));
  cr_status status = cr_subject_pass_run(s, net, NULL, samples, &first);
  if (status == CR_OK) status = cr_subject_pass_run(s, other, NULL, samples, &second);
  const size_t last = net->spec.count - 1, count = samples->rows * samples->outputs;
  if (status == CR_OK) *same = same_bits(first.work->a[last], second.work->a[last], count);
  cr_subject_pass_free(&first);
  cr_subject_pass_free(&second);
  cr_samples_destroy(samples);
  return status;
}

static cr_status compare_files(const cr_subject *s, const char *bytes, size_t size,
                               cr_finding *out) {
  cr_model *again = NULL;
  char *written = NULL;
  size_t length = 0;
  bool answers = false;
  CR_TRY(cr_model_parse("the model that was just written", bytes, size, &again));
  cr_status status = cr_model_write(again, &written, &length);
  if (status == CR_OK) status = compare_answers(s, again->net, &answers);
  if (status == CR_OK) {
    const bool file = length == size && memcmp(written, bytes, size) == 0;
    status = cr_found(out, file && answers ? "ok" : "fail",
                      "written and read back: %s file of %zu bytes, %s answers",
                      file ? "the same" : "another", size, answers ? "the same" : "other");
    if (!file || !answers) cr_advise(out, "please report this: it is a bug in chainrule");
  }
  cr_free(written);
  cr_model_destroy(again);
  return status;
}

cr_status cr_sanity_save_load(const cr_subject *s, cr_finding *out) {
  char *bytes = NULL;
  size_t size = 0;
  CR_TRY(cr_model_write(s->model, &bytes, &size));
  const cr_status status = compare_files(s, bytes, size, out);
  cr_free(bytes);
  return status;
}

/* Do the units of hidden layer l have the same weights in, and out? */
static bool are_alike(const cr_net *net, size_t l) {
  const cr_layer_spec *layer = &net->spec.layers[l], *next = layer + 1;
  const float *in = net->parameters + net->views[l].weight;
  const float *bias = net->parameters + net->views[l].bias;
  const float *out = net->parameters + net->views[l + 1].weight;
  for (size_t unit = 1; unit < layer->outputs; ++unit) {
    if (!same_bits(&bias[unit], &bias[0], 1)) return false;
    for (size_t i = 0; i < layer->inputs; ++i) {
      if (!same_bits(&in[i * layer->outputs + unit], &in[i * layer->outputs], 1)) return false;
    }
    if (!same_bits(out + unit * next->outputs, out, next->outputs)) return false;
  }
  return true;
}

/* (eq I1) By descent from weights of 0 the units of a layer get one gradient, and stay alike. */
cr_status cr_sanity_zero_init(const cr_subject *s, cr_finding *out) {
  const size_t layers = s->model->net->spec.count;
  if (layers < 2) return cr_found(out, "skipped", "there is no hidden layer");
  cr_net *net = NULL;
  cr_samples *samples = NULL;
  const cr_objective plain = cr_subject_plain(s);
  cr_train_options options;
  cr_train_options_init(&options);
  options.optimizer = "gd";
  options.schedule = "constant";
  options.learning_rate = 0.1;
  options.seed = s->seed;
  options.threads = s->options.threads;
  options.kernel = s->options.kernel;
  cr_status status = cr_subject_samples(s, 0, cr_size_min(BIT_ROWS, s->count), &samples);
  if (status == CR_OK) status = train_a_little(s, &plain, samples, &options, true, &net);
  if (!is_over(status)) {
    size_t apart = 0;
    for (size_t l = layers - 1; l-- > 0;) apart = are_alike(net, l) ? apart : l + 1;
    status =
        apart == 0
            ? cr_found(out, "ok", "units of each hidden layer alike after %d steps", BIT_STEPS)
            : cr_found(out, "fail", "units of layer %zu differ after %d steps", apart, BIT_STEPS);
    if (apart > 0) cr_advise(out, "please report this: it is a bug in chainrule");
  }
  cr_samples_destroy(samples);
  cr_net_destroy(net);
  return status;
}
