#include "job_case.h"

enum { ROWS = 1200, BATCH = 64 };

static const cr_task epoch = {.name = "epoch",
                              .create = cr_epoch_job,
                              .batch = BATCH,
                              .network = "784-24:relu-10:softmax",
                              .rows = ROWS,
                              .optimizer = "gd",
                              .learning_rate = 0.02};

static const cr_task xor_task = {.name = "xor",
                                 .create = cr_xor_job,
                                 .network = "2-3:sigmoid-1:sigmoid",
                                 .optimizer = "gd",
                                 .learning_rate = 0.5};

static void test_an_epoch(void **state) {
  (void)state;
  const cr_bench_setting setting = job_setting();
  cr_job job;
  assert_int_equal(epoch.create(&epoch, &setting, &job), CR_OK);
  assert_int_equal(job.rows, ROWS);
  /* forward and dw of both layers, da of the second */
  assert_true(job.flops == ROWS * (2.0 * 2 * (784 * 24 + 24 * 10) + 2.0 * 24 * 10));
  assert_int_equal(job.check(job.context), CR_ERR_CHECK); /* nothing was learnt yet */
  for (size_t i = 0; i < JOB_TIMES; i++) assert_int_equal(job.work(job.context), CR_OK);
  assert_int_equal(job.check(job.context), CR_OK);
  job.destroy(job.context);
}

static void test_xor(void **state) {
  (void)state;
  const cr_bench_setting setting = job_setting();
  cr_job job;
  assert_int_equal(xor_task.create(&xor_task, &setting, &job), CR_OK);
  assert_int_equal(job.rows, 4);
  assert_true(job.flops == 42.0 * 4 * 10000);
  assert_int_equal(job.work(job.context), CR_OK);
  assert_int_equal(job.check(job.context), CR_OK);
  job.destroy(job.context);
}

static void test_steps_that_go_wrong(void **state) {
  (void)state;
  const cr_bench_setting setting = job_setting();
  cr_task wild = epoch;
  cr_job job;
  wild.learning_rate = 1e6;
  assert_int_equal(wild.create(&wild, &setting, &job), CR_OK);
  cr_status status = job.work(job.context);
  if (status == CR_OK) status = job.work(job.context);
  if (status == CR_OK) status = job.check(job.context);
  assert_true(status == CR_ERR_DIVERGED || status == CR_ERR_CHECK);
  job.destroy(job.context);
}

static void test_want_of_memory(void **state) {
  (void)state;
  job_survives_want_of_memory(&epoch);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_an_epoch),
      cmocka_unit_test(test_xor),
      cmocka_unit_test(test_steps_that_go_wrong),
      cmocka_unit_test(test_want_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
