/* Tests of what the units do: dead, saturated; and of how gradients and steps compare by layer. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "sanity/list.h"
#include "train/norms.h"

enum { UNIT_ROWS = 500 };

/* From these shares on a layer is worth a word. */
#define MANY_DEAD 0.2
#define MANY_SATURATED 0.3

/* Beyond this share of the way from the middle of its range to an end, a unit is saturated. */
#define SATURATED 0.99

/*
 * A step is fine between these shares of the weights. 1e-3 is usual for descent on the way; the
 * first steps of Adam, which moves every weight by the whole rate, are larger and do no harm.
 */
#define SMALL_STEP 1e-5
#define LARGE_STEP 0.25

/* Gradients of the first layer are fine within this factor of the last one's. */
#define GRADIENT_RATIO 1e3

/* What happens in one hidden layer. */
typedef struct layer_view {
  const cr_activation *activation;
  size_t rows, units;
  const float *z, *a; /* (rows, units) */
} layer_view;

static layer_view view_of(const cr_net *net, const cr_workspace *work, size_t l) {
  const cr_const_matrix z = cr_workspace_z(work, l), a = cr_workspace_a(work, l);
  return (layer_view){net->spec.layers[l].activation, z.rows, z.cols, z.data, a.data};
}

/* Marks the units that have a slope on some row, and counts the others. */
static cr_status count_dead(const layer_view *v, size_t *out) {
  void *block = NULL;
  *out = 0;
  if (!v->activation->backward) return CR_OK;
  CR_TRY(cr_alloc(2 * v->units, sizeof(float), &block));
  float *slope = block, *alive = slope + v->units; /* (units) each */
  for (size_t r = 0; r < v->rows; ++r) {
    const float *z = v->z + r * v->units, *a = v->a + r * v->units;
    for (size_t i = 0; i < v->units; ++i) slope[i] = 1.0f;
    v->activation->backward(slope, z, a, 1, v->units, v->units);
    for (size_t i = 0; i < v->units; ++i) {
      /* softmax shares 1 out: it has no slope in all its outputs together */
      if (slope[i] != 0.0f || a[i] != v->a[i]) alive[i] = 1.0f;
    }
  }
  for (size_t i = 0; i < v->units; ++i) *out += alive[i] == 0.0f;
  cr_free(block);
  return CR_OK;
}

/* The ends of what an activation can give; false if there are none. */
static bool range_of(const cr_activation *activation, float *low, float *high) {
  const float far[2] = {-1e4f, 1e4f};
  float ends[2];
  activation->forward(&ends[0], &far[0], 1, 1, 1);
  activation->forward(&ends[1], &far[1], 1, 1, 1);
  *low = ends[0];
  *high = ends[1];
  return activation->backward && ends[1] > ends[0] && ends[1] < 1e3f && ends[0] > -1e3f;
}

static size_t count_saturated(const layer_view *v, float low, float high) {
  const float middle = (low + high) / 2.0f, half = (high - low) / 2.0f;
  size_t count = 0;
  for (size_t i = 0; i < v->rows * v->units; ++i) {
    count += fabsf(v->a[i] - middle) > (float)SATURATED * half;
  }
  return count;
}

/* Runs the network as it is over some rows. */
static cr_status pass_over(const cr_subject *s, size_t rows, cr_samples **samples,
                           cr_subject_pass *pass) {
  *pass = (cr_subject_pass){0};
  CR_TRY(cr_subject_samples(s, 0, cr_size_min(rows, s->count), samples));
  return cr_subject_pass_run(s, s->model->net, NULL, *samples, pass);
}

static cr_status judge_dead(size_t dead, size_t units, size_t whole, size_t rows, cr_finding *out) {
  const bool ok = whole == 0 && (double)dead <= MANY_DEAD * (double)units;
  cr_found(out, ok ? "ok" : "warn", "%zu of %zu hidden units, on %zu rows", dead, units, rows);
  if (whole > 0) {
    return cr_advise(out,
                     "no gradient comes through layer %zu: other weights (--init he), or "
                     "--activation leaky_relu",
                     whole);
  }
  return ok ? CR_OK : cr_advise(out, "a smaller learning rate, or --activation leaky_relu");
}

cr_status cr_sanity_dead_units(const cr_subject *s, cr_finding *out) {
  const cr_net *net = s->model->net;
  if (net->spec.count < 2) return cr_found(out, "skipped", "there is no hidden layer");
  cr_samples *samples = NULL;
  cr_subject_pass pass;
  size_t dead = 0, units = 0, whole = 0;
  cr_status status = pass_over(s, UNIT_ROWS, &samples, &pass);
  for (size_t l = 0; l + 1 < net->spec.count && status == CR_OK; ++l) {
    const layer_view view = view_of(net, pass.work, l);
    size_t count = 0;
    status = count_dead(&view, &count);
    dead += count;
    units += view.units;
    if (count == view.units && view.rows > 1) whole = l + 1;
  }
  if (status == CR_OK) status = judge_dead(dead, units, whole, samples->rows, out);
  cr_subject_pass_free(&pass);
  cr_samples_destroy(samples);
  return status;
}

