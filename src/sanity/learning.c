/* Tests that train a little: the loss to begin with, learning by heart, penalties, no rule. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "base/size.h"
#include "ref/reference.h"
#include "sanity/list.h"
#include "train/plan.h"

/* Floats add up the loss of a few rows to a few units in the last place. */
#define LOSS_TOLERANCE 1e-5

/* A start this many times worse than guessing wastes the first epochs. */
#define BAD_START 3.0

enum { LOSS_ROWS = 100 };

/* The loss of a network whose parameters are 0, by the reference. */
static cr_status loss_by_reference(const cr_subject *s, const cr_net *net,
                                   const cr_subject_pass *pass, double *out) {
  const cr_objective objective = cr_subject_plain(s);
  cr_target_function target;
  cr_reference *reference = NULL;
  CR_TRY(cr_objective_resolve(net, &objective, &target));
  CR_TRY(cr_reference_create(net, &target, pass->x.rows, &reference));
  const size_t inputs = pass->x.rows * pass->x.cols, outputs = pass->y.rows * pass->y.cols;
  void *block = NULL;
  const cr_status status = cr_alloc(inputs + outputs, sizeof(double), &block);
  if (status == CR_OK) {
    double *x = block, *y = x + inputs;
    for (size_t i = 0; i < inputs; ++i) x[i] = (double)pass->x.data[i];
    for (size_t i = 0; i < outputs; ++i) y[i] = (double)pass->y.data[i];
    cr_reference_forward(reference, x);
    *out = cr_reference_data_loss(reference, y);
  }
  cr_free(block);
  cr_reference_destroy(reference);
  return status;
}

/* What guessing costs: of classes the logarithm of their number, else what the reference says. */
static cr_status guess(const cr_subject *s, const cr_net *net, const cr_subject_pass *pass,
                       double *out) {
  const size_t outputs = cr_net_outputs(net);
  const cr_plan plan = {.output = net->spec.layers[net->spec.count - 1].activation->part.name,
                        .loss = s->objective.loss,
                        .outputs = outputs};
  *out = cr_plan_start_loss(&plan);
  return isnan(*out) ? loss_by_reference(s, net, pass, out) : CR_OK;
}

static void name_loss(double loss, size_t outputs, char *out, size_t size) {
  const double classes = (double)outputs;
  if (outputs > 1 && fabs(loss - log(classes)) < 1e-12) {
    snprintf(out, size, "ln %zu = %.4g", outputs, loss);
  } else if (outputs == 1 && fabs(loss - log(2.0)) < 1e-12) {
    snprintf(out, size, "ln 2 = %.4g", loss);
  } else if (fabs(loss - classes * log(2.0)) < 1e-12) {
    snprintf(out, size, "%zu ln 2 = %.4g", outputs, loss);
  } else {
    snprintf(out, size, "%.4g", loss);
  }
}

static cr_status judge_start(const cr_net *net, double found, double expected, double drawn,
                             cr_finding *out) {
  char name[48];
  name_loss(expected, cr_net_outputs(net), name, sizeof name);
  const bool right = fabs(found - expected) <= LOSS_TOLERANCE * fmax(1.0, fabs(expected));
  const bool fair = drawn <= BAD_START * expected + LOSS_TOLERANCE;
  cr_found(out,
           !right ? "fail"
           : fair ? "ok"
                  : "warn",
           "%.4g with weights of 0, %s by guessing; %.4g as drawn", found, name, drawn);
  if (!right) return cr_advise(out, "the loss itself, or the forward pass, is not right");
  if (fair) return CR_OK;
  return cr_advise(out, "scale the inputs, or begin with smaller weights: --init small");
}

/* Runs `net` forward and tells its mean loss on some rows. */
static cr_status loss_of(const cr_subject *s, const cr_net *net, const cr_samples *samples,
                         double *loss, double *expected) {
  cr_subject_pass pass;
  cr_status status = cr_subject_pass_run(s, net, NULL, samples, &pass);
  *loss = pass.cost;
  if (status == CR_OK && expected) status = guess(s, net, &pass, expected);
  cr_subject_pass_free(&pass);
  return status;
}

