/* Names, order and bytes of tensors; conversion of floats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/tensors.h"

/* What the Python package's save_file does with the same names: layers.10 before layers.2. */
static void test_order_is_by_name(void **state) {
  (void)state;
  cr_spec spec;
  cr_tensors tensors;
  const char *network =
      "2-1:relu-1:relu-1:relu-1:relu-1:relu-1:relu-1:relu-1:relu-1:relu-1:relu-3:tanh";
  assert_int_equal(cr_spec_parse(network, &spec), CR_OK);
  assert_int_equal(cr_tensors_create(&spec, &tensors), CR_OK);
  assert_int_equal(tensors.count, 22);
  static const struct {
    size_t index;
    const char *name;
    size_t begin, end;
  } expected[] = {
      {0, "layers.0.bias", 0, 4},    {1, "layers.0.weight", 4, 12},
      {2, "layers.1.bias", 12, 16},  {3, "layers.1.weight", 16, 20},
      {4, "layers.10.bias", 20, 32}, {5, "layers.10.weight", 32, 44},
      {6, "layers.2.bias", 44, 48},  {21, "layers.9.weight", 104, 108},
  };
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    const cr_tensor *tensor = &tensors.items[expected[i].index];
    assert_string_equal(tensor->name, expected[i].name);
    assert_int_equal(tensor->begin, expected[i].begin);
    assert_int_equal(tensor->end, expected[i].end);
  }
  assert_int_equal(tensors.bytes, 108);
  cr_tensors_free(&tensors);
  cr_spec_free(&spec);
}

static void test_values_are_those_of_the_layer(void **state) {
  (void)state;
  cr_net *net = NULL;
  cr_tensors tensors;
  assert_int_equal(cr_net_create("3-5:relu-2:softmax", &net), CR_OK);
  assert_int_equal(cr_tensors_create(&net->spec, &tensors), CR_OK);
  for (size_t i = 0; i < tensors.count; i++) {
    const cr_tensor *tensor = &tensors.items[i];
    const cr_layer *layer = cr_net_layer(net, tensor->layer);
    assert_non_null(layer);
    const cr_matrix *view = tensor->is_weight ? &layer->weight : &layer->bias;
    assert_ptr_equal(cr_tensor_values(net, tensor), view->data);
    assert_int_equal(tensor->rows, view->rows);
    assert_int_equal(tensor->cols, view->cols);
  }
  cr_tensors_free(&tensors);
  cr_net_destroy(net);
}

static void test_floats_are_little_endian(void **state) {
  (void)state;
  static const float values[] = {1.0f, -0.0f, 3.1415927f, 1e-45f};
  static const uint8_t bytes[] = {0,    0,    0x80, 0x3f, 0, 0, 0, 0x80,
                                  0xdb, 0x0f, 0x49, 0x40, 1, 0, 0, 0};
  uint8_t out[16];
  float back[4];
  cr_floats_to_bytes(out, values, 4);
  assert_memory_equal(out, bytes, sizeof bytes);
  cr_bytes_to_values(back, bytes, 4);
  assert_memory_equal(back, values, sizeof values);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order_is_by_name),
      cmocka_unit_test(test_values_are_those_of_the_layer),
      cmocka_unit_test(test_floats_are_little_endian),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