cr_status cr_sanity_saturation(const cr_subject *s, cr_finding *out) {
  const cr_net *net = s->model->net;
  cr_samples *samples = NULL;
  cr_subject_pass pass;
  double worst = -1.0;
  size_t layer = 0;
  const cr_status status = pass_over(s, UNIT_ROWS, &samples, &pass);
  for (size_t l = 0; l + 1 < net->spec.count && status == CR_OK; ++l) {
    const layer_view view = view_of(net, pass.work, l);
    float low, high;
    if (!range_of(view.activation, &low, &high)) continue;
    const double share =
        (double)count_saturated(&view, low, high) / (double)(view.rows * view.units);
    if (share > worst) {
      worst = share;
      layer = l + 1;
    }
  }
  cr_subject_pass_free(&pass);
  cr_samples_destroy(samples);
  CR_TRY(status);
  if (worst < 0.0) return cr_found(out, "skipped", "no hidden unit has a range with two ends");
  const bool ok = worst <= MANY_SATURATED;
  cr_found(out, ok ? "ok" : "warn", "%.1f %% of the values of layer %zu within 1 %% of an end",
           100.0 * worst, layer);
  return ok ? CR_OK
            : cr_advise(out,
                        "scale the inputs, smaller weights (--init xavier), or --activation relu");
}

static cr_status judge_update(const cr_norms *norms, double rate, cr_finding *out) {
  double least = (double)INFINITY, most = 0.0;
  for (size_t l = 0; l < norms->layers; ++l) {
    if (!(norms->weight[l] > 0.0)) continue;
    const double ratio = norms->update[l] / norms->weight[l];
    least = fmin(least, ratio);
    most = fmax(most, ratio);
  }
  if (!(least <= most)) return cr_found(out, "skipped", "the weights are 0");
  const bool ok = least >= SMALL_STEP && most <= LARGE_STEP;
  cr_found(out, ok ? "ok" : "warn", "%.1e to %.1e by layer at the rate %g; 1e-3 is usual", least,
           most, rate);
  if (ok) return CR_OK;
  return most > LARGE_STEP ? cr_advise(out, "--lr %.1g takes smaller steps", rate / 10.0)
                           : cr_advise(out, "--lr %.1g takes larger steps", rate * 10.0);
}

/* A few steps at the highest rate there will be, from the first weights. */
cr_status cr_sanity_update_ratio(const cr_subject *s, cr_finding *out) {
  cr_net *net = NULL;
  cr_samples *samples = NULL;
  cr_trainer *trainer = NULL;
  cr_norms norms = {.layers = 0};
  cr_train_options options = s->options;
  double loss = 0.0;
  options.warm_up = 0.0;
  options.epochs = 1;
  cr_status status = cr_subject_network(s, s->seed, &net);
  if (status == CR_OK)
    status = cr_subject_samples(s, 0, cr_size_min(UNIT_ROWS, s->count), &samples);
  if (status == CR_OK) status = cr_trainer_create(net, &s->objective, &options, samples, &trainer);
  if (status == CR_OK) status = cr_norms_create(net, &norms);
  if (status == CR_OK) status = cr_schedule_find("constant", &trainer->schedule);
  if (status == CR_OK) {
    trainer->norms = &norms;
    status = cr_trainer_epoch(trainer, &loss);
  }
  if (status == CR_OK) status = judge_update(&norms, trainer->options.learning_rate, out);
  if (status == CR_ERR_DIVERGED) {
    status = cr_found(out, "warn", "the first steps diverged at the rate %g",
                      trainer->options.learning_rate);
    cr_advise(out, "--lr %.1g takes smaller steps", trainer->options.learning_rate / 10.0);
  }
  cr_norms_free(&norms);
  cr_trainer_destroy(trainer);
  cr_samples_destroy(samples);
  cr_net_destroy(net);
  return status;
}

/* Root of the mean square of the gradient of each layer's weights; first and last. */
static void gradient_sizes(const cr_net *net, const float *gradient, double *first, double *last) {
  for (size_t l = 0; l < net->spec.count; ++l) {
    const cr_layer_spec *layer = &net->spec.layers[l];
    const size_t count = layer->inputs * layer->outputs;
    double squares = 0.0;
    for (size_t i = 0; i < count; ++i) {
      const double g = (double)gradient[net->views[l].weight + i];
      squares += g * g;
    }
    const double size = sqrt(squares / (double)count);
    if (l == 0) *first = size;
    *last = size;
  }
}

cr_status cr_sanity_gradient_norms(const cr_subject *s, cr_finding *out) {
  const cr_net *net = s->model->net;
  cr_samples *samples = NULL;
  cr_subject_pass pass;
  double first = 0.0, last = 0.0;
  if (net->spec.count < 2) return cr_found(out, "skipped", "there is no hidden layer");
  const cr_status status = pass_over(s, UNIT_ROWS, &samples, &pass);
  if (status == CR_OK) gradient_sizes(net, pass.work->gradient, &first, &last);
  cr_subject_pass_free(&pass);
  cr_samples_destroy(samples);
  CR_TRY(status);
  if (!(last > 0.0)) return cr_found(out, "skipped", "the gradient of the last layer is 0");
  const double ratio = first / last;
  const bool vanishes = ratio<1.0 / GRADIENT_RATIO, explodes = ratio> GRADIENT_RATIO;
  cr_found(out, vanishes || explodes ? "warn" : "ok",
           "a weight of layer 1 %.2g, of layer %zu %.2g: ratio %.2g", first, net->spec.count, last,
           ratio);
  if (vanishes) return cr_advise(out, "it vanishes: fewer layers, --activation relu, --init he");
  return explodes ? cr_advise(out, "it explodes: smaller weights (--init xavier), or --clip 1")
                  : CR_OK;
}