cr_status cr_sanity_initial_loss(const cr_subject *s, cr_finding *out) {
  cr_net *net = NULL;
  cr_samples *samples = NULL;
  double drawn = 0.0, found = 0.0, expected = 0.0;
  CR_TRY(cr_subject_network(s, s->seed, &net));
  cr_status status = cr_subject_samples(s, 0, cr_size_min(LOSS_ROWS, s->count), &samples);
  if (status == CR_OK) status = loss_of(s, net, samples, &drawn, NULL);
  memset(net->parameters, 0, net->parameter_count * sizeof *net->parameters);
  if (status == CR_OK) status = loss_of(s, net, samples, &found, &expected);
  if (status == CR_OK) status = judge_start(net, found, expected, drawn, out);
  cr_samples_destroy(samples);
  cr_net_destroy(net);
  return status;
}

/* Learning by heart. */

enum { HEART_ROWS = 20, HEART_STEPS = 1000 };

/* It is known by heart when this share of the loss is left: of numbers, and of classes. */
#define HEART_LOSS 0.01
#define HEART_CLASS_LOSS 0.1

/* Moves rows with inputs of their own to the front, as many as are asked for, if there are. */
static cr_status distinct_rows(const cr_subject *s, size_t *count, cr_samples **out) {
  cr_subject_pass pass;
  cr_samples *samples = NULL;
  const size_t looked_at = cr_size_min(10 * HEART_ROWS, s->count);
  size_t kept[HEART_ROWS], found = 0;
  CR_TRY(cr_subject_samples(s, 0, looked_at, &samples));
  const cr_status status = cr_subject_pass_run(s, s->model->net, NULL, samples, &pass);
  const size_t size = pass.x.cols * sizeof(float);
  for (size_t r = 0; status == CR_OK && r < looked_at && found < HEART_ROWS; ++r) {
    bool known = false;
    for (size_t k = 0; k < found && !known; ++k) {
      known = memcmp(pass.x.data + kept[k] * pass.x.cols, pass.x.data + r * pass.x.cols, size) == 0;
    }
    if (!known) kept[found++] = r;
  }
  cr_subject_pass_free(&pass);
  cr_samples_destroy(samples);
  CR_TRY(status);
  for (size_t k = 0; k < found; ++k) kept[k] = s->rows[kept[k]];
  *count = found;
  return cr_encoder_samples(s->model->encoder, s->table, kept, found, true,
                            cr_net_outputs(s->model->net), out);
}

/* How a little training went. */
typedef struct outcome {
  cr_metrics before, after;
  size_t steps;
} outcome;

static bool by_heart(const cr_metrics *m, double start) {
  const double share = isnan(m->accuracy) ? HEART_LOSS : HEART_CLASS_LOSS;
  return m->loss <= share * start && !(m->accuracy < 1.0);
}

static cr_status learn_by_heart(const cr_subject *s, cr_trainer *trainer, outcome *out) {
  const cr_encoder *encoder = s->model->encoder;
  const cr_samples *samples = trainer->samples;
  CR_TRY(cr_trainer_measure(trainer, samples, encoder, NULL, &out->before));
  out->after = out->before;
  while (out->steps < trainer->options.epochs && !by_heart(&out->after, out->before.loss)) {
    double loss;
    CR_TRY(cr_trainer_epoch(trainer, &loss));
    out->steps++;
    if (out->steps % 10 == 0) {
      CR_TRY(cr_trainer_measure(trainer, samples, encoder, NULL, &out->after));
    }
  }
  return CR_OK;
}

