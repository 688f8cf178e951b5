#include "train/early_stop.h"

#include "counting_allocator.h"
#include "support.h"

static void test_keeps_the_lowest(void **state) {
  (void)state;
  static const double losses[] = {0.9, 0.5, 0.7, (double)NAN, 0.4, 0.4, 0.6};
  cr_early_stop stop;
  assert_int_equal(cr_early_stop_create(2, 0, &stop), CR_OK);
  for (size_t epoch = 0; epoch < 7; epoch++) {
    const float weights[2] = {(float)epoch, -(float)epoch};
    const bool better = cr_early_stop_update(&stop, epoch, losses[epoch], weights);
    assert_int_equal(better, epoch == 0 || epoch == 1 || epoch == 4);
  }
  float weights[2] = {99, 99};
  cr_early_stop_restore(&stop, weights);
  assert_int_equal(stop.best_epoch, 4);
  assert_true(weights[0] == 4 && weights[1] == -4);
  assert_false(cr_early_stop_over(&stop, 1000)); /* patience 0 is any number */
  cr_early_stop_free(&stop);
}

/* Getting better by less than noise does not put off the end, but is kept. */
static void test_patience(void **state) {
  (void)state;
  const float weight = 1;
  cr_early_stop stop;
  assert_int_equal(cr_early_stop_create(1, 3, &stop), CR_OK);
  cr_early_stop_update(&stop, 0, 1.0, &weight);
  cr_early_stop_update(&stop, 1, 0.5, &weight);
  for (size_t epoch = 2; epoch < 4; epoch++) {
    cr_early_stop_update(&stop, epoch, 0.5 - 1e-7 * (double)epoch, &weight);
    assert_false(cr_early_stop_over(&stop, epoch));
  }
  assert_int_equal(stop.best_epoch, 3);
  cr_early_stop_update(&stop, 4, 0.8, &weight);
  assert_true(cr_early_stop_over(&stop, 4));
  cr_early_stop_reset(&stop);
  assert_false(cr_early_stop_over(&stop, 2));
  cr_early_stop_free(&stop);
}

/* What was lower before it settled counts no longer, but stays until the bar is passed. */
static void test_settled(void **state) {
  (void)state;
  static const double losses[] = {1.0, 0.3, 0.6};
  cr_early_stop stop;
  assert_int_equal(cr_early_stop_create(1, 0, &stop), CR_OK);
  for (size_t epoch = 0; epoch < 3; epoch++)
    cr_early_stop_update(&stop, epoch, losses[epoch], &(float){(float)epoch});
  cr_early_stop_settle(&stop, 1.0);
  float weight = 9;
  assert_false(cr_early_stop_update(&stop, 3, 1.2, &weight));
  assert_int_equal(stop.best_epoch, 1);
  assert_true(stop.best_loss == 0.3);
  assert_true(cr_early_stop_update(&stop, 4, 0.8, &(float){4}));
  assert_true(cr_early_stop_update(&stop, 5, 0.5, &(float){5}));
  assert_false(cr_early_stop_update(&stop, 6, 0.7, &(float){6}));
  cr_early_stop_restore(&stop, &weight);
  assert_true(stop.best_epoch == 5 && stop.best_loss == 0.5 && weight == 5);
  cr_early_stop_free(&stop);
}

/* Nothing was ever finite: nothing to put back. */
static void test_nothing_kept(void **state) {
  (void)state;
  cr_early_stop stop;
  assert_int_equal(cr_early_stop_create(1, 1, &stop), CR_OK);
  float weight = 3;
  assert_false(cr_early_stop_update(&stop, 0, (double)NAN, &weight));
  assert_false(cr_early_stop_update(&stop, 1, (double)INFINITY, &weight));
  weight = 5;
  cr_early_stop_restore(&stop, &weight);
  assert_true(weight == 5);
  cr_early_stop_free(&stop);
}

static void test_no_memory(void **state) {
  (void)state;
  counting_start();
  counting_fail_at(1, false);
  cr_early_stop stop;
  assert_int_equal(cr_early_stop_create(1, 1, &stop), CR_ERR_MEMORY);
  assert_int_equal(counting.live, 0);
  counting_stop();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_keeps_the_lowest), cmocka_unit_test(test_patience),
      cmocka_unit_test(test_settled),          cmocka_unit_test(test_nothing_kept),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
