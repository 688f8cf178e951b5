#include <float.h>

#include "counting_allocator.h"
#include "net/network.h"
#include "parts/optimizer.h"
#include "published.h"
#include "support.h"

/* Published steps are short: sums of at most 4 terms near 1 in each of 2 layers. */
#define STEP_TOLERANCE 2e-6

static cr_net *create(const char *spec) {
  cr_net *net = NULL;
  assert_int_equal(cr_net_create(spec, &net), CR_OK);
  return net;
}

static cr_workspace *workspace(const cr_net *net, size_t rows, size_t threads) {
  cr_workspace_options options;
  cr_workspace *work = NULL;
  cr_workspace_options_init(&options);
  options.max_rows = rows;
  options.threads = threads;
  assert_int_equal(cr_workspace_create(net, &options, &work), CR_OK);
  return work;
}

static cr_objective objective_of(const char *loss, const char *reduction, double l1, double l2) {
  return (cr_objective){.struct_size = sizeof(cr_objective),
                        .loss = loss,
                        .reduction = reduction,
                        .l1 = l1,
                        .l2 = l2};
}

/* (eq U1) what other people worked out by hand; Han's zero input leaves its weights exactly */
static void published_steps_come_out(void **state) {
  (void)state;
  const cr_optimizer *gd = NULL;
  assert_int_equal(cr_optimizer_find("gd", &gd), CR_OK);
  for (size_t k = 0; k < PUBLISHED_COUNT; ++k) {
    const published_step *p = &published_steps[k];
    cr_net *net = create(p->spec);
    cr_workspace *work = workspace(net, 1, 1);
    const cr_objective objective = objective_of(p->loss, "mean", 0, 0);
    const size_t inputs = cr_net_inputs(net), outputs = cr_net_outputs(net);
    float x[3], y[2];
    double cost = 0.0;
    cr_hyper hyper;
    for (size_t i = 0; i < 3; ++i) x[i] = (float)p->x[i];
    for (size_t i = 0; i < 2; ++i) y[i] = (float)p->y[i];
    for (size_t i = 0; i < p->parameter_count; ++i) net->parameters[i] = (float)p->before[i];
    assert_int_equal(cr_net_backward(net, work, &objective, (cr_const_matrix){x, 1, inputs, inputs},
                                     (cr_const_matrix){y, 1, outputs, outputs}, &cost),
                     CR_OK);
    assert_close(cost, p->cost_before, STEP_TOLERANCE);
    cr_hyper_init(&hyper, gd);
    hyper.learning_rate = p->learning_rate;
    gd->step(net->parameters, NULL, work->gradient,
             &(cr_step){.hyper = &hyper, .count = net->parameter_count, .t = 1});
    for (size_t i = 0; i < p->parameter_count; ++i) {
      assert_close(net->parameters[i], p->after[i], STEP_TOLERANCE);
    }
    if (k == 1) assert_true(work->gradient[2] == 0.0f && work->gradient[3] == 0.0f);
    cr_workspace_destroy(work);
    cr_net_destroy(net);
  }
}

/*
 * (eq B1, B2, B3, B4, B5, R1, R2) two linear layers and two rows by hand, half_squared, l2 2, l1 4:
 *   x = (1 2; 3 -1)  w1 = (1 0; 2 -1)  b1 = (0 1)  z1 = (5 -1; 1 2)
 *   w2 = (2; 1)      b2 = 1            z2 = (10; 5)  y = (8; 6)  dz2 = (2; -1) / 2
 *   dw2 = z1^T dz2 = (4.5; -2)  db2 = 0.5   da1 = dz2 w2^T = (2 1; -1 -0.5)
 *   dw1 = x^T da1 = (-1 -0.5; 5 2.5)        db1 = (1 0.5)
 *   penalties: l2/(2n) (1+0+4+1+4+1) + l1/(2n) (1+0+2+1+2+1) = 5.5 + 7; data loss (4+1)/4
 *   gradient: + 1 w + 1 sign(w)
 */
