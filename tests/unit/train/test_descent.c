#include "train/descent.h"

#include "net/norm.h"
#include "support.h"

enum { ROWS = 150, INPUTS = 60, CLASSES = 10, BATCH = 64, STEPS = 7 };

/* Enough parameters that a step may be fused with the gradient. */
static const char *const spec = "60-250:relu-10:softmax";

/* And enough that threads share out a step over all of them. */
static const char *const wide = "60-1100:relu-10:softmax";

static float inputs[ROWS * INPUTS], targets[ROWS * CLASSES];

static cr_samples *make_samples(void) {
  cr_samples *samples = NULL;
  for (size_t i = 0; i < ROWS * INPUTS; i++) inputs[i] = (float)uneven(i, 1.0);
  for (size_t i = 0; i < ROWS; i++) targets[i * CLASSES + i % CLASSES] = 1.0F;
  assert_int_equal(
      cr_samples_from_matrices((cr_const_matrix){inputs, ROWS, INPUTS, INPUTS},
                               (cr_const_matrix){targets, ROWS, CLASSES, CLASSES}, &samples),
      CR_OK);
  return samples;
}

/* What is asked of a step beside the gradient of the loss. */
typedef struct asked {
  double l1, l2, clip, max_norm;
  bool norms;
} asked;

/* (eq U2, R5) A step made of its pieces, one after the other. */
static void step_apart(cr_net *net, cr_workspace *work, const cr_objective *objective,
                       const asked *what, const cr_optimizer *optimizer, float *const *slots,
                       uint64_t t) {
  double cost, room[250];
  cr_hyper hyper;
  float *gradient = work->gradient;
  cr_hyper_init(&hyper, optimizer);
  assert_int_equal(
      cr_net_backward(net, work, objective, (cr_const_matrix){inputs, ROWS, INPUTS, INPUTS},
                      (cr_const_matrix){targets, ROWS, CLASSES, CLASSES}, &cost),
      CR_OK);
  if (what->clip > 0) cr_clip(gradient, net->parameter_count, what->clip);
  const cr_step step = {.hyper = &hyper, .count = net->parameter_count, .t = t};
  optimizer->step(net->parameters, slots, gradient, &step);
  if (what->max_norm > 0) cr_max_norm(net, what->max_norm, room);
}

/* Two full-batch steps of adam by the trainer and apart: the same bits, and norms of the last. */
static void check_steps(const asked *what) {
  cr_samples *samples = make_samples();
  cr_net *net, *apart;
  cr_trainer *trainer = NULL;
  cr_workspace *work = NULL;
  cr_norms norms;
  cr_objective objective;
  cr_train_options options;
  cr_workspace_options room;
  const cr_optimizer *optimizer = NULL;
  cr_objective_init(&objective);
  objective.loss = "cross_entropy";
  objective.l1 = what->l1;
  objective.l2 = what->l2;
  cr_train_options_init(&options);
  options.optimizer = "adam";
  options.schedule = "constant";
  options.batch = ROWS;
  options.clip = what->clip;
  options.max_norm = what->max_norm;
  cr_workspace_options_init(&room);
  room.max_rows = ROWS;
  assert_int_equal(cr_optimizer_find("adam", &optimizer), CR_OK);
  options.learning_rate = optimizer->learning_rate;
  assert_int_equal(cr_net_create(spec, &net), CR_OK);
  assert_int_equal(cr_net_create(spec, &apart), CR_OK);
  assert_int_equal(cr_net_initialize(net, NULL, 3), CR_OK);
  assert_int_equal(cr_net_initialize(apart, NULL, 3), CR_OK);
  assert_int_equal(cr_workspace_create(apart, &room, &work), CR_OK);
  assert_int_equal(cr_trainer_create(net, &objective, &options, samples, &trainer), CR_OK);
  assert_int_equal(cr_norms_create(net, &norms), CR_OK);
  if (what->norms) trainer->norms = &norms;
  const size_t count = net->parameter_count;
  float *const slots[] = {calloc(count, sizeof(float)), calloc(count, sizeof(float))};
  for (uint64_t t = 1; t <= 2; t++) {
    double cost;
    step_apart(apart, work, &objective, what, optimizer, slots, t);
    assert_int_equal(cr_trainer_step(trainer, &cost), CR_OK);
    if (memcmp(net->parameters, apart->parameters, count * sizeof(float)) != 0)
      fail_msg("l1 %g, l2 %g, clip %g, max-norm %g: other parameters after step %zu", what->l1,
               what->l2, what->clip, what->max_norm, (size_t)t);
  }
  if (what->norms)
    assert_true(norms.gradient[1] ==
                sqrt(cr_square_sum(work->gradient + apart->views[1].weight, 250 * CLASSES)));
  free(slots[0]);
  free(slots[1]);
  cr_norms_free(&norms);
  cr_trainer_destroy(trainer);
  cr_workspace_destroy(work);
  cr_net_destroy(apart);
  cr_net_destroy(net);
  cr_samples_destroy(samples);
}

