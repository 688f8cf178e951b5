#include "ref/reference.h"

#include "counting_allocator.h"
#include "published.h"
#include "support.h"

/* The sums of these networks have at most 50 terms near 1: 1e-12 is a hundred times their error. */
#define TOLERANCE 1e-12

/* Central differences, step 1e-5: 1e-10 of truncation and 1e-11 of rounding for costs near 1. */
#define STEP 1e-5
#define DIFFERENCE_TOLERANCE 1e-8

typedef struct setup {
  cr_net *net;
  cr_reference *reference;
} setup;

static setup create(const char *spec, cr_objective objective, size_t rows) {
  setup s = {NULL, NULL};
  cr_target_function target;
  assert_int_equal(cr_net_create(spec, &s.net), CR_OK);
  assert_int_equal(cr_objective_resolve(s.net, &objective, &target), CR_OK);
  assert_int_equal(cr_reference_create(s.net, &target, rows, &s.reference), CR_OK);
  return s;
}

static void destroy(setup *s) {
  cr_reference_destroy(s->reference);
  cr_net_destroy(s->net);
}

static cr_objective objective_of(const char *loss, const char *reduction, double l1, double l2) {
  return (cr_objective){.struct_size = sizeof(cr_objective),
                        .loss = loss,
                        .reduction = reduction,
                        .l1 = l1,
                        .l2 = l2};
}

static const cr_optimizer *descent(double learning_rate, cr_hyper *hyper) {
  const cr_optimizer *optimizer = NULL;
  assert_int_equal(cr_optimizer_find("gd", &optimizer), CR_OK);
  cr_hyper_init(hyper, optimizer);
  hyper->learning_rate = learning_rate;
  return optimizer;
}

/* (eq U1) The whole way of a step, against numbers that other people published. */
static void published_steps_come_out(void **state) {
  (void)state;
  for (size_t k = 0; k < PUBLISHED_COUNT; ++k) {
    const published_step *p = &published_steps[k];
    cr_hyper hyper;
    setup s = create(p->spec, objective_of(p->loss, "mean", 0, 0), 1);
    assert_int_equal(s.reference->parameter_count, p->parameter_count);
    cr_reference_restart(s.reference, p->before);
    cr_reference_forward(s.reference, p->x);
    cr_reference_backward(s.reference, p->x, p->y);
    assert_close(cr_reference_cost(s.reference, p->y), p->cost_before, TOLERANCE);
    cr_reference_step(s.reference, descent(p->learning_rate, &hyper), &hyper, 1);
    for (size_t i = 0; i < p->parameter_count; ++i) {
      assert_close(s.reference->parameters[i], p->after[i], TOLERANCE);
    }
    cr_reference_forward(s.reference, p->x);
    if (p->cost_after > 0.0) {
      assert_close(cr_reference_cost(s.reference, p->y), p->cost_after, TOLERANCE);
    }
    destroy(&s);
  }
}

/* Mazur's network, biases updated: the cost after 10, 100, 1000 and 10,000 steps. */
static void ten_thousand_steps(void **state) {
  (void)state;
  const published_step *p = &published_steps[0];
  const uint64_t at[4] = {10, 100, 1000, 10000};
  const double costs[4] = {0.1255270380441, 0.00608313106121, 0.000270704587896, 2.447562236e-06};
  const cr_optimizer *gd;
  cr_hyper hyper;
  size_t seen = 0;
  setup s = create(p->spec, objective_of(p->loss, "mean", 0, 0), 1);
  gd = descent(p->learning_rate, &hyper);
  cr_reference_restart(s.reference, p->before);
  for (uint64_t t = 1; t <= 10000; ++t) {
    cr_reference_forward(s.reference, p->x);
    cr_reference_backward(s.reference, p->x, p->y);
    cr_reference_step(s.reference, gd, &hyper, t);
    if (t != at[seen]) continue;
    cr_reference_forward(s.reference, p->x);
    assert_close(cr_reference_cost(s.reference, p->y), costs[seen], 1e-11);
    seen++;
  }
  assert_int_equal(seen, 4);
  destroy(&s);
}

