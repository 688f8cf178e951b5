/* What the tests of the jobs share: a setting, and a job whose allocations fail in turn. */
#ifndef JOB_CASE_H
#define JOB_CASE_H

#include "bench/job.h"
#include "support.h"

#include "counting_allocator.h"

/* Work is done several times before it is looked at, as the bench does: a training learns. */
enum { JOB_TIMES = 4 };

static inline cr_bench_setting job_setting(void) {
  cr_bench_setting setting = {.threads = 1, .seed = 1};
  assert_int_equal(cr_kernel_find(NULL, &setting.kernel), CR_OK);
  return setting;
}

/* Sets up, works and looks at it. */
static inline cr_status job_live(const cr_task *task, const cr_bench_setting *setting) {
  cr_job job;
  CR_TRY(task->create(task, setting, &job));
  cr_status status = CR_OK;
  for (size_t i = 0; i < JOB_TIMES && status == CR_OK; i++) status = job.work(job.context);
  if (status == CR_OK)
    status = job.work(job.context); /* only a second epoch shows what is learnt */
  if (status == CR_OK) status = job.check(job.context);
  job.destroy(job.context);
  return status;
}

/* Each allocation of such a life fails in turn; nothing leaks. */
static inline void job_survives_want_of_memory(const cr_task *task) {
  const cr_bench_setting setting = job_setting();
  counting_start();
  for (size_t n = 1;; n++) {
    counting_fail_at(n, false);
    const cr_status status = job_live(task, &setting);
    assert_int_equal(counting.live, 0);
    if (counting.refused == 0) {
      assert_int_equal(status, CR_OK);
      assert_true(n > 1);
      break;
    }
    assert_int_equal(status, CR_ERR_MEMORY);
  }
  counting_stop();
}

#endif
