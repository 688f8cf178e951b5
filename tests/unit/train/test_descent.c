#include "train/descent.h"

#include "support.h"

enum { ROWS = 150, INPUTS = 60, CLASSES = 10, STEPS = 7 };

/* Enough parameters that a step may be fused with the gradient. */
static const char *const spec = "60-250:relu-10:softmax";

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

/* The parameters after some steps, the last of an epoch over fewer rows among them. */
static cr_net *train(const char *optimizer, size_t threads, double clip, double l2) {
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
  options.batch = 64;
  options.threads = threads;
  options.clip = clip;
  assert_int_equal(cr_net_create(spec, &net), CR_OK);
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
    cr_net *fused = train(name, 1, 0, 0), *whole = train(name, 1, 1e30, 0);
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
  static const double l2[] = {0, 0.5};
  for (size_t p = 0; p < sizeof l2 / sizeof *l2; p++) {
    cr_net *alone = train("adam", 1, 0, l2[p]);
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
      cr_net *together = train("adam", threads[t], 0, l2[p]);
      assert_same(alone, together, "adam");
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
      cmocka_unit_test(fused_or_not_is_the_same),
      cmocka_unit_test(threads_change_no_bit),
      cmocka_unit_test(no_step_without_a_cost),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
