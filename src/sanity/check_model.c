#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/size.h"
#include "sanity/list.h"
#include "train/train_table.h"

struct cr_check_report {
  cr_training *planned; /* of a table: its model, in the weights it begins with */
  cr_gradient_report *gradients;
  cr_strlist warnings;
  size_t count;
  cr_sanity *results;   /* (count); their texts are the findings' */
  cr_finding *findings; /* (count) */
  char *network;
  const char *loss; /* static */
};

enum { GRADIENT_ROWS = 10 };

void cr_check_options_init_sized(cr_check_options *options, size_t size) {
  cr_check_options defaults = {.rows = GRADIENT_ROWS};
  cr_gradient_options_init(&defaults.gradient);
  cr_options_init(options, size, &defaults, sizeof defaults);
}

/* The subject's rows are shuffled, so that the first few are from all over the table. */
static cr_status check_gradients(const cr_subject *s, const cr_check_options *options,
                                 cr_gradient_report **out) {
  cr_samples *samples = NULL;
  cr_subject_pass pass = {0};
  const size_t rows = cr_size_min(options->rows ? options->rows : GRADIENT_ROWS, s->count);
  cr_objective objective = s->objective;
  cr_gradient_options gradient = options->gradient;
  if (!gradient.kernel) gradient.kernel = s->options.kernel;
  CR_TRY(cr_subject_samples(s, 0, rows, &samples));
  cr_status status = cr_subject_pass_run(s, s->model->net, NULL, samples, &pass);
  if (status == CR_OK) {
    const cr_const_matrix x = {pass.x.data, rows, pass.x.cols, pass.x.stride};
    const cr_const_matrix y = {pass.y.data, rows, pass.y.cols, pass.y.stride};
    objective.row_weights = samples->weights;
    status = cr_check_gradients(s->model->net, &objective, x, y, &gradient, out);
  }
  cr_subject_pass_free(&pass);
  cr_samples_destroy(samples);
  return status;
}

static cr_status run_list(const cr_subject *s, cr_check_report *report) {
  const cr_sanity_test *test;
  void *block = NULL;
  while (cr_sanity_test_at(report->count)) report->count++;
  CR_TRY(cr_alloc(report->count, sizeof(cr_sanity), &block));
  report->results = block;
  CR_TRY(cr_alloc(report->count, sizeof(cr_finding), &block));
  report->findings = block;
  for (size_t i = 0; (test = cr_sanity_test_at(i)); ++i) {
    cr_finding *finding = &report->findings[i];
    CR_TRY(test->run(s, finding));
    report->results[i] = (cr_sanity){.name = test->name,
                                     .shows = test->shows,
                                     .verdict = finding->verdict,
                                     .ok = strcmp(finding->verdict, "fail") != 0,
                                     .found = finding->found,
                                     .advice = finding->advice};
  }
  return CR_OK;
}

static cr_status check(const cr_model *model, const cr_table *table, const cr_train_options *train,
                       const cr_check_options *options, cr_check_report *report) {
  cr_subject subject;
  report->loss = model->loss->part.name;
  CR_TRY(cr_copy_text(cr_net_spec(model->net), &report->network));
  cr_status status =
      cr_subject_create(model, table, train, options->skip_bad_rows, &report->warnings, &subject);
  if (status == CR_OK) status = check_gradients(&subject, options, &report->gradients);
  if (status == CR_OK) status = run_list(&subject, report);
  cr_subject_free(&subject);
  return status;
}

static cr_status copy_options(const cr_train_options *train, const cr_check_options *options,
                              cr_train_options *own_train, cr_check_options *own) {
  cr_train_options_init(own_train);
  cr_check_options_init(own);
  CR_TRY(cr_options_copy(own_train, sizeof *own_train, train, "cr_train_options_init"));
  return cr_options_copy(own, sizeof *own, options, "cr_check_options_init");
}

static cr_status create(cr_check_report **out) {
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_check_report), &block));
  *out = block;
  return CR_OK;
}

/* Hands the report out, or gives it back. */
static cr_status finish(cr_status status, cr_check_report *report, cr_check_report **out) {
  if (status == CR_OK) {
    *out = report;
  } else {
    cr_check_report_destroy(report);
  }
  return status;
}

cr_status cr_check_model(const cr_model *model, const cr_table *table,
                         const cr_train_options *train, const cr_check_options *options,
                         cr_check_report **out) {
  *out = NULL;
  cr_train_options own_train;
  cr_check_options own;
  cr_check_report *report = NULL;
  CR_TRY(copy_options(train, options, &own_train, &own));
  CR_TRY(create(&report));
  return finish(check(model, table, &own_train, &own, report), report, out);
}

/* A descent that stays where it begins. */
static cr_status stay(void *context, cr_trainer *trainer, const char *initializer,
                      const cr_fit_plan *plan, cr_starts *out) {
  (void)context, (void)plan;
  *out = (cr_starts){.best = {.start_loss = (double)NAN, .reason = "epochs"}, .run = 1};
  return cr_net_initialize(trainer->net, initializer, trainer->options.seed);
}

static cr_status plan_and_check(const cr_train_call *call, const cr_train_options *train,
                                const cr_check_options *options, cr_check_report *report) {
  const char *warning;
  CR_TRY(cr_train_run(call, &report->planned));
  for (size_t i = 0; (warning = cr_training_warning(report->planned, i)); ++i) {
    CR_TRY(cr_strlist_add(&report->warnings, warning));
  }
  return check(cr_training_model(report->planned), call->table, train, options, report);
}

cr_status cr_check_table(const cr_table *table, const cr_prepare_options *prepare,
                         const cr_train_options *train, const cr_check_options *options,
                         cr_check_report **out) {
  *out = NULL;
  cr_train_options own_train;
  cr_check_options own;
  cr_check_report *report = NULL;
  CR_TRY(copy_options(train, options, &own_train, &own));
  if (prepare) own.skip_bad_rows = prepare->skip_bad_rows;
  const cr_train_call call = {
      .table = table, .prepare = prepare, .options = &own_train, .dev_only = true, .descent = stay};
  CR_TRY(create(&report));
  return finish(plan_and_check(&call, &own_train, &own, report), report, out);
}

void cr_check_report_destroy(cr_check_report *report) {
  if (!report) return;
  cr_training_destroy(report->planned);
  cr_gradient_report_destroy(report->gradients);
  cr_strlist_free(&report->warnings);
  cr_free(report->results);
  cr_free(report->findings);
  cr_free(report->network);
  cr_free(report);
}

bool cr_check_report_ok(const cr_check_report *report) {
  bool ok = cr_gradient_report_ok(report->gradients);
  for (size_t i = 0; i < report->count; ++i) ok = ok && report->results[i].ok;
  return ok;
}

const char *cr_check_report_network(const cr_check_report *report) {
  return report->network;
}

const char *cr_check_report_loss(const cr_check_report *report) {
  return report->loss;
}

const cr_gradient_report *cr_check_report_gradients(const cr_check_report *report) {
  return report->gradients;
}

const cr_sanity *cr_check_report_at(const cr_check_report *report, size_t index) {
  return index < report->count ? &report->results[index] : NULL;
}

const char *cr_check_report_warning(const cr_check_report *report, size_t index) {
  return index < report->warnings.count ? report->warnings.items[index] : NULL;
}
