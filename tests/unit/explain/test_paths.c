/* The largest paths, against all of them; and more paths than anybody could list. */
#include "counting_allocator.h"
#include "explain/chain.h"
#include "fixture.h"

/* Sums and products of some 10 doubles near 1. */
#define TOLERANCE 1e-12

static cr_objective half_squared(void) {
  cr_objective objective;
  cr_objective_init(&objective);
  return objective;
}

/* Every path of a 4-3-2-2 net of tanh from w[2,1] of its first layer, by hand. */
static void they_are_the_largest_of_all(void **state) {
  (void)state;
  fixture f;
  cr_paths paths;
  const cr_objective objective = half_squared();
  fixture_create("4-3:tanh-2:tanh-2:sigmoid", &f);
  cr_trace *t = fixture_trace(&f, &objective);
  const cr_place place = {.layer = 0, .input = 2, .unit = 1};
  const size_t row = 1;
  double all[4], sum = 0.0;
  for (size_t j = 0; j < 2; j++) {
    for (size_t k = 0; k < 2; k++) {
      const double *w2 = t->at->parameters + t->at->views[1].weight;
      const double *w3 = t->at->parameters + t->at->views[2].weight;
      const double a1 = t->at->a[0][row * 3 + 1], a2 = t->at->a[1][row * 2 + j];
      const double a3 = t->at->a[2][row * 2 + k];
      all[2 * j + k] = t->x[row * 4 + 2] * (1 - a1 * a1) * w2[1 * 2 + j] * (1 - a2 * a2) *
                       w3[j * 2 + k] * a3 * (1 - a3) * (a3 - t->y[row * 2 + k]);
      sum += all[2 * j + k];
    }
  }
  assert_int_equal(cr_paths_find(t, place, row, 3, &paths), CR_OK);
  assert_int_equal(paths.count, 3);
  assert_close(paths.all, 4, 0);
  double listed = 0.0;
  for (size_t p = 0; p < 3; p++) {
    const cr_path *path = &paths.items[p];
    assert_int_equal(path->via[0], 1);
    assert_close(path->value, all[2 * path->via[1] + path->via[2]], TOLERANCE);
    if (p > 0) assert_true(fabs(path->value) <= fabs(paths.items[p - 1].value));
    listed += path->value;
  }
  assert_close(paths.rest, sum - listed, TOLERANCE);
  assert_true(fabs(paths.rest) <= fabs(paths.items[2].value) + TOLERANCE);
  cr_paths_free(&paths);
  cr_trace_destroy(t);
  cr_net_destroy(f.net);
}

/* Through a hidden softmax every unit reaches every output of its layer. */
static void outputs_that_mix_are_followed(void **state) {
  (void)state;
  fixture f;
  cr_paths paths;
  const cr_objective objective = half_squared();
  fixture_create("2-3:softmax-2:linear", &f);
  cr_trace *t = fixture_trace(&f, &objective);
  double sum = 0.0;
  assert_true(t->mixes[0]);
  assert_int_equal(cr_paths_find(t, (cr_place){.layer = 0, .unit = 2, .bias = true}, 0, 10, &paths),
                   CR_OK);
  assert_int_equal(paths.count, 6);
  for (size_t p = 0; p < paths.count; p++) sum += paths.items[p].value;
  assert_close(sum, t->at->dz[0][2] * FIXTURE_ROWS, TOLERANCE);
  assert_close(paths.rest, 0, 0);
  cr_paths_free(&paths);
  cr_trace_destroy(t);
  cr_net_destroy(f.net);
}

/* 8^40 paths: only their number is beyond reach. */
static void deep_networks_do_not_hang(void **state) {
  (void)state;
  char spec[512] = "2";
  fixture f;
  cr_paths paths;
  const cr_objective objective = half_squared();
  for (int l = 0; l < 40; l++) strcat(spec, "-8:tanh");
  fixture_create(strcat(spec, "-1:linear"), &f);
  cr_trace *t = fixture_trace(&f, &objective);
  assert_int_equal(cr_paths_find(t, (cr_place){.layer = 0}, 0, 5, &paths), CR_OK);
  assert_int_equal(paths.count, 5);
  assert_close(paths.all, pow(8, 39), 0);
  cr_paths_free(&paths);
  cr_trace_destroy(t);
  cr_net_destroy(f.net);
}

static void dead_units_have_no_path(void **state) {
  (void)state;
  fixture f;
  cr_paths paths;
  const cr_objective objective = half_squared();
  fixture_create("2-3:relu-1:linear", &f);
  cr_net_layer(f.net, 0)->bias.data[1] = -100.0f;
  cr_trace *t = fixture_trace(&f, &objective);
  assert_int_equal(cr_paths_find(t, (cr_place){.layer = 0, .unit = 1}, 0, 5, &paths), CR_OK);
  assert_int_equal(paths.count, 0);
  cr_paths_free(&paths);
  cr_trace_destroy(t);
  cr_net_destroy(f.net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(they_are_the_largest_of_all),
      cmocka_unit_test(outputs_that_mix_are_followed),
      cmocka_unit_test(deep_networks_do_not_hang),
      cmocka_unit_test(dead_units_have_no_path),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
