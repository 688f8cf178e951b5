/*
 * Runs that others published, longer than the single steps of tests/vectors/published-*.json; and
 * what they printed wrong, which must not come out. Networks 2-2-k, sigmoid, half_squared.
 */
#include "ref/reference.h"
#include "support.h"

/* Single steps: the sums have two terms. Ten thousand steps add up what a step rounds. */
#define TOLERANCE 1e-12
#define RUN_TOLERANCE 1e-11

/* Published to this many digits, of numbers below 1. */
#define NINE_DIGITS 5e-10

/* Parameters are in the order of cr_net_parameters: W1, W2 (inputs, outputs), then b1, b2. */
enum { MAZUR_WEIGHTS = 8, MAZUR_COUNT = 12 };
static const double mazur[MAZUR_COUNT] = {0.15, 0.25, 0.20, 0.30, 0.40, 0.50,
                                          0.45, 0.55, 0.35, 0.35, 0.60, 0.60};
static const double mazur_x[2] = {0.05, 0.10}, mazur_y[2] = {0.01, 0.99};

typedef struct setup {
  cr_net *net;
  cr_reference *reference;
  const cr_optimizer *descent;
  cr_hyper hyper;
} setup;

static setup create(const char *spec, const char *loss, size_t rows, const double *parameters,
                    double learning_rate) {
  setup s;
  cr_target_function target;
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = loss;
  assert_int_equal(cr_net_create(spec, &s.net), CR_OK);
  assert_int_equal(cr_objective_resolve(s.net, &objective, &target), CR_OK);
  assert_int_equal(cr_reference_create(s.net, &target, rows, &s.reference), CR_OK);
  cr_reference_restart(s.reference, parameters);
  assert_int_equal(cr_optimizer_find("gd", &s.descent), CR_OK);
  cr_hyper_init(&s.hyper, s.descent);
  s.hyper.learning_rate = learning_rate;
  return s;
}

static void destroy(setup *s) {
  cr_reference_destroy(s->reference);
  cr_net_destroy(s->net);
}

static double cost(setup *s, const double *x, const double *y) {
  cr_reference_forward(s->reference, x);
  return cr_reference_cost(s->reference, y);
}

static void step(setup *s, const double *x, const double *y, uint64_t t) {
  cr_reference_forward(s->reference, x);
  cr_reference_backward(s->reference, x, y);
  cr_reference_step(s->reference, s->descent, &s->hyper, t);
}

static double sigmoid(double z) {
  return 1.0 / (1.0 + exp(-z));
}

/*
 * One sample through 2-2-k, one step, written apart from the library. `spoiled`: the output weights
 * are updated first and the hidden layer is then reached through the new ones. Returns the cost
 * before the step. Without biases to update, as both sources have it. w: W1 (2,2), W2 (2,k).
 */
static double by_hand(double *w, const double *b, size_t k, const double *x, const double *y,
                      double rate, bool spoiled, double *outputs) {
  double a1[2], d2[2], d1[2], old[4], sum = 0.0;
  memcpy(old, w + 4, 2 * k * sizeof *old);
  for (size_t j = 0; j < 2; ++j) a1[j] = sigmoid(x[0] * w[j] + x[1] * w[2 + j] + b[j]);
  for (size_t o = 0; o < k; ++o) {
    const double a = sigmoid(a1[0] * old[o] + a1[1] * old[k + o] + b[2 + o]);
    sum += 0.5 * (a - y[o]) * (a - y[o]);
    d2[o] = (a - y[o]) * a * (1.0 - a);
    if (outputs) outputs[o] = a;
  }
  for (size_t j = 0; j < 2; ++j)
    for (size_t o = 0; o < k; ++o) w[4 + j * k + o] -= rate * d2[o] * a1[j];
  for (size_t j = 0; j < 2; ++j) {
    d1[j] = 0.0;
    for (size_t o = 0; o < k; ++o) d1[j] += d2[o] * (spoiled ? w[4 + j * k + o] : old[j * k + o]);
    d1[j] *= a1[j] * (1.0 - a1[j]);
    w[j] -= rate * d1[j] * x[0];
    w[2 + j] -= rate * d1[j] * x[1];
  }
  return sum;
}

