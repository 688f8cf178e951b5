#include <float.h>

#include "parts/optimizer.h"
#include "support.h"

enum { MOST = 12 };

typedef double function(const double *w, double *g, size_t count);

/* Rosenbrock's valley: the lowest place is (1, 1), of height 0. */
static double rosenbrock(const double *w, double *g, size_t count) {
  assert_int_equal(count, 2);
  const double off = w[1] - w[0] * w[0], short_of = 1.0 - w[0];
  g[0] = -400.0 * w[0] * off - 2.0 * short_of;
  g[1] = 200.0 * off;
  return 100.0 * off * off + short_of * short_of;
}

/* 1/2 sum c_i (w_i - i)^2, the steepest direction 1000 times as steep as the flattest */
static double bowl(const double *w, double *g, size_t count) {
  double cost = 0.0;
  for (size_t i = 0; i < count; ++i) {
    const double c = pow(1000.0, (double)i / (double)(count - 1)), off = w[i] - (double)i;
    g[i] = c * off;
    cost += 0.5 * c * off * off;
  }
  return cost;
}

typedef struct walk {
  function *f;
  size_t count;
  double w[MOST], slots[CR_OPTIMIZER_MAX_SLOTS][MOST], *slot[CR_OPTIMIZER_MAX_SLOTS];
  double scalars[CR_OPTIMIZER_MAX_SCALARS];
  cr_hyper hyper;
  uint64_t t;
} walk;

static const cr_optimizer *lbfgs(void) {
  const cr_optimizer *optimizer = NULL;
  assert_int_equal(cr_optimizer_find("lbfgs", &optimizer), CR_OK);
  return optimizer;
}

static void begin(walk *k, function *f, size_t count) {
  *k = (walk){.f = f, .count = count};
  for (size_t i = 0; i < CR_OPTIMIZER_MAX_SLOTS; ++i) k->slot[i] = k->slots[i];
  cr_hyper_init(&k->hyper, lbfgs());
}

/* Until `steps` are done; returns the cost at the point they end at. */
static double go(walk *k, uint64_t steps) {
  double g[MOST];
  while (k->t < steps) {
    const double cost = k->f(k->w, g, k->count);
    lbfgs()->step_ref(k->w, k->slot, g,
                      &(cr_step){&k->hyper, k->count, k->count, ++k->t, cost, k->scalars, 0, 0});
  }
  return k->f(k->w, g, k->count);
}

/*
 * (eq O9) A Python program that multiplies out the matrix H of the last ten pairs in full, where
 * this one has two loops over vectors; the same rule for lengths.
 */
static void the_way_is_that_of_another_program(void **state) {
  (void)state;
  static const struct {
    uint64_t steps;
    double w[2];
  } expected[] = {
      {1, {-0.489855072463768, 1.289855072463768}},
      {2, {-0.9623454910342013, 1.0970018403942035}},
      {5, {-1.0261052565143594, 1.0604290108563783}},
      {10, {-0.7087156551060694, 0.5230779007989397}},
      {20, {0.030991881648212705, -0.05483009899690462}},
      {30, {0.5656131619321809, 0.3035959323546066}},
  };
  walk k;
  begin(&k, rosenbrock, 2);
  k.w[0] = -1.2;
  k.w[1] = 1.0;
  for (size_t i = 0; i < sizeof expected / sizeof *expected; ++i) {
    go(&k, expected[i].steps);
    for (size_t j = 0; j < 2; ++j) assert_close(k.w[j], expected[i].w[j], 1e-9);
  }
}

static void known_minima_are_reached(void **state) {
  (void)state;
  walk k;
  begin(&k, rosenbrock, 2);
  k.w[0] = -1.2;
  k.w[1] = 1.0;
  assert_true(go(&k, 50) < 1e-8);
  assert_true(fabs(k.w[0] - 1.0) < 1e-4 && fabs(k.w[1] - 1.0) < 1e-4);
  begin(&k, bowl, MOST);
  assert_true(go(&k, 120) < 1e-12);
  for (size_t i = 0; i < MOST; ++i) assert_close(k.w[i], (double)i, 1e-6);
}

