#include "chainrule/bench.h"

#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/processors.h"
#include "base/size.h"
#include "base/strbuf.h"
#include "bench/fma_limit.h"
#include "bench/job.h"

/* After each row the limit is looked at again for so long a share of a row's time. */
static const double LIMIT_SHARE = 0.1;

static const double GIGA = 1e9;

/* Eleven days: more is a slip. */
static const double MOST_SECONDS = 1e6;

struct cr_bench {
  cr_bench_summary summary;
  cr_bench_row *rows; /* (count) owned */
  size_t count;
};

/* One call of cr_bench_run. */
typedef struct bench_run {
  cr_bench_options options;
  cr_bench_setting setting;
  const cr_bench_listener *listener;
  const cr_fma_limit *limit;
  cr_bench *bench;
} bench_run;

void cr_bench_options_init_sized(cr_bench_options *options, size_t size) {
  static const cr_bench_options defaults = {.threads = 1, .seconds = 0.5, .seed = 1};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

const char *cr_bench_name_at(size_t index) {
  const cr_task *task = cr_task_at(index);
  return task != NULL ? task->name : NULL;
}

/* --- which rows --- */

static const cr_task *find(const char *name) {
  const cr_task *task;
  for (size_t i = 0; (task = cr_task_at(i)) != NULL; i++) {
    if (strcmp(task->name, name) == 0) return task;
  }
  return NULL;
}

/* A whole name stands for its row alone, even where others begin with it. */
static bool is_wanted(const cr_task *task, const char *only) {
  if (only == NULL) return true;
  const cr_task *exact = find(only);
  return exact != NULL ? task == exact : strstr(task->name, only) != NULL;
}

static size_t count_wanted(const char *only) {
  size_t count = 0;
  const cr_task *task;
  for (size_t i = 0; (task = cr_task_at(i)) != NULL; i++) count += is_wanted(task, only);
  return count;
}

/* A name, or the first word of it, that was nearly written. */
typedef struct nearest {
  char name[64];
  size_t distance;
} nearest;

static void offer(nearest *near, const char *only, const char *name, size_t length) {
  char text[sizeof near->name];
  if (length >= sizeof text) return;
  memcpy(text, name, length);
  text[length] = '\0';
  const size_t distance = cr_text_distance(only, text);
  if (distance > near->distance) return;
  near->distance = distance;
  memcpy(near->name, text, length + 1);
}

static cr_status refuse(const char *only) {
  const cr_task *task;
  cr_strbuf names = {0};
  nearest near = {.distance = (strlen(only) + 1) / 3}; /* an edit for three letters */
  for (size_t i = 0; (task = cr_task_at(i)) != NULL; i++) {
    cr_strbuf_format(&names, "%s%s", i > 0 ? ", " : "", task->name);
    offer(&near, only, task->name, strlen(task->name));
    offer(&near, only, task->name, strcspn(task->name, " "));
  }
  char *text = NULL;
  CR_TRY(cr_strbuf_take(&names, &text));
  cr_fail(CR_ERR_ARGUMENT, "no row of the bench has '%.40s' in its name; there are %s", only, text);
  cr_free(text);
  if (near.name[0] == '\0') return cr_fix("chainrule bench   measures them all");
  return cr_fix("chainrule bench --only '%s'", near.name);
}

/* --- measuring --- */

/* The limit is the most that was ever seen: other programs may have taken their share before. */
static cr_status measure_limit(bench_run *run, double seconds) {
  const cr_timer timer = {seconds, run->options.stop};
  cr_timing timing;
  float factor = 0.25f;
  CR_TRY(cr_timer_measure(&timer, run->limit->work, &factor, &timing));
  const double found = run->limit->flops / timing.min / GIGA;
  double *limit = &run->bench->summary.limit_gflops;
  if (found > *limit) *limit = found;
  return CR_OK;
}

static cr_status measure_job(bench_run *run, const cr_task *task, const cr_job *job) {
  const cr_timer timer = {run->options.seconds, run->options.stop};
  cr_timing timing;
  CR_TRY(cr_timer_measure(&timer, job->work, job->context, &timing));
  CR_TRY(job->check(job->context));
  run->bench->rows[run->bench->count++] = (cr_bench_row){.name = task->name,
                                                         .rows = job->rows,
                                                         .flops = job->flops,
                                                         .runs = timing.runs,
                                                         .repeats = timing.repeats,
                                                         .seconds = timing.min,
                                                         .median = timing.median,
                                                         .iqr = timing.iqr,
                                                         .busy = timing.busy,
                                                         .gflops = job->flops / timing.min / GIGA};
  return CR_OK;
}

static cr_status measure_task(bench_run *run, const cr_task *task, size_t count) {
  cr_job job;
  const cr_bench_event event = {task->name, run->bench->count, count};
  if (run->listener && run->listener->on_event)
    run->listener->on_event(run->listener->user, &event);
  CR_TRY(task->create(task, &run->setting, &job));
  const cr_status status = measure_job(run, task, &job);
  job.destroy(job.context);
  if (status != CR_OK) return status;
  return measure_limit(run, LIMIT_SHARE * run->options.seconds);
}

static cr_status measure_all(bench_run *run, size_t count) {
  const cr_task *task;
  CR_TRY(measure_limit(run, run->options.seconds));
  for (size_t i = 0; (task = cr_task_at(i)) != NULL; i++) {
    if (is_wanted(task, run->options.only)) CR_TRY(measure_task(run, task, count));
  }
  return CR_OK;
}

static void find_shares(cr_bench *bench) {
  const cr_bench_summary *summary = &bench->summary;
  const size_t working = cr_size_min(summary->threads, summary->processors);
  const double most = summary->limit_gflops * (double)working;
  for (size_t i = 0; i < bench->count; i++) bench->rows[i].share = bench->rows[i].gflops / most;
}

/* --- beginning and end --- */

static cr_status check_options(const cr_bench_options *options) {
  if (!(options->seconds > 0 && options->seconds <= MOST_SECONDS))
    return cr_fail(CR_ERR_ARGUMENT, "%.9g seconds for a row, expected a number above 0, up to %g",
                   options->seconds, MOST_SECONDS);
  return CR_OK;
}

static cr_status set_up(bench_run *run) {
  cr_bench_setting *setting = &run->setting;
  CR_TRY(cr_kernel_find(run->options.kernel, &setting->kernel));
  run->limit = cr_fma_limit_at(setting->kernel->level);
  CR_TRY(cr_pool_create(run->options.threads, &setting->pool));
  setting->threads = cr_pool_threads(setting->pool);
  setting->seed = run->options.seed;
  setting->stop = run->options.stop;
  run->bench->summary.kernel = setting->kernel->name;
  run->bench->summary.threads = setting->threads;
  run->bench->summary.processors = cr_processors();
  return CR_OK;
}

static cr_status measure(bench_run *run) {
  void *block = NULL;
  const size_t count = count_wanted(run->options.only);
  CR_TRY(cr_alloc(count, sizeof *run->bench->rows, &block));
  run->bench->rows = block;
  CR_TRY(set_up(run));
  return measure_all(run, count);
}

cr_status cr_bench_run(const cr_bench_options *options, const cr_bench_listener *listener,
                       cr_bench **out) {
  bench_run run = {.listener = listener};
  void *block = NULL;
  *out = NULL;
  cr_bench_options_init(&run.options);
  CR_TRY(cr_options_copy(&run.options, sizeof run.options, options, "cr_bench_options_init"));
  CR_TRY(check_options(&run.options));
  if (count_wanted(run.options.only) == 0) return refuse(run.options.only);
  CR_TRY(cr_alloc(1, sizeof(cr_bench), &block));
  run.bench = block;
  const cr_status status = measure(&run);
  cr_pool_destroy(run.setting.pool);
  find_shares(run.bench);
  if (status == CR_OK || (status == CR_ERR_INTERRUPTED && run.bench->count > 0))
    *out = run.bench;
  else
    cr_bench_destroy(run.bench);
  return status;
}

void cr_bench_destroy(cr_bench *bench) {
  if (bench == NULL) return;
  cr_free(bench->rows);
  cr_free(bench);
}

const cr_bench_summary *cr_bench_get_summary(const cr_bench *bench) {
  return &bench->summary;
}

const cr_bench_row *cr_bench_row_at(const cr_bench *bench, size_t index) {
  return index < bench->count ? &bench->rows[index] : NULL;
}
