#include "train/defaults.h"

#include "support.h"

static const cr_optimizer *found(const char *name) {
  const cr_optimizer *optimizer = NULL;
  assert_int_equal(cr_optimizer_find(name, &optimizer), CR_OK);
  return optimizer;
}

/* The power of two next above a 64th of the rows, from 8 to 128. */
static void test_batch(void **state) {
  (void)state;
  static const size_t cases[][2] = {{1, 8},     {4, 8},     {575, 8},     {576, 16},
                                    {1087, 16}, {1088, 32}, {12260, 128}, {60000, 128}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(cr_default_batch(found("adam"), cases[i][0]), cases[i][1]);
}

/* Who compares the costs of steps must see all rows in each, and needs no small steps at last. */
static void test_full_batch(void **state) {
  (void)state;
  const cr_optimizer full = {.full_batch = true};
  assert_int_equal(cr_default_batch(&full, 60000), 60000);
  assert_string_equal(cr_default_schedule(&full), "constant");
}

/* About 4,000 steps: 90 rows by 8 are 12 steps an epoch, 333 epochs. */
static void test_epochs(void **state) {
  (void)state;
  assert_int_equal(cr_default_epochs(90, 8), 333);
  assert_int_equal(cr_default_epochs(4, 4), 1000);
  assert_int_equal(cr_default_epochs(48000, 128), 10);
  assert_int_equal(cr_default_epochs(5000000, 128), 5);
  assert_int_equal(cr_default_epochs(3, SIZE_MAX), 1000);
}

/* (eq R1) A tenth of the inputs, at most 4, times batch/rows, to one digit. */
static void test_l2(void **state) {
  (void)state;
  const cr_optimizer *adam = found("adam");
  assert_true(cr_default_l2(adam, 100, 4, 8) == 0.03);    /* 0.4 * 8 / 100 = 0.032 */
  assert_true(cr_default_l2(adam, 1000, 64, 16) == 0.06); /* 4 * 16 / 1000 = 0.064 */
  assert_true(cr_default_l2(found("lbfgs"), 90, 4, 90) == 0.4);
  assert_true(cr_default_l2(adam, 31, 4, 8) == 0 && cr_default_l2(adam, 32, 4, 8) > 0);
  assert_true(cr_default_l2(adam, 60000, 256, 128) == 0);
  assert_true(cr_default_l2(found("adamw"), 100, 4, 8) == 0);
}

static void test_output_and_loss(void **state) {
  (void)state;
  assert_string_equal(cr_default_output(false, 0), "linear");
  assert_string_equal(cr_default_output(true, 2), "sigmoid");
  assert_string_equal(cr_default_output(true, 3), "softmax");
  assert_string_equal(cr_default_loss("linear"), "half_squared");
  assert_string_equal(cr_default_loss("sigmoid"), "binary_cross_entropy");
  assert_string_equal(cr_default_loss("softmax"), "cross_entropy");
}

/* Every optimiser and schedule there is, or will be, gets a rate it can start with. */
static void test_rate(void **state) {
  (void)state;
  const cr_optimizer *optimizer;
  const cr_schedule *constant, *one_cycle;
  assert_int_equal(cr_schedule_find("constant", &constant), CR_OK);
  assert_int_equal(cr_schedule_find("one_cycle", &one_cycle), CR_OK);
  for (size_t i = 0; (optimizer = cr_optimizer_at(i)); i++) {
    assert_true(cr_default_rate(optimizer, constant, 4) == optimizer->learning_rate);
    assert_true(cr_default_rate(optimizer, one_cycle, 4) > optimizer->learning_rate);
    assert_true(cr_default_rate(optimizer, one_cycle, 784) <=
                cr_default_rate(optimizer, one_cycle, 4));
  }
}

/* The names chosen are names that exist. */
static void test_names(void **state) {
  (void)state;
  const cr_optimizer *optimizer;
  const cr_schedule *schedule;
  assert_int_equal(cr_optimizer_find(cr_default_optimizer(), &optimizer), CR_OK);
  assert_int_equal(cr_schedule_find(cr_default_schedule(optimizer), &schedule), CR_OK);
  assert_int_equal(cr_default_patience(schedule), 0);
  assert_int_equal(cr_schedule_find("constant", &schedule), CR_OK);
  assert_true(cr_default_patience(schedule) > 0);
  assert_string_equal(cr_default_activation(), "relu");
}

static void test_layers(void **state) {
  (void)state;
  assert_string_equal(cr_default_layers(784, 48000), "128");
  assert_string_equal(cr_default_layers(8, 12260), "128,64");
  assert_string_equal(cr_default_layers(8, 9999), "64,64");
  assert_string_equal(cr_default_layers(64, 1078), "64");
  assert_string_equal(cr_default_layers(4, 4999), "64");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_batch),  cmocka_unit_test(test_l2),
      cmocka_unit_test(test_epochs), cmocka_unit_test(test_output_and_loss),
      cmocka_unit_test(test_rate),   cmocka_unit_test(test_names),
      cmocka_unit_test(test_layers), cmocka_unit_test(test_full_batch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
