#include "train/descent.h"

#include <math.h>

#include "base/size.h"
#include "net/norm.h"

enum {
  /* Fewer parameters stay in the cache from the gradient to the step, ... */
  FEWEST_FUSED = 1 << 14,
  /* ... and stepping on fewer (some 5 µs) in a part costs more to hand over than it saves. */
  STEPS_PER_PART = 1 << 15,
};

typedef struct descent {
  cr_trainer *trainer;
  const float *gradient; /* (parameters) */
  cr_step step;          /* of all parameters */
  size_t parts;
} descent;

/* g (count): the gradient from place `first` on. */
static void step_range(void *context, const float *g, size_t first, size_t count) {
  const descent *d = context;
  const cr_trainer *trainer = d->trainer;
  float *slots[CR_OPTIMIZER_MAX_SLOTS];
  cr_step step = d->step;
  step.count = count;
  for (size_t s = 0; s < trainer->optimizer->slots; s++) slots[s] = trainer->slots[s] + first;
  trainer->optimizer->step(trainer->net->parameters + first, slots, g, &step);
}

static void step_part(void *context, size_t part) {
  descent *d = context;
  const size_t all = d->step.count;
  const size_t first = all * part / d->parts, end = all * (part + 1) / d->parts;
  step_range(d, d->gradient + first, first, end - first);
}

static void step_all(descent *d) {
  cr_pool *pool = d->trainer->work->pool;
  const size_t parts = cr_size_min(d->step.count / STEPS_PER_PART, cr_pool_threads(pool));
  d->gradient = d->trainer->work->gradient;
  d->parts = d->trainer->optimizer->local ? cr_size_max(parts, 1) : 1;
  cr_pool_run(pool, d->parts, step_part, d);
}

/* Is the gradient of this step needed by nobody but the optimiser, and there place by place? */
static bool can_fuse(const cr_trainer *trainer, bool measures) {
  const cr_target_function *target = &trainer->target;
  return trainer->optimizer->local && !measures && trainer->options.clip <= 0 && target->l1 <= 0 &&
         target->l2 <= 0 && trainer->net->parameter_count >= FEWEST_FUSED;
}

static cr_pass_cost descend_fused(descent *d, const cr_target_function *target,
                                  const cr_batch *batch) {
  const cr_gradient_sink sink = {step_range, d};
  return cr_descent_pass(d->trainer->net, d->trainer->work, target, batch->x, batch->y, &sink);
}

/* Clip, then the optimiser's step. */
static cr_pass_cost descend_whole(descent *d, const cr_target_function *target,
                                  const cr_batch *batch, bool measures) {
  cr_trainer *trainer = d->trainer;
  cr_net *net = trainer->net;
  float *gradient = trainer->work->gradient;
  const cr_pass_cost pass = cr_backward_pass(net, trainer->work, target, batch->x, batch->y);
  if (!isfinite(pass.cost)) return pass;
  if (measures) cr_norms_before(trainer->norms, net, gradient);
  if (trainer->options.clip > 0) cr_clip(gradient, net->parameter_count, trainer->options.clip);
  d->step.cost = pass.cost;
  step_all(d);
  return pass;
}

cr_pass_cost cr_descend(cr_trainer *trainer, const cr_batch *batch) {
  cr_net *net = trainer->net;
  const bool measures = trainer->norms && trainer->in_epoch + 1 == trainer->batches.count;
  cr_target_function target = trainer->target;
  target.row_weights = batch->weights;
  target.draws.seed = trainer->seed;
  target.draws.draw = trainer->steps + 1;
  trainer->hyper.learning_rate = cr_trainer_rate(trainer);
  descent d = {.trainer = trainer,
               .step = {.hyper = &trainer->hyper,
                        .count = net->parameter_count,
                        .weights = net->weight_count,
                        .t = trainer->steps + 1,
                        .scalars = trainer->scalars}};
  cr_step_prepare(&d.step);
  const cr_pass_cost pass = can_fuse(trainer, measures)
                                ? descend_fused(&d, &target, batch)
                                : descend_whole(&d, &target, batch, measures);
  if (!isfinite(pass.cost)) return pass;
  if (trainer->options.max_norm > 0)
    cr_max_norm(net, trainer->options.max_norm, trainer->room_for_norms);
  if (measures) cr_norms_after(trainer->norms, net);
  return pass;
}