static void a_step_is_all_that_was_asked(void **state) {
  (void)state;
  static const asked all[] = {
      {0},
      {.l1 = 5},
      {.l2 = 5},
      {.clip = 0.01},
      {.max_norm = 0.5},
      {.norms = true},
      {1, 1, 1, 1, true},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) check_steps(&all[i]);
}

/* The parameters after some steps, the last of an epoch over fewer rows among them. */
static cr_net *train(const char *network, const char *optimizer, size_t batch, size_t threads,
                     double clip, double l2) {
  cr_samples *samples = make_samples();
  cr_net *net = NULL;
  cr_trainer *trainer = NULL;
  cr_objective objective;
  cr_train_options options;
  cr_objective_init(&objective);
  cr_train_options_init(&options);
  objective.loss = "cross_entropy";
  objective.l2 = l2;
  options.optimizer = optimizer;
  options.batch = batch;
  options.threads = threads;
  options.clip = clip;
  assert_int_equal(cr_net_create(network, &net), CR_OK);
  assert_int_equal(cr_net_initialize(net, NULL, 3), CR_OK);
  if (cr_trainer_create(net, &objective, &options, samples, &trainer) != CR_OK)
    fail_msg("%s: %s", optimizer, cr_last_error()->message);
  for (size_t i = 0; i < STEPS; i++) {
    double cost;
    assert_int_equal(cr_trainer_step(trainer, &cost), CR_OK);
  }
  cr_trainer_destroy(trainer);
  cr_samples_destroy(samples);
  return net;
}

static void assert_same(cr_net *net, cr_net *other, const char *optimizer) {
  const size_t size = cr_net_parameter_count(net) * sizeof(float);
  if (memcmp(cr_net_parameters(net), cr_net_parameters(other), size) != 0)
    fail_msg("%s: other parameters", optimizer);
}

/* A clip that never happens asks for the whole gradient: the step is not fused, and is the same. */
static void fused_or_not_is_the_same(void **state) {
  (void)state;
  const cr_optimizer *optimizer;
  size_t compared = 0;
  for (size_t i = 0; (optimizer = cr_optimizer_at(i)); i++) {
    const char *name = optimizer->part.name;
    if (!optimizer->local) continue;
    cr_net *fused = train(spec, name, BATCH, 1, 0, 0);
    cr_net *whole = train(spec, name, BATCH, 1, 1e30, 0);
    assert_same(fused, whole, name);
    cr_net_destroy(fused);
    cr_net_destroy(whole);
    compared++;
  }
  assert_true(compared >= 5);
}

static void threads_change_no_bit(void **state) {
  (void)state;
  static const size_t threads[] = {2, 3, 7};
  static const struct {
    const char *optimizer;
    size_t batch;
    double l2;
  } cases[] = {{"adam", BATCH, 0}, {"adam", BATCH, 0.5}, {"lbfgs", ROWS, 0}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    const char *name = cases[c].optimizer;
    cr_net *alone = train(wide, name, cases[c].batch, 1, 0, cases[c].l2);
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
      cr_net *together = train(wide, name, cases[c].batch, threads[t], 0, cases[c].l2);
      assert_same(alone, together, name);
      cr_net_destroy(together);
    }
    cr_net_destroy(alone);
  }
}

/* A cost that is not finite must leave the parameters as they were, fused or not. */
static void no_step_without_a_cost(void **state) {
  (void)state;
  static const double clips[] = {0, 1e30};
  for (size_t c = 0; c < sizeof clips / sizeof *clips; c++) {
    cr_samples *samples = make_samples();
    cr_net *net = NULL;
    cr_trainer *trainer = NULL;
    cr_objective objective;
    cr_train_options options;
    double cost;
    cr_objective_init(&objective);
    cr_train_options_init(&options);
    objective.loss = "cross_entropy";
    options.clip = clips[c];
    assert_int_equal(cr_net_create(spec, &net), CR_OK);
    assert_int_equal(cr_net_initialize(net, NULL, 3), CR_OK);
    assert_int_equal(cr_trainer_create(net, &objective, &options, samples, &trainer), CR_OK);
    float *parameters = cr_net_parameters(net);
    const size_t last = cr_net_parameter_count(net) - 1;
    parameters[last] = (float)NAN;
    const float before = parameters[0];
    assert_int_equal(cr_trainer_step(trainer, &cost), CR_ERR_DIVERGED);
    assert_true(parameters[0] == before);
    cr_trainer_destroy(trainer);
    cr_samples_destroy(samples);
    cr_net_destroy(net);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_step_is_all_that_was_asked),
      cmocka_unit_test(fused_or_not_is_the_same),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(no_step_without_a_cost),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
