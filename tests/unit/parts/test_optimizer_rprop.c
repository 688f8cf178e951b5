#include <float.h>

#include "parts/optimizer.h"
#include "support.h"

static const cr_optimizer *rprop(void) {
  const cr_optimizer *optimizer = NULL;
  assert_int_equal(cr_optimizer_find("rprop", &optimizer), CR_OK);
  return optimizer;
}

/* (x - 1)^2 + 10 (y + 1/2)^2 + (x y - z)^2 / 2: its lowest place is (1, -1/2, -1/2), of height 0 */
static double valley(const double *w, double *g) {
  const double x = w[0] - 1.0, y = w[1] + 0.5, r = w[0] * w[1] - w[2];
  g[0] = 2.0 * x + r * w[1];
  g[1] = 20.0 * y + r * w[0];
  g[2] = -r;
  return x * x + 10.0 * y * y + 0.5 * r * r;
}

typedef struct walk {
  double w[3], slots[3][3], *slot[CR_OPTIMIZER_MAX_SLOTS], scalars[CR_OPTIMIZER_MAX_SCALARS];
  cr_hyper hyper;
} walk;

static void begin(walk *k) {
  *k = (walk){.w = {-1.5, 2.0, 0.75}};
  for (size_t i = 0; i < 3; ++i) k->slot[i] = k->slots[i];
  cr_hyper_init(&k->hyper, rprop());
  k->hyper.learning_rate = 0.1;
}

/* Steps from .. to, both included. */
static void go(walk *k, uint64_t from, uint64_t to) {
  for (uint64_t t = from; t <= to; ++t) {
    double g[3];
    const double cost = valley(k->w, g);
    rprop()->step_ref(k->w, k->slot, g, &(cr_step){&k->hyper, 3, 3, t, cost, k->scalars, 0, 0});
  }
}

/* (eq O8) a Python program after the listing of the paper, its numbers; both kinds of turn occur */
static void the_way_is_that_of_another_program(void **state) {
  (void)state;
  static const struct {
    uint64_t steps;
    double w[3];
  } expected[] = {
      {1, {-1.4, 1.9, 0.65}},
      {5, {-0.75584, 1.25584, 0.00584}},
      {12, {0.8378791935999996, -0.33787919359999985, -0.30271167999999987}},
      {25, {1.0055720550399996, -0.49912232959999975, -0.5092892194815999}},
      {100, {0.9999994066397345, -0.5000000236469757, -0.4999991630654956}},
  };
  uint64_t done = 0;
  walk k;
  begin(&k);
  for (size_t i = 0; i < sizeof expected / sizeof *expected; ++i) {
    go(&k, done + 1, expected[i].steps);
    done = expected[i].steps;
    for (size_t j = 0; j < 3; ++j) assert_close(k.w[j], expected[i].w[j], 1e-13);
  }
}

static void the_lowest_place_is_found(void **state) {
  (void)state;
  double g[3];
  walk k;
  begin(&k);
  go(&k, 1, 200);
  assert_true(valley(k.w, g) < 1e-12);
}

/* A turn while the cost rises takes the step back; while it falls or stays, nothing moves. */
static void a_turn_by_hand(void **state) {
  (void)state;
  const double up[1] = {1.0}, down[1] = {-1.0}, after[3] = {1.0, 0.9, 0.9};
  const double costs[3] = {2.0, 0.5, 1.0};
  for (size_t k = 0; k < 3; ++k) {
    double w[1] = {1.0}, size[1] = {0}, move[1] = {0}, sign[1] = {0};
    double *slot[CR_OPTIMIZER_MAX_SLOTS] = {size, move, sign},
           scalars[CR_OPTIMIZER_MAX_SCALARS] = {0};
    cr_hyper hyper;
    cr_hyper_init(&hyper, rprop());
    hyper.learning_rate = 0.1;
    rprop()->step_ref(w, slot, up, &(cr_step){&hyper, 1, 1, 1, 1.0, scalars, 0, 0});
    assert_close(w[0], 0.9, 1e-16);
    rprop()->step_ref(w, slot, down, &(cr_step){&hyper, 1, 1, 2, costs[k], scalars, 0, 0});
    assert_close(w[0], after[k], 1e-15);
    assert_true(size[0] == 0.05);
    /* after a turn neither longer nor shorter */
    rprop()->step_ref(w, slot, down, &(cr_step){&hyper, 1, 1, 3, 0.4, scalars, 0, 0});
    assert_close(w[0], after[k] + 0.05, 1e-15);
    rprop()->step_ref(w, slot, down, &(cr_step){&hyper, 1, 1, 4, 0.3, scalars, 0, 0});
    assert_close(w[0], after[k] + 0.05 + 0.06, 1e-15);
  }
}

/* The same in float: a cost that stays is no reason to go back. */
static void a_turn_in_float(void **state) {
  (void)state;
  const float up[1] = {1.0f}, down[1] = {-1.0f}, after[3] = {1.0f, 0.9f, 0.9f};
  const double costs[3] = {2.0, 0.5, 1.0};
  for (size_t k = 0; k < 3; ++k) {
    float w[1] = {1.0f}, size[1] = {0}, move[1] = {0}, sign[1] = {0};
    float *slot[CR_OPTIMIZER_MAX_SLOTS] = {size, move, sign};
    double scalars[CR_OPTIMIZER_MAX_SCALARS] = {0};
    cr_hyper hyper;
    cr_hyper_init(&hyper, rprop());
    hyper.learning_rate = 0.1;
    rprop()->step(w, slot, up, &(cr_step){&hyper, 1, 1, 1, 1.0, scalars, 0, 0});
    rprop()->step(w, slot, down, &(cr_step){&hyper, 1, 1, 2, costs[k], scalars, 0, 0});
    assert_close(w[0], after[k], FLT_EPSILON);
    rprop()->step(w, slot, down, &(cr_step){&hyper, 1, 1, 3, 0.4, scalars, 0, 0});
    assert_close(w[0], after[k] + 0.05f, 2 * FLT_EPSILON);
  }
}

/* (eq O10) Decay is part of both gradient and cost: the lowest place of w^2/2 + 3 w^2/2 - 8 w. */
static void decay_moves_the_lowest_place(void **state) {
  (void)state;
  double w[1] = {5.0}, size[1] = {0}, move[1] = {0}, sign[1] = {0};
  double *slot[CR_OPTIMIZER_MAX_SLOTS] = {size, move, sign},
         scalars[CR_OPTIMIZER_MAX_SCALARS] = {0};
  cr_hyper hyper;
  cr_hyper_init(&hyper, rprop());
  hyper.weight_decay = 3.0;
  for (uint64_t t = 1; t <= 200; ++t) {
    const double g[1] = {w[0] - 8.0}, cost = 0.5 * w[0] * w[0] - 8.0 * w[0];
    rprop()->step_ref(w, slot, g, &(cr_step){&hyper, 1, 1, t, cost, scalars, 0, 0});
  }
  assert_close(w[0], 2.0, 1e-5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_way_is_that_of_another_program),
      cmocka_unit_test(the_lowest_place_is_found),
      cmocka_unit_test(a_turn_by_hand),
      cmocka_unit_test(a_turn_in_float),
      cmocka_unit_test(decay_moves_the_lowest_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
