#include "chainrule/bench.h"

#include "support.h"

#include "counting_allocator.h"

#define TINY "product 64x10x64"

/* As little as can be measured. */
static cr_bench_options quick(const char *only) {
  cr_bench_options options;
  cr_bench_options_init(&options);
  options.only = only;
  options.seconds = 1e-3;
  return options;
}

static void note_event(void *user, const cr_bench_event *event) {
  cr_bench_event *last = user;
  assert_int_equal(event->index, last->count == 0 ? 0 : last->index + 1);
  *last = *event;
}

static void test_defaults(void **state) {
  (void)state;
  cr_bench_options options;
  cr_bench_options_init(&options);
  assert_int_equal(options.struct_size, sizeof options);
  assert_null(options.only);
  assert_int_equal(options.threads, 1);
}

static void test_figures_agree(void **state) {
  (void)state;
  for (size_t threads = 1; threads <= 2; threads++) {
    cr_bench *bench = NULL;
    cr_bench_event last = {0};
    const cr_bench_listener listener = {note_event, &last};
    cr_bench_options options = quick("x10x");
    options.threads = threads;
    assert_int_equal(cr_bench_run(&options, &listener, &bench), CR_OK);
    const cr_bench_summary *summary = cr_bench_get_summary(bench);
    assert_int_equal(summary->threads, threads);
    assert_true(summary->processors >= 1 && summary->limit_gflops > 0);
    assert_int_equal(last.index + 1, 2);
    assert_int_equal(last.count, 2);
    assert_string_equal(last.name, "product 32x10x784");
    const size_t working = threads < summary->processors ? threads : summary->processors;
    const double limit = summary->limit_gflops * (double)working;
    const double flops[] = {2.0 * 64 * 10 * 64, 2.0 * 32 * 10 * 784};
    for (size_t i = 0; i < 2; i++) {
      const cr_bench_row *row = cr_bench_row_at(bench, i);
      assert_non_null(row);
      assert_true(row->flops == flops[i]);
      assert_int_equal(row->rows, 0);
      assert_close(row->gflops * row->seconds, 1e-9 * row->flops, 1e-20 * row->flops);
      assert_close(row->share * limit, row->gflops, 1e-14 * row->gflops);
      assert_true(row->seconds > 0 && row->seconds <= row->median && row->iqr >= 0);
    }
    assert_null(cr_bench_row_at(bench, 2));
    cr_bench_destroy(bench);
  }
}

/* A whole name is one row, though it begins others. */
static void test_only(void **state) {
  (void)state;
  cr_bench *bench = NULL;
  cr_bench_options options = quick("product 64x64x784");
  assert_int_equal(cr_bench_run(&options, NULL, &bench), CR_OK);
  assert_string_equal(cr_bench_row_at(bench, 0)->name, "product 64x64x784");
  assert_null(cr_bench_row_at(bench, 1));
  cr_bench_destroy(bench);
}

static void test_names(void **state) {
  (void)state;
  size_t count = 0;
  while (cr_bench_name_at(count) != NULL) count++;
  assert_true(count > 10);
  assert_null(cr_bench_name_at(SIZE_MAX));
}

static void test_wrong_options(void **state) {
  (void)state;
  static const struct mistake {
    const char *only, *message, *fix;
  } mistakes[] = {
      {"trian", "no row of the bench has 'trian' in its name; there are product 512x512x512, ",
       "chainrule bench --only 'train'"},
      {"predict 784-64-10 1 rows", "predict 784-64-10 10000 rows",
       "chainrule bench --only 'predict 784-64-10 1 row'"},
      {"convolution", "'convolution'", "chainrule bench   measures them all"},
  };
  for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
    cr_bench *bench = (cr_bench *)&bench;
    const cr_bench_options options = quick(mistakes[i].only);
    assert_int_equal(cr_bench_run(&options, NULL, &bench), CR_ERR_ARGUMENT);
    assert_null(bench);
    assert_non_null(strstr(cr_last_error()->message, mistakes[i].message));
    assert_string_equal(cr_last_error()->fix, mistakes[i].fix);
  }
  static const double seconds[] = {0, -1, 1000001, (double)NAN, (double)INFINITY};
  for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
    cr_bench *bench = NULL;
    cr_bench_options options = quick(TINY);
    options.seconds = seconds[i];
    assert_int_equal(cr_bench_run(&options, NULL, &bench), CR_ERR_ARGUMENT);
    assert_non_null(strstr(cr_last_error()->message, "above 0, up to 1e+06"));
  }
}

static void test_stop(void **state) {
  (void)state;
  const volatile sig_atomic_t stop = 1;
  cr_bench *bench = NULL;
  cr_bench_options options = quick(NULL);
  options.stop = &stop;
  assert_int_equal(cr_bench_run(&options, NULL, &bench), CR_ERR_INTERRUPTED);
  assert_null(bench);
}

static void stop_at_second(void *user, const cr_bench_event *event) {
  volatile sig_atomic_t *stop = user;
  if (event->index == 1) *stop = 1;
}

/* What was measured before the stop is handed out, with its share. */
static void test_stop_keeps_rows(void **state) {
  (void)state;
  volatile sig_atomic_t stop = 0;
  cr_bench *bench = NULL;
  cr_bench_options options = quick("product 64x");
  const cr_bench_listener listener = {stop_at_second, (void *)&stop};
  options.stop = &stop;
  assert_int_equal(cr_bench_run(&options, &listener, &bench), CR_ERR_INTERRUPTED);
  assert_non_null(bench);
  assert_non_null(cr_bench_row_at(bench, 0));
  assert_true(cr_bench_row_at(bench, 0)->share > 0);
  assert_null(cr_bench_row_at(bench, 1));
  cr_bench_destroy(bench);
}

static void test_want_of_memory(void **state) {
  (void)state;
  cr_bench_options options = quick(TINY);
  options.threads = 2;
  counting_start();
  for (size_t n = 1;; n++) {
    cr_bench *bench = NULL;
    counting_fail_at(n, false);
    const cr_status status = cr_bench_run(&options, NULL, &bench);
    const bool refused = counting.refused > 0;
    cr_bench_destroy(bench);
    assert_int_equal(counting.live, 0);
    assert_int_equal(status, refused ? CR_ERR_MEMORY : CR_OK);
    if (!refused) break;
  }
  options.only = "nothing"; /* the list of names needs memory, too */
  for (size_t n = 1;; n++) {
    cr_bench *bench = NULL;
    counting_fail_at(n, false);
    const cr_status status = cr_bench_run(&options, NULL, &bench);
    assert_int_equal(counting.live, 0);
    assert_int_equal(status, counting.refused > 0 ? CR_ERR_MEMORY : CR_ERR_ARGUMENT);
    if (counting.refused == 0) break;
  }
  counting_stop();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_defaults),
      cmocka_unit_test(test_figures_agree),
      cmocka_unit_test(test_only),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_wrong_options),
      cmocka_unit_test(test_stop),
      cmocka_unit_test(test_stop_keeps_rows),
      cmocka_unit_test(test_want_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
