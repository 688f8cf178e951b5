#include "train/trainer.h"

#include "base/alloc.h"
#include "counting_allocator.h"
#include "trainer_bench.h"

/* One step of gradient descent over all rows, with an L2 penalty, worked out in double. */
static void test_one_step(void **state) {
  (void)state;
  const double rate = 0.3, l2 = 0.7, tolerance = 8 * 1.2e-7; /* 7 rows summed in float */
  cr_objective objective = half_squared();
  objective.l2 = l2;
  const cr_train_options options = plain(rate, SIZE_MAX);
  bench b = set_up("2-1:linear", &objective, &options);
  const float *p = cr_net_parameters(b.net);
  const double w[3] = {(double)p[0], (double)p[1], (double)p[2]};
  double gradient[3] = {l2 * w[0] / ROWS, l2 * w[1] / ROWS, 0}, loss = 0;
  for (size_t i = 0; i < ROWS; i++) {
    const double x1 = (double)inputs[i][0], x2 = (double)inputs[i][1];
    const double off = w[0] * x1 + w[1] * x2 + w[2] - (double)targets[i];
    loss += off * off / 2 / ROWS;
    gradient[0] += off * x1 / ROWS;
    gradient[1] += off * x2 / ROWS;
    gradient[2] += off / ROWS;
  }
  double cost;
  assert_int_equal(cr_trainer_step(b.trainer, &cost), CR_OK);
  assert_close(cost, loss + l2 / 2 / ROWS * (w[0] * w[0] + w[1] * w[1]), tolerance);
  assert_close(cr_trainer_epoch_loss(b.trainer), loss, tolerance); /* without the penalty */
  for (size_t i = 0; i < 3; i++) assert_close(p[i], w[i] - rate * gradient[i], tolerance);
  assert_int_equal(cr_trainer_epochs_done(b.trainer), 1);
  tear_down(&b);
}

/*
 * (eq L8, U2, R5) One step with weighted rows, a clipped gradient and weights scaled back, in this
 * order, worked out in double.
 */
static void test_weights_clip_and_max_norm(void **state) {
  (void)state;
  static const float counts[ROWS] = {0.5F, 2, 1, 0, 1.5F, 0.25F, 1.75F}; /* 1 on average */
  const double rate = 0.7, tolerance = 16 * 1.2e-7; /* 7 rows in float, clipped, scaled */
  const cr_objective objective = half_squared();
  cr_train_options options = plain(rate, SIZE_MAX);
  options.clip = 0.3;
  options.max_norm = 0.2;
  bench b = {.samples = make_samples()};
  void *block = NULL;
  assert_int_equal(cr_alloc(ROWS, sizeof(float), &block), CR_OK);
  b.samples->weights = memcpy(block, counts, sizeof counts);
  assert_int_equal(cr_net_create("2-1:linear", &b.net), CR_OK);
  float *p = cr_net_parameters(b.net);
  p[0] = 1.0F, p[1] = -0.5F, p[2] = 0.25F;
  double w[3] = {1, -0.5, 0.25}, gradient[3] = {0}, loss = 0, cost;
  for (size_t i = 0; i < ROWS; i++) {
    const double x1 = (double)inputs[i][0], x2 = (double)inputs[i][1];
    const double off = w[0] * x1 + w[1] * x2 + w[2] - (double)targets[i];
    const double share = (double)counts[i] / ROWS;
    loss += share * off * off / 2;
    gradient[0] += share * off * x1;
    gradient[1] += share * off * x2;
    gradient[2] += share * off;
  }
  const double length =
      sqrt(gradient[0] * gradient[0] + gradient[1] * gradient[1] + gradient[2] * gradient[2]);
  assert_true(length > 0.4); /* else nothing is clipped */
  for (size_t i = 0; i < 3; i++) w[i] -= rate * gradient[i] * 0.3 / length;
  const double norm = sqrt(w[0] * w[0] + w[1] * w[1]);
  assert_true(norm > 0.3); /* else nothing is scaled back */

  assert_int_equal(cr_trainer_create(b.net, &objective, &options, b.samples, &b.trainer), CR_OK);
  assert_int_equal(cr_trainer_step(b.trainer, &cost), CR_OK);
  assert_close(cost, loss, tolerance);
  assert_close(cr_trainer_epoch_loss(b.trainer), loss, tolerance);
  assert_true(isnan(cr_trainer_epoch_score(b.trainer))); /* numbers have none */
  assert_close(p[0], w[0] * 0.2 / norm, tolerance);
  assert_close(p[1], w[1] * 0.2 / norm, tolerance);
  assert_close(p[2], w[2], tolerance);
  tear_down(&b);
}