static cr_status judge_heart(const outcome *o, size_t rows, cr_finding *out) {
  const bool learned = by_heart(&o->after, o->before.loss) || o->after.accuracy >= 1.0;
  char score[48] = "";
  if (isnan(o->after.accuracy)) {
    snprintf(score, sizeof score, "%zu rows, ", rows);
  } else {
    snprintf(score, sizeof score, "%.0f of %zu rows right, ", o->after.accuracy * (double)rows,
             rows);
  }
  cr_found(out, learned ? "ok" : "warn", "%sloss %.3g → %.3g in %zu steps", score, o->before.loss,
           o->after.loss, o->steps);
  if (learned) return CR_OK;
  return cr_advise(
      out,
      "too small a network for these rows (--layers 64), or inputs that do not tell them apart");
}

cr_status cr_sanity_overfit(const cr_subject *s, cr_finding *out) {
  cr_net *net = NULL;
  cr_samples *samples = NULL;
  cr_trainer *trainer = NULL;
  outcome o = {.steps = 0};
  size_t count = 0;
  cr_train_options options;
  cr_train_options_init(&options);
  options.batch = SIZE_MAX;
  options.schedule = "constant";
  options.learning_rate = s->model->encoder->width < 256 ? 0.01 : 0.002;
  options.epochs = cr_subject_steps(s, HEART_ROWS, HEART_STEPS);
  options.seed = s->seed;
  options.threads = s->options.threads;
  options.kernel = s->options.kernel;
  cr_status status = distinct_rows(s, &count, &samples);
  if (status == CR_OK) status = cr_subject_network(s, s->seed, &net);
  if (status == CR_OK) status = cr_subject_trainer(s, net, &options, samples, &trainer);
  if (status == CR_OK) status = learn_by_heart(s, trainer, &o);
  if (status == CR_OK) status = judge_heart(&o, count, out);
  cr_trainer_destroy(trainer);
  cr_net_destroy(net);
  cr_samples_destroy(samples);
  return status;
}

/* (eq R1) at the same weights: the cost rises by l2/(2n) sum w^2, to the bits of a float */
cr_status cr_sanity_l2(const cr_subject *s, cr_finding *out) {
  static const double lambdas[3] = {0.0, 0.1, 1.0};
  const cr_net *net = s->model->net;
  const size_t rows = cr_size_min(LOSS_ROWS, s->count);
  cr_samples *samples = NULL;
  double costs[3] = {0}, squares = 0.0;
  for (size_t i = 0; i < net->weight_count; ++i) {
    squares += (double)net->parameters[i] * (double)net->parameters[i];
  }
  if (!(squares > 0.0)) return cr_found(out, "skipped", "all weights are 0");
  CR_TRY(cr_subject_samples(s, 0, rows, &samples));
  cr_status status = CR_OK;
  for (size_t i = 0; i < 3 && status == CR_OK; ++i) {
    cr_subject_pass pass;
    cr_objective objective = cr_subject_plain(s);
    objective.l2 = lambdas[i];
    status = cr_subject_pass_run(s, net, &objective, samples, &pass);
    costs[i] = pass.cost;
    cr_subject_pass_free(&pass);
  }
  cr_samples_destroy(samples);
  CR_TRY(status);
  const double expected = squares / (2.0 * (double)rows), tolerance = LOSS_TOLERANCE * costs[2];
  const bool right = costs[0] <= costs[1] && costs[1] <= costs[2] &&
                     fabs(costs[2] - costs[0] - expected) <= tolerance;
  cr_found(out, right ? "ok" : "fail", "lambda 0, 0.1, 1: cost %.5g, %.5g, %.5g", costs[0],
           costs[1], costs[2]);
  return right ? CR_OK
               : cr_advise(
                     out,
                     "expected lambda/(2n) times the sum of the squares, %.5g, more with lambda 1",
                     expected);
}

/* Labels without a rule. */

enum { RULE_SHUFFLES = 5, RULE_LEAST_ROWS = 50, RULE_MOST_ROWS = 300, RULE_EPOCHS = 10 };

/* Of numbers: this share of the variance is not explained by chance, five times in a row. */
#define RULE_R2 0.2

