#include "train/norms.h"

#include "counting_allocator.h"
#include "support.h"

/* Layer by layer, of the weights alone: the biases, last, are not in them. */
static void test_lengths(void **state) {
  (void)state;
  const float start[7] = {3, 4, 0, 12, 5, 100, 100};
  const float gradient[7] = {1, 2, 2, 4, 3, 100, 100};
  cr_net *net = NULL;
  cr_norms norms;
  assert_int_equal(cr_net_create("4-1:relu-1:linear", &net), CR_OK);
  assert_int_equal(net->parameter_count, 7);
  assert_int_equal(cr_norms_create(net, &norms), CR_OK);
  assert_int_equal(norms.layers, 2);
  assert_false(norms.known);
  memcpy(net->parameters, start, sizeof start);
  cr_norms_before(&norms, net, gradient);
  assert_false(norms.known);
  net->parameters[0] = 0, net->parameters[3] = 8, net->parameters[4] = -2;
  net->parameters[6] = 0;
  cr_norms_after(&norms, net);
  assert_true(norms.known);
  assert_true(norms.gradient[0] == 5 && norms.gradient[1] == 3);
  assert_close(norms.weight[0], sqrt(80), 1e-12);
  assert_true(norms.weight[1] == 2);
  assert_true(norms.update[0] == 5 && norms.update[1] == 7);
  cr_norms_free(&norms);
  cr_net_destroy(net);
}

static void test_without_memory(void **state) {
  (void)state;
  cr_net *net = NULL;
  cr_norms norms;
  assert_int_equal(cr_net_create("4-1:relu-1:linear", &net), CR_OK);
  counting_start();
  counting_fail_at(1, false);
  assert_int_equal(cr_norms_create(net, &norms), CR_ERR_MEMORY);
  cr_norms_free(&norms);
  assert_int_equal(counting.live, 0);
  counting_stop();
  cr_net_destroy(net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lengths),
      cmocka_unit_test(test_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