/* Of 25,000 rows 10,000 in even steps: 0, 2, 5, 7, 10... A net of zeros pays y^2/2 for each. */
static void test_start_loss_of_many_rows(void **state) {
  (void)state;
  enum { MANY = 25000, USED = 10000 };
  static float x[MANY], y[MANY];
  double expected = 0, loss;
  for (size_t i = 0; i < MANY; i++) y[i] = (float)uneven(i * i, 1.0);
  for (size_t i = 0; i < USED; i++) expected += pow((double)y[i * MANY / USED], 2) / 2 / USED;
  const cr_objective objective = half_squared();
  const cr_train_options options = plain(0.1, 100);
  bench b = {0};
  assert_int_equal(cr_samples_from_matrices((cr_const_matrix){x, MANY, 1, 1},
                                            (cr_const_matrix){y, MANY, 1, 1}, &b.samples),
                   CR_OK);
  assert_int_equal(cr_net_create("1-1:linear", &b.net), CR_OK);
  assert_int_equal(cr_trainer_create(b.net, &objective, &options, b.samples, &b.trainer), CR_OK);
  assert_int_equal(cr_trainer_start_loss(b.trainer, &loss), CR_OK);
  assert_close(loss, expected, 1e-12); /* so many doubles, each rounded once */
  tear_down(&b);
}

/* Classes: the share of the rows that the outputs of the steps themselves had right. */
static void test_score(void **state) {
  (void)state;
  const cr_train_options options = plain(1e-30, 2); /* so small that it changes nothing */
  const cr_objective objective = half_squared();
  bench b = {.samples = make_samples()};
  void *block = NULL;
  double cost;
  assert_int_equal(cr_alloc(ROWS, sizeof(uint32_t), &block), CR_OK);
  b.samples->classes = block;
  for (size_t i = 0; i < ROWS; i++) b.samples->classes[i] = i % 2;
  assert_int_equal(cr_net_create("2-1:sigmoid", &b.net), CR_OK);
  float *p = cr_net_parameters(b.net);
  p[0] = 1.0F;
  assert_int_equal(cr_trainer_create(b.net, &objective, &options, b.samples, &b.trainer), CR_OK);
  assert_true(isnan(cr_trainer_epoch_score(b.trainer)));
  size_t right = 0, rows = 0;
  for (size_t step = 0; step < 4; step++) {
    assert_int_equal(cr_trainer_step(b.trainer, &cost), CR_OK);
    for (size_t i = 0; i < b.trainer->work->rows; i++, rows++) {
      const size_t row = b.trainer->batches.order[i];
      right += (inputs[row][0] >= 0) == (row % 2 == 1);
    }
    assert_close(cr_trainer_epoch_score(b.trainer), (double)right / (double)rows, 1e-12);
  }
  assert_true(right > 0 && right < ROWS); /* else this shows little */
  tear_down(&b);
}

/* Every row once an epoch, in batches of 3, 3 and 1, in another order each epoch. */
static void test_batches(void **state) {
  (void)state;
  const cr_objective objective = half_squared();
  const cr_train_options options = plain(0.01, 3);
  bench b = set_up("2-1:linear", &objective, &options);
  size_t orders[2][ROWS], place = 0;
  for (size_t epoch = 0; epoch < 2; epoch++, place = 0) {
    bool seen[ROWS] = {false};
    for (size_t batch = 0; batch < 3; batch++) {
      double cost;
      assert_int_equal(cr_trainer_epochs_done(b.trainer), epoch);
      assert_int_equal(cr_trainer_step(b.trainer, &cost), CR_OK);
      assert_int_equal(b.trainer->work->rows, batch < 2 ? 3 : 1);
      for (size_t i = 0; i < b.trainer->work->rows; i++) {
        const size_t row = b.trainer->batches.order[i];
        assert_false(seen[row]);
        seen[row] = true;
        orders[epoch][place++] = row;
      }
    }
    assert_int_equal(place, ROWS);
  }
  assert_int_equal(cr_trainer_epochs_done(b.trainer), 2);
  assert_memory_not_equal(orders[0], orders[1], sizeof orders[0]);
  tear_down(&b);
}