/* CS231n, assignment 2: relu and softmax, three rows, the two printed losses. */
static void course_network_has_the_published_losses(void **state) {
  (void)state;
  double parameters[5 * 50 + 50 * 7 + 57], x[15], y[21] = {0};
  for (size_t i = 0; i < 250; ++i) parameters[i] = -0.7 + (double)i / 249.0;
  for (size_t i = 0; i < 350; ++i) parameters[250 + i] = -0.3 + 0.7 * (double)i / 349.0;
  for (size_t i = 0; i < 50; ++i) parameters[600 + i] = -0.1 + (double)i / 49.0;
  for (size_t i = 0; i < 7; ++i) parameters[650 + i] = -0.9 + (double)i / 6.0;
  for (size_t i = 0; i < 15; ++i) x[i % 3 * 5 + i / 3] = -5.5 + 10.0 * (double)i / 14.0;
  y[0] = y[7 + 5] = y[14 + 1] = 1.0;
  const double losses[2] = {3.4702243555953896, 26.59484269523859};
  for (size_t k = 0; k < 2; ++k) {
    /* their penalty is reg/2, ours l2/(2 n) */
    setup s = create("5-50:relu-7:softmax",
                     objective_of("cross_entropy", "mean", 0, k == 0 ? 0.0 : 3.0), 3);
    cr_reference_restart(s.reference, parameters);
    cr_reference_forward(s.reference, x);
    cr_reference_backward(s.reference, x, y);
    assert_close(s.reference->z[1][0], 11.53165108, 5e-9);
    assert_close(s.reference->z[1][20], 16.2846319, 5e-8);
    assert_close(cr_reference_cost(s.reference, y), losses[k], 26.0 * TOLERANCE);
    assert_close(cr_reference_data_loss(s.reference, y), losses[0], 26.0 * TOLERANCE);
    assert_close(s.reference->gradient[650], -0.324939342001415, TOLERANCE);
    assert_close(s.reference->gradient[656], 0.5010816181973111, TOLERANCE);
    if (k == 0) assert_close(s.reference->gradient[0], -0.029788241086633045, TOLERANCE);
    if (k == 1) assert_close(s.reference->gradient[0], -0.029788241086633045 - 0.7, TOLERANCE);
    destroy(&s);
  }
}

/* Every reduction and penalty, and what is done while learning only. */
static const float row_weights[] = {0.25f, 2.0f, 0.0f};
static const struct {
  const char *spec;
  cr_objective objective;
} nudged[] = {
    {"3-4:sigmoid-2:sigmoid",
     {.struct_size = sizeof(cr_objective),
      .loss = "squared",
      .reduction = "mean",
      .l1 = 0,
      .l2 = 0}},
    {"3-4:tanh-5:relu-2:linear",
     {.struct_size = sizeof(cr_objective),
      .loss = "half_squared",
      .reduction = "sum",
      .l1 = 0.3,
      .l2 = 0}},
    {"3-4:linear-2:sigmoid",
     {.struct_size = sizeof(cr_objective),
      .loss = "binary_cross_entropy",
      .reduction = "mean",
      .l1 = 0,
      .l2 = 0.7}},
    {"3-5:relu-4:softmax",
     {.struct_size = sizeof(cr_objective),
      .loss = "cross_entropy",
      .reduction = "sum",
      .l1 = 0.2,
      .l2 = 0.4}},
    {"3-4:softmax-3:softmax",
     {.struct_size = sizeof(cr_objective),
      .loss = "squared",
      .reduction = "mean",
      .l1 = 0,
      .l2 = 0}},
    {"3-2:relu",
     {.struct_size = sizeof(cr_objective),
      .loss = "half_squared",
      .reduction = "mean",
      .l1 = 0,
      .l2 = 0}},
    /* (eq L7, L8, R3, R4) what is drawn stays as it is while a parameter moves */
    {"3-6:tanh-4:sigmoid-2:softmax",
     {.struct_size = sizeof(cr_objective),
      .loss = "cross_entropy",
      .reduction = "mean",
      .l2 = 0.3,
      .label_smoothing = 0.2,
      .dropout = 0.4,
      .input_dropout = 0.3,
      .input_noise = 0.5,
      .seed = 3,
      .draw = 8,
      .row_weights = row_weights}},
    {"3-6:softmax-1:sigmoid",
     {.struct_size = sizeof(cr_objective),
      .loss = "binary_cross_entropy",
      .reduction = "sum",
      .label_smoothing = 0.1,
      .dropout = 0.5,
      .row_weights = row_weights}},
};

