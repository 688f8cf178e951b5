#include "job_case.h"

static const cr_task single = {
    .name = "one", .create = cr_single_job, .network = "784-6:relu-10:softmax", .rows = 1};
static const cr_task many = {
    .name = "many", .create = cr_rows_job, .network = "784-6:relu-10:softmax", .rows = 1300};

static void look_at(const cr_task *task) {
  const cr_bench_setting setting = job_setting();
  cr_job job;
  assert_int_equal(task->create(task, &setting, &job), CR_OK);
  assert_int_equal(job.rows, task->rows);
  assert_true(job.flops == 2.0 * (784 * 6 + 6 * 10) * (double)task->rows);
  assert_int_equal(job.check(job.context), CR_ERR_CHECK); /* probabilities are not all 0 */
  assert_int_equal(job.work(job.context), CR_OK);
  assert_int_equal(job.check(job.context), CR_OK);
  job.destroy(job.context);
}

static void test_predictions_are_right(void **state) {
  (void)state;
  look_at(&single);
  look_at(&many);
}

static void test_want_of_memory(void **state) {
  (void)state;
  job_survives_want_of_memory(&single);
  job_survives_want_of_memory(&many);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_predictions_are_right),
      cmocka_unit_test(test_want_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