static void run_epochs(cr_trainer *trainer, size_t epochs) {
  for (size_t i = 0; i < epochs; i++) {
    double loss;
    assert_int_equal(cr_trainer_epoch(trainer, &loss), CR_OK);
  }
}

/*
 * A restart with the same seed and weights is the same run; with another seed it is not. L-BFGS
 * has single numbers to forget beside its arrays.
 */
static void check_restart(const char *optimizer, size_t batch) {
  const cr_objective objective = half_squared();
  cr_train_options options = plain(0.05, batch);
  options.optimizer = optimizer;
  bench b = set_up("2-4:tanh-1:linear", &objective, &options);
  enum { COUNT = 2 * 4 + 4 + 4 + 1 };
  static const uint64_t seeds[3] = {9, 9, 10};
  float runs[3][COUNT];
  for (size_t r = 0; r < 3; r++) {
    assert_int_equal(cr_net_initialize(b.net, NULL, 3), CR_OK);
    cr_trainer_restart(b.trainer, seeds[r]);
    run_epochs(b.trainer, 3);
    memcpy(runs[r], cr_net_parameters(b.net), sizeof runs[r]);
  }
  assert_memory_equal(runs[0], runs[1], sizeof runs[0]);
  if (batch > 0) assert_memory_not_equal(runs[0], runs[2], sizeof runs[0]);
  tear_down(&b);
}

static void test_restart(void **state) {
  (void)state;
  check_restart("adam", 2);
  check_restart("lbfgs", 0);
}

/* One-cycle runs over epochs times batches: small at both ends, and not past the end. */
static void test_schedule(void **state) {
  (void)state;
  const cr_objective objective = half_squared();
  cr_train_options options = plain(0.5, 1);
  options.schedule = "one_cycle";
  options.epochs = 10;
  bench b = set_up("2-1:linear", &objective, &options);
  double highest = 0;
  const double first = cr_trainer_rate(b.trainer);
  while (cr_trainer_epochs_done(b.trainer) < 10) {
    double cost;
    highest = fmax(highest, cr_trainer_rate(b.trainer));
    assert_int_equal(cr_trainer_step(b.trainer, &cost), CR_OK);
    assert_true(b.trainer->hyper.learning_rate <= 0.5);
  }
  const double last = b.trainer->hyper.learning_rate;
  assert_true(first < 0.01 && last < 0.01 && highest > 0.49);
  assert_true(cr_trainer_rate(b.trainer) == last);
  tear_down(&b);
}

static void test_no_memory_in_steps(void **state) {
  (void)state;
  static const char *const optimizers[] = {"gd", "momentum", "adam"};
  counting_start();
  for (size_t i = 0; i < 3; i++) {
    cr_objective objective = half_squared();
    cr_train_options options = plain(0.01, 3);
    objective.dropout = 0.5;
    objective.input_dropout = 0.2;
    objective.input_noise = 0.1;
    objective.label_smoothing = 0.1;
    options.clip = 1;
    options.max_norm = 3;
    options.optimizer = optimizers[i];
    options.threads = 2;
    bench b = set_up("2-5:relu-1:linear", &objective, &options);
    const size_t calls = counting.calls;
    for (size_t step = 0; step < 100; step++) {
      double cost;
      assert_int_equal(cr_trainer_step(b.trainer, &cost), CR_OK);
    }
    assert_int_equal(counting.calls, calls);
    tear_down(&b);
    assert_int_equal(counting.live, 0);
  }
  counting_stop();
}

/* Every allocation of create refused once: a clean failure, nothing left behind. */
static void test_create_without_memory(void **state) {
  (void)state;
  counting_start();
  cr_samples *samples = make_samples();
  cr_net *net = NULL;
  assert_int_equal(cr_net_create("2-5:relu-1:linear", &net), CR_OK);
  const cr_objective objective = half_squared();
  const size_t live = counting.live;
  cr_status status = CR_ERR_MEMORY;
  size_t n = 1;
  for (; status != CR_OK; n++) {
    cr_trainer *trainer = NULL;
    counting_fail_at(n, false);
    status = cr_trainer_create(net, &objective, NULL, samples, &trainer);
    if (status != CR_OK) {
      assert_int_equal(status, CR_ERR_MEMORY);
      assert_null(trainer);
    }
    cr_trainer_destroy(trainer);
    assert_int_equal(counting.live, live);
  }
  assert_true(n > 3);
  cr_samples_destroy(samples);
  cr_net_destroy(net);
  counting_stop();
}