/* Mazur keeps the biases: the total after 1, 10, … 10,000 steps, and the outputs at the end. */
static void mazur_learns_as_recomputed(void **state) {
  (void)state;
  const uint64_t at[5] = {1, 10, 100, 1000, 10000};
  const double totals[5] = {0.2910277736936, 0.2209185920539, 0.0200468282494, 0.00111434945373,
                            3.510187782979e-05};
  setup s = create("2-2:sigmoid-2:sigmoid", "half_squared", 1, mazur, 0.5);
  size_t seen = 0;
  for (uint64_t t = 1; t <= 10000; ++t) {
    step(&s, mazur_x, mazur_y, t);
    memcpy(s.reference->parameters + MAZUR_WEIGHTS, mazur + MAZUR_WEIGHTS, 4 * sizeof *mazur);
    if (t == at[seen]) assert_close(cost(&s, mazur_x, mazur_y), totals[seen++], RUN_TOLERANCE);
  }
  assert_int_equal(seen, 5);
  assert_close(s.reference->a[1][0], 0.0159136204, 1e-10);
  assert_close(s.reference->a[1][1], 0.9840642735, 1e-10);
  destroy(&s);
}

/*
 * The totals and outputs that are printed for after a step come from a network whose hidden layer
 * was reached through output weights that had already moved. That mistake gives them digit by
 * digit; the right order does not (eq B5).
 */
static void mazur_printed_the_mistake(void **state) {
  (void)state;
  double w[2][8], outputs[2][2], first[2] = {0, 0}, last[2] = {0, 0};
  for (size_t spoiled = 0; spoiled < 2; ++spoiled) {
    memcpy(w[spoiled], mazur, sizeof w[spoiled]);
    for (size_t t = 0; t <= 10000; ++t) {
      last[spoiled] = by_hand(w[spoiled], mazur + MAZUR_WEIGHTS, 2, mazur_x, mazur_y, 0.5,
                              spoiled == 1, outputs[spoiled]);
      if (t == 1) first[spoiled] = last[spoiled];
    }
  }
  assert_close(first[1], 0.291027924, NINE_DIGITS);
  assert_close(last[1], 0.000035085, 5e-10);
  assert_close(outputs[1][0], 0.015912196, NINE_DIGITS);
  assert_close(outputs[1][1], 0.984065734, NINE_DIGITS);
  assert_close(first[0], 0.2910277736936, TOLERANCE);
  assert_true(fabs(first[0] - 0.291027924) > 100 * NINE_DIGITS);
  assert_true(fabs(outputs[0][0] - 0.015912196) > 100 * NINE_DIGITS);
}

/* RGU's notes, without biases: their hidden errors and first weights have the same mistake. */
static void rgu_printed_the_mistake(void **state) {
  (void)state;
  const double before[9] = {0.1, 0.4, 0.8, 0.6, 0.3, 0.9, 0, 0, 0}, x[2] = {0.35, 0.9},
               y[1] = {0.5};
  const double printed[4] = {0.09916, 0.3972, 0.7978, 0.5928}; /* rounded from rounded numbers */
  double spoiled[6];
  memcpy(spoiled, before, sizeof spoiled);
  by_hand(spoiled, before + 6, 1, x, y, 1.0, true, NULL);
  assert_close(spoiled[0], 0.09915663266507302, TOLERANCE);
  assert_close(spoiled[3], 0.5928661672359241, TOLERANCE);
  setup s = create("2-2:sigmoid-1:sigmoid", "half_squared", 1, before, 1.0);
  step(&s, x, y, 1);
  for (size_t i = 0; i < 4; ++i) {
    assert_close(spoiled[i], printed[i], 7e-5);
    assert_true(fabs(s.reference->parameters[i] - spoiled[i]) > 8e-5);
  }
  assert_close(s.reference->parameters[0], 0.09907092883919034, TOLERANCE);
  assert_close(s.reference->parameters[3], 0.592645519442283, TOLERANCE);
  memset(s.reference->parameters + 6, 0, 3 * sizeof(double));
  cost(&s, x, y);
  assert_close(s.reference->a[1][0], 0.6820185832642942, TOLERANCE);
  destroy(&s);
}

/* Negnevitsky's weights after training, as printed: the rows of XOR and their sum of squares. */
static void negnevitsky_has_learnt_xor(void **state) {
  (void)state;
  const double trained[9] = {4.7621, 6.3917,  4.7618,  6.3917, -10.3788,
                             9.7691, -7.3061, -2.8441, -4.5589};
  const double x[8] = {1, 1, 0, 1, 1, 0, 0, 0}, y[4] = {0, 1, 1, 0};
  const double found[4] = {0.015515890994855189, 0.9849483325198776, 0.9849452155823636,
                           0.017486421370632527};
  const double printed[4] = {0.0155, 0.9849, 0.9849, 0.0175};
  setup s = create("2-2:sigmoid-1:sigmoid", "squared", 4, trained, 0.1);
  assert_close(4.0 * cost(&s, x, y), 0.0009997170335092256, TOLERANCE);
  for (size_t i = 0; i < 4; ++i) {
    assert_close(s.reference->a[1][i], found[i], TOLERANCE);
    assert_close(s.reference->a[1][i], printed[i], 5.1e-5);
  }
  destroy(&s);
}

