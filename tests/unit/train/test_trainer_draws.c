/* What is drawn while a trainer learns: dropout, noise and images. */
#include "train/trainer.h"

#include "trainer_bench.h"

static void train_drawn(size_t threads, uint64_t seed, float *parameters) {
  cr_objective objective = half_squared();
  objective.dropout = 0.5;
  objective.input_noise = 0.1;
  cr_train_options options = plain(0.1, 3);
  options.optimizer = "adam";
  options.seed = seed;
  options.threads = threads;
  bench b = set_up("2-40:tanh-30:relu-1:linear", &objective, &options);
  for (size_t step = 0; step < 7; step++) {
    double cost;
    assert_int_equal(cr_trainer_step(b.trainer, &cost), CR_OK);
  }
  memcpy(parameters, cr_net_parameters(b.net), cr_net_parameter_count(b.net) * sizeof *parameters);
  tear_down(&b);
}

/* What is drawn comes from the seed and the step, and a step is not like the one before. */
static void test_draws(void **state) {
  (void)state;
  enum { COUNT = 2 * 40 + 40 * 30 + 30 + 40 + 30 + 1 };
  static float first[COUNT], other[COUNT];
  train_drawn(1, 4, first);
  train_drawn(2, 4, other);
  assert_memory_equal(first, other, sizeof first);
  train_drawn(1, 5, other);
  assert_memory_not_equal(first, other, sizeof first);

  cr_objective objective = half_squared();
  objective.dropout = 0.5;
  const cr_train_options options = plain(1e-30, SIZE_MAX); /* so small that it changes nothing */
  bench b = set_up("2-40:tanh-1:linear", &objective, &options);
  double costs[2];
  for (size_t i = 0; i < 2; i++) assert_int_equal(cr_trainer_step(b.trainer, &costs[i]), CR_OK);
  assert_true(fabs(costs[0] - costs[1]) > 1e-3 * costs[0]);
  tear_down(&b);
}

/* Each step draws anew, in an epoch too, and a restart draws from the seed it is given. */
static void test_draws_of_a_step(void **state) {
  (void)state;
  enum { MASK = 3 * 40 };
  static float masks[3][MASK];
  cr_objective objective = half_squared();
  objective.dropout = 0.5;
  const cr_train_options options = plain(0.1, 3);
  bench b = set_up("2-40:tanh-1:linear", &objective, &options);
  for (size_t i = 0; i < 3; i++) {
    double cost;
    if (i == 2) cr_trainer_restart(b.trainer, options.seed + 1);
    assert_int_equal(cr_trainer_step(b.trainer, &cost), CR_OK);
    assert_int_equal(b.trainer->work->rows, 3);
    memcpy(masks[i], b.trainer->work->mask[1], sizeof masks[i]);
  }
  assert_memory_not_equal(masks[0], masks[1], sizeof masks[0]);
  assert_memory_not_equal(masks[0], masks[2], sizeof masks[0]);
  tear_down(&b);
}

/* Who compares the costs of steps can neither have them drawn nor see a part of the rows. */
static void test_full_batch(void **state) {
  (void)state;
  const cr_optimizer *optimizer;
  cr_samples *samples = make_samples();
  cr_net *net = NULL;
  assert_int_equal(cr_net_create("2-3:tanh-1:linear", &net), CR_OK);
  for (size_t i = 0; (optimizer = cr_optimizer_at(i)); i++) {
    cr_trainer *trainer = NULL;
    cr_objective objective = half_squared();
    cr_train_options options = plain(0.1, 3);
    options.optimizer = optimizer->part.name;
    cr_status status = cr_trainer_create(net, &objective, &options, samples, &trainer);
    assert_int_equal(status, optimizer->full_batch ? CR_ERR_COMBINATION : CR_OK);
    if (status != CR_OK) assert_non_null(strstr(cr_last_error()->fix, "--batch all"));
    cr_trainer_destroy(trainer);
    options.batch = 0;
    objective.input_noise = 0.1;
    status = cr_trainer_create(net, &objective, &options, samples, &trainer);
    assert_int_equal(status, optimizer->full_batch ? CR_ERR_COMBINATION : CR_OK);
    if (status != CR_OK) assert_non_null(strstr(cr_last_error()->why, "drawn anew"));
    if (status == CR_OK) cr_trainer_destroy(trainer);
  }
  cr_samples_destroy(samples);
  cr_net_destroy(net);
}