/* Each parameter moved a little to both sides gives the same, and leaves it where it was. */
static void agrees_with_differences(const char *spec, cr_objective objective) {
  enum { ROWS = 3 };
  double x[ROWS * 3], y[ROWS * 4], out[64], parameters[64];
  setup s = create(spec, objective, ROWS);
  const size_t count = s.reference->parameter_count;
  assert_true(count <= 64);
  for (size_t i = 0; i < ROWS * 3; ++i) x[i] = uneven(i, 1.5);
  for (size_t i = 0; i < ROWS * 4; ++i) y[i] = 0.5 + uneven(i + 9, 0.4);
  for (size_t i = 0; i < count; ++i) parameters[i] = uneven(i + 31, 1.1);
  cr_reference_restart(s.reference, parameters);
  cr_reference_forward(s.reference, x);
  cr_reference_backward(s.reference, x, y);
  cr_reference_nudge(s.reference, x, y, STEP, out);
  for (size_t i = 0; i < count; ++i) {
    assert_close(s.reference->gradient[i], out[i], DIFFERENCE_TOLERANCE);
    assert_true(s.reference->parameters[i] == parameters[i]);
  }
  destroy(&s);
}

/* (eq D1) */
static void gradient_agrees_with_differences(void **state) {
  (void)state;
  for (size_t k = 0; k < sizeof nudged / sizeof *nudged; ++k) {
    agrees_with_differences(nudged[k].spec, nudged[k].objective);
  }
}

/* (eq D1) by the registries; none of these networks is within a step of a kink. */
static void every_activation_and_loss_agrees_with_differences(void **state) {
  (void)state;
  const cr_activation *hidden;
  const cr_loss *loss;
  for (size_t k = 0; (hidden = cr_activation_at(k)); ++k) {
    for (size_t i = 0; (loss = cr_loss_at(i)) && hidden->backward; ++i) {
      const bool any = cr_loss_fits(loss, hidden->part.name);
      char spec[128];
      snprintf(spec, sizeof spec, "3-5:%s-4:%s", hidden->part.name,
               any ? hidden->part.name : loss->outputs);
      agrees_with_differences(spec, objective_of(loss->part.name, "mean", 0.1, 0.2));
    }
  }
}

/* Logits of 1000: the cost is 1000, no infinity on the way, dz is a - y. */
static void saturated_outputs_are_exact(void **state) {
  (void)state;
  const char *const cases[2][2] = {{"1-2:sigmoid", "binary_cross_entropy"},
                                   {"1-2:softmax", "cross_entropy"}};
  const double parameters[4] = {1000, -1000, 0, 0}, x[1] = {1}, y[2] = {0, 1};
  for (size_t k = 0; k < 2; ++k) {
    setup s = create(cases[k][0], objective_of(cases[k][1], "mean", 0, 0), 1);
    cr_reference_restart(s.reference, parameters);
    cr_reference_forward(s.reference, x);
    cr_reference_backward(s.reference, x, y);
    assert_true(cr_reference_cost(s.reference, y) == 2000.0);
    assert_true(s.reference->dz[0][0] == 1.0 && s.reference->dz[0][1] == -1.0);
    assert_true(isfinite(s.reference->da[0][0]) && isfinite(s.reference->da[0][1]));
    destroy(&s);
  }
}

