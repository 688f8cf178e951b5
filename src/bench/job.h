/* The rows of the bench: what each does, and how it is set up, done once, and looked at. */
#ifndef BENCH_JOB_H
#define BENCH_JOB_H

#include <signal.h>

#include "bench/timer.h"
#include "chainrule/net.h"
#include "kernel/kernels.h"

/* What all rows are set up with. */
typedef struct cr_bench_setting {
  const cr_kernel *kernel;
  cr_pool *pool; /* of `threads` threads; NULL: one */
  size_t threads;
  uint64_t seed;
  const volatile sig_atomic_t *stop;
} cr_bench_setting;

/* One row at work. */
typedef struct cr_job {
  void *context;                  /* what was set up */
  cr_timed_work *work;            /* does it once */
  cr_timed_work *check;           /* is what the work has left right? CR_ERR_CHECK */
  void (*destroy)(void *context); /* NULL is fine */
  double flops;                   /* of one work */
  size_t rows;                    /* samples it goes through; 0: it is a product */
} cr_job;

/* The use of a product: z = a w, dw = a^T dz, the same in blocks of whole rows, da = dz w^T. */
typedef enum cr_product_form {
  CR_FORM_FORWARD,
  CR_FORM_DW,
  CR_FORM_DW_ROWS,
  CR_FORM_DA
} cr_product_form;

/* A row; what its kind does not need is 0. */
typedef struct cr_task {
  const char *name;
  /* On failure *out is empty. */
  cr_status (*create)(const struct cr_task *task, const cr_bench_setting *setting, cr_job *out);
  /* a layer: rows of a batch, outputs, inputs */
  size_t batch, outputs, inputs;
  cr_product_form form;
  /* a network, as cr_net_create reads it */
  const char *network;
  size_t rows;
  const char *optimizer;
  double learning_rate;
} cr_task;

/* Row `index`; NULL past the last one. */
const cr_task *cr_task_at(size_t index);

/* `create` of the rows, by their kind. */
cr_status cr_product_job(const cr_task *task, const cr_bench_setting *setting, cr_job *out);
cr_status cr_epoch_job(const cr_task *task, const cr_bench_setting *setting, cr_job *out);
cr_status cr_xor_job(const cr_task *task, const cr_bench_setting *setting, cr_job *out);
cr_status cr_single_job(const cr_task *task, const cr_bench_setting *setting, cr_job *out);
cr_status cr_rows_job(const cr_task *task, const cr_bench_setting *setting, cr_job *out);

/* Flops of a sample: forward, and of a step of training, where the first layer has no da. */
double cr_forward_flops(const cr_net *net);
double cr_step_flops(const cr_net *net);

#endif
