#include "net/pass.h"

#include "support.h"

/* Wide enough that several threads draw. */
enum { ROWS = 37, INPUTS = 1500, STRIDE = INPUTS + 2 };

static float x[ROWS * STRIDE];

static cr_workspace *create(const cr_net *net, size_t threads) {
  cr_workspace *work = NULL;
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = ROWS;
  options.threads = threads;
  options.draws = true;
  assert_int_equal(cr_workspace_create(net, &options, &work), CR_OK);
  return work;
}

/* (eq R4, R3) What the first layer is fed, put together row by row from the draws themselves. */
static void the_input_is_noisy_and_then_masked(void **state) {
  (void)state;
  static float noise[INPUTS], mask[INPUTS];
  static const size_t threads[] = {1, 2, 3, 7};
  const cr_draws draws = {.input_dropout = 0.25, .input_noise = 0.5, .seed = 9, .draw = 4};
  cr_net *net = NULL;
  assert_int_equal(cr_net_create("1500-3:relu", &net), CR_OK);
  assert_int_equal(cr_net_initialize(net, NULL, 2), CR_OK);
  for (size_t i = 0; i < sizeof x / sizeof *x; i++) x[i] = (float)uneven(i, 1.0);
  for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
    cr_workspace *work = create(net, threads[t]);
    cr_pass_forward_drawn(net, work, &draws, (cr_const_matrix){x, ROWS, INPUTS, STRIDE});
    const cr_const_matrix fed = work->fed[0];
    assert_int_equal(fed.rows, ROWS);
    for (size_t r = 0; r < ROWS; r++) {
      cr_draws_noise(&draws, NULL, r, INPUTS, noise);
      cr_draws_mask(&draws, NULL, 0, r, INPUTS, mask);
      for (size_t i = 0; i < INPUTS; i++) {
        const float sum = x[r * STRIDE + i] + noise[i];
        assert_true(fed.data[r * fed.stride + i] == sum * mask[i]);
      }
    }
    cr_workspace_destroy(work);
  }
  cr_net_destroy(net);
}

/* Nothing to draw: the layer takes the numbers where they are. */
static void what_is_not_drawn_is_not_copied(void **state) {
  (void)state;
  const cr_draws draws = {.dropout = 0.5, .seed = 9, .draw = 4};
  cr_net *net = NULL;
  assert_int_equal(cr_net_create("1500-4:relu-3:linear", &net), CR_OK);
  cr_workspace *work = create(net, 1);
  cr_pass_forward_drawn(net, work, &draws, (cr_const_matrix){x, ROWS, INPUTS, STRIDE});
  assert_ptr_equal(work->fed[0].data, x);
  assert_ptr_equal(work->fed[1].data, work->masked[1]);
  cr_workspace_destroy(work);
  cr_net_destroy(net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_input_is_noisy_and_then_masked),
      cmocka_unit_test(what_is_not_drawn_is_not_copied),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
