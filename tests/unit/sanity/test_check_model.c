#include "counting_allocator.h"
#include "setup.h"

/* Every built-in set passes, with all tests of the list, in the network planned for it. */
static void built_in_sets_pass(void **state) {
  (void)state;
  const char *const sets[] = {"@xor", "@parity:4", "@spiral", "@iris", "@digits"};
  for (size_t k = 0; k < sizeof sets / sizeof *sets; ++k) {
    cr_table *table = NULL;
    cr_check_report *report = NULL;
    const cr_sanity *test;
    size_t count = 0;
    assert_int_equal(cr_table_read(sets[k], NULL, &table), CR_OK);
    assert_int_equal(cr_check_table(table, NULL, NULL, NULL, &report), CR_OK);
    for (; (test = cr_check_report_at(report, count)); ++count) {
      assert_string_equal(test->name, cr_sanity_test_at(count)->name);
      assert_true(test->found[0] != '\0' && test->shows[0] != '\0');
      if (!test->ok || strcmp(test->verdict, "warn") == 0) {
        print_error("%s, %s: %s\n", sets[k], test->name, test->found);
      }
      assert_true(test->ok);
      assert_string_not_equal(test->verdict, "warn");
    }
    assert_null(cr_sanity_test_at(count));
    assert_true(cr_check_report_ok(report));
    assert_true(cr_gradient_report_ok(cr_check_report_gradients(report)));
    cr_check_report_destroy(report);
    cr_table_destroy(table);
  }
}

/* The network is planned as for a training, and begins as that would. */
static void the_network_is_that_of_the_options(void **state) {
  (void)state;
  cr_table *table = NULL;
  cr_check_report *report = NULL;
  cr_train_options train;
  cr_train_options_init(&train);
  train.layers = "7,3";
  train.activation = "tanh";
  train.l2 = 0.5;
  assert_int_equal(cr_table_read("@iris", NULL, &table), CR_OK);
  assert_int_equal(cr_check_table(table, NULL, &train, NULL, &report), CR_OK);
  assert_string_equal(cr_check_report_network(report), "4-7:tanh-3:tanh-3:softmax");
  assert_string_equal(cr_check_report_loss(report), "cross_entropy");
  const cr_gradient_report *gradients = cr_check_report_gradients(report);
  assert_string_equal(cr_gradient_report_at(gradients, 8)->name, "W3 penalty");
  assert_null(cr_gradient_report_at(gradients, 9));
  cr_check_report_destroy(report);
  train.layers = "x";
  assert_int_equal(cr_check_table(table, NULL, &train, NULL, &report), CR_ERR_ARGUMENT);
  assert_null(report);
  cr_table_destroy(table);
}

/* A model is checked as it is: here with a unit that is dead. */
static void a_model_is_checked_as_it_is(void **state) {
  (void)state;
  setup s;
  cr_check_report *report = NULL;
  cr_check_options options;
  cr_check_options_init(&options);
  options.rows = 7;
  setup_network("2-2:relu-1:linear", NULL, &s);
  cr_net_layer(s.net, 0)->bias.data[0] = -50.0f;
  cr_net_layer(s.net, 0)->bias.data[1] = 5.0f;
  setup_subject(&s, 40);
  assert_int_equal(cr_check_model(s.model, s.table, NULL, &options, &report), CR_OK);
  assert_int_equal(cr_gradient_report_rows(cr_check_report_gradients(report)), 7);
  assert_true(cr_check_report_ok(report)); /* a dead unit is no fault of the mathematics */
  const cr_sanity *test;
  for (size_t i = 0; (test = cr_check_report_at(report, i)); ++i) {
    if (strcmp(test->name, "dead units") == 0) assert_string_equal(test->verdict, "warn");
  }
  assert_null(cr_check_report_warning(report, 0));
  cr_check_report_destroy(report);
  setup_free(&s);
}

static void a_table_of_something_else_is_refused(void **state) {
  (void)state;
  setup s;
  cr_table *other = NULL;
  cr_check_report *report = NULL;
  setup_network("2-2:relu-1:linear", NULL, &s);
  setup_subject(&s, 40);
  assert_int_equal(cr_table_read("@digits", NULL, &other), CR_OK);
  assert_int_equal(cr_check_model(s.model, other, NULL, NULL, &report), CR_ERR_SHAPE);
  assert_null(report);
  cr_table_destroy(other);
  setup_free(&s);
}

/* The n-th allocation fails, for many n of the whole check. */
static void memory_running_out_leaves_nothing(void **state) {
  (void)state;
  setup s;
  cr_check_report *report = NULL;
  setup_network("2-2:relu-1:linear", NULL, &s);
  setup_subject(&s, 60);
  counting_start();
  assert_int_equal(cr_check_model(s.model, s.table, NULL, NULL, &report), CR_OK);
  const size_t calls = atomic_load(&counting.calls);
  cr_check_report_destroy(report);
  assert_int_equal(atomic_load(&counting.live), 0);
  for (size_t n = 1; n <= calls; n += 1 + n / 8) {
    counting_fail_at(n, false);
    assert_int_equal(cr_check_model(s.model, s.table, NULL, NULL, &report), CR_ERR_MEMORY);
    assert_null(report);
    assert_int_equal(atomic_load(&counting.live), 0);
  }
  counting_stop();
  setup_free(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(built_in_sets_pass),
      cmocka_unit_test(the_network_is_that_of_the_options),
      cmocka_unit_test(a_model_is_checked_as_it_is),
      cmocka_unit_test(a_table_of_something_else_is_refused),
      cmocka_unit_test(memory_running_out_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
