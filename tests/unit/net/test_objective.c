#include "net/network.h"
#include "support.h"

static void with_net(const char *spec, cr_objective objective, cr_status expected,
                     cr_target_function *target) {
  cr_net *net = NULL;
  assert_int_equal(cr_net_create(spec, &net), CR_OK);
  assert_int_equal(cr_objective_resolve(net, &objective, target), expected);
  cr_net_destroy(net);
}

static cr_objective objective_of(const char *loss, const char *reduction) {
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = loss;
  objective.reduction = reduction;
  return objective;
}

static void the_default_is_half_squared_mean(void **state) {
  (void)state;
  cr_objective objective;
  cr_target_function target;
  cr_objective_init(&objective);
  with_net("2-1:sigmoid", objective, CR_OK, &target);
  assert_string_equal(target.loss->part.name, "half_squared");
  assert_true(target.mean && !target.fused && target.l1 == 0.0 && target.l2 == 0.0);
}

/* Only the last layer decides, not one before it. */
static void fused_where_the_output_fits(void **state) {
  (void)state;
  cr_target_function target;
  with_net("2-3:relu-2:softmax", objective_of("cross_entropy", "sum"), CR_OK, &target);
  assert_true(target.fused && !target.mean);
  with_net("2-3:relu-2:sigmoid", objective_of("binary_cross_entropy", "mean"), CR_OK, &target);
  assert_true(target.fused && target.mean);
  with_net("2-3:relu-2:softmax", objective_of("squared", "mean"), CR_OK, &target);
  assert_false(target.fused);
  with_net("2-3:softmax-2:linear", objective_of("cross_entropy", "mean"), CR_ERR_COMBINATION,
           &target);
}

static void what_does_not_go_together_is_refused(void **state) {
  (void)state;
  cr_target_function target;
  with_net("2-2:softmax", objective_of("binary_cross_entropy", "mean"), CR_ERR_COMBINATION,
           &target);
  assert_non_null(strstr(cr_last_error()->message, "binary_cross_entropy does not go with"));
  assert_non_null(strstr(cr_last_error()->fix, "output sigmoid"));
  with_net("2-2:linear", objective_of("cross_entropy", "mean"), CR_ERR_COMBINATION, &target);
  assert_non_null(strstr(cr_last_error()->fix, "output softmax"));
  with_net("2-2:sigmoid", objective_of("hinge", "mean"), CR_ERR_COMBINATION, &target);
  assert_non_null(strstr(cr_last_error()->why, "scores"));
  assert_non_null(strstr(cr_last_error()->fix, "output linear"));
}

static void what_has_no_derivative_is_refused(void **state) {
  (void)state;
  cr_target_function target;
  with_net("2-3:tanh-4:step-2:linear", objective_of("squared", "mean"), CR_ERR_COMBINATION,
           &target);
  assert_string_equal(cr_last_error()->message,
                      "layer 2 is step, which cannot be learnt by descent");
  assert_non_null(strstr(cr_last_error()->why, "derivative"));
  assert_non_null(strstr(cr_last_error()->fix, "sigmoid"));
  with_net("2-1:step", objective_of("squared", "mean"), CR_ERR_COMBINATION, &target);
}

static void wrong_arguments_are_named(void **state) {
  (void)state;
  cr_target_function target;
  with_net("2-1:linear", objective_of("sqared", "mean"), CR_ERR_ARGUMENT, &target);
  with_net("2-1:linear", objective_of(NULL, "mean"), CR_ERR_ARGUMENT, &target);
  with_net("2-1:linear", objective_of("squared", "average"), CR_ERR_ARGUMENT, &target);
  assert_non_null(strstr(cr_last_error()->message, "\"average\": there are mean, sum"));
  with_net("2-1:linear", objective_of("squared", NULL), CR_ERR_ARGUMENT, &target);
  cr_objective objective = objective_of("squared", "mean");
  objective.l2 = -0.5;
  with_net("2-1:linear", objective, CR_ERR_ARGUMENT, &target);
  assert_non_null(strstr(cr_last_error()->message, "l2 is -0.5"));
  objective.l2 = (double)NAN;
  with_net("2-1:linear", objective, CR_ERR_ARGUMENT, &target);
  objective.l2 = 0.0;
  objective.l1 = (double)INFINITY;
  with_net("2-1:linear", objective, CR_ERR_ARGUMENT, &target);
  with_net("2-1:linear", (cr_objective){.loss = "squared", .reduction = "mean"}, CR_ERR_ARGUMENT,
           &target);
  assert_non_null(strstr(cr_last_error()->fix, "cr_objective_init"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_default_is_half_squared_mean),
      cmocka_unit_test(fused_where_the_output_fits),
      cmocka_unit_test(what_does_not_go_together_is_refused),
      cmocka_unit_test(what_has_no_derivative_is_refused),
      cmocka_unit_test(wrong_arguments_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
