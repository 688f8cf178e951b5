/* Predictions as users make them: a row through a predictor, many through the network at once. */
#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "base/size.h"
#include "bench/images.h"
#include "bench/job.h"
#include "model/predictor.h"
#include "ref/reference.h"

enum {
  BLOCK_ROWS = 256, /* of a workspace, as many as cr_model_predict takes */
  CHECKED = 997,    /* every so manieth row is worked out in double precision */
};

/* Probabilities from sums of some hundred floats stray by less. */
static const double TOLERANCE = 1e-4;

typedef struct prediction_job {
  const char *name;
  cr_net *net;
  cr_matrix x, y; /* (rows, inputs), (rows, outputs), owned */
  cr_workspace *work;
  cr_model *model; /* of a single row, which is in `inputs`, and its answer */
  cr_predictor *predictor;
  double inputs[CR_IMAGE_PIXELS], values[CR_IMAGE_CLASSES];
} prediction_job;

static void destroy(void *context) {
  prediction_job *job = context;
  if (job == NULL) return;
  cr_predictor_destroy(job->predictor);
  cr_model_destroy(job->model);
  cr_workspace_destroy(job->work);
  cr_net_destroy(job->net);
  cr_free(job->x.data);
  cr_free(job->y.data);
  cr_free(job);
}

static cr_status predict_row(void *context) {
  prediction_job *job = context;
  return cr_predictor_run(job->predictor, job->inputs, CR_IMAGE_PIXELS, job->values,
                          CR_IMAGE_CLASSES);
}

static cr_status predict_rows(void *context) {
  const prediction_job *job = context;
  const cr_const_matrix x = {job->x.data, job->x.rows, job->x.cols, job->x.stride};
  return cr_net_forward(job->net, job->work, x, job->y);
}

/* Row `row` of the answers against the oracle, which has room for one. */
static cr_status check_row(const prediction_job *job, cr_reference *reference, size_t row) {
  double x[CR_IMAGE_PIXELS];
  const float *from = job->x.data + row * job->x.stride, *found = job->y.data + row * job->y.stride;
  for (size_t i = 0; i < CR_IMAGE_PIXELS; i++) x[i] = (double)from[i];
  cr_reference_forward(reference, x);
  const double *expected = reference->a[cr_net_layer_count(job->net) - 1];
  for (size_t k = 0; k < CR_IMAGE_CLASSES; k++) {
    if (fabs((double)found[k] - expected[k]) <= TOLERANCE) continue;
    return cr_fail(CR_ERR_CHECK, "%s: output %zu of row %zu is %g, expected %g", job->name, k, row,
                   (double)found[k], expected[k]);
  }
  return CR_OK;
}

static cr_status check_rows(void *context) {
  const prediction_job *job = context;
  cr_objective objective;
  cr_target_function target;
  cr_reference *reference = NULL;
  cr_objective_init(&objective);
  objective.loss = "cross_entropy";
  CR_TRY(cr_objective_resolve(job->net, &objective, &target));
  CR_TRY(cr_reference_create(job->net, &target, 1, &reference));
  cr_status status = CR_OK;
  for (size_t row = 0; row < job->x.rows && status == CR_OK; row += CHECKED)
    status = check_row(job, reference, row);
  cr_reference_destroy(reference);
  return status;
}

static cr_status check_single(void *context) {
  prediction_job *job = context;
  for (size_t k = 0; k < CR_IMAGE_CLASSES; k++) job->y.data[k] = (float)job->values[k];
  return check_rows(job);
}

static cr_status take_matrix(size_t rows, size_t cols, cr_matrix *out) {
  void *block = NULL;
  size_t size = 0;
  CR_TRY(cr_size_product(rows, cols, &size));
  CR_TRY(cr_alloc(size, sizeof *out->data, &block));
  *out = (cr_matrix){block, rows, cols, cols};
  return CR_OK;
}

/* The network, and rows of it in (0, 1). */
static cr_status fill(prediction_job *job, const cr_task *task, const cr_bench_setting *setting) {
  CR_TRY(cr_net_create(task->network, &job->net));
  CR_TRY(cr_net_initialize(job->net, NULL, setting->seed));
  CR_TRY(take_matrix(task->rows, CR_IMAGE_PIXELS, &job->x));
  CR_TRY(take_matrix(task->rows, CR_IMAGE_CLASSES, &job->y));
  for (size_t i = 0; i < job->x.rows * job->x.cols; i++)
    job->x.data[i] = (float)cr_random_uniform(setting->seed, CR_STREAM_DATA, 0, i);
  return CR_OK;
}

static cr_status fill_many(prediction_job *job, const cr_bench_setting *setting) {
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = BLOCK_ROWS;
  options.threads = setting->threads;
  options.kernel = setting->kernel->name;
  return cr_workspace_create(job->net, &options, &job->work);
}

static cr_status fill_single(prediction_job *job, const cr_bench_setting *setting) {
  static const char *const labels[CR_IMAGE_CLASSES] = {"0", "1", "2", "3", "4",
                                                       "5", "6", "7", "8", "9"};
  cr_model_options options;
  cr_model_options_init(&options);
  options.labels = labels;
  options.label_count = CR_IMAGE_CLASSES;
  CR_TRY(cr_model_from_net(job->net, &options, &job->model));
  for (size_t i = 0; i < CR_IMAGE_PIXELS; i++) job->inputs[i] = (double)job->x.data[i];
  return cr_predictor_create_on(job->model, setting->kernel->name, &job->predictor);
}

static cr_status create(const cr_task *task, const cr_bench_setting *setting, bool single,
                        cr_job *out) {
  void *block = NULL;
  *out = (cr_job){0};
  CR_TRY(cr_alloc(1, sizeof(prediction_job), &block));
  prediction_job *job = block;
  job->name = task->name;
  cr_status status = fill(job, task, setting);
  if (status == CR_OK) status = single ? fill_single(job, setting) : fill_many(job, setting);
  if (status != CR_OK) {
    destroy(job);
    return status;
  }
  *out = (cr_job){.context = job,
                  .work = single ? predict_row : predict_rows,
                  .check = single ? check_single : check_rows,
                  .destroy = destroy,
                  .flops = cr_forward_flops(job->net) * (double)task->rows,
                  .rows = task->rows};
  return CR_OK;
}

cr_status cr_single_job(const cr_task *task, const cr_bench_setting *setting, cr_job *out) {
  return create(task, setting, true, out);
}

cr_status cr_rows_job(const cr_task *task, const cr_bench_setting *setting, cr_job *out) {
  return create(task, setting, false, out);
}
