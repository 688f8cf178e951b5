#include "job_case.h"

enum { FORMS = 4 };

static const cr_product_form forms[FORMS] = {CR_FORM_FORWARD, CR_FORM_DW, CR_FORM_DW_ROWS,
                                             CR_FORM_DA};

static cr_task layer(cr_product_form form) {
  return (cr_task){.name = "product",
                   .create = cr_product_job,
                   .batch = 5,
                   .outputs = 23,
                   .inputs = 37,
                   .form = form};
}

static void test_each_form_is_right(void **state) {
  (void)state;
  const cr_bench_setting setting = job_setting();
  for (size_t i = 0; i < FORMS; i++) {
    const cr_task task = layer(forms[i]);
    cr_job job;
    assert_int_equal(task.create(&task, &setting, &job), CR_OK);
    assert_true(job.flops == 2.0 * 5 * 23 * 37); /* each of them goes over the same three sizes */
    assert_int_equal(job.rows, 0);
    assert_int_equal(job.check(job.context), CR_ERR_CHECK); /* nothing was done yet */
    assert_non_null(strstr(cr_last_error()->message, "product: entry 0,0 is "));
    assert_int_equal(job.work(job.context), CR_OK);
    assert_int_equal(job.check(job.context), CR_OK);
    job.destroy(job.context);
  }
}

static void test_want_of_memory(void **state) {
  (void)state;
  for (size_t i = 0; i < FORMS; i++) {
    const cr_task task = layer(forms[i]);
    job_survives_want_of_memory(&task);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_form_is_right),
      cmocka_unit_test(test_want_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
