#include "net/network.h"
#include "support.h"

static cr_net *create(const char *spec) {
  cr_net *net = NULL;
  assert_int_equal(cr_net_create(spec, &net), CR_OK);
  return net;
}

static cr_workspace *workspace(const cr_net *net, size_t rows) {
  cr_workspace_options options;
  cr_workspace *work = NULL;
  cr_workspace_options_init(&options);
  options.max_rows = rows;
  assert_int_equal(cr_workspace_create(net, &options, &work), CR_OK);
  return work;
}

/* (eq F1, F2) XOR by hand, Goodfellow, Bengio, Courville, section 6.1: exact in any precision */
static void xor_by_hand(void **state) {
  (void)state;
  const float parameters[9] = {1, 1, 1, 1, 1, -2, 0, -1, 0};
  const float x[8] = {0, 0, 0, 1, 1, 0, 1, 1};
  const float z[8] = {0, -1, 1, 0, 1, 0, 2, 1}, h[8] = {0, 0, 1, 0, 1, 0, 2, 1};
  const float expected[4] = {0, 1, 1, 0};
  float y[4];
  cr_net *net = create("2-2:relu-1:linear");
  cr_workspace *work = workspace(net, 4);
  memcpy(cr_net_parameters(net), parameters, sizeof parameters);
  assert_int_equal(
      cr_net_forward(net, work, (cr_const_matrix){x, 4, 2, 2}, (cr_matrix){y, 4, 1, 1}), CR_OK);
  for (size_t i = 0; i < 8; ++i) {
    assert_true(cr_workspace_z(work, 0).data[i] == z[i]);
    assert_true(cr_workspace_a(work, 0).data[i] == h[i]);
  }
  for (size_t i = 0; i < 4; ++i) assert_true(y[i] == expected[i]);
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

/* Negnevitsky, chapter 6: the trained XOR network and its four printed outputs */
static void trained_xor_has_the_published_outputs(void **state) {
  (void)state;
  const float parameters[9] = {4.7621f, 6.3917f,  4.7618f,  6.3917f, -10.3788f,
                               9.7691f, -7.3061f, -2.8441f, -4.5589f};
  const float x[8] = {1, 1, 0, 1, 1, 0, 0, 0};
  const double expected[4] = {0.015515890994855189, 0.9849483325198776, 0.9849452155823636,
                              0.017486421370632527};
  float y[4];
  cr_net *net = create("2-2:sigmoid-1:sigmoid");
  cr_workspace *work = workspace(net, 4);
  memcpy(cr_net_parameters(net), parameters, sizeof parameters);
  assert_int_equal(
      cr_net_forward(net, work, (cr_const_matrix){x, 4, 2, 2}, (cr_matrix){y, 4, 1, 1}), CR_OK);
  for (size_t i = 0; i < 4; ++i) assert_close(y[i], expected[i], 2e-6);
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

/* More rows than fit, rows apart in x and y: each row as it comes out alone, and nothing else. */
static void rows_do_not_depend_on_blocks_or_strides(void **state) {
  (void)state;
  enum { ROWS = 33, IN = 5, OUT = 3, X_STRIDE = 9, Y_STRIDE = 4 };
  float x[ROWS * X_STRIDE], y[ROWS * Y_STRIDE], alone[OUT];
  cr_net *net = create("5-17:tanh-3:softmax");
  assert_int_equal(cr_net_initialize(net, NULL, 3), CR_OK);
  for (size_t i = 0; i < ROWS * X_STRIDE; ++i) x[i] = (float)uneven(i, 2.0);
  const size_t blocks[3] = {1, 7, 64};
  for (size_t b = 0; b < 3; ++b) {
    cr_workspace *work = workspace(net, blocks[b]);
    for (size_t i = 0; i < ROWS * Y_STRIDE; ++i) y[i] = -7.0f;
    assert_int_equal(cr_net_forward(net, work, (cr_const_matrix){x, ROWS, IN, X_STRIDE},
                                    (cr_matrix){y, ROWS, OUT, Y_STRIDE}),
                     CR_OK);
    for (size_t r = 0; r < ROWS; ++r) {
      const cr_const_matrix row = {x + r * X_STRIDE, 1, IN, IN};
      assert_int_equal(cr_net_forward(net, work, row, (cr_matrix){alone, 1, OUT, OUT}), CR_OK);
      assert_memory_equal(y + r * Y_STRIDE, alone, sizeof alone);
      assert_true(y[r * Y_STRIDE + OUT] == -7.0f);
    }
    cr_workspace_destroy(work);
  }
  cr_net_destroy(net);
}

/* A single row has no next one: nothing is computed with its stride, which no array could have. */
static void the_stride_of_one_row_is_nothing(void **state) {
  (void)state;
  const float x[2] = {1, 2};
  float y[2] = {0};
  cr_net *net = create("2-2:linear");
  cr_workspace *work = workspace(net, 1);
  cr_net_parameters(net)[0] = 3;
  assert_int_equal(cr_net_forward(net, work, (cr_const_matrix){x, 1, 2, SIZE_MAX},
                                  (cr_matrix){y, 1, 2, SIZE_MAX}),
                   CR_OK);
  assert_true(y[0] == 3);
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

static void what_does_not_fit_is_refused(void **state) {
  (void)state;
  float data[64] = {0};
  cr_net *net = create("3-4:relu-2:linear"), *other = create("5-4:relu-2:linear");
  cr_workspace *work = workspace(net, 4), *foreign = workspace(other, 4);
  const cr_const_matrix x = {data, 4, 3, 3};
  const cr_matrix y = {data + 32, 4, 2, 2};
  cr_const_matrix bad_x = x;
  bad_x.cols = 4;
  bad_x.stride = 4;
  assert_int_equal(cr_net_forward(net, work, bad_x, y), CR_ERR_SHAPE);
  assert_string_equal(cr_last_error()->message, "x has 4 columns, expected 3");
  bad_x = x;
  bad_x.stride = 2;
  assert_int_equal(cr_net_forward(net, work, bad_x, y), CR_ERR_SHAPE);
  bad_x = x;
  bad_x.data = NULL;
  assert_int_equal(cr_net_forward(net, work, bad_x, y), CR_ERR_SHAPE);
  cr_matrix bad_y = y;
  bad_y.rows = 3;
  assert_int_equal(cr_net_forward(net, work, x, bad_y), CR_ERR_SHAPE);
  assert_string_equal(cr_last_error()->message, "y has 3 rows, expected 4");
  assert_int_equal(cr_net_forward(net, foreign, x, y), CR_ERR_SHAPE);
  assert_non_null(strstr(cr_last_error()->message, "another network"));
  assert_int_equal(
      cr_net_forward(net, work, (cr_const_matrix){NULL, 0, 3, 3}, (cr_matrix){NULL, 0, 2, 2}),
      CR_OK);
  cr_workspace_destroy(work);
  cr_workspace_destroy(foreign);
  cr_net_destroy(net);
  cr_net_destroy(other);
}

/* Some rows at a time, the last ones first, are what all of them are at once. */
static void rows_of_a_workspace(void **state) {
  (void)state;
  enum { ROWS = 7, INPUTS = 5, HIDDEN = 4, OUTPUTS = 3, CUT = 3 };
  float x[ROWS * INPUTS], y[ROWS * OUTPUTS] = {0};
  double losses[ROWS];
  for (size_t i = 0; i < ROWS * INPUTS; ++i) x[i] = (float)(i * 37 % 41) / 20 - 1;
  for (size_t i = 0; i < ROWS; ++i) y[i * OUTPUTS + i % OUTPUTS] = 1;
  cr_net *net = create("5-4:sigmoid-3:softmax");
  assert_int_equal(cr_net_initialize(net, "glorot", 3), CR_OK);
  cr_workspace *all = workspace(net, ROWS), *some = workspace(net, ROWS);
  cr_objective objective;
  cr_target_function target;
  cr_objective_init(&objective);
  objective.loss = "cross_entropy";
  assert_int_equal(cr_objective_resolve(net, &objective, &target), CR_OK);

  cr_forward_pass(net, all, (cr_const_matrix){x, ROWS, INPUTS, INPUTS});
  cr_loss_rows(all, &target, 0, y, ROWS);
  const size_t firsts[] = {CUT, 0}, ends[] = {ROWS, CUT};
  for (size_t i = 0; i < 2; ++i) {
    const size_t first = firsts[i], rows = ends[i] - first;
    cr_forward_rows(net, some, first, (cr_const_matrix){x + first * INPUTS, rows, INPUTS, INPUTS});
    cr_loss_rows(some, &target, first, y + first * OUTPUTS, rows);
  }
  assert_memory_equal(some->z[0], all->z[0], ROWS * HIDDEN * sizeof(float));
  assert_memory_equal(some->a[1], all->a[1], ROWS * OUTPUTS * sizeof(float));
  for (size_t i = 0; i < ROWS; ++i) {
    losses[i] = -log((double)all->a[1][i * OUTPUTS + i % OUTPUTS]);
    assert_close(all->losses[i], losses[i], 1e-6);
    assert_true(some->losses[i] == all->losses[i]);
  }
  cr_workspace_destroy(all);
  cr_workspace_destroy(some);
  cr_net_destroy(net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(xor_by_hand),
      cmocka_unit_test(trained_xor_has_the_published_outputs),
      cmocka_unit_test(rows_do_not_depend_on_blocks_or_strides),
      cmocka_unit_test(the_stride_of_one_row_is_nothing),
      cmocka_unit_test(what_does_not_fit_is_refused),
      cmocka_unit_test(rows_of_a_workspace),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
