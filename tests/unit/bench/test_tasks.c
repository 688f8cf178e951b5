#include "bench/job.h"
#include "support.h"

static void test_names_differ(void **state) {
  (void)state;
  const cr_task *task;
  size_t count = 0;
  for (; (task = cr_task_at(count)) != NULL; count++) {
    assert_non_null(task->create);
    assert_non_null(strchr(task->name, ' '));
    for (size_t i = 0; i < count; i++) assert_string_not_equal(task->name, cr_task_at(i)->name);
  }
  assert_true(count > 0);
  assert_null(cr_task_at(SIZE_MAX));
}

/* What users ask for by name stays. */
static void test_names_stay(void **state) {
  (void)state;
  static const char *const names[] = {
      "product 512x512x512",
      "product 128x800x784",
      "product 128x800x784 dw",
      "product 128x800x784 da",
      "product 64x64x784",
      "product 64x64x784 dw",
      "product 64x64x784 da",
      "product 64x10x64",
      "product 32x10x784",
      "train 784-64-10 batch 64 sgd",
      "train 784-800-10 batch 128 adam",
      "train 784-2500-2000-1500-1000-500-10 batch 256 sgd",
      "train xor 2-3-1 10000 epochs",
      "predict 784-64-10 1 row",
      "predict 784-64-10 10000 rows",
  };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    assert_string_equal(cr_task_at(i)->name, names[i]);
  assert_null(cr_task_at(sizeof names / sizeof names[0]));
}

static void test_flops_of_a_sample(void **state) {
  (void)state;
  static const struct expectation {
    const char *network;
    double forward, step;
  } expected[] = {
      /* 2 (784 64 + 64 10); twice more, but for the 2 784 64 of the first layer's da */
      {"784-64:relu-10:softmax", 101632, 204544},
      {"2-3:sigmoid-1:sigmoid", 18, 42},
      {"7-5:linear", 70, 140},
  };
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    cr_net *net = NULL;
    assert_int_equal(cr_net_create(expected[i].network, &net), CR_OK);
    assert_true(cr_forward_flops(net) == expected[i].forward);
    assert_true(cr_step_flops(net) == expected[i].step);
    cr_net_destroy(net);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_names_differ),
      cmocka_unit_test(test_names_stay),
      cmocka_unit_test(test_flops_of_a_sample),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
