#include "chainrule/perceptron.h"

#include "counting_allocator.h"
#include "support.h"

/* The four rows of two bits, in the order of the built-in sets. */
static const float bits[8] = {0, 0, 0, 1, 1, 0, 1, 1};
static const float and_targets[4] = {0, 0, 0, 1}, or_targets[4] = {0, 1, 1, 1},
                   xor_targets[4] = {0, 1, 1, 0};

typedef struct trace {
  const double (*expected)[4]; /* z, w1, w2, b of each step */
  size_t steps;
} trace;

static void compare_step(void *user, const cr_perceptron_step *step) {
  trace *t = user;
  const double *expected = t->expected[t->steps];
  assert_int_equal(step->pass, t->steps / 4);
  assert_int_equal(step->row, t->steps % 4);
  assert_true(step->z == expected[0]);
  assert_int_equal(step->answer, expected[0] >= 0);
  for (size_t i = 0; i < 3; ++i) assert_true(step->weights[i] == expected[1 + i]);
  t->steps++;
}

static cr_perceptron *learn(const float *y, const cr_perceptron_options *options) {
  cr_perceptron *p = NULL;
  const cr_const_matrix x = {bits, 4, 2, 2}, targets = {y, 4, 1, 1};
  assert_int_equal(cr_perceptron_learn(x, targets, options, &p), CR_OK);
  return p;
}

static cr_perceptron *learn_traced(const float *y, const double (*expected)[4], size_t *steps) {
  trace t = {expected, 0};
  cr_perceptron_options options;
  cr_perceptron_options_init(&options);
  options.on_step = compare_step;
  options.user = &t;
  cr_perceptron *p = learn(y, &options);
  *steps = t.steps;
  return p;
}

static void assert_weights(const cr_perceptron *p, size_t passes, double w1, double w2, double b) {
  const double *w = cr_perceptron_weights(p, passes);
  assert_non_null(w);
  assert_true(w[0] == w1 && w[1] == w2 && w[2] == b);
}

/* (eq P1) worked out by hand on paper, row by row: z before the step, then w1, w2, b. */
static void and_is_learned_in_six_passes(void **state) {
  (void)state;
  static const double expected[24][4] = {
      {0, 0, 0, -1},  {-1, 0, 0, -1}, {-1, 0, 0, -1}, {-1, 1, 1, 0},  /* 00 and 11 wrong */
      {0, 1, 1, -1},  {0, 1, 0, -2},  {-1, 1, 0, -2}, {-1, 2, 1, -1}, /* 00, 01 and 11 */
      {-1, 2, 1, -1}, {0, 2, 0, -2},  {0, 1, 0, -3},  {-2, 2, 1, -2}, /* 01, 10 and 11 */
      {-2, 2, 1, -2}, {-1, 2, 1, -2}, {0, 1, 1, -3},  {-1, 2, 2, -2}, /* 10 and 11 */
      {-2, 2, 2, -2}, {0, 2, 1, -3},  {-1, 2, 1, -3}, {0, 2, 1, -3},  /* 01 */
      {-3, 2, 1, -3}, {-2, 2, 1, -3}, {-1, 2, 1, -3}, {0, 2, 1, -3},  /* none */
  };
  size_t steps;
  cr_perceptron *p = learn_traced(and_targets, expected, &steps);
  const cr_perceptron_summary *summary = cr_perceptron_get_summary(p);
  assert_int_equal(steps, 24);
  assert_int_equal(summary->end, CR_PERCEPTRON_LEARNED);
  assert_int_equal(summary->inputs, 2);
  assert_int_equal(summary->passes, 6);
  assert_int_equal(summary->mistakes, 2 + 3 + 3 + 2 + 1);
  assert_true(summary->exact);
  assert_weights(p, 0, 0, 0, 0);
  assert_weights(p, 6, 2, 1, -3);
  assert_null(cr_perceptron_weights(p, 7));
  /* Novikoff: at most (R/g)^2 mistakes. The plane 2 x1 + 2 x2 - 3 = 0, the bias as an input that is
   * always 1: R^2 = 3, and the margin is g = 1/sqrt(17). */
  assert_true(summary->mistakes <= 3 * 17);
  cr_perceptron_destroy(p);
}

