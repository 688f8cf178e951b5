#include "parts/optimizer.h"

#include <float.h>

#include "support.h"

enum { SIZE = 37, STEPS = 25 };

/* Two products and a sum a step, 25 steps, weights below 2; the root and quotient of adam. */
#define FLOAT_TOLERANCE (STEPS * 4 * (double)FLT_EPSILON)

static const cr_optimizer *find(const char *name) {
  const cr_optimizer *optimizer = NULL;
  assert_int_equal(cr_optimizer_find(name, &optimizer), CR_OK);
  return optimizer;
}

static cr_step step_of(const cr_hyper *hyper, size_t count, uint64_t t) {
  return (cr_step){.hyper = hyper, .count = count, .weights = count, .t = t};
}

/* Gradients that shrink and turn, none near 0 against the others. */
static double gradient(size_t i, size_t t) {
  return (0.2 + 0.1 * uneven(i, 1.0)) * cos(0.7 * (double)t + (double)i) + 0.05;
}

static void float_agrees_with_reference(void **state) {
  (void)state;
  const cr_optimizer *optimizer;
  for (size_t k = 0; (optimizer = cr_optimizer_at(k)); ++k) {
    float w_f[SIZE], g_f[SIZE], s0_f[SIZE] = {0}, s1_f[SIZE] = {0};
    double w[SIZE], g[SIZE], s0[SIZE] = {0}, s1[SIZE] = {0};
    float *slots_f[CR_OPTIMIZER_MAX_SLOTS] = {s0_f, s1_f};
    double *slots[CR_OPTIMIZER_MAX_SLOTS] = {s0, s1};
    cr_hyper hyper;
    cr_hyper_init(&hyper, optimizer);
    hyper.learning_rate = 0.01;
    for (size_t i = 0; i < SIZE; ++i) w[i] = (double)(w_f[i] = (float)uneven(i, 1.0));
    for (size_t t = 1; t <= STEPS; ++t) {
      for (size_t i = 0; i < SIZE; ++i) g[i] = (double)(g_f[i] = (float)gradient(i, t));
      const cr_step step = step_of(&hyper, SIZE, t);
      optimizer->step(w_f, slots_f, g_f, &step);
      optimizer->step_ref(w, slots, g, &step);
    }
    for (size_t i = 0; i < SIZE; ++i) assert_close(w_f[i], w[i], FLOAT_TOLERANCE);
  }
}

/* (eq O1) by hand */
static void descent_by_hand(void **state) {
  (void)state;
  double w[2] = {0.5, -1.0};
  const double g[2] = {0.25, -2.0};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("gd"));
  hyper.learning_rate = 0.5;
  find("gd")->step_ref(w, NULL, g, &(cr_step){.hyper = &hyper, .count = 2, .t = 1});
  assert_true(w[0] == 0.375 && w[1] == 0.0);
}

/* linspace(first, last, 20)[i] */
static double spaced(double first, double last, size_t i) {
  return first + (last - first) * (double)i / 19.0;
}

/*
 * (eq O2) CS231n assignment 2: w, g, v linspace, momentum 0.9, lr 1e-3. Their v holds -lr times
 * ours: v' = 0.9 v' - lr g, w += v'. The first five and the last of 20 as printed.
 */
static void momentum_has_the_published_values(void **state) {
  (void)state;
  const size_t at[6] = {0, 1, 2, 3, 4, 19};
  const double w_printed[6] = {0.1406, 0.20738947, 0.27417895, 0.34096842, 0.40775789, 1.4096};
  const double v_printed[6] = {0.5406, 0.55475789, 0.56891579, 0.58307368, 0.59723158, 0.8096};
  double w[20], g[20], v[20], *slots[CR_OPTIMIZER_MAX_SLOTS] = {v, NULL};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("momentum"));
  assert_true(hyper.momentum == 0.9);
  hyper.learning_rate = 1e-3;
  for (size_t i = 0; i < 20; ++i) {
    w[i] = spaced(-0.4, 0.6, i);
    g[i] = spaced(-0.6, 0.4, i);
    v[i] = spaced(0.6, 0.9, i) / -1e-3;
  }
  find("momentum")->step_ref(w, slots, g, &(cr_step){.hyper = &hyper, .count = 20, .t = 1});
  for (size_t k = 0; k < 6; ++k) {
    assert_close(w[at[k]], w_printed[k], 5e-9);
    assert_close(v[at[k]] * -1e-3, v_printed[k], 5e-9);
  }
}

