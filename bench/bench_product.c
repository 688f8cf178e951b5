/*
 * How fast are the matrix products, of more shapes than `chainrule bench` has, on each kernel or on
 * one? The limit is measured in the same run: usage: bench_product [--kernel NAME] [--threads N]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/fma_limit.h"
#include "bench/job.h"

/* A layer that takes `in` numbers a row and gives `out`, with so many rows in a batch. */
typedef struct shape {
  size_t rows, out, in;
} shape;

static const shape shapes[] = {
    {512, 512, 512}, {128, 800, 784},  {128, 128, 784},   {64, 64, 784},   {64, 10, 64},
    {32, 10, 784},   {256, 2500, 784}, {256, 2000, 2500}, {128, 100, 784}, {128, 72, 784},
    {1, 64, 784},    {4, 3, 2},        {4, 1, 3},
};

/* What a training step asks of a layer; dw in whole rows is that of a fused step. */
static const struct {
  const char *name;
  cr_product_form form;
} uses[] = {{"forward", CR_FORM_FORWARD},
            {"dW", CR_FORM_DW},
            {"dW rows", CR_FORM_DW_ROWS},
            {"dA", CR_FORM_DA}};

enum { SHAPES = sizeof shapes / sizeof shapes[0], USES = sizeof uses / sizeof uses[0] };

static const cr_timer timer = {.seconds = 0.1};

static const double MICRO = 1e-6, GIGA = 1e9;

static cr_status print_row(const cr_bench_setting *setting, const shape *s, size_t use,
                           double limit) {
  const cr_task task = {.name = uses[use].name,
                        .batch = s->rows,
                        .outputs = s->out,
                        .inputs = s->in,
                        .form = uses[use].form};
  cr_job job;
  cr_timing t;
  CR_TRY(cr_product_job(&task, setting, &job));
  cr_status status = cr_timer_measure(&timer, job.work, job.context, &t);
  if (status == CR_OK) status = job.check(job.context);
  if (status == CR_OK) {
    const double speed = job.flops / t.min; /* as the limit: at best */
    const double most = limit * (double)setting->threads;
    printf("%-8s %5zu %5zu %5zu %10.3f %10.3f %10.3f %9.1f %5.1f %%\n", task.name, s->rows, s->out,
           s->in, t.min / MICRO, t.median / MICRO, t.iqr / MICRO, speed / GIGA, 100 * speed / most);
  }
  job.destroy(job.context);
  return status;
}

static cr_status bench_kernel(const cr_bench_setting *setting) {
  const cr_fma_limit *most = cr_fma_limit_at(setting->kernel->level);
  cr_timing t;
  float factor = 0.25f;
  CR_TRY(cr_timer_measure(&timer, most->work, &factor, &t));
  const double limit = most->flops / t.min;
  printf("%s, threads %zu, limit of each %.1f GFLOP/s, compiled by %s\n", setting->kernel->name,
         setting->threads, limit / GIGA, __VERSION__);
  printf("%-8s %5s %5s %5s %10s %10s %10s %9s %7s\n", "product", "rows", "out", "in", "min us",
         "median us", "iqr us", "GFLOP/s", "share");
  for (size_t i = 0; i < SHAPES; i++)
    for (size_t use = 0; use < USES; use++) CR_TRY(print_row(setting, &shapes[i], use, limit));
  return CR_OK;
}

/* On the kernel of this name, or if it is NULL on all that this processor runs. */
static cr_status bench(const char *name, cr_bench_setting *setting) {
  if (name != NULL) {
    CR_TRY(cr_kernel_find(name, &setting->kernel));
    return bench_kernel(setting);
  }
  for (size_t i = 0; (setting->kernel = cr_kernel_at(i)) != NULL; i++)
    if (setting->kernel->supported()) CR_TRY(bench_kernel(setting));
  return CR_OK;
}

int main(int argc, char **argv) {
  const char *name = NULL;
  cr_bench_setting setting = {.threads = 1, .seed = 1};
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 < argc && strcmp(argv[i], "--kernel") == 0) {
      name = argv[i + 1];
    } else if (i + 1 < argc && strcmp(argv[i], "--threads") == 0) {
      setting.threads = strtoul(argv[i + 1], NULL, 10);
    } else {
      fprintf(stderr, "usage: bench_product [--kernel NAME] [--threads N]\n");
      return 2;
    }
  }
  cr_status status = cr_pool_create(setting.threads, &setting.pool);
  setting.threads = cr_pool_threads(setting.pool);
  if (status == CR_OK) status = bench(name, &setting);
  cr_pool_destroy(setting.pool);
  if (status != CR_OK) fprintf(stderr, "bench_product: %s\n", cr_last_error()->message);
  return status == CR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