/* A rate far too large: the step that meets the bad cost leaves the parameters alone. */
static void test_diverges(void **state) {
  (void)state;
  const cr_objective objective = half_squared();
  const cr_train_options options = plain(1e9, SIZE_MAX);
  bench b = set_up("2-1:linear", &objective, &options);
  float before[3];
  cr_status status = CR_OK;
  for (size_t step = 0; step < 1000 && status == CR_OK; step++) {
    double cost;
    memcpy(before, cr_net_parameters(b.net), sizeof before);
    status = cr_trainer_step(b.trainer, &cost);
    const bool finite = isfinite(cost);
    assert_int_equal(finite, status == CR_OK);
  }
  assert_int_equal(status, CR_ERR_DIVERGED);
  assert_memory_equal(before, cr_net_parameters(b.net), sizeof before);
  const cr_error *error = cr_last_error();
  assert_non_null(strstr(error->message, "epoch"));
  assert_non_null(strstr(error->message, "batch 1"));
  assert_non_null(strstr(error->why, "1e+09"));
  assert_string_equal(error->fix, "--lr 0.1"); /* gradient descent's own */
  tear_down(&b);
}

static void test_stops_after_the_batch(void **state) {
  (void)state;
  volatile sig_atomic_t stop = 0;
  const cr_objective objective = half_squared();
  cr_train_options options = plain(0.01, 2);
  options.stop = &stop;
  bench b = set_up("2-1:linear", &objective, &options);
  double loss;
  assert_int_equal(cr_trainer_epoch(b.trainer, &loss), CR_OK);
  stop = 1;
  assert_int_equal(cr_trainer_epoch(b.trainer, &loss), CR_ERR_INTERRUPTED);
  assert_int_equal(b.trainer->in_epoch, 1);
  stop = 0; /* and goes on from there */
  assert_int_equal(cr_trainer_epoch(b.trainer, &loss), CR_OK);
  assert_int_equal(cr_trainer_epochs_done(b.trainer), 2);
  tear_down(&b);
}

static void test_refused(void **state) {
  (void)state;
  cr_samples *samples = make_samples();
  cr_net *net = NULL;
  cr_trainer *trainer = NULL;
  cr_objective objective = half_squared();
  assert_int_equal(cr_net_create("3-1:linear", &net), CR_OK);
  assert_int_equal(cr_trainer_create(net, &objective, NULL, samples, &trainer), CR_ERR_SHAPE);
  assert_null(trainer);
  cr_net_destroy(net);
  assert_int_equal(cr_net_create("2-1:softmax", &net), CR_OK);
  objective.loss = "binary_cross_entropy";
  assert_int_equal(cr_trainer_create(net, &objective, NULL, samples, &trainer), CR_ERR_COMBINATION);
  assert_null(trainer);
  cr_net_destroy(net);
  assert_int_equal(cr_net_create("2-1:linear", &net), CR_OK);
  objective = half_squared();
  objective.dropout = 0.5; /* there are no hidden units to leave out */
  assert_int_equal(cr_trainer_create(net, &objective, NULL, samples, &trainer), CR_ERR_COMBINATION);
  assert_non_null(strstr(cr_last_error()->fix, "--input-dropout"));
  cr_net_destroy(net);
  cr_samples_destroy(samples);
  cr_trainer_destroy(NULL);
}

static void test_threads(void **state) {
  (void)state;
  const cr_objective objective = half_squared();
  for (size_t threads = 1; threads <= 3; threads++) {
    cr_train_options options = plain(0.1, 2);
    options.threads = threads;
    bench b = set_up("2-1:linear", &objective, &options);
    assert_int_equal(cr_pool_threads(b.trainer->work->pool), threads);
    tear_down(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_one_step),
      cmocka_unit_test(test_weights_clip_and_max_norm),
      cmocka_unit_test(test_start_loss_of_many_rows),
      cmocka_unit_test(test_score),
      cmocka_unit_test(test_threads),
      cmocka_unit_test(test_batches),
      cmocka_unit_test(test_restart),
      cmocka_unit_test(test_schedule),
      cmocka_unit_test(test_no_memory_in_steps),
      cmocka_unit_test(test_create_without_memory),
      cmocka_unit_test(test_diverges),
      cmocka_unit_test(test_stops_after_the_batch),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