/* Exchanges the targets among the rows; which, `lane` says. */
static void shuffle_targets(cr_samples *samples, uint64_t seed, uint32_t lane) {
  for (size_t i = samples->rows; i-- > 1;) {
    const size_t k = (size_t)(cr_random_uniform(seed, CR_STREAM_DATA, lane, i) * (double)(i + 1));
    if (samples->classes) {
      const uint32_t kept = samples->classes[i];
      samples->classes[i] = samples->classes[k];
      samples->classes[k] = kept;
    }
    for (size_t o = 0; samples->owned_y && o < samples->outputs; ++o) {
      float *a = samples->owned_y + i * samples->outputs + o;
      float *b = samples->owned_y + k * samples->outputs + o;
      const float kept = *a;
      *a = *b;
      *b = kept;
    }
  }
}

static cr_status score_without_rule(const cr_subject *s, cr_samples *train, const cr_samples *dev,
                                    cr_metrics *out) {
  cr_net *net = NULL;
  cr_trainer *trainer = NULL;
  cr_train_options options;
  cr_train_options_init(&options);
  options.epochs = RULE_EPOCHS;
  options.seed = s->seed;
  options.threads = s->options.threads;
  options.kernel = s->options.kernel;
  CR_TRY(cr_subject_network(s, s->seed, &net));
  cr_status status = cr_subject_trainer(s, net, &options, train, &trainer);
  const size_t epochs = status == CR_OK ? cr_subject_steps(s, train->rows, (size_t)RULE_EPOCHS) : 0;
  for (size_t e = 0; e < epochs && status == CR_OK; ++e) {
    double loss;
    status = cr_trainer_epoch(trainer, &loss);
  }
  if (status == CR_OK) status = cr_trainer_measure(trainer, dev, s->model->encoder, NULL, out);
  cr_trainer_destroy(trainer);
  cr_net_destroy(net);
  return status;
}

static cr_status judge_rule(const cr_encoder *encoder, const cr_samples *dev,
                            const cr_metrics *least, cr_finding *out) {
  cr_metrics baseline = {0};
  const bool classes = !isnan(least->accuracy);
  CR_TRY(cr_metrics_baseline(encoder, dev, &baseline));
  const bool ok = classes ? least->accuracy_low <= baseline.baseline : !(least->r2 > RULE_R2);
  if (classes) {
    cr_found(out, ok ? "ok" : "warn",
             "%.1f %% right on %zu other rows; the commonest label %.1f %%",
             100.0 * least->accuracy, dev->rows, 100.0 * baseline.baseline);
  } else {
    cr_found(out, ok ? "ok" : "warn", "R² %.2f on %zu other rows", least->r2, dev->rows);
  }
  return ok ? CR_OK : cr_advise(out, "are rows there twice, or does a column hold the answer?");
}

/*
 * By chance the groups of a few rows may be given the labels they have elsewhere; so it is done
 * several times, and the worst of them counts.
 */
cr_status cr_sanity_shuffled(const cr_subject *s, cr_finding *out) {
  if (cr_table_get_origin(s->table)->complete)
    return cr_found(out, "skipped", "these are all the rows there are");
  if (s->count < RULE_LEAST_ROWS)
    return cr_found(out, "skipped", "%zu rows, %d are needed", s->count, RULE_LEAST_ROWS);
  const size_t half = cr_size_min(s->count / 2, RULE_MOST_ROWS);
  cr_samples *train = NULL, *dev = NULL;
  cr_metrics least = {0};
  cr_status status = cr_subject_samples(s, 0, half, &train);
  if (status == CR_OK) status = cr_subject_samples(s, half, half, &dev);
  for (uint32_t k = 0; k < RULE_SHUFFLES && status == CR_OK; ++k) {
    cr_metrics m;
    shuffle_targets(train, s->seed, k);
    status = score_without_rule(s, train, dev, &m);
    const bool less = m.accuracy < least.accuracy || m.r2 < least.r2;
    if (status == CR_OK && (k == 0 || less)) least = m;
  }
  if (status == CR_OK) status = judge_rule(s->model->encoder, dev, &least, out);
  cr_samples_destroy(train);
  cr_samples_destroy(dev);
  return status;
}
