#include "net/norm.h"

#include "support.h"

/* (eq U2) 3-4-12 has length 13. */
static void a_long_gradient_is_shortened(void **state) {
  (void)state;
  float g[3] = {3, -4, 12};
  assert_true(cr_square_sum(g, 3) == 169.0);
  cr_clip(g, 3, 13.0);
  assert_true(g[0] == 3.0f && g[1] == -4.0f && g[2] == 12.0f);
  cr_clip(g, 3, 13.5); /* never made longer */
  assert_true(g[0] == 3.0f && g[1] == -4.0f && g[2] == 12.0f);
  cr_clip(g, 3, 6.5);
  assert_true(g[0] == 1.5f && g[1] == -2.0f && g[2] == 6.0f);
}

/* A sum in eight lanes, of a length that is no multiple of eight. */
static void a_long_sum(void **state) {
  (void)state;
  float values[1003];
  double sum = 0.0;
  for (size_t i = 0; i < 1003; ++i) {
    values[i] = (float)uneven(i, 2.0);
    sum += (double)values[i] * (double)values[i];
  }
  assert_close(cr_square_sum(values, 1003), sum, 1003 * 4.0 * 2.3e-16 * sum);
  assert_true(cr_square_sum(values, 0) <= 0.0);
}

/* (eq R5) Columns are units: 3-4 is cut to 2.5, 0.3-0.4 stays, and so do zeros and biases. */
static void long_weights_into_a_unit_are_scaled_back(void **state) {
  (void)state;
  cr_net *net = NULL;
  double room[3];
  const float before[] = {3, 0.3f, 0, 4, 0.4f, 0, 6, 8, 0, 50, 60, 70, 80};
  const float after[] = {1.5f, 0.3f, 0, 2, 0.4f, 0, 1.5f, 2, 0, 50, 60, 70, 80};
  assert_int_equal(cr_net_create("2-3:relu-1:linear", &net), CR_OK);
  assert_int_equal(net->parameter_count, 13);
  memcpy(net->parameters, before, sizeof before);
  cr_max_norm(net, 2.5, room);
  for (size_t i = 0; i < 13; ++i) assert_true(net->parameters[i] == after[i]);
  cr_net_destroy(net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_long_gradient_is_shortened),
      cmocka_unit_test(a_long_sum),
      cmocka_unit_test(long_weights_into_a_unit_are_scaled_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