static void or_is_learned_in_four_passes(void **state) {
  (void)state;
  static const double expected[16][4] = {
      {0, 0, 0, -1},  {-1, 0, 1, 0}, {0, 0, 1, 0},  {1, 0, 1, 0},  /* 00 and 01 wrong */
      {0, 0, 1, -1},  {0, 0, 1, -1}, {-1, 1, 1, 0}, {2, 1, 1, 0},  /* 00 and 10 */
      {0, 1, 1, -1},  {0, 1, 1, -1}, {0, 1, 1, -1}, {1, 1, 1, -1}, /* 00 */
      {-1, 1, 1, -1}, {0, 1, 1, -1}, {0, 1, 1, -1}, {1, 1, 1, -1}, /* none */
  };
  size_t steps;
  cr_perceptron *p = learn_traced(or_targets, expected, &steps);
  assert_int_equal(steps, 16);
  assert_int_equal(cr_perceptron_get_summary(p)->end, CR_PERCEPTRON_LEARNED);
  assert_weights(p, 4, 1, 1, -1);
  cr_perceptron_destroy(p);
}

/* From a run in Python that finds the cycle with a dictionary of tuples. */
static void xor_goes_round_in_a_circle(void **state) {
  (void)state;
  static const double expected[12][4] = {
      {0, 0, 0, -1}, {-1, 0, 1, 0}, {0, 0, 1, 0},   {1, -1, 0, -1}, {-1, -1, 0, -1}, {-1, -1, 1, 0},
      {-1, 0, 1, 1}, {2, -1, 0, 0}, {0, -1, 0, -1}, {-1, -1, 1, 0}, {-1, 0, 1, 1},   {2, -1, 0, 0},
  };
  size_t steps;
  cr_perceptron *p = learn_traced(xor_targets, expected, &steps);
  const cr_perceptron_summary *summary = cr_perceptron_get_summary(p);
  assert_int_equal(steps, 12);
  assert_int_equal(summary->end, CR_PERCEPTRON_CYCLE);
  assert_int_equal(summary->passes, 3);
  assert_int_equal(summary->cycle_begin, 2);
  assert_int_equal(summary->cycle_length, 1);
  assert_weights(p, 2, -1, 0, 0);
  assert_weights(p, 3, -1, 0, 0);
  cr_perceptron_destroy(p);
}

/* A zero between two ones on a line: no threshold parts them (the same Python). */
static void a_cycle_may_take_several_passes(void **state) {
  (void)state;
  const float x[3] = {0, 3, 5}, y[3] = {1, 0, 1};
  cr_perceptron *p = NULL;
  const cr_const_matrix inputs = {x, 3, 1, 1}, targets = {y, 3, 1, 1};
  assert_int_equal(cr_perceptron_learn(inputs, targets, NULL, &p), CR_OK);
  const cr_perceptron_summary *summary = cr_perceptron_get_summary(p);
  assert_int_equal(summary->end, CR_PERCEPTRON_CYCLE);
  assert_int_equal(summary->passes, 7);
  assert_int_equal(summary->cycle_begin, 2);
  assert_int_equal(summary->cycle_length, 5);
  for (size_t passes = 2; passes <= 7; passes += 5) {
    const double *w = cr_perceptron_weights(p, passes);
    assert_true(w[0] == 4 && w[1] == 0);
  }
  cr_perceptron_destroy(p);
}

/* What was rounded proves nothing: the rule goes on until its passes are over. */
static void fractions_are_not_searched_for_cycles(void **state) {
  (void)state;
  const float halves[8] = {0, 0, 0, 0.5f, 0.5f, 0, 0.5f, 0.5f};
  const cr_const_matrix x = {halves, 4, 2, 2}, y = {xor_targets, 4, 1, 1};
  cr_perceptron_options options;
  cr_perceptron_options_init(&options);
  options.max_passes = 20;
  cr_perceptron *p = NULL;
  assert_int_equal(cr_perceptron_learn(x, y, &options, &p), CR_OK);
  const cr_perceptron_summary *summary = cr_perceptron_get_summary(p);
  assert_int_equal(summary->end, CR_PERCEPTRON_PASSES);
  assert_int_equal(summary->passes, 20);
  assert_false(summary->exact);
  cr_perceptron_destroy(p);

  const float huge[4] = {0, 1.2676506e30f, 1.2676506e30f, 0}; /* 2^100: whole, but not exact */
  const float ones[2] = {0, 1};
  const cr_const_matrix wide = {huge, 2, 2, 2}, targets = {ones, 2, 1, 1};
  assert_int_equal(cr_perceptron_learn(wide, targets, &options, &p), CR_OK);
  assert_false(cr_perceptron_get_summary(p)->exact);
  assert_int_equal(cr_perceptron_get_summary(p)->end, CR_PERCEPTRON_LEARNED);
  cr_perceptron_destroy(p);
}