/* Images (ROWS, 2 x 2 pixels) and targets. */
static cr_samples image_samples(void) {
  static uint8_t pixels[ROWS * 4];
  static size_t rows[ROWS];
  for (size_t i = 0; i < ROWS * 4; i++) pixels[i] = (uint8_t)(i * 37 + i * i * 11);
  for (size_t i = 0; i < ROWS; i++) rows[i] = i;
  return (cr_samples){.rows = ROWS,
                      .inputs = 4,
                      .outputs = 1,
                      .bytes = pixels,
                      .byte_rows = rows,
                      .byte_scale = 0.01F,
                      .image = {2, 2, 1},
                      .y = {targets, ROWS, 1, 1}};
}

/* Steps see other images than are there, and others in each epoch; figures see those there. */
static void test_augmented(void **state) {
  (void)state;
  const cr_objective objective = half_squared();
  const cr_samples samples = image_samples();
  double loss[3], measured[3];
  cr_trainer *trainers[3];
  cr_net *nets[3];
  for (size_t i = 0; i < 3; i++) {
    cr_train_options options = plain(1e-9, ROWS); /* steps that change next to nothing */
    options.augment = i > 0 ? "rotate=40,elastic=2:1" : "rotate=0";
    options.threads = i + 1;
    cr_metrics metrics;
    assert_int_equal(cr_net_create("4-1:linear", &nets[i]), CR_OK);
    assert_int_equal(cr_net_initialize(nets[i], NULL, 3), CR_OK);
    assert_int_equal(cr_trainer_create(nets[i], &objective, &options, &samples, &trainers[i]),
                     CR_OK);
    assert_int_equal(cr_trainer_epoch(trainers[i], &loss[i]), CR_OK);
    assert_int_equal(cr_trainer_measure(trainers[i], &samples, NULL, NULL, &metrics), CR_OK);
    measured[i] = metrics.loss;
  }
  assert_null(trainers[0]->options.augment);
  assert_string_equal(trainers[1]->options.augment, "rotate=40,elastic=2:1");
  assert_true(fabs(loss[1] - loss[0]) > 1e-3);
  assert_close(loss[2], loss[1], 0);
  for (size_t i = 0; i < 3; i++) assert_close(measured[i], loss[0], 1e-6);
  const double first = loss[1];
  assert_int_equal(cr_trainer_epoch(trainers[1], &loss[1]), CR_OK);
  assert_true(fabs(loss[1] - first) > 1e-4);
  for (size_t i = 0; i < 3; i++) cr_trainer_destroy(trainers[i]);
  for (size_t i = 0; i < 3; i++) cr_net_destroy(nets[i]);
}

/* No images, or a rule that compares costs. */
static void test_not_augmented(void **state) {
  (void)state;
  const cr_objective objective = half_squared();
  cr_samples *numbers = make_samples(), images = image_samples();
  cr_trainer *trainer = NULL;
  cr_net *net = NULL;
  cr_train_options options = plain(0.1, 2);
  options.augment = "auto";
  assert_int_equal(cr_net_create("2-1:linear", &net), CR_OK);
  assert_int_equal(cr_trainer_create(net, &objective, &options, numbers, &trainer),
                   CR_ERR_COMBINATION);
  assert_non_null(strstr(cr_last_error()->message, "not images"));
  cr_net_destroy(net);
  assert_int_equal(cr_net_create("4-1:linear", &net), CR_OK);
  options.augment = "shift=x";
  assert_int_equal(cr_trainer_create(net, &objective, &options, &images, &trainer),
                   CR_ERR_ARGUMENT);
  options = plain(0, 0);
  options.learning_rate = 1;
  options.optimizer = "lbfgs";
  options.augment = "shift=1";
  assert_int_equal(cr_trainer_create(net, &objective, &options, &images, &trainer),
                   CR_ERR_COMBINATION);
  assert_non_null(strstr(cr_last_error()->fix, "--augment"));
  cr_net_destroy(net);
  cr_samples_destroy(numbers);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_draws),         cmocka_unit_test(test_draws_of_a_step),
      cmocka_unit_test(test_full_batch),    cmocka_unit_test(test_augmented),
      cmocka_unit_test(test_not_augmented),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
