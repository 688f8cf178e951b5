/* The numbers behind an explanation: shares of the loss, slopes, sums over samples, the step. */
#include "explain/trace.h"

#include "fixture.h"

/* Sums of some 10 doubles near 1. */
#define TOLERANCE 1e-13

static cr_objective objective_of(const char *loss) {
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = loss;
  return objective;
}

/* (eq B3) the samples' products add up to the gradient; (eq U1) and the step goes against it */
static void sums_over_samples_add_up(void **state) {
  (void)state;
  fixture f;
  const cr_objective objective = objective_of("half_squared");
  fixture_create("4-3:tanh-2:sigmoid", &f);
  cr_trace *t = fixture_trace(&f, &objective);
  for (size_t i = 0; i < 12; i++) {
    const double sum = t->terms[0][i] + t->terms[0][12 + i] + t->terms[0][24 + i];
    assert_close(sum, t->at->gradient[i], TOLERANCE);
    assert_close(t->data[i], t->at->gradient[i], TOLERANCE);
    assert_close(t->after[i], t->at->parameters[i] - 0.3 * t->at->gradient[i], 0);
  }
  assert_close(t->cost, (t->row_loss[0] + t->row_loss[1] + t->row_loss[2]) / 3, TOLERANCE);
  assert_true(t->cost_after < t->cost);
  cr_trace_destroy(t);
  cr_net_destroy(f.net);
}

static void shares_are_given_where_they_add_up(void **state) {
  (void)state;
  static const struct {
    const char *spec, *loss;
    bool has_shares;
  } cases[] = {
      {"2-3:tanh-2:sigmoid", "half_squared", true},
      {"2-3:tanh-3:softmax", "cross_entropy", true},
      {"2-3:tanh-3:linear", "hinge", false}, /* an output's share is not its own */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fixture f;
    const cr_objective objective = objective_of(cases[i].loss);
    fixture_create(cases[i].spec, &f);
    cr_trace *t = fixture_trace(&f, &objective);
    assert_int_equal(t->has_shares, cases[i].has_shares);
    cr_trace_destroy(t);
    cr_net_destroy(f.net);
  }
}

/* Found by asking the derivative, not by name. */
static void outputs_that_mix_are_found(void **state) {
  (void)state;
  static const struct {
    const char *spec;
    bool mixes;
  } cases[] = {{"2-3:softmax-1:linear", true},
               {"2-3:relu-1:linear", false},
               {"2-3:sigmoid-1:linear", false},
               {"2-1:softmax-1:linear", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fixture f;
    const cr_objective objective = objective_of("half_squared");
    fixture_create(cases[i].spec, &f);
    cr_trace *t = fixture_trace(&f, &objective);
    assert_int_equal(t->mixes[0], cases[i].mixes);
    cr_trace_destroy(t);
    cr_net_destroy(f.net);
  }
}

static void a_jacobian_has_every_derivative(void **state) {
  (void)state;
  fixture f;
  double jacobian[3 * 5];
  const cr_objective objective = objective_of("half_squared");
  fixture_create("2-3:softmax-1:linear", &f);
  cr_trace *t = fixture_trace(&f, &objective);
  cr_trace_jacobian(t, 0, 1, jacobian);
  const double *a = t->at->a[0] + 3;
  for (size_t j = 0; j < 3; j++) {
    for (size_t i = 0; i < 3; i++)
      assert_close(jacobian[j * 3 + i], a[i] * ((i == j ? 1.0 : 0.0) - a[j]), TOLERANCE);
  }
  cr_trace_destroy(t);
  cr_net_destroy(f.net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_over_samples_add_up),
      cmocka_unit_test(shares_are_given_where_they_add_up),
      cmocka_unit_test(outputs_that_mix_are_found),
      cmocka_unit_test(a_jacobian_has_every_derivative),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