/* (eq O3) the same source: t from 5 to 6, so that the corrections of the means matter */
static void adam_has_the_published_values(void **state) {
  (void)state;
  const size_t at[6] = {0, 1, 2, 3, 4, 19};
  const double w_printed[6] = {-0.40094747, -0.34836187, -0.29577703,
                               -0.24319299, -0.19060977, 0.59801459};
  double w[20], g[20], m[20], v[20], *slots[CR_OPTIMIZER_MAX_SLOTS] = {m, v};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("adam"));
  assert_true(hyper.beta1 == 0.9 && hyper.beta2 == 0.999 && hyper.epsilon == 1e-8);
  hyper.learning_rate = 1e-2;
  for (size_t i = 0; i < 20; ++i) {
    w[i] = spaced(-0.4, 0.6, i);
    g[i] = spaced(-0.6, 0.4, i);
    m[i] = spaced(0.6, 0.9, i);
    v[i] = spaced(0.7, 0.5, i);
  }
  find("adam")->step_ref(w, slots, g, &(cr_step){.hyper = &hyper, .count = 20, .t = 6});
  for (size_t k = 0; k < 6; ++k) assert_close(w[at[k]], w_printed[k], 5e-9);
  assert_close(m[0], 0.48, 5e-9);
  assert_close(m[1], 0.49947368, 5e-9);
  assert_close(v[0], 0.69966, 5e-9);
  assert_close(v[19], 0.49966, 5e-9);
}

/* Epsilon stands outside the root: with 2 in its place the first step of 1 is 1/(1 + 2). */
static void epsilon_is_outside_the_root(void **state) {
  (void)state;
  double w[1] = {0.0}, m[1] = {0.0}, v[1] = {0.0}, *slots[CR_OPTIMIZER_MAX_SLOTS] = {m, v};
  const double g[1] = {1.0};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("adam"));
  hyper.learning_rate = 1.0;
  hyper.epsilon = 2.0;
  find("adam")->step_ref(w, slots, g, &(cr_step){.hyper = &hyper, .count = 1, .t = 1});
  assert_close(w[0], -1.0 / 3.0, 1e-12);
}

/* After a million steps the corrections are 1 and nothing has overflowed. */
static void adam_goes_on_for_a_million_steps(void **state) {
  (void)state;
  float w[1] = {0.5f}, m[1] = {0.25f}, v[1] = {0.0625f}, *slots[CR_OPTIMIZER_MAX_SLOTS] = {m, v};
  const float g[1] = {0.25f};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("adam"));
  find("adam")->step(w, slots, g, &(cr_step){.hyper = &hyper, .count = 1, .t = 1000000});
  assert_close(w[0], 0.499, 1e-7);
}

/* A gradient that has died leaves a state of 0, not a subnormal one for ever. */
static void state_fades_to_zero(void **state) {
  (void)state;
  const char *const names[2] = {"momentum", "adam"};
  for (size_t k = 0; k < 2; ++k) {
    float w[1] = {0.0f}, s0[1] = {1e-36f}, s1[1] = {0.0f};
    float *slots[CR_OPTIMIZER_MAX_SLOTS] = {s0, s1};
    const float g[1] = {0.0f};
    cr_hyper hyper;
    cr_hyper_init(&hyper, find(names[k]));
    for (size_t t = 1; t <= 100; ++t)
      find(names[k])->step(w, slots, g, &(cr_step){.hyper = &hyper, .count = 1, .t = t});
    assert_true(s0[0] == 0.0f);
  }
}

static void names_and_rates(void **state) {
  (void)state;
  const cr_optimizer *optimizer;
  for (size_t k = 0; (optimizer = cr_optimizer_at(k)); ++k) {
    cr_hyper hyper;
    cr_hyper_init(&hyper, optimizer);
    assert_true(hyper.learning_rate > 0.0 && hyper.learning_rate == optimizer->learning_rate);
    assert_true(optimizer->slots <= CR_OPTIMIZER_MAX_SLOTS);
  }
  optimizer = NULL;
  assert_int_equal(cr_optimizer_find("adan", &optimizer), CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->fix, "adam"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(float_agrees_with_reference),
      cmocka_unit_test(descent_by_hand),
      cmocka_unit_test(momentum_has_the_published_values),
      cmocka_unit_test(adam_has_the_published_values),
      cmocka_unit_test(epsilon_is_outside_the_root),
      cmocka_unit_test(adam_goes_on_for_a_million_steps),
      cmocka_unit_test(state_fades_to_zero),
      cmocka_unit_test(names_and_rates),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