/* The float version, on its own way. */
static void known_minima_are_reached_in_float(void **state) {
  (void)state;
  float w[2] = {-1.2f, 1.0f}, slots[CR_OPTIMIZER_MAX_SLOTS][2] = {{0}};
  float *slot[CR_OPTIMIZER_MAX_SLOTS], g[2];
  double scalars[CR_OPTIMIZER_MAX_SCALARS] = {0}, cost = 0.0;
  cr_hyper hyper;
  cr_hyper_init(&hyper, lbfgs());
  for (size_t i = 0; i < CR_OPTIMIZER_MAX_SLOTS; ++i) slot[i] = slots[i];
  for (uint64_t t = 1; t <= 60; ++t) {
    const double at[2] = {(double)w[0], (double)w[1]};
    double slope[2];
    cost = rosenbrock(at, slope, 2);
    for (size_t i = 0; i < 2; ++i) g[i] = (float)slope[i];
    lbfgs()->step(w, slot, g, &(cr_step){&hyper, 2, 2, t, cost, scalars, 0, 0});
  }
  assert_true(cost < 1e-8);
}

/* The cost of the bases never rises, whatever the function. */
static void bases_only_fall(void **state) {
  (void)state;
  double g[MOST], lowest = (double)INFINITY;
  walk k;
  begin(&k, rosenbrock, 2);
  k.w[0] = -1.9;
  k.w[1] = 2.0;
  for (uint64_t t = 1; t <= 60; ++t) {
    go(&k, t);
    const double base = k.f(k.slot[0], g, 2);
    assert_true(base <= lowest);
    lowest = base;
  }
}

/* At the lowest place, and with costs that are rounded, it stays where it is and stays finite. */
static double flat(const double *w, double *g, size_t count) {
  for (size_t i = 0; i < count; ++i) g[i] = 0.0;
  return w[0] * 0.0 + 3.0;
}

static double coarse(const double *w, double *g, size_t count) {
  return (double)(float)(1000.0 + bowl(w, g, count));
}

static void at_the_end_it_stays(void **state) {
  (void)state;
  walk k;
  begin(&k, flat, 3);
  k.w[1] = 0.25;
  go(&k, 100);
  assert_true(k.w[0] == 0.0 && k.w[1] == 0.25 && k.w[2] == 0.0);
  begin(&k, coarse, MOST);
  const double cost = go(&k, 2000);
  assert_true(cost <= 1000.001);
}

/* A gradient that does not belong to the cost: every direction seems to lead up. */
static double misled(const double *w, double *g, size_t count) {
  const double cost = bowl(w, g, count);
  for (size_t i = 0; i < count; ++i) g[i] = -g[i];
  return cost;
}

static void a_wrong_gradient_leads_nowhere(void **state) {
  (void)state;
  double g[MOST];
  walk k;
  begin(&k, misled, MOST);
  const double before = misled(k.w, g, MOST);
  go(&k, 500);
  assert_true(misled(k.slot[0], g, MOST) <= before);
}

/* A rate of 0 moves nothing, and costs that are no number lead back. */
static double cliff(const double *w, double *g, size_t count) {
  const double cost = bowl(w, g, count);
  return w[0] < -0.5 || w[MOST - 1] > 0.9 ? (double)NAN : cost;
}

static void no_number_leads_back(void **state) {
  (void)state;
  double g[MOST];
  walk k;
  begin(&k, cliff, MOST);
  for (uint64_t t = 1; t <= 300; ++t) {
    go(&k, t);
    assert_true(!isnan(cliff(k.slot[0], g, MOST)));
  }
}

/* (eq O10) The decay belongs to the cost: (w - 8)^2/2 + 3 w^2/2 is lowest at 2. */
static double shifted(const double *w, double *g, size_t count) {
  assert_int_equal(count, 1);
  g[0] = w[0] - 8.0;
  return 0.5 * (w[0] - 8.0) * (w[0] - 8.0);
}

static void decay_moves_the_lowest_place(void **state) {
  (void)state;
  walk k;
  begin(&k, shifted, 1);
  k.hyper.weight_decay = 3.0;
  go(&k, 20);
  assert_close(k.w[0], 2.0, 1e-12);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_way_is_that_of_another_program),
      cmocka_unit_test(known_minima_are_reached),
      cmocka_unit_test(known_minima_are_reached_in_float),
      cmocka_unit_test(bases_only_fall),
      cmocka_unit_test(at_the_end_it_stays),
      cmocka_unit_test(a_wrong_gradient_leads_nowhere),
      cmocka_unit_test(no_number_leads_back),
      cmocka_unit_test(decay_moves_the_lowest_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