static void starting_over_forgets_the_optimizer(void **state) {
  (void)state;
  const double before[2] = {0.5, -0.25}, x[1] = {1.5}, y[1] = {2.0};
  const cr_optimizer *adam = NULL;
  double first[2] = {0};
  cr_hyper hyper;
  setup s = create("1-1:linear", objective_of("squared", "mean", 0, 0), 1);
  assert_int_equal(cr_optimizer_find("adam", &adam), CR_OK);
  cr_hyper_init(&hyper, adam);
  assert_int_equal(cr_reference_prepare(s.reference, adam), CR_OK);
  for (size_t round = 0; round < 2; ++round) {
    cr_reference_restart(s.reference, before);
    for (uint64_t t = 1; t <= 5; ++t) {
      cr_reference_forward(s.reference, x);
      cr_reference_backward(s.reference, x, y);
      cr_reference_step(s.reference, adam, &hyper, t);
    }
    if (round == 0) memcpy(first, s.reference->parameters, sizeof first);
  }
  assert_memory_equal(first, s.reference->parameters, sizeof first);
  destroy(&s);
}

static void memory_running_out_leaves_nothing(void **state) {
  (void)state;
  cr_net *net = NULL;
  cr_target_function target;
  const cr_objective objective = objective_of("squared", "mean", 0, 0);
  assert_int_equal(cr_net_create("2-1:linear", &net), CR_OK);
  assert_int_equal(cr_objective_resolve(net, &objective, &target), CR_OK);
  counting_start();
  for (size_t n = 1; n <= 2; ++n) {
    cr_reference *reference = NULL;
    counting_fail_at(n, false);
    assert_int_equal(cr_reference_create(net, &target, 4, &reference), CR_ERR_MEMORY);
    assert_null(reference);
    assert_int_equal(atomic_load(&counting.live), 0);
  }
  counting_stop();
  cr_net_destroy(net);
}

/* One changed parameter of any layer: the pass that computes what can differ ends the same. */
static void forward_from_is_forward(void **state) {
  (void)state;
  const double x[2 * 3] = {0.3, -0.7, 1.1, -0.2, 0.5, 0.9};
  setup s = create("3-4:tanh-3:relu-2:softmax", objective_of("cross_entropy", "mean", 0, 0), 2);
  cr_reference *r = s.reference;
  for (size_t i = 0; i < r->parameter_count; ++i) r->parameters[i] = sin((double)(3 * i + 1));
  cr_reference_forward(r, x);
  for (size_t i = 0; i < r->parameter_count; ++i) {
    double z[3][8];
    size_t layer = 0;
    while (i < r->weight_count ? layer < 2 && i >= r->views[layer + 1].weight
                               : layer < 2 && i >= r->views[layer + 1].bias) {
      layer++;
    }
    const size_t out = r->spec->layers[layer].outputs;
    const size_t output =
        i < r->weight_count ? (i - r->views[layer].weight) % out : i - r->views[layer].bias;
    r->parameters[i] += 0.125;
    cr_reference_forward_from(r, x, layer, output);
    for (size_t l = 0; l < 3; ++l) {
      memcpy(z[l], r->z[l], 2 * r->spec->layers[l].outputs * sizeof(double));
    }
    cr_reference_forward(r, x);
    for (size_t l = 0; l < 3; ++l) {
      assert_memory_equal(z[l], r->z[l], 2 * r->spec->layers[l].outputs * sizeof(double));
    }
  }
  destroy(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_steps_come_out),
      cmocka_unit_test(ten_thousand_steps),
      cmocka_unit_test(course_network_has_the_published_losses),
      cmocka_unit_test(gradient_agrees_with_differences),
      cmocka_unit_test(every_activation_and_loss_agrees_with_differences),
      cmocka_unit_test(forward_from_is_forward),
      cmocka_unit_test(saturated_outputs_are_exact),
      cmocka_unit_test(starting_over_forgets_the_optimizer),
      cmocka_unit_test(memory_running_out_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