static void two_layers_by_hand(void **state) {
  (void)state;
  const float x[4] = {1, 2, 3, -1}, y[2] = {8, 6};
  const float parameters[9] = {1, 0, 2, -1, 2, 1, 0, 1, 1};
  const float gradient[9] = {-1 + 1 + 1, -0.5f, 5 + 2 + 1, 2.5f - 1 - 1, 4.5f + 2 + 1,
                             -2 + 1 + 1, 1,     0.5f,      0.5f};
  cr_net *net = create("2-2:linear-1:linear");
  cr_workspace *work = workspace(net, 2, 1);
  const cr_objective objective = objective_of("half_squared", "mean", 4.0, 2.0);
  double cost = 0.0;
  memcpy(net->parameters, parameters, sizeof parameters);
  assert_int_equal(cr_net_backward(net, work, &objective, (cr_const_matrix){x, 2, 2, 2},
                                   (cr_const_matrix){y, 2, 1, 1}, &cost),
                   CR_OK);
  assert_true(cost == 1.25 + 5.5 + 7.0);
  for (size_t i = 0; i < 9; ++i) assert_true(work->gradient[i] == gradient[i]);
  assert_true(cr_workspace_dz(work, 0).data[2] == -1.0f);
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

/* The same batch, whole or with rows apart, and through any number of threads: the same bits. */
static void strides_and_threads_change_nothing(void **state) {
  (void)state;
  enum { ROWS = 64, IN = 150, OUT = 10, X_STRIDE = IN + 5, Y_STRIDE = OUT + 3 };
  static float x[ROWS * X_STRIDE], y[ROWS * Y_STRIDE], x_apart[ROWS * X_STRIDE];
  static float y_apart[ROWS * Y_STRIDE];
  cr_net *net = create("150-90:tanh-10:softmax");
  const cr_objective objective = objective_of("cross_entropy", "mean", 0.1, 0.2);
  assert_int_equal(cr_net_initialize(net, NULL, 2), CR_OK);
  for (size_t r = 0; r < ROWS; ++r) {
    for (size_t i = 0; i < IN; ++i) {
      x[r * IN + i] = x_apart[r * X_STRIDE + i] = (float)uneven(r * IN + i, 1.0);
    }
    for (size_t i = 0; i < OUT; ++i) {
      y[r * OUT + i] = y_apart[r * Y_STRIDE + i] = r % OUT == i ? 1.0f : 0.0f;
    }
  }
  double cost = 0.0;
  cr_workspace *work = workspace(net, ROWS, 1);
  assert_int_equal(cr_net_backward(net, work, &objective, (cr_const_matrix){x, ROWS, IN, IN},
                                   (cr_const_matrix){y, ROWS, OUT, OUT}, &cost),
                   CR_OK);
  for (size_t threads = 1; threads <= 3; ++threads) {
    double other_cost = 0.0;
    cr_workspace *other = workspace(net, ROWS + 1, threads);
    assert_int_equal(
        cr_net_backward(net, other, &objective, (cr_const_matrix){x_apart, ROWS, IN, X_STRIDE},
                        (cr_const_matrix){y_apart, ROWS, OUT, Y_STRIDE}, &other_cost),
        CR_OK);
    assert_true(cost == other_cost);
    assert_memory_equal(work->gradient, other->gradient, net->parameter_count * sizeof(float));
    cr_workspace_destroy(other);
  }
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

/* Draws, too: products so large that each of 7 threads has its share, sizes that fit no tile. */
static void what_is_drawn_does_not_depend_on_threads(void **state) {
  (void)state;
  enum { ROWS = 67, IN = 701, OUT = 10 };
  static const size_t threads[] = {1, 2, 3, 7};
  static float x[ROWS * IN], y[ROWS * OUT];
  cr_net *net = create("701-603:relu-10:softmax");
  cr_objective objective = objective_of("cross_entropy", "mean", 0, 0);
  objective.dropout = 0.4;
  objective.input_dropout = 0.1;
  objective.input_noise = 0.3;
  objective.label_smoothing = 0.1;
  objective.draw = 12;
  assert_int_equal(cr_net_initialize(net, NULL, 2), CR_OK);
  for (size_t i = 0; i < ROWS * IN; ++i) x[i] = (float)uneven(i, 1.0);
  for (size_t i = 0; i < ROWS * OUT; ++i) y[i] = i % OUT == i / OUT % OUT ? 1.0f : 0.0f;
  double costs[4];
  cr_workspace *works[4];
  for (size_t t = 0; t < 4; ++t) {
    cr_workspace_options options;
    cr_workspace_options_init(&options);
    options.max_rows = ROWS;
    options.threads = threads[t];
    options.draws = true;
    assert_int_equal(cr_workspace_create(net, &options, &works[t]), CR_OK);
    assert_int_equal(cr_net_backward(net, works[t], &objective, (cr_const_matrix){x, ROWS, IN, IN},
                                     (cr_const_matrix){y, ROWS, OUT, OUT}, &costs[t]),
                     CR_OK);
    assert_true(costs[t] == costs[0]);
    assert_memory_equal(works[t]->gradient, works[0]->gradient,
                        net->parameter_count * sizeof(float));
  }
  for (size_t t = 0; t < 4; ++t) cr_workspace_destroy(works[t]);
  cr_net_destroy(net);
}

/* (eq L7, L8) Two rows of z = (0, 0), by hand: e = 0.2 makes (1, 0) to (0.9, 0.1). */
static void smoothed_and_weighted_by_hand(void **state) {
  (void)state;
  const float x[2] = {1, 1}, y[4] = {1, 0, 0, 1}, weights[2] = {3, 0.5f};
  const float dz[4] = {-0.4f * 1.5f, 0.4f * 1.5f, 0.4f * 0.25f, -0.4f * 0.25f};
  double cost = 0.0;
  cr_net *net = create("1-2:softmax");
  cr_workspace *work = workspace(net, 2, 1);
  cr_objective objective = objective_of("cross_entropy", "mean", 0, 0);
  objective.label_smoothing = 0.2;
  objective.row_weights = weights;
  const cr_const_matrix inputs = {x, 2, 1, 1}, targets = {y, 2, 2, 2};
  assert_int_equal(cr_net_backward(net, work, &objective, inputs, targets, &cost), CR_OK);
  assert_close(cost, 3.5 / 2 * log(2.0), 1e-7);
  for (size_t i = 0; i < 4; ++i) assert_close(work->dz[0][i], dz[i], 1e-7);
  cr_workspace_destroy(work);
  cr_net_destroy(net);
  /* a single output is one of two classes: 1 becomes 0.9 */
  net = create("1-1:sigmoid");
  work = workspace(net, 2, 1);
  objective.loss = "binary_cross_entropy";
  const cr_const_matrix one = {y, 2, 1, 1};
  assert_int_equal(cr_net_backward(net, work, &objective, inputs, one, &cost), CR_OK);
  assert_close(work->dz[0][0], -0.4 * 1.5, 1e-7);
  assert_close(work->dz[0][1], 0.4 * 0.25, 1e-7);
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

static void draws_that_cannot_be_are_refused(void **state) {
  (void)state;
  const float x[1] = {1}, y[1] = {1}, negative[1] = {-1};
  double cost = 0.0;
  cr_net *net = create("1-1:linear");
  cr_workspace *work = workspace(net, 1, 1);
  cr_objective objective = objective_of("squared", "mean", 0, 0);
  const cr_const_matrix one = {x, 1, 1, 1}, target = {y, 1, 1, 1};
  objective.row_weights = negative;
  assert_int_equal(cr_net_backward(net, work, &objective, one, target, &cost), CR_ERR_ARGUMENT);
  assert_string_equal(cr_last_error()->message, "row_weights[0] is -1, expected a number from 0");
  objective.row_weights = NULL;
  objective.input_noise = 0.1;
  assert_int_equal(cr_net_backward(net, work, &objective, one, target, &cost), CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->message, "no room"));
  objective.input_noise = 0.0;
  objective.dropout = 1.0;
  assert_int_equal(cr_net_backward(net, work, &objective, one, target, &cost), CR_ERR_ARGUMENT);
  assert_string_equal(cr_last_error()->message, "dropout is 1, expected a share from 0 to below 1");
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

static void no_step_takes_memory(void **state) {
  (void)state;
  enum { ROWS = 7 };
  const cr_optimizer *optimizer;
  float x[ROWS * 3], y[ROWS * 2], out[ROWS * 2];
  float state_of[CR_OPTIMIZER_MAX_SLOTS][64], *slots[CR_OPTIMIZER_MAX_SLOTS];
  cr_net *net = create("3-5:tanh-2:sigmoid");
  cr_workspace *work = workspace(net, ROWS, 2);
  const cr_objective objective = objective_of("binary_cross_entropy", "mean", 0.1, 0.1);
  assert_int_equal(cr_net_initialize(net, NULL, 1), CR_OK);
  for (size_t i = 0; i < ROWS * 3; ++i) x[i] = (float)uneven(i, 1.0);
  for (size_t i = 0; i < ROWS * 2; ++i) y[i] = (float)(i % 2);
  for (size_t i = 0; i < CR_OPTIMIZER_MAX_SLOTS; ++i) slots[i] = state_of[i];
  const cr_const_matrix inputs = {x, ROWS, 3, 3}, targets = {y, ROWS, 2, 2};
  counting_start();
  for (size_t k = 0; (optimizer = cr_optimizer_at(k)); ++k) {
    double scalars[CR_OPTIMIZER_MAX_SCALARS] = {0};
    cr_hyper hyper;
    cr_hyper_init(&hyper, optimizer);
    memset(state_of, 0, sizeof state_of);
    for (uint64_t t = 1; t <= 100; ++t) {
      double cost = 0.0;
      assert_int_equal(cr_net_backward(net, work, &objective, inputs, targets, &cost), CR_OK);
      optimizer->step(net->parameters, slots, work->gradient,
                      &(cr_step){.hyper = &hyper,
                                 .count = net->parameter_count,
                                 .weights = net->weight_count,
                                 .t = t,
                                 .cost = cost,
                                 .scalars = scalars});
      assert_int_equal(cr_net_forward(net, work, inputs, (cr_matrix){out, ROWS, 2, 2}), CR_OK);
    }
  }
  assert_int_equal(atomic_load(&counting.calls), 0);
  counting_stop();
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

static void what_does_not_fit_is_refused(void **state) {
  (void)state;
  float data[64] = {0};
  double cost = 0.0;
  cr_net *net = create("3-4:relu-2:linear"), *other = create("3-5:relu-2:linear");
  cr_workspace *work = workspace(net, 4, 1), *foreign = workspace(other, 4, 1);
  cr_objective objective = objective_of("half_squared", "mean", 0, 0);
  const cr_const_matrix x = {data, 4, 3, 3}, y = {data, 4, 2, 2};
  const cr_const_matrix five = {data, 5, 3, 3}, none = {data, 0, 3, 3}, narrow = {data, 4, 1, 1};
  const cr_const_matrix three = {data, 3, 2, 2};
  assert_int_equal(cr_net_backward(net, work, &objective, five, y, &cost), CR_ERR_SHAPE);
  assert_string_equal(cr_last_error()->message, "x has 5 rows, expected 1 to 4");
  assert_int_equal(cr_net_backward(net, work, &objective, none, y, &cost), CR_ERR_SHAPE);
  assert_int_equal(cr_net_backward(net, work, &objective, x, narrow, &cost), CR_ERR_SHAPE);
  assert_int_equal(cr_net_backward(net, work, &objective, x, three, &cost), CR_ERR_SHAPE);
  assert_int_equal(cr_net_backward(net, foreign, &objective, x, y, &cost), CR_ERR_SHAPE);
  objective.loss = "cross_entropy";
  assert_int_equal(cr_net_backward(net, work, &objective, x, y, &cost), CR_ERR_COMBINATION);
  cr_workspace_destroy(work);
  cr_workspace_destroy(foreign);
  cr_net_destroy(net);
  cr_net_destroy(other);
}

/* A step over so wide a layer comes in several blocks, of da, z and what becomes of them. */
enum { BLOCK_ROWS = 7, BLOCK_WIDTH = 150, BLOCK_OUTPUTS = 2 };

/* (eq F2, B2) a and dz of the wide layer against those of whole rows, dz with da in double. */
static void check_wide(const cr_net *net, const cr_workspace *work, const cr_activation *f) {
  static float a[BLOCK_ROWS * BLOCK_WIDTH];
  static double z[BLOCK_ROWS * BLOCK_WIDTH], value[BLOCK_ROWS * BLOCK_WIDTH],
      da[BLOCK_ROWS * BLOCK_WIDTH], dz[BLOCK_ROWS * BLOCK_WIDTH];
  const float *w = net->parameters + net->views[1].weight;
  f->forward(a, work->z[0], BLOCK_ROWS, BLOCK_WIDTH, BLOCK_WIDTH);
  assert_memory_equal(work->a[0], a, sizeof a);
  for (size_t i = 0; i < BLOCK_ROWS * BLOCK_WIDTH; ++i) {
    const float *next = work->dz[1] + i / BLOCK_WIDTH * BLOCK_OUTPUTS;
    const float *into = w + i % BLOCK_WIDTH * BLOCK_OUTPUTS;
    z[i] = (double)work->z[0][i];
    value[i] = (double)a[i];
    da[i] = (double)next[0] * (double)into[0] + (double)next[1] * (double)into[1];
  }
  f->backward_ref(dz, da, z, value, BLOCK_ROWS, BLOCK_WIDTH);
  for (size_t i = 0; i < BLOCK_ROWS * BLOCK_WIDTH; ++i) {
    assert_close(work->dz[0][i], dz[i], STEP_TOLERANCE);
  }
}

static void wide_layers_come_in_blocks(void **state) {
  (void)state;
  const cr_objective objective = objective_of("half_squared", "sum", 0, 0);
  const cr_activation *f;
  float x[BLOCK_ROWS * 3], y[BLOCK_ROWS * BLOCK_OUTPUTS];
  for (size_t i = 0; i < BLOCK_ROWS * 3; ++i) x[i] = (float)uneven(i, 1.0);
  for (size_t i = 0; i < BLOCK_ROWS * BLOCK_OUTPUTS; ++i) y[i] = (float)uneven(i + 50, 1.0);
  for (size_t k = 0; (f = cr_activation_at(k)); ++k) {
    char spec[64];
    double cost;
    if (!f->backward) continue;
    snprintf(spec, sizeof spec, "3-%d:%s-%d:linear", BLOCK_WIDTH, f->part.name, BLOCK_OUTPUTS);
    cr_net *net = create(spec);
    assert_int_equal(cr_net_initialize(net, "xavier", 5), CR_OK);
    cr_workspace *work = workspace(net, BLOCK_ROWS, 1);
    const cr_const_matrix rows = {x, BLOCK_ROWS, 3, 3};
    const cr_const_matrix wanted = {y, BLOCK_ROWS, BLOCK_OUTPUTS, BLOCK_OUTPUTS};
    assert_int_equal(cr_net_backward(net, work, &objective, rows, wanted, &cost), CR_OK);
    check_wide(net, work, f);
    cr_workspace_destroy(work);
    cr_net_destroy(net);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_steps_come_out),
      cmocka_unit_test(two_layers_by_hand),
      cmocka_unit_test(wide_layers_come_in_blocks),
      cmocka_unit_test(strides_and_threads_change_nothing),
      cmocka_unit_test(no_step_takes_memory),
      cmocka_unit_test(what_does_not_fit_is_refused),
      cmocka_unit_test(what_is_drawn_does_not_depend_on_threads),
      cmocka_unit_test(smoothed_and_weighted_by_hand),
      cmocka_unit_test(draws_that_cannot_be_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
