/* One parameter: its name, its gradient from both sides, and kinks between the nudges. */
#include "explain/chain.h"

#include "fixture.h"

/* Central differences with a step of 1e-5: 1e-10 of truncation, 1e-11 of rounding. */
#define DIFFERENCE 1e-8

static void names_are_read_in_each_order(void **state) {
  (void)state;
  fixture f;
  cr_objective objective;
  cr_place place;
  cr_objective_init(&objective);
  fixture_create("4-3:tanh-2:sigmoid", &f);
  cr_trace *t = fixture_trace(&f, &objective);
  assert_int_equal(cr_place_find(t, "W1[4,3]", CR_PLACE_INPUT_UNIT, false, &place), CR_OK);
  assert_true(place.layer == 0 && place.input == 3 && place.unit == 2 && !place.bias);
  assert_int_equal(cr_place_find(t, "W1[3,4]", CR_PLACE_UNIT_INPUT, false, &place), CR_OK);
  assert_true(place.input == 3 && place.unit == 2);
  assert_int_equal(cr_place_find(t, "b2[2]", CR_PLACE_INPUT_UNIT, false, &place), CR_OK);
  assert_true(place.layer == 1 && place.unit == 1 && place.bias);
  assert_int_equal(cr_place_find(t, "W2[4,1]", CR_PLACE_INPUT_UNIT, true, &place), CR_OK);
  assert_true(place.layer == 1 && place.unit == 0 && place.bias);
  static const char *const wrong[] = {"W1[5,1]",
                                      "W1[1,4]",
                                      "W3[1,1]",
                                      "W0[1,1]",
                                      "W1[0,1]",
                                      "b1[4]",
                                      "b1[1,1]",
                                      "W1[1]",
                                      "W1[1,1",
                                      "W1[1,1]x",
                                      "",
                                      "x1[1]",
                                      "W1[1,99999999999999999999999]",
                                      "W1[-1,1]",
                                      "W2[5,1]"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_int_equal(cr_place_find(t, wrong[i], CR_PLACE_INPUT_UNIT, false, &place),
                     CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->message, "W1[1,1] to W1[4,3], W2[1,1] to W2[3,2]"));
  cr_trace_destroy(t);
  cr_net_destroy(f.net);
}

/* (eq D1) every parameter, penalties and all, from both sides */
static void both_sides_agree(void **state) {
  (void)state;
  fixture f;
  cr_objective objective;
  cr_objective_init(&objective);
  objective.l2 = 0.2;
  objective.l1 = 0.1;
  fixture_create("3-4:softplus-2:sigmoid", &f);
  cr_trace *t = fixture_trace(&f, &objective);
  for (size_t u = 0; u < 4; u++) {
    cr_chain c;
    assert_int_equal(cr_chain_create(t, (cr_place){.layer = 0, .input = 2, .unit = u}, &c), CR_OK);
    assert_close(c.nudged, c.gradient, DIFFERENCE);
    assert_close((c.rows[0] + c.rows[1] + c.rows[2]) / 3 + c.penalty, c.gradient, 1e-14);
    assert_close(c.updated, c.value - 0.3 * c.gradient, 1e-15);
    assert_int_equal(c.kinks, 0);
    cr_chain_free(&c);
  }
  cr_trace_destroy(t);
  cr_net_destroy(f.net);
}

static void kinks_are_noticed(void **state) {
  (void)state;
  fixture f;
  cr_objective objective;
  cr_chain c;
  cr_objective_init(&objective);
  fixture_create("1-1:relu-1:linear", &f);
  f.x[0] = f.x[1] = f.x[2] = 1.0f;
  float *p = cr_net_parameters(f.net);
  p[0] = 0.5f, p[1] = 2.0f, p[2] = -0.5f, p[3] = 0.0f; /* z = 0: right on the kink */
  cr_trace *t = fixture_trace(&f, &objective);
  assert_int_equal(cr_chain_create(t, (cr_place){.layer = 0}, &c), CR_OK);
  assert_int_equal(c.kinks, FIXTURE_ROWS);
  cr_chain_free(&c);
  cr_trace_destroy(t);
  cr_net_destroy(f.net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_read_in_each_order),
      cmocka_unit_test(both_sides_agree),
      cmocka_unit_test(kinks_are_noticed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
