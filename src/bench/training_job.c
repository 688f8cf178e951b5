/* Epochs of a training as users run them: through the trainer, with shuffling and all. */
#include <math.h>

#include "base/alloc.h"
#include "bench/images.h"
#include "bench/job.h"
#include "chainrule/train.h"
#include "data/samples.h"

enum { XOR_EPOCHS = 10000 };

/* Mean and deviation of MNIST's pixels, by which images are commonly scaled. */
static const float MEAN = 0.1307f, DEVIATION = 0.3081f;

typedef struct training_job {
  const char *name;
  uint8_t *bytes; /* (rows, CR_IMAGE_PIXELS), owned; XOR has none */
  cr_net *net;
  cr_samples *samples;
  cr_trainer *trainer;
  size_t epochs; /* of one work */
  double guess;  /* loss of an answer that does not look at the inputs */
  double loss;   /* of the last epoch; NAN before */
} training_job;

static void destroy(void *context) {
  training_job *job = context;
  if (job == NULL) return;
  cr_trainer_destroy(job->trainer);
  cr_samples_destroy(job->samples);
  cr_net_destroy(job->net);
  cr_free(job->bytes);
  cr_free(job);
}

static cr_status work(void *context) {
  training_job *job = context;
  for (size_t i = 0; i < job->epochs; i++) CR_TRY(cr_trainer_epoch(job->trainer, &job->loss));
  return CR_OK;
}

/* Steps are right if something is learnt by them. */
static cr_status check(void *context) {
  const training_job *job = context;
  if (job->loss < job->guess) return CR_OK;
  return cr_fail(CR_ERR_CHECK, "%s: the loss of the last epoch is %g, expected less than %g",
                 job->name, job->loss, job->guess);
}

/* Images stay bytes until a batch is made of them, as those of a file do. */
static cr_status take_images(training_job *job, size_t rows, uint64_t seed) {
  void *block = NULL;
  CR_TRY(cr_alloc(rows, CR_IMAGE_PIXELS, &block));
  job->bytes = block;
  CR_TRY(cr_alloc(1, sizeof *job->samples, &block));
  cr_samples *samples = job->samples = block;
  samples->rows = rows;
  samples->inputs = CR_IMAGE_PIXELS;
  samples->outputs = CR_IMAGE_CLASSES;
  samples->bytes = job->bytes;
  samples->byte_scale = 1 / (255 * DEVIATION);
  samples->byte_shift = -MEAN / DEVIATION;
  CR_TRY(cr_alloc(rows, sizeof *samples->byte_rows, &block));
  samples->byte_rows = block;
  for (size_t i = 0; i < rows; i++) samples->byte_rows[i] = i;
  CR_TRY(cr_alloc(rows, sizeof *samples->classes, &block));
  samples->classes = block;
  cr_images_draw(seed, rows, job->bytes, samples->classes);
  return CR_OK;
}

static cr_status take_xor(training_job *job) {
  static const float x[] = {0, 0, 0, 1, 1, 0, 1, 1}, y[] = {0, 1, 1, 0};
  return cr_samples_from_matrices((cr_const_matrix){x, 4, 2, 2}, (cr_const_matrix){y, 4, 1, 1},
                                  &job->samples);
}

static cr_status take_trainer(training_job *job, const cr_task *task, const char *loss,
                              const cr_bench_setting *setting) {
  cr_objective objective;
  cr_train_options options;
  cr_objective_init(&objective);
  objective.loss = loss;
  cr_train_options_init(&options);
  options.optimizer = task->optimizer;
  options.schedule = "constant";
  options.learning_rate = task->learning_rate;
  options.batch = task->batch > 0 ? task->batch : SIZE_MAX;
  options.epochs = job->epochs;
  options.seed = setting->seed;
  options.threads = setting->threads;
  options.kernel = setting->kernel->name;
  options.stop = setting->stop;
  CR_TRY(cr_net_create(task->network, &job->net));
  CR_TRY(cr_net_initialize(job->net, NULL, setting->seed));
  return cr_trainer_create(job->net, &objective, &options, job->samples, &job->trainer);
}

static cr_status take_job(const cr_task *task, size_t epochs, double guess, training_job **out) {
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof **out, &block));
  *out = block;
  (*out)->name = task->name;
  (*out)->epochs = epochs;
  (*out)->guess = guess;
  (*out)->loss = (double)NAN;
  return CR_OK;
}

/* Hands the job out if all went well. */
static cr_status finish(cr_status status, training_job *job, cr_job *out) {
  if (status != CR_OK) {
    destroy(job);
    return status;
  }
  const size_t rows = cr_samples_rows(job->samples);
  *out = (cr_job){.context = job,
                  .work = work,
                  .check = check,
                  .destroy = destroy,
                  .flops = cr_step_flops(job->net) * (double)rows * (double)job->epochs,
                  .rows = rows};
  return CR_OK;
}

cr_status cr_epoch_job(const cr_task *task, const cr_bench_setting *setting, cr_job *out) {
  training_job *job = NULL;
  *out = (cr_job){0};
  CR_TRY(take_job(task, 1, log(CR_IMAGE_CLASSES), &job));
  cr_status status = take_images(job, task->rows, setting->seed);
  if (status == CR_OK) status = take_trainer(job, task, "cross_entropy", setting);
  return finish(status, job, out);
}

cr_status cr_xor_job(const cr_task *task, const cr_bench_setting *setting, cr_job *out) {
  training_job *job = NULL;
  *out = (cr_job){0};
  CR_TRY(take_job(task, XOR_EPOCHS, 0.125 /* of 1/2 each time */, &job));
  cr_status status = take_xor(job);
  if (status == CR_OK) status = take_trainer(job, task, "half_squared", setting);
  return finish(status, job, out);
}