static void a_start_can_be_given(void **state) {
  (void)state;
  const double solution[3] = {1, 1, -2};
  cr_perceptron_options options;
  cr_perceptron_options_init(&options);
  options.start = solution;
  cr_perceptron *p = learn(and_targets, &options);
  const cr_perceptron_summary *summary = cr_perceptron_get_summary(p);
  assert_int_equal(summary->end, CR_PERCEPTRON_LEARNED);
  assert_int_equal(summary->passes, 1);
  assert_int_equal(summary->mistakes, 0);
  assert_weights(p, 1, 1, 1, -2);
  cr_perceptron_destroy(p);
}

static void wrong_input_is_refused(void **state) {
  (void)state;
  cr_perceptron *p = NULL;
  cr_perceptron_options options;
  cr_perceptron_options_init(&options);
  const float between[4] = {0, 1, 0.5f, 0}, broken[8] = {0, 0, 0, NAN, 1, 0, 1, 1};
  const cr_const_matrix x = {bits, 4, 2, 2}, y = {and_targets, 4, 1, 1};
  assert_int_equal(cr_perceptron_learn((cr_const_matrix){bits, 0, 2, 2}, y, NULL, &p),
                   CR_ERR_EMPTY);
  assert_int_equal(cr_perceptron_learn(x, (cr_const_matrix){and_targets, 3, 1, 1}, NULL, &p),
                   CR_ERR_SHAPE);
  assert_int_equal(cr_perceptron_learn(x, (cr_const_matrix){and_targets, 4, 2, 2}, NULL, &p),
                   CR_ERR_SHAPE);
  assert_int_equal(cr_perceptron_learn(x, (cr_const_matrix){between, 4, 1, 1}, NULL, &p),
                   CR_ERR_TARGET);
  assert_string_equal(cr_last_error()->message, "y[2] is 0.5, expected 0 or 1");
  assert_int_equal(cr_perceptron_learn((cr_const_matrix){broken, 4, 2, 2}, y, NULL, &p),
                   CR_ERR_NUMBER);
  const double start[3] = {0, (double)INFINITY, 0};
  options.start = start;
  assert_int_equal(cr_perceptron_learn(x, y, &options, &p), CR_ERR_NUMBER);
  options.start = NULL;
  options.max_passes = 0;
  assert_int_equal(cr_perceptron_learn(x, y, &options, &p), CR_ERR_ARGUMENT);
  options.max_passes = 10001;
  assert_int_equal(cr_perceptron_learn(x, y, &options, &p), CR_ERR_ARGUMENT);
  assert_null(p);
  cr_perceptron_destroy(NULL);
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  const cr_const_matrix x = {bits, 4, 2, 2}, y = {and_targets, 4, 1, 1};
  cr_status status = CR_ERR_MEMORY;
  for (size_t at = 1; status == CR_ERR_MEMORY; ++at) {
    cr_perceptron *p = NULL;
    counting_start();
    counting_fail_at(at, false);
    status = cr_perceptron_learn(x, y, NULL, &p);
    assert_true((p != NULL) == (status == CR_OK));
    cr_perceptron_destroy(p);
    assert_int_equal(counting.live, 0);
    counting_stop();
  }
  assert_int_equal(status, CR_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(and_is_learned_in_six_passes),
      cmocka_unit_test(or_is_learned_in_four_passes),
      cmocka_unit_test(xor_goes_round_in_a_circle),
      cmocka_unit_test(a_cycle_may_take_several_passes),
      cmocka_unit_test(fractions_are_not_searched_for_cycles),
      cmocka_unit_test(a_start_can_be_given),
      cmocka_unit_test(wrong_input_is_refused),
      cmocka_unit_test(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
