/* A matrix product as the layers of a network use it. */
#include <float.h>
#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "bench/job.h"

/* Every so manieth entry of a result is looked at. */
enum { CHECKED = 17 };

typedef struct product_job {
  const cr_bench_setting *setting;
  const char *name;
  cr_product product;
  float *a, *b, *bias, *c; /* owned */
} product_job;

static void destroy(void *context) {
  product_job *job = context;
  if (job == NULL) return;
  cr_free(job->a);
  cr_free(job->b);
  cr_free(job->bias);
  cr_free(job->c);
  cr_free(job);
}

static cr_status work(void *context) {
  const product_job *job = context;
  cr_multiply(job->setting->kernel, job->setting->pool, &job->product);
  return CR_OK;
}

static cr_status check(void *context) {
  const product_job *job = context;
  const cr_product *p = &job->product;
  /* a sum of k + 1 terms below 1/4 strays by less than k + 1 roundings of k/4 */
  const double most = (double)(p->k + 1) * (double)FLT_EPSILON * 0.25 * (double)(p->k + 1);
  for (size_t at = 0; at < p->m * p->n; at += CHECKED) {
    const size_t i = at / p->n, j = at % p->n;
    double sum = p->bias != NULL ? (double)p->bias[j] : 0.0;
    for (size_t q = 0; q < p->k; q++) {
      sum += (double)p->a[i * p->a_row + q * p->a_col] * (double)p->b[q * p->b_row + j * p->b_col];
    }
    const double found = (double)p->c[i * p->c_stride + j];
    if (fabs(found - sum) <= most) continue;
    return cr_fail(CR_ERR_CHECK, "%s: entry %zu,%zu is %g, expected %g", job->name, i, j, found,
                   sum);
  }
  return CR_OK;
}

/* Numbers in (-0.5, 0.5). */
static cr_status take(size_t size, const cr_bench_setting *setting, uint32_t lane, float **out) {
  void *block = NULL;
  CR_TRY(cr_alloc(size, sizeof **out, &block));
  *out = block;
  for (size_t i = 0; i < size; i++)
    (*out)[i] = (float)(cr_random_uniform(setting->seed, CR_STREAM_DATA, lane, i) - 0.5);
  return CR_OK;
}

static cr_status fill(const cr_task *t, product_job *job) {
  const cr_bench_setting *s = job->setting;
  const bool forward = t->form == CR_FORM_FORWARD, da = t->form == CR_FORM_DA;
  const bool dw = !forward && !da;
  cr_product *p = &job->product;
  p->m = dw ? t->inputs : t->batch;
  p->n = da ? t->inputs : t->outputs;
  p->k = forward ? t->inputs : dw ? t->batch : t->outputs;
  CR_TRY(take(p->m * p->k, s, 0, &job->a));
  CR_TRY(take(p->k * p->n, s, 1, &job->b));
  CR_TRY(take(p->n, s, 2, &job->bias));
  CR_TRY(take(p->m * p->n, s, 3, &job->c));
  p->a = job->a;
  p->a_row = dw ? 1 : p->k; /* dw takes a^T, by its strides */
  p->a_col = dw ? p->m : 1;
  p->b = job->b;
  p->b_row = da ? 1 : p->n; /* and da w^T */
  p->b_col = da ? p->k : 1;
  p->bias = forward ? job->bias : NULL;
  p->c = job->c;
  p->c_stride = p->n;
  p->whole_rows = t->form == CR_FORM_DW_ROWS;
  return CR_OK;
}

cr_status cr_product_job(const cr_task *task, const cr_bench_setting *setting, cr_job *out) {
  void *block = NULL;
  *out = (cr_job){0};
  CR_TRY(cr_alloc(1, sizeof(product_job), &block));
  product_job *job = block;
  job->setting = setting;
  job->name = task->name;
  const cr_status status = fill(task, job);
  if (status != CR_OK) {
    destroy(job);
    return status;
  }
  *out = (cr_job){.context = job,
                  .work = work,
                  .check = check,
                  .destroy = destroy,
                  .flops = 2.0 * (double)(job->product.m * job->product.n * job->product.k)};
  return CR_OK;
}
