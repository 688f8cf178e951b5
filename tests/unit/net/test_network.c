#include "net/network.h"

#include "counting_allocator.h"
#include "support.h"

static cr_net *create(const char *spec) {
  cr_net *net = NULL;
  assert_int_equal(cr_net_create(spec, &net), CR_OK);
  return net;
}

static void parameters_lie_in_one_block(void **state) {
  (void)state;
  cr_net *net = create("2-3:sigmoid-4:relu-1:linear");
  assert_int_equal(cr_net_inputs(net), 2);
  assert_int_equal(cr_net_outputs(net), 1);
  assert_int_equal(cr_net_layer_count(net), 3);
  assert_int_equal(cr_net_parameter_count(net), 6 + 12 + 4 + 3 + 4 + 1);
  assert_string_equal(cr_net_spec(net), "2-3:sigmoid-4:relu-1:linear");
  const size_t weights[3] = {0, 6, 18}, biases[3] = {22, 25, 29};
  const float *block = cr_net_parameters(net);
  assert_int_equal((uintptr_t)block % 64, 0);
  for (size_t l = 0; l < 3; ++l) {
    const cr_layer *layer = cr_net_layer(net, l);
    assert_non_null(layer);
    assert_ptr_equal(layer->weight.data, block + weights[l]);
    assert_ptr_equal(layer->bias.data, block + biases[l]);
    assert_int_equal(layer->weight.rows, layer->inputs);
    assert_int_equal(layer->weight.cols, layer->outputs);
    assert_int_equal(layer->weight.stride, layer->outputs);
    assert_int_equal(layer->bias.cols, layer->outputs);
  }
  assert_null(cr_net_layer(net, 3));
  for (size_t i = 0; i < 30; ++i) assert_true(block[i] == 0.0f);
  cr_net_destroy(net);
  cr_net_destroy(NULL);
}

/* Mean and deviation of the weights of a layer. */
static void moments(const cr_net *net, size_t l, double *mean, double *deviation) {
  const size_t n = net->spec.layers[l].inputs * net->spec.layers[l].outputs;
  const float *w = net->parameters + net->views[l].weight;
  double sum = 0.0, squares = 0.0;
  for (size_t i = 0; i < n; ++i) {
    sum += (double)w[i];
    squares += (double)w[i] * (double)w[i];
  }
  *mean = sum / (double)n;
  *deviation = sqrt(squares / (double)n - *mean * *mean);
}

/* (eq I1 to I6) Of n weights the deviation comes out within 5/sqrt(2 n) of itself, the mean within
 * 5/sqrt(n) deviations of 0: five standard errors. */
static void weights_have_the_deviation_asked_for(void **state) {
  (void)state;
  static const struct {
    const char *initializer;
    double deviation[2];
  } expected[] = {
      {"zero", {0.0, 0.0}},
      {"small", {0.01, 0.01}},
      {"xavier", {0.1, 0.158113883}},
      {"he", {0.141421356, 0.223606798}},
      {"glorot", {0.119522861, 0.169030851}},
      {"lecun", {0.1, 0.158113883}},
      {NULL, {0.141421356, 0.158113883}}, /* he before relu, xavier before softmax */
  };
  cr_net *net = create("100-40:relu-30:softmax");
  for (size_t i = 0; i < sizeof expected / sizeof *expected; ++i) {
    for (size_t k = 0; k < net->parameter_count; ++k) net->parameters[k] = 7.0f;
    assert_int_equal(cr_net_initialize(net, expected[i].initializer, 5), CR_OK);
    for (size_t l = 0; l < 2; ++l) {
      const double n = l == 0 ? 4000.0 : 1200.0, wanted = expected[i].deviation[l];
      double mean, deviation;
      moments(net, l, &mean, &deviation);
      assert_close(mean, 0.0, 5.0 * wanted / sqrt(n));
      assert_close(deviation, wanted, 5.0 * wanted / sqrt(2.0 * n));
    }
    for (size_t k = net->weight_count; k < net->parameter_count; ++k) {
      assert_true(net->parameters[k] == 0.0f);
    }
  }
  cr_net_destroy(net);
}

static void a_seed_gives_its_own_weights(void **state) {
  (void)state;
  cr_net *one = create("5-7:tanh-3:sigmoid"), *two = create("5-7:tanh-3:sigmoid");
  const size_t size = one->parameter_count * sizeof(float);
  assert_int_equal(cr_net_initialize(one, NULL, 11), CR_OK);
  assert_int_equal(cr_net_initialize(two, NULL, 11), CR_OK);
  assert_memory_equal(one->parameters, two->parameters, size);
  assert_int_equal(cr_net_initialize(two, NULL, 12), CR_OK);
  assert_memory_not_equal(one->parameters, two->parameters, size);
  cr_net_destroy(one);
  cr_net_destroy(two);
  /* a layer's weights are its own, too */
  one = create("5-5:tanh-5:tanh");
  assert_int_equal(cr_net_initialize(one, NULL, 11), CR_OK);
  assert_memory_not_equal(one->parameters, one->parameters + 25, 25 * sizeof(float));
  assert_int_equal(cr_net_initialize(one, "xaver", 11), CR_ERR_ARGUMENT);
  cr_net_destroy(one);
}

static void memory_running_out_leaves_nothing(void **state) {
  (void)state;
  size_t n = 1;
  counting_start();
  for (;; ++n) {
    cr_net *net = NULL;
    counting_fail_at(n, false);
    const cr_status status = cr_net_create("3-4:relu-2:softmax", &net);
    if (status == CR_OK) {
      cr_net_destroy(net);
      break;
    }
    assert_int_equal(status, CR_ERR_MEMORY);
    assert_null(net);
    assert_int_equal(atomic_load(&counting.live), 0);
  }
  assert_true(n > 3);
  assert_int_equal(atomic_load(&counting.live), 0);
  counting_stop();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parameters_lie_in_one_block),
      cmocka_unit_test(weights_have_the_deviation_asked_for),
      cmocka_unit_test(a_seed_gives_its_own_weights),
      cmocka_unit_test(memory_running_out_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
