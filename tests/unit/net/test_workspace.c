#include "counting_allocator.h"
#include "net/network.h"
#include "support.h"

static cr_net *create(const char *spec) {
  cr_net *net = NULL;
  assert_int_equal(cr_net_create(spec, &net), CR_OK);
  return net;
}

static cr_status make(const cr_net *net, size_t rows, const char *kernel, cr_workspace **out) {
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = rows;
  options.kernel = kernel;
  return cr_workspace_create(net, &options, out);
}

/* Every array is written to its end: they neither overlap nor leave the block (ASan watches). */
static void arrays_are_apart(void **state) {
  (void)state;
  enum { ROWS = 5, LAYERS = 3, WIDEST = 7 };
  const size_t width[LAYERS] = {7, 1, 4};
  cr_net *net = create("3-7:tanh-1:relu-4:softmax");
  cr_workspace *work = NULL;
  assert_int_equal(make(net, ROWS, NULL, &work), CR_OK);
  for (size_t l = 0; l < LAYERS; ++l) {
    for (size_t i = 0; i < ROWS * width[l]; ++i) {
      work->z[l][i] = (float)(10 * l + 1);
      work->a[l][i] = (float)(10 * l + 2);
      work->dz[l][i] = (float)(10 * l + 3);
    }
  }
  for (size_t i = 0; i < ROWS * width[LAYERS - 1]; ++i) work->wanted[i] = -1.0f;
  for (size_t i = 0; i < ROWS; ++i) work->losses[i] = -1.0;
  for (size_t i = 0; i < net->parameter_count; ++i) work->gradient[i] = -3.0f;
  for (size_t l = 0; l < LAYERS; ++l) {
    for (size_t i = 0; i < ROWS * width[l]; ++i) {
      assert_true(work->z[l][i] == (float)(10 * l + 1));
      assert_true(work->a[l][i] == (float)(10 * l + 2));
      assert_true(work->dz[l][i] == (float)(10 * l + 3));
    }
    assert_int_equal(work->outputs[l], width[l]);
  }
  cr_workspace_destroy(work);
  cr_workspace_destroy(NULL);
  cr_net_destroy(net);
}

static void views_have_the_rows_of_the_last_pass(void **state) {
  (void)state;
  const float x[6] = {1, 2, 3, 4, 5, 6};
  cr_net *net = create("3-2:linear-4:linear");
  cr_workspace *work = NULL;
  assert_int_equal(make(net, 5, NULL, &work), CR_OK);
  assert_int_equal(cr_workspace_z(work, 0).rows + cr_workspace_a(work, 0).rows, 0);
  assert_null(cr_workspace_a(work, 0).data);
  cr_forward_pass(net, work, (cr_const_matrix){x, 2, 3, 3});
  assert_int_equal(cr_workspace_z(work, 1).rows, 2);
  assert_int_equal(cr_workspace_a(work, 1).cols, 4);
  assert_ptr_equal(cr_workspace_a(work, 0).data, work->a[0]);
  assert_null(cr_workspace_z(work, 2).data);
  assert_ptr_equal(cr_workspace_gradient(work), work->gradient);
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

/* dz of an earlier batch is not shown with the rows of a later one. */
static void dz_is_there_after_a_backward_only(void **state) {
  (void)state;
  const float x[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, y[8] = {0};
  float out[12];
  double cost;
  cr_net *net = create("3-2:linear-4:linear");
  cr_workspace *work = NULL;
  assert_int_equal(make(net, 5, NULL, &work), CR_OK);
  assert_null(cr_workspace_dz(work, 0).data);
  assert_int_equal(cr_net_backward(net, work, NULL, (cr_const_matrix){x, 2, 3, 3},
                                   (cr_const_matrix){y, 2, 4, 4}, &cost),
                   CR_OK);
  assert_ptr_equal(cr_workspace_dz(work, 0).data, work->dz[0]);
  assert_int_equal(cr_workspace_dz(work, 0).rows, 2);
  assert_int_equal(cr_workspace_dz(work, 1).stride, 4);
  assert_null(cr_workspace_dz(work, 2).data);
  assert_int_equal(
      cr_net_forward(net, work, (cr_const_matrix){x, 3, 3, 3}, (cr_matrix){out, 3, 4, 4}), CR_OK);
  assert_null(cr_workspace_dz(work, 0).data);
  assert_int_equal(cr_workspace_dz(work, 0).rows, 0);
  assert_int_equal(cr_workspace_a(work, 0).rows, 3);
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

static void wrong_arguments_are_named(void **state) {
  (void)state;
  cr_net *net = create("3-2:linear");
  cr_workspace *work = NULL;
  assert_int_equal(make(net, 0, NULL, &work), CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->message, "max_rows"));
  assert_int_equal(make(net, 1, "sse9", &work), CR_ERR_ARGUMENT);
  assert_int_equal(make(net, SIZE_MAX / 4, NULL, &work), CR_ERR_LIMIT);
  const cr_workspace_options empty = {.max_rows = 1};
  assert_int_equal(cr_workspace_create(net, &empty, &work), CR_ERR_ARGUMENT);
  assert_null(work);
  cr_net_destroy(net);
}

static void memory_running_out_leaves_nothing(void **state) {
  (void)state;
  cr_net *net = create("3-4:relu-2:softmax");
  size_t n = 1;
  counting_start();
  for (;; ++n) {
    cr_workspace *work = NULL;
    counting_fail_at(n, false);
    const cr_status status = make(net, 3, NULL, &work);
    if (status == CR_OK) {
      cr_workspace_destroy(work);
      break;
    }
    assert_int_equal(status, CR_ERR_MEMORY);
    assert_null(work);
    assert_int_equal(atomic_load(&counting.live), 0);
  }
  assert_true(n > 2);
  assert_int_equal(atomic_load(&counting.live), 0);
  counting_stop();
  cr_net_destroy(net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arrays_are_apart),
      cmocka_unit_test(views_have_the_rows_of_the_last_pass),
      cmocka_unit_test(dz_is_there_after_a_backward_only),
      cmocka_unit_test(wrong_arguments_are_named),
      cmocka_unit_test(memory_running_out_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