/*
 * Nielsen, chapter 3: one neuron, x = 1, wanted 0, rate 0.15, 300 epochs. Where it starts at
 * a = 0.98 the squared error learns slowly, since a (1 - a) is small; the cross-entropy does not.
 */
static void a_saturated_neuron_learns_slowly(void **state) {
  (void)state;
  static const struct {
    const char *loss;
    double w, b, before, after;
  } runs[4] = {
      {"half_squared", 0.6, 0.9, 0.8175744761936437, 0.0939556948636473},
      {"half_squared", 2.0, 2.0, 0.9820137900379085, 0.2028484242677665},
      {"binary_cross_entropy", 0.6, 0.9, 0.8175744761936437, 0.0116382089689},
      {"binary_cross_entropy", 2.0, 2.0, 0.9820137900379085, 0.0120087415108},
  };
  const double x[1] = {1}, y[1] = {0};
  for (size_t k = 0; k < 4; ++k) {
    const double before[2] = {runs[k].w, runs[k].b};
    setup s = create("1-1:sigmoid", runs[k].loss, 1, before, 0.15);
    cost(&s, x, y);
    assert_close(s.reference->a[0][0], runs[k].before, TOLERANCE);
    for (uint64_t t = 1; t <= 300; ++t) step(&s, x, y, t);
    cost(&s, x, y);
    assert_close(s.reference->a[0][0], runs[k].after, 1e-12);
    destroy(&s);
  }
}

/* CS231n: softmax and cross-entropy together turn p into p minus one at the right class. */
static void softmax_gives_p_minus_one_hot(void **state) {
  (void)state;
  const double before[6] = {log(0.2), log(0.3), log(0.5), 0, 0, 0}, x[1] = {1}, y[3] = {0, 1, 0};
  setup s = create("1-3:softmax", "cross_entropy", 1, before, 0.1);
  cr_reference_forward(s.reference, x);
  cr_reference_backward(s.reference, x, y);
  assert_close(s.reference->dz[0][0], 0.2, TOLERANCE);
  assert_close(s.reference->dz[0][1], -0.7, TOLERANCE);
  assert_close(s.reference->dz[0][2], 0.5, TOLERANCE);
  destroy(&s);
}

static double spaced(double first, double last, size_t count, size_t i) {
  return first + (last - first) * (double)i / (double)(count - 1);
}

/* CS231n, assignment 2: an affine layer of 120 inputs, printed to eight decimals. */
static void affine_layer_has_the_published_values(void **state) {
  (void)state;
  const double printed[6] = {1.49834967, 1.70660132, 1.91485297, 3.25553199, 3.5141327, 3.77273342};
  double parameters[363], x[240];
  for (size_t i = 0; i < 360; ++i) parameters[i] = spaced(-0.2, 0.3, 360, i);
  for (size_t i = 0; i < 3; ++i) parameters[360 + i] = spaced(-0.3, 0.1, 3, i);
  for (size_t i = 0; i < 240; ++i) x[i] = spaced(-0.1, 0.5, 240, i);
  setup s = create("120-3:linear", "squared", 2, parameters, 0.1);
  cr_reference_forward(s.reference, x);
  for (size_t i = 0; i < 6; ++i) assert_close(s.reference->z[0][i], printed[i], 5e-9);
  destroy(&s);
}

/* Keras' test of the mean squared error: over six entries, 49.5. */
static void squares_have_the_published_mean(void **state) {
  (void)state;
  const double y[6] = {1, 9, 2, -5, -2, 6}, a[6] = {4, 8, 12, 8, 1, 3};
  const cr_loss *squared;
  assert_int_equal(cr_loss_find("squared", &squared), CR_OK);
  assert_close(squared->value_ref(a, y, 2, 3) / 6.0, 49.5, TOLERANCE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mazur_learns_as_recomputed),
      cmocka_unit_test(mazur_printed_the_mistake),
      cmocka_unit_test(rgu_printed_the_mistake),
      cmocka_unit_test(negnevitsky_has_learnt_xor),
      cmocka_unit_test(a_saturated_neuron_learns_slowly),
      cmocka_unit_test(softmax_gives_p_minus_one_hot),
      cmocka_unit_test(affine_layer_has_the_published_values),
      cmocka_unit_test(squares_have_the_published_mean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
