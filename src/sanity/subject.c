#include "sanity/subject.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "base/size.h"

/* Multiplications a test may take: a second or so. */
#define MOST_PRODUCTS 2e9

/* Which order the rows are drawn in: a lane of its own, so that no split is the same. */
enum { ROWS_LANE = 0x5a1f };

static cr_status find_rows(const cr_table *table, bool skip_bad_rows, cr_strlist *warnings,
                           cr_subject *s) {
  const cr_encoder *encoder = s->model->encoder;
  const size_t all = cr_table_rows(table);
  const size_t inputs = encoder->input_count, targets = cr_encoder_target_count(encoder);
  void *block = NULL, *columns = NULL;
  CR_TRY(cr_alloc(inputs + targets, sizeof(size_t), &columns));
  const cr_status matched =
      cr_encoder_match(encoder, table, columns, (size_t *)columns + inputs, warnings);
  cr_free(columns);
  CR_TRY(matched);
  CR_TRY(cr_alloc(all, sizeof(size_t), &block));
  s->rows = block;
  CR_TRY(cr_encoder_usable(encoder, table, true, skip_bad_rows, s->rows, &s->count));
  CR_TRY(cr_encoder_warn_new(encoder, table, s->rows, s->count, warnings));
  return cr_warn_left_out(table, s->count, warnings);
}

static cr_status shuffle(cr_subject *s) {
  void *block = NULL;
  CR_TRY(cr_alloc(s->count, sizeof(size_t), &block));
  size_t *shuffled = block;
  cr_order order;
  cr_order_init(&order, s->count, s->seed, CR_STREAM_DATA, ROWS_LANE);
  for (size_t i = 0; i < s->count; ++i) shuffled[i] = s->rows[cr_order_at(&order, i)];
  cr_free(s->rows);
  s->rows = shuffled;
  return CR_OK;
}

cr_status cr_subject_create(const cr_model *model, const cr_table *table,
                            const cr_train_options *train, bool skip_bad_rows, cr_strlist *warnings,
                            cr_subject *out) {
  *out = (cr_subject){.model = model, .table = table, .options = *train, .seed = train->seed};
  cr_objective *objective = &out->objective;
  cr_objective_init(objective);
  objective->loss = model->loss->part.name;
  objective->l1 = train->l1;
  objective->l2 = isnan(train->l2) ? 0 : train->l2;
  objective->label_smoothing = train->label_smoothing;
  objective->dropout = train->dropout;
  objective->input_dropout = train->input_dropout;
  objective->input_noise = train->input_noise;
  objective->seed = train->seed;
  out->options.stop = NULL;
  CR_TRY(find_rows(table, skip_bad_rows, warnings, out));
  if (out->count == 0) return cr_fail(CR_ERR_EMPTY, "%s has no rows to check with", table->path);
  return shuffle(out);
}

void cr_subject_free(cr_subject *subject) {
  cr_free(subject->rows);
  *subject = (cr_subject){0};
}

cr_status cr_subject_samples(const cr_subject *subject, size_t first, size_t count,
                             cr_samples **out) {
  return cr_encoder_samples(subject->model->encoder, subject->table, subject->rows + first, count,
                            true, cr_net_outputs(subject->model->net), out);
}

cr_status cr_subject_network(const cr_subject *subject, uint64_t seed, cr_net **out) {
  CR_TRY(cr_net_create(cr_net_spec(subject->model->net), out));
  const cr_status status = cr_net_initialize(*out, subject->options.initializer, seed);
  if (status == CR_OK) return CR_OK;
  cr_net_destroy(*out);
  *out = NULL;
  return status;
}

cr_objective cr_subject_plain(const cr_subject *subject) {
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = subject->objective.loss;
  return objective;
}

cr_status cr_subject_trainer(const cr_subject *subject, cr_net *net,
                             const cr_train_options *options, const cr_samples *samples,
                             cr_trainer **out) {
  const cr_objective objective = cr_subject_plain(subject);
  return cr_trainer_create(net, &objective, options, samples, out);
}

size_t cr_subject_steps(const cr_subject *subject, size_t rows, size_t wanted) {
  enum { LEAST_STEPS = 5 };
  const double products = 3.0 * (double)rows * (double)subject->model->net->parameter_count;
  const double most = MOST_PRODUCTS / products;
  if (most >= (double)wanted) return wanted;
  return cr_size_min(wanted, cr_size_max(LEAST_STEPS, (size_t)most));
}

static cr_status take_matrix(size_t rows, size_t cols, cr_matrix *out) {
  size_t size = 0;
  void *block = NULL;
  CR_TRY(cr_size_product(rows, cols, &size));
  CR_TRY(cr_alloc(size, sizeof(float), &block));
  *out = (cr_matrix){block, rows, cols, cols};
  return CR_OK;
}

static cr_status prepare_pass(const cr_subject *subject, const cr_net *net,
                              const cr_samples *samples, bool draws, cr_subject_pass *pass) {
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = samples->rows;
  options.draws = draws;
  options.kernel = subject->options.kernel;
  CR_TRY(cr_workspace_create(net, &options, &pass->work));
  CR_TRY(take_matrix(samples->rows, samples->inputs, &pass->x));
  CR_TRY(take_matrix(samples->rows, samples->outputs, &pass->y));
  void *block = NULL;
  CR_TRY(cr_alloc(samples->rows, sizeof(size_t), &block));
  size_t *order = block;
  for (size_t i = 0; i < samples->rows; ++i) order[i] = i;
  cr_samples_gather(samples, pass->work->kernel->bytes_to_floats, order, samples->rows, pass->x,
                    pass->y);
  cr_free(order);
  return CR_OK;
}

cr_status cr_subject_pass_run(const cr_subject *subject, const cr_net *net,
                              const cr_objective *objective, const cr_samples *samples,
                              cr_subject_pass *out) {
  *out = (cr_subject_pass){0};
  const cr_objective plain = cr_subject_plain(subject), *o = objective ? objective : &plain;
  const bool draws = o->dropout > 0.0 || o->input_dropout > 0.0 || o->input_noise > 0.0;
  CR_TRY(prepare_pass(subject, net, samples, draws, out));
  const cr_const_matrix x = {out->x.data, out->x.rows, out->x.cols, out->x.stride};
  const cr_const_matrix y = {out->y.data, out->y.rows, out->y.cols, out->y.stride};
  return cr_net_backward(net, out->work, o, x, y, &out->cost);
}

void cr_subject_pass_free(cr_subject_pass *pass) {
  cr_workspace_destroy(pass->work);
  cr_free(pass->x.data);
  cr_free(pass->y.data);
  *pass = (cr_subject_pass){0};
}
