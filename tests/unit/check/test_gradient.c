#include "counting_allocator.h"
#include "data/encode.h"
#include "gradient_setup.h"

/* A row in which a unit is nearer to its kink than floats can tell is left out. */
static void rows_near_a_kink_are_left_out(void **state) {
  (void)state;
  setup s;
  set_up("2-3:relu-1:linear", objective_of("half_squared"), 3, &s);
  cr_layer *layer = &s.net->layers[0];
  layer->weight.data[0] = 0.3f;
  layer->weight.data[3] = -0.1f;
  layer->bias.data[0] = 0.0f;
  s.x[2] = 1.0f;
  s.x[3] = 3.0f; /* 0.3 - 3 * 0.1: not 0 in binary, and nearly */
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "");
  assert_int_equal(cr_gradient_report_rows(report), 2);
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

/* A row that floats can tell from the kink, by a hundred times their rounding, is used. */
static void rows_clear_of_a_kink_are_used(void **state) {
  (void)state;
  setup s;
  set_up("2-3:relu-1:linear", objective_of("half_squared"), 3, &s);
  cr_layer *layer = &s.net->layers[0];
  layer->weight.data[0] = 0.3f;
  layer->weight.data[3] = -0.1f;
  layer->bias.data[0] = 0.0f;
  s.x[2] = 1.0f;
  s.x[3] = 3.0003f; /* z is -0.00003, of terms of 0.6 */
  cr_gradient_report *report = run(&s);
  assert_wrong(report, "");
  assert_int_equal(cr_gradient_report_rows(report), 3);
  cr_gradient_report_destroy(report);
  tear_down(&s);
}

/* Some rows of a built-in set as a network for it would get them. */
static void take_rows(const char *set, size_t outputs, size_t count, setup *s) {
  cr_table *table = NULL;
  cr_encoder *encoder = NULL;
  cr_samples *samples = NULL;
  cr_strlist warnings = {0};
  cr_prepare_options prepare;
  size_t rows[ROWS];
  cr_prepare_options_init(&prepare);
  prepare.task = "classification";
  assert_int_equal(cr_table_read(set, NULL, &table), CR_OK);
  assert_int_equal(cr_encoder_create(table, &prepare, &warnings, &encoder), CR_OK);
  for (size_t i = 0; i < count; ++i) rows[i] = i * cr_table_rows(table) / count;
  assert_int_equal(cr_encoder_fit(encoder, table, rows, count, "minmax", &warnings), CR_OK);
  assert_int_equal(cr_encoder_samples(encoder, table, rows, count, true, outputs, &samples), CR_OK);
  const size_t inputs = cr_samples_inputs(samples), order[ROWS] = {0, 1, 2, 3, 4};
  char spec[128];
  snprintf(spec, sizeof spec, "%zu-3:linear-%zu:linear", inputs, outputs);
  set_up(spec, objective_of("half_squared"), count, s);
  cr_samples_gather(samples, s->work->kernel->bytes_to_floats, order, count,
                    (cr_matrix){s->x, count, inputs, inputs},
                    (cr_matrix){s->y, count, outputs, outputs});
  cr_samples_destroy(samples);
  cr_encoder_destroy(encoder);
  cr_strlist_free(&warnings);
  cr_table_destroy(table);
}

static void check_combination(const setup *data, const char *set, const cr_activation *hidden,
                              const cr_activation *output, const cr_loss *loss) {
  const cr_const_matrix x = data->job.x, y = data->job.y;
  char spec[160];
  cr_net *net = NULL;
  cr_gradient_report *report = NULL;
  const cr_objective objective = objective_of(loss->part.name);
  cr_gradient_options options;
  cr_gradient_options_init(&options);
  options.sample = 20;
  snprintf(spec, sizeof spec, "%zu-4:%s-3:%s-%zu:%s", x.cols, hidden->part.name, hidden->part.name,
           y.cols, output->part.name);
  if (!hidden->backward || !output->backward) return; /* not to be learnt by descent */
  if (cr_net_create(spec, &net) != CR_OK) return;     /* not in a hidden layer */
  assert_int_equal(cr_net_initialize(net, NULL, 3), CR_OK);
  assert_int_equal(cr_check_gradients(net, &objective, x, y, &options, &report), CR_OK);
  if (!cr_gradient_report_ok(report)) {
    print_message("%s, %s, %s\n", set, spec, loss->part.name);
    show(report);
  }
  assert_true(cr_gradient_report_ok(report));
  cr_gradient_report_destroy(report);
  cr_net_destroy(net);
}

