#include "setup.h"

static float *bias_of(const setup *s, size_t layer) {
  return cr_net_layer(s->net, layer)->bias.data;
}

static float *weight_of(const setup *s, size_t layer) {
  return cr_net_layer(s->net, layer)->weight.data;
}

/* |x| is below 1 and |w| below 4, so that a bias of 10 decides on which side a unit is. */
static void units_that_never_fire_are_dead(void **state) {
  (void)state;
  setup s;
  setup_network("2-4:relu-1:linear", NULL, &s);
  for (size_t i = 0; i < 4; ++i) bias_of(&s, 0)[i] = 10.0f;
  setup_subject(&s, 40);
  assert_string_equal(setup_run(&s, cr_sanity_dead_units, "ok").found,
                      "0 of 4 hidden units, on 40 rows");
  setup_free(&s);

  setup_network("2-4:relu-1:linear", NULL, &s);
  for (size_t i = 0; i < 4; ++i) bias_of(&s, 0)[i] = i == 2 ? -10.0f : 10.0f;
  setup_subject(&s, 40);
  assert_string_equal(setup_run(&s, cr_sanity_dead_units, "warn").found,
                      "1 of 4 hidden units, on 40 rows");
  setup_free(&s);

  setup_network("2-4:tanh-3:relu-1:linear", NULL, &s);
  for (size_t i = 0; i < 3; ++i) bias_of(&s, 1)[i] = -20.0f;
  setup_subject(&s, 40);
  assert_non_null(strstr(setup_run(&s, cr_sanity_dead_units, "warn").advice, "layer 2"));
  setup_free(&s);
}

static void a_unit_with_a_slope_below_0_is_not_dead(void **state) {
  (void)state;
  setup s;
  setup_network("2-4:leaky_relu-1:linear", NULL, &s);
  for (size_t i = 0; i < 4; ++i) bias_of(&s, 0)[i] = -10.0f;
  setup_subject(&s, 40);
  setup_run(&s, cr_sanity_dead_units, "ok");
  setup_free(&s);
}

/*
 * sigmoid(10) is 0.99995 and tanh(-10) -1, both at an end; of 4 units 2 are there. sigmoid(3.6) and
 * tanh(1.8) are 2.7 % of the range away from it.
 */
static void values_at_an_end_are_saturated(void **state) {
  (void)state;
  const char *const specs[] = {"2-4:sigmoid-1:linear", "2-4:tanh-1:linear"};
  for (size_t k = 0; k < 2; ++k) {
    setup s;
    setup_network(specs[k], "small", &s);
    bias_of(&s, 0)[0] = k == 0 ? 3.6f : 1.8f;
    setup_subject(&s, 40);
    assert_non_null(strstr(setup_run(&s, cr_sanity_saturation, "ok").found, "0.0 % of"));
    setup_free(&s);
    setup_network(specs[k], "small", &s);
    bias_of(&s, 0)[0] = 10.0f;
    setup_subject(&s, 40);
    assert_non_null(strstr(setup_run(&s, cr_sanity_saturation, "ok").found, "25.0 %"));
    setup_free(&s);
    setup_network(specs[k], "small", &s);
    bias_of(&s, 0)[0] = 10.0f;
    bias_of(&s, 0)[3] = -10.0f;
    setup_subject(&s, 40);
    assert_non_null(strstr(setup_run(&s, cr_sanity_saturation, "warn").found, "50.0 %"));
    setup_free(&s);
  }
}

static void what_has_no_ends_is_skipped(void **state) {
  (void)state;
  const char *const specs[] = {"2-4:relu-1:linear", "2-4:elu-1:linear", "2-1:linear"};
  for (size_t k = 0; k < 3; ++k) {
    setup s;
    setup_network(specs[k], NULL, &s);
    setup_subject(&s, 40);
    setup_run(&s, cr_sanity_saturation, "skipped");
    setup_free(&s);
  }
}

/* Behind weights of 1e-5 the gradient of what lies below is 1e-5 of that above. */
static void gradients_that_vanish_or_explode_are_seen(void **state) {
  (void)state;
  const struct {
    float last;
    const char *verdict, *word;
  } cases[] = {{1.0f, "ok", ""}, {1e-5f, "warn", "vanishes"}, {1e5f, "warn", "explodes"}};
  for (size_t k = 0; k < 3; ++k) {
    setup s;
    setup_network("2-4:tanh-1:linear", NULL, &s);
    for (size_t i = 0; i < 4; ++i) weight_of(&s, 1)[i] = cases[k].last * (float)uneven(i, 1.0);
    setup_subject(&s, 40);
    const cr_finding finding = setup_run(&s, cr_sanity_gradient_norms, cases[k].verdict);
    assert_non_null(strstr(finding.advice, cases[k].word));
    setup_free(&s);
  }
}

static void one_layer_has_nothing_to_compare(void **state) {
  (void)state;
  setup s;
  setup_network("2-1:linear", NULL, &s);
  setup_subject(&s, 40);
  setup_run(&s, cr_sanity_gradient_norms, "skipped");
  setup_run(&s, cr_sanity_dead_units, "skipped");
  setup_free(&s);
}

static void steps_are_compared_with_the_weights(void **state) {
  (void)state;
  const struct {
    double rate;
    const char *verdict, *word;
  } cases[] = {{0.01, "ok", ""}, {1e-9, "warn", "larger"}, {5.0, "warn", "smaller"}};
  for (size_t k = 0; k < 3; ++k) {
    setup s;
    setup_network("2-8:tanh-1:linear", NULL, &s);
    setup_subject(&s, 40);
    s.subject.options.learning_rate = cases[k].rate;
    const cr_finding finding = setup_run(&s, cr_sanity_update_ratio, cases[k].verdict);
    assert_non_null(strstr(finding.advice, cases[k].word));
    setup_free(&s);
  }
}

/* Descent with an absurd rate ends in no number; that is a word, and no error. */
static void steps_that_diverge_are_told(void **state) {
  (void)state;
  setup s;
  setup_network("2-8:relu-8:relu-1:linear", NULL, &s);
  setup_subject(&s, 60);
  s.subject.options.optimizer = "gd";
  s.subject.options.learning_rate = 1e30;
  s.subject.options.batch = 4;
  assert_non_null(strstr(setup_run(&s, cr_sanity_update_ratio, "warn").found, "diverged"));
  setup_free(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(units_that_never_fire_are_dead),
      cmocka_unit_test(a_unit_with_a_slope_below_0_is_not_dead),
      cmocka_unit_test(values_at_an_end_are_saturated),
      cmocka_unit_test(what_has_no_ends_is_skipped),
      cmocka_unit_test(gradients_that_vanish_or_explode_are_seen),
      cmocka_unit_test(one_layer_has_nothing_to_compare),
      cmocka_unit_test(steps_are_compared_with_the_weights),
      cmocka_unit_test(steps_that_diverge_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
