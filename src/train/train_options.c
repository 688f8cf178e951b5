#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/options.h"
#include "base/size.h"
#include "kernel/kernels.h"
#include "train/defaults.h"

void cr_train_options_init_sized(cr_train_options *options, size_t size) {
  static const cr_train_options defaults = {.seed = 1, .l2 = (double)NAN};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

static cr_status check_number(const char *option, double value) {
  if (isfinite(value) && value >= 0) return CR_OK;
  return cr_fail(CR_ERR_ARGUMENT, "%s %g: expected a number from 0 up", option, value);
}

static cr_status check_share(const char *option, double value) {
  if (value >= 0 && value < 1) return CR_OK;
  return cr_fail(CR_ERR_ARGUMENT, "%s %g: expected a number from 0 to below 1", option, value);
}

static cr_status check_numbers(const cr_train_options *o) {
  CR_TRY(check_number("--lr", o->learning_rate));
  CR_TRY(check_share("--momentum", o->momentum));
  CR_TRY(check_share("--dampening", o->dampening));
  CR_TRY(check_share("--beta1", o->beta1));
  CR_TRY(check_share("--beta2", o->beta2));
  CR_TRY(check_number("--epsilon", o->epsilon));
  CR_TRY(check_number("--weight-decay", o->weight_decay));
  CR_TRY(check_number("--clip", o->clip));
  CR_TRY(check_share("--warm-up", o->warm_up));
  CR_TRY(check_share("--gamma", o->gamma));
  CR_TRY(check_number("--l1", o->l1));
  if (!isnan(o->l2)) CR_TRY(check_number("--l2", o->l2));
  CR_TRY(check_share("--label-smoothing", o->label_smoothing));
  CR_TRY(check_share("--dropout", o->dropout));
  CR_TRY(check_share("--input-dropout", o->input_dropout));
  CR_TRY(check_number("--noise", o->input_noise));
  return check_number("--max-norm", o->max_norm);
}

/* A setting of the optimiser or the schedule: its own where nothing was given, and 0 if it has
 * none: then none may be given, for it would do nothing. */
static cr_status resolve_setting(const char *option, const char *part, double own, double *value) {
  if (*value > 0 && own <= 0) {
    cr_fail(CR_ERR_COMBINATION, "%s %g with %s, which has no such setting", option, *value, part);
    return cr_fix("leave out %s", option);
  }
  if (*value <= 0) *value = own;
  return CR_OK;
}

static cr_status resolve_settings(const cr_optimizer *optimizer, const cr_schedule *schedule,
                                  cr_train_options *o) {
  const char *name = optimizer->part.name;
  cr_hyper own;
  cr_hyper_init(&own, optimizer);
  CR_TRY(resolve_setting("--momentum", name, own.momentum, &o->momentum));
  CR_TRY(resolve_setting("--beta1", name, own.beta1, &o->beta1));
  CR_TRY(resolve_setting("--beta2", name, own.beta2, &o->beta2));
  CR_TRY(resolve_setting("--epsilon", name, own.epsilon, &o->epsilon));
  /* The two that are 0 by themselves. */
  if (own.momentum <= 0) CR_TRY(resolve_setting("--dampening", name, 0, &o->dampening));
  if (o->dampening <= 0) o->dampening = own.dampening;
  if (o->weight_decay <= 0) o->weight_decay = own.weight_decay;
  return resolve_setting("--gamma", schedule->part.name, schedule->gamma, &o->gamma);
}

static cr_status fail_own_length(const char *option, const char *value, const char *optimizer) {
  cr_fail(CR_ERR_COMBINATION, "%s %s with --optimizer %s", option, value, optimizer);
  cr_why("%s finds the length of its steps by itself", optimizer);
  return cr_fix("leave out %s, or use --optimizer %s", option, cr_default_optimizer());
}

/* What says how long steps are does nothing, or harm, where the optimiser works that out. */
static cr_status check_lengths(const cr_optimizer *optimizer, const cr_schedule *schedule,
                               const cr_train_options *o) {
  const char *name = optimizer->part.name;
  char text[32];
  if (optimizer->full_batch && o->clip > 0) {
    cr_format_number(o->clip, text);
    return fail_own_length("--clip", text, name);
  }
  if (!optimizer->rate_once) return CR_OK;
  if (strcmp(schedule->part.name, cr_default_schedule(optimizer)) != 0)
    return fail_own_length("--schedule", schedule->part.name, name);
  if (o->warm_up <= 0) return CR_OK;
  cr_format_number(o->warm_up, text);
  return fail_own_length("--warm-up", text, name);
}

/* Rows of a step; where it must see them all, no other number will do. */
static cr_status resolve_batch(const cr_optimizer *optimizer, size_t rows, size_t *batch) {
  if (optimizer->full_batch && *batch > 0 && *batch < rows) {
    const char *name = optimizer->part.name;
    cr_fail(CR_ERR_COMBINATION, "--batch %zu with --optimizer %s", *batch, name);
    cr_why("%s compares the costs of steps, so each must see all rows", name);
    return cr_fix("--batch all, or --optimizer %s", cr_default_optimizer());
  }
  *batch = cr_size_min(*batch ? *batch : cr_default_batch(optimizer, rows), rows);
  return CR_OK;
}

/* The model's record is JSON, whose readers hold whole numbers exactly up to here. */
static const uint64_t LARGEST_COUNT = UINT64_C(1) << 53;

static cr_status check_count(const char *option, uint64_t value) {
  if (value <= LARGEST_COUNT) return CR_OK;
  return cr_fail(CR_ERR_ARGUMENT, "%s %llu: expected at most %llu", option,
                 (unsigned long long)value, (unsigned long long)LARGEST_COUNT);
}

static cr_status check_counts(const cr_train_options *o) {
  CR_TRY(check_count("--epochs", o->epochs));
  CR_TRY(check_count("--patience", o->patience));
  CR_TRY(check_count("--restarts", o->restarts));
  return o->batch == SIZE_MAX ? CR_OK : check_count("--batch", o->batch);
}

/* All epochs together: the steps are counted, too. */
static cr_status check_steps(const cr_train_options *o, size_t rows) {
  const uint64_t batches = (rows + o->batch - 1) / o->batch;
  if (o->epochs <= LARGEST_COUNT / batches) return CR_OK;
  return cr_fail(CR_ERR_ARGUMENT, "--epochs %zu of %llu batches: expected at most %llu steps",
                 o->epochs, (unsigned long long)batches, (unsigned long long)LARGEST_COUNT);
}

static cr_status resolve_keep(const char *keep, const char **out) {
  static const char *const names[] = {"best", "last"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (keep && strcmp(keep, names[i]) != 0) continue;
    *out = names[i];
    return CR_OK;
  }
  return cr_fail(CR_ERR_ARGUMENT, "--keep %s: expected best or last", keep);
}

/* The names that live in the tables, so that they outlive the caller's. */
static cr_status resolve_parts(cr_train_options *o, const cr_optimizer **optimizer,
                               const cr_schedule **schedule) {
  const cr_kernel *kernel = NULL;
  CR_TRY(cr_kernel_find(o->kernel, &kernel));
  CR_TRY(cr_optimizer_find(o->optimizer ? o->optimizer : cr_default_optimizer(), optimizer));
  CR_TRY(cr_schedule_find(o->schedule ? o->schedule : cr_default_schedule(*optimizer), schedule));
  o->optimizer = (*optimizer)->part.name;
  o->schedule = (*schedule)->part.name;
  o->kernel = kernel->name;
  return CR_OK;
}

cr_status cr_options_resolve(const cr_train_options *options, size_t rows, size_t inputs,
                             cr_train_options *out) {
  const cr_optimizer *optimizer = NULL;
  const cr_schedule *schedule = NULL;
  cr_train_options o;
  cr_train_options_init(&o);
  CR_TRY(cr_options_copy(&o, sizeof o, options, "cr_train_options_init"));
  if (rows == 0) return cr_fail(CR_ERR_EMPTY, "there are no rows to train on");
  CR_TRY(check_numbers(&o));
  CR_TRY(check_counts(&o));
  CR_TRY(resolve_keep(o.keep, &o.keep));
  CR_TRY(resolve_parts(&o, &optimizer, &schedule));
  o.layers = o.activation = o.output = o.loss = o.initializer = NULL;
  CR_TRY(resolve_settings(optimizer, schedule, &o));
  CR_TRY(check_lengths(optimizer, schedule, &o));
  CR_TRY(resolve_batch(optimizer, rows, &o.batch));
  if (isnan(o.l2)) o.l2 = cr_default_l2(optimizer, rows, inputs, o.batch);
  if (o.epochs == 0) o.epochs = cr_default_epochs(rows, o.batch);
  CR_TRY(check_steps(&o, rows));
  if (o.learning_rate <= 0) o.learning_rate = cr_default_rate(optimizer, schedule, inputs);
  if (o.patience == 0) o.patience = cr_default_patience(schedule);
  o.restarts = cr_size_max(o.restarts, 1);
  *out = o;
  return CR_OK;
}

cr_status cr_options_need_dev(const cr_train_options *options, bool *out) {
  cr_train_options o = *options;
  const cr_optimizer *optimizer = NULL;
  const cr_schedule *schedule = NULL;
  CR_TRY(resolve_parts(&o, &optimizer, &schedule));
  *out = o.patience > 0 || o.restarts > 1 || cr_default_patience(schedule) > 0;
  return CR_OK;
}