/* Every built-in set with every activation and every loss that fits, by the registries. */
static void every_set_activation_and_loss_is_right(void **state) {
  (void)state;
  const struct {
    const char *name;
    size_t classes;
  } sets[] = {{"@xor", 2}, {"@parity:4", 2}, {"@spiral", 3}, {"@iris", 3}, {"@digits", 10}};
  const cr_activation *hidden, *output;
  const cr_loss *loss;
  for (size_t k = 0; k < sizeof sets / sizeof *sets; ++k) {
    setup s;
    take_rows(sets[k].name, sets[k].classes, k == 0 ? 4 : ROWS, &s);
    for (size_t h = 0; (hidden = cr_activation_at(h)); ++h) {
      for (size_t l = 0; (loss = cr_loss_at(l)); ++l) {
        for (size_t o = 0; (output = cr_activation_at(o)); ++o) {
          if (cr_loss_fits(loss, output->part.name))
            check_combination(&s, sets[k].name, hidden, output, loss);
        }
      }
    }
    tear_down(&s);
  }
}

static void what_cannot_be_checked_is_said(void **state) {
  (void)state;
  setup s;
  cr_gradient_report *report = NULL;
  cr_gradient_options options;
  set_up("2-3:tanh-1:linear", objective_of("half_squared"), ROWS, &s);
  const cr_objective objective = objective_of("half_squared");
  cr_gradient_options_init(&options);
  options.step = 0.0;
  assert_int_equal(cr_check_gradients(s.net, &objective, s.job.x, s.job.y, &options, &report),
                   CR_ERR_ARGUMENT);
  cr_const_matrix narrow = s.job.x;
  narrow.cols = 1;
  assert_int_equal(cr_check_gradients(s.net, &objective, narrow, s.job.y, NULL, &report),
                   CR_ERR_SHAPE);
  const cr_objective wrong = objective_of("cross_entropy");
  assert_int_equal(cr_check_gradients(s.net, &wrong, s.job.x, s.job.y, NULL, &report),
                   CR_ERR_COMBINATION);
  s.net->parameters[0] = INFINITY;
  assert_int_equal(cr_check_gradients(s.net, &objective, s.job.x, s.job.y, NULL, &report),
                   CR_ERR_NUMBER);
  assert_null(report);
  tear_down(&s);
}

/* The n-th allocation fails, for every n there is. */
static void memory_running_out_leaves_nothing(void **state) {
  (void)state;
  setup s;
  cr_gradient_report *report = NULL;
  const cr_objective objective = objective_of("half_squared");
  set_up("2-3:relu-1:linear", objective, ROWS, &s);
  counting_start();
  cr_status status = CR_ERR_MEMORY;
  for (size_t n = 1; status != CR_OK; ++n) {
    counting_fail_at(n, false);
    status = cr_check_gradients(s.net, &objective, s.job.x, s.job.y, NULL, &report);
    if (status == CR_OK) break;
    assert_int_equal(status, CR_ERR_MEMORY);
    assert_null(report);
    assert_int_equal(atomic_load(&counting.live), 0);
  }
  assert_true(atomic_load(&counting.calls) > 5);
  cr_gradient_report_destroy(report);
  assert_int_equal(atomic_load(&counting.live), 0);
  counting_stop();
  tear_down(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_near_a_kink_are_left_out),
      cmocka_unit_test(rows_clear_of_a_kink_are_used),
      cmocka_unit_test(every_set_activation_and_loss_is_right),
      cmocka_unit_test(what_cannot_be_checked_is_said),
      cmocka_unit_test(memory_running_out_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
